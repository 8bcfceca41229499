"""Webhook delivery: order, retries, duplicates, secrets and what getWebhookInfo tells, as tdlib does it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from tests.botapi import Server
from tests.botapi.asking import Asker
from tests.botapi.bell import Bell

pytest_plugins = ["tests.botapi.fixtures"]

SECRET = "s3cret_token-of-32-characters-12"


@dataclass(kw_only=True)
class Hook:
    """A bot's webhook: answers with the statuses in `answers`, then 200; texts in `holding` wait to be let go."""

    bell: Bell = field(default_factory=Bell)
    url: str = ""
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    holding: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    secrets: set[str | None] = field(default_factory=set)
    at_once: int = 0
    most_at_once: int = 0

    async def got(self, *texts: str) -> None:
        """Wait until exactly these texts have come, in any order between chats but each as often as here."""
        await self.bell.until(lambda: len(self.texts) >= len(texts), 5)
        assert sorted(texts) == sorted(self.texts)

    def release(self, text: str) -> None:
        """Let a held update be answered."""
        self.holding.discard(text)
        self.bell.ring()

    async def handle(self, request: web.Request) -> web.Response:
        """Take an update."""
        update = await request.json()
        text = update["message"]["text"] if "message" in update else next(key for key in update if key != "update_id")
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.texts.append(text)
        self.bell.ring()
        await self.bell.until(lambda: text not in self.holding, 5)
        self.at_once -= 1
        return web.Response(status=self.answers.pop(0) if self.answers else 200, headers=self.headers)


@asynccontextmanager
async def _listening(hook: Hook, port: int = 0) -> AsyncIterator[None]:
    app = web.Application()
    app.router.add_post("/hook", hook.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield
    await runner.cleanup()


@pytest.fixture
async def hook(botapi: Server) -> AsyncIterator[Hook]:
    """Return a webhook that listens; the server's delays are a thousandth of the real ones."""
    botapi.delivery.retry_scale = 0.001
    hook = Hook()
    async with _listening(hook):
        yield hook


async def _set(ask: Asker, hook: Hook, **more: Any) -> None:
    await ask.result("setWebhook", url=hook.url, secret_token=SECRET, **more)


async def test_what_waited_is_delivered_with_the_secret(botapi: Server, ask: Asker, hook: Hook) -> None:
    """Updates from before setWebhook come, each with the secret, and are confirmed by 200."""
    botapi.person(7).sends("viens")
    await _set(ask, hook)
    botapi.person(8).sends("divi")

    await hook.got("viens", "divi")
    await botapi.wait_for(lambda: not botapi.pending)
    assert hook.secrets == {SECRET}
    assert [attempt.status for attempt in botapi.delivery.attempts] == [200, 200]


async def test_one_at_a_time_in_a_chat(botapi: Server, ask: Asker, hook: Hook) -> None:
    """The next update of a chat waits for the answer to the one before; other chats do not wait."""
    await _set(ask, hook)
    hook.holding = {"pirmais"}
    anna, juris = botapi.person(7), botapi.person(8)
    anna.sends("pirmais")
    anna.sends("otrais")
    juris.sends("cits")

    await hook.got("pirmais", "cits")
    hook.release("pirmais")
    await hook.got("pirmais", "cits", "otrais")
    assert hook.texts.index("pirmais") < hook.texts.index("otrais")


async def test_a_tap_does_not_wait_for_messages(botapi: Server, ask: Asker, hook: Hook) -> None:
    """Tdlib has a lane of its own for taps: they may overtake the same person's messages."""
    anna = botapi.person(7, started=True)
    keyboard = {"inline_keyboard": [[{"text": "Jā", "callback_data": "yes"}]]}
    await ask.result("sendMessage", chat_id=7, text="Jā?", reply_markup=keyboard)
    await _set(ask, hook)
    hook.holding = {"lēni"}
    anna.sends("lēni")
    anna.taps(None, "yes")

    await hook.got("lēni", "callback_query")
    hook.release("lēni")


async def test_max_connections(botapi: Server, ask: Asker, hook: Hook) -> None:
    """No more requests at once than setWebhook allows."""
    await _set(ask, hook, max_connections=2)
    texts = [f"nr {number}" for number in range(6)]
    hook.holding = set(texts)
    for number, text in enumerate(texts):
        botapi.person(100 + number).sends(text)
    await hook.bell.until(lambda: hook.at_once == 2, 5)
    for text in texts:
        hook.release(text)

    await hook.got(*texts)
    assert hook.most_at_once == 2


async def test_redelivery_until_a_2xx(botapi: Server, ask: Asker, hook: Hook) -> None:
    """A failed update comes again before the next one of its chat; getWebhookInfo tells of the failure."""
    hook.answers = [500, 503, 404]
    await _set(ask, hook)
    anna = botapi.person(7)
    anna.sends("viens")
    anna.sends("divi")

    await hook.got("viens", "viens", "viens", "viens", "divi")
    assert hook.texts[-1] == "divi"
    info = await ask.result("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"
    assert abs(info["last_error_date"] - botapi.world.now()) < 10
    assert (info["url"], info["max_connections"]) == (hook.url, 40)


async def test_delays_double_after_the_first_retry(botapi: Server, ask: Asker, hook: Hook) -> None:
    """The first retry is immediate; then 2, 4, 8 ... seconds pass up to a minute, or what Retry-After says."""
    hook.answers = [500] * 8
    await _set(ask, hook)
    botapi.person(7).sends("viens")
    await botapi.wait_for(lambda: not botapi.pending)
    expected = [0, 2, 4, 8, 16, 32, 60, 60, None]
    assert expected == [attempt.retry_in for attempt in botapi.delivery.attempts]

    hook.answers, hook.headers = [503], {"Retry-After": "5"}
    botapi.person(7).sends("divi")
    await botapi.wait_for(lambda: not botapi.pending)
    assert [attempt.retry_in for attempt in botapi.delivery.attempts[-2:]] == [5, None]


async def test_a_lost_answer_makes_a_duplicate(botapi: Server, ask: Asker, hook: Hook) -> None:
    """The bot said 200, Telegram did not hear it: the same update comes once more."""
    await _set(ask, hook)
    botapi.delivery.lose_answers(times=1, chat=7)
    botapi.person(8).sends("mierīgi")
    botapi.person(7).sends("divreiz")

    await hook.got("divreiz", "divreiz", "mierīgi")
    await botapi.wait_for(lambda: not botapi.pending)
    lost, again = (attempt for attempt in botapi.delivery.attempts if attempt.update_id == 700_000_002)
    assert (lost.status, lost.error) == (200, "Read timeout expired")
    assert (again.status, again.error) == (200, "")


async def test_a_slow_bot_gets_it_again_meanwhile(botapi: Server, ask: Asker, hook: Hook) -> None:
    """After the response timeout the update is delivered anew although the first request still runs."""
    botapi.delivery.response_timeout = 0.05
    hook.holding = {"ilgi"}
    await _set(ask, hook)
    botapi.person(7).sends("ilgi")

    await hook.bell.until(lambda: len(hook.texts) >= 2, 5)
    assert hook.at_once >= 2
    botapi.delivery.response_timeout = 5
    hook.release("ilgi")
    await botapi.wait_for(lambda: not botapi.pending)


async def test_a_bot_that_was_down_gets_all_in_order(botapi: Server, ask: Asker) -> None:
    """Nothing is lost while nobody listens; afterwards the chat's updates come in order."""
    botapi.delivery.retry_scale = 0.001
    hook = Hook()
    async with _listening(hook):
        pass  # it was there, and is gone
    await _set(ask, hook)
    anna = botapi.person(7)
    for text in ("viens", "divi", "trīs"):
        anna.sends(text)
    await botapi.wait_for(lambda: len(botapi.delivery.attempts) >= 3)
    info = await ask.result("getWebhookInfo")
    assert (info["pending_update_count"], info["last_error_message"]) == (3, "Connection refused")
    async with _listening(hook, port=int(hook.url.rpartition(":")[2].removesuffix("/hook"))):
        await hook.got("viens", "divi", "trīs")
        assert hook.texts == ["viens", "divi", "trīs"]
        await botapi.wait_for(lambda: not botapi.pending)


async def test_a_day_of_failure_drops_the_update(botapi: Server, ask: Asker, hook: Hook) -> None:
    """What could not be delivered for 24 hours is dropped, and the chat goes on."""
    botapi.person(7).sends("veca", date=0)
    botapi.advance(86_401)
    botapi.person(7).sends("jauna")
    await _set(ask, hook)

    await hook.got("jauna")
    assert [update["message"]["text"] for update in botapi.world.updates.dropped] == ["veca"]


async def test_an_update_grows_too_old_between_two_retries(botapi: Server, ask: Asker, hook: Hook) -> None:
    """Retrying ends with the update's day; it is dropped once."""
    hook.answers = [500] * 1000
    await _set(ask, hook)
    botapi.person(7).sends("viens")
    await botapi.wait_for(lambda: len(botapi.delivery.attempts) >= 3)
    botapi.advance(86_401)
    count = len(botapi.delivery.attempts)
    hook.answers.clear()
    botapi.person(7).sends("divi")
    await botapi.wait_for(lambda: not botapi.pending)

    assert [update["message"]["text"] for update in botapi.world.updates.dropped] == ["viens"]
    assert "viens" not in hook.texts[count + 1 :]


async def test_deleting_the_webhook_keeps_what_waits(botapi: Server, ask: Asker, hook: Hook) -> None:
    """After deleteWebhook the updates wait for getUpdates, unless they are to be dropped."""
    hook.answers = [500] * 1000
    await _set(ask, hook)
    botapi.person(7).sends("viens")
    await botapi.wait_for(lambda: bool(botapi.delivery.attempts))
    await ask.result("deleteWebhook")
    assert len(await ask.result("getUpdates")) == 1
    assert (await ask.result("getWebhookInfo"))["url"] == ""
    await ask.result("deleteWebhook", drop_pending_updates=True)
    assert await ask.result("getUpdates") == []


async def test_allowed_updates_of_a_webhook(botapi: Server, ask: Asker, hook: Hook) -> None:
    """Only the kinds asked for are delivered."""
    await _set(ask, hook, allowed_updates=["message_reaction"])
    anna = botapi.person(7)
    anna.reacts(anna.sends("viens").message_id, "👍")

    await hook.got("message_reaction")
    assert (await ask.result("getWebhookInfo"))["allowed_updates"] == ["message_reaction"]


async def test_a_method_in_the_answer_is_a_violation(lenient_botapi: Server, ask_lenient: Asker) -> None:
    """A call in the webhook's answer has no result that anybody sees; this product must not make one."""
    app = web.Application()

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"method": "sendMessage", "chat_id": 7, "text": "x"})

    app.router.add_post("/hook", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await ask_lenient.result("setWebhook", url=f"http://127.0.0.1:{runner.addresses[0][1]}/hook")
    lenient_botapi.person(7).sends("viens")
    await lenient_botapi.wait_for(lambda: not lenient_botapi.pending)
    await runner.cleanup()

    expected = ["the webhook answered with a call of sendMessage, which is not simulated"]
    assert expected == [finding.reason for finding in lenient_botapi.violations]
