"""The national grid (LKS-92 / Latvia TM) as degrees.

Since October 2025 LKS-2020 is official; it differs from LKS-92 by about 0.1 m, so both are read alike.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge.places.place import Point

if TYPE_CHECKING:
    from pyproj import Transformer

NORTHINGS = (165_000.0, 450_000.0)  # m, of Latvia's land
EASTINGS = (310_000.0, 765_000.0)


def grid_to_point(*, north: float, east: float) -> Point:
    """Return the WGS 84 point of grid metres (X is `north`, Y is `east` in Latvian maps), to a decimetre."""
    lon, lat = _transformer().transform(east, north)
    return Point(round(lat, 6), round(lon, 6))


def on_grid(*, north: float, east: float) -> bool:
    """Whether the metres lie in the frame around Latvia."""
    return NORTHINGS[0] <= north <= NORTHINGS[1] and EASTINGS[0] <= east <= EASTINGS[1]


@lru_cache(maxsize=1)
def _transformer() -> "Transformer":
    from pyproj import Transformer  # noqa: PLC0415 - 29 MB and 0.2 s that most conversations never need

    return Transformer.from_crs(3059, 4326, always_xy=True)
