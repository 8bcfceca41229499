"""Messages without markup: for the terminal and for the text part of letters."""

import html
import re

_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"</?[a-z]+[^>]*>")


def plain(text: str) -> str:
    """Turn our HTML subset into plain text; a link becomes its words and its address."""
    return html.unescape(_TAG.sub("", _LINK.sub(_link, text)))


def _link(match: re.Match[str]) -> str:
    address, label = match[1], match[2]
    return address if label in (address, address.removeprefix("https://")) else f"{label}: {address}"
