"""Whom something is to be told: places, distances, what people are and have done, as coordinators say it."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from flows.audience import DONE, LANGUAGE, WHO, Audience, audience_of
from flows.audience_places import Unclear, Whereabouts, circle_of, where_of
from flows.audience_words import EVERYBODY, LEFT_OUT, NARROWING, OTHERS, named, runs, who_of
from flows.grammar import Answers, Json, NotUnderstood, Option, Partly, Question, Reading, Understood, Voice
from flows.said import Said
from knowledge.latvian.text import words

_USUAL_KM = 30
_MOST_CANDIDATES = 4


@dataclass(frozen=True, kw_only=True)
class ToWhom(Question[Audience]):
    """Who is to hear of something. Consent is not asked about: only who takes our news is counted at all."""

    def read(self, said: Said, today: date) -> Reading[Audience] | None:
        """Read „visi”, places, distances, what people did or are, and combinations of them."""
        if not said.text.strip():
            return None
        typed = words(said.text)
        left_out = next((word.text for word in typed if word.folded.startswith(LEFT_OUT)), None)
        if left_out:
            why = "Neprotu saprast „%(given)s”. Nosauciet tos, kam sūtīt."
            return NotUnderstood(why=why, given=left_out)
        folded = {word.folded for word in typed}
        if folded & EVERYBODY and folded & OTHERS:
            return Understood(value=Audience(), spans=((0, len(said.text)),))
        line = f" {' '.join(word.folded for word in typed)} "
        where = where_of(said.text, typed)
        if isinstance(where, NotUnderstood):
            return where
        unclear = where.unclear[0].words if where.unclear else ""
        value = Audience(
            municipalities=where.municipalities,
            circles=where.circles,
            # „Nav reģistrējuši” holds „reģistrējuši”, so it is looked for first.
            done=next(iter(named(line, DONE, ("never", "begun", "registered"))), ""),
            who=who_of(line),
            language=next(iter(named(line, LANGUAGE, tuple(LANGUAGE))), ""),
            unread=unclear or _unread(said.text, where),
        )
        everybody = bool(folded & EVERYBODY) and not any(NARROWING.fullmatch(word) for word in folded)
        if replace(value, unread="") == Audience() and not unclear and (value.unread or not everybody):
            return NotUnderstood(why="Nesapratu, kam sūtīt: „%(given)s”.", given=said.text)
        return replace(self.complete(value), spans=((0, len(said.text)),))

    def combine(self, old: Audience, new: Audience) -> Audience:
        """Add what is said further; „visi” takes the place of all."""
        if new == Audience():
            return new
        return Audience(
            municipalities=tuple(dict.fromkeys((*old.municipalities, *new.municipalities))),
            circles=tuple(dict.fromkeys((*old.circles, *new.circles))),
            done=new.done or old.done,
            who=tuple(code for code in WHO if code in {*old.who, *new.who}),
            language=new.language or old.language,
            unread=new.unread,
        )

    def complete(self, value: Audience) -> Understood[Audience] | Partly[Audience]:
        """Ask about words that were not understood: they may have been to narrow it."""
        if not value.unread:
            return Understood(value=value)
        where = where_of(value.unread, words(value.unread))
        if isinstance(where, Whereabouts) and where.unclear:
            return _which(value, where.unclear[0])
        rest = replace(value, unread="")
        enough = (Option(label="Pietiek ar to", value=self.encode(rest)),) if rest != Audience() else ()
        told = f" Pierakstīju: {rest.in_words()}." if rest != Audience() else ""
        return Partly(
            value=value,
            ask=f"Nesapratu „%(given)s”.{told} Kam vēl sūtīt? Piemēram: „skolas 30 km ap Cēsīm”.",
            given=value.unread,
            options=enough,
        )

    def show(self, value: Audience, voice: Voice) -> str:
        """Say it in words."""
        return value.in_words()

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """Offer everybody, the event's own municipality or surroundings, and those who have registered."""
        place = answers.get("place")
        near = getattr(place, "municipality", "")
        here = [Option(label="Tikai šis novads", value={"municipalities": [near]})] if near else []
        around = [Option(label=f"Līdz {_USUAL_KM} km no vietas", value={"circles": [[_USUAL_KM]]})] if place else []
        return (
            Option(label="Visi ziņu saņēmēji", value={}),
            *here,
            *(around if point_of(place) else []),
            Option(label="Kas reģistrējuši", value={"done": "registered"}),
        )

    def encode(self, value: Audience) -> Json:
        """Write what narrows it."""
        stored: dict[str, Any] = {
            f.name: getattr(value, f.name) for f in fields(Audience) if getattr(value, f.name) not in {"", ()}
        }
        for name in ("municipalities", "who"):
            if name in stored:
                stored[name] = list(stored[name])
        if value.circles:
            stored["circles"] = [[part for part in circle if part not in {"", None}] for circle in value.circles]
        return stored

    def decode(self, stored: Json) -> Audience:
        """Read it back; raises TypeError for what is none."""
        return audience_of(stored)


def point_of(site: Any) -> tuple[float, float] | None:
    """Return where an event is, as far as its place has a point or names one; WGS 84 degrees."""
    if site is None:
        return None
    return (site.lat, site.lon) if site.lat is not None else site.centre


def without_a_place(value: Audience, answers: Answers, _: date) -> bool:
    """Whether a distance is counted from an event of which nobody knows where on the map it is."""
    return any(circle.lat is None for circle in value.circles) and point_of(answers.get("place")) is None


def _which(value: Audience, unclear: Unclear) -> Partly[Audience]:
    """Ask which of several places of one name is meant."""
    options = []
    for place in unclear.candidates[:_MOST_CANDIDATES]:
        added: dict[str, Json] = (
            {"circles": [list(circle_of(unclear.km, place))]}
            if unclear.km
            else {"municipalities": [place.municipality]}
        )
        options.append(Option(label=(place.municipality or "")[:20], value=added))
    ask = "Vietu „%(given)s” ir vairākas. Kura no tām?"
    return Partly(value=value, ask=ask, given=unclear.words, options=tuple(options))


def _unread(text: str, where: Whereabouts) -> str:
    """Return the words that nothing was made of."""
    left = list(text)
    for start, end in where.spans:
        left[start:end] = "," * (end - start)
    shown = "".join(left)
    return ", ".join(text[start:end] for start, end in runs(shown))
