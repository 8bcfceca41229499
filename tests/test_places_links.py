"""Links of the map services people use, and links that lead elsewhere."""

import pytest

from knowledge.places import Point
from knowledge.places.links import find_links

_POINT = Point(56.95, 24.1)


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://www.google.com/maps/@56.95,24.10,15z", "Google"),
        ("https://maps.google.com/?q=56.95,24.10", "Google"),
        ("https://www.google.com/maps?t=k&q=loc:56.95+24.10", "Google"),
        ("https://www.google.com/maps/place/X/@56.96,24.11,17z/data=!4m5!3m4!1s0x0:0x0!8m2!3d56.95!4d24.10", "Google"),
        ("https://www.google.lv/maps/place/56.95+24.1", "Google"),
        ("https://www.google.com/maps/place/56%C2%B057'00.0%22N+24%C2%B006'00.0%22E/", "Google"),
        ("https://www.google.com/maps/search/56.95,+24.10?entry=tts", "Google"),
        ("https://www.google.com/maps/search/?api=1&query=56.95%2C24.10", "Google"),
        ("https://www.google.com/maps/dir/57.1,25.2/56.95,24.10/@57,24.5,10z", "Google"),
        ("https://www.openstreetmap.org/#map=15/56.95/24.10", "OpenStreetMap"),
        ("https://www.openstreetmap.org/?mlat=56.95&mlon=24.10#map=16/57.4/25.9", "OpenStreetMap"),
        ("https://osmand.net/map?pin=56.95,24.10#15/56.9/24.2", "OpenStreetMap"),
        ("waze.com/ul?ll=56.95%2C24.10&navigate=yes", "Waze"),
        ("https://www.waze.com/live-map/directions?to=ll.56.95%2C24.10", "Waze"),
        ("https://balticmaps.eu/lv/c___56.95-24.10-18/bl___cl", "BalticMaps"),
        ("https://balticmaps.eu/lv/c%5F%5F%5F24.10-56.95-18/bl%5F%5F%5Fpl", "BalticMaps"),
        ("https://maps.apple.com/?ll=56.95,24.10&q=Dropped%20Pin", "Apple"),
        ("https://maps.apple.com/place?coordinate=56.95%2C24.10", "Apple"),
        ("geo:56.95,24.10?z=15", "geo"),
        ("https://www.bing.com/maps?cp=56.95~24.10&lvl=15", "Bing"),
        ("https://wego.here.com/?map=56.95,24.10,15,normal", "HERE"),
        ("https://share.here.com/l/56.95,24.10", "HERE"),
        ("https://yandex.com/maps/?ll=24.10%2C56.95&z=15", "Yandex"),
        ("https://mapy.cz/zakladni?x=24.10&y=56.95", "Mapy"),
        ("https://karte.example.lv/?lat=56.95&lng=24.10", "karte.example.lv"),
    ],
)
def test_the_point_of_a_link_is_its_pin_or_the_middle_of_its_map(url: str, service: str) -> None:
    """Each service's links give the point, in a sentence and with a point or bracket behind them."""
    text = f"Koki ir te: {url}. (skat. karti)"
    (found,) = find_links(text)
    assert (_POINT, service, False) == (found.value.point, found.value.service, found.value.short)
    assert url == text[found.start : found.end]


@pytest.mark.parametrize(
    "url",
    [
        "https://kartes.lgia.gov.lv/karte/?x=311780.57&y=506399.31&zoom=3",
        "https://www.kadastrs.lv/map/di?xy=311780.57,506399.31&z=10",
        "https://lvmgeo.lvm.lv/?loc=311780.57;506399.31;10",
        "https://balticmaps.eu/lv/c___311780.57-506399.31-15/bl___cl",
        "http://balticmaps.eu/?lang=lv&centerx=506399.31&centery=6311780.57&zoom=5&layer=map",
    ],
)
def test_links_with_grid_metres_give_degrees(url: str) -> None:
    """Latvian maps write grid metres, the old balticmaps.eu without the false northing."""
    (found,) = find_links(url)
    assert Point(56.9496, 24.1052) == found.value.point


@pytest.mark.parametrize(
    "url",
    [
        "https://maps.app.goo.gl/Xy7Kf2AbCdEf",
        "https://goo.gl/maps/abcDEF12",
        "https://osm.org/go/0HYf--",
        "https://waze.com/ul/hud1w2xyz",
        "https://yandex.ru/maps/-/CCabc",
    ],
)
def test_short_links_are_recognised_and_not_opened(url: str) -> None:
    """A link that only redirects is returned as short, without a point."""
    (found,) = find_links(f"te {url}")
    assert (found.value.short, found.value.point) == (True, None)


def test_a_map_link_without_a_point_is_recognised() -> None:
    """A link to a named place on a map is a map link, though its point is not in it."""
    (found,) = find_links("https://www.google.com/maps/place/C%C4%93sis")
    assert (found.value.short, found.value.point) == (False, None)


@pytest.mark.parametrize(
    "text",
    [
        "https://www.google.com/search?q=koki",
        "https://3miljardikoku.lv/",
        "anna@example.lv",
        "https://example.lv/raksts/2023/05/12",
        "https://[56.95,24.10",
        "geo: mana zeme",
    ],
)
def test_other_links_are_left_alone(text: str) -> None:
    """Searches, articles, addresses and broken links are no maps."""
    assert find_links(text) == []


def test_points_abroad_keep_the_order_of_their_service() -> None:
    """Google writes the latitude first, Yandex the longitude."""
    google = find_links("https://www.google.com/maps/@54.6872,25.2797,15z")[0].value.point
    yandex = find_links("https://yandex.com/maps/?ll=25.2797%2C54.6872")[0].value.point
    assert Point(54.6872, 25.2797) == google == yandex
