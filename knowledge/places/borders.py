"""Which municipality a point lies in, and how far two points are from each other.

The borders come from a 1:1,000,000 map: several hundred metres may be wrong, the sea is missing, and so is
everything abroad. Near a border the answer is a hint, which `near_border` says.

Not by shapely: for this one question it would bring 14 MB, numpy among them.
"""

import json
import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from knowledge.places.place import Point

_FILE = Path(__file__).parent / "data" / "municipalities.geojson"
_SHORE = 2.0  # km a point may lie off the map's coast and still belong to it
_NEAR = 1.0  # km within which another municipality makes the answer doubtful
# Kilometres of a degree at 56.9 N. Between Latvia's ends the true length of a degree of longitude differs by 3 %.
_EAST, _NORTH = 60.8, 111.35
_EARTH = 6371.0  # km
_HIGH = 2.0  # km; borders are kept in bands of this height, so that a point is held against few of them


class Territory(NamedTuple):
    """The municipality of a point and those within a kilometre of it; `near_border` at the map's edge as well."""

    municipality: str
    neighbours: tuple[str, ...]
    near_border: bool


def territory_at(lat: float, lon: float) -> Territory | None:
    """Return whose territory a WGS 84 point lies on; up to 2 km off the coast the nearest; else nothing."""
    bands, names = _borders()
    east, north = lon * _EAST, lat * _NORTH
    inside = _around(bands.get(_band(north), ()), east, north)
    reach = range(_band(north - _SHORE), _band(north + _SHORE) + 1)
    far = _distances([line for band in reach for line in bands.get(band, ())], east, north)
    if not inside:
        nearest = min(far, key=far.__getitem__, default=None)
        return None if nearest is None else Territory(names[nearest], (), near_border=True)
    near = sorted(other for other, distance in far.items() if distance <= _NEAR and other != inside[0])
    return Territory(names[inside[0]], tuple(names[other] for other in near), near_border=bool(near))


def municipality_at(lat: float, lon: float) -> str | None:
    """Return the current official name of the municipality a WGS 84 point lies in; `None` outside Latvia."""
    territory = territory_at(lat, lon)
    return territory.municipality if territory else None


def distance_km(one: Point, other: Point) -> float:
    """Return the distance of two points along the Earth's surface, in kilometres."""
    lat, other_lat = math.radians(one.lat), math.radians(other.lat)
    a = math.sin((other_lat - lat) / 2) ** 2
    b = math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(a + math.cos(lat) * math.cos(other_lat) * b))


class _Line(NamedTuple):
    """A straight piece of a territory's border, in kilometres."""

    whose: int
    east: float
    north: float
    to_east: float
    to_north: float


def _around(lines: Iterable[_Line], east: float, north: float) -> list[int]:
    """Return the territories that a point lies in: whose border is crossed an odd number of times on the way east."""
    inside: set[int] = set()
    for line in lines:
        if (line.north > north) != (line.to_north > north):
            share = (north - line.north) / (line.to_north - line.north)
            if line.east + share * (line.to_east - line.east) > east:
                inside ^= {line.whose}
    return sorted(inside)


def _distances(lines: Iterable[_Line], east: float, north: float) -> dict[int, float]:
    """Return how far each border is, as far as that is at most `_SHORE`."""
    found: dict[int, float] = {}
    for whose, x, y, to_x, to_y in lines:
        if min(x, to_x) - _SHORE > east or max(x, to_x) + _SHORE < east:
            continue
        across, up = to_x - x, to_y - y
        length = across * across + up * up
        share = ((east - x) * across + (north - y) * up) / length if length else 0.0
        share = min(1.0, max(0.0, share))
        distance = math.hypot(x + share * across - east, y + share * up - north)
        if distance <= found.get(whose, _SHORE):
            found[whose] = distance
    return found


def _band(north: float) -> int:
    return math.floor(north / _HIGH)


@lru_cache(maxsize=1)
def _borders() -> tuple[dict[int, list[_Line]], tuple[str, ...]]:
    """Return every border by the bands that it passes through, and the names of the territories."""
    features = json.loads(_FILE.read_text(encoding="utf-8"))["features"]
    bands: dict[int, list[_Line]] = {}
    for whose, feature in enumerate(features):
        shape = feature["geometry"]
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        for ring in (ring for part in parts for ring in part):
            points = [(lon * _EAST, lat * _NORTH) for lon, lat, *_ in ring]
            for one, other in pairwise(points):
                line = _Line(whose, *one, *other)
                for band in range(_band(min(one[1], other[1])), _band(max(one[1], other[1])) + 1):
                    bands.setdefault(band, []).append(line)
    return bands, tuple(feature["properties"]["name"] for feature in features)
