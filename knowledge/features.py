"""What a text says, as features for the search: stems, concepts, question words and character n-grams."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from knowledge.latvian.stemming import stem
from knowledge.latvian.text import fold, words

_SYNONYMS = Path(__file__).with_name("synonyms.yaml")

# Names people write in pieces.
_NAMES = [
    (re.compile(r"\bmap[\s-]*my[\s-]*tr(?:ees?|ī|i)\b", re.IGNORECASE), "mapmytree"),
    (re.compile(r"\beu[\s-]*login", re.IGNORECASE), "eulogin"),
    (re.compile(r"\be-pas", re.IGNORECASE), "epas"),
]
_YEAR = re.compile(r"(?:19|20)\d\d")
_GRAMS = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class OfWord:
    """What one word says: itself, its stem, the concepts it stands for, the question it asks, its character n-grams."""

    folded: str
    stem: str
    concepts: tuple[str, ...]
    asks: tuple[str, ...]
    grams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says: its words, and all their features once each.

    `guessed` are the words, folded, that were read into it for others one letter off. The first letter of a feature
    tells its kind: `s` a stem, `c` a concept, `q` a question word with a concept (*how* + *register* is not
    *why* + *register*), `g` a character n-gram.
    """

    words: tuple[OfWord, ...]
    features: Mapping[str, None]
    guessed: frozenset[str]


def said(text: str, *, respell: Callable[[str], str] | None = None) -> Said:
    """Read the features of a text; `respell` puts the word meant in the place of one that stands for no concept."""
    for pattern, name in _NAMES:
        text = pattern.sub(name, text)
    read = [_of_number(word.folded) if word.is_number else _of_word(word.folded) for word in words(text)]
    guessed = set()
    if respell:
        meant_words = [word if word.concepts else _of_word(respell(word.folded)) for word in read]
        guessed = {meant.folded for meant, word in zip(meant_words, read, strict=True) if meant is not word}
        read = meant_words
    features: dict[str, None] = {}
    for word in read:
        features[word.stem] = None
        features.update(dict.fromkeys(word.concepts))
        features.update(dict.fromkeys(word.grams))
    meant = dict.fromkeys(concept for word in read for concept in word.concepts)
    for question in dict.fromkeys(question for word in read for question in word.asks) or ("",):
        features.update((f"q{question}+{concept}", None) for concept in meant)
    return Said(tuple(read), features, frozenset(guessed))


def _of_number(folded: str) -> OfWord:
    return OfWord(folded, "s0", ("cyear",) if _YEAR.fullmatch(folded) else (), (), ())


@lru_cache(maxsize=20_000)
def _of_word(folded: str) -> OfWord:
    edged = f" {folded} "
    grams = tuple(f"g{edged[i : i + n]}" for n in _GRAMS for i in range(len(edged) - n + 1))
    concepts = tuple(dict.fromkeys(f"c{name}" for name in _concepts(folded)))
    return OfWord(folded, f"s{stem(_bare(folded))}", concepts, _question_words().get(folded, ()), grams)


_PREFIXES = ("pie", "ie", "no", "at", "iz", "pa", "sa", "uz", "ap", "par")


def _bare(folded: str) -> str:
    """Take the prefixes off a verb, or what looks like one: `jaieskaita` -> `skaita`."""
    if folded[:2] in {"ja", "ne"} and len(folded) > 5:
        folded = folded[2:]
    for prefix in _PREFIXES:
        if folded.startswith(prefix) and len(folded) - len(prefix) >= 4:
            return folded[len(prefix) :]
    return folded


def _concepts(folded: str) -> Iterator[str]:
    """Yield the concepts of a word, read with its prefixes and without."""
    whole, beginnings = _synonyms()
    for form in {folded: 0, _bare(folded): 0}:
        yield from whole.get(form, ())
        for length in range(2, len(form) + 1):
            yield from beginnings.get(form[:length], ())


@cache
def _synonyms() -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    """Return the concepts by whole word, and by the beginning of a word."""
    whole: dict[str, list[str]] = {}
    beginnings: dict[str, list[str]] = {}
    with _SYNONYMS.open(encoding="utf-8") as file:
        for concept, listed in yaml.load(file, Loader=yaml.CSafeLoader).items():
            for written in listed:
                target = beginnings if written.endswith("*") else whole
                target.setdefault(fold(written.rstrip("*")), []).append(concept)
    return whole, beginnings


@cache
def _question_words() -> Mapping[str, tuple[str, ...]]:
    senses = {
        "how": "kā how как jādara darīt jārīkojas rīkoties",
        "may": "vai do does is are can may could можно ли могу",
        "who": "kas kurš kuram kurai who кто кому кого",
        "where": "kur kurp where где куда",
        "when": "kad kopš no when since from когда с",
        "how many": "cik сколько many much",
        "why": "kāpēc kādēļ why почему зачем",
        "which": "kādi kādus kuri kurus kādas kāda kāds kādu kādiem which какие какой какая каких",
        "what": "ko kas what что чего",
    }
    found: dict[str, tuple[str, ...]] = {}
    for sense, listed in senses.items():
        for word in listed.split():
            found[fold(word)] = (*found.get(fold(word), ()), sense)
    return found
