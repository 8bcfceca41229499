"""Texts: what Telegram takes in one message, 4096 UTF-16 units after its markup is read."""

import html
import re
from collections.abc import Iterator

_MOST = 4096
_SURE = _MOST // 2  # characters that fit whatever they are
_CUT = " …"
_TOKEN = re.compile(r"<(/?)([a-z]+)[^>]*>|&(?:[a-z]+|#\d+);|.", re.DOTALL)


def fit(text: str, most: int = _MOST) -> str:
    """Return a text that Telegram takes: one that is too long ends where it must, its tags closed.

    What we say is written to be short; this is for what people have written, quoted to staff.
    """
    if len(text) <= min(_SURE, most // 2) or units(text) <= most:
        return text
    return "".join(_beginning(text, most - len(_CUT)))


def units(text: str) -> int:
    """Return how long Telegram finds a text: in UTF-16 units, without its markup."""
    return sum(_width(token) for token in _TOKEN.finditer(text))


def _width(token: re.Match[str]) -> int:
    if token[2]:
        return 0
    shown = html.unescape(token[0])
    return sum(1 + (ch > "\uffff") for ch in shown)


def _beginning(text: str, room: int) -> Iterator[str]:
    open_tags: list[str] = []
    for token in _TOKEN.finditer(text):
        room -= _width(token)
        if room < 0:
            break
        if token[2] and token[1]:
            del open_tags[-1:]
        elif token[2]:
            open_tags.append(token[2])
        yield token[0]
    yield _CUT
    yield from (f"</{tag}>" for tag in reversed(open_tags))
