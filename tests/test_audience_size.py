"""Audience: what the preview counts is whom the batches bring, and a batch looks through no more than it may."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial

import pytest

from bot import schema
from bot.database import Database
from bot.outreach import audience
from bot.outreach.audience import News, Recipient
from flows.audience import Audience
from tests.bench.crowd import gather

_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_SIZE = 400


@pytest.mark.parametrize(
    ("whom", "near"),
    [
        (Audience(), ""),
        (Audience(), "Novads 7"),
        (Audience(municipalities=("Novads 7", "Novads 12")), ""),
        (Audience(done="never"), ""),
        (Audience(who=("person",), language="en"), ""),
    ],
)
async def test_what_is_counted_is_whom_it_goes_to(database_url: str, whom: Audience, near: str) -> None:
    """By channel, people with several addresses too, who last wrote from one of them; nobody who left or is gone."""
    database = Database(database_url)
    schema.prepare(database)
    reached = await database.write(lambda tx: gather(tx, _SIZE))
    counted = await database.read(
        lambda tx: audience.count(tx, whom, News(municipalities=(near,) if near else ()), _NOW)
    )
    people = [one async for batch, _ in _walk(database, whom, near) for one in batch]
    await database.close()
    assert Counter(person.chat.channel for person in people) == counted.channels
    assert len({person.contact_id for person in people}) == counted.people
    assert counted.people <= reached
    assert (counted.people == reached) is (whom == Audience() and not near)
    assert counted.municipalities.total() <= counted.people


async def test_a_batch_that_finds_nobody_goes_on_where_it_stopped(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where few are meant a batch looks through so many people and no more; the next one is not the end yet."""
    monkeypatch.setattr(audience, "_LOOKED_AT", 20)
    database = Database(database_url)
    schema.prepare(database)
    await database.write(lambda tx: gather(tx, 100))
    whom = Audience(municipalities=("Novads 7",))
    walked = [step async for step in _walk(database, whom, "")]
    await database.close()
    assert [20, 40, 60, 80, 100, 0] == [reached for _, reached in walked]
    assert [7] == [person.contact_id for people, _ in walked for person in people]


async def _walk(database: Database, whom: Audience, near: str) -> AsyncIterator[tuple[list[Recipient], int]]:
    """Go through an audience as the conductor does, to its end."""
    after = 0
    while True:
        look = partial(
            audience.batch,
            audience=whom,
            after=after,
            limit=50,
            news=News(municipalities=(near,) if near else ()),
            now=_NOW,
        )
        step = await database.read(look)
        yield step
        after = step[1]
        if not after:
            return
