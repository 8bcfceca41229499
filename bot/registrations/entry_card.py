"""The entry card: the values of an accepted registration in the order of MapMyTree's form, each copied with a tap."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bot.conversation.response import Say
from bot.registrations.export.entry import LANDS, PLANTERS, kind, latin, least
from bot.words.rendering import Tongue
from flows.grammar import Flow
from flows.planting_kind import Trees
from flows.where_kind import Site
from knowledge.entry_form import Field

Lines = Iterator[tuple[str, str]]  # what stands before a value, and the value


def entry_card(row: sa.Row[Any], flow: Flow, fields: Sequence[Field], voice: Tongue) -> Say:
    """Return what the card of a registration says; a field whose value is not known says so."""
    entry = _Entry(row, flow, voice)
    told = [(field, list(_VALUES[field.value](entry))) for field in fields]
    return Say(template="review_entry", values={"row": row, "fields": told, "unseen": not all(f.seen for f in fields)})


class _Entry:
    """The answers of a registration as values."""

    def __init__(self, row: sa.Row[Any], flow: Flow, voice: Tongue) -> None:
        self.row, self.voice = row, voice
        self.trees: tuple[Trees, ...] = self._answer(flow, "plantings", ())
        self.place: Site = self._answer(flow, "place", Site())

    def _answer(self, flow: Flow, key: str, otherwise: Any) -> Any:
        question = flow.question(key)
        try:
            return question.decode(self.row.answers[key]) if question else otherwise
        except (KeyError, ValueError, TypeError):
            return otherwise


def _one(value: object) -> Lines:
    """Yield a value that there is."""
    if value not in {None, ""}:
        yield "", str(value)


def _count(entry: _Entry) -> Lines:
    yield from _one(entry.row.trees)


def _trees(entry: _Entry) -> Lines:
    """Yield the Latin name of each kind, and its number."""
    for tree in entry.trees:
        number = least(tree)
        yield f"{kind(tree)}: ", latin(tree) or kind(tree)
        if number is not None:
            yield "skaits: ", str(number)


def _planted(entry: _Entry) -> Lines:
    """Yield the day, or the first and the last one, as far as they are known."""
    first, last = entry.row.planted_from, entry.row.planted_to
    if first and first == last:
        yield "", f"{first:%d.%m.%Y}"
        return
    for before, day in (("no ", first), ("līdz ", last)):
        if day:
            yield before, f"{day:%d.%m.%Y}"


def _degrees(value: float | None) -> Lines:
    yield from _one(None if value is None else f"{value:.6f}")


def _place(entry: _Entry) -> Lines:
    place = entry.place
    yield from _one(", ".join(p for p in (place.municipality, place.parish, place.settlement, place.street) if p))
    yield from _one(place.house)


_VALUES: Mapping[str, Callable[[_Entry], Lines]] = {
    "count": _count,
    "trees": _trees,
    "planted": _planted,
    "lat": lambda entry: _degrees(entry.row.lat),
    "lon": lambda entry: _degrees(entry.row.lon),
    "place": _place,
    "cadastre": lambda entry: _one(entry.row.cadastre),
    "land": lambda entry: _one(LANDS.get(entry.row.answers.get("kind", ""), "")),
    "planter": lambda entry: _one(PLANTERS.get(entry.row.answers.get("who", ""), "")),
    "organisation": lambda entry: _one(entry.row.answers.get("organisation", "")),
}
