"""Translating: a letter that was read becomes an inbound. What it says is put as if it had been typed in one go."""

import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.attachments import pictures
from bot.channels.email import token
from bot.channels.email.added import added
from bot.channels.email.letter import Attachment, Letter, Trust
from bot.mailroom.entering import sender_of
from bot.mailroom.records import CHANNEL, Entry
from bot.messages import Address, Envelope, Inbound, Kind, Said
from flows.said import File, Position
from knowledge.latvian.text import fold

TOO_BIG = "too_big"  # what Said.other says of a letter whose content we did not fetch

_OLDEST = timedelta(days=14)  # before it arrived; a clock that is further off is wrong
_NUMBER = re.compile(r"[\s>*_]*(\d{1,2})\)")
_ANSWERS_NUMBER = re.compile(r"\s*\d{1,2}\s*[).:]")
_REPLY = re.compile(r"\s*(?:re|atb|aw|sv|ha|отв)(?:\[\d+\])?\s*:", re.IGNORECASE)
_PREFIX = re.compile(r"^\s*(?:(?:fwd?|pārs|wg|tr|пер)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_CODE = re.compile(r"\[#[A-Za-z2-7]{6}\]")
_NO_SUBJECT = frozenset({"no subject", "bez temata", "bez temas", "nav temata", "без темы"})
_WORD = re.compile(r"\w+")


def translate(
    letter: Letter, *, entry: Entry, now: datetime, secret: str, coded: str = "", original: str = ""
) -> Inbound:
    """Return what somebody said by a letter, as it was entered.

    `original` is the text of the letter that it answers, `coded` the prompt that the short code in its subject names,
    where nothing better does.
    """
    sender = sender_of(letter)
    return Inbound(
        channel=CHANNEL,
        external_id=entry.identity,
        kind=Kind.MESSAGE,
        sender=sender,
        chat=sender,
        said_at=_said_at(letter, entry.arrived_at),
        received_at=now,
        said=_said(letter, entry.id, original) if entry.whole else Said(other=TOO_BIG),
        private=not _case(letter),  # what staff reply is no word of a conversation of theirs
        profile_name=letter.sender_name,
        message_ref=letter.message_id,
        raw=raw_of(entry.id),
        envelope=_envelope(letter, secret, coded),
    )


def in_the_name_of(item: Inbound, owner: Address, prompt_id: str) -> Inbound:
    """Return a letter as another person's, who answers a prompt of theirs; its writer gets the answer."""
    envelope = item.envelope and replace(item.envelope, prompt=prompt_id, foreign_prompt="", proven=True)
    return replace(item, sender=owner, envelope=envelope)


def in_ones_own_name(item: Inbound, prompt_id: str) -> Inbound:
    """Return a letter that answers what we have announced to many: whoever has been passed it on may come as well."""
    envelope = item.envelope and replace(item.envelope, prompt=prompt_id, foreign_prompt="")
    return replace(item, envelope=envelope)


def raw_of(letter_id: int) -> dict[str, Any]:
    """Return what is kept of a letter that can't be handled: where it is kept itself."""
    return {"letter": letter_id}


def _envelope(letter: Letter, secret: str, coded: str) -> Envelope:
    prompt = token.prompt_of(letter.token)
    known = token.opened(letter.token, letter.sender, secret)
    return Envelope(
        subject=letter.subject,
        topic=_topic(letter),
        message_id=letter.message_id,
        references=letter.references,
        copy=letter.copy,
        signed=any(attachment.opened for attachment in letter.attachments),
        signers=letter.signers,
        prompt=prompt if known else coded,
        case=_case(letter),
        proven=known,
        unclear=bool(letter.tokens) and not letter.token,
        foreign_prompt="" if known else prompt,
        trusted=letter.trust is Trust.PASS,
    )


def _case(letter: Letter) -> str:
    """Return the letter to staff that this one answers, also where it names another one of ours beside it."""
    named = (letter.token,) if letter.token else letter.tokens
    return next(filter(None, map(token.case_of, named)), "")


def _said_at(letter: Letter, arrived_at: datetime) -> datetime:
    """Believe the letter's own date when it can be: „vakar” counts from when it was written."""
    written_at = letter.written_at
    sane = written_at is not None and arrived_at - _OLDEST <= written_at <= arrived_at
    return written_at if written_at is not None and sane else arrived_at


def _said(letter: Letter, letter_id: int, original: str) -> Said:
    files = tuple(_file(attachment, letter_id) for attachment in letter.attachments)
    return Said(text=_text(letter, original), files=files)


def _file(attachment: Attachment, letter_id: int) -> File:
    return File(
        ref=f"{letter_id}/{attachment.number}",
        unique=hashlib.sha256(attachment.content).hexdigest(),
        kind="photo" if attachment.is_picture else "document",
        name=attachment.name,
        media_type=attachment.media_type,
        size=len(attachment.content),
        taken_at=_taken_at(attachment) if attachment.is_picture else None,
    )


def _taken_at(picture: Attachment) -> Position | None:
    at = pictures.place(picture.content)
    return Position(lat=at[0], lon=at[1]) if at else None


def _text(letter: Letter, original: str) -> str:
    """Join what is new, also what was typed into the quoted letter: under a numbered line of ours it answers that."""
    typed = added(letter.quoted, original) if original else ()
    pieces = [_numbered(piece.text, piece.under) for piece in (*letter.pieces, *typed) if piece.text.strip()]
    return "\n".join(pieces) or letter.text


def _numbered(text: str, under: str) -> str:
    number = _NUMBER.match(under)
    return f"{number[1]}) {text.lstrip()}" if number and not _ANSWERS_NUMBER.match(text) else text


def _topic(letter: Letter) -> str:
    """Return the subject of a new letter if it says something that the text does not."""
    if letter.references or letter.token or _REPLY.match(letter.subject):
        return ""
    subject = _PREFIX.sub("", _CODE.sub("", letter.subject)).strip()
    words = _words(subject)
    new = words - _words(letter.text)
    return subject if new and " ".join(_WORD.findall(subject.casefold())) not in _NO_SUBJECT else ""


def _words(text: str) -> set[str]:
    return set(_WORD.findall(fold(text)))
