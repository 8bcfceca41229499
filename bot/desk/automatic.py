"""Automatic topics: which answers the assistant gives by itself, and which a person looks at first.

The setting APPROVE says what holds for all; administrators change it topic by topic. Every change is a row, so the
table is the list and its history.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.database import BigKey, UTCDateTime, metadata
from bot.desk import team
from bot.rooms import Scene

ALL, MARKED, NONE = "all", "marked", "none"

changes = sa.Table(
    "automatic_topics",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("topic", sa.String(80), nullable=False, index=True),
    sa.Column("automatic", sa.Boolean, nullable=False),
    sa.Column("by", sa.String(400), nullable=False),  # address of the administrator
    sa.Column("at", UTCDateTime, nullable=False),
)


@dataclass(eq=False, kw_only=True, slots=True)
class Automatic:
    """What this process knows of the list. `refresh` reads it anew: a change of another process is seen a bit later."""

    mode: str
    marked: AbstractSet[str]  # topics that say themselves that a person looks at them first
    _chosen: Mapping[str, bool] = field(default_factory=dict)

    def waits(self, topic: str) -> bool:
        """Whether a person looks at a topic's answer before it goes."""
        return self._decide(topic, self._chosen)

    def waits_now(self, tx: Connection, topic: str) -> bool:
        """Ask the database the same."""
        return self._decide(topic, _newest(tx, topic))

    def refresh(self, tx: Connection) -> None:
        """Read the list."""
        self._chosen = {} if self.mode == NONE else _newest(tx)

    def choose(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, bool]:
        """Let the assistant answer by itself with a topic, or no longer; only an administrator may say so."""
        if not team.allowed(tx, scene, "admin"):
            return {"allowed": False}
        row = {"topic": event.data["topic"], "automatic": event.data["on"], "by": str(scene.chat), "at": scene.now}
        tx.execute(sa.insert(changes).values(row))
        self.refresh(tx)
        return {"allowed": True}

    def _decide(self, topic: str, chosen: Mapping[str, bool]) -> bool:
        if self.mode == NONE:
            return False
        return not chosen[topic] if topic in chosen else self.mode == ALL or topic in self.marked


def _newest(tx: Connection, topic: str = "") -> dict[str, bool]:
    """Return what was last said of each topic, or of one."""
    query = sa.select(changes.c.topic, changes.c.automatic).order_by(changes.c.id)
    rows = tx.execute(query.where(changes.c.topic == topic) if topic else query)
    return {row.topic: row.automatic for row in rows}
