"""Cutting a text into what dates are made of: numeric dates, days, years and calendar words; the rest is gaps.

A token has the kind of its `CalendarWord`, or one of these:

    D  a numeric date (year, month, day; what it leaves out is None)
    o  an ordinal number of one or two digits      n  a plain one
    z  four digits and a point                     w  four digits
    Y  a year that is understood, `value` to `upper`: `2023. gada`, `pērn`, `pirms diviem gadiem`
    ,  a comma          |  the end of a sentence          x  anything else
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from knowledge.latvian.calendar_words import ENGLISH_MONTHS, LATVIAN, OTHERS, CalendarWord
from knowledge.latvian.text import Word


class Token(NamedTuple):
    """A word or sign on its way into a date; `text[start:end]` is what it was."""

    kind: str
    value: int
    start: int
    end: int
    upper: int = 0
    numeric: tuple[int | None, int, int | None] | None = None
    english: bool = False


def date_tokens(text: str, cut: Sequence[Word], today: date) -> list[Token]:
    """Return the row of tokens of a text, years already joined; empty where nothing in it can be a date."""
    tokens = _row(text, cut)
    if _SAYING.isdisjoint(token.kind for token in tokens):
        return []
    return _with_years(tokens, today)


_SAYING = frozenset("MmSsZGRWVKLEJDYzwBX123")
_GLUED = frozenset("MmSs")  # months and seasons
_NO_DAY = 99
_NUMERIC = re.compile(
    r"""
    (?<![\d.,/])(?P<d>\d{1,2})\s?(?P<s>[./])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<y>\d{4}|\d{2})(?!\d|[.,/]\d)
  | (?<![\d.,/-])(?P<d2>\d{1,2})-(?P<m2>\d{1,2})-(?P<y2>(?:19|20)\d{2})(?![\d-])
  | (?<![\d.,/-])(?P<y3>(?:19|20)\d{2})(?P<s3>[./-])(?P<m3>\d{1,2})(?P=s3)(?P<d3>\d{1,2})(?!\d|[.,/-]\d)
  | (?<![\d.,/-])(?P<y6>20\d{2})[.-](?P<m6>0[1-9]|1[0-2])(?!\d|[.,/-]\d|\s?[€%])
  | (?<![\d.,/-])(?P<d7>\d{1,2})\.\s?(?P<m7>I{1,3}|I?[VX]|VI{1,3}|XI{1,2})\.?\s?(?P<y7>20\d{2})(?![\d.,/-]?\d)
  | (?<![\d.,/-])(?P<d4>\d{1,2})\.\s?(?P<m4>\d{2})\.(?!\s?\d)
  | (?<![\d.,/-])(?P<m5>0?[1-9]|1[0-2])[./](?P<y5>20\d{2})(?!\d|[.,/-]\d)
  | (?<![\d.,/-])(?P<first>20\d{2})\.?/(?:20)?(?P<last>\d{2})(?!\d|[.,/-]\d)
    """,
    re.VERBOSE,
)
_ABOUT = frozenset(("kada", "kadiem", "kadam", "apmeram", "aptuveni", "ap", "vairak", "neka"))
_SUFFIX = re.compile(r"[.-]?(?:t[oāa]|ta[ij]s|[tv]aj[āa]|aj[āa]|ais|st|nd|rd|th|го|е|ого)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[!?;\n]|\.(?=\s+[A-ZĀ-ŽА-Я])")
_QUIET = re.compile(r"[\s„“”\"'«»()*_~]+")


_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def _row(text: str, cut: Sequence[Word]) -> list[Token]:
    tokens: list[Token] = []
    end = 0
    for word in cut:
        start = word.start
        if start < end:
            continue
        gap = text[end:start]
        if gap not in (" ", ""):
            tokens.extend(_signs(gap, end, tokens[-1].kind if tokens else "|"))
        if word.text[0] <= "9":
            glued = bool(tokens) and tokens[-1].end == start and tokens[-1].kind in _GLUED
            match = _NUMERIC.match(text, start)
            token = _numeric(match) if match else _figures(text, word, glued=glued)
            if glued and token.kind == "x":
                token = _slip(tokens.pop(), token, alone=len(cut) == 2)
        elif known := _known(word.text, word.folded):
            token = _word(text, word, known)
        else:
            end = word.end
            about = word.folded in _ABOUT and tokens and tokens[-1].kind == "B"  # pirms kādiem trim gadiem
            if not about and (not tokens or tokens[-1].kind != "x"):
                tokens.append(Token("x", 0, start, end))
            continue
        tokens.append(token)
        end = token.end
    return tokens


def _signs(gap: str, start: int, before: str) -> list[Token]:
    """Return what stands between two words: nothing, a comma, a dash or the end of a sentence."""
    if before in "ozYmAGPL" or (gap == "." and before in _GLUED):
        gap = gap.removeprefix(".")  # the point of an ordinal or a short word
    if _SENTENCE_END.search(gap):
        return [Token("|", 0, start, start)]
    plain = _QUIET.sub("", gap)
    if not plain or plain == ":":
        return []
    if plain in ("-", "–", "—"):
        return [Token("c", 1, start, start + len(gap))]
    if plain == "/":
        return [Token("u", 0, start, start)]
    return [Token("," if plain == "," else "x", 0, start, start)]


def _numeric(match: re.Match[str]) -> Token:
    if match["first"]:  # 2022./2023. gada ziemā
        return Token("Y", int(match["first"]), match.start(), match.end(), upper=2000 + int(match["last"]))
    parts = {key[0]: int(value) for key, value in match.groupdict().items() if value and value.isdigit()}
    if match["m7"]:
        parts["m"] = _ROMAN.index(match["m7"]) + 1
    year = parts.get("y")
    if year is not None and year < 100:
        year += 2000 if year < 80 else 1900
    closed = year is not None and match.string[match.end() : match.end() + 1] == "."
    return Token("D", 0, match.start(), match.end() + closed, numeric=(year, parts["m"], parts.get("d")))


def _figures(text: str, word: Word, *, glued: bool) -> Token:
    """Tell a year and a day from other numbers; `LV-2021`, `2 021` and decimals are neither.

    What is `glued` to a month or a season can only be a year: `maijs2023`.
    """
    before, after = text[word.start - 1 : word.start], text[word.end : word.end + 1]
    plain = (
        word.text.isdecimal() and word.text.isascii() and not before.isalnum() and before not in ("/", "_", "№", "#")
    )
    if before == "-" and text[word.start - 2 : word.start - 1].isalpha():
        plain = False
    if glued:
        plain = len(word.text) == 4
    if len(word.text) < 4 and re.match(r"\s\d{3}(?!\d)", text[word.end : word.end + 5]):
        plain = False
    if plain and len(word.text) <= 2:
        if suffix := _SUFFIX.match(text, word.end):
            return Token("o", int(word.text), word.start, suffix.end())
        return Token("o" if after == "." else "n", int(word.text), word.start, word.end)
    if plain and len(word.text) == 4 and "1900" <= word.text <= "2099":
        return Token("z" if after == "." else "w", int(word.text), word.start, word.end)
    return Token("x", 0, word.start, word.end)


def _slip(month: Token, figures: Token, *, alone: bool) -> Token:
    """Make no April of `aprīlis32`: standing `alone` it is a day that does not exist, elsewhere any word."""
    if alone and month.kind in "Mm":
        return Token("D", 0, month.start, figures.end, numeric=(None, month.value, _NO_DAY))
    return figures._replace(start=month.start)


@lru_cache(maxsize=8192)
def _known(typed: str, folded: str) -> CalendarWord | None:
    return LATVIAN.get(folded) or OTHERS.get(typed.lower().replace("ё", "е"))


def _word(text: str, word: Word, known: CalendarWord) -> Token:
    kind = known.kind
    if kind == "M" and word.text[0].isupper() and _names_someone(text, word):
        kind = "m"
    english = kind in "Mm" and word.text.lower() in ENGLISH_MONTHS
    return Token(kind, known.value, word.start, word.end, known.upper, None, english)


def _names_someone(text: str, word: Word) -> bool:
    """`Maija`, `Augusts`, `Marta` with a capital may be people: they then need a day or a year beside them."""
    if text.isupper() or word.text.lower() in ENGLISH_MONTHS:
        return False
    before = text[: word.start].rstrip(" ")
    starts = not before or before[-1] in ".!?\n:–-"
    return not starts or text[word.end : word.end + 2].lstrip(" ")[:1].isupper()


_Years = tuple[int, int]


def _year(year: int) -> _Years:
    return year, year


def _short_year(value: int, today: date) -> _Years | None:
    """`21. gadā` is 2021; `5. gadā` and `60. gados` are not years of planting."""
    return _year(2000 + value) if 10 <= value <= today.year % 100 + 5 else None


def _year_in_words(row: Sequence[Token]) -> _Years | None:
    """`divdesmit trešajā gadā`, `divtūkstoš divdesmit trešajā gadā`; the eleventh year of something is none."""
    value = sum(token.value for token in row if token.kind == "O" or (token.kind == "N" and token.value >= 20))
    return _year(2000 + value) if 20 <= value < 50 else None


def _years_ago(count: Token | None, today: date) -> _Years | None:
    least, most = (count.value, max(count.value, count.upper)) if count else (1, 1)
    return (today.year - most, today.year - least) if most < 200 else None


_YEARS: list[tuple[re.Pattern[str], Callable[[Sequence[Token], date], _Years | None]]] = [
    (re.compile(r"[zw]G|G[zw]"), lambda row, _: _year(max(token.value for token in row))),
    (re.compile(r"YG?"), lambda row, _: (row[0].value, row[0].upper)),
    (re.compile(r"oG|nG(?=[MSs]|[on]M)"), lambda row, today: _short_year(row[0].value, today)),
    (re.compile(r"(?:N?3)?NOG|3NO|(?:N?3)?OG"), lambda row, _: _year_in_words(row)),
    (re.compile(r"AG"), lambda row, today: _year(today.year + row[0].value)),
    (re.compile(r"RG?"), lambda row, today: _year(today.year + row[0].value)),
    (re.compile(r"BG[Nn]"), lambda row, today: _years_ago(row[2], today)),
    (re.compile(r"G[Nn]X"), lambda row, today: _years_ago(row[1], today)),
    (re.compile(r"B[Nn]?G"), lambda row, today: _years_ago(row[1] if len(row) > 2 else None, today)),
    (re.compile(r"[Nn]?GX"), lambda row, today: _years_ago(row[0] if len(row) > 2 else None, today)),
    (re.compile(r"(?<=[Fi])[zw]|(?<=f)[zw](?=c)"), lambda row, _: _year(row[0].value)),
]


_OF_YEARS = frozenset("zwYGoARBNn3O")


def _with_years(tokens: list[Token], today: date) -> list[Token]:
    kinds = "".join(token.kind for token in tokens)
    row: list[Token] = []
    index = 0
    while index < len(tokens):
        for pattern, meaning in _YEARS if kinds[index] in _OF_YEARS else ():
            match = pattern.match(kinds, index)
            years = meaning(tokens[index : match.end()], today) if match else None
            if match and years:
                last = tokens[match.end() - 1]
                row.append(Token("Y", years[0], tokens[index].start, last.end, upper=years[1]))
                index = match.end()
                break
        else:
            row.append(tokens[index])
            index += 1
    return row
