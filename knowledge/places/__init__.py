"""Places in Latvia: reading them from sentences, and what is known about its municipalities."""

from knowledge.places.borders import distance_km, municipality_at
from knowledge.places.municipalities import Municipality, municipalities
from knowledge.places.place import (
    Ambiguous,
    DoubtfulNumber,
    Former,
    Outside,
    Place,
    PlaceReading,
    Point,
    UnresolvedLink,
)
from knowledge.places.reading import find_places, with_homestead

__all__ = [
    "Ambiguous",
    "DoubtfulNumber",
    "Former",
    "Municipality",
    "Outside",
    "Place",
    "PlaceReading",
    "Point",
    "UnresolvedLink",
    "distance_km",
    "find_places",
    "municipalities",
    "municipality_at",
    "with_homestead",
]
