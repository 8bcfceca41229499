"""Webhook delivery by the rules of tdlib's WebhookActor.

One update of a lane at a time and the next only after a 2xx; lanes side by side, up to max_connections; a failed update
again at once, then after 2, 4, 8 ... 60 s (or what Retry-After says) until it is too old.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.botapi.spec import Json
from tests.botapi.updates import Lane, Pending, Webhook
from tests.botapi.world import World

_LONGEST_DELAY = 60.0
_LONGEST_RETRY_AFTER = 3600.0


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One POST to the webhook: the status it got or None, what was wrong, and the unscaled seconds until the next."""

    update_id: int
    at: float
    status: int | None
    error: str = ""
    retry_in: float | None = None


@dataclass(frozen=True, kw_only=True)
class _Reply:
    """How a POST ended; without error it was a 2xx. `retry_after` is 0 where the bot does not ask for a time."""

    status: int | None = None
    error: str = ""
    retry_after: float = 0.0


@dataclass(kw_only=True)
class _Loss:
    times: int
    chat: int | None


@dataclass(kw_only=True)
class Delivery:
    """Pushes the waiting updates to the webhook. Delays are real seconds times `retry_scale`."""

    world: World
    report: Callable[[str], None]
    retry_scale: float = 1.0
    response_timeout: float = 60.0
    attempts: list[Attempt] = field(default_factory=list)
    _losses: list[_Loss] = field(default_factory=list)
    _tasks: dict[Lane, asyncio.Task[None]] = field(default_factory=dict)

    def lose_answers(self, *, times: int = 1, chat: int | None = None) -> None:
        """Let the next 2xx be lost on the way: the bot has the update, and gets it again."""
        self._losses.append(_Loss(times=times, chat=chat))

    async def run(self) -> None:
        """Deliver until cancelled."""
        updates = self.world.updates
        async with ClientSession(connector=TCPConnector(limit=0)) as session:
            try:
                while True:
                    webhook = updates.webhook
                    room = asyncio.Semaphore(webhook.max_connections if webhook else 1)
                    await self._serve(session, webhook, room)
                    await self._stop_lanes()
            finally:
                await self._stop_lanes()

    async def _serve(self, session: ClientSession, webhook: Webhook | None, room: asyncio.Semaphore) -> None:
        """Keep a task for each lane that has something, until the webhook changes."""
        updates = self.world.updates
        while updates.webhook is webhook:
            if webhook:
                for lane in [lane for lane in updates.lanes if lane not in self._tasks]:
                    self._tasks[lane] = asyncio.create_task(self._run_lane(session, webhook, lane, room))
            await self.world.bell.until(lambda: updates.webhook is not webhook or self._has_new_lane(webhook), 3600)

    def _has_new_lane(self, webhook: Webhook | None) -> bool:
        return webhook is not None and any(lane not in self._tasks for lane in self.world.updates.lanes)

    async def _stop_lanes(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def _run_lane(self, session: ClientSession, webhook: Webhook, lane: Lane, room: asyncio.Semaphore) -> None:
        """Deliver what waits in a lane, in order."""
        try:
            while waiting := self.world.updates.lanes.get(lane):
                await self._deliver(session, webhook, waiting[0], room)
        finally:
            self._tasks.pop(lane, None)

    async def _deliver(
        self, session: ClientSession, webhook: Webhook, pending: Pending, room: asyncio.Semaphore
    ) -> None:
        """Deliver an update however often it takes, or drop it when it is too old."""
        updates, delay, fails = self.world.updates, 1.0, 0
        while updates.is_waiting(pending):
            async with room:
                reply = await self._post(session, webhook, pending)
            now = self.world.now()
            if fails and not reply.retry_after:
                delay = min(delay * 2, _LONGEST_DELAY)
            wait = reply.retry_after or (delay if fails else 0.0)
            again = bool(reply.error) and now + wait <= pending.expires_at
            attempt = Attempt(
                update_id=pending.update["update_id"],
                at=now,
                status=reply.status,
                error=reply.error,
                retry_in=wait if again else None,
            )
            self.attempts.append(attempt)
            if not reply.error:
                updates.forget(pending)
            else:
                updates.last_error = (int(now), reply.error)
                if not again and updates.is_waiting(pending):
                    updates.drop(pending)
            self.world.bell.ring()
            if again:
                fails += 1
                await asyncio.sleep(wait * self.retry_scale)

    async def _post(self, session: ClientSession, webhook: Webhook, pending: Pending) -> _Reply:
        """Deliver once."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret_token} if webhook.secret_token else {}
        timeout = ClientTimeout(total=self.response_timeout)
        try:
            async with session.post(webhook.url, json=pending.update, headers=headers, timeout=timeout) as response:
                status, body = response.status, await response.read()
                retry_after = _seconds(response.headers.get("Retry-After", ""))
        except TimeoutError:
            return _Reply(error="Read timeout expired")
        except ClientConnectorError:
            return _Reply(error="Connection refused")
        except ClientError:
            return _Reply(error="Connection closed")
        if not 200 <= status <= 299:
            error = f"Wrong response from the webhook: {status} {response.reason}"
            return _Reply(status=status, error=error, retry_after=retry_after)
        if self._is_lost(pending.update):
            return _Reply(status=status, error="Read timeout expired")
        self._look_for_method(body)
        return _Reply(status=status)

    def _is_lost(self, update: Json) -> bool:
        chat = chat_of(update)
        for loss in self._losses:
            if loss.times and loss.chat in (None, chat):
                loss.times -= 1
                return True
        return False

    def _look_for_method(self, body: bytes) -> None:
        """Object to a method call in the answer: it is never known whether it worked, so this product makes none."""
        try:
            answer = json.loads(body or b"null")
        except ValueError:
            return
        if isinstance(answer, dict) and "method" in answer:
            self.report(f"the webhook answered with a call of {answer['method']}, which is not simulated")


def chat_of(update: Json) -> int | None:
    """Return the chat an update is about, if it is about one."""
    for content in update.values():
        if isinstance(content, dict):
            chat = content.get("chat") or (content.get("message") or {}).get("chat") or {}
            if "id" in chat:
                return int(chat["id"])
    return None


def _seconds(retry_after: str) -> float:
    return min(float(retry_after), _LONGEST_RETRY_AFTER) if retry_after.isdecimal() else 0.0
