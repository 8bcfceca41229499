"""Kinds of question about an event to come: its day and hours, its place, what else is told, how many can come."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import ClassVar

from flows.event_purpose import INFORMATION, PLANTING
from flows.grammar import Answers, Json, L, NotUnderstood, Option, Partly, Question, Reading, Understood, Voice
from flows.kinds import Text
from flows.said import Said
from flows.where_kind import Site, Where
from knowledge.latvian.coming import find_coming_day, named_weekday
from knowledge.latvian.dates import BadDate
from knowledge.latvian.hours import find_hours
from knowledge.latvian.numbers import find_numbers
from knowledge.latvian.text import fold, words

_GATHERING = re.compile(r"\b(?:semin[aā]r|konferenc|izst[aā]d|tirg[uū])\w*", re.IGNORECASE)
_LONGEST_WORDS = 150  # characters of a place that an announcement repeats
_DAYS = ("pirmdiena", "otrdiena", "trešdiena", "ceturtdiena", "piektdiena", "sestdiena", "svētdiena")


# --- what it is called --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Title(Text):
    """What an event is called: whatever was written, or what stands first in a line that tells more of it."""

    _FEWEST: ClassVar = 2  # words

    def find(self, said: Said, today: date) -> Reading[str] | None:
        """Find „Talka pie Ogres” in „Talka pie Ogres, svētdien no 10 līdz 13”: a day and its hours must follow."""
        first, _, rest = said.text.strip().partition("\n" if "\n" in said.text.strip() else ",")
        title = first.strip()
        names = len(words(title)) >= self._FEWEST and len(title) <= self.longest
        told = names and not any(ch.isdigit() for ch in title) and _moment(rest, today)
        if not isinstance(told, Understood):
            return None
        # No span: the place that is named in it is told as well.
        return Understood(value=title[0].upper() + title[1:])


# --- when ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A day, and its hours by the clock on the wall; the end may be open."""

    day: date | None = None
    start: time | None = None
    end: time | None = None


@dataclass(frozen=True, kw_only=True)
class Coming(Question[Moment]):
    """When something is going to be."""

    def read(self, said: Said, today: date) -> Reading[Moment] | None:
        """Read a day and its hours, in whatever order; one without the other is a part."""
        return _moment(said.text, today)

    def find(self, said: Said, today: date) -> Reading[Moment] | None:
        """Find a day together with its hours: alone either may be of something else."""
        reading = self.read(said, today) if said.text else None
        return reading if isinstance(reading, Understood) else None

    def combine(self, old: Moment, new: Moment) -> Moment:
        """Add the hours to the day, or the day to the hours."""
        return Moment(day=new.day or old.day, start=new.start or old.start, end=new.end or old.end)

    def complete(self, value: Moment) -> Understood[Moment] | Partly[Moment]:
        """Say which of the two is missing."""
        return _whole(value, ())

    def correct(self, old: Moment, wrong: str, right: str, today: date) -> Moment | None:
        """Change the day or the hours, and leave the other as it was."""
        reading = self.read(Said(text=right), today)
        return self.combine(old, reading.value) if isinstance(reading, Understood | Partly) else None

    def told(self, value: Moment) -> Mapping[str, Json]:
        """Return the day and the hours."""
        return {self.key: self.encode(value)}

    def show(self, value: Moment, voice: Voice) -> str:
        """Say it as it is announced."""
        return "" if value.day is None else voice.hours(value.day, value.start, value.end)

    def encode(self, value: Moment) -> Json:
        """Write it as ISO."""
        return [part.isoformat() if part else None for part in (value.day, value.start, value.end)]

    def decode(self, stored: Json) -> Moment:
        """Read it back."""
        day, start, end = stored
        return Moment(
            day=date.fromisoformat(day) if day else None,
            start=time.fromisoformat(start) if start else None,
            end=time.fromisoformat(end) if end else None,
        )


def _moment(text: str, today: date) -> Understood[Moment] | Partly[Moment] | NotUnderstood | None:
    if not text.strip():
        return None
    hours = find_hours(text)
    # „10.00” is no tenth of a month.
    rest = text if hours is None else _blank(text, hours.start, hours.end)
    day = find_coming_day(rest, today)
    if isinstance(day, BadDate):
        return NotUnderstood(why=L("Tāda datuma nav: „%(given)s”."), given=text)
    if day is None and hours is None:
        return NotUnderstood(why=L("Nesapratu datumu „%(given)s”."), given=text)
    weekday = named_weekday(rest)
    if day is not None and weekday not in {None, day.value.weekday()}:
        return NotUnderstood(why="„%(given)s”: tajā datumā ir " + _DAYS[day.value.weekday()] + ".", given=text)
    spans = tuple((found.start, found.end) for found in (day, hours) if found)
    start, end = (hours.value.start, hours.value.end) if hours else (None, None)
    return _whole(Moment(day=day.value if day else None, start=start, end=end), spans)


def _whole(value: Moment, spans: tuple[tuple[int, int], ...]) -> Understood[Moment] | Partly[Moment]:
    if value.day is None:
        return Partly(value=value, ask="Kurā dienā?", spans=spans)
    if value.start is None:
        return Partly(value=value, ask="Cikos sāksies un cikos beigsies? Piemēram: no 10 līdz 14.", spans=spans)
    return Understood(value=value, spans=spans)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


# --- where --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Venue(Where):
    """Where people are to come: known by its municipality, and said in the words of whoever invites."""

    def read(self, said: Said, today: date) -> Reading[Site] | None:
        """Read a place; a parish and „pie skolas” are enough for people, if not for a register."""
        reading = super().read(said, today)
        words_ = " ".join(said.text.split())
        if isinstance(reading, Understood | Partly) and words_ and len(words_) <= _LONGEST_WORDS:
            site = replace(reading.value, words=words_)
            return Understood(value=site, spans=reading.spans) if self._is_enough(reading) else reading
        return reading

    def find(self, said: Said, today: date) -> Reading[Site] | None:
        """Find it in other words, of which only the names are kept."""
        # No tree stands where a seminar was; but there people come together.
        text = _GATHERING.sub(lambda word: "talka".ljust(len(word[0])), said.text)
        reading = super().find(replace(said, text=text), today)
        if not isinstance(reading, Understood | Partly) or not self._is_enough(reading):
            return None
        return Understood(value=replace(reading.value, words=""), spans=reading.spans)

    def complete(self, value: Site) -> Understood[Site] | Partly[Site]:
        """Be content with a municipality."""
        whole = super().complete(value)
        return Understood(value=value) if self._is_enough(whole) else whole

    def show(self, value: Site, voice: Voice) -> str:
        """Say it as it was written, with the municipality where the words leave it out."""
        return venue_in_words(value) or super().show(value, voice)

    @staticmethod
    def _is_enough(reading: Understood[Site] | Partly[Site]) -> bool:
        return bool(reading.value.municipality) and not reading.value.live


def venue_in_words(site: Site) -> str:
    """Return a place for an announcement: „Ikšķilē, pie skolas (Ogres novads)”; '' for a bare pin."""
    if not site.words:
        names = [site.settlement or site.parish, site.street, f"„{site.house}”" if site.house else ""]
        named = ", ".join(name for name in names if name)
        return f"{named} ({site.municipality})" if named and named != site.municipality else site.municipality
    stem = fold(site.municipality)[:4]
    return site.words if stem in fold(site.words) else f"{site.words} ({site.municipality})"


# --- what else ----------------------------------------------------------------------------------------------

# What is often told, as the button says it; whoever presses it has it under their eyes before it is sent.
_OFTEN: Mapping[str, tuple[tuple[str, str], ...]] = {
    PLANTING: (
        ("Ko ņemt līdzi", "Paņemiet līdzi cimdus un laikapstākļiem piemērotu apģērbu."),
        ("Stādus iedosim", "Stādus un lāpstas iedosim. Paņemiet līdzi cimdus."),
    ),
    INFORMATION: (
        (
            "Par reģistrēšanu",
            "Parādīsim, kā iestādītos kokus reģistrēt platformā MapMyTree, un atbildēsim uz jautājumiem.",
        ),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Told(Text):
    """What else people are told of an event; a beginning is offered by what the event is for."""

    def read(self, said: Said, today: date) -> Reading[str] | None:
        """Take the words as they are, or those that a button stands for: in a letter its label is typed."""
        typed = fold(said.text).strip(" „”.")
        often = (text for texts in _OFTEN.values() for label, text in texts if fold(label) == typed)
        return super().read(replace(said, text=next(often, said.text)), today)

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """Offer what is often told."""
        often = _OFTEN.get(answers.get("purpose", ""), ())
        return tuple(Option(label=label, value=text) for label, text in often)


# --- how many -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Limit(Question[int]):
    """For how many there is room; 0 for as many as come."""

    _MOST: ClassVar = 100_000

    def read(self, said: Said, today: date) -> Reading[int] | None:
        """Read a number, or that there is none."""
        if not said.text.strip():
            return None
        if any(word.folded.startswith(("bez", "neierobe", "nav", "visi")) for word in words(said.text)):
            return Understood(value=0, spans=((0, len(said.text)),))
        numbers = [found for found in find_numbers(said.text) if found.value.exact]
        if len(numbers) == 1 and 0 < (count := numbers[0].value.exact or 0) <= self._MOST:
            return Understood(value=count, spans=((numbers[0].start, numbers[0].end),))
        return NotUnderstood(why="Cik vietu? Uzrakstiet skaitli vai „bez ierobežojuma”.", given=said.text)

    def show(self, value: int, voice: Voice) -> str:
        """Say it."""
        return voice.number(value) if value else "bez ierobežojuma"

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """One button, for most of them."""
        return (Option(label="Bez ierobežojuma", value=0),)

    def decode(self, stored: Json) -> int:
        """Accept only a count."""
        if not isinstance(stored, int) or not 0 <= stored <= self._MOST:
            raise ValueError(stored)
        return stored
