"""Pictures through the whole house: from a phone into our keeping and out again; what is told when one is lost."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.alarms import standing
from bot.attachments.content import LARGEST
from bot.attachments.records import attachments
from bot.registrations.records import registrations
from tests.botapi import BadRequest, Server
from tests.transcripts.clock import MovedClock
from tests.transcripts.telegram_stage import TelegramStage

_ANSWERS = (
    "Gribu reģistrēt 50 ozolus, stādīti pērn aprīlī, Kalniņi, Drustu pagasts, pie mājas",
    "es pats",
    "nē",
    "ievadiet Jūs",
)


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path, botapi: Server) -> AsyncIterator[TelegramStage]:
    """Return the house with a person before it who is half through a registration."""
    stage = TelegramStage(sqlite_url, tmp_path, MovedClock(datetime(2026, 11, 23, 8, 0, tzinfo=UTC)), botapi)
    await stage.opens()
    for line in _ANSWERS:
        await stage.says(line)
    yield stage
    await stage.closes()


def _rows(tx: Connection) -> list[sa.Row[tuple[object, ...]]]:
    return list(tx.execute(sa.select(attachments).order_by(attachments.c.id)))


async def _told(stage: TelegramStage) -> list[str]:
    """Carry out what attachments want, and return what appears on the phone."""
    assert stage.app.fetcher is not None
    await stage.app.fetcher.run_once()
    return [step.text for step in await stage.waits_until_due()]


async def test_a_photo_of_a_registration_is_kept_with_it(stage: TelegramStage) -> None:
    """A photo sent among the answers is fetched after the commit, stored, and found by the registration's run."""
    await stage.says("📷")
    await stage.says("nē")  # nobody is in the picture
    await stage.says("Anna Kalniņa, 26123456")
    assert [] == await _told(stage)
    await stage.says("jā")
    [row] = await stage.app.database.read(_rows)
    run_id = await stage.app.database.read(lambda tx: tx.execute(sa.select(registrations.c.run_id)).scalar())
    assert ("stored", run_id) == (row.state, row.run_id)
    assert stage.app.fetcher is not None
    assert row.stored_size == len(stage.app.fetcher.store.get(row.object_key))


async def test_a_discarded_draft_takes_its_photos_along(stage: TelegramStage) -> None:
    """Who has the begun registration erased has its pictures erased from the object store as well."""
    await stage.says("📷")
    await _told(stage)
    await stage.says("dzēst iesākto")
    await stage.says("[Jā, dzēst]")
    await _told(stage)
    [row] = await stage.app.database.read(_rows)
    assert ("erased", "") == (row.state, row.ref)
    assert stage.app.fetcher is not None
    assert [] == list(stage.app.fetcher.store.list_keys())


async def test_what_can_not_be_opened_is_asked_for_again(stage: TelegramStage, botapi: Server) -> None:
    """A file that is no picture by its content is refused, and its sender is told what will do."""
    botapi.person(4711).sends_document(b"MZ\x90\x00" + bytes(64), "bilde.jpg", "image/jpeg", date=stage.clock.now())
    await stage.says("📷")
    told = await _told(stage)
    assert ["Tādu failu neprotu atvērt. Der fotoattēls, PDF vai dokuments (Word, Excel, ODS, CSV)."] == told


async def test_a_file_that_is_gone_is_asked_for_again_and_rings(stage: TelegramStage, botapi: Server) -> None:
    """When Telegram no longer has a file its sender is asked for it again; administrators hear of it."""
    botapi.faults.add(kind=BadRequest("invalid file_id"), method="getFile")
    await stage.says("📷")
    assert ["Vienu no Jūsu failiem neizdevās saņemt. Nosūtiet to, lūdzu, vēlreiz."] == await _told(stage)
    assert ["object"] == [key.partition(":")[0] for key in await stage.app.database.read(standing)]


async def test_a_file_over_twenty_megabytes_is_not_even_fetched(stage: TelegramStage, botapi: Server) -> None:
    """Telegram hands out nothing larger, so the person is told at once; the open question is put again."""
    person = botapi.person(4711)
    person.sends_document(b"x", "bilde.jpg", "image/jpeg", size=LARGEST + 1, date=stage.clock.now())
    steps = await stage.says("Anna Kalniņa, 26123456")
    assert "Šis fails ir lielāks par 20 MB, tāpēc to nevaru saņemt. Nosūtiet, lūdzu, mazāku." in steps[0].text
    assert [] == await stage.app.database.read(_rows)
