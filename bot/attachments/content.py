"""Content: what a file is by its bytes, whatever its name and its sender say, and whether we take it."""

import io
import zipfile
from dataclasses import dataclass
from enum import StrEnum

from bot.attachments import pictures
from bot.attachments.pictures import PictureError
from bot.lists.book import is_text_table

LARGEST = 20 * 1024 * 1024  # bytes; more than that Telegram hands out to nobody

_PDF_BEGINS_WITHIN = 1024  # bytes; what readers of PDF tolerate before the header
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The stream that each older office format has, as its directory names it.
_OLE_STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
_ENCIPHERED = "EncryptedPackage".encode("utf-16-le")  # what an office document with a password holds
_OPENXML = "application/vnd.openxmlformats-officedocument"
_OPENXML_FOLDERS = {
    "word/": f"{_OPENXML}.wordprocessingml.document",
    "xl/": f"{_OPENXML}.spreadsheetml.sheet",
    "ppt/": f"{_OPENXML}.presentationml.presentation",
}
_OPENDOCUMENT = tuple(f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation"))
_LONGEST_MIMETYPE = 200  # bytes


class Refusal(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    NOT_ACCEPTED = "not_accepted"  # neither a picture, nor a PDF, nor an office document, nor a table
    LOCKED = "locked"  # an office document with a password
    MACROS = "macros"  # an office document with a program in it
    TOO_MANY_PIXELS = "too_many_pixels"
    UNREADABLE = "unreadable"  # it begins like a picture that we would have to convert, and can't be


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """What is to be stored: the bytes as sent, but for HEIC, which becomes a JPEG with its EXIF."""

    data: bytes
    media_type: str


def examine(data: bytes) -> Accepted | Refusal:
    """Tell what the bytes are, and convert what few programs can open. Heavy: not for the event loop."""
    if not data:
        return Refusal.EMPTY
    if len(data) > LARGEST:
        return Refusal.TOO_BIG
    if pictures.is_heic(data):
        return _converted(data)
    try:
        media_type = pictures.media_type(data)
    except PictureError:
        return Refusal.TOO_MANY_PIXELS
    found = media_type or _document_type(data)
    return found if isinstance(found, Refusal) else Accepted(data=data, media_type=found)


def _converted(data: bytes) -> Accepted | Refusal:
    try:
        return Accepted(data=pictures.heic_to_jpeg(data), media_type="image/jpeg")
    except PictureError as error:
        return Refusal.TOO_MANY_PIXELS if error.too_many_pixels else Refusal.UNREADABLE


def _document_type(data: bytes) -> str | Refusal:
    if b"%PDF-" in data[:_PDF_BEGINS_WITHIN]:
        return "application/pdf"
    if data.startswith(_OLE):
        return _ole_type(data)
    if data.startswith(b"PK\x03\x04"):
        return _zip_type(data)
    return "text/csv" if is_text_table(data) else Refusal.NOT_ACCEPTED


def _ole_type(data: bytes) -> str | Refusal:
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        return Refusal.MACROS
    if _ENCIPHERED in data:
        return Refusal.LOCKED
    found = (media_type for name, media_type in _OLE_STREAMS.items() if _entry(name) in data)
    return next(found, Refusal.NOT_ACCEPTED)


def _entry(name: str) -> bytes:
    """Return how an OLE directory holds a name: UTF-16 with a zero after it."""
    return f"{name}\0".encode("utf-16-le")


def _zip_type(data: bytes) -> str | Refusal:
    """Tell by the names in a zip file: nothing but OpenDocument's own short mimetype is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                with archive.open("mimetype") as entry:
                    stated = entry.read(_LONGEST_MIMETYPE).decode("ascii", "replace").strip()
                return stated if stated in _OPENDOCUMENT else Refusal.NOT_ACCEPTED
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        return Refusal.NOT_ACCEPTED
    if any(name.endswith("vbaProject.bin") for name in names):
        return Refusal.MACROS
    if "[Content_Types].xml" not in names:
        return Refusal.NOT_ACCEPTED
    parts = (kind for folder, kind in _OPENXML_FOLDERS.items() if any(name.startswith(folder) for name in names))
    return next(parts, Refusal.NOT_ACCEPTED)
