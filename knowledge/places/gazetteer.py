"""The names of Latvia's places by any of their folded forms: settlements, parishes, municipalities, former units.

Reads `data/gazetteer.tsv`, which build.py makes. A line is taken apart only when somebody names its place, so
that the 4,500 names cost 20 ms once and some megabytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from knowledge.latvian.text import fold
from knowledge.places.place import Point

Kind: TypeAlias = Literal[
    "city", "town", "centre", "large", "village", "region", "land", "parish", "municipality", "former", "district"
]
_DATA = Path(__file__).parent / "data"


class Named(NamedTuple):
    """One name of a place.

    Of the kinds, `centre` is a village that lends its name to its parish, `large` another known one, `land` what a
    parish without such a village is called for short, `region` the same of a municipality, `former` an abolished
    novads, `district` a rajons.
    `municipality` is the current one; of a former unit or a district (`rajons`) all that share its land, with
    `|` between; `until` is the year it ended.
    """

    kind: Kind
    name: str
    municipality: str
    parish: str
    centre: Point | None
    until: int


def settlements(form: str) -> tuple[Named, ...]:
    """Return the towns and villages one of whose cases, folded, is `form`: `cesim` -> Cēsis."""
    names = _names()
    return _rows(names.settlements.get(form), names.lines)


def is_settlement(form: str) -> bool:
    """Whether `form` is a case of a settlement's name, folded; quicker than asking for it."""
    return form in _names().settlements


def opens_name(form: str) -> bool:
    """Whether `form` is the first word of a name of two words: `lielie`, `visku`."""
    return form in _names().openings


def units(genitive: str) -> tuple[Named, ...]:
    """Return the units whose folded genitive is given: `sesavas` -> Sesavas pagasts; `jelgavas` -> novads, rajons."""
    names = _names()
    return _rows(names.units.get(genitive), names.lines)


def resembling_unit(genitive: str, kinds: frozenset[Kind]) -> tuple[Named, ...]:
    """Return the units of these kinds whose genitive is the one nearest to a misspelt one; none when unsure."""
    best = _nearest(genitive, _genitives(kinds))
    return tuple(row for row in units(best) if row.kind in kinds) if best else ()


def resembling_town(form: str, *, oblique: bool) -> tuple[Named, ...]:
    """Return the town whose nominative or locative is the only one a slip away from `form`.

    `oblique` takes the genitive and the dative as well, which stand behind a preposition.
    """
    best = _nearest(form, _town_forms(oblique=oblique))
    return tuple(row for row in settlements(best) if row.kind in {"city", "town"}) if best else ()


def is_common_word(word: str) -> bool:
    """Whether a word in lower case, as typed, may be an everyday word rather than a place: `laukos`, `saldus`, `ludza`.

    A word typed with diacritics is compared with them, another one without.
    """
    spellings = _names().common.get(fold(word))
    return spellings is not None and (word.isascii() or word in spellings.split(" "))


def rank(row: Named) -> int:
    """Return how prominent a settlement is among its namesakes: a town 0, a parish's centre 1, a hamlet 2.

    A part of a city (`Kauguri` of Jūrmala) is as well known as the centre of a parish.
    """
    if row.kind == "village":
        return 2 if row.municipality.endswith("novads") else 1
    return 1 if row.kind in {"centre", "large", "land"} else 0


_Numbers: TypeAlias = int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Names:
    lines: list[str]
    settlements: dict[str, _Numbers]
    units: dict[str, _Numbers]
    common: dict[str, str]
    openings: frozenset[str]


@lru_cache(maxsize=1)
def _names() -> _Names:
    lines = (_DATA / "gazetteer.tsv").read_text(encoding="utf-8").splitlines()
    by_form: dict[str, _Numbers] = {}
    by_genitive: dict[str, _Numbers] = {}
    common: dict[str, str] = {}
    for number, line in enumerate(lines):
        forms, _, rest = line.partition("\t")
        lines[number] = rest
        if forms[0] == "=":
            _add(by_genitive, forms[1:], number)
        elif forms[0] == "~":
            common[forms[1:]] = rest
        else:
            for form in forms.split(","):
                _add(by_form, form, number)
    openings = frozenset(form.partition(" ")[0] for form in by_form if " " in form)
    return _Names(lines, by_form, by_genitive, common, openings)


def _add(index: dict[str, _Numbers], form: str, number: int) -> None:
    known = index.setdefault(form, number)
    if isinstance(known, tuple):
        index[form] = (*known, number)
    elif known != number:
        index[form] = (known, number)


def _rows(numbers: _Numbers | None, lines: list[str]) -> tuple[Named, ...]:
    if numbers is None:
        return ()
    if isinstance(numbers, int):
        return (_row(lines[numbers]),)
    return tuple(_row(lines[number]) for number in numbers)


@lru_cache(maxsize=1024)
def _row(line: str) -> Named:
    kind, name, municipality, parish, lat, lon = line.split("\t")
    until = 0
    if kind in {"former", "district"}:
        until, parish = int(parish), ""
    centre = Point(float(lat), float(lon)) if lat else None
    return Named(kind, name, municipality, parish, centre, until)  # type: ignore[arg-type] # build.py writes no other


@lru_cache(maxsize=8)
def _genitives(kinds: frozenset[Kind]) -> tuple[str, ...]:
    return tuple(form for form in _names().units if any(row.kind in kinds for row in units(form)))


@lru_cache(maxsize=2)
def _town_forms(*, oblique: bool) -> tuple[str, ...]:
    from knowledge.places.declension import decline  # noqa: PLC0415 - for misspelt towns only

    towns = [_row(line) for line in _names().lines if line.startswith(("city", "town"))]
    cases = [decline(town.name) for town in towns]
    forms = [form for five in cases for form in (five if oblique else (five.nominative, five.locative))]
    return tuple(dict.fromkeys(fold(form) for form in forms))


def _nearest(form: str, known: tuple[str, ...]) -> str | None:
    from rapidfuzz import process  # noqa: PLC0415 - for misspelt names only

    allowed = 1 if len(form) < 9 else 2
    found = process.extract(form, known, scorer=_slips(), score_cutoff=allowed, limit=2)
    if not found or (len(found) > 1 and found[0][1] == found[1][1]):
        return None
    best: str = found[0][0]
    return best


def _slips() -> Callable[..., int]:
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - see _nearest

    return OSA.distance
