"""Calendar files, as a calendar reads them: the same entry through every change, and off when it is off."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from icalendar import Calendar, Component

from bot.outreach.calendar import Calendars, media_type

_STARTS = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
_PLANNED = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_OURS = Calendars(address="koki@example.lv")


def _event(**more: Any) -> SimpleNamespace:
    row = {
        "key": "e" * 16,
        "state": "planned",
        "sequence": 0,
        "title": "Stādām ozolus; kopā, arī lietū",
        "words": {"text": "Paņemiet cimdus.\nAuto pie skolas.", "where": "Ikšķilē, pie skolas", "contact": "Inga"},
        "lat": 56.8,
        "lon": 24.6,
        "starts_at": _STARTS,
        "ends_at": None,
        "planned_at": _PLANNED,
        "changed_at": None,
    }
    return SimpleNamespace(**(row | more))


def _read(row: SimpleNamespace) -> tuple[Calendar, Component]:
    """Return the calendar of an event's file, and its one entry."""
    calendar = Calendar.from_ical(_OURS.written(row))
    assert isinstance(calendar, Calendar)
    (entry,) = calendar.walk("VEVENT")
    return calendar, entry


def test_an_event_is_an_entry() -> None:
    """With what people are told: when, where, what to bring, whom to ask; two hours where nobody said how long."""
    calendar, entry = _read(_event())
    assert ("2.0", "PUBLISH") == (calendar["VERSION"], calendar["METHOD"])
    assert (_STARTS, _STARTS + timedelta(hours=2)) == (entry.decoded("DTSTART"), entry.decoded("DTEND"))
    assert "Stādām ozolus; kopā, arī lietū" == str(entry["SUMMARY"])
    assert "Ikšķilē, pie skolas" == str(entry["LOCATION"])
    assert "Paņemiet cimdus.\nAuto pie skolas.\nInga" == str(entry["DESCRIPTION"])
    assert ("mailto:koki@example.lv", "Koku palīgs") == (entry["ORGANIZER"], entry["ORGANIZER"].params["CN"])
    assert "CONFIRMED" == entry["STATUS"]


def test_a_changed_event_is_the_same_entry_in_a_later_version() -> None:
    """A calendar knows it by its UID, takes the higher SEQUENCE, and sees when it was changed."""
    _, before = _read(_event())
    changed_at = _PLANNED + timedelta(days=1)
    calendar, after = _read(_event(sequence=1, starts_at=_STARTS + timedelta(hours=2), changed_at=changed_at))
    assert before["UID"] == after["UID"]
    assert (0, 1) == (before["SEQUENCE"], after["SEQUENCE"])
    assert (_PLANNED, changed_at) == (before.decoded("DTSTAMP"), after.decoded("DTSTAMP"))
    assert "PUBLISH" == calendar["METHOD"]


def test_a_cancelled_event_takes_the_entry_away() -> None:
    """By its method and by its status: clients heed one or the other."""
    calendar, entry = _read(_event(sequence=2, state="cancelled", changed_at=_PLANNED))
    assert ("CANCEL", "CANCELLED", 2) == (calendar["METHOD"], entry["STATUS"], entry["SEQUENCE"])
    assert _read(_event())[1]["UID"] == entry["UID"]


def test_the_type_says_the_method_too() -> None:
    """A mail program looks at the part's type, and believes only a method that stands in both."""
    assert "text/calendar; method=PUBLISH; charset=utf-8" == media_type(_event())
    assert "text/calendar; method=CANCEL; charset=utf-8" == media_type(_event(state="cancelled"))


def test_without_an_address_nobody_invites() -> None:
    """Where there are no letters an address would be an invented one."""
    entry = Calendar.from_ical(Calendars().written(_event())).walk("VEVENT")[0]
    assert "ORGANIZER" not in entry
