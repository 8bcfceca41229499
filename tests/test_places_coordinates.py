"""Coordinates in every usual notation, and numbers that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from knowledge.places import Point
from knowledge.places.coordinates import find_coordinates
from knowledge.places.grid import grid_to_point

_RIGA = Point(56.9496, 24.1052)
_LATS = st.floats(55.68, 58.08)
_LONS = st.floats(20.98, 28.15)


def _are_one(one: Point, other: Point) -> bool:
    return abs(one.lat - other.lat) < 1e-4 and abs(one.lon - other.lon) < 1e-4


def _sexagesimal(degrees: float) -> tuple[int, int, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return whole, minutes, round((degrees - whole - minutes / 60) * 3600, 2)


def _seconds(degrees: float, form: str) -> str:
    whole, minutes, seconds = _sexagesimal(degrees)
    if seconds >= 60:
        seconds = 59.99
    return form.format(d=whole, m=minutes, s=f"{seconds:05.2f}")


def _minutes(degrees: float, form: str) -> str:
    whole = int(degrees)
    return form.format(d=whole, m=f"{min((degrees - whole) * 60, 59.9999):07.4f}")


_NOTATIONS = {
    "decimal": lambda lat, lon: f"{lat:.5f}, {lon:.5f}",
    "decimal commas": lambda lat, lon: f"{lat:.5f} {lon:.5f}".replace(".", ","),
    "four commas": lambda lat, lon: f"{lat:.5f},{lon:.5f}".replace(".", ","),
    "semicolon": lambda lat, lon: f"({lat:.5f}; {lon:.5f})",
    "turned round": lambda lat, lon: f"{lon:.5f} {lat:.5f}",
    "letters before": lambda lat, lon: f"N{lat:.5f} E{lon:.5f}",
    "letters behind": lambda lat, lon: f"{lat:.5f}° N, {lon:.5f}° E",
    "Latvian letters": lambda lat, lon: f"Z {lat:.5f}, A {lon:.5f}",
    "Latvian words": lambda lat, lon: f"ziemeļu platums {lat:.5f} austrumu garums {lon:.5f}".replace(".", ","),
    "short words": lambda lat, lon: f"Z pl. {lat:.5f}°, A gar. {lon:.5f}°",
    "English words": lambda lat, lon: f"lat: {lat:.5f}, lng: {lon:.5f}",
    "in a sentence": lambda lat, lon: f"Koki aug te: {lat:.5f}, {lon:.5f}, pie upes.",
    "seconds": lambda lat, lon: _seconds(lat, "{d}°{m:02}'{s}\"N ") + _seconds(lon, "{d}°{m:02}'{s}\"E"),
    "typographic": lambda lat, lon: _seconds(lat, "{d}° {m}′ {s}″ Z, ") + _seconds(lon, "{d}° {m}′ {s}″ A"),
    "bare seconds": lambda lat, lon: _seconds(lat, "{d} {m:02} {s} N, ") + _seconds(lon, "{d} {m:02} {s} E"),
    "minutes": lambda lat, lon: _minutes(lat, "{d}° {m}' ") + _minutes(lon, "{d}° {m}'"),
    "GPS": lambda lat, lon: _minutes(lat, "N {d} {m} ") + _minutes(lon, "E 0{d} {m}"),
    "spelt out": lambda lat, lon: (
        _seconds(lat, "{d} grādi {m} minūtes {s} sekundes ziemeļu platuma, ")
        + _seconds(lon, "{d} grādi {m} minūtes {s} sekundes austrumu garuma")
    ),
}


@pytest.mark.parametrize("notation", _NOTATIONS)
@given(lat=_LATS, lon=_LONS)
def test_degrees_are_read_back_from_every_notation(notation: str, lat: float, lon: float) -> None:
    """A point of Latvia written in any notation is the same point within 0.0001 degrees."""
    text = _NOTATIONS[notation](lat, lon)
    (found,) = find_coordinates(text)
    assert _are_one(Point(lat, lon), found.value.points[0]), text


_GRIDS = {
    "X and Y": "X {n:.2f} Y {e:.2f}",
    "Y and X": "Y={e:.2f}; X={n:.2f}",
    "program's axes": "X {e:.2f} Y {n:.2f}",
    "north and east": "N {n:.1f}, E {e:.1f}",
    "east and north": "E {e:.1f} N {n:.1f}",
    "LKS-92": "LKS-92 {n:.2f}, {e:.2f}",
    "LKS TM turned round": "LKS92 TM: {e:.0f} {n:.0f}",
    "alone": "{n:.0f} {e:.0f}",
    "decimal commas": "koordinātas {n:.0f},00 {e:.0f},00",
}


@pytest.mark.parametrize("notation", _GRIDS)
@given(lat=_LATS, lon=_LONS)
def test_grid_metres_are_read_back_with_the_axes_either_way_round(notation: str, lat: float, lon: float) -> None:
    """One of the readings, and of N and E the only one, is the point within 0.0001 degrees."""
    east, north = Transformer.from_crs(4326, 3059, always_xy=True).transform(lon, lat)
    form = _GRIDS[notation]
    north, east = round(north), round(east)
    found = find_coordinates(form.format(n=north, e=east))
    assert len(found) == 1
    points = found[0].value.points
    assert any(_are_one(Point(lat, lon), point) for point in points)
    assert len(points) == 1 or "north" not in notation


def test_the_known_point_of_riga_is_where_it_is() -> None:
    """Riga's 56.9496 N 24.1052 E is E 506 399.31, N 311 780.57 on the grid."""
    assert grid_to_point(north=311_780.57, east=506_399.31) == _RIGA


def test_grid_metres_without_the_false_northing_are_understood() -> None:
    """Some maps write 6 311 780 for the northing."""
    (found,) = find_coordinates("6311780.57 506399.31")
    assert found.value.points == (_RIGA,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2021. gada 5. maijā 56 ozoli un 24 liepas",
        "12.05.2021. un 14.05.2022.",
        "0,5 ha un 24,5 ha",
        "cena 56.95, 24.10 EUR",
        "no 55 līdz 57 un 24 gab",
        "56,5 24,1 un vēl nedaudz",
        "iestādīju 311780 kokus un 506399 krūmus",
        "7494 012 0849",
        "26 123 456, 29 123 456",
        "3MK-2026-000123",
        "56 24",
        "57 ozoli, 25 liepas",
    ],
)
def test_other_numbers_are_no_coordinates(text: str) -> None:
    """Counts, dates, prices, cadastre and telephone numbers are left alone."""
    assert find_coordinates(text) == []


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("54.8985, 23.9036", Point(54.8985, 23.9036)),
        ("59.437, 24.7536", Point(59.437, 24.7536)),
        ("54°41'14\"N 25°16'47\"E", Point(54.687222, 25.279722)),
        ("lat 48.85 lon 2.35", Point(48.85, 2.35)),
    ],
)
def test_points_abroad_are_returned_as_they_are(text: str, point: Point) -> None:
    """What is plainly a pair of coordinates is returned wherever it lies, so that the caller can say so."""
    (found,) = find_coordinates(text)
    assert ((point,), True) == (found.value.points, found.value.sure)


@given(st.text(alphabet="0123456789.,°'\" NEZAXY;-un", max_size=60))
def test_any_mixture_of_digits_and_signs_is_read_without_error(text: str) -> None:
    """Whatever is typed, each pair found lies in the text and on the Earth."""
    for found in find_coordinates(text):
        assert 0 <= found.start < found.end <= len(text)
        assert all(abs(point.lat) <= 90 and abs(point.lon) <= 180 for point in found.value.points)
