"""The updates that wait for the bot: their lanes and lifetimes, getUpdates, and what setWebhook has set."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.botapi.bell import Bell
from tests.botapi.errors import ApiError, Blame, ignored, violation
from tests.botapi.spec import Json, update_kinds

_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
_DAY = 86_400  # seconds an update waits
_TAP = 150  # a callback query waits much shorter
_LONGEST_POLL = 50.0  # seconds, however long the bot asks for

Lane = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An update that waits. Within a lane a webhook gets one at a time; tdlib gives taps lanes of their own."""

    update: Json
    lane: Lane
    expires_at: float


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """What setWebhook has set."""

    url: str
    secret_token: str = ""
    max_connections: int = 40


@dataclass(kw_only=True)
class Updates:
    """The queue of one bot. `now` is a clock in Unix seconds; `dropped` are updates that grew too old."""

    next_id: int = 700_000_001
    waiting: dict[int, Pending] = field(default_factory=dict)
    lanes: dict[Lane, deque[Pending]] = field(default_factory=dict)
    dropped: list[Json] = field(default_factory=list)
    allowed: frozenset[str] | None = None
    webhook: Webhook | None = None
    last_error: tuple[int, str] | None = None
    bell: Bell = field(default_factory=Bell)
    _poll: asyncio.Future[None] | None = None

    def push(self, update: Json, now: float) -> int:
        """Let an update wait (it is left out if the bot has not asked for its kind); return its update_id."""
        update_id: int = update.get("update_id", self.next_id)
        if update_id in self.waiting:
            raise ValueError(f"update {update_id} waits already; Telegram repeats only what it has delivered")
        self.next_id = update_id + 1
        kind = next((key for key in update if key != "update_id"), "")
        if self.is_allowed(kind):
            lifetime = _TAP if kind == "callback_query" else _DAY
            lane = _lane(kind, update.get(kind), update_id)
            pending = Pending(update={"update_id": update_id, **update}, lane=lane, expires_at=now + lifetime)
            self.waiting[update_id] = pending
            self.lanes.setdefault(lane, deque()).append(pending)
            self.bell.ring()
        return update_id

    def is_allowed(self, kind: str) -> bool:
        """Tell whether the bot gets updates of this kind; unknown kinds are poison on purpose and pass."""
        return kind not in (_NOT_BY_DEFAULT if self.allowed is None else update_kinds() - self.allowed)

    @property
    def is_polled(self) -> bool:
        """Whether a getUpdates is waiting right now."""
        return self._poll is not None

    def forget(self, pending: Pending) -> None:
        """Take an update out of the queue because it is confirmed."""
        self.waiting.pop(pending.update["update_id"], None)
        lane = self.lanes.get(pending.lane, deque())
        if pending in lane:
            lane.remove(pending)
        if not lane:
            self.lanes.pop(pending.lane, None)

    def drop(self, pending: Pending) -> None:
        """Take an update out of the queue because it is too old."""
        self.forget(pending)
        self.dropped.append(pending.update)

    def drop_expired(self, now: float) -> None:
        """Drop what nobody fetched in time."""
        for pending in [pending for pending in self.waiting.values() if pending.expires_at < now]:
            self.drop(pending)

    def is_waiting(self, pending: Pending) -> bool:
        """Tell whether an update is still in the queue."""
        return self.waiting.get(pending.update["update_id"]) is pending

    async def poll(self, params: Json, clock: Callable[[], float]) -> list[Json]:
        """Answer getUpdates: `offset` confirms what is below it; waits up to `timeout` seconds for something new."""
        if self.webhook:
            reason = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            raise _conflict(reason)
        self.choose_kinds(params)
        self._end_other_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        self.drop_expired(clock())
        for pending in list(self._confirmed(params.get("offset", 0))):
            self.forget(pending)
        if not self.waiting and params.get("timeout", 0) > 0:
            await self._wait(min(params["timeout"], _LONGEST_POLL))
            self.drop_expired(clock())
        return [pending.update for pending in self.waiting.values()][: params.get("limit", 100)]

    def set_webhook(self, params: Json) -> bool:
        """Answer setWebhook; an empty url deletes it."""
        if params.get("drop_pending_updates"):
            self.clear()
        if not params.get("url"):
            return self.delete_webhook({})
        _check_webhook(params)
        self.choose_kinds(params)
        self._end_other_poll("terminated by setWebhook request")
        self.last_error = None
        known = ("url", "secret_token", "max_connections")
        self.webhook = Webhook(**{key: params[key] for key in known if key in params})
        self.bell.ring()
        return True

    def delete_webhook(self, params: Json) -> bool:
        """Answer deleteWebhook: what waits goes on waiting for getUpdates."""
        if params.get("drop_pending_updates"):
            self.clear()
        self.webhook = None
        self.last_error = None
        self.bell.ring()
        return True

    def webhook_info(self) -> Json:
        """Answer getWebhookInfo."""
        info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self.waiting)}
        if self.webhook:
            info |= {"url": self.webhook.url, "max_connections": self.webhook.max_connections}
        if self.last_error:
            info |= {"last_error_date": self.last_error[0], "last_error_message": self.last_error[1]}
        if self.allowed is not None:
            info["allowed_updates"] = sorted(self.allowed)
        return info

    def clear(self) -> None:
        """Forget everything that waits."""
        self.waiting.clear()
        self.lanes.clear()

    def choose_kinds(self, params: Json) -> None:
        """Take over allowed_updates; it stays until another list comes, and an empty list means the usual kinds."""
        if "allowed_updates" not in params:
            return
        wanted = params["allowed_updates"]
        if unknown := set(wanted) - update_kinds():
            raise ignored(f"allowed_updates: there is no kind {', '.join(sorted(unknown))}")
        self.allowed = frozenset(wanted) or None

    def _confirmed(self, offset: int) -> Iterator[Pending]:
        """Yield what an offset confirms; a negative one keeps only so many from the end."""
        if offset < 0:
            yield from list(self.waiting.values())[:offset]
        else:
            yield from (pending for update_id, pending in self.waiting.items() if update_id < offset)

    async def _wait(self, seconds: float) -> None:
        """Wait for an update; a second getUpdates or a webhook ends this with the 409 it deserves."""
        self._poll = poll = asyncio.get_running_loop().create_future()
        self.bell.ring()
        arrived = asyncio.ensure_future(self.bell.until(lambda: bool(self.waiting), seconds))
        try:
            await asyncio.wait({poll, arrived}, return_when=asyncio.FIRST_COMPLETED)
            if poll.done():
                poll.result()
        finally:
            arrived.cancel()
            if self._poll is poll:
                self._poll = None

    def _end_other_poll(self, reason: str) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_exception(_conflict(reason))
        self._poll = None


def _lane(kind: str, content: Any, update_id: int) -> Lane:
    """Return the lane as tdlib chooses it: by chat for messages, by person for taps, each other kind for itself."""
    if isinstance(content, dict):
        if kind in ("message", "edited_message") and isinstance(content.get("chat"), dict):
            return ("chat", content["chat"].get("id"))
        if kind == "callback_query" and isinstance(content.get("from"), dict):
            return ("taps", content["from"].get("id"))
        if isinstance(content.get("chat"), dict):
            return (kind, content["chat"].get("id"))
    return ("alone", update_id)


def _check_webhook(params: Json) -> None:
    """Refuse what the real server refuses, except that plain HTTP is fine on this machine."""
    parts = urlsplit(params["url"])
    if not parts.hostname:
        raise violation("invalid webhook URL specified")
    is_here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (is_here and parts.scheme == "http"):
        raise violation("bad webhook: An HTTPS URL must be provided for webhook")
    if not is_here and parts.port not in (None, 443, 80, 88, 8443):
        raise violation("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if any(not (char.isascii() and (char.isalnum() or char in "_-")) for char in params.get("secret_token", "")):
        raise violation("secret token contains unallowed characters")


def _conflict(reason: str) -> ApiError:
    return ApiError(409, f"Conflict: {reason}", Blame.CHANCE)
