"""TNEF: winmail.dat, in which Outlook hides a letter's text and its files.

Read here within the bounds of the data. The library for it believes the counts that stand in a file: a hundred bytes
keep it busy for hours, or take all memory.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from bot.channels.email.reading.charsets import decode

SIGNATURE = b"\x78\x9f\x3e\x22"

_OBJECT = struct.Struct("<BHHL")  # level, name, type, length; then the data and a checksum of two bytes
_BODY, _CODEPAGE, _PROPERTIES = 0x800C, 0x9007, 0x9003
_FILE_BEGINS, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_MOST_OBJECTS = 2_000
_MOST_PROPERTIES = 1_000
_MOST_FILES = 50

_MAPI_BODY, _MAPI_HTML = 0x1000, 0x1013
_MAPI_FILE_DATA, _MAPI_FILE_NAME, _MAPI_LONG_NAME = 0x3701, 0x3704, 0x3707
_MAPI_MIME, _MAPI_CONTENT_ID, _MAPI_HIDDEN = 0x370E, 0x3712, 0x7FFE
_FIXED = {
    0x0002: 4,
    0x000B: 4,
    0x0003: 4,
    0x0004: 4,
    0x000A: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_VARIABLE = (0x001E, 0x001F, 0x000D, 0x0102)
_UNICODE = 0x001F
_EMBEDDED = 16  # bytes before what an embedded object holds: the name of its interface


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file in a winmail.dat."""

    name: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Winmail:
    """What a winmail.dat holds. Text in RTF is not read: letters with it have a plain text part beside."""

    text: str = ""
    html: str = ""
    files: tuple[File, ...] = ()


def read(data: bytes) -> Winmail | None:
    """Read a winmail.dat as far as it goes; None for what is none."""
    if not data.startswith(SIGNATURE):
        return None
    text = html = ""
    codepage = "cp1257"
    files: list[dict[str, bytes]] = []
    for level, name, value in _objects(data):
        if name == _CODEPAGE:
            codepage = f"cp{int.from_bytes(value[:4], 'little')}"
        elif name == _FILE_BEGINS and len(files) < _MOST_FILES:
            files.append({})
        elif level == 1 and name == _BODY:
            text = text or decode(value.rstrip(b"\0"), codepage)
        elif level == 1 and name == _PROPERTIES:
            found = {tag: _string(kind, held, codepage) for tag, kind, held in _properties(value)}
            text, html = found.get(_MAPI_BODY) or text, found.get(_MAPI_HTML) or html
        elif level == 2 and files:
            _add(files[-1], name, value, codepage)
    return Winmail(text=text, html=html, files=tuple(_files(files)))


def _files(read: list[dict[str, bytes]]) -> Iterator[File]:
    for one in read:
        if one.get("data"):
            yield File(name=decode(one.get("name", b"")), content=one["data"], content_id=decode(one.get("id", b"")))


def _objects(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 6
    for _ in range(_MOST_OBJECTS):
        if at + _OBJECT.size > len(data):
            return
        level, name, _, length = _OBJECT.unpack_from(data, at)
        at += _OBJECT.size
        yield level, name, data[at : at + length]
        at += length + 2


def _add(file: dict[str, bytes], name: int, value: bytes, codepage: str) -> None:
    if name == _FILE_TITLE:
        file.setdefault("name", decode(value.split(b"\0")[0], codepage).encode())
    elif name == _FILE_DATA:
        file["data"] = value
    elif name == _FILE_PROPERTIES:
        for tag, kind, found in _properties(value):
            if tag == _MAPI_LONG_NAME or (tag == _MAPI_FILE_NAME and "name" not in file):
                file["name"] = _string(kind, found, codepage).encode()
            elif tag == _MAPI_CONTENT_ID:
                file["id"] = _string(kind, found, codepage).encode()
            elif tag == _MAPI_FILE_DATA and not file.get("data"):
                file["data"] = found[_EMBEDDED:] if kind == 0x000D else found


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Go through MAPI properties (tag, type, first value) while they stay inside the data."""
    at = 4
    for _ in range(min(int.from_bytes(data[:4], "little"), _MOST_PROPERTIES)):
        if at + 4 > len(data):
            return
        kind, tag = struct.unpack_from("<HH", data, at)
        at += 4
        if tag >= 0x8000:
            at = _named(data, at)
        count = 1
        many = bool(kind & 0x1000)
        kind &= 0xEFFF
        if many or kind in _VARIABLE:
            count = int.from_bytes(data[at : at + 4], "little")
            at += 4
        size = _FIXED.get(kind, 0)
        if not size and kind not in _VARIABLE:
            return
        first = b""
        for number in range(min(count, len(data) - at)):  # each takes more than a byte
            length = size or int.from_bytes(data[at : at + 4], "little")
            at += 0 if size else 4
            if at + length > len(data):
                return
            first = first if number else data[at : at + length]
            at += length if size else (length + 3) & ~3
        yield tag, kind, first


def _named(data: bytes, at: int) -> int:
    at += 16
    by_name = int.from_bytes(data[at : at + 4], "little")
    length = int.from_bytes(data[at + 4 : at + 8], "little")
    return at + 8 + ((length + 3) & ~3 if by_name else 0)


def _string(kind: int, value: bytes, codepage: str) -> str:
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").split("\0")[0]
    return decode(value.split(b"\0")[0], codepage)
