"""Telling what a sentence does with what it names: tells of it, asks about it, plans it, denies it, mourns it.

`Iestādīju 60 egles, 10 nokalta; rudenī stādīšu ozolus` tells of 60 spruces only. The verbs known here are those of
planting and registering trees.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.latvian.number_words import NUMERALS
from knowledge.latvian.text import Word, words

Mood = Literal["told", "asked", "planned", "denied", "lost"]


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text with one mood; `sentence` counts the sentences, `planted` says a planting verb is in it."""

    start: int
    end: int
    mood: Mood
    sentence: int
    planted: bool = False


def clauses(text: str) -> list[Clause]:
    """Cut a text into clauses that together cover it, each with its mood."""
    found: list[Clause] = []
    start = 0
    for number, end in enumerate(_sentence_ends(text)):
        found.extend(_sentence(text, start, end, number))
        start = end
    return found


_SENTENCE_END = re.compile(r"[!?\n;]+\s*|\.+(?=\s+[A-ZĀ-ŽА-ЯЁ]|\s*$)\s*")
_OPENERS = "un|bet|taču|tacu|tomēr|tomer|jo|and|but|и|но"
_JOINT = re.compile(
    rf",\s*(?=(?:{_OPENERS}|nevis|izņemot|iznemot)\s)|,(?!\d)|\s(?=(?:{_OPENERS}|nevis|izņemot|iznemot|bez)\s)|\s[–—-]\s(?=vai\s)"
)
_WITHOUT = re.compile(r"\W*(?:nevis|izņemot|iznemot|bez(?!\s+tam)|ne(?!\s+(?:tikai|maz[aā]k|vair[aā]k)))\s", re.IGNORECASE)

_PLANTED = re.compile(
    r"(?:ie|pie|sa|at|ap|iz|pa)?(?:stad|dest)(?:ij(?!um)\w*|it[saeiu]\w*|itajam)$|(?:ie|sa)lik[auts]?m?$|(?:ie)?stadij\w*"
    r"|ielik\w*|iesprau\w+|ieviesa?m?$|planted$|посад\w+|сажал\w*|посаж\w+|высад\w+"
)
_REGISTER = re.compile(
    r"(?:pie|sa|ie|no)?regist?r\w*|pieteik\w*|piesak\w*|pierakst\w*|ierakst\w*|ievad\w*|atzime\w*|pievien\w*|ieklau\w*"
    r"|uzskait\w*|зарегистр\w*|регистр\w*"
)
_LOST = re.compile(
    r"no(?:kalt|kalst|sala|sals|zage|cirt|lauz|grauz|puv|zuda|pļav|plav|vit)\w*|ap(?:grauz|ed)\w*|iznik\w*|izgaj\w*|aizgaj\w*"
    r"|neieaug\w*|izrav\w*|izraka\w*|nozog\w*|zud\w*|mirus\w*|died$|dead$|felled$|cut$|погибл\w*|засохл\w*|спилил\w*"
)
_DENIED = re.compile(
    r"ne(?:ie|pie)?(?:stad|dest)\w*|neesmu$|neesam$|neviens$|nevienu$|nevienas?$|nav$|nebija$|neaug$|neieliku\w*|не$|нет$"
)
_PLANNED = re.compile(
    r"(?:ie|pie)?stadis(?:u|im|iet|ies|ot)?$|(?:ie)?destis\w*|plano\w*|planots?$|grasa?mies$|gatavoj\w+|nodoma\w*|domaj\w+"
    r"|ja(?:ie)?(?:stada|desta)$|stadisu$|pirks\w+|pasutis\w+|will$|plan$|planning$|собира\w+|хотим$|хочу$|посажу$|посадим$"
    r"|velo[st]\w*|velam\w*|veletos$|gribu$|gribam$|grib$|gribet\w*|vajag\w*|vajadz\w*|want$|would$|need$|нужн\w+"
    r"|pasutij\w*|pasutit$|varetu$|ceram$|ceru$"
)
_OWNED = frozenset("manus manas mans mana musu savus savas savu savi manu manejos my our мои наши".split())
_ASKING = frozenset(
    "vai ka kad kur kapec cik kads kada kadi kadas kadus kadu kas ko kurs kura kuri kuras kam nez"
    " what how when where why can may does do is are which who should".split()
) | frozenset("как когда где сколько можно какие какой нужно почему кто что ли".split())


def _sentence_ends(text: str) -> list[int]:
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return ends


def _sentence(text: str, start: int, end: int, number: int) -> list[Clause]:
    cuts = [start, *(match.start() for match in _JOINT.finditer(text, start, end) if match.start() > start), end]
    pieces = [words(text[left:right]) for left, right in zip(cuts, cuts[1:], strict=False)]
    moods = [
        "denied" if _WITHOUT.match(text, left, right) else _mood(piece)
        for left, right, piece in zip(cuts, cuts[1:], pieces, strict=False)
    ]
    asked = _asked_from(pieces, question="?" in text[start:end])
    found: list[Clause] = []
    for place, (left, right) in enumerate(zip(cuts, cuts[1:], strict=False)):
        own = moods[place]
        joint = _joint_of(text, left, right) if place else ""
        if own is None:
            following = moods[place + 1] if place + 1 < len(moods) else None
            if following and _joint_of(text, right, end) == "un":
                own = following
            elif place and joint != "bet":
                own = found[-1].mood if found[-1].mood != "lost" else None
        mood: Mood = own or "told"
        if asked is not None and place >= asked and mood in ("told", "planned"):
            mood = "asked"
        planted = any(_PLANTED.match(word.folded) or _PLANTED.match(word.text.lower()) for word in pieces[place])
        found.append(Clause(left, right, mood, number, planted))
    return found


def _joint_of(text: str, left: int, right: int) -> str:
    opening = text[left:right].lstrip(" ,")[:6].split(" ")[0].lower()
    return {"un": "un", "and": "un", "и": "un", "bet": "bet", "taču": "bet", "tacu": "bet", "but": "bet", "но": "bet"}.get(
        opening, ","
    )


def _mood(piece: Sequence[Word]) -> Mood | None:
    """Return what the verbs of a clause do, None where it has none of ours."""
    moods: set[Mood] = set()
    for word in piece:
        for pattern, mood in _VERBS:
            if pattern.match(word.folded) or (word.text[0] >= "А" and pattern.match(word.text.lower())):
                moods.add(mood)
                break
    registers = any(_REGISTER.match(word.folded) for word in piece)
    if "told" in moods and "denied" not in moods:
        return "told"
    if registers:
        return "told"
    for mood in _STRONGEST:
        if mood in moods:
            return mood
    return None


_VERBS: tuple[tuple[re.Pattern[str], Mood], ...] = (
    (_DENIED, "denied"),
    (_PLANNED, "planned"),
    (_LOST, "lost"),
    (_PLANTED, "told"),
)
_STRONGEST: tuple[Mood, ...] = ("denied", "lost", "planned")


def _asked_from(pieces: list[list[Word]], *, question: bool) -> int | None:
    """Return the clause a question begins in, None where the sentence tells something.

    A question that speaks of what was planted (`..., ko iestādījām pērn?`) or is mine (`manus ozolus`) tells of it.
    """
    every = [word for piece in pieces for word in piece]
    if any(_PLANTED.match(word.folded) or word.folded in _OWNED for word in every):
        telling = True
    else:
        asks_how = bool(every) and every[0].folded in ("ka", "kur", "how", "where", "как", "где")
        could = any(word.folded in ("varat", "varesiet", "varetu", "ludzu", "could", "please") for word in every)
        telling = (asks_how or could) and any(_REGISTER.match(word.folded) for word in every)
    if telling:
        return None
    for place, piece in enumerate(pieces):
        opening = [word for word in piece if word.folded not in ("un", "bet", "and", "but", "tad", "a")][:2]
        if opening and (opening[0].folded in ("vai", "cik") or (not place and _asks(opening))):
            return place
    return 0 if question else None


def _asks(opening: Sequence[Word]) -> bool:
    """Whether these words open a question; `kādi 200 bērzi` is about two hundred of them."""
    first = opening[0]
    if first.folded.startswith("kad") and first.folded != "kad" and len(opening) > 1:
        return not (opening[1].is_number or opening[1].folded in NUMERALS)
    return first.folded in _ASKING or first.text.lower() in _ASKING
