"""The relay: what passes between a person and the staff who have their case, and what of it stands in the topic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.conversation.response import Event, Message, Say
from bot.conversation.standing import NOBODY, CaseView, Standing
from bot.conversation.state import Act, Do, Offer, Prompt, encode_act
from bot.database import BigKey, metadata
from bot.delivery import outbox
from bot.delivery.outbox import deliveries
from bot.desk import answers, mirrors, team
from bot.desk.cases import case_row, cases, title_of
from bot.desk.mirrors import Spot
from bot.desk.on_closing import THEMES
from bot.inbox import ledger
from bot.messages import LETTERS, Address, Button, Envelope, Inbound, Kind, Outbound
from bot.rooms import NO_FACTS, Scene
from bot.words import Words
from knowledge.contacts import HIDDEN

ICONS = _OPEN, _TAKEN, _DONE = "❗️", "💬", "✅"  # of topics: of those that Telegram offers
UNDO = timedelta(seconds=5)  # an answer waits so long for second thoughts

posts = sa.Table(
    "case_posts",
    metadata,
    sa.Column("delivery_id", BigKey, primary_key=True, autoincrement=False),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),  # summary | person | answer | draft | notice
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """Carries events of the desk out. `chat` is the staff's group; each case has a topic in it."""

    words: Words
    chat: Address
    new_id: Callable[[], str]  # of a prompt
    suggest: Callable[[int, str], tuple[tuple[Button, ...], ...]]  # rows for a case with these words

    def open(self, tx: Connection, case_id: int, title: str, summary: str, now: datetime) -> int:
        """Open a topic for a case, with what there is to know; returns the delivery that tells it."""
        icon = _TAKEN if case_row(tx, case_id).owner else _OPEN
        opened = Outbound(kind="topic_open", text=title, icon=icon)
        rows: list[tuple[Button, ...]] = [(_button("Ņemu", case_id, "claim"), _button("Aizvērt", case_id, "close"))]
        if HIDDEN in summary:
            rows.append((_button("Rādīt kontaktu", case_id, "contact"),))
        self._put(tx, case_row(tx, case_id), opened, now, patient=True)
        return self.post(tx, case_id, Outbound(text=summary, rows=tuple(rows)), now, kind="summary", patient=True)

    def post(
        self, tx: Connection, case_id: int, message: Outbound, now: datetime, *, kind: str, patient: bool = False
    ) -> int:
        """Write into a case's topic, `patient`ly where the topic itself waits for its turn; returns the delivery."""
        case = case_row(tx, case_id)
        if kind == "summary":
            message = replace(message, rows=(*message.rows, *self.suggest(case_id, case.subject or "")))
        delivery = self._put(tx, case, message, now, patient=patient)
        tx.execute(sa.insert(posts).values(delivery_id=delivery, case_id=case_id, kind=kind))
        return delivery

    def topic_opened(self, tx: Connection, thread: str, ref: str) -> None:
        """Take over the number that Telegram gave a topic; what waits for it goes there."""
        outbox.move_thread(tx, self.chat, thread, ref)
        tx.execute(sa.update(cases).where(cases.c.thread == thread).values(thread=ref))

    def claimed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Give a case to whoever took it, and let the assistant be silent with its person."""
        case = case_row(tx, event.data["case"])
        mine = sa.update(cases).where(cases.c.id == case.id, cases.c.owner.is_(None))
        if not tx.execute(mine.values(owner=event.data["by"], owner_name=event.data["name"])).rowcount:
            return NO_FACTS
        _hold(tx, case, case.id, scene.now)
        self._rename(tx, case.id, _TAKEN, scene.now)
        self.tell(tx, case, Say(template="desk_joined"), scene.now)
        return NO_FACTS

    def passed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Pass a case on to a colleague of a name; returns whose it is now, '' for none, several, or one `away`."""
        wanted = event.data["to"].casefold()
        fits = [one for one in team.members(tx) if wanted and one.name.casefold().startswith(wanted)]
        if len(fits) != 1:
            return {"to": "", "away": None}
        if fits[0].is_away(scene.now.astimezone(RIGA).date()):
            return {"to": "", "away": fits[0]}
        case = case_row(tx, event.data["case"])
        own = {"owner": str(fits[0].address), "owner_name": fits[0].name}
        tx.execute(sa.update(cases).where(cases.c.id == case.id).values(**own))
        _hold(tx, case, case.id, scene.now)
        self._rename(tx, case.id, _TAKEN, scene.now)
        return {"to": fits[0].name, "away": None}

    def answered(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send an answer to the person, in a moment; until then it can be taken back."""
        case = case_row(tx, event.data["case"])
        if not case.chat:
            return NO_FACTS  # nobody's, or whose person was erased meanwhile
        message, chat = self.answer(tx, case, event.data["text"]), Address.parse(case.chat)
        sent = outbox.put(tx, message, chat=chat, now=scene.now + UNDO, contact_id=case.contact_id)
        who = {"by": event.data["by"], "name": event.data["name"]}
        answers.note(tx, sent, case, **who, text=event.data["text"], now=scene.now)
        mirrors.pair(tx, case.id, Spot(self.chat, event.data.get("ref", "")), sent, scene.now)
        self.note_answer(tx, case.id, event.data["by"], scene.now)
        self.offer_undo(tx, case.id, sent, f"{event.data['name']}: {event.data['text']}", scene.now)
        return NO_FACTS

    def answer(self, tx: Connection, case: sa.Row[Any], text: str) -> Outbound:
        """Put an answer of staff as the person will read it."""
        return self.message(tx, case, Say(template="desk_answer", values={"text": text}))

    def note_answer(self, tx: Connection, case_id: int, by: str, now: datetime) -> None:
        """Note who has answered last, and when."""
        tx.execute(sa.update(cases).where(cases.c.id == case_id).values(answered_at=now, answered_by=by))

    def offer_undo(self, tx: Connection, case_id: int, sent: int, what: str, now: datetime) -> None:
        """Tell staff what goes out, with a button that takes it back."""
        rows = ((Button(label="Atsaukt (5 s)", data=f"case:{case_id}:undo:{sent}"),),)
        self.post(tx, case_id, Outbound(text=f"⏳ {escape(what)}", rows=rows), now, kind="answer")

    def undone(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Take an answer back that has not gone yet; says whether that was in time."""
        case = case_row(tx, event.data["case"])
        in_time = outbox.withdraw(tx, event.data["delivery"], case.contact_id, "undone", scene.now)
        if in_time:
            tx.execute(sa.update(cases).where(cases.c.id == case.id).values(answered_at=None, answered_by=None))
        return {"in_time": in_time}

    def closed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Close a case: the person hears it, the assistant speaks again, the topic is closed."""
        case = case_row(tx, event.data["case"])
        done = sa.update(cases).where(cases.c.id == case.id, cases.c.state == "open")
        answer = event.data.get("reply_document", "")
        if not tx.execute(done.values(state="closed", closed_at=scene.now, reply_document=answer)).rowcount:
            return NO_FACTS
        _hold(tx, case, None, scene.now)
        if case.owner and case.chat:
            self._ask_how_it_was(tx, case, scene.now)
        self._ask_for_theme(tx, case.id, scene.now)
        self._turn(tx, case, Outbound(kind="topic_edit", icon=_DONE), scene.now)
        self._turn(tx, case, Outbound(kind="topic_close"), scene.now)
        return NO_FACTS

    def themed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002
        """Note what a case was about."""
        case = sa.update(cases).where(cases.c.id == event.data["case"])
        tx.execute(case.values(theme=event.data["theme"]))
        return NO_FACTS

    def rated(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Note how helpful the person found it."""
        theirs = sa.and_(cases.c.id == event.data["case"], cases.c.contact_id == scene.contact_id)
        tx.execute(sa.update(cases).where(theirs).values(rating=event.data["stars"]))
        return NO_FACTS

    def released(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Note that the person went back to the assistant; the case stays open."""
        self.post(tx, event.data["case"], Outbound(text="↩ Atgriezās pie palīga."), scene.now, kind="notice")
        tx.execute(sa.update(cases).where(cases.c.id == event.data["case"]).values(owner=None, owner_name=""))
        self._rename(tx, event.data["case"], _OPEN, scene.now)
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
        pair = mirrors.of_inbound(tx, item)
        album_of = mirrors.is_gathered(tx, self.chat, item.said.album)
        if row is None and (found := pair.case_id if pair else album_of):
            row = case_row(tx, found)
        shown = pair is not None and pair.spot.chat != self.chat and item.kind is Kind.MESSAGE
        return Standing(
            role=member.role if member else "",
            name=member.name if member else "",
            case=view(row) if row else None,
            to_person=kind in {"person", "summary", "draft"} or shown or album_of is not None,
            pair=pair.id if pair else 0,
        )

    def _ask_for_theme(self, tx: Connection, case_id: int, now: datetime) -> None:
        themes = [Button(label=label, data=f"theme:{case_id}:{theme}") for theme, label in THEMES.items()]
        rows = tuple(tuple(themes[at : at + 2]) for at in range(0, len(themes), 2))
        self.post(tx, case_id, Outbound(text="Par ko tas bija?", rows=rows), now, kind="notice")

    def kind_of(self, tx: Connection, delivery_id: int) -> str:
        """Return what a message in a topic is: summary, person, notice; '' for one of another place."""
        return tx.execute(sa.select(posts.c.kind).where(posts.c.delivery_id == delivery_id)).scalar() or ""

    def _rename(self, tx: Connection, case_id: int, icon: str, now: datetime) -> None:
        """Let the topic's name and icon say whose it is, and how it stands."""
        case = case_row(tx, case_id)
        self._turn(tx, case, Outbound(kind="topic_edit", text=title_of(case), icon=icon), now)

    def _turn(self, tx: Connection, case: sa.Row[Any], change: Outbound, now: datetime) -> None:
        """Change a case's topic, where it has one."""
        if case.thread:
            self._put(tx, case, change, now)

    def _put(
        self, tx: Connection, case: sa.Row[Any], message: Outbound, now: datetime, *, patient: bool = False
    ) -> int:
        return outbox.put(
            tx,
            message,
            chat=self.chat,
            now=now,
            contact_id=None,
            lane=outbox.Lane.NOTICE,
            thread=case.thread,
            wanted_at=case.promised_at if patient else None,
        )

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
        """Write to a case's person on the channel that they used; returns the delivery, 0 where it is nobody's."""
        if not case.chat:
            return 0
        message = self.message(tx, case, say, offers=offers, prompt=prompt)
        return outbox.put(tx, message, chat=Address.parse(case.chat), now=at, contact_id=case.contact_id)

    def message(
        self,
        tx: Connection,
        case: sa.Row[Any],
        say: Say,
        *,
        offers: tuple[Offer, ...] = (),
        prompt: Prompt | None = None,
    ) -> Outbound:
        """Put something as a case's person will read it, on their channel and in their language."""
        by_letter = Address.parse(case.chat).channel == LETTERS
        envelope = ledger.thread_of(tx, case.contact_id) if by_letter else None
        letter = Envelope(subject=envelope[0], message_id=envelope[1]) if envelope else None
        spoken = ledger.spoken(tx, case.contact_id)
        (message,) = self.words.render((Message(parts=(say,), offers=offers),), prompt, spoken, {}, letter)
        return message


def _hold(tx: Connection, case: sa.Row[Any], by: int | None, now: datetime) -> None:
    """Let the assistant be silent with a case's person, or speak again; a case may be nobody's."""
    if case.chat:
        ledger.hold(tx, case.contact_id, by, now)


def _case_of(tx: Connection, chat: Address, item: Inbound) -> tuple[sa.Row[Any] | None, str]:
    """Find a case by the message that is replied to or tapped, or by the topic that is written in."""
    ref = item.reply_to or (item.message_ref if item.is_tap else "")
    by_ref = (
        sa.select(cases, posts.c.kind.label("post"))
        .join(posts, posts.c.case_id == cases.c.id)
        .join(deliveries, deliveries.c.id == posts.c.delivery_id)
        # Literal, as in the index's condition.
        .where(
            deliveries.c.message_ref == ref, deliveries.c.chat == str(chat), sa.text("deliveries.contact_id IS NULL")
        )
    )
    row = tx.execute(by_ref).first() if ref else None
    if row:
        return row, row.post
    by_thread = sa.select(cases).where(cases.c.thread == item.thread)
    return (tx.execute(by_thread).first() if item.thread else None), ""


def view(row: sa.Row[Any]) -> CaseView:
    """Show a case as its staff see it."""
    return CaseView(
        id=row.id,
        state=row.state,
        document=row.document,
        owner=row.owner or "",
        owner_name=row.owner_name or "",
        answered_by=row.answered_by or "",
        answered_at=row.answered_at,
    )


def _button(label: str, case_id: int, what: str) -> Button:
    return Button(label=label, data=f"case:{case_id}:{what}")
