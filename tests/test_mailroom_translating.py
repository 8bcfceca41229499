"""What a letter says is put as if it had been typed: numbers of the lines it answers, subject, date, files."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.email.letter import Attachment, Letter, Outcome, Piece, Trust
from bot.channels.email.token import sign
from bot.mailroom.records import Entry
from bot.mailroom.translating import translate
from bot.messages import Address, Envelope, Inbound
from flows.said import File, Said

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ARRIVED = _NOW - timedelta(minutes=5)
_SECRET = "s" * 40
_PROMPT = "a2b3c4d5e6f7g2h3"


def _letter(**more: Any) -> Letter:
    return Letter(**{"outcome": Outcome.MESSAGE, "sender": "Anna@example.org", "message_id": "1@example.org", **more})


def _translated(letter: Letter, *, whole: bool = True) -> Inbound:
    entry = Entry(
        id=7,
        identity="f" * 64,
        outcome="message",
        object_key="k",
        arrived_at=_ARRIVED,
        received_at=_NOW,
        whole=whole,
    )
    return translate(letter, entry=entry, now=_NOW, secret=_SECRET)


def _text(*pieces: tuple[str, str]) -> str:
    parts = tuple(Piece(text=text, under=under) for text, under in pieces)
    text = "\n".join(piece.text for piece in parts)
    return _translated(_letter(subject="Re: Koki", pieces=parts, text=text)).said.text


def _topic_and_text(subject: str, text: str, **more: Any) -> tuple[str, str]:
    item = _translated(_letter(subject=subject, text=text, pieces=(Piece(text=text),), **more))
    return item.envelope.topic if item.envelope else "", item.said.text


def test_a_letter_is_its_senders_in_a_conversation_of_their_own() -> None:
    """Whose it is, where to answer, and by what it is known, whichever mailbox it lies in."""
    item = _translated(_letter(sender_name="Anna Kalniņa"))
    anna = Address("mailto", "anna@example.org")
    assert ("mailto", "f" * 64, anna, anna, True) == (
        item.channel, item.external_id, item.sender, item.chat, item.private,
    )  # fmt: skip
    assert ("Anna Kalniņa", "1@example.org", {"letter": 7}) == (item.profile_name, item.message_ref, item.raw)


@pytest.mark.parametrize(
    ("under", "text", "expected"),
    [
        ("3) Kur koki aug?", "Ogres novadā", "3) Ogres novadā"),
        ("> 3) Kur koki aug?", "Ogres novadā\nIkšķilē", "3) Ogres novadā\nIkšķilē"),
        ("*12)* Kur koki aug?", "Ogrē", "12) Ogrē"),
        ("12) Kur koki aug?", "  Ogrē", "12) Ogrē"),
        ("3) Kur koki aug?", "3) Ogrē", "3) Ogrē"),
        ("3) Kur koki aug?", "4. Ogrē", "4. Ogrē"),
        ("Kur koki aug?", "Ogrē", "Ogrē"),
        ("", "2023. gadā", "2023. gadā"),
        ("5. maijs", "jā", "jā"),
    ],
)
def test_what_stands_under_a_numbered_line_answers_it(under: str, text: str, expected: str) -> None:
    """Unless it begins with a number itself."""
    assert expected == _text((text, under))


def test_pieces_follow_each_other() -> None:
    """Above, between and below, in the letter's order; empty ones leave no trace."""
    pieces = [("Sveiki!", ""), ("250", "1) Cik koku?"), ("  ", "2) Kad?"), ("pērn", "3) Kad?"), ("Paldies", "Ar cieņu")]
    assert "Sveiki!\n1) 250\n3) pērn\nPaldies" == _text(*pieces)


@pytest.mark.parametrize(
    ("subject", "text", "topic"),
    [
        ("Koku reģistrācija", "50 ozoli Ogrē", "Koku reģistrācija"),
        ("Kuri koki der?", "", "Kuri koki der?"),
        ("50 ozoli", "Labdien! Iestādīju 50 ozoli.", ""),
        ("Fwd: Pārs: Ozoli", "lūdzu", "Ozoli"),
        ("Re: Koki", "jā", ""),
        ("Atb: Koki", "jā", ""),
        ("(bez temata)", "labdien", ""),
        ("", "labdien", ""),
        ("[#ABC234]", "labdien", ""),
    ],
)
def test_the_subject_of_a_new_letter_is_its_topic(subject: str, text: str, topic: str) -> None:
    """Where it says something that the text does not; of a reply it is ours. What was said is the text alone."""
    assert (topic, text) == _topic_and_text(subject, text)


def test_a_reply_is_known_without_its_re() -> None:
    """By what it refers to, or by our token."""
    assert ("", "jā") == _topic_and_text("Jauni koki", "jā", references=("9@example.lv",))
    assert ("", "jā") == _topic_and_text("Jauni koki", "jā", token="kp" + "a" * 32)


@pytest.mark.parametrize(
    ("written_at", "expected"),
    [
        (_ARRIVED - timedelta(hours=3), _ARRIVED - timedelta(hours=3)),
        (_ARRIVED - timedelta(days=14), _ARRIVED - timedelta(days=14)),
        (_ARRIVED - timedelta(days=15), _ARRIVED),
        (_ARRIVED + timedelta(seconds=1), _ARRIVED),
        (None, _ARRIVED),
    ],
)
def test_the_letters_own_date_is_believed_when_it_can_be(written_at: datetime | None, expected: datetime) -> None:
    """From it „vakar” is counted: not from the future, nor from a clock that is weeks behind."""
    item = _translated(_letter(written_at=written_at))
    assert (expected, _NOW) == (item.said_at, item.received_at)


def test_what_is_attached_can_be_fetched_again() -> None:
    """A photo or a document, known by its content, to be cut out of the letter that is kept."""
    content = b"\xff\xd8\xff"
    photo = Attachment(number=1, name="IMG_1.jpg", media_type="image/jpeg", content=content)
    table = Attachment(number=2, name="koki.xlsx", media_type="application/x", content=b"", container="a.edoc")
    assert (
        File(
            ref="7/1",
            unique=hashlib.sha256(content).hexdigest(),
            kind="photo",
            name="IMG_1.jpg",
            media_type="image/jpeg",
            size=3,
        ),
        File(
            ref="7/2",
            unique=hashlib.sha256(b"").hexdigest(),
            kind="document",
            name="koki.xlsx",
            media_type="application/x",
            size=0,
        ),
    ) == _translated(_letter(attachments=(photo, table))).said.files


def test_of_a_letter_that_is_too_big_only_that_is_said() -> None:
    """Its content was never fetched; who wrote it and what it answers is known."""
    item = _translated(_letter(subject="Bildes", text="?"), whole=False)
    assert (Said(other="too_big"), "Bildes") == (item.said, item.envelope.subject if item.envelope else "")


def test_the_envelope_has_what_the_answer_needs() -> None:
    """Subject as written, what it refers to, who got a copy, which prompt it answers, whether the sender is sure."""
    letter = _letter(
        subject="Re: Koki",
        references=("2@example.lv", "1@example.lv"),
        copy=("skola@example.org",),
        token=sign(_PROMPT, "anna@example.org", _SECRET),
        trust=Trust.PASS,
    )
    assert (
        Envelope(
            subject="Re: Koki",
            message_id="1@example.org",
            references=("2@example.lv", "1@example.lv"),
            copy=("skola@example.org",),
            prompt=_PROMPT,
            proven=True,
            trusted=True,
        )
        == _translated(letter).envelope
    )


def test_a_token_of_somebody_else_is_told_apart() -> None:
    """A colleague answers from their own address: which prompt it was is known, but not as theirs."""
    letter = _letter(token=sign(_PROMPT, "berta@example.org", _SECRET))
    envelope = _translated(letter).envelope
    assert envelope is not None
    assert ("", _PROMPT) == (envelope.prompt, envelope.foreign_prompt)
    forged = _translated(_letter(token=f"kp{_PROMPT}{'a' * 16}")).envelope
    assert forged is not None
    assert ("", _PROMPT) == (forged.prompt, forged.foreign_prompt)
