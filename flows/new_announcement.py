"""A new announcement: its title, its text, and who is to hear of it. For coordinators, where there is no event."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flows.announced import AUDIENCE, PICTURE, WORDS
from flows.audience_kind import without_a_place
from flows.grammar import Answers, Check, Flow
from flows.kinds import Text
from flows.picture_kind import TOO_LONG, crowded, picture_of

_NO_POINT = "Paziņojumam nav vietas, no kuras skaitīt attālumu. Uzrakstiet, piemēram, „30 km ap Ogri”."


def _is_crowded(_: object, answers: Answers, __: date) -> bool:
    return crowded(answers, [answers.get("title", ""), answers.get("text", "")], around=2)


_ROOM: Check[Any] = Check(key="room", fails=_is_crowded, say=TOO_LONG, refuse=True)


def _facts(answers: Answers, _: date) -> Mapping[str, Any]:
    """Return the announcement as people read it."""
    return {"title": answers["title"], "text": answers["text"], "picture": picture_of(answers)}


NEW_ANNOUNCEMENT = Flow(
    name="new_announcement",
    title="Jauns paziņojums",
    opening="Labi, rakstām paziņojumu. Ja gribat klāt attēlu, atsūtiet to. Beigās parādīšu, kā ziņu redzēs cilvēki.",
    role="coordinator",
    ends_with="announcement.written",
    submit="Saglabāt",
    preview="news",
    facts=_facts,
    questions=(
        Text(
            key="title",
            ask="Kāds ir virsraksts? Piemēram, „Stādu izdale Ogrē”.",
            again="kāds ir virsraksts?",
            by_letter="Kāds ir virsraksts?",
            label="Virsraksts",
            change="Mainīt virsrakstu",
            why="Ar virsrakstu sākas ziņa; vēstulē tas ir temats.",
            example="Piemēram: „Stādu izdale Ogrē”.",
            things=("virsrakst", "nosaukum"),
            takes=WORDS,
            longest=80,
            checks=(_ROOM,),
        ),
        Text(
            key="text",
            ask="Ko cilvēkiem pateikt? Uzrakstiet tekstu tā, kā to lasīs visi.",
            again="ko cilvēkiem pateikt?",
            label="Teksts",
            change="Mainīt tekstu",
            why="To izlasīs visi, kas saņems ziņu.",
            example="Piemēram: „No 1. marta stādus var saņemt pagasta pārvaldē. Paņemiet līdzi maisus.”",
            things=("tekst", "apraks"),
            takes=WORDS,
            longest=3000,
            checks=(_ROOM,),
        ),
        replace(PICTURE, checks=(_ROOM,)),
        replace(
            AUDIENCE,
            ask="Kam to paziņot? Ziņas saņem tikai tie, kas tās gribējuši.",
            again="kam to paziņot?",
            example="Piemēram: „visi”, „Ogres novads” vai „skolas Cēsu novadā”.",
            checks=(Check(key="nowhere", fails=without_a_place, say=_NO_POINT, refuse=True),),
        ),
    ),
)
