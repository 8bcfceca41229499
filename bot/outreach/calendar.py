"""Calendar files: an event as calendars take it in, and take its changes over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as Entry
from sqlalchemy.engine import Connection

from bot.conversation.response import Say
from bot.documents.orders import Order
from bot.documents.press import Made
from bot.outreach import events

NAME = "pasākums.ics"
_USUAL_LENGTH = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendars:
    """Writes the files; `address` is where letters to us go, '' where they can't."""

    address: str = ""

    def maker(self, tx: Connection, order: Order) -> Callable[[], Made]:
        """Return what makes the calendar file of an order: its payload names the event."""
        row = events.get(tx, order.payload["event"])
        if row is None:
            raise LookupError("no such event")
        said = {"event": events.told(row)}
        return lambda: Made(
            content=self.written(row),
            name=NAME,
            media_type=media_type(row),
            say=Say(template="calendar_file", values=said),
        )

    def written(self, row: Any) -> bytes:
        """Write an event as iCalendar (RFC 5545).

        Its UID never changes, whatever the settings, and SEQUENCE counts its changes, so that a calendar finds what it
        holds already.
        """
        calendar = Calendar()
        calendar.add("prodid", "-//Koku paligs//LV")
        calendar.add("version", "2.0")
        calendar.add("method", _method(row))
        entry = Entry()
        entry.add("uid", f"{row.key}@koku-paligs")
        entry.add("sequence", row.sequence)
        entry.add("dtstamp", row.changed_at or row.planned_at)
        entry.add("dtstart", row.starts_at)
        entry.add("dtend", row.ends_at or row.starts_at + _USUAL_LENGTH)
        entry.add("summary", row.title)
        entry.add("location", row.words["where"])
        entry.add("status", "CANCELLED" if _is_off(row) else "CONFIRMED")
        if self.address:
            organizer = vCalAddress(f"mailto:{self.address}")
            organizer.params["cn"] = vText("Koku palīgs")
            entry.add("organizer", organizer)
        if description := "\n".join(part for part in (row.words["text"], row.words["contact"]) if part):
            entry.add("description", description)
        if row.lat is not None and row.lon is not None:
            entry.add("geo", (row.lat, row.lon))
        calendar.add_component(entry)
        return bytes(calendar.to_ical())


def media_type(row: Any) -> str:
    """Return the type of an event's file, which says its method once more (RFC 6047): mail programs look here first."""
    return f"text/calendar; method={_method(row)}; charset=utf-8"


def _method(row: Any) -> str:
    """Return what a calendar is to do (RFC 5546).

    PUBLISH, which every client offers to add or to bring up to date; CANCEL once it is off. Not REQUEST: that asks for
    a reply of the calendar's own making, which would come as a letter that says nothing to us.
    """
    return "CANCEL" if _is_off(row) else "PUBLISH"


def _is_off(row: Any) -> bool:
    return bool(row.state != "planned")
