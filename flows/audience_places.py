"""Where an audience is: municipalities, and circles of so many kilometres around a place or the event itself."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from flows.audience import Circle
from flows.audience_words import EVERYBODY, is_known, is_role, runs
from flows.grammar import NotUnderstood
from knowledge.latvian.numbers import find_numbers
from knowledge.latvian.text import Word, fold
from knowledge.places import Ambiguous, Place, find_places, municipalities

_MOST_KM = 300  # from one end of Latvia to the middle of it
_OF_THE_EVENT = re.compile(r"pasakum\w*|noris\w*|turien\w*|stadisan\w*")
_FROM = frozenset({"ap", "no", "pie"})
_OWNED = frozenset({"meza", "mezu", "zemes", "zemju"})
_BESIDES = re.compile(r"apkart\w*|apkaim\w*|radius\w*|atalum\w*|lidz|ap|no|tuv\w*|robez\w*|ietvar\w*|pie|un|vai")


class Whereabouts(NamedTuple):
    """What a text says of where."""

    municipalities: tuple[str, ...]
    circles: tuple[Circle, ...]
    spans: tuple[tuple[int, int], ...]  # what was read
    unclear: tuple["Unclear", ...]


class Unclear(NamedTuple):
    """A name that several places have; `km` where a distance is counted from it."""

    words: str
    candidates: tuple[Place, ...]
    km: int


class _Item(NamedTuple):
    """A distance, a place, or the event's own place, in the order of the text."""

    start: int
    end: int
    km: int = 0
    place: Place | Ambiguous | None = None


def where_of(text: str, typed: Sequence[Word]) -> Whereabouts | NotUnderstood:
    """Read places, each by itself or as the middle of a circle."""
    items = sorted([*_distances(text, typed), *_places(text, typed), *_own(typed)])
    bad = next((item for item in items if item.km and not 0 < item.km <= _MOST_KM), None)
    if bad:
        why = f"„%(given)s”: attālumam jābūt no 1 līdz {_MOST_KM} km."
        return NotUnderstood(why=why, given=text[bad.start : bad.end])
    taken: set[int] = set()
    circles: list[Circle] = []
    unclear: list[Unclear] = []
    for at, item in enumerate(items):
        if not item.km:
            continue
        middles = _middles(items, at, typed)
        if middles is None:
            why = "Nesapratu, no kurienes skaitīt: „%(given)s”. Piemēram: „30 km ap Ogri” vai „30 km no pasākuma”."
            return NotUnderstood(why=why, given=text)
        taken.update(middles)
        named = [items[middle].place for middle in middles]
        circles += [circle_of(item.km, place) for place in named if isinstance(place, Place)]
        said = text[item.start : max(items[middle].end for middle in middles)] if middles else ""
        unclear += [Unclear(said, p.candidates, item.km) for p in named if isinstance(p, Ambiguous)]
        circles += [Circle(km=item.km)] if not any(named) else []
    rest = [item.place for at, item in enumerate(items) if at not in taken and item.place]
    unclear += [Unclear(place.words, place.candidates, 0) for place in rest if isinstance(place, Ambiguous)]
    named_ = [place.municipality for place in rest if isinstance(place, Place) and place.municipality]
    spans = tuple((item.start, item.end) for item in items)
    return Whereabouts(tuple(dict.fromkeys(named_)), tuple(dict.fromkeys(circles)), spans, tuple(unclear))


def _middles(items: Sequence[_Item], at: int, typed: Sequence[Word]) -> tuple[int, ...] | None:
    """Return which items a distance is counted from: () for the event; None where nobody can tell."""
    after = at + 1
    follows = items[after] if after < len(items) and not items[after].km else None
    if follows and _joined(typed, items[at].end, follows.start):
        if follows.place is None:
            return (after,)
        middles = [after]
        while (more := middles[-1] + 1) < len(items) and _another(items, more, typed):
            middles.append(more)
        return tuple(middles)
    if _stands_alone(typed, items[at].end):
        before = items[at - 1] if at else None
        if before and not before.km and _joined(typed, before.end, items[at].start):
            # „Ogres novads, 30 km” may mean either: around it, or around the event.
            wide = isinstance(before.place, Place) and before.place.precision == "municipality"
            return None if wide else (at - 1,)
        return ()
    return None


def _another(items: Sequence[_Item], at: int, typed: Sequence[Word]) -> bool:
    """Whether a place is one more middle of the same distance: „30 km ap Ogri un Cēsīm”."""
    place = items[at].place
    narrow = isinstance(place, Place) and place.precision != "municipality"
    return narrow and _joined(typed, items[at - 1].end, items[at].start)


def _joined(typed: Sequence[Word], start: int, end: int) -> bool:
    """Whether nothing but small words stands between."""
    return all(_BESIDES.fullmatch(word.folded) for word in typed if start <= word.start < end)


def _stands_alone(typed: Sequence[Word], end: int) -> bool:
    """Whether no name follows a distance that says from where: the next word is known, or there is none."""
    following = [word.folded for word in typed if word.start >= end]
    if any(one in _FROM and not _OF_THE_EVENT.fullmatch(other) for one, other in pairwise(following[:3])):
        return False  # „20 km ap skolu”: somewhere that nobody has named
    rest = [folded for folded in following if not _BESIDES.fullmatch(folded)]
    return not rest or is_known(rest[0])


def _distances(text: str, typed: Sequence[Word]) -> Iterator[_Item]:
    for number, unit in zip(find_numbers(text), _units(text, typed), strict=True):
        if unit and (km := number.value.most):
            yield _Item(start=number.start, end=unit.end, km=int(km))
        elif unit:
            yield _Item(start=number.start, end=unit.end, km=-1)


def _units(text: str, typed: Sequence[Word]) -> Iterator[Word | None]:
    """Yield the „km” behind each number."""
    for number in find_numbers(text):
        behind = next((word for word in typed if word.start >= number.end), None)
        yield behind if behind and behind.folded.startswith(("km", "kilomet")) else None


def _places(text: str, typed: Sequence[Word]) -> Iterator[_Item]:
    # „Visi” is a village as well, and so are other words that say whom.
    hidden = list(text)
    for word in typed:
        # „Meži” is a village, and „mežu īpašnieki” are not from there.
        owned = word.folded in _OWNED and text[word.end :].lstrip().lower().startswith(("īpašniek", "ipasniek"))
        if word.folded in EVERYBODY or is_role(word.folded) or owned:
            hidden[word.start : word.end] = " " * (word.end - word.start)
    shown = "".join(hidden)
    found = list(_placed(shown, 0))
    for item in found:
        shown = shown[: item.start] + " " * (item.end - item.start) + shown[item.end :]
    yield from found
    # „Cēsīm” is known for a place only behind „ap”, and not in „no Cēsīm” or „Ogri un Cēsīm”.
    for start, end in runs(shown):
        yield from _placed(f"ap {shown[start:end]}", start - len("ap "))


def _placed(text: str, offset: int) -> Iterator[_Item]:
    for found in find_places(text, answering=True):
        place = found.value
        if isinstance(place, Ambiguous) or (isinstance(place, Place) and place.municipality):
            start, end = min(s for s, _ in place.spans), max(e for _, e in place.spans)
            yield _Item(start=start + offset, end=end + offset, place=place)


def _own(typed: Sequence[Word]) -> Iterator[_Item]:
    for word in typed:
        if _OF_THE_EVENT.fullmatch(word.folded):
            yield _Item(start=word.start, end=word.end)


def circle_of(km: int, place: Place) -> Circle:
    """Return a circle around a place; around the seat of its municipality where nobody knows more exactly."""
    if place.point:
        return Circle(km, "vieta kartē", *place.point)
    municipality = place.municipality or ""
    if place.centre is None:
        seat = next(known.centre for known in municipalities() if known.name == municipality)
        return Circle(km, municipality, *seat)
    name = place.settlement or place.parish or municipality
    same = fold(municipality)[:3] == fold(name)[:3]
    return Circle(km, name if same else f"{name} ({municipality})", *place.centre)
