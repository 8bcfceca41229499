"""Attendance: who comes to an event, with how many, who waits for a place, and who is asked when one is free."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.clock import RIGA
from bot.conversation.response import Event, Message, Say, Timer
from bot.conversation.state import Act, Do, Offer, Prompt, encode_act
from bot.database import BigKey, UTCDateTime, metadata
from bot.delivery import outbox
from bot.desk import team
from bot.documents import orders
from bot.inbox import ledger
from bot.messages import LETTERS, Enclosure, Envelope
from bot.outreach import events
from bot.outreach.wording import accompanied
from bot.people import contacts
from bot.rooms import Scene
from bot.words import Words
from flows.grammar import L

OFFER_LASTS = timedelta(hours=24)
_REMINDERS = (("far", timedelta(days=3), time(10)), ("near", timedelta(0), time(7, 30)))  # before the day, at what hour
_COMES = ("coming", "offered")  # whose places are taken

attendance = sa.Table(
    "attendance",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("event_id", sa.ForeignKey("events.id"), nullable=False, index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), index=True),  # none for those whom the organiser wrote down
    sa.Column("chat", sa.String(400), nullable=False, server_default=""),
    sa.Column("name", sa.String(120), nullable=False, server_default=""),  # of those
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("word", sa.String(500), nullable=False, server_default=""),  # what they said besides
    sa.Column("state", sa.String(10), nullable=False),  # coming waiting offered left
    sa.Column("said_at", UTCDateTime, nullable=False),  # since when they wait
    sa.Column("offered_until", UTCDateTime),
    sa.Column("arrived", sa.Integer, nullable=False, server_default="0"),  # how many came
    sa.Column("inbound_id", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("event_id", "contact_id"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guests:
    """Writes down who comes; `words` asks those who are next when a place is free."""

    words: Words
    new_id: Callable[[], str]  # of a prompt

    def come(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Write down that somebody comes, or waits where it is full; returns what became of it."""
        row = events.get(tx, event.data["event"])
        if row is None or row.state != "planned" or row.starts_at < scene.now - timedelta(hours=6):
            state = "cancelled" if row is not None and row.state != "planned" else "over"
            return {"attending": {"state": state, "event": events.told(row) if row else None}}
        # Two who want the last place are served one after the other.
        tx.execute(sa.select(events.events.c.id).where(events.events.c.id == row.id).with_for_update())
        mine = _of(tx, row.id, scene.contact_id)
        known = mine.people if mine and mine.state != "left" else 1
        people = event.data["people"] or known
        room = _room(tx, row, besides=mine.id if mine else 0)
        holds = mine is not None and mine.state in _COMES and people <= mine.people
        state = "coming" if room is None or people <= room or holds else "waiting"
        change = {
            "people": people,
            "state": state,
            "chat": str(scene.chat),
            "offered_until": None,
            "inbound_id": scene.inbound_id,
        }
        if event.data["word"]:
            change["word"] = event.data["word"][:500]
        if mine is None or mine.state != state:
            change["said_at"] = scene.now
        if mine:
            tx.execute(sa.update(attendance).where(attendance.c.id == mine.id).values(**change))
        else:
            tx.execute(sa.insert(attendance).values(event_id=row.id, contact_id=scene.contact_id, **change))
        new = mine is None or mine.state not in _COMES
        if state == "coming":
            _remind(tx, row, scene.contact_id, str(scene.chat), scene.now)
            if new:
                _order_calendar(tx, row, scene)
        self.promote(tx, row, scene.now)
        ahead = _ahead(tx, row.id, scene.contact_id) if state == "waiting" else 0
        # What they press or answer may show the event as it was.
        changed = event.data.get("seen") not in {None, row.sequence}
        told = {"state": state, "event": events.told(row), "people": people, "ahead": ahead, "changed": changed}
        told["free"] = room or 0
        return {"attending": told}

    def leave(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Write down that somebody does not come after all, and offer the place to whoever is next."""
        row = events.get(tx, event.data["event"])
        mine = _of(tx, row.id, scene.contact_id) if row else None
        if row is None or mine is None or mine.state == "left":
            return {"leaving": {"was": "", "event": events.told(row) if row else None}}
        change = {"state": "left", "offered_until": None, "said_at": scene.now}
        tx.execute(sa.update(attendance).where(attendance.c.id == mine.id).values(**change))
        for name, _, _ in _REMINDERS:
            timers.put(tx, scene.contact_id, str(scene.chat), Timer(key=_key(row, name, scene.contact_id), due_at=None))
        self.promote(tx, row, scene.now)
        return {"leaving": {"was": mine.state, "event": events.told(row)}}

    def offer_ended(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Put whoever did not answer behind the others who wait, and ask the next."""
        row = events.get(tx, event.data["event"])
        mine = _of(tx, row.id, scene.contact_id) if row else None
        ended = mine is not None and mine.state == "offered" and mine.offered_until <= scene.now
        if row is None or mine is None or not ended or row.state != "planned":
            return {"offer_ended": False, "event": None}
        # They keep waiting, as the last; nobody is struck off for having been out in the field.
        change = {"state": "waiting", "offered_until": None, "said_at": scene.now}
        tx.execute(sa.update(attendance).where(attendance.c.id == mine.id).values(**change))
        self.promote(tx, row, scene.now, besides=mine.id)
        return {"offer_ended": True, "event": events.told(row)}

    def promote(self, tx: Connection, row: Any, now: datetime, *, besides: int = 0) -> None:
        """Offer what is free to those who wait, in their order; who needs more than there is waits on."""
        while row.state == "planned" and ((room := _room(tx, row)) is None or room > 0):
            waits = (
                sa.select(attendance)
                .where(
                    attendance.c.event_id == row.id,
                    attendance.c.state == "waiting",
                    attendance.c.id != besides,
                    attendance.c.contact_id.is_not(None),
                    *(() if room is None else (attendance.c.people <= room,)),
                )
                .order_by(attendance.c.said_at, attendance.c.id)
                .limit(1)
            )
            following = tx.execute(waits).first()
            if following is None or row.starts_at <= now:
                return
            self._offer(tx, row, following, now)

    def reminded(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Say whether somebody is to be reminded, and of what."""
        row = events.get(tx, event.data["event"])
        mine = _of(tx, row.id, scene.contact_id) if row else None
        if row is None or mine is None or mine.state != "coming" or row.state != "planned":
            return {"reminding": None}
        return {"reminding": events.told(row), "people": mine.people}

    def add(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Write down people who have told the organiser that they come, or `arrived` who are there."""
        row = events.get(tx, event.data["event"])
        if row is None or not team.allowed(tx, scene, "coordinator"):
            return {"allowed": False}
        people, arrived = event.data["people"], event.data["arrived"]
        said = {"people": 0 if arrived else people, "arrived": people if arrived else 0, "state": "coming"}
        values = {"event_id": row.id, "said_at": scene.now, "inbound_id": scene.inbound_id, **said}
        tx.execute(sa.insert(attendance).values(**values))
        return {"allowed": True, "event": events.told(row), "coming": count(tx, row.id)}

    def _offer(self, tx: Connection, row: Any, following: Any, now: datetime) -> None:
        """Ask whoever is next whether they still come, and hold the place for them until then."""
        until = min(now + OFFER_LASTS, row.starts_at)
        change = {"state": "offered", "offered_until": until}
        tx.execute(sa.update(attendance).where(attendance.c.id == following.id).values(**change))
        offers = (
            Offer(label=L("Jā, nākšu"), act=Act(do=Do.EVENT, key="come", value=[row.key, following.people])),
            Offer(label=L("Nevarēšu atnākt"), act=Act(do=Do.EVENT, key="leave", value=[row.key, 0])),
        )
        say = Say(template="place_offered", values={"event": events.told(row), "until": until})
        self.tell(tx, following.contact_id, say, offers, now)
        payload = {"event": row.key}
        timer = Timer(key=f"place:{following.id}", due_at=until, kind="place", payload=payload)
        timers.put(tx, following.contact_id, following.chat, timer)

    def tell(
        self,
        tx: Connection,
        contact_id: int,
        say: Say,
        offers: tuple[Offer, ...],
        now: datetime,
        *,
        enclosed: tuple[Enclosure, ...] = (),
    ) -> None:
        """Write to somebody of our own accord, where they write from; nothing where they can't be reached."""
        chat = ledger.preferred(tx, contact_id)
        if chat is None:
            return
        prompt = Prompt(id=self.new_id(), offers=tuple((offer.label, offer.act) for offer in offers))
        acts = [encode_act(offer.act) for offer in offers]
        ledger.show(tx, contact_id, {"id": prompt.id, "run_id": "", "questions": [], "options": acts}, now)
        letter = Envelope(subject=str(say.values["event"]["title"])) if chat.channel == LETTERS else None
        message = (Message(parts=(say,), offers=offers),)
        told = self.words.render(message, prompt, contacts.language(tx, contact_id), {}, letter)
        told = [accompanied(one, enclosed) for one in told]
        outbox.enqueue(tx, told, chat=chat, now=now, contact_id=contact_id, prompt_id=prompt.id)

    def remind_anew(self, tx: Connection, row: Any, now: datetime) -> None:
        """Move the reminders of everybody who comes, after an event has been moved."""
        coming = sa.and_(
            attendance.c.event_id == row.id, attendance.c.state == "coming", attendance.c.contact_id.is_not(None)
        )
        for one in tx.execute(sa.select(attendance).where(coming)).all():
            _remind(tx, row, one.contact_id, one.chat, now)


def _remind(tx: Connection, row: Any, contact_id: int, chat: str, now: datetime) -> None:
    """Remind somebody three days before, and in the morning of the day."""
    day = row.starts_at.astimezone(RIGA).date()
    for name, before, hour in _REMINDERS:
        at = datetime.combine(day - before, hour, RIGA)
        payload = {"event": row.key, "which": name}
        due = at if at > now else None
        timer = Timer(key=_key(row, name, contact_id), due_at=due, kind="event_reminder", payload=payload)
        timers.put(tx, contact_id, chat, timer)


def of_person(tx: Connection, contact_id: int) -> dict[int, tuple[str, int]]:
    """Return what a person has said about coming, by event."""
    query = sa.select(attendance.c.event_id, attendance.c.state, attendance.c.people)
    said = sa.and_(attendance.c.contact_id == contact_id, attendance.c.state != "left")
    return {row.event_id: (row.state, row.people) for row in tx.execute(query.where(said))}


def count(tx: Connection, event_id: int) -> dict[str, int]:
    """Return how many people come, wait and were offered a place, and how many came."""
    query = sa.select(attendance.c.state, sa.func.sum(attendance.c.people)).where(attendance.c.event_id == event_id)
    counted = {state: int(people) for state, people in tx.execute(query.group_by(attendance.c.state))}
    came = sa.select(sa.func.sum(attendance.c.arrived)).where(attendance.c.event_id == event_id)
    states = dict.fromkeys(("coming", "waiting", "offered", "left"), 0)
    return {**states, **counted, "came": tx.execute(came).scalar() or 0}


def words(tx: Connection, event_id: int, most: int) -> list[str]:
    """Return what those who come have said besides, the newest first."""
    said = (attendance.c.event_id == event_id, attendance.c.word != "", attendance.c.state != "left")
    query = sa.select(attendance.c.word).where(*said).order_by(attendance.c.said_at.desc(), attendance.c.id.desc())
    return list(tx.execute(query.limit(most)).scalars())


def _of(tx: Connection, event_id: int, contact_id: int) -> Any:
    mine = sa.and_(attendance.c.event_id == event_id, attendance.c.contact_id == contact_id)
    return tx.execute(sa.select(attendance).where(mine)).first()


def _room(tx: Connection, row: Any, besides: int = 0) -> int | None:
    """Return for how many there is room, `besides` whose own row; None where there is no limit."""
    if not row.places:
        return None
    taken = sa.select(sa.func.coalesce(sa.func.sum(attendance.c.people), 0)).where(
        attendance.c.event_id == row.id, attendance.c.state.in_(_COMES), attendance.c.id != besides
    )
    return max(0, int(row.places) - int(tx.execute(taken).scalar_one()))


def _ahead(tx: Connection, event_id: int, contact_id: int) -> int:
    """Return how many wait before somebody."""
    waits = sa.and_(attendance.c.event_id == event_id, attendance.c.state == "waiting")
    query = sa.select(attendance.c.contact_id).where(waits).order_by(attendance.c.said_at, attendance.c.id)
    return [row.contact_id for row in tx.execute(query)].index(contact_id)


def _key(row: Any, name: str, contact_id: int) -> str:
    return f"event:{row.key}:{name}:{contact_id}"


def _order_calendar(tx: Connection, row: Any, scene: Scene) -> None:
    orders.place(
        tx,
        kind="calendar",
        payload={"event": row.key},
        chat=scene.chat,
        contact_id=scene.contact_id,
        now=scene.now,
        language=scene.language,
    )
