"""After a restore: whom a backup brings back although they were erased since is erased again, and nobody else is."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import schema
from bot.attachments.store import ObjectStore
from bot.backup import backup, restore
from bot.clock import SystemClock
from bot.commands.backup import _erase_again
from bot.database import Database
from bot.people.contacts import addresses
from bot.people.privacy import erasures
from bot.people.privacy.replaying import ReplayError
from bot.registrations.records import registrations
from bot.settings import Secret, Settings
from tests.searching import everything, mentions
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START
from tests.transcripts.stage import Stage

_TREES = (
    "Gribu reģistrēt 10 ozolus, stādīti 2023. gada maijā",
    "es",
    "„Kalniņi”, Drustu pagasts",
    "pļavā",
    "nē",
    "ievadiet jūs",
    "Anna Kalniņa 26123456",
    "jā",
    "Gribu runāt ar cilvēku par bambusu, lūdzu",
)
_WORDS = ("Kalniņ", "26123456", "bambus", "chat:1", "Drustu")


class _Installation:
    """A stage whose backups lie in a folder of their own."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.folder = folder
        self.stage = Stage(database_url, folder / "data", MovedClock(_DEFAULT_START))
        self.store = ObjectStore(self.stage.app.settings.objects)

    async def says(self, *lines: str) -> None:
        """Let Anna say something."""
        for line in lines:
            await self.stage.says(line)
            self.stage.clock.move(timedelta(seconds=5))

    async def erases(self) -> None:
        """Let Anna be erased to the end."""
        await self.says("dzēsiet manus datus", "dzēst visu")
        self.stage.clock.move(timedelta(minutes=1))
        await self.stage.app.finisher.run_once()

    def backs_up(self) -> Path:
        """Make a backup and return its folder."""
        return backup(self.stage.app.database, self.store, self.folder / "backups", self.stage.clock.now()).folder


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> _Installation:
    """Return an installation where Anna has registered trees."""
    made = _Installation(database_url, tmp_path)
    await made.says(*_TREES)
    return made


async def _brought_back(here: _Installation, folder: Path, url: str, **settings: str) -> Database:
    """Bring a backup back into another database, as the command does."""
    given = Settings(
        database_url=Secret(url),
        data_dir=here.folder / "data",
        **settings,  # type: ignore[arg-type]
    )
    target = Database(url)
    schema.prepare(target)
    restore(target, here.store, folder, lambda tx: _erase_again(tx, given, folder))
    return target


async def test_whoever_was_erased_after_a_backup_does_not_come_back(here: _Installation, tmp_path: Path) -> None:
    """The ledger in the data directory says who; trees are still counted, and the ledger names nobody."""
    folder = here.backs_up()
    await here.erases()
    ledger = here.stage.app.settings.ledger.read_text(encoding="utf-8")
    assert [] == mentions([ledger], *_WORDS)
    await here.stage.closes()
    target = await _brought_back(here, folder, f"sqlite:///{tmp_path / 'new.db'}")
    here.stage.app.database = target
    assert [] == mentions(await everything(here.stage.app), *_WORDS)
    assert [10] == target.read_now(lambda tx: list(tx.execute(sa.select(registrations.c.trees)).scalars()))
    target.dispose()


async def test_the_ledger_beside_the_backups_does_as_well(here: _Installation, tmp_path: Path) -> None:
    """Where the data directory is lost, the newest backup has written down who was erased before it."""
    folder = here.backs_up()
    await here.erases()
    here.backs_up()
    here.stage.app.settings.ledger.unlink()
    await here.stage.closes()
    target = await _brought_back(here, folder, f"sqlite:///{tmp_path / 'new.db'}")
    here.stage.app.database = target
    assert [] == mentions(await everything(here.stage.app), *_WORDS)
    target.dispose()


async def test_whoever_came_back_since_stays(here: _Installation, tmp_path: Path) -> None:
    """A person may write again after they were erased: then they are somebody new, whom no ledger means."""
    await here.erases()
    await here.says("Gribu reģistrēt 5 liepas")
    folder = here.backs_up()
    await here.stage.closes()
    target = await _brought_back(here, folder, f"sqlite:///{tmp_path / 'new.db'}")
    assert ["chat:1"] == target.read_now(lambda tx: list(tx.execute(sa.select(addresses.c.address)).scalars()))
    target.dispose()


async def test_with_another_key_nothing_is_brought_back(here: _Installation, tmp_path: Path) -> None:
    """Nobody could be recognised then, so it is refused, and says what helps."""
    folder = here.backs_up()
    await here.erases()
    await here.stage.closes()
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with pytest.raises(ReplayError, match="ERASURE_SECRET"):
        await _brought_back(here, folder, url, erasure_secret="x" * 40)
    target = Database(url)
    assert [] == target.read_now(lambda tx: list(tx.execute(sa.select(addresses.c.address)).scalars()))
    target.dispose()


def test_a_torn_line_of_a_ledger_hides_no_other(tmp_path: Path) -> None:
    """A power cut may leave half a line; what is written next begins on a line of its own."""
    now = SystemClock().now()
    path = tmp_path / erasures.LEDGER
    one, two = (
        erasures.Entry(id=name, said_at=now, erased_at=now, key="k", fingerprints=("f",)) for name in ("one", "two")
    )
    erasures.append(path, [one])
    path.write_text(path.read_text(encoding="utf-8") + '{"id": "to', encoding="utf-8")
    erasures.append(path, [one, two])
    assert [one, two] == erasures.read(path)
    assert {"id", "said_at", "erased_at", "key", "fingerprints"} == set(json.loads(one.write()))
