"""Accompanying: what goes along with a broadcast is made before any row names it: a calendar file, a picture."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from bot.attachments import records
from bot.attachments.store import new_key
from bot.messages import Enclosure
from bot.outreach import calendar, events, matters
from bot.outreach.calendar import Calendars
from bot.outreach.matters import Matter

NAME = "attēls"  # of a picture, as people see it
_LONGEST = 1600  # pixels: what a phone shows, and a letter to thousands can carry


class LostPictureError(Exception):
    """A picture can't be had any more. Trying again does not help."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accompanying:
    """Makes objects; `get` and `put` wait."""

    get: Callable[[str], bytes]
    put: Callable[[str, bytes], None]
    calendars: Calendars

    def chosen(self, tx: Connection, row: Any) -> Callable[[], tuple[Enclosure, ...]] | None:
        """Return what makes what goes along with a broadcast, None while its picture has not come yet.

        Raises LostPictureError, as does what is returned.
        """
        if row.kind in {"changed", "cancelled"}:
            event = events.by_id(tx, row.event_id)
            return lambda: self._kept(self.calendars.written(event), calendar.NAME, calendar.media_type(event))
        matter = matters.of(tx, row)
        if row.kind == "thanks" or not matter.picture:
            return tuple
        found = records.of_content(tx, matter.picture)
        if found is None or found.state in {"failed", "refused"}:
            raise LostPictureError
        return (lambda: self._pictured(found.object_key)) if found.state == "stored" else None

    def _pictured(self, key: str) -> tuple[Enclosure, ...]:
        from bot.attachments.pictures import PictureError, public_copy  # noqa: PLC0415 - brings Pillow

        try:
            content = public_copy(self.get(key), _LONGEST)
        except (FileNotFoundError, PictureError):
            raise LostPictureError from None
        png = content.startswith(b"\x89PNG")
        return self._kept(content, f"{NAME}.{'png' if png else 'jpg'}", "image/png" if png else "image/jpeg")

    def _kept(self, content: bytes, name: str, media_type: str) -> tuple[Enclosure, ...]:
        key = new_key(hashlib.sha256(content).hexdigest())
        self.put(key, content)
        return (Enclosure(key=key, name=name, media_type=media_type),)


def shown(tx: Connection, matter: Matter) -> tuple[Enclosure, ...] | None:
    """Return the picture of a matter as it was sent, to be looked at by ours; None while it is yet to come, or lost."""
    if not matter.picture:
        return ()
    found = records.of_content(tx, matter.picture)
    if found is None or found.state != "stored":
        return None
    return (Enclosure(key=found.object_key, name=f"{NAME}.jpg", media_type=found.stored_type),)


def is_lost(tx: Connection, matter: Matter) -> bool:
    """Whether a matter names a picture that can't be had any more."""
    found = records.of_content(tx, matter.picture) if matter.picture else None
    return bool(matter.picture) and (found is None or found.state in {"failed", "refused"})
