"""Erasures: who asked for one is known by fingerprints alone; what is left to do of it; and the ledger beside backups.

A row is the proof that somebody was erased, and holds nothing of them once it is finished. The same stands in a file,
the ledger, which outlives the database: what a backup brings back is erased once more by it.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import UTCDateTime, insert, metadata
from bot.disk import sync

LEDGER = "erasures.jsonl"

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("said_at", UTCDateTime, nullable=False),  # when the person wrote the words: what is older never returns
    sa.Column("erased_at", UTCDateTime, nullable=False, index=True),
    sa.Column("key", sa.String(12), nullable=False),  # which key the fingerprints were made with
    sa.Column("counts", sa.JSON, nullable=False),  # table -> rows
    sa.Column("left", sa.JSON(none_as_null=True)),  # what is still to be done; None once nothing is
    sa.Column("noted_at", UTCDateTime),  # when it was written into the ledger
    sa.Column("finished_at", UTCDateTime),
    sa.Index(
        "ix_erasures_open",
        "id",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    ),
)

fingerprints = sa.Table(
    "erasure_fingerprints",
    metadata,
    sa.Column("fingerprint", sa.String(64), primary_key=True),
    sa.Column("erasure_id", sa.ForeignKey("erasures.id"), primary_key=True),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What is still to be done: until the person's last message has gone we have to know whose it was."""

    contacts: tuple[int, ...] = ()
    addresses: tuple[str, ...] = field(default=(), repr=False)
    cases: tuple[int, ...] = ()
    registrations: tuple[int, ...] = ()
    objects: tuple[str, ...] = ()  # keys in the object store, to be deleted

    def encode(self) -> dict[str, Any] | None:
        """Turn it into what JSON can hold; None for nothing."""
        stored = {name: list(value) for name in self.__slots__ if (value := getattr(self, name))}
        return stored or None


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasure:
    """One that is not finished yet."""

    id: str
    erased_at: datetime
    noted: bool
    left: Left


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of the ledger."""

    id: str
    said_at: datetime
    erased_at: datetime
    key: str
    fingerprints: tuple[str, ...]

    def write(self) -> str:
        """Write it down."""
        line = {
            "id": self.id,
            "said_at": self.said_at.isoformat(),
            "erased_at": self.erased_at.isoformat(),
            "key": self.key,
            "fingerprints": list(self.fingerprints),
        }
        return json.dumps(line, separators=(",", ":")) + "\n"


def record(tx: Connection, entry: Entry, counts: Mapping[str, int], left: Left) -> None:
    """Write down that somebody is being erased; once, however often."""
    row = {
        "id": entry.id,
        "said_at": entry.said_at,
        "erased_at": entry.erased_at,
        "key": entry.key,
        "counts": dict(counts),
        "left": left.encode(),
    }
    tx.execute(insert(tx, erasures).values(row).on_conflict_do_nothing())
    rows = [{"fingerprint": one, "erasure_id": entry.id} for one in entry.fingerprints]
    if rows:
        tx.execute(insert(tx, fingerprints).on_conflict_do_nothing(), rows)


def new_id() -> str:
    """Make the id of an erasure."""
    return secrets.token_hex(8)


def open_ones(tx: Connection) -> list[Erasure]:
    """Return what is not finished, the oldest first."""
    query = sa.select(erasures).where(sa.text("finished_at IS NULL")).order_by(erasures.c.erased_at, erasures.c.id)
    return [
        Erasure(id=row.id, erased_at=row.erased_at, noted=row.noted_at is not None, left=_decoded(row.left))
        for row in tx.execute(query)
    ]


def set_left(tx: Connection, erasure_id: str, left: Left, now: datetime) -> None:
    """Note what is still to be done; with nothing left it is finished."""
    stored = left.encode()
    mine = sa.update(erasures).where(erasures.c.id == erasure_id)
    tx.execute(mine.values(left=stored, finished_at=None if stored else now))


def any_since(tx: Connection, since: datetime) -> bool:
    """Whether anybody was erased after `since`."""
    return tx.execute(sa.select(erasures.c.id).where(erasures.c.erased_at > since).limit(1)).first() is not None


def last_said_at(tx: Connection, fingerprint: str, since: datetime) -> datetime | None:
    """Return when whoever had an address last asked to be erased, if that was done after `since`."""
    query = (
        sa.select(sa.func.max(erasures.c.said_at))
        .join(fingerprints, fingerprints.c.erasure_id == erasures.c.id)
        .where(fingerprints.c.fingerprint == fingerprint, erasures.c.erased_at > since)
    )
    return tx.execute(query).scalar()


def knows(tx: Connection, fingerprint: str) -> bool:
    """Whether whoever had an address has ever asked to be erased."""
    theirs = sa.select(fingerprints.c.erasure_id).where(fingerprints.c.fingerprint == fingerprint)
    return tx.execute(theirs.limit(1)).first() is not None


def entries(tx: Connection, ids: Sequence[str] | None = None) -> list[Entry]:
    """Return erasures as the ledger has them, all or some, the oldest first."""
    query = sa.select(erasures).order_by(erasures.c.erased_at, erasures.c.id)
    rows = tx.execute(query if ids is None else query.where(erasures.c.id.in_(ids))).all()
    marks: dict[str, list[str]] = {row.id: [] for row in rows}
    for mark in tx.execute(sa.select(fingerprints).order_by(fingerprints.c.fingerprint)):
        if mark.erasure_id in marks:
            marks[mark.erasure_id].append(mark.fingerprint)
    return [
        Entry(id=row.id, said_at=row.said_at, erased_at=row.erased_at, key=row.key, fingerprints=tuple(marks[row.id]))
        for row in rows
    ]


def note(tx: Connection, ids: Sequence[str], now: datetime) -> None:
    """Note that erasures stand in the ledger."""
    tx.execute(sa.update(erasures).where(erasures.c.id.in_(ids)).values(noted_at=now))


# --- the ledger -------------------------------------------------------------------------------------------


def append(path: Path, added: Iterable[Entry]) -> None:
    """Write entries that are not there yet at the end of a ledger; when this returns they outlive a power cut."""
    known = {entry.id for entry in read(path)}
    lines = [entry.write() for entry in added if entry.id not in known]
    if not lines:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.is_file() and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.writelines(["\n"] * torn + lines)
    sync(path)
    sync(path.parent)


def read(path: Path) -> list[Entry]:
    """Read a ledger; none for one that is not there, and none of a line that a power cut has torn."""
    if not path.is_file():
        return []
    found = (_entry(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [entry for entry in found if entry]


def _entry(line: str) -> Entry | None:
    try:
        stored = json.loads(line)
        return Entry(
            id=stored["id"],
            said_at=datetime.fromisoformat(stored["said_at"]),
            erased_at=datetime.fromisoformat(stored["erased_at"]),
            key=stored["key"],
            fingerprints=tuple(stored["fingerprints"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _decoded(stored: dict[str, list[Any]] | None) -> Left:
    return Left(**{name: tuple(value) for name, value in (stored or {}).items()})
