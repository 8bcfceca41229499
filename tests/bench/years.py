"""Years of use: fills a database with contacts and all that is kept of them, as if they had long been talking to us."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.state import Conversation, encode
from bot.database import UTCDateTime
from bot.delivery.outbox import deliveries
from bot.inbox.ledger import conversations, inbound, prompts
from bot.people import permissions
from bot.people.contacts import addresses, contacts
from bot.timers import timers

FIRST_CHAT = 1_000_000  # the chat of contact N is FIRST_CHAT + N

# Of each contact. Texts older than the retention time have been erased, as the daily cleaning would have.
_LINES = 4
_AGE_OF_LINES = (timedelta(days=300), timedelta(days=90), timedelta(days=20), timedelta(days=2))
_KEPT = timedelta(days=14)
_SAID = "Gribu reģistrēt 50 ozolus, stādīti 2025. gada aprīlī Madonas novadā, Ļaudonas pagastā"
_ANSWERED = "Pierakstīju: ozols – 50. Stādīts: 2025. gada aprīlī. Kur koki aug? Nosūtiet vietu kartē. " * 3
_DRAFTS = 5  # every so manieth contact has a reminder waiting


def chat_of(contact: int) -> int:
    """Return the Telegram id of the contact with that number, counted from 1."""
    return FIRST_CHAT + contact


def live_through(tx: Connection, size: int) -> None:
    """Fill an empty database with so many contacts, who have greeted us and written a few lines each."""
    now = datetime.now(UTC)
    counted = numbers(size)
    made = {"created_at": time_of(now - _AGE_OF_LINES[0]), "language": "lv"}
    insert_for_each(tx, contacts, sa.select(counted.c.n), made)
    everybody = contacts.c.id
    chat = sa.literal("telegram:") + sa.cast(everybody + FIRST_CHAT, sa.String)
    key = stated(everybody)
    source = sa.select(everybody)
    insert_for_each(tx, addresses, source, {"address": chat, "contact_id": everybody, "created_at": time_of(now)})
    known = Conversation(greeted=True, notice=permissions.VERSION, said_at=now - _AGE_OF_LINES[-1])
    state = sa.literal(encode(known, {}), conversations.c.state.type)
    row = {"contact_id": everybody, "version": _LINES, "state": state, "updated_at": time_of(now)}
    insert_for_each(tx, conversations, source, row)
    for line, age in enumerate(_AGE_OF_LINES):
        at = time_of(now - age)
        kept = age < _KEPT
        said = {
            "channel": "telegram",
            "external_id": sa.literal(f"old:{line}:") + key,
            "kind": "message",
            "contact_id": everybody,
            "address": chat,
            "text": _SAID if kept else None,
            "outcome": "answered",
            "received_at": at,
        }
        insert_for_each(tx, inbound, source, said)
        answered = {
            "contact_id": everybody,
            "chat": chat,
            "lane": 0,
            "state": "sent",
            "body": sa.literal({"text": _ANSWERED}, deliveries.c.body.type) if kept else sa.null(),
            "created_at": at,
            "due_at": at,
            "attempts": 1,
            "message_ref": key,
            "finished_at": at,
        }
        insert_for_each(tx, deliveries, source, answered)
        shown = {
            "id": sa.literal(f"{secrets.token_hex(2)}{line}-") + key,
            "contact_id": everybody,
            "run_id": "",
            "questions": sa.literal(["plantings"], prompts.c.questions.type),
            "options": sa.literal([["back", ""], ["why", ""]], prompts.c.options.type),
            "created_at": at,
        }
        insert_for_each(tx, prompts, source, shown)
    reminder = {
        "key": sa.literal("nudge:old-") + key,
        "contact_id": everybody,
        "chat": chat,
        "due_at": time_of(now + timedelta(days=3)),
        "kind": "nudge",
        "payload": sa.literal({"run": "old"}, timers.c.payload.type),
    }
    insert_for_each(tx, timers, source.where(everybody % _DRAFTS == 0), reminder)


def insert_for_each(tx: Connection, table: sa.Table, source: sa.Select[Any], row: dict[str, Any]) -> None:
    """Insert one row for each of the source's."""
    columns = [_shown(value).label(name) for name, value in row.items()]
    tx.execute(sa.insert(table).from_select(list(row), source.with_only_columns(*columns, maintain_column_froms=True)))


def numbers(size: int) -> sa.CTE:
    """Count from 1 to `size`, as rows of one column `n`."""
    first = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    return first.union_all(sa.select(first.c.n + 1).where(first.c.n < size))


def stated(number: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Write a number out."""
    return sa.cast(number, sa.String)


def time_of(at: datetime) -> sa.ColumnElement[datetime]:
    """Say a moment as a value of a column."""
    return sa.literal(at, UTCDateTime)


def _shown(value: Any) -> sa.ColumnElement[Any]:
    if isinstance(value, sa.ColumnElement):
        return value
    return sa.null() if value is None else sa.literal(value)
