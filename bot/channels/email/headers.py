"""Header fields of a letter that goes out: each one line to whoever reads it, whatever a person's own letter held."""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence

from email_validator import EmailNotValidError, validate_email

from bot.channels.email import token

_MOST_REFERENCES = 20
_LONGEST_SUBJECT = 150  # characters of the person's own, so that the code after them is still seen
_LONGEST_ID = 250
_LONGEST_LOCAL = 64  # characters before the @, by RFC 5321
_WORD = 45  # bytes in one encoded word: 60 characters of base64, 72 with what stands around them

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_REPLIES = re.compile(r"(?:(?:re|fwd?|atb|pārs|ha|на|отв|пересл|aw|sv|vs|wg)(?:\[\d+\])?\.?\s*:\s*)+", re.IGNORECASE)
_ID = re.compile(r"[!-;=?-~]+")  # printable ASCII, no space, no angle brackets


def ascii_address(address: str) -> str:
    """Return an address as every server takes it, its domain in IDNA; '' where there is no such form."""
    try:
        return validate_email(address, check_deliverability=False, allow_quoted_local=True).ascii_email or ""
    except EmailNotValidError:
        return ""


def tagged(address: str, tag: str) -> str:
    """Return our address with a tag in it, koki+tag@example.lv; as it is where that would be too long."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{tag}@{domain}" if len(local) + 1 + len(tag) <= _LONGEST_LOCAL else address


def bare_subject(written: str, *, reply: bool) -> str:
    """Return the words of a subject in one line, without our code; of a reply also without every „Re:”."""
    line = one_line(token.without_code(written))
    found = _REPLIES.match(line) if reply else None
    bare = line[found.end() :] if found else line
    return bare if len(bare) <= _LONGEST_SUBJECT else f"{bare[: _LONGEST_SUBJECT - 1].rstrip()}…"


def subject(bare: str, code: str, *, reply: bool) -> str:
    """Put „Re:” and the code, once each, around the words of a subject."""
    return " ".join(part for part in ("Re:" if reply else "", bare, f"[#{code}]" if code else "") if part)


def one_line(text: str) -> str:
    """Put a text in one line, without what could begin another and without what no server takes."""
    return " ".join(_CONTROL.sub(" ", text).split())


def references(known: Sequence[str], answered: str) -> list[str]:
    """Return the ids of References, the oldest first: the first one and the last ones. `known` has the newest first.

    What is no id is left out: it came in a letter, and a line of ours is to be made of it.
    """
    ids = [id_ for id_ in dict.fromkeys([*reversed(known), answered]) if _usable(id_)]
    if answered in ids:
        ids.append(ids.pop(ids.index(answered)))
    return ids if len(ids) <= _MOST_REFERENCES else [ids[0], *ids[1 - _MOST_REFERENCES :]]


def encoded(text: str) -> str:
    """Write a text as a header may hold it: as it is, or in encoded words, each on a line of its own."""
    if text.isascii() and "=?" not in text:
        return text
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(chunk).decode()}?=" for chunk in _chunks(text))


def folded(values: Iterable[str], separator: str = "") -> str:
    """Put each value on a line of its own."""
    return f"{separator}\r\n ".join(values)


def _usable(id_: str) -> bool:
    return len(id_) <= _LONGEST_ID and bool(_ID.fullmatch(id_))


def _chunks(text: str) -> Iterator[bytes]:
    """Cut between characters: each encoded word is decoded by itself."""
    chunk = b""
    for character in text:
        more = character.encode()
        if len(chunk) + len(more) > _WORD:
            yield chunk
            chunk = b""
        chunk += more
    yield chunk
