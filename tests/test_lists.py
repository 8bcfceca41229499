"""The room of lists: read once whatever happens, stored as many sites of one registration, and never added to."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from bot.attachments.records import attachments
from bot.attachments.store import ObjectStore
from bot.lists.records import lists
from bot.registrations import sites
from bot.registrations.records import registrations
from tests.transcripts.clock import MovedClock
from tests.transcripts.reading import read_lists
from tests.transcripts.stage import Stage

_SEND = ("[Es vai ģimene]", "[Lauks vai pļava]", "[Nē]", "[Ievadiet Jūs]", "Anna Kalniņa 26123456", "jā")


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Somebody in front of the real app."""
    made = Stage(database_url, tmp_path, MovedClock(datetime(2026, 11, 23, 8, tzinfo=UTC)))
    yield made
    await made.closes()


async def _says(stage: Stage, *lines: str) -> str:
    told = []
    for line in lines:
        told += [step.text for step in await stage.says(line)]
        stage.clock.move(timedelta(seconds=5))
    return "\n".join(told)


async def _rows(stage: Stage, table: sa.Table) -> list[Any]:
    return await stage.app.database.read(lambda tx: list(tx.execute(sa.select(table).order_by(table.c.id))))


def _store(stage: Stage) -> ObjectStore:
    return ObjectStore(stage._settings.objects)


async def test_a_list_becomes_one_registration_with_many_sites(stage: Stage) -> None:
    """Each row of the file is a site with its own trees, days and place; faulty ones are not among them."""
    await _says(stage, "📎 saraksts.xlsx", "[Turpināt bez tām]", *_SEND)
    (registration,) = await _rows(stage, registrations)
    found = await stage.app.database.read(lambda tx: sites.of_registration(tx, registration.id))
    assert [(2, "Quercus robur", 50), (3, "Tilia cordata", 20), (4, "Betula pendula", 1200)] == [
        (site.row, site.species, site.count) for site in found
    ]
    first = found[0]
    assert ("Smiltenes novads", "Drustu pagasts") == (first.municipality, first.parish)
    assert first.planted_from == first.planted_to == datetime(2024, 4, 15).date()  # noqa: DTZ001 - a day
    assert 1270 == registration.trees
    assert "saraksts.xlsx (rindas – 3, koki – 1270)" in registration.summary


async def test_a_corrected_file_takes_the_place_of_the_first_before_and_after_sending(stage: Stage) -> None:
    """However often it is sent, there is one registration, and its sites are those of the last file."""
    await _says(stage, "📎 saraksts.xlsx", "📎 saraksts labots.xlsx", *_SEND)
    (registration,) = await _rows(stage, registrations)
    assert 5 == len(await _rows(stage, sites.registration_sites))
    told = await _says(stage, "📎 saraksts.xlsx", "[Jā, aizstāt]")
    assert registration.reference in told
    (registration,) = await _rows(stage, registrations)
    assert (3, 1270) == (len(await _rows(stage, sites.registration_sites)), registration.trees)


async def test_what_somebody_has_accepted_is_not_replaced_behind_their_back(stage: Stage) -> None:
    """A correction that comes after the review goes to a person, and begins no second registration by itself."""
    await _says(stage, "📎 saraksts labots.xlsx", *_SEND)
    accept = sa.update(registrations).values(state="accepted")
    await stage.app.database.write(lambda tx: tx.execute(accept))
    told = await _says(stage, "📎 saraksts labots.xlsx")
    assert "Tā jau ir pārbaudīta" in told
    assert "Kas stādīja kokus?" not in told
    assert "labojums reģistrācijai 3MK-2026-000001" in await _says(stage, "[Nodot darbiniekam]")
    assert 1 == len(await _rows(stage, registrations))


async def test_a_button_pressed_after_the_review_changes_nothing(stage: Stage) -> None:
    """Between the question and the answer somebody has accepted the registration: it stays, and that is said."""
    await _says(stage, "📎 saraksts labots.xlsx", *_SEND, "📎 saraksts.xlsx")
    accept = sa.update(registrations).values(state="accepted")
    await stage.app.database.write(lambda tx: tx.execute(accept))
    assert "jau ir pārbaudīta" in await _says(stage, "[Jā, aizstāt]")
    assert 5 == len(await _rows(stage, sites.registration_sites))


async def test_a_process_that_dies_while_it_reads_loses_nothing(stage: Stage) -> None:
    """Its claim ends, and another process reads the list; the person hears of it once."""
    for item in stage._inbounds("📎 labs.xlsx"):
        await stage.app.inbox.receive(item)
    assert stage.app.fetcher is not None
    await stage.app.fetcher.run_once()
    assert await stage.app.reader._next() is not None  # and here it dies
    await stage.restarts()
    assert 0 == await stage.app.reader.work_off()
    stage.clock.move(timedelta(seconds=301))
    assert await read_lists(stage.app)
    stage._channel.heard = []
    await stage._settle()
    told = [step.text for step in stage._channel.heard]
    assert 1 == sum("labs.xlsx (rindas – 3, koki – 1270)" in text for text in told)
    assert 0 == await stage.app.reader.work_off()


async def test_a_file_with_a_personas_kods_is_kept_without_it(stage: Stage) -> None:
    """Neither the rows nor the file in the store hold it, and the file as it was sent belongs to no row any more."""
    await _says(stage, "📎 kodi.xlsx")
    (row,) = await _rows(stage, attachments)
    kept: Any = load_workbook(io.BytesIO(_store(stage).get(row.object_key))).active
    values = [value for cells in kept.iter_rows(values_only=True) for value in cells]
    assert "Jānis Bērziņš [personas kods]" in values
    (listed,) = await _rows(stage, lists)
    assert "12345" not in str(listed.rows)
    assert "" == row.message_ref  # staff are shown what we keep, and no copy of what came
    assert stage.app.fetcher is not None
    stage.clock.move(timedelta(days=3))
    keys = [listed.key for listed in _store(stage).list_keys()]
    assert row.object_key in keys


async def test_a_discarded_draft_takes_its_lists_along(stage: Stage) -> None:
    """Whoever erases what was begun has left nothing of it; a list that is read afterwards is heard by nobody."""
    for item in stage._inbounds("📎 labs.xlsx"):
        await stage.app.inbox.receive(item)
    for item in [*stage._inbounds("dzēst iesākto")]:
        await stage.app.inbox.receive(item)
    for item in [*stage._inbounds("jā")]:
        await stage.app.inbox.receive(item)
    assert [] == await _rows(stage, lists)
    assert not await read_lists(stage.app)


async def test_a_list_that_can_not_be_read_because_of_us_goes_to_a_person(stage: Stage) -> None:
    """Three attempts, and then a specialist has the file and the person knows it."""
    stage.app.reader.get = _broken
    told = ""
    for item in stage._inbounds("📎 labs.xlsx"):
        await stage.app.inbox.receive(item)
    for _ in range(3):
        stage._channel.heard = []
        await stage._settle()
        told = "\n".join(step.text for step in stage._channel.heard)
        stage.clock.move(timedelta(minutes=1))
    assert "Mūsu sistēmā radās kļūda, un failu „labs.xlsx” neizdevās izlasīt." in told


def _broken(_: str) -> bytes:
    raise OSError("the store does not answer")
