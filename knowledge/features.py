"""What a text says, as features for the search: stems, concepts, what is asked, and pieces of words it doesn't know."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path

import yaml

from knowledge.latvian.stemming import stem
from knowledge.latvian.text import fold, words

_SYNONYMS = Path(__file__).with_name("synonyms.yaml")

# Names people write in pieces, and two words that mean one thing.
_NAMES = [
    (re.compile(r"\bmap[\s-]*my[\s-]*tr(?:ees?|ī|i)\b", re.IGNORECASE), "mapmytree"),
    (re.compile(r"\beu[\s-]*login|\beu[\s-]+l[a-z]{2,4}n", re.IGNORECASE), "eulogin"),
    (re.compile(r"\be-(?=pas|mail)", re.IGNORECASE), "e"),
    (re.compile(r"\b(?:man|m[ūu]+s|j[ūu]+s)[aāu]+\s+viet[aā]+\b", re.IGNORECASE), "manavieta"),
]
_YEAR = re.compile(r"(?:19|20)\d\d")
_GRAMS = (3,)
_GRAMS_OF_ALL = (3, 4, 5)
_BEGINNINGS = (4, 6)
_PAIRED = 14  # concepts; a longer text says more than its pairs could tell


@dataclass(frozen=True, slots=True)
class OfWord:
    """What one word says: itself, its concepts, the questions it asks, and the features it has by itself."""

    folded: str
    concepts: tuple[str, ...]
    asks: tuple[str, ...]
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says: its words, and all their features once each.

    `guessed` are the words, folded, that were read into it for others one letter off. The first letter of a feature
    tells its kind: `s` a stem, `b` the beginning of a word, `c` a concept, `p` two concepts, `q` a question word with
    a concept (*how* + *register* is not *why* + *register*), `w` a question word, `g` a character n-gram.
    """

    words: tuple[OfWord, ...]
    features: Mapping[str, None]
    guessed: frozenset[str]


def said(text: str, *, respell: Callable[[str], str] | None = None, concepts: bool = True) -> Said:
    """Read the features of a text; `respell` puts the word meant in the place of one that stands for no concept.

    Without `concepts` the words are taken as they are: the concepts are of trees and registrations.
    """
    for pattern, name in _NAMES:
        text = pattern.sub(name, text)
    read = [
        _of_number(word.folded) if word.is_number else _of_word(word.folded, concepts=concepts) for word in words(text)
    ]
    guessed = set()
    if respell:
        meant_words = [word if word.concepts else _of_word(respell(word.folded), concepts=concepts) for word in read]
        guessed = {meant.folded for meant, word in zip(meant_words, read, strict=True) if meant is not word}
        read = meant_words
    features: dict[str, None] = {}
    meant: dict[str, None] = {}
    asked: dict[str, None] = {}
    for word in read:
        features.update(dict.fromkeys(word.features))
        meant.update(dict.fromkeys(word.concepts))
        asked.update(dict.fromkeys(word.asks))
    features.update(_together(list(meant)[:_PAIRED], list(asked)))
    return Said(tuple(read), features, frozenset(guessed))


def beginnings() -> Iterable[str]:
    """Return what words of concepts begin with, folded."""
    _, begun, verbs = _synonyms()
    return [*begun, *(form for form in verbs if not form.endswith("$"))]


def _together(meant: Sequence[str], asked: Sequence[str]) -> dict[str, None]:
    """Return the features of words that stand in one text: a question with a concept, two concepts."""
    found = [f"w{question}" for question in asked]
    found += [f"q{question}+{concept}" for question in asked or ("",) for concept in meant]
    found += [f"p{one}+{other}" for one, other in combinations(sorted(meant), 2)]
    return dict.fromkeys(found)


def _of_number(folded: str) -> OfWord:
    concepts = ("year",) if _YEAR.fullmatch(folded) else ()
    return OfWord(folded, concepts, (), ("s0", *(f"c{concept}" for concept in concepts)))


@lru_cache(maxsize=10_000)
def _of_word(folded: str, *, concepts: bool) -> OfWord:
    meant = tuple(dict.fromkeys(_concepts(folded))) if concepts else ()
    features = [f"s{stem(_bare(folded))}", *(f"c{concept}" for concept in meant)]
    features += [f"b{folded[:length]}" for length in _BEGINNINGS if len(folded) >= length]
    if not meant:
        edged = f" {folded} "
        lengths = _GRAMS if concepts else _GRAMS_OF_ALL
        features += [f"g{edged[at : at + n]}" for n in lengths for at in range(len(edged) - n + 1)]
    return OfWord(folded, meant, _question_words().get(folded, ()), tuple(dict.fromkeys(features)))


_PREFIXES = ("pie", "ie", "no", "at", "iz", "pa", "sa", "uz", "ap", "par", "aiz")
_NOT_DEBITIVE = ("jaun", "jaut")  # jauns, jautājums
_LEAST_BARE = 5  # letters; less is another word: at-bild(e), no-tiek


def _bare(folded: str) -> str:
    """Take the prefixes off a verb, or what looks like one: `jaieskaita` -> `skaita`."""
    if folded[:2] in {"ja", "ne"} and len(folded) > 5 and folded[:4] not in _NOT_DEBITIVE:
        folded = folded[2:]
    for prefix in _PREFIXES:
        if folded.startswith(prefix) and len(folded) - len(prefix) >= _LEAST_BARE:
            return folded[len(prefix) :]
    return folded


def _concepts(folded: str) -> list[str]:
    """Return the concepts of a word: as it is, else without ja- and ne-."""
    found = _listed(folded)
    if not found and folded[:2] in {"ja", "ne"} and len(folded) > 4:
        found = _listed(folded[2:])
    return found


def _listed(form: str) -> list[str]:
    whole, beginnings, verbs = _synonyms()
    found = [*whole.get(form, ())]
    for length in range(2, len(form) + 1):
        found += beginnings.get(form[:length], ())
    for prefix in ("", *_PREFIXES):
        if form.startswith(prefix):
            bare = form[len(prefix) :]
            found += verbs.get(f"{bare}$", ())
            for length in range(2, len(bare) + 1):
                found += verbs.get(bare[:length], ())
    return found


@cache
def _synonyms() -> tuple[Mapping[str, list[str]], Mapping[str, list[str]], Mapping[str, list[str]]]:
    """Return the concepts by whole word, by the beginning of a word, and by that of a verb without its prefix.

    A verb of which only this form counts ends with `$`.
    """
    whole: dict[str, list[str]] = {}
    beginnings: dict[str, list[str]] = {}
    verbs: dict[str, list[str]] = {}
    with _SYNONYMS.open(encoding="utf-8") as file:
        for concept, listed in yaml.load(file, Loader=yaml.CSafeLoader).items():
            for written in listed:
                form, begins = fold(written.strip("-*")), written.endswith("*")
                if written.startswith("-"):
                    verbs.setdefault(form if begins else f"{form}$", []).append(concept)
                else:
                    (beginnings if begins else whole).setdefault(form, []).append(concept)
    return whole, beginnings, verbs


@cache
def _question_words() -> Mapping[str, tuple[str, ...]]:
    senses = {
        "how": "kā how как jādara darīt jārīkojas rīkoties",
        "may": "vai do does is are can may could можно ли могу",
        "who": "kas kurš kuram kurai who кто кому кого",
        "where": "kur kurp where где куда",
        "when": "kad kopš no when since from когда с",
        "how many": "cik сколько many much",
        "why": "kāpēc kādēļ kālab why почему зачем",
        "which": "kādi kādus kuri kurus kādas kāda kāds kādu kādiem which какие какой какая каких",
        "what": "ko kas what что чего",
    }
    found: dict[str, tuple[str, ...]] = {}
    for sense, listed in senses.items():
        for word in listed.split():
            found[fold(word)] = (*found.get(fold(word), ()), sense)
    return found
