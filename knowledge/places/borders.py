"""Which municipality a point lies in, and how far two points are from each other.

The borders come from a 1:1,000,000 map: several hundred metres may be wrong, the sea is missing, and so is
everything abroad. Near a border the answer is a hint, which `near_border` says.
"""

import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from knowledge.places.place import Point

if TYPE_CHECKING:
    import shapely

_FILE = Path(__file__).parent / "data" / "municipalities.geojson"
_SHORE = 2.0  # km a point may lie off the map's coast and still belong to it
_NEAR = 1.0  # km within which another municipality makes the answer doubtful
# Kilometres of a degree at 56.9 N. Between Latvia's ends the true length of a degree of longitude differs by 3 %.
_EAST, _NORTH = 60.8, 111.35
_EARTH = 6371.0  # km


class Territory(NamedTuple):
    """The municipality of a point and those within a kilometre of it; `near_border` at the map's edge as well."""

    municipality: str
    neighbours: tuple[str, ...]
    near_border: bool


def territory_at(lat: float, lon: float) -> Territory | None:
    """Return whose territory a WGS 84 point lies on; up to 2 km off the coast the nearest; else nothing."""
    import shapely  # noqa: PLC0415 - 24 MB that most conversations never need

    tree, names = _territories()
    point = shapely.Point(lon * _EAST, lat * _NORTH)
    inside = tree.query(point, predicate="intersects")
    if len(inside) == 0:
        nearest = tree.query_nearest(point, max_distance=_SHORE)
        return Territory(names[nearest[0]], (), near_border=True) if len(nearest) else None
    near = tree.query(point, predicate="dwithin", distance=_NEAR)
    neighbours = tuple(names[other] for other in near if other != inside[0])
    return Territory(names[inside[0]], neighbours, near_border=bool(neighbours))


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


@lru_cache(maxsize=1)
def _territories() -> tuple["shapely.STRtree", tuple[str, ...]]:
    import json  # noqa: PLC0415 - together with shapely, once

    import shapely  # noqa: PLC0415 - see territory_at

    features = json.loads(_FILE.read_text(encoding="utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    in_km = shapely.transform(shapes, lambda degrees: degrees * (_EAST, _NORTH))
    return shapely.STRtree(in_km), tuple(feature["properties"]["name"] for feature in features)
