"""Markup: an HTML letter as lines of text, each known to be new or quoted by how mail programs mark quotes."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.channels.email.reading.heads import is_attribution
from bot.channels.email.reading.lines import Line

_LARGEST = 2_000_000  # characters of HTML
_DEEPEST = 400  # a tree deeper than any program writes costs its square to build
_MOST_NODES = 200_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_UNSHOWN = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"), ("<title", "</title"))
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "td", "tr", "th", "dd", "dt", "option",
))  # fmt: skip
_NEVER = frozenset((
    "style", "script", "head", "title", "template", "noscript", "meta", "link", "object", "iframe", "svg",
    "select", "textarea", "-comment",
))  # fmt: skip
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "tbody", "tfoot", "thead", "tr", "ul", "body",
))  # fmt: skip
_APART = frozenset((
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre", "blockquote",
))  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt)?\s*(?:;|$|!)"
    r"|max-height\s*:\s*0(?:px)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_QUOTES = frozenset(("gmail_quote", "yahoo_quoted", "mail-quote-collapse", "protonmail_quote", "zmail_extra", "quote"))
_HEADS = frozenset(("gmail_attr", "moz-cite-prefix", "moz-email-headers-table"))
_SIGNATURES = frozenset(("gmail_signature", "moz-signature", "gmail_signature_prefix"))
_ORIGINALS = frozenset(("divRplyFwdMsg", "x_divRplyFwdMsg", "appendonsend", "x_appendonsend", "reply-intro"))
_BORDERED = re.compile(r"border-left(?:-\w+)?\s*:\s*(?!0|none)", re.IGNORECASE)
_LONGEST_LINK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What an HTML letter shows: its lines, and the content ids of the pictures in it, new and quoted."""

    lines: tuple[Line, ...]
    shown: frozenset[str]
    quoted: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands."""

    depth: int = 0
    pre: bool = False
    numbered: bool = False
    head: bool = False
    signature: bool = False


def read(page: str) -> Page:
    """Read HTML; what is nested deeper than programs write is read without its structure."""
    page = page[:_LARGEST]
    if _depth(page) > _DEEPEST:
        return Page(lines=tuple(Line(text) for text in _bare(page)), shown=frozenset(), quoted=frozenset())
    reading = _Reading()
    body = LexborHTMLParser(page).body
    if body is not None:
        reading.read(body)
    return Page(lines=tuple(reading.lines), shown=frozenset(reading.shown), quoted=frozenset(reading.hidden))


class _Reading:
    """One walk through a document, in its order."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.shown: set[str] = set()
        self.hidden: set[str] = set()
        self._text: list[str] = []
        self._place = _Place()
        self._original = False  # what follows is the letter that was answered, unmarked
        self._numbers: list[int] = []

    def read(self, body: LexborNode) -> None:
        """Take the lines of a document, without recursion."""
        waiting: list[tuple[LexborNode, _Place, bool]] = [(body, _Place(), False)]
        nodes = 0
        while waiting and nodes < _MOST_NODES:
            nodes += 1
            node, place, left = waiting.pop()
            tag = str(node.tag)
            if tag == "-text":
                self._add(node.text_content or "", place)
            elif left:
                self._leave(node, tag, place)
            elif tag not in _NEVER:
                inner = self._enter(node, tag, place)
                if inner is not None:
                    waiting.append((node, inner, True))
                    waiting += [(child, inner, False) for child in reversed(list(node.iter(include_text=True)))]
        self._break()

    def _add(self, text: str, place: _Place) -> None:
        if place != self._place and self._text and (place.depth, place.head) != (self._place.depth, self._place.head):
            self._break()
        self._place = place
        if place.pre:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self._text.append(first)
            for other in others:
                self._break()
                self._place = place
                self._text.append(other)
        else:
            self._text.append(re.sub(r"[ \t\r\n\f]+", " ", text))

    def _break(self, *, blank: bool = False) -> None:
        text = "".join(self._text)
        place = self._place
        self._text = []
        text = text if place.pre else re.sub(r" {2,}", " ", text).strip()
        depth = max(place.depth, int(self._original))
        if text.strip():
            self.lines.append(Line(text, depth=depth, head=place.head, signature=place.signature))
        if blank and self.lines and self.lines[-1].text:
            self.lines.append(Line("", depth=self.lines[-1].depth))

    def _enter(self, node: LexborNode, tag: str, place: _Place) -> _Place | None:
        attributes: dict[str, Any] = node.attributes
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
            return None
        if tag == "br":
            self._line_feed()
            return None
        if tag == "img":
            self._picture(attributes, place)
            return None
        classes = _classes(attributes)
        named = attributes.get("id") or ""
        if tag in _BLOCKS:
            self._break(blank=tag in _APART)
        if named in _ORIGINALS:
            self._original = True
        if tag == "hr":
            return None
        if tag in ("ol", "ul"):
            start = str(attributes.get("start") or "1")
            self._numbers.append(int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1)
        if tag == "li":
            self._item(node, place)
        return _Place(
            depth=place.depth + self._is_quote(node, tag, classes, named, attributes),
            pre=(place.pre or tag == "pre" or "white-space: pre" in (attributes.get("style") or "")) and tag != "table",
            numbered=tag == "ol",
            head=place.head or bool(classes & _HEADS),
            signature=place.signature or bool(classes & _SIGNATURES),
        )

    def _leave(self, node: LexborNode, tag: str, place: _Place) -> None:
        if tag == "a":
            self._link(node, place)
        elif tag in ("td", "th"):
            self._text.append(" ")
        elif tag in ("ol", "ul"):
            del self._numbers[-1:]
        if tag in _BLOCKS:
            self._break(blank=tag in _APART)

    def _line_feed(self) -> None:
        if "".join(self._text).strip():
            self._break()
        else:
            self._break(blank=True)

    def _item(self, node: LexborNode, place: _Place) -> None:
        if not self._numbers or node.parent is None or node.parent.tag != "ol":
            self._place = place
            self._text.append("- ")
            return
        self._place = place
        self._text.append(f"{self._numbers[-1]}) ")
        self._numbers[-1] += 1

    def _picture(self, attributes: dict[str, Any], place: _Place) -> None:
        source = str(attributes.get("src") or "")
        if source[:4].lower() == "cid:":
            (self.hidden if place.depth or self._original or place.signature else self.shown).add(source[4:])

    def _link(self, node: LexborNode, place: _Place) -> None:
        """Show where a word leads, as a map may hide behind it."""
        target = str(node.attributes.get("href") or "").strip()
        if (
            place.depth
            or self._original
            or len(target) > _LONGEST_LINK
            or not target.lower().startswith(("http:", "https:"))
        ):
            return
        shown = (node.text() or "").strip()
        if shown and "." not in shown and "/" not in shown:
            self._text.append(f" <{target}>")

    def _is_quote(self, node: LexborNode, tag: str, classes: set[str], named: str, attributes: dict[str, Any]) -> bool:
        if tag == "blockquote":
            style = attributes.get("style") or ""
            return (
                (attributes.get("type") or "").lower() == "cite"
                or bool(classes & _QUOTES)
                or bool(node.parent is not None and _classes(node.parent.attributes) & _QUOTES)
                or bool(_BORDERED.search(style))
                or is_attribution(self.lines[-4:])
            )
        if not (classes & _QUOTES or named in ("yahoo_quoted", "OLK_SRC_BODY_SECTION")):
            return False
        # Between the pieces of a cut quote stand answers; a quote that is not marked further is a forwarded letter.
        return not any(child.tag == "blockquote" for child in node.iter())


def _classes(attributes: dict[str, Any]) -> set[str]:
    return set((attributes.get("class") or "").split())


def _depth(page: str) -> int:
    depth = deepest = 0
    for found in _TAG.finditer(page):
        if found[2].lower() in _VOID:
            continue
        depth = max(0, depth - 1) if found[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _bare(page: str) -> Iterator[str]:
    for begins, ends in _UNSHOWN:
        page = "".join(_without(page, begins, ends))
    page = re.sub(r"<(?:br|p|div|tr|li)\b[^<>]*>", "\n", page, flags=re.IGNORECASE)
    for one in html.unescape(_TAG.sub("", page)).split("\n"):
        if shown := " ".join(one.split()):
            yield shown


def _without(page: str, begins: str, ends: str) -> Iterator[str]:
    lowered, at = page.lower(), 0
    if len(lowered) != len(page):  # a letter that has no single small one
        lowered = page
    while (start := lowered.find(begins, at)) >= 0:
        yield page[at:start]
        at = lowered.find(ends, start)
        if at < 0:
            return
        at += len(ends)
    yield page[at:]
