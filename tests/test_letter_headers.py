"""Who wrote, when and in which charset, however odd the headers."""

from datetime import datetime, timedelta, timezone

import pytest

from bot.channels.email.letter import Outcome
from tests.written_letters import letter, read

_LATVIAN = "Labdien! Vēlos reģistrēt 50 ozolus un ķiršus, jo šeit aug ļoti žirgtas egles. Jānis Bērziņš"
_RUSSIAN = "Здравствуйте! Хочу зарегистрировать пятьдесят дубов"


def test_what_a_letter_is_headed_with_is_told() -> None:
    """Addresses with domains in lower case, Cc without ourselves, ids without brackets, the newest first."""
    raw = letter(
        headers={
            "From": "=?utf-8?q?J=C4=81nis_B=C4=93rzi=C5=86=C5=A1?= <Janis@Example.ORG>",
            "To": "Koki <koki+abc@Example.lv>, Skola <skola@example.org>",
            "Cc": "KOKI@example.lv, liene@example.org",
            "Reply-To": "cits@example.org",
            "Subject": "Atb: Koku\r\n reģistrēšana [#ABC234]",
            "In-Reply-To": "<3@example.lv>",
            "References": "<1@example.lv>\r\n <2@example.lv> <3@example.lv>",
        }
    )
    found = read(raw)
    assert (Outcome.MESSAGE, "Janis@example.org", "Jānis Bērziņš") == (found.outcome, found.sender, found.sender_name)
    assert ("koki+abc@example.lv", "skola@example.org") == found.to
    assert ("liene@example.org",) == found.copy
    assert "cits@example.org" == found.reply_to
    assert ("Atb: Koku reģistrēšana [#ABC234]", "abc234") == (found.subject, found.code)
    assert ("1@example.org", ("3@example.lv", "2@example.lv", "1@example.lv")) == (found.message_id, found.references)
    assert datetime(2026, 3, 3, 10, 15, tzinfo=timezone(timedelta(hours=2))) == found.written_at
    assert len(raw) == found.size


@pytest.mark.parametrize(
    ("header", "address", "name"),
    [
        ("anna@example.org", "anna@example.org", ""),
        ("Ozola, Anna <anna@example.org>", "anna@example.org", "Ozola, Anna"),
        ('"Ozola, Anna" <anna@example.org>', "anna@example.org", "Ozola, Anna"),
        ("anna@example.org (Anna Ozola)", "anna@example.org", "Anna Ozola"),
        ('"banka@example.com" <anna@example.org>', "anna@example.org", "banka@example.com"),
        ("=?utf-8?B?QW5uYSA8YW5uYUBleGFtcGxlLm9yZz4=?=", "anna@example.org", "Anna"),
        ("=?utf-8?q?a=0Ab=00c?= <anna@example.org>", "anna@example.org", "a bc"),
        ("=?windows-1257?Q?J=E2nis?= <j@example.org>", "j@example.org", "Jānis"),
        ("=?utf-8?B?SsQ=?= =?utf-8?B?gW5pcw==?= <j@example.org>", "j@example.org", "Jānis"),
        ("=?utf-8?Q?J=E2nis?= <j@example.org>", "j@example.org", "Jānis"),
    ],
)
def test_a_sender_is_known_by_the_address_alone(header: str, address: str, name: str) -> None:
    """Names come quoted, encoded, mislabelled, with commas, in comments, and look like another's address."""
    found = read(letter(headers={"From": header}))
    assert (address, name) == (found.sender, found.sender_name)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"From": None}, "no sender"),
        ({"From": "Anna"}, "no sender"),
        ({"From": "a@b@example.org"}, "sender's address"),
        ({"From": "anna@example.org, janis@example.org"}, "several senders"),
        ({"From": "<anna@example.org> <janis@example.org>"}, "several senders"),
        ({"From": "anna@example.org\r\nFrom: janis@example.org"}, "several senders"),
    ],
)
def test_a_letter_without_one_clear_sender_is_refused(headers: dict[str, str | None], reason: str) -> None:
    """Nobody, no address, and several people can't be answered."""
    found = read(letter(headers=headers))
    assert (Outcome.REFUSED, reason) == (found.outcome, found.reason)


def test_raw_bytes_in_headers_are_read() -> None:
    """Programs that write windows-1257 into a header, and nothing else, are understood; no halves of pairs are left."""
    raw = (
        letter()
        .replace(b"Anna Ozola", "Jānis Bērziņš".encode("cp1257"))
        .replace(b"Koki", "Ķirši šeit".encode("cp1257"))
    )
    found = read(raw)
    assert ("Jānis Bērziņš", "Ķirši šeit") == (found.sender_name, found.subject)


@pytest.mark.parametrize("date", ["", "vakar", "Tue, 99 Mar 2026 99:15:00", "Thu, 01 Jan 1903 00:00:00 +0000"])
def test_a_date_that_is_none_is_none(date: str) -> None:
    """A missing, a mistyped and an impossible date do no harm."""
    assert read(letter(headers={"Date": date})).written_at is None


@pytest.mark.parametrize(
    "label",
    ["windows-1257", "iso-8859-13", "utf-8", "", "us-ascii", "iso-8859-1", "x-unknown", "windows-1257http-equiv"],
)
@pytest.mark.parametrize("charset", ["cp1257", "iso8859-13"])
def test_latvian_letters_are_read_whatever_the_label(charset: str, label: str) -> None:
    """Baltic bytes under any of the labels that programs put on them."""
    kind = f'text/plain; charset="{label}"' if label else "text/plain"
    assert _LATVIAN == read(letter(_LATVIAN.encode(charset), kind=kind)).text


@pytest.mark.parametrize(
    ("text", "charset", "label"),
    [
        (_LATVIAN, "iso8859-4", "iso-8859-4"),
        (_LATVIAN, "utf-8", "windows-1257"),
        (_LATVIAN, "utf-8", "iso-8859-1"),
        (_LATVIAN, "utf-16", "utf-16"),
        (_RUSSIAN, "cp1251", "windows-1251"),
        (_RUSSIAN, "cp1251", "utf-8"),
        (_RUSSIAN, "cp1251", ""),
        (_RUSSIAN, "koi8-r", "koi8-r"),
        ("Schöne Grüße aus München", "latin-1", "iso-8859-1"),
    ],
)
def test_other_charsets_are_read(text: str, charset: str, label: str) -> None:
    """Labels that are right are believed, those that can't be are not."""
    assert text == read(letter(text.encode(charset), kind=f"text/plain; charset={label or 'none'}")).text


def test_quoted_printable_and_base64_are_undone() -> None:
    """Transfer encodings, one of them broken off in the middle."""
    quoted = "J=C4=81, 300 b=C4=93rzu =\r\nun liepas"
    assert "Jā, 300 bērzu un liepas" == read(letter(quoted, {"Content-Transfer-Encoding": "Quoted-Printable"})).text
    assert "Labdi" == read(letter("TGFiZGllbiE"[:8], {"Content-Transfer-Encoding": "base64"})).text[:5]


def test_nothing_is_left_that_a_database_refuses() -> None:
    """NUL, control characters and halves of pairs go from every string."""
    found = read(letter(b"a\x00b \xed\xa0\x80 c", {"Subject": "x=\x00y", "From": "\x01Anna <anna@example.org>"}))
    whole = f"{found.text}{found.subject}{found.sender_name}"
    assert whole == whole.encode("utf-8", "replace").decode()
    assert not any(ch < " " for ch in whole)
