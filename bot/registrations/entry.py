"""Entry: what staff have entered into MapMyTree, or handed in through Reportnet 3, is written down and told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.conversation.response import Event, Say, Timer
from bot.conversation.state import Offer
from bot.registrations import cards, changes, states, survival
from bot.registrations.changes import Hand
from bot.registrations.records import Hook, said_state
from bot.registrations.review import Review, hand, late
from bot.rooms import NO_FACTS, Scene

Thanks = Callable[[Connection, int, datetime], tuple[Offer, ...]]


def no_thanks(_: Connection, __: int, ___: datetime) -> tuple[Offer, ...]:
    """Offer nothing with the news."""
    return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Notes what was entered. Each of `entered` is called in the transaction in which a registration becomes so.

    `thanks` returns what is offered with the news.
    """

    review: Review
    entered: tuple[Hook, ...] = ()
    thanks: Thanks = no_thanks

    def prompted(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Ask for the link or the id in MapMyTree: a reply to this message gives it, or a button says that none is."""
        row = cards.of(tx, event.data["registration"])
        rows = ((cards.button("Bez saites", row.id, "entered"), cards.button("Caur Reportnet 3", row.id, "reported")),)
        say = Say(template="review_link", values={"reference": row.reference})
        self.review.cards.say_under(tx, row.id, say, scene.now, kind="link", rows=rows)
        return NO_FACTS

    def noted(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Note that a registration is entered (or `reported`), under which `ref`; another `ref` later mends it."""
        before = cards.of(tx, event.data["registration"])
        first = before.state not in states.DONE
        at = scene.now if first else before.entered_at
        to, ref = event.data["to"], event.data["ref"]
        row = changes.move(tx, before.id, to, hand(event, scene, why=ref), mapmytree_ref=ref, entered_at=at)
        if row is None:
            return late(tx, event)
        if not first:
            self.review.cards.refresh(tx, row.id, scene.now)
            return {"result": "mended"}
        for hook in self.entered:
            hook(tx, row.id, scene.now)
        return self._told(tx, row, scene)

    def reported(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Tell of a registration that an export has reported: see `report`."""
        row = cards.of(tx, event.data["registration"])
        if row.state == states.REPORTED:
            for hook in self.entered:
                hook(tx, row.id, scene.now)
            self._told(tx, row, scene)
        return NO_FACTS

    def _told(self, tx: Connection, row: sa.Row[Any], scene: Scene) -> Mapping[str, Any]:
        """Tell the person, and leave nothing to copy."""
        self.review.cards.end_entry(tx, row, scene.now)
        survival.plan(tx, row, scene.now)
        offers = self.thanks(tx, row.id, scene.now)
        tongue = self.review.cards.words.tongue(self.review.telling.language(tx, row))
        told = {
            **self.review.named(tx, row),
            "state": said_state(tongue, row.state, row.entered_at),
            "reported": row.state == states.REPORTED,
            "ref": row.mapmytree_ref,
            "thanks": bool(offers),
        }
        return self.review.told(tx, row, Say(template="review_entered", values=told), scene, "entered", offers=offers)


def report(tx: Connection, registration_id: int, hand_: Hand) -> bool:
    """Note that an accepted registration was handed in with an export; whether it was one that could be.

    A command does that, which can't speak: a timer that is due at once tells the person, the card and the hooks.
    """
    if cards.of(tx, registration_id).state != states.ACCEPTED:
        return False
    row = changes.move(tx, registration_id, states.REPORTED, hand_, entered_at=hand_.now)
    if row is None:
        return False
    payload = {"registration": row.id}
    timer = Timer(key=f"reported:{row.id}", due_at=hand_.now, kind="reported", payload=payload)
    if chat := row.address or row.registered_by:
        timers.put(tx, row.contact_id, chat, timer)
    return True
