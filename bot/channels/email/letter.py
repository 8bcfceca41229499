"""A letter as it was read: who wrote what, what it answers, and what kind of thing it is."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = ["Attachment", "Failure", "Letter", "Ours", "Outcome", "Piece", "Trust"]


class Outcome(StrEnum):
    """What a letter is. Only a MESSAGE is answered."""

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"  # a machine wrote it: out of office, a list, a receipt, a calendar's answer
    BOUNCE = "bounce"  # a report about a letter of ours
    OWN = "own"  # we wrote it ourselves
    REFUSED = "refused"  # can't be read or must not be: no sender, several senders, enciphered, hostile


class Trust(StrEnum):
    """Whether the sender's address can be believed, by the receiving server's Authentication-Results."""

    PASS = "pass"  # noqa: S105 - DMARC's word
    FAIL = "fail"
    NONE = "none"  # nothing was said, or not by our own server


@dataclass(frozen=True, kw_only=True, slots=True)
class Ours:
    """What is ours. `address` is where people write to, `authserv_id` names our server in Authentication-Results."""

    address: str
    authserv_id: str = ""
    phrases: frozenset[str] = frozenset()  # sentences of our letters, each as reading.quoting.phrase() returns it


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A part of the new text in one stretch; `under` is the quoted line right above it, '' at the top."""

    text: str
    under: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """Real content: no logo, no signature, no quoted picture. `media_type` is told by the bytes, not by the label.

    `container` is the signed file (.edoc) or the enclosed letter that it came in, '' when attached itself; `number`
    counts from 1 within the letter and stays the same however often the letter is read, so that it can be fetched
    again.
    """

    number: int
    name: str
    media_type: str
    content: bytes = field(repr=False)
    container: str = ""
    opened: bool = False  # a signed file whose contents follow as attachments of their own

    @property
    def is_picture(self) -> bool:
        """Whether it can be a photo of trees."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A recipient of ours that a letter could not reach."""

    address: str
    permanent: bool
    status: str = ""  # RFC 3463, such as 5.1.1
    message_id: str = ""  # of the letter that came back, where the report says


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter, with every string free of NUL and of halves of pairs, so that any database takes it.

    Addresses are addr-specs with the domain in lower case; message ids stand without angle brackets.
    """

    outcome: Outcome
    reason: str = ""  # why it is not a MESSAGE, in a word or two: "auto-submitted", "list", "several senders"
    sender: str = ""
    sender_name: str = ""
    to: tuple[str, ...] = ()
    copy: tuple[str, ...] = ()  # Cc, without ourselves
    reply_to: str = ""  # where the sender wants answers, when not at `sender`
    subject: str = ""  # one line, decoded, as written (with Re:)
    text: str = ""  # what is new in it: without quotes, without our own letter, without "sent from my phone"
    pieces: tuple[Piece, ...] = ()  # the same text, each part with the quoted line it answers
    quoted: str = ""  # what was taken away as quoted, marks (>) removed: our own letter may be in it
    attachments: tuple[Attachment, ...] = ()
    signers: tuple[str, ...] = ()  # names in the certificates of a signed container, *not verified*
    token: str = ""  # ours, wherever it was found; '' when none, and when two keys disagree
    tokens: tuple[str, ...] = ()  # all that were found, in the order of trust: address, references, subject, body
    code: str = ""  # our short code in the subject, [#ABC234], in lower case; '' when none
    message_id: str = ""
    references: tuple[str, ...] = ()  # In-Reply-To and References, the newest first
    written_at: datetime | None = None  # the Date header, aware; None when there is none or it can't be
    trust: Trust = Trust.NONE
    failures: tuple[Failure, ...] = ()  # of a BOUNCE
    size: int = 0  # bytes
