"""Phrases: short patterns of words, found in text whatever its diacritics, and with room for endings and fillers.

A phrase is written as a person would say it, with a few marks:

    piezvaniet man          these words in this order, folded as the text is
    stādīj*                 a word that begins so; *reģistr* one that holds it
    gribu|vēlos             either word
    (lūdzu)                 the word may be missing
    ~                       up to three other words of the same sentence
    <n>                     a number in digits
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

import yaml

from knowledge.latvian.text import fold

# A number may end in the point of an ordinal (5. klase); a sentence doesn't end there.
_TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)(?:\.(?=\s*[a-zāčēģīķļņšūž]))?"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<sign>[👍👌✅👎❌🙏👋])"
    r"|(?P<stop>[.!?;\n]+)|(?P<comma>[,:()–—]|\s-\s|\.\.\.|…)"
)
_MARKS = {"stop": ".", "comma": ","}
_WORD = r"[^ .,]*"
_GAP = r"(?:[^ .]+ ){0,3}?"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number, or a mark (`.` ends a sentence, `,` a clause); `text[start:end]` of what it was cut from."""

    folded: str
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        """Whether it is punctuation."""
        return self.folded in {".", ","}


class Line:
    """A text as one folded line ` word word , word . `, each token with its place in the text."""

    def __init__(self, text: str) -> None:
        """Cut the text into tokens; `folded` holds them with a space before, between and after."""
        self.text = text
        self.tokens = [_token(match) for match in _TOKEN.finditer(text)]
        self.folded = " " + "".join([token.folded + " " for token in self.tokens])
        self._starts = list(accumulate((len(token.folded) + 1 for token in self.tokens), initial=1))[:-1]

    def begins(self, index: int) -> int:
        """Where token `index` begins in `folded`."""
        return self._starts[index] if index < len(self._starts) else len(self.folded)

    def index(self, position: int) -> int:
        """Which token stands at a position of `folded` (the number of tokens at its end)."""
        return bisect_right(self._starts, position) - 1 if position < len(self.folded) else len(self.tokens)

    def is_sentence_start(self, index: int) -> bool:
        """Whether no word of its sentence comes before token `index`."""
        return index == 0 or self.tokens[index - 1].folded == "."


@lru_cache(maxsize=16)  # several readers cut the same message and its sentences
def line_of(text: str) -> Line:
    """Cut a text, or return it as it was cut just now."""
    return Line(text)


def _token(match: re.Match[str]) -> Token:
    if match.lastgroup in _MARKS:
        return Token(_MARKS[match.lastgroup], match.start(), match.end())
    return Token(fold(match[0].rstrip(".")).replace("’", "").replace("'", ""), match.start(), match.end())


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: the kinds it belongs to, and the tokens `first` up to `last` (exclusive)."""

    kinds: tuple[str, ...]
    first: int
    last: int


class Phrasebook:
    """Phrases by kind, tried at a token of a line; where several fit, the one with the most words counts."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """Sort the phrases by their first two letters; one under several kinds yields them all, in that order."""
        kinds: dict[str, tuple[str, ...]] = {}
        for kind, listed in phrases.items():
            for phrase in listed:
                kinds[phrase] = (*kinds.get(phrase, ()), kind)
        self.phrases: Mapping[str, tuple[str, ...]] = kinds
        self._by_beginning: dict[str, list[str]] = {}
        for phrase in sorted(kinds, key=_weight, reverse=True):
            for beginning in _beginnings(phrase):
                self._by_beginning.setdefault(beginning, []).append(phrase)
        self._compiled: dict[str, re.Pattern[str]] = {}

    @classmethod
    def read(cls, file: Path, mode: str) -> "Phrasebook":
        """Read the phrases of one mode from a file of `kind: {mode: [phrase, ...]}`."""
        return cls({kind: modes.get(mode, ()) for kind, modes in _kinds(file).items()})

    def at(self, line: Line, index: int) -> Hit | None:
        """Return the phrase that begins at token `index`."""
        position = line.begins(index)
        for beginning in (line.tokens[index].folded[:2], "*"):
            phrases = self._by_beginning.get(beginning)
            match = self._first_of(beginning).match(line.folded, position) if phrases else None
            if phrases and match:
                return Hit(self.phrases[phrases[(match.lastindex or 1) - 1]], index, line.index(match.end()))
        return None

    def _first_of(self, beginning: str) -> re.Pattern[str]:
        """Compile, on first use, the phrases of a beginning into one pattern: of its groups the first that fits."""
        if beginning not in self._compiled:
            phrases = self._by_beginning[beginning]
            self._compiled[beginning] = re.compile("|".join(f"({pattern(phrase)})" for phrase in phrases))
        return self._compiled[beginning]

    def anywhere(self, line: Line) -> list[Hit]:
        """Return the phrases found, from left to right, none overlapping."""
        hits, index = [], 0
        while index < len(line.tokens):
            hit = self.at(line, index)
            if hit:
                hits.append(hit)
            index = hit.last if hit else index + 1
        return hits


@cache
def _kinds(file: Path) -> Mapping[str, Mapping[str, Sequence[str]]]:
    with file.open(encoding="utf-8") as opened:
        kinds: Mapping[str, Mapping[str, Sequence[str]]] = yaml.load(opened, Loader=yaml.CSafeLoader)
    return kinds


@cache
def pattern(phrase: str) -> str:
    """Turn a phrase into a pattern over `Line.folded`, to be tried where a token begins; it has no groups."""
    parts = []
    for written in phrase.split():
        if written == "~":
            parts.append(_GAP)
        elif written.startswith("("):
            parts.append(f"(?:{_any_of(written[1:-1])} )?")
        else:
            parts.append(_any_of(written) + " ")
    return "".join(parts)


def _any_of(written: str) -> str:
    """Return a pattern of one word out of `a|b*|<n>`."""
    words = []
    for word in written.split("|"):
        if word == "<n>":
            words.append(r"\d[\d.,]*")
        else:
            folded = "*".join(fold(piece.replace("'", "")) for piece in word.split("*"))
            words.append(re.escape(folded).replace(r"\*", _WORD))
    return f"(?:{'|'.join(words)})"


def _beginnings(phrase: str) -> set[str]:
    """Return the two letters a phrase may begin with; `*` where it may be any."""
    beginnings = set()
    for written in phrase.split():
        for word in written.strip("()").split("|"):
            known = fold(word.partition("*")[0].replace("'", ""))[:2]
            beginnings.add("*" if word in {"<n>", "~"} or (len(known) < 2 and "*" in word) else known)
        if not written.startswith("("):
            break
    return beginnings


def _weight(phrase: str) -> tuple[int, int]:
    """More words first, then more letters: `nē paldies` before `nē`."""
    must = [word for word in phrase.split() if word != "~" and not word.startswith("(")]
    return len(must), len(phrase)
