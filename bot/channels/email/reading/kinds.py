"""Kinds: what a file is by its bytes, whatever its label says, and whether a picture is more than decoration."""

import io
import re
import struct
import warnings
import zipfile

from PIL import Image

ASICE = "application/vnd.etsi.asic-e+zip"
ASICS = "application/vnd.etsi.asic-s+zip"
TNEF = "application/ms-tnef"
UNKNOWN = "application/octet-stream"

_OPENXML = "application/vnd.openxmlformats-officedocument"
_OPENXML_FOLDERS = {
    "word/": f"{_OPENXML}.wordprocessingml.document",
    "xl/": f"{_OPENXML}.spreadsheetml.sheet",
    "ppt/": f"{_OPENXML}.presentationml.presentation",
}
_OLE_STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
    "__properties_version1.0": "application/vnd.ms-outlook",
}
_BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
    b"{\\rtf": "application/rtf",
    b"\x78\x9f\x3e\x22": TNEF,
    b"\x1f\x8b": "application/gzip",
    b"Rar!\x1a\x07": "application/vnd.rar",
    b"7z\xbc\xaf\x27\x1c": "application/x-7z-compressed",
}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# Labels that can't be told by bytes, and are believed of what could be text.
_TEXTS = re.compile(
    r"text/(?!html)[a-z0-9.+-]+|application/(?:json|xml|[a-z0-9.-]+\+(?:xml|json)|ics|csv)|message/rfc822"
)
_EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/tiff": "tif", "image/webp": "webp",
    "image/bmp": "bmp", "image/heic": "heic", "application/pdf": "pdf", "application/rtf": "rtf",
    ASICE: "edoc", ASICS: "asics",
    "application/zip": "zip", "text/plain": "txt", "text/html": "html", "text/calendar": "ics", "text/csv": "csv",
    "message/rfc822": "eml", TNEF: "dat", "application/msword": "doc", "application/vnd.ms-excel": "xls",
    f"{_OPENXML}.wordprocessingml.document": "docx", f"{_OPENXML}.spreadsheetml.sheet": "xlsx",
}  # fmt: skip

_MOST_ENTRIES = 1_000
_LARGEST_DIRECTORY = 200_000  # bytes
_END_OF_ZIP = struct.Struct("<4s4H2LH")


def media_type(data: bytes, label: str = "") -> str:
    """Tell what the bytes are; a label is believed only of what is text."""
    for beginning, kind in _BEGINNINGS.items():
        if data.startswith(beginning):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return _boxed(data)
    if data[:2] == b"BM" and data[6:10] == b"\0\0\0\0" and len(data) > 54:
        return "image/bmp"
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        found = (kind for name, kind in _OLE_STREAMS.items() if name.encode("utf-16-le") in data)
        return next(found, UNKNOWN)
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if b"\0" not in data[:4096]:
        return label if _TEXTS.fullmatch(label) else "text/html" if _is_html(data, label) else _textual(data)
    return UNKNOWN


def archive(data: bytes) -> zipfile.ZipFile | None:
    """Open a zip file's directory; None where it is none, or has more entries than a letter's attachment does."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    if at < 0 or len(data) - at < _END_OF_ZIP.size:
        return None
    _, _, _, _, entries, size, _, _ = _END_OF_ZIP.unpack_from(data, at)
    if entries > _MOST_ENTRIES or size > _LARGEST_DIRECTORY:
        return None
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, struct.error, IndexError):
        return None


def extension(kind: str) -> str:
    """Return how a file of this kind is named when nobody has named it."""
    return _EXTENSIONS.get(kind, "bin")


def is_decoration(data: bytes, kind: str, *, inline: bool) -> bool:
    """Whether a picture is a logo, an icon or a pixel that tells who reads: too small or too long for a photo.

    Of pictures that stand in the text more is asked, as that is where signatures have theirs; what somebody has
    attached is meant.
    """
    width, height = _size(data)
    short, long = min(width, height), max(width, height)
    if not long:
        return inline and len(data) < 20_000 and kind != "image/heic"
    if short < 16:
        return True
    if not inline:
        return False
    return (
        short < 250
        or long > 3 * short
        or kind == "image/gif"
        or len(data) < (8_000 if kind == "image/jpeg" else 20_000)
    )


def _size(data: bytes) -> tuple[int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "MPO")) as image:
                return image.size
    except Exception:  # noqa: BLE001 - decoders raise whatever they like over broken pictures
        return 0, 0


def _boxed(data: bytes) -> str:
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, length, 4))}
    if brands & _HEIC_BRANDS:
        return "image/avif" if b"avif" in brands else "image/heic"
    return "image/avif" if b"avif" in brands else "video/mp4"


def _zipped(data: bytes) -> str:
    opened = archive(data)
    if opened is None:
        return "application/zip"
    with opened:
        names = opened.namelist()
        if "mimetype" in names:
            try:
                info = opened.getinfo("mimetype")
                with opened.open(info) as entry:
                    stated = entry.read(200).decode("ascii", "replace").strip().lower()
            except Exception:  # noqa: BLE001 - zipfile raises a dozen kinds over broken entries
                stated = ""
            if stated in (ASICE, ASICS) or stated.startswith("application/vnd.oasis.opendocument."):
                return stated
        if any(name.startswith("META-INF/") and "signatures" in name and name.endswith(".xml") for name in names):
            return ASICE  # older programs leave the mimetype out
        if "[Content_Types].xml" in names:
            parts = (
                kind for folder, kind in _OPENXML_FOLDERS.items() if any(name.startswith(folder) for name in names)
            )
            return next(parts, "application/zip")
    return "application/zip"


def _is_html(data: bytes, label: str) -> bool:
    return label == "text/html" or bool(re.match(rb"\s*(?:<!doctype html|<html)", data[:200], re.IGNORECASE))


def _textual(data: bytes) -> str:
    controls = sum(byte < 9 or 13 < byte < 27 for byte in data[:1024])
    return UNKNOWN if controls else "text/plain"
