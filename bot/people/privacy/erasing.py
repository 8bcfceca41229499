"""Erasing a person, in the transaction that takes their word for it: afterwards nothing leads to them any more.

Their conversation has been written anew in the same transaction, so another process that has decided on it decides
again, and meets somebody it does not know. What such a one can still write beside us, a reply of staff's that was
being entered, is erased when the last message has gone (`finishing`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.delivery import forgetting
from bot.desk import boards
from bot.desk import forgetting as desk
from bot.desk.cases import Desk
from bot.inbox import ledger
from bot.mailroom import records as letters
from bot.messages import Address, Inbound, Kind
from bot.notices import mentions
from bot.outreach.forgetting import forget_organisers
from bot.people import nobody
from bot.people.contacts import addresses
from bot.people.guests import guests
from bot.people.linking import links
from bot.people.privacy import erasures, inventory, traces
from bot.people.privacy.erasures import Entry, Left
from bot.people.privacy.fingerprints import Fingerprints
from bot.registrations import anonymous
from bot.registrations.export.forgetting import forget_files
from bot.rooms import Scene

_UNDERWAY = timedelta(hours=1)  # how much later than the erasure something said before it may be decided


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody, under every number and at every address that is theirs."""

    contacts: tuple[int, ...]
    addresses: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasing:
    """Erases who asks for it. `staff_chat` is the group where their matters stand, `desk` gets what people must do."""

    marks: Fingerprints
    desk: Desk
    staff_chat: Address | None

    def asked(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002 - a handler's shape
        """Bring up what there is to say before: how many registrations stay, and which are in MapMyTree."""
        person = person_of(tx, scene.contact_id)
        return {
            "registrations": anonymous.count(tx, person.contacts),
            "entered": anonymous.passed_on(tx, person.contacts),
            "spared": desk.is_ours(tx, person.addresses),
        }

    def confirmed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Erase the person; what is in MapMyTree becomes a task for staff. Nobody who works here is erased."""
        person = person_of(tx, scene.contact_id)
        if desk.is_ours(tx, person.addresses):
            return {"spared": True, "entered": []}
        entered = anonymous.passed_on(tx, person.contacts)
        counts, left = erase(tx, person, scene.now, self.staff_chat)
        entry = Entry(
            id=erasures.new_id(),
            said_at=event.data["said_at"],
            erased_at=scene.now,
            key=self.marks.name,
            fingerprints=self.marks.of(person.addresses),
        )
        erasures.record(tx, entry, counts, left)
        if entered:
            self.desk.task(tx, "erased", ", ".join(entered), scene.now)
        return {"spared": False, "entered": entered}

    def is_unwanted(self, tx: Connection, item: Inbound) -> bool:
        """Whether something of a stranger must not make us know them: said before they were erased, or only a block."""
        if item.kind is Kind.MEMBERSHIP:
            return True
        since = item.received_at - _UNDERWAY
        if not erasures.any_since(tx, since):
            return False
        [mark] = self.marks.of([str(item.sender)])
        said_at = erasures.last_said_at(tx, mark, since)
        return said_at is not None and item.said_at <= said_at


def person_of(tx: Connection, contact_id: int) -> Person:
    """Return somebody with the contacts that were linked into theirs, and the addresses of all of them."""
    ids, new = {contact_id}, {contact_id}
    while new:
        query = sa.select(links.c.absorbed_id).where(links.c.kept_id.in_(new), links.c.undone_at.is_(None))
        new = set(tx.execute(query).scalars()) - ids
        ids |= new
    theirs = sa.select(addresses.c.address).where(addresses.c.contact_id.in_(ids)).order_by(addresses.c.address)
    return Person(contacts=tuple(sorted(ids)), addresses=tuple(tx.execute(theirs).scalars()))


def erase(
    tx: Connection, person: Person, now: datetime, staff_chat: Address | None, *, since: datetime | None = None
) -> tuple[dict[str, int], Left]:
    """Erase everything of a person but the bare contacts; return how much, and what is left to do.

    Called once more it erases what others have written `since`: whoever has come to an address then is somebody new.
    """
    ids = person.contacts
    to = nobody.ensure(tx)
    files = _retract(tx, person, now, staff_chat)
    counts, objects = _erase_rows(tx, ids)
    cases = desk.forget_cases(tx, ids, to, now, staff_chat)
    registrations = anonymous.anonymise(tx, ids, to)
    forget_organisers(tx, ids, to)
    forgetting.retract(tx, boards.posts_about(tx, "review", registrations), now)
    tx.execute(sa.delete(links).where(sa.or_(links.c.kept_id.in_(ids), links.c.absorbed_id.in_(ids))))
    until = since or now
    tx.execute(sa.delete(guests).where(guests.c.address.in_(person.addresses), guests.c.since <= until))
    desk.forget_former(tx, person.addresses)
    objects += [*files, *letters.forget_people(tx, person.addresses, until)]
    counts["inbound"] = ledger.forget_people(tx, ids, () if since else person.addresses)
    counts["deliveries"] = forgetting.of_contacts(tx, ids, now)
    counts |= {"cases": len(cases), "registrations": len(registrations)}
    left = Left(
        contacts=ids, addresses=person.addresses, cases=cases, registrations=registrations, objects=tuple(objects)
    )
    return {name: count for name, count in counts.items() if count}, left


def _retract(tx: Connection, person: Person, now: datetime, staff_chat: Address | None) -> list[str]:
    """Delete what staff have been sent about somebody outside of their topics; return the objects to be deleted."""
    known = sa.select(mentions.c.delivery_id).where(mentions.c.contact_id.in_(person.contacts))
    told = set(tx.execute(known).scalars())
    objects: list[str] = []
    if first := anonymous.first(tx, person.contacts):
        files, objects = forget_files(tx, first)
        told |= set(files)
    if staff_chat:
        told |= set(traces.told(tx, traces.traces_of(tx, person.contacts, person.addresses), staff_chat))
    forgetting.retract(tx, sorted(told), now)
    return objects


def _erase_rows(tx: Connection, ids: Sequence[int]) -> tuple[dict[str, int], list[str]]:
    """Delete the rows of every table that is not emptied; return how many, and the keys of their objects."""
    counts: dict[str, int] = {}
    objects: list[str] = []
    for table, theirs in inventory.of_contacts(ids):
        if table.name in inventory.EMPTIED:
            continue
        if "object_key" in table.c:
            kept = sa.select(table.c.object_key).where(theirs, table.c.object_key.is_not(None))
            objects += tx.execute(kept).scalars()
        counts[table.name] = tx.execute(sa.delete(table).where(theirs)).rowcount
    return counts, objects
