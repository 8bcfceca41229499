"""The 42 municipalities of Latvia since 1 July 2025, with what a prompt needs to name them."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from knowledge.places.declension import decline
from knowledge.places.place import Point

_FILE = Path(__file__).parent / "data" / "municipalities.csv"


@dataclass(frozen=True, kw_only=True, slots=True)
class Municipality:
    """A novads, or a city that is a municipality of its own; `locative` says in it: *Rīgā*, *Ogres novadā*.

    `region` is the planning region in the genitive (*Vidzemes*), `centre` the town of the council.
    """

    name: str
    kind: Literal["novads", "valstspilsēta"]
    locative: str
    region: str
    seat: str
    centre: Point


@lru_cache(maxsize=1)
def municipalities() -> tuple[Municipality, ...]:
    """Return the municipalities in the order of the list: the cities, then the novadi by the alphabet."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Municipality(
                name=row["name"],
                kind="novads" if row["kind"] == "novads" else "valstspilsēta",
                locative=_locative(row["name"]),
                region=row["planning_region"],
                seat=row["centre"],
                centre=Point(float(row["lat"]), float(row["lon"])),
            )
            for row in csv.DictReader(lines)
        )


def _locative(name: str) -> str:
    genitive, _, novads = name.rpartition(" ")
    return f"{genitive} {decline(novads).locative}" if genitive else decline(name).locative
