"""What a turn of the conversation comes to: what to say, what happened, what to come back to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.conversation.state import Conversation, Offer, Prompt
from bot.messages import Position


@dataclass(frozen=True, kw_only=True, slots=True)
class Say:
    """One thing to say: a template of templates/messages/ and what it speaks of.

    `bot.words` renders it, with the facts that events have brought up added to its values.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message on the channel: parts said one under the other, and the buttons below them."""

    parts: tuple[Say, ...] = ()
    offers: tuple[Offer, ...] = ()
    position: Position | None = None  # shown as a pin of its own
    picture: str = ""  # the channel's ref of a photo that the text stands under
    clear_keyboard: bool = False
    answers: str = ""  # message_ref that this one is shown as a reply to


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened. A room's handler writes it down and may bring up facts to say."""

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    """Something to come back to. Setting a key again moves it; `due_at=None` takes it away."""

    key: str
    due_at: datetime | None
    kind: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """Everything one inbound leads to. `outcome` names it in the ledger; `toast` answers a tap at once."""

    conversation: Conversation
    outcome: str
    messages: tuple[Message, ...] = ()
    events: tuple[Event, ...] = ()
    timers: tuple[Timer, ...] = ()
    prompt: Prompt | None = None  # new in this turn
    toast: Say | None = None
    looks: bool = False  # whether it is to be decided anew, with the events looked up
