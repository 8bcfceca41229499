"""The room: files that staff order in their own conversation, and what they say of deliveries to Reportnet 3."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy.engine import Connection

from bot.clock import RIGA, Clock
from bot.conversation.response import Event, Say
from bot.database import Database
from bot.desk import team
from bot.documents import orders
from bot.documents.orders import Order
from bot.documents.press import Made, Maker
from bot.registrations.export import history, mapping, reporting
from bot.registrations.export.exporting import SUFFIXES, Outcome, export
from bot.registrations.export.history import Wish
from bot.registrations.export.mapping import Layout
from bot.rooms import Handler, Scene
from bot.words import Words
from bot.words.plain import plain

FILE = "export"  # the kind of its order

_STAFF = "staff"
_COMMANDS = {"how": "/eksports nodots", "whole": "/eksports reportnet viss"}
_MOST_NAMED = 5  # of registrations in a caption, which has room for 1024 characters
_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "reportnet": "application/zip",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Exports:
    """Takes orders of staff. A table or map of more than `largest` bytes is packed: a bot may send 50 MB at most."""

    database: Database
    clock: Clock
    words: Words
    largest: int = 20_000_000

    @property
    def handlers(self) -> dict[str, Handler]:
        """What the room hears of."""
        return {"export.asked": self.ask, "export.released": self.released}

    @property
    def makers(self) -> dict[str, Maker]:
        """What the room makes."""
        return {FILE: self.make}

    def ask(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Order a file; brings up what comes of it: ordered, nothing, not_allowed."""
        if not team.allowed(tx, scene, _STAFF):
            return {"result": "not_allowed"}
        wish = _wish(event.data)
        if not history.size(tx, wish):
            return {"result": "nothing"}
        orders.place(
            tx,
            kind=FILE,
            payload={**event.data, "by": str(scene.chat)},
            chat=scene.chat,
            contact_id=scene.contact_id,
            now=scene.now,
        )
        return {"result": "ordered"}

    def make(self, tx: Connection, order: Order) -> Callable[[], Made]:  # noqa: ARG002 - it may read for minutes
        """Make the file in the press: page by page, beside everything else."""
        return lambda: self._made(order, _wish(order.payload), mapping.load())

    def released(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Note that a delivery was released in Reportnet 3, and so are its registrations."""
        if not team.allowed(tx, scene, _STAFF):
            return {"result": "not_allowed"}
        try:
            count = reporting.report(tx, event.data["export"], str(scene.chat), scene.now)
        except LookupError:
            return {"result": "unknown", "export": event.data["export"]}
        return {"result": "released", "export": event.data["export"], "count": count}

    def _made(self, order: Order, wish: Wish, layout: Layout) -> Made:
        now = self.clock.now()
        name = f"koki-{now.astimezone(RIGA):%Y-%m-%d}{SUFFIXES[wish.format]}"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            outcome = export(
                self.database, wish, path, layout=layout, by=order.payload["by"], now=now, order_id=order.id
            )
            if outcome.empty:
                return self._nothing(wish, outcome)
            say = Say(template="exported", values=values(wish, outcome, "", _COMMANDS, _MOST_NAMED))
            if path.stat().st_size > self.largest and wish.format in {"csv", "geojson"}:
                return Made(content=_packed(path), name=f"{name}.zip", media_type="application/zip", say=say)
            return Made(content=path.read_bytes(), name=name, media_type=_TYPES[wish.format], say=say)

    def _nothing(self, wish: Wish, outcome: Outcome) -> Made:
        """Say in a text why there is no delivery: everything was exported, or lacks something."""
        told = Say(template="exported", values=values(wish, outcome, "", _COMMANDS, len(outcome.incomplete.references)))
        text = plain(self.words.tongue("lv").say(told, {}))
        return Made(
            content=text.encode(), name="eksports.txt", media_type="text/plain", say=Say(template="export_none")
        )


def values(wish: Wish, outcome: Outcome, name: str, commands: Mapping[str, str], most: int) -> dict[str, Any]:
    """Return what `templates/staff/exported.j2` speaks of; it names up to `most` registrations of each kind.

    `commands` are what to say next: `how` one says that it was released, and how to make the `whole` anew.
    """
    return {"wish": wish, "outcome": outcome, "name": name, "most": most, **commands}


def _packed(path: Path) -> bytes:
    packed = path.with_suffix(".zip")
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    return packed.read_bytes()


def _wish(stored: Mapping[str, Any]) -> Wish:
    first, last = (date.fromisoformat(stored[key]) if stored[key] else None for key in ("first", "last"))
    return Wish(format=stored["format"], first=first, last=last, again=stored["again"], contacts=stored["contacts"])
