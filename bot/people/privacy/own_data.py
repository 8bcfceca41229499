"""Own data: everything that we hold of a person, gathered for them. What tables hold is found, not listed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.delivery.body import decode
from bot.desk.team import team
from bot.documents import orders
from bot.inbox.ledger import conversations, inbound
from bot.mailroom.records import letters
from bot.messages import LETTERS
from bot.people.privacy import inventory
from bot.people.privacy.erasing import Person, person_of
from bot.rooms import Scene

KIND = "own_data"  # of the document

_OURS = frozenset({"owner", "attempts", "lane"})  # columns that say only which of our processes does what
_MOST_SPOKEN = 2000  # messages shown as a conversation; the rest stands among the rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """One message: `by_us`, or the person's own."""

    at: datetime
    by_us: bool
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """Something that the person has sent."""

    name: str
    media_type: str
    size: int
    at: datetime
    object_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnData:
    """All of it: what people read first, and every row of every table."""

    addresses: tuple[str, ...]
    spoken: tuple[Spoken, ...]
    files: tuple[File, ...]
    rows: Mapping[str, list[dict[str, Any]]] = field(repr=False)  # table -> rows


def order(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG001 - a handler's shape
    """Order the file with everything that we hold of whoever asks."""
    orders.place(
        tx,
        kind=KIND,
        payload={},
        chat=scene.chat,
        contact_id=scene.contact_id,
        now=scene.now,
        language=scene.language,
    )
    return {}


def gather(tx: Connection, contact_id: int) -> OwnData:
    """Read everything that we hold of a person, under every number and at every address of theirs."""
    person = person_of(tx, contact_id)
    rows = {f"{table.name}": found for table, found in _rows(tx, person) if found}
    spoken = sorted([*_said(rows), *_told(rows)], key=lambda one: one.at)
    return OwnData(addresses=person.addresses, spoken=tuple(spoken[-_MOST_SPOKEN:]), files=_files(rows), rows=rows)


def _rows(tx: Connection, person: Person) -> list[tuple[sa.Table, list[dict[str, Any]]]]:
    found = []
    ours = frozenset(value for row in tx.execute(sa.select(team.c.address, team.c.name)) for value in row if value)
    ours -= frozenset(person.addresses)
    for table, theirs in reversed(list(inventory.of_contacts(person.contacts))):
        query = sa.select(table).where(theirs).order_by(*table.primary_key.columns)
        found.append((table, [_shown(row, ours) for row in tx.execute(query)]))
    mine = sa.select(letters).where(letters.c.address.in_(person.addresses)).order_by(letters.c.id)
    found.append((letters, [_shown(row, ours) for row in tx.execute(mine)]))
    return found


def _shown(row: sa.Row[Any], ours: frozenset[str]) -> dict[str, Any]:
    """Return what a row holds, without what is empty, what is only about our machines, and which of us it was."""
    held = {f"{name}": value for name, value in row._mapping.items() if name not in _OURS}
    return {
        name: value
        for name, value in held.items()
        if value not in (None, "") and not (isinstance(value, str) and value in ours)
    }


def _said(rows: Mapping[str, list[dict[str, Any]]]) -> list[Spoken]:
    said = rows.get(inbound.name, [])
    return [Spoken(at=row["received_at"], by_us=False, text=row["text"]) for row in said if row.get("text")]


def _told(rows: Mapping[str, list[dict[str, Any]]]) -> list[Spoken]:
    told = ((row["created_at"], decode(row["body"]).text) for row in rows.get("deliveries", []) if row.get("body"))
    return [Spoken(at=at, by_us=True, text=text) for at, text in told if text]


def _files(rows: Mapping[str, list[dict[str, Any]]]) -> tuple[File, ...]:
    return tuple(
        File(
            name=row.get("name", "") or row["kind"],
            media_type=row.get("stored_type", ""),
            size=row.get("stored_size", 0),
            at=row["created_at"],
            object_key=row["object_key"],
        )
        for row in rows.get("attachments", [])
        if row.get("object_key")
    )


def drafts(data: OwnData) -> list[dict[str, Any]]:
    """Return the runs that are open, as they are stored."""
    states = [row["state"] for row in data.rows.get(conversations.name, [])]
    return [run for state in states for run in (state.get("run"), *state.get("parked", ())) if run]


def is_letter(address: str) -> bool:
    """Whether an address is one of letters."""
    return address.startswith(f"{LETTERS}:")
