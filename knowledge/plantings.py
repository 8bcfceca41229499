"""Reading what was planted: species and counts of one message, paired the way people pair them.

The row of a sentence is counts, trees and what stands between them. A count belongs to the tree it touches; where it
touches two (`ozoli 50 liepas 20`) the order of the row decides. What no rule explains is left out rather than guessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from knowledge.found import Found
from knowledge.latvian.numbers import Amount
from knowledge.latvian.text import fold
from knowledge.planting_items import Item
from knowledge.planting_row import planting_row


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
    species. A tree named again without a count is not repeated. Of so many a year (`katru gadu pa 50`) nobody knows
    how many there are: the trees are returned without a count.
    """
    sentences = planting_row(text, today)
    rows = [row for sentence in sentences for row in _paired(sentence)]
    rows = _labelled(_without_totals(rows))
    if _YEARLY.search(fold(text)):
        rows = [row._replace(amount=None) for row in rows if row.tree]
    return [Found(_planting(row), row.start, row.end) for row in _once(rows)]


# Folded: „katru gadu pa 50”, „pa 50 gadā”, „50 each year”.
_YEARLY = re.compile(
    r"\b(?:katru gad|ik gad|ikgad|gadu no gada|gada pa \d|pa \d+(?: \w+){0,2} gada\b|(?:each|every|per) year)"
)


class _Row(NamedTuple):
    """A tree (None: trees in general) with its count, and the trees it is divided among."""

    start: int
    end: int
    tree: Item | None = None
    amount: Amount | None = None
    kinds: tuple[str, ...] = ()
    total: bool = False  # may be the sum of others
    sums: bool = False  # says so: kopā
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
        if item.kind == "tree" and place not in counted and not item.aside and not _beside_the_point(item):
            amount = Amount(1, 1) if item.single else None
            rows.append(_Row(start=item.start, end=item.end, tree=item, amount=amount))
    return sorted(rows, key=lambda row: row.start)


def _beside_the_point(item: Item) -> bool:
    """Whether a tree without a count only takes part in what is told: `ozolam ir 300 gadu`."""
    return item.mention is not None and bool(item.mention.cases) and item.mention.cases <= {"sd", "sl"}


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
    counts = [place for place, item in enumerate(items) if item.kind == "count"]
    for place in counts:
        item = items[place]
        if place in owner or item.each:
            continue
        if len(counts) == 1 and place + 2 == len(items) and items[-1].tail:
            owner[place] = place + 1
            continue
        if not item.closes:
            continue
        chain = _trees_before(items, owner, place)
        if len(chain) == 1 and (not item.total or len(counts) == 1):
            owner[place] = chain[0]
        elif not chain and place and items[place - 1].kind == "trees" and place - 1 not in owner.values():
            owner[place] = place - 1


def _counted(items: Sequence[Item], owner: dict[int, int], place: int, spoken: set[int]) -> list[_Row]:
    """Return the rows one count makes: one tree, each of several, several together, or trees in general."""
    count, own = items[place], owner.get(place)
    if own is not None and items[own].kind == "tree":
        members = sorted([own, *_together(items, owner, place, own)])
        spoken.update(members)
        return _shared_out(items, [place], members)
    if own is None and not (count.noun or count.total or count.each or count.alone):
        return []
    last = place if own is None else max(place, own)
    spans = [place] if own is None else [place, own]
    members = _trees_after(items, owner, last) or _trees_before(items, owner, place)
    spoken.update(members)
    if members:
        return _shared_out(items, spans, members)
    following = items[last + 1] if last + 1 < len(items) else None
    parts = following is not None and (following.tie == "link" or following.part)
    return [_row(items, spans, count.amount)._replace(total=True, sums=count.total, parts=parts)]


def _shared_out(items: Sequence[Item], spans: list[int], members: Sequence[int]) -> list[_Row]:
    """Give a count (the first of `spans`) to one tree, to each of several after `pa`, or to several together."""
    count = items[spans[0]]
    if len(members) == 1 and (members[0] < spans[0] or not items[members[0]].part):
        return [_row(items, [*spans, *members], count.amount)._replace(tree=items[members[0]])]
    if count.each:
        return [_row(items, [member], count.amount)._replace(tree=items[member]) for member in members]
    if count.amount and count.amount.exact == len(members) and all(items[member].single for member in members):
        return [_row(items, [member], Amount(1, 1))._replace(tree=items[member]) for member in members]
    mentions = (items[member].mention for member in members)
    kinds = tuple(dict.fromkeys(mention.latin for mention in mentions if mention))
    return [_row(items, [*spans, *members], count.amount)._replace(kinds=kinds)]


def _row(items: Sequence[Item], places: Sequence[int], amount: Amount | None) -> _Row:
    start, end = min(items[place].start for place in places), max(items[place].end for place in places)
    return _Row(start=start, end=end, amount=amount)


def _together(items: Sequence[Item], owner: dict[int, int], place: int, own: int) -> list[int]:
    """Return the other trees that share a count: `50 ozolus un liepas`, `bērzi un egles – 300`, `pa 20 bērziem, eglēm`.

    Only where it is the one count of the sentence, or stands after `pa`; `ozolus un 20 liepas` shares nothing.
    """
    count = items[place]
    alone = sum(item.kind == "count" for item in items) == 1
    if not (alone or count.each):
        return []
    if own > place:
        chain = [
            at for at in _trees_after(items, owner, own) if count.each or (items[at].plural and not items[at].single)
        ]
        whole = chain == list(range(own + 1, own + 1 + len(chain)))
        return chain if whole and chain and (items[chain[-1]].tie == "and" or count.each) else []
    chain = _trees_before(items, owner, own)
    whole = chain == list(range(own - len(chain), own))
    return chain if whole and (items[own].tie == "and" or count.each or count.total) else []


def _trees_before(items: Sequence[Item], owner: dict[int, int], place: int) -> list[int]:
    """Return the places of the trees without a count that stand before a place, back to the last count."""
    chain: list[int] = []
    for before in range(place - 1, -1, -1):
        if items[before].kind == "count" or before in owner.values():
            break
        if items[before].kind == "tree":
            chain.insert(0, before)
    return chain


def _trees_after(items: Sequence[Item], owner: dict[int, int], place: int) -> list[int]:
    """Return the places of the trees without a count after a place, up to the next count."""
    chain: list[int] = []
    for after in range(place + 1, len(items)):
        if items[after].kind == "count" or after in owner.values():
            break
        if items[after].kind == "tree":
            chain.append(after)
    return chain


# -------------------------------------------------------------------------------------------------- the message


def _without_totals(rows: Sequence[_Row]) -> list[_Row]:
    """Drop a total whose parts are counted; where only some of them are, leave the rest of it."""
    counted = [row.amount.exact for row in rows if not row.total and row.amount and (row.tree or row.kinds)]
    known = sum(count for count in counted if count is not None)
    kept: list[_Row] = []
    for row in rows:
        total = row.amount.exact if row.total and row.amount else None
        if total is None or not known:
            kept.append(row)
        elif row.parts and total > known:
            kept.append(row._replace(amount=Amount(total - known, total - known)))
        elif total != known and not row.parts and not row.sums:
            kept.append(row)
    return kept


def _labelled(rows: Sequence[_Row]) -> list[_Row]:
    """Join the counts of a form with its kinds: `Skaits: 120. Suga: bērzs`; one count may be that of several kinds."""
    counts = [row for row in rows if row.amount]
    kinds = [row for row in rows if row.tree and not row.amount]
    labels = sum(bool(row.tree and row.tree.label) for row in kinds)
    if not labels or any(row.tree or row.kinds for row in counts) or len(counts) not in (1, labels):
        return list(rows)
    if len(counts) == len(kinds):
        return [count._replace(tree=kind.tree, total=False) for count, kind in zip(counts, kinds, strict=True)]
    if len(counts) > 1:
        return list(rows)
    start, end = min(row.start for row in rows), max(row.end for row in rows)
    return [counts[0]._replace(start=start, end=end, total=False, kinds=_names(kinds))]


def _names(rows: Sequence[_Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in rows for name in _latin(row)))


def _once(rows: Sequence[_Row]) -> list[_Row]:
    """Leave out trees without a count that are named elsewhere too."""
    counted = {name for row in rows if row.amount for name in _latin(row)}
    kept: list[_Row] = []
    for row in rows:
        names = _latin(row)
        if row.amount is None and (not names or not counted.isdisjoint(names)):
            continue
        if row.amount is None:
            counted.update(names)
        if row.amount is None or row.amount.most != 0:
            kept.append(row)
    return kept


def _latin(row: _Row) -> tuple[str, ...]:
    return row.kinds or ((row.tree.mention.latin,) if row.tree and row.tree.mention else ())
