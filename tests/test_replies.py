"""Replies to an event: which message is about it, and what its organiser reads."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.state import Act, Do, encode_act
from bot.database import Database
from bot.delivery.outbox import deliveries
from bot.inbox import ledger
from bot.messages import Address
from bot.outreach import about, announcements, events, replies
from bot.outreach.broadcasts import broadcasts
from bot.outreach.forgetting import forget_past
from bot.people import contacts
from bot.rooms import Scene

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_KEY = "e" * 16
_COME = Act(do=Do.EVENT, key="come", value=[_KEY, 0, 0])


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction, a person and an event."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        contact_id = contacts.add(connection, Address("telegram", "1"), _NOW)
        row = {
            "key": _KEY,
            "contact_id": contact_id,
            "chat": "telegram:1",
            "state": "planned",
            "title": "Stādām ozolus",
            "words": {"text": "", "where": "Ikšķilē", "contact": "", "pin": False},
            "answers": {},
            "audience": {},
            "places": 0,
            "starts_at": _NOW + timedelta(days=5),
            "planned_at": _NOW,
        }
        events.keep(connection, row)
        yield connection
    database.dispose()


def _told(tx: Connection, prompt: str, *acts: Act, ref: str = "7", at: datetime = _NOW) -> None:
    """Let the person have a message with these buttons."""
    options = [encode_act(act) for act in acts]
    ledger.show(tx, None, {"id": prompt, "run_id": "", "questions": [], "options": options}, at)
    row: dict[str, Any] = {"contact_id": _anna(tx), "chat": "telegram:1", "state": "sent", "lane": 0, "body": {}}
    row |= {"prompt_id": prompt, "message_ref": ref, "created_at": at, "due_at": at, "finished_at": at}
    tx.execute(sa.insert(deliveries).values(row))


def _anna(tx: Connection) -> int:
    contact_id = contacts.owner(tx, Address("telegram", "1"))
    assert contact_id
    return contact_id


def _found(tx: Connection, *, answers: str = "", reply_to: str = "", now: datetime = _NOW) -> tuple[str, bool] | None:
    found = about.event_of(tx, _anna(tx), answers, reply_to, now)
    return (found.event.key, found.replies) if found else None


def test_a_reply_is_about_what_it_replies_to(tx: Connection) -> None:
    """On Telegram by the message, by letter by its prompt; also when other things were said since."""
    _told(tx, "p" * 16, _COME, ref="7")
    _told(tx, "q" * 16, Act(do=Do.HELP), ref="8")
    assert (_KEY, True) == _found(tx, reply_to="7")
    assert (_KEY, True) == _found(tx, answers="p" * 16)
    assert _found(tx, reply_to="8") is None
    assert _found(tx) is None


def test_a_calendar_file_speaks_of_what_it_stands_under(tx: Connection) -> None:
    """It has no buttons, and is what people have before them when they write that they can't come."""
    _told(tx, "p" * 16, _COME, ref="7")
    row = {"contact_id": _anna(tx), "chat": "telegram:1", "state": "sent", "lane": 0, "body": {}, "message_ref": "8"}
    tx.execute(sa.insert(deliveries).values(**row, created_at=_NOW, due_at=_NOW, finished_at=_NOW))
    _told(tx, "q" * 16, Act(do=Do.HELP), ref="9")
    assert (_KEY, True) == _found(tx, reply_to="8")


def test_what_follows_an_announcement_may_be_about_it(tx: Connection) -> None:
    """For a week, unless something else was asked since."""
    _told(tx, "p" * 16, _COME)
    assert (_KEY, False) == _found(tx)
    assert _found(tx, now=_NOW + timedelta(days=8)) is None


def test_a_list_of_several_events_is_about_none(tx: Connection) -> None:
    """Whoever asks under it may mean any of them."""
    _told(tx, "p" * 16, _COME, Act(do=Do.EVENT, key="come", value=["x" * 16, 0]))
    assert _found(tx) is None


def test_only_a_reply_is_about_an_announcement_of_no_event(tx: Connection) -> None:
    """What follows it may be about anything; a reply to a later message is not about it."""
    written = {"key": "n" * 16, "contact_id": _anna(tx), "chat": "telegram:1", "title": "Stādu izdale"}
    announcements.keep(tx, {**written, "words": {"text": "."}, "answers": {}, "audience": {}, "written_at": _NOW})
    row = announcements.get(tx, "n" * 16)
    assert row is not None
    sent = {"key": "b" * 16, "kind": "news", "announcement_id": row.id, "contact_id": _anna(tx), "chat": "telegram:1"}
    sent |= {"state": "done", "urgent": False, "audience": {}, "prompt_id": "p" * 16, "control_id": "c" * 16}
    tx.execute(sa.insert(broadcasts).values(**sent, starts_at=_NOW, made_at=_NOW))
    _told(tx, "p" * 16, ref="7")
    _told(tx, "q" * 16, Act(do=Do.HELP), ref="8")
    found = [
        about.announcement_of(tx, _anna(tx), answers, reply_to)
        for answers, reply_to in (("", "7"), ("p" * 16, ""), ("", "8"), ("", ""), ("q" * 16, "7"))
    ]
    assert [row.id, row.id, None, None, None] == [one.id if one else None for one in found]
    scene = Scene(contact_id=_anna(tx), chat=Address("telegram", "1"), now=_NOW, language="lv", inbound_id=6)
    reference = {"announcement_id": row.id}
    replies.keep(tx, reference, scene, kind=replies.PROBLEM, case_id=3)
    assert {"question": 0, "problem": 1} == replies.digest(tx, reference).numbers
    forget_past(tx, _NOW + timedelta(days=400))
    assert {"question": 0, "problem": 0} == replies.numbers(tx, reference)


def test_a_message_is_kept_once_and_its_case_counts(tx: Connection) -> None:
    """Half of it may have been answered; what a person has to settle is what the organiser sees."""
    row = events.get(tx, _KEY)
    assert row is not None
    scene = Scene(contact_id=_anna(tx), chat=Address("telegram", "1"), now=_NOW, language="lv", inbound_id=5)
    replies.keep(tx, {"event_id": row.id}, scene, kind=replies.QUESTION)
    replies.keep(tx, {"event_id": row.id}, scene, kind=replies.PROBLEM, case_id=9)
    replies.keep(tx, {"event_id": row.id}, scene, kind=replies.QUESTION)
    told = replies.digest(tx, {"event_id": row.id})
    assert {"question": 0, "problem": 1} == told.numbers
    assert 0 == forget_past(tx, _NOW)
    assert {"question": 0, "problem": 1} == replies.numbers(tx, {"event_id": row.id})
    forget_past(tx, _NOW + timedelta(days=400))
    assert {"question": 0, "problem": 0} == replies.numbers(tx, {"event_id": row.id})
    # Its words lie with the message, and go with it.
    assert [("", 9)] == [(one.text, one.case_id) for one in told.problems]
