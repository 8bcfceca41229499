"""Geometry: points as GeoJSON (RFC 7946), longitude first, and what is wrong with a geometry that a file holds."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

_DECIMALS = 6  # a tenth of a metre
_LAT, _LON = (55.6, 58.15), (20.8, 28.3)  # degrees that Latvia lies between
_LEAST_RING = 4  # positions, the last being the first
_LEAST_LINE = 2


def point(lat: float | None, lon: float | None) -> dict[str, Any] | None:
    """Return a point, or None where there is none."""
    if lat is None or lon is None:
        return None
    return {"type": "Point", "coordinates": [round(lon, _DECIMALS), round(lat, _DECIMALS)]}


def faults(geometry: Any) -> Iterator[str]:
    """Say, in Latvian, what is wrong with a geometry in Latvia; nothing for one that is right."""
    if not isinstance(geometry, dict) or "type" not in geometry:
        yield "nav GeoJSON ģeometrija"
        return
    coordinates = geometry.get("coordinates")
    match geometry["type"]:
        case "Point":
            yield from _of_position(coordinates)
        case "MultiPoint":
            yield from _of_line(coordinates, least=1)
        case "LineString":
            yield from _of_line(coordinates, least=_LEAST_LINE)
        case "MultiLineString":
            for line in _parts(coordinates):
                yield from _of_line(line, least=_LEAST_LINE)
        case "Polygon":
            yield from _of_polygon(coordinates)
        case "MultiPolygon":
            for polygon in _parts(coordinates):
                yield from _of_polygon(polygon)
        case other:
            yield f"„{other}” nav ģeometrijas veids, ko sistēma Reportnet 3 pieņem"


def _of_polygon(rings: Any) -> Iterator[str]:
    if not _parts(rings):
        yield "daudzstūrim nav malu"
    for number, ring in enumerate(_parts(rings)):
        wrong = list(_of_line(ring, least=_LEAST_RING))
        if wrong:
            yield from wrong
        elif ring[0] != ring[-1]:
            yield "daudzstūra mala nav noslēgta: pēdējam punktam jābūt tādam pašam kā pirmajam"
        elif (_turn(ring) > 0) != (number == 0):
            side = "ārējā mala jāapiet pretēji pulksteņa rādītājam" if number == 0 else "caurums jāapiet pa pulkstenim"
            yield f"daudzstūris apiets nepareizā virzienā: {side}"


def _of_line(positions: Any, *, least: int) -> Iterator[str]:
    points = _parts(positions)
    if len(points) < least:
        yield f"ģeometrijā par maz punktu: vajag vismaz {least}"
    for position in points:
        wrong = next(_of_position(position), None)
        if wrong:
            yield wrong
            return


def _of_position(position: Any) -> Iterator[str]:
    if not isinstance(position, list) or len(position) not in {2, 3} or not all(map(_is_number, position)):
        yield "punktam vajag divus skaitļus: garumu un platumu"
        return
    lon, lat = position[:2]
    if _within(lat, _LON) and _within(lon, _LAT):
        yield f"punktam samainītas koordinātas: vispirms jābūt garumam, tad platumam ({lon}, {lat})"
    elif not (_within(lat, _LAT) and _within(lon, _LON)):
        yield f"punkts nav Latvijā ({lon}, {lat})"


def _turn(ring: Sequence[Sequence[float]]) -> float:
    """Return twice the area within a ring, above zero where it runs against the clock."""
    return sum(x * next_y - next_x * y for (x, y, *_), (next_x, next_y, *_) in pairwise(ring))


def _parts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
