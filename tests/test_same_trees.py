"""Trees of an event: whoever came registers their own, and 500 that its organiser counts never become 15,000."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.database import Database
from bot.messages import Address
from bot.outreach import afterwards, events
from bot.people import contacts
from bot.rooms import NO_FACTS, Scene

_NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
_DAY = date(2026, 11, 28)
_ORGANISER, _GUEST = Address("telegram", "1"), Address("telegram", "2")
_KEY = "e" * 16


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction, an organiser and a guest."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        for address in (_ORGANISER, _GUEST):
            contacts.add(connection, address, _NOW)
        yield connection
    database.dispose()


def _plan(tx: Connection, **more: Any) -> None:
    row = {
        "key": _KEY,
        "contact_id": contacts.owner(tx, _ORGANISER),
        "chat": str(_ORGANISER),
        "state": "planned",
        "purpose": "planting",
        "title": "Stādām ozolus",
        "words": {"text": "", "where": "Ikšķilē", "contact": "", "pin": False},
        "answers": {},
        "audience": {},
        "municipality": "Ogres novads",
        "places": 0,
        "starts_at": datetime(2026, 11, 28, 22, 30, tzinfo=UTC) - timedelta(days=1),  # half past midnight in Riga
        "planned_at": _NOW,
    }
    events.keep(tx, row | more)


def _warned(tx: Connection, who: Address = _GUEST, campaign: str = _KEY, **facts: Any) -> list[str]:
    """Register trees, and return the warnings that staff see."""
    told: list[str] = []

    def submit(_: Connection, event: Event, __: Scene) -> Mapping[str, Any]:
        told.extend(event.data["warnings"])
        return NO_FACTS

    contact_id = contacts.owner(tx, who)
    assert contact_id
    known = {"planted_from": _DAY, "planted_to": _DAY, "municipality": "Ogres novads"}
    data = {"campaign": campaign, "facts": known | facts, "warnings": ["many"]}
    scene = Scene(contact_id=contact_id, chat=who, now=_NOW, language="lv", inbound_id=1)
    afterwards.flagging(submit)(tx, Event(type="registration.submitted", data=data), scene)
    return told


def test_the_same_code_place_and_day_may_be_the_same_trees(tx: Connection) -> None:
    """Staff see it beside what else there is to doubt; the day is the one on the wall in Riga."""
    _plan(tx)
    assert ["many", "event_trees"] == _warned(tx)


@pytest.mark.parametrize(
    "facts",
    [
        {"planted_from": date(2026, 11, 1), "planted_to": date(2026, 11, 30)},  # „novembrī”
        {"planted_from": None, "planted_to": None},
        {"municipality": None},
    ],
)
def test_what_is_told_less_exactly_may_be_too(tx: Connection, facts: dict[str, Any]) -> None:
    """Whoever says only the month, no day, or no place, may mean the event."""
    _plan(tx)
    assert ["many", "event_trees"] == _warned(tx, **facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"planted_from": date(2025, 4, 1), "planted_to": date(2025, 4, 30)},
        {"planted_from": date(2026, 11, 27), "planted_to": date(2026, 11, 27)},
        {"municipality": "Cēsu novads"},
    ],
)
def test_trees_of_another_day_or_place_are_ones_own(tx: Connection, facts: dict[str, Any]) -> None:
    """The code says only how the person came to us."""
    _plan(tx)
    assert ["many"] == _warned(tx, **facts)


def test_the_organiser_registers_them_and_is_not_doubted(tx: Connection) -> None:
    """Theirs is the one that counts."""
    _plan(tx)
    assert ["many"] == _warned(tx, _ORGANISER)


def test_at_an_information_event_nothing_was_planted(tx: Connection) -> None:
    """Whoever came by a seminar's code registers what is theirs."""
    _plan(tx, purpose="information")
    assert ["many"] == _warned(tx)


@pytest.mark.parametrize("campaign", ["", "rudens"])
def test_without_an_events_code_there_is_no_event(tx: Connection, campaign: str) -> None:
    """A campaign may be anything."""
    _plan(tx)
    assert ["many"] == _warned(tx, campaign=campaign)
