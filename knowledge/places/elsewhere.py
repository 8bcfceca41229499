"""Where the trees are not: places somebody lives, works, buys or asks about."""

import re
from collections.abc import Sequence

from knowledge.places.mention import Mention, is_joint

_BOUNDARY = re.compile(
    r"[.!?;\n]\s|\n|,\s|\s(?:un|bet|taču|tacu|savukārt|savukart|kaut|and|but|и|а|но)\s", re.IGNORECASE
)
_OTHER_PURPOSE = re.compile(
    r"\b(?:dz[iī]voj|dz[iī]vo\b|deklar|str[aā]d[aā]j|dzim(?:u|is|usi)\b|m[aā]cos|stud[eē]j|esmu no|esam no|"
    r"(?:no|ie)?p[iē]rk(?:am|ām|u|a|t\w*|dam\w*)?\b|bij(?:u|ām)\b|ieg[aā]d[aā]j|audz[eē]tav|semin[aā]r|izst[aā]d|tirg[uū]|"
    r"konferen|birojs?\b|biroj[aā]\b|kurs(?:i|os|iem)\b|ekskursij|brauc|atbrauc|"
    r"i live|we live|living|lives|bought|office|work(?:s|ing)? (?:in|at)|жив[уёе]|купил|работа)",
    re.IGNORECASE,
)
_PLANTING = re.compile(
    r"(?:(?:ie|iz|ap|no|pie)?st[aā]d[iī](?:j|s|t)|aug\b|aug(?:a|s|oši)\b|iedēst|izaudz|apmežo|apmezo|planted|grow|"
    r"посад|раст[её]|высад)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")
_TREES = re.compile(r"\bkok|st[aā]d[iīuāe]|m[eē]ž|tree|plant|дерев|саж", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"\b(?:ar (?:cie[nņ]u|sveicieniem)|(?:best|kind) regards|sincerely|с уважением)\b", re.IGNORECASE
)
_HERE_AFTER = re.compile(r"\W*(?:un\s+|kur\s+)?(?:tur|te|šeit|seit|turpat|tepat)\b", re.IGNORECASE)
_REACH = 400  # letters before a name within which its sentence is looked for


def planting_places(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return those of the mentions, given in order, whose clause doesn't tell of anything but planting there.

    The parts of one address stand or fall together.
    """
    kept: list[Mention] = []
    run: list[Mention] = []
    for mention in mentions:
        if run and not is_joint(text[run[-1].end : mention.start]):
            kept += [] if _is_elsewhere(text, run[0].start, run[-1].end) else run
            run = []
        run.append(mention)
    return kept + ([] if not run or _is_elsewhere(text, run[0].start, run[-1].end) else run)


def _is_elsewhere(text: str, start: int, end: int) -> bool:
    """Whether the clause around a name tells of living, working or buying there; or the name signs a letter."""
    if _is_asked(text, start, end) or _SIGNATURE.search(text, 0, start):
        return True
    before = [match.end() for match in _BOUNDARY.finditer(text, max(0, start - _REACH), start)]
    after = _BOUNDARY.search(text, end)
    clause = text[before[-1] if before else max(0, start - _REACH) : after.start() if after else len(text)]
    if not _OTHER_PURPOSE.search(clause) or _PLANTING.search(clause):
        return False
    return not _HERE_AFTER.match(text, end)


def _is_asked(text: str, start: int, end: int) -> bool:
    """Whether the name stands in a question about something else than trees: `Kāds rīt būs laiks Liepājā?`."""
    stop = _SENTENCE_END.search(text, end)
    if stop is None or stop[0] != "?":
        return False
    earlier = [match.end() for match in _SENTENCE_END.finditer(text, max(0, start - _REACH), start)]
    sentence = text[earlier[-1] if earlier else max(0, start - _REACH) : stop.start()]
    return len(sentence.split()) > 3 and not _TREES.search(sentence) and not _PLANTING.search(sentence)
