"""Retention: how long each kind of data is kept, and what of it goes once a day."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.delivery.outbox import deliveries
from bot.desk import answers, approving
from bot.desk.forgetting import forget_closed
from bot.documents import orders
from bot.inbox.ledger import inbound
from bot.mailroom import records as letters
from bot.messages import Address
from bot.outreach import broadcasts
from bot.outreach.forgetting import forget_past
from bot.people import guests
from bot.settings import Settings
from flows.grammar import L

_GUESTS_STAY = timedelta(days=60)  # beyond the letters: so long a flow may take
_DONE = deliveries.c.state.not_in(["held", "queued", "sending"])
# Literal, as in the indexes' conditions: what has been emptied is never looked at again.
_SAID = sa.text("(text IS NOT NULL OR raw IS NOT NULL)")
_SHOWN = sa.text("body IS NOT NULL")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of data: `what` it is for those who run the service, `said` how people read it; `days` it is kept.

    `erase` empties what is older than a time, at another, and returns how many rows it were.
    """

    what: str
    said: str
    days: int
    erase: Callable[[Connection, datetime, datetime], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """What is kept how long here. Drafts end by timers of their own, each on its day."""

    draft_days: int
    raw_days: int
    case_days: int
    document_days: int
    event_days: int
    staff_chat: Address | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Retention":
        """Take it from the settings."""
        chat = Address("telegram", settings.staff_chat_id) if settings.staff_chat_id else None
        names = ("draft_days", "raw_days", "case_days", "document_days", "event_days")
        return cls(**{name: getattr(settings, name) for name in names}, staff_chat=chat)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Every kind that is cleaned day by day."""
        return (
            Kind(
                what="texts of messages, letters, and what staff answered",
                said=L("sarakstes tekstu un vēstules"),
                days=self.raw_days,
                erase=lambda tx, before, now: forget_old_texts(tx, now, now - before),
            ),
            Kind(
                what="matters that staff have closed: texts, files, topics",
                said=L("darbiniekam nodotos jautājumus pēc to noslēgšanas"),
                days=self.case_days,
                erase=lambda tx, before, now: forget_closed(tx, before, now, self.staff_chat),
            ),
            Kind(
                what="files that we made",
                said=L("mūsu sagatavotos failus"),
                days=self.document_days,
                erase=lambda tx, before, _: orders.forget_old(tx, before) + broadcasts.forget_files(tx, before),
            ),
            Kind(
                what="who came to events",
                said=L("pasākumu dalībnieku sarakstus"),
                days=self.event_days,
                erase=lambda tx, before, _: forget_past(tx, before),
            ),
        )

    def told(self) -> list[tuple[str, int]]:
        """Return what people are told: kinds of data in their words, and for how many days each is kept."""
        return [(L("iesākto"), self.draft_days), *((kind.said, kind.days) for kind in self.kinds)]

    def carry_out(self, tx: Connection, now: datetime) -> list[tuple[Kind, int]]:
        """Erase what has been kept long enough; return how many rows of each kind."""
        return list(_carried_out(tx, self.kinds, now))


def _carried_out(tx: Connection, kinds: Sequence[Kind], now: datetime) -> Iterator[tuple[Kind, int]]:
    for kind in kinds:
        yield kind, kind.erase(tx, now - timedelta(days=kind.days), now)


def forget_old_texts(tx: Connection, now: datetime, keep: timedelta) -> int:
    """Erase what was said and sent longer ago than `keep`; the entries stay, so that nothing is read twice.

    Of strangers, whom we need not know, their address goes as well.
    """
    before = now - keep
    said = sa.update(inbound).where(inbound.c.received_at < before, _SAID)
    erased = tx.execute(said.values(text=None, raw=None, error=None)).rowcount
    strangers = sa.update(inbound).where(
        inbound.c.received_at < before, sa.text("contact_id IS NULL AND address IS NOT NULL")
    )
    tx.execute(strangers.values(address=None))
    erased += letters.forget_old(tx, now, keep)
    answers.forget_old(tx, before)
    approving.forget_old(tx, before)
    guests.forget_old(tx, before - _GUESTS_STAY)
    shown = sa.update(deliveries).where(deliveries.c.created_at < before, _SHOWN, _DONE)
    return erased + tx.execute(shown.values(body=sa.null())).rowcount
