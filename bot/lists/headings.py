"""Headings: which column of a sheet is what, in Latvian or English, in any order, wherever the heading row stands."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.lists.book import Cell, Sheet, as_text
from knowledge.latvian.text import fold, words
from knowledge.species import find_species

_LOOKED_AT = 40  # rows in which the headings are looked for
_LONGEST = 60  # characters; what is longer is a sentence

# What a column holds -> the beginnings of its heading's words, folded; of several kinds the first that fits counts.
# A plus joins words that must all be there; an equals sign takes the whole heading.
_KINDS: Mapping[str, str] = {
    "fix": "kas+jalabo what+correct",
    "ignored": "platiba piezim koment apraksts note remark comment =ha =nr =npk =id kartas+nr augstum garums+m "
    "diametr atbildig talrun epast cena summa+eur",
    "cadastre": "kadastr =kad.+nr kad+nr kad+apz cadastr zemes+vieniba",
    "latin": "latin",
    "north": "north zieme =n",
    "east": "east austr =e",
    "lat": "lat platum =gps+n",
    "lon": "lon lng garum =gps+e",
    "x": "=x x+koord koord+x x+coord lks+x x+lks =x_lks x+m",
    "y": "=y y+koord koord+y y+coord lks+y y+lks =y_lks y+m",
    "coordinates": "koordin coordin =gps =wgs84 karte kartes+saite saite link =map google",
    "date_from": "sakum no+datum datums+no start from",
    "date_to": "beig lidz+datum datums+lidz end =to",
    "month": "menes month",
    "year": "gads gada year",
    "date": "datum stadisanas+laik kad+stad stadits date planted laiks =kad",
    "count": "skait daudz gab count number+tree number+of quantity =qty =kopa eksemplar amount how+many trees+planted",
    "species": "sug kultur koka+nosauk koku+nosauk koka+veid species =koks =koki =kokaugs =tree =trees tree+name "
    "tree+type stads+nosauk",
    "municipality": "novad pasvald municipal =pilseta valstspils county",
    "parish": "pagast parish",
    "settlement": "ciem village town apdzivota =pilseta/ciems",
    "street": "iela street",
    "place": "viet adres ipasum maja objekt teritor saimniec address place location site property where "
    "kur lokac parks",
}
_COORDINATE_KINDS = frozenset({"x", "y", "north", "east", "lat", "lon"})
_SURE = frozenset({"species", "count", "date", "year", "cadastre", "municipality", "parish", "place", "coordinates"})
_SURE_TOO = _SURE | _COORDINATE_KINDS | {"latin"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Headings:
    """The heading row of a sheet, counted from 0: the columns of each kind, and the species of those that count one."""

    row: int
    columns: Mapping[str, tuple[int, ...]]
    species: Mapping[int, str] = field(default_factory=dict)  # column -> Latin name: „Ozols | Liepa | Bērzs”

    def first(self, kind: str) -> int | None:
        """Return the first column of a kind."""
        return next(iter(self.columns.get(kind, ())), None)

    def cell(self, row: Sequence[Cell], kind: str) -> Cell:
        """Return what stands in the first column of a kind; None for nothing."""
        return next(self.cells(row, kind), None)

    def cells(self, row: Sequence[Cell], *kinds: str) -> Iterator[Cell]:
        """Yield what stands in the columns of these kinds, without the empty ones but the first of each."""
        for kind in kinds:
            for number, column in enumerate(self.columns.get(kind, ())):
                value = row[column] if column < len(row) else None
                if value is not None or number == 0:
                    yield value

    def has(self, *kinds: str) -> bool:
        """Whether there is a column of any of these kinds."""
        return any(kind in self.columns for kind in kinds)


def find_headings(sheet: Sheet) -> Headings | None:
    """Return the heading row of a sheet of plantings; None where none says species and counts."""
    best: tuple[int, Headings] | None = None
    for number, row in enumerate(sheet.rows[:_LOOKED_AT]):
        found = _read(sheet, number, row)
        if found is None:
            continue
        weight = sum(len(columns) for kind, columns in found.columns.items() if kind != "ignored") + len(found.species)
        if best is None or weight > best[0]:
            best = (weight, found)
    return best[1] if best else None


def same_headings(row: Sequence[Cell], headings: Headings) -> bool:
    """Whether a row repeats the headings, as under every page of a printed table."""
    kinds = {column: kind for kind, columns in headings.columns.items() for column in columns}
    texts = [(column, as_text(row[column])) for column in kinds if column < len(row) and row[column] is not None]
    told = [(column, text) for column, text in texts if text]
    return len(told) > 1 and all(_kind(text) == kinds[column] for column, text in told)


def _read(sheet: Sheet, number: int, row: Sequence[Cell]) -> Headings | None:
    texts = [_heading(sheet, number, column, cell) for column, cell in enumerate(row)]
    columns: dict[str, list[int]] = {}
    for column, text in enumerate(texts):
        if kind := _kind(text):
            columns.setdefault(kind, []).append(column)
    species = {}
    if not ({"species", "latin"} & columns.keys()):
        named = {column: _species(text) for column, text in enumerate(texts) if _kind(text) in {"", "count"}}
        species = {column: latin for column, latin in named.items() if latin}
        columns["count"] = [column for column in columns.get("count", ()) if column not in species]
    known = {kind: tuple(found) for kind, found in columns.items() if found}
    counts = species or ("count" in known and bool({"species", "latin"} & known.keys()))
    told = sum(kind in _SURE_TOO for kind in known) + len(species)
    return Headings(row=number, columns=known, species=species) if counts and told > 1 else None


def _heading(sheet: Sheet, number: int, column: int, cell: Cell) -> str:
    """Return a heading with the one that stands above it over several columns: „Koordinātas” over „X” and „Y”."""
    text = as_text(cell) if isinstance(cell, str) else ""
    if not text or number == 0 or _kind(text) not in {"", "x", "y"}:
        return text
    for top, left, bottom, right in sheet.merged:
        if bottom == number - 1 and left <= column <= right and right > left:
            above = sheet.rows[top][left] if left < len(sheet.rows[top]) else None
            joined = f"{as_text(above)} {text}".strip()
            return joined if _kind(joined) in {"x", "y", "lat", "lon", "date_from", "date_to"} else text
    return text


@lru_cache(maxsize=1024)
def _kind(heading: str) -> str:
    """Return what a heading's column holds; '' for what we don't know."""
    if not heading or len(heading) > _LONGEST:
        return ""
    typed = [word.folded for word in words(heading.replace("_", " "))]
    whole = "+".join(typed)
    for kind, patterns in _KINDS.items():
        for pattern in patterns.split():
            if pattern.startswith("="):
                wanted = "+".join(word.folded for word in words(pattern[1:].replace("_", " ").replace("+", " ")))
                if whole == wanted and wanted:
                    return kind
            elif all(_begins(part, typed) for part in pattern.split("+")):
                return kind
    return ""


def _begins(part: str, typed: Sequence[str]) -> bool:
    """Whether a word begins so; a part of one or two letters is a whole word."""
    wanted = fold(part)
    return any(word == wanted if len(part) <= 2 else word.startswith(wanted) for word in typed)


@lru_cache(maxsize=1024)
def _species(heading: str) -> str:
    """Return the species that a heading names and nothing else: „Ozoli (gab.)”."""
    bare = re.sub(r"\(.*?\)|\bgab\.?|\bskaits\b", " ", heading, flags=re.IGNORECASE).strip(" ,.;:")
    found = find_species(bare) if bare and len(words(bare)) <= 3 else []
    return found[0].value.latin if len(found) == 1 else ""
