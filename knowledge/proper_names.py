"""Telling a name from the tree it is called after: Jānis Ozols, mājas „Liepas”, Ozolu iela, Bērzes pagasts.

Latvian surnames, farms, streets and parishes are trees more often than not, so a tree's name counts as a tree only
where nothing beside it says otherwise. Someone who writes everything in capitals or in small letters is still read.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from knowledge.latvian.declension import Cases
from knowledge.latvian.text import Word
from knowledge.latvian.vocabulary import listed, vocabulary

_QUOTED = re.compile(r"[„“”\"«][^„“”\"«»\n\d]{2,40}[“”\"»]")
_ADDRESS = re.compile(
    r"\s*,\s*[^,\d\n]{0,30}?\b(?:pag(?:asts)?|nov(?:ads)?|pilsēta|pilseta|ciems)\b|\s*,\s*LV\b", re.IGNORECASE
)
_SIGNATURE = re.compile(
    r"(?:ar cie[nņ]u|cie[nņ][aā]|sveicien\w*|paldies|regards|с уважением)[\s,!.]*(?:\w\.\s?)?\Z", re.IGNORECASE
)
_FORMAL = re.compile(r"(?:ar cie[nņ]u|regards|с уважением)[\s,!.]*(?:\w\.\s?)?\Z", re.IGNORECASE)
_NEAR = 60  # letters within which the words before a name can say what it is
_INITIAL = re.compile(r"(?:^|[\s,(])[A-ZĀČĒĢĪĶĻŅŠŪŽ]\.\s?$")

# Words after a name in the genitive (Ozolu iela, Bērzes pagasts, Ozola kundze).
_OF = listed(
    "iela ielas ielā ielai ielu pagasts pagasta pagastam pagastā pag novads novada novadam novadā nov ciems"
    " ciema ciemā prospekts prospekta prospektā bulvāris bulvāra bulvārī muiža muižas muižā muižai stacija"
    " stacijas stacijā kapi kapos kapsētas kapsēta skola skolas skolā skolai kundze kundzei kundzes kundzi"
    " kungs kungam kunga kungu ģimene ģimenes ģimenei pilskalns ezers ezera krogs parvads ieliņa"
)
# Words before a farm or a person (mājas Ozoli, z/s Bērzi, kungs Ozols).
_CALLED = listed(
    "mājas mājās mājām māja māju mājvieta viensētas viensētu viensēta saimniecība saimniecības saimniecību zs"
    " īpašums īpašuma īpašumu īpašumā nosaukums nosaukumu adrese kungs kundze kungam kundzei uzvārds vārds"
    " sauc saucas sēta sētas biedrība fonds sia skolotāja skolotājs skolotājai agronome mežzine mežzinis"
)
_PLANTED = vocabulary(
    "stād- iestād- piestād- nostād- sastād- apstād- dēst- iedēst- ielik- sapotēj- pirk- nopirk- reģistr-"
    " piereģistr- pieteik-"
)


def is_name(text: str, cut: Sequence[Word], index: int, cases: Cases, *, counted: bool) -> bool:
    """Whether the word at `index`, which could be a tree in these cases, is the name of someone or some place.

    `counted` says that a number stands beside it, which a name seldom has.
    """
    word = cut[index]
    capital = word.text[0].isupper()
    if _in_quotes(text, word) or _signed(text, word, formal=not capital):
        return True
    following = cut[index + 1] if _beside(text, cut, index) else None
    before = cut[index - 1] if index and _beside(text, cut, index - 1) else None
    if following and following.folded in _OF and not cases.isdisjoint({"sg", "pg"}):
        # „10 liepas skolas pagalmā” counts trees; „Liepas iela 10” has its number behind it.
        several = index > 0 and cut[index - 1].is_number and not cases.isdisjoint({"pn", "pa"})
        return capital or not several
    if _person(text, word, before, following, cases):
        return True
    if before and before.folded in _CALLED and (capital or not counted) and not cases.isdisjoint({"sn", "pn"}):
        beside = index > 1 and cut[index - 2].folded in ("pie", "ap", "gar", "aiz")  # pie mājas ozoli
        return capital or (not beside and text[word.end : word.end + 1] in ("", ",", "\n"))
    if not capital or (counted and not (before and before.folded in _CALLED)):
        return False
    if not cases.isdisjoint({"sn", "pn"}) and _ADDRESS.match(text, word.end):
        return True
    return _capital_inside(text, cut, index, before)


def given_name(folded: str) -> bool:
    """Whether a folded word is a given name in some case of the singular."""
    if folded in _ALSO_WORDS:
        return False
    stems = _name_stems()
    return any(folded.endswith(ending) and folded[: -len(ending)] in stems for ending in _ENDINGS)


def _person(text: str, word: Word, before: Word | None, following: Word | None, cases: Cases) -> bool:
    if not any(case[0] == "s" for case in cases):
        return False
    if before and given_name(before.folded):
        if word.text[0].isupper():
            return True
        if before.text[0].islower() and "sn" in cases and before.folded not in _MONTHS_AND_TREES:
            return True
    if not word.text[0].isupper() or text.isupper():
        return False
    if _INITIAL.search(text, max(0, word.start - _NEAR), word.start):
        return True
    if following and following.text[0].isupper() and following.text[0].isalpha():
        return given_name(word.folded) or given_name(following.folded) or "sn" in cases
    if word.folded == "ieva" and "sn" in cases:
        return following is not None and following.text[0].islower() and following.folded not in _SAID_OF_TREES
    unknown = before and before.text[0].isupper() and before.folded[-1:] in ("a", "e", "s")
    return bool(unknown and "sn" in cases and before and before.folded not in _PLANTED and len(before.text) > 3)


def _in_quotes(text: str, word: Word) -> bool:
    return any(match.start() < word.start and word.end < match.end() for match in _QUOTED.finditer(text))


def _signed(text: str, word: Word, *, formal: bool) -> bool:
    """Whether the word opens the signature of a letter; `formal` leaves out a mere thanks."""
    return (_FORMAL if formal else _SIGNATURE).search(text, max(0, word.start - _NEAR), word.start) is not None


def _capital_inside(text: str, cut: Sequence[Word], index: int, before: Word | None) -> bool:
    """Whether a capital stands where only a name has one: inside a sentence of small letters."""
    word = cut[index]
    if text.isupper() or not text[: word.start].strip() or re.search(r"[.!?:;\n–)•*-]\s*$", text[: word.start]):
        return False
    if before and before.folded in _PLANTED:
        return False
    others = [other for other in cut if other is not word and other.text[0].isalpha() and len(other.text) > 2]
    return sum(other.text[0].islower() for other in others) * 2 > len(others)


def _beside(text: str, cut: Sequence[Word], index: int) -> bool:
    """Whether the word after `index` is parted from it by a space only."""
    return index + 1 < len(cut) and text[cut[index].end : cut[index + 1].start].strip() in ("", "/")


@cache
def _name_stems() -> frozenset[str]:
    lines = Path(__file__).with_name("given_names.txt").read_text("utf-8").splitlines()
    names = listed(" ".join(line for line in lines if not line.startswith("#")))
    return frozenset(name[:-2] if name.endswith("is") else name[:-1] for name in names)


_ENDINGS = ("s", "is", "a", "am", "im", "u", "i", "as", "ai", "e", "es", "ei", "o")
# Forms of given names that are everyday words, in the shape people type them.
_ALSO_WORDS = listed(
    "mara māras rasa rasu rasas rota rotu sarma sarmu ata ira vera veru laimē vita vitu ina inas tali vari"
    " vara varu linu lina linas dana dati dina duna ella elli guna ilgi ilgu ilga jauna milda krista lauri"
    " laura lita lia magi nora noru rita ritu sanda solu vija viju zina zinu zinas toma tomi gaida gaidi gaidu"
    " auma uldi vili aija ieva mari mara astra juta jutu raita raiti"
)
# What stands after a bird cherry at the beginning of a sentence, and not after a woman called Ieva.
_SAID_OF_TREES = listed("un vai ir bija gab gabali stādīta iestādīta stādīts iestādīts aug viena divas trīs desmit")
_MONTHS_AND_TREES = listed("maija marta ieva ievas augusta viola lilija")
