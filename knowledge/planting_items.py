"""The items of a message: each tree and each count in it, with what stands around it.

A tree that merely stands by (`pie vecā ozola`) or of which a part is meant (`ozolu zīles`) is none, nor is a count of
something else.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

from knowledge.counts import tree_counts
from knowledge.found import Found
from knowledge.latvian.calendar_words import LATVIAN as CALENDAR
from knowledge.latvian.clauses import Clause
from knowledge.latvian.dates import find_dates
from knowledge.latvian.number_words import NUMERALS, OTHER_LANGUAGES
from knowledge.latvian.numbers import Amount
from knowledge.latvian.text import Word
from knowledge.latvian.vocabulary import listed, vocabulary
from knowledge.species import SpeciesMention

Tie = Literal["first", "tight", "link", "and", "comma", "far"]


class Item(NamedTuple):
    """A count, a tree or a general word for trees in a sentence; `first` and `last` are its words.

    `tie` is how it hangs on the item before it: `tight` (only words that may stand inside one phrase between them),
    `link` (a dash, colon or bracket), `and`, `comma`, `far`. Of a count: `each` stands after `pa`, `total` after
    `kopā`, `noun` before `gab.` or `stādi`, `closes` where nothing follows that it could count, `ordinal` where it is
    written `50.`, `alone` where it is all of the message, `done` right after a verb of planting. Of a tree: `single`
    for one thing planted (`iestādīju ozolu`), `plural` where it may be several, `aside` in a clause that tells of
    something else while another tells of planting, `tail` where it is all that follows the last comma (`simts, varbūt
    vairāk, egles`), `label` after `suga:` or as a sentence of its own. `part` stands after `galvenokārt`, `no tiem`.
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
    done: bool = False
    single: bool = False
    plural: bool = False
    aside: bool = False
    tail: bool = False
    label: bool = False
    part: bool = False


class Message(NamedTuple):
    """A message with its words, its clauses and the place of each word's start and end in the words."""

    text: str
    cut: Sequence[Word]
    told: Sequence[Clause]
    starts: dict[int, int]
    ends: dict[int, int]

    def clause(self, place: int) -> Clause:
        """Return the clause that a place of the text lies in."""
        return next((clause for clause in self.told if clause.start <= place < clause.end), self.told[-1])


# Words that may stand inside one phrase between a count and its tree, and those that join two.
VERBS = vocabulary("stādīj- iestādīj- piestādīj- dēstīj- planted")
INSIDE = VERBS | vocabulary(
    "stādīt- iestādīt- piestādīt- dēstīt-"
    " ir bija būs tika tikai vēl arī kopā pavisam skaits skaitā kopskait- daudzums gab- gb stād- koc- kok-"
    " krūm- laikam varbūt pa katr- no a an of x daudz cm m gad- gabal- tad apmēram jau veseli veselas veselus"
    " līdz ap šim šiem šie šīs tiem tām tātad visi visas sugas suga"
)
AND = listed("un and и plus bet vai or или")


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


def tree_item(whole: Message, found: Found[SpeciesMention]) -> Item | None:
    """Return the tree, None where it is only a landmark or a part of a tree is meant."""
    text, cut, mention = whole.text, whole.cut, found.value
    first, last = whole.starts[found.start], whole.ends[found.end]
    before = [word.folded for word in cut[max(0, first - 2) : first] if "," not in text[word.end : found.start]]
    after = cut[last + 1].folded if last + 1 < len(cut) and text[found.end : cut[last + 1].start] == " " else ""
    counted = bool(first) and _is_numeral(cut[first - 1])
    genitive = not mention.cases.isdisjoint({"sg", "pg"})
    if mention.cases and mention.cases <= {"sl", "pl"}:
        return None
    if not counted and any(word in _BESIDE or word in _OLD for word in before):
        return None
    if genitive and after in _PART_OF_TREE:
        return None
    clause = whole.clause(found.start)
    numbered = any(map(_is_numeral, cut[max(0, first - 4) : first]))
    if not numbered and not clause.planted and (before[-1:] == ["par"] or _belongs_to(mention, after)):
        return None
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
        label=before[-1:] in (["suga"], ["sugas"]) or _stands_alone(text, found),
        tail=_TAIL_BEFORE.search(text, max(0, found.start - 12), found.start) is not None
        and _TAIL_AFTER.match(text, found.end) is not None,
        aside=not clause.planted and any(other.planted for other in whole.told) and _tells_else(whole, clause),
    )


def _stands_alone(text: str, found: Found[SpeciesMention]) -> bool:
    """Whether a tree is a sentence of its own, as in `Iestādīju 35 kokus. Ozoli`."""
    before = _ALONE_BEFORE.search(text, max(0, found.start - 16), found.start)
    return before is not None and _ALONE_AFTER.match(text, found.end) is not None


_ALONE_BEFORE = re.compile(r"[.!]\s+(?:(?:vis[iaā]s?|tie|tās)\s+)?(?:ir\s+)?$", re.IGNORECASE)
_ALONE_AFTER = re.compile(r"\s*(?:\.|$)")
_TAIL_BEFORE = re.compile(r",\s*(?:vis[iaā]s?\s+)?$")
_TAIL_AFTER = re.compile(r"\s*(?:[.!;\n)]|$)")


def _is_numeral(word: Word) -> bool:
    return word.is_number or word.folded in NUMERALS or word.text.lower() in OTHER_LANGUAGES


def _belongs_to(mention: SpeciesMention, after: str) -> bool:
    """Whether a tree in the genitive only says what the next word is made of: kļavu sīrups, egļu cūkas."""
    if not mention.cases or not mention.cases <= {"sg", "pg", "sa"} or not after.isascii() or not after.isalpha():
        return False
    return not (
        after in _WHOLE or after in INSIDE or after in _MANY or after in AND or after in CALENDAR or len(after) < 4
    )


def _single(whole: Message, last: int, mention: SpeciesMention, before: Sequence[str], after: str) -> bool:
    """Whether one tree is meant: `iestādīju ozolu`, `iestādīts ozols`, `an oak`; not `iestādīju ozolu aleju`."""
    clause = whole.clause(whole.cut[last].start)
    if "sa" in mention.cases and clause.planted and whole.cut[last].folded[-1] in "ui":
        attribute = after.endswith(("u", "us")) and "pg" in mention.cases and after not in CALENDAR
        return not (attribute or after in _WHOLE or (before and before[0] in _MANY))
    if "sn" not in mention.cases:
        return False
    if before and before[0] in ("a", "an"):
        return True
    return any(word.folded in _ONE_PLANTED for word in whole.cut if clause.start <= word.start < clause.end)


def _tells_else(whole: Message, clause: Clause) -> bool:
    """Whether a clause has so many words of its own that the tree in it is not just listed."""
    own = [word for word in whole.cut if clause.start <= word.start < clause.end and len(word.text) > 2]
    return sum(word.folded not in INSIDE and word.folded not in CALENDAR for word in own) >= 4


# ------------------------------------------------------------------------------------------------------- counts

_EACH = listed("pa katra katru katrs katrai katram each по")
_TOTAL = listed("kopā pavisam kopskaits kopskaitā kopumā summā total altogether всего итого")
_PER = vocabulary("katrs katram rind- vag- viet- mēs visi ģimen- bērn- skolēn- klas- kast- palet- maiss maisi maisos")
_ROWS = vocabulary("rind- vaga vagas vagu vagās vieta vietas vietu vietās")
_EVERYONE = listed("katrs katra katru katram katrai ikviens ikviena")
_PEOPLE = vocabulary(
    "mums mēs bērn- skolēn- skolniek- audzēkn- student- jauniet- klase klasei klasēm ģimen- cilvēk- person- dalībniek-"
    " kolēģ- darbiniek- mazbērn- biedr- kaimiņ- saimniecīb- komand- grup-"
)
_AGAIN = listed("tikpat столько")
_ALONE = listed(
    "kopā pavisam laikam varbūt tikai bija ir būs skaits skaitu skaitam mainīt labot uz jābūt jā koku koki"
    " kokus gab gabali gabalu ne domāju ka tur to tie sanāca precīzi tieši lūdzu paldies nu un apmēram ap kādi"
    " vispār labdien sveiki"
)
_PART = listed("galvenokārt pārsvarā pamatā pusi tostarp lielākoties visvairāk vairums mostly daļa")


def count_items(whole: Message, today: date) -> list[Item]:
    """Return the counts; `tikpat` repeats the one before it."""
    text, cut = whole.text, whole.cut
    found = tree_counts(text, cut, find_dates(text, today, cut))
    items = [_count(whole, number.start, number.end, number.value) for number in found]
    if 0 < len(cut) - len(items) <= 4 or len(cut) == len(items):
        counted = {place for item in items for place in range(item.first, item.last + 1)}
        if all(word.folded in _ALONE for place, word in enumerate(cut) if place not in counted):
            items = [item._replace(alone=True) for item in items]
    for word in cut:
        if word.folded in _AGAIN and (known := [item for item in items if item.end <= word.start]):
            items.append(_count(whole, word.start, word.end, known[-1].amount))
    return items


def _count(whole: Message, start: int, end: int, amount: Amount | None) -> Item:
    text, cut = whole.text, whole.cut
    first = whole.starts[start]
    last = next(place for place in range(first, len(cut)) if cut[place].end >= end)
    near = [word.folded for word in cut[max(0, first - 3) : first] if not _PAUSE.search(text, word.end, start)]
    following = cut[last + 1] if last + 1 < len(cut) else None
    gap = text[end : following.start] if following else ""
    each = (bool(near) and near[-1] in _EACH) or (following is not None and following.folded.startswith("katr"))
    line = text.rfind("\n", 0, start) + 1
    per = (each or near[-1:] == ["x"]) and len(near) > 1 and near[-2] in _PER
    per = per or (each and any(word.folded in _ROWS for word in cut[:first] if word.start >= line))
    total = any(word in _TOTAL for word in near[-2:])
    per = per or (not total and _by_everyone(whole, first))
    closes = following is None or bool(gap.strip(" "))
    return Item(
        kind="count",
        start=start,
        end=end,
        first=first,
        last=last,
        amount=None if per else amount,
        each=each,
        total=total or near[-1:] == ["skaits"],
        closes=closes,
        done=closes and _after_planting(near),
        ordinal=text[end - 1].isdigit() and _ORDINAL.match(text, end) is not None,
        part=_is_part(near),
    )


def _after_planting(near: Sequence[str]) -> bool:
    """Whether the last words before a count say that it was planted: `iestādījām tikai 640`."""
    last = next((word for word in reversed(near) if word not in _STRESS), "")
    return last in _DONE


_STRESS = listed("tikai reāli jau kopā pavisam vēl ap apmēram kādus kādas")
_DONE = VERBS | vocabulary("stādīt- iestādīt- piestādīt- sastādīj- sastādīt- apstādīj-")


def _by_everyone(whole: Message, first: int) -> bool:
    """Whether a count is what each of several people planted: `katrs bērns iestādīja vienu eglīti`."""
    cut = whole.cut
    for place in range(first - 1, max(first - 9, -1), -1):
        if _BREAK.search(whole.text, cut[place].end, cut[place + 1].start):
            return False
        if cut[place].folded in _EVERYONE:
            following = cut[place + 1 : place + 4]
            return any(word.folded in _PEOPLE or (not at and word.folded in VERBS) for at, word in enumerate(following))
    return False


_PAUSE = re.compile(r"[,;\n]")
_BREAK = re.compile(r"[,;.!?\n]")
_ORDINAL = re.compile(r"\.\s?[^\W\d_A-ZĀ-Ž]")


def _is_part(before: Sequence[str]) -> bool:
    """Whether `galvenokārt`, `no tiem`, `tai skaitā` stands before."""
    return any(word in _PART for word in before[-2:]) or " ".join(before[-2:]) in _AMONG


_AMONG = ("no tiem", "no tam", "no kuriem", "no kuram", "tai skaita")
