"""The HTTP side on a real process: who may bring updates, what is answered, health and metrics."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot.inbox.ledger import inbound
from tests.botapi import Person, Server
from tests.conftest import fresh_sqlite
from tests.installation import SECRET, Installation, by_webhook, hears, installed

pytestmark = pytest.mark.asyncio(loop_scope="module")

_MEGABYTE = 1 << 20


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Return a running installation whose updates come by webhook."""
    folder = tmp_path_factory.mktemp("web")
    async with Server() as server:
        server.delivery.retry_scale = 0.05
        async with installed(server, fresh_sqlite(prepared_sqlite, folder), folder, by_webhook()) as house:
            yield house
        assert [] == server.violations


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    """Return an HTTP client."""
    async with aiohttp.ClientSession() as session:
        yield session


def _update(number: int, person: Person, text: str = "/palidziba") -> dict[str, Any]:
    chat = {"id": person.id, "type": "private", "first_name": "Anna"}
    sender = {"id": person.id, "is_bot": False, "first_name": "Anna"}
    message = {"message_id": number, "date": 1795000000, "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": message}


def _headers(secret: str = SECRET) -> dict[str, str]:
    return {"X-Telegram-Bot-Api-Secret-Token": secret}


@pytest.mark.parametrize(
    "headers",
    [{}, _headers(""), _headers(SECRET[:-1]), _headers(SECRET + "w"), _headers(SECRET.upper()), _headers("ā" * 40)],
)
async def test_who_does_not_show_the_secret_is_refused(
    house: Installation, web: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    """Without the secret, or with one that is not quite it, nothing is even read."""
    person = house.server.person(10)
    async with web.post(f"{house.url}/telegram", json=_update(1, person), headers=headers) as answer:
        assert 403 == answer.status
    assert [] == await house.outcomes(person)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/telegram", 405),
        ("PUT", "/telegram", 405),
        ("POST", "/telegram/", 404),
        ("POST", "/", 404),
        ("GET", "/.env", 404),
        ("POST", "/health", 405),
        ("GET", "/health", 200),
        ("GET", "/health/live", 200),
        ("GET", "/metrics", 200),
    ],
)
async def test_only_what_is_offered_is_answered(
    house: Installation, web: aiohttp.ClientSession, method: str, path: str, status: int
) -> None:
    """Each path takes its own method, and there are no others."""
    async with web.request(method, house.url + path, headers=_headers()) as answer:
        assert status == answer.status


async def test_a_body_of_more_than_a_megabyte_is_not_taken(house: Installation, web: aiohttp.ClientSession) -> None:
    """Telegram's updates are far smaller; whoever sends more can't fill our memory."""
    body = BytesIO(b'{"update_id": 5, "x": "' + b"x" * _MEGABYTE + b'"}')
    async with web.post(f"{house.url}/telegram", data=body, headers=_headers()) as answer:
        assert 413 == answer.status
    assert "alive" in await (await web.get(f"{house.url}/health/live")).text()


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", "failed"),
        (b"{", "failed"),
        (b"[]", "failed"),
        (b"null", "failed"),
        (b'"text"', "failed"),
        (b"\xff\xfe", "failed"),
        (b"[" * 100_000, "failed"),
        (b'{"update_id": "7"}', "failed"),
        (b'{"message": {}}', "failed"),
        (b'{"update_id": 8, "message": {"message_id": "x"}}', "failed"),
        (b'{"update_id": 9, "message": null}', "ignored"),
        (b'{"update_id": 1' + b"0" * 400 + b"}", "ignored"),
        (b'{"update_id": 11, "message": {"message_id": 1, "date": 9999999999999999, "chat": {"id": 1}}}', "failed"),
        (b'{"update_id": 12, "new_kind_of_update": {"id": 1}}', "ignored"),
        (b'{"update_id": 13, "callback_query": {"from": {"id": 5, "first_name": "\\ud83d"}}}', "failed"),
        (b'{"update_id": 14, "message": {"date": NaN, "chat": Infinity}}', "failed"),
        (b'{"update_id": 15, "message": {"message_id": 1, "date": 1, "chat": {"id": 5}, "text": 7}}', "failed"),
        (b'{"update_id": 16, "message": {"message_id": 1, "date": 1, "chat": 5, "text": "x"}}', "failed"),
        (b'{"update_id": 17, "message": ["x"]}', "failed"),
        (b'{"update_id": 18, "callback_query": {"id": "1", "from": 5}}', "failed"),
        (b'{"update_id": 19, "message": {"message_id": 1, "date": 1, "chat": {"id": 5}, "photo": [{}]}}', "failed"),
        (b'{"update_id": 20, "my_chat_member": {"chat": {"id": 5}, "from": {"id": 5}, "date": 1}}', "failed"),
    ],
)
async def test_poison_is_stored_and_answered_with_200(
    house: Installation, web: aiohttp.ClientSession, body: bytes, outcome: str
) -> None:
    """Telegram would bring it again for a day and hold back what comes after it: it is kept raw instead, once."""
    newest = sa.select(inbound.c.id, inbound.c.outcome, inbound.c.raw).order_by(inbound.c.id.desc()).limit(1)
    rows = []
    for _ in range(2):
        async with web.post(f"{house.url}/telegram", data=body, headers=_headers()) as answer:
            assert 200 == answer.status
        rows.append(await house.look(lambda tx: tx.execute(newest).one()))
    assert rows[0].id == rows[1].id
    assert (outcome, outcome == "failed") == (rows[0].outcome, rows[0].raw is not None)


async def test_the_same_update_at_the_same_time_counts_once(house: Installation, web: aiohttp.ClientSession) -> None:
    """Of ten deliveries at once, as after lost answers, one is handled; all are confirmed."""
    person = house.server.person(20, started=True)
    posts = [web.post(f"{house.url}/telegram", json=_update(500, person), headers=_headers()) for _ in range(10)]
    answers = await asyncio.gather(*posts)
    assert [200] * 10 == [answer.status for answer in answers]
    assert await hears(person)
    assert ["command_palidziba"] == await house.outcomes(person)
    assert [("sent", "")] == await house.sent(person.id)


async def test_an_answer_lost_on_its_way_does_no_harm(house: Installation) -> None:
    """Telegram did not hear our 200 and brings the update again: it was decided once."""
    person = house.server.person(21)
    house.server.delivery.lose_answers(times=2, chat=person.id)
    person.sends("/start")
    person.sends("/palidziba")
    await hears(person, 2)
    await house.server.wait_for(lambda: not house.server.pending)
    assert ["command_start", "command_palidziba"] == await house.outcomes(person)
    assert [("sent", "")] * 2 == await house.sent(person.id)


async def test_health_tells_ready_from_alive_and_repeats_what_failed(
    house: Installation, web: aiohttp.ClientSession
) -> None:
    """A failed message is named on /health, with what to do; the process stays ready for others."""
    poison = b'{"update_id": 77, "message": {"message_id": "x"}}'
    await web.post(f"{house.url}/telegram", data=poison, headers=_headers())
    health = await (await web.get(f"{house.url}/health")).json()
    assert health["ready"]
    assert [True] == ["inbox retry ID" in found for found in health["findings"] if "could not be handled" in found]
    assert {"alive": True} == await (await web.get(f"{house.url}/health/live")).json()


async def test_metrics_are_prometheus_text(house: Installation, web: aiohttp.ClientSession) -> None:
    """What came in by outcome, what waits, and how much there is."""
    person = house.server.person(22)
    person.sends("/start")
    await hears(person)
    answer = await web.get(f"{house.url}/metrics")
    text = await answer.text()
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(lines['koku_inbound_day{outcome="command_start"}']) >= 1
    assert {"koku_conversations", "koku_cases_open", "koku_registrations", "koku_trees"} <= set(lines)
