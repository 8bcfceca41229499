"""Map links: the point a link carries in itself, for the map services people use in Latvia.

Nothing is fetched, so a short link that redirects is recognised and returned as such. The formats of the Latvian
maps come from public scripts that make such links: balticmaps.eu `c___LAT-LON-ZOOM` and the older
`centerx`/`centery` (metres, without the false northing), kartes.lgia.gov.lv `x`/`y`, kadastrs.lv `xy` and
lvmgeo.lvm.lv `loc` (grid metres, north first).
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from knowledge.found import Found
from knowledge.places.coordinates import find_coordinates, in_frame
from knowledge.places.grid import grid_to_point, on_grid
from knowledge.places.place import Point


@dataclass(frozen=True, kw_only=True, slots=True)
class MapLink:
    """A link to a map. Without a `point` it has to be opened to be understood; `short` ones only redirect."""

    url: str
    service: str
    point: Point | None
    short: bool = False


_URL = re.compile(
    r"""\bgeo:-?\d[^\s<>"„”“»]*
      | \bhttps?://[^\s<>"„”“»]+
      | (?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|lv|eu|org|gl|ru|net|lt|ee|cz|me)/[^\s<>"„”“»]+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SERVICES = [
    (re.compile(pattern), service)
    for pattern, service in [
        (r"(?:^|\.)(?:google\.[a-z.]+|goo\.gl|g\.co)$", "Google"),
        (r"(?:^|\.)(?:openstreetmap\.org|osm\.org|osmand\.net|organicmaps\.app)$", "OpenStreetMap"),
        (r"(?:^|\.)waze\.com$", "Waze"),
        (r"(?:^|\.)balticmaps\.(?:eu|lv)$", "BalticMaps"),
        (r"(?:^|\.)lgia\.gov\.lv$", "LĢIA"),
        (r"(?:^|\.)kadastrs\.lv$", "kadastrs.lv"),
        (r"(?:^|\.)lvmgeo\.lvm\.lv$", "LVM GEO"),
        (r"^maps\.apple(?:\.com)?$", "Apple"),
        (r"(?:^|\.)bing\.com$", "Bing"),
        (r"(?:^|\.)here\.com$", "HERE"),
        (r"(?:^|\.)yandex\.[a-z.]+$", "Yandex"),
        (r"(?:^|\.)mapy\.(?:cz|com)$", "Mapy"),
    ]
]
_SHORT = re.compile(
    r"maps\.app\.goo\.gl/|goo\.gl/|g\.co/|osm\.org/go/|waze\.com/(?:ul/)?h[0-9a-z]{6,}|/maps/-/|maps\.apple/p/"
    r"|share\.here\.com/(?!l/)|mapy\.\w+/s/"
)

_N = r"(-?\d{1,7}(?:\.\d+)?)"
_PARAMETERS = r"q|query|ll|sll|daddr|destination|to|coordinate|pt|pin|loc|xy|cp|map|center|whatshere\[point\]"
# A pin first, the middle of the view last.
_PAIRS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in [
        rf"[?&#]mlat={_N}&(?:amp;)?mlon={_N}",
        rf"!3d{_N}!4d{_N}",
        rf"[?&#](?:{_PARAMETERS})=(?:loc:|ll\.|@)?\s*{_N}\s*[,;~ ]\s*{_N}",
        rf"[?&#]lat(?:itude)?={_N}&(?:amp;)?(?:lon|lng|long|longitude)={_N}",
        rf"[?&#](?:lon|lng|long|longitude)={_N}&(?:amp;)?lat(?:itude)?={_N}",
        rf"c___{_N}-{_N}",
        rf"[?&#](?:centerx|x)={_N}&(?:amp;)?(?:centery|y)={_N}",
        rf"^geo:{_N},{_N}",
        rf"/(?:place|search|dir|l)/(?:[^@]*/)?{_N}[, ]\s*{_N}(?=[/,?&#]|$)",
        rf"[#&]map=\d+(?:\.\d+)?/{_N}/{_N}",
        rf"@{_N},{_N}",
        rf"#\d+(?:\.\d+)?/{_N}/{_N}",
    ]
]
_ANYWHERE = re.compile(r"(-?\d{1,3}\.\d{3,})\D{1,4}(-?\d{1,3}\.\d{3,})")


def find_links(text: str) -> list[Found[MapLink]]:
    """Return the links to maps in a text, in its order; links to anything else are left out."""
    if "/" not in text and "geo:" not in text:
        return []
    found = []
    for match in _URL.finditer(text):
        url = match[0].rstrip(".,;:!?)]'")
        link = _read(url)
        if link is not None:
            found.append(Found(link, match.start(), match.start() + len(url)))
    return found


def _read(url: str) -> MapLink | None:
    host = _host(url)
    service = next((name for pattern, name in _SERVICES if pattern.search(host)), "")
    if url.lower().startswith("geo:"):
        service = "geo"
    if service and _SHORT.search(url):
        return MapLink(url=url, service=service, point=None, short=True)
    decoded = unquote(url).replace("+", " ").replace("−", "-")
    point = _point(decoded, service)
    if point is None and not _is_map(service, host, url):
        return None
    return MapLink(url=url, service=service or host, point=point)


def _host(url: str) -> str:
    try:
        return (urlsplit(url if "://" in url else "https://" + url).hostname or "").lower()
    except ValueError:  # brackets or ports that no address has
        return ""


def _is_map(service: str, host: str, url: str) -> bool:
    """Whether a link without a point leads to a map: Google, Bing and Yandex have more than maps."""
    if service in {"Google", "Bing", "Yandex"}:
        return host.startswith("maps.") or "/maps" in url
    return bool(service)


def _point(url: str, service: str) -> Point | None:
    for pattern in _PAIRS:
        matches = pattern.findall(url)
        if matches:
            # In a Google link with several !3d!4d the last one is the place itself.
            point = _decide(float(matches[-1][0]), float(matches[-1][1]), known=bool(service), service=service)
            if point is not None:
                return point
    if service:
        for found in find_coordinates(url):
            return found.value.points[0]
        return None
    pair = _ANYWHERE.search(url)
    return _decide(float(pair[1]), float(pair[2]), known=False, service="") if pair else None


def _decide(one: float, two: float, *, known: bool, service: str) -> Point | None:
    for lat, lon in ((one, two), (two, one)):
        if in_frame(lat, lon):
            return Point(lat, lon)
    # Latvian maps write the northing first, balticmaps.eu the easting and without the false northing.
    for first, east in ((one, two), (two, one)):
        north = first - 6_000_000 if first > 6_000_000 else first
        if on_grid(north=north, east=east):
            return grid_to_point(north=north, east=east)
    if not known or abs(one) > 180 or abs(two) > 180 or not (one % 1 and two % 1):
        return None
    lat, lon = (two, one) if service == "Yandex" or abs(one) > 90 else (one, two)
    return Point(lat, lon) if abs(lat) <= 90 else None
