"""Review: what staff decide about a registration is written down, shown on its card and told to the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.conversation.response import Event, Say, Timer
from bot.conversation.standing import Post, RegistrationView
from bot.conversation.state import Act, Do, Offer
from bot.delivery import outbox
from bot.delivery.outbox import Lane, deliveries
from bot.inbox import ledger
from bot.messages import Outbound
from bot.people import permissions
from bot.registrations import cards, changes, states, survival
from bot.registrations.cards import BOARD, Cards
from bot.registrations.changes import Hand
from bot.registrations.records import Records, registrations
from bot.registrations.telling import Telling
from bot.rooms import NO_FACTS, Scene
from flows.grammar import L

UNDO = timedelta(seconds=5)  # what the person hears of a decision waits so long for second thoughts
_CONTACT_STAYS = timedelta(minutes=10)
_REASON_LABELS = {"early": "Pirms 20.05.2020.", "duty": "Bija pienākums", "double": "Jau pierakstīts"}
_REASON_FIRST = {"before_cutoff": "early", "duty": "duty"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """Carries the desk's events about registrations out."""

    cards: Cards
    telling: Telling
    records: Records

    def accepted(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Accept a registration, unless that has been overtaken."""
        row = self._decide(tx, event, scene, states.ACCEPTED, why="")
        if row is None:
            return late(tx, event)
        say = Say(template="review_accepted", values={**self.named(tx, row), "entered_by": row.entered_by})
        result = self.told(tx, row, say, scene, "accepted")
        self.cards.put_entry(tx, row, scene.now)
        survival.plan(tx, row, scene.now)
        return result

    def rejected(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Say no, for one of the usual reasons or in words of staff, which the person reads."""
        reason, why = event.data["reason"], event.data["why"]
        if reason and reason not in states.REASONS:
            return late(tx, event)
        row = self._decide(tx, event, scene, states.REJECTED, why=why or states.REASONS[reason])
        if row is None:
            return late(tx, event)
        tongue = self.cards.words.tongue(self.telling.language(tx, row))
        told = {**self.named(tx, row), "why": why or tongue.text(states.REASONS[reason])}
        offers = (Offer(label=L("Jautāt darbiniekam"), act=Act(do=Do.STAFF)),)
        return self.told(tx, row, Say(template="review_rejected", values=told), scene, "rejected", offers=offers)

    def reopened(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Look at a registration once more. What the person has not heard yet of the decision is taken back."""
        last = changes.latest(tx, event.data["registration"])
        row = self._decide(tx, event, scene, states.RECEIVED, why="")
        if row is None:
            return late(tx, event)
        self.cards.end_entry(tx, row, scene.now)
        if last and last.told_id and self.telling.take_back(tx, last.told_id, scene.now):
            self.cards.refresh(tx, row.id, scene.now)
            return {"result": "reopened"}
        say = Say(template="review_reopened", values=self.named(tx, row))
        return self.told(tx, row, say, scene, "reopened")

    def prompted(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Ask whoever says no why: a reply to this message says it, or a button."""
        row = cards.of(tx, event.data["registration"])
        likely = [_REASON_FIRST[reason] for reason in row.reasons if reason in _REASON_FIRST]
        ordered = dict.fromkeys((*likely, *_REASON_LABELS))
        rows = tuple((cards.button(_REASON_LABELS[code], row.id, f"reject:{code}"),) for code in ordered)
        say = Say(template="review_reason", values={"reference": row.reference})
        self.cards.say_under(tx, row.id, say, scene.now, kind="reason", rows=rows)
        return NO_FACTS

    def contact_shown(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Show how the person can be reached, for ten minutes, and write down who looked."""
        row = cards.of(tx, event.data["registration"])
        changes.note(tx, row.id, hand(event, scene), kind="contact")
        contact = self.records.shown(row, "contact", "lv")
        values = {"reference": row.reference, "contact": contact, "name": event.data["name"]}
        shown = self.cards.say_under(tx, row.id, Say(template="review_contact", values=values), scene.now)
        timer = Timer(
            key=f"contact:{shown}",
            due_at=scene.now + _CONTACT_STAYS,
            kind="contact",
            payload={"delivery": shown},
        )
        timers.put(tx, scene.contact_id, event.data["by"], timer)
        return NO_FACTS

    def contact_hidden(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Take away again what was shown of a contact, here and in what is kept of the message."""
        shown = event.data["delivery"]
        outbox.change(tx, shown, Outbound(kind="delete"), now=scene.now, lane=Lane.NOTICE)
        tx.execute(sa.update(deliveries).where(deliveries.c.id == shown).values(body=sa.null()))
        return NO_FACTS

    def pictures_waited(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Look again for pictures that were still being fetched, and whether they are known from elsewhere."""
        data = event.data
        row = cards.of(tx, data["registration"])
        self.cards.show_pictures(tx, row, scene.now, shown=frozenset(data["shown"]), waited=data["waited"])
        self.cards.refresh(tx, row.id, scene.now)
        return NO_FACTS

    def permissions_withdrawn(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Record that permissions hold no longer, and tell staff what must not be entered any more, or is already."""
        held = permissions.current(tx, scene.contact_id).get(permissions.ENTER)
        facts = permissions.withdraw(tx, event, scene)
        if not held or permissions.ENTER not in event.data["kinds"]:
            return facts
        theirs = sa.select(registrations).where(
            registrations.c.contact_id == scene.contact_id,
            registrations.c.entered_by == "staff",
            registrations.c.state.in_(states.COUNTS),
        )
        for row in tx.execute(theirs.order_by(registrations.c.id)).all():
            done = row.state in states.DONE
            say = Say(template="review_not_permitted", values={"reference": row.reference, "done": done})
            self.cards.say_under(tx, row.id, say, scene.now)
            if not done:
                self.cards.end_entry(tx, row, scene.now)
            self.cards.refresh(tx, row.id, scene.now)
        return facts

    def _decide(self, tx: Connection, event: Event, scene: Scene, to: str, *, why: str) -> sa.Row[Any] | None:
        """Bring a registration into a state, by the hand of a member of staff; None where it can't go there now."""
        decided = {"decided_by": event.data["by"], "decided_name": event.data["name"], "decided_at": scene.now}
        row = changes.move(tx, event.data["registration"], to, hand(event, scene, why=why), **decided)
        if row is not None:
            ledger.unask(tx, row.contact_id, row.id, scene.now)
        return row

    def told(
        self, tx: Connection, row: sa.Row[Any], say: Say, scene: Scene, result: str, *, offers: tuple[Offer, ...] = ()
    ) -> Mapping[str, Any]:
        """Tell the person in a moment, and show on the card how it stands."""
        self.cards.refresh(tx, row.id, scene.now)
        if ledger.is_quiet(tx, row.contact_id):
            return {"result": "quiet"}
        delivery, _ = self.telling.tell(tx, row, say, scene.now + UNDO, offers=offers)
        if delivery:
            changes.told(tx, row.id, delivery)
        return {"result": result if delivery else "untold"}

    def named(self, tx: Connection, row: sa.Row[Any]) -> dict[str, Any]:
        """Return what messages to the person call a registration by."""
        language = self.telling.language(tx, row)
        return {"reference": row.reference, "summary": self.records.told(row, language)}


def view(tx: Connection, post: Post | None) -> RegistrationView | None:
    """Return the registration that a post on the board is about; None for any other post."""
    if post is None or post.board != BOARD:
        return None
    row = tx.execute(sa.select(registrations).where(registrations.c.id == post.subject)).first()
    if row is None:
        return None
    return RegistrationView(id=row.id, reference=row.reference, state=row.state, decided_name=row.decided_name)


def hand(event: Event, scene: Scene, *, why: str = "") -> Hand:
    """Return whose hand an event of the desk is by."""
    return Hand(who=event.data["by"], name=event.data["name"], why=why, now=scene.now)


def late(tx: Connection, event: Event) -> Mapping[str, Any]:
    """Say that something can't be done any more, and how it stands instead: somebody was quicker."""
    row = cards.of(tx, event.data["registration"])
    return {
        "result": "late",
        "reference": row.reference,
        "state": states.NAMES[row.state],
        "by": row.decided_name,
    }
