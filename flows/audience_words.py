"""Words by which coordinators say whom: what is known of them, and what says nothing by itself."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from flows.audience import DONE, LANGUAGE, WHO
from knowledge.latvian.text import fold, words

EVERYBODY = frozenset(
    ("visi", "visiem", "visas", "visus", "visu", "visa", "visam", "visai", "visos", "ikviens", "ikvienam", "all")
)
OTHERS = frozenset({"parejie", "parejiem", "citi", "citiem"})  # „Ogres novads un visi pārējie” is everybody
LEFT_OUT = ("iznem", "atskait", "talak", "bez", "nevis")  # „all but …” can't be said yet
# Words that narrow, though not by themselves: „visi mūsu novadā” is not everybody.
NARROWING = re.compile(
    r"(?:apkart|apkaim|radius|attalum|robez|tuv|tal|km|kilomet|viet|novad|pagast|pilset|valstspils|pasakum|registr|"
    r"stad|pieteik|sak|nepab|pabeig|ipasniek|valod|dal|organiz|noris|turien|grup)\w*"
)
# Those who own land have registered either way.
_LANDOWNERS = "ipasniek"
# Words that say nothing by themselves, by stem; they end what was understood of a sentence.
_FILLING = re.compile(
    r"(?:un|vai|kas|kam|kur[isaou]?|kur(?:iem|am|as)|tikai|t(?:ie|iem|as|am|o|ajos?|am)|ar|no|ap|ne|par|pie|gan|ka|vel|nav|"
    r"savu?|musu|taja|saja|sis|so|sim|siem|lidz|ludzu|"
    r"(?:cilvek|iedzivot|lietot|abonent|sanem|zin[auo]|sut|nosut|pazi[nņ]o|aicin|dzivo|atrod|rakst|"
    r"apkart|apkaim|radius|attalum|robez|ietvar|tuv|vairak|mazak|tal|km|kilomet|viet|novad|pagast|pilset|valstspils|"
    r"centr|latvij|vis[aiu]|registr|kok|stad|pieteik|sak|iesak|nepab|pabeig|ipasniek|zem|valod|vid|dal|organiz|pasakum|"
    r"noris|turien|saimniec|grup|audit)\w*)"
)


def who_of(line: str) -> tuple[str, ...]:
    """Return who is named in a line of folded words between spaces, in the order of WHO."""
    found = set(named(line, WHO, tuple(WHO)))
    if f" {_LANDOWNERS}" in line:
        found |= {"person", "company"}
    return tuple(code for code in WHO if code in found)


def named(line: str, known: Mapping[str, tuple[str, tuple[str, ...]]], order: tuple[str, ...]) -> Iterator[str]:
    """Yield the codes of a table that are named in a line of folded words between spaces."""
    return (code for code in order if any(f" {fold(stem)}" in line for stem in known[code][1]))


def is_role(folded: str) -> bool:
    """Whether a folded word says who people are."""
    return folded.startswith(tuple(stem for _, stems in WHO.values() for stem in stems))


def is_known(folded: str) -> bool:
    """Whether a folded word says whom, or nothing by itself."""
    stems = [stem for known in (DONE, LANGUAGE) for _, stems in known.values() for stem in stems if " " not in stem]
    return folded in EVERYBODY or is_role(folded) or folded.startswith(tuple(stems)) or bool(_FILLING.fullmatch(folded))


def runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where words stand together of which none is known."""
    for known, run in groupby(words(text), lambda word: word.is_number or is_known(word.folded)):
        if not known:
            together = list(run)
            yield together[0].start, together[-1].end
