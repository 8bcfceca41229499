"""The sender: each message meets its fate, broadcasts wait for replies, and one mistake stops nothing."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import Database
from bot.delivery import outbox
from bot.delivery.outbox import Lane, deliveries
from bot.delivery.sender import Failure, Sender
from bot.messages import CHANGES, Address, Destination, Fate, Outbound, Pace, SendError
from tests.transcripts.clock import MovedClock

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ANNA, _BERTA = Address("chat", "1"), Address("chat", "2")


@dataclass(eq=False)
class Phone:
    """A channel that keeps what arrives. `fates` are what the next sendings of a text meet with."""

    name: str = "chat"
    pace: Pace = Pace.ONE
    shown: list[tuple[str, Outbound]] = field(default_factory=list)
    fates: dict[str, list[SendError]] = field(default_factory=lambda: defaultdict(list))
    hold: asyncio.Event | None = None  # nothing is answered before it is set
    on_the_wire: int = 0
    _ids: "count[int]" = field(default_factory=lambda: count(1000))

    async def send(self, to: Destination, message: Outbound) -> str:
        """Show a message, or meet with its fate."""
        self.on_the_wire += 1
        if self.hold:
            await self.hold.wait()
        if self.fates[message.text]:
            raise self.fates[message.text].pop(0)
        self.shown.append((to.chat.ident, message))
        return str(next(self._ids))

    async def acknowledge(self, receipt: str, text: str) -> None:
        """Do nothing."""

    async def typing(self, chat: Address) -> None:
        """Do nothing."""

    @property
    def texts(self) -> list[str]:
        """What was shown, in order."""
        return [message.text for _, message in self.shown]


@dataclass(eq=False)
class Office:
    """An outbox with a sender before a phone."""

    database: Database
    phone: Phone
    clock: MovedClock
    failures: list[tuple[str, Fate, bool]] = field(default_factory=list)
    minds: Callable[[Connection, Failure, datetime], None] | None = None

    def sender(self, owner: str = "me") -> Sender:
        """Make a sender."""
        return Sender(self.database, {"chat": self.phone}, self.clock, owner, self._note)

    async def queue(self, chat: Address, *texts: str, lane: Lane = Lane.LIVE) -> None:
        """Queue messages."""
        messages = [Outbound(text=text) for text in texts]
        now = self.clock.now()
        await self.database.write(
            lambda tx: outbox.enqueue(tx, messages, chat=chat, now=now, contact_id=None, lane=lane)
        )

    async def announce(self, people: int) -> None:
        """Queue an announcement to so many people."""

        def enqueue(tx: Connection) -> None:
            for number in range(people):
                chat, news = Address("chat", str(number)), [Outbound(text=f"news {number}")]
                outbox.enqueue(tx, news, chat=chat, now=_NOW, contact_id=None, lane=Lane.BROADCAST)

        await self.database.write(enqueue)

    async def amend(self, text: str, lane: Lane = Lane.COSMETIC, kind: str = "edit") -> None:
        """Queue a change of the first message."""
        edit = Outbound(kind=kind, text=text)
        await self.database.write(lambda tx: outbox.change(tx, 1, edit, now=_NOW, lane=lane))

    async def change(self, statement: Any) -> None:
        """Change rows behind the sender's back."""
        await self.database.write(lambda tx: tx.execute(statement))

    async def rows(self) -> list[tuple[str, str, int]]:
        """Return every row's state, error and attempts."""
        query = sa.select(deliveries.c.state, deliveries.c.error, deliveries.c.attempts).order_by(deliveries.c.id)
        return await self.database.read(
            lambda tx: [(row.state, row.error or "", row.attempts) for row in tx.execute(query)]
        )

    def _note(self, tx: Connection, failure: Failure, now: datetime) -> None:
        self.failures.append((failure.row.message.text, failure.error.fate, failure.final))
        if self.minds:
            self.minds(tx, failure, now)


def _has(phone: Phone, text: str) -> bool:
    return text in phone.texts


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what is waited for is a list
            await asyncio.sleep(0.001)


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    """Return an outbox on SQLite."""
    async with _opened(sqlite_url) as office:
        yield office


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Office]:
    database = Database(url)
    yield Office(database, Phone(), MovedClock(_NOW))
    await database.close()


@pytest.mark.parametrize(
    ("fate", "lane", "state", "again_after", "final"),
    [
        (Fate.NOT_SENT, Lane.LIVE, "queued", 1, None),
        (Fate.UNKNOWN, Lane.LIVE, "queued", 1, None),
        (Fate.UNKNOWN, Lane.NOTICE, "queued", 1, None),
        (Fate.LATER, Lane.LIVE, "queued", 7, None),
        (Fate.NOT_SENT, Lane.BROADCAST, "queued", 1, None),
        (Fate.UNKNOWN, Lane.BROADCAST, "unknown", None, True),
        (Fate.REFUSED, Lane.LIVE, "failed", None, True),
        (Fate.GONE, Lane.LIVE, "failed", None, True),
        (Fate.GONE, Lane.BROADCAST, "failed", None, True),
    ],
)
async def test_each_fate_has_its_end(  # noqa: PLR0917 - what is given and what is expected
    office: Office,
    fate: Fate,
    lane: Lane,
    state: str,
    again_after: int | None,
    final: bool | None,  # noqa: FBT001
) -> None:
    """What never left or may have arrived goes again, a broadcast only if it surely did not; the rest is over."""
    office.phone.fates["m"] = [SendError(fate, "because", wait=7)]
    await office.queue(_ANNA, "m", lane=lane)
    await office.sender().drain()
    [(found, because, _)] = await office.rows()
    assert (state, "because") == (found, because)
    due = await office.database.read(lambda tx: tx.execute(sa.select(deliveries.c.due_at)).scalar_one())
    assert again_after is None or _NOW + timedelta(seconds=again_after) == due
    assert ([] if final is None else [("m", fate, final)]) == office.failures


async def test_what_never_left_is_tried_for_a_day(office: Office) -> None:
    """An outage of an hour loses no reply: it goes half a minute after the network is back, at the latest."""
    office.phone.fates["m"] = [SendError(Fate.NOT_SENT, "no connection") for _ in range(200)]
    await office.queue(_ANNA, "m")
    sender = office.sender()
    for _ in range(200):
        await sender.drain()
        office.clock.move(timedelta(seconds=30))
    await sender.drain()
    assert (["m"], [("sent", "", 201)]) == (office.phone.texts, await office.rows())


async def test_a_wait_is_no_attempt(office: Office) -> None:
    """A chat that Telegram holds back for long does not use up the attempts of its messages."""
    office.phone.fates["m"] = [SendError(Fate.LATER, "429", wait=0) for _ in range(50)]
    await office.queue(_ANNA, "m")
    sender = office.sender()
    for _ in range(51):
        await sender.drain()
    assert [("sent", "", 1)] == await office.rows()


async def test_a_reply_passes_a_thousand_broadcasts(office: Office) -> None:
    """Replies that come while announcements go out are next, whatever waits; and each announcement goes once."""
    await office.announce(1000)
    sender = office.sender()
    running = asyncio.create_task(sender.run())
    passed = []
    for number in range(20):
        reply, before = f"reply {number}", len(office.phone.shown)
        await office.queue(Address("chat", str(number)), reply)
        sender.wake()
        await _until(partial(_has, office.phone, reply))
        passed.append(office.phone.texts.index(reply) - before)
    sender.stop()
    await running
    assert len(office.phone.texts) == len(set(office.phone.texts))
    # Before a reply go at most the announcements that had their turn already: those of 0.3 seconds.
    assert [] == [count for count in passed if count > 9]


async def test_only_one_process_paces_broadcasts(database_url: str) -> None:
    """The pace is one for the installation: while one process has it, others send replies only."""
    async with _opened(database_url) as office:
        one, other = office.sender("one"), office.sender("other")
        await office.queue(_ANNA, "news 1", lane=Lane.BROADCAST)
        await one.drain()
        await office.queue(_ANNA, "news 2", lane=Lane.BROADCAST)
        await office.queue(_BERTA, "reply")
        await other.drain()
        assert ["news 1", "reply"] == office.phone.texts
        await one.drain()
        assert ["news 1", "reply", "news 2"] == office.phone.texts


async def test_a_row_that_can_not_be_read_ends_and_holds_nobody_up(office: Office) -> None:
    """A row of another release, or one that was erased too early, fails by itself; its chat goes on."""
    await office.queue(_ANNA, "a", "b")
    await office.queue(_BERTA, "c")
    first = deliveries.c.id == 1
    await office.change(sa.update(deliveries).where(first).values(body={"rows": [[{"colour": "green"}]], "text": "a"}))
    await office.sender().drain()
    assert ["b", "c"] == sorted(office.phone.texts)
    assert [("failed", "the row can't be read", 1), ("sent", "", 1), ("sent", "", 1)] == await office.rows()
    assert [("", Fate.REFUSED, True)] == office.failures


async def test_a_mistake_in_minding_a_failure_stops_nothing(office: Office) -> None:
    """Whoever draws the consequences of a refusal may raise: the row has ended, the others go, nothing is half done."""

    def raises(tx: Connection, failure: Failure, _: datetime) -> None:
        tx.execute(sa.update(deliveries).where(deliveries.c.id == failure.row.id).values(error="half done"))
        raise LookupError("no such template")

    office.minds = raises
    office.phone.fates["a"] = [SendError(Fate.REFUSED, "bad markup")]
    await office.queue(_ANNA, "a", "b")
    await office.sender().drain()
    assert [("failed", "bad markup", 1), ("sent", "", 1)] == await office.rows()


async def test_a_change_waits_for_its_message_and_only_the_last_one_goes(office: Office) -> None:
    """Three changes queued while the message itself waits: the message goes first, then the third change of it."""
    await office.queue(_ANNA, "card")
    for version in (1, 2, 3):
        await office.amend(f"card {version}", Lane.LIVE)
    await office.sender().drain()
    assert [("card", ""), ("card 3", "1000")] == [(sent.text, sent.target_ref) for _, sent in office.phone.shown]
    overtaken = ("skipped", "overtaken by a later change", 0)
    assert [("sent", "", 1), overtaken, overtaken, ("sent", "", 1)] == await office.rows()


async def test_a_change_overtakes_its_own_kind_and_a_deletion_all(office: Office) -> None:
    """An emoji and a new text are two matters, and both go; of what is to be deleted nothing is changed before."""
    await office.queue(_ANNA, "card")
    await office.amend("card 2", Lane.LIVE)
    await office.amend("👍", Lane.LIVE, kind="reaction")
    await office.amend("card 3", Lane.LIVE)
    await office.sender().drain()
    assert ["card", "👍", "card 3"] == office.phone.texts
    await office.amend("card 4", Lane.LIVE)
    await office.amend("🙏", Lane.LIVE, kind="reaction")
    await office.amend("", Lane.LIVE, kind="delete")
    await office.sender().drain()
    assert ["delete"] == [message.kind for _, message in office.phone.shown[3:]]


async def test_what_waits_may_read_otherwise_and_what_has_gone_may_not(office: Office) -> None:
    """A message is rewritten, or taken back, until it is sent; afterwards neither is promised."""
    await office.queue(_ANNA, "card", "bill")

    def rewrites(text: str) -> Callable[[Connection], bool]:
        return lambda tx: outbox.rewrite(tx, 1, Outbound(text=text))

    assert await office.database.write(rewrites("card 2"))
    assert not await office.database.write(lambda tx: outbox.withdraw(tx, 2, 7, "undone", _NOW))  # another person's
    await office.sender().drain()
    assert not await office.database.write(rewrites("card 3"))
    assert ["card 2", "bill"] == office.phone.texts


@pytest.mark.parametrize("kind", sorted(CHANGES))
async def test_a_change_of_what_never_arrived_is_skipped(office: Office, kind: str) -> None:
    """There is nothing to change, and the chat goes on."""
    office.phone.fates["card"] = [SendError(Fate.REFUSED, "bad markup")]
    await office.queue(_ANNA, "card")
    await office.amend("card 2", kind=kind)
    await office.queue(_ANNA, "next")
    await office.sender().drain()
    assert ["next"] == office.phone.texts
    assert ["failed", "skipped", "sent"] == [state for state, _, _ in await office.rows()]


async def test_a_cosmetic_change_lets_every_reply_pass(office: Office) -> None:
    """Of one chat, a change that only looks nicer goes when nothing else waits."""
    await office.queue(_ANNA, "card")
    await office.sender().drain()
    await office.amend("card 2")
    await office.queue(_ANNA, "a", "b")
    await office.sender().drain()
    assert ["card", "a", "b", "card 2"] == office.phone.texts


async def test_told_to_stop_it_knows_what_it_does_not_know(office: Office) -> None:
    """What is still on the wire when time is up may have arrived: a reply goes again later, a broadcast does not."""
    office.phone.hold = asyncio.Event()
    await office.queue(_ANNA, "reply", "next")
    await office.queue(_BERTA, "news", lane=Lane.BROADCAST)
    sender = office.sender()
    running = asyncio.create_task(sender.run())
    await _until(lambda: office.phone.on_the_wire == 2)
    sender.stop()
    await running
    assert [("queued", "stopped", 1), ("queued", "", 0), ("unknown", "stopped", 1)] == await office.rows()


async def test_a_round_that_fails_is_not_the_last(office: Office) -> None:
    """Whatever goes wrong with the database once, the results are recorded and the next messages go."""
    write, broken = office.database.write, [RuntimeError("odd"), RuntimeError("odd")]

    async def sometimes(work: Callable[[Connection], Any]) -> Any:
        if broken:
            raise broken.pop()
        return await write(work)

    await office.queue(_ANNA, "a")
    office.database.write = sometimes  # type: ignore[method-assign]
    sender = office.sender()
    sender.poll_seconds = 0.01
    running = asyncio.create_task(sender.run())
    await _until(lambda: bool(office.phone.texts))
    sender.stop()
    await running
    assert [("sent", "", 1)] == await office.rows()
