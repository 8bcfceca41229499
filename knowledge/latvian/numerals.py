"""What one word is in a number: a listed form, several written together, or one with a letter wrong."""

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.latvian.number_words import NUMERALS, OTHER_LANGUAGES, Numeral


@lru_cache(maxsize=8192)
def numeral(typed: str, folded: str) -> Numeral | None:
    """Return the part of a number that a word is, in Latvian by its folded form, else as typed; None for others."""
    return NUMERALS.get(folded) or OTHER_LANGUAGES.get(typed.lower().replace("ё", "е")) or _misspelt(folded)


def _misspelt(folded: str) -> Numeral | None:
    """Read number words written together or with one letter wrong: only long ones, short words are too alike."""
    if len(folded) < 7:
        return None
    if parts := _parts(folded):
        value = _sum_of(parts)
        return Numeral("whole", value, value)
    if len(folded) < 8:
        return None
    near = process.extractOne(folded, _LONG.get(folded[:3], ()), scorer=OSA.distance, score_cutoff=1)
    return NUMERALS[near[0]] if near and not folded.startswith(near[0]) else None  # not the ordinal divdesmitā


# A wrong letter is forgiven in these: no ordinary word is so near them (checked against a spelling dictionary).
_LONG: dict[str, list[str]] = {}
for _form in NUMERALS:
    if len(_form) >= 8 and _form.endswith(("padsmit", "desmit", "tukstosi", "tukstotis", "tukstosiem")):
        _LONG.setdefault(_form[:3], []).append(_form)


_LONGEST = 80  # letters, more than any number below a million has in one word


def _parts(folded: str) -> list[Numeral]:
    """Cut number words written together, longest first; empty where something else is in between.

    Where one ends with the letter the next begins with, folding has left one of the two: `desmit` and `trīs`.
    """
    if len(folded) > _LONGEST:
        return []
    for size in range(len(folded), 3, -1):
        if folded[:size] not in NUMERALS:
            continue
        part, rest = NUMERALS[folded[:size]], folded[size:]
        if not rest:
            return [part]
        if following := _parts(rest) or _parts(folded[size - 1] + rest):
            return [part, *following]
    return []


def _sum_of(parts: list[Numeral]) -> int:
    total = current = 0
    for part in parts:
        value = int(part.least)
        if part.kind == "scale" and value >= 1000:
            total, current = total + max(current, 1) * value, 0
        elif part.kind == "scale":
            current = max(current, 1) * value
        elif value >= 1000:  # divdesmit trīstūkstoši
            total, current = total + current * 1000 + value, 0
        else:
            current += value
    return total + current
