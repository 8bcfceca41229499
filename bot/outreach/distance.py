"""Distance: who is within so many kilometres of a place, asked of the database in arithmetic alone.

SQLite may lack the sine and the cosine, so the Earth is flat here: a degree of longitude is as long as it is half way
between the two places. Within 300 km in Latvia that is 0.1 % off at most, which a test compares.
"""

import math

import sqlalchemy as sa

from knowledge.places import Point

_DEGREE = math.pi / 180 * 6371.0  # km of a degree of latitude, on the same sphere as `distance_km`


def within(
    lat: sa.ColumnElement[float], lon: sa.ColumnElement[float], middle: Point, km: float
) -> sa.ColumnElement[bool]:
    """Return whether a point of two columns, WGS 84 degrees, is at most so far from a place; no point is not."""
    high = km / _DEGREE
    # The box that an index serves is taken at its wider end, towards the pole.
    wide = high / math.cos(math.radians(min(middle.lat + high, 89.0)))
    north, east = lat - middle.lat, lon - middle.lon
    rad = math.radians(middle.lat)
    # The cosine half way, as far as its slope and its bend tell.
    half = north * (math.pi / 360)
    shrink = math.cos(rad) - math.sin(rad) * half - math.cos(rad) * half * half / 2
    along, up = east * shrink * _DEGREE, north * _DEGREE
    return sa.and_(
        lat.between(middle.lat - high, middle.lat + high),
        lon.between(middle.lon - wide, middle.lon + wide),
        along * along + up * up <= km * km,
    )
