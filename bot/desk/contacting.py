"""Contacting: how a case's person can be reached, shown in its topic only to who asks, and not for long."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.conversation.response import Event, Say, Timer
from bot.desk.cases import case_row
from bot.desk.relay import Relay
from bot.desk.rerouting import phones_of
from bot.messages import LETTERS, Address, Outbound
from bot.people.contacts import addresses
from bot.rooms import NO_FACTS, Handler, Scene
from knowledge.contacts import find_emails

_STAYS = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contacting:
    """Shows it, takes it away again, and leaves who looked to the audit."""

    relay: Relay

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What it hears of."""
        return {"case.contact_wanted": self.shown}

    def shown(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Show the numbers and addresses that the person has told us."""
        case = case_row(tx, event.data["case"])
        known = [*sorted(set(phones_of(tx, case.contact_id))), *sorted(set(_emails_of(tx, case)))]
        say = Say(template="desk_contact", values={"known": known, "name": event.data["name"]})
        text = self.relay.words.tongue("lv").say(say, {})
        shown = self.relay.post(tx, case.id, Outbound(text=text), scene.now, kind="notice")
        due = scene.now + _STAYS
        timer = Timer(key=f"contact:{shown}", due_at=due, kind="contact", payload={"delivery": shown})
        timers.put(tx, scene.contact_id, event.data["by"], timer)
        return NO_FACTS


def _emails_of(tx: Connection, case: sa.Row[Any]) -> Iterator[str]:
    told = json.dumps(case.details or {}, ensure_ascii=False)
    for found in (*find_emails(case.subject or ""), *find_emails(told)):
        if isinstance(found.value, str):
            yield found.value
    theirs = sa.select(addresses.c.address).where(addresses.c.contact_id == case.contact_id)
    for row in tx.execute(theirs):
        address = Address.parse(row.address)
        if address.channel == LETTERS:
            yield address.ident
