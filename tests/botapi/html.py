"""Telegram's reading of HTML: text and entities out of the documented tags, with Telegram's own complaints.

Written after the behaviour of tdlib's parser: byte offsets in errors, UTF-16 offsets in entities, only the four named
references. What the parser drops without a word is collected in `Parsed.ignored`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.errors import violation
from tests.botapi.spec import utf16

_ENTITIES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
# The one attribute which means something in a tag; every other is dropped.
_ATTRIBUTES = {
    "a": ("href",),
    "code": ("class",),
    "span": ("class",),
    "blockquote": ("expandable",),
    "tg-emoji": ("emoji-id",),
    "tg-time": ("unix", "format"),
}
_MARKUP = re.compile(r"[<&]")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>]*")
_NAME_TOKEN = re.compile(r"[a-zA-Z0-9.-]*")
_SPACES = re.compile(r"\s*")
_LINK = re.compile(r"(?:(https?|ftp|tg|ton|tonsite)://)?([^\s/?#]+)[^\s]*", re.IGNORECASE)
_MENTION = re.compile(r"tg://user\?id=(\d+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A text without its tags; `ignored` says what was dropped silently on the way."""

    text: str
    entities: list[dict[str, Any]]
    ignored: list[str]


@dataclass(frozen=True, kw_only=True)
class _Open:
    """A tag that waits for its end; `start` counts in UTF-16 units, `index` in the pieces of the text before it."""

    tag: str
    attributes: Mapping[str, str]
    start: int
    index: int


@dataclass(kw_only=True)
class _Reader:
    """The state of reading one text."""

    source: str
    at: int = 0
    length: int = 0
    pieces: list[str] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)


def parse_html(source: str) -> Parsed:
    """Read source as Telegram does; raises ApiError in Telegram's words where Telegram refuses."""
    reader = _Reader(source=source)
    while reader.at < len(source):
        _read_one(reader)
    if reader.open:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{reader.open[-1].tag}"')
    text = "".join(reader.pieces)
    if any("\ud800" <= char <= "\udfff" for char in text):
        text = _joined_surrogates(text)
    entities = sorted(reader.entities, key=lambda entity: (entity["offset"], -entity["length"]))
    return Parsed(text=text, entities=entities, ignored=reader.ignored)


def is_link(url: str) -> bool:
    """Tell whether Telegram makes url a link: a known protocol or none, and a host with a dot (tg:// needs none)."""
    found = _LINK.fullmatch(url.strip())
    if found is None:
        return False
    return (found[1] or "").lower() in ("tg", "ton", "tonsite") or _is_host(found[2])


def _is_host(host: str) -> bool:
    name = host.rpartition("@")[2].partition(":")[0]
    return "." in name.strip(".") and ":" not in host.partition("@")[0].partition(".")[0]


def _read_one(reader: _Reader) -> None:
    source, at = reader.source, reader.at
    if source[at] == "<":
        (_read_end if source.startswith("</", at) else _read_start)(reader)
    elif source[at] == "&" and (decoded := _reference(source, at)):
        _put(reader, decoded[0], decoded[1])
    else:
        if source[at] == "&" and (name := re.match(r"&(\w+);", source[at:])):
            reader.ignored.append(f"{name[0]} is shown as it stands, only &lt; &gt; &amp; &quot; and numbers are known")
        found = _MARKUP.search(source, at + 1)
        end = found.start() if found else len(source)
        _put(reader, source[at:end], end)


def _put(reader: _Reader, text: str, at: int) -> None:
    reader.pieces.append(text)
    reader.length += utf16(text)
    reader.at = at


def _reference(source: str, at: int) -> tuple[str, int] | None:
    found = _REFERENCE.match(source, at)
    if found is None:
        return None
    if found[3]:
        return (_NAMED[found[3]], found.end()) if found[3] in _NAMED else None
    code = int(found[1], 16) if found[1] else int(found[2])
    return (chr(code), found.end()) if 0 < code < 0x10FFFF else None


def _joined_surrogates(text: str) -> str:
    """Two references may make one character; a half left over is refused."""
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise _cannot(
            "Text contains invalid Unicode characters after decoding HTML entities,"
            " check for unmatched surrogate code units"
        ) from None


# Tags


def _read_start(reader: _Reader) -> None:
    source, begin = reader.source, reader.at
    name = _TAG_NAME.match(source, begin + 1)
    end = name.end() if name else begin + 1
    where = f"at byte offset {_bytes(source, begin)}"
    if end >= len(source):
        raise _cannot(f"Unclosed start tag {where}")
    tag = source[begin + 1 : end].lower()
    if tag not in _ENTITIES:
        raise _cannot(f'Unsupported start tag "{tag}" {where}')
    attributes, reader.at = _read_attributes(reader, tag, end, where)
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _cannot(f'Tag "span" must have class "tg-spoiler" {where}')
    _check_nesting(reader, tag, where)
    reader.open.append(_Open(tag=tag, attributes=attributes, start=reader.length, index=len(reader.pieces)))


def _check_nesting(reader: _Reader, tag: str, where: str) -> None:
    outer = [waiting.tag for waiting in reader.open]
    is_language = [*outer, tag][-2:] in (["pre", "code"], ["code", "pre"])
    if {"code", "pre"} & set(outer) and not is_language:
        reader.ignored.append(f"<{tag}> inside code {where} formats nothing")
    if tag == "blockquote" and tag in outer:
        reader.ignored.append(f"<blockquote> inside a blockquote {where} is dropped")


def _read_attributes(reader: _Reader, tag: str, at: int, where: str) -> tuple[dict[str, str], int]:
    source, attributes = reader.source, dict[str, str]()
    while True:
        at = _skipped(_SPACES, source, at)
        if source[at : at + 1] == ">":
            return attributes, at + 1
        end = _skipped(_ATTRIBUTE_NAME, source, at)
        name = source[at:end]
        if not name:
            raise _cannot(f'Empty attribute name in the tag "{tag}" {where}')
        at = _skipped(_SPACES, source, end)
        if source[at : at + 1] == "=":
            value, at = _read_value(source, _skipped(_SPACES, source, at + 1))
        elif tag == "blockquote" and name == "expandable":
            value = "1"
        else:
            raise _cannot(f'Expected equal sign in declaration of an attribute of the tag "{tag}" {where}')
        if at >= len(source):
            raise _cannot(f'Unclosed start tag "{tag}" {where}')
        attributes[name] = value
        if name not in _ATTRIBUTES.get(tag, ()):
            reader.ignored.append(f'attribute "{name}" of <{tag}> {where} means nothing')


def _read_value(source: str, at: int) -> tuple[str, int]:
    quote = source[at : at + 1]
    if quote in ("'", '"'):
        end = source.find(quote, at + 1)
        if end < 0:
            return "", len(source)
        inside = _REFERENCE.sub(lambda found: (_reference(found[0], 0) or (found[0],))[0], source[at + 1 : end])
        return inside, end + 1
    end = _skipped(_NAME_TOKEN, source, at)
    if end < len(source) and not (source[end].isspace() or source[end] == ">"):
        raise _cannot(f"Unexpected end of name token at byte offset {_bytes(source, at)}")
    return source[at:end].lower(), end


def _read_end(reader: _Reader) -> None:
    source, begin = reader.source, reader.at
    where = f"at byte offset {_bytes(source, begin)}"
    if not reader.open:
        raise _cannot(f"Unexpected end tag {where}")
    end = _skipped(_TAG_NAME, source, begin + 2)
    name = source[begin + 2 : end].lower()
    end = _skipped(_SPACES, source, end)
    if source[end : end + 1] != ">":
        raise _cannot(f"Unclosed end tag {where}")
    opened = reader.open.pop()
    if name not in ("", opened.tag):
        raise _cannot(f'Unmatched end tag {where}, expected "</{opened.tag}>", found "</{name}>"')
    reader.at = end + 1
    if reader.length > opened.start:
        _close(reader, opened)


def _close(reader: _Reader, opened: _Open) -> None:
    """Turn a closed tag with something inside it into an entity."""
    entity: dict[str, Any] = {
        "type": _ENTITIES[opened.tag],
        "offset": opened.start,
        "length": reader.length - opened.start,
    }
    if opened.tag == "a":
        url = opened.attributes.get("href") or "".join(reader.pieces[opened.index :])
        if found := _MENTION.fullmatch(url):
            entity |= {"type": "text_mention", "user": {"id": int(found[1])}}
        elif is_link(url):
            entity["url"] = url
        else:
            reader.ignored.append(f"<a> with {url!r} is no link")
            return
    elif opened.tag == "blockquote" and "expandable" in opened.attributes:
        entity["type"] = "expandable_blockquote"
    elif opened.tag == "tg-emoji":
        entity["custom_emoji_id"] = _emoji(opened.attributes.get("emoji-id", ""))
    elif opened.tag == "tg-time":
        entity["unix_time"] = int(opened.attributes.get("unix", "0"))
        entity["date_time_format"] = opened.attributes.get("format", "")
    elif opened.tag in ("pre", "code") and _is_language(reader, opened, entity):
        return
    reader.entities.append(entity)


def _emoji(identifier: str) -> str:
    if not identifier.isdecimal() or not int(identifier):
        raise _cannot("Invalid custom emoji identifier specified")
    return identifier


def _is_language(reader: _Reader, opened: _Open, entity: dict[str, Any]) -> bool:
    """<pre><code class="language-x"> is one entity; tell whether opened is the outer tag of such a pair."""
    if opened.tag == "code":
        language = opened.attributes.get("class", "")
        if reader.open and reader.open[-1].tag == "pre" and language.startswith("language-"):
            entity |= {"type": "pre", "language": language.removeprefix("language-")}
        return False
    last = reader.entities[-1] if reader.entities else {}
    return (last.get("type"), last.get("offset"), last.get("length")) == ("pre", entity["offset"], entity["length"])


# Small things


def _skipped(pattern: re.Pattern[str], source: str, at: int) -> int:
    found = pattern.match(source, at)
    return found.end() if found else at


def _bytes(source: str, at: int) -> int:
    return len(source[:at].encode())


def _cannot(reason: str) -> Exception:
    return violation(f"can't parse entities: {reason}")
