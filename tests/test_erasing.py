"""Erasing a person: nothing leads to them afterwards, whatever was on its way meanwhile; trees are still counted."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.desk.cases import cases
from bot.people.contacts import addresses, contacts
from bot.people.nobody import NOBODY
from bot.people.privacy import inventory
from bot.people.privacy.erasures import erasures
from bot.registrations.records import registrations
from tests.botapi import Group, Server
from tests.searching import everything, mentions
from tests.transcripts.clock import MovedClock
from tests.transcripts.email_stage import EmailStage
from tests.transcripts.script import _DEFAULT_START, COLLEAGUES
from tests.transcripts.telegram_stage import TelegramStage
from tests.transcripts.wire import GROUP

_ILZE, *_ = COLLEAGUES
# What leads to Anna: how she is called and reached, what she said, where her trees are.
_ANNA = ("Kalniņa", "26123456", "26 123 456", "anna@example.org", "Drustu", "57.1", "25.8", "bambus", "telegram:4711")
_TREES = (
    "Gribu reģistrēt 10 ozolus un 5 liepas, stādīti 2023. gada maijā",
    "es",
    "📍 57.1234, 25.8765",
    "pļavā",
    "nē",
    "ievadiet jūs",
    "📷",
    "nē, tikai koki",
    "Anna Kalniņa 26123456 anna@example.org",
    "jā",
)


class _Telegram:
    """Anna's chat, and the staff's group of topics, on a strict Bot API server."""

    def __init__(self, database_url: str, folder: Path, server: Server) -> None:
        self.clock = MovedClock(_DEFAULT_START)
        self.stage = TelegramStage(database_url, folder, self.clock, server, desk=True)
        self.group: Group = server.group(GROUP)

    async def says(self, *lines: str) -> str:
        """Let Anna say something; return what she is answered to the last of it."""
        told: list[Any] = []
        for line in lines:
            told = await self.stage.says(line)
            self.clock.move(timedelta(seconds=5))
        return "\n".join(step.text for step in told)

    async def staff(self, *lines: str) -> None:
        """Let Ilze do something in the newest topic."""
        for line in lines:
            await self.stage.staff_says(_ILZE, line)
            self.clock.move(timedelta(seconds=5))

    async def fetches(self) -> None:
        """Fetch what was sent."""
        assert self.stage.app.fetcher
        while await self.stage.app.fetcher.run_once():
            pass

    async def finishes(self) -> None:
        """Let what is left of an erasure be done."""
        self.clock.move(timedelta(minutes=1))
        await self.stage.waits_until_due()
        await self.stage.app.finisher.run_once()
        await self.stage.waits_until_due()

    async def look(self, query: Any) -> list[tuple[Any, ...]]:
        """Read rows."""
        return await self.stage.app.database.read(lambda tx: [tuple(row) for row in tx.execute(query)])

    async def finds(self, *words: str) -> list[str]:
        """Search everything there is."""
        return mentions(await everything(self.stage.app, self.group), *words)


@pytest.fixture
async def telegram(database_url: str, tmp_path: Path, botapi: Server) -> AsyncIterator[_Telegram]:
    """Return an installation."""
    made = _Telegram(database_url, tmp_path, botapi)
    await made.stage.opens()
    yield made
    await made.stage.closes()


def test_every_table_is_accounted_for() -> None:
    """One with people in it is found by its columns; every other one stands in the inventory, with the reason.

    A new table without a `contact_id` has to be named there.
    """
    assert [] == inventory.unaccounted()
    assert all(inventory.EXCUSED.values())
    assert all(inventory.EMPTIED.values())


async def test_nothing_leads_to_a_person_who_was_erased(telegram: _Telegram) -> None:
    """Neither in the database, nor in the object store, nor in the staff's group; their trees are still counted."""
    await telegram.says(*_TREES)
    await telegram.fetches()
    await telegram.says("Gribu runāt ar cilvēku par bambusu audzēšanu Drustu pagastā, lūdzu")
    await telegram.staff("/nemu", "Kalniņa zvanīja, bambuss")
    await telegram.says("mans e-pasts ir anna@example.org", "📷 bambuss")
    await telegram.staff("↩ „example” Rakstīšu uz anna@example.org", "/manas", "⌂ /manas")
    telegram.clock.move(timedelta(seconds=6))
    await telegram.stage.waits_until_due()
    found = {one.split(".")[0].split(":")[0] for one in await telegram.finds(*_ANNA)}
    assert {"registrations", "cases", "inbound", "deliveries", "answers", "attachments", "group"} <= found

    assert "[Nē, paturēt]" in await telegram.says("/dzest")
    assert "Jūsu dati pie mums ir izdzēsti." in await telegram.says("dzēst visu")
    await telegram.finishes()
    assert [] == await telegram.finds(*_ANNA, "object ")
    assert [] == await telegram.look(sa.select(addresses).where(addresses.c.address == "telegram:4711"))
    [row] = await telegram.look(sa.select(registrations))
    kept = dict(zip(registrations.c.keys(), row, strict=True))
    assert (NOBODY, 15, "Cēsu novads") == (kept["contact_id"], kept["trees"], kept["municipality"])
    assert {"plantings", "planted", "place"} == set(kept["answers"])
    assert {"municipality": "Cēsu novads"} == kept["answers"]["place"]
    [(left, finished)] = await telegram.look(sa.select(erasures.c.left, erasures.c.finished_at))
    assert (None, True) == (left, finished is not None)
    assert 1 == len(await telegram.look(sa.select(contacts).where(contacts.c.id == NOBODY)))


async def test_what_others_hold_by_now_becomes_a_task_for_staff(telegram: _Telegram) -> None:
    """It names the registration and nobody; whoever takes it speaks with nobody."""
    await telegram.says(*_TREES)
    entered = sa.update(registrations).values(state="entered")
    await telegram.stage.app.database.write(lambda tx: tx.execute(entered))
    assert "3MK-2026-000001" in await telegram.says("/dzest")
    assert "parūpēsies darbinieks" in await telegram.says("dzēst visu")
    await telegram.finishes()
    assert [] == await telegram.finds(*_ANNA)
    task = next(topic for topic in telegram.group.topics.values() if "Jādzēš" in topic.name)
    assert "Jādzēš MapMyTree vai Reportnet 3" in task.name
    await telegram.staff("/nemu", "/a Labi", "/aizvert")
    assert [("closed", NOBODY)] == await telegram.look(sa.select(cases.c.state, cases.c.contact_id))


async def test_letters_are_erased_with_their_content(database_url: str, tmp_path: Path) -> None:
    """The letters themselves, what was attached to them, and what the mail ledger knows of their sender."""
    stage = EmailStage(database_url, tmp_path, MovedClock(_DEFAULT_START))
    lines = (
        "✉ Koki Drustos\n10 ozoli, stādīti 2023. gada maijā, „Kalniņi”, Drustu pagasts\n📷\nAr cieņu\nAnna Kalniņa",
        "1) es 4) pļava 5) nē 6) ievadiet jūs. Zvaniet 26123456, bambuss",
        "dzēsiet manus datus",
    )
    for line in lines:
        await stage.says(line)
        stage.clock.move(timedelta(seconds=5))
    while stage.app.fetcher and await stage.app.fetcher.run_once():
        pass
    words = (*_ANNA[:-1], "bambuss", "mailto:anna")
    found = {one.split(".")[0].split(" ")[0] for one in mentions(await everything(stage.app), *words)}
    assert {"inbound", "letters", "object", "deliveries", "addresses"} <= found
    [told] = await stage.says("dzēst visu")
    assert "Jūsu dati pie mums ir izdzēsti." in told.text
    for _ in range(2):
        stage.clock.move(timedelta(minutes=1))
        await stage.app.finisher.run_once()
    assert [] == mentions(await everything(stage.app), *words, "object ")
    await stage.closes()
