"""Telling what a sentence does with what it names: tells of it, asks about it, plans it, denies it, mourns it.

`Iestādīju 60 egles, 10 nokalta; rudenī stādīšu ozolus` tells of 60 spruces only. The verbs known here are those of
planting and registering trees.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import Literal, NamedTuple

from knowledge.latvian.calendar_words import LATVIAN as CALENDAR
from knowledge.latvian.number_words import NUMERALS
from knowledge.latvian.text import Word, words
from knowledge.latvian.vocabulary import listed, vocabulary

Mood = Literal["told", "asked", "planned", "denied", "lost"]


class Clause(NamedTuple):
    """A stretch of a text with one mood; `sentence` counts the sentences, `planted` says a planting verb is in it."""

    start: int
    end: int
    mood: Mood
    sentence: int
    planted: bool = False


@lru_cache(maxsize=8)  # several readers ask about the same message
def clauses(text: str) -> tuple[Clause, ...]:
    """Cut a text into clauses that together cover it, each with its mood."""
    ends = _sentence_ends(text)
    found: list[Clause] = []
    start = 0
    for number, (end, cut) in enumerate(zip(ends, _parted(words(text), ends), strict=True)):
        found.extend(_sentence(text, start, end, number, cut))
        start = end
    return tuple(found)


_SENTENCE_END = re.compile(r"[!?\n;]+\s*|\.+(?=\s+[A-ZĀ-ŽА-ЯЁ]|\s*$)\s*")
_AND = {"un": "un", "and": "un", "и": "un"}
_BUT = {"bet": "bet", "taču": "bet", "tacu": "bet", "tomēr": "bet", "tomer": "bet", "but": "bet", "но": "bet"}
_JOINT = re.compile(
    r",(?!\d)(?:\s*(?:un|bet|taču|tacu|tomēr|tomer|jo|and|but|и|но|nevis|izņemot|iznemot)(?=\s))?"
    r"|(?<=\s)(?:un|bet|taču|tacu|tomēr|tomer|jo|and|but|и|но|nevis|izņemot|iznemot|bez)(?=\s)|\s[–—-](?=\svai\s)",
    re.IGNORECASE,
)
_WITHOUT = listed("nevis izņemot bez ne")
_NOT_WITHOUT = listed("tam tikai mazāk vairāk")  # ne tikai, ne mazāk kā, bez tam

_BEFORE_VERBS = ("", "ie", "pie", "sa", "at", "ap", "iz", "pa")
# What somebody did (`by`), and what was done; a noun (stādījums) and the infinitive are neither.
_PLANTED_BY = vocabulary(
    " ".join(f"{prefix}{verb}īj-" for prefix in _BEFORE_VERBS for verb in ("stād", "dēst")),
    "ieliku ielikām ieliek salikām iespraud- iespraudām apmežoj- ieaudzēj- atjaunoj- iestādot stādot planted"
    " посадил- сажал- высадил-",
)
_PLANTED_THINGS = vocabulary(
    " ".join(
        f"{prefix}{verb}īt{ending}"
        for prefix in _BEFORE_VERBS
        for verb in ("stād", "dēst")
        for ending in (
            "s",
            "a",
            "i",
            "as",
            "ie",
            "ais",
            "ā",
            "ajiem",
            "ajām",
            "us",
            "ās",
            "os",
            "o",
            "ajam",
            "ajai",
            "u",
            "iem",
            "ām",
        )
    ),
    "посажен-",
)
_NOUNS = vocabulary("stādījum- dēstījum- apstādījum-")
_REGISTER = vocabulary(
    "reģistr- piereģistr- sareģistr- registr- regist- reģis pieteik- piesak- pieraks- ierakst- ievad- atzīmē-"
    " pievien- iekļau- uzskait- register- зарегистр- регистр-"
)
_LOST = vocabulary(
    "nokalt- nokalst- nosal- nozāģ- nocirt- nolauz- nograuz- nopuv- nozud- nopļāv- novīt- apgrauz- apēd-"
    " iznīk- izgāj- aizgāj- neieaug- izrāv- izrak- nozog- zud- miru- izdzēs- dzēst izcirtu izcirtām izcirta izcirst"
    " izgāz- pārdod- pārdev- pārdoš- pārdot died dead felled cut"
    " погибл- засохл- спилил-"
)
_DENIED = vocabulary(
    "nestād- neiestād- nepiestād- nedēst- neesmu neesam neviens nevienu neviena nevienas nav nebija neaug"
    " neieliku не нет"
)
_PLANNED = vocabulary(
    "stādīšu iestādīšu piestādīšu stādīsim iestādīsim piestādīsim stādīs iestādīs stādīsiet dēstīšu plāno- plānā"
    " grasāmies gatavoj- nodomā- domāju domājam domājām jāstāda jāiestāda jādēsta pirkšu pirksim pasūtīšu"
    " pasūtīsim pasūtīj- pasūtīt vēlos vēlas vēlam- vēlētos gribu gribam grib gribēt- vajag- vajadz- varētu"
    " mēģināšu mēģināsim likšu liksim ielikšu ieliksim ceru ceram will plan planning want would need собира-"
    " хотим хочу посажу посадим посадить нужн-"
)
_OWNED = listed("manus manas mans mana mūsu savus savas savu savi manu my our мои наши")
_ASKING = listed(
    "vai kā kad kur kāpēc cik kāds kāda kādi kādas kādus kādu kas ko kurš kura kuri kuras kam nez"
    " what how when where why can may does do is are which who should"
    " как когда где сколько можно какие какой нужно почему кто что"
)
_WHICH = listed("kāds kāda kādi kādas kādus kādu")
_CAN = vocabulary("skait- der var varu varat varam varētu drīkst- vajag jāreģist- jāpiesak- jāmak- tas tie tos ir")
_COULD = listed("varat varēsiet varētu lūdzu could please")


_SHORT = ("GAB.", "TŪKST.", "TUKST.", "G.", "AP.", "APM.", "NR.")


def _sentence_ends(text: str) -> list[int]:
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    if text.isupper():  # there a capital after a short word opens no sentence
        ends = [end for end in ends if not text[:end].rstrip().endswith(_SHORT)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return ends


def _sentence(text: str, start: int, end: int, number: int, cut: Sequence[Word]) -> list[Clause]:
    """Return the clauses of one sentence; one without a verb of ours goes on with what the clause before does."""
    joints = [match for match in _JOINT.finditer(text, start, end) if match.start() > start]
    cuts = [start, *(match.start() for match in joints), end]
    kinds = ["", *(_joint(match[0]) for match in joints)]
    pieces = _parted(cut, cuts[1:])
    verbs = [_verbs(piece) for piece in pieces]
    moods = ["denied" if _without(piece) else _mood(does) for piece, does in zip(pieces, verbs, strict=True)]
    asked = _asked_from(pieces, frozenset[str]().union(*verbs), question="?" in text[start:end])
    found: list[Clause] = []
    leads = False  # a verb of losing that opened its clause: nozāģēju 2 egles un 3 bērzus
    for place, (left, right) in enumerate(pairwise(cuts)):
        own = moods[place]
        if own is None and kinds[place + 1 : place + 2] == ["un"] and moods[place + 1]:
            own = moods[place + 1]
        elif own is None and place and kinds[place] != "bet" and (found[-1].mood != "lost" or leads):
            own = found[-1].mood
        if moods[place] is not None:
            leads = any("lost" in _verb(word.folded) for word in pieces[place][:2])
        mood: Mood = own or "told"
        if asked is not None and place >= asked and mood in ("told", "planned"):
            mood = "asked"
        goes_on = moods[place] is None and kinds[place] not in ("", "bet") and found[-1].planted
        found.append(Clause(left, right, mood, number, "told" in verbs[place] or goes_on))
    return found


def _parted(cut: Sequence[Word], ends: Sequence[int]) -> list[Sequence[Word]]:
    pieces: list[Sequence[Word]] = []
    first = 0
    for end in ends:
        last = first
        while last < len(cut) and cut[last].start < end:
            last += 1
        pieces.append(cut[first:last])
        first = last
    return pieces


def _without(piece: Sequence[Word]) -> bool:
    """Whether a clause begins with `nevis`, `bez`, `ne` and so names what is not meant."""
    return len(piece) > 1 and piece[0].folded in _WITHOUT and piece[1].folded not in _NOT_WITHOUT


def _joint(sign: str) -> str:
    word = sign.strip(" ,").lower()
    return _AND.get(word) or _BUT.get(word) or ","


def _verbs(piece: Sequence[Word]) -> frozenset[str]:
    does: frozenset[str] = frozenset()
    for word in piece:
        if verb := _verb(word.folded):
            does |= verb
    return does


def _mood(does: frozenset[str]) -> Mood | None:
    """Return what the verbs of a clause do, None where it has none of ours."""
    if not does:
        return None
    if "told" in does and "denied" not in does:
        return "told"
    if "lost" in does:
        return "lost"
    if "registered" in does:
        return "told"
    if "denied" in does:
        return "denied"
    return "planned" if "planned" in does else None


@lru_cache(maxsize=8192)
def _verb(folded: str) -> frozenset[str]:
    """Return what a word does if it is one of the verbs known here; `by` marks what somebody did in person."""
    if folded in _DENIED:
        return frozenset(("denied",))
    if folded in _PLANNED:
        return frozenset(("planned",))
    if folded in _LOST:
        return frozenset(("lost",))
    if folded in _REGISTER:
        return frozenset(("registered",))
    if folded in _PLANTED_BY and folded not in _NOUNS:
        return frozenset(("told", "by"))
    return frozenset(("told",)) if folded in _PLANTED_THINGS else frozenset()


def _asked_from(pieces: Sequence[Sequence[Word]], does: frozenset[str], *, question: bool) -> int | None:
    """Return the clause a question begins in, None where the sentence tells something.

    A question that speaks of what somebody planted (`..., ko iestādījām pērn?`) or calls mine tells of it.
    """
    place = _question(pieces)
    if place is None and not question:
        return None
    return None if _tells([word for piece in pieces for word in piece], does) else place or 0


def _question(pieces: Sequence[Sequence[Word]]) -> int | None:
    for place, piece in enumerate(pieces):
        opening = piece[1:3] if piece and piece[0].folded in _CONJUNCTIONS else piece[:2]
        if opening and (opening[0].folded in ("vai", "cik") or (not place and _asks(opening))):
            return place
        for left, right in pairwise(piece):
            if (left.folded == "vai" and right.folded in _CAN) or right.folded == "ли":
                return place
    return None


_CONJUNCTIONS = listed("un bet and but tad a и но")


def _tells(every: Sequence[Word], does: frozenset[str]) -> bool:
    if "by" in does or any(word.folded in _OWNED for word in every):
        return True
    if "told" in does:
        dated = any(word.folded in CALENDAR and CALENDAR[word.folded].kind in "RVZSMGW" for word in every)
        return dated and any(_counts(word, after) for word, after in zip_longest(every, every[1:]))
    if "registered" not in does:
        return False
    asks_how = bool(every) and every[0].folded in ("ka", "kur", "how", "where", "как", "где")
    return asks_how or any(word.folded in _COULD for word in every)


def _counts(word: Word, after: Word | None) -> bool:
    """Whether a word can count trees, not being a year or the day of a month."""
    if not word.is_number:
        return word.folded in NUMERALS
    return len(word.text) != 4 and not (after and after.folded in CALENDAR and CALENDAR[after.folded].kind in "MG")


def _asks(opening: Sequence[Word]) -> bool:
    """Whether these words open a question; `kādi 200 bērzi` is about two hundred of them."""
    first = opening[0]
    if first.folded == "may" and len(opening) > 1 and opening[1].is_number:
        return False  # May 14
    if first.folded in _WHICH and len(opening) > 1:
        return not (opening[1].is_number or opening[1].folded in NUMERALS)
    return first.folded in _ASKING
