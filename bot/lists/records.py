"""The rows of lists: which files were sent as lists of plantings, what they told, and what became of them.

A list is `waiting` until its file is fetched and read; then it is `read` or `refused`. It is `sent` with its
registration, and `replaced` when a newer file of the same run, or of the same registration, took its place.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.attachments.records import attachments
from bot.clock import RIGA
from bot.conversation.response import Event
from bot.database import BigKey, UTCDateTime, metadata
from bot.documents import orders
from bot.lists.reading import decode_row
from bot.registrations import changes, sites, states
from bot.registrations.changes import Hand
from bot.registrations.records import Hook, registrations
from bot.registrations.sites import Planting
from bot.rooms import NO_FACTS, Handler, Scene
from bot.words import Words
from flows.grammar import Flow
from flows.list_kind import PlantingList
from flows.when_kind import Planted

lists = sa.Table(
    "lists",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("run_id", sa.String(16), nullable=False, index=True),
    sa.Column("chat", sa.String(400), nullable=False),
    sa.Column("unique", sa.String(200), nullable=False),  # of the attachment
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # waiting read refused sent replaced
    sa.Column(
        "reason", sa.String(40), nullable=False, server_default=""
    ),  # of bot.lists.book.Trouble, why it was refused
    sa.Column("summary", sa.JSON(none_as_null=True)),  # bot.lists.reading.summary
    sa.Column("rows", sa.JSON(none_as_null=True)),  # what bot.lists.reading.encode_row wrote
    sa.Column("sheets", sa.JSON(none_as_null=True)),  # index, heading row, column of remarks
    sa.Column("registration_id", sa.ForeignKey("registrations.id"), index=True),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column(
        "due_at", UTCDateTime, nullable=False
    ),  # when to look whether it can be read; while it is claimed, the claim's end
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("finished_at", UTCDateTime),
    sa.Index(
        "ix_lists_due",
        "due_at",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)

_WAITS = sa.text("state = 'waiting'")  # literal, so that the index serves
_MENDED = re.compile(
    r"(?:iz)?labot\w*|labojum\w*|preciz[eē]t\w*|kas jālabo|what to correct|correct\w*|fixed|\bv\d\b|\(\d\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A list that this process now reads; `object_key` is '' where its file could not be taken (`lost`)."""

    id: int
    contact_id: int
    run_id: str
    chat: str
    name: str
    attempts: int
    attachment_id: int
    object_key: str
    lost: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Lists:
    """What the conversation reports of lists is written down here."""

    words: Words
    flows: Mapping[str, Flow]
    replaced: Hook  # tells staff that another list stands in a registration now

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What is written down, by the types of events."""
        return {
            "lists.received": self.receive,
            "lists.faulty": self.mend,
            "lists.replaced": self.replace,
            "lists.moved": move,
            "document.wanted": order_template,
        }

    def receive(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Enter a file that is to be read as a list; its content is fetched like any attachment's."""
        row = {
            "contact_id": scene.contact_id,
            "run_id": event.data["run"],
            "chat": str(scene.chat),
            "unique": event.data["unique"],
            "name": event.data["name"][:200],
            "state": "waiting",
            "due_at": scene.now,
            "created_at": scene.now,
        }
        tx.execute(sa.insert(lists).values(row))
        return NO_FACTS

    def mend(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Order the person's workbook with what is to be mended in it."""
        payload = {"list": event.data["list"]}
        _order(tx, "list_faults", payload, scene)
        return NO_FACTS

    def submit(self, tx: Connection, event: Event) -> None:
        """Give a new registration the plantings of its list, dated as the person says where that has no dates."""
        answers = {answer.question.key: answer.value for answer in event.data["answers"]}
        listed, planted = answers.get("list"), answers.get("planted")
        if not isinstance(listed, PlantingList):
            return
        list_id, same = listed.id, registrations.c.run_id == event.data["run"]
        registration_id = tx.execute(sa.select(registrations.c.id).where(same)).scalar_one()
        row = tx.execute(sa.select(lists.c.rows).where(lists.c.id == list_id)).first()
        sites.replace(tx, registration_id, _plantings(row.rows if row else [], planted))
        settled = sa.update(lists).where(lists.c.id == list_id)
        tx.execute(settled.values(state="sent", registration_id=registration_id))

    def replace(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Put a list in the place of the one that was registered, unless somebody has accepted that already."""
        new = tx.execute(
            sa.select(lists).where(lists.c.id == event.data["list"], lists.c.contact_id == scene.contact_id)
        ).first()
        known = tx.execute(
            sa.select(registrations).where(
                registrations.c.reference == event.data["reference"], registrations.c.contact_id == scene.contact_id
            )
        ).first()
        if new is None or known is None or known.state not in states.OPEN:
            return {"replaced": False, "reference": event.data["reference"]}
        planted = self.flows[known.flow].question("planted")
        told = planted.decode(known.answers["planted"]) if planted and "planted" in known.answers else None
        sites.replace(tx, known.id, _plantings(new.rows, told))
        older = sa.update(lists).where(lists.c.registration_id == known.id)
        tx.execute(older.values(state="replaced", registration_id=None))
        tx.execute(sa.update(lists).where(lists.c.id == new.id).values(state="sent", registration_id=known.id))
        flow, answer = self.flows[known.flow], event.data["answer"]
        answers = {key: q.decode(stored) for key, stored in known.answers.items() if (q := flow.question(key))}
        facts = flow.facts({**answers, answer.question.key: answer.value}, scene.now.astimezone(RIGA).date())
        summary = answer.question.show(answer.value, self.words.tongue("lv"))
        stored = {**known.answers, answer.question.key: event.data["stored"]}
        change = sa.update(registrations).where(registrations.c.id == known.id)
        tx.execute(change.values(answers=stored, summary=summary, **facts))
        details = {"list": [known.answers.get("list"), event.data["stored"]]}
        changes.note(tx, known.id, Hand(who=str(scene.chat), now=scene.now), kind="answers", details=details)
        self.replaced(tx, known.id, scene.now)
        return {"replaced": True, "reference": known.reference}


def move(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Let a list, and its file, belong to another run of the same person."""
    of_it = (lists.c.id == event.data["list"], lists.c.contact_id == scene.contact_id)
    row = tx.execute(sa.select(lists.c.run_id, lists.c.unique).where(*of_it)).first()
    if row is None:
        return NO_FACTS
    file = sa.update(attachments).where(
        attachments.c.contact_id == scene.contact_id,
        attachments.c.run_id == row.run_id,
        attachments.c.unique == row.unique,
    )
    tx.execute(file.values(run_id=event.data["run"]))
    tx.execute(sa.update(lists).where(*of_it).values(run_id=event.data["run"]))
    return NO_FACTS


def discard(tx: Connection, event: Event, scene: Scene) -> None:
    """Erase the lists of a discarded run."""
    gone = sa.delete(lists).where(lists.c.contact_id == scene.contact_id, lists.c.run_id == event.data["run"])
    tx.execute(gone.where(lists.c.registration_id.is_(None)))


def order_template(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Order an empty document that a flow brings along."""
    _order(tx, event.data["kind"], {}, scene)
    return NO_FACTS


def is_due(tx: Connection, now: datetime) -> bool:
    """Whether any list may be read now."""
    return tx.execute(sa.select(lists.c.id).where(_WAITS, lists.c.due_at <= now).limit(1)).first() is not None


def claim(tx: Connection, now: datetime, until: datetime) -> Claimed | None:
    """Take the oldest list whose file has arrived or never will; None when there is none."""
    settled = attachments.c.state.in_(["stored", "refused", "failed", "erased"])
    same = sa.and_(
        attachments.c.contact_id == lists.c.contact_id,
        attachments.c.run_id == lists.c.run_id,
        attachments.c.unique == lists.c.unique,
    )
    query = sa.select(
        lists, attachments.c.id.label("attachment_id"), attachments.c.object_key, attachments.c.state.label("file")
    ).select_from(lists.join(attachments, same))
    query = query.where(lists.c.state == "waiting", lists.c.due_at <= now, settled).order_by(lists.c.id).limit(1)
    row = tx.execute(query.with_for_update(skip_locked=True, of=lists)).first()
    if row is None:
        return None
    taken = sa.update(lists).where(lists.c.id == row.id, lists.c.attempts == row.attempts)
    tx.execute(taken.values(attempts=row.attempts + 1, due_at=until))
    return Claimed(
        id=row.id,
        contact_id=row.contact_id,
        run_id=row.run_id,
        chat=row.chat,
        name=row.name,
        attempts=row.attempts + 1,
        attachment_id=row.attachment_id,
        object_key=row.object_key or "",
        lost=row.file != "stored",
    )


def put_off(tx: Connection, claimed: Claimed, again_at: datetime) -> None:
    """Read a list later."""
    tx.execute(sa.update(lists).where(*_mine(claimed)).values(due_at=again_at))


def settle(tx: Connection, claimed: Claimed, now: datetime, **found: Any) -> bool:
    """Write down what came of reading a list; False when it is no longer this claim's, or was discarded meanwhile."""
    change = sa.update(lists).where(*_mine(claimed)).values(finished_at=now, **found)
    if not tx.execute(change).rowcount:
        return False
    if found["state"] == "read":
        older = sa.update(lists).where(
            lists.c.contact_id == claimed.contact_id,
            lists.c.run_id == claimed.run_id,
            lists.c.id < claimed.id,
            lists.c.state == "read",
        )
        tx.execute(older.values(state="replaced"))
    return True


def earlier(tx: Connection, claimed: Claimed, *, mended: bool) -> tuple[str, bool]:
    """Return the registration that a file sent outside of a draft may correct ('' for none), and whether it still can.

    It is the person's last list, where the file says that it is a correction: by its column of remarks, by its name,
    or by being called as that one was.
    """
    query = (
        sa.select(lists.c.name, registrations.c.reference, registrations.c.state)
        .select_from(lists.join(registrations, lists.c.registration_id == registrations.c.id))
        .where(lists.c.contact_id == claimed.contact_id, lists.c.state == "sent")
        .order_by(lists.c.id.desc())
    )
    row = tx.execute(query.limit(1)).first()
    if row is None or row.state not in states.COUNTS:
        return "", False
    alike = _stem(row.name) == _stem(claimed.name)
    if not (mended or alike or _MENDED.search(claimed.name)):
        return "", False
    return str(row.reference), row.state in states.OPEN


def of(tx: Connection, list_id: int) -> Mapping[str, Any] | None:
    """Return a list with the key of its file, for whoever writes into it."""
    same = sa.and_(
        attachments.c.contact_id == lists.c.contact_id,
        attachments.c.run_id == lists.c.run_id,
        attachments.c.unique == lists.c.unique,
    )
    query = sa.select(lists, attachments.c.object_key).select_from(lists.join(attachments, same))
    row = tx.execute(query.where(lists.c.id == list_id)).first()
    return dict(row._mapping) if row else None


def says_mended(name: str) -> bool:
    """Whether a file's name says that it is a correction."""
    return bool(_MENDED.search(name))


def _mine(claimed: Claimed) -> tuple[sa.ColumnElement[bool], ...]:
    return (lists.c.id == claimed.id, lists.c.state == "waiting", lists.c.attempts == claimed.attempts)


def _stem(name: str) -> str:
    return re.sub(r"[\W_\d]+", "", _MENDED.sub("", name.rpartition(".")[0] or name)).lower()


def _order(tx: Connection, kind: str, payload: Mapping[str, Any], scene: Scene) -> None:
    orders.place(
        tx,
        kind=kind,
        payload=payload,
        chat=scene.chat,
        contact_id=scene.contact_id,
        now=scene.now,
        language=scene.language,
    )


def _plantings(stored: Sequence[Any], planted: Planted | None) -> list[Planting]:
    rows = [decode_row(row) for row in stored]
    made = []
    for row in rows:
        site, when = row.site, row.planted or planted
        if row.faults or site is None:
            continue
        made += [
            Planting(
                sheet=row.sheet,
                row=row.number,
                species=species,
                count=count,
                planted_from=when.first if when else None,
                planted_to=when.last if when else None,
                lat=site.lat,
                lon=site.lon,
                words=site.words[:300],
                cadastre=site.cadastre,
                municipality=site.municipality,
                parish=site.parish,
            )
            for species, count in row.trees
        ]
    return made
