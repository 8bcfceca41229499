"""Organisations: read from a list, written to once and only where that is allowed, and never again once they say no."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import openpyxl
import pytest
import pytest_asyncio
import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.engine import Connection

from bot import app as house
from bot.__main__ import main
from bot.app.known import ids
from bot.channels.email.token import leaving_token
from bot.clock import RIGA
from bot.conversation.response import Event
from bot.delivery.outbox import Lane, deliveries
from bot.desk import team
from bot.documents.orders import Order
from bot.inbox.ledger import inbound
from bot.messages import Address, Destination, Outbound, Pace
from bot.outreach import broadcasts
from bot.outreach.leaving import PATH, Leaving
from bot.outreach.organisations import importing, records, table
from bot.people import contacts
from bot.people.privacy import erasures
from bot.people.privacy.fingerprints import Fingerprints
from bot.registrations.records import registrations
from bot.rooms import Scene
from bot.settings import Secret, Settings, read
from bot.words import Words
from tests.transcripts.clock import MovedClock

_NOON = datetime(2026, 11, 23, 12, tzinfo=RIGA)
_SECRET = "s" * 40
_HEAD = "Nosaukums;E-pasts;Veids;Novads;Avots\n"
_ORDER = Order(
    id=1, kind=table.ORDER, payload={}, contact_id=1, chat=Address("telegram", "1"), thread="", lane=Lane.LIVE,
    language="lv", attempts=1,
)  # fmt: skip


class _Channel:
    """Keeps what is sent."""

    pace = Pace.ONE

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[tuple[str, Outbound]] = []

    async def send(self, to: Destination, message: Outbound) -> str:
        """Send it."""
        self.sent.append((to.chat.ident, message))
        return str(len(self.sent))

    async def acknowledge(self, receipt: str, text: str) -> None:
        """Do nothing."""

    async def typing(self, chat: Address) -> None:
        """Do nothing."""


class _Stage:
    """A house with a coordinator, and letters that go nowhere."""

    def __init__(self, settings: Settings, clock: MovedClock) -> None:
        self.settings, self.clock = settings, clock
        self.letters, self.chats = _Channel("mailto"), _Channel("telegram")
        self.app = self._built(outreach=1)

    async def switched(self, *, outreach: int) -> None:
        """Start another process with another setting."""
        await self.app.duties.leave()
        await self.app.close()
        self.app = self._built(outreach=outreach)

    async def does(self, type_: str, who: int = 1, **data: Any) -> dict[str, Any]:
        """Let a coordinator do something, as a button would."""
        handler = self.app.inbox.rooms[type_]

        def work(tx: Connection) -> dict[str, Any]:
            chat = Address("telegram", str(who))
            scene = Scene(
                contact_id=contacts.owner(tx, chat) or 0, chat=chat, now=self.clock.now(), language="lv", inbound_id=1
            )
            return dict(handler(tx, Event(type=type_, data=data), scene))

        return await self.app.database.write(work)

    async def writes(self, key: str = "b") -> dict[str, Any]:
        """Order the letters."""
        ids: dict[str, Any] = {"key": key * 16, "prompt": f"p{key * 15}", "control": f"c{key * 15}"}
        return await self.does("organisations.written", **ids)

    async def takes_in(self, *lines: str) -> importing.Kept:
        """Take in a list, as the command does."""
        rows, faults = importing.read((_HEAD + "\n".join(lines)).encode(), "")
        assert [] == faults
        marks = Fingerprints(self.settings.erasure_secret, self.settings.data_dir)

        def work(tx: Connection) -> importing.Kept:
            def erased(_: Connection, address: str) -> bool:
                return erasures.knows(tx, *marks.of([address]))

            return importing.keep(tx, rows, self.clock.now(), erased=erased, new_id=ids().__next__)

        return await self.app.database.write(work)

    async def settles(self) -> None:
        """Let everything be done that can be done now."""
        await self.app.sender.drain()
        while await self.app.conductor.work_off():
            await self.app.sender.drain()

    async def reads(self, work: Any) -> Any:
        """Read from the database."""
        return await self.app.database.read(work)

    @property
    def reached(self) -> list[str]:
        """Whom letters went to, sorted."""
        return sorted(ident for ident, _ in self.letters.sent)

    def _built(self, *, outreach: int) -> house.App:
        settings = replace(self.settings, outreach=outreach)
        return house.build(settings, {"mailto": self.letters, "telegram": self.chats}, self.clock)


@pytest_asyncio.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[_Stage]:
    """Return a house that may write to organisations, with two coordinators."""
    settings = Settings(
        database_url=Secret(database_url),
        data_dir=tmp_path,
        mail_address="koki@example.lv",
        mail_secret=Secret(_SECRET),
        privacy_controller="Paraugs",
    )
    made = _Stage(settings, MovedClock(_NOON))

    def prepare(tx: Connection) -> None:
        for number in (1, 2):
            chat = Address("telegram", str(number))
            scene = Scene(contact_id=contacts.add(tx, chat, _NOON), chat=chat, now=_NOON, language="lv", inbound_id=1)
            code = team.invite(tx, "coordinator", _NOON)
            team.join(tx, Event(type="team.joined", data={"code": code, "name": f"K{number}"}), scene)

    await made.app.database.write(prepare)
    yield made
    await made.app.close()


def _school(number: int) -> str:
    return f"{number}. pamatskola;skola{number}@example.org;skola;Ogres novads;skolas lapa"


# --- reading a list -----------------------------------------------------------------------------------------


def test_every_bad_row_comes_back_with_its_number() -> None:
    """In words for whoever made the list; the good ones beside it are taken."""
    lines = (
        "Drustu pamatskola;Skola@Example.org;skola;Smiltenes novads;skolas lapa",
        ";birojs@example.org;skola;;lapa",
        "Bez adreses;;skola;;lapa",
        "Slikta adrese;birojs-example.org;skola;;lapa",
        "Nezināms veids;a@example.org;planēta;;lapa",
        "Nezināms novads;b@example.org;skola;Hujkalnu novads;lapa",
        "Bez avota;c@example.org;skola;;",
        "",
        "Tā pati;skola@example.org;skola;;lapa",
        "Bez veida;d@example.org;;;lapa",
    )
    rows, faults = importing.read((_HEAD + "\n".join(lines)).encode(), "")
    assert [("Drustu pamatskola", "school"), ("Bez veida", "other")] == [(one.name, one.kind) for one in rows]
    assert Address("mailto", "skola@example.org") == rows[0].address
    assert [
        "3. rinda: nav nosaukuma.",
        "4. rinda: nav e-pasta adreses.",
        "5. rinda: „birojs-example.org” nav e-pasta adrese.",
        "6. rinda: veidu „planēta” nezinu. Der: skola, pašvaldība, uzņēmums, biedrība, medijs, cita.",
        "7. rinda: novadu „Hujkalnu novads” nezinu. Rakstiet, piemēram, „Cēsu novads” vai „Rīga”.",
        "8. rinda: nav teikts, no kurienes adrese. Pielieciet kolonnu „Avots” vai izvēli --source.",
        "10. rinda: tā pati adrese jau ir 2. rindā; der pirmā.",
    ] == [str(fault) for fault in faults]


def test_a_workbook_is_read_as_well() -> None:
    """With its headings in any order and under a title."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Skolas", None, None])
    sheet.append(["E-pasts", "Novads", "Nosaukums"])
    sheet.append(["skola@example.org", "Ogre", "Ogres skola"])
    written = io.BytesIO()
    book.save(written)
    rows, faults = importing.read(written.getvalue(), "novada lapa")
    assert [] == faults
    assert ("Ogres skola", "Ogres novads", "novada lapa") == (rows[0].name, rows[0].municipality, rows[0].source)


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"Nosaukums;Adrese\n", b"PK\x03\x04broken"])
def test_a_file_that_is_no_list_says_so(data: bytes) -> None:
    """One sentence for the file, and no row."""
    rows, faults = importing.read(data, "lapa")
    assert [] == rows
    assert len(faults) <= 1
    assert all(not fault.row and fault.say.endswith(".") for fault in faults)


# --- writing to them ----------------------------------------------------------------------------------------


async def test_each_is_written_to_once_and_by_name(stage: _Stage) -> None:
    """Ten first, then the others; another round reaches those that have come since, and nobody twice."""
    await stage.takes_in(*(_school(number) for number in range(15)))
    assert "scheduled" == (await stage.writes())["written"]
    await stage.settles()
    assert sorted(f"skola{number}@example.org" for number in range(15)) == stage.reached
    texts = {ident: message.text for ident, message in stage.letters.sent}
    assert "Rakstu organizācijai: 7. pamatskola." in texts["skola7@example.org"]
    assert "Vēstuli sūta: Paraugs." in texts["skola7@example.org"]
    assert "Jūsu adrese ņemta no: skolas lapa." in texts["skola7@example.org"]
    assert all(message.bulk for _, message in stage.letters.sent)
    assert "nobody" == (await stage.writes("d"))["written"]
    await stage.takes_in(_school(3), _school(99))
    assert {"people": 1, "written": "scheduled", "allowed": True, "goes": True} == await stage.writes("e")
    await stage.settles()
    assert ["skola99@example.org"] == [ident for ident, _ in stage.letters.sent[15:]]


@pytest.mark.parametrize("at", ["ordered", "written", "held", "released"])
async def test_nothing_goes_where_it_is_not_allowed(stage: _Stage, at: str) -> None:
    """Whenever it is switched off: before it is ordered, before its list is made, or with letters about to go."""
    await stage.takes_in(*(_school(number) for number in range(15)))
    if at == "ordered":
        await stage.switched(outreach=0)
        assert "off" == (await stage.writes())["written"]
        await stage.settles()
        assert [] == stage.reached
        return
    await stage.writes()
    states = {"written": "scheduled", "held": "canary", "released": "canary"}
    while (await stage.reads(lambda tx: broadcasts.get(tx, "b" * 16))).state != states[at]:
        await stage.app.conductor._round()
    if at == "released":
        await stage.app.conductor._round()
        queued = sa.select(sa.func.count()).where(deliveries.c.state == "queued", deliveries.c.lane == 2)
        assert 0 < await stage.reads(lambda tx: tx.execute(queued).scalar_one())
    await stage.switched(outreach=0)
    await stage.settles()
    row = await stage.reads(lambda tx: broadcasts.get(tx, "b" * 16))
    assert ([], "paused") == (stage.reached, row.state)
    await stage.does("broadcast.controlled", key="b" * 16, what="resume")
    await stage.settles()
    assert [] == stage.reached
    await stage.switched(outreach=1)
    await stage.does("broadcast.controlled", key="b" * 16, what="resume")
    await stage.settles()
    assert 15 == len(stage.reached) == len(set(stage.reached))


async def test_many_need_the_word_of_a_second_coordinator(stage: _Stage) -> None:
    """Above the set number; the other one is shown the letter."""
    stage.settings = replace(stage.settings, approve_above=3)
    await stage.switched(outreach=1)
    await stage.takes_in(*(_school(number) for number in range(5)))
    assert "approval" == (await stage.writes())["written"]
    await stage.settles()
    assert [] == stage.reached
    assert any("Vai piekrītat?" in message.text for ident, message in stage.chats.sent if ident == "2")
    assert "own" == (await stage.does("broadcast.approved", broadcast="b" * 16, given=True))["approval"]
    assert "given" == (await stage.does("broadcast.approved", 2, broadcast="b" * 16, given=True))["approval"]
    await stage.settles()
    assert 5 == len(stage.reached)


async def test_who_is_no_coordinator_does_nothing(stage: _Stage) -> None:
    """Neither looks at them, nor writes, nor stops anybody."""
    await stage.takes_in(_school(1))
    await stage.app.database.write(lambda tx: contacts.add(tx, Address("telegram", "7"), _NOON))
    for type_ in ("listed", "tabled", "tested", "stopped"):
        assert {"allowed": False} == await stage.does(f"organisations.{type_}", 7, address="skola1@example.org")
    ids = {"key": "b" * 16, "prompt": "p" * 16, "control": "c" * 16}
    assert {"allowed": False} == await stage.does("organisations.written", 7, **ids)
    await stage.settles()
    assert [] == stage.reached


# --- what becomes of it -------------------------------------------------------------------------------------


async def test_how_it_stands_is_found_in_what_happened(stage: _Stage) -> None:
    """A letter that went, one that came, a registration by its own hand or with its code from anywhere."""
    await stage.takes_in(*(_school(number) for number in range(5)))
    await stage.writes()
    await stage.settles()
    assert {"contacted": 5} == await stage.reads(records.counts)
    stage.clock.move(_NOON - _NOON.replace(hour=11))

    def happen(tx: Connection) -> None:
        rows = {row.name[0]: row for row in records.listed(tx)}
        heard = {"channel": "mailto", "external_id": "1", "kind": "message", "outcome": "answer"}
        tx.execute(sa.insert(inbound).values(**heard, contact_id=rows["1"].contact_id, received_at=stage.clock.now()))
        _register(tx, "2", contact_id=rows["2"].contact_id)
        somebody = contacts.add(tx, Address("telegram", "77"), _NOON)
        _register(tx, "3", contact_id=somebody, campaign=rows["3"].code)
        contacts.mark_gone(tx, Address.parse(rows["4"].address), _NOON, "bounced")

    await stage.app.database.write(happen)
    expected = {"registered": 2, "answered": 1, "unreachable": 1, "contacted": 1}
    assert expected == await stage.reads(records.counts)
    listed = {row.name: row.state for row in await stage.reads(records.listed)}
    assert "answered" == listed["1. pamatskola"]


@pytest.mark.parametrize("way", ["reply", "click", "coordinator"])
async def test_a_no_is_for_ever(stage: _Stage, way: str) -> None:
    """By a letter, by one click, by telephone: no letter that waits goes, and no new list brings it back."""
    await stage.takes_in(_school(1), _school(2))
    await stage.writes()
    while (await stage.reads(lambda tx: broadcasts.get(tx, "b" * 16))).state != "canary":
        await stage.app.conductor._round()
    owner = await stage.reads(lambda tx: contacts.owner(tx, Address("mailto", "skola1@example.org")))
    if way == "coordinator":
        told = await stage.does("organisations.stopped", address="Skola1@example.org")
        assert {"allowed": True, "stopped": "1. pamatskola"} == told
    elif way == "click":
        await _click(stage, owner)
    else:
        await _replies(stage, owner)
    await stage.settles()
    assert ["skola2@example.org"] == stage.reached
    kept = await stage.takes_in(_school(1))
    assert (0, 0, 1) == (kept.new, kept.known, kept.stopped)
    assert "nobody" == (await stage.writes("d"))["written"]


async def test_who_was_erased_does_not_come_back(stage: _Stage) -> None:
    """Nothing of it is left in the list, and its fingerprint keeps it out of the next."""
    await stage.takes_in(_school(1))
    address = Address("mailto", "skola1@example.org")

    def erase(tx: Connection) -> int:
        owner = contacts.owner(tx, address)
        assert owner
        scene = Scene(contact_id=owner, chat=address, now=_NOON, language="lv", inbound_id=1)
        handler = stage.app.inbox.rooms["erasure.confirmed"]
        handler(tx, Event(type="erasure.confirmed", data={"said_at": _NOON}), scene)
        return tx.execute(sa.select(sa.func.count(records.organisations.c.id))).scalar_one()

    assert 0 == await stage.app.database.write(erase)
    kept = await stage.takes_in(_school(1))
    assert (0, 1) == (kept.new, kept.erased)
    assert "nobody" == (await stage.writes())["written"]


async def test_whoever_writes_to_us_already_is_not_asked(stage: _Stage) -> None:
    """Somebody who has told us something by letter, or works here, needs no letter from us."""

    def prepare(tx: Connection) -> None:
        owner = contacts.add(tx, Address("mailto", "skola1@example.org"), _NOON)
        heard = {"channel": "mailto", "external_id": "1", "kind": "message", "outcome": "answer"}
        tx.execute(sa.insert(inbound).values(**heard, contact_id=owner, received_at=_NOON))

    await stage.app.database.write(prepare)
    await stage.takes_in(_school(1), _school(2))
    await stage.writes()
    await stage.settles()
    assert ["skola2@example.org"] == stage.reached


async def test_the_table_holds_no_formula(stage: _Stage) -> None:
    """What stands in a list that somebody sent us is text in ours."""
    await stage.takes_in('"=HYPERLINK(""x"")";skola1@example.org;skola;;lapa')
    made = (await stage.reads(lambda tx: table.make(tx, _ORDER)))()
    sheet: Any = openpyxl.load_workbook(io.BytesIO(made.content)).active
    assert ("HYPERLINK", "s", "vēl nav rakstīts") == (
        sheet["A2"].value[:9], sheet["A2"].data_type, sheet["E2"].value
    )  # fmt: skip


def test_the_settings_say_who_sends_them() -> None:
    """Where it is switched on each letter needs a sender and an address to answer to; it is off by default."""
    assert 0 == read({}).outreach
    assert any("PRIVACY_CONTROLLER" in problem for problem in read({"OUTREACH": "1"}).problems)
    assert any("OUTREACH is 2" in problem for problem in read({"OUTREACH": "2"}).problems)


def test_the_command_takes_a_list_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It counts what it kept and names each row that it could not keep; twice is no different from once."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "skolas.csv"
    path.write_text(f"{_HEAD}{_school(1)}\nBez adreses;;skola;;lapa\n", encoding="utf-8")
    assert 1 == main(["organisations", "import", str(path)])
    told = capsys.readouterr().out.splitlines()
    assert ["Jaunas: 1. Jau bija: 0. Atteikušās: 0. Lūgušas dzēst: 0.", "3. rinda: nav e-pasta adreses."] == told
    assert 1 == main(["organisations", "import", str(path)])
    assert capsys.readouterr().out.startswith("Jaunas: 0. Jau bija: 1.")
    assert 2 == main(["organisations", "import", str(tmp_path / "nav.csv")])


async def _click(stage: _Stage, owner: int) -> None:
    """Post what a mail program posts for its reader (RFC 8058)."""
    theirs = sa.select(deliveries.c.id).where(deliveries.c.contact_id == owner)
    delivery = await stage.reads(lambda tx: tx.execute(theirs).scalar_one())
    site = web.Application()
    Leaving(database=stage.app.database, clock=stage.clock, words=Words(), secret=_SECRET).mount(site.router)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    token = leaving_token(str(delivery), "skola1@example.org", _SECRET)
    url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}{token}"
    async with aiohttp.ClientSession() as session, session.post(url) as answer:
        assert 200 == answer.status
    await runner.cleanup()


async def _replies(stage: _Stage, owner: int) -> None:
    """Say „stop”, as the conversation hears it."""

    def work(tx: Connection) -> None:
        chat = Address("mailto", "skola1@example.org")
        scene = Scene(contact_id=owner, chat=chat, now=stage.clock.now(), language="lv", inbound_id=1)
        event = Event(type="permissions.withdrawn", data={"kinds": ["news"]})
        stage.app.inbox.rooms["permissions.withdrawn"](tx, event, scene)

    await stage.app.database.write(work)


def _register(tx: Connection, run: str, **columns: Any) -> None:
    values: dict[str, Any] = {
        "reference": f"3MK-{run}",
        "run_id": run,
        "flow": "register_trees",
        "state": "received",
        "eligibility": "fits",
        "reasons": [],
        "warnings": [],
        "answers": {},
        "entered_by": "",
        "summary": "",
        "started_at": _NOON,
        "received_at": _NOON,
    }
    tx.execute(sa.insert(registrations).values({**values, **columns}))
