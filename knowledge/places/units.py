"""Parishes, municipalities and districts in a sentence: a genitive with *pagasts*, *novads*, *rajons* behind it."""

from collections.abc import Iterator

from knowledge.latvian.text import Word, fold
from knowledge.places import gazetteer
from knowledge.places.declension import cases_of, decline, is_spelt
from knowledge.places.gazetteer import Kind, Named
from knowledge.places.mention import Mention, Part, parts_of
from knowledge.places.sentence import Sentence
from knowledge.places.vocabulary import BODIES, LOCATIVE_ENDINGS, NEAR_PREPOSITIONS, NO_NAMES, UNIT_WORDS

_ANY: frozenset[Kind] = frozenset({"parish", "municipality", "former"})


def find_units(sentence: Sentence) -> dict[int, Mention]:
    """Return the units by the index of the word that begins them: `Sesavas un Elejas pagastā` are two."""
    found: dict[int, Mention] = {}
    for index, word in enumerate(sentence.words):
        kinds = UNIT_WORDS.get(word.folded)
        if kinds is None or index == 0 or sentence.after(index - 1) is None:
            continue
        name = sentence.words[index - 1]
        if name.is_number or name.folded in UNIT_WORDS or name.folded in NO_NAMES or _acts(sentence, index):
            continue
        parts = _parts(name, kinds)
        if parts and (sentence.answering or not sentence.is_elsewhere(index - 1)):
            found[index - 1] = Mention(start=name.start, end=word.end, level="unit", parts=parts)
            found.update(_listed_before(sentence, index - 1, kinds))
    return found


def _acts(sentence: Sentence, index: int) -> bool:
    """Whether a body follows the unit, unless it says where: *pie novada domes*, *pagasta skolā*."""
    body = sentence.after(index)
    if body is None or not body.folded.startswith(BODIES) or body.text.lower().endswith(LOCATIVE_ENDINGS):
        return False
    return sentence.preposition(index - 1) not in NEAR_PREPOSITIONS


def _parts(name: Word, kinds: frozenset[Kind]) -> tuple[Part, ...]:
    if kinds:
        return parts_of(_units(name, kinds)) or _municipality_of_town(name)
    # Before *pilsēta*, *ciems* the settlement stands in the genitive, or as it is called.
    return parts_of(tuple(row for row in gazetteer.settlements(name.folded) if cases_of(name.text, row.name)))


def _units(name: Word, kinds: frozenset[Kind]) -> tuple[Named, ...]:
    """Return the units that a name before a unit word means, with growing leniency."""
    exact = [row for row in gazetteer.units(name.folded) if is_spelt(name.text, _genitive(row))]
    rows = _present(row for row in exact if row.kind in kinds)
    if rows:
        return rows
    for settlement in gazetteer.settlements(name.folded):  # Ogre novads, Sesava pagasts
        rows = _present(row for row in gazetteer.units(fold(decline(settlement.name).genitive)) if row.kind in kinds)
        if rows:
            return rows
    if "district" not in kinds:
        rows = _present(row for row in exact if row.kind in _ANY)
        if rows:
            return rows  # a parish called a novads: people mix the two up
    return _present(gazetteer.resembling_unit(name.folded, kinds)) if len(name.folded) >= 5 else ()


def _present(rows: Iterator[Named] | tuple[Named, ...]) -> tuple[Named, ...]:
    """Leave out a former unit where a present one has its name."""
    every = tuple(rows)
    return tuple(row for row in every if row.kind in {"municipality", "parish"}) or every


def _municipality_of_town(name: Word) -> tuple[Part, ...]:
    """Return the municipality of a town that has no unit of its name: *Ogres pagasts* does not exist."""
    towns = [row for row in gazetteer.settlements(name.folded) if row.kind in {"city", "town"}]
    return tuple(Part(municipality=row.municipality, centre=row.centre) for row in towns)


def _listed_before(sentence: Sentence, index: int, kinds: frozenset[Kind]) -> Iterator[tuple[int, Mention]]:
    """Yield the names that share the unit word behind a list of them, whose last two an *un* joins."""
    joined = False
    while index >= 1:
        gap = sentence.text[sentence.words[index - 1].end : sentence.words[index].start].strip()
        step = 1
        if gap == "" and index >= 2 and sentence.words[index - 1].folded in {"un", "and"}:
            step, joined = 2, True
        elif gap != "," or not joined:
            return
        name = sentence.words[index - step]
        rows = tuple(
            row for row in gazetteer.units(name.folded) if row.kind in kinds and is_spelt(name.text, _genitive(row))
        )
        if not rows:
            return
        index -= step
        yield index, Mention(start=name.start, end=name.end, level="unit", parts=parts_of(rows))


def _genitive(row: Named) -> str:
    return row.name.rpartition(" ")[0]
