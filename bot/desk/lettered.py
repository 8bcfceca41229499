"""Lettered: staff who work from their mailbox are told of cases by letter, and what they reply reaches the person.

A reply counts only where the letter's token was given to its sender, their mail server vouches for them, and they
are of the team. Anything less is told in the case's topic.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.engine import Connection

from bot.channels.email import token
from bot.conversation.response import Event, Say
from bot.conversation.standing import NOBODY, Standing
from bot.database import UTCDateTime, metadata
from bot.delivery import outbox
from bot.delivery.body import decode
from bot.delivery.outbox import deliveries
from bot.desk import team
from bot.desk.cases import KINDS, cases
from bot.desk.relay import Relay, posts, view
from bot.desk.team import Member
from bot.messages import LETTERS, Address, Envelope, Inbound, Outbound
from bot.people import contacts
from bot.rooms import NO_FACTS, Scene

case_letters = sa.Table(
    "case_letters",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),  # in the letter's token
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("address", sa.String(400), nullable=False),  # of a member of staff
    sa.Column("delivery_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lettered:
    """Writes to staff by letter. `listed` are addresses that are told of every case (STAFF_MAIL)."""

    relay: Relay
    listed: tuple[Address, ...]
    new_id: Callable[[], str]  # of a letter

    def opened(self, tx: Connection, case_id: int, now: datetime) -> None:
        """Tell of a new case; one that has been told of is not told of again."""
        told = sa.select(case_letters.c.id).where(case_letters.c.case_id == case_id).limit(1)
        if tx.execute(told).first() is None:
            text = self._say("letter_opened", summary=Markup(_summary(tx, case_id)))  # noqa: S704 - of our own making
            self._tell(tx, case_id, self._all(tx), text, now)

    def written(self, tx: Connection, event: Event, now: datetime) -> None:
        """Tell of what the person of a case writes: whoever has the case, or everybody while nobody has."""
        case = tx.execute(sa.select(cases).where(cases.c.id == event.data["case"])).one()
        everybody = self._all(tx)
        if case.owner:
            own = [*_addresses(tx, Address.parse(case.owner)), Address.parse(case.owner)]
            everybody = [one for one in everybody if one in own]
        text = self._say("letter_written", text=event.data["text"], files=event.data["files"])
        self._tell(tx, case.id, everybody, text, now)

    def standing(self, tx: Connection, item: Inbound) -> Standing:
        """Return who answers a letter about a case, and which case that is."""
        envelope = item.envelope or Envelope()
        query = sa.select(cases, case_letters.c.at.label("told_at")).join(
            case_letters, case_letters.c.case_id == cases.c.id
        )
        row = tx.execute(query.where(case_letters.c.id == envelope.case)).first()
        if row is None:
            return NOBODY
        member = self._member(tx, item) if envelope.proven and envelope.trusted else None
        if member is None:
            return Standing(case=view(row), told_at=row.told_at)
        return Standing(
            role=member.role, name=member.name, address=str(member.address), case=view(row), told_at=row.told_at
        )

    def refused(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Tell staff in the topic of a letter that was not passed on; the text of one of ours can be copied there."""
        text = self._say("letter_kept_back", sender=scene.chat.ident, **event.data)
        if words := event.data["text"]:
            text = f"{text}\n\n<code>{escape(words, quote=False)}</code>"
        kind = "draft" if words else "notice"
        self.relay.post(tx, event.data["case"], Outbound(text=text), scene.now, kind=kind)
        return NO_FACTS

    def switched(self, tx: Connection, _: Event, scene: Scene) -> Mapping[str, Any]:
        """Let a member of staff have letters of cases, or no longer; says which, and where they go."""
        if not team.allowed(tx, scene, "staff"):
            return {"on": False, "reason": "role"}
        mine = [one for one in contacts.reachable(tx, scene.contact_id) if one.channel == LETTERS]
        if not mine:
            return {"on": False, "reason": "address"}
        return {"on": team.switch_letters(tx, scene.contact_id), "reason": "", "address": mine[0].ident}

    def _tell(self, tx: Connection, case_id: int, to: list[Address], text: str, now: datetime) -> None:
        case = tx.execute(sa.select(cases).where(cases.c.id == case_id)).one()
        subject = f"#{case_id} {KINDS[case.kind]}"
        for address in to:
            letter_id = self.new_id()
            envelope = Envelope(subject=subject, case=letter_id, message_id=_earlier(tx, case_id, address))
            told = Outbound(text=token.without_tokens(text), envelope=envelope)
            sent = outbox.put(tx, told, chat=address, now=now, contact_id=None, lane=outbox.Lane.NOTICE)
            row = {"id": letter_id, "case_id": case_id, "address": str(address), "delivery_id": sent, "at": now}
            tx.execute(sa.insert(case_letters).values(row))

    def _all(self, tx: Connection) -> list[Address]:
        """Return who is told of a case by letter."""
        wished = [address for member in team.with_letters(tx) for address in _addresses(tx, member.address)[:1]]
        return list(dict.fromkeys([*self.listed, *wished]))

    def _member(self, tx: Connection, item: Inbound) -> Member | None:
        """Return whose of the team an address is: one linked with theirs, or one that the settings list."""
        own = contacts.owner(tx, item.sender)
        linked = next((one for one in team.members(tx) if own and contacts.owner(tx, one.address) == own), None)
        if linked or item.sender not in self.listed:
            return linked
        name = item.profile_name or item.sender.ident.partition("@")[0]
        return Member(address=item.sender, role="staff", name=name[:120])

    def _say(self, template: str, **values: Any) -> str:
        return self.relay.words.tongue("lv").say(Say(template=template, values=values), {})


def _summary(tx: Connection, case_id: int) -> str:
    """Return what the topic of a case says at its top."""
    query = sa.select(deliveries.c.body).join(posts, posts.c.delivery_id == deliveries.c.id)
    mine = query.where(posts.c.case_id == case_id, posts.c.kind == "summary").order_by(posts.c.delivery_id)
    row = tx.execute(mine.limit(1)).first()
    return decode(row.body).text if row and row.body else ""


def _addresses(tx: Connection, address: Address) -> list[Address]:
    """Return the addresses for letters of whoever has an address."""
    own = contacts.owner(tx, address)
    return [one for one in contacts.reachable(tx, own) if one.channel == LETTERS] if own else []


def _earlier(tx: Connection, case_id: int, address: Address) -> str:
    """Return the message id of what the same one was told of the same case before, so that it stays one thread."""
    query = sa.select(deliveries.c.message_ref).join(case_letters, case_letters.c.delivery_id == deliveries.c.id)
    mine = query.where(case_letters.c.case_id == case_id, case_letters.c.address == str(address))
    return tx.execute(mine.order_by(deliveries.c.id.desc()).limit(1)).scalar() or ""
