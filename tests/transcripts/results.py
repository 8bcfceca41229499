"""✔ lines: what a conversation must have left in the database."""

import json
import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.desk.cases import cases
from bot.inbox.ledger import inbound
from bot.people.permissions import current
from bot.registrations.records import registrations


async def check_result(app: house.App, said: str) -> None:
    """Compare the newest registration, case ... with what a ✔ line says of it; raises AssertionError.

    `✔ FLOW key=value ...` looks at the registration's answers and columns, `✔ case kind=...` at the newest case,
    `✔ permissions a,b` at what the person allows, `✔ outcome NAME` at how the last message ended,
    `✔ unregistered` says that there is no registration.
    """
    what, *expected = said.split()
    actual = await app.database.read(lambda tx: _actual(tx, what))
    if what in {"permissions", "outcome", "unregistered"}:
        assert " ".join(expected) == actual, f"✔ {said}: it is {actual!r}"
        return
    assert isinstance(actual, dict), f"✔ {said}: there is none"
    for pair in expected:
        key, _, value = pair.partition("=")
        stored = actual.get(key, "").replace(" ", "_")
        assert value == stored, f"✔ {pair}: it is {stored!r}"


def _actual(tx: Connection, what: str) -> Any:
    if what == "permissions":
        return ",".join(sorted(kind for kind, given in current(tx, 1).items() if given))
    if what == "outcome":
        return tx.execute(sa.select(inbound.c.outcome).order_by(inbound.c.id.desc()).limit(1)).scalar()
    if what == "unregistered":
        return "registered" if tx.execute(sa.select(registrations.c.id)).first() else ""
    if what == "case":
        row = tx.execute(sa.select(cases).order_by(cases.c.id.desc()).limit(1)).first()
        return {name: _written(name, value) for name, value in row._mapping.items()} if row else None
    query = sa.select(registrations).where(registrations.c.flow == what).order_by(registrations.c.id.desc())
    row = tx.execute(query.limit(1)).first()
    if row is None:
        return None
    answers = {name: _written(name, value) for name, value in row.answers.items()}
    return {**{name: _written(name, value) for name, value in row._mapping.items()}, **answers}


def _written(key: str, value: Any) -> str:
    """Write a stored value without spaces, short enough to be read in a transcript."""
    if key == "plantings":
        return ",".join(f"{count if count is not None else '?'}×{species or '?'}" for species, count, *_ in value)
    if key == "planted":
        return f"{value[0]}..{value[1]}"
    if key == "place":
        return _place(value)
    if key == "photos":
        return str(len(value))
    if key == "contact":
        return ";".join(str(part) for part in value.values()).replace(" ", "_")
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return re.sub(r"\s+", "_", written)


def _place(value: dict[str, Any]) -> str:
    if value.get("cadastre"):
        return f"cadastre:{value['cadastre']}"
    if value.get("lat"):
        return f"{value['lat']:.4f},{value['lon']:.4f}"
    parts = (value.get(part) for part in ("municipality", "parish", "settlement", "street", "house"))
    return "/".join(part for part in parts if part).replace(" ", "_")
