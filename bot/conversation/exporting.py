"""Exporting: what staff ask for after `/eksports`, read from a few words in any order. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.latvian.dates import Period, find_dates
from knowledge.latvian.text import fold

_FORMATS = {
    fold(word): meant
    for word, meant in {
        "csv": "csv",
        "xlsx": "xlsx",
        "excel": "xlsx",
        "geojson": "geojson",
        "karte": "geojson",
        "reportnet": "reportnet",
    }.items()
}
_CONTACTS = frozenset(map(fold, ("kontakti", "kontaktiem", "kontaktus")))
_AGAIN = frozenset(map(fold, ("viss", "visu", "visas")))
_FILLERS = frozenset(map(fold, ("no", "līdz", "ar", "par", "gada")))
_KNOWN = _FORMATS.keys() | _CONTACTS | _AGAIN | _FILLERS
_RELEASED = re.compile(r"nodots\s+(?:nr\.?\s*)?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Released:
    """The export of that number was released in Reportnet 3."""

    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A file that is wanted, of registrations received from one day to another, both included."""

    format: str
    first: date | None
    last: date | None
    again: bool
    contacts: bool

    @property
    def plain(self) -> dict[str, Any]:
        """What JSON can hold of it."""
        first, last = (day.isoformat() if day else None for day in (self.first, self.last))
        return {"format": self.format, "first": first, "last": last, "again": self.again, "contacts": self.contacts}


def read(text: str, today: date) -> Wanted | Released | str:
    """Return what is wanted, or the words that are not understood: '' where none are there."""
    if released := _RELEASED.fullmatch(text.strip()):
        return Released(number=int(released[1]))
    found = find_dates(text, today)
    periods = [item.value for item in found if isinstance(item.value, Period)]
    rest = text
    for item in reversed(found):
        rest = rest[: item.start] + " " + rest[item.end :]
    said = {word for word in re.split(r"[\s,.–-]+", fold(rest)) if word}
    formats = {_FORMATS[word] for word in said & _FORMATS.keys()}
    contacts, again = bool(said & _CONTACTS), bool(said & _AGAIN)
    fits = (
        len(formats) == 1 and (not contacts or formats <= {"csv", "xlsx"}) and (not again or formats == {"reportnet"})
    )
    if not fits or said - _KNOWN or len(periods) < len(found):
        return text.strip()[:100]
    return Wanted(
        format=formats.pop(),
        first=min((period.first for period in periods), default=None),
        last=max((period.last for period in periods), default=None),
        again=again,
        contacts=contacts,
    )
