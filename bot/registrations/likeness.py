"""Likeness: whether two registrations may be of the same trees, as far as their answers show. Pure."""

from dataclasses import dataclass, field
from datetime import date

from knowledge.places import Point, distance_km

_NEAR_KM = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """What can be compared: `lat`, `lon` in WGS 84 degrees, `photos` by names of their contents."""

    contact_id: int
    lat: float | None = None
    lon: float | None = None
    cadastre: str = ""  # 11 digits
    named: tuple[str, ...] = ()  # municipality, parish, house, street as told; fewer than two are no place
    first: date | None = None
    last: date | None = None
    trees: int | None = None
    photos: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """Why two may be the same: `metres` apart where both have a point."""

    same_person: bool
    same_photo: bool
    metres: int | None = None


def likeness(one: Sight, other: Sight) -> Likeness | None:
    """Return in what two registrations agree; None where they need not be of the same trees.

    They may be where a photo is the same, where place and time agree, or where one person has told of as many trees of
    the same time and has not shown two places.
    """
    metres = _metres(one, other)
    same_person, same_photo = one.contact_id == other.contact_id, bool(one.photos & other.photos)
    same_time, same_place = _same_time(one, other), _same_place(one, other, metres)
    as_many = one.trees is not None and one.trees == other.trees
    told_twice = same_person and same_time and as_many and same_place is None
    if same_photo or (same_place and same_time) or told_twice:
        return Likeness(same_person=same_person, same_photo=same_photo, metres=metres)
    return None


def _same_time(one: Sight, other: Sight) -> bool:
    """Whether the stretches in which they were planted overlap; an unknown one may be any."""
    begins = max(one.first or date.min, other.first or date.min)
    ends = min(one.last or date.max, other.last or date.max)
    return begins <= ends


def _same_place(one: Sight, other: Sight, metres: int | None) -> bool | None:
    """Whether the places agree; None where they can't be compared."""
    if metres is not None:
        return metres <= _NEAR_KM * 1000
    if one.cadastre and other.cadastre:
        return one.cadastre == other.cadastre
    if len(one.named) > 1 and len(other.named) > 1:
        return one.named == other.named
    return None


def _metres(one: Sight, other: Sight) -> int | None:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return round(distance_km(Point(one.lat, one.lon), Point(other.lat, other.lon)) * 1000)
