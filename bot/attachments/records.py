"""The rows of attachments: what was sent, where its content lies, and what is still to be done with it.

A row that is `pending` wants its content fetched, one that is `erasing` wants it deleted; both are claimed until a
deadline by whichever process carries that out. The rest is settled: `stored`, `refused`, `failed`, `erased`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.attachments.content import LARGEST, Refusal
from bot.conversation.response import Event
from bot.database import BigKey, UTCDateTime, insert, metadata
from bot.messages import Address
from bot.rooms import NO_FACTS, Scene
from flows.said import File

attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False),
    sa.Column("run_id", sa.String(16), nullable=False, index=True, server_default=""),  # '' outside of a flow
    sa.Column("address", sa.String(400), nullable=False),  # the chat it came from
    sa.Column("keeper", sa.String(80), nullable=False),  # whose `ref` it is: a file_id serves only the bot it was told
    sa.Column("ref", sa.String(400), nullable=False),  # what the keeper knows it by
    sa.Column("message_ref", sa.String(200), nullable=False, server_default=""),  # the chat's message that brought it
    sa.Column("unique", sa.String(200), nullable=False),  # what the channel calls this content, whoever sends it
    sa.Column("kind", sa.String(10), nullable=False),  # photo | document
    sa.Column("name", sa.String(200), nullable=False, server_default=""),
    sa.Column("media_type", sa.String(120), nullable=False, server_default=""),  # as stated, not to be believed
    sa.Column("size", sa.BigInteger),  # bytes, as stated
    sa.Column("state", sa.String(10), nullable=False),  # pending stored refused failed erasing erased
    sa.Column("sha256", sa.String(64)),  # of what is stored
    sa.Column("object_key", sa.String(100), unique=True),
    sa.Column("stored_type", sa.String(120)),  # by its content
    sa.Column("stored_size", sa.BigInteger),
    sa.Column("reason", sa.String(200)),  # why it was refused or failed, or what the last attempt met with
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("due_at", UTCDateTime, nullable=False),  # when to try; while it is claimed, when the claim ends
    sa.Column("owner", sa.String(64)),  # the process that has claimed it
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("finished_at", UTCDateTime),
    sa.UniqueConstraint("contact_id", "run_id", "unique"),
    sa.Index("ix_attachments_sha256", "sha256"),
    sa.Index(
        "ix_attachments_due",
        "due_at",
        sqlite_where=sa.text("state IN ('pending', 'erasing')"),
        postgresql_where=sa.text("state IN ('pending', 'erasing')"),
    ),
)

_GONE = ("erasing", "erased")
_SETTLED_WITHOUT_CONTENT = attachments.c.state.in_(["failed", "erasing", "erased"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """What readers see of one: its content is under `object_key` once the state is `stored`."""

    id: int
    kind: str
    name: str
    state: str
    reason: str
    object_key: str
    stored_type: str
    stored_size: int
    address: Address  # the chat it came from
    message_ref: str  # the message there that brought it; '' where that is not known
    unique: str  # what the channel calls its content


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A row that this process now carries out: fetches when it is `pending`, deletes when it is `erasing`."""

    id: int
    contact_id: int
    run_id: str
    address: str
    kind: str
    state: str
    keeper: str
    ref: str
    object_key: str
    owner: str
    attempts: int  # this one included


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How carrying out a row ended. With `due_at` it stays as it is and is due again then."""

    state: str
    reason: str = ""
    due_at: datetime | None = None
    counts: bool = True  # whether it was an attempt, or cut short by our own end
    sha256: str = ""
    object_key: str = ""
    stored_type: str = ""
    stored_size: int = 0
    place: tuple[float, float] | None = None  # where a picture says that it was taken; not kept in the row


@dataclass(frozen=True, kw_only=True, slots=True)
class Register:
    """Enters what people send. `keepers`: channel -> the account there that was told the refs, `telegram:4200000`."""

    keepers: Mapping[str, str]

    def receive(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Enter the `files` of a message, which belong to `run` if they came in one. The same file counts once."""
        for file in event.data["files"]:
            self._enter(tx, file, event.data.get("run", ""), scene)
        return NO_FACTS

    def _enter(self, tx: Connection, file: File, run_id: str, scene: Scene) -> None:
        channel = scene.chat.channel
        too_big = (file.size or 0) > LARGEST
        row = {
            "address": str(scene.chat),
            "keeper": self.keepers.get(channel, channel),
            "ref": file.ref,
            "message_ref": scene.ref[:200],
            "kind": file.kind,
            "name": file.name[:200],
            "media_type": file.media_type[:120],
            "size": file.size,
            "state": "refused" if too_big else "pending",
            "sha256": None,
            "object_key": None,
            "stored_type": None,
            "stored_size": None,
            "reason": str(Refusal.TOO_BIG) if too_big else None,
            "attempts": 0,
            "due_at": scene.now,
            "owner": None,
            "created_at": scene.now,
            "finished_at": scene.now if too_big else None,
        }
        new = insert(tx, attachments).values(contact_id=scene.contact_id, run_id=run_id, unique=file.unique, **row)
        # Sent anew after it was lost or thrown away: then it is wanted again, by its new ref.
        key = [attachments.c.contact_id, attachments.c.run_id, attachments.c.unique]
        tx.execute(new.on_conflict_do_update(index_elements=key, set_=row, where=_SETTLED_WITHOUT_CONTENT))


def discard(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Let everything that was sent in a discarded `run` be erased, its content too."""
    there = sa.update(attachments).where(
        attachments.c.contact_id == scene.contact_id,
        attachments.c.run_id == event.data["run"],
        attachments.c.state.not_in(["erasing", "erased"]),
    )
    tx.execute(there.values(state="erasing", owner=None, attempts=0, due_at=scene.now))
    return NO_FACTS


def of_run(tx: Connection, run_id: str) -> list[Attachment]:
    """Return what was sent in a run, in that order, without what has been erased."""
    query = sa.select(attachments).where(attachments.c.run_id == run_id, attachments.c.state.not_in(_GONE))
    return [_attachment(row) for row in tx.execute(query.order_by(attachments.c.id))]


def newest(tx: Connection, contact_id: int, unique: str, run_id: str = "") -> Attachment | None:
    """Return a file of somebody's by what its channel calls it: of a run, or of whichever it came with last."""
    mine = sa.and_(attachments.c.contact_id == contact_id, attachments.c.unique == unique)
    query = sa.select(attachments).where(mine, *([attachments.c.run_id == run_id] if run_id else []))
    row = tx.execute(query.order_by(attachments.c.id.desc()).limit(1)).first()
    return _attachment(row) if row else None


def of_content(tx: Connection, unique: str) -> Attachment | None:
    """Return a file by what its channel calls it, whoever sent it: a stored one before one that is yet to be."""
    there = sa.select(attachments).where(attachments.c.unique == unique, attachments.c.state.not_in(_GONE))
    row = tx.execute(there.order_by((attachments.c.state == "stored").desc(), attachments.c.id.desc()).limit(1)).first()
    return _attachment(row) if row else None


def move_run(tx: Connection, old: str, new: str) -> None:
    """Let what was sent in one run belong to another; what is there already stays behind."""
    there = attachments.alias()
    known = sa.exists().where(there.c.run_id == new, there.c.unique == attachments.c.unique)
    tx.execute(sa.update(attachments).where(attachments.c.run_id == old, ~known).values(run_id=new))


def give(tx: Connection, run_id: str, contact_id: int) -> None:
    """Let what was sent in a run be somebody else's: whoever sent it did so for them."""
    tx.execute(sa.update(attachments).where(attachments.c.run_id == run_id).values(contact_id=contact_id))


def runs_alike(tx: Connection, run_id: str) -> set[str]:
    """Return the other runs in which a picture of the same content was sent, as far as contents are stored."""
    mine, other = attachments.alias(), attachments.alias()
    same = sa.select(other.c.run_id).join(mine, mine.c.sha256 == other.c.sha256)
    query = same.where(mine.c.run_id == run_id, other.c.run_id.not_in(["", run_id]), other.c.state == "stored")
    return {row.run_id for row in tx.execute(query)}


def known_keys(tx: Connection, keys: list[str]) -> set[str]:
    """Return which of these object keys belong to a row."""
    query = sa.select(attachments.c.object_key).where(attachments.c.object_key.in_(keys))
    return {row.object_key for row in tx.execute(query)}


def stored_keys(tx: Connection) -> set[str]:
    """Return the keys of all objects that there should be."""
    query = sa.select(attachments.c.object_key).where(attachments.c.state == "stored")
    return {row.object_key for row in tx.execute(query)}


def claim(tx: Connection, owner: str, now: datetime, until: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` rows that are due. Not settled by `until`, they are due for anybody again."""
    due = (
        sa.select(attachments.c.id)
        .where(attachments.c.state.in_(["pending", "erasing"]), attachments.c.due_at <= now)
        .order_by(attachments.c.due_at, attachments.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    take = (
        sa.update(attachments)
        .where(attachments.c.id.in_(due))
        .values(owner=owner, attempts=attachments.c.attempts + 1, due_at=until)
        .returning(attachments)
    )
    return [
        Claimed(
            id=row.id,
            contact_id=row.contact_id,
            run_id=row.run_id,
            address=row.address,
            kind=row.kind,
            state=row.state,
            keeper=row.keeper,
            ref=row.ref,
            object_key=row.object_key or "",
            owner=owner,
            attempts=row.attempts,
        )
        for row in sorted(tx.execute(take), key=lambda row: row.id)
    ]


def settle(tx: Connection, claimed: Claimed, outcome: Outcome, now: datetime) -> bool:
    """Record how a claimed row ended; False when it is no longer this process's to settle."""
    mine = sa.update(attachments).where(
        attachments.c.id == claimed.id,
        attachments.c.state == claimed.state,
        attachments.c.owner == claimed.owner,
        attachments.c.attempts == claimed.attempts,
    )
    return bool(tx.execute(mine.values(owner=None, **_changes(claimed, outcome, now))).rowcount)


def _changes(claimed: Claimed, outcome: Outcome, now: datetime) -> dict[str, Any]:
    if outcome.due_at:
        attempts = claimed.attempts - (0 if outcome.counts else 1)
        return {"due_at": outcome.due_at, "reason": outcome.reason[:200] or None, "attempts": attempts}
    changes: dict[str, Any] = {
        "state": outcome.state,
        "reason": outcome.reason[:200] or None,
        "sha256": outcome.sha256 or None,
        "object_key": outcome.object_key or None,
        "stored_type": outcome.stored_type or None,
        "stored_size": outcome.stored_size or None,
        "finished_at": now,
    }
    if outcome.state == "erased":
        changes |= {"ref": "", "message_ref": "", "name": "", "media_type": "", "size": None}
    return changes


def _attachment(row: sa.Row[Any]) -> Attachment:
    return Attachment(
        id=row.id,
        kind=row.kind,
        name=row.name,
        state=row.state,
        reason=row.reason or "",
        object_key=row.object_key or "",
        stored_type=row.stored_type or "",
        stored_size=row.stored_size or 0,
        address=Address.parse(row.address),
        message_ref=row.message_ref,
        unique=row.unique,
    )
