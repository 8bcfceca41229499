"""Faults by schedule and flood limits: what the bot is told, and what was carried out nevertheless."""

import asyncio

import pytest
from aiohttp import ClientError

from tests.botapi import (
    AcceptThenClose,
    BadRequest,
    Blocked,
    Deactivated,
    Migrated,
    ResetConnection,
    Server,
    ServerError,
    Slow,
    TooManyRequests,
)
from tests.botapi.asking import Asker
from tests.botapi.faults import Refusing
from tests.botapi.spec import Json

pytest_plugins = ["tests.botapi.fixtures"]

STAFF = -1001000000001


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (TooManyRequests(5), (429, "Too Many Requests: retry after 5", {"retry_after": 5})),
        (Blocked(), (403, "Forbidden: bot was blocked by the user", None)),
        (Deactivated(), (403, "Forbidden: user is deactivated", None)),
        (ServerError(502), (502, "Bad Gateway", None)),
        (BadRequest("TOPIC_CLOSED"), (400, "Bad Request: TOPIC_CLOSED", None)),
        (
            Migrated(-1002),
            (400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": -1002}),
        ),
    ],
)
async def test_an_error_on_purpose(
    botapi: Server, ask: Asker, kind: Refusing, answer: tuple[int, str, Json | None]
) -> None:
    """The call is answered with the error, nothing is carried out, and nobody is blamed."""
    anna = botapi.person(7, started=True)
    botapi.faults.add(kind=kind, method="sendMessage")

    told = await ask("sendMessage", chat_id=7, text="x")

    assert answer == (told["error_code"], told["description"], told.get("parameters"))
    assert anna.inbox == []
    assert botapi.refusals == []
    assert [call.code for call in botapi.calls] == [answer[0]]
    await ask.result("sendMessage", chat_id=7, text="x")


async def test_the_schedule(botapi: Server, ask: Asker) -> None:
    """`after` calls go well, then `times` fail, counted for one method and one chat only."""
    botapi.person(7, started=True)
    botapi.person(8, started=True)
    botapi.faults.add(kind=ServerError(), method="sendMessage", chat=7, after=2, times=2)

    fates = [(await ask("sendMessage", chat_id=7, text="x"))["ok"] for _ in range(5)]
    assert fates == [True, True, False, False, True]
    botapi.faults.add(kind=ServerError(), method="sendMessage", chat=7, times=9)
    assert (await ask("sendMessage", chat_id=8, text="x"))["ok"]
    assert (await ask("sendChatAction", chat_id=7, action="typing"))["ok"]
    botapi.faults.clear()
    assert (await ask("sendMessage", chat_id=7, text="x"))["ok"]


async def test_a_reset_connection(botapi: Server, ask: Asker) -> None:
    """The connection breaks and nothing was carried out."""
    anna = botapi.person(7, started=True)
    botapi.faults.add(kind=ResetConnection(), method="sendMessage")

    with pytest.raises((ClientError, ConnectionResetError)):
        await ask("sendMessage", chat_id=7, text="x")
    assert anna.inbox == []
    assert [(call.code, call.error) for call in botapi.calls] == [(0, "connection reset")]


async def test_accepted_without_an_answer(botapi: Server, ask: Asker) -> None:
    """The connection breaks although the message is there: who sends again sends twice."""
    anna = botapi.person(7, started=True)
    botapi.faults.add(kind=AcceptThenClose(), method="sendMessage")

    with pytest.raises((ClientError, ConnectionResetError)):
        await ask("sendMessage", chat_id=7, text="x")
    assert [seen.text for seen in anna.inbox] == ["x"]
    assert [call.code for call in botapi.calls] == [200]


async def test_a_slow_answer(botapi: Server, ask: Asker) -> None:
    """The message is there at once, the answer comes late; so does `latency` delay every answer."""
    anna = botapi.person(7, started=True)
    botapi.faults.add(kind=Slow(0.2), method="sendMessage")
    loop = asyncio.get_running_loop()
    started = loop.time()
    asked = asyncio.create_task(ask("sendMessage", chat_id=7, text="x"))
    await anna.receives()
    assert not asked.done()
    assert (await asked)["ok"]
    assert loop.time() - started >= 0.2

    botapi.latency, started = 0.05, loop.time()
    assert (await ask("getMe"))["ok"]
    assert loop.time() - started >= 0.05


async def _burst(ask: Asker, chat: int, count: int, method: str = "sendMessage", **params: object) -> list[int]:
    answers = [await ask(method, chat_id=chat, **({"text": "x"} | params)) for _ in range(count)]
    return [answer.get("parameters", {}).get("retry_after", 0) for answer in answers]


async def test_the_limit_of_a_private_chat(botapi: Server, ask: Asker) -> None:
    """A short burst passes, then about one a second; waiting as told helps, asking before that does not."""
    botapi.limits.enabled = True
    botapi.person(7, started=True)
    botapi.person(8, started=True)

    assert [wait > 0 for wait in await _burst(ask, 7, 7)] == [False] * 5 + [True] * 2
    assert await _burst(ask, 8, 1) == [0]
    botapi.advance(1)
    [wait] = await _burst(ask, 7, 1)
    assert wait > 0
    botapi.advance(wait)
    assert await _burst(ask, 7, 1) == [0]
    assert botapi.refusals == []


async def test_the_limit_of_a_group(botapi: Server, ask: Asker) -> None:
    """20 a minute in a group over all its topics; opening topics and edits count too."""
    botapi.limits.enabled = True
    botapi.group(STAFF)
    topics = [await ask.result("createForumTopic", chat_id=STAFF, name=name) for name in ("Anna", "Juris")]
    threads = [topic["message_thread_id"] for topic in topics]
    sent = await ask.result("sendMessage", chat_id=STAFF, text="x", message_thread_id=threads[0])
    await ask.result("editMessageText", chat_id=STAFF, message_id=sent["message_id"], text="y")

    assert await _burst(ask, STAFF, 8, message_thread_id=threads[0]) == [0] * 8
    assert await _burst(ask, STAFF, 8, message_thread_id=threads[1]) == [0] * 8
    [wait] = await _burst(ask, STAFF, 1, message_thread_id=threads[1])
    assert 55 <= wait <= 60
    botapi.advance(wait)
    assert await _burst(ask, STAFF, 1, message_thread_id=threads[1]) == [0]


async def test_the_limit_of_the_bot(botapi: Server, ask: Asker) -> None:
    """30 messages a second over all chats; then nothing for three seconds, for nobody."""
    botapi.limits.enabled = True
    for number in range(1, 40):
        botapi.person(number, started=True)

    waits = [(await _burst(ask, number, 1))[0] for number in range(1, 35)]
    assert waits[:30] == [0] * 30
    assert waits[30] == 3
    assert all(waits[30:])
    botapi.advance(3)
    assert await _burst(ask, 35, 1) == [0]


async def test_an_album_costs_as_much_as_its_photos(botapi: Server, ask: Asker) -> None:
    """Every photo of an album is a message to the limits; chat actions and answers to taps are none."""
    botapi.limits.enabled = True
    photo = botapi.person(7).sends_photo().message["photo"][0]["file_id"]
    album = [{"type": "photo", "media": photo}] * 5
    assert (await ask("sendMediaGroup", chat_id=7, media=album))["ok"]

    assert (await ask("sendMessage", chat_id=7, text="x"))["error_code"] == 429
    assert (await ask("sendChatAction", chat_id=7, action="typing"))["ok"]
