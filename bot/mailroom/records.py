"""The mail ledger: every letter of every mailbox once, where its content lies, and which addresses sent ours back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import BigKey, UTCDateTime, insert, metadata
from bot.delivery.body import decode
from bot.delivery.outbox import deliveries
from bot.inbox.ledger import inbound, prompts
from bot.messages import Outbound
from bot.people.contacts import addresses

CHANNEL = "mailto"  # what addresses of letters begin with, and so the channel's name

mailboxes = sa.Table(
    "mailboxes",
    metadata,
    sa.Column("name", sa.String(400), primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),  # another one: the server has numbered anew
    sa.Column("last_uid", sa.BigInteger, nullable=False),  # it and all below are settled
)

letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("mailbox", sa.String(400), nullable=False),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("uid", sa.BigInteger, nullable=False),
    sa.Column("identity", sa.String(64), nullable=False, index=True),  # the same wherever this letter turns up again
    sa.Column("sha256", sa.String(64), nullable=False),  # of the content
    sa.Column("outcome", sa.String(20), nullable=False),  # message, auto_reply ..., or: failed, held, duplicate
    sa.Column("reason", sa.String(200), nullable=False, server_default=""),
    sa.Column("size", sa.BigInteger, nullable=False),  # bytes, in the mailbox
    sa.Column("whole", sa.Boolean, nullable=False),  # False: only its header was fetched
    sa.Column("address", sa.String(400)),  # the sender; erased with the content
    sa.Column("message_id", sa.String(400)),  # erased with the content
    sa.Column("object_key", sa.String(100), unique=True),  # None once it is erased, and of a duplicate
    sa.Column("arrived_at", UTCDateTime, nullable=False),  # as the mailbox's server noted it
    sa.Column("received_at", UTCDateTime, nullable=False, index=True),  # when we took it in
    sa.UniqueConstraint("mailbox", "uidvalidity", "uid"),
    sa.Index("ix_letters_address_received_at", "address", "received_at"),
)

bounces = sa.Table(
    "bounces",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("letter_id", sa.ForeignKey("letters.id"), nullable=False, index=True),  # the report
    sa.Column("address", sa.String(400), nullable=False),  # that a letter of ours did not reach
    sa.Column("permanent", sa.Boolean, nullable=False),
    sa.Column("status", sa.String(20), nullable=False, server_default=""),  # RFC 3463
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Index("ix_bounces_address_at", "address", "at"),
)

_BOUNCES_COUNT = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A letter as the ledger has it."""

    id: int
    identity: str
    outcome: str
    object_key: str
    arrived_at: datetime
    received_at: datetime
    whole: bool = True


def cursor(tx: Connection, mailbox: str, uidvalidity: int) -> int:
    """Return the last uid that is settled; 0 for a mailbox that is new, or numbered anew."""
    query = sa.select(mailboxes.c.last_uid).where(mailboxes.c.name == mailbox, mailboxes.c.uidvalidity == uidvalidity)
    return int(tx.execute(query).scalar() or 0)


def advance(tx: Connection, mailbox: str, uidvalidity: int, last_uid: int) -> None:
    """Note that everything up to a uid is settled; never backwards within one numbering."""
    new = insert(tx, mailboxes).values(name=mailbox, uidvalidity=uidvalidity, last_uid=last_uid)
    ahead = sa.or_(mailboxes.c.uidvalidity != uidvalidity, mailboxes.c.last_uid < last_uid)
    change = {"uidvalidity": uidvalidity, "last_uid": last_uid}
    tx.execute(new.on_conflict_do_update(index_elements=[mailboxes.c.name], set_=change, where=ahead))


def find(tx: Connection, mailbox: str, uidvalidity: int, uid: int) -> Entry | None:
    """Return the letter of a number, where it was entered before."""
    mine = sa.and_(letters.c.mailbox == mailbox, letters.c.uidvalidity == uidvalidity, letters.c.uid == uid)
    return _entry(tx.execute(sa.select(letters).where(mine)).first())


def get(tx: Connection, letter_id: int) -> Entry | None:
    """Return a letter by its id."""
    return _entry(tx.execute(sa.select(letters).where(letters.c.id == letter_id)).first())


def twin(tx: Connection, identity: str) -> Entry | None:
    """Return the letter that this is a copy of: the same one, under another number."""
    same = sa.and_(letters.c.identity == identity, letters.c.outcome != "duplicate")
    return _entry(tx.execute(sa.select(letters).where(same).order_by(letters.c.id).limit(1)).first())


def enter(tx: Connection, **row: Any) -> int | None:
    """Enter a letter and return its id; None when another process has."""
    new = insert(tx, letters).values(**row).on_conflict_do_nothing()
    entered = tx.execute(new.returning(letters.c.id)).first()
    return int(entered.id) if entered else None


def settle(tx: Connection, letter_id: int, outcome: str, reason: str = "") -> None:
    """Say how a letter has ended after all."""
    tx.execute(sa.update(letters).where(letters.c.id == letter_id).values(outcome=outcome, reason=reason[:200]))


def held(tx: Connection) -> list[Entry]:
    """Return the letters of those who wrote too many, as long as their content is kept, the oldest first."""
    mine = sa.and_(letters.c.outcome == "held", letters.c.object_key.is_not(None))
    return [
        found for row in tx.execute(sa.select(letters).where(mine).order_by(letters.c.id)) if (found := _entry(row))
    ]


def is_decided(tx: Connection, external_id: str) -> bool:
    """Whether the inbox has had a letter."""
    query = sa.select(inbound.c.id).where(inbound.c.channel == CHANNEL, inbound.c.external_id == external_id)
    return tx.execute(query).first() is not None


def count_from(tx: Connection, address: str, since: datetime) -> int:
    """Count the letters of somebody that were handed on lately."""
    lately = sa.and_(letters.c.address == address, letters.c.received_at > since, letters.c.outcome == "message")
    return tx.execute(sa.select(sa.func.count()).where(lately)).scalar_one()


def count_refused(tx: Connection, address: str, since: datetime) -> int:
    """Count the letters of somebody that could not be read lately."""
    lately = sa.and_(letters.c.address == address, letters.c.received_at > since, letters.c.outcome == "refused")
    return tx.execute(sa.select(sa.func.count()).where(lately)).scalar_one()


def count_all(tx: Connection, since: datetime) -> int:
    """Count the letters that were handed on lately."""
    lately = sa.and_(letters.c.received_at > since, letters.c.outcome == "message")
    return tx.execute(sa.select(sa.func.count()).where(lately)).scalar_one()


def sent_to(tx: Connection, address: str, message_id: str) -> tuple[bool, bool]:
    """Return whether we sent this letter to that address, and whether it was a notice to staff."""
    if not message_id:
        return False, False
    mine = deliveries.c.message_ref.in_([message_id, f"<{message_id}>"])
    to_person = sa.select(deliveries.c.id).where(deliveries.c.contact_id.in_(_owner(address)), mine)
    if tx.execute(to_person.limit(1)).first():
        return True, False
    to_staff = sa.and_(deliveries.c.contact_id.is_(None), deliveries.c.chat == f"{CHANNEL}:{address}", mine)
    found = tx.execute(sa.select(deliveries.c.id).where(to_staff).limit(1)).first() is not None
    return found, found


def addresses_of(tx: Connection, prompt_id: str) -> list[str]:
    """Return where a prompt's letter may have gone: the addresses of whoever it was shown to."""
    theirs = sa.select(prompts.c.contact_id).where(prompts.c.id == prompt_id)
    query = sa.select(addresses.c.address).where(
        addresses.c.contact_id.in_(theirs), addresses.c.address.startswith(f"{CHANNEL}:")
    )
    return [row.address.removeprefix(f"{CHANNEL}:") for row in tx.execute(query)]


def shown(tx: Connection, prompt_id: str) -> Outbound | None:
    """Return the letter that showed a prompt; None when there is none, or its text has been erased."""
    whose = sa.select(prompts.c.contact_id).where(prompts.c.id == prompt_id)
    query = sa.select(deliveries.c.body).where(deliveries.c.contact_id.in_(whose), deliveries.c.prompt_id == prompt_id)
    row = tx.execute(query.order_by(deliveries.c.id.desc()).limit(1)).first()
    return decode(row.body) if row and row.body is not None else None


def coded(tx: Connection, address: str, code: str) -> str:
    """Return the newest prompt of a person whose id begins with a code; '' when there is none."""
    whose = sa.select(addresses.c.contact_id).where(addresses.c.address == address)
    query = sa.select(prompts.c.id).where(prompts.c.contact_id.in_(whose), prompts.c.id.startswith(code))
    return tx.execute(query.order_by(prompts.c.created_at.desc()).limit(1)).scalar() or ""


def note_bounce(tx: Connection, letter_id: int, address: str, now: datetime, *, permanent: bool, status: str) -> int:
    """Note that a letter came back, and return how many did of late since the person last wrote."""
    row = {"letter_id": letter_id, "address": address, "permanent": permanent, "status": status[:20], "at": now}
    tx.execute(sa.insert(bounces).values(row))
    wrote = sa.select(sa.func.max(inbound.c.received_at)).where(
        inbound.c.contact_id.in_(_owner(address)), inbound.c.channel == CHANNEL
    )
    since = max(tx.execute(wrote).scalar() or now - _BOUNCES_COUNT, now - _BOUNCES_COUNT)
    late = sa.and_(bounces.c.address == address, bounces.c.at > since)
    return tx.execute(sa.select(sa.func.count()).where(late)).scalar_one()


def known_keys(tx: Connection, keys: Iterable[str]) -> set[str]:
    """Return which of these object keys belong to a letter."""
    query = sa.select(letters.c.object_key).where(letters.c.object_key.in_(list(keys)))
    return {row.object_key for row in tx.execute(query)}


def stored_keys(tx: Connection) -> set[str]:
    """Return the keys of all letters that are kept."""
    query = sa.select(letters.c.object_key).where(letters.c.object_key.is_not(None))
    return {row.object_key for row in tx.execute(query)}


def forget_old(tx: Connection, now: datetime, keep: timedelta) -> int:
    """Let go of the content of letters taken in longer ago than `keep`: it is swept then. The entries stay."""
    tx.execute(sa.delete(bounces).where(bounces.c.at < now - max(keep, _BOUNCES_COUNT)))
    kept = sa.or_(letters.c.object_key.is_not(None), letters.c.address.is_not(None))
    return _forget(tx, sa.and_(letters.c.received_at < now - keep, kept))


def forget_of(tx: Connection, contact_id: int, since: datetime) -> int:
    """Let go of the content of what a person has written since."""
    theirs = sa.select(addresses.c.address).where(addresses.c.contact_id == contact_id)
    return _forget(tx, sa.and_(letters.c.received_at >= since, letters.c.address.in_(theirs)))


def forget_people(tx: Connection, addresses_: Sequence[str], until: datetime) -> list[str]:
    """Let go of everything that these addresses wrote until then; return the keys of what has to be deleted."""
    theirs = sa.and_(letters.c.address.in_(addresses_), letters.c.received_at <= until)
    kept = sa.select(letters.c.object_key).where(theirs, letters.c.object_key.is_not(None))
    keys = [row.object_key for row in tx.execute(kept)]
    _forget(tx, theirs)
    bare = [address.removeprefix(f"{CHANNEL}:") for address in addresses_ if address.startswith(f"{CHANNEL}:")]
    tx.execute(sa.delete(bounces).where(bounces.c.address.in_(bare)))
    return keys


def _owner(address: str) -> Any:
    """Ask whose an address is: entries are found by person, not by address."""
    return sa.select(addresses.c.contact_id).where(addresses.c.address == f"{CHANNEL}:{address}")


def _forget(tx: Connection, which: sa.ColumnElement[bool]) -> int:
    emptied = sa.update(letters).where(which).values(object_key=None, address=None, message_id=None)
    return tx.execute(emptied).rowcount


def _entry(row: Any) -> Entry | None:
    if row is None:
        return None
    return Entry(
        id=row.id,
        identity=row.identity,
        outcome=row.outcome,
        object_key=row.object_key or "",
        arrived_at=row.arrived_at,
        received_at=row.received_at,
        whole=row.whole,
    )
