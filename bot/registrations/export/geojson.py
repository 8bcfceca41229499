"""GeoJSON: registrations for a map (RFC 7946), a feature a line, so that a file of any size is written as it comes."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from bot.registrations.export.entry import Entry, about, days, kind, latin, least
from bot.registrations.export.geometry import point


def write_geojson(path: Path, entries: Iterable[Entry]) -> int:
    """Write one FeatureCollection; returns how many features. A site without a point is one without geometry."""
    count = 0
    with path.open("wb") as file:
        file.write(b'{"type":"FeatureCollection","features":[')
        for entry in entries:
            file.write(b",\n" if count else b"\n")
            file.write(orjson.dumps(feature(entry)))
            count += 1
        file.write(b"\n]}\n")
    return count


def feature(entry: Entry) -> dict[str, Any]:
    """Return one site as a feature, without anything that tells who somebody is or where they live."""
    first, last = days(entry.planted)
    return {
        "type": "Feature",
        "id": f"{entry.reference}/{entry.site}",
        "geometry": point(entry.place.lat, entry.place.lon),
        "properties": {
            "reference": entry.reference,
            "state": entry.state,
            "trees": [
                {"species": latin(tree), "name": kind(tree), "count": least(tree), "about": about(tree)}
                for tree in entry.trees
            ],
            "count": entry.count,
            "planted_from": first,
            "planted_to": last,
            "municipality": entry.place.municipality,
            "parish": entry.place.parish,
            "planter": entry.planter,
            "organisation": entry.organisation,
            "land": entry.land,
            "received_on": entry.received_on,
        },
    }
