"""Counted things in a list of trees that no name we know is: told back, so that nothing is left out in silence."""

import re
from datetime import date

from knowledge.latvian.number_words import NUMERALS
from knowledge.latvian.text import Word, fold, words
from knowledge.plantings import find_plantings
from knowledge.species import find_species

_PARTS = re.compile(r"[,;\n]|\b(?:un|and|и)\b")
_ORDINAL = re.compile(r"\d\.\s*\w")  # „5. maijā”
_LONG = re.compile(r"\d[\d ]{6,}")  # a telephone
_ENDINGS = ("i", "as", "es", "is", "us", "u", "a", "e", "s")
_MOST = 2  # words of a name: „krūmu rozes”
_SHORTEST = 4  # letters
_ABOUT = frozenset(("ap", "kadas", "kadi", "apmeram", "aptuveni", "vel", "ari", "gab", "gb", "x", "pa"))
# Beginnings of what else is counted beside trees.
_NO_TREES = tuple(
    fold(
        "gad mēneš men dien stund min reiz metr hekt cent eiro eur litr kilo gab koc kok stād krūm cilv bērn"
        " skol klas ģimen vīr siev rind viet vec liel maz augst liet podu pod maj apr jan febr mart jūn jūl"
        " aug sept okt nov dec maks kaps tūkst simt milj procent nokalt iznīk dzīv sug šķirn dēl meit kaimiņ"
        " draug palīg darbin talc brīvpr zēn meiten skolot maij"
    ).split()
)


def find_unknown_trees(text: str, today: date) -> tuple[str, ...]:
    """Return the parts of a list („5 mellenes”, „ķiršplūme 3”) that hold a count and a noun, and were not read."""
    read = find_plantings(text, today)
    if not read:
        return ()
    begin, unknown = 0, []
    for cut in [*(match.span() for match in _PARTS.finditer(text)), (len(text), len(text))]:
        part, start = text[begin : cut[0]], begin
        begin = cut[1]
        heard = any(found.start < cut[0] and start < found.end for found in read)
        if not heard and _counts_something(part):
            unknown.append(part.strip(" .!?"))
    return tuple(unknown)


def _counts_something(part: str) -> bool:
    """Whether a part is one count and a short noun, in either order."""
    if _ORDINAL.search(part) or _LONG.search(part):
        return False
    said = [word for word in words(part) if word.folded not in _ABOUT]
    counts = [at for at, word in enumerate(said) if word.is_number or word.folded in NUMERALS]
    names = [word for at, word in enumerate(said) if at not in counts]
    if len(counts) != 1 or counts[0] not in {0, len(said) - 1} or not 0 < len(names) <= _MOST:
        return False
    return all(_may_name(word) for word in names) and not find_species(part)


def _may_name(word: Word) -> bool:
    plain = len(word.folded) >= _SHORTEST and word.text.isalpha() and word.text[0].islower()
    return plain and word.folded.endswith(_ENDINGS) and not word.folded.startswith(_NO_TREES)
