"""The outbox: who may go, in which order, and what becomes of a row whose process died."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import leases
from bot.database import Database
from bot.delivery import claiming, outbox
from bot.delivery.outbox import Finished, Lane, deliveries
from bot.delivery.pacing import Turns
from bot.messages import Address, Outbound

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ANNA, _BERTA = Address("telegram", "1"), Address("telegram", "2")


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        yield connection
    database.dispose()


def _queue(tx: Connection, chat: Address, *texts: str, lane: Lane = Lane.LIVE) -> None:
    outbox.enqueue(tx, [Outbound(text=text) for text in texts], chat=chat, now=_NOW, contact_id=None, lane=lane)


def _claim(tx: Connection, owner: str = "me", limit: int = 10, now: datetime = _NOW) -> list[str]:
    return [row.message.text for row in claiming.claim(tx, owner, now, limit)]


def _end(tx: Connection, text: str, state: str = "sent", owner: str = "me", **more: object) -> None:
    ids = {row.body["text"]: row.id for row in tx.execute(sa.select(deliveries.c.id, deliveries.c.body))}
    outbox.finish(tx, owner, [Finished(id=ids[text], state=state, **more)], _NOW)  # type: ignore[arg-type]


def test_only_the_head_of_each_chat_may_go(tx: Connection) -> None:
    """While a chat's first message is on the wire, its second waits; other chats do not."""
    _queue(tx, _ANNA, "a1", "a2")
    _queue(tx, _BERTA, "b1")
    assert ["a1", "b1"] == _claim(tx)
    assert [] == _claim(tx)
    _end(tx, "a1")
    assert ["a2"] == _claim(tx)


def test_a_row_that_waits_for_its_retry_holds_its_own_chat_only(tx: Connection) -> None:
    """A refused message keeps its place: nothing of the same chat passes it, everything of others does."""
    _queue(tx, _ANNA, "a1", "a2")
    _claim(tx)
    _end(tx, "a1", "queued", due_at=_NOW + timedelta(seconds=5))
    _queue(tx, _BERTA, "b1")
    assert ["b1"] == _claim(tx)
    assert ["a1"] == _claim(tx, now=_NOW + timedelta(seconds=6))


@pytest.mark.parametrize("state", ["failed", "skipped", "unknown", "sent"])
def test_an_ended_row_releases_its_chat(tx: Connection, state: str) -> None:
    """However a message ended, the next one goes."""
    _queue(tx, _ANNA, "a1", "a2")
    _claim(tx)
    _end(tx, "a1", state)
    assert ["a2"] == _claim(tx)


def test_a_live_reply_passes_a_broadcast_and_nothing_passes_a_live_reply(tx: Connection) -> None:
    """Within a chat the lane decides first, then the age; between chats live replies are claimed first."""
    _queue(tx, _ANNA, "news", lane=Lane.BROADCAST)
    _queue(tx, _BERTA, "news too", lane=Lane.BROADCAST)
    _queue(tx, _ANNA, "reply")
    assert ["reply"] == _claim(tx, limit=1)
    assert ["news too"] == _claim(tx)
    _end(tx, "reply")
    assert ["news"] == _claim(tx)


def test_no_more_rows_are_claimed_than_asked_for(tx: Connection) -> None:
    """The limit holds over all lanes together."""
    for number in range(5):
        _queue(tx, Address("telegram", str(10 + number)), f"m{number}")
    assert ["m0", "m1", "m2"] == _claim(tx, limit=3)


def test_the_result_of_a_process_that_lost_its_row_is_ignored(tx: Connection) -> None:
    """A process that was taken for dead and wakes up can't overwrite what another one has done since."""
    _queue(tx, _ANNA, "a1")
    _claim(tx, owner="slow")
    assert (1, 0) == outbox.take_back(tx, living=["other"], now=_NOW)
    _claim(tx, owner="other")
    _end(tx, "a1", "failed", owner="slow")
    _end(tx, "a1", "sent", owner="other", message_ref="77")
    row = tx.execute(sa.select(deliveries.c.state, deliveries.c.message_ref, deliveries.c.attempts)).one()
    assert ("sent", "77", 2) == tuple(row)


def test_what_a_dead_process_was_sending_is_repeated_for_a_reply_and_left_open_for_a_broadcast(tx: Connection) -> None:
    """Nobody knows whether it arrived: a reply goes again, a broadcast is for the coordinator to decide."""
    _queue(tx, _ANNA, "reply")
    _queue(tx, _BERTA, "news", lane=Lane.BROADCAST)
    _claim(tx, owner="dead")
    leases.take(tx, "alive:me", "me", 10)
    assert (1, 1) == outbox.take_back(tx, leases.living(tx, "alive:"), _NOW)
    states = {row.chat: row.state for row in tx.execute(sa.select(deliveries.c.chat, deliveries.c.state))}
    assert {str(_ANNA): "queued", str(_BERTA): "unknown"} == states


def test_an_edit_finds_the_message_that_it_changes_when_it_is_sent(tx: Connection) -> None:
    """The target's id is not known when the edit is queued; it is when the edit is claimed."""
    _queue(tx, _ANNA, "a1")
    _queue(tx, _ANNA, "a1 changed")
    first = tx.execute(sa.select(sa.func.min(deliveries.c.id))).scalar_one()
    edit = sa.update(deliveries).where(deliveries.c.id > first)
    tx.execute(edit.values(target_id=first, body={"kind": "edit", "text": "a1 changed"}))
    _claim(tx)
    _end(tx, "a1", message_ref="501")
    assert ["501"] == [row.message.target_ref for row in claiming.claim(tx, "me", _NOW, 10)]


def test_retries_grow_and_end() -> None:
    """1, 2, 4 ... seconds, at most a quarter of an hour, and then no more."""
    pauses = [outbox.retry_at(attempts, _NOW) for attempts in range(1, 13)]
    seconds = [(at - _NOW).total_seconds() if at else None for at in pauses]
    assert [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, None] == seconds


def test_a_moved_chat_takes_its_queue_along(tx: Connection) -> None:
    """What was queued for a group before it became a supergroup reaches its new id."""
    _queue(tx, _ANNA, "a1")
    outbox.redirect(tx, _ANNA, _BERTA)
    assert [_BERTA] == [row.chat for row in claiming.claim(tx, "me", _NOW, 10)]


def test_a_change_never_passes_its_own_message(tx: Connection) -> None:
    """Even an urgent change of an announcement that has not gone waits for it, in that announcement's lane."""
    _queue(tx, _ANNA, "news", lane=Lane.BROADCAST)
    outbox.change(tx, 1, Outbound(kind="edit", text="news, mended"), now=_NOW, lane=Lane.LIVE)
    assert ["news"] == _claim(tx)
    _end(tx, "news", message_ref="501")
    [row] = claiming.claim(tx, "me", _NOW, 10)
    assert (Lane.BROADCAST, "501", "news, mended") == (row.lane, row.message.target_ref, row.message.text)


def test_no_broadcast_is_claimed_where_none_is_wanted(tx: Connection) -> None:
    """Who does not pace them, or has no turn for them, takes replies only; `limit` holds over both."""
    for number in range(4):
        _queue(tx, Address("telegram", str(10 + number)), f"news {number}", lane=Lane.BROADCAST)
    _queue(tx, _ANNA, "reply")
    assert ["reply"] == [row.message.text for row in claiming.claim(tx, "me", _NOW, 10, bulk=0)]
    _queue(tx, _BERTA, "reply too")
    claimed = [row.message.text for row in claiming.claim(tx, "me", _NOW, 10, bulk=2)]
    assert ["reply too", "news 0", "news 1"] == claimed
    assert ["news 2"] == [row.message.text for row in claiming.claim(tx, "me", _NOW, 1, bulk=2)]


def test_what_is_sent_and_what_others_wait_for_costs_a_claim_nothing(sqlite_url: str) -> None:
    """A claim finds its rows, and what must go before them, through indexes that hold only what waits."""
    database = Database(sqlite_url)
    with database.engine.begin() as tx:
        statements: list[tuple[str, tuple[object, ...]]] = []

        @sa.event.listens_for(database.engine, "before_cursor_execute")
        def note(_c: object, _cursor: object, sql: str, given: tuple[object, ...], *_: object) -> None:
            statements.append((sql, given))

        claiming.claim(tx, "me", _NOW, 10)
        claiming.bulk_waits(tx, _NOW)
        claiming.waits_in(tx, _ANNA, _NOW)
        claiming.claim_in(tx, "me", _ANNA, _NOW, Turns(9, 9))
        plans = [
            str(row[-1])
            for sql, given in list(statements)
            for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)
        ]
    database.dispose()
    assert [] == [step for step in plans if step.startswith("SCAN") and "INDEX" not in step]
    assert {"ix_deliveries_live", "ix_deliveries_bulk", "ix_deliveries_active"} == {
        word for step in plans for word in step.split() if word.startswith("ix_")
    }


def test_in_a_group_what_can_wait_goes_by_when_it_is_wanted(tx: Connection) -> None:
    """First what can't wait, then topics in the order of their promises; never more than there are turns."""
    group = Address("telegram", "-100500")
    for number, hours in enumerate((9, 7, 8), start=1):
        for text in (f"open {number}", f"summary {number}"):
            wanted = _NOW + timedelta(hours=hours)
            outbox.put(
                tx, Outbound(text=text), chat=group, now=_NOW, contact_id=None, thread=f"t{number}", wanted_at=wanted
            )
    outbox.put(tx, Outbound(text="note"), chat=group, now=_NOW, contact_id=None, thread="t9")
    assert [] == [row.message.text for row in claiming.claim(tx, "me", _NOW, 10, apart=[group])]

    def claims(most: int, patient: int) -> list[str]:
        return [row.message.text for row in claiming.claim_in(tx, "me", group, _NOW, Turns(most, patient))]

    assert ["note", "open 2"] == claims(2, 2)
    assert [] == claims(2, 0)
    _end(tx, "open 2")
    assert ["summary 2", "open 3"] == claims(2, 2)
    assert ["open 1"] == claims(9, 9)
