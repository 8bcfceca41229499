"""Reading how many: figures in any grouping, Latvian, English and Russian number words, ranges and vague amounts.

Read are cardinal numbers only. Ordinals (`5. klase`, `2021. gadā`), codes with letters or slashes (`LV-5001`,
`12/5`), telephone, cadastre and identity numbers, map coordinates and times are never amounts.
What a number counts (trees, hectares, children) is for the caller to see.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.found import Found
from knowledge.latvian.number_words import SHORT, Numeral
from knowledge.latvian.numerals import numeral
from knowledge.latvian.text import Word, fold, words
from knowledge.latvian.vocabulary import listed

# Figures that state no amount.
_CODE = re.compile(
    r"""
    (?<![\d+])\+\d[\d\s()-]{6,}\d                             # a telephone with its country code
  | (?<![\d.,])[26]\d[ -]?\d{3}[ -]?\d{3}(?![.,]?\d)          # a Latvian telephone
  | (?<![\d.,])\d{4}[ -]?\d{3}[ -]?\d{4}(?!\d)                # a cadastre number
  | (?<![\d.,])\d{6}[ -]\d{5}(?!\d)                           # an identity number
  | (?<![\d.,])\d{9,}                                         # any other long code
  | (?<![\d.,])\d{6}[,;]?[ ]\d{6}(?!\d)                       # LKS-92
  | (?<!\d)(?:5[5-8]|2[0-8])[.,](?:\d{4,}|\d{3,}\D{1,3}(?:5[5-8]|2[0-8])[.,]\d{3,})  # degrees with decimals
  | \d+\s*°[\d\s.,'"′″NSEWZA]*                                # degrees
  | \d(?:[A-Z]{2,}|mk)-[\w-]+                                 # 3MK-2026-000123
  | (?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)                     # a time
  | (?<![\d+])[0-4]\+[0-4](?![\d+])                           # years in the nursery: 2+1
  | (?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})(?!\d)  # a date
  | \d+\w?\s?/\s?\d+\w? | \d+(?:[.,]\d+)?\s?%                 # a share, a percentage
    """,
    re.VERBOSE,
)
_NET = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+")
_LINE_NUMBER = re.compile(r"^\s*\d{1,2}(?:\)|\.(?=\s)(?=\s*\D))", re.MULTILINE)
_SPACED = re.compile(r"(?<![\d.,])(?<!\d )[1-9]\d{0,2}(?:[ \xa0\u202f]\d{3})+(?![.,]?\d| \d)")
_TIMES = re.compile(r"(?<![\d.,])([1-9]\d{0,3})\s?[x×*]\s?([1-9]\d{0,3})(?![.,]?\d)", re.IGNORECASE)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*")
_DECIMAL = re.compile(r"(\d+)[.,](\d+)")
_ORDINAL = re.compile(r"\.(?:\s?[a-zāčēģīķļņšūža-яё]|[–—-])|-(?:t[aoāu]|aj|ais|gad)")
_NUMBER_SIGN = re.compile(r"(?:\bnr|№|#)\.?\s?$", re.IGNORECASE)
_RANGE_SIGN = re.compile(r"\s?(?:[-–—]|\.\.+|…)\s?")

_ABOUT = listed(
    "ap apm apmēram aptuveni kādi kāds kādas kādus kādu kādiem kādam kādām gandrīz teju cirka ca vidēji"
    " about around approximately roughly almost nearly circa около примерно почти"
)
# What stands just before a number and how it bounds it, by the last word of the phrase.
_BOUNDS: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _effect, _phrases in {
    "at least": "ne mazāk kā;ne mazāk par;ne mazāk nekā;vismaz;minimums;sākot no;at least;не менее",
    "at most": "ne vairāk kā;ne vairāk par;ne vairāk nekā;maksimums;līdz;up to;at most;не более;до",
    "more": "vairāk kā;vairāk nekā;vairāk par;virs;pāri;pārāk par;over;more than;больше;более;свыше",
    "fewer": "mazāk kā;mazāk nekā;mazāk par;zem;less than;fewer than;under;меньше;менее",
}.items():
    for _phrase in _phrases.split(";"):
        *_rest, _last = fold(_phrase).split()
        _BOUNDS.setdefault(_last, []).append((tuple(_rest), _effect))
        _BOUNDS[_last].sort(key=lambda bound: -len(bound[0]))  # ne mazāk kā before mazāk kā
# Words between the two ends of a range, with the words that may open it (empty: none needed).
_BETWEEN = {
    "lidz": ("", "no"),
    "un": ("starp",),
    "vai": ("",),
    "to": ("", "from"),
    "and": ("betwen",),  # folded
    "or": ("",),
    "до": ("", "от"),
    "или": ("",),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """How many: from `least` to `most`, both included; `most` is None where the words set no upper bound.

    `about` marks a number given as a rough one (`ap 200`, `gandrīz 300`): least and most are that number itself.
    """

    least: int
    most: int | None
    about: bool = False

    @property
    def exact(self) -> int | None:
        """The one number stated, or None where the words leave a range."""
        return self.least if self.least == self.most else None


def find_numbers(text: str, *, ordinals: bool = False, cut: Sequence[Word] | None = None) -> list[Found[Amount]]:
    """Return the cardinal numbers of a text in order; a range or a vague amount is one of them.

    `pāris` is 2 to 3, `daži` 2 to 9, `vairāki` 3 to 9, bare plurals like `simtiem` 2 to 9 of that size.
    With `ordinals` a number before a point and a small letter is read too: lists typed in haste look like that
    (`ozoli 50. liepas 20.`). `cut` are the words of the text, if known already.
    """
    cut = words(text) if cut is None else cut
    values = list(_values(text, cut, ordinals=ordinals))
    found: list[Found[Amount]] = []
    position = 0
    while position < len(values):
        value = values[position]
        if position + 1 < len(values) and (joined := _range(text, cut, value, values[position + 1])):
            value = joined
            position += 1
        found.append(_bounded(text, cut, value))
        position += 1
    return found


@dataclass(frozen=True, slots=True)
class _Value:
    """A number before its bounds are read: its first and last word, and its place in the text."""

    least: float
    most: float
    first: int
    last: int
    start: int
    end: int


def _range(text: str, cut: Sequence[Word], low: _Value, high: _Value) -> _Value | None:
    """Join `40-50`, `no 40 līdz 50`, `starp 40 un 50`, `2-3 simti`, `piecas sešas`; None where it is no range."""
    least, most, start = low.least, high.most, low.start
    if low.least != low.most or high.least != high.most:
        return None
    gap = text[low.end : high.start]
    opener = cut[low.first - 1].folded if low.first else ""
    if high.first == low.last + 2:
        between = cut[low.last + 1]
        openers = _BETWEEN.get(between.folded, ())
        if opener and opener in openers:
            start = cut[low.first - 1].start
        elif "" not in openers:
            return None
    elif _RANGE_SIGN.fullmatch(gap):
        start = cut[low.first - 1].start if opener == "no" else start
    elif gap != " " or cut[low.first].is_number or cut[high.last].is_number or not _follow(least, most):
        return None  # but piecas sešas, desmit divpadsmit, divi trīs simti
    scale = most / int(str(int(most)).rstrip("0") or 1) if most else 1
    if least < 10 <= scale and not cut[high.last].is_number:
        least *= scale
    return _Value(least, most, low.first, high.last, start, high.end) if least < most else None


def _follow(least: float, most: float) -> bool:
    """Whether two numbers are said in one breath as a guess, the second near enough; it may carry the hundreds."""
    if least < 10 and most >= 100:
        most /= 10 ** (len(str(int(most))) - 1)
    return least < most <= least * 1.5 + 1 < 100


def _bounded(text: str, cut: Sequence[Word], value: _Value) -> Found[Amount]:
    """Read `ap`, `vismaz`, `vairāk nekā` before the number and `+` after it."""
    start, first, about, effect = value.start, value.first, False, ""
    while first and text[cut[first - 1].end : start].strip() in ("", "~", "."):
        before = cut[first - 1]
        if before.folded in _ABOUT:
            about, first = True, first - 1
        elif not effect and (bound := _bound(cut, first)):
            effect, first = bound[0], first - bound[1]
        else:
            break
        start = cut[first].start
    about = about or text[max(0, start - 2) : start].rstrip().endswith("~")
    end = value.end
    if text[end : end + 1] == "+" and not text[end + 1 : end + 2].isdigit():
        effect, end = "at least", end + 1
    return Found(_amount(int(value.least), int(value.most), effect, about=about), start, end)


def _bound(cut: Sequence[Word], first: int) -> tuple[str, int] | None:
    before = cut[first - 1]
    for rest, effect in _BOUNDS.get(before.folded, ()):
        if tuple(word.folded for word in cut[max(0, first - 1 - len(rest)) : first - 1]) == rest:
            return effect, len(rest) + 1
    return None


def _amount(least: int, most: int, effect: str, *, about: bool) -> Amount:
    if effect == "at least":
        return Amount(least, None, about)
    if effect == "more":
        return Amount(least + 1, None, about)
    if effect == "at most":
        return Amount(min(1, most), most, about)
    if effect == "fewer":
        return Amount(min(1, most), max(most - 1, 0), about)
    return Amount(least, most, about)


def _values(text: str, cut: Sequence[Word], *, ordinals: bool) -> Iterator[_Value]:
    tokens = _tokens(text, cut, ordinals=ordinals)
    index = 0
    while index < len(cut):
        if tokens[index] is None:
            index += 1
            continue
        reader = _Reader(text, cut, tokens, index)
        value = reader.number()
        if value is not None:
            yield _Value(*value, index, reader.index - 1, cut[index].start, cut[reader.index - 1].end)
        index = max(reader.index, index + 1)


def _tokens(text: str, cut: Sequence[Word], *, ordinals: bool) -> list[Numeral | None]:
    """Return what each word is in a number, None for a word that is no part of one."""
    tokens: list[Numeral | None] = [None] * len(cut)
    masked: list[tuple[int, int]] | None = None
    for index, word in enumerate(cut):
        if tokens[index] is not None:
            continue
        if not word.is_number:
            tokens[index] = numeral(word.text, word.folded)
            continue
        if masked is None:
            masked = _masked(text, cut)
        if any(start <= word.start < end for start, end in masked) or not _counts(text, word):
            continue
        times = _TIMES.match(text, word.start)
        grouped = times or _SPACED.match(text, word.start)
        end, typed = (grouped.end(), grouped[0]) if grouped else (word.end, word.text)
        if not ordinals and _ORDINAL.match(text, end):
            continue
        tokens[index] = _product(int(times[1]), int(times[2])) if times else _digits(re.sub(r"\s", "", typed))
        while index + 1 < len(cut) and cut[index + 1].end <= end:
            index += 1  # noqa: PLW2901 # the further groups of `12 000` are marked here
            tokens[index] = _REST
    return tokens


_REST = Numeral("rest", 0, 0)


def _masked(text: str, cut: Sequence[Word]) -> list[tuple[int, int]]:
    spans = [match.span() for match in _LINE_NUMBER.finditer(text)]
    for word in cut:
        if word.is_number and (not spans or word.start >= spans[-1][1]):
            start = word.start - text.startswith("+", max(0, word.start - 1))
            if match := _CODE.match(text, start):
                spans.append(match.span())
    if "@" in text or "//" in text or "www." in text:
        spans += [match.span() for match in _NET.finditer(text)]
    return spans


def _counts(text: str, word: Word) -> bool:
    """Whether figures stand free: not part of a short code (A4, LV-5001; but `ozoli50`), not after `Nr` and a point."""
    before, after = text[max(0, word.start - 5) : word.start], text[word.end : word.end + 2]
    if before:
        letters = len(before) - len(before.rstrip("-–")) <= 1 and before.rstrip("-–")
        if before[-1] in "_/#№" or (before[-1].isdigit() and before[-1] not in "0123456789"):
            return False
        if letters and letters[-1].isalpha() and not letters[-4:].isalpha():
            return False
        if _NUMBER_SIGN.search(before):
            return False
    return not (after[:1].isalpha() and after[:1] not in "kgxKX" and not after[1:].isalpha())  # 5a, 7.b


def _product(rows: int, each: int) -> Numeral | None:
    """Return `3x40` as one number; `2x2` is how far apart trees stand."""
    return Numeral("digits", rows * each, rows * each) if max(rows, each) >= 10 else None


def _digits(typed: str) -> Numeral | None:
    if typed.isdecimal() and typed.isascii():
        return None if typed[0] == "0" and len(typed) > 1 else Numeral("digits", int(typed), int(typed))
    if _GROUPED.fullmatch(typed):
        value = int(re.sub(r"[.,]", "", typed))
        return Numeral("digits", value, value)
    if match := _DECIMAL.fullmatch(typed):
        part = float(f"{match[1]}.{match[2]}")
        return Numeral("part", part, part)
    return None


class _Reader:
    """A place in a row of number words that moves on as they are read: `[thousands] [hundreds] [tens] [units]`."""

    def __init__(self, text: str, cut: Sequence[Word], tokens: list[Numeral | None], index: int) -> None:
        self.text, self.cut, self.tokens = text, cut, tokens
        self.start = self.index = index

    def number(self) -> tuple[float, float] | None:
        """Read the number that begins here, None where the words make none (`2,5`, a lone `k`)."""
        value = self._group()
        thousand = self._take("scale", at_least=1000)
        if thousand is None:
            return self._whole(value)
        if value is None and self.cut[self.start].folded in SHORT:
            return None
        value = (value[0] * thousand.least, value[1] * thousand.least) if value else _alone(thousand)
        before = self.index
        rest = self._group()
        if rest is None or rest[1] >= 1000 or value[0] != value[1] or rest[0] != int(rest[0]):
            self.index = before
            return value
        return value[0] + rest[0], value[1] + rest[1]

    def _whole(self, value: tuple[float, float] | None) -> tuple[float, float] | None:
        """Refuse a decimal (`2,5`); `pusotrs` alone is one or two."""
        if value is None or value[0] == int(value[0]):
            return value
        return None if self.cut[self.start].is_number else (float(int(value[0])), float(int(value[1]) + 1))

    def _group(self) -> tuple[float, float] | None:
        """Read what may stand before `tūkstoši`, or a whole number below a thousand; figures may be larger."""
        if token := self._take("unit", "digits", "part", "few"):
            while self._take("rest"):
                pass
            scale = self._take("scale", below=1000)
            if scale is None:
                return token.least, token.most
            value = token.least * scale.least, token.most * scale.least
        elif token := self._take("scale", below=1000):
            value = _alone(token)
        elif token := self._take("hundreds", "whole"):
            value = token.least, token.most
        else:
            below = self._below_hundred()
            return (below, below) if below else None
        if value[0] == value[1] and value[0] % 100 == 0:
            below = self._below_hundred()
            value = value[0] + below, value[1] + below
        return value

    def _below_hundred(self) -> float:
        if self.index > self.start and self.index < len(self.cut) and self.cut[self.index].folded in ("and", "un"):
            self.index += 1  # two hundred and five, simtu un divdesmit
            value = self._below_hundred()
            self.index -= 0 if value else 1
            return value
        if teen := self._take("teen"):
            return teen.least
        tens = self._take("tens")
        unit = self._take("unit") if tens or self.index > self.start else None
        return (tens.least if tens else 0) + (unit.least if unit else 0)

    def _take(self, *kinds: str, below: float = 10**10, at_least: float = 0) -> Numeral | None:
        """Return the numeral that stands here and move on, if it is of these kinds and continues the number."""
        token = self.tokens[self.index] if self.index < len(self.tokens) else None
        if token is None or token.kind not in kinds:
            return None
        if token.kind == "scale" and not at_least <= token.least < below:
            return None
        if self.index > self.start:
            gap = self.text[self.cut[self.index - 1].end : self.cut[self.index].start]
            if (gap.strip() not in ("", "-") and gap != ". ") or "\n" in gap:
                return None
        self.index += 1
        return token


def _alone(scale: Numeral) -> tuple[float, float]:
    """`simts` is 100; `simti` and `simtiem` without a number before them are some hundreds."""
    return (2 * scale.least, 9 * scale.least) if scale.plural else (scale.least, scale.least)
