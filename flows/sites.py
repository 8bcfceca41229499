"""Sites: a message that tells of two planting places is cut into one part for each, so that nothing is lost."""

from datetime import date
from itertools import pairwise

from knowledge.latvian.text import words
from knowledge.places import Ambiguous, Place, find_places
from knowledge.plantings import find_plantings

# What may stand between the two parts and belongs to neither.
_JOINTS = frozenset(["un", "bet", "vel", "ka", "ari", "tad", "savukart", "and"])


def split_sites(text: str, today: date) -> list[str]:
    """Return the parts of a text, one a planting site; a text that tells of one site is one part.

    Two sites are told of only when each place has trees of its own: „50 ozolus Ogrē un 20 liepas Cēsīs”.
    """
    places = sorted(
        (min(span[0] for span in found.value.spans), max(span[1] for span in found.value.spans))
        for found in find_places(text)
        if isinstance(found.value, Place | Ambiguous)
    )
    trees = sorted((found.start, found.end) for found in find_plantings(text, today))
    if len(places) < 2 or len(trees) < 2:
        return [text]
    cuts = _cuts(places, trees)
    if len(cuts) != len(places) - 1:
        return [text]
    bounds = [0, *(_before_joint(text, cut) for cut in cuts), len(text)]
    parts = [text[start:end].strip(" ,;.\n") for start, end in pairwise(bounds)]
    return [_without_joint(part) for part in parts if part]


def _cuts(places: list[tuple[int, int]], trees: list[tuple[int, int]]) -> list[int]:
    """Find where a new site begins: with its trees when they come first, with its place when that comes first."""
    if trees[0][0] < places[0][0]:
        # Trees, place, trees, place: a site begins at the first trees after the place before.
        starts = [next((tree[0] for tree in trees if tree[0] >= place[1]), None) for place in places[:-1]]
        limits = [place[0] for place in places[1:]]
    else:
        starts = [place[0] for place in places[1:]]
        limits = [10**9] * len(starts)
        for before, after in pairwise(places):
            if not any(before[1] <= tree[0] < after[0] for tree in trees):
                return []
        if trees[-1][0] < places[-1][1]:
            return []
    return [start for start, limit in zip(starts, limits, strict=True) if start is not None and start < limit]


def _before_joint(text: str, cut: int) -> int:
    """Move a cut before the word that joins the parts: „…, un 20 liepas”."""
    last = next((word for word in reversed(words(text[:cut]))), None)
    return last.start if last and last.folded in _JOINTS else cut


def _without_joint(part: str) -> str:
    first = next(iter(words(part)), None)
    return part[first.end :].strip(" ,") if first and first.folded in _JOINTS else part
