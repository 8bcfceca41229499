"""What crosses the border between a channel and the house."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, Protocol, runtime_checkable

from flows.said import Position, Said

__all__ = [
    "CHANGES",
    "LETTERS",
    "Address",
    "Button",
    "Channel",
    "Destination",
    "Enclosure",
    "Envelope",
    "Fate",
    "FetchError",
    "Inbound",
    "Kind",
    "Obstacle",
    "Outbound",
    "Pace",
    "Position",
    "Said",
    "SendError",
    "Source",
]


CHANGES = frozenset({"edit", "caption", "delete", "reaction"})  # kinds of Outbound that change an earlier message
LETTERS = "mailto"  # the channel of letters, as addresses name it


class Pace(Enum):
    """How many questions a channel asks at once."""

    ONE = "one"  # chat: one question with buttons
    FORM = "form"  # letter: all open questions, numbered


class Kind(StrEnum):
    """What came in."""

    MESSAGE = "message"
    EDIT = "edit"
    TAP = "tap"
    REACTION = "reaction"
    TIMER = "timer"
    MEMBERSHIP = "membership"  # the person blocked us, or came back
    OTHER = "other"  # nothing that can be answered; acknowledged and counted


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be reached: `telegram:123`, `mailto:a@b.lv`, `console:me`."""

    channel: str
    ident: str

    def __str__(self) -> str:
        """Write it as it is stored."""
        return f"{self.channel}:{self.ident}"

    @classmethod
    def parse(cls, stored: str) -> "Address":
        """Read the stored form."""
        channel, _, ident = stored.partition(":")
        return cls(channel, ident)


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """What a letter has beside its content. Addresses are addr-specs; message ids stand without angle brackets."""

    subject: str = ""  # as written, with Re:
    topic: str = ""  # what the subject of a new letter says that its text does not; '' for a reply
    message_id: str = ""  # the letter that came; '' for one that we begin
    references: tuple[str, ...] = ()  # what that letter referred to, the newest first
    copy: tuple[str, ...] = ()  # Cc, as the person used it
    signed: bool = False  # whether a signed file (.edoc) came with it: then it is a submission
    signers: tuple[str, ...] = ()  # names in its certificates, which nobody has verified
    prompt: str = ""  # id of the prompt that the letter answers (Inbound) or shows (Outbound)
    case: str = ""  # id of the letter that tells staff of a case, which this one answers (Inbound) or is (Outbound)
    foreign_prompt: str = ""  # as `prompt`, where the letter that shows it was sent to somebody else than this sender
    proven: bool = False  # whether a token of ours says so that only this address was given
    unclear: bool = False  # whether the letter names two different letters of ours
    trusted: bool = False  # whether the sender's address was confirmed by the receiving server (DMARC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbound:
    """One thing that came in on a channel. `external_id` is unique within the channel, for ever."""

    channel: str
    external_id: str
    kind: Kind
    sender: Address
    chat: Address  # where to answer: the sender's own address in a private conversation
    said_at: datetime  # aware
    received_at: datetime  # aware
    said: Said = field(default_factory=Said)
    thread: str = ""
    private: bool = True  # False in a group, where nothing personal may be said
    language: str = ""  # the person's setting on the channel, as IETF tag
    profile_name: str = ""
    message_ref: str = ""  # the channel's id of this message (of the message that was tapped, for a tap)
    reply_to: str = ""
    quoted: str = ""  # text of the message that the tapped or replied-to one itself answers
    receipt: str = ""  # what acknowledges it on the channel at once: a callback query's id
    present: bool = True  # for MEMBERSHIP: whether we may still write
    timer: str = ""  # kind of the timer, for TIMER; its key is the message_ref
    payload: Any = None  # what the timer carries; the emoji of a reaction, '' when it was taken away
    raw: Any = None  # the update as received, kept only when it can't be handled
    envelope: Envelope | None = None  # of a letter

    @property
    def pace(self) -> Pace:
        """How many questions are asked at once where this is answered."""
        return Pace.FORM if self.chat.channel == LETTERS else Pace.ONE

    @property
    def answers(self) -> str:
        """Id of the prompt that was tapped, or that a letter replies to; '' for neither."""
        return self.envelope.prompt if self.envelope else self.said.tap.partition(":")[0]

    @property
    def is_tap(self) -> bool:
        """Whether the channel waits for an acknowledgement within seconds."""
        return self.kind is Kind.TAP


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """A button: `data` (at most 64 bytes) comes back with the tap; `request` asks the phone for something."""

    label: str
    data: str = ""
    request: str = ""  # "location" | "contact"
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A file that goes out: the key of its object, and what it is called. `content` is there only while it is sent."""

    key: str
    name: str
    media_type: str = "application/octet-stream"
    content: bytes = field(default=b"", repr=False)
    ref: str = ""  # where the channel keeps it already: what it knows it by; then there is no object


@dataclass(frozen=True, kw_only=True, slots=True)
class Outbound:
    """What a channel is asked to show. `text` is the HTML subset that `bot.words` writes: b, i, a, code.

    Kinds: message, place, document and photo (the first of `enclosures`, `text` is its caption; a letter takes all of
    them), copy (of `source`); edit, caption, delete, reaction (`text` is the emoji, '' for none) change
    `target_ref`; topic_open (`text` is its name, the id that comes back its thread), topic_edit (what is empty stays),
    topic_close, topic_reopen, topic_delete concern the thread of the Destination.
    """

    kind: str = "message"
    text: str = ""
    rows: tuple[tuple[Button, ...], ...] = ()
    position: Position | None = None
    clear_keyboard: bool = False  # take away the reply keyboard of an earlier request
    reply_to: str = ""  # message_ref of the message that this one answers
    target_ref: str = ""  # for what changes a message: the channel's id of it
    source: tuple[str, ...] = ()  # for a copy: ident of the chat, then the message's id there, or those of an album
    icon: str = ""  # of a topic: an emoji
    enclosures: tuple[Enclosure, ...] = ()
    envelope: Envelope | None = None  # of a letter: what it answers, and which prompt it shows
    language: str = "lv"  # of what stands around the text of a letter
    bulk: bool = False  # one of many: a letter says how to be taken off the list, Telegram is sent a file only once


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where one Outbound goes. `token` is the delivery's own id, for channels that can mark a repeat."""

    chat: Address
    thread: str = ""
    token: str = ""


class Fate(Enum):
    """What is known of a message that could not be confirmed as sent."""

    NOT_SENT = "not_sent"  # it never left: sending it again is safe
    LATER = "later"  # refused for now, with a time to wait
    UNKNOWN = "unknown"  # it may have arrived
    REFUSED = "refused"  # it will never be taken: our mistake
    GONE = "gone"  # the person can't be reached there any more


class Obstacle(Enum):
    """Why a message was refused, where somebody can do something about it."""

    THREAD_GONE = "thread_gone"  # deleted by a person: open another
    THREAD_CLOSED = "thread_closed"  # reopen it
    MESSAGE_GONE = "message_gone"  # the one to change or to copy was deleted
    NOT_ALLOWED = "not_allowed"  # an administrator of the chat has to give us a right, or to allow topics


class SendError(Exception):
    """A channel could not confirm a message. `fate` says what is known and whether trying again helps."""

    def __init__(
        self, fate: Fate, reason: str, *, wait: float = 0.0, moved_to: str = "", obstacle: Obstacle | None = None
    ) -> None:
        super().__init__(reason)
        self.fate = fate
        self.reason = reason
        self.wait = wait  # seconds, for LATER
        self.moved_to = moved_to  # the chat's new ident, where it has moved
        self.obstacle = obstacle  # for REFUSED: what stands in the way


class FetchError(Exception):
    """A channel could not hand out a file. `again` says whether trying again helps.

    `reason` is `too_big`, `gone`, or what the channel said, without addresses.
    """

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again


@runtime_checkable
class Source(Protocol):
    """A channel that keeps the files people send. `keeper` is the account there that was told their refs."""

    keeper: str

    async def fetch(self, ref: str, limit: int) -> bytes:
        """Download a file of at most `limit` bytes; raises FetchError."""
        ...


class Channel(Protocol):
    """A way to reach people: Telegram, letters, the terminal."""

    name: str
    pace: Pace

    async def send(self, to: Destination, message: Outbound) -> str:
        """Deliver one message and return the channel's id of it; raises SendError."""
        ...

    async def acknowledge(self, receipt: str, text: str) -> None:
        """Confirm a tap at once, best effort: failures are swallowed, nothing is repeated."""
        ...

    async def typing(self, chat: Address) -> None:
        """Show that an answer is on its way, best effort."""
        ...
