"""Corrections: what a person takes back and what they put in its place (`nē, Cēsīs`; `ne 300, bet 320`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.found import Found
from knowledge.latvian.word_list import word_list
from knowledge.phrases import Hit, Line, Phrasebook, Token

_MOST_TOKENS = 16
_MOST_BARE = 4  # words after a bare "nē, …" that can still be a value

_DENIALS = frozenset(word_list("ne nea nope no нет"))
_FILE = Path(__file__).with_name("correction.yaml")
# What stands before the right value and says nothing: nē, tur bija 320.
_LEAD = frozenset(
    word_list(
        "bija ir jabut butu jabuna bus tas tie tur uz ka man vajadzeja jaraksta is its was to it the должно "
        "быть было на это koku , precizi ludzu jau stadiju iestadiju"
    )
)
_NOT_BEFORE = frozenset(word_list("ne nevis not не"))
_NOT_AFTER = frozenset(word_list("nevis not"))
_AUXILIARIES = frozenset(word_list("is are was were do does did can could will would has have had am be should must"))
_INFINITIVES = ("it", "et", "at", "ot", "ut", "kt", "st", "ities", "eties", "aties", "oties")
_BUT = frozenset(word_list("bet but а no"))
_TO = frozenset(word_list("uz to на"))
# Beginnings of the names of what may be changed.
_THINGS = tuple(
    word_list(
        "skait viet datum laik gadu gads gada sug kokus koki adres numur talrun telefon epast past vard "
        "uzvard foto bild atel kadastr novad pagast nosaukum organiz zemi zemes stadijum kontakt atbild veid "
        "number count place location date time year species name phone email photo picture kind количеств "
        "мест дат пород вид имя телефон номер год адрес"
    )
)
# A word that makes `nē, …` a statement rather than a value put right.
_STATEMENT = frozenset(
    word_list(
        "nav man mums mani musu es mes nebija neko nekas negribu nevelos nevajag nezinu neatceros gribu velos "
        "vajag vel velak tagad paldies ludzu jau tikai bet jo ja vai kas kur kad ka kapec not i we dont "
        "thanks have it that не у меня нас нету я мы спасибо tas viss citu labak"
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What was wrong, what is right, and what it is about; each with its place in the text, or None."""

    wrong: Found[str] | None = None
    right: Found[str] | None = None
    named: Found[str] | None = None


def find_correction(text: str) -> Correction | None:
    """Read a correction from a message of at most a sentence; None where it states none.

    The parts are cut out, not understood: whether `320` is a count, and which answer it replaces, is for the
    reader of the open questions to say. `Correction()` without parts is a person who says they erred, no more.
    """
    line = Line(text.rstrip(" .,;:!?\n"))
    if not line.tokens or len(line.tokens) > _MOST_TOKENS:
        return None
    denied = line.tokens[0].folded in _DENIALS and (len(line.tokens) == 1 or _is_denial(text, line.tokens))
    first = _past_marks(line, 1) if denied else 0
    return (
        _contrast(line, 0) or _contrast(line, first) or _change(line, first) or _admission(line, first, denied=denied)
    )


def _is_denial(text: str, tokens: Sequence[Token]) -> bool:
    """Tell `nē 320` from `ne ozoli`: by its long vowel, a mark after it, or the number that follows."""
    typed = text[tokens[0].start : tokens[0].end].lower()
    return typed != "ne" or tokens[1].is_mark or tokens[1].folded[0].isdigit()


def _contrast(line: Line, first: int) -> Correction | None:
    """`ne 300, bet 320`, `320, nevis 300`."""
    folded = [token.folded for token in line.tokens]
    first = _past_admissions(line, first)
    if first < len(folded) and folded[first] in _NOT_BEFORE:
        for index in range(first + 2, min(first + 7, len(folded) - 1)):
            if folded[index] in _BUT:
                return Correction(wrong=_part(line, first + 1, index), right=_part(line, index + 1))
        return None
    for index in range(first + 1, len(folded) - 1):
        if folded[index] in _NOT_AFTER or folded[index - 1 : index + 1] in (["un", "ne"], ["а", "не"]):
            before = index - 1 if folded[index - 1] in {"un", "а"} else index
            if _denies_a_verb(folded, index):
                return None
            if before - first <= 6 and len(folded) - index <= 5:
                return Correction(wrong=_part(line, index + 1), right=_part(line, first, before))
    return None


def _denies_a_verb(folded: Sequence[str], index: int) -> bool:
    """Tell `password is not accepted` and `nevis rakstīt ar roku`, which tell of an action, from a value put right."""
    if folded[index] == "not":
        return folded[index - 1] in _AUXILIARIES
    return folded[index + 1].endswith(_INFINITIVES) and len(folded[index + 1]) > 3


def _change(line: Line, first: int) -> Correction | None:
    """`mainīt skaitu`, `mainīt vietu uz Cēsīm`, `labot 300 uz 320`, `nepareizs skaits`, `skaits nepareizs`."""
    if first >= len(line.tokens):
        return None
    folded = [token.folded for token in line.tokens]
    if hit := _found("wrong", line, first):
        named = _thing(folded, hit.last)
        return Correction(named=_part(line, hit.last, named)) if named == len(folded) else None
    if (named := _thing(folded, first)) and named < len(folded) and (hit := _found("wrong", line, named)):
        return Correction(named=_part(line, first, named)) if hit.last == len(folded) else None
    hit = _found("change", line, first)
    if hit is None:
        return None
    start = _past_marks(line, hit.last)
    to = next((i for i in range(start, len(folded)) if folded[i] in _TO), None)
    if named := _thing(folded, start):
        if named < len(folded) and to is None and folded[named] != ",":
            return None
        return Correction(named=_part(line, start, named), right=_part(line, named if to is None else to + 1))
    if to is None:
        return Correction(right=_part(line, start))
    return Correction(wrong=_part(line, start, to), right=_part(line, to + 1))


def _admission(line: Line, first: int, *, denied: bool) -> Correction | None:
    """`kļūdījos, bija 320`, and the bare `nē, Cēsīs`."""
    start = _past_admissions(line, first)
    right = _part(line, start)
    if start > first:
        return Correction(right=right)
    folded = {token.folded for token in line.tokens[start:]}
    plain = right is not None and len(right.value.split()) <= _MOST_BARE and not folded & _STATEMENT
    return Correction(right=right) if denied and plain and "?" not in line.text else None


def _thing(folded: Sequence[str], start: int) -> int | None:
    """Return the end of the name of a thing that begins at `start` (`koku skaitu`, `telefona numuru`), or None."""
    for index in range(start, min(start + 3, len(folded))):
        if folded[index] in {",", "."} or folded[index] in _TO:
            return None
        if folded[index].startswith(_THINGS):
            follows = folded[index + 1] if index + 1 < len(folded) else ""
            if follows.startswith(_THINGS):
                return index + 2
            return None if follows and folded[index] == "koku" else index + 1
    return None


def _past_admissions(line: Line, start: int) -> int:
    while start < len(line.tokens) and (hit := _found("admitted", line, start)):
        start = _past_marks(line, hit.last)
    return start


def _past_marks(line: Line, start: int) -> int:
    while start < len(line.tokens) and line.tokens[start].is_mark:
        start += 1
    return start


def _part(line: Line, start: int, stop: int | None = None) -> Found[str] | None:
    """Cut the tokens out of the text, without the small words before them and the marks after."""
    stop = len(line.tokens) if stop is None else stop
    while start < stop and line.tokens[start].folded in _LEAD:
        start += 1
    while stop > start and line.tokens[stop - 1].is_mark:
        stop -= 1
    if start >= stop:
        return None
    begin, end = line.tokens[start].start, line.tokens[stop - 1].end
    return Found(line.text[begin:end], begin, end)


def _found(mode: str, line: Line, index: int) -> Hit | None:
    return _book(mode).at(line, index)


@cache
def _book(mode: str) -> Phrasebook:
    return Phrasebook.read(_FILE, mode)
