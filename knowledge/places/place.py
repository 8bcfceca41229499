"""The kinds of answer to "where?": a place, an ambiguity to ask about, and what can't be taken as it is."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Span: TypeAlias = tuple[int, int]
Precision: TypeAlias = Literal["point", "cadastre", "house", "street", "settlement", "parish", "municipality", "none"]


class Point(NamedTuple):
    """A point in WGS 84 degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Former:
    """A unit that is no more: `Ikšķiles novads` until 2021, now in `("Ogres novads",)`; a rajons until 2009."""

    name: str
    until: int
    now: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One planting site, as far as a text states it; every field but `words` and `spans` may be empty.

    `lat`, `lon` are WGS 84 degrees of the trees themselves. `centre` is the middle of the named village, town,
    parish or municipality: good for asking whether a pin lies far away, never to be stored as the trees'.
    `municipality` is the current official name: what the point lies in, or what the words name. Where the two
    disagree, `said_municipality` keeps what the words name. `near` is set when the trees are said to be near the
    settlement rather than in it, `near_border` when the point lies within a kilometre of another municipality,
    so that the border's accuracy does not decide. `spans` are the parts of the text it was read from, `words`
    those parts as the person wrote them.
    """

    words: str
    spans: tuple[Span, ...]
    lat: float | None = None
    lon: float | None = None
    cadastre: str | None = None
    municipality: str | None = None
    said_municipality: str | None = None
    parish: str | None = None
    settlement: str | None = None
    house: str | None = None
    street: str | None = None
    near: bool = False
    near_border: bool = False
    centre: Point | None = None
    former: Former | None = None

    @property
    def point(self) -> Point | None:
        """Where the trees stand, when the text gives it."""
        return None if self.lat is None or self.lon is None else Point(self.lat, self.lon)

    @property
    def precision(self) -> Precision:
        """What the narrowest thing stated is."""
        if self.lat is not None:
            return "point"
        if self.cadastre:
            return "cadastre"
        if self.house:
            return "house"
        if self.street:
            return "street"
        if self.settlement:
            return "settlement"
        if self.parish:
            return "parish"
        return "municipality" if self.municipality else "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ambiguous:
    """What may mean several places; ask which. `why`: several of one name, axes either way round, a former unit."""

    words: str
    spans: tuple[Span, ...]
    candidates: tuple[Place, ...]
    why: Literal["name", "axes", "former"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """Coordinates that do not lie in Latvia."""

    words: str
    spans: tuple[Span, ...]
    lat: float
    lon: float


@dataclass(frozen=True, kw_only=True, slots=True)
class UnresolvedLink:
    """A map link without coordinates in it: `short` ones redirect, and nothing here goes to the network."""

    words: str
    spans: tuple[Span, ...]
    url: str
    service: str
    short: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DoubtfulNumber:
    """Eleven digits that may be a cadastre number or a *personas kods*: ask before anything is stored."""

    words: str
    spans: tuple[Span, ...]
    digits: str


PlaceReading: TypeAlias = Place | Ambiguous | Outside | UnresolvedLink | DoubtfulNumber
