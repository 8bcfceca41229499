"""What was attached that is real content, out of whatever it was wrapped in."""

import io
import zipfile

import pytest

from bot.channels.email.letter import Letter, Outcome
from tests import pictures
from tests.written_letters import (
    attached,
    certificate,
    edoc,
    enveloped,
    letter,
    of_parts,
    part,
    read,
    signed_opaque,
    winmail,
    within,
)

_PDF = b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n"
_PHOTO = pictures.jpeg(size=(1200, 900))
_LOGO = pictures.jpeg(size=(180, 60))
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def _kept(found: Letter) -> list[tuple[int, str, str]]:
    return [(one.number, one.name, one.media_type) for one in found.attachments]


def test_files_are_named_and_told_by_their_bytes() -> None:
    """Whatever the label says; names encoded in every way, without folders; what has no name gets one."""
    found = read(
        of_parts(
            part("Lūdzu!"),
            attached(_PHOTO, "koki.jpg", "application/octet-stream"),
            attached(pictures.heic(), "IMG_1.HEIC", "image/jpeg"),
            part(_PDF, "image/png", content_disposition="attachment; filename*=utf-8''saraksts%20%C5%A1eit.pdf"),
            part(_zip("[Content_Types].xml", "word/document.xml"), 'x/y; name="=?utf-8?Q?stati=C5=86i.docx?="'),
            attached(_zip("a.txt"), r"C:\Mape\arhīvs.zip"),
            part("suga;skaits\nozols;50", "text/csv; charset=utf-8"),
            attached(b"Piez\xeeme".decode("cp1257").encode(), "piezīme.txt", "text/plain"),
        )
    )
    assert "Lūdzu!" == found.text
    assert [
        (1, "koki.jpg", "image/jpeg"),
        (2, "IMG_1.HEIC", "image/heic"),
        (3, "saraksts šeit.pdf", "application/pdf"),
        (4, "statiņi.docx", _DOCX),
        (5, "arhīvs.zip", "application/zip"),
        (6, "6.csv", "text/csv"),
        (7, "piezīme.txt", "text/plain"),
    ] == _kept(found)
    assert (_PHOTO, True) == (found.attachments[0].content, found.attachments[0].is_picture)


def test_logos_and_quoted_pictures_are_no_photos() -> None:
    """Logos and pixels in the text go, and what the quoted letter showed; photos stay, also those put into the text."""
    page = (
        '<p>Te mans koks <img src="cid:foto"></p><p>--<br>SIA Koki <img src="cid:logo"><img src="cid:pixel"></p>'
        '<div class="gmail_quote"><div class="gmail_attr">X:</div><blockquote><img src="cid:vecs"></blockquote></div>'
    )
    found = read(
        of_parts(
            part(page, "text/html; charset=utf-8"),
            part(_PHOTO, "image/jpeg; name=foto.jpg", content_id="<foto>", content_disposition="inline"),
            part(_LOGO, "image/jpeg; name=logo.jpg", content_id="<logo>", content_disposition="inline"),
            part(pictures.saved("GIF"), "image/gif; name=pixel.gif", content_id="<pixel>"),
            part(_PHOTO, "image/jpeg; name=vecs.jpg", content_id="<vecs>", content_disposition="inline"),
            attached(_LOGO, "mazs.jpg", "image/jpeg"),
            part(_PHOTO, "image/jpeg; name=no-talruna.jpg", content_disposition="inline"),
            kind="related",
        )
    )
    assert [(1, "foto.jpg", "image/jpeg"), (2, "mazs.jpg", "image/jpeg"), (3, "no-talruna.jpg", "image/jpeg")] == _kept(
        found
    )


def test_a_signed_container_is_opened() -> None:
    """.edoc: what is inside is content, whoever signed is named, and the container itself is kept for staff."""
    signers = [
        certificate(common_name="JĀNIS BĒRZIŅŠ", given_name="JĀNIS", surname="BĒRZIŅŠ", serial_number="PNOLV-1"),
        certificate(common_name="Ogres pamatskola"),
    ]
    data = edoc({"iesniegums.pdf": _PDF, "mape/foto.jpg": _PHOTO}, signers)
    found = read(of_parts(part("Pielikumā iesniegums."), attached(data, "iesniegums.edoc"), attached(_PDF, "cits.pdf")))
    assert ("JĀNIS BĒRZIŅŠ", "Ogres pamatskola") == found.signers
    assert [
        ("iesniegums.edoc", "application/vnd.etsi.asic-e+zip", "", True),
        ("iesniegums.pdf", "application/pdf", "iesniegums.edoc", False),
        ("foto.jpg", "image/jpeg", "iesniegums.edoc", False),
        ("cits.pdf", "application/pdf", "", False),
    ] == [(one.name, one.media_type, one.container, one.opened) for one in found.attachments]


def test_a_container_is_known_without_its_label() -> None:
    """Older programs leave the mimetype out: the signatures tell."""
    data = edoc({"a.pdf": _PDF}, [certificate(common_name="A B")]).replace(b"mimetype", b"mimetypo")
    found = read(of_parts(part("Sveiki"), attached(data, "x.edoc")))
    assert (("A B",), True) == (found.signers, found.attachments[0].opened)


def test_a_container_that_is_made_to_fill_memory_stays_closed() -> None:
    """Too many files, too much of them, a ratio that no document has: it is a file for staff, and no more."""
    for data in (
        edoc({f"{number}.txt": b"x" for number in range(200)}),
        edoc({"bumba.txt": bytes(8_000_000)}),
        edoc({"a.txt": b"x"})[:-30],
        edoc({"a.txt": b"x"}).replace(b"PK\x01\x02", b"PK\x01\x03"),
    ):
        found = read(of_parts(part("Sveiki"), attached(data, "x.edoc")))
        assert (Outcome.MESSAGE, [("x.edoc", False)]) == (
            found.outcome,
            [(one.name, one.opened) for one in found.attachments],
        )


def test_signatures_that_attack_are_not_read() -> None:
    """Entities that expand, certificates that are none: no signer, and the files all the same."""
    out = io.BytesIO(edoc({"a.pdf": _PDF}, [b"\x30\x82no certificate"]))
    with zipfile.ZipFile(out, "a") as archive:
        bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
        archive.writestr("META-INF/signatures9.xml", bomb)
    found = read(of_parts(part("Sveiki"), attached(out.getvalue(), "x.asice")))
    assert ((), ["x.asice", "a.pdf"]) == (found.signers, [one.name for one in found.attachments])


def test_archives_stay_closed() -> None:
    """A zip file that is no signed container is one file."""
    found = read(of_parts(part("Sveiki"), attached(_zip("iesniegums.docx", "foto.jpg"), "koki.zip")))
    assert [(1, "koki.zip", "application/zip")] == _kept(found)


def test_what_outlook_hides_in_winmail_dat_is_found() -> None:
    """Files by their long names, a signed container among them, and the text where the letter has no other."""
    data = winmail("Labdien, šeit koki", {"koki ļoti gari.pdf": _PDF, "x.edoc": edoc({"a.pdf": _PDF})})
    found = read(of_parts(part(""), attached(data, "winmail.dat", "application/ms-tnef")))
    assert ("Labdien, šeit koki", ["koki ļoti gari.pdf", "x.edoc", "a.pdf"]) == (
        found.text,
        [one.name for one in found.attachments],
    )


@pytest.mark.parametrize("length", [6, 30, 60, 100, 150])
def test_a_broken_winmail_dat_is_a_letter_all_the_same(length: int) -> None:
    """Cut anywhere, and with counts that promise more than there is."""
    data = winmail("Labdien", {"koki.pdf": _PDF})
    for broken in (data[:length], data[:length] + b"\xff" * 400):
        found = read(of_parts(part("Sveiki"), attached(broken, "winmail.dat", "application/ms-tnef")))
        assert (Outcome.MESSAGE, "Sveiki") == (found.outcome, found.text)


def test_signed_letters_are_read_and_enciphered_ones_refused() -> None:
    """S/MIME and PGP: signed beside, around and in clear; what only its recipient can open is refused as such."""
    entity = part("Jā, 250")
    signature = part(b"\x30\x03", "application/pkcs7-signature; name=smime.p7s")
    opaque = 'application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"'
    base64_ = {"Content-Transfer-Encoding": "base64"}
    clear = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nJā, 250\n-----BEGIN PGP SIGNATURE-----\nxx\n"
    for raw in (
        of_parts(entity, signature, kind="signed; protocol=application/pkcs7-signature"),
        of_parts(within(entity, signature, kind="signed"), part("Pēdiņa")).replace(part("Pēdiņa"), part("")),
        letter(part(signed_opaque(entity)).partition(b"\r\n\r\n")[2], base64_, kind=opaque),
        letter(
            part(signed_opaque(within(entity, attached(_PDF, "a.pdf"), kind="mixed"))).partition(b"\r\n\r\n")[2],
            base64_,
            kind=opaque,
        ),
        letter(clear),
    ):
        found = read(raw)
        assert (Outcome.MESSAGE, "Jā, 250") == (found.outcome, found.text)
        assert "smime.p7s" not in [one.name for one in found.attachments]
    secret = part(enveloped()).partition(b"\r\n\r\n")[2]
    for raw in (
        letter(secret, base64_, kind="application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"),
        of_parts(part("Version: 1", "application/pgp-encrypted"), part(b"x"), kind="encrypted"),
        letter("-----BEGIN PGP MESSAGE-----\n\nxx\n-----END PGP MESSAGE-----\n"),
    ):
        found = read(raw)
        assert (Outcome.REFUSED, "enciphered", "anna@example.org") == (found.outcome, found.reason, found.sender)


def test_an_enclosed_letter_is_content() -> None:
    """Forwarded as a file: the letter, what it had attached, and its text where nothing else was said."""
    inner = of_parts(
        part("Stādīju 40 liepas."), attached(_PDF, "plāns.pdf"), headers={"Subject": "Liepas"}, boundary="in"
    )
    enclosed = b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n"
    found = read(of_parts(enclosed))
    assert ("Stādīju 40 liepas.", [("Liepas.eml", ""), ("plāns.pdf", "Liepas.eml")]) == (
        found.text,
        [(one.name, one.container) for one in found.attachments],
    )
    assert "Lūdzu!" == read(of_parts(part("Lūdzu!"), enclosed)).text


def test_numbers_stay_the_same() -> None:
    """A file can be fetched again by its number, however often the letter is read."""
    raw = of_parts(part("x"), attached(_PHOTO, "a.jpg"), attached(edoc({"b.pdf": _PDF}), "c.edoc"))
    assert read(raw).attachments == read(raw).attachments
    assert [1, 2, 3] == [one.number for one in read(raw).attachments]
