"""The inbox: everything once and in order, also beside another process; what fails is kept and tried again."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot import timers
from bot.alarms import standing
from bot.conversation.response import Response, Timer
from bot.conversation.standing import Standing
from bot.conversation.state import Conversation, Tapped
from bot.conversation.world import World
from bot.inbox.ledger import conversations, inbound
from bot.inbox.receive import timer_inbound
from bot.messages import Address, Inbound, Kind, Said
from bot.people import contacts, privacy
from bot.people.contacts import addresses
from bot.settings import Secret, Settings
from tests.transcripts.clock import MovedClock
from tests.transcripts.stage import RecordingChannel

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ANNA, _BERTA = Address("chat", "1"), Address("chat", "2")
_SORRY = "Mūsu sistēmā radās kļūda. Jūsu atbildes ir saglabātas; pamēģiniet vēlreiz pēc brīža."


@dataclass(eq=False)
class Process:
    """One process of an installation, without its loops."""

    app: house.App
    channel: RecordingChannel
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def hears(self, text: str, sender: Address = _ANNA, **more: Any) -> str:
        """Receive a message."""
        return await self.app.inbox.receive(self.message(text, sender, **more))

    def message(self, text: str, sender: Address = _ANNA, **more: Any) -> Inbound:
        """Make a message as a channel would."""
        number = next(self.numbers)
        basics = {"channel": "chat", "external_id": f"{id(self)}:{number}", "kind": Kind.MESSAGE, "sender": sender}
        times = {"said_at": self.app.clock.now(), "received_at": self.app.clock.now()}
        more = {"said": Said(text=text), "message_ref": str(number), "raw": {"text": text}, "chat": sender} | more
        return Inbound(**basics | times | more)  # type: ignore[arg-type]

    async def tells(self) -> list[str]:
        """Send what is queued and return what was shown since the last time."""
        self.channel.heard = []
        await self.app.sender.drain()
        return [step.text for step in self.channel.heard]

    async def look(self, query: "sa.Select[Any]") -> list[tuple[Any, ...]]:
        """Read rows."""
        return await self.app.database.read(lambda tx: [tuple(row) for row in tx.execute(query)])


def _started(database_url: str, folder: Path, clock: MovedClock) -> Process:
    channel = RecordingChannel("chat")
    settings = Settings(database_url=Secret(database_url), data_dir=folder)
    return Process(house.build(settings, {"chat": channel}, clock), channel)


@pytest.fixture
async def process(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """Return the only process of an installation."""
    process = _started(sqlite_url, tmp_path, MovedClock(_NOW))
    yield process
    await process.app.close()


@pytest.fixture
async def two(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Process, Process]]:
    """Return two processes of one installation."""
    clock = MovedClock(_NOW)
    one, other = (_started(database_url, tmp_path, clock) for _ in range(2))
    yield one, other
    await one.app.close()
    await other.app.close()


def _poisoned(app: house.App, word: str) -> None:
    """Let everything that holds a word raise, with that text in the error."""
    respond = app.inbox.respond

    def responds(
        conversation: Conversation, item: Inbound, tapped: Tapped | None, world: World, standing: Standing
    ) -> Response:
        if word in item.said.text or word == item.timer:
            raise ValueError(f"cannot read {item.said.text}")
        return respond(conversation, item, tapped, world, standing)

    app.inbox.respond = responds


def _outcomes(tx: Connection) -> list[str]:
    return list(tx.execute(sa.select(inbound.c.outcome).order_by(inbound.c.id)).scalars())


async def test_what_is_received_twice_counts_once(process: Process) -> None:
    """The second time it is a duplicate: nothing is decided, said or entered."""
    item = process.message("/palidziba")
    assert ["command_palidziba", "duplicate"] == [await process.app.inbox.receive(item) for _ in range(2)]
    assert 1 == len(await process.tells())


async def test_what_two_processes_receive_at_once_counts_once(two: tuple[Process, Process]) -> None:
    """Whoever is later finds it in the ledger; also where the person was not known before."""
    one, _ = two
    items = [one.message("/palidziba", Address("chat", str(number))) for number in range(20)]
    outcomes = await asyncio.gather(*(process.app.inbox.receive(item) for item in items for process in two))
    assert [20, 20] == [outcomes.count(name) for name in ("command_palidziba", "duplicate")]
    assert [(20,)] == await one.look(sa.select(sa.func.count()).select_from(addresses))


async def test_one_persons_messages_are_decided_in_the_order_of_the_calls(process: Process) -> None:
    """However many are under way at once, each person's own are never swapped."""
    lines = ["/palidziba", "/valoda", "/privatums", "/stop", "/jautat"]
    await asyncio.gather(*(process.hears(line, sender) for line in lines for sender in (_ANNA, _BERTA)))
    query = sa.select(inbound.c.text).order_by(inbound.c.id)
    for sender in (_ANNA, _BERTA):
        assert [(line,) for line in lines] == await process.look(query.where(inbound.c.address == str(sender)))


async def test_two_processes_that_write_to_one_conversation_lose_nothing(two: tuple[Process, Process]) -> None:
    """Whoever comes second decides again on the new state: every message has changed the conversation once."""
    one, other = two
    await one.hears("/start")
    await asyncio.gather(*(process.hears("/valoda") for _ in range(3) for process in (one, other)))
    assert [(7,)] == await one.look(sa.select(conversations.c.version))
    assert 7 == len([text for process in (one, other) for text in await process.tells()])


async def test_what_can_not_be_handled_is_kept_and_holds_nobody_up(process: Process) -> None:
    """It is stored raw, the person hears that the fault is ours, administrators are told, the next message works."""
    _poisoned(process.app, "inde")
    said = (("inde", _ANNA), ("/palidziba", _ANNA), ("/palidziba", _BERTA))
    outcomes = await asyncio.gather(*(process.hears(text, sender) for text, sender in said))
    assert ["failed", "command_palidziba", "command_palidziba"] == outcomes
    [failed] = await process.app.inbox.failures()
    assert {"text": "inde"} == await process.app.inbox.raw_of(failed.id)
    assert [f"inbound:{failed.id}"] == list(await process.app.database.read(standing))
    assert [_SORRY] == [text for text in await process.tells() if text == _SORRY]


async def test_a_failure_that_comes_twice_is_told_once(process: Process) -> None:
    """Telegram may bring it again: it stands there already."""
    _poisoned(process.app, "inde")
    item = process.message("inde")
    assert ["failed", "failed"] == [await process.app.inbox.receive(item) for _ in range(2)]
    assert [_SORRY] == await process.tells()


async def test_secrets_are_masked_in_what_is_kept_raw(process: Process) -> None:
    """A personas kods is in no column of a failed entry: not in what was quoted, and not in the error."""
    _poisoned(process.app, "inde")
    code = "010190-12345"
    await process.hears(f"inde {code}", raw={"text": f"inde {code}", "reply_to_message": {"text": f"mans {code}"}})
    await process.app.inbox.refuse("chat", "unreadable", {"odd": [f"mans {code}"]}, f"ValueError: {code}")
    rows = await process.look(sa.select(inbound.c.text, inbound.c.raw, inbound.c.error))
    assert (2, False) == (len(rows), code in json.dumps(rows))


async def test_nobody_is_met_through_what_needs_no_answer(process: Process) -> None:
    """What is said in a group, and what can't be read, makes nobody a contact."""
    await process.hears("Sveiki visiem!", private=False)
    await process.app.inbox.receive(process.message("", kind=Kind.OTHER))
    assert ["group", "ignored"] == await process.app.database.read(_outcomes)
    assert [] == await process.look(sa.select(addresses.c.address))


async def test_a_failed_entry_is_tried_again_in_its_place(process: Process) -> None:
    """A trial that fails leaves it as it was; one that succeeds takes it over, and a second one changes nothing."""
    respond = process.app.inbox.respond
    _poisoned(process.app, "/palidziba")
    item = process.message("/palidziba")
    await process.app.inbox.receive(item)
    [failed] = await process.app.inbox.failures()
    assert "failed" == await process.app.inbox.receive(item, retries=failed.id)
    assert {"text": "/palidziba"} == await process.app.inbox.raw_of(failed.id)
    process.app.inbox.respond = respond
    outcomes = [await process.app.inbox.receive(item, retries=failed.id) for _ in range(2)]
    assert ["command_palidziba", "duplicate"] == outcomes
    assert [(failed.id, "command_palidziba", None, None)] == await process.look(
        sa.select(inbound.c.id, inbound.c.outcome, inbound.c.raw, inbound.c.error)
    )


async def test_what_was_erased_can_not_be_tried_again(process: Process) -> None:
    """After the retention time nothing is left of a failed entry but that it was; erasing it once is enough."""
    _poisoned(process.app, "inde")
    await process.hears("inde")
    [failed] = await process.app.inbox.failures()
    later = _NOW + timedelta(days=15)
    erase = [
        await process.app.database.write(lambda tx: privacy.forget_old_texts(tx, later, timedelta(days=14)))
        for _ in range(2)
    ]
    assert [True, False] == [count > 0 for count in erase]
    assert await process.app.inbox.raw_of(failed.id) is None


async def _timer(process: Process, kind: str) -> timers.Due:
    """Set a timer that is due."""
    await process.hears("/start")
    await process.tells()
    timer = Timer(key="t", due_at=_NOW, kind=kind, payload={"run": "none"})
    await process.app.database.write(lambda tx: timers.put(tx, 1, str(_ANNA), timer))
    [due] = await process.app.database.read(lambda tx: timers.due(tx, _NOW))
    return due


async def test_a_timer_that_fails_is_kept_and_can_be_tried_again(process: Process) -> None:
    """It is not carried out over and over, and not lost: what is kept raw makes the same timer again."""
    due = await _timer(process, "nudge")
    respond = process.app.inbox.respond
    _poisoned(process.app, "nudge")
    for _ in range(2):
        await process.app.duties.fire_due()
    [failed] = await process.app.inbox.failures()
    process.app.inbox.respond = respond
    raw = await process.app.inbox.raw_of(failed.id)
    assert due == timers.decode(raw["timer"])
    again = timer_inbound(timers.decode(raw["timer"]), _NOW)
    assert "nudge_not_needed" == await process.app.inbox.receive(again, retries=failed.id)


async def test_a_timer_that_is_overtaken_is_decided_again(two: tuple[Process, Process]) -> None:
    """Somebody writes through another process while a timer is decided: the timer is not lost over it."""
    one, other = two
    due = await _timer(one, "nudge")
    respond = one.app.inbox.respond
    tries = 0

    def responds(
        conversation: Conversation, item: Inbound, tapped: Tapped | None, world: World, standing: Standing
    ) -> Response:
        nonlocal tries
        tries += 1
        response = respond(conversation, item, tapped, world, standing)
        return Response(conversation=conversation.with_(nudges=1), outcome=response.outcome)

    one.app.inbox.respond = responds
    write = one.app.database.write

    async def overtaken(work: Callable[[Connection], Any]) -> Any:
        if tries == 1:
            await other.hears("/valoda")
        return await write(work)

    one.app.database.write = overtaken  # type: ignore[method-assign]
    assert "nudge_not_needed" == await one.app.inbox.receive(timer_inbound(due, _NOW))
    assert (2, []) == (tries, await one.app.database.read(lambda tx: timers.due(tx, _NOW)))


async def test_who_writes_again_can_be_reached_again(process: Process) -> None:
    """An address that was marked gone is used again as soon as something comes from it."""
    await process.hears("/start")
    await process.app.database.write(lambda tx: contacts.mark_gone(tx, _ANNA, _NOW, "Forbidden: blocked"))
    assert [] == await process.app.database.read(lambda tx: contacts.reachable(tx, 1))
    await process.hears("/palidziba")
    assert [_ANNA] == await process.app.database.read(lambda tx: contacts.reachable(tx, 1))
