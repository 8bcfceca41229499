"""Words by which coordinators say whom: what is known of them, and what says nothing by itself."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from flows.audience import DONE, LANGUAGE, WHO
from knowledge.latvian.text import fold, words

EVERYBODY = frozenset(
    ("visi", "visiem", "visas", "visus", "visu", "visa", "visam", "visai", "visos", "visur", "ikviens", "ikvienam")
)
OTHERS = frozenset({"parejie", "parejiem", "citi", "citiem"})  # „Ogres novads un visi pārējie” is everybody
# What can't be said yet: „all but …”, „farther than …”.
LEFT_OUT = ("iznem", "atskait", "talak", "bez", "nevis", "vismaz", "virs")
# Words that narrow, though not by themselves: „visi mūsu novadā” is not everybody.
NARROWING = re.compile(
    r"(?:apkart|apkaim|radius|atalum|robez|tuv|tal|km|kilomet|viet|novad|pagast|pilset|valstspils|pasakum|registr|"
    r"kok|pabeig|ipasniek|valod|dalibniek|noris|turien)\w*"
)
# Those who own land have registered either way, and an organisation is whoever is no person.
_SEVERAL = {"ipasniek": ("person", "company"), "organizacij": ("company", "municipality", "school", "association")}
# Words that say nothing by themselves. Whole words, or nearly: a place beginning like one must not be lost („Vidzemē”).
_FILLING = re.compile(
    r"un|vai|kas|kam|kur|kuri|kuriem|kuras|kuram|tikai|tie|tiem|tas|tam|taja|tajos|ar|no|ap|ne|par|pa|pie|gan|ka|ko|vel|nav|bet|"
    r"savu|musu|saja|sis|so|sim|siem|to|lidz|ludzu|vairak|mazak|tuvu|tuvak|tuvum[aiu]|tuvej\w+|tuvak[ai]\w*|km|kilometr\w+|"
    r"cilvek\w{1,3}|iedzivotaj\w{1,3}|lietotaj\w{1,3}|abonent\w{1,3}|dalibniek\w{1,3}|sanem\w*|zin[au]s?|zinam|sut\w+|nosut\w+|"
    r"pazino\w*|aicin\w+|dzivo\w*|atrodas|raksta|rakstos\w+|apkart\w*|apkaim\w+|radius\w*|atalum\w+|robezas|ietvar\w+|"
    r"viet(?:[aus]|as|ai|am|ej\w+)|novad(?:[aius]|s|am|os|iem)|pagast(?:[aius]|s|am|os|iem)|pilset(?:[aus]|as|ai|am)|"
    r"valstspilset\w{1,2}|centr(?:s|[au]|am)|latvija|latvijas|latviju|latvijai|valod[au]|vidu|zemes?|zemju|meza|mezu|"
    r"registret|kok(?:us|i|u|iem)|pabeigus\w+|pasakum\w{1,3}|noris\w{1,2}|turien\w{1,2}|ipasniek\w{1,3}"
)


def who_of(line: str) -> tuple[str, ...]:
    """Return who is named in a line of folded words between spaces, in the order of WHO."""
    found = set(named(line, WHO, tuple(WHO)))
    for stem, codes in _SEVERAL.items():
        found |= set(codes) if f" {stem}" in line else set()
    return tuple(code for code in WHO if code in found)


def named(line: str, known: Mapping[str, tuple[str, tuple[str, ...]]], order: tuple[str, ...]) -> Iterator[str]:
    """Yield the codes of a table that are named in a line of folded words between spaces."""
    return (code for code in order if any(f" {fold(stem)}" in line for stem in known[code][1]))


def is_role(folded: str) -> bool:
    """Whether a folded word says who people are."""
    return folded.startswith((*_SEVERAL, *(stem for _, stems in WHO.values() for stem in stems)))


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
