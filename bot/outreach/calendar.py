"""Calendar files: an event as calendars take it in, and take its changes over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar
from icalendar import Event as Entry
from sqlalchemy.engine import Connection

from bot.conversation.response import Say
from bot.documents.orders import Order
from bot.documents.press import Made
from bot.outreach import events

MEDIA, NAME = "text/calendar", "pasākums.ics"
_USUAL_LENGTH = timedelta(hours=2)


def maker(domain: str) -> Callable[[Connection, Order], Callable[[], Made]]:
    """Return what makes the calendar file of an order: `payload` names the event."""

    def make(tx: Connection, order: Order) -> Callable[[], Made]:
        row = events.get(tx, order.payload["event"])
        if row is None:
            raise LookupError("no such event")
        said = {"event": events.told(row)}
        return lambda: Made(
            content=written(row, domain),
            name=NAME,
            media_type=MEDIA,
            say=Say(template="calendar_file", values=said),
        )

    return make


def written(row: Any, domain: str, stamped: datetime | None = None) -> bytes:
    """Write an event as iCalendar (RFC 5545).

    Its UID never changes and SEQUENCE counts its changes, so that a calendar finds what it holds already. METHOD is
    PUBLISH, which every client offers to add without answering anybody, and CANCEL once it is off (RFC 5546).
    """
    cancelled = row.state != "planned"
    calendar = Calendar()
    calendar.add("prodid", "-//Koku paligs//LV")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    entry = Entry()
    entry.add("uid", f"{row.key}@{domain}")
    entry.add("sequence", row.sequence)
    entry.add("dtstamp", stamped or row.planned_at)
    entry.add("dtstart", row.starts_at)
    entry.add("dtend", row.ends_at or row.starts_at + _USUAL_LENGTH)
    entry.add("summary", row.title)
    entry.add("location", row.words["where"])
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if description := "\n".join(part for part in (row.words["text"], row.words["contact"]) if part):
        entry.add("description", description)
    if row.lat is not None and row.lon is not None:
        entry.add("geo", (row.lat, row.lon))
    calendar.add_component(entry)
    return bytes(calendar.to_ical())
