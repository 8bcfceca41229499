"""Announcing: what coordinators let go out to many: tried out by themselves, agreed to by another, now or later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.conversation.response import Event, Message, Say
from bot.conversation.state import Act, Do, Offer, Prompt, encode_act
from bot.delivery import outbox
from bot.desk import team
from bot.inbox import ledger
from bot.messages import LETTERS, Address, Envelope
from bot.outreach import accompanying, audience, broadcasts, matters, progress, wording
from bot.outreach.attendance import Guests
from bot.outreach.matters import Matter
from bot.outreach.quiet import QuietHours
from bot.people import contacts
from bot.rooms import Scene
from bot.words import Words

NOT_OURS: Mapping[str, Any] = {"allowed": False}
_FIRST = ("event", "news")  # kinds that tell of something first
_ONCE = (*_FIRST, "thanks")  # kinds that there is one of
_SOON = timedelta(hours=24)  # before an event, when what becomes of it is worth waking somebody


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcing:
    """Handlers of what is announced. More than `approve_above` people need a second coordinator; 0 for never."""

    words: Words
    guests: Guests
    new_id: Callable[[], str]
    approve_above: int
    quiet: QuietHours

    def tested(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send whoever asks for it exactly what people would get, on the channel they ask on."""
        matter = matters.find(tx, event.data["about"])
        if matter is None or not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        enclosed = accompanying.shown(tx, matter)
        if enclosed is None:
            return {"allowed": True, "picture": "lost" if accompanying.is_lost(tx, matter) else "awaited"}
        prompt = Prompt(id=event.data["prompt"])
        acts = [encode_act(offer.act) for offer in wording.offers(matter.kind, matter.told)]
        ledger.show(tx, scene.contact_id, {"id": prompt.id, "run_id": "", "questions": [], "options": acts}, scene.now)
        message = wording.said(
            self.words,
            kind=matter.kind,
            event=matter.told,
            language="lv",
            channel=scene.chat.channel,
            prompt=prompt,
            enclosed=enclosed,
        )
        outbox.enqueue(tx, [message], chat=scene.chat, now=scene.now, contact_id=scene.contact_id)
        return {"allowed": True, "picture": ""}

    def announced(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Enter a broadcast, to be carried on by the conductor; returns what becomes of it."""
        matter = matters.find(tx, event.data["about"])
        if matter is None or not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        kind = event.data["kind"] or matter.kind
        about = {"allowed": True, "kind": kind, "event": matter.told}
        if matter.kind == "event" and _is_over(matter, kind, scene.now):
            return {**about, "announced": "over"}
        before = broadcasts.standing(tx, matter.reference, kind) if kind in _ONCE else None
        if before is not None:
            return {**about, "announced": "already", "state": before.state}
        going = self._going(matter, kind, event.data["at"], scene.now)
        if kind == "event" and matter.row.starts_at <= (going["goes_at"] or scene.now):
            return {**about, "announced": "late", **going}
        if kind in _FIRST and accompanying.is_lost(tx, matter):
            return {**about, "announced": "picture"}
        people = _people(tx, kind, matter, scene.now)
        needs = kind in _ONCE and 0 < self.approve_above < people
        state = "approval" if needs else "scheduled"
        _make(tx, event, scene, matter, kind=kind, state=state, at=going["goes_at"] or scene.now)
        if needs:
            self._ask_others(tx, event.data["key"], matter, scene, people)
        return {**about, "announced": state, "people": people, **going}

    def timed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Enter a broadcast for a day and an hour, or put the one off that waits for another."""
        facts, key = event.data["facts"], event.data["subject"]
        matter = matters.find(tx, key)
        if matter is None or not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        at = datetime.combine(facts["day"], facts["start"], RIGA)
        about = {"allowed": True, "kind": matter.kind, "event": matter.told, "at": at}
        if at <= scene.now:
            return {**about, "announced": "past"}
        going = self._going(matter, matter.kind, at, scene.now)
        if matter.kind == "event" and matter.row.starts_at <= going["goes_at"]:
            return {**about, "announced": "late", **going}
        row = broadcasts.standing(tx, matter.reference, matter.kind)
        waits = ("approval", "scheduled")
        if row is not None and broadcasts.update(tx, row.id, when=waits, starts_at=going["goes_at"]):
            people = _people(tx, matter.kind, matter, scene.now)
            return {**about, "announced": row.state, "moved": True, "people": people, **going}
        ids = {name: self.new_id() for name in ("key", "prompt", "control")}
        new = Event(type="broadcast.announced", data={"about": key, "kind": "", "at": at, **ids})
        return self.announced(tx, new, scene)

    def cancel(self, tx: Connection, event: Event, scene: Scene, key: str) -> Mapping[str, Any]:
        """Let everybody who comes to an event know that it is off; return how many they are, and when they are told."""
        matter = matters.find(tx, key)
        if matter is None:
            return {"people": 0, "goes_at": None}
        going = self._going(matter, "cancelled", None, scene.now)
        people = _people(tx, "cancelled", matter, scene.now)
        if people:
            _make(tx, event, scene, matter, kind="cancelled", state="scheduled", at=going["goes_at"] or scene.now)
        return {"people": people, **going}

    def approved(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Let a broadcast go, or not, by the word of another coordinator than who made it."""
        row = broadcasts.get(tx, event.data["broadcast"])
        if row is None or not team.allowed(tx, scene, "coordinator"):
            return NOT_OURS
        if row.contact_id == scene.contact_id:
            return {"allowed": True, "approval": "own"}
        matter = matters.of(tx, row)
        over = matter.kind == "event" and _is_over(matter, row.kind, scene.now)
        becomes = "refused" if not event.data["given"] else "over" if over else "given"
        change = {"state": "scheduled" if becomes == "given" else "stopped", "approved_by": str(scene.chat)}
        if not broadcasts.update(tx, row.id, when=("approval",), **change):
            return {"allowed": True, "approval": "late"}
        at = row.starts_at if row.starts_at > scene.now else None
        facts = {"approval": becomes, **self._going(matter, row.kind, at, scene.now)}
        say = Say(template="broadcast_approved", values={"event": matter.told, **facts})
        self._write(tx, row.contact_id, Address.parse(row.chat), say, scene.now)
        return {"allowed": True, **facts}

    def revised(self, tx: Connection, key: str, scene: Scene) -> None:
        """Ask others anew where what they agreed to, or were to, has been changed before it went out."""
        matter = matters.find(tx, key)
        row = broadcasts.standing(tx, matter.reference, matter.kind) if matter else None
        if matter is None or row is None or row.state not in {"approval", "scheduled"}:
            return
        people = _people(tx, row.kind, matter, scene.now)
        if row.state == "scheduled" and not 0 < self.approve_above < people:
            return
        # Another one, so that nobody agrees by a button under the words of before.
        broadcasts.update(tx, row.id, state="stopped", finished_at=scene.now)
        ids = {name: self.new_id() for name in ("key", "prompt", "control")}
        anew = Event(type="broadcast.announced", data=ids)
        _make(tx, anew, scene, matter, kind=row.kind, state="approval", at=row.starts_at)
        self._ask_others(tx, ids["key"], matter, scene, people)

    def _going(self, matter: Matter, kind: str, at: datetime | None, now: datetime) -> Mapping[str, Any]:
        """Return when a broadcast was meant to go, and when it will: nobody is disturbed at night but in haste."""
        quiet = None if _is_urgent(matter, kind, now) else self.quiet.until(at or now)
        return {"at": at, "quiet": quiet is not None, "goes_at": quiet or at}

    def _ask_others(self, tx: Connection, key: str, matter: Matter, scene: Scene, people: int) -> None:
        """Show every other coordinator what is to go out, and ask one of them to agree."""
        name = next((one.name for one in team.members(tx) if str(one.address) == str(scene.chat)), "")
        values = {"event": matter.told, "people": people, "name": name, "shown": wording.TEMPLATES[matter.kind]}
        values["pictured"] = bool(matter.picture)
        enclosed = accompanying.shown(tx, matter) or ()
        say = Say(template="broadcast_approval", values=values)
        offers = (
            Offer(label="Apstiprināt", act=Act(do=Do.OUTREACH, key="approve", value=key)),
            Offer(label="Neapstiprināt", act=Act(do=Do.OUTREACH, key="refuse", value=key)),
        )
        for other in audience.of_team(tx):
            if other.contact_id != scene.contact_id:
                self.guests.tell(tx, other.contact_id, say, offers, scene.now, enclosed=enclosed)

    def _write(self, tx: Connection, contact_id: int, chat: Address, say: Say, now: datetime) -> None:
        letter = Envelope(subject=str(say.values["event"]["title"])) if chat.channel == LETTERS else None
        told = self.words.render((Message(parts=(say,)),), None, contacts.language(tx, contact_id), {}, letter)
        outbox.enqueue(tx, told, chat=chat, now=now, contact_id=contact_id, lane=outbox.Lane.NOTICE)


def _is_over(matter: Matter, kind: str, now: datetime) -> bool:
    """Whether there is nothing to say of an event any more, but thanks."""
    return matter.row.state != "planned" or (matter.row.starts_at <= now and kind != "thanks")


def _is_urgent(matter: Matter, kind: str, now: datetime) -> bool:
    """Whether people are woken for it: who would otherwise set out in the morning."""
    return kind in broadcasts.PASSING and matter.row.starts_at - now <= _SOON


def _people(tx: Connection, kind: str, matter: Matter, now: datetime) -> int:
    """Count whom a broadcast would reach."""
    if kind in _FIRST:
        return matters.count(tx, matter, now).people
    people, after = 0, 0
    while True:
        some, after = audience.of_event(tx, matter.row.id, after, 1000, came=kind == "thanks")
        people += len(some)
        if not after:
            return people


def _make(tx: Connection, event: Event, scene: Scene, matter: Matter, *, kind: str, state: str, at: datetime) -> None:
    """Enter a broadcast with the prompts of its buttons; `event` brings the ids of all three."""
    data = event.data
    row = {
        "key": data["key"],
        "kind": kind,
        **matter.reference,
        "contact_id": scene.contact_id,
        "chat": str(scene.chat),
        "state": state,
        "urgent": _is_urgent(matter, kind, scene.now),
        "audience": matter.row.audience,
        "prompt_id": data["prompt"],
        "control_id": data["control"],
        "starts_at": at,
        "made_at": scene.now,
    }
    if broadcasts.make(tx, row) is None:
        return
    offers = [encode_act(offer.act) for offer in wording.offers(kind, matter.told)]
    ledger.show(tx, None, {"id": data["prompt"], "run_id": "", "questions": [], "options": offers}, scene.now)
    acts = [encode_act(Act(do=Do.OUTREACH, key=what, value=data["key"])) for what in progress.CONTROL_ACTS]
    control = {"id": data["control"], "run_id": "", "questions": [], "options": acts}
    ledger.show(tx, scene.contact_id, control, scene.now)
