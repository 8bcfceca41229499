"""The five cases of a Latvian place name, by the rules of the declensions, and which of them a typed word can be.

Vocatives are left out: nobody writes one of a place. The rules were checked against the towns whose cases the
data list (all 81 agree, see the tests); a name of foreign shape (`Pavlovskoje`) stays as it is.
"""

from functools import lru_cache
from typing import NamedTuple

from knowledge.latvian.text import fold


class Cases(NamedTuple):
    """One name in the five cases a place is written in; equal where the language makes no difference."""

    nominative: str
    genitive: str
    dative: str
    accusative: str
    locative: str


# Endings by the ending of the nominative, longest first. ^ stands for a softened last consonant.
_ENDINGS = [
    ("pils", "pils pils pilij pili pilī"),
    ("is", "is ^a im i ī"),
    ("us", "us us um u ū"),
    ("as", "as u ām as ās"),
    ("es", "es ^u ēm es ēs"),
    ("s", "s a am u ā"),
    ("š", "š ša šam šu šā"),
    ("a", "a as ai u ā"),
    ("e", "e es ei i ē"),
    ("i", "i u iem us os"),
]
_ADJECTIVES = [
    ("ais", "ais ā ajam o ajā"),
    ("ie", "ie o ajiem os ajos"),
    ("ā", "ā ās ajai o ajā"),
    ("ās", "ās o ajām ās ajās"),
]
_SOFT = [
    ("ln", "ļņ"), ("sn", "šņ"), ("zn", "žņ"), ("ll", "ļļ"), ("nn", "ņņ"), ("dz", "dž"),
    ("b", "bj"), ("p", "pj"), ("m", "mj"), ("v", "vj"), ("t", "š"), ("d", "ž"), ("c", "č"),
    ("s", "š"), ("z", "ž"), ("n", "ņ"), ("l", "ļ"),
]  # fmt: skip
# Sixth declension in the plural: the nominative looks like the second declension's singular.
_PLURAL_IS = {"Cēsis": "is u īm is īs"}


@lru_cache(maxsize=2048)
def decline(name: str) -> Cases:
    """Return the cases of a place name given in the nominative; of several words the last one is declined.

    A definite adjective before it (`Jaunā muiža`) agrees; a genitive before it (`Garanu Šķaune`) stays.
    """
    *before, last = name.split(" ")
    if not before:
        return _decline_word(name)
    columns = [_decline_adjective(word) for word in before] + [_decline_word(last)]
    return Cases(*(" ".join(words) for words in zip(*columns, strict=True)))


def cases_of(typed: str, name: str) -> str:
    """Return the cases, as letters of NGDAL, that a typed word can be of a name; diacritics typed must agree."""
    cases = tuple(zip("NGDAL", decline(name), strict=True))
    if not typed.isascii():
        exact = "".join(letter for letter, case in cases if case.lower() == typed.lower())
        if exact:
            return exact
    folded = fold(typed)
    return "".join(letter for letter, case in cases if fold(case) == folded and is_spelt(typed, case))


def is_spelt(typed: str, form: str) -> bool:
    """Whether the diacritics that were typed are those of the form; left out ones don't matter."""
    if typed.isascii():
        return True
    marks = iter([letter for letter in form.lower() if not letter.isascii()])
    return all(letter in marks for letter in typed.lower() if not letter.isascii())


def _decline_word(word: str) -> Cases:
    if word in _PLURAL_IS:
        return _join(word[:-2], _PLURAL_IS[word])
    for ending, cases in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return _join(word[: -len(ending)], cases)
    return Cases(word, word, word, word, word)


def _decline_adjective(word: str) -> Cases:
    for ending, cases in _ADJECTIVES:
        if word.endswith(ending):
            return _join(word[: -len(ending)], cases)
    return Cases(word, word, word, word, word)


def _join(stem: str, endings: str) -> Cases:
    return Cases(*(_soften(stem) + end[1:] if end[0] == "^" else stem + end for end in endings.split(" ")))


def _soften(stem: str) -> str:
    for hard, soft in _SOFT:
        if stem.endswith(hard):
            return stem[: -len(hard)] + soft
    return stem
