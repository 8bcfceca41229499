"""Survival: a year after trees were accepted or entered, their person is asked how many still grow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.conversation.response import Event, Say, Timer
from bot.conversation.state import Act, Do, Offer
from bot.conversation.surviving import ALL, KEY
from bot.database import UTCDateTime, insert, metadata
from bot.inbox import ledger
from bot.registrations import cards, states
from bot.registrations.records import Records
from bot.registrations.telling import Telling
from bot.rooms import NO_FACTS, Scene
from flows.grammar import L

_YEAR = timedelta(days=365)
_REMIND_AFTER = timedelta(days=14)

survivals = sa.Table(
    "survivals",
    metadata,
    sa.Column("registration_id", sa.ForeignKey("registrations.id"), primary_key=True, autoincrement=False),
    sa.Column("asked_at", UTCDateTime, nullable=False),
    sa.Column("reminded_at", UTCDateTime),
    sa.Column("answered_at", UTCDateTime),
    sa.Column("growing", sa.Integer),  # None also where the person does not know
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Survival:
    """Asks, reminds once, and writes the answer down."""

    records: Records
    telling: Telling

    def due(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Ask, or remind; not who wants quiet, has answered, or whose trees are not with us any more."""
        row = cards.of(tx, event.data["registration"])
        known = tx.execute(sa.select(survivals).where(survivals.c.registration_id == row.id)).first()
        counts = row.state in {states.ACCEPTED, *states.DONE}
        done = known is not None and (known.answered_at is not None or known.reminded_at is not None)
        if done or not counts or ledger.is_quiet(tx, row.contact_id):
            return NO_FACTS
        language = self.telling.language(tx, row)
        text = self.records.words.tongue(language).text(L("Cik no šiem kokiem joprojām aug?"))
        named = {"reference": row.reference, "summary": self.records.told(row, language), "text": text}
        say = Say(template="survival", values={**named, "again": known is not None})
        labels = (L("Visi"), L("Neviens"), L("Nezinu"))
        offers = tuple(Offer(label=label, act=Act(do=Do.REPLY, value=[row.id, label])) for label in labels)
        delivery, prompt = self.telling.tell(tx, row, say, scene.now, offers=offers)
        if not delivery:
            return NO_FACTS
        ledger.ask(tx, row.contact_id, [row.id, row.reference, text, KEY, prompt, row.run_id], scene.now)
        if known is None:
            tx.execute(sa.insert(survivals).values(registration_id=row.id, asked_at=scene.now))
            _set(tx, row, scene.now + _REMIND_AFTER)
        else:
            mine = sa.update(survivals).where(survivals.c.registration_id == row.id)
            tx.execute(mine.values(reminded_at=scene.now))
        return NO_FACTS

    def answered(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Write down how many grow; `growing` is a number, „all” or „unknown”."""
        row = cards.of(tx, event.data["registration"])
        if row.contact_id != scene.contact_id:
            return NO_FACTS
        told = event.data["growing"]
        growing = row.trees if told == ALL else told if isinstance(told, int) else None
        values = {"answered_at": scene.now, "growing": growing}
        new = insert(tx, survivals).values(registration_id=row.id, asked_at=scene.now, **values)
        tx.execute(new.on_conflict_do_update(index_elements=[survivals.c.registration_id], set_=values))
        _set(tx, row, None)
        return NO_FACTS


def plan(tx: Connection, row: sa.Row[Any], now: datetime) -> None:
    """Ask a year from now; who was registered by telephone has no address to be asked at."""
    _set(tx, row, now + _YEAR)


def _set(tx: Connection, row: sa.Row[Any], at: datetime | None) -> None:
    if row.address:
        timer = Timer(key=f"survival:{row.id}", due_at=at, kind="survival", payload={"registration": row.id})
        timers.put(tx, row.contact_id, row.address, timer)
