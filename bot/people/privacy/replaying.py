"""Replaying erasures: whom a backup brings back although they were erased since is erased once more."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.mailroom.records import letters
from bot.messages import Address
from bot.people.contacts import addresses, contacts
from bot.people.privacy import erasures
from bot.people.privacy.erasing import Person, erase, person_of
from bot.people.privacy.erasures import Entry, Left
from bot.people.privacy.fingerprints import Fingerprints


class ReplayError(Exception):
    """The ledger was written with another key, so nobody can be recognised. Setting ERASURE_SECRET right helps."""


def replay(
    tx: Connection, entries: Iterable[Entry], marks: Fingerprints, now: datetime, staff_chat: Address | None
) -> tuple[int, list[str]]:
    """Carry out the erasures of a ledger that came after the backup; return how many people, and objects to be deleted.

    Whoever has come back since their erasure is somebody new, and stays. Raises ReplayError.
    """
    count = 0
    objects: list[str] = []
    there = {one.id for one in erasures.entries(tx)}
    for entry in sorted((one for one in entries if one.id not in there), key=lambda one: one.erased_at):
        if entry.key != marks.name:
            raise ReplayError(f"erasure {entry.id} was written with another key: set ERASURE_SECRET as it was then")
        for person in _people(tx, entry, marks):
            _, left = erase(tx, person, now, staff_chat, since=entry.erased_at)
            tx.execute(sa.delete(contacts).where(contacts.c.id.in_(person.contacts)))
            objects += left.objects
            count += 1
        erasures.record(tx, entry, {}, Left())
        erasures.set_left(tx, entry.id, Left(), now)
        erasures.note(tx, [entry.id], now)
    return count, objects


def _people(tx: Connection, entry: Entry, marks: Fingerprints) -> list[Person]:
    """Return whom an entry means: contacts that were there at that time, or the bare address of a letter's sender."""
    known = tx.execute(
        sa.select(addresses.c.address, addresses.c.contact_id)
        .join(contacts, contacts.c.id == addresses.c.contact_id)
        .where(contacts.c.created_at <= entry.erased_at)
    ).all()
    wrote = tx.execute(
        sa.select(letters.c.address).where(letters.c.address.is_not(None), letters.c.received_at <= entry.erased_at)
    ).scalars()
    wanted = set(entry.fingerprints)
    people = {row.contact_id: person_of(tx, row.contact_id) for row in known if marks.of([row.address])[0] in wanted}
    strangers = {one for one in wrote if marks.of([one])[0] in wanted} - {row.address for row in known}
    return [*people.values(), *([Person(contacts=(), addresses=tuple(sorted(strangers)))] if strangers else [])]
