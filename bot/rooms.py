"""How a room hears of what happened: a handler for each type of event, called in the transaction that records it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.messages import Address


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Whose event it is, and when."""

    contact_id: int
    chat: Address
    now: datetime
    language: str
    inbound_id: int
    ref: str = ""  # the channel's id of the message that was said
    reply_to: str = ""  # and of ours that it replies to
    answers: str = ""  # the prompt that was tapped, or that a letter replies to
    name: str = ""  # of whoever said it, as the channel knows them


# Writes an event down, and returns facts that the messages of the same response may speak of.
Handler = Callable[[Connection, Event, Scene], Mapping[str, Any]]
NO_FACTS: Mapping[str, Any] = {}
