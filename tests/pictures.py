"""Pictures for tests: made by Pillow, with what cameras write into them."""

import io
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image

PLACE = ((56.0, 57.0, 3.6), (24.0, 6.0, 18.0))  # degrees, minutes, seconds north and east
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description creator="Anna Ozola"/></x:xmpmeta>'

_ORIENTATION, _MAKE, _GPS = 0x0112, 0x010F, 0x8825


def exif(orientation: int = 1) -> Image.Exif:
    """Return what a phone writes: its make, which way it was held, and the place."""
    told = Image.Exif()
    told[_MAKE] = "Tālrunis"
    told[_ORIENTATION] = orientation
    told.get_ifd(_GPS).update({1: "N", 2: PLACE[0], 3: "E", 4: PLACE[1]})
    return told


def jpeg(*, orientation: int = 1, size: tuple[int, int] = (64, 48), **more: Any) -> bytes:
    """Return a JPEG with EXIF, an XMP packet and a comment; its left half is red, the right one green."""
    return _saved(_halves(size), "JPEG", exif=exif(orientation), xmp=XMP, comment=b"mana seta", quality=95, **more)


def two_in_one() -> bytes:
    """Return a JPEG with a second picture behind the first, as many phones make them."""
    return _saved(_halves((64, 48)), "MPO", save_all=True, append_images=[_halves((32, 24))])


def heic(*, orientation: int = 1) -> bytes:
    """Return what an iPhone makes."""
    out = io.BytesIO()
    pillow_heif.from_pillow(_halves((64, 48))).save(out, exif=exif(orientation).tobytes())
    return out.getvalue()


def saved(kind: str, **more: Any) -> bytes:
    """Return a picture in another format."""
    return _saved(_halves((64, 48)), kind, **more)


def see_through() -> bytes:
    """Return a PNG with nothing in its middle, and a text beside the pixels."""
    image = Image.new("RGBA", (40, 30), (0, 128, 0, 255))
    image.paste((0, 0, 0, 0), (10, 10, 30, 20))
    return _saved(image, "PNG", exif=exif())


def bomb() -> bytes:
    """Return a PNG of a few bytes whose header promises 3.6 billion pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def opened(data: bytes) -> Image.Image:
    """Return a picture, decoded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def _halves(size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGB", size, (0, 200, 0))
    image.paste((200, 0, 0), (0, 0, size[0] // 2, size[1]))
    return image


def _saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()
