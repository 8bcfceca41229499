"""The intake: introduces us to Telegram, brings updates in by either way, and confirms none that is not stored."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot import pulses
from bot.channels.telegram import TelegramChannel
from bot.database import DatabaseDownError
from bot.inbox.ledger import inbound
from bot.intake import Intake, RefusedError, UnreadableError
from bot.pulses import Pulse
from bot.service import intake_of
from bot.settings import Secret, Settings
from tests.botapi import ResetConnection, Server, ServerError, TooManyRequests
from tests.transcripts.clock import MovedClock

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_HOOK = "http://127.0.0.1:8080"


@asynccontextmanager
async def _intake(server: Server, database_url: str, folder: Path, **more: Any) -> AsyncIterator[Intake]:
    """Build an app with its intake, without its other loops."""
    settings = Settings(
        telegram_token=Secret(server.token),
        telegram_api_url=server.url,
        database_url=Secret(database_url),
        data_dir=folder,
        webhook_secret=Secret("w" * 40),
    )
    settings = replace(settings, **more)
    channel = TelegramChannel(settings.telegram_token, settings.telegram_api_url)
    app = house.build(settings, {"telegram": channel}, MovedClock(_NOW))
    try:
        yield intake_of(app, channel)
    finally:
        await channel.close()
        await app.close()


@asynccontextmanager
async def _polling(intake: Intake) -> AsyncIterator[None]:
    """Let an intake poll meanwhile."""
    task = asyncio.create_task(intake.poll())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _pulse(intake: Intake) -> Pulse | None:
    return await intake.database.read(lambda tx: pulses.last(tx, intake.pulse))


async def _until_trouble_is(intake: Intake, trouble: str) -> None:
    async with asyncio.timeout(10):
        while (pulse := await _pulse(intake)) is None or pulse.trouble != trouble:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def _entered(tx: Connection) -> list[str]:
    return list(tx.execute(sa.select(inbound.c.text).order_by(inbound.c.id)).scalars())


async def test_we_say_who_we_are_and_what_we_want(sqlite_url: str, tmp_path: Path, botapi: Server) -> None:
    """By polling: no webhook stands, the menu is there in Latvian for everybody and in English for the English."""
    async with _intake(botapi, sqlite_url, tmp_path) as intake:
        await intake.start()
        assert botapi.webhook is None
        names = ["start", "koki", "jautat", "cilveks", "valoda", "palidziba", "privatums"]
        names += ["pasakumi", "zinas", "mani", "dzest", "stop"]
        assert names == [command["command"] for command in botapi.commands()]
        assert names == [command["command"] for command in botapi.commands("en")]
        described = [botapi.commands(code)[0]["description"] for code in ("", "en")]
        assert ["Sākt sarunu", "Start a conversation"] == described


async def test_by_webhook_telegram_is_told_where_and_with_which_secret(
    sqlite_url: str, tmp_path: Path, botapi: Server
) -> None:
    """With PUBLIC_URL updates are to come to PUBLIC_URL/telegram, with the secret, of the kinds we read."""
    async with _intake(botapi, sqlite_url, tmp_path, public_url=f"{_HOOK}/") as intake:
        await intake.start()
        assert botapi.webhook is not None
        assert (f"{_HOOK}/telegram", "w" * 40) == (botapi.webhook.url, botapi.webhook.secret_token)
        kinds = botapi.calls_of("setWebhook")[0].params["allowed_updates"]
        assert ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"] == kinds


async def test_a_wrong_token_is_refused_without_showing_it(
    sqlite_url: str, tmp_path: Path, lenient_botapi: Server
) -> None:
    """Trying again would not help: it ends, and the message holds no secret."""
    token = Secret("4200000:AAH-wrong-token-of-somebody-else-here")
    async with _intake(lenient_botapi, sqlite_url, tmp_path, telegram_token=token) as intake:
        with pytest.raises(RefusedError) as refused:
            await intake.start()
        assert ("TELEGRAM_TOKEN" in str(refused.value), token in str(refused.value)) == (True, False)


async def test_a_refused_webhook_address_is_named(sqlite_url: str, tmp_path: Path, lenient_botapi: Server) -> None:
    """Telegram wants HTTPS on one of its ports; what it says is passed on."""
    async with _intake(lenient_botapi, sqlite_url, tmp_path, public_url="https://koki.example:99") as intake:
        with pytest.raises(RefusedError, match=r"https://koki\.example:99/telegram"):
            await intake.start()


@pytest.mark.parametrize("fault", [ServerError(502), ResetConnection(), TooManyRequests(1)])
async def test_a_telegram_that_is_down_is_waited_for(
    sqlite_url: str, tmp_path: Path, botapi: Server, fault: Any
) -> None:
    """Starting while Telegram can't be reached ends in a start, not in a crash; meanwhile the trouble is noted."""
    async with _intake(botapi, sqlite_url, tmp_path) as intake:
        botapi.faults.add(kind=fault, method="getMe")
        await intake.start()
        assert [True, False] == [call.code != 200 for call in botapi.calls_of("getMe")]
        pulse = await _pulse(intake)
        assert pulse is not None
        assert "" == pulse.trouble


async def test_an_update_is_confirmed_only_when_it_is_stored(sqlite_url: str, tmp_path: Path, botapi: Server) -> None:
    """While the database is down the same updates are asked for again, and then each is entered once, in order."""
    async with _intake(botapi, sqlite_url, tmp_path) as intake:
        await intake.start()
        read, down = intake.database.read, [DatabaseDownError("down")] * 3

        async def sometimes(work: Any) -> Any:
            await asyncio.sleep(0)
            if down:
                raise down.pop()
            return await read(work)

        intake.database.read = sometimes  # type: ignore[method-assign]
        anna = botapi.person(7)
        for line in ("/start", "/palidziba"):
            anna.sends(line)
        async with _polling(intake):
            await botapi.wait_for(lambda: not botapi.pending)
        assert [] == down
        assert ["/start", "/palidziba"] == await intake.database.read(_entered)
        offsets = [call.params.get("offset") for call in botapi.calls_of("getUpdates")]
        assert [None, None] == offsets[:2]


async def test_ids_that_start_again_lower_are_read(sqlite_url: str, tmp_path: Path, botapi: Server) -> None:
    """After a quiet week Telegram may number updates from anywhere: the last of an answer counts, not the highest."""
    async with _intake(botapi, sqlite_url, tmp_path) as intake:
        await intake.start()
        anna = botapi.person(7)
        async with _polling(intake):
            anna.sends("/start")
            await botapi.wait_for(lambda: not botapi.pending)
            botapi.world.updates.next_id = 5
            anna.sends("/palidziba")
            await botapi.wait_for(lambda: not botapi.pending)
        assert ["/start", "/palidziba"] == await intake.database.read(_entered)


async def test_one_update_that_can_not_be_read_takes_no_other_with_it(
    sqlite_url: str, tmp_path: Path, botapi: Server
) -> None:
    """The library drops a whole batch for one such update; here it is kept raw, and those beside it are handled."""
    async with _intake(botapi, sqlite_url, tmp_path) as intake:
        await intake.start()
        anna = botapi.person(7)
        anna.sends("/start")
        botapi.push({"message": {"message_id": "x", "date": "never", "chat": 7}})
        anna.sends("/palidziba")
        async with _polling(intake):
            await botapi.wait_for(lambda: not botapi.pending)
        assert ["/start", "/palidziba"] == [text for text in await intake.database.read(_entered) if text]
        [failed] = await intake.inbox.failures()
        with pytest.raises(UnreadableError):
            await intake.retry(failed.id, await intake.inbox.raw_of(failed.id))


async def test_only_one_process_polls(postgresql_url: str, tmp_path: Path, botapi: Server) -> None:
    """Of two workers one asks Telegram, so neither is told of a conflict; when it goes the other takes over."""
    async with (
        _intake(botapi, postgresql_url, tmp_path) as one,
        _intake(botapi, postgresql_url, tmp_path) as other,
    ):
        await one.start()
        await other.start()
        assert [True, False, True] == [await intake._vigil.holds() for intake in (one, other, one)]
        anna = botapi.person(7)
        async with _polling(other):
            async with _polling(one):
                for line in ("/start", "/palidziba"):
                    anna.sends(line)
                    await botapi.wait_for(lambda: not botapi.pending)
            await one.duties.leave()
            anna.sends("/valoda")
            await botapi.wait_for(lambda: not botapi.pending, timeout=20)
        assert ["/start", "/palidziba", "/valoda"] == await one.database.read(_entered)
        assert [] == [finding.reason for finding in botapi.refusals]


async def test_what_goes_wrong_with_polling_is_noted(sqlite_url: str, tmp_path: Path, botapi: Server) -> None:
    """The pulse says what is wrong since when, and beats again with the next answer."""
    async with _intake(botapi, sqlite_url, tmp_path) as intake:
        await intake.start()
        botapi.faults.add(kind=ServerError(502), method="getUpdates")
        async with _polling(intake):
            await _until_trouble_is(intake, "NetworkError: Bad Gateway")
            botapi.person(7).sends("/start")  # so that the next poll has something to tell
            await _until_trouble_is(intake, "")


@pytest.mark.parametrize(
    ("url", "error", "trouble"),
    [
        (f"{_HOOK}/telegram", "", ""),
        (f"{_HOOK}/telegram", "Wrong response from the webhook: 503", "Wrong response from the webhook: 503"),
        ("https://elsewhere.example/hook", "", "Telegram brings our updates somewhere else"),
    ],
)
async def test_what_telegram_says_of_our_webhook_is_noted(  # noqa: PLR0917 - fixtures
    sqlite_url: str, tmp_path: Path, botapi: Server, url: str, error: str, trouble: str
) -> None:
    """Its last error, if it is of the last quarter of an hour, and whether it is ours at all."""
    async with _intake(botapi, sqlite_url, tmp_path, public_url=_HOOK) as intake:
        await intake.start()
        clock = intake.clock
        assert isinstance(clock, MovedClock)
        botapi.world.updates.set_webhook({"url": url})
        if error:
            botapi.world.updates.last_error = (int(clock.now().timestamp()), error)
        await intake.look_at_webhook()
        pulse = await _pulse(intake)
        assert pulse is not None
        assert trouble == pulse.trouble.partition(";")[0]
        clock.move(timedelta(minutes=16))
        await intake.look_at_webhook()
        later = await _pulse(intake)
        assert later is not None
        assert ("" if error else trouble) == later.trouble.partition(";")[0]
