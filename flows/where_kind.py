"""The question where: a pin, coordinates, a map link, a cadastre number, or words that staff can find."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import ClassVar

from flows.grammar import Answers, Json, L, NotUnderstood, Option, Partly, Question, Reading, Understood, Voice
from flows.said import Position, Said
from knowledge.latvian.text import words
from knowledge.places import (
    Ambiguous,
    Outside,
    Place,
    PlaceReading,
    Point,
    UnresolvedLink,
    distance_km,
    find_places,
    municipality_at,
    with_homestead,
)

_MOST_CANDIDATES = 4
_FEW = 4  # words of an answer that may be a village and a house without anything between them
_LIVE = L("Vai Jūs tagad esat pie kokiem?")
_MORE = L("Sapratu: %(given)s. Kurā vietā tieši? Nosūtiet vietu kartē vai uzrakstiet pagastu un mājas nosaukumu.")
_MORE_BY_LETTER = L(
    "Sapratu: %(given)s. Kurā vietā tieši? Uzrakstiet pagastu un mājas nosaukumu vai kadastra numuru. "
    "Der arī saite no kartes."
)
_IN_WHICH = L("Kurā novadā vai pilsētā ir zeme ar kadastra numuru %(given)s?")
_NOWHERE = L("Nesapratu, kur tas ir: „%(given)s”.")
_ABROAD = L("Šis punkts nav Latvijā: „%(given)s”.")
_PIN_ABROAD = L("Šī vieta kartē nav Latvijā. Reģistrējam kokus, kas aug Latvijā.")
_INNER = frozenset({"words", "centre", "live", "said_municipality"})  # of a site; no part of the place itself
_WHICH = L("Tādu vietu ir vairākas. Kura no tām?")
_PIN = Option(label=L("📍 Nosūtīt vietu"), value=None, request="location")


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """One planting site. `lat`, `lon` are the trees' own, WGS 84 degrees; `centre` that of the place named in words."""

    lat: float | None = None
    lon: float | None = None
    cadastre: str = ""  # 11 digits
    municipality: str = ""  # current official name
    said_municipality: str = ""  # what the words name, where the point lies in another
    parish: str = ""
    settlement: str = ""
    house: str = ""
    street: str = ""
    words: str = field(default="", compare=False)  # as the person wrote it; in other words it is the same place
    centre: tuple[float, float] | None = None
    live: bool = False  # from a phone on its way: only a point where the person says they stand at the trees

    @property
    def exact(self) -> bool:
        """Whether staff can find it without asking again."""
        named = self.house or self.street or self.settlement
        return self.lat is not None or bool(self.municipality and (self.cadastre or named))


@dataclass(frozen=True, kw_only=True)
class Where(Question[Site]):
    """One planting site in Latvia."""

    part_changes: ClassVar[bool] = True

    def read(self, said: Said, today: date) -> Reading[Site] | None:
        """Read a shared position or a text that answers the question."""
        if said.position:
            return _pinned(said.position)
        if not said.text.strip():
            return None
        found = find_places(said.text, answering=True)
        value = found[0].value if found else _in_parts(said.text)
        if isinstance(value, Place) and value.house and not value.municipality:
            value = _beside_house(said.text) or value
        stated = _stated(value) if value else None
        return stated or NotUnderstood(why=_NOWHERE, given=said.text)

    def find(self, said: Said, today: date) -> Reading[Site] | None:
        """Find a place that the text states as the trees'."""
        if said.position:
            return self.read(said, today)
        found = find_places(said.text) if said.text else []
        return _stated(found[0].value) if found else None

    def told(self, value: Site) -> Mapping[str, Json]:
        """Return the point, the cadastre number, the names."""
        return {self.key: {name: part for name, part in _encoded(value).items() if name not in _INNER}}

    def combine(self, old: Site, new: Site) -> Site:
        """Add what was said later to what was said before: a parish to the municipality, „jā” to the live pin."""
        if new == Site() and old.live:
            return replace(old, live=False)
        if new.municipality and old.municipality and new.municipality != old.municipality:
            # A pin elsewhere than the place in words stays beside it, for staff to see; other words replace it.
            return new if new.lat is None else replace(new, said_municipality=old.municipality, centre=old.centre)
        if new.street:
            old = replace(old, house="")  # a bare name said before was no house of that street
        given = {f.name: getattr(new, f.name) or getattr(old, f.name) for f in fields(Site) if f.name != "words"}
        words = ", ".join(part for part in (new.words, old.words) if part)
        return Site(words=words, **given)

    def correct(self, old: Site, wrong: str, right: str, today: date) -> Site | None:
        """Take only what is surely a place: „nē, Anna” corrects a name."""
        reading = self.read(Said(text=right), today)
        value = reading.value if isinstance(reading, Understood | Partly) else None
        return value if value and value.municipality else None

    def complete(self, value: Site) -> Understood[Site] | Partly[Site]:
        """Say what is still missing of a place; raises ValueError for none at all: „jā” to no pin."""
        if value == Site():
            raise ValueError(value)
        return _placed(value, ())

    def good_enough(self, value: Site) -> bool:
        """Whether a vague place may stand: staff ask on, or look the cadastre number up. A live pin may not."""
        return bool(value.municipality or value.cadastre) and not value.live

    def show(self, value: Site, voice: Voice) -> str:
        """Say it in words; the point itself is shown on a map."""
        parts = [value.municipality, value.parish, value.settlement, value.street]
        parts += [f"„{value.house}”"] if value.house else []
        if value.cadastre:
            parts.append(voice.text(L("kadastra numurs %(digits)s"), digits=_grouped(value.cadastre)))
        if value.lat is not None:
            parts.append(voice.text(L("vieta kartē")))
        said = list(dict.fromkeys(part for part in parts if part))
        return ", ".join(said) if said else value.words

    def position(self, value: Site) -> Position | None:
        """Return the pin, if there is one."""
        return None if value.lat is None or value.lon is None else Position(lat=value.lat, lon=value.lon)

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """Let the phone tell where it is."""
        return (_PIN,)

    def encode(self, value: Site) -> Json:
        """Write the fields there are."""
        return _encoded(value)

    def decode(self, stored: Json) -> Site:
        """Read them back."""
        if not isinstance(stored, dict):
            raise TypeError(stored)
        known = {f.name for f in fields(Site)}
        values = {key: value for key, value in stored.items() if key in known}
        return Site(**values | ({"centre": tuple(values["centre"])} if values.get("centre") else {}))


def far_from_named(site: Site, km: float) -> bool:
    """Whether the pin lies that far from the middle of the place named in words."""
    if site.lat is None or site.lon is None or site.centre is None:
        return False
    return distance_km(Point(site.lat, site.lon), Point(*site.centre)) > km


def _in_parts(text: str) -> Place | None:
    """Look at each part between commas alone: a bare village counts only as a whole answer („pie skolas, Drusti”)."""
    parts = [part.span() for part in re.finditer(r"[^,;\n]+", text)]
    found = next((place for span in parts if (place := _alone(text, span))), None)
    return with_homestead(text, found) if found else _beside_house(text)


def _beside_house(text: str) -> Place | None:
    """Find a village and a house with nothing between them: „drusti kalnini”."""
    cut = words(text)
    ends = [word.end for word in cut[:-1]] if len(cut) <= _FEW else []
    found = [_alone(text, span) for end in ends for span in ((0, end), (end, len(text)))]
    whole = [with_homestead(text, place) for place in found if place]
    return next((place for place in whole if place.house), None)


def _alone(text: str, span: tuple[int, int]) -> Place | None:
    """Read a part of a text as an answer of its own; `spans` are those in the whole text."""
    begin, end = span
    for found in find_places(text[begin:end], answering=True):
        if isinstance(found.value, Place) and found.value.municipality:
            return replace(found.value, spans=tuple((begin + a, begin + b) for a, b in found.value.spans))
    return None


def _stated(value: PlaceReading) -> Reading[Site] | None:
    """Turn what the text states into a site, or into why it can't be one."""
    if isinstance(value, Place):
        return _placed(_site(value), value.spans)
    if isinstance(value, Ambiguous):
        return _which(value)
    if isinstance(value, Outside):
        return NotUnderstood(why=_ABROAD, given=value.words)
    if isinstance(value, UnresolvedLink):
        return NotUnderstood(why=L("Šo saiti nevaru atvērt: „%(given)s”."), given=value.url)
    return None


def _pinned(position: Position) -> Reading[Site]:
    municipality = municipality_at(position.lat, position.lon)
    if municipality is None:
        return NotUnderstood(why=_PIN_ABROAD)
    words = ", ".join(part for part in (position.title, position.address) if part)
    site = Site(lat=position.lat, lon=position.lon, municipality=municipality, words=words, live=position.live)
    return _placed(site, ())


def _placed(site: Site, spans: tuple[tuple[int, int], ...]) -> Understood[Site] | Partly[Site]:
    if site.live:
        here = Option(label=L("Jā, esmu pie kokiem"), value={})
        return Partly(
            value=site, ask=_LIVE, options=(here,), spans=spans, at_once=True, otherwise=L("Nē, koki ir citur")
        )
    if site.exact:
        return Understood(value=site, spans=spans)
    if site.cadastre and not site.municipality:
        return Partly(value=site, ask=_IN_WHICH, given=_grouped(site.cadastre), spans=spans)
    named = site.parish or site.municipality or site.words
    return Partly(value=site, ask=_MORE, by_letter=_MORE_BY_LETTER, given=named, options=(_PIN,), spans=spans)


def _grouped(cadastre: str) -> str:
    return f"{cadastre[:4]} {cadastre[4:7]} {cadastre[7:]}"


def _which(value: Ambiguous) -> Partly[Site]:
    candidates = [_site(candidate) for candidate in value.candidates[:_MOST_CANDIDATES]]
    options = tuple(Option(label=_candidate_label(site), value=_encoded(site)) for site in candidates)
    return Partly(value=Site(words=value.words), ask=_WHICH, options=options, spans=value.spans)


def _encoded(site: Site) -> Json:
    stored = {f.name: getattr(site, f.name) for f in fields(Site) if getattr(site, f.name)}
    return stored | ({"centre": list(site.centre)} if site.centre else {})


def _candidate_label(site: Site) -> str:
    if site.lat is not None:
        return f"{site.lat:.3f}, {site.lon:.3f}"
    short = site.municipality.replace("novads", "nov.")
    return short if len(short) <= 20 else short[:19] + "…"


def _site(place: Place) -> Site:
    return Site(
        lat=place.lat,
        lon=place.lon,
        cadastre=place.cadastre or "",
        municipality=place.municipality or "",
        said_municipality=place.said_municipality or "",
        parish=place.parish or "",
        settlement=place.settlement or "",
        house=place.house or "",
        street=place.street or "",
        words=place.words,
        centre=(place.centre.lat, place.centre.lon) if place.centre else None,
    )
