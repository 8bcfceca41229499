"""The room: certificates that people ask for, that are offered with news, and that staff send after an event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.conversation.response import Event, Say
from bot.conversation.roles import OURS
from bot.conversation.state import Act, Do, Offer
from bot.delivery.outbox import Lane
from bot.desk import team
from bot.documents import orders
from bot.documents.orders import Order
from bot.documents.press import Made, Maker
from bot.inbox import ledger
from bot.messages import Address
from bot.people import contacts
from bot.registrations import cards
from bot.registrations.certificate import printing, records
from bot.registrations.certificate.wording import Issuer, inputs
from bot.rooms import Handler, Scene
from flows.certificate import CERTIFICATE
from flows.grammar import L

PAGE = "certificate"  # the kind of its order

_NAME = "Pateicības raksts.pdf"

_OFFER = Offer(label=L("Pateicības raksts"), act=Act(do=Do.START, value=CERTIFICATE.name))


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificates:
    """Orders certificates and makes them."""

    issuer: Issuer

    @property
    def handlers(self) -> dict[str, Handler]:
        """What the room hears of."""
        return {"certificate.wanted": self.wanted, "certificates.sent": self.send}

    @property
    def makers(self) -> dict[str, Maker]:
        """What the room makes."""
        return {PAGE: self.make}

    def wanted(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Order a certificate in the name that was given; until trees are entered the name is kept."""
        name = event.data["stored"]["name"]
        if rows := records.due(tx, scene.contact_id):
            self._order(tx, rows, name, scene.chat, by=str(scene.chat), now=scene.now, lane=Lane.LIVE)
            return {"certificate": "ordered"}
        if not records.has_registrations(tx, scene.contact_id):
            return {"certificate": "nothing"}
        records.keep_name(tx, scene.contact_id, name, scene.now)
        return {"certificate": "later"}

    def offers(self, tx: Connection, registration_id: int, now: datetime) -> tuple[Offer, ...]:
        """Offer a certificate for trees that are entered now; who has given a name already just gets it."""
        row = cards.of(tx, registration_id)
        name = records.take_name(tx, row.contact_id)
        if not name:
            return (_OFFER,)
        if chat := _where(tx, row):
            rows = records.due(tx, row.contact_id)
            self._order(tx, rows, name, chat, by=str(chat), now=now, lane=Lane.NOTICE)
        return ()

    def send(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Order certificates for all who registered with a campaign's code: one for each planter, once.

        Brings up how many were ordered, had one already, lack a name, can't be reached or want no letters, and how many
        registrations are not entered yet.
        """
        code = event.data["campaign"]
        if not team.allowed(tx, scene, OURS):
            return {"result": "not_allowed", "campaign": code}
        every = records.of_campaign(tx, code)
        rows = records.fresh(tx, every)
        counts = {"ordered": 0, "unnamed": 0, "unreached": 0}
        for _, group in groupby(rows, key=lambda row: (row.contact_id, records.planter(row))):
            counts[self._thank(tx, list(group), scene)] += 1
        known = {"had": len(every) - len(rows), "waiting": records.waiting(tx, code)}
        return {"result": "sent", "campaign": code, **counts, **known}

    def make(self, tx: Connection, order: Order) -> Callable[[], Made]:
        """Read what the trees are, then print."""
        deeds = records.deeds(tx, order.payload["registrations"])
        at = datetime.fromisoformat(order.payload["at"])
        told = inputs(order.payload["name"], deeds, at.astimezone(RIGA).date(), self.issuer)
        say = Say(template="certificate", values={"asked": order.payload["asked"]})
        return lambda: Made(content=printing.printed(told, at), name=_NAME, media_type="application/pdf", say=say)

    def _thank(self, tx: Connection, rows: Sequence[sa.Row[Any]], scene: Scene) -> str:
        """Order one of many; returns what became of it."""
        newest = rows[-1]
        name = records.take_name(tx, newest.contact_id) or records.named(newest)
        chat = None if ledger.is_quiet(tx, newest.contact_id) else _where(tx, newest)
        if not name or chat is None:
            return "unreached" if name else "unnamed"
        self._order(tx, rows, name, chat, by=str(scene.chat), now=scene.now, lane=Lane.BROADCAST, asked=False)
        return "ordered"

    @staticmethod
    def _order(
        tx: Connection,
        rows: Sequence[sa.Row[Any]],
        name: str,
        chat: Address,
        *,
        by: str,
        now: datetime,
        lane: Lane,
        asked: bool = True,
    ) -> None:
        contact_id = rows[0].contact_id
        ids = [row.id for row in rows]
        payload = {"name": name, "registrations": ids, "at": now.isoformat(), "asked": asked}
        language = ledger.spoken(tx, contact_id)
        placed = orders.place(
            tx, kind=PAGE, payload=payload, chat=chat, contact_id=contact_id, now=now, lane=lane, language=language
        )
        records.note(tx, rows, placed, by, now)


def _where(tx: Connection, row: sa.Row[Any]) -> Address | None:
    """Return the address a registration was sent from while that works, else the one last written from."""
    sent_from = Address.parse(row.address) if row.address else None
    working = contacts.reachable(tx, row.contact_id)
    return sent_from if sent_from in working else ledger.preferred(tx, row.contact_id)
