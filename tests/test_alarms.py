"""Alarms: administrators hear of what is wrong once, not a thousand times, and the house remembers what they heard."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.alarms import Alarms, standing
from bot.database import Database
from bot.delivery.outbox import Lane, deliveries
from bot.messages import Address
from bot.notices import Notices
from bot.words import Words

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_HALF_AN_HOUR = timedelta(minutes=30)
_ADMINS = Address("telegram", "-100999")
_WORDS = Words()


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        yield connection
    database.dispose()


@pytest.fixture
def alarms() -> Alarms:
    """Return alarms with somebody to hear them."""
    return Alarms(notices=Notices(words=_WORDS, chat=_ADMINS))


def _told(tx: Connection) -> list[str]:
    """Return what administrators were told, first lines only."""
    rows = tx.execute(
        sa.select(deliveries.c.body, deliveries.c.chat, deliveries.c.lane).order_by(deliveries.c.id)
    ).all()
    assert {(str(_ADMINS), int(Lane.NOTICE))} >= {(row.chat, row.lane) for row in rows}
    return [row.body["text"].splitlines()[0] for row in rows]


def test_an_alarm_is_told_through_the_outbox(tx: Connection, alarms: Alarms) -> None:
    """It says what is wrong and which one it is, in the administrators' chat, behind the replies to people."""
    alarms.ring(tx, "inbound:7", _NOW, id=7)
    assert ["⚠️ Ziņu neizdevās apstrādāt"] == _told(tx)
    assert "id: 7" in tx.execute(sa.select(deliveries.c.body)).scalar_one()["text"]


def test_the_same_alarm_is_told_every_half_hour_with_how_often_it_rang(tx: Connection, alarms: Alarms) -> None:
    """In between it is counted; the next time it is told, the count stands beside it."""
    for minute in range(31):
        alarms.ring(tx, "queue", _NOW + timedelta(minutes=minute), what="a reply waits")
    assert ["⚠️ Atbildes kavējas rindā", "⚠️ Atbildes kavējas rindā (31×)"] == _told(tx)
    assert {"queue": (_NOW, 31)} == standing(tx)


def test_many_of_a_kind_are_told_together(tx: Connection, alarms: Alarms) -> None:
    """A broken release fails every message: after the third one by one, the rest is one alarm. Other kinds ring on."""
    for number in range(500):
        alarms.ring(tx, f"inbound:{number}", _NOW, id=number)
    alarms.ring(tx, "poll", _NOW, what="silence")
    assert ["⚠️ Ziņu neizdevās apstrādāt"] * 4 + ["⚠️ Telegram neatbild"] == _told(tx)
    assert (_NOW, 497) == standing(tx)["inbound"]


def test_without_a_chat_the_alarm_stands_all_the_same(tx: Connection) -> None:
    """`doctor` and /health repeat it."""
    Alarms(notices=Notices(words=_WORDS, chat=None)).ring(
        tx, "refused:BadRequest", _NOW, delivery=1, reason="BadRequest"
    )
    assert ([], {"refused:BadRequest": (_NOW, 1)}) == (_told(tx), standing(tx))


def test_what_is_over_is_forgotten_after_its_quiet_time(tx: Connection, alarms: Alarms) -> None:
    """A cause that is gone clears its kind, but not at once: what comes and goes is not told each time."""
    alarms.ring(tx, "poll", _NOW, what="silence")
    alarms.ring(tx, "refused:a", _NOW, delivery=1, reason="a")
    Alarms.clear(tx, "poll", _NOW + timedelta(minutes=5))
    alarms.ring(tx, "poll", _NOW + timedelta(minutes=6), what="silence")
    assert 2 == len(_told(tx))
    Alarms.clear(tx, "poll", _NOW + _HALF_AN_HOUR)
    assert ["refused:a"] == list(standing(tx))


def test_what_has_not_rung_for_a_day_is_history(tx: Connection, alarms: Alarms) -> None:
    """Alarms of what happened once need nobody to clear them."""
    alarms.ring(tx, "refused:a", _NOW, delivery=1, reason="a")
    alarms.ring(tx, "refused:b", _NOW + timedelta(hours=20), delivery=2, reason="b")
    Alarms.forget_old(tx, _NOW + timedelta(hours=25))
    assert ["refused:b"] == list(standing(tx))


def test_every_kind_has_words(tx: Connection, alarms: Alarms) -> None:
    """Whatever rings can be told, also with what Telegram or a library has put into it."""
    kinds = ("inbound", "refused", "queue", "poll", "webhook", "token", "object", "linking")
    keys = [kind + which for kind in kinds for which in ("", ":<b>& which", ":" + "x" * 500)]
    for key in keys:
        alarms.ring(tx, key, _NOW, what="<i>&", reason=key)
    assert len(keys) == len(_told(tx))
