"""Cutting a message into rows of counts and trees, one a sentence, and telling how closely neighbours are tied.

Only what is told is kept (`clauses`).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from knowledge.found import Found
from knowledge.latvian.clauses import clauses
from knowledge.latvian.text import Word, words
from knowledge.latvian.vocabulary import vocabulary
from knowledge.planting_items import AND, INSIDE, VERBS, Item, Message, Tie, count_items, tree_item
from knowledge.species import find_species
from knowledge.tree_words import TreeWord, tree_words


def planting_row(text: str, today: date) -> list[list[Item]]:
    """Return the items of a message, sentence by sentence, in order."""
    cut = words(text)
    starts = {word.start: place for place, word in enumerate(cut)}
    ends = {word.end: place for place, word in enumerate(cut)}
    whole = Message(text, cut, clauses(text), starts, ends)
    items = [item for found in find_species(text, cut) if (item := tree_item(whole, found))]
    items += count_items(whole, today)
    items.sort(key=_start)
    rows: list[list[Item]] = []
    sentence = -1
    for item in _planted(whole, _without_shares(_with_general(whole, items, tree_words(text, cut)))):
        clause = whole.clause(item.start)
        if clause.mood != "told":
            continue
        if clause.sentence != sentence and not (rows and _goes_on(text, rows[-1], item)):
            rows.append([item])
        else:
            rows[-1].append(item._replace(tie=_tie(whole, rows[-1][-1], item)))
        sentence = clause.sentence
    return rows


def _without_shares(items: Sequence[Item]) -> list[Item]:
    """Leave out counts that are each one's share (`katrs bērns vienu ozolu`); their trees are of unknown number."""
    shares = {place for place, item in enumerate(items) if item.kind == "count" and item.amount is None}
    beside = shares | {place + 1 for place in shares} | {place - 1 for place in shares}
    kept = (item._replace(single=False) if place in beside else item for place, item in enumerate(items))
    return [item for place, item in enumerate(kept) if place not in shares]


_BOUGHT = vocabulary("nopirk- pirku pirkām iegādāj- saņēm- atved- bought")


def _planted(whole: Message, items: Sequence[Item]) -> list[Item]:
    """Let a lone count after a verb of planting count trees, and not what was bought: `nopirku 50, iestādīju 47`."""
    if not any(item.done for item in items) or all(item.kind == "count" and not item.noun for item in items):
        return list(items)
    bought = [
        clause
        for clause in whole.told
        if not clause.planted and any(word.folded in _BOUGHT for word in words(whole.text[clause.start : clause.end]))
    ]
    return [
        item._replace(noun=True) if item.done else item
        for item in items
        if item.kind != "count" or item.done or whole.clause(item.start) not in bought
    ]


def _start(item: Item) -> int:
    return item.start


def _goes_on(text: str, row: Sequence[Item], item: Item) -> bool:
    """Whether a count alone on its line belongs to the tree of the line before, or `Divdesmit. Visi ozoli` is one."""
    if len(row) != 1 or {row[0].kind, item.kind} != {"count", "tree"}:
        return False
    gap = text[row[0].end : item.start]
    if item.kind == "tree" and row[0].noun and gap == ". ":
        return True  # 2 gab. Quercus rubra
    if item.kind == "tree":
        return gap.strip().lower() in (". visi", ". visas") and row[0].start == 0
    return gap == "\n" or (gap.strip() == "." and not text[item.end :].strip(" .!"))


# ----------------------------------------------------------------------------------------- words for trees, ties


def _with_general(whole: Message, items: list[Item], general: Iterable[Found[TreeWord]]) -> list[Item]:
    """Let `gab.` and `stādi` join the count or the tree beside them; `koki` elsewhere is an item of its own."""
    row = items
    for found in general:
        if any(item.start <= found.start < item.end for item in row):
            continue
        place = _joins(whole.text, row, found)
        if place is not None:
            item = row[place]
            single = item.single and whole.cut[whole.starts[found.start]].folded in ("tre", "sapling")
            row[place] = item._replace(
                end=found.end, last=whole.ends[found.end], noun=True, closes=item.kind == "count", single=single
            )
        elif not found.value.piece:
            first, last = whole.starts[found.start], whole.ends[found.end]
            row.append(Item(kind="trees", start=found.start, end=found.end, first=first, last=last))
            row.sort(key=_start)
    return row


def _joins(text: str, row: Sequence[Item], found: Found[TreeWord]) -> int | None:
    """Return the place of the item that a general word right after it belongs to."""
    place = next((at for at in range(len(row) - 1, -1, -1) if row[at].end <= found.start), None)
    if place is None or text[row[place].end : found.start].strip() not in ("", "-", "–"):
        return None
    belongs = row[place].kind == "tree" or found.value.piece or _after_tree(text, row, place)
    return place if belongs else None


def _after_tree(text: str, row: Sequence[Item], place: int) -> bool:
    """Whether the count at `place` stands right after a tree: krokainās rozes 40 krūmi."""
    return (
        bool(place) and row[place - 1].kind == "tree" and not text[row[place - 1].end : row[place].start].strip(" -–:")
    )


_SIGN_AND = re.compile(r"[+&]")
_LINK = re.compile(r"[-–—:=(→]")
_COMMA = re.compile(r"[,;\n)/]|\.\s")
_ENGLISH = frozenset(("young", "new", "small", "little", "big", "tall", "native", "beautiful"))
_AGREES = {
    "iem": ("iem",),
    "am": ("am",),
    "em": ("am",),
    "as": ("as",),
    "es": ("as",),
    "us": ("us", "os"),
    "u": ("u", "o"),
    "i": ("i", "ie"),
    "s": ("s",),
    "a": ("a",),
    "e": ("a",),
}


def _tie(whole: Message, left: Item, right: Item) -> Tie:
    gap = whole.text[left.end : right.start]
    between = whole.cut[left.last + 1 : right.first]
    if any(word.folded in AND for word in between) or _SIGN_AND.search(gap):
        return "and"
    if left.kind == "count" and "(" in whole.text[left.start : left.end]:
        gap = gap.removeprefix(")")  # 6000 (seši tūkstoši) egļu
    if left.kind == "count" and gap.startswith(". ") and whole.text[left.end - 1].isalpha():
        gap = gap[1:]  # tūkst., gab.
    if _COMMA.search(gap):
        return "comma"
    strange = [word for word in between if not word.is_number and word.folded not in INSIDE]
    if left.kind == "count":
        tree = whole.cut[right.last].folded
        planted = any(word.folded in VERBS for word in between)
        if planted or len(strange) > 2 or not all(_fits(word, tree) for word in strange):
            return "far"
    elif len(strange) > (3 if right.noun or right.each else 1 if right.closes else 0):
        return "far"
    return "link" if _LINK.search(gap) else "tight"


def _fits(word: Word, tree: str) -> bool:
    """Whether a word between a count and a tree describes the tree: `kuplas egles`, `sēru bērzi`, `dārza ceriņi`."""
    if word.folded.endswith(("u", "as", "es")) or word.text.lower() in _ENGLISH:
        return True
    for ending, agreeing in _AGREES.items():
        if tree.endswith(ending):
            return word.folded.endswith((*agreeing, "lapu")) or word.text[0].isupper()
    return True  # other languages
