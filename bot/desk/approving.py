"""Approving: answers of the assistant that a person looks at first. They wait on the board „Atbildes”.

What nobody has decided by the time that was promised becomes a case, and so does what is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.conversation.response import Event, Message, Say, Timer
from bot.database import BigKey, UTCDateTime, metadata
from bot.delivery import outbox
from bot.desk.automatic import Automatic
from bot.desk.boards import Boards
from bot.desk.cases import Desk
from bot.desk.promise import promise
from bot.inbox import ledger
from bot.messages import LETTERS, Address, Button, Envelope, Outbound
from bot.rooms import NO_FACTS, Handler, Scene
from bot.words import Words
from knowledge.topic import Topic

_BOARD = "answers"
_UNDO = timedelta(seconds=5)  # as for other answers of staff
_DECIDED = ("sent", "edited", "refused")
_MOST_ASKED = 1000  # characters that are shown

proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("chat", sa.String(400), nullable=False),
    sa.Column("topic", sa.String(80), nullable=False, index=True),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("asked", sa.Text),  # as said, with secrets masked; erased after the retention time
    sa.Column("state", sa.String(10), nullable=False),  # waiting | sent | edited | refused | late
    sa.Column("proposed_at", UTCDateTime, nullable=False),
    sa.Column("promised_at", UTCDateTime, nullable=False),
    sa.Column("decided_by", sa.String(400)),
    sa.Column("decided_at", UTCDateTime),
    sa.Column("delivery_id", sa.BigInteger),  # what went to the person
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Approving:
    """Called in the transaction that records what was asked, or what staff decide."""

    words: Words
    boards: Boards
    desk: Desk
    topics: Mapping[str, Topic]
    automatic: Automatic
    opens: Handler  # of cases

    def proposed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Put an answer up for approval, once; says by when it comes, or that it need not wait any more."""
        topic = event.data["topic"]
        if not self.automatic.waits_now(tx, topic):
            return {"automatic": True}
        mine = sa.and_(
            proposals.c.contact_id == scene.contact_id, proposals.c.topic == topic, proposals.c.state == "waiting"
        )
        known = tx.execute(sa.select(proposals.c.promised_at).where(mine).limit(1)).first()
        if known:
            return {"automatic": False, "promised_at": known.promised_at}
        promised = promise(scene.now, self.desk.hours, self.desk.answer_within)
        row = {
            "contact_id": scene.contact_id,
            "chat": str(scene.chat),
            "topic": topic,
            "language": scene.language,
            "asked": event.data["asked"] or None,
            "state": "waiting",
            "proposed_at": scene.now,
            "promised_at": promised,
        }
        new = int(tx.execute(sa.insert(proposals).values(row).returning(proposals.c.id)).scalar_one())
        message = self._shown(_row(tx, new))
        self.boards.post(tx, _BOARD, message, scene.now, subject=new, kind="proposal")
        timer = Timer(key=f"approval:{new}", due_at=promised, kind="approval", payload={"proposal": new})
        timers.put(tx, scene.contact_id, str(scene.chat), timer)
        return {"automatic": False, "promised_at": promised}

    def sent(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send an answer as it is."""
        row = self._take(tx, event, scene, "sent")
        if row:
            self._send(tx, row, Say(template="topic", values={"texts": self._texts(row)}), event, scene)
        return NO_FACTS

    def edited(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send what a member of staff has put differently: that is their own answer."""
        row = self._take(tx, event, scene, "edited")
        if row:
            self._send(tx, row, Say(template="desk_answer", values={"text": event.data["text"]}), event, scene)
        return NO_FACTS

    def copied(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Show the words alone, to be copied with one tap; a reply to them is the answer."""
        row = _row(tx, event.data["proposal"])
        words = escape("\n".join(self._texts(row)), quote=False)
        text = f"{self._say('draft_to_edit')}\n\n<code>{words}</code>"
        self.boards.post(tx, _BOARD, Outbound(text=text), scene.now, subject=row.id, kind="draft")
        return NO_FACTS

    def refused(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Let a person answer in a case of its own, by the time that was promised."""
        if row := self._take(tx, event, scene, "refused"):
            case = self._open(tx, row, scene)
            self._change(tx, row, scene, what="refused", by=event.data["name"], case=case)
        return NO_FACTS

    def undone(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Take an answer back that has not gone yet: it waits again; says whether that was in time."""
        row = _row(tx, event.data["proposal"])
        in_time = bool(row.delivery_id) and outbox.withdraw(tx, row.delivery_id, row.contact_id, "undone", scene.now)
        if in_time:
            again = {"state": "waiting", "decided_by": None, "decided_at": None, "delivery_id": None}
            tx.execute(sa.update(proposals).where(proposals.c.id == row.id).values(again))
            self._replace(tx, row.id, self._shown(row), scene)
        return {"in_time": in_time}

    def due(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Make a case of what nobody has decided in time, and give the person the new promise."""
        who = Event(type=event.type, data={**event.data, "by": ""})
        row = self._take(tx, who, scene, "late")
        if row is None:
            return NO_FACTS
        case = self._open(tx, row, scene)
        again = promise(scene.now, self.desk.hours, self.desk.answer_within)
        slipped = Say(template="promise_slipped", values={"slipped": True, "promised_at": again})
        self._tell(tx, row, slipped, scene)
        self._change(tx, row, scene, what="late", by="", case=case)
        return NO_FACTS

    def history(self, tx: Connection, _: Event, __: Scene) -> Mapping[str, Any]:
        """Count how often each topic was sent as it is, put differently or refused."""
        query = sa.select(proposals.c.topic, proposals.c.state, sa.func.count().label("times"))
        counts: dict[str, dict[str, int]] = {}
        for row in tx.execute(query.group_by(proposals.c.topic, proposals.c.state)):
            counts.setdefault(row.topic, dict.fromkeys(_DECIDED, 0))[row.state] = row.times
        return {"counts": counts}

    @property
    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by type of event."""
        return {
            "answer.proposed": self.proposed,
            "approval.copied": self.copied,
            "approval.due": self.due,
            "approval.edited": self.edited,
            "approval.refused": self.refused,
            "approval.sent": self.sent,
            "approval.undone": self.undone,
            "automatic.chosen": self.automatic.choose,
            "automatic.listed": self.history,
        }

    def _take(self, tx: Connection, event: Event, scene: Scene, state: str) -> sa.Row[Any] | None:
        """Decide on an answer that waits; None where somebody has."""
        mine = sa.and_(proposals.c.id == event.data["proposal"], proposals.c.state == "waiting")
        decided = {"state": state, "decided_by": event.data["by"] or None, "decided_at": scene.now}
        if not tx.execute(sa.update(proposals).where(mine).values(decided)).rowcount:
            return None
        return _row(tx, event.data["proposal"])

    def _send(self, tx: Connection, row: sa.Row[Any], say: Say, event: Event, scene: Scene) -> None:
        delivery = self._tell(tx, row, say, scene, after=_UNDO)
        tx.execute(sa.update(proposals).where(proposals.c.id == row.id).values(delivery_id=delivery))
        text = event.data.get("text", "")
        undo = ((Button(label="Atsaukt (5 s)", data=f"approve:{row.id}:undo"),),)
        self._change(tx, row, scene, what=row.state, by=event.data["name"], text=text, rows=undo)

    def _tell(self, tx: Connection, row: sa.Row[Any], say: Say, scene: Scene, *, after: timedelta = timedelta()) -> int:
        chat = Address.parse(row.chat)
        envelope = ledger.thread_of(tx, row.contact_id) if chat.channel == LETTERS else None
        letter = Envelope(subject=envelope[0], message_id=envelope[1]) if envelope else None
        (message,) = self.words.render((Message(parts=(say,)),), None, row.language, {}, letter)
        return outbox.put(tx, message, chat=chat, now=scene.now + after, contact_id=row.contact_id)

    def _open(self, tx: Connection, row: sa.Row[Any], scene: Scene) -> int:
        """Open a case, which keeps the promise that was given where there is still time."""
        known = self.topics.get(row.topic)
        subject = row.asked or (known.label["lv"] if known else row.topic)
        details = {"palīgs atbildētu ar tēmu": known.label["lv"] if known else row.topic}
        theirs = Scene(
            contact_id=row.contact_id,
            chat=Address.parse(row.chat),
            now=scene.now,
            language=row.language,
            inbound_id=scene.inbound_id,
        )
        told = {"kind": "question", "subject": subject, "details": details}
        case = int(self.opens(tx, Event(type="case.opened", data=told), theirs)["case"])
        if row.promised_at > scene.now:
            self.desk.promise_by(tx, theirs, case, row.promised_at)
        return case

    def _shown(self, row: sa.Row[Any]) -> Outbound:
        labels = (("Sūtīt", "send"), ("Labot", "edit"), ("Noraidīt", "reject"))
        buttons = tuple(Button(label=label, data=f"approve:{row.id}:{what}") for label, what in labels)
        return Outbound(text=self._say("proposal", **self._values(row)), rows=(buttons,))

    def _change(
        self,
        tx: Connection,
        row: sa.Row[Any],
        scene: Scene,
        *,
        what: str,
        by: str,
        case: int = 0,
        text: str = "",
        rows: tuple[tuple[Button, ...], ...] = (),
    ) -> None:
        says = {"what": what, "by": by, "case": case, "text": text}
        told = Outbound(text=self._say("proposal_decided", **self._values(row), **says), rows=rows)
        self._replace(tx, row.id, told, scene)

    def _replace(self, tx: Connection, proposal: int, message: Outbound, scene: Scene) -> None:
        """Change what stands on the board."""
        if found := self.boards.newest(tx, _BOARD, proposal, "proposal"):
            edit = Outbound(kind="edit", text=message.text, rows=message.rows)
            outbox.change(tx, found[0], edit, now=scene.now, lane=outbox.Lane.NOTICE)

    def _values(self, row: sa.Row[Any]) -> dict[str, Any]:
        known = self.topics.get(row.topic)
        return {
            "asked": (row.asked or "")[:_MOST_ASKED],
            "topic": known.label["lv"] if known else row.topic,
            "texts": self._texts(row),
            "by_letter": Address.parse(row.chat).channel == LETTERS,
            "language": row.language,
            "promised_at": row.promised_at,
        }

    def _texts(self, row: sa.Row[Any]) -> list[str]:
        """Return what the assistant would have said, in the person's language."""
        known = self.topics.get(row.topic)
        if known is None:
            return []
        said = (texts.get(row.language) or texts.get("lv", "") for texts in (known.answer, known.uncertain))
        return [text for text in said if text]

    def _say(self, template: str, **values: Any) -> str:
        return self.words.tongue("lv").say(Say(template=template, values=values), {})


def forget_old(tx: Connection, before: Any) -> None:
    """Erase what was asked longer ago than that and has been decided; the decisions stay."""
    old = sa.and_(proposals.c.proposed_at < before, proposals.c.state != "waiting", proposals.c.asked.is_not(None))
    tx.execute(sa.update(proposals).where(old).values(asked=None))


def _row(tx: Connection, proposal: int) -> sa.Row[Any]:
    return tx.execute(sa.select(proposals).where(proposals.c.id == proposal)).one()
