"""Mapping: which tables and fields a delivery to Reportnet 3 has, read from `knowledge/reportnet.yaml` and checked."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from bot.registrations.export.entry import PLANTERS, Entry, days, kind, latin, least, plain
from bot.registrations.export.geometry import point
from flows.planting_kind import Trees
from knowledge import topic
from knowledge.topic import Problem

FILE = Path(topic.__file__).with_name("reportnet.yaml")

_TYPES = ("text", "integer", "decimal", "date", "point")
_ROWS = ("sites", "trees")
_CERTAINTIES = ("sure", "assumed")
_KEYS = {"name", "value", "constant", "type", "required", "unique", "longest", "codes"}

Value = str | int | float | date | dict[str, Any] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row of a table: the site, and the kind of trees (counted from 1) where there is a row for each."""

    entry: Entry
    tree: Trees | None = None
    number: int = 0


def _site(line: Line) -> str:
    return f"{line.entry.reference}/{line.entry.site}"


def _sum(line: Line) -> int | None:
    return least(line.tree) if line.tree else line.entry.count


def _certain(line: Line) -> int | None:
    trees = (line.tree,) if line.tree else line.entry.trees
    counts = [tree.count for tree in trees if tree.count is not None and not tree.about]
    return sum(counts) if trees and len(counts) == len(trees) else None


def _species(line: Line, name: Callable[[Trees], str]) -> str:
    return "; ".join(name(tree) for tree in ((line.tree,) if line.tree else line.entry.trees) if name(tree))


# What of ours a field can hold. Nothing here tells who somebody is or where they live.
VALUES: Mapping[str, Callable[[Line], Value]] = MappingProxyType(
    {
        "reference": lambda line: line.entry.reference,
        "site": _site,
        "row": lambda line: f"{_site(line)}/{line.number}" if line.tree else _site(line),
        "planter": lambda line: line.entry.planter,
        "organisation": lambda line: plain(line.entry.organisation),
        "species": lambda line: _species(line, latin),
        "species_lv": lambda line: _species(line, kind),
        "count": _sum,
        "certain_count": _certain,
        "planted_from": lambda line: days(line.entry.planted)[0],
        "planted_to": lambda line: days(line.entry.planted)[1],
        "received_on": lambda line: line.entry.received_on,
        "municipality": lambda line: line.entry.place.municipality,
        "parish": lambda line: line.entry.place.parish,
        "land": lambda line: line.entry.land,
        "lat": lambda line: line.entry.place.lat,
        "lon": lambda line: line.entry.place.lon,
        "point": lambda line: point(line.entry.place.lat, line.entry.place.lon),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field of a table. `codes` turns our words into those of Reportnet's lists; `longest` is in characters."""

    name: str
    type: str
    value: str = ""
    constant: str = ""
    required: bool = False
    unique: bool = False
    longest: int = 0
    codes: Mapping[str, str] = field(default_factory=dict)

    def of(self, line: Line) -> Value:
        """Return what stands there; a word that the list does not know stays, for the check to name."""
        value = VALUES[self.value](line) if self.value else self.constant
        return self.codes.get(value, value) if isinstance(value, str) else value

    def filled(self, line: Line) -> bool:
        """Whether anything stands there."""
        value = self.of(line)
        return value is not None and value != ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One table: the file `NAME.csv`, with a row for each of the `sites` or of the kinds of `trees`."""

    name: str
    rows: str
    fields: tuple[Field, ...]

    def lines(self, entry: Entry) -> Iterator[Line]:
        """Yield the rows that a site has in this table."""
        if self.rows == "sites":
            yield Line(entry=entry)
            return
        for number, tree in enumerate(entry.trees, start=1):
            yield Line(entry=entry, tree=tree, number=number)


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """All tables, whose names are `sure` once they were taken from Reportnet itself; who reports by this way."""

    certainty: str
    planters: frozenset[str]
    tables: tuple[Table, ...]

    @property
    def sure(self) -> bool:
        """Whether a delivery made by it counts as one."""
        return self.certainty == "sure"

    def table(self, name: str) -> Table | None:
        """Return the table of that very name."""
        return next((table for table in self.tables if table.name == name), None)


class MappingError(Exception):
    """The mapping can't be used. The message says why; trying again does not help, mending the file does."""


def load(path: Path = FILE) -> Layout:
    """Read a mapping; raises MappingError naming everything that is wrong with it."""
    try:
        content = yaml.safe_load(path.read_bytes())
    except (OSError, yaml.YAMLError) as error:
        raise MappingError(f"{path.name}: {error}") from error
    if problems := list(_problems(path.name, content)):
        raise MappingError("\n".join(map(str, problems)))
    return Layout(
        certainty=content["certainty"],
        planters=frozenset(content["planters"]),
        tables=tuple(
            Table(
                name=table["name"],
                rows=table["rows"],
                fields=tuple(Field(**{**given, "codes": given.get("codes") or {}}) for given in table["fields"]),
            )
            for table in content["tables"]
        ),
    )


def check(path: Path = FILE) -> list[str]:
    """Name what is wrong with a mapping, for `python -m bot check`."""
    try:
        load(path)
    except MappingError as error:
        return str(error).splitlines()
    return []


def _problems(file: str, content: Any) -> Iterator[Problem]:
    def problem(what: str, mend: str) -> Problem:
        return Problem(file=file, what=what, mend=mend)

    if not isinstance(content, dict) or not {"certainty", "planters", "tables"} <= set(content):
        yield problem("certainty, planters and tables are needed", "Copy the file of the repository anew")
        return
    if content["certainty"] not in _CERTAINTIES:
        yield problem(f"certainty is {content['certainty']!r}", f"Write one of {', '.join(_CERTAINTIES)}")
    for planter in set(content["planters"]) - set(PLANTERS):
        yield problem(f"there is no planter {planter}", f"Use {', '.join(PLANTERS)}")
    names = [table.get("name") for table in content["tables"]]
    for name in {name for name in names if names.count(name) > 1}:
        yield problem(f"there are two tables {name}", "Give each its own name")
    for table in content["tables"]:
        if not table.get("name") or table.get("rows") not in _ROWS or not table.get("fields"):
            yield problem(f"table {table.get('name')!r} lacks name, rows or fields", f"rows is {' or '.join(_ROWS)}")
            continue
        for given in table["fields"]:
            yield from (
                problem(f"{table['name']}.{given.get('name')}: {what}", mend) for what, mend in _of_field(given)
            )
        fields = [given.get("name") for given in table["fields"]]
        for name in {name for name in fields if fields.count(name) > 1}:
            yield problem(f"{table['name']} has two fields {name}", "Give each its own name")


def _of_field(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if unknown := set(given) - _KEYS:
        yield f"nobody reads {', '.join(sorted(unknown))}", f"Use {', '.join(sorted(_KEYS))}"
    if not given.get("name"):
        yield "a field has no name", "Copy it from the exported template"
    if given.get("type") not in _TYPES:
        yield f"type is {given.get('type')!r}", f"Write one of {', '.join(_TYPES)}"
    if bool(given.get("value")) == bool(given.get("constant")):
        yield "a field holds either a value or a constant", "Leave one of them"
    if given.get("value") and given["value"] not in VALUES:
        yield f"there is no value {given['value']}", f"Use {', '.join(VALUES)}"
