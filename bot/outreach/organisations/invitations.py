"""Invitations: the personal letter to organisations, who may let it go, and whether it may go at all.

It goes out only where the settings say so (`OUTREACH`): that is looked at when it is ordered, at each step of the
conductor, and once more in the moment of sending.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event, Message, Say
from bot.conversation.state import Act, Do, Offer, Prompt, encode_act
from bot.delivery import outbox
from bot.desk import team
from bot.documents import orders
from bot.inbox import ledger
from bot.messages import LETTERS, Address, Envelope, Outbound
from bot.outreach import audience, broadcasts, progress
from bot.outreach.attendance import Guests
from bot.outreach.organisations import records, table
from bot.people import contacts
from bot.rooms import Scene
from bot.words import Words
from flows.grammar import L

_NOT_OURS: Mapping[str, Any] = {"allowed": False}
_SUBJECT = L("Koki, ko iestādījāt: projekts „Trīs miljardi koku”")
_SAMPLE = {"name": "Drustu pamatskola", "source": "drusti.example.org", "code": "paraugs"}  # where the list is empty
_MOST_NAMED = 10  # of those that answered, who are waited for
_OFF = "vēstules organizācijām ir izslēgtas (OUTREACH)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitations:
    """Handlers of letters to organisations. `on` is the setting; `sender` is who sends them, as each letter says."""

    on: bool
    sender: str
    words: Words
    guests: Guests
    bot_name: Callable[[], str]  # how Telegram knows us; raises LookupError where there is no Telegram
    new_id: Callable[[], str]  # of prompts
    approve_above: int

    def listed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002 - a handler's shape
        """Bring up how it stands with all organisations."""
        if not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        return self._standing(tx)

    def tabled(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002 - a handler's shape
        """Order the table of all organisations."""
        if not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        chat, contact_id = scene.chat, scene.contact_id
        orders.place(tx, kind=table.ORDER, payload={}, chat=chat, contact_id=contact_id, now=scene.now)
        return {"allowed": True}

    def tested(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002 - a handler's shape
        """Send whoever asks for it the letter that the next organisation would get."""
        if not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        following = records.first_waiting(tx)
        told = following._mapping if following else _SAMPLE
        message = self._said(told, channel=scene.chat.channel, prompt="")
        outbox.enqueue(tx, [message], chat=scene.chat, now=scene.now, contact_id=scene.contact_id)
        return {"allowed": True}

    def written(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Enter a broadcast to all that were not written to, to be carried on by the conductor."""
        if not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        people = records.to_write(tx)
        said = {"allowed": True, "people": people, "goes": False}
        if not self.on:
            return {**said, "written": "off"}
        if not people:
            return {**said, "written": "nobody"}
        underway = sa.select(broadcasts.broadcasts.c.id).where(
            broadcasts.broadcasts.c.kind == records.KIND, broadcasts.broadcasts.c.state.in_(broadcasts.UNDER_WAY)
        )
        if tx.execute(underway.limit(1)).first():
            return {**said, "written": "already"}
        needs = 0 < self.approve_above < people
        self._make(tx, event, scene, "approval" if needs else "scheduled")
        if needs:
            self._ask_others(tx, event.data["key"], scene, people)
        return {**said, "written": "approval" if needs else "scheduled", "goes": True}

    def stopped(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Never write to an address again: somebody has said so, but not by letter."""
        if not team.allowed(tx, scene, "coordinator"):
            return _NOT_OURS
        owner = contacts.owner(tx, Address(LETTERS, event.data["address"].lower()))
        known = sa.select(records.organisations.c.name).where(records.organisations.c.contact_id == owner)
        name = tx.execute(known).scalar() if owner else None
        if owner and name:
            records.stop(tx, owner, scene.now)
        return {"allowed": True, "stopped": name or ""}

    def forbidden(self, row: Any) -> str:
        """Return why a broadcast may not go on, in Latvian; '' where it may."""
        return _OFF if row.kind == records.KIND and not self.on else ""

    def gather(self, tx: Connection, row: Any, limit: int, now: datetime) -> tuple[int, int]:
        """Write the next letters down, held back; return how many, and the last organisation. 0 is the end."""
        those, last = records.batch(tx, row.reached, limit)
        return broadcasts.address_each(tx, row, [self._letter(tx, one, now) for one in those], now), last

    def _standing(self, tx: Connection) -> Mapping[str, Any]:
        people = records.to_write(tx)
        counted = records.counts(tx)
        return {
            "allowed": True,
            "counts": [(records.STATES[state], number) for state, number in counted.items()],
            "answered": records.names(tx, "answered", _MOST_NAMED),
            "any_organisations": sum(counted.values()),
            "people": people,
            "on": self.on,
            "may_write": self.on and people,
        }

    def _letter(self, tx: Connection, one: Any, now: datetime) -> tuple[audience.Recipient, Outbound]:
        """Return the letter to one of them; whoever it is passed on to begins by its button, which has its code."""
        prompt = self.new_id()
        offers = [encode_act(offer.act) for offer in _offers(one.code)]
        ledger.show(tx, None, {"id": prompt, "run_id": "", "questions": [], "options": offers}, now)
        person = audience.Recipient(contact_id=one.contact_id, chat=Address.parse(one.address), language="lv")
        return person, self._said(one._mapping, channel=LETTERS, prompt=prompt)

    def _said(self, told: Mapping[str, Any], *, channel: str, prompt: str) -> Outbound:
        """Return the letter to one of them; on another channel than letters only whoever tries it out sees it."""
        by_letter = channel == LETTERS
        subject = self.words.tongue("lv").text(_SUBJECT)
        say = Say(template="invitation", values={**_told(told), "sender": self.sender, "link": self._link(told)})
        offers = _offers(told["code"]) if prompt else ()
        shown = Prompt(id=prompt, offers=tuple((offer.label, offer.act) for offer in offers)) if prompt else None
        envelope = Envelope(subject=subject) if by_letter else None
        message = Message(parts=(say,), offers=offers)
        (rendered,) = self.words.render((message,), shown, "lv", {}, envelope)
        return Outbound(text=rendered.text, envelope=rendered.envelope, language="lv", bulk=by_letter)

    def _link(self, told: Mapping[str, Any]) -> str:
        try:
            return f"https://t.me/{self.bot_name()}?start={told['code']}"
        except LookupError:
            return ""

    def _make(self, tx: Connection, event: Event, scene: Scene, state: str) -> None:
        data = event.data
        row = {
            "key": data["key"],
            "kind": records.KIND,
            "contact_id": scene.contact_id,
            "chat": str(scene.chat),
            "state": state,
            "urgent": False,
            "audience": {},
            "prompt_id": data["prompt"],
            "control_id": data["control"],
            "starts_at": scene.now,
            "made_at": scene.now,
        }
        if broadcasts.make(tx, row) is None:
            return
        acts = [encode_act(Act(do=Do.OUTREACH, key=what, value=data["key"])) for what in progress.CONTROL_ACTS]
        control = {"id": data["control"], "run_id": "", "questions": [], "options": acts}
        ledger.show(tx, scene.contact_id, control, scene.now)

    def _ask_others(self, tx: Connection, key: str, scene: Scene, people: int) -> None:
        name = next((one.name for one in team.members(tx) if str(one.address) == str(scene.chat)), "")
        following = records.first_waiting(tx)
        told = _told(following._mapping if following else _SAMPLE)
        values = {**told, "sender": self.sender, "link": "", "people": people, "who": name, "event": {"title": _TITLE}}
        say = Say(template="invitation_approval", values=values)
        offers = (
            Offer(label="Apstiprināt", act=Act(do=Do.OUTREACH, key="approve", value=key)),
            Offer(label="Neapstiprināt", act=Act(do=Do.OUTREACH, key="refuse", value=key)),
        )
        for other in audience.of_team(tx):
            if other.contact_id != scene.contact_id:
                self.guests.tell(tx, other.contact_id, say, offers, scene.now)


_TITLE = "Vēstules organizācijām"


def _offers(code: str) -> tuple[Offer, ...]:
    return (Offer(label=L("Reģistrēt kokus"), act=Act(do=Do.START, key=code, value="register_trees")),)


def _told(organisation: Mapping[str, Any]) -> dict[str, str]:
    return {"name": organisation["name"], "source": organisation["source"]}
