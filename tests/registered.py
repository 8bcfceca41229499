"""Registrations to work with, put straight into a database as the flow would have stored them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.messages import Address
from bot.people import contacts
from bot.people.permissions import permissions
from bot.registrations import sites
from bot.registrations.records import registrations
from bot.registrations.sites import Planting
from flows.catalogue import FLOWS
from flows.contact_kinds import Contact
from flows.list_kind import PlantingList
from flows.planting_kind import Trees, total
from flows.register_list import REGISTER_LIST
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


def register_listed(tx: Connection, number: int, plantings: Sequence[Planting], **changes: Any) -> int:
    """Put down a registration that came as a list, and return its id."""
    question = REGISTER_LIST.question("list")
    assert question
    told = PlantingList(id=number, name="saraksts.xlsx", rows=len(plantings), trees=sum(one.count for one in plantings))
    ident = register(tx, number, **changes)
    stored = tx.execute(sa.select(registrations.c.answers).where(registrations.c.id == ident)).scalar_one()
    kept = {key: value for key, value in stored.items() if key not in {"plantings", "place", "planted"}}
    answers = {**kept, "list": question.encode(told)}
    mine = sa.update(registrations).where(registrations.c.id == ident)
    tx.execute(mine.values(flow=REGISTER_LIST.name, answers=answers, municipality=None, trees=told.trees))
    sites.replace(tx, ident, plantings)
    return ident


def planting(row: int, species: str | None, count: int, **changes: Any) -> Planting:
    """Make one kind of tree of one row of a list, in Drusti in spring."""
    given = {
        "sheet": 0,
        "row": row,
        "species": species,
        "count": count,
        "planted_from": SPRING.first,
        "planted_to": SPRING.last,
        "lat": 57.2,
        "lon": 25.6,
        "words": "Drusti, pie skolas",
        "cadastre": "",
        "municipality": "Smiltenes novads",
        "parish": "Drustu pagasts",
    }
    return Planting(**{**given, **changes})


def permit(tx: Connection, contact_id: int, *, given: bool = True) -> None:
    """Let a person permit us to enter their trees, or forbid it."""
    row = {"contact_id": contact_id, "kind": "enter_mapmytree", "given": given, "version": "1", "at": NOW}
    tx.execute(sa.insert(permissions).values(inbound_id=0, **row))
