"""Places: where the trees of a row stand: its coordinates, cadastre number and words, in whatever columns they are."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Literal

from bot.lists.book import Cell, as_text
from bot.lists.faults import Fault
from bot.lists.headings import Headings
from flows.grammar import Partly, Understood
from flows.said import Said
from flows.where_kind import Site, Where
from knowledge.latvian.text import fold
from knowledge.places import Place, find_places, municipality_at
from knowledge.places.cadastre import as_cadastre
from knowledge.places.coordinates import in_frame
from knowledge.places.grid import grid_to_point, on_grid
from knowledge.secrets import mask

Axes = Literal["", "xy", "yx"]  # which of the two columns is the northing: the first or the second

PLACE_KINDS = ("municipality", "parish", "settlement", "street", "place")
_JUDGED = 500  # rows by which the order of axes is judged
_NUMBER = re.compile(r"\D{0,3}(\d[\d \u00a0]*(?:[.,]\d{1,9})?)\D{0,12}")
_WHERE = Where(key="w", ask="", again="", label="", change="", why="", example="")


def read_site(row: Sequence[Cell], within: str, axes: Axes, headings: Headings, faults: list[Fault]) -> Site | None:
    """Return where a row's trees stand; None with a fault where it does not say so for sure.

    `within` is what the sheet's title names, for places that name no municipality.
    """
    said = _place_words(row, headings)
    cadastre = _cadastre(row, headings, faults)
    point, fault = _point(row, headings, axes)
    if fault:
        faults.append(fault)
        return None
    if point:
        return _pinned(point, said, cadastre, faults)
    if not said and not cadastre:
        if not any(known.code.startswith("cadastre") for known in faults):
            faults.append(Fault(code="place_missing"))
        return None
    if _disagrees(said):
        faults.append(Fault(code="place_disagrees", given=said))
        return None
    site = _said_where(said, within)
    if site is None and cadastre:
        return Site(cadastre=cadastre, words=said)
    if site is None:
        faults.append(Fault(code=_why_not(said, within), given=said))
        return None
    return replace(site, cadastre=cadastre or site.cadastre)


def has_words(row: Sequence[Cell], headings: Headings) -> bool:
    """Whether a row says more of its place than a municipality and a parish."""
    return any(value is not None for value in headings.cells(row, "settlement", "street", "place"))


def choose_axes(rows: Sequence[Sequence[Cell]], headings: Headings) -> Axes:
    """Tell by all rows together which of the columns X and Y is the northing; '' when both ways lead to Latvia.

    X is the northing on Latvian maps and the easting in most programs, so the heading alone proves nothing.
    """
    pairs = [(_metres(headings.cell(row, "x")), _metres(headings.cell(row, "y"))) for row in rows[:_JUDGED]]
    known = [(one, two) for one, two in pairs if one is not None and two is not None]
    forward = sum(_on_land(one, two) for one, two in known)
    backward = sum(_on_land(two, one) for one, two in known)
    if forward == backward:
        return ""
    return "xy" if forward > backward else "yx"


def _pinned(point: tuple[float, float], said: str, cadastre: str, faults: list[Fault]) -> Site | None:
    """Return the place of a point, with what the words beside it name."""
    reading = _WHERE.read(Said(text=f"{point[0]:.6f}, {point[1]:.6f}"), date.min)
    if not isinstance(reading, Understood):
        faults.append(Fault(code="place_abroad", given=f"{point[0]:.5f}, {point[1]:.5f}"))
        return None
    named = _said_where(said, "") if said else None
    site = replace(reading.value, words=said, cadastre=cadastre)
    if named and named.lat is None:
        other = named.municipality if named.municipality != site.municipality else ""
        names = {name: getattr(named, name) for name in ("parish", "settlement", "house", "street")}
        return replace(site, said_municipality=other, centre=named.centre, **names)
    return site


@lru_cache(maxsize=4096)
def _said_where(said: str, within: str) -> Site | None:
    """Read a place in words; where they name no municipality, within the one that the sheet names."""
    for text in (said, f"{said}, {within}") if within else (said,):
        reading = _WHERE.read(Said(text=text), date.min)
        site = reading.value if isinstance(reading, Understood | Partly) else None
        if site and (site.municipality or site.cadastre):
            return replace(site, words=said)
    return None


@lru_cache(maxsize=4096)
def _disagrees(said: str) -> bool:
    """Whether a place names two municipalities, as a parish beside one that it does not lie in."""
    found = [item.value for item in find_places(said, answering=True)]
    return len({place.municipality for place in found if isinstance(place, Place) and place.municipality}) > 1


@lru_cache(maxsize=4096)
def _why_not(said: str, within: str) -> str:
    reading = _WHERE.read(Said(text=f"{said}, {within}" if within else said), date.min)
    if isinstance(reading, Partly) and reading.options:
        return "place_which"
    if isinstance(reading, Partly):
        return "place_where"  # a house or a street of an unknown municipality
    return "place_unclear"


def _place_words(row: Sequence[Cell], headings: Headings) -> str:
    """Join what a row says of its place, masked: the municipality first, then narrower and narrower."""
    told = [(kind, as_text(value)) for kind in PLACE_KINDS for value in headings.cells(row, kind)]
    parts = [_with_its_kind(text, kind) for kind, text in told if text]
    return mask(", ".join(dict.fromkeys(parts))).text[:300]


@lru_cache(maxsize=4096)
def _with_its_kind(text: str, kind: str) -> str:
    """Say „Drustu pagasts” where the column says parish and the cell „Drustu”; „Ogres novads” for „Ogres”."""
    folded = fold(text)
    if kind == "parish" and "pag" not in folded and "parish" not in folded:
        return f"{text} pagasts"
    if kind == "municipality" and "nov" not in folded and "pils" not in folded:
        return f"{text} novads" if _said_where(f"{text} novads", "") else text
    return text


def _cadastre(row: Sequence[Cell], headings: Headings, faults: list[Fault]) -> str:
    value = headings.cell(row, "cadastre")
    if value is None:
        return ""
    text = as_text(value)
    digits = re.sub(r"\D", "", text)
    number = as_cadastre(digits.zfill(11) if isinstance(value, int | float) and len(digits) == 10 else text)
    if number is None:
        faults.append(Fault(code="cadastre_unclear", given=mask(text).text))
    return number or ""


def _point(row: Sequence[Cell], headings: Headings, axes: Axes) -> tuple[tuple[float, float] | None, Fault | None]:
    """Return the WGS 84 point of a row's coordinates, in whatever columns they stand."""
    for pair in (("lat", "lon"), ("north", "east"), ("x", "y")):
        one, two = (headings.cell(row, kind) for kind in pair)
        if one is None and two is None:
            continue
        given = f"{as_text(one)}; {as_text(two)}"
        if one is None or two is None:
            return None, Fault(code="point_half", given=given)
        return _pair(one, two, given, axes if pair == ("x", "y") else "xy")
    value = headings.cell(row, "coordinates")
    return _said_point(as_text(value)) if value is not None else (None, None)


def _pair(one: Cell, two: Cell, given: str, axes: Axes) -> tuple[tuple[float, float] | None, Fault | None]:
    first, second = _decimal(one), _decimal(two)
    if first is None or second is None:
        return _said_point(f"{as_text(one)} {as_text(two)}")
    if in_frame(first, second):
        return (first, second), None
    if in_frame(second, first):
        return (second, first), None
    if 35 <= first <= 72 and not first.is_integer() and -15 <= second <= 60:
        return None, Fault(code="place_abroad", given=given)
    north, east = _metres(first), _metres(second)
    if axes == "yx":
        north, east = east, north
    if north is None or east is None or not on_grid(north=north, east=east):
        if axes == "" and north is not None and east is not None and on_grid(north=east, east=north):
            return None, Fault(code="point_axes", given=given)
        return None, Fault(code="point_unclear", given=given)
    if axes == "":
        return None, Fault(code="point_axes", given=given)
    point = grid_to_point(north=north, east=east)
    return (point.lat, point.lon), None


@lru_cache(maxsize=4096)
def _said_point(text: str) -> tuple[tuple[float, float] | None, Fault | None]:
    reading = _WHERE.read(Said(text=text), date.min)
    site = reading.value if isinstance(reading, Understood | Partly) else None
    if site and site.lat is not None and site.lon is not None:
        return (site.lat, site.lon), None
    return None, Fault(code="point_unclear", given=text)


def _metres(value: Cell) -> float | None:
    """Return a cell as metres of the national grid, the false northing left out where it was kept."""
    number = _decimal(value)
    if number is None:
        return None
    return number - 6_000_000 if 6_100_000 < number < 6_500_000 else number


def _decimal(value: Cell) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    match = _NUMBER.fullmatch(value)
    return float(re.sub(r"[ \u00a0]", "", match[1]).replace(",", ".")) if match and "°" not in value else None


def _on_land(north: float, east: float) -> bool:
    return on_grid(north=north, east=east) and municipality_at(*grid_to_point(north=north, east=east)) is not None
