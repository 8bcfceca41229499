"""Who gets a certificate for which trees: asked for, kept until trees are entered, sent to many after an event."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.conversation.response import Event
from bot.desk import team
from bot.documents.orders import documents
from bot.inbox.ledger import conversations
from bot.messages import Address
from bot.people import contacts
from bot.registrations.certificate import records
from bot.registrations.certificate.records import certificate_names, certificates
from bot.registrations.certificate.room import Certificates
from bot.registrations.certificate.wording import Issuer
from bot.registrations.records import registrations
from bot.rooms import Scene
from bot.settings import Secret, Settings
from flows.contact_kinds import Contact
from flows.planting_kind import Trees
from tests.registered import NOW, planting, register, register_listed
from tests.transcripts.clock import MovedClock
from tests.transcripts.stage import RecordingChannel

_INGA = Address("telegram", "7")


class _House:
    """An installation whose certificates one can order and read."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.channel = RecordingChannel("telegram")
        settings = Settings(database_url=Secret(database_url), data_dir=folder, certificate_issuer="Paraugu iestāde")
        self.app = house.build(settings, {"telegram": self.channel}, MovedClock(NOW))
        self.room = Certificates(issuer=Issuer())

    async def registers(self, number: int, person: int | None = None, **changes: Any) -> int:
        """Put an entered registration down, of the person of another one if that is named; returns its contact."""

        def work(tx: Connection) -> int:
            ident = register(tx, number, **{"state": "entered", **changes})
            if person:
                owner = contacts.owner(tx, Address("telegram", str(1000 + person)))
                tx.execute(sa.update(registrations).where(registrations.c.id == ident).values(contact_id=owner))
            return int(
                tx.execute(sa.select(registrations.c.contact_id).where(registrations.c.id == ident)).scalar_one()
            )

        return await self.app.database.write(work)

    async def wants(self, contact_id: int, name: str) -> str:
        """Let a person give a name; returns what came of it."""
        event = Event(type="certificate.wanted", data={"stored": {"name": name}})
        chat = Address("telegram", str(1000 + contact_id))
        found = await self.app.database.write(lambda tx: self.room.wanted(tx, event, _scene(contact_id, chat)))
        return str(found["certificate"])

    async def sends(self, code: str, role: str = "coordinator") -> dict[str, Any]:
        """Let somebody of ours send certificates to all of a campaign."""

        def work(tx: Connection) -> dict[str, Any]:
            contact_id = contacts.owner(tx, _INGA) or contacts.add(tx, _INGA, NOW)
            if role:
                joined = {"code": team.invite(tx, role, NOW), "name": "Inga"}
                team.join(tx, Event(type="team.joined", data=joined), _scene(contact_id, _INGA))
            event = Event(type="certificates.sent", data={"campaign": code})
            return dict(self.room.send(tx, event, _scene(contact_id, _INGA)))

        return await self.app.database.write(work)

    async def pages(self) -> list[str]:
        """Make and send what is ordered; return the texts of all pages that went out so far."""
        await self.app.press.work_off()
        await self.app.sender.drain()
        files = [file for _, message in self.channel.shown for file in message.enclosures]
        readers = [pypdf.PdfReader(BytesIO(file.content)) for file in files]
        return [" ".join(reader.pages[0].extract_text().split()) for reader in readers]

    async def all_of(self, table: sa.Table) -> list[Any]:
        """Return the rows of a table."""
        return list(await self.app.database.read(lambda tx: tx.execute(sa.select(table)).all()))


def _scene(contact_id: int, chat: Address) -> Scene:
    return Scene(contact_id=contact_id, chat=chat, now=NOW, language="lv", inbound_id=0)


@pytest.fixture
async def made(database_url: str, tmp_path: Path) -> AsyncIterator[_House]:
    """Return an installation."""
    one = _House(database_url, tmp_path)
    yield one
    await one.app.close()


async def test_a_certificate_thanks_for_all_that_is_new(made: _House) -> None:
    """Two places that were entered make one page; a third one later makes a page of its own."""
    anna = await made.registers(1)
    await made.registers(2, person=1)
    assert "ordered" == await made.wants(anna, "Drustu pamatskola")
    await made.registers(3, person=1, plantings=(Trees(species="Quercus robur", count=1),))
    assert "ordered" == await made.wants(anna, "Drustu pamatskola")
    first, second = await made.pages()
    assert "par 140 iestādītiem kokiem Ozols – 100, liepa – 40" in first
    assert "par 1 iestādītu koku Ozols – 1" in second
    assert "Paraugu iestāde" in first


async def test_another_name_makes_the_last_one_anew(made: _House) -> None:
    """Who has had a certificate and gives another name gets the same trees again."""
    anna = await made.registers(1)
    for name in ("Drustu pamatskola", "Drustu pamatskolas 7. klase"):
        assert "ordered" == await made.wants(anna, name)
    first, second = await made.pages()
    assert ("par 70 iestādītiem kokiem" in first, "par 70 iestādītiem kokiem" in second) == (True, True)
    assert "Drustu pamatskolas 7. klase par" in second


async def test_trees_of_a_school_and_ones_own_are_thanked_for_apart(made: _House) -> None:
    """One person may have told of two planters' trees: a page names one of them."""
    anna = await made.registers(1)
    await made.registers(2, person=1, who="person", organisation="", plantings=(Trees(count=3),))
    await made.wants(anna, "Anna Kalniņa")
    await made.wants(anna, "Drustu pamatskola")
    own, school = await made.pages()
    assert ("par 3 iestādītiem kokiem" in own, "par 70 iestādītiem kokiem" in school) == (True, True)


async def test_before_trees_are_entered_the_name_is_kept(made: _House) -> None:
    """It is used once, when they are; then a certificate is offered as usual."""
    anna = await made.registers(1, state="accepted")
    assert "later" == await made.wants(anna, "Anna")
    assert "later" == await made.wants(anna, "Anna Kalniņa")
    await made.app.database.write(lambda tx: tx.execute(sa.update(registrations).values(state="entered")))
    offered = [await made.app.database.write(lambda tx: made.room.offers(tx, 1, NOW)) for _ in range(2)]
    assert [0, 1] == [len(offers) for offers in offered]
    (page,) = await made.pages()
    assert "Anna Kalniņa par 70 iestādītiem kokiem" in page
    assert [] == await made.all_of(certificate_names)


async def test_a_list_is_thanked_for_by_one_page(made: _House) -> None:
    """The trees of all its rows are added up."""
    rows = [planting(2, "Quercus robur", 1000), planting(3, "Quercus robur", 250), planting(3, "Tilia cordata", 1)]
    await made.app.database.write(lambda tx: register_listed(tx, 1, rows, state="entered"))
    await made.wants(1, "Drustu pamatskola")
    (page,) = await made.pages()
    assert "Drustu pamatskola par 1251 iestādītu koku Ozols – 1250, liepa – 1" in page


async def test_who_has_registered_nothing_is_told_so(made: _House) -> None:
    """Withdrawn trees and none at all are no reason to thank, and no name is kept."""
    anna = await made.registers(1, state="withdrawn")
    assert "nothing" == await made.wants(anna, "Anna Kalniņa")
    assert [] == await made.all_of(certificate_names)


async def test_after_an_event_everybody_is_thanked_once(made: _House) -> None:
    """One page for each planter whose trees are entered; the others are counted by what is in the way."""
    await made.registers(1, campaign="TALKA26")
    await made.registers(2, person=1, campaign="talka26")
    await made.registers(3, campaign="TALKA26", who="person", organisation="")
    await made.registers(4, campaign="TALKA26", who="person", organisation="", contact=Contact(phone="+37126123456"))
    await made.registers(5, campaign="TALKA26", state="accepted")
    quiet = await made.registers(6, campaign="TALKA26")
    await made.registers(7, campaign="CITA")
    gone = await made.registers(8, campaign="TALKA26")

    def hinder(tx: Connection) -> None:
        row = {"contact_id": quiet, "version": 1, "state": {"quiet": True}, "updated_at": NOW}
        tx.execute(sa.insert(conversations).values(row))
        tx.execute(sa.update(contacts.addresses).where(contacts.addresses.c.contact_id == gone).values(gone_at=NOW))

    await made.app.database.write(hinder)
    expected = {"ordered": 2, "unnamed": 1, "unreached": 2, "had": 0, "waiting": 1}
    found = await made.sends("talka26")
    assert expected == {key: found[key] for key in expected}
    pages = await made.pages()
    assert [True, True] == ["Drustu pamatskola par 140" in pages[0], "Anna Kalniņa par 70" in pages[1]]
    again = await made.sends("TALKA26")
    assert (0, 3) == (again["ordered"], again["had"])
    assert 2 == len(await made.all_of(documents))
    assert {str(_INGA)} == {row.by for row in await made.all_of(certificates)}


async def test_nobody_else_sends_certificates(made: _House) -> None:
    """Who has no role orders nothing, whatever their conversation believes."""
    await made.registers(1, campaign="TALKA26")
    assert "not_allowed" == (await made.sends("TALKA26", role=""))["result"]
    assert [] == await made.all_of(documents)


async def test_answers_of_another_release_are_left_out(made: _House) -> None:
    """A page is made of what can be read: here only that trees were planted."""
    anna = await made.registers(1)
    await made.app.database.write(lambda tx: tx.execute(sa.update(registrations).values(flow="plant_flags")))
    await made.wants(anna, "Anna Kalniņa")
    (page,) = await made.pages()
    assert "par iestādītajiem kokiem" in page
    assert "" == (await made.app.database.read(lambda tx: records.named(tx.execute(sa.select(registrations)).one())))
