"""Telling a name from the tree it is called after: Jānis Ozols, mājas „Liepas”, Ozolu iela, Bērzes pagasts.

Latvian surnames, farms, streets and parishes are trees more often than not, so a tree's name counts as a tree only
where nothing beside it says otherwise. Someone who writes everything in capitals or in small letters is still read.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from knowledge.latvian.declension import Cases, noun_forms
from knowledge.latvian.text import Word, fold, words

_QUOTED = re.compile(r"[„“”\"«][^„“”\"«»\n\d]{2,40}[“”\"»]")
_ADDRESS = re.compile(r"\s*,\s*[^,\d\n]{0,30}?\b(?:pag(?:asts)?|nov(?:ads)?|pilsēta|pilseta|ciems)\b|\s*,\s*LV\b", re.IGNORECASE)
_SIGNATURE = re.compile(r"(?:ar cie[nņ]u|cie[nņ][aā]|sveicien\w*|paldies|regards|с уважением)[\s,!.]*\Z", re.IGNORECASE)
_INITIAL = re.compile(r"(?:^|[\s,(])[A-ZĀČĒĢĪĶĻŅŠŪŽ]\.\s?$")

# Words after a name in the genitive (Ozolu iela, Bērzes pagasts, Ozola kundze).
_OF = frozenset(
    "iela ielas ielai ielu pagasts pagasta pagastam pag novads novada novadam nov ciems ciema prospekts prospekta"
    " bulvaris bulvara muiza muizas muizai stacija stacijas kapi kapos kapsetas kapseta skola skolas skolai kundze"
    " kundzei kundzes kundzi kungs kungam kunga kungu gimene gimenes gimenei pilskalns ezers ezera krogs parvads ielina"
    " lauks lielcels piena".split()
)
# Words before a farm or a person (mājas Ozoli, z/s Bērzi, kungs Ozols).
_CALLED = frozenset(
    "majas majam maju maja majvieta viensetas viensetu vienseta saimnieciba saimniecibas saimniecibu zs ipasums"
    " ipasuma ipasumu nosaukums nosaukumu adrese kungs kundze kungam kundzei uzvards vards sauc sauca seta setas"
    " biedriba fonds sia skolotaja skolotajs skolotajai agronome mezzine mezzinis".split()
)
_PLANTED = re.compile(r"(?:ie|pie|no|at|sa|ap)?(?:stad|desti)|ielik|sapotej|pirk|nopirk|registr|piere|pieteik")


def is_name(text: str, cut: Sequence[Word], index: int, cases: Cases, *, counted: bool) -> bool:
    """Whether the word at `index`, which could be a tree in these cases, is the name of someone or some place.

    `counted` says that a number stands beside it, which a name seldom has.
    """
    word = cut[index]
    capital = word.text[0].isupper()
    if capital and _in_quotes(text, word):
        return True
    following = cut[index + 1] if _beside(text, cut, index) else None
    before = cut[index - 1] if index and _beside(text, cut, index - 1) else None
    if following and following.folded in _OF and not cases.isdisjoint({"sg", "pg"}):
        return True
    if _person(text, cut, word, before, following, cases):
        return True
    if before and before.folded in _CALLED and (capital or not counted) and not cases.isdisjoint({"sn", "pn"}):
        return capital or before.folded not in ("majas", "maja", "setas")
    if not capital or (counted and not (before and before.folded in _CALLED)):
        return False
    if not cases.isdisjoint({"sn", "pn"}) and _ADDRESS.match(text, word.end):
        return True
    return _signed(text, word) or _capital_inside(text, cut, index, before)


def given_name(folded: str) -> bool:
    """Whether a folded word is a given name in some case."""
    return folded in _given_names()


def _person(text: str, cut: Sequence[Word], word: Word, before: Word | None, following: Word | None, cases: Cases) -> bool:
    if not any(case[0] == "s" for case in cases):
        return False
    if before and given_name(before.folded):
        if word.text[0].isupper():
            return True
        if before.text[0].islower() and "sn" in cases and before.folded not in _MONTHS_AND_TREES:
            return True
    if not word.text[0].isupper() or text.isupper():
        return False
    if _INITIAL.search(text, 0, word.start):
        return True
    if following and following.text[0].isupper() and following.text[0].isalpha():
        return given_name(word.folded) or given_name(following.folded) or "sn" in cases
    if given_name(word.folded) and "sn" in cases:  # Ieva
        return following is not None and following.text[0].islower()
    unknown = before and before.text[0].isupper() and before.folded[-1:] in ("a", "e", "s")
    return bool(unknown and "sn" in cases and before and not _PLANTED.match(before.folded) and len(before.text) > 3)


def _in_quotes(text: str, word: Word) -> bool:
    return any(
        match.start() < word.start and word.end < match.end() and len(match[0]) < len(text.strip())
        for match in _QUOTED.finditer(text)
    )


def _signed(text: str, word: Word) -> bool:
    """Whether the word opens the signature of a letter."""
    return _SIGNATURE.search(text, 0, word.start) is not None


def _capital_inside(text: str, cut: Sequence[Word], index: int, before: Word | None) -> bool:
    """Whether a capital stands where only a name has one: inside a sentence of small letters."""
    word = cut[index]
    if text.isupper() or not text[: word.start].strip() or re.search(r"[.!?:;\n–)•*-]\s*$", text[: word.start]):
        return False
    if before and _PLANTED.match(before.folded):
        return False
    others = [other for other in cut if other is not word and other.text[0].isalpha() and len(other.text) > 2]
    return sum(other.text[0].islower() for other in others) * 2 > len(others)


def _beside(text: str, cut: Sequence[Word], index: int) -> bool:
    """Whether the word after `index` is parted from it by a space only."""
    return index + 1 < len(cut) and text[cut[index].end : cut[index + 1].start].strip() in ("", "/")


@cache
def _given_names() -> frozenset[str]:
    listed = Path(__file__).with_name("given_names.txt").read_text("utf-8").splitlines()
    names = (word.text for line in listed if not line.startswith("#") for word in words(line))
    forms = {form for name in names if fold(name)[-1] in "sae" and not name.endswith("us") for form in noun_forms(name)}
    return frozenset(forms - _ALSO_WORDS)


# Forms of given names that are everyday words, in the shape people type them.
_MONTHS_AND_TREES = frozenset(("maija", "marta", "ieva", "ievas", "augusta", "viola", "lilija"))
_ALSO_WORDS = frozenset("mara maras rasa rasu rasas rota rotu sarma sarmu ata ira vera veru laime ausma vita vitu".split())
