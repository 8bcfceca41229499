"""The question which list: many plantings in one file, which is read elsewhere; here is what it came to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Literal

from flows.grammar import Json, L, NotUnderstood, Option, Partly, Question, Reading, Understood, Voice
from flows.said import Said
from knowledge.latvian.text import words
from knowledge.species import plain_name

_MOST_KINDS, _MOST_PLACES = 6, 4  # that are named; of the others only how many
_GOES_ON = ("turpin", "bez", "without", "continue")  # without the rows that were not understood
_DATES = frozenset({"first", "last"})


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantingList:
    """What a file told: `id` names it in the room that keeps its rows, 0 while it is being read.

    `rows` and `trees` count what was understood, `faulty` the rows that were not; `without` when the person goes on
    without those. `kinds` are Latin names (None for mixed trees) with their counts, the most first; `vague` counts rows
    whose place is no more than a municipality or a parish; `undated` when no date stands anywhere in it.
    """

    id: int = 0
    name: str = ""
    rows: int = 0
    trees: int = 0
    kinds: tuple[tuple[str | None, int], ...] = ()
    first: date | None = None
    last: date | None = None
    municipalities: tuple[str, ...] = ()
    vague: int = 0
    faulty: int = 0
    undated: bool = False
    without: bool = False


@dataclass(frozen=True, kw_only=True)
class Listing(Question[PlantingList]):
    """A list of plantings. It comes as a file; words only say that its faulty rows may be left out."""

    def read(self, said: Said, today: date) -> Reading[PlantingList] | None:
        """Read „turpinām bez tām”; anything else is no file."""
        if not said.text.strip():
            return None
        if any(word.folded.startswith(_GOES_ON) for word in words(said.text)):
            return Partly(value=PlantingList(without=True), ask=self.ask, spans=((0, len(said.text)),))
        return NotUnderstood(why=L("Te vajag failu ar sarakstu: Excel, ODS vai CSV."), given=said.text)

    def combine(self, old: PlantingList, new: PlantingList) -> PlantingList:
        """Put a newer file in place of the older one, or go on without the faulty rows."""
        return replace(old, without=True) if new.without and not new.id else new

    def complete(self, value: PlantingList) -> Understood[PlantingList] | Partly[PlantingList]:
        """Say what a list still lacks: to be read, or its faulty rows to be mended."""
        if not value.id:
            if not value.name:
                return Partly(value=value, ask=self.ask, by_letter=self.by_letter)
            return Partly(
                value=replace(value, without=False), ask=L("Sarakstu „%(given)s” vēl lasu."), given=value.name
            )
        if value.faulty and not value.rows:
            return Partly(value=value, ask=L("Izlabojiet sarakstu, lūdzu, un atsūtiet to vēlreiz."))
        if value.faulty and not value.without:
            without = Option(label=L("Turpināt bez tām"), value={"without": True})
            return Partly(
                value=value,
                ask=L("Izlabojiet nesaprastās rindas (%(given)s) un atsūtiet failu vēlreiz, vai turpinām bez tām?"),
                given=str(value.faulty),
                options=(without,),
            )
        return Understood(value=value)

    def show(self, value: PlantingList, voice: Voice) -> str:
        """Say how much there is of what, from when and where."""
        if not value.id:
            return value.name
        parts = [
            voice.text(
                L("%(name)s (rindas – %(rows)s, koki – %(trees)s)"),
                name=value.name,
                rows=voice.number(value.rows),
                trees=voice.number(value.trees),
            ),
            _some([f"{_name(kind, voice)} – {voice.number(count)}" for kind, count in value.kinds], _MOST_KINDS, voice),
            voice.text(L("stādīts %(when)s"), when=voice.period(value.first, value.last, "range"))
            if value.first and value.last
            else "",
            _some(value.municipalities, _MOST_PLACES, voice),
        ]
        return "; ".join(part for part in parts if part)

    def told(self, value: PlantingList) -> Mapping[str, Json]:
        """Return the sums."""
        return {self.key: self.encode(value)}

    def encode(self, value: PlantingList) -> Json:
        """Write the fields that say something."""
        stored = {f.name: getattr(value, f.name) for f in fields(PlantingList) if getattr(value, f.name)}
        for name in _DATES & stored.keys():
            stored[name] = stored[name].isoformat()
        if value.kinds:
            stored["kinds"] = [list(kind) for kind in value.kinds]
        if value.municipalities:
            stored["municipalities"] = list(value.municipalities)
        return stored

    def decode(self, stored: Json) -> PlantingList:
        """Read them back."""
        if not isinstance(stored, dict):
            raise TypeError(stored)
        known = {f.name for f in fields(PlantingList)}
        values = {name: value for name, value in stored.items() if name in known and value is not None}
        for name in _DATES & values.keys():
            values[name] = date.fromisoformat(values[name])
        values["kinds"] = tuple((kind, count) for kind, count in values.get("kinds", ()))
        values["municipalities"] = tuple(values.get("municipalities", ()))
        return PlantingList(**values)


def _name(kind: str | None, voice: Voice) -> str:
    language: Literal["lv", "en"] = "en" if voice.language == "en" else "lv"
    return plain_name(kind, language) if kind else voice.text(L("dažādi koki"))


def _some(all_: list[str] | tuple[str, ...], most: int, voice: Voice) -> str:
    """Name the first few, and say how many more there are."""
    named = ", ".join(all_[:most])
    more = len(all_) - most
    return f"{named} {voice.text(L('un vēl %(count)s'), count=more)}" if more > 0 else named
