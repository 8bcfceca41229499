"""Planting places in what somebody wrote: finds every part of a description and puts the parts together.

House, parish, cadastre number and pin of one message are one place as long as they agree; two towns are two
sites. Where somebody lives, works or buys trees is not where the trees stand.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.found import Found
from knowledge.latvian.text import Word, words
from knowledge.places import addresses
from knowledge.places.borders import territory_at
from knowledge.places.cadastre import find_cadastre
from knowledge.places.coordinates import find_coordinates
from knowledge.places.elsewhere import planting_places
from knowledge.places.homestead import find_homestead
from knowledge.places.links import find_links
from knowledge.places.mention import Mention, Part, is_joint, unify
from knowledge.places.place import (
    Ambiguous,
    DoubtfulNumber,
    Outside,
    Place,
    PlaceReading,
    Point,
    Span,
    UnresolvedLink,
)
from knowledge.places.russian import find_russian_names
from knowledge.places.sentence import sentence
from knowledge.places.settlements import find_settlements
from knowledge.places.units import find_units


def find_places(text: str, *, answering: bool = False) -> list[Found[PlaceReading]]:
    """Return the planting sites a text states, in its order, and what about them has to be asked.

    `answering` says that the text answers the question where the trees stand: then a bare village, house or
    everyday word that is a place's name counts as well. A site told in several parts of the text is found once,
    at the first of them; `spans` of the value lists all.
    """
    links = list(_links(text))
    exact = [*links, *_coordinates(text, links), *_cadastre(text)]
    free = _without(words(text), exact)
    streets = addresses.find_streets(text, free)
    free = _without(free, streets)
    unread = sentence(text, free, answering=answering)
    units = find_units(unread)
    names = [*units.values(), *find_settlements(unread, units, streets), *find_russian_names(text, free)]
    houses = addresses.find_houses(text, _without(free, names), names)
    said = sorted((*streets, *names, *houses), key=lambda mention: mention.start)
    if not answering:
        said = planting_places(text, said)
    sites = _sites(text, sorted((*exact, *said), key=lambda mention: mention.start))
    found = [_found(text, site) for site in sites]
    if not answering:
        return found
    if len(found) == 1 and isinstance(found[0].value, Place):
        place = with_homestead(text, found[0].value)
        start, end = place.spans[0][0], place.spans[-1][1]
        return found if place is found[0].value else [Found(place, start, end)]
    return found or _bare_house(text)


@dataclass(slots=True)
class _Site:
    """Mentions that mean one place, and what they state together."""

    mentions: list[Mention]
    parts: tuple[Part, ...]


def _links(text: str) -> Iterator[Mention]:
    for link in find_links(text):
        span = (link.start, link.end)
        if link.value.point is not None:
            yield _point_mention(text, span, (link.value.point,))
        else:
            url, service, short = link.value.url, link.value.service, link.value.short
            other = UnresolvedLink(words=text[slice(*span)], spans=(span,), url=url, service=service, short=short)
            yield Mention(start=span[0], end=span[1], level="other", other=other)


def _coordinates(text: str, links: Sequence[Mention]) -> Iterator[Mention]:
    for pair in find_coordinates(text):
        if any(link.start < pair.end and pair.start < link.end for link in links):
            continue
        mention = _point_mention(text, (pair.start, pair.end), pair.value.points)
        if mention.parts or pair.value.sure:
            yield mention


def _point_mention(text: str, span: Span, points: Sequence[Point]) -> Mention:
    """Return a mention of a point, with what municipality it lies in, or may lie in near a border."""
    parts = []
    for point in points:
        territory = territory_at(*point)
        if territory is not None:
            # The neighbours come last: they are meant only when something else names them.
            parts += [
                Part(point=point, municipality=name, near_border=territory.near_border)
                for name in (territory.municipality, *territory.neighbours)
            ]
    if parts:
        return Mention(start=span[0], end=span[1], level="point", parts=tuple(parts))
    outside = Outside(words=text[slice(*span)], spans=(span,), lat=points[0].lat, lon=points[0].lon)
    return Mention(start=span[0], end=span[1], level="other", other=outside)


def _cadastre(text: str) -> Iterator[Mention]:
    for item in find_cadastre(text):
        span = (item.start, item.end)
        if item.value.doubtful:
            other = DoubtfulNumber(words=text[slice(*span)], spans=(span,), digits=item.value.number)
            yield Mention(start=span[0], end=span[1], level="other", other=other)
        else:
            parts = (Part(cadastre=item.value.number),)
            yield Mention(start=span[0], end=span[1], level="cadastre", parts=parts)


def _without(said: Sequence[Word], mentions: Sequence[Mention]) -> Sequence[Word]:
    """Return the words that no mention covers."""
    if not mentions:
        return said
    spans = [(mention.start, mention.end) for mention in mentions]
    return [word for word in said if not any(start < word.end and word.start < end for start, end in spans)]


# --- which parts mean one place ----------------------------------------------------------------------------------

_CONTRAST = re.compile(
    r"(?:^|[\s,])(?:un|bet|vai|gan|taču|savukārt|savukart|otr\w*|cit\w*|vēl|vel|arī|ari|and|but|и|а)"
    r"(?:\s+(?:vēl|arī|ari|pie|ap|in|near|в|около|cit\w*|otr\w*|\w{1,3}\))){0,2}\s*$",
    re.IGNORECASE,
)


def _sites(text: str, mentions: Sequence[Mention]) -> list[_Site]:
    sites: list[_Site] = []
    for mention in mentions:
        site = sites[-1] if sites else None
        if mention.other is not None or site is None or site.mentions[-1].other is not None:
            joined = _join_earlier(text, sites, mention)
        else:
            joined = _join(text, site, mention)
        if not joined:
            sites.append(_Site([mention], mention.parts))
    return sites


def _join_earlier(text: str, sites: list[_Site], mention: Mention) -> bool:
    """Join what follows a short link or a doubtful number to the place before that."""
    earlier = [site for site in sites if site.mentions[-1].other is None]
    return mention.other is None and bool(earlier) and _join(text, earlier[-1], mention)


def _join(text: str, site: _Site, mention: Mention) -> bool:
    gap = text[site.mentions[-1].end : mention.start]
    named = mention.level in {"settlement", "unit", "street", "house"}
    if named and _CONTRAST.search(gap):
        return False
    parts = unify(site.parts, mention.parts)
    if not parts and is_joint(gap):
        parts = _without_near(site.parts, mention.parts) or _contradicting(site.parts, mention.parts)
    if not parts:
        return False
    site.mentions.append(mention)
    site.parts = parts
    return True


def _without_near(one: tuple[Part, ...], two: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return what is said beside a town that is only near: *Priekuļu pagastā, Cēsu pusē*."""
    if one[0].near == two[0].near:
        return ()
    return two if one[0].near else one


def _contradicting(one: tuple[Part, ...], two: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return a pin together with words beside it that name another municipality: the pin counts, the words are kept."""
    pin, name = (one, two) if one[0].point else (two, one)
    if not pin[0].point or name[0].point or not name[0].municipality:
        return ()
    said = name[0]
    bare = (said._replace(municipality=None, said_municipality=said.municipality),)
    return unify((pin[0],), bare)


# --- what to tell the caller -------------------------------------------------------------------------------------


def _found(text: str, site: _Site) -> Found[PlaceReading]:
    spans = _runs(text, site.mentions)
    other = site.mentions[0].other
    if other is not None:
        return Found(other, *spans[0])
    said = tuple(text[start:end] for start, end in spans)
    return Found(_reading(", ".join(said), tuple(spans), site.parts), *spans[0])


def _reading(said: str, spans: tuple[Span, ...], parts: tuple[Part, ...]) -> PlaceReading:
    lowest = min(part.rank for part in parts)
    parts = tuple(part for part in parts if part.rank == lowest)
    if parts[0].point is not None:
        # Neighbours across a near border share the point; two points are the two orders of the axes.
        parts = tuple({part.point: part for part in reversed(parts)}.values())[::-1]
    places = tuple(_place(said, spans, part) for part in parts)
    if len(places) == 1 and not parts[0].asks:
        return places[0]
    if parts[0].point is not None:
        return Ambiguous(words=said, spans=spans, candidates=places, why="axes")
    former = any(part.former is not None for part in parts)
    if len({place.municipality for place in places}) == 1 and not former:
        return replace(places[0], parish=None, centre=None)  # namesakes in one municipality
    return Ambiguous(words=said, spans=spans, candidates=places, why="former" if former else "name")


def _place(said: str, spans: tuple[Span, ...], part: Part) -> Place:
    return Place(
        words=said,
        spans=spans,
        lat=part.point.lat if part.point else None,
        lon=part.point.lon if part.point else None,
        cadastre=part.cadastre,
        municipality=part.municipality,
        said_municipality=part.said_municipality,
        parish=part.parish,
        settlement=part.settlement,
        house=part.house,
        street=part.street,
        near=part.near,
        near_border=part.near_border,
        centre=part.centre,
        former=part.former,
    )


def _runs(text: str, mentions: Sequence[Mention]) -> list[Span]:
    """Return the mentions' spans, those with nothing of substance between them as one."""
    runs: list[Span] = []
    for mention in sorted(mentions, key=lambda mention: mention.start):
        if runs and is_joint(text[runs[-1][1] : mention.start]):
            runs[-1] = (runs[-1][0], max(runs[-1][1], mention.end))
        else:
            runs.append((mention.start, mention.end))
    return runs


def with_homestead(text: str, place: Place) -> Place:
    """Add the house that an answer names beside the one parish or village which was read from it."""
    house = find_homestead(text, place.spans) if place.precision in {"parish", "settlement"} else None
    if house is None:
        return place
    start, end, name = house
    spans = tuple(sorted((*place.spans, (start, end))))
    return replace(place, house=name, spans=spans, words=", ".join(text[slice(*span)] for span in spans))


_BARE = re.compile(r"\W*(?:mājas?|majas?)?\W*(?P<name>[^\W\d_]{3,}(?: [^\W\d_]{3,})?)\W*", re.IGNORECASE)


def _bare_house(text: str) -> list[Found[PlaceReading]]:
    """Return the name of a house where the answer is nothing but one capitalised name nobody knows."""
    match = _BARE.fullmatch(text)
    if match is None or not match["name"][0].isupper():
        return []
    start, end = match.span("name")
    return [Found(Place(words=match["name"], spans=((start, end),), house=match["name"]), start, end)]
