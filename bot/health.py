"""Health: is it ready, and is anything silent, stuck or failed? The same findings for alarms, /health and doctor."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import pulses
from bot.delivery.outbox import Lane, deliveries
from bot.inbox.ledger import inbound

_REPLY_WAITS = timedelta(seconds=60)
_POLL_SILENT = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that an administrator should look at. `key` names it in alarms, `mend` says what to do."""

    key: str
    what: str
    mend: str


def findings(tx: Connection, now: datetime, *, polls: bool) -> list[Finding]:
    """Look for trouble in the database; `polls` when updates should be arriving by long polling."""
    found = [*_failed(tx), *_waiting(tx, now)]
    if polls:
        found += _silent(tx, now)
    found += [
        Finding(
            key="webhook", what=f"Telegram can't reach our webhook: {trouble}", mend="check PUBLIC_URL and the proxy"
        )
        for _, _, trouble in pulses.beginning(tx, "webhook:")
        if trouble
    ]
    return found


def _failed(tx: Connection) -> list[Finding]:
    query = sa.select(inbound.c.id).where(inbound.c.outcome == "failed").order_by(inbound.c.id.desc())
    ids = [str(row.id) for row in tx.execute(query.limit(6))]
    if not ids:
        return []
    listed = ", ".join(ids[:5]) + (" ..." if len(ids) > 5 else "")
    return [
        Finding(
            key="inbound",
            what=f"messages that could not be handled: {listed}",
            mend="mend the cause, then `python -m bot inbox retry ID`",
        )
    ]


def _waiting(tx: Connection, now: datetime) -> list[Finding]:
    query = sa.select(sa.func.min(deliveries.c.created_at)).where(
        deliveries.c.state == "queued", deliveries.c.lane == Lane.LIVE
    )
    oldest = tx.execute(query).scalar()
    if oldest is None or now - oldest < _REPLY_WAITS:
        return []
    waited = int((now - oldest).total_seconds())
    return [
        Finding(
            key="queue",
            what=f"a reply has been waiting for {waited} s",
            mend="is a worker running, does Telegram answer?",
        )
    ]


def _silent(tx: Connection, now: datetime) -> list[Finding]:
    return [
        Finding(
            key="poll",
            what=f"no answer from Telegram since {at:%d.%m.%Y %H:%M} UTC ({trouble or 'nobody polls'})",
            mend="check the network, TELEGRAM_TOKEN, and that a worker is running",
        )
        for _, at, trouble in pulses.beginning(tx, "poll:")
        if now - at > _POLL_SILENT
    ]
