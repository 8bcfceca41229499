"""Health: silence, queues and failures are found, told to administrators, and shown to whoever looks."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot import health, leases, pulses
from bot.alarms import Alarms, standing
from bot.channels.telegram import TelegramChannel
from bot.database import Database
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.inbox import ledger
from bot.inbox.ledger import inbound
from bot.messages import LETTERS, Address, Inbound, Kind, Outbound
from bot.notices import Notices
from bot.service import Service
from bot.settings import Secret, Settings
from bot.words import Words
from tests.botapi import Server
from tests.transcripts.clock import MovedClock

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ANNA = Address("telegram", "1")
_ADMINS = -1001000999
_POLL, _WEBHOOK = "poll:4200000", "webhook:4200000"


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        yield connection
    database.dispose()


def _found(tx: Connection, minutes: float = 0, pulse: str = "", patience: float = 10) -> list[tuple[str, str]]:
    """Return what is found some minutes later: kind and the beginning of what."""
    now = _NOW + timedelta(minutes=minutes)
    found = health.findings(tx, now, pulse=pulse, patience=timedelta(minutes=patience))
    return [(finding.kind, finding.what.partition(" since")[0]) for finding in found]


def _fail(tx: Connection, number: int, raw: object) -> None:
    item = Inbound(
        channel="telegram",
        external_id=str(number),
        kind=Kind.MESSAGE,
        sender=_ANNA,
        chat=_ANNA,
        said_at=_NOW,
        received_at=_NOW,
    )
    ledger.enter(tx, item, None, "failed", raw=raw, error="KeyError")


def test_nothing_is_wrong_with_a_new_house(tx: Connection) -> None:
    """Without a bot there is nobody to be silent."""
    assert [] == _found(tx)


def test_failed_messages_are_named_while_they_can_be_tried_again(tx: Connection) -> None:
    """The newest five by number; once their content is erased there is nothing left to do about them."""
    for number in range(7):
        _fail(tx, number, {"text": "x"})
    assert [("inbound", "messages that could not be handled: 7, 6, 5, 4, 3 ...")] == _found(tx)
    tx.execute(sa.update(inbound).values(raw=None))
    assert [] == _found(tx)


def test_a_reply_that_waits_for_more_than_a_minute_is_told(tx: Connection) -> None:
    """Announcements and notices may wait; a person may not."""
    for lane in (Lane.NOTICE, Lane.BROADCAST, Lane.COSMETIC):
        outbox.enqueue(tx, [Outbound(text="x")], chat=_ANNA, now=_NOW, contact_id=None, lane=lane)
    assert [] == _found(tx, minutes=30)
    outbox.enqueue(tx, [Outbound(text="x")], chat=_ANNA, now=_NOW, contact_id=None)
    assert [] == _found(tx, minutes=1)
    assert [("queue", "a reply has been waiting for 61 s")] == _found(tx, minutes=61 / 60)


def test_a_letter_may_wait_for_an_hour(tx: Connection) -> None:
    """Servers put letters off for minutes, and an hour's quota may be used up: nothing to wake anybody for."""
    outbox.enqueue(tx, [Outbound(text="x")], chat=Address(LETTERS, "anna@example.org"), now=_NOW, contact_id=None)
    assert [] == _found(tx, minutes=60)
    assert [("queue", "a reply has been waiting for 3660 s")] == _found(tx, minutes=61)


def test_polling_that_fails_for_ten_minutes_is_told(tx: Connection) -> None:
    """Before that it is a hiccup; who looks by themselves sees it at once, with what is wrong."""
    pulses.beat(tx, _POLL, _NOW)
    pulses.miss(tx, _POLL, _NOW + timedelta(minutes=1), "NetworkError: no route")
    assert [] == _found(tx, 9.9, _POLL)
    assert [("poll", "Telegram, not well")] == _found(tx, 10, _POLL)
    assert [("poll", "Telegram, not well")] == _found(tx, 1, _POLL, patience=0)
    pulses.beat(tx, _POLL, _NOW + timedelta(minutes=11))
    assert [] == _found(tx, 12, _POLL)


def test_silence_is_told_where_nobody_even_tries(tx: Connection) -> None:
    """No worker runs, or it hangs: the pulse neither beats nor misses."""
    assert [("poll", "nobody has asked Telegram for anything yet")] == _found(tx, 0, _POLL)
    pulses.beat(tx, _POLL, _NOW)
    assert [] == _found(tx, 10, _POLL)
    assert [("poll", "nobody has asked Telegram")] == _found(tx, 10.1, _POLL)


def test_a_mailbox_that_can_not_be_looked_into_for_ten_minutes_is_told(tx: Connection) -> None:
    """Whether its server is down, refuses us, or nobody looks; beside Telegram, which may be well."""
    mail = "mail:koki@example.lv"

    def found(minutes: float) -> list[tuple[str, str]]:
        told = health.findings(tx, _NOW + timedelta(minutes=minutes), pulse="", mail=mail)
        return [(finding.kind, finding.what.partition(" since")[0]) for finding in told]

    assert [("mail", "nobody has looked into the mailbox yet")] == found(0)
    pulses.beat(tx, mail, _NOW)
    pulses.miss(tx, mail, _NOW + timedelta(minutes=1), "the server refuses our login")
    assert [[], [("mail", "mailbox, not well")]] == [found(9.9), found(10)]
    pulses.beat(tx, mail, _NOW + timedelta(minutes=11))
    assert [[], [("mail", "nobody has looked into the mailbox")]] == [found(21), found(21.1)]


def test_the_webhooks_last_error_is_told_at_once(tx: Connection) -> None:
    """Telegram tells of it only after it has failed: there is no hiccup to wait for."""
    pulses.beat(tx, _WEBHOOK, _NOW)
    pulses.miss(tx, _WEBHOOK, _NOW, "Connection refused")
    assert [("webhook", "Telegram, not well")] == _found(tx, 0.1, _WEBHOOK)


def test_what_rang_is_repeated_for_a_day(tx: Connection) -> None:
    """A refused message leaves nothing in the database to be found, so its alarm is shown."""
    alarms = Alarms(notices=Notices(words=Words(), chat=None))
    alarms.ring(tx, "refused:BadRequest: can't parse entities", _NOW, delivery=1, reason="x")
    assert [("refused", "BadRequest: can't parse entities, 1 times")] == _found(tx, 60)


@pytest.fixture
async def service(
    sqlite_url: str, tmp_path: Path, botapi: Server
) -> AsyncIterator[tuple[Service, house.App, MovedClock]]:
    """Return a service that is looked after by hand, its app and its clock; administrators have a group."""
    botapi.group(_ADMINS, "Administratori", forum=False)
    settings = Settings(
        telegram_token=Secret(botapi.token),
        telegram_api_url=botapi.url,
        database_url=Secret(sqlite_url),
        data_dir=tmp_path,
        admin_chat_id=str(_ADMINS),
    )
    clock = MovedClock(_NOW)
    channel = TelegramChannel(settings.telegram_token, settings.telegram_api_url)
    app = house.build(settings, {"telegram": channel}, clock)
    yield Service(app, web=False, worker=True), app, clock
    await channel.close()
    await app.close()


async def _told_after(service: tuple[Service, house.App, MovedClock], minutes: float, server: Server) -> list[str]:
    """Let time pass, look, and return what administrators have been told by then."""
    watch, app, clock = service
    clock.move(timedelta(minutes=minutes))
    await watch.look()
    await app.sender.drain()
    return [seen.text.splitlines()[0] for seen in server.group(_ADMINS).inbox]


async def test_administrators_hear_of_silence_and_not_too_often(
    service: tuple[Service, house.App, MovedClock], botapi: Server
) -> None:
    """Ten minutes without a successful poll ring once, again after half an hour, and no more when it is over."""
    _, app, clock = service
    silence = "⚠️ Telegram neatbild"
    await app.database.write(lambda tx: pulses.beat(tx, _POLL, _NOW))
    assert [] == await _told_after(service, 9, botapi)
    assert [silence] == await _told_after(service, 2, botapi)
    assert [silence] == await _told_after(service, 20, botapi)
    assert [silence, f"{silence} (3×)"] == await _told_after(service, 10, botapi)
    await app.database.write(lambda tx: pulses.beat(tx, _POLL, clock.now()))
    assert 2 == len(await _told_after(service, 5, botapi))
    assert 2 == len(await _told_after(service, 4, botapi))
    await app.database.write(lambda tx: pulses.beat(tx, _POLL, clock.now() + timedelta(minutes=40)))
    await _told_after(service, 40, botapi)
    assert {} == await app.database.read(standing)


async def test_only_one_process_watches(service: tuple[Service, house.App, MovedClock], botapi: Server) -> None:
    """Three workers find the same silence; one of them tells."""
    _, app, _ = service
    await app.database.write(lambda tx: leases.take(tx, "watch", "another", 60))
    assert [] == await _told_after(service, 60, botapi)


async def test_a_failed_message_is_told_once_by_whoever_met_it(
    service: tuple[Service, house.App, MovedClock], botapi: Server
) -> None:
    """The watch does not tell of it again."""
    _, app, _ = service
    await app.database.write(lambda tx: pulses.beat(tx, _POLL, _NOW + timedelta(hours=1)))
    await app.inbox.refuse("telegram", "1", {"odd": True}, "KeyError: 'chat'")
    told = ["⚠️ Ziņu neizdevās apstrādāt"]
    assert told == await _told_after(service, 1, botapi)
    assert told == await _told_after(service, 45, botapi)


async def test_a_staff_chat_that_is_gone_is_told(
    service: tuple[Service, house.App, MovedClock], botapi: Server
) -> None:
    """A person who blocks us is no alarm; a chat of ours that can't be written to is one: nobody there would notice."""
    _, app, _ = service
    staff = Address("telegram", "-1001000500")
    botapi.group(int(staff.ident)).removes_bot(botapi.person(8))
    notice = [Outbound(text="#7 Grib runāt ar cilvēku")]
    lane = Lane.NOTICE
    await app.database.write(lambda tx: outbox.enqueue(tx, notice, chat=staff, now=_NOW, contact_id=None, lane=lane))
    await app.database.write(lambda tx: pulses.beat(tx, _POLL, _NOW))
    await app.sender.drain()
    told = await _told_after(service, 1, botapi)
    assert ["⚠️ Telegram nepieņem mūsu ziņu"] == told
