"""The relay: what passes between a person and the staff who have their case, and what of it stands in the topic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event, Message, Say
from bot.conversation.standing import NOBODY, CaseView, Standing
from bot.conversation.state import Act, Do, Offer, Prompt, encode_act
from bot.database import BigKey, metadata
from bot.delivery import outbox
from bot.delivery.outbox import deliveries
from bot.delivery.sender import Failure
from bot.desk import answers, team
from bot.desk.cases import KINDS, cases
from bot.inbox import ledger
from bot.messages import LETTERS, Address, Button, Envelope, Inbound, Obstacle, Outbound
from bot.rooms import NO_FACTS, Scene
from bot.words import Words

_OPEN, _TAKEN, _DONE = "❗️", "💬", "✅"  # icons of topics: of those that Telegram offers
UNDO = timedelta(seconds=5)  # an answer waits so long for second thoughts

posts = sa.Table(
    "case_posts",
    metadata,
    sa.Column("delivery_id", BigKey, primary_key=True, autoincrement=False),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),  # summary | person | notice | draft
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """Carries events of the desk out. `chat` is the staff's group; each case has a topic in it."""

    words: Words
    chat: Address
    new_id: Callable[[], str]  # of a prompt
    suggest: Callable[[int, str], tuple[tuple[Button, ...], ...]]  # rows for a case with these words

    def open(self, tx: Connection, case_id: int, title: str, summary: str, now: datetime) -> None:
        """Open a topic for a new case, with what there is to know."""
        thread = tx.execute(sa.select(cases.c.thread).where(cases.c.id == case_id)).scalar_one()
        opened = Outbound(kind="topic_open", text=title, icon=_OPEN)
        outbox.enqueue(tx, [opened], chat=self.chat, now=now, contact_id=None, lane=outbox.Lane.NOTICE, thread=thread)
        rows = ((_button("Ņemu", case_id, "claim"), _button("Aizvērt", case_id, "close")),)
        self.post(tx, case_id, Outbound(text=summary, rows=rows), now, kind="summary")

    def post(self, tx: Connection, case_id: int, message: Outbound, now: datetime, *, kind: str) -> int:
        """Write into a case's topic; returns the delivery."""
        case = tx.execute(sa.select(cases.c.thread, cases.c.subject).where(cases.c.id == case_id)).one()
        if kind == "summary":
            message = replace(message, rows=(*message.rows, *self.suggest(case_id, case.subject or "")))
        delivery = outbox.put(
            tx, message, chat=self.chat, now=now, contact_id=None, lane=outbox.Lane.NOTICE, thread=case.thread
        )
        tx.execute(sa.insert(posts).values(delivery_id=delivery, case_id=case_id, kind=kind))
        return delivery

    def lost(self, tx: Connection, failure: Failure, now: datetime) -> None:
        """Do without a topic that can't be opened, and open one anew that somebody has deleted."""
        row = failure.row
        if not failure.final or row.chat != self.chat:
            return
        if row.message.kind == "topic_open":
            self.topic_opened(tx, row.thread, "")
        elif failure.error.obstacle is Obstacle.THREAD_GONE:
            case = tx.execute(sa.select(cases).where(cases.c.thread == row.thread)).first()
            if case:
                waiting = f"case:{case.id}"
                tx.execute(sa.update(cases).where(cases.c.id == case.id).values(thread=waiting))
                outbox.move_thread(tx, self.chat, row.thread, waiting)
                self.open(tx, case.id, f"#{case.id} {KINDS[case.kind]}", escape(case.subject or ""), now)
                kind = tx.execute(sa.select(posts.c.kind).where(posts.c.delivery_id == row.id)).scalar()
                self.post(tx, case.id, row.message, now, kind=kind or "notice")

    def topic_opened(self, tx: Connection, thread: str, ref: str) -> None:
        """Take over the number that Telegram gave a topic; what waits for it goes there."""
        outbox.move_thread(tx, self.chat, thread, ref)
        tx.execute(sa.update(cases).where(cases.c.thread == thread).values(thread=ref))

    def claimed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Give a case to whoever took it, and let the assistant be silent with its person."""
        case = _case(tx, event.data["case"])
        mine = sa.update(cases).where(cases.c.id == case.id, cases.c.owner.is_(None))
        if not tx.execute(mine.values(owner=event.data["by"], owner_name=event.data["name"])).rowcount:
            return NO_FACTS
        ledger.hold(tx, case.contact_id, case.id, scene.now)
        self._turn(tx, case, Outbound(kind="topic_edit", icon=_TAKEN), scene.now)
        self.tell(tx, case, Say(template="desk_joined"), scene.now)
        return NO_FACTS

    def passed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Pass a case on to a colleague of a name; returns whose it is now, '' where no name or several fit."""
        wanted = event.data["to"].casefold()
        fits = [one for one in team.members(tx) if wanted and one.name.casefold().startswith(wanted)]
        if len(fits) != 1:
            return {"to": ""}
        case = _case(tx, event.data["case"])
        own = {"owner": str(fits[0].address), "owner_name": fits[0].name}
        tx.execute(sa.update(cases).where(cases.c.id == case.id).values(**own))
        ledger.hold(tx, case.contact_id, case.id, scene.now)
        return {"to": fits[0].name}

    def answered(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send an answer to the person, in a moment; until then it can be taken back."""
        case = _case(tx, event.data["case"])
        say = Say(template="desk_answer", values={"text": event.data["text"]})
        sent = self.tell(tx, case, say, scene.now + UNDO)
        who = {"by": event.data["by"], "name": event.data["name"]}
        answers.note(tx, sent, case, **who, text=event.data["text"], now=scene.now)
        tx.execute(
            sa.update(cases).where(cases.c.id == case.id).values(answered_at=scene.now, answered_by=event.data["by"])
        )
        undo = Outbound(
            text=f"⏳ {escape(event.data['name'])}: {escape(event.data['text'])}",
            rows=((Button(label="Atsaukt (5 s)", data=f"case:{case.id}:undo:{sent}"),),),
        )
        self.post(tx, case.id, undo, scene.now, kind="notice")
        return NO_FACTS

    def shown(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send a picture or a document of staff to the person; returns whether their channel can bring it."""
        case = _case(tx, event.data["case"])
        chat = Address.parse(case.chat)
        if chat.channel != self.chat.channel:
            return {"brought": False}
        copied = Outbound(kind="copy", source=(self.chat.ident, event.data["ref"]))
        outbox.put(tx, copied, chat=chat, now=scene.now + UNDO, contact_id=case.contact_id)
        tx.execute(
            sa.update(cases).where(cases.c.id == case.id).values(answered_at=scene.now, answered_by=event.data["by"])
        )
        return {"brought": True}

    def undone(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Take an answer back that has not gone yet; says whether that was in time."""
        case = _case(tx, event.data["case"])
        waiting = sa.and_(
            deliveries.c.id == event.data["delivery"],
            deliveries.c.contact_id == case.contact_id,
            deliveries.c.state == "queued",
        )
        change = sa.update(deliveries).where(waiting).values(state="skipped", error="undone", finished_at=scene.now)
        in_time = tx.execute(change).rowcount > 0
        if in_time:
            tx.execute(sa.update(cases).where(cases.c.id == case.id).values(answered_at=None, answered_by=None))
        return {"in_time": in_time}

    def closed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Close a case: the person hears it, the assistant speaks again, the topic is closed."""
        case = _case(tx, event.data["case"])
        done = sa.update(cases).where(cases.c.id == case.id, cases.c.state == "open")
        if not tx.execute(done.values(state="closed", closed_at=scene.now)).rowcount:
            return NO_FACTS
        ledger.hold(tx, case.contact_id, None, scene.now)
        if case.owner:
            self._ask_how_it_was(tx, case, scene.now)
        self._turn(tx, case, Outbound(kind="topic_edit", icon=_DONE), scene.now)
        self._turn(tx, case, Outbound(kind="topic_close"), scene.now)
        return NO_FACTS

    def rated(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Note how helpful the person found it."""
        theirs = sa.and_(cases.c.id == event.data["case"], cases.c.contact_id == scene.contact_id)
        tx.execute(sa.update(cases).where(theirs).values(rating=event.data["stars"]))
        return NO_FACTS

    def written(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Show staff what the person writes while they have the case; a reply to it is an answer."""
        case = _case(tx, event.data["case"])
        if case.chat != str(scene.chat):
            tx.execute(sa.update(cases).where(cases.c.id == case.id).values(chat=str(scene.chat)))
        files = event.data["files"]
        if files and scene.chat.channel == self.chat.channel:
            copied = Outbound(kind="copy", source=(scene.chat.ident, event.data["ref"]))
            self.post(tx, case.id, copied, scene.now, kind="person")
            return NO_FACTS
        named = "".join(f"\n[{file.kind}: {escape(file.name or '')}]" for file in files)
        self.post(tx, case.id, Outbound(text=f"👤 {escape(event.data['text'])}{named}"), scene.now, kind="person")
        return NO_FACTS

    def released(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Note that the person went back to the assistant; the case stays open."""
        self.post(tx, event.data["case"], Outbound(text="↩ Atgriezās pie palīga."), scene.now, kind="notice")
        tx.execute(sa.update(cases).where(cases.c.id == event.data["case"]).values(owner=None, owner_name=""))
        return NO_FACTS

    def listed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002
        """Bring up the open cases of a member of staff, and how many nobody has."""
        mine = sa.and_(cases.c.state == "open", cases.c.owner == event.data["by"])
        rows = tx.execute(sa.select(cases).where(mine).order_by(cases.c.promised_at)).all()
        free = sa.select(sa.func.count()).where(cases.c.state == "open", cases.c.owner.is_(None))
        found = [{"id": row.id, "subject": (row.subject or "")[:60], "promised_at": row.promised_at} for row in rows]
        return {"mine": found, "free": tx.execute(free).scalar_one()}

    def standing(self, tx: Connection, item: Inbound) -> Standing:
        """Return who writes in the staff's group, and about which case."""
        if item.chat != self.chat:
            return NOBODY
        member = team.member(tx, item.sender)
        row, kind = _case_of(tx, self.chat, item)
        return Standing(
            role=member.role if member else "",
            name=member.name if member else "",
            case=_view(row) if row else None,
            to_person=kind in {"person", "summary", "draft"},
        )

    def _turn(self, tx: Connection, case: sa.Row[Any], change: Outbound, now: datetime) -> None:
        """Change a case's topic, where it has one."""
        if case.thread:
            chat, lane = self.chat, outbox.Lane.NOTICE
            outbox.put(tx, change, chat=chat, now=now, contact_id=None, lane=lane, thread=case.thread)

    def _ask_how_it_was(self, tx: Connection, case: sa.Row[Any], now: datetime) -> None:
        acts = [Act(do=Do.RATE, value=[case.id, stars]) for stars in range(1, 6)]
        offers = tuple(Offer(label=str(act.value[1]), act=act) for act in acts)
        prompt = Prompt(id=self.new_id(), offers=tuple((offer.label, offer.act) for offer in offers))
        row = {"id": prompt.id, "run_id": "", "questions": [], "options": [encode_act(act) for act in acts]}
        ledger.show(tx, case.contact_id, row, now)
        self.tell(tx, case, Say(template="desk_ended"), now, offers=offers, prompt=prompt)

    def tell(
        self,
        tx: Connection,
        case: sa.Row[Any],
        say: Say,
        at: datetime,
        *,
        offers: tuple[Offer, ...] = (),
        prompt: Prompt | None = None,
    ) -> int:
        """Write to a case's person on the channel that they used; returns the delivery."""
        chat = Address.parse(case.chat)
        envelope = ledger.thread_of(tx, case.contact_id) if chat.channel == LETTERS else None
        letter = Envelope(subject=envelope[0], message_id=envelope[1]) if envelope else None
        spoken = ledger.spoken(tx, case.contact_id)
        (message,) = self.words.render((Message(parts=(say,), offers=offers),), prompt, spoken, {}, letter)
        return outbox.put(tx, message, chat=chat, now=at, contact_id=case.contact_id)


def _case(tx: Connection, case_id: int) -> sa.Row[Any]:
    return tx.execute(sa.select(cases).where(cases.c.id == case_id)).one()


def _case_of(tx: Connection, chat: Address, item: Inbound) -> tuple[sa.Row[Any] | None, str]:
    """Find a case by the message that is replied to or tapped, or by the topic that is written in."""
    ref = item.reply_to or (item.message_ref if item.is_tap else "")
    by_ref = (
        sa.select(cases, posts.c.kind.label("post"))
        .join(posts, posts.c.case_id == cases.c.id)
        .join(deliveries, deliveries.c.id == posts.c.delivery_id)
        .where(deliveries.c.message_ref == ref, deliveries.c.chat == str(chat))
    )
    row = tx.execute(by_ref).first() if ref else None
    if row:
        return row, row.post
    by_thread = sa.select(cases).where(cases.c.thread == item.thread)
    return (tx.execute(by_thread).first() if item.thread else None), ""


def _view(row: sa.Row[Any]) -> CaseView:
    return CaseView(
        id=row.id,
        state=row.state,
        owner=row.owner or "",
        owner_name=row.owner_name or "",
        answered_by=row.answered_by or "",
        answered_at=row.answered_at,
    )


def _button(label: str, case_id: int, what: str) -> Button:
    return Button(label=label, data=f"case:{case_id}:{what}")
