"""The service on real processes: nobody waits for somebody else, and it ends as it began, in good order."""

import asyncio
import itertools
import socket
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.delivery.outbox import deliveries
from tests.botapi import Person, Server, Slow
from tests.installation import Installation, by_webhook, hears, installed
from tests.killing import environment

_LINES = ("/palidziba", "/valoda", "/privatums")
_LATENCY = 0.15  # seconds, as of the real Bot API from Latvia


def _answered(server: Server) -> list[int]:
    """Return the chats that have been written to, in that order."""
    return [call.params["chat_id"] for call in server.calls_of("sendMessage") if call.code == 200]


async def test_a_slow_api_and_one_busy_chat_hold_nobody_up(sqlite_url: str, tmp_path: Path, botapi: Server) -> None:
    """With 150 ms to every answer, twenty people are answered before the third answer to one who asks on and on."""
    async with installed(botapi, sqlite_url, tmp_path):
        botapi.latency = _LATENCY
        busy, others = botapi.person(10), [botapi.person(20 + number) for number in range(20)]
        for line in itertools.islice(itertools.cycle(_LINES), 8):
            busy.sends(line)
        for person in others:
            person.sends("/start")
        await asyncio.gather(*(hears(person) for person in others))
        order = _answered(botapi)
        last = max(number for number, chat in enumerate(order) if chat != busy.id)
        assert order[:last].count(busy.id) < 3
        await hears(busy, 8)


async def test_an_answer_that_hangs_hangs_alone(sqlite_url: str, tmp_path: Path, botapi: Server) -> None:
    """While Telegram is silent over one person's message, others are heard and answered."""
    async with installed(botapi, sqlite_url, tmp_path) as house:
        anna, berta = botapi.person(10), botapi.person(11)
        botapi.faults.add(kind=Slow(1.5), method="sendMessage", chat=anna.id)
        anna.sends("/start")
        await hears(anna)  # it is on her screen, only we are not told
        berta.sends("/start")
        await hears(berta)
        state = sa.select(deliveries.c.state).where(deliveries.c.chat == f"telegram:{anna.id}")
        assert "sending" == await house.look(lambda tx: tx.execute(state).scalar_one())


async def test_a_flood_gets_a_kind_word_once_and_delays_nobody(sqlite_url: str, tmp_path: Path, botapi: Server) -> None:
    """Past twenty messages a minute one is asked to wait, once; the rest is noted, others are answered meanwhile."""
    async with installed(botapi, sqlite_url, tmp_path) as house:
        flood, anna = botapi.person(10), botapi.person(11)
        for _ in range(90):
            flood.sends("/valoda")
        anna.sends("/start")
        await hears(anna)
        heard = await hears(flood, 21)
        assert 1 == sum("Uzgaidiet, lūdzu, minūti" in text for text in heard)
        await botapi.wait_for(lambda: not botapi.pending)
        assert ["command_valoda"] * 20 + ["flood"] * 70 == await house.outcomes(flood)
        assert [("sent", "")] * 21 == await house.sent(flood.id)
        assert _answered(botapi).index(anna.id) < 21


async def test_told_to_stop_with_a_full_queue_it_is_gone_in_five_seconds_and_nothing_is_lost(
    sqlite_url: str, tmp_path: Path, botapi: Server
) -> None:
    """SIGTERM amid hundreds of answers: what is on the wire ends well, the rest goes after the next start, in order."""
    people = [botapi.person(100 + number) for number in range(40)]
    async with installed(botapi, sqlite_url, tmp_path) as house:
        botapi.latency = 4 * _LATENCY
        for line in _LINES * 3:
            for person in people:
                person.sends(line)
        await botapi.wait_for(lambda: not botapi.pending, timeout=20)
        waiting = sa.select(sa.func.count()).where(deliveries.c.state == "queued")
        assert len(people) < await house.look(lambda tx: tx.execute(waiting).scalar_one())
        assert [0] == await house.stop(5.0)
        botapi.latency = 0
        await house.start()
        await asyncio.gather(*(person.receives(9, timeout=20) for person in people))
        in_order = [command[1:] for command in _LINES * 3]
        assert [f"command_{name}" for name in in_order] * len(people) == [
            outcome for person in people for outcome in await house.outcomes(person)
        ]
        assert [] == [person.id for person in people if _kinds(person) != [0, 1, 2] * 3]


async def test_web_and_worker_share_the_work(postgresql_url: str, tmp_path: Path, botapi: Server) -> None:
    """One process takes updates in by webhook, another one sends the answers: they meet in the database."""
    here = by_webhook()
    async with (
        installed(botapi, postgresql_url, tmp_path, here, role="web") as web,
        installed(botapi, postgresql_url, tmp_path, here, role="worker") as worker,
    ):
        anna = botapi.person(10)
        anna.sends("/start")
        await hears(anna)
        assert [0] == await worker.stop(5.0)
        anna.sends("/palidziba")
        await botapi.wait_for(lambda: not botapi.pending)
        assert ["command_start", "command_palidziba"] == await web.outcomes(anna)
        assert 1 == len(anna.inbox)
        await worker.start()
        await hears(anna)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"TELEGRAM_TOKEN": "4200000:AAH-another-token-that-nobody-knows-of"}, "check TELEGRAM_TOKEN"),
        ({"PUBLIC_URL": "https://koki.example:99", "WEBHOOK_SECRET": "w" * 32}, "Check PUBLIC_URL"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, "the database does not answer"),
        ({"PORT": "taken"}, "address already in use"),
        ({"PORT": "many", "LOG_LEVEL": "LOUD"}, "PORT is 'many', which is not a number; LOG_LEVEL is 'LOUD'"),
    ],
)
async def test_what_can_not_begin_says_why_and_ends(
    sqlite_url: str, tmp_path: Path, lenient_botapi: Server, more: dict[str, str], told: str
) -> None:
    """A wrong token, address, database, port or setting is named in one line, without the secret, and it is over."""
    settings = environment(lenient_botapi, sqlite_url, tmp_path) | more
    with socket.create_server(("127.0.0.1", 0)) as taken:
        if more == {"PORT": "taken"}:
            settings["PORT"] = str(taken.getsockname()[1])
        code, printed = await Installation(lenient_botapi, sqlite_url, tmp_path, settings).command("run")
    assert (True, True) == (code in {1, 2}, told in printed), printed
    assert "Traceback" not in printed
    assert settings["TELEGRAM_TOKEN"] not in printed


def _kinds(person: Person) -> list[int]:
    """Return which of the three lines each answer belongs to: they are told apart by their buttons."""
    shapes: list[object] = []
    kinds = []
    for seen in person.inbox:
        shape = tuple(map(tuple, seen.labels))
        if shape not in shapes:
            shapes.append(shape)
        kinds.append(shapes.index(shape))
    return kinds
