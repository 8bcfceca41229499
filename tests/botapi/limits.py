"""Telegram's flood limits, as far as they are known; off until a test switches them on.

30 messages in a second overall, about one a second in a private chat with short bursts, 20 a minute in a group over all
its topics, where edits and topics count too. Who is over a limit stays limited for the time he was told.
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.botapi.errors import too_many_requests
from tests.botapi.spec import Json

_NEW = ("send", "copy", "forward")
_IN_GROUPS = (*_NEW, "edit", "createForumTopic", "closeForumTopic", "reopenForumTopic", "pinChatMessage")
_NOT_COUNTED = ("sendChatAction", "sendMessageDraft")


@dataclass(frozen=True, kw_only=True)
class Rate:
    """So many messages in any so many seconds; over it, nothing for `penalty` seconds (or until there is room)."""

    count: int
    seconds: float
    penalty: int = 0


@dataclass(kw_only=True)
class Limits:
    """The limits and who has used how much; `clock` counts seconds."""

    clock: Callable[[], float]
    enabled: bool = False
    overall: Rate = Rate(count=30, seconds=1.0, penalty=3)
    private: Rate = Rate(count=5, seconds=5.0)
    group: Rate = Rate(count=20, seconds=60.0)
    _sent: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _until: dict[int, float] = field(default_factory=dict)

    def check(self, method: str, params: Json) -> None:
        """Count a request, or refuse it with 429 and the seconds to wait."""
        chat = params.get("chat_id")
        if not self.enabled or not isinstance(chat, int) or method in _NOT_COUNTED:
            return
        if not method.startswith(_NEW if chat > 0 else _IN_GROUPS):
            return
        cost = len(params.get("media") or params.get("message_ids") or [0])
        scopes = [(chat, self.private if chat > 0 else self.group)]
        if method.startswith(_NEW):
            scopes.append((0, self.overall))
        now = self.clock()
        wait = max(self._wait(scope, rate, cost, now) for scope, rate in scopes)
        if wait:
            raise too_many_requests(wait)
        for scope, _ in scopes:
            self._sent[scope].extend([now] * cost)

    def _wait(self, scope: int, rate: Rate, cost: int, now: float) -> int:
        """Return the whole seconds until this scope may send again, 0 if at once."""
        if now < self._until.get(scope, now):
            return math.ceil(self._until[scope] - now)
        sent = self._sent[scope]
        while sent and now - sent[0] >= rate.seconds:
            sent.popleft()
        if len(sent) + cost <= rate.count:
            return 0
        wait = rate.penalty or max(1, math.ceil(rate.seconds - (now - sent[0])) if sent else 1)
        self._until[scope] = now + wait
        return wait
