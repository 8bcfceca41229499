"""Metrics: counts from the database in Prometheus' text form, so that every process tells the same."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.delivery.outbox import Lane, deliveries
from bot.desk.cases import cases
from bot.inbox.ledger import conversations, inbound
from bot.registrations.records import registrations

_RECENT = timedelta(hours=24)


def exposition(tx: Connection, now: datetime) -> bytes:
    """Return all metrics. Counters of the ledger look at the last day, which their indexes make cheap."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest  # noqa: PLC0415 - only for this page

    registry = CollectorRegistry()
    since = now - _RECENT
    received = Gauge("koku_inbound_day", "What came in within 24 hours, by outcome", ["outcome"], registry=registry)
    query = sa.select(inbound.c.outcome, sa.func.count()).where(inbound.c.received_at >= since)
    for outcome, count in tx.execute(query.group_by(inbound.c.outcome)):
        received.labels(outcome).set(count)
    waiting = Gauge(
        "koku_deliveries_active", "Messages queued or being sent, by lane", ["lane", "state"], registry=registry
    )
    active = sa.select(deliveries.c.lane, deliveries.c.state, sa.func.count()).where(
        sa.text("state IN ('queued', 'sending')")  # literal, as in the index's condition
    )
    for lane, state, count in tx.execute(active.group_by(deliveries.c.lane, deliveries.c.state)):
        waiting.labels(Lane(lane).name.lower(), state).set(count)
    totals = {
        "koku_conversations": ("People who have written to us", sa.select(sa.func.count()).select_from(conversations)),
        "koku_cases_open": ("Cases that wait for staff", sa.select(sa.func.count()).where(cases.c.state == "open")),
        "koku_registrations": ("Registrations received", sa.select(sa.func.count()).select_from(registrations)),
        "koku_trees": ("Trees in them", sa.select(sa.func.coalesce(sa.func.sum(registrations.c.trees), 0))),
    }
    for name, (help_, total) in totals.items():
        Gauge(name, help_, registry=registry).set(tx.execute(total).scalar() or 0)
    return generate_latest(registry)
