"""Announcing: what coordinators do with events: plan, try out, announce, change, cancel, and approve of one another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event, Message, Say
from bot.conversation.state import Act, Do, Offer, Prompt, encode_act
from bot.delivery import outbox
from bot.desk import team
from bot.inbox import ledger
from bot.messages import LETTERS, Address, Envelope
from bot.outreach import afterwards, attendance, audience, broadcasts, events, progress, wording
from bot.outreach.attendance import Guests
from bot.people import contacts
from bot.rooms import Scene
from bot.words import Words
from flows.audience import audience_of

_NOT_OURS: Mapping[str, Any] = {"allowed": False}
_SOON = timedelta(hours=24)  # before an event, when news of it can wait for nobody
_UNDER_WAY = ("approval", *broadcasts.ACTIVE, "paused")
_ONCE = ("event", "thanks")  # kinds that an event has one of
_MOST_NAMED = 6  # municipalities of an audience


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcing:
    """Handlers of what coordinators decide. More than `approve_above` people need a second coordinator; 0 for never."""

    words: Words
    guests: Guests
    board: progress.Board
    approve_above: int

    def planned(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Write an event down, or its change; returns whom an announcement would reach."""
        if not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        facts, stored = event.data["facts"], event.data["stored"]
        changes = event.data["subject"]
        row = {
            "key": changes or event.data["run"],
            "contact_id": scene.contact_id,
            "chat": str(scene.chat),
            "state": "planned",
            "purpose": facts["purpose"],
            "title": facts["title"],
            "words": {name: facts[name] for name in ("text", "where", "contact", "pin")},
            "answers": stored,
            "audience": stored["audience"],
            "municipality": stored["place"].get("municipality") or None,
            "lat": facts["lat"],
            "lon": facts["lon"],
            "places": facts["places"],
            "starts_at": events.at(facts["day"], facts["start"]),
            "ends_at": events.at(facts["day"], facts["end"]),
            "planned_at": scene.now,
        }
        if changes:
            events.change(tx, changes, row)
            planned = events.get(tx, changes)
            if planned is not None:
                self.guests.promote(tx, planned, scene.now)
                self.guests.remind_anew(tx, planned, scene.now)
        else:
            events.keep(tx, row)
        if (planned := events.get(tx, row["key"])) is not None:
            afterwards.remember(tx, planned)
        return {**self._standing(tx, row["key"], scene.now), "changed": bool(changes)}

    def opened(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Bring up how an event stands."""
        if not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        return self._standing(tx, event.data["event"], scene.now)

    def tested(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send whoever asks for it exactly what people would get, on the channel they ask on."""
        row = events.get(tx, event.data["event"])
        if row is None or not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        prompt = Prompt(id=event.data["prompt"])
        offers = wording.offers("event", row.key)
        acts = [encode_act(offer.act) for offer in offers]
        ledger.show(tx, scene.contact_id, {"id": prompt.id, "run_id": "", "questions": [], "options": acts}, scene.now)
        message = wording.said(
            self.words,
            kind="event",
            event=events.told(row),
            language="lv",
            channel=scene.chat.channel,
            prompt=prompt,
        )
        outbox.enqueue(tx, [message], chat=scene.chat, now=scene.now, contact_id=scene.contact_id)
        return {"allowed": True}

    def announced(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Enter a broadcast, to be carried on by the conductor; returns what becomes of it."""
        row = events.get(tx, event.data["event"])
        if row is None or not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        if row.state != "planned" or (row.starts_at <= scene.now and event.data["kind"] != "thanks"):
            return {"allowed": True, "announced": "over"}
        if event.data["kind"] in _ONCE and (before := self._announcement(tx, row.id, event.data["kind"])):
            return {"allowed": True, "announced": "already", "state": before}
        people = self._people(tx, event.data["kind"], row, scene.now)
        urgent = event.data["kind"] not in _ONCE
        needs = not urgent and 0 < self.approve_above < people
        state = "approval" if needs else "scheduled"
        at = event.data["at"] or scene.now
        self._make(tx, event, scene, row, state=state, urgent=urgent, at=at)
        if needs:
            self._ask_others(tx, event.data["key"], row, scene, people)
        return {"allowed": True, "announced": state, "people": people, "at": event.data["at"]}

    def approved(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Let a broadcast go, or not, by the word of another coordinator than who made it."""
        row = broadcasts.get(tx, event.data["broadcast"])
        if row is None or not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        if row.contact_id == scene.contact_id:
            return {"allowed": True, "approval": "own"}
        yes = event.data["given"]
        change = {"state": "scheduled" if yes else "stopped", "approved_by": str(scene.chat)}
        done = broadcasts.update(tx, row.id, when=("approval",), **change)
        if done:
            say = Say(template="broadcast_approved", values={"given": yes, "event": _told(tx, row)})
            self._write(tx, row.contact_id, Address.parse(row.chat), say, scene.now)
        return {"allowed": True, "approval": ("given" if yes else "refused") if done else "late"}

    def controlled(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Pause a broadcast, go on with it, stop it, or send once more what nobody knows the fate of."""
        row = (
            broadcasts.get(tx, event.data["key"])
            if event.data.get("key")
            else tx.execute(
                sa.select(broadcasts.broadcasts).where(broadcasts.broadcasts.c.id == event.data["id"])
            ).first()
        )
        if row is None or not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        done = {
            "pause": self._pause,
            "resume": self._resume,
            "stop": self._stop,
            "again": self._again,
        }[event.data["what"]](tx, row)
        if done:
            self.board.tell(tx, row.id, scene.now)
        return {"allowed": True, "controlled": event.data["what"] if done else "late"}

    def cancelled(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Cancel an event, and tell everybody who comes at once."""
        row = events.get(tx, event.data["event"])
        if row is None or not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        if not events.cancel(tx, row.key):
            return {"allowed": True, "cancelled": False, "people": 0, "event": events.told(row)}
        theirs = sa.and_(broadcasts.broadcasts.c.event_id == row.id, broadcasts.broadcasts.c.state.in_([*_UNDER_WAY]))
        tx.execute(sa.update(broadcasts.broadcasts).where(theirs).values(state="stopping", starts_at=scene.now))
        people = self._people(tx, "cancelled", row, scene.now)
        self._make(tx, event, scene, row, state="scheduled", urgent=True, at=scene.now)
        return {"allowed": True, "cancelled": True, "people": people, "event": events.told(row)}

    def _standing(self, tx: Connection, key: str, now: datetime) -> Mapping[str, Any]:
        row = events.get(tx, key)
        if row is None:
            return _NOT_OURS
        counted = self._counted(tx, row, now)
        return {
            "allowed": True,
            "event": events.told(row),
            "audience": audience_of(row.audience).in_words(),
            "people": counted.people,
            "channels": sorted(counted.channels.items()),
            "municipalities": counted.municipalities.most_common(_MOST_NAMED),
            "elsewhere": sum(n for _, n in counted.municipalities.most_common()[_MOST_NAMED:]),
            "placeless": counted.people - counted.municipalities.total(),
            "coming": attendance.count(tx, row.id),
            "announcement": self._announcement(tx, row.id),
        }

    @staticmethod
    def _counted(tx: Connection, row: Any, now: datetime) -> audience.Counted:
        at = audience.place_of(row)
        return audience.count(tx, audience_of(row.audience), now, row.municipality or "", at)

    @staticmethod
    def _announcement(tx: Connection, event_id: int, kind: str = "event") -> str:
        """Return the state of an event's announcement, or of another kind; '' where there is none that stands."""
        theirs = sa.and_(
            broadcasts.broadcasts.c.event_id == event_id,
            broadcasts.broadcasts.c.kind == kind,
            broadcasts.broadcasts.c.state.not_in(["stopped", "stopping"]),
        )
        return tx.execute(sa.select(broadcasts.broadcasts.c.state).where(theirs).limit(1)).scalar() or ""

    @staticmethod
    def _people(tx: Connection, kind: str, row: Any, now: datetime) -> int:
        if kind == "event":
            return Announcing._counted(tx, row, now).people
        people, after = 0, 0
        while True:
            some, after = audience.of_event(tx, row.id, after, 1000, came=kind == "thanks")
            people += len(some)
            if not after:
                return people

    @staticmethod
    def _make(tx: Connection, event: Event, scene: Scene, row: Any, *, state: str, urgent: bool, at: datetime) -> None:
        data = event.data
        made = broadcasts.make(
            tx,
            {
                "key": data["key"],
                "kind": data["kind"],
                "event_id": row.id,
                "contact_id": scene.contact_id,
                "chat": str(scene.chat),
                "state": state,
                "urgent": urgent,
                "audience": row.audience,
                "prompt_id": data["prompt"],
                "control_id": data["control"],
                "starts_at": at,
                "made_at": scene.now,
            },
        )
        if made is None:
            return
        offers = [encode_act(offer.act) for offer in wording.offers(data["kind"], row.key)]
        ledger.show(tx, None, {"id": data["prompt"], "run_id": "", "questions": [], "options": offers}, scene.now)
        acts = [encode_act(Act(do=Do.OUTREACH, key=what, value=data["key"])) for what in progress.CONTROL_ACTS]
        control = {"id": data["control"], "run_id": "", "questions": [], "options": acts}
        ledger.show(tx, scene.contact_id, control, scene.now)

    def _ask_others(self, tx: Connection, key: str, row: Any, scene: Scene, people: int) -> None:
        """Show every other coordinator what is to go out, and ask one of them to agree."""
        name = next((one.name for one in team.members(tx) if str(one.address) == str(scene.chat)), "")
        say = Say(template="broadcast_approval", values={"event": events.told(row), "people": people, "name": name})
        offers = (
            Offer(label="Apstiprināt", act=Act(do=Do.OUTREACH, key="approve", value=key)),
            Offer(label="Neapstiprināt", act=Act(do=Do.OUTREACH, key="refuse", value=key)),
        )
        for other in audience.of_team(tx):
            if other.contact_id != scene.contact_id:
                self.guests.tell(tx, other.contact_id, say, offers, scene.now)

    def _write(self, tx: Connection, contact_id: int, chat: Address, say: Say, now: datetime) -> None:
        letter = Envelope(subject=str(say.values["event"]["title"])) if chat.channel == LETTERS else None
        told = self.words.render((Message(parts=(say,)),), None, contacts.language(tx, contact_id), {}, letter)
        outbox.enqueue(tx, told, chat=chat, now=now, contact_id=contact_id, lane=outbox.Lane.NOTICE)

    @staticmethod
    def _pause(tx: Connection, row: Any) -> bool:
        done = broadcasts.update(tx, row.id, when=("gathering", "canary", "sending"), state="paused", reason="")
        if done:
            broadcasts.hold_back(tx, row.id)
        return done

    @staticmethod
    def _resume(tx: Connection, row: Any) -> bool:
        # The faults so far have been looked at; new ones count anew. The snapshot goes on where it was.
        change = {"state": "gathering" if not row.released else "sending", "faults": 0, "reason": ""}
        return broadcasts.update(tx, row.id, when=("paused",), **change)

    @staticmethod
    def _stop(tx: Connection, row: Any) -> bool:
        return broadcasts.update(tx, row.id, when=(*_UNDER_WAY,), state="stopping", starts_at=row.made_at)

    @staticmethod
    def _again(tx: Connection, row: Any) -> bool:
        if row.state not in {"done", "sending"} or not broadcasts.again(tx, row.id):
            return False
        return broadcasts.update(tx, row.id, state="sending", finished_at=None)


def _told(tx: Connection, row: Any) -> Mapping[str, Any]:
    return events.told(events.by_id(tx, row.event_id))
