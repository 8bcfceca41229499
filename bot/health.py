"""Health: is it ready, and is anything silent, stuck or failed? The same findings for alarms, /health and doctor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import alarms, pulses
from bot.delivery.outbox import Lane, deliveries
from bot.inbox.ledger import inbound
from bot.messages import LETTERS

KINDS = ("inbound", "queue", "poll", "webhook", "mail")  # what is found by looking; the others rang when it happened
_MENDS = {
    "refused": "the message is lost; look for the delivery in the log and mend what we send",
    "bounce": "a letter to one of us came back: look at the address and the mailbox behind it",
    "loop": "somebody's letters are no longer answered; where it is a person, `python -m bot inbox release LETTER`",
    "letters": "look who writes so much; letters wait in the mailbox until MAIL_INTAKE_HOURLY lets them in",
    "object": "look for the attachment in the log; the person was asked to send it again",
    "linking": "somebody tries codes; after five they count for nothing until an hour has passed, so nothing is open",
}
_REPLY_WAITS = timedelta(seconds=60)
_LETTER_WAITS = timedelta(hours=1)  # servers put letters off for minutes as a matter of course, and so does MAIL_HOURLY
_SILENT = timedelta(minutes=10)
_LISTED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that an administrator should look at. `kind` names it in alarms, `mend` says what to do."""

    kind: str
    what: str
    mend: str


def findings(
    tx: Connection, now: datetime, *, pulse: str, mail: str = "", patience: timedelta = _SILENT
) -> list[Finding]:
    """Look for trouble in the database.

    `pulse` is the one that beats while Telegram's updates arrive, '' where there is no bot; `mail` is the mailbox's.
    What fails is told of after `patience`: at once on a page that somebody looks at, later where it would be an alarm.
    """
    found = [*_failed(tx), *_waiting(tx, now)]
    if pulse:
        found += _silent(tx, now, pulse, patience)
    if mail:
        found += _unopened(tx, now, mail, patience)
    return [*found, *_rung(tx)]


def _failed(tx: Connection) -> Iterator[Finding]:
    """Look for messages that could not be handled and can still be tried again."""
    failed = sa.and_(sa.text("outcome = 'failed'"), inbound.c.raw.is_not(None))
    query = sa.select(inbound.c.id).where(failed).order_by(inbound.c.id.desc())
    ids = [str(row.id) for row in tx.execute(query.limit(_LISTED + 1))]
    if ids:
        listed = ", ".join(ids[:_LISTED]) + (" ..." if len(ids) > _LISTED else "")
        yield Finding(
            kind="inbound",
            what=f"messages that could not be handled: {listed}",
            mend="mend the cause, then `python -m bot inbox retry ID`",
        )


def _waiting(tx: Connection, now: datetime) -> Iterator[Finding]:
    active = sa.text("state IN ('queued', 'sending') AND lane < 2")  # as the index says it
    waiting = sa.and_(active, deliveries.c.state == "queued", deliveries.c.lane == Lane.LIVE)
    by_letter = deliveries.c.chat.startswith(f"{LETTERS}:")
    for which, patience, mend in (
        (~by_letter, _REPLY_WAITS, "is a worker running, does Telegram answer?"),
        (by_letter, _LETTER_WAITS, "is a worker running, does the mail server take letters, is MAIL_HOURLY enough?"),
    ):
        oldest = tx.execute(sa.select(sa.func.min(deliveries.c.created_at)).where(waiting, which)).scalar()
        if oldest is not None and now - oldest > patience:
            waited = (now - oldest).total_seconds()
            yield Finding(kind="queue", what=f"a reply has been waiting for {waited:.0f} s", mend=mend)


def _silent(tx: Connection, now: datetime, pulse: str, patience: timedelta) -> Iterator[Finding]:
    """Look whether updates can arrive: whether polling goes well, or what Telegram says of our webhook."""
    kind, by_webhook = pulse.partition(":")[0], pulse.startswith("webhook:")
    last = pulses.last(tx, pulse)
    if last is None:
        yield Finding(kind=kind, what="nobody has asked Telegram for anything yet", mend="is a worker running?")
    elif last.trouble and (by_webhook or now - last.at >= min(patience, _SILENT)):
        mend = "check PUBLIC_URL and the proxy" if by_webhook else "check the network and TELEGRAM_API_URL"
        yield Finding(kind=kind, what=f"Telegram, not well since {_moment(last.at)}: {last.trouble}", mend=mend)
    elif now - last.at > _SILENT:
        what = f"nobody has asked Telegram since {_moment(last.at)}"
        yield Finding(kind=kind, what=what, mend="is a worker running?")


def _unopened(tx: Connection, now: datetime, mail: str, patience: timedelta) -> Iterator[Finding]:
    """Look whether the mailbox can be looked into."""
    last = pulses.last(tx, mail)
    if last is None:
        yield Finding(kind="mail", what="nobody has looked into the mailbox yet", mend="is a worker running?")
    elif last.trouble and now - last.at >= min(patience, _SILENT):
        what = f"mailbox, not well since {_moment(last.at)}: {last.trouble}"
        yield Finding(kind="mail", what=what, mend="`python -m bot doctor` says what to do")
    elif now - last.at > _SILENT:
        what = f"nobody has looked into the mailbox since {_moment(last.at)}"
        yield Finding(kind="mail", what=what, mend="is a worker running?")


def _rung(tx: Connection) -> Iterator[Finding]:
    """Repeat the alarms of the last day that no look into the database would find again."""
    for key, (since, times) in sorted(alarms.standing(tx).items()):
        kind, _, which = key.partition(":")
        if kind not in KINDS:
            what = f"{which or kind}, {times} times since {_moment(since)}"
            yield Finding(kind=kind, what=what, mend=_MENDS.get(kind, "look at the log"))


def _moment(at: datetime) -> str:
    return f"{at:%d.%m.%Y %H:%M} UTC"
