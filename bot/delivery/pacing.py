"""Pacing: when the next message to a chat may go, by Telegram's published limits. Pure: time is passed in.

Letters keep to their provider's limits by themselves: of them nothing is remembered here.

Replies to people are not held to the overall limit (measured by others, and Telegram tells with a 429 when it
disagrees); broadcasts are, evenly and without bursts, because a bucket that starts full collapses into refusals.
"""

import math
from collections import deque
from dataclasses import dataclass, field

from bot.messages import Address

_AHEAD = 0.3  # seconds for which broadcasts get their turns in advance
_LETTERS = "mailto"
_EVERYTHING = ""  # stands for every broadcast among the chats that are halted
_BUSY = 0.4  # of a group's minute: from then on what can wait is spread out
_CLOSEST = 0.75  # of the time between two turns: how soon one that is late may follow the one before
_SECOND = 1.01  # seconds: no two networks take equally long twice
_USUAL = 0.02  # seconds by which an answer may be later than the quickest lately, before its message counts as late
_FORGET = 1.001  # how the quickest is forgotten, with each answer
_SLOWER, _SLOWEST, _RECOVERY = 0.9, 0.2, 1.001  # the pace after a 429, and its recovery with each message


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Messages a channel allows."""

    bulk_per_second: float = 29.0
    bulk_at_most: int = 29  # in any second, also by turns that were late
    group_per_minute: int = 20  # all topics of a group together, edits too
    kept_free: int = 3  # of them, by what can wait, for what can't


@dataclass(frozen=True, slots=True)
class Turns:
    """How many messages a group has room for now: in all, and of them such as can wait."""

    all: int
    patient: int


@dataclass(slots=True)
class Pacer:
    """Remembers what went where. Times are seconds of a steady clock."""

    limits: Limits = field(default_factory=Limits)
    _halted: dict[str, float] = field(default_factory=dict)  # chat -> not before
    _groups: dict[str, deque[float]] = field(default_factory=dict)
    _patient_next: dict[str, float] = field(default_factory=dict)  # group -> not before, what can wait
    _bulk_next: float = 0.0
    _bulk_sent: list[float] = field(default_factory=list)  # when the last ones went, or may have arrived
    _quickest: float = math.inf  # answer to a broadcast, in seconds, lately
    _bulk_waiting: int = 0  # that have their turns and have not gone
    _ease: float = 1.0

    def turns(self, group: Address, now: float) -> Turns:
        """Return for how many messages a group has room.

        What can wait goes at once in a quiet group, and evenly in a busy one, so that what comes up meanwhile need not
        stand behind it for a minute; a few places are never its own.
        """
        key = str(group)
        if self._halted.get(key, 0.0) > now:
            return Turns(0, 0)
        used = len(self._sent_to(key, now))
        free = max(0, self.limits.group_per_minute - used)
        at_once = math.ceil(self.limits.group_per_minute * _BUSY) - used
        its_turn = int(now >= self._patient_next.get(key, 0.0))
        return Turns(free, min(free, at_once if at_once > 0 else its_turn))

    def ask(self, chat: Address, now: float, *, bulk: bool = False, patient: bool = False) -> float:
        """Return 0 when a message may go now, which takes its place, else the seconds to wait before asking again."""
        key = str(chat)
        wait = self._halted.get(key, 0.0) - now
        if bulk:
            wait = max(wait, self._halted.get(_EVERYTHING, 0.0) - now)
        sent = self._sent_to(key, now) if _is_group(chat) else None
        if sent is not None and len(sent) >= self.limits.group_per_minute:
            wait = max(wait, sent[0] + 60 - now)
        if wait > 0:
            return wait
        self._halted.pop(key, None)
        if sent is not None:
            sent.append(now)
            if patient:
                # By the schedule, not from now: who looks late must not fall behind it.
                gap = 60 / (self.limits.group_per_minute - self.limits.kept_free)
                self._patient_next[key] = max(self._patient_next.get(key, 0.0), now - gap) + gap
        return 0.0

    def bulk_room(self, now: float) -> int:
        """Return for how many broadcasts there is a turn soon: no more of them are worth claiming.

        Those that are late count as well: whatever is claimed when a process dies, nobody knows the fate of.
        """
        pace = self.limits.bulk_per_second * self._ease
        free = now + _AHEAD - max(self._bulk_free(), now)
        return max(0, min(math.ceil(free * pace), math.ceil(_AHEAD * pace) - self._bulk_waiting))

    def bulk_pause(self, now: float) -> float:
        """Return the seconds until there is room for a broadcast; 0 when there is."""
        return max(0.0, self._bulk_free() - _AHEAD - now)

    def bulk_turn(self, now: float) -> float:
        """Take the next turn of a broadcast, and return the seconds until then; `bulk_hold` or `bulk_leave` ends it."""
        self._bulk_waiting += 1
        turn = max(self._bulk_next, now)
        self._bulk_next = turn + 1 / (self.limits.bulk_per_second * self._ease)
        self._ease = min(1.0, self._ease * _RECOVERY)
        return turn - now

    def bulk_hold(self, now: float) -> float:
        """Return 0 when a broadcast whose turn has come may go, which is noted, else the seconds to wait for that.

        A process that was held up for a moment has several turns behind it, and makes up for them little by little.
        """
        soonest = max(self._bulk_sent) + _CLOSEST / self.limits.bulk_per_second if self._bulk_sent else now
        if len(self._bulk_sent) >= self.limits.bulk_at_most:
            soonest = max(soonest, min(self._bulk_sent) + _SECOND)
        if now < soonest:
            return soonest - now
        self._bulk_waiting -= 1
        self._bulk_sent.append(now)
        while len(self._bulk_sent) > self.limits.bulk_at_most:
            self._bulk_sent.remove(min(self._bulk_sent))
        return 0.0

    def bulk_answered(self, went: float, now: float) -> None:
        """Note that the answer to a broadcast came, which went at `went`.

        One that was long on its way arrived closer to the next ones than it went, and counts from then.
        """
        took = now - went
        self._quickest = min(took, self._quickest * _FORGET)
        late = took - self._quickest - _USUAL
        if late > 0 and went in self._bulk_sent:
            self._bulk_sent[self._bulk_sent.index(went)] = went + late

    def bulk_leave(self) -> None:
        """Give up a turn that was taken."""
        self._bulk_waiting -= 1

    def halt(self, chat: Address, seconds: float, now: float) -> None:
        """Obey a 429: nothing to that chat before its time, and no broadcast at all, since the limit may be ours.

        A letter that is put off says nothing of any other, and its own row knows when it is due.
        """
        if chat.channel == _LETTERS:
            return
        if now >= self._halted.get(_EVERYTHING, 0.0):
            self._ease = max(self._ease * _SLOWER, _SLOWEST)
        self._halted[str(chat)] = now + seconds
        self._halted[_EVERYTHING] = max(self._halted.get(_EVERYTHING, 0.0), now + seconds)

    def _sent_to(self, group: str, now: float) -> deque[float]:
        sent = self._groups.setdefault(group, deque())
        while sent and sent[0] <= now - 60:
            sent.popleft()
        return sent

    def _bulk_free(self) -> float:
        return max(self._bulk_next, self._halted.get(_EVERYTHING, 0.0))


def _is_group(chat: Address) -> bool:
    return chat.channel == "telegram" and chat.ident.startswith("-")
