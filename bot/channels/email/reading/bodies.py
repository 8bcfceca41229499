"""Bodies: which parts of a letter are its text, and those parts as lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.channels.email.reading import lines, markup
from bot.channels.email.reading.envelopes import SIGNATURES, without_armour
from bot.channels.email.reading.lines import Line
from bot.channels.email.reading.parts import Part

_ELSEWHERE = re.compile(
    r"\bhtml\b.{0,80}(?:view|support|client|capable|e-?mail|pārlūk|skat|atbalst|просмотр|поддерж)"
    r"|(?:view|support|client|browser|pārlūk|skat|atbalst|просмотр|поддерж).{0,80}\bhtml\b",
    re.IGNORECASE | re.DOTALL,
)
_NOTICE = 400  # characters of a text that only says to look elsewhere
_MOST_TEXT = 400_000  # characters


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A letter's text, the parts that were read for it, and the content ids that its HTML shows, new and quoted."""

    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    shown: frozenset[str] = frozenset()
    quoted: frozenset[str] = frozenset()


def read(root: Part) -> Body:
    """Read the text of a letter."""
    found: list[Line] = []
    chosen = tuple(_chosen(root)) or _named(root)
    shown: set[str] = set()
    quoted: set[str] = set()
    for part in chosen:
        if found and found[-1].text:
            found.append(Line(""))
        if part.kind == "text/html":
            page = markup.read(part.text())
            shown |= page.shown
            quoted |= page.quoted
            found += page.lines
        else:
            found += _plain(part)
    for part in _others(root, chosen):
        page = markup.read(part.text())
        shown |= page.shown
        quoted |= page.quoted
    if not any(line.text.strip() for line in found) and (letter := _enclosed(root)):
        return read(letter)
    return Body(
        lines=tuple(found[: lines.MOST]), parts=chosen, shown=frozenset(shown), quoted=frozenset(quoted - shown)
    )


def is_text(part: Part) -> bool:
    """Whether a part is text to be read, and no file."""
    return (
        part.kind.startswith("text/")
        and part.kind not in ("text/calendar", "text/rfc822-headers")
        and not (
            part.is_attached
            or part.name
            or part.kind in ("text/x-amp-html", "text/css", "text/vcard", "text/x-vcard", "text/csv")
        )
    )


def _chosen(part: Part) -> Iterator[Part]:
    if part.kind == "multipart/alternative":
        yield from _alternative([list(_chosen(child)) for child in part.children])
    elif part.kind in ("multipart/signed", "multipart/related") and part.children:
        yield from _chosen(_root(part))
    elif part.is_letter or part.kind in SIGNATURES:
        return
    elif part.children:
        for child in part.children:
            yield from _chosen(child)
    elif is_text(part):
        yield part


def _named(root: Part) -> tuple[Part, ...]:
    """Take a text for the letter's though it has a file's name, where there is no other and nobody attached it."""
    texts = (part for part in root.walk() if part.kind in ("text/plain", "text/html") and not part.is_attached)
    return tuple(texts)[:1]


def _root(part: Part) -> Part:
    start = part.parameter("start").strip("<> ")
    return next((child for child in part.children if start and child.content_id.lower() == start), part.children[0])


def _alternative(ways: list[list[Part]]) -> list[Part]:
    """Choose plain text, unless it is empty or only says that the letter is in HTML."""
    plain = next((way for way in ways if way and all(part.kind != "text/html" for part in way)), [])
    rich = next((way for way in reversed(ways) if any(part.kind == "text/html" for part in way)), [])
    said = "".join(part.text() for part in plain).strip()
    if rich and (not said or (len(said) < _NOTICE and _ELSEWHERE.search(said))):
        return rich
    return plain or rich


def _plain(part: Part) -> tuple[Line, ...]:
    text = without_armour(part.text()[:_MOST_TEXT])
    if part.kind in ("text/enriched", "text/richtext"):
        text = re.sub(r"<[^<>\n]{0,100}>", "", text)
    flowed = part.parameter("format") == "flowed"
    return lines.read(text, flowed=flowed, del_sp=flowed and part.parameter("delsp") == "yes")


def _others(root: Part, chosen: tuple[Part, ...]) -> Iterator[Part]:
    """Return HTML that was not chosen, where it may tell which pictures are quoted."""
    found = list(root.walk())
    if any(part.kind.startswith("image/") and part.content_id for part in found):
        yield from (part for part in found if part.kind == "text/html" and part not in chosen and is_text(part))


def _enclosed(root: Part) -> Part | None:
    """Return a letter that was sent as a file, with nothing written to it."""
    return next((part.children[0] for part in root.walk() if part.is_letter), None)
