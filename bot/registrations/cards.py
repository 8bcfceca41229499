"""Cards: what staff see of registrations on their board, kept as it stands, and what is written under a card."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.attachments import records as attachments
from bot.attachments.records import Attachment
from bot.conversation.response import Say, Timer
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.desk import team
from bot.desk.boards import Boards
from bot.documents import orders
from bot.messages import Address, Button, Outbound
from bot.people import permissions
from bot.registrations import changes, states
from bot.registrations.alike import alike
from bot.registrations.entry_card import entry_card
from bot.registrations.records import registrations
from bot.words import Words
from flows.grammar import Flow
from knowledge.entry_form import Field

BOARD = "review"
PICTURE = "registration_picture"  # kind of a document: an attachment's copy without what a camera writes into it
_SHOWN = ("list", "plantings", "planted", "place", "kind", "additional")
# The pauses after which pictures are looked for again that were still being fetched.
_WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cards:
    """Puts cards on the board of registrations and keeps them true.

    `flows` can show the stored answers, `fields` are those of MapMyTree's form.
    """

    words: Words
    flows: Mapping[str, Flow]
    boards: Boards
    fields: Sequence[Field]

    def put(self, tx: Connection, registration_id: int, now: datetime) -> None:
        """Put up the card of a registration, with its pictures under it."""
        row = of(tx, registration_id)
        self.boards.post(tx, BOARD, self._card(tx, row), now, subject=row.id, kind="card")
        self.show_pictures(tx, row, now, shown=frozenset(), waited=0)

    def refresh(self, tx: Connection, registration_id: int, now: datetime) -> None:
        """Bring the newest card of a registration up to date."""
        card = self.boards.newest(tx, BOARD, registration_id, "card")
        if card:
            changed = replace(self._card(tx, of(tx, registration_id)), kind="edit")
            outbox.change(tx, card[0], changed, now=now, lane=Lane.NOTICE)

    def list_replaced(self, tx: Connection, registration_id: int, now: datetime) -> None:
        """Bring a card up to date whose list was replaced by a corrected one, and say so under it."""
        self.refresh(tx, registration_id, now)
        say = Say(template="staff_list_replaced", values=dict(of(tx, registration_id)._mapping))
        self.say_under(tx, registration_id, say, now)

    def put_entry(self, tx: Connection, row: sa.Row[Any], now: datetime) -> None:
        """Put up what staff copy into MapMyTree, for those who let us enter their trees."""
        flow = self.flows.get(row.flow)
        if flow is None or row.entered_by != "staff" or not may_enter(tx, row):
            return
        buttons = (button("Ievadīts", row.id, "enter"), button("Caur Reportnet 3", row.id, "reported"))
        say = entry_card(row, flow, self.fields, self.words.tongue("lv"))
        self.say_under(tx, row.id, say, now, kind="entry", rows=(buttons,))

    def end_entry(self, tx: Connection, row: sa.Row[Any], now: datetime) -> None:
        """Leave nothing to copy where it is done, or not to be done now."""
        card = self.boards.newest(tx, BOARD, row.id, "entry")
        if card:
            values = {"reference": row.reference, "done": row.state in states.DONE}
            text = self.words.tongue("lv").say(Say(template="review_entry_done", values=values), {})
            outbox.change(tx, card[0], Outbound(kind="edit", text=text), now=now, lane=Lane.NOTICE)

    def write_under(self, tx: Connection, registration_id: int, message: Outbound, now: datetime, *, kind: str) -> int:
        """Write something about a registration, as a reply to its card; returns the delivery."""
        card = self.boards.newest(tx, BOARD, registration_id, "card")
        under = replace(message, reply_to=card[1] if card else "")
        return self.boards.post(tx, BOARD, under, now, subject=registration_id, kind=kind)

    def say_under(
        self, tx: Connection, registration_id: int, say: Say, now: datetime, *, kind: str = "note", rows: Rows = ()
    ) -> int:
        """Write a template of templates/staff under a card; returns the delivery."""
        text = self.words.tongue("lv").say(say, {})
        return self.write_under(tx, registration_id, Outbound(text=text, rows=rows), now, kind=kind)

    def show_pictures(
        self, tx: Connection, row: sa.Row[Any], now: datetime, *, shown: frozenset[int], waited: int
    ) -> None:
        """Show the pictures of a registration that staff have not seen; look again for those still being fetched."""
        found = [one for one in attachments.of_run(tx, row.run_id) if one.id not in shown]
        copied = [one for one in found if one.message_ref and one.address.channel == self.boards.chat.channel]
        thread = self.boards.thread(tx, BOARD, now)
        # An order could not be moved to the number that a topic has yet to get.
        stored = [
            one for one in found if one.state == "stored" and one not in copied and not thread.startswith("board")
        ]
        for message in _copies(copied):
            self.write_under(tx, row.id, message, now, kind="pictures")
        for one in stored:
            payload = {"attachment": one.id, "reference": row.reference}
            orders.place(
                tx,
                kind=PICTURE,
                payload=payload,
                chat=self.boards.chat,
                contact_id=None,
                now=now,
                thread=thread,
                lane=Lane.NOTICE,
            )
        waiting = [one for one in found if one.state in {"pending", "stored"} and one not in (*copied, *stored)]
        unseen = any(one.state == "pending" for one in copied)  # whose content may prove to be known
        if waiting or unseen:
            _look_again(tx, row, now, shown={*shown, *(one.id for one in (*copied, *stored))}, waited=waited)

    def expect_pictures(self, tx: Connection, row: sa.Row[Any], now: datetime) -> None:
        """Show in a while the pictures that are only now being entered, and no other."""
        _look_again(tx, row, now, shown={one.id for one in attachments.of_run(tx, row.run_id)}, waited=0)

    def _card(self, tx: Connection, row: sa.Row[Any]) -> Outbound:
        latest = changes.latest(tx, row.id)
        values = {
            "row": row,
            "state": states.NAMES[row.state],
            "latest": latest,
            "phoned": _name(tx, row.registered_by),
            "permitted": row.entered_by != "staff" or may_enter(tx, row),
            "channel": (row.address or "").partition(":")[0],
            "lines": list(self._lines(row)),
            "pictures": len(attachments.of_run(tx, row.run_id)),
            "alike": [(other, like, states.NAMES[other.state]) for other, like in alike(tx, row)],
        }
        text = self.words.tongue("lv").say(Say(template="review_card", values=values), {})
        return Outbound(text=text, rows=_buttons(row))

    def _lines(self, row: sa.Row[Any]) -> Iterator[tuple[str, str, str]]:
        """Yield what was answered, as staff read it: the question's key, its label, the answer."""
        voice = self.words.tongue("lv")
        flow = self.flows.get(row.flow)
        for key in _SHOWN:
            question = flow.question(key) if flow else None
            if question is None or key not in row.answers:
                continue
            try:
                yield key, question.label, question.show(question.decode(row.answers[key]), voice)
            except (ValueError, KeyError, TypeError):
                yield key, question.label, "?"


def of(tx: Connection, registration_id: int) -> sa.Row[Any]:
    """Return a registration; raises NoResultFound."""
    return tx.execute(sa.select(registrations).where(registrations.c.id == registration_id)).one()


def _name(tx: Connection, address: str) -> str:
    """Return what a member of staff is called, who wrote down what was told by telephone; '' for nobody."""
    who = team.member(tx, Address.parse(address)) if address else None
    return who.name if who else address and "darbinieks"


def may_enter(tx: Connection, row: sa.Row[Any]) -> bool:
    """Whether the person lets us enter their trees into MapMyTree, now."""
    return permissions.current(tx, row.contact_id).get(permissions.ENTER, False)


def button(label: str, registration_id: int, what: str) -> Button:
    """Make a button that does something about a registration."""
    return Button(label=label, data=f"reg:{registration_id}:{what}")


def _look_again(tx: Connection, row: sa.Row[Any], now: datetime, *, shown: set[int], waited: int) -> None:
    if waited >= len(_WAITS) or not row.address:
        return
    payload = {"registration": row.id, "shown": sorted(shown), "waited": waited + 1}
    timer = Timer(key=f"pictures:{row.id}", due_at=now + _WAITS[waited], kind="pictures", payload=payload)
    timers.put(tx, row.contact_id, row.address, timer)


def _copies(pictures: Iterable[Attachment]) -> Iterator[Outbound]:
    """Yield a copy for each chat in which pictures lie: several as one album."""
    pictures = list(pictures)
    for chat in dict.fromkeys(one.address.ident for one in pictures):
        refs = sorted({one.message_ref for one in pictures if one.address.ident == chat}, key=int)
        yield Outbound(kind="copy", source=(chat, *refs))


def _buttons(row: sa.Row[Any]) -> Rows:
    """Return what can be done with a registration as it stands."""
    contact = button("Rādīt kontaktu", row.id, "contact")
    ask, again = button("Jautāt", row.id, "ask"), button("Pārskatīt vēlreiz", row.id, "reopen")
    if row.state in states.OPEN:
        decide = (button("Pieņemt", row.id, "accept"), ask, button("Noraidīt", row.id, "reject"))
        return (decide, (contact,))
    if row.state == states.ACCEPTED:
        return ((button("Ievadīts", row.id, "enter"), ask), (again, contact))
    if row.state in states.DONE:
        return ((button("Mainīt saiti", row.id, "enter"), contact),)
    return ((again, contact),) if row.state == states.REJECTED else ((contact,),)
