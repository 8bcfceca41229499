"""An announcement to many, by processes that are killed while they send it, and what became of everybody."""

import asyncio
import random
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot.clock import SystemClock
from bot.database import Database
from bot.delivery.outbox import deliveries
from bot.outreach import broadcasts
from tests.botapi import Server
from tests.killing import Herd, environment
from tests.subscribers import announce

_PACE = 29.0  # messages in a second
_SHORTEST, _USUAL = 0.5, 2.25  # seconds between two kills, at least, and where few are told
_PATIENCE = 120.0  # seconds, after all that it takes in peace
_IN_FLIGHT = 12  # what one process has claimed of a broadcast when it dies: its turns of 0.3 seconds


@dataclass(frozen=True, kw_only=True)
class Trial:
    """So many people are told by `processes`, of which one is killed so many times, at moments that nobody planned."""

    people: int
    kills: int
    processes: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of it. Without losses only `unknown` is not 0, and at most `most_unknown`."""

    ended: bool  # the broadcast was done, and every row has come to its end
    lost: int  # people who saw nothing, and of whom the books don't say that nobody knows
    doubled: int
    unknown: int  # deliveries of which nobody knows whether they arrived: they are told to the coordinator
    most_unknown: int  # as many as may have been on the wire
    seconds: float
    log: str

    @property
    def good(self) -> bool:
        """Whether everybody was told once, but for those on the wire, who are counted."""
        return self.ended and not self.lost and not self.doubled and self.unknown <= self.most_unknown


async def broadcast_through(trial: Trial, server: Server, database_url: str, folder: Path) -> Outcome:
    """Let an announcement go out while processes die."""
    dice = random.Random(trial.seed)
    people = [server.person(1000 + number, started=True) for number in range(trial.people)]
    database = Database(database_url)
    await database.write(lambda tx: announce(tx, [person.id for person in people], SystemClock().now()))
    settings = environment(server, database_url, folder) | {"QUIET_HOURS": "00:00-00:00"}
    herd = Herd("worker", trial.processes, settings, folder / "log")
    began = time.monotonic()
    await herd.start()
    try:
        between = max(_USUAL, trial.people / _PACE / max(1, trial.kills))
        while herd.kills < trial.kills:
            await asyncio.sleep(dice.uniform(_SHORTEST, 2 * between - _SHORTEST))
            await herd.kill_one(dice)
        ended = await _ended(database, trial.people / _PACE + _PATIENCE)
    finally:
        await herd.stop()
    rows = await database.read(lambda tx: tx.execute(sa.select(deliveries.c.chat, deliveries.c.state)).all())
    await database.close()
    states = {int(row.chat.partition(":")[2]): row.state for row in rows if row.chat.startswith("telegram:")}
    seen = {person.id: len(person.inbox) for person in people}
    return Outcome(
        ended=ended and {"sent", "unknown"} >= {states[ident] for ident in seen},
        lost=sum(count == 0 and states[ident] != "unknown" for ident, count in seen.items()),
        doubled=sum(count > 1 for count in seen.values()),
        unknown=sum(state == "unknown" for state in states.values()),
        most_unknown=_IN_FLIGHT * trial.kills,
        seconds=time.monotonic() - began,
        log=(folder / "log").read_text(encoding="utf-8")[-3000:],
    )


async def _ended(database: Database, seconds: float) -> bool:
    """Wait until the broadcast is done, and what a dead process held has been settled."""
    ends = time.monotonic() + seconds
    state = sa.select(broadcasts.broadcasts.c.state)
    while time.monotonic() < ends:
        if "done" == await database.read(lambda tx: tx.execute(state).scalar()):
            return True
        await asyncio.sleep(0.2)
    return False
