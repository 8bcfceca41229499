"""Cadastre numbers, told apart from the other runs of eleven digits: a *personas kods*, a company's number.

A *kadastra numurs* (property) and a *kadastra apzīmējums* (land unit) are both eleven digits, usually written
4-3-4; a building has three more behind its land unit's. A *personas kods* is written 6-5; new ones begin with
32-39, old ones with the date of birth. What may be either is doubtful: somebody has to say which it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.found import Found


@dataclass(frozen=True, kw_only=True, slots=True)
class Cadastre:
    """Eleven digits of a property or land unit; `doubtful` when they may be a *personas kods* instead."""

    number: str
    doubtful: bool = False


_SEPARATOR = r"[ \u00a0]?[-–—./]?[ \u00a0]?"
_GROUPED = re.compile(
    rf"(?<![\d])(?<!\d[-–.,/])\d{{4}}(?P<one>{_SEPARATOR})\d{{3}}(?P<two>{_SEPARATOR})\d{{4}}"
    rf"(?:{_SEPARATOR}\d{{3}})?(?![\d]|[-–.,/]\d)"
)
_ELEVEN = re.compile(rf"(?:\d{_SEPARATOR}){{10}}\d")
_LOOSE = re.compile(rf"(?<!\d)(?:\d{_SEPARATOR}){{10,13}}\d(?!\d)")
_SIX_FIVE = re.compile(r"(?<!\d)\d{6}\s?[-–—]\s?\d{5}(?!\d)")
_LABEL = re.compile(
    r"(?:kadastr\w*|\bkad\b|zemes\s+vien[iī]b\w*|кадастр\w*|cadastr\w*)"
    r"(?:\W{0,3}(?:numur\w*|nr|n|apz[iī]m[eē]jum\w*|apz|num|number|no|номер\w*|ir|unit|kods|zemes|vien[iī]b\w*))*"
    r"\W{0,4}$",
    re.IGNORECASE,
)
_LABEL_HINTS = ("kad", "vien", "cad", "кад")  # a quick look before the slow one
_COMPANY = re.compile(
    r"\b(?:re[gģ]\w*\W{0,3}(?:numur\w*|nr|n)?|sia|uzņēmum\w*|uznemum\w*|pvn|vienotais)\b[^\n\d]{0,40}\W*(?:lv)?\W*$",
    re.IGNORECASE,
)
_REACH = 70  # letters before a number in which its label is looked for


def find_cadastre(text: str) -> list[Found[Cadastre]]:
    """Return the cadastre numbers in a text, in its order: certain ones and doubtful ones."""
    if not _ELEVEN.search(text):
        return []
    taken = [match.span() for match in _SIX_FIVE.finditer(text)]
    found = []
    for match in (*_GROUPED.finditer(text), *_labelled_loosely(text)):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        cadastre = _judge(text, match)
        if cadastre is not None:
            taken.append(match.span())
            found.append(Found(cadastre, match.start(), match.end()))
    return sorted(found, key=lambda item: item.start)


def may_be_personal(digits: str) -> bool:
    """Whether eleven digits can be a *personas kods*: they begin with 32-39 or with a date of birth (DDMMYY)."""
    return "32" <= digits[:2] <= "39" or ("01" <= digits[:2] <= "31" and "01" <= digits[2:4] <= "12")


def as_cadastre(digits: str) -> str | None:
    """Return eleven (or, of a building, fourteen) digits with any separators as a number; else nothing.

    For what a person has confirmed to be a cadastre number; the form dddddd-ddddd is refused all the same.
    """
    if _SIX_FIVE.search(digits):
        return None
    plain = re.sub(r"\D", "", digits)
    return plain[:11] if len(plain) in {11, 14} else None


def _labelled_loosely(text: str) -> Iterator[re.Match[str]]:
    """Yield runs with the digits grouped in any other way, where a label says what they are or nothing else is said."""
    for match in _LOOSE.finditer(text):
        if len(_digits(match)) in {11, 14} and (_labelled(text, match) or match[0] == text.strip(" .,\n")):
            yield match


def _judge(text: str, match: re.Match[str]) -> Cadastre | None:
    digits = _digits(match)
    number = digits[:11]
    labelled = _labelled(text, match)
    groups = match.groupdict()
    grouped = bool(groups.get("one") and groups.get("two"))
    if not labelled and not grouped:
        if _phone(text, match, digits):
            return None
        if number[0] in "459" and _COMPANY.search(text, max(0, match.start() - _REACH), match.start()):
            return None
    # Four and three and four is nobody's way to write a personas kods; with the word before it, it is certain.
    return Cadastre(number=number, doubtful=may_be_personal(number) and not (labelled and grouped))


def _labelled(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _REACH) : match.start()].lower()
    return any(hint in before for hint in _LABEL_HINTS) and _LABEL.search(before) is not None


def _phone(text: str, match: re.Match[str], digits: str) -> bool:
    before = text[max(0, match.start() - 2) : match.start()]
    return before.endswith(("+", "00")) or (len(digits) == 11 and digits.startswith("371") and digits[3] in "26")


def _digits(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match[0])
