"""A strict Bot API on the loopback: it fails a test for what Telegram refuses, and for what it silently ignores."""

from tests.botapi.faults import (
    AcceptThenClose,
    BadRequest,
    Blocked,
    Deactivated,
    Migrated,
    ResetConnection,
    ServerError,
    Slow,
    TooManyRequests,
)
from tests.botapi.keyboard import Button
from tests.botapi.people import Group, NoSuchButtonError, Person, Seat, Sent
from tests.botapi.server import TOKEN, Call, Finding, Server
from tests.botapi.views import Seen

__all__ = [
    "TOKEN",
    "AcceptThenClose",
    "BadRequest",
    "Blocked",
    "Button",
    "Call",
    "Deactivated",
    "Finding",
    "Group",
    "Migrated",
    "NoSuchButtonError",
    "Person",
    "ResetConnection",
    "Seat",
    "Seen",
    "Sent",
    "Server",
    "ServerError",
    "Slow",
    "TooManyRequests",
]
