"""Amending: answers of a registration that has been sent are changed, and everything that follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.registrations import amendments, changes, states
from bot.registrations.amendments import Changes
from bot.registrations.cards import Cards
from bot.registrations.changes import Hand
from bot.registrations.records import Records, registrations, where
from flows.grammar import Flow


@dataclass(frozen=True, kw_only=True, slots=True)
class Amending:
    """Writes changes of answers down, and shows them on the cards."""

    cards: Cards | None  # where staff have a desk
    records: Records
    flows: Mapping[str, Flow]

    def apply(self, tx: Connection, row: sa.Row[Any], wanted: Changes, hand: Hand) -> sa.Row[Any] | None:
        """Change answers and return the registration as it is then; None where they are not what they were any more."""
        flow = self.flows.get(row.flow)
        stored = amendments.changed(row.answers, wanted)
        if flow is None or stored is None:
            return None
        today = hand.now.astimezone(RIGA).date()
        follows = {**amendments.derived(flow, stored, today), **where(stored)}
        mine = sa.and_(registrations.c.id == row.id, registrations.c.state == row.state)
        change = sa.update(registrations).where(mine).values(answers=stored, **follows).returning(registrations)
        now = tx.execute(change).first()
        if now is None:
            return None
        summary = self.records.told(now, "lv")
        tx.execute(sa.update(registrations).where(registrations.c.id == row.id).values(summary=summary))
        changes.note(tx, row.id, hand, kind="answers", details=wanted)
        if self.cards is None:
            return now
        self.cards.refresh(tx, row.id, hand.now)
        if now.state == states.ACCEPTED:
            self.cards.end_entry(tx, now, hand.now)
            self.cards.put_entry(tx, now, hand.now)
        return now

    def told(self, row: sa.Row[Any], wanted: Changes, language: str) -> list[tuple[str, str, str]]:
        """Say what changes: the label of each answer, how it was and how it is to be."""
        flow, tongue = self.flows[row.flow], self.records.words.tongue(language)
        said = []
        for key, pair in wanted.items():
            question = flow.question(key)
            if question is None:
                continue
            shown = ["–" if value is None else question.show(question.decode(value), tongue) for value in pair]
            said.append((tongue.text(question.label), *shown))
        return [(label, before, after) for label, before, after in said]
