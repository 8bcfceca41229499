"""Staff's part in exports: files that the press makes, and a delivery that was released in Reportnet 3."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.conversation import exporting
from bot.conversation.exporting import Released, Wanted
from bot.conversation.response import Event
from bot.desk import team
from bot.messages import Address, Inbound, Kind
from bot.people import contacts
from bot.registrations.changes import registration_changes
from bot.registrations.export import mapping
from bot.registrations.export.exporting import export
from bot.registrations.export.history import Wish, exports
from bot.registrations.export.room import Exports
from bot.registrations.records import registrations
from bot.rooms import Scene
from bot.settings import Secret, Settings
from flows.said import Said
from tests.registered import register
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START
from tests.transcripts.stage import RecordingChannel

_ILZE = Address("telegram", "7")
_TODAY = date(2026, 11, 26)
_ALL = Wanted(format="xlsx", first=None, last=None, again=False, contacts=False)


class _House:
    """An installation with one member of staff; `told` is what was written to whom."""

    def __init__(self, database_url: str, folder: Path, *, desk: bool) -> None:
        self.folder = folder
        self.clock = MovedClock(_DEFAULT_START)
        self.channel = RecordingChannel("telegram")
        settings = Settings(
            database_url=Secret(database_url),
            data_dir=folder,
            staff_chat_id="-100500" if desk else "",
            staff_topics=int(desk),
        )
        self.app = house.build(settings, {"telegram": self.channel}, self.clock)
        self.number = 0

    async def says(self, text: str) -> list[str]:
        """Let Ilze write to the bot; return what was written to her and to others meanwhile."""
        self.number += 1
        said = Inbound(
            channel="telegram",
            external_id=str(self.number),
            kind=Kind.MESSAGE,
            sender=_ILZE,
            chat=_ILZE,
            said_at=self.clock.now(),
            received_at=self.clock.now(),
            said=Said(text=text),
            message_ref=str(self.number),
        )
        await self.app.inbox.receive(said)
        return await self.settles()

    async def settles(self) -> list[str]:
        """Make and send what is due; return the texts that went to people."""
        before = len(self.channel.shown)
        await self.app.press.work_off()
        await self.app.sender.drain()
        return [message.text for _, message in self.channel.shown[before:]]

    async def waits(self, seconds: float) -> list[str]:
        """Let time pass, and carry out what is due then."""
        self.clock.move(timedelta(seconds=seconds))
        await self.app.duties.fire_due()
        return await self.settles()

    async def registers(self, number: int) -> None:
        """Put an accepted registration down."""
        await self.app.database.write(lambda tx: register(tx, number))

    async def states(self) -> list[str]:
        """Return the states of all registrations."""
        query = sa.select(registrations.c.state).order_by(registrations.c.id)
        return list(await self.app.database.read(lambda tx: tx.execute(query).scalars().all()))

    def delivers(self) -> int:
        """Export for Reportnet by names that are sure, and return the export's number."""
        sure = replace(mapping.load(), certainty="sure")
        path = self.folder / f"{self.number}.zip"
        wish = Wish(format="reportnet")
        return export(self.app.database, wish, path, layout=sure, by=str(_ILZE), now=self.clock.now()).number


@pytest.fixture(params=[True, False], ids=["desk", "no desk"])
async def office(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[_House]:
    """Return an installation with and without a desk."""
    one = _House(database_url, tmp_path, desk=request.param)

    def join(tx: Connection) -> None:
        contact_id = contacts.owner(tx, _ILZE) or contacts.add(tx, _ILZE, one.clock.now())
        scene = Scene(contact_id=contact_id, chat=_ILZE, now=one.clock.now(), language="lv", inbound_id=0)
        code = team.invite(tx, "staff", one.clock.now())
        team.join(tx, Event(type="team.joined", data={"code": code, "name": "Ilze"}), scene)

    await one.says("Labdien!")
    await one.app.database.write(join)
    yield one
    await one.app.close()


async def test_a_file_is_made_and_sent(office: _House) -> None:
    """Staff get what they asked for as a file; who asked is written down."""
    await office.registers(1)
    told = await office.says("/eksports csv kontakti")
    assert ["Gatavoju failu. Atsūtīšu šeit, tiklīdz būs gatavs.", "Eksports nr. 1: reģistrācijas – 1, rindas – 2."] == [
        text.split("\n")[0] for text in told
    ]
    _, message = office.channel.shown[-1]
    assert "Anna Kalniņa" in message.enclosures[0].content.decode("utf-8-sig")
    row = await office.app.database.read(lambda tx: tx.execute(sa.select(exports)).one())
    assert (str(_ILZE), True) == (row.by, row.contacts)


async def test_a_trial_for_reportnet_is_a_zip(office: _House) -> None:
    """What the press sends opens as an archive."""
    await office.registers(1)
    await office.says("/eksports reportnet")
    _, message = office.channel.shown[-1]
    with ZipFile(BytesIO(message.enclosures[0].content)) as archive:
        assert ["PlantingSites.csv", "PlantedTrees.csv"] == archive.namelist()


async def test_a_large_file_is_packed(office: _House) -> None:
    """What would be too large for Telegram comes as an archive of one file."""
    await office.registers(1)
    exports_ = Exports(database=office.app.database, clock=office.clock, words=office.app.words, largest=10)
    office.app.press.makers = exports_.makers
    await office.says("/eksports geojson")
    _, message = office.channel.shown[-1]
    assert "koki-2026-11-23.geojson.zip" == message.enclosures[0].name
    with ZipFile(BytesIO(message.enclosures[0].content)) as archive:
        assert ["koki-2026-11-23.geojson"] == archive.namelist()


async def test_why_there_is_nothing_to_deliver_is_told(office: _House) -> None:
    """When everything was exported already, a text says so instead of an empty archive."""
    await office.registers(1)
    office.delivers()
    told = await office.says("/eksports reportnet")
    assert "Nav nekā jauna, ko nodot; sīkāk failā." == told[-1]
    _, message = office.channel.shown[-1]
    assert "Jau eksportēts agrāk un šeit nav iekļauts: 1." in message.enclosures[0].content.decode()


async def test_what_changed_since_is_told_with_what_to_do(office: _House) -> None:
    """A delivery of new registrations names those that changed, and how to make the whole anew."""
    await office.registers(1)
    office.delivers()
    changed = sa.update(registrations).values(state="withdrawn")
    await office.app.database.write(lambda tx: tx.execute(changed))
    await office.registers(2)
    told = await office.says("/eksports reportnet")
    assert "Bija eksportēts, bet vairs nav spēkā vai vairs nav atļauts: 3MK-2026-000001." in told[-1]
    assert "eksportējiet visu no jauna: <code>/eksports reportnet viss</code>" in told[-1]


async def test_released_registrations_are_reported_and_people_told(office: _House) -> None:
    """Staff say that a delivery was released: its registrations change their state once, and people hear of it."""
    for number in (1, 2):
        await office.registers(number)
    export_id = office.delivers()
    await office.registers(3)
    told = await office.says(f"/eksports nodots {export_id}")
    assert ["Eksports nr. 1 pierakstīts kā nodots sistēmā Reportnet 3."] == [text.split(" Reģ")[0] for text in told]
    told = await office.waits(1)
    told += await office.waits(10)
    assert ["reported", "reported", "accepted"] == await office.states()
    people = 2 if office.app.digest else 0  # without a desk nobody is written to
    assert people == len([text for text in told if "nodevām sistēmā Reportnet 3" in text])
    again = await office.says(f"/eksports nodots {export_id}")
    assert "Reģistrācijas: 0." in again[0]
    changed = sa.select(registration_changes.c.who, registration_changes.c.who_name).distinct()
    assert [(str(_ILZE), "eksports nr. 1")] == [
        tuple(row) for row in await office.app.database.read(lambda tx: tx.execute(changed).all())
    ]


async def test_what_was_withdrawn_meanwhile_stays_so(office: _House) -> None:
    """A registration that is no longer accepted when its delivery is released is not reported."""
    await office.registers(1)
    export_id = office.delivers()
    await office.app.database.write(lambda tx: tx.execute(sa.update(registrations).values(state="withdrawn")))
    await office.says(f"/eksports nodots {export_id}")
    assert ["withdrawn"] == await office.states()


async def test_nobody_else_exports(office: _House) -> None:
    """Whose role was taken away gets nothing, even where their conversation has not heard of it."""
    await office.registers(1)
    gone = sa.update(team.team).values(revoked_at=office.clock.now())
    await office.app.database.write(lambda tx: tx.execute(gone))
    for command in ("/eksports xlsx", "/eksports nodots 1"):
        assert ["To var tikai projekta darbinieki."] == await office.says(command)
    assert [] == await office.app.database.read(lambda tx: tx.execute(sa.select(exports)).all())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("xlsx", _ALL),
        ("Excel", _ALL),
        ("karte", replace(_ALL, format="geojson")),
        ("reportnet viss", replace(_ALL, format="reportnet", again=True)),
        ("csv ar kontaktiem", replace(_ALL, format="csv", contacts=True)),
        ("xlsx 2026. gada oktobris", replace(_ALL, first=date(2026, 10, 1), last=date(2026, 10, 31))),
        ("xlsx no 01.10.2026. līdz 15.10.2026.", replace(_ALL, first=date(2026, 10, 1), last=date(2026, 10, 15))),
        ("nodots 12", Released(number=12)),
        ("nodots nr. 12", Released(number=12)),
        ("", ""),
        ("xlsx csv", "xlsx csv"),
        ("geojson kontakti", "geojson kontakti"),
        ("csv viss", "csv viss"),
        ("xlsx no 31.02.2026.", "xlsx no 31.02.2026."),
        ("visus ozolus", "visus ozolus"),
    ],
)
def test_what_is_wanted_is_read_from_a_few_words(text: str, wanted: object) -> None:
    """Words in any order; what does not go together is not guessed at."""
    assert wanted == exporting.read(text, _TODAY)
