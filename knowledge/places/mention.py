"""A part of a text that names a place or one of its properties, and how two such parts become one place."""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from knowledge.places.gazetteer import Named, rank
from knowledge.places.place import Former, PlaceReading, Point

Level: TypeAlias = Literal["point", "cadastre", "street", "house", "settlement", "unit", "other"]


class Part(NamedTuple):
    """What a mention states, if it is meant: one of its possible meanings.

    `likely_parish` of a hamlet comes from a list that is partly guessed: it may decide between namesakes and is
    never told. `asks` marks a municipality nobody stated: a district (`rajons`) covers several. Of namesakes those
    of the lowest `rank` are meant, when nothing else decides: a town (0), a parish's centre (1), a hamlet (2).
    """

    municipality: str | None = None
    parish: str | None = None
    settlement: str | None = None
    house: str | None = None
    street: str | None = None
    cadastre: str | None = None
    point: Point | None = None
    centre: Point | None = None
    near: bool = False
    near_border: bool = False
    likely_parish: str | None = None
    said_municipality: str | None = None
    former: Former | None = None
    asks: bool = False
    rank: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """`text[start:end]` with its possible meanings, likeliest first; `other` holds what stands for itself alone."""

    start: int
    end: int
    level: Level
    parts: tuple[Part, ...] = ()
    other: PlaceReading | None = None


def is_joint(gap: str) -> bool:
    """Whether nothing but punctuation and words like `kadastra numurs` stands between two mentions."""
    return _JOINT.fullmatch(gap) is not None


def parts_of(rows: tuple[Named, ...], *, near: bool = False) -> tuple[Part, ...]:
    """Return what names of the gazetteer state; a former unit states the present one, or several to ask about."""
    return tuple(part for row in rows for part in _parts(row, near=near))


def unify(one: tuple[Part, ...], two: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return what two mentions state together; nothing when they can't mean one place.

    Where some combinations agree on more (a hamlet likely to lie in the named parish), only those are kept.
    """
    joined = [joint for first in one for second in two if (joint := _join(first, second)) is not None]
    sure = [joint for joint in joined if joint.likely_parish and joint.likely_parish == joint.parish]
    return tuple(dict.fromkeys(sure or joined))


def _parts(row: Named, *, near: bool) -> list[Part]:
    if row.kind in {"former", "district"}:
        now = tuple(row.municipality.split("|"))
        former = Former(name=row.name, until=row.until, now=now)
        asks = row.kind == "district"
        return [Part(municipality=name, former=former, asks=asks) for name in now]
    if row.kind in {"parish", "land"}:
        return [Part(municipality=row.municipality, parish=row.parish, centre=row.centre, rank=rank(row))]
    if row.kind in {"municipality", "region"}:
        return [Part(municipality=row.municipality, centre=row.centre)]
    part = Part(municipality=row.municipality, settlement=row.name, centre=row.centre, near=near)
    part = part._replace(rank=rank(row))
    if row.kind == "centre":
        return [part._replace(parish=row.parish)]
    own = [part._replace(likely_parish=row.parish or None)]
    if near and row.kind == "city":
        own += [Part(municipality=name, settlement=row.name, near=True) for name in _AROUND.get(row.name, ())]
    return own


_JOINT = re.compile(
    r"[\s,;:()/\-–—.\"„”“»]*(?:(?:kadastr\w*|kad|nr|numur\w*|apz[iī]m\w*|apz|koordin\w*|gps|vieta|adrese|proti|jeb|"
    r"tas ir|pie|net[aā]lu no|m[aā]j[aā]s?|[iī]pa[sš]um\w*|ciem[sā]\w*|zemes|vien[iī]b\w*|LV-?\s?\d{4}|"
    r"latvija|in|near|the|lat|lon|lks-?\s?\d*|saite|karte)[\s,;:()/\-–—.\"„”“»]*)*",
    re.IGNORECASE,
)
# A city that is a municipality of its own: what lies "near" it lies as a rule in another one.
_AROUND = {
    "Daugavpils": ("Augšdaugavas novads",),
    "Jelgava": ("Jelgavas novads",),
    "Jūrmala": ("Mārupes novads", "Tukuma novads"),
    "Liepāja": ("Dienvidkurzemes novads",),
    "Rēzekne": ("Rēzeknes novads",),
    "Rīga": (
        "Mārupes novads", "Olaines novads", "Ķekavas novads", "Salaspils novads", "Ropažu novads", "Ādažu novads",
    ),
    "Ventspils": ("Ventspils novads",),
}  # fmt: skip

_PLAIN = ("parish", "house", "street", "cadastre", "point")


def _join(one: Part, two: Part) -> Part | None:
    values: dict[str, object] = {}
    for field in _PLAIN:
        first, second = getattr(one, field), getattr(two, field)
        if first and second and first != second:
            return None
        values[field] = first or second
    settlement = _settlement(one, two)
    if settlement is None:
        return None
    municipality = one.municipality or two.municipality
    if one.municipality and two.municipality and one.municipality != two.municipality:
        # A district's municipalities are only a hint, so a stated one wins.
        if not (one.asks or two.asks):
            return None
        municipality = two.municipality if one.asks else one.municipality
    return Part(
        **values,  # type: ignore[arg-type] # the fields named in _PLAIN
        settlement=settlement or None,
        municipality=municipality,
        centre=_narrower(one, two),
        near=one.near or two.near,
        near_border=one.near_border or two.near_border,
        likely_parish=one.likely_parish or two.likely_parish,
        said_municipality=one.said_municipality or two.said_municipality,
        former=one.former or two.former,
        rank=max(one.rank, two.rank),
        asks=(one.asks or not one.municipality) and (two.asks or not two.municipality) and (one.asks or two.asks),
    )


def _settlement(one: Part, two: Part) -> str | None:
    """Return the settlement both mean, "" where none is named, nothing for two: *Rīgā, Imantā* is Imanta."""
    first, second = one.settlement or "", two.settlement or ""
    if not first or not second or first == second:
        return first or second
    if first == two.municipality or second == one.municipality:
        return second if first == two.municipality else first
    return None


def _narrower(one: Part, two: Part) -> Point | None:
    """Return the middle of the narrower of two places: the village rather than the parish."""
    first = (
        one.settlement not in {None, one.municipality},
        one.settlement is not None,
        one.parish is not None,
        one.municipality is not None,
    )
    second = (
        two.settlement not in {None, two.municipality},
        two.settlement is not None,
        two.parish is not None,
        two.municipality is not None,
    )
    ordered = (one, two) if first >= second else (two, one)
    return ordered[0].centre or ordered[1].centre
