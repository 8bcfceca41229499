"""What a person said, as content only: no channel, no chat, no ids of a message."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """A point on the map in WGS 84 degrees; `live` while a phone keeps sending where it is."""

    lat: float
    lon: float
    live: bool = False
    title: str = ""  # a venue's name and address, as the person's map knows them
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A contact card shared with a button; `own` when it is the sender's own."""

    phone: str
    first_name: str = ""
    last_name: str = ""
    own: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A picture or document that the channel keeps for us: `ref` fetches it, `unique` names its content."""

    ref: str
    unique: str
    kind: str = "photo"  # photo | document
    name: str = ""
    media_type: str = ""
    size: int | None = None  # bytes, as the channel states it
    taken_at: Position | None = None  # where, as a picture itself says; never stored with an answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """Content of one message. `other` names what we can't read (voice, sticker, poll ...), `masked` what was hidden."""

    text: str = ""
    tap: str = ""  # a button's data
    position: Position | None = None
    card: Card | None = None
    files: tuple[File, ...] = ()
    album: str = ""  # pictures sent together share this id
    other: str = ""
    masked: frozenset[str] = frozenset()
