"""What a file is by its bytes, what is refused by which name, and that a public copy tells nothing but the picture."""

import io
import zipfile
from collections.abc import Sequence

import pytest
from PIL import Image

from bot.attachments import pictures as our_pictures
from bot.attachments.content import LARGEST, Accepted, Refusal, examine
from bot.attachments.pictures import PictureError, public_copy, without_traces
from bot.attachments.pictures import place as picture_place
from tests import pictures

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
_OPENXML = "application/vnd.openxmlformats-officedocument"
_OPENDOCUMENT = "application/vnd.oasis.opendocument"


def _zip(names: Sequence[str], mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def _stream(name: str) -> bytes:
    return f"{name}\0".encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (pictures.jpeg(), "image/jpeg"),
        (pictures.two_in_one(), "image/jpeg"),
        (pictures.saved("PNG"), "image/png"),
        (pictures.saved("WEBP"), "image/webp"),
        (pictures.saved("GIF"), "image/gif"),
        (pictures.saved("TIFF"), "image/tiff"),
        (b"%PDF-1.7\n...", "application/pdf"),
        (b"\n\n%PDF-1.4\n...", "application/pdf"),
        (_zip(["[Content_Types].xml", "word/document.xml"]), f"{_OPENXML}.wordprocessingml.document"),
        (_zip(["[Content_Types].xml", "xl/workbook.xml"]), f"{_OPENXML}.spreadsheetml.sheet"),
        (_zip(["content.xml"], f"{_OPENDOCUMENT}.spreadsheet"), f"{_OPENDOCUMENT}.spreadsheet"),
        (_OLE + _stream("WordDocument"), "application/msword"),
        (_OLE + _stream("Workbook"), "application/vnd.ms-excel"),
        (b"Suga;Skaits;Vieta\nozols;50;Ogre\n", "text/csv"),
        ("Suga\tSkaits\tVieta\nķirsis\t50\tCēsis\n".encode("cp1257"), "text/csv"),
    ],
    ids=[
        "jpeg",
        "jpeg+",
        "png",
        "webp",
        "gif",
        "tiff",
        "pdf",
        "late-pdf",
        "docx",
        "xlsx",
        "ods",
        "doc",
        "xls",
        "csv",
        "tsv",
    ],
)
def test_files_are_known_by_their_content_and_kept_as_sent(data: bytes, media_type: str) -> None:
    """Pictures, PDF and office documents are taken, byte for byte, whatever they are called."""
    assert Accepted(data=data, media_type=media_type) == examine(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Refusal.EMPTY),
        (bytes(LARGEST + 1), Refusal.TOO_BIG),
        (b"MZ\x90\x00" + bytes(100), Refusal.NOT_ACCEPTED),
        (b"Ozoli, 50 gab.", Refusal.NOT_ACCEPTED),
        (b"<html>;;;\n<body>;;;\n", Refusal.NOT_ACCEPTED),
        (_OLE + _stream("EncryptedPackage"), Refusal.LOCKED),
        (pictures.jpeg()[:10], Refusal.NOT_ACCEPTED),
        (_zip(["bildes/1.jpg"]), Refusal.NOT_ACCEPTED),
        (_zip(["content.xml"], "application/epub+zip"), Refusal.NOT_ACCEPTED),
        (_zip(["[Content_Types].xml", "word/document.xml"])[:60], Refusal.NOT_ACCEPTED),
        (_OLE + _stream("__properties_version1.0"), Refusal.NOT_ACCEPTED),
        (_zip(["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"]), Refusal.MACROS),
        (_OLE + _stream("Workbook") + _stream("_VBA_PROJECT"), Refusal.MACROS),
        (pictures.bomb(), Refusal.TOO_MANY_PIXELS),
        (pictures.heic()[:200], Refusal.UNREADABLE),
    ],
    ids=[
        *("empty", "big", "exe", "text", "html", "locked", "cut", "zip", "epub"),
        *("cut-docx", "msg", "xlsm", "xls+", "bomb", "cut-heic"),
    ],
)  # fmt: skip
def test_what_is_not_taken_has_a_named_reason(data: bytes, why: Refusal) -> None:
    """A program in a picture's clothes, an archive, a bomb or nothing at all: each is refused by name."""
    assert why == examine(data)


def test_heic_becomes_a_jpeg_that_keeps_its_place() -> None:
    """What an iPhone sends is stored so that anyone can open it, upright, with place and camera for staff."""
    found = examine(pictures.heic(orientation=6))
    assert isinstance(found, Accepted)
    image = pictures.opened(found.data)
    assert ("image/jpeg", "JPEG", (48, 64)) == (found.media_type, image.format, image.size)
    told = image.getexif()
    assert 1 == told.get(0x0112)
    assert pictures.PLACE[0] == tuple(float(part) for part in told.get_ifd(0x8825)[2])


def test_heic_with_too_many_pixels_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit on pixels holds for HEIC too, which Pillow does not look after."""
    monkeypatch.setattr(our_pictures, "_MOST_PIXELS", 64 * 48 - 1)
    assert Refusal.TOO_MANY_PIXELS == examine(pictures.heic())


@pytest.mark.parametrize("kind", ["jpeg", "heic", "png", "webp", "tiff"])
def test_a_public_copy_tells_nothing_but_the_picture(kind: str) -> None:
    """No EXIF, no place, no XMP packet, no comment and no name is left in a copy that leaves us."""
    noted = {"exif": pictures.exif(), "xmp": pictures.XMP}
    data = {
        "jpeg": pictures.jpeg(),
        "heic": pictures.heic(),
        "png": pictures.see_through(),
        "webp": pictures.saved("WEBP", **noted),
        "tiff": pictures.saved("TIFF", exif=pictures.exif()),
    }
    copy = public_copy(data[kind])
    for trace in (b"Exif", b"eXIf", b"GPS", b"xmpmeta", b"adobe", b"Anna", "Tālrunis".encode(), b"mana seta"):
        assert trace not in copy
    image = pictures.opened(copy)
    assert {} == dict(image.getexif())
    assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_original_does_carry_what_the_copy_must_not() -> None:
    """The test above would fail on a copy that was merely passed on."""
    sent = pictures.jpeg()
    assert all(trace in sent for trace in (b"Exif", b"Anna", b"mana seta"))
    assert pictures.PLACE[1] == tuple(float(part) for part in pictures.opened(sent).getexif().get_ifd(0x8825)[4])


@pytest.mark.parametrize("data", [pictures.jpeg(orientation=6), pictures.heic(orientation=6)], ids=["jpeg", "heic"])
def test_a_public_copy_stands_upright(data: bytes) -> None:
    """A picture taken with the phone on its side is turned, since nothing in the copy says how to hold it."""
    image = pictures.opened(public_copy(data))
    assert (48, 64) == image.size
    top, bottom = image.getpixel((24, 8)), image.getpixel((24, 56))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 150 > top[1]
    assert bottom[1] > 150 > bottom[0]


def test_a_see_through_picture_stays_so() -> None:
    """A PNG with nothing in its middle is copied as a PNG, not onto black."""
    image = pictures.opened(public_copy(pictures.see_through()))
    assert ("PNG", (0, 128, 0, 255)) == (image.format, image.getpixel((2, 2)))
    assert 0 == image.getchannel("A").getpixel((20, 15))


def test_a_public_copy_is_no_longer_than_4096_pixels() -> None:
    """A camera's full size is no business of a web page, and would give the camera away."""
    image = pictures.opened(public_copy(pictures.jpeg(size=(6000, 3000))))
    assert (4096, 2048) == image.size


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", pictures.bomb(), pictures.saved("PNG")[:80]])
def test_no_public_copy_of_what_is_no_picture(data: bytes) -> None:
    """What can't be decoded, or would take all memory to, gives no copy, and says so."""
    with pytest.raises(PictureError):
        public_copy(data)


@pytest.mark.parametrize(
    ("north", "east", "place"),
    [
        ((56.0, 57.0, 3.6), (24.0, 6.0, 18.0), (56.951, 24.105)),
        ((57.5, 0.0, 0.0), (25.0, 30.0, 0.0), (57.5, 25.5)),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), None),
        ((157.0, 0.0, 0.0), (24.0, 0.0, 0.0), None),
        ((57.0,), (24.0, 0.0, 0.0), None),
    ],
)
def test_a_picture_tells_where_it_was_taken(north: object, east: object, place: tuple[float, float] | None) -> None:
    """In degrees, whichever way they are written; what no camera that knew its place writes is no place."""
    told = Image.Exif()
    told.get_ifd(0x8825).update({1: "N", 2: north, 3: "E", 4: east})
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=told)
    assert place == (pytest.approx(found) if (found := picture_place(out.getvalue())) else None)


def test_what_has_no_place_tells_none() -> None:
    """A picture without EXIF, one from south and west, an iPhone's own format, and what is no picture."""
    assert (None, None) == (picture_place(pictures.saved("PNG")), picture_place(b"no picture"))
    found = picture_place(pictures.heic())
    assert found is not None
    assert [56.951, 24.105] == [round(degrees, 6) for degrees in found]


def test_a_picture_leaves_us_without_what_a_camera_wrote_into_it() -> None:
    """Place, make and comments are gone, its pixels are there; what carries nothing or is no picture stays as it is."""
    told = pictures.jpeg()
    bare = without_traces(told)
    assert (64, 48) == Image.open(io.BytesIO(bare)).size
    assert {} == dict(Image.open(io.BytesIO(bare)).getexif())
    assert not any(trace in bare for trace in (b"Anna Ozola", b"mana seta", "Tālrunis".encode()))
    assert bare == without_traces(bare)
    assert b"%PDF-1.4" == without_traces(b"%PDF-1.4")
