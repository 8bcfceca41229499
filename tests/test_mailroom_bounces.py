"""Letters that come back: an address that does not work is remembered, and nobody is believed about too much."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.alarms import standing
from bot.channels.email.imap import Arrived
from bot.channels.email.token import sign
from bot.delivery import outbox
from bot.delivery.outbox import Lane, deliveries
from bot.inbox import ledger
from bot.mailroom import records
from bot.messages import Address, Outbound
from bot.people import contacts
from tests.letters import SECRET, Post, letter, posted
from tests.transcripts.clock import MovedClock

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ANNA = Address("mailto", "anna@example.org")
_PROMPT = "a2b3c4d5e6f7g2h3"
_REPORT = """\
From: MAILER-DAEMON@mx.example.lv
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report{number}@mx.example.lv>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.lv

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}

--b
Content-Type: message/rfc822

Message-ID: <{message_id}>
From: koki@example.lv
To: {address}
Subject: Koki

x
--b--
"""


def _report(
    number: int, *, status: str, message_id: str = "?", to: str = "koki@example.lv", of: Address = _ANNA
) -> bytes:
    text = _REPORT.format(
        number=number,
        to=to,
        address=of.ident,
        status=status,
        message_id=message_id,
    )
    return text.replace("\n", "\r\n").encode()


@pytest.fixture
async def post(database_url: str, tmp_path: Path) -> AsyncIterator[Post]:
    """Return a mailroom whose letters are brought by hand; Anna has been sent one, and so has somebody of staff."""
    async with posted("imap://a:b@127.0.0.1:1", database_url, tmp_path, MovedClock(_NOW)) as made:
        await made.app.database.write(_begin)
        yield made


def _begin(tx: Connection) -> None:
    anna = contacts.add(tx, _ANNA, _NOW)
    for chat, contact, lane, ref in (
        (_ANNA, anna, Lane.LIVE, "ours@example.lv"),
        (Address("mailto", "staff@example.lv"), None, Lane.NOTICE, "<notice@example.lv>"),
    ):
        outbox.enqueue(tx, [Outbound(text="x")], chat=chat, now=_NOW, contact_id=contact, lane=lane)
        tx.execute(sa.update(deliveries).where(deliveries.c.chat == str(chat)).values(message_ref=ref, state="sent"))
    ledger.show(tx, anna, {"id": _PROMPT, "run_id": "", "questions": [], "options": []}, _NOW)


async def _bring(post: Post, *raws: bytes) -> None:
    for raw in raws:
        uid = 1 + len(await post.outcomes())
        assert await post.room.take(1, [Arrived(uid=uid, raw=raw, size=len(raw), arrived_at=_NOW)], uid)


async def _gone(post: Post) -> str | None:
    query = sa.select(contacts.addresses.c.gone_because).where(contacts.addresses.c.address == str(_ANNA))
    return await post.look(lambda tx: tx.execute(query).scalar())


async def test_a_letter_of_ours_that_can_not_be_delivered_ends_the_address(post: Post) -> None:
    """The report names the letter that we sent there: nothing is sent there until the person writes again."""
    await _bring(post, _report(1, status="5.1.1", message_id="ours@example.lv"))
    assert (["bounce"], "letters come back: 5.1.1") == (await post.outcomes(), await _gone(post))
    assert [] == await post.texts()


async def test_the_address_that_the_report_was_sent_to_proves_it_as_well(post: Post) -> None:
    """Some servers give our letters another number; our token in their own address they leave alone."""
    to = f"koki+bounce-{sign(_PROMPT, _ANNA.ident, SECRET)}@example.lv"
    await _bring(post, _report(1, status="5.1.1", to=to))
    assert "letters come back: 5.1.1" == await _gone(post)


async def test_anybody_can_write_a_report(post: Post) -> None:
    """One about a letter that we never sent counts a little, and ends nothing."""
    await _bring(post, _report(1, status="5.1.1", message_id="made-up@example.org"))
    assert (["bounce"], None) == (await post.outcomes(), await _gone(post))


async def test_what_comes_back_again_and_again_ends_the_address(post: Post) -> None:
    """A full mailbox, five times without a word from the person."""
    await _bring(post, *[_report(number, status="4.2.2", message_id="ours@example.lv") for number in range(4)])
    assert None is await _gone(post)
    await _bring(post, _report(9, status="4.2.2", message_id="ours@example.lv"))
    assert "letters come back: 4.2.2" == await _gone(post)


async def test_who_writes_is_there(post: Post) -> None:
    """A letter from the person takes everything back that was counted before."""
    reports = [_report(number, status="4.2.2", message_id="ours@example.lv") for number in range(5)]
    await _bring(post, *reports[:4])
    clock = post.app.clock
    assert isinstance(clock, MovedClock)
    clock.move(timedelta(hours=1))
    await _bring(post, letter("labdien", number="w"))
    clock.move(timedelta(hours=1))
    await _bring(post, reports[4])
    assert None is await _gone(post)


async def test_a_notice_to_staff_that_comes_back_raises_the_alarm(post: Post) -> None:
    """Who should have heard of a case has not: administrators hear of that by another way."""
    staff = Address("mailto", "staff@example.lv")
    await _bring(post, _report(1, status="5.1.1", message_id="notice@example.lv", of=staff))
    assert ["bounce:1"] == list(await post.look(standing))


async def test_the_same_report_counts_once(post: Post) -> None:
    """However often it is fetched."""
    report = _report(1, status="4.2.2", message_id="ours@example.lv")
    for _ in range(3):
        assert await post.room.take(1, [Arrived(uid=1, raw=report, size=len(report), arrived_at=_NOW)], 1)
    await _bring(post, report)
    counted = sa.select(sa.func.count()).select_from(records.bounces)
    assert 1 == await post.look(lambda tx: tx.execute(counted).scalar_one())
