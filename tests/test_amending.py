"""What was said before an event was changed: corrected for those who come, on channels where that can be done."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.state import Act, Do, encode_act
from bot.database import Database
from bot.delivery import contents
from bot.delivery.body import decode, encode
from bot.delivery.outbox import Lane, deliveries
from bot.inbox import ledger
from bot.messages import Address, Enclosure, Outbound
from bot.outreach import amending, broadcasts, events, wording
from bot.outreach.attendance import attendance
from bot.outreach.audience import Recipient
from bot.people import contacts
from bot.words import Words

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_WORDS = Words()
_KEY = "e" * 16


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction, in which an event is planned and announced."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        contacts.add(connection, Address("telegram", "1"), _NOW)
        _plan(connection)
        yield connection
    database.dispose()


def _plan(tx: Connection) -> None:
    author = contacts.owner(tx, Address("telegram", "1"))
    row = {
        "key": _KEY,
        "contact_id": author,
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
    events.keep(tx, row)
    _make(tx, "a", "event")
    _make(tx, "c", "cancelled")


def _make(tx: Connection, letter: str, kind: str) -> None:
    event = events.get(tx, _KEY)
    assert event is not None
    row = {"key": letter * 16, "kind": kind, "event_id": event.id, "contact_id": event.contact_id, "chat": "telegram:1"}
    more = {"state": "gathering", "urgent": True, "audience": {}, "prompt_id": f"p{letter * 15}", "control_id": ""}
    broadcast_id = broadcasts.make(tx, {**row, **more, "starts_at": _NOW, "made_at": _NOW})
    assert broadcast_id
    if kind == "event":
        acts = [encode_act(offer.act) for offer in wording.offers(kind, events.told(event))]
        ledger.show(tx, None, {"id": more["prompt_id"], "run_id": "", "questions": [], "options": acts}, _NOW)
        for channel in ("telegram", "mailto"):
            contents.freeze(tx, broadcast_id, "lv", channel, Outbound(text="Stādām ozolus"))


def _comes(tx: Connection, address: Address, state: str = "coming") -> Recipient:
    """Let somebody have the announcement, and come."""
    contact_id = contacts.add(tx, address, _NOW)
    event, announced = events.get(tx, _KEY), broadcasts.get(tx, "a" * 16)
    assert event is not None
    row = {"event_id": event.id, "contact_id": contact_id, "people": 2, "state": state, "said_at": _NOW}
    tx.execute(sa.insert(attendance).values(row))
    frozen = contents.of(tx, announced.id)["lv", address.channel]
    sent = {"content_id": frozen, "broadcast_id": announced.id, "prompt_id": announced.prompt_id}
    _was_sent(tx, contact_id, address, **sent)
    return Recipient(contact_id=contact_id, chat=address, language="lv")


def _was_sent(tx: Connection, contact_id: int, chat: Address, **more: Any) -> int:
    row = {"contact_id": contact_id, "chat": str(chat), "state": "sent", "lane": 0, "message_ref": "7"}
    new = sa.insert(deliveries).values(**row, created_at=_NOW, due_at=_NOW, **more)
    return int(tx.execute(new.returning(deliveries.c.id)).scalar_one())


def _was_told(tx: Connection, person: Recipient, prompt: str, *acts: Act, message: Outbound | None = None) -> int:
    """Let somebody have a message of their own with these buttons."""
    options = [encode_act(act) for act in acts]
    row = {"id": prompt, "run_id": "", "questions": [], "options": options}
    ledger.show(tx, person.contact_id, row, _NOW)
    body = encode(message or Outbound(text="Gaidīsim Jūs"))
    return _was_sent(tx, person.contact_id, person.chat, prompt_id=prompt, body=body)


def _amended(tx: Connection, kind: str, *people: Recipient) -> list[Any]:
    """Change what they were told, and return what waits to be changed: target, kind, text and lane."""
    broadcast = broadcasts.get(tx, "c" * 16)
    broadcasts.update(tx, broadcast.id, kind=kind)
    amending.amend(tx, _WORDS, broadcasts.get(tx, "c" * 16), people, _NOW)
    waits = sa.select(deliveries).where(deliveries.c.state == "queued").order_by(deliveries.c.target_id)
    return list(tx.execute(waits))


_LEAVE = Act(do=Do.EVENT, key="leave", value=[_KEY, 0])


def test_who_comes_reads_what_holds_now(tx: Connection) -> None:
    """The announcement and their own confirmation, in the lane that is paced as broadcasts are."""
    anna = _comes(tx, Address("telegram", "100"))
    own = _was_told(tx, anna, "q" * 16, Act(do=Do.EVENT, key="come", value=[_KEY, 3]), _LEAVE)
    of_announcement, of_own = _amended(tx, "changed", anna)
    assert own == of_own.target_id
    assert {Lane.BROADCAST} == {Lane(row.lane) for row in (of_announcement, of_own)}
    announcement, confirmation = decode(of_announcement.body), decode(of_own.body)
    assert ("edit", "edit") == (announcement.kind, confirmation.kind)
    assert announcement.text.startswith("Pasākumam mainījies")
    assert "cilvēku skaitu: 2" in confirmation.text
    # The button is the second of the prompt that the message was sent with.
    assert [f"{'q' * 16}:1"] == [button.data for row in confirmation.rows for button in row]


def test_nobody_elses_announcement_is_touched(tx: Connection) -> None:
    """Thousands may have it; those who have said nothing learn by the tap."""
    anna = _comes(tx, Address("telegram", "100"))
    other = contacts.add(tx, Address("telegram", "101"), _NOW)
    announced = broadcasts.get(tx, "a" * 16)
    content = contents.of(tx, announced.id)["lv", "telegram"]
    _was_sent(tx, other, Address("telegram", "101"), content_id=content, broadcast_id=announced.id)
    (hers,) = _amended(tx, "cancelled", anna)
    assert anna.contact_id == hers.contact_id
    # The buttons that it was sent with are of no use any more.
    assert () == decode(hers.body).rows


def test_a_letter_is_not_changed(tx: Connection) -> None:
    """What has been sent by mail is in their hands; the new letter brings the new calendar file."""
    assert [] == _amended(tx, "cancelled", _comes(tx, Address("mailto", "anna@example.org")))


def test_a_message_that_says_more_stays(tx: Connection) -> None:
    """One that asks a question of a flow as well, speaks of other events, or holds the notice on privacy."""
    anna = _comes(tx, Address("telegram", "100"))
    _was_told(tx, anna, "q" * 16, _LEAVE, Act(do=Do.SKIP))
    _was_told(tx, anna, "r" * 16, _LEAVE, Act(do=Do.EVENT, key="come", value=["x" * 16, 0]))
    _was_told(tx, anna, "s" * 16, _LEAVE, message=Outbound(text="Vairāk: /privatums. Gaidīsim Jūs"))
    (only,) = _amended(tx, "cancelled", anna)
    announced = broadcasts.get(tx, "a" * 16)
    mine = sa.select(deliveries.c.id).where(deliveries.c.broadcast_id == announced.id)
    assert only.target_id == tx.execute(mine).scalar()


def test_who_waits_for_a_place_was_told_no_day(tx: Connection) -> None:
    """A change leaves „Jūs gaidāt” true; that it is off does not."""
    waits = _comes(tx, Address("telegram", "100"), "waiting")
    _was_told(tx, waits, "q" * 16, _LEAVE)
    assert 1 == len(_amended(tx, "changed", waits))
    assert 2 == len(_amended(tx, "cancelled", waits))


def test_of_several_changes_only_the_last_goes(tx: Connection) -> None:
    """Who changes an event and calls it off a minute later costs no call more; a file's words are its caption."""
    anna = _comes(tx, Address("telegram", "100"))
    file = Outbound(kind="document", text="Gaidīsim Jūs", enclosures=(Enclosure(key="k", name="a", media_type="b/c"),))
    _was_told(tx, anna, "q" * 16, _LEAVE, message=file)
    assert 2 == len(_amended(tx, "changed", anna))
    of_announcement, of_file = _amended(tx, "cancelled", anna)
    assert ("edit", "caption") == (decode(of_announcement.body).kind, decode(of_file.body).kind)
    assert "Diemžēl" in decode(of_file.body).text
    skipped = sa.select(sa.func.count()).where(deliveries.c.state == "skipped")
    assert 2 == tx.execute(skipped).scalar()


def test_many_messages_of_one_person_are_not_all_changed(tx: Connection) -> None:
    """Each is one more call: the two newest say what holds."""
    anna = _comes(tx, Address("telegram", "100"))
    own = [_was_told(tx, anna, f"{number}" * 16, _LEAVE) for number in range(4)]
    assert own[-2:] == [row.target_id for row in _amended(tx, "cancelled", anna)][-2:]
    assert 3 == len(_amended(tx, "cancelled", anna))
