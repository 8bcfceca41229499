"""Cutting a message into counts and trees, and telling how closely neighbours are tied.

Only what is told is kept (`clauses`), without trees that merely stand by (`pie vecā ozola`) and parts of trees
(`ozolu zīles`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from knowledge.counts import tree_counts
from knowledge.found import Found
from knowledge.latvian.clauses import Clause, clauses
from knowledge.latvian.dates import find_dates
from knowledge.latvian.numbers import Amount
from knowledge.latvian.text import Word, words
from knowledge.species import SpeciesMention, find_species
from knowledge.tree_words import tree_words

Tie = Literal["first", "tight", "link", "and", "comma", "far"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A count, a tree or a general word for trees in a sentence.

    `tie` is how it hangs on the item before it: `tight` (only words that may stand inside one phrase between them),
    `link` (a dash, colon or bracket), `and`, `comma`, `far`. Of a count: `each` stands after `pa`, `total` after
    `kopā`, `noun` before `gab.` or `stādi`, `closes` where it counts nothing that follows, `ordinal` where it is
    written `50.`. Of a tree: `single` for the accusative singular of something planted. `part` stands after
    `galvenokārt`, `no tiem`.
    """

    kind: Literal["count", "tree", "trees"]
    start: int
    end: int
    tie: Tie = "first"
    amount: Amount | None = None
    mention: SpeciesMention | None = None
    each: bool = False
    total: bool = False
    noun: bool = False
    closes: bool = False
    ordinal: bool = False
    single: bool = False
    part: bool = False


def planting_row(text: str, today: date) -> list[list[Item]]:
    """Return the items of a message, sentence by sentence; sentences without any are left out."""
    cut = words(text)
    trees = find_species(text)
    general = tree_words(text, cut)
    if not trees and not general and not any(word.is_number for word in cut) and len(cut) > 12:
        return []
    told = clauses(text)
    items = [_tree(text, cut, told, found) for found in trees]
    items += [_count(text, cut, found) for found in tree_counts(text, cut, find_dates(text, today))]
    items += _also(cut)
    items = _with_general(text, sorted(items, key=lambda item: item.start), general)
    return _sentences(text, cut, told, items)
