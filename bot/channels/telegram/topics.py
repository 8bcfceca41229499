"""Topics of a group: their names and icons as Telegram takes them."""

import html
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

_log = logging.getLogger(__name__)

_LONGEST = 128  # UTF-16 units
_CUT = "…"
_NAMELESS = "–"
_TAG = re.compile(r"</?(?:b|i|code|a)\b[^>]*>")
_VARIATION = "\ufe0f"  # asks for the coloured form of a sign; some write it and some don't


def title(text: str) -> str:
    """Return a name that Telegram takes: on one line, without markup, cut where it must be."""
    plain = " ".join(html.unescape(_TAG.sub("", text)).split()) or _NAMELESS
    return plain if _units(plain) <= _LONGEST else _beginning(plain, _LONGEST - len(_CUT)) + _CUT


class Icons:
    """The icons that a bot may give to topics, asked for once: `fetch` is getForumTopicIconStickers."""

    def __init__(self, fetch: Callable[[], Awaitable[list[dict[str, Any]]]]) -> None:
        self._fetch = fetch
        self._ids: dict[str, str] = {}

    async def find(self, emoji: str) -> str:
        """Return the id of the icon that shows this emoji, '' where there is none; raises what `fetch` raises."""
        if not self._ids:
            self._ids = {_bare(icon["emoji"]): icon["custom_emoji_id"] for icon in await self._fetch()}
        found = self._ids.get(_bare(emoji), "")
        if not found:
            _log.warning("Telegram has no icon %s for topics", emoji)
        return found


def _bare(emoji: str) -> str:
    return emoji.replace(_VARIATION, "")


def _units(text: str) -> int:
    return len(text) + sum(ch > "\uffff" for ch in text)


def _beginning(text: str, room: int) -> str:
    for end, ch in enumerate(text):
        room -= _units(ch)
        if room < 0:
            return text[:end].rstrip()
    return text
