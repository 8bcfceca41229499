"""A new event: what it is called, when and where, for how many, and who is to hear of it. For coordinators."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flows.announced import AUDIENCE, PICTURE, WORDS
from flows.audience_kind import without_a_place
from flows.event_kinds import Coming, Limit, Moment, Title, Told, Venue, venue_in_words
from flows.event_purpose import INFORMATION, PLANTING, Purpose
from flows.grammar import Answers, Check, Flow
from flows.kinds import Alternative, Text
from flows.picture_kind import TOO_LONG, crowded, picture_of
from flows.where_kind import Site

_NO_POINT = "Attālumu no pasākuma nevaru skaitīt, jo nezinu tā vietu kartē. Uzrakstiet, piemēram, „30 km ap Ogri”."


_AROUND = 270  # units of day and hours, of what stands before place and contact, and of the sentence about places


def _is_past(moment: Moment, _: Answers, today: date) -> bool:
    return moment.day is not None and moment.day < today


def _is_crowded(_: object, answers: Answers, __: date) -> bool:
    place = answers.get("place")
    told = [answers.get(key, "") for key in ("title", "text", "contact")]
    return crowded(answers, [*told, venue_in_words(place) if place else ""], around=_AROUND)


_ROOM: Check[Any] = Check(key="room", fails=_is_crowded, say=TOO_LONG, refuse=True)


def _facts(answers: Answers, _: date) -> Mapping[str, Any]:
    """Return the event as an announcement tells of it; hours are those of the clock on the wall."""
    moment: Moment = answers["when"]
    place: Site = answers["place"]
    return {
        "title": answers["title"],
        "purpose": answers["purpose"],
        "text": answers.get("text", ""),
        "day": moment.day,
        "start": moment.start,
        "end": moment.end,
        "where": venue_in_words(place),
        "lat": place.lat if place.lat is not None else (place.centre or (None,))[0],
        "lon": place.lon if place.lat is not None else (place.centre or (None,))[-1],
        "pin": place.lat is not None,
        "places": answers.get("places", 0),
        "contact": answers.get("contact", ""),
        "picture": picture_of(answers),
    }


NEW_EVENT = Flow(
    name="new_event",
    title="Jauns pasākums",
    opening="Labi, plānojam pasākumu. Varat atbildēt uz vairākiem jautājumiem uzreiz; ziņu pirms sūtīšanas parādīšu.",
    role="coordinator",
    ends_with="event.planned",
    submit="Saglabāt pasākumu",
    preview="announcement",
    facts=_facts,
    questions=(
        Title(
            key="title",
            ask="Kā pasākumu sauc? Piemēram, „Stādām ozolus pie Ikšķiles skolas”.",
            again="kā pasākumu sauc?",
            by_letter="Kā pasākumu sauc?",
            label="Nosaukums",
            change="Mainīt nosaukumu",
            why="Ar nosaukumu sākas ziņa cilvēkiem.",
            example="Piemēram: „Stādām ozolus pie Ikšķiles skolas”.",
            things=("nosaukum", "virsrakst"),
            takes=WORDS,
            longest=80,
            checks=(_ROOM,),
        ),
        Purpose(
            key="purpose",
            ask="Vai tur stādīs kokus, vai tas ir informatīvs pasākums?",
            again="vai tur stādīs kokus, vai tas ir informatīvs pasākums?",
            label="Veids",
            change="Mainīt veidu",
            why="Atskaitē stādīšanas un informatīvos pasākumus skaita atsevišķi.",
            example="Piemēram: „stādām kokus” vai „informatīvs”.",
            things=("veid",),
            alternatives=(
                Alternative(
                    code=PLANTING,
                    label="Stādām kokus",
                    words=("stad*", "iestad*", "talk*"),
                    shown="stādīšana",
                ),
                Alternative(
                    code=INFORMATION,
                    label="Informatīvs",
                    words=("inform*", "seminar*", "lekcij*", "sanaksm*", "sapulc*", "stast*", "pastast*"),
                    shown="informatīvs pasākums",
                ),
            ),
        ),
        Coming(
            key="when",
            ask="Kad tas būs? Uzrakstiet dienu un stundas, piemēram, „sestdien no 10 līdz 14”.",
            again="kad tas būs?",
            by_letter="Kad tas būs? Uzrakstiet dienu un stundas.",
            label="Laiks",
            change="Mainīt laiku",
            why="Laiks ir ziņā un kalendāra ierakstā; pēc tā cilvēkiem atgādinām.",
            example="Piemēram: „sestdien no 10 līdz 14” vai „12. decembrī no plkst. 10”.",
            things=("laik", "datum", "dien", "stund"),
            checks=(Check(key="past", fails=_is_past, say="Šī diena jau pagājusi.", refuse=True),),
        ),
        Venue(
            key="place",
            ask="Kur tas būs? Uzrakstiet vietu, kā to sapratīs cilvēki, vai nosūtiet to kartē.",
            again="kur tas būs?",
            by_letter="Kur tas būs? Uzrakstiet vietu, kā to sapratīs cilvēki.",
            label="Vieta",
            change="Mainīt vietu",
            why="Pēc vietas cilvēki atrod pasākumus savā tuvumā.",
            example="Piemēram: „Ikšķilē, pie skolas”.",
            things=("viet",),
            checks=(_ROOM,),
        ),
        Told(
            key="text",
            ask="Ko vēl cilvēkiem pateikt? Piemēram, ko ņemt līdzi un kur novietot auto.",
            again="ko vēl cilvēkiem pateikt?",
            by_letter="Ko vēl cilvēkiem pateikt?",
            label="Teksts",
            change="Mainīt tekstu",
            why="To izlasīs visi, kas saņems ziņu.",
            example="Piemēram: „Stādus un lāpstas iedosim. Paņemiet cimdus.”",
            things=("tekst", "apraks"),
            takes=WORDS,
            optional=True,
            longest=700,
            checks=(_ROOM,),
        ),
        replace(PICTURE, checks=(_ROOM,)),
        Limit(
            key="places",
            ask="Cik cilvēkiem ir vietas?",
            again="cik cilvēkiem ir vietas?",
            label="Vietas",
            change="Mainīt vietas",
            why="Kad vietas beigsies, nākamie tiks gaidītāju sarakstā.",
            example="Piemēram: „40” vai „bez ierobežojuma”.",
            things=("vietu skait", "limit", "ierobez"),
        ),
        Text(
            key="contact",
            ask="Kam cilvēki var jautāt? Vārds un tālrunis, kā tos rādīt ziņā.",
            again="kam cilvēki var jautāt?",
            label="Kontakts",
            change="Mainīt kontaktu",
            why="To redzēs visi, kas saņems ziņu.",
            example="Piemēram: „Inga, 26 123 456”.",
            things=("kontakt", "talrun"),
            takes=WORDS,
            optional=True,
            longest=120,
            checks=(_ROOM,),
        ),
        replace(AUDIENCE, checks=(Check(key="nowhere", fails=without_a_place, say=_NO_POINT, refuse=True),)),
    ),
)
