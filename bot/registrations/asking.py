"""Asking: a question of staff goes to the person, the answer comes back under the card, with what it would change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.conversation.response import Event, Say
from bot.conversation.state import Act, Do, Offer
from bot.inbox import ledger
from bot.messages import Outbound
from bot.registrations import amendments, cards, changes, states
from bot.registrations.amending import Amending
from bot.registrations.changes import Hand, registration_changes
from bot.registrations.review import Review, hand, late
from bot.rooms import NO_FACTS, Scene
from flows.grammar import L
from flows.said import Position, Said

# What staff may ask with a tap, and how the button says it. The person reads the flow's own question.
_TOPICS = {
    "plantings": "Koki un skaits",
    "planted": "Laiks",
    "place": "Vieta",
    "kind": "Vietas veids",
    "additional": "Pienākums",
    "photos": "Foto",
}
_HIDDEN = frozenset({"contact"})  # never shown in the group unasked


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """Carries questions and answers between staff and people."""

    review: Review
    amending: Amending

    def prompted(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Ask staff what to ask: a reply to this message is the question, or a button."""
        row = cards.of(tx, event.data["registration"])
        buttons = [cards.button(label, row.id, f"ask:{key}") for key, label in _TOPICS.items()]
        rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
        say = Say(template="review_ask", values={"reference": row.reference})
        self.review.cards.say_under(tx, row.id, say, scene.now, kind="question", rows=rows)
        return NO_FACTS

    def asked(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send a question to the person: in words of staff, or the flow's own (`key`)."""
        data = event.data
        row, key = cards.of(tx, data["registration"]), data["key"]
        if row.state not in {*states.OPEN, states.ACCEPTED} or (key and key not in _TOPICS):
            return late(tx, event)
        language = self.review.telling.language(tx, row)
        text, offers = data["text"], [Offer(label=L("Atbildēt"), act=_reply(row.id))]
        question = self.amending.flows[row.flow].question(key) if key else None
        if question:
            tongue = self.review.cards.words.tongue(language)
            text = tongue.text(question.ask)
            choices = (option.label for option in question.options(row.answers) if not option.request)
            offers = [*(Offer(label=label, act=_reply(row.id, label)) for label in choices), *offers]
        say = Say(template="review_question", values={**self.review.named(tx, row), "text": text})
        delivery, prompt = self.review.telling.tell(tx, row, say, scene.now, offers=tuple(offers))
        if not delivery:
            return {"result": "untold"}
        asks = [row.id, row.reference, text, key, prompt, row.run_id]
        ledger.ask(tx, row.contact_id, asks, scene.now)
        if row.state in states.OPEN:
            changes.move(tx, row.id, states.QUESTION, hand(event, scene, why=text))
        else:
            changes.note(tx, row.id, hand(event, scene, why=text), kind="question")
        self.review.cards.refresh(tx, row.id, scene.now)
        return {"result": "asked"}

    def answered(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Show staff what the person answers, and what it would change."""
        data = event.data
        row = cards.of(tx, data["registration"])
        if row.contact_id != scene.contact_id:
            return NO_FACTS
        by_person = Hand(who=str(scene.chat), now=scene.now)
        if row.state == states.QUESTION:
            changes.move(tx, row.id, states.RECEIVED, by_person)
        self._mirror(tx, row, event, scene)
        at = data["position"]
        said = Said(text=data["text"], position=Position(lat=at[0], lon=at[1]) if at else None)
        today = scene.now.astimezone(RIGA).date()
        wanted = amendments.heard(self.amending.flows[row.flow], row.answers, said, data["key"], today)
        wanted = {key: pair for key, pair in wanted.items() if key not in _HIDDEN}
        if wanted:
            self.offer(tx, row, wanted, by_person)
        self.review.cards.refresh(tx, row.id, scene.now)
        return NO_FACTS

    def offer(self, tx: Connection, row: sa.Row[Any], wanted: amendments.Changes, by: Hand) -> None:
        """Show staff a change under the card, which they write down with a tap."""
        number = changes.note(tx, row.id, by, kind="offer", details=wanted)
        said = self.amending.told(row, wanted, "lv")
        say = Say(template="review_offer", values={"reference": row.reference, "changes": said})
        rows = ((cards.button("Ierakstīt", row.id, f"take:{number}"),),)
        self.review.cards.say_under(tx, row.id, say, by.now, kind="offer", rows=rows)

    def taken(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Write down a change that was offered, and tell the person."""
        row = cards.of(tx, event.data["registration"])
        mine = sa.and_(
            registration_changes.c.id == event.data["change"],
            registration_changes.c.registration_id == row.id,
            registration_changes.c.kind == "offer",
        )
        wanted = tx.execute(sa.select(registration_changes.c.details).where(mine)).scalar()
        now = self.amending.apply(tx, row, wanted, hand(event, scene)) if wanted else None
        if now is None:
            return {"result": "overtaken"}
        told = self.amending.told(row, wanted or {}, self.review.telling.language(tx, row))
        say = Say(template="review_changed", values={"reference": row.reference, "changes": told})
        return self.review.told(tx, now, say, scene, "changed")

    def _mirror(self, tx: Connection, row: sa.Row[Any], event: Event, scene: Scene) -> None:
        """Write the person's words under the card; pictures are copied from a chat, and named of a letter."""
        data, under = event.data, self.review.cards
        if data["files"] and scene.chat.channel == under.boards.chat.channel:
            copied = Outbound(kind="copy", source=(scene.chat.ident, scene.ref))
            under.write_under(tx, row.id, copied, scene.now, kind="answer")
            return
        if data["files"]:
            under.expect_pictures(tx, row, scene.now)
        values = {"reference": row.reference, "text": data["text"], "at": data["position"], "files": len(data["files"])}
        under.say_under(tx, row.id, Say(template="review_answer", values=values), scene.now, kind="answer")


def _reply(registration_id: int, label: str = "") -> Act:
    return Act(do=Do.REPLY, value=[registration_id, label])
