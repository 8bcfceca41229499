"""Cutting a message into counts and trees, and telling how closely neighbours are tied.

Only what is told is kept (`clauses`), without trees that merely stand by (`pie vecā ozola`) and parts of trees
(`ozolu zīles`).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from knowledge.counts import tree_counts
from knowledge.found import Found
from knowledge.latvian.calendar_words import LATVIAN as CALENDAR
from knowledge.latvian.clauses import Clause, clauses
from knowledge.latvian.dates import find_dates
from knowledge.latvian.number_words import NUMERALS
from knowledge.latvian.numbers import Amount
from knowledge.latvian.text import Word, words
from knowledge.latvian.vocabulary import listed, vocabulary
from knowledge.species import SpeciesMention, find_species
from knowledge.tree_words import TreeWord, tree_words

Tie = Literal["first", "tight", "link", "and", "comma", "far"]


class Item(NamedTuple):
    """A count, a tree or a general word for trees in a sentence; `first` and `last` are its words.

    `tie` is how it hangs on the item before it: `tight` (only words that may stand inside one phrase between them),
    `link` (a dash, colon or bracket), `and`, `comma`, `far`. Of a count: `each` stands after `pa`, `total` after
    `kopā`, `noun` before `gab.` or `stādi`, `closes` where nothing follows that it could count, `ordinal` where it is
    written `50.`, `alone` where it is all of the message. Of a tree: `single` for one thing planted (`iestādīju
    ozolu`), `plural` where it may be several, `aside` in a clause that tells of something else while another tells of
    planting. `part` stands after `galvenokārt`, `no tiem`.
    """

    kind: Literal["count", "tree", "trees"]
    start: int
    end: int
    first: int
    last: int
    tie: Tie = "first"
    amount: Amount | None = None
    mention: SpeciesMention | None = None
    each: bool = False
    total: bool = False
    noun: bool = False
    closes: bool = False
    ordinal: bool = False
    alone: bool = False
    single: bool = False
    plural: bool = False
    aside: bool = False
    part: bool = False


class _Text(NamedTuple):
    """A message with its words, its clauses and the place of each word's start and end in the words."""

    text: str
    cut: Sequence[Word]
    told: Sequence[Clause]
    starts: dict[int, int]
    ends: dict[int, int]


def planting_row(text: str, today: date) -> list[list[Item]]:
    """Return the items of a message, sentence by sentence, in order."""
    cut = words(text)
    starts = {word.start: place for place, word in enumerate(cut)}
    ends = {word.end: place for place, word in enumerate(cut)}
    whole = _Text(text, cut, clauses(text), starts, ends)
    items = [item for found in find_species(text, cut) if (item := _tree(whole, found))]
    items += _counts(whole, today)
    items.sort(key=_start)
    rows: list[list[Item]] = []
    sentence = -1
    for item in _with_general(whole, items, tree_words(text, cut)):
        clause = _clause(whole, item.start)
        if clause.mood != "told":
            continue
        if clause.sentence != sentence and not (rows and _goes_on(text, rows[-1], item)):
            rows.append([item])
        else:
            rows[-1].append(item._replace(tie=_tie(whole, rows[-1][-1], item)))
        sentence = clause.sentence
    return rows


def _start(item: Item) -> int:
    return item.start


def _clause(whole: _Text, place: int) -> Clause:
    return next((clause for clause in whole.told if clause.start <= place < clause.end), whole.told[-1])


def _goes_on(text: str, row: Sequence[Item], item: Item) -> bool:
    """Whether a count alone on its line belongs to the tree of the line before, or `Divdesmit. Visi ozoli` is one."""
    if len(row) != 1 or {row[0].kind, item.kind} != {"count", "tree"}:
        return False
    gap = text[row[0].end : item.start]
    if item.kind == "tree":
        return gap.strip().lower() in (". visi", ". visas") and row[0].start == 0
    return gap == "\n" or (gap.strip() == "." and not text[item.end :].strip(" .!"))


# -------------------------------------------------------------------------------------------------------- trees

_BESIDE = listed("pie blakus zem aiz gar starp pret virs apkārt līdzās ap pēc near under behind возле под")
_OLD = vocabulary("vec- simtgad- old")
# What follows a tree's genitive and is not a tree: ozolu zīles, bērzu sula, egļu mežs.
_PART_OF_TREE = vocabulary(
    "zīles zīlēm zīlu zīli lapas lapām lapu lapiņ- sula sulas sulu zied- čiekur- malk- zars zari zarus zaru"
    " mežs mežā meža mežos sēkl- miz- skujas skujām dēļi dēļus baļķ- celm- ogas ogām ogu augļ- medus kafij-"
    " diena dienas"
)
# What follows it and is planted trees, however many.
_WHOLE = vocabulary(
    "alej- birz- dzīvžog- stād- rind- audz- dārz- jaunaudz- plantācij- gatv- kok- krūm- mež- koc- žog- pudur-"
)
_MANY = listed("daudz vairāk maz nedaudz dažādu visādu cik tik kaudzi ar par uz caur bez")
_ONE_PLANTED = listed("stādīts stādīta iestādīts iestādīta dēstīts dēstīta")


def _tree(whole: _Text, found: Found[SpeciesMention]) -> Item | None:
    """Return the tree, None where it is only a landmark or a part of a tree is meant."""
    text, cut, mention = whole.text, whole.cut, found.value
    first, last = whole.starts[found.start], whole.ends[found.end]
    before = [word.folded for word in cut[max(0, first - 2) : first] if "," not in text[word.end : found.start]]
    after = cut[last + 1].folded if last + 1 < len(cut) and text[found.end : cut[last + 1].start] == " " else ""
    counted = bool(first) and (cut[first - 1].is_number or cut[first - 1].folded in NUMERALS)
    genitive = not mention.cases.isdisjoint({"sg", "pg"})
    if mention.cases and mention.cases <= {"sl", "pl"}:
        return None
    if not counted and any(word in _BESIDE or word in _OLD for word in before):
        return None
    if genitive and after in _PART_OF_TREE:
        return None
    clause = _clause(whole, found.start)
    return Item(
        kind="tree",
        start=found.start,
        end=found.end,
        first=first,
        last=last,
        mention=mention,
        single=_single(whole, last, mention, before[-1:], after),
        plural=not mention.cases.isdisjoint({"pn", "pg", "pd", "pa"}),
        part=_is_part(before) and not counted,
        aside=not clause.planted and any(other.planted for other in whole.told) and _tells_else(whole, clause),
    )


def _single(whole: _Text, last: int, mention: SpeciesMention, before: Sequence[str], after: str) -> bool:
    """Whether one tree is meant: `iestādīju ozolu`, `iestādīts ozols`, `an oak`; not `iestādīju ozolu aleju`."""
    clause = _clause(whole, whole.cut[last].start)
    if "sa" in mention.cases and clause.planted and whole.cut[last].folded[-1] in "ui":
        attribute = after.endswith(("u", "us")) and "pg" in mention.cases and after not in CALENDAR
        return not (attribute or after in _WHOLE or (before and before[0] in _MANY))
    if "sn" not in mention.cases:
        return False
    if before and before[0] in ("a", "an"):
        return True
    return any(word.folded in _ONE_PLANTED for word in whole.cut if clause.start <= word.start < clause.end)


def _tells_else(whole: _Text, clause: Clause) -> bool:
    """Whether a clause has so many words of its own that the tree in it is not just listed."""
    own = [word for word in whole.cut if clause.start <= word.start < clause.end and len(word.text) > 2]
    return sum(word.folded not in _INSIDE and word.folded not in CALENDAR for word in own) >= 4


# ------------------------------------------------------------------------------------------------------- counts

_EACH = listed("pa katra katru katrs katrai katram each по")
_TOTAL = listed("kopā pavisam kopskaits kopskaitā kopumā summā total altogether всего итого")
_PER = vocabulary("katrs katram rind- vag- viet- mēs visi ģimen- bērn- skolēn- klas-")
_ROWS = vocabulary("rind- vaga vagas vagu vagās vieta vietas vietu vietās")
_AGAIN = listed("tikpat столько")
_ALONE = listed(
    "kopā pavisam laikam varbūt tikai bija ir būs skaits skaitu skaitam mainīt labot uz jābūt jā koku koki"
    " kokus gab gabali gabalu ne domāju ka tur to tie sanāca precīzi tieši lūdzu paldies nu un apmēram ap kādi"
    " vispār labdien sveiki"
)
_PART = listed("galvenokārt pārsvarā pamatā pusi tostarp lielākoties visvairāk vairums mostly daļa")


def _counts(whole: _Text, today: date) -> list[Item]:
    """Return the counts; `tikpat` repeats the one before it."""
    text, cut = whole.text, whole.cut
    found = tree_counts(text, cut, find_dates(text, today, cut))
    items = [_count(whole, number.start, number.end, number.value) for number in found]
    if 0 < len(cut) - len(items) <= 4 or len(cut) == len(items):
        spoken = [word for place, word in enumerate(cut) if not any(item.first <= place <= item.last for item in items)]
        if all(word.folded in _ALONE for word in spoken):
            items = [item._replace(alone=True) for item in items]
    for word in cut:
        if word.folded in _AGAIN and (known := [item for item in items if item.end <= word.start]):
            items.append(_count(whole, word.start, word.end, known[-1].amount))
    return items


def _count(whole: _Text, start: int, end: int, amount: Amount | None) -> Item:
    text, cut = whole.text, whole.cut
    first = whole.starts[start]
    last = next(place for place in range(first, len(cut)) if cut[place].end >= end)
    near = [word.folded for word in cut[max(0, first - 3) : first] if not _PAUSE.search(text, word.end, start)]
    following = cut[last + 1] if last + 1 < len(cut) else None
    gap = text[end : following.start] if following else ""
    each = (bool(near) and near[-1] in _EACH) or (following is not None and following.folded.startswith("katr"))
    line = text.rfind("\n", 0, start) + 1
    per = each and len(near) > 1 and near[-2] in _PER
    per = per or (each and any(word.folded in _ROWS for word in cut[:first] if word.start >= line))
    return Item(
        kind="count",
        start=start,
        end=end,
        first=first,
        last=last,
        amount=None if per else amount,
        each=each,
        total=any(word in _TOTAL for word in near[-2:]),
        closes=following is None or bool(gap.strip(" ")),
        ordinal=text[end - 1].isdigit() and _ORDINAL.match(text, end) is not None,
        part=_is_part(near),
    )


_PAUSE = re.compile(r"[,;\n]")
_ORDINAL = re.compile(r"\.\s?[^\W\d_A-ZĀ-Ž]")


def _is_part(before: Sequence[str]) -> bool:
    """Whether `galvenokārt`, `no tiem`, `tai skaitā` stands before."""
    return any(word in _PART for word in before[-2:]) or " ".join(before[-2:]) in _AMONG


_AMONG = ("no tiem", "no tam", "no kuriem", "no kuram", "tai skaita")


# ----------------------------------------------------------------------------------------- words for trees, ties


def _with_general(whole: _Text, items: list[Item], general: Iterable[Found[TreeWord]]) -> list[Item]:
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


_AND = listed("un and и plus bet vai or или")
_SIGN_AND = re.compile(r"[+&]")
_LINK = re.compile(r"[-–—:=(→]")
_COMMA = re.compile(r"[,;\n)/]|\.\s")
_VERBS = vocabulary("stādīj- iestādīj- piestādīj- dēstīj- planted")
_INSIDE = _VERBS | vocabulary(
    "stādīt- iestādīt- piestādīt- dēstīt-"
    " ir bija būs tika tikai vēl arī kopā pavisam skaits skaitā kopskait- daudzums gab- gb stād- koc- kok-"
    " krūm- laikam varbūt pa katr- no a an of x daudz cm m gad- gabal- tad apmēram jau veseli veselas veselus"
    " līdz ap šim šiem šie šīs tātad visi visas sugas suga"
)
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


def _tie(whole: _Text, left: Item, right: Item) -> Tie:
    gap = whole.text[left.end : right.start]
    between = whole.cut[left.last + 1 : right.first]
    if any(word.folded in _AND for word in between) or _SIGN_AND.search(gap):
        return "and"
    if left.kind == "count" and gap.startswith(". ") and whole.text[left.end - 1].isalpha():
        gap = gap[1:]  # tūkst., gab.
    if _COMMA.search(gap):
        return "comma"
    strange = [word for word in between if not word.is_number and word.folded not in _INSIDE]
    if left.kind == "count":
        tree = whole.cut[right.last].folded
        planted = any(word.folded in _VERBS for word in between)
        if planted or len(strange) > 2 or not all(_fits(word, tree) for word in strange):
            return "far"
    elif len(strange) > (3 if right.noun or right.each else 1 if right.closes else 0):
        return "far"
    return "link" if _LINK.search(gap) else "tight"


def _fits(word: Word, tree: str) -> bool:
    """Whether a word between a count and a tree agrees with the tree as its adjective does (`kuplas egles`)."""
    for ending, agreeing in _AGREES.items():
        if tree.endswith(ending):
            return word.folded.endswith((*agreeing, "lapu")) or word.text[0].isupper()
    return True  # other languages
