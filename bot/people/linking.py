"""Linking: two channels of one person become one contact, by a code sent from the other side; and apart again.

The contact that brings the code stays, the one that was given it is absorbed: its addresses and rows move, its
conversation is joined to the other. Both conversations are locked and their versions raised, so that another process
which has decided on either of them decides again. The absorbed contact stays as an empty row: what undoes the link.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.alarms import Alarms
from bot.conversation import joining
from bot.conversation.response import Event, Message, Say, Timer
from bot.conversation.state import Conversation, decode, encode
from bot.database import BigKey, UTCDateTime, metadata
from bot.delivery import outbox
from bot.inbox import ledger
from bot.messages import LETTERS, Address, Envelope
from bot.people import contacts, moving
from bot.people.contacts import addresses
from bot.rooms import NO_FACTS, Handler, Scene
from bot.words import Words
from flows.grammar import Flow

_LIVES = timedelta(hours=1)
_MOST_TRIES = 5  # codes that one contact may bring within that time
_LONG_NUMBER = re.compile(r"\d{4}")

link_codes = sa.Table(
    "link_codes",
    metadata,
    sa.Column("code", sa.String(8), primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("expires_at", UTCDateTime, nullable=False),
    sa.Column("used_at", UTCDateTime),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("kept_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("absorbed_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("moved", sa.JSON, nullable=False),  # table -> keys of the rows that moved
    sa.Column("runs", sa.JSON, nullable=False),  # ids of the absorbed drafts, the active one first, '' for none
    sa.Column("state", sa.JSON, nullable=False),  # of the absorbed conversation, without any answers
    sa.Column("linked_at", UTCDateTime, nullable=False),
    sa.Column("undone_at", UTCDateTime),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """Hands out codes, links by them, and undoes it. `mail_address` and `telegram` say which sides there are."""

    words: Words
    alarms: Alarms
    flows: Mapping[str, Flow]
    discard: Handler  # erases a draft
    mail_address: str  # '' where nobody can write letters to us
    telegram: bool

    def begin(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002 - a handler's shape
        """Hand out a code, the only one of the person that counts; none where there is no other side."""
        there = self.telegram if scene.chat.channel == LETTERS else bool(self.mail_address)
        if not there:
            return {"code": "", "mail_address": ""}
        old = sa.or_(link_codes.c.contact_id == scene.contact_id, link_codes.c.expires_at <= scene.now)
        tx.execute(sa.delete(link_codes).where(old))
        row = {"code": _new_code(), "contact_id": scene.contact_id, "expires_at": scene.now + _LIVES}
        tx.execute(sa.insert(link_codes).values(row))
        return {"code": f"KOKI-{row['code']}", "mail_address": self.mail_address}

    def join(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Link by a code that was brought; who tries too many is told to come back later, whatever the code."""
        if _tries(tx, scene) > _MOST_TRIES:
            self.alarms.ring(tx, f"linking:{scene.contact_id}", scene.now, contact=scene.contact_id)
            _answer(tx, scene, scene.contact_id, "later", event.data["rest"])
            return NO_FACTS
        issued = _issued(tx, event.data["code"], scene)
        if issued is None or (issued.used_at and issued.contact_id != scene.contact_id):
            result = "unknown"
        elif issued.contact_id == scene.contact_id:
            result = "already" if len(contacts.reachable(tx, scene.contact_id)) > 1 else "own"
        else:
            tx.execute(sa.update(link_codes).where(link_codes.c.code == issued.code).values(used_at=scene.now))
            self._link(tx, scene, issued.contact_id)
            result = "linked"
        _answer(tx, scene, scene.contact_id, result, event.data["rest"])
        return NO_FACTS

    def undo(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002 - a handler's shape
        """Take the last link apart; both sides hear of it."""
        query = sa.select(links).where(links.c.kept_id == scene.contact_id, links.c.undone_at.is_(None))
        link = tx.execute(query.order_by(links.c.id.desc()).limit(1).with_for_update()).first()
        if link is None:
            _answer(tx, scene, scene.contact_id, "single")
            return NO_FACTS
        tx.execute(sa.update(links).where(links.c.id == link.id).values(undone_at=scene.now))
        self._part(tx, scene, link)
        speaker = _owner(tx, scene.chat)
        other = link.absorbed_id if speaker == link.kept_id else link.kept_id
        _answer(tx, scene, speaker, "undone")
        if there := ledger.preferred(tx, other):
            _answer(tx, replace(scene, chat=there), other, "undone_there")
        return NO_FACTS

    def _link(self, tx: Connection, scene: Scene, other: int) -> None:
        self._warn(tx, other, scene)
        seen_there, theirs = self._lock(tx, other)
        seen_here, ours = self._lock(tx, scene.contact_id)
        joined = joining.join(ours, theirs)
        self._store(tx, scene.contact_id, seen_here, joined.conversation, scene)
        self._store(tx, other, seen_there, Conversation(), scene)
        contacts.set_language(tx, scene.contact_id, joined.conversation.spoken)
        row = {
            "kept_id": scene.contact_id,
            "absorbed_id": other,
            "moved": moving.move(tx, other, scene.contact_id),
            "runs": list(joining.runs_of(theirs)),
            "state": encode(joining.remains(theirs), self.flows),
            "linked_at": scene.now,
        }
        tx.execute(sa.insert(links).values(row))
        for run in joined.erased:
            for key in (f"nudge:{run.id}", f"draft:{run.id}"):
                timers.put(tx, scene.contact_id, str(scene.chat), Timer(key=key, due_at=None))
            self.discard(tx, Event(type="draft.discarded", data={"run": run.id, "since": run.started_at}), scene)

    def _part(self, tx: Connection, scene: Scene, link: "sa.Row[Any]") -> None:
        seen, joint = self._lock(tx, link.kept_id)
        seen_there, _ = self._lock(tx, link.absorbed_id)
        apart = joining.split(joint, decode(link.state, self.flows), tuple(link.runs))
        self._store(tx, link.kept_id, seen, apart.kept, scene)
        self._store(tx, link.absorbed_id, seen_there, apart.absorbed, scene)
        moving.move_back(tx, link.moved, link.kept_id, link.absorbed_id, [run.id for run in apart.back])

    def _lock(self, tx: Connection, contact_id: int) -> tuple[int, Conversation]:
        """Read a conversation, and keep other processes from writing to it until this is committed."""
        version, state = ledger.lock(tx, contact_id)
        return version, decode(state, self.flows)

    def _store(self, tx: Connection, contact_id: int, seen: int, conversation: Conversation, scene: Scene) -> None:
        if not ledger.swap(tx, contact_id, seen, encode(conversation, self.flows), scene.now):
            raise RuntimeError("a locked conversation has changed")

    def _warn(self, tx: Connection, contact_id: int, scene: Scene) -> None:
        """Tell whoever was given the code that it was brought, and how to undo it."""
        chat = ledger.preferred(tx, contact_id)
        if chat is None:
            return
        _, conversation = self._lock(tx, contact_id)
        by = scene.chat.ident if scene.chat.channel == LETTERS else ""
        warning = (Message(parts=(Say(template="linked_there", values={"by": by}),)),)
        envelope = Envelope(subject=conversation.subject, message_id=conversation.letter)
        letter = envelope if chat.channel == LETTERS else None
        told = self.words.render(warning, None, conversation.spoken, {}, letter)
        outbox.enqueue(tx, told, chat=chat, now=scene.now, contact_id=contact_id)


def _new_code() -> str:
    """Make eight letters and digits: some digit, so that no word is one, and no long number, so that none is hidden."""
    while True:
        code = base64.b32encode(secrets.token_bytes(5)).decode()
        if any(ch.isdigit() for ch in code) and not _LONG_NUMBER.search(code):
            return code


def _issued(tx: Connection, code: str, scene: Scene) -> "sa.Row[Any] | None":
    """Return a code that still counts; another process that was brought the same waits for us."""
    query = sa.select(link_codes).where(link_codes.c.code == code, link_codes.c.expires_at > scene.now)
    return tx.execute(query.with_for_update()).first()


def _tries(tx: Connection, scene: Scene) -> int:
    """Count the codes that a contact has brought lately, this one included."""
    brought = ledger.inbound.c
    query = sa.select(sa.func.count()).where(
        brought.contact_id == scene.contact_id,
        brought.outcome == "linking",
        brought.received_at > scene.now - _LIVES,
    )
    return tx.execute(query).scalar_one()


def _answer(tx: Connection, scene: Scene, contact_id: int, result: str, rest: str = "") -> None:
    """Let what follows be said at once, by a conversation that knows what was joined."""
    payload = {"result": result, "rest": rest}
    timer = Timer(key=f"linking:{scene.inbound_id}:{contact_id}", due_at=scene.now, kind="linking", payload=payload)
    timers.put(tx, contact_id, str(scene.chat), timer)


def _owner(tx: Connection, chat: Address) -> int:
    return int(tx.execute(sa.select(addresses.c.contact_id).where(addresses.c.address == str(chat))).scalar_one())
