"""Coordinates as people copy them: decimal degrees, degrees with minutes and seconds, grid metres.

Latvia's latitudes (55.6-58.2) and longitudes (20.7-28.3) do not overlap, so degrees are read in either order.
Northings and eastings of the grid do overlap: then both readings are returned and the caller asks, or decides by
what else is known.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.found import Found
from knowledge.places.grid import grid_to_point, on_grid
from knowledge.places.place import Point


@dataclass(frozen=True, kw_only=True, slots=True)
class Coordinates:
    """The points a pair of numbers may mean, likeliest first; more than one only for unlabelled grid metres.

    `sure` is set when labels or signs say that these are coordinates, wherever they lie; a pair that only looks
    like coordinates is returned when it lies in Latvia.
    """

    points: tuple[Point, ...]
    sure: bool


_LAT = (
    r"(?:ziemeļu|ziemelu|z)\.?\s*(?:platum[sa]|plat|pl|p)\b\.?|platum[sa]?|lat(?:itude)?|north|n|z"
    r"|с\.?\s?ш\.?|широта"
)
_LON = (
    r"(?:austrumu|a|e)\.?\s*(?:garum[sa]|gar|g)\b\.?|garum[sa]?|lon(?:g(?:itude)?)?|lng|east|e|a"
    r"|в\.?\s?д\.?|долгота"
)
_LABEL = rf"(?:(?P<lat>{_LAT})|(?P<lon>{_LON}))"
_LABEL_BEFORE = re.compile(rf"(?<![^\W\d_]){_LABEL}\s*[:=.]?\s*$", re.IGNORECASE)
_LABEL_AFTER = re.compile(rf"\s*{_LABEL}(?![^\W\d_])", re.IGNORECASE)

_ANGLE = re.compile(
    r"""(?<![\d.,])(?P<sign>[-−])?
    (?:
        (?P<deg>\d{1,3})\s*(?:[°º˚]|grād\w*|grad\w*|deg\b)\s*        # 56° 56' 58.6"
        (?P<min>\d{1,2}(?:[.,]\d+)?)(?![\d]|[.,]\d|\s*[°º˚])\s*(?:['′’‘´`](?!['′’])|min\w*\.?)?
        (?:\s*(?P<sec>\d{1,2}(?:[.,]\d+)?)(?![\d]|[.,]\d|\s*[°º˚])\s*(?:["″”“]|''|′′|’’|sek\w*\.?)?)?
      | (?P<decimal>\d{1,3}[.,]\d+)(?!\d)\s*(?P<mark>[°º˚]|grād\w*|grad\w*|deg\b)?
      | (?P<deg2>0?\d{2})\s+(?P<min2>\d{1,2}(?:[.,]\d+)?)(?![\d.,]*\d)   # 56 56 58 N: needs its letter
        (?:\s+(?P<sec2>\d{1,2}(?:[.,]\d+)?)(?![\d.,]*\d))?
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_GRID = re.compile(
    r"(?:(?<![^\W\d_])(?P<label>[XYNEZA])\s*[:=]?\s*)?"
    r"(?<![\d.,])(?P<number>(?:6[ \u00a0]?)?\d{3}[ \u00a0]?\d{3})(?P<decimals>[.,]\d{1,3})?(?!\d)\s*m?\b",
    re.IGNORECASE,
)
# Quick looks that spare most texts the slow ones.
_MAY_BE_DEGREES = re.compile(
    r"\d[.,]\d|[°º˚]|\d\s?(?:gr[aā]d|deg)|\d\s+\d{1,2}(?:[.,]\d+)?(?:\s+\d|\s*[^\W\d_])", re.IGNORECASE
)
_MAY_BE_METRES = re.compile(r"(?<!\d)(?:6[ \u00a0]?)?\d{3}[ \u00a0]?\d{3}(?!\d)")
_GAP = re.compile(r"[\s,;:/|()\[\]&+]*(?:un|and|и)?[\s,;:/|()\[\]]*", re.IGNORECASE)
_MEASURED = re.compile(r"\s*(?:eur|€|ha|km|m|cm|kg|g|l|t|%|gab|grād|kok)", re.IGNORECASE)
_CONTEXT = re.compile(
    r"koordin|\bgps\b|wgs|\blks|\btm\b|platum|garum|latitud|longitud|коорд|\blat\b|\blon\b|\blng\b", re.IGNORECASE
)
_FOUR_COMMAS = re.compile(r"(?<![\d,])(\d{2}),(\d{3,}),(\d{2}),(\d{3,})(?![\d,])")
_LABEL_ONLY = re.compile(r"[\W\d_]*(?:koordin\w*|gps|wgs\s*-?84|lks\s*-?\s*\d*|tm|vieta|m)?[\W\d_]*", re.IGNORECASE)


def find_coordinates(text: str) -> list[Found[Coordinates]]:
    """Return the coordinates in a text, in its order, in any usual notation."""
    if sum(map(text.count, "0123456789")) < 4:
        return []
    text = _FOUR_COMMAS.sub(r"\1.\2;\3.\4", text)  # of the same length, so offsets stay true
    found = [
        *(_degrees(text) if _MAY_BE_DEGREES.search(text) else ()),
        *(_metres(text) if _MAY_BE_METRES.search(text) else ()),
    ]
    return sorted(found, key=lambda item: item.start)


def in_frame(lat: float, lon: float) -> bool:
    """Whether a point lies in the frame around Latvia, which holds some sea and some of the neighbours."""
    return 55.6 <= lat <= 58.2 and 20.7 <= lon <= 28.3


@dataclass(frozen=True, slots=True)
class _Angle:
    """One number of degrees in the text, with what says which of the two it is."""

    value: float
    start: int
    end: int
    axis: str  # lat | lon | ""
    decimals: int
    marked: bool  # by a sign of degrees
    plain: bool  # minutes without any sign


def _degrees(text: str) -> Iterator[Found[Coordinates]]:
    angles = _angles(text)
    first = 0
    while first + 1 < len(angles):
        one, two = angles[first], angles[first + 1]
        reading = _pair(text, one, two)
        if reading is None:
            first += 1
        else:
            yield Found(reading, one.start, two.end)
            first += 2


def _angles(text: str) -> list[_Angle]:
    matches = list(_ANGLE.finditer(text))
    angles = []
    end, before = 0, None
    for number, match in enumerate(matches):
        following = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        label = None
        # Whoever begins with a label writes them all before the numbers: N 56.9 E 24.1.
        if before is not False:
            label = _LABEL_BEFORE.search(text, end, match.start())
            before = label is not None if before is None else before
        if label is None and not before:
            label = _LABEL_AFTER.match(text, match.end(), following)
        axis = "" if label is None else "lat" if label["lat"] else "lon"
        start = min(match.start(), label.start() if label else match.start())
        end = max(match.end(), label.end() if label else match.end())
        angle = _angle(match, axis, start, end)
        if angle is None:
            before = None
        else:
            angles.append(angle)
    return angles


def _angle(match: re.Match[str], axis: str, start: int, end: int) -> _Angle | None:
    decimal = match["decimal"]
    if decimal:
        value, decimals = _number(decimal), len(decimal) - 1 - re.search(r"[.,]", decimal).start()  # type: ignore[union-attr]
    else:
        minutes, seconds = _number(match["min"] or match["min2"]), _number(match["sec"] or match["sec2"] or "0")
        if minutes >= 60 or seconds >= 60:
            return None
        value, decimals = int(match["deg"] or match["deg2"]) + minutes / 60 + seconds / 3600, 0
    return _Angle(
        value=-value if match["sign"] else value,
        start=start,
        end=end,
        axis=axis,
        decimals=decimals,
        marked=bool(match["deg"] or match["mark"]),
        plain=bool(match["deg2"]),
    )


def _pair(text: str, one: _Angle, two: _Angle) -> Coordinates | None:
    if two.start < one.end or not _GAP.fullmatch(text, one.end, two.start) or one.axis == two.axis != "":
        return None
    labelled = bool(one.axis and two.axis)
    alone = bool(_LABEL_ONLY.fullmatch(text[: one.start]) and _LABEL_ONLY.fullmatch(text[two.end :]))
    if (one.plain or two.plain) and not (labelled or alone):
        return None
    marked = one.marked and two.marked
    evident = labelled or marked or alone or _CONTEXT.search(text) is not None
    decimals = min(one.decimals, two.decimals)
    if not evident and (decimals < 2 or (decimals == 2 and _MEASURED.match(text, two.end))):
        return None
    lat, lon = (two.value, one.value) if one.axis == "lon" or two.axis == "lat" else (one.value, two.value)
    if not in_frame(lat, lon) and in_frame(lon, lat):
        lat, lon = lon, lat  # written the other way round, whatever the labels say
    if not in_frame(lat, lon):
        precise = labelled or marked or decimals >= 3
        if not (evident and precise) and decimals < 4:
            return None
        if abs(lat) > 90 or abs(lon) > 180:
            return None
    return Coordinates(points=(Point(round(lat, 6), round(lon, 6)),), sure=evident)


def _metres(text: str) -> Iterator[Found[Coordinates]]:
    numbers = list(_GRID.finditer(text))
    first = 0
    while first + 1 < len(numbers):
        one, two = numbers[first], numbers[first + 1]
        first += 1
        if not _GAP.fullmatch(text, one.end(), two.start()):
            continue
        labels = (one["label"] or "").upper() + (two["label"] or "").upper()
        alone = _LABEL_ONLY.fullmatch(text[: one.start()]) and _LABEL_ONLY.fullmatch(text[two.end() :])
        if len(labels) == 2 or alone or _CONTEXT.search(text):
            points = _orders(labels, _grid_number(one), _grid_number(two))
            if points:
                first += 1
                yield Found(Coordinates(points=points, sure=True), one.start(), two.end())


def _orders(labels: str, one: float, two: float) -> tuple[Point, ...]:
    """Return the points of two grid numbers, the reading that the labels ask for first.

    X is the northing in Latvian maps and the easting in most programs, so X and Y only order the readings.
    """
    forward, backward = (one, two), (two, one)  # (north, east)
    if labels and labels[0] in "YEA":
        forward, backward = backward, forward
    readings = [forward, backward]
    if labels in {"NE", "EN", "ZA", "AZ"} and on_grid(north=forward[0], east=forward[1]):
        readings = [forward]
    return tuple(grid_to_point(north=north, east=east) for north, east in readings if on_grid(north=north, east=east))


def _grid_number(match: re.Match[str]) -> float:
    digits = re.sub(r"\D", "", match["number"])
    # Some maps leave out the false northing of -6 000 000 m.
    metres = float(digits[1:] if len(digits) == 7 else digits)
    return metres + _number("0" + match["decimals"] if match["decimals"] else "0")


def _number(digits: str) -> float:
    return float(digits.replace(",", "."))
