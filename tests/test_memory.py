"""The memory of the inbox: what is remembered of a conversation is used only as long as it is true."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.conversation.state import Conversation
from bot.inbox.ledger import conversations
from bot.inbox.memory import Known, Memory
from bot.messages import Address
from bot.people import contacts
from bot.people.contacts import addresses
from tests.test_inbox import Process, _started
from tests.transcripts.clock import MovedClock

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ANNA = Address("chat", "1")


def _known(version: int) -> Known:
    return Known(contact_id=1, version=version, conversation=Conversation())


def test_the_conversation_that_was_written_longest_ago_makes_room() -> None:
    """However many people write, only so much is held."""
    memory = Memory(clock=lambda: 0.0)
    chats = [Address("chat", str(number)) for number in range(513)]
    for chat in chats[:512]:
        memory.keep(chat, _known(1))
    memory.keep(chats[0], _known(2))
    memory.keep(chats[512], _known(1))
    assert [2, None, 1, 1] == [
        known.version if (known := memory.recall(chat)) else None for chat in (*chats[:3], chats[512])
    ]


def test_a_conversation_that_somebody_else_wrote_to_is_forgotten_and_no_other() -> None:
    """A member of staff who takes a case over changes one conversation."""
    memory, berta = Memory(clock=lambda: 0.0), Address("chat", "2")
    memory.keep(_ANNA, _known(1))
    memory.keep(berta, _known(1))
    memory.doubt(_ANNA)
    assert (None, _known(1)) == (memory.recall(_ANNA), memory.recall(berta))


def test_a_memory_that_is_wrong_twice_in_a_minute_is_not_used_for_one() -> None:
    """Where several processes take turns with a person, each guess would be wrong, and cost a turn."""
    now = 100.0
    memory = Memory(clock=lambda: now)
    memory.doubt(_ANNA)
    now += 59
    memory.keep(_ANNA, _known(1))
    memory.doubt(Address("chat", "2"))
    memory.keep(_ANNA, _known(2))
    assert memory.recall(_ANNA) is None
    now += 60
    memory.keep(_ANNA, _known(3))
    assert _known(3) == memory.recall(_ANNA)


@pytest.fixture
async def process(database_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """Return a process that remembers its conversation with Anna."""
    process = _started(database_url, tmp_path, MovedClock(_NOW))
    await process.hears("/start")
    await process.hears("/palidziba")
    yield process
    await process.app.close()


async def test_a_remembered_conversation_is_not_read_again(process: Process) -> None:
    """Nothing has to be looked up for somebody who has just written."""

    async def read(_: object) -> None:
        raise AssertionError("it was read")

    read_truly, process.app.database.read = process.app.database.read, read  # type: ignore[method-assign,assignment]
    assert "command_palidziba" == await process.hears("/palidziba")
    process.app.database.read = read_truly  # type: ignore[method-assign]
    assert [(3,)] == await process.look(sa.select(conversations.c.version))


async def test_what_another_process_wrote_meanwhile_is_not_lost(process: Process, tmp_path: Path) -> None:
    """An answer that went through another process is there, and what was asked next is what was answered."""
    other = _started(str(process.app.settings.database_url), tmp_path, MovedClock(_NOW))
    await process.hears("Gribu reģistrēt kokus")
    await other.hears("50 ozolus un 20 liepas")
    await process.hears("pērn aprīlī")
    await other.app.close()
    [(state, version)] = await process.look(sa.select(conversations.c.state, conversations.c.version))
    assert (["plantings", "planted"], 5) == (sorted(state["run"]["answers"], reverse=True), version)


async def test_a_person_who_could_not_be_reached_can_be_again(process: Process) -> None:
    """That an address was marked gone is noticed, although nothing of it is remembered."""
    await process.app.database.write(lambda tx: contacts.mark_gone(tx, _ANNA, _NOW, "Forbidden: blocked"))
    await process.hears("/palidziba")
    assert [_ANNA] == await process.app.database.read(lambda tx: contacts.reachable(tx, 1))


async def test_an_address_that_became_another_contacts_speaks_for_that_one(process: Process) -> None:
    """Once addresses have been joined, what is said belongs to the contact that stays."""
    stays = await process.app.database.write(lambda tx: contacts.add(tx, Address("mailto", "anna@example.lv"), _NOW))
    moved = sa.update(addresses).where(addresses.c.address == str(_ANNA)).values(contact_id=stays)
    await process.app.database.write(lambda tx: tx.execute(moved))
    await process.hears("/palidziba")
    query = sa.select(conversations.c.contact_id, conversations.c.version).order_by(conversations.c.contact_id)
    assert [(1, 2), (stays, 1)] == await process.look(query)
