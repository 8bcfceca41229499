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
from dataclasses import dataclass
from datetime import date

from knowledge.latvian.calendar_words import ENGLISH_MONTHS, LATVIAN, OTHERS
from knowledge.latvian.text import Word, words


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign on its way into a date; `text[start:end]` is what it was."""

    kind: str
    value: int
    start: int
    end: int
    upper: int = 0
    date: tuple[int | None, int, int | None] | None = None
    english: bool = False


def date_tokens(text: str, today: date) -> list[Token]:
    """Return the row of tokens of a text, years already joined; empty where nothing in it can be a date."""
    tokens = _row(text)
    if _SAYING.isdisjoint(token.kind for token in tokens):
        return []
    return _with_years(tokens, today)


_SAYING = frozenset("MmSsZGRWVKLEJDYzwBX12")
_NUMERIC = re.compile(
    r"""
    (?<![\d.,/])(?P<d>\d{1,2})\s?(?P<s>[./])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<y>\d{4}|\d{2})(?!\d|[.,/]\d)
  | (?<![\d.,/-])(?P<d2>\d{1,2})-(?P<m2>\d{1,2})-(?P<y2>(?:19|20)\d{2})(?![\d-])
  | (?<![\d.,/-])(?P<y3>(?:19|20)\d{2})(?P<s3>[./-])(?P<m3>\d{1,2})(?P=s3)(?P<d3>\d{1,2})(?!\d|[.,/-]\d)
  | (?<![\d.,/-])(?P<d4>\d{1,2})\.\s?(?P<m4>\d{2})\.(?!\s?\d)
  | (?<![\d.,/-])(?P<m5>0?[1-9]|1[0-2])[./](?P<y5>20\d{2})(?!\d|[.,/-]\d)
  | (?<![\d.,/-])(?P<first>20\d{2})\.?/(?:20)?(?P<last>\d{2})(?!\d|[.,/-]\d)
    """,
    re.VERBOSE,
)
_SUFFIX = re.compile(r"-?(?:t[oāa]|[tv]ajā|aj[āa]|ais|st|nd|rd|th|го|е|ого)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[!?;\n]|\.(?=\s+[A-ZĀ-ŽА-Я])")
_QUIET = re.compile(r"[\s„“”\"'«»()*_~]+")


def _row(text: str) -> list[Token]:
    tokens: list[Token] = []
    numeric = {match.start(): match for match in _NUMERIC.finditer(text)}
    end = 0
    for word in words(text):
        if word.start < end:
            continue
        gap = text[end : word.start]
        if gap not in ("", " "):
            tokens.extend(_signs(gap, end, tokens[-1].kind if tokens else "|"))
        if match := numeric.get(word.start):
            tokens.append(_numeric(match))
        elif word.is_number:
            tokens.append(_figures(text, word))
        else:
            tokens.append(_word(text, word))
        end = tokens[-1].end
    return tokens


def _signs(gap: str, start: int, before: str) -> list[Token]:
    """Return what stands between two words: nothing, a comma, a dash or the end of a sentence."""
    if before in "ozYmAGPL":
        gap = gap.removeprefix(".")  # the point of an ordinal or a short word
    if _SENTENCE_END.search(gap):
        return [Token("|", 0, start, start)]
    plain = _QUIET.sub("", gap)
    if not plain or plain == ":":
        return []
    if plain in ("-", "–", "—"):
        return [Token("c", 0, start, start + len(gap))]
    return [Token("," if plain == "," else "x", 0, start, start)]


def _numeric(match: re.Match[str]) -> Token:
    if match["first"]:  # 2022./2023. gada ziemā
        return Token("Y", int(match["first"]), match.start(), match.end(), upper=2000 + int(match["last"]))
    parts = {key[0]: int(value) for key, value in match.groupdict().items() if value and value.isdigit()}
    year = parts.get("y")
    if year is not None and year < 100:
        year += 2000 if year < 80 else 1900
    closed = year is not None and match.string[match.end() : match.end() + 1] == "."
    return Token("D", 0, match.start(), match.end() + closed, date=(year, parts["m"], parts.get("d")))


def _figures(text: str, word: Word) -> Token:
    """Tell a year and a day from other numbers; `LV-2021`, `2 021` and decimals are neither."""
    before, after = text[word.start - 1 : word.start], text[word.end : word.end + 1]
    plain = word.text.isdecimal() and word.text.isascii() and not before.isalnum() and before not in ("/", "_", "№", "#")
    if before == "-" and text[word.start - 2 : word.start - 1].isalpha():
        plain = False
    if len(word.text) < 4 and re.match(r"\s\d{3}(?!\d)", text[word.end : word.end + 5]):
        plain = False
    if plain and len(word.text) <= 2:
        if suffix := _SUFFIX.match(text, word.end):
            return Token("o", int(word.text), word.start, suffix.end())
        return Token("o" if after == "." else "n", int(word.text), word.start, word.end)
    if plain and len(word.text) == 4 and "1900" <= word.text <= "2099":
        return Token("z" if after == "." else "w", int(word.text), word.start, word.end)
    return Token("x", 0, word.start, word.end)


def _word(text: str, word: Word) -> Token:
    typed = word.text.lower().replace("ё", "е")
    known = LATVIAN.get(word.folded) or OTHERS.get(typed)
    if known is None:
        return Token("x", 0, word.start, word.end)
    kind = known.kind
    if kind == "M" and word.text[0].isupper() and _names_someone(text, word):
        kind = "m"
    english = typed in ENGLISH_MONTHS
    return Token(kind, known.value, word.start, word.end, upper=known.upper, english=english)


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


def _years_ago(count: Token | None, today: date) -> _Years | None:
    least, most = (count.value, max(count.value, count.upper)) if count else (1, 1)
    return (today.year - most, today.year - least) if most < 200 else None


_YEARS: list[tuple[re.Pattern[str], Callable[[Sequence[Token], date], _Years | None]]] = [
    (re.compile(r"[zw]G|G[zw]"), lambda row, _: _year(max(token.value for token in row))),
    (re.compile(r"YG?"), lambda row, _: (row[0].value, row[0].upper)),
    (re.compile(r"oG"), lambda row, today: _short_year(row[0].value, today)),
    (re.compile(r"AG"), lambda row, today: _year(today.year + row[0].value)),
    (re.compile(r"RG?"), lambda row, today: _year(today.year + row[0].value)),
    (re.compile(r"B[Nn]?G"), lambda row, today: _years_ago(row[1] if len(row) > 2 else None, today)),
    (re.compile(r"[Nn]?GX"), lambda row, today: _years_ago(row[0] if len(row) > 2 else None, today)),
    (re.compile(r"(?<=[Fi])[zw]|(?<=f)[zw](?=c)"), lambda row, _: _year(row[0].value)),
]


def _with_years(tokens: list[Token], today: date) -> list[Token]:
    kinds = "".join(token.kind for token in tokens)
    row: list[Token] = []
    index = 0
    while index < len(tokens):
        for pattern, meaning in _YEARS if kinds[index] in "zwYGoARBNn" else ():
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
