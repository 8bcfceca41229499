"""Towns and villages in a sentence: which of its words mean one.

A name counts by its case and its company: a locative (*Cēsīs*), a preposition of place (*pie Cēsīm*), a noun of
place (*Cēsu pusē*). A genitive before anything else (*Liepājas tehnikums*) is a word, not a place. Villages and
names that are everyday words need more of this than towns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.latvian.text import fold
from knowledge.places import gazetteer
from knowledge.places.declension import cases_of
from knowledge.places.gazetteer import Kind, Named
from knowledge.places.mention import Mention, Part, parts_of
from knowledge.places.sentence import Sentence
from knowledge.places.vocabulary import (
    BODIES,
    IN_NOUNS,
    IN_PREPOSITIONS,
    LOCATIVE_NOUNS,
    NEAR_NOUNS,
    NEAR_PREPOSITIONS,
    OTHER_PREPOSITIONS,
    PLACE_PREPOSITIONS,
    WATERS,
)
from knowledge.proper_names import given_name

_TOWNS = frozenset[Kind]({"city", "town", "region"})
_CENTRES = frozenset[Kind]({"centre", "large", "land"})


def find_settlements(sentence: Sentence, units: Mapping[int, Mention], streets: Sequence[Mention]) -> list[Mention]:
    """Return the towns and villages that the words name, in their order, none of them part of a unit's name.

    Beside a unit or a street a village may stand in the nominative: `Dundaga, Talsu novads`.
    """
    anchors = [*streets, *units.values()]
    mentions: list[Mention] = []
    taken = -1
    for index, word in enumerate(sentence.words):
        if index in units:
            taken = units[index].end
        elif word.start >= taken and _may_name(sentence, index):
            mention = _settlement(sentence, index, anchors)
            if mention is not None:
                mentions.append(mention)
                taken = mention.end
    return mentions


def _may_name(sentence: Sentence, index: int) -> bool:
    """Whether it is worth looking at a word at all: most are no place's name nor resemble one."""
    word = sentence.words[index]
    if gazetteer.is_settlement(word.folded) or _may_be_misspelt(sentence, index):
        return True
    return word.text[0].isupper() and gazetteer.opens_name(word.folded)


def _settlement(sentence: Sentence, index: int, anchors: Sequence[Mention]) -> Mention | None:
    word = sentence.words[index]
    if word.text[0].isupper() and gazetteer.opens_name(word.folded):
        both = _of_two_words(sentence, index)
        if both is not None:
            return both
    meant = _meant(sentence, index)
    anchor = _anchor(sentence, index, anchors) if meant else None
    for rank in sorted({gazetteer.rank(row) for row, _ in meant}):
        rows = tuple(row for row, _ in meant if gazetteer.rank(row) >= rank)
        leading = [(row.kind, cases) for row, cases in meant if gazetteer.rank(row) == rank]
        kind = min(kind for kind, _ in leading)  # of equal rank the centre of a parish counts, not the part of a city
        cases = frozenset[str]().union(*(cases for _, cases in leading))
        if anchor is None and rank > 0 and _is_quoted(sentence, index) and not sentence.answering:
            return None  # „Avotiņi” is a house
        if anchor is not None and rank > 0 and word.text[0].isupper() and cases & {"N", "L"}:
            parts = _fitting(parts_of(rows), anchor)
            if parts:
                return Mention(start=word.start, end=word.end, level="settlement", parts=parts)
            if rank > 1:
                return None  # a hamlet's name that isn't one there is a house
        use = _use(sentence, index, kind, cases)
        if use is not None:
            return _mention(sentence, index, rows, use)
    return None


def _of_two_words(sentence: Sentence, index: int) -> Mention | None:
    word, following = sentence.words[index], sentence.after(index)
    if following is None or (sentence.opens(index) and not following.text[0].isupper()):
        return None
    rows = gazetteer.settlements(f"{word.folded} {following.folded}")
    return Mention(start=word.start, end=following.end, level="settlement", parts=parts_of(rows)) if rows else None


def _meant(sentence: Sentence, index: int) -> list[tuple[Named, frozenset[str]]]:
    """Return the settlements a word may name, each with the cases, as letters of NGDAL, it may be in."""
    word = sentence.words[index]
    meant = []
    for row in gazetteer.settlements(word.folded):
        cases = frozenset(cases_of(word.text, row.name))
        if sentence.marks and word.text.isascii() and cases >= {"N", "L"}:
            cases -= {"L"}  # the locative would have had its macron
        if cases:
            meant.append((row, cases))
    return meant or [(row, frozenset("NGL")) for row in _misspelt(sentence, index)]


def _anchor(sentence: Sentence, index: int, anchors: Sequence[Mention]) -> Mention | None:
    """Return the unit or street right beside the word, with at most a comma between."""
    word = sentence.words[index]
    for anchor in anchors:
        earlier = anchor.end <= word.start
        gap = sentence.text[anchor.end : word.start] if earlier else sentence.text[word.end : anchor.start]
        if gap.strip(' \n."„“”«»' if earlier else ' \n"“”»') in {"", ","}:
            return anchor
    return None


def _is_quoted(sentence: Sentence, index: int) -> bool:
    word = sentence.words[index]
    before, after = sentence.text[: word.start][-1:], sentence.text[word.end :][:1]
    return bool(before and before in "\"„“«'" and after and after in "\"“”»'")


def _fitting(parts: tuple[Part, ...], anchor: Mention) -> tuple[Part, ...]:
    """Keep the villages that lie in the unit beside them; in a parish only those listed there."""
    if anchor.level == "street":
        return parts
    return tuple(
        part
        for part in parts
        for unit in anchor.parts
        if part.municipality == unit.municipality
        and (unit.parish is None or unit.parish in {part.parish, part.likely_parish})
    )


@dataclass(frozen=True, slots=True)
class _Use:
    """How a name is used as a place; `noun` when the word behind belongs to it."""

    near: bool = False
    noun: bool = False


def _mention(sentence: Sentence, index: int, rows: tuple[Named, ...], use: _Use) -> Mention:
    word = sentence.words[index]
    end = sentence.words[index + 1].end if use.noun else word.end
    return Mention(start=word.start, end=end, level="settlement", parts=parts_of(rows, near=use.near))


def _use(sentence: Sentence, index: int, kind: Kind, cases: frozenset[str]) -> _Use | None:
    """Say how the word is used as a place: in it, or near it; nothing when it is not used so."""
    town, centre = kind in _TOWNS, kind in _CENTRES
    preposition = sentence.preposition(index)
    near = preposition in NEAR_PREPOSITIONS or sentence.is_close_to(index)
    whole = sentence.is_all(index)
    if sentence.answering and (whole or town) and cases & {"N", "G", "L"}:
        return _Use(near=near)
    weak = _is_weak(sentence, index, kind, cases, whole=whole)
    noun = _noun_of_place(sentence, index) if "G" in cases and (town or centre) else None
    if noun is not None and (not weak or sentence.has_capital(index)):
        return noun
    if weak or (preposition in OTHER_PREPOSITIONS and not near):
        return None
    if near:
        beside_water = centre and sentence.words[index].folded in WATERS
        return _Use(near=True) if (town or centre) and not beside_water else None
    if "N" in cases and _is_signature(sentence, index):
        return None
    if "L" in cases and (town or centre or (sentence.has_capital(index) and "N" not in cases)):
        return _Use()
    if "N" in cases and (preposition in IN_PREPOSITIONS or whole):
        return _Use()
    return _Use() if "N" in cases and town and not _is_other_nominative(sentence, index, cases) else None


def _noun_of_place(sentence: Sentence, index: int) -> _Use | None:
    """Return the use that a noun behind a genitive makes: `Cēsu pusē`, `Ogres parkā`, `pie Drustu skolas`."""
    noun = sentence.after(index)
    preposition = sentence.preposition(index)
    if noun is None or preposition in OTHER_PREPOSITIONS:
        return None
    if noun.folded in NEAR_NOUNS:
        return _Use(near=True, noun=True)
    beside = preposition in NEAR_PREPOSITIONS and noun.folded.startswith(BODIES)
    inside = noun.folded in IN_NOUNS or noun.text.lower() in LOCATIVE_NOUNS
    return _Use(noun=True) if beside or inside else None


def _is_weak(sentence: Sentence, index: int, kind: Kind, cases: frozenset[str], *, whole: bool) -> bool:
    """Whether the word is rather an everyday word: written small, or large only because it opens a sentence."""
    word, known = sentence.words[index], kind in _TOWNS | _CENTRES
    if whole and (known or word.text[0].isupper()):
        return False
    if not gazetteer.is_common_word(word.text.lower()):
        return False
    if not sentence.has_capital(index) or not known:
        return not sentence.has_capital(index) or sentence.opens(index)
    if "L" in cases and word.text.endswith(("os", "ās", "ū", "ā") if kind in _TOWNS else ("os", "ās", "ū")):
        return False
    ends_there = sentence.text[word.end : word.end + 1] in {",", ".", ";", "\n", ""}
    return sentence.opens(index) and not ends_there


def _is_signature(sentence: Sentence, index: int) -> bool:
    """Whether the word is rather the given name under what was written: `50 ozoli. Anna`."""
    word = sentence.words[index]
    above, below = sentence.text[: word.start].rstrip(" "), sentence.text[word.end :].strip(" \n.!")
    return bool(above) and above[-1] in ",.!?\n" and not below and given_name(word.folded)


def _is_other_nominative(sentence: Sentence, index: int, cases: frozenset[str]) -> bool:
    """Whether a nominative is rather a surname (*Jānis Dobele*) or the genitive of a noun (*Ventspils dome*)."""
    if not sentence.words[index].text[0].isupper() and not sentence.text.islower():
        return True
    if sentence.capitals and sentence.follows_name(index):
        return True
    noun = sentence.after(index)
    return "G" in cases and noun is not None and not noun.is_number and noun.text[0].islower()


def _may_be_misspelt(sentence: Sentence, index: int) -> bool:
    """Whether the word stands where a town would: with a capital inside a sentence, or after *pie*."""
    word = sentence.words[index]
    if len(word.folded) < 6 or word.is_number:
        return False
    previous = sentence.words[index - 1].folded if index else ""
    if not (sentence.answering or word.text[0].isupper() or previous in PLACE_PREPOSITIONS):
        return False
    if sentence.answering and sentence.is_all(index):
        return True
    if sentence.preposition(index) in PLACE_PREPOSITIONS:
        return True
    return sentence.has_capital(index) and not sentence.follows_name(index) and not sentence.opens(index)


def _misspelt(sentence: Sentence, index: int) -> tuple[Named, ...]:
    """Return the town that a word unknown to the gazetteer must mean."""
    word = sentence.words[index]
    if gazetteer.is_settlement(word.folded) or not word.folded.isascii() or not _may_be_misspelt(sentence, index):
        return ()
    if gazetteer.is_common_word(word.text.lower()):
        return ()  # Lielajā talkā
    rows = gazetteer.resembling_town(word.folded, oblique=sentence.preposition(index) in NEAR_PREPOSITIONS)
    return rows if rows and word.folded[0] == fold(rows[0].name)[0] else ()
