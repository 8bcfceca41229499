"""Letters from the outbox to a real mail server: none is lost, none is two, and none holds up another."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.email.compose import Letterhead
from bot.channels.email.sending import EmailChannel
from bot.database import Database
from bot.delivery import outbox, pacing
from bot.delivery.outbox import Lane, deliveries
from bot.delivery.pacing import Pacer
from bot.delivery.sender import Failure, Sender
from bot.messages import Address, Envelope, Fate, Outbound
from tests.smtp_server import DROP, MailServer, mail_server
from tests.transcripts.clock import MovedClock

_NOW = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
_HEAD = Letterhead(address="koki@example.lv", secret="s" * 32, plus=True)
_LETTER = Outbound(text="Labdien!", envelope=Envelope(message_id="a@example.org", prompt="abcdefgh22345672"))
_ROOT = Path(__file__).parents[1]


@dataclass(eq=False)
class PostOffice:
    """An outbox with a sender before a mail server."""

    database: Database
    server: MailServer
    clock: MovedClock
    channel: EmailChannel
    sender: Sender
    failures: list[tuple[int, Fate]]

    async def queue(self, *idents: str, lane: Lane = Lane.LIVE, message: Outbound = _LETTER) -> None:
        """Queue a letter to each."""

        def enqueue(tx: Connection) -> None:
            for ident in idents:
                chat = Address("mailto", ident)
                outbox.enqueue(tx, [message], chat=chat, now=self.clock.now(), contact_id=None, lane=lane)

        await self.database.write(enqueue)

    async def work(self, *moves: timedelta) -> None:
        """Send what is due, then let time pass and send again."""
        await self.sender.drain()
        for move in moves:
            self.clock.move(move)
            await self.sender.drain()

    async def rows(self) -> list[tuple[str, str, int]]:
        """Return every row's state, error and attempts."""
        query = sa.select(deliveries.c.state, deliveries.c.error, deliveries.c.attempts).order_by(deliveries.c.id)
        return await self.database.read(
            lambda tx: [(row.state, row.error or "", row.attempts) for row in tx.execute(query)]
        )


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[PostOffice]:
    """Return an outbox on SQLite."""
    async with _opened(sqlite_url) as office:
        yield office


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[PostOffice]:
    async with mail_server() as server:
        database, clock = Database(url), MovedClock(_NOW)
        channel = EmailChannel(_HEAD, server.url, clock)
        failures: list[tuple[int, Fate]] = []

        def note(_: Connection, failure: Failure, __: datetime) -> None:
            failures.append((failure.row.id, failure.error.fate))

        sender = Sender(database, {channel.name: channel}, clock, "me", note)
        sender.pacer = Pacer(limits=pacing.Limits(bulk_per_second=5000))
        yield PostOffice(database, server, clock, channel, sender, failures)
        await channel.close()
        await database.close()


async def test_a_reply_that_may_have_arrived_goes_again_as_the_same_letter(office: PostOffice) -> None:
    """The server took it and hung up: it gets the letter once more, with the Message-ID that it knows already."""
    office.server.tell("end", DROP)
    await office.queue("anna@example.org")
    await office.work()
    assert [("queued", "SMTPServerDisconnected at end of DATA", 1)] == await office.rows()
    await office.work(timedelta(seconds=1))
    assert [("sent", "", 2)] == await office.rows()
    assert (2, 1) == (len(office.server.ids), len(set(office.server.ids)))


async def test_an_announcement_that_may_have_arrived_is_left_to_the_coordinator(office: PostOffice) -> None:
    """Nobody gets an announcement twice."""
    office.server.tell("end", DROP)
    await office.queue("anna@example.org", lane=Lane.BROADCAST)
    await office.work(timedelta(hours=1))
    assert [("unknown", "SMTPServerDisconnected at end of DATA", 1)] == await office.rows()
    assert 1 == len(office.server.ids)


async def test_a_letter_put_off_holds_up_nobody_else(office: PostOffice) -> None:
    """Greylisted, it waits its minute; other people's letters go meanwhile, announcements too, and it goes in the end.

    Its own second letter waits behind it.
    """
    office.server.tell("RCPT anna@example.org", "450 4.7.1 greylisted")
    await office.queue("anna@example.org", "anna@example.org", "berta@example.org")
    await office.work()
    await office.queue("cilda@example.org", lane=Lane.BROADCAST)
    await office.work()
    assert [("berta@example.org",), ("cilda@example.org",)] == [received.recipients for received in office.server.taken]
    await office.work(timedelta(seconds=60))
    assert ["sent"] * 4 == [state for state, _, _ in await office.rows()]
    assert ["anna@example.org"] * 2 == [received.recipients[0] for received in office.server.taken[2:]]


async def test_who_is_gone_and_who_is_refused_is_told(office: PostOffice) -> None:
    """An address that is no more and a letter that is not wanted end at once, each for what it is."""
    office.server.tell("RCPT anna@example.org", "550 5.1.1 no such user")
    office.server.tell("RCPT berta@example.org", "554 5.7.1 not wanted")
    await office.queue("anna@example.org", "berta@example.org", "jānis@example.org")
    await office.work()
    assert ["failed"] * 3 == [state for state, _, _ in await office.rows()]
    assert [(1, Fate.GONE), (2, Fate.REFUSED), (3, Fate.REFUSED)] == sorted(office.failures)


async def test_hundreds_of_letters_through_a_moody_server_end_exactly(office: PostOffice) -> None:
    """It hangs up, greylists, refuses, takes letters and hangs up: everybody is accounted for, and nobody gets two."""
    people = [f"a{number}@example.org" for number in range(300)]
    for number, ident in enumerate(people):
        if number % 10 == 1:
            office.server.tell(f"RCPT {ident}", "450 4.7.1 greylisted")
        if number % 10 == 2:
            office.server.tell(f"RCPT {ident}", "550 5.1.1 no such user")
        if number % 10 == 3:
            office.server.tell(f"RCPT {ident}", "421 4.7.0 too many")
    taken = 0

    def moody() -> None:
        nonlocal taken
        taken += 1
        if taken % 50 == 0:
            office.server.tell("end", DROP)  # meets the next letter

    office.server.on_end = moody
    await office.queue(*people, lane=Lane.BROADCAST)
    for _ in range(20):
        await office.work(timedelta(minutes=1))
    states = Counter(state for state, _, _ in await office.rows())
    got = Counter(received.recipients[0] for received in office.server.taken)
    assert {"sent", "failed", "unknown"} == set(states)
    assert (30, 300) == (states["failed"], states.total())
    assert 5 <= states["unknown"] <= 6
    assert states["sent"] + states["unknown"] == len(got) == len(office.server.taken) == len(set(office.server.ids))


async def test_the_hour_is_counted_from_the_outbox(sqlite_url: str) -> None:
    """A new process knows from the database what went out, and does not take a letter for two."""
    async with _opened(sqlite_url) as office:
        await office.queue("anna@example.org", "berta@example.org")
        await office.work()
        asked = []

        async def recent(since: datetime) -> Mapping[str, datetime]:
            asked.append(since)
            return await office.database.read(lambda tx: outbox.sent_since(tx, "mailto", since))

        office.clock.move(timedelta(minutes=10))
        restarted = EmailChannel(_HEAD, office.server.url, office.clock, hourly=3, recent=recent)
        office.sender.channels = {"mailto": restarted}
        await office.queue("cilda@example.org", "doroteja@example.org", "elza@example.org")
        await office.work()
        assert [_NOW - timedelta(minutes=50)] == asked
        assert ["sent"] * 3 + ["queued"] * 2 == [state for state, _, _ in await office.rows()]
        await office.work(timedelta(minutes=50))
        assert ["sent"] * 5 == [state for state, _, _ in await office.rows()]
        await restarted.close()


async def test_what_went_out_is_told_by_channel_and_time(office: PostOffice) -> None:
    """Other channels, older letters and those that failed don't count."""
    office.server.tell("RCPT anna@example.org", "550 5.1.1 no such user")
    await office.queue("anna@example.org", "berta@example.org")
    await office.work()
    count = await _read(office, lambda tx: outbox.sent_since(tx, "mailto", _NOW - timedelta(hours=1)))
    assert {office.server.ids[0].strip("<>"): _NOW} == count
    assert {} == await _read(office, lambda tx: outbox.sent_since(tx, "mailto", _NOW))
    assert {} == await _read(office, lambda tx: outbox.sent_since(tx, "mail", _NOW - timedelta(hours=1)))


@pytest.mark.parametrize("lane", [Lane.LIVE, Lane.BROADCAST])
async def test_killed_between_the_servers_answer_and_the_record(database_url: str, lane: Lane) -> None:
    """The next process sends a reply again with the same Message-ID, and leaves an announcement as unknown."""
    async with _opened(database_url) as office:
        await office.queue("anna@example.org", lane=lane)
        children: list[asyncio.subprocess.Process] = []

        def stop() -> None:
            # It never gets to see the answer that the server is about to give.
            os.kill(children[-1].pid, signal.SIGSTOP if len(children) == 1 else signal.SIGCONT)

        office.server.on_end = stop
        children.append(await _process(database_url, office.server.url))
        await office.server.until(lambda: len(office.server.ids) == 1)
        children[0].kill()
        await children[0].wait()
        assert [("sending", "", 1)] == await office.rows()
        children.append(await _process(database_url, office.server.url))
        assert 0 == await children[1].wait()
        [(state, _, _)] = await office.rows()
        live = lane is Lane.LIVE
        assert ("sent" if live else "unknown", 1 + live, 1) == (
            state,
            len(office.server.ids),
            len(set(office.server.ids)),
        )


async def test_shutting_down_lets_letters_finish(office: PostOffice) -> None:
    """Told to stop in the middle of fifty, each letter arrived and is recorded so, or waits for the next start."""

    def stop() -> None:
        if len(office.server.taken) == 10:
            office.sender.stop()

    office.server.on_end = stop
    await office.queue(*(f"a{number}@example.org" for number in range(50)))
    async with asyncio.timeout(30):
        await office.sender.run()
    await office.channel.close()
    states = Counter(state for state, _, _ in await office.rows())
    assert {"sent": len(office.server.taken), "queued": 50 - len(office.server.taken)} == +states
    assert states["sent"] >= 10


async def _read(office: PostOffice, query: Callable[[Connection], dict[str, datetime]]) -> dict[str, datetime]:
    return await office.database.read(query)


async def _process(database_url: str, smtp_url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.letter_process", database_url, smtp_url, cwd=_ROOT
    )
