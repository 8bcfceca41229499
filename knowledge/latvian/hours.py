"""Reading the hours of a day: `no 10 līdz 14`, `plkst. 10.00–14.00`, `desmitos`, as times by the clock on the wall."""

import re
from dataclasses import dataclass
from datetime import time

from knowledge.found import Found
from knowledge.latvian.text import words

_NAMED = (
    "vienos", "divos", "trijos", "cetros", "piecos", "sesos", "septinos", "astonos", "devinos", "desmitos",
    "vienpadsmitos", "divpadsmitos",
)  # fmt: skip
_AFTERNOON = 7  # „divos” and „pusčetros” of an event are of the afternoon, „astoņos” of the morning
_CUE = r"(?:plkst\.?|pulksten|pl\.|at|plkst)"
# A bare hour is none where a date goes on: „5. līdz 7. decembrim”, „5.12.”
_AT = r"(\d{1,2})(?:[.:](\d{2})(?!\.?\d)|h|(?![\d:]|\.\s*(?:līdz|lidz|un|gad|[a-zā-ž])|\.\d))"
_RANGE = re.compile(
    rf"(?<![\d.,:])(?:no\s+|from\s+)?(?:{_CUE}\s*)?{_AT}\s*(?:-|–|—|līdz|lidz|to|till|until)\s*(?:{_CUE}\s*)?{_AT}",
    re.IGNORECASE,
)
_START = re.compile(rf"(?<![\d.,:])(?:{_CUE}|\bno|\bfrom)\s*{_AT}", re.IGNORECASE)
_COLON = re.compile(r"(?<![\d.,:])(\d{1,2}):(\d{2})(?![\d:])")
_END = re.compile(rf"(?<![\d.,:])(?:līdz|lidz|until|till|to)\s*(?:{_CUE}\s*)?{_AT}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when; what is not told is None. `end` is later than `start` where there are both."""

    start: time | None = None
    end: time | None = None


def find_hours(text: str) -> Found[Hours] | None:
    """Return the hours that a text tells, the first of them; None for none, or for such as no clock shows."""
    for match in _RANGE.finditer(text):
        start, end = _time(match[1], match[2]), _time(match[3], match[4])
        if start and end and start < end:
            return Found(Hours(start, end), match.start(), match.end())
    for pattern in (_START, _COLON):
        for match in pattern.finditer(text):
            if start := _time(match[1], match[2]):
                return Found(Hours(start), match.start(), match.end())
    if named := _in_words(text):
        return named
    for match in _END.finditer(text):
        if end := _time(match[1], match[2]):
            return Found(Hours(end=end), match.start(), match.end())
    return None


def _in_words(text: str) -> Found[Hours] | None:
    """Read „desmitos” and „no desmitiem”-like single words, and „pusdivos” for half past one."""
    for word in words(text):
        half = word.folded.startswith("pus")
        name = word.folded.removeprefix("pus")
        if name in _NAMED:
            hour = _NAMED.index(name) + 1
            hour += 12 if hour < _AFTERNOON else 0
            at = time(hour - 1, 30) if half else time(hour)
            return Found(Hours(at), word.start, word.end)
    return None


def _time(hour: str, minute: str | None) -> time | None:
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None
