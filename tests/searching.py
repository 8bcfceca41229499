"""Searching: everything that an installation holds, as text, so that a test can look for a person in it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.tables import metadata
from tests.botapi import Group


async def everything(app: house.App, group: Group | None = None) -> list[str]:
    """Return every column of every table, every object, every message and topic of the group; each says where it is."""
    found = await app.database.read(_rows)
    found += list(_objects(app.settings.data_dir / "objects"))
    if group:
        found += [f"group: {orjson.dumps(message).decode()}" for message in group.messages()]
        found += [f"topic: {topic.name}" for topic in group.topics.values()]
    return found


def mentions(found: Iterable[str], *words: str) -> list[str]:
    """Return what holds one of these words, in whatever case."""
    return [one for one in found if any(word.casefold() in one.casefold() for word in words)]


def _rows(tx: Connection) -> list[str]:
    return [
        f"{table.name}.{name}: {_written(value)}"
        for table in metadata.sorted_tables
        for row in tx.execute(sa.select(table))
        for name, value in row._mapping.items()
        if value is not None
    ]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()


def _objects(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file():
            yield f"object {path.name}: {path.read_bytes().decode('latin-1')}"
