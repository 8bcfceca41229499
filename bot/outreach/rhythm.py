"""Rhythm: how often somebody is told news at most, held against what was sent to them, or is about to be."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.delivery.outbox import deliveries

DAYS = (7, 14, 30)  # what can be chosen: at most one in so many
NEWS = ("event", "news")  # kinds of broadcasts for whoever takes news, not only for those who come to an event
_AHEAD = ("held", "queued", "sending")
_ARRIVED = ("sent", "unknown")  # what nobody knows the fate of may well have arrived

_broadcasts = sa.table("broadcasts", sa.column("id", sa.BigInteger), sa.column("kind", sa.String))  # its room asks us


def had_enough(preferences: sa.Table, broadcast_id: int, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition on a row of preferences whose contact has had as many news as they want.

    Other news that wait to be sent count while one gathers its people, so that two at once do not both reach them. Once
    a broadcast has them (`broadcast_id`) only what arrived does: else either would wait for the other.
    """
    of_news = sa.exists().where(_broadcasts.c.id == deliveries.c.broadcast_id, _broadcasts.c.kind.in_(NEWS))
    theirs = (deliveries.c.contact_id == preferences.c.contact_id, deliveries.c.broadcast_id.is_not(None), of_news)
    waits = [] if broadcast_id else [deliveries.c.state.in_(_AHEAD)]
    had = []
    for days in DAYS:
        lately = sa.and_(deliveries.c.state.in_(_ARRIVED), deliveries.c.finished_at > now - timedelta(days=days))
        other = deliveries.c.broadcast_id != broadcast_id
        told = sa.exists().where(*theirs, other, sa.or_(lately, *waits))
        had.append(sa.and_(preferences.c.every_days == days, told))
    return sa.or_(*had)
