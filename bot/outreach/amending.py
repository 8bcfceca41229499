"""Amending: what people who come to an event were told before says what holds now; letters can't be changed.

A change of a message notifies nobody, so it goes out beside a new message. Only those who come, or wait to, are
concerned: the announcements of thousands stay as they are, and a tap on one says what has become of the event.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Say
from bot.conversation.state import Act, Do, Offer, Prompt, decode_act
from bot.delivery import contents, outbox
from bot.delivery.body import decode
from bot.delivery.outbox import Lane, deliveries
from bot.inbox.ledger import prompts
from bot.messages import LETTERS, Address, Outbound
from bot.outreach import events, wording
from bot.outreach.attendance import attendance
from bot.outreach.audience import Recipient
from bot.outreach.broadcasts import broadcasts
from bot.people.contacts import contacts
from bot.words import Words
from flows.grammar import L

_MOST = 2  # of what was said to one person alone, the newest: each is one more call within the pace of broadcasts
_CHANGED_BY = {"message": "edit", "document": "caption", "photo": "caption"}
_NOTICE = "/privatums"


def amend(tx: Connection, words: Words, broadcast: Any, people: Sequence[Recipient], now: datetime) -> None:
    """Queue the changes of what these people were told of a broadcast's event, in the lane of broadcasts."""
    row = events.by_id(tx, broadcast.event_id)
    coming = _coming(tx, row.id, [person.contact_id for person in people])
    said = _announced(tx, broadcast, list(coming)) + _answered(tx, row, list(coming))
    frozen = contents.bodies(tx, {one.content_id for one in said if one.content_id is not None})
    left = dict.fromkeys(coming, _MOST)
    changes: dict[int, Outbound] = {}
    for one in sorted(said, key=lambda one: -one.id):
        told = decode(one.body if one.content_id is None else frozen.get(one.content_id))
        alone = one.options is not None
        if told.kind not in _CHANGED_BY or _NOTICE in told.text or (alone and not left[one.contact_id]):
            continue  # the notice on privacy stays where it was shown
        left[one.contact_id] -= alone
        if anew := _said_anew(words, broadcast.kind, row, one, coming[one.contact_id]):
            changes[one.id] = replace(anew, kind=_CHANGED_BY[told.kind])
    outbox.change_all(tx, changes, now=now, lane=Lane.BROADCAST)


def _coming(tx: Connection, event_id: int, ids: list[int]) -> dict[int, Any]:
    """Return how these people come, with their language."""
    query = sa.select(attendance, contacts.c.language).join(contacts, contacts.c.id == attendance.c.contact_id)
    mine = sa.and_(attendance.c.event_id == event_id, attendance.c.contact_id.in_(ids))
    return {one.contact_id: one for one in tx.execute(query.where(mine))}


def _announced(tx: Connection, broadcast: Any, ids: list[int]) -> list[Any]:
    """Return what was announced to these people of the same event before."""
    earlier = sa.select(broadcasts.c.id).where(
        broadcasts.c.event_id == broadcast.event_id,
        broadcasts.c.kind.in_(["event", "changed"]),
        broadcasts.c.id != broadcast.id,
    )
    query = sa.select(deliveries, sa.null().label("options")).where(deliveries.c.broadcast_id.in_(earlier))
    return list(tx.execute(query.where(*_arrived(ids))))


def _answered(tx: Connection, row: Any, ids: list[int]) -> list[Any]:
    """Return what was said to these people alone with buttons about this event only: that they are awaited."""
    query = sa.select(deliveries, prompts.c.options).join(prompts, prompts.c.id == deliveries.c.prompt_id)
    alone = (deliveries.c.broadcast_id.is_(None), deliveries.c.created_at >= row.planned_at)
    said = tx.execute(query.where(*_arrived(ids), *alone, prompts.c.contact_id == deliveries.c.contact_id))
    return [one for one in said if {row.key} == {_event_of(act) for act in map(decode_act, one.options)}]


def _arrived(ids: list[int]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        deliveries.c.contact_id.in_(ids),
        deliveries.c.state == "sent",
        deliveries.c.target_id.is_(None),
        ~deliveries.c.chat.startswith(f"{LETTERS}:", autoescape=True),
    )


def _event_of(act: Act) -> str:
    """Return the event that a button is about; '' where it is about something else."""
    return str(act.value[0]) if act.do is Do.EVENT and isinstance(act.value, list) else ""


def _said_anew(words: Words, kind: str, row: Any, one: Any, mine: Any) -> Outbound | None:
    """Return what an earlier message says from now on; None where it stays true."""
    event, channel = events.told(row), Address.parse(one.chat).channel
    if kind == "cancelled" or one.options is None:
        # Its buttons are those that it was sent with: none of them is of use any more where it is off.
        prompt = Prompt(id=one.prompt_id) if kind == "changed" else None
        return wording.said(words, kind=kind, event=event, language=mine.language, channel=channel, prompt=prompt)
    if mine.state != "coming":
        return None  # who waits was told no day
    attending = {"state": "coming", "event": event, "people": mine.people, "ahead": 0, "changed": False}
    say = Say(template="attending", values={"attending": attending, "asks": False})
    tongue = words.tongue(mine.language)
    leave = Offer(label=L("Nevarēšu atnākt"), act=Act(do=Do.EVENT, key="leave"))
    # The message keeps its prompt, so the button keeps its number there.
    numbers = [number for number, stored in enumerate(one.options) if decode_act(stored).key == "leave"]
    rows = tuple(row for number in numbers for row in tongue.rows([(number, leave)], one.prompt_id))
    return Outbound(text=tongue.say(say, {}), rows=rows)
