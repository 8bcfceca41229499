"""Pacing: when the next message to a chat may go, by Telegram's published limits. Pure: time is passed in.

Replies to people are not held to the overall limit (measured by others, and Telegram tells with a 429 when it
disagrees); broadcasts are, evenly and without bursts, because a bucket that starts full collapses into refusals.
"""

from collections import deque
from dataclasses import dataclass, field

from bot.messages import Address


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Messages a channel allows."""

    bulk_per_second: float = 28.0
    group_per_minute: int = 20  # all topics of a group together, edits too


@dataclass(slots=True)
class Pacer:
    """Remembers what went where. `ask` takes the slot when it grants it; times are seconds of a steady clock."""

    limits: Limits = field(default_factory=Limits)
    _halted: dict[str, float] = field(default_factory=dict)  # chat -> not before; '' is every broadcast
    _groups: dict[str, deque[float]] = field(default_factory=dict)
    _bulk_next: float = 0.0

    def ask(self, chat: Address, now: float, *, bulk: bool = False) -> float:
        """Return 0 when a message may go now, else the seconds to wait before asking again."""
        key = str(chat)
        wait = self._halted.get(key, 0.0) - now
        if bulk:
            wait = max(wait, self._halted.get("", 0.0) - now, self._bulk_next - now)
        sent = self._groups.setdefault(key, deque()) if _is_group(chat) else None
        if sent is not None:
            while sent and sent[0] <= now - 60:
                sent.popleft()
            if len(sent) >= self.limits.group_per_minute:
                wait = max(wait, sent[0] + 60 - now)
        if wait > 0:
            return wait
        self._halted.pop(key, None)
        if bulk:
            self._bulk_next = max(self._bulk_next, now) + 1 / self.limits.bulk_per_second
        if sent is not None:
            sent.append(now)
        return 0.0

    def halt(self, chat: Address, seconds: float, now: float) -> None:
        """Obey a 429: nothing to that chat before its time, and no broadcast at all, since the limit may be ours."""
        self._halted[str(chat)] = now + seconds
        self._halted[""] = max(self._halted.get("", 0.0), now + seconds)


def _is_group(chat: Address) -> bool:
    return chat.channel == "telegram" and chat.ident.startswith("-")
