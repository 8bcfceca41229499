"""Guests: people who answer a letter in somebody else's name, because it was passed on to them or they stood in its Cc.

Who says so once is believed for that one flow: what they write counts as the other person's, and they get the answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.database import UTCDateTime, insert, metadata
from bot.inbox.ledger import prompts
from bot.messages import Address
from bot.people.contacts import addresses
from bot.rooms import Scene

guests = sa.Table(
    "guests",
    metadata,
    sa.Column("address", sa.String(400), primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), primary_key=True),  # in whose name; their own: in nobody's
    sa.Column("run_id", sa.String(16), primary_key=True),  # of the flow
    sa.Column("letter", sa.String(64)),  # the letter that waits to be taken in, now that we know whose it is
    sa.Column("prompt_id", sa.String(16)),  # what that letter answers
    sa.Column("since", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A letter that is to be taken in once more. `owner` is whose it is: another person's, or the sender's own."""

    letter: str
    owner: Address
    contact_id: int
    run_id: str
    prompt_id: str


def join(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Believe who says in whose name they answer; without a prompt it is their own. Returns whether there is such."""
    asked = tx.execute(sa.select(prompts).where(prompts.c.id == event.data["prompt"])).first()
    if event.data["prompt"] and asked is None:
        return {"joined": False}
    row = {
        "address": str(scene.chat),
        "contact_id": (asked.contact_id if asked else None) or scene.contact_id,
        "run_id": asked.run_id if asked else "",
        "letter": event.data["letter"],
        "prompt_id": event.data["prompt"] or None,
        "since": scene.now,
    }
    new = insert(tx, guests).values(**row)
    keys = [guests.c.address, guests.c.contact_id, guests.c.run_id]
    change = {name: row[name] for name in ("letter", "prompt_id", "since")}
    tx.execute(new.on_conflict_do_update(index_elements=keys, set_=change))
    return {"joined": True}


def speaks_for(tx: Connection, sender: Address, prompt_id: str) -> Address | None:
    """Return in whose name a letter is written that answers a prompt of somebody else; None when nobody has said so."""
    query = (
        sa.select(prompts.c.contact_id)
        .join(guests, sa.and_(guests.c.contact_id == prompts.c.contact_id, guests.c.run_id == prompts.c.run_id))
        .where(prompts.c.id == prompt_id, guests.c.address == str(sender))
    )
    contact_id = tx.execute(query).scalar()
    return _address_of(tx, contact_id) if contact_id else None


def is_everybodys(tx: Connection, prompt_id: str) -> bool:
    """Whether a prompt belongs to nobody: what was announced to many is answered in one's own name."""
    query = sa.select(prompts.c.id).where(prompts.c.id == prompt_id, prompts.c.contact_id.is_(None))
    return tx.execute(query).first() is not None


def waiting(tx: Connection, sender: Address) -> list[Waiting]:
    """Return the letters of somebody that wait to be taken in once more."""
    query = sa.select(guests).where(guests.c.address == str(sender), guests.c.letter.is_not(None))
    found = []
    for row in tx.execute(query).all():
        owner = _address_of(tx, row.contact_id) if row.run_id else sender
        if owner:
            prompt_id = row.prompt_id or ""
            found.append(
                Waiting(
                    letter=row.letter, owner=owner, contact_id=row.contact_id, run_id=row.run_id, prompt_id=prompt_id
                )
            )
    return found


def settle(tx: Connection, sender: Address, taken: Waiting) -> None:
    """Note that a letter has been taken in; who wrote in their own name is no guest."""
    mine = sa.and_(
        guests.c.address == str(sender), guests.c.contact_id == taken.contact_id, guests.c.run_id == taken.run_id
    )
    if taken.run_id:
        tx.execute(sa.update(guests).where(mine).values(letter=None))
    else:
        tx.execute(sa.delete(guests).where(mine))


def forget_old(tx: Connection, before: datetime) -> None:
    """Let go of who has answered for whom: after so long they are asked again."""
    tx.execute(sa.delete(guests).where(guests.c.since < before))


def _address_of(tx: Connection, contact_id: int) -> Address | None:
    query = sa.select(addresses.c.address).where(addresses.c.contact_id == contact_id)
    found = tx.execute(query.order_by(addresses.c.created_at).limit(1)).scalar()
    return Address.parse(found) if found else None
