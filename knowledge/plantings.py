"""Reading what was planted: species and counts of one message, paired the way people pair them.

The row of a sentence is counts, trees and what stands between them. A count belongs to the tree it touches; where it
touches two (`ozoli 50 liepas 20`) the order of the row decides. What no rule explains is left out rather than guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.found import Found
from knowledge.latvian.numbers import Amount
from knowledge.planting_row import Item, planting_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Planting:
    """Trees of one kind planted, as far as somebody said it.

    `species` is a Latin name or a genus (then `candidates` are the species it may be), None where only trees are
    spoken of. `count` is the number where one was stated, also as a rough one (`about`); of a range or a vague word
    (`dažas`, `vairāk nekā 70`) only `least` and `most` are known, `most` None where it is open. All three are None
    where the trees are named without a count. `kinds` are the trees a common count is divided among in an unknown
    way (`300 koki: bērzi un egles`, `50 ozolus un liepas`): ask how many of each.
    """

    species: str | None = None
    count: int | None = None
    least: int | None = None
    most: int | None = None
    about: bool = False
    candidates: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


def find_plantings(text: str, today: date) -> list[Found[Planting]]:
    """Return the trees a text says are planted, in order; dates in it are read as of `today`.

    What is asked (`vai ābeles skaitās?`), planned, denied or lost is not planted. `iestādīju ozolu` is one oak,
    `iestādīju ozolus` oaks without a count. A total beside its parts is dropped; a total with some of its parts
    (`100 koki, no tiem 40 egles`) gives the rest as trees of no known kind. A lone number is a planting without
    species. A tree named again without a count is not repeated.
    """
    sentences = planting_row(text, today)
    rows = [row for sentence in sentences for row in _paired(sentence)]
    rows = _without_totals(rows)
    return [Found(_planting(row), row.start, row.end) for row in _once(rows)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A tree (None: trees in general) with its count, and the trees it is divided among."""

    start: int
    end: int
    tree: Item | None = None
    amount: Amount | None = None
    kinds: tuple[str, ...] = ()
    total: bool = False  # may be the sum of others
    parts: bool = False  # what follows are some of its parts


def _planting(row: _Row) -> Planting:
    amount, mention = row.amount, row.tree.mention if row.tree else None
    return Planting(
        species=mention.latin if mention and not row.kinds else None,
        count=amount.exact if amount else None,
        least=amount.least if amount else None,
        most=amount.most if amount else None,
        about=bool(amount and amount.about),
        candidates=mention.candidates if mention and not row.kinds else (),
        kinds=row.kinds,
    )


# ------------------------------------------------------------------------------------------------- one sentence


def _paired(items: Sequence[Item]) -> list[_Row]:
    """Pair the counts and trees of a sentence."""
    owner = _owners(items)
    _attach_strays(items, owner)
    rows: list[_Row] = []
    spoken: set[int] = set()  # places of trees that already have their row
    for place, item in enumerate(items):
        if item.kind == "count":
            rows.extend(_counted(items, owner, place, spoken))
    counted = {place for place in owner.values() if items[place].kind == "tree"} | spoken
    for place, item in enumerate(items):
        if item.kind == "tree" and place not in counted:
            amount = Amount(1, 1) if item.single else None
            rows.append(_Row(start=item.start, end=item.end, tree=item, amount=amount))
    return sorted(rows, key=lambda row: row.start)


def _owners(items: Sequence[Item]) -> dict[int, int]:
    """Return for the counts, by place, the place of the tree or of the word for trees each of them touches."""
    owner: dict[int, int] = {}
    for place, item in enumerate(items):
        if item.kind != "count":
            continue
        left = place - 1 if place and item.tie in ("tight", "link") and items[place - 1].kind != "count" else None
        right = place + 1 if place + 1 < len(items) and items[place + 1].tie in ("tight", "link") else None
        if right is not None and (items[right].kind == "count" or item.ordinal):
            right = None
        if left is not None and left in owner.values():
            left = None
        if left is not None and right is not None:
            owner[place] = left if _belongs_left(items, place) else right
        elif left is not None or right is not None:
            owner[place] = left if left is not None else right or 0
    return owner


def _belongs_left(items: Sequence[Item], place: int) -> bool:
    """Decide for a count between two trees: `ozoli 50 liepas 20`, `3 ozoli 2 liepas 1 kļava`, `ozoli - 50 koki`."""
    before, after = items[place - 1], items[place + 1]
    if before.kind != after.kind:
        nearer_right = after.kind == "tree" and after.tie == "tight"
        return not nearer_right
    if items[place].tie == "link" or after.tie == "link":
        return True
    first = place
    while first and items[first].tie in ("tight", "link"):
        first -= 1
    return items[first].kind != "count"


def _attach_strays(items: Sequence[Item], owner: dict[int, int]) -> None:
    """Give a count that touches no tree to the one tree named before it: `2 ha egļu, 4000 gab.`, `vītoli, kādi 40`."""
    for place, item in enumerate(items):
        if item.kind != "count" or place in owner or item.each or not item.closes:
            continue
        chain = _trees_before(items, owner, place)
        if len(chain) == 1 and not item.total:
            owner[place] = chain[0]
        elif not chain and place and items[place - 1].kind == "trees" and place - 1 not in owner.values():
            owner[place] = place - 1


def _trees_before(items: Sequence[Item], owner: dict[int, int], place: int) -> list[int]:
    """Return the places of the trees without a count that stand in a row before a place."""
    chain: list[int] = []
    for before in range(place - 1, -1, -1):
        if items[before].kind == "count" or before in owner.values():
            break
        if items[before].kind == "tree":
            chain.insert(0, before)
    return chain


def _counted(items: Sequence[Item], owner: dict[int, int], place: int, spoken: set[int]) -> list[_Row]:
    """Return the rows one count makes: one tree, each of several, several together, or trees in general."""
    count = items[place]
    tree = owner.get(place)
    if tree is None:
        return _unowned(items, owner, place, spoken)
    item = items[tree]
    start, end = min(count.start, item.start), max(count.end, item.end)
    if item.kind == "trees":
        kinds = _kinds_after(items, owner, max(place, tree)) or _kinds_before(items, owner, min(place, tree), count)
        spoken.update(kinds)
        ends = [end, *(items[kind].end for kind in kinds)]
        starts = [start, *(items[kind].start for kind in kinds)]
        following = items[max(place, tree) + 1] if max(place, tree) + 1 < len(items) else None
        parts = following is not None and (following.tie == "link" or following.part)
        names = _names(items, kinds)
        alone = bool(names) and len(names) == 1 and not following_part(following)
        if alone:
            return [_Row(start=min(starts), end=max(ends), tree=items[kinds[0]], amount=count.amount)]
        return [
            _Row(start=min(starts), end=max(ends), amount=count.amount, kinds=names, total=True, parts=parts),
        ]
    together = _together(items, owner, place, tree)
    if together and count.each:
        spoken.update(together)
        return [_Row(start=start, end=end, tree=item, amount=count.amount)] + [
            _Row(start=items[other].start, end=items[other].end, tree=items[other], amount=count.amount) for other in together
        ]
    if together:
        spoken.update(together)
        spread = sorted([tree, *together])
        bounds = [count.start, count.end, *(edge for other in spread for edge in (items[other].start, items[other].end))]
        return [_Row(start=min(bounds), end=max(bounds), amount=count.amount, kinds=_names(items, spread))]
    return [_Row(start=start, end=end, tree=item, amount=count.amount)]
