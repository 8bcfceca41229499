"""Registrations to work with, put straight into a database as the flow would have stored them."""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.messages import Address
from bot.people import contacts
from bot.people.permissions import permissions
from bot.registrations.records import registrations
from flows.catalogue import FLOWS
from flows.contact_kinds import Contact
from flows.planting_kind import Trees, total
from flows.when_kind import Planted
from flows.where_kind import Site

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OAKS = (Trees(species="Quercus robur", count=50), Trees(species="Tilia cordata", count=20))
SPRING = Planted(first=date(2024, 3, 1), last=date(2024, 5, 31), precision="season")
DRUSTI = Site(lat=57.2101234, lon=25.6012345, municipality="Smiltenes novads", parish="Drustu pagasts", house="Kalniņi")


def register(tx: Connection, number: int, **changes: Any) -> int:
    """Put registration `number` down and return its id. `changes` are columns, or answers of the flow."""
    answers: dict[str, Any] = {
        "who": "school",
        "organisation": "Drustu pamatskola",
        "plantings": OAKS,
        "planted": SPRING,
        "place": DRUSTI,
        "kind": "field",
        "additional": "no",
        "entered_by": "staff",
        "contact": Contact(name="Anna Kalniņa", phone="+37126123456", email="anna@example.org"),
    }
    flow = FLOWS["register_trees"]
    answers |= {key: changes.pop(key) for key in list(changes) if flow.question(key)}
    stored = {key: question.encode(answers[key]) for key in answers if (question := flow.question(key))}
    who = Address("telegram", str(1000 + number))
    contact_id = contacts.owner(tx, who) or contacts.add(tx, who, NOW)
    row = {
        "reference": f"3MK-2026-{number:06d}",
        "contact_id": contact_id,
        "run_id": f"run{number}",
        "flow": flow.name,
        "state": "accepted",
        "eligibility": "fits",
        "reasons": [],
        "warnings": [],
        "answers": stored,
        "trees": total(answers["plantings"]),
        "municipality": answers["place"].municipality,
        "planted_from": answers["planted"].first,
        "planted_to": answers["planted"].last,
        "entered_by": answers["entered_by"],
        "summary": "ozols – 50, liepa – 20",
        "started_at": NOW,
        "received_at": NOW,
        "address": str(who),
        **changes,
    }
    permit(tx, contact_id)
    return int(tx.execute(sa.insert(registrations).values(row).returning(registrations.c.id)).scalar_one())


def permit(tx: Connection, contact_id: int, *, given: bool = True) -> None:
    """Let a person permit us to enter their trees, or forbid it."""
    row = {"contact_id": contact_id, "kind": "enter_mapmytree", "given": given, "version": "1", "at": NOW}
    tx.execute(sa.insert(permissions).values(inbound_id=0, **row))
