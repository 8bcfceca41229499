"""Traces: what tells of a person in messages that staff have been sent: how they are called and reached, their words.

Messages of a case and of a registration are known by number. Others, such as a list of what is open, are found by what
stands in them, as long as their texts are kept.
"""

from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.delivery.outbox import deliveries
from bot.desk.cases import cases
from bot.desk.team import team
from bot.inbox.ledger import conversations
from bot.messages import LETTERS, Address
from bot.registrations.records import registrations
from flows.kinds import show_phone

_LONG_ENOUGH = 8  # characters; „Anna” may be anybody
_BEGINNING = 40  # characters of a matter: lists show no more
_SAYS_WHO = frozenset({"name", "phone", "email"})


def traces_of(tx: Connection, contact_ids: Sequence[int], addresses: Sequence[str]) -> frozenset[str]:
    """Return the texts by which these people can be recognised."""
    mail = (address.partition(":")[2] for address in addresses if address.startswith(f"{LETTERS}:"))
    found = {*mail, *_of_registrations(tx, contact_ids), *_of_cases(tx, contact_ids)}
    states = sa.select(conversations.c.state).where(conversations.c.contact_id.in_(contact_ids))
    for state in tx.execute(states).scalars():
        found.update(_who(state))
    return frozenset(trace for trace in found if len(trace) >= _LONG_ENOUGH)


def told(tx: Connection, traces: frozenset[str], chat: Address) -> list[int]:
    """Return the messages to the staff's group, or to one of them in private, in which such a text stands."""
    ours = sa.select(team.c.address).scalar_subquery()
    theirs = sa.or_(deliveries.c.contact_id.is_(None), deliveries.c.chat == str(chat), deliveries.c.chat.in_(ours))
    query = sa.select(deliveries.c.id, deliveries.c.body).where(theirs, deliveries.c.body.is_not(None))
    return [row.id for row in tx.execute(query) if row.body and _tells(row.body, traces)]


def _tells(body: dict[str, Any], traces: frozenset[str]) -> bool:
    text = unescape(body.get("text") or "")
    return any(trace in text for trace in traces)


def _of_registrations(tx: Connection, contact_ids: Sequence[int]) -> Iterator[str]:
    query = sa.select(registrations.c.reference, registrations.c.answers)
    for row in tx.execute(query.where(registrations.c.contact_id.in_(contact_ids))):
        yield row.reference
        yield from _who(row.answers)


def _of_cases(tx: Connection, contact_ids: Sequence[int]) -> Iterator[str]:
    query = sa.select(cases.c.subject, cases.c.details).where(cases.c.contact_id.in_(contact_ids))
    for row in tx.execute(query):
        yield (row.subject or "")[:_BEGINNING]
        yield from _who(row.details)


def _who(stored: Any) -> Iterator[str]:
    """Yield names, telephones and addresses, wherever they stand in stored answers."""
    if isinstance(stored, list):
        for value in stored:
            yield from _who(value)
    elif isinstance(stored, dict):
        for key, value in stored.items():
            if key in _SAYS_WHO and isinstance(value, str):
                yield value
                yield show_phone(value)
            else:
                yield from _who(value)
