"""The memory of the inbox: conversations as they were last written here, so that most messages need not read theirs.

Nothing rests on it. A turn that was decided on a remembered conversation is written only where the database holds the
same version of it, at an address that still is that contact's and works; otherwise it is decided anew.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.conversation.state import Conversation
from bot.messages import Address

_MOST = 512  # conversations
_DOUBT_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A conversation, whose it is, and its version in the database."""

    contact_id: int
    version: int
    conversation: Conversation


class Memory:
    """Remembers by address. `clock` is a steady one, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._known: dict[Address, Known] = {}  # the one used last at the end
        self._clock = clock
        self._wrong_at = -math.inf
        self._doubtful_until = -math.inf

    def recall(self, address: Address) -> Known | None:
        """Return the conversation of an address, if it is remembered."""
        return self._known.get(address)

    def keep(self, address: Address, known: Known) -> None:
        """Remember what was just written; the one that was written longest ago makes room."""
        if self._clock() < self._doubtful_until:
            return
        self._known.pop(address, None)
        self._known[address] = known
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]

    def doubt(self, address: Address) -> None:
        """Forget a conversation that somebody else has written to; when that happens often, everything for a while.

        Where processes take turns with a person most guesses are wrong, and a wrong one costs more than to look.
        """
        self._known.pop(address, None)
        now = self._clock()
        if now - self._wrong_at < _DOUBT_SECONDS:
            self._known.clear()
            self._doubtful_until = now + _DOUBT_SECONDS
        self._wrong_at = now
