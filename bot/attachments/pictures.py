"""Pictures: recognised by their content, converted where few programs can open them, and copied without a trace.

Decoding is heavy and takes memory by the pixel, so a process decodes one picture at a time.
"""

import io
import threading

from PIL import Image, ImageOps

_MOST_PIXELS = 110_000_000  # the cameras of today's phones end at 108 million
Image.MAX_IMAGE_PIXELS = _MOST_PIXELS  # Pillow's own check, for what it opens inside of others
_LONGEST_EDGE = 4096  # pixels of a public copy: more than any page or map shows

_MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with a second picture behind it, as many phones make them
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
}
_TRACES = frozenset({"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "iptc", "Raw profile type exif"})
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_GPS, _LATITUDE, _LONGITUDE = 0x8825, 2, 4  # of EXIF; the side of the globe stands one before each
_decoding = threading.Lock()


class PictureError(Exception):
    """A picture can't be decoded, or has too many pixels to try. Trying again does not help."""

    def __init__(self, reason: str, *, too_many_pixels: bool = False) -> None:
        super().__init__(reason)
        self.too_many_pixels = too_many_pixels


def media_type(data: bytes) -> str:
    """Return a picture's type, '' for what is none of those we take; raises PictureError for too many pixels."""
    try:
        image = _opened(data)
    except PictureError as error:
        if error.too_many_pixels:
            raise
        return ""
    return _MEDIA_TYPES.get(image.format or "", "")


def is_heic(data: bytes) -> bool:
    """Tell whether this is what iPhones make, by the brands in the box that such files begin with."""
    if data[4:8] != b"ftyp":
        return False
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, length, 4))}
    return bool(brands & _HEIC_BRANDS)


def heic_to_jpeg(data: bytes) -> bytes:
    """Convert; the time, the place and the camera in its EXIF stay, for staff. Raises PictureError."""
    with _decoding:
        image = _heic(data)
        out = io.BytesIO()
        try:
            exif, profile = image.info.get("exif") or b"", image.info.get("icc_profile")
            image.convert("RGB").save(out, "JPEG", quality=92, exif=exif, icc_profile=profile)
        except Exception as error:
            raise PictureError(f"can't be converted: {type(error).__name__}") from error
        return out.getvalue()


def place(data: bytes) -> tuple[float, float] | None:
    """Return where a picture was taken, WGS 84 degrees north and east, as its EXIF says; None where it says nothing."""
    try:
        image = _heic(data) if is_heic(data) else _opened(data)
        told = image.getexif().get_ifd(_GPS)
        lat, lon = (_degrees(told[part], told[part - 1]) for part in (_LATITUDE, _LONGITUDE))
    except Exception:  # noqa: BLE001 - cameras, and programs after them, write whatever they like
        return None
    # A camera that knew nothing writes zeros.
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0, 0) else None


def public_copy(data: bytes, longest: int = _LONGEST_EDGE) -> bytes:
    """Return a copy that may leave us: the pixels, upright, and nothing else.

    It is a JPEG, or a PNG where the picture is see-through, at most `longest` pixels; of several frames the first.
    Raises PictureError.
    """
    with _decoding:
        image = _heic(data) if is_heic(data) else _opened(data)
        try:
            return _written(_bare(image, longest))
        except Exception as error:
            raise PictureError(f"can't be decoded: {type(error).__name__}") from error


def _degrees(parts: tuple[float, float, float], side: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return (degrees + minutes / 60 + seconds / 3600) * (-1 if side.strip("\0 ").upper() in {"S", "W"} else 1)


def without_traces(data: bytes) -> bytes:
    """Return what may leave us: a picture that carries more than its pixels as a copy, everything else as it is."""
    try:
        image = _opened(data)
    except PictureError:
        return data  # no picture, or one that nobody should open here
    told = {name for name in image.info if name in _TRACES}
    if not told and not image.getexif():
        return data
    try:
        return public_copy(data)
    except PictureError:
        return b""


def _bare(image: Image.Image, longest: int) -> Image.Image:
    """Copy the pixels into a picture that has never had anything beside them."""
    image.draft("RGB", (longest, longest))  # a JPEG is decoded smaller at once; others ignore it
    upright = ImageOps.exif_transpose(image)
    upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    upright.thumbnail((longest, longest))
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def _written(image: Image.Image) -> bytes:
    out = io.BytesIO()
    if image.mode == "RGBA":
        image.save(out, "PNG")
    else:
        image.save(out, "JPEG", quality=90)
    return out.getvalue()


def _opened(data: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=[kind for kind in _MEDIA_TYPES if kind != "MPO"])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("too many pixels", too_many_pixels=True) from error
    except Exception as error:  # decoders raise whatever they like on broken files
        raise PictureError(f"can't be opened: {type(error).__name__}") from error
    _check_size(image.size)
    return image


def _heic(data: bytes) -> Image.Image:
    import pillow_heif  # noqa: PLC0415 - 11 MB that most processes never need

    try:
        found = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
        _check_size(found.size)
        image: Image.Image = found.to_pillow()
    except PictureError:
        raise
    except Exception as error:
        raise PictureError(f"can't be opened: {type(error).__name__}") from error
    return image


def _check_size(size: tuple[int, int]) -> None:
    """Refuse a decompression bomb by what its header says, before anything is decoded."""
    width, height = size
    if width * height > _MOST_PIXELS:
        raise PictureError("too many pixels", too_many_pixels=True)
