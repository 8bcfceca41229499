"""Sites: a message that tells of two planting places or dates is cut into a part for each, so that nothing is lost."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from knowledge.latvian.dates import Period, find_dates
from knowledge.latvian.text import words
from knowledge.places import Ambiguous, Place, find_places
from knowledge.plantings import find_plantings

Span = tuple[int, int]

# What may stand between the two parts and belongs to neither.
_JOINTS = frozenset(["un", "bet", "vel", "ka", "ari", "tad", "savukart", "and"])


def split_sites(text: str, today: date) -> list[str]:
    """Return the parts of a text, one a planting site; a text that tells of one site is one part.

    Two sites are told of only when each place or date has trees of its own: „50 ozolus Ogrē un 20 liepas Cēsīs”,
    „2021. gadā 300 priedes, 2022. gadā 250 egles”. What is said once for all of them, before or after, is in the
    first part; its date or place is in every part.
    """
    trees = sorted((found.start, found.end) for found in find_plantings(text, today))
    if len(trees) < 2:
        return [text]
    places, dates = _places(text), _dates(text, today)
    for told, others in ((places, dates), (dates, places)):
        cuts = _cuts(told, trees, others) if len(told) > 1 else []
        if cuts:
            own = [*trees, *told, *(others if len(others) > 1 else ())]
            return _parts(text, cuts, own, others[0] if len(others) == 1 else None)
    return [text]


def _places(text: str) -> list[Span]:
    return sorted(
        (min(span[0] for span in found.value.spans), max(span[1] for span in found.value.spans))
        for found in find_places(text)
        if isinstance(found.value, Place | Ambiguous)
    )


def _dates(text: str, today: date) -> list[Span]:
    """Find the dates that differ; one named twice is one."""
    spans: dict[Span, tuple[date, date]] = {}
    for found in find_dates(text, today):
        value = found.value
        if isinstance(value, Period) and value.sure and (value.first, value.last) not in spans.values():
            spans[found.start, found.end] = (value.first, value.last)
    return sorted(spans)


def _cuts(told: Sequence[Span], trees: Sequence[Span], others: Sequence[Span]) -> list[int]:
    """Find where a new site begins: with its trees, its place or its date, whichever comes first in the first one.

    Empty where some place or date has no trees of its own.
    """
    first = trees[0][0] < told[0][0]
    leads = len(others) == len(told) and others[0][0] < min(trees[0][0], told[0][0])
    cuts = []
    for number, (before, after) in enumerate(pairwise(told), 1):
        between = [tree[0] for tree in trees if before[1] <= tree[0] < after[0]]
        cut = between[0] if first and between else after[0]
        cuts.append(min(cut, others[number][0]) if leads and before[1] <= others[number][0] else cut)
    bounds = [0, *cuts, max(told[-1][1], trees[-1][1]) + 1]
    for start, end in pairwise(bounds):
        if not any(start <= tree[0] < end for tree in trees) or sum(start <= one[0] < end for one in told) != 1:
            return []
    return cuts


def _parts(text: str, cuts: Sequence[int], own: Sequence[Span], common: Span | None) -> list[str]:
    """Cut a text; what follows the trees, place and date of a later site stays with the first; `common` is in all."""
    starts = [_before_joint(text, cut) for cut in cuts]
    ends = [max(span[1] for span in own if start <= span[0] < end) for start, end in pairwise([*starts, len(text)])]
    rests = [text[end:start] for end, start in zip(ends, [*starts[1:], len(text)], strict=True)]
    first = _trimmed(text[: starts[0]])
    later = [_without_joint(_trimmed(text[start:end])) for start, end in zip(starts, ends, strict=True)]
    rest = _trimmed(" ".join(rest for rest in rests if _trimmed(_without_joint(_trimmed(rest)))))
    head = min(span[0] for span in own)
    if common and (common[1] <= head or common[0] >= ends[-1]):
        later = [f"{part}, {text[common[0] : common[1]]}" for part in later]
    return [f"{first}, {rest}" if rest else first, *later]


def _trimmed(part: str) -> str:
    return part.strip(" ,;.\n")


def _before_joint(text: str, cut: int) -> int:
    """Move a cut before the word that joins the parts: „…, un 20 liepas”."""
    last = next((word for word in reversed(words(text[:cut]))), None)
    return last.start if last and last.folded in _JOINTS else cut


def _without_joint(part: str) -> str:
    first = next(iter(words(part)), None)
    return part[first.end :].strip(" ,") if first and first.folded in _JOINTS else part
