"""Mending: what people change about registrations they have sent: done until somebody decides, then asked of staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.attachments import records as attachments
from bot.conversation.response import Event, Say, Timer
from bot.inbox import ledger
from bot.people import permissions
from bot.registrations import cards, changes, states
from bot.registrations.amending import Amending
from bot.registrations.asking import Asking
from bot.registrations.changes import Hand
from bot.registrations.records import Records, registrations, said_state
from bot.registrations.review import hand, late
from bot.rooms import NO_FACTS, Scene

_MOST = 8  # that are offered to be chosen from


@dataclass(frozen=True, kw_only=True, slots=True)
class Mending:
    """Carries out what people wish. `asking` tells staff, where they have a desk."""

    records: Records
    amending: Amending
    asking: Asking | None

    def chosen(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Bring the conversation the registrations that can be changed, or the one that is meant."""
        theirs = registrations.c.contact_id == scene.contact_id
        query = sa.select(registrations).where(theirs, registrations.c.state.in_(states.COUNTS))
        if event.data["registration"]:
            query = query.where(registrations.c.id == event.data["registration"])
        rows = tx.execute(query.order_by(registrations.c.id.desc()).limit(_MOST)).all()
        tongue = self.records.words.tongue(scene.language)
        found = [
            {
                "id": row.id,
                "reference": row.reference,
                "summary": self.records.told(row, scene.language),
                "state": said_state(tongue, row.state, row.entered_at),
                "flow": row.flow,
                "answers": row.answers,
            }
            for row in rows
        ]
        payload = {"key": event.data["key"], "registrations": found}
        timer = Timer(key=f"mend:{scene.contact_id}", due_at=scene.now, kind="mend", payload=payload)
        timers.put(tx, scene.contact_id, str(scene.chat), timer)
        return NO_FACTS

    def amended(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Change a registration as its person wishes, or ask staff to."""
        row, data = cards.of(tx, event.data["registration"]), event.data
        facts = {"reference": row.reference, "changes": []}
        if row.contact_id != scene.contact_id or row.state not in states.COUNTS:
            return {**facts, "mended": "gone"}
        stored: Mapping[str, Any] = data["stored"]
        keys = [*stored, *(key for key in row.answers if key not in stored)]
        wanted = {k: [row.answers.get(k), stored.get(k)] for k in keys if row.answers.get(k) != stored.get(k)}
        attachments.move_run(tx, data["run"], row.run_id)
        if not wanted:
            return {**facts, "mended": "same"}
        facts["changes"] = self.amending.told(row, wanted, scene.language)
        if "entered_by" in wanted and stored.get("entered_by") == "staff":
            # The question asks for the permission; who takes it back for one place may have given it for others.
            given = Event(type="permissions.given", data={"kinds": [permissions.ENTER]})
            permissions.give(tx, given, scene)
        by_person = Hand(who=str(scene.chat), now=scene.now)
        if row.state in states.OPEN:
            now = self.amending.apply(tx, row, wanted, by_person)
            if now is not None and self.asking:
                self._tell(tx, row, "review_mended", scene, changes=self.amending.told(row, wanted, "lv"))
            return {**facts, "mended": "done" if now is not None else "gone"}
        if self.asking:
            self.asking.offer(tx, row, wanted, by_person)
        return {**facts, "mended": "asked"}

    def withdrawn(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Withdraw a registration; of one that is accepted or entered staff are asked."""
        row = cards.of(tx, event.data["registration"])
        if row.contact_id != scene.contact_id or row.state not in states.COUNTS:
            return {"reference": row.reference, "mended": "gone"}
        by_person = Hand(who=str(scene.chat), now=scene.now)
        if row.state in states.OPEN:
            changes.move(tx, row.id, states.WITHDRAWN, by_person)
            ledger.unask(tx, row.contact_id, row.id, scene.now)
            self._tell(tx, row, "review_withdrawn", scene, asks=False)
            return {"reference": row.reference, "mended": "done"}
        changes.note(tx, row.id, by_person, kind="wish", details={"state": [row.state, states.WITHDRAWN]})
        self._tell(tx, row, "review_withdrawn", scene, asks=True)
        return {"reference": row.reference, "mended": "asked"}

    def withdrawn_by_staff(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Withdraw a registration whose person has asked for it, and tell them."""
        before = cards.of(tx, event.data["registration"])
        row = changes.move(tx, before.id, states.WITHDRAWN, hand(event, scene))
        if row is None or self.asking is None:
            return late(tx, event)
        review = self.asking.review
        review.cards.end_entry(tx, row, scene.now)
        entered = before.state in states.DONE
        say = Say(template="review_taken_back", values={**review.named(tx, row), "entered": entered})
        return review.told(tx, row, say, scene, "withdrawn")

    def _tell(self, tx: Connection, row: sa.Row[Any], template: str, scene: Scene, **values: Any) -> None:
        """Write under the card what the person has done, where there is one, and show how it stands."""
        if self.asking is None:
            return
        under = self.asking.review.cards
        asks = values.get("asks", False)
        rows = ((cards.button("Atsaukt reģistrāciju", row.id, "withdraw"),),) if asks else ()
        say = Say(template=template, values={"reference": row.reference, **values})
        under.say_under(tx, row.id, say, scene.now, kind="note", rows=rows)
        under.refresh(tx, row.id, scene.now)
