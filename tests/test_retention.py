"""Retention: what has been kept long enough goes, by kind; what has not stays; a dry run erases nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import __main__ as commands
from bot.delivery.outbox import deliveries
from bot.desk.cases import cases
from bot.documents.orders import documents
from bot.inbox.ledger import inbound
from bot.outreach.attendance import attendance
from bot.outreach.events import events
from bot.people.privacy.notice import lines
from bot.people.privacy.retention import Retention
from bot.settings import Settings
from tests.searching import everything, mentions
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START
from tests.transcripts.stage import Stage

_NOW = _DEFAULT_START


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Return a stage where Anna has asked for a person and for her data, and has been to an event."""
    made = Stage(database_url, tmp_path, MovedClock(_NOW))
    await made.says("Gribu runāt ar cilvēku par bambusu audzēšanu, lūdzu")
    await made.says("mani dati")
    await made.app.database.write(_was_at_an_event)
    yield made
    await made.closes()


def _was_at_an_event(tx: sa.Connection) -> None:
    closed = {"state": "closed", "closed_at": _NOW, "name": "Anna Kalniņa"}
    tx.execute(sa.update(cases).values(closed))
    event = {
        "key": "e",
        "contact_id": 1,
        "chat": "",
        "state": "planned",
        "title": "Talka",
        "words": {},
        "answers": {},
        "audience": {},
        "places": 0,
        "starts_at": _NOW,
        "planned_at": _NOW,
    }
    event_id = tx.execute(sa.insert(events).values(event).returning(events.c.id)).scalar_one()
    came = {"event_id": event_id, "contact_id": 1, "name": "Jurģis Liepa", "people": 3, "state": "coming"}
    tx.execute(sa.insert(attendance).values(said_at=_NOW, **came))


async def _kept(stage: Stage) -> dict[str, Any]:
    def look(tx: sa.Connection) -> dict[str, Any]:
        return {
            "texts": tx.execute(sa.select(sa.func.count(inbound.c.text))).scalar_one()
            + tx.execute(sa.select(sa.func.count()).where(deliveries.c.body.is_not(None))).scalar_one(),
            "cases": tx.execute(sa.select(sa.func.count(cases.c.subject))).scalar_one(),
            "files": tx.execute(sa.select(sa.func.count(documents.c.object_key))).scalar_one(),
            "events": tx.execute(sa.select(sa.func.count(attendance.c.contact_id))).scalar_one(),
        }

    return await stage.app.database.read(look)


async def _cleans(stage: Stage, days: int) -> dict[str, Any]:
    """Let the daily cleaning run so many days later; return what of it there is still."""
    rules = Retention.of(stage.app.settings)
    now = _NOW + timedelta(days=days)
    await stage.app.database.write(lambda tx: rules.carry_out(tx, now))
    return await _kept(stage)


async def test_each_kind_goes_when_its_time_has_come_and_no_earlier(stage: Stage) -> None:
    """Texts first, then files, then cases and who came to events; that there were any stays."""
    before = await _kept(stage)
    assert all(before.values())
    assert before == await _cleans(stage, 13)
    texts = await _cleans(stage, 15)
    assert {**before, "texts": 0} == texts
    files = await _cleans(stage, 31)
    assert {**texts, "files": 0} == files
    assert files == await _cleans(stage, 179)
    assert {**files, "cases": 0, "events": 0} == await _cleans(stage, 181)
    rows = [found for found in await everything(stage.app) if not found.startswith("object ")]  # those are swept
    assert [] == mentions(rows, "bambus", "Kalniņ", "Jurģis")
    people = sa.select(attendance.c.people)
    assert [3] == await stage.app.database.read(lambda tx: list(tx.execute(people).scalars()))


async def test_the_daily_duty_carries_it_out(stage: Stage) -> None:
    """Once a day, and objects that no row speaks of any more are swept."""
    stage.clock.move(timedelta(days=200))
    await stage.app.duties._clean_if_due()
    assert {"texts": 0, "cases": 0, "files": 0, "events": 0} == await _kept(stage)


async def test_a_dry_run_counts_and_erases_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`retention --dry-run` names every kind with what would go; without it that goes."""
    stage = Stage(database_url, tmp_path, MovedClock(_NOW - timedelta(days=400)))
    await stage.says("Gribu runāt ar cilvēku par bambusu audzēšanu, lūdzu")
    kept = (await _kept(stage))["texts"]
    await stage.closes()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    counted = f"texts of messages, letters, and what staff answered, after 14 days: {kept}"
    for _ in range(2):
        assert 0 == commands.main(["retention", "--dry-run"])
        assert f"  {counted} would be erased" in capsys.readouterr().out
    assert 0 == commands.main(["retention"])
    assert f"  {counted} erased" in capsys.readouterr().out
    assert 0 == commands.main(["retention", "--dry-run"])
    assert "14 days: 0 would be erased" in capsys.readouterr().out


async def test_what_has_been_emptied_is_not_looked_at_again(sqlite_url: str, tmp_path: Path) -> None:
    """The old texts are found by an index that holds only what has one, however much there has been."""
    stage = Stage(sqlite_url, tmp_path, MovedClock(_NOW))
    said = "received_at < '2026' AND (text IS NOT NULL OR raw IS NOT NULL)"
    plans = {
        "ix_inbound_said": f"UPDATE inbound SET text = NULL WHERE {said}",
        "ix_deliveries_texts": "UPDATE deliveries SET body = NULL WHERE created_at < '2026' AND body IS NOT NULL",
    }
    for index, statement in plans.items():
        explain = sa.text(f"EXPLAIN QUERY PLAN {statement}")
        rows = await stage.app.database.read(lambda tx, explain=explain: tx.execute(explain).all())  # type: ignore[misc]
        assert any(index in row[3] for row in rows)
    await stage.closes()


def test_what_people_and_administrators_are_told_is_what_holds() -> None:
    """Every kind that is cleaned is named to both, with the days of the settings."""
    given = Settings(raw_days=7, case_days=99)
    told = dict(Retention.of(given).told())
    assert 5 == len(told)
    assert {7, 30, 99, 180} == set(told.values())
    said = list(lines(given))
    assert "kept: matters that staff have closed: texts, files, topics: 99 days" in said
    assert [] == [kind.what for kind in Retention.of(given).kinds if not any(kind.what in line for line in said)]
