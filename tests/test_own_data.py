"""Own data: the file that a person gets holds everything of theirs, nothing of anybody else's, and opens by itself."""

import json
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.desk.cases import cases
from bot.desk.team import team
from bot.documents.orders import documents
from bot.messages import Address
from bot.people import contacts
from bot.people.privacy import inventory
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START
from tests.transcripts.stage import Stage

_TREES = (
    "Gribu reģistrēt 10 ozolus un 5 liepas, stādīti 2023. gada maijā",
    "es",
    "„Kalniņi”, Drustu pagasts",
    "pļavā",
    "nē",
    "ievadiet jūs",
    "Anna Kalniņa 26123456 anna@example.org",
    "jā",
)


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Return a stage with somebody who has registered trees, asked something and begun something."""
    made = Stage(database_url, tmp_path, MovedClock(_DEFAULT_START))
    for line in (*_TREES, "Gribu runāt ar cilvēku par <b>bambusu</b> audzēšanu, lūdzu", "cilvēks", "2 kļavas"):
        await made.says(line)
    yield made
    await made.closes()


async def _page(stage: Stage) -> str:
    """Ask for the file and return what it holds."""
    steps = await stage.says("/mani")
    assert any("📎 mani-dati.html" in step.text for step in steps)
    key = sa.select(documents.c.object_key).order_by(documents.c.id.desc()).limit(1)
    found = await stage.app.database.read(lambda tx: tx.execute(key).scalar_one())
    return (stage.app.settings.data_dir / "objects" / str(found)).read_text(encoding="utf-8")


async def test_everything_of_the_person_is_in_it(stage: Stage) -> None:
    """What they said and were answered, their registration in words, and every row that knows them."""
    page = await _page(stage)
    for said in ("Anna Kalniņa", "26 123 456", "ozols – 10", "Drustu pagasts", "&lt;b&gt;bambusu", "3MK-2026-000001"):
        assert said in page
    rows = json.loads(unescape(re.findall(r"<pre>(.*)</pre>", page, re.DOTALL)[0]))

    def held(tx: sa.Connection) -> set[str]:
        of_one = inventory.of_contacts([1])
        return {t.name for t, theirs in of_one if tx.execute(sa.select(sa.literal(1)).where(theirs).limit(1)).first()}

    assert await stage.app.database.read(held) == set(rows)
    assert {"addresses", "cases", "conversations", "deliveries", "inbound", "registrations"} <= set(rows)


async def test_nothing_is_fetched_from_elsewhere(stage: Stage) -> None:
    """It is read on a phone without a network: nothing is loaded, and no markup of theirs is obeyed."""
    page = await _page(stage)
    assert [] == re.findall(r'(?:src|href)="(?!data:)', page)
    assert "<script" not in page
    assert "<b>bambusu" not in page


async def test_nothing_of_anybody_else_is_in_it(stage: Stage) -> None:
    """Another person's address stays theirs."""
    other = Address("chat", "4700471147")
    await stage.app.database.write(lambda tx: contacts.add(tx, other, stage.clock.now()))
    assert "4700471147" not in await _page(stage)


async def test_who_of_staff_it_was_stays_with_us(stage: Stage) -> None:
    """People hear that a member of staff answers them, not which: neither name nor address stands in the file."""

    def takes(tx: sa.Connection) -> None:
        ilze = {"address": "telegram:4712", "name": "Ilze Liepa", "role": "staff", "since": stage.clock.now()}
        tx.execute(sa.insert(team).values(ilze))
        tx.execute(sa.update(cases).values(owner="telegram:4712", owner_name="Ilze Liepa", answered_by="telegram:4712"))

    await stage.app.database.write(takes)
    page = await _page(stage)
    assert "bambusu" in page
    assert [] == [told for told in ("4712", "Ilze") if told in page]
