"""The ledger: every inbound once, the conversations' state, the prompts that were shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.state import Tapped, decode_act
from bot.database import BigKey, UTCDateTime, insert, insert_for, metadata
from bot.messages import Address, Inbound, Kind
from bot.people.contacts import addresses, contacts, reachable
from bot.prepared import Prepared

SPOKEN = (Kind.MESSAGE, Kind.EDIT, Kind.TAP)  # what a person does at an address of theirs

inbound = sa.Table(
    "inbound",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("channel", sa.String(40), nullable=False),
    sa.Column("external_id", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), index=True),
    sa.Column("address", sa.String(400)),
    sa.Column("text", sa.Text),  # as said, with secrets masked; erased after the retention time
    sa.Column("outcome", sa.String(40), nullable=False),
    sa.Column("received_at", UTCDateTime, nullable=False, index=True),
    sa.Column("raw", sa.JSON(none_as_null=True)),  # only of what could not be handled, with secrets masked
    sa.Column("error", sa.Text),
    sa.UniqueConstraint("channel", "external_id"),
    # What has a text yet: so that erasing the old ones does not look at everything there ever was.
    sa.Index(
        "ix_inbound_said",
        "received_at",
        sqlite_where=sa.text("(text IS NOT NULL OR raw IS NOT NULL)"),
        postgresql_where=sa.text("(text IS NOT NULL OR raw IS NOT NULL)"),
    ),
    sa.Index(
        "ix_inbound_failed",
        "outcome",
        sqlite_where=sa.text("outcome = 'failed'"),
        postgresql_where=sa.text("outcome = 'failed'"),
    ),
)

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.JSON, nullable=False),
    sa.Column("updated_at", UTCDateTime, nullable=False),
)

prompts = sa.Table(
    "prompts",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), index=True),  # none of what was announced to everybody
    sa.Column("run_id", sa.String(16), nullable=False),  # '' when it belongs to no flow
    sa.Column("questions", sa.JSON, nullable=False),  # keys in the order shown
    sa.Column("options", sa.JSON, nullable=False),  # what each button does
    sa.Column("created_at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A conversation as it stands in the database; version 0 is one that is not there yet."""

    contact_id: int | None
    language: str
    version: int
    state: dict[str, Any]
    tapped: Tapped | None = None  # the prompt whose button was pressed
    gone: bool = False  # whether the address could not be reached of late
    assumed: bool = False  # remembered and not read: that all of it is still true is yet to be seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """An entry that could not be handled."""

    id: int
    channel: str
    received_at: datetime
    error: str


_SELECT = Prepared(
    lambda _: (
        sa.select(
            contacts.c.id, contacts.c.language, conversations.c.version, conversations.c.state, addresses.c.gone_at
        )
        .select_from(addresses.join(contacts).outerjoin(conversations, conversations.c.contact_id == contacts.c.id))
        .where(addresses.c.address == sa.bindparam("address"))
    ),
    "address",
)
_PROMPT = Prepared(
    lambda _: sa.select(prompts.c.run_id, prompts.c.options, prompts.c.questions).where(
        prompts.c.id == sa.bindparam("prompt"),
        sa.or_(prompts.c.contact_id == sa.bindparam("contact"), prompts.c.contact_id.is_(None)),
    ),
    "prompt",
    "contact",
)
_ENTER = Prepared(
    lambda dialect: insert_for(dialect, inbound).on_conflict_do_nothing().returning(inbound.c.id),
    *(column.name for column in inbound.c if column is not inbound.c.id),
)
_CHANGE = (
    sa.update(conversations)
    .where(conversations.c.contact_id == sa.bindparam("contact"), conversations.c.version == sa.bindparam("seen"))
    .values(version=sa.bindparam("next"), state=sa.bindparam("new"), updated_at=sa.bindparam("now"))
)
_NOBODYS = -1  # no contact has this number
_WORKS = sa.exists().where(
    addresses.c.address == sa.bindparam("at"),
    addresses.c.contact_id == conversations.c.contact_id,
    addresses.c.gone_at.is_(None),
)
_SWAP = Prepared(lambda _: _CHANGE, "contact", "seen", "next", "new", "now")
_SWAP_ASSUMED = Prepared(lambda _: _CHANGE.where(_WORKS), "contact", "seen", "next", "new", "now", "at")
_SHOW = Prepared(lambda _: sa.insert(prompts).inline(), *prompts.c.keys())


def load(tx: Connection, address: Address, prompt: str = "") -> Stored:
    """Read the conversation of an address, and the prompt that was tapped or that a letter answers."""
    row = _SELECT.first(tx, {"address": str(address)})
    if row is None:
        # A stranger may answer what belongs to nobody: a letter to many that was passed on.
        tapped = _tapped(tx, _NOBODYS, prompt) if prompt else None
        return Stored(contact_id=None, language="lv", version=0, state={}, tapped=tapped)
    contact_id, language, version, state, gone_at = row
    return Stored(
        contact_id=contact_id,
        language=language,
        version=version or 0,
        state=state or {},
        tapped=_tapped(tx, contact_id, prompt) if prompt else None,
        gone=gone_at is not None,
    )


def _tapped(tx: Connection, contact_id: int, prompt_id: str) -> Tapped | None:
    row = _PROMPT.first(tx, {"prompt": prompt_id, "contact": contact_id})
    if row is None:
        return None
    run_id, options, questions = row
    return Tapped(id=prompt_id, run_id=run_id, acts=tuple(map(decode_act, options)), keys=tuple(questions))


def enter(
    tx: Connection, item: Inbound, contact_id: int | None, outcome: str, *, raw: Any = None, error: str | None = None
) -> int | None:
    """Enter an inbound, with what is kept of one that failed; None when it is there already."""
    row = {
        "channel": item.channel,
        "external_id": item.external_id,
        "kind": str(item.kind),
        "contact_id": contact_id,
        "address": str(item.sender),
        "text": item.said.text or None,
        "outcome": outcome,
        "received_at": item.received_at,
        "raw": raw,
        "error": error,
    }
    entered = _ENTER.first(tx, row)
    return int(entered[0]) if entered else None


def strike(tx: Connection, inbound_id: int) -> None:
    """Take an entry back: its turn was decided on a state that is no longer true."""
    tx.execute(sa.delete(inbound).where(inbound.c.id == inbound_id))


def attribute(tx: Connection, inbound_id: int, contact_id: int) -> None:
    """Say whose an entry is, once the person is known."""
    tx.execute(sa.update(inbound).where(inbound.c.id == inbound_id).values(contact_id=contact_id))


def forget_people(tx: Connection, contact_ids: Sequence[int], addresses_: Sequence[str]) -> int:
    """Keep of entries only that there was such a one, so that nothing is read twice; return how many rows."""
    theirs = sa.or_(inbound.c.contact_id.in_(contact_ids), inbound.c.address.in_(addresses_))
    bare = {"contact_id": None, "address": None, "text": None, "raw": None, "error": None}
    return tx.execute(sa.update(inbound).where(theirs).values(bare)).rowcount


def drop(tx: Connection, inbound_id: int, outcome: str) -> None:
    """Keep nothing of an entry but its outcome: nobody is to be known by it."""
    bare = {"contact_id": None, "address": None, "text": None, "raw": None, "outcome": outcome}
    tx.execute(sa.update(inbound).where(inbound.c.id == inbound_id).values(bare))


def failures(tx: Connection) -> list[Failed]:
    """Return what could not be handled, the oldest first."""
    query = sa.select(inbound.c.id, inbound.c.channel, inbound.c.received_at, inbound.c.error)
    # Literal, as in the index's condition.
    rows = tx.execute(query.where(sa.text("outcome = 'failed'")).order_by(inbound.c.id))
    return [Failed(id=row.id, channel=row.channel, received_at=row.received_at, error=row.error or "") for row in rows]


def raw_of(tx: Connection, inbound_id: int) -> Any:
    """Return a failed entry as it was received; None when there is none, or it has been erased."""
    query = sa.select(inbound.c.raw).where(inbound.c.id == inbound_id, inbound.c.outcome == "failed")
    return tx.execute(query).scalar()


def take_up(tx: Connection, inbound_id: int, outcome: str) -> int | None:
    """Say that a failed entry has been handled after all; None when it no longer stands as failed."""
    failed = sa.update(inbound).where(inbound.c.id == inbound_id, inbound.c.outcome == "failed")
    row = tx.execute(failed.values(outcome=outcome, raw=None, error=None).returning(inbound.c.id)).first()
    return int(row.id) if row else None


def swap(
    tx: Connection, contact_id: int, seen: int, state: dict[str, Any], now: datetime, *, assumed: Address | None = None
) -> bool:
    """Write a conversation's new state if nobody else has since version `seen`; False when somebody has.

    Also False where the `assumed` address is not, or no longer, a working one of that contact.
    """
    if seen == 0:
        new = insert(tx, conversations).values(contact_id=contact_id, version=1, state=state, updated_at=now)
        # Not its rowcount: PostgreSQL's driver tells none for an INSERT.
        return tx.execute(new.on_conflict_do_nothing().returning(conversations.c.version)).first() is not None
    change = {"contact": contact_id, "seen": seen, "next": seen + 1, "new": state, "now": now}
    return bool(_SWAP_ASSUMED.count(tx, {**change, "at": str(assumed)}) if assumed else _SWAP.count(tx, change))


def lock(tx: Connection, contact_id: int) -> tuple[int, dict[str, Any]]:
    """Return a conversation's version and state, and let nobody else write to it until the transaction ends."""
    query = sa.select(conversations.c.version, conversations.c.state).where(conversations.c.contact_id == contact_id)
    row = tx.execute(query.with_for_update()).first()
    return (row.version, row.state) if row else (0, {})


def hold(tx: Connection, contact_id: int, case_id: int | None, now: datetime) -> None:
    """Let a conversation know that a member of staff speaks now, or no longer. A turn being decided is decided anew."""
    _note(tx, contact_id, "held", case_id, now)


def mute(tx: Connection, contact_id: int, until: datetime | None, now: datetime) -> None:
    """Let a conversation know until when its person is not heard; None for heard again. They are told once."""
    _note(tx, contact_id, "muted_told", None, now)
    _note(tx, contact_id, "muted_until", until.isoformat() if until else None, now)


def employ(tx: Connection, contact_id: int, role: str, now: datetime) -> None:
    """Let a conversation know that it is one of ours who speaks, in which role; '' for no longer."""
    _note(tx, contact_id, "role", role, now)


def ask(tx: Connection, contact_id: int, question: list[Any], now: datetime) -> None:
    """Let a conversation know of a question of staff about a registration, in place of an earlier one (see `Asked`)."""
    _, known = lock(tx, contact_id)
    others = [one for one in known.get("asked", []) if one[0] != question[0]]
    _note(tx, contact_id, "asked", [*others, question], now)


def unask(tx: Connection, contact_id: int, registration_id: int, now: datetime) -> None:
    """Let a conversation know that an answer about a registration is no longer waited for."""
    _, known = lock(tx, contact_id)
    asked = known.get("asked", [])
    if left := [one for one in asked if one[0] != registration_id]:
        _note(tx, contact_id, "asked", left, now)
    elif asked:
        _note(tx, contact_id, "asked", None, now)


def _note(tx: Connection, contact_id: int, key: str, value: Any, now: datetime) -> None:
    """Note something in a stored conversation; what is empty is taken out."""
    version, known = lock(tx, contact_id)
    state = {other: said for other, said in known.items() if other != key} | ({key: value} if value else {})
    if version == 0:
        # Somebody who has never said anything: nothing is there yet to be locked.
        if not swap(tx, contact_id, 0, state, now):
            _note(tx, contact_id, key, value, now)
        return
    mine = sa.update(conversations).where(conversations.c.contact_id == contact_id)
    tx.execute(mine.values(version=version + 1, state=state, updated_at=now))


def thread_of(tx: Connection, contact_id: int) -> tuple[str, str]:
    """Return the subject and the message id of a person's last letter."""
    query = sa.select(conversations.c.state).where(conversations.c.contact_id == contact_id)
    state = tx.execute(query).scalar() or {}
    return state.get("subject", ""), state.get("letter", "")


def spoken(tx: Connection, contact_id: int) -> str:
    """Return the language that a person was last answered in."""
    query = sa.select(conversations.c.state).where(conversations.c.contact_id == contact_id)
    return str((tx.execute(query).scalar() or {}).get("spoken", "lv"))


def is_quiet(tx: Connection, contact_id: int) -> bool:
    """Whether a person has asked us not to write of our own accord."""
    query = sa.select(conversations.c.state).where(conversations.c.contact_id == contact_id)
    return bool((tx.execute(query).scalar() or {}).get("quiet"))


def preferred(tx: Connection, contact_id: int) -> Address | None:
    """Return where to write of our own accord: of the addresses that work, the one last written from."""
    working = reachable(tx, contact_id)
    if len(working) < 2:
        return working[0] if working else None
    query = sa.select(inbound.c.address).where(
        inbound.c.contact_id == contact_id,
        inbound.c.kind.in_(SPOKEN),
        inbound.c.address.in_([str(address) for address in working]),
    )
    last = tx.execute(query.order_by(inbound.c.id.desc()).limit(1)).scalar()
    return Address.parse(last) if last else working[0]


def show(tx: Connection, contact_id: int | None, prompt: dict[str, Any], now: datetime) -> None:
    """Keep a prompt, so that its buttons mean the same next year; without a contact it is anybody's."""
    _SHOW.run(tx, {"contact_id": contact_id, "created_at": now, **prompt})


def offer_anew(tx: Connection, prompt_id: str, options: list[Any]) -> None:
    """Say what the buttons of a prompt do that nobody has been shown yet."""
    tx.execute(sa.update(prompts).where(prompts.c.id == prompt_id).values(options=options))
