"""`python -m tests.torture`: kills processes hundreds of times while people write; TORTURE.md says what came of it.

Then it kills them while they tell thousands of people something.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot import schema
from bot.database import Database
from tests.botapi import Server
from tests.broadcasting import Outcome, Trial, broadcast_through
from tests.killing import Aftermath, Ordeal, undergo
from tests.postgres import running_postgres

_NOTES = Path(__file__).with_name("TORTURE.md")
_HEAD = """# Torture

`make torture` kills processes with SIGKILL at random moments while people write to them over the Bot API, some answers
being refused with a 429 in the middle of a conversation. Then it compares what everybody has seen with what they see
in peace. The last runs:

"""
_COLUMNS = (
    "database", "processes", "kills", "updates", "lost", "failed", "left unsent", "people with a difference",
    "429", "repeated replies", "seed", "run on",
)  # fmt: skip
_ANNOUNCED = """
While an announcement goes out, at 29 messages a second:

"""
_ANNOUNCED_COLUMNS = (
    "database", "processes", "kills", "people", "lost", "told twice", "unknown", "minutes", "seed", "run on",
)  # fmt: skip
_FOOT = """
Lost: updates that are not in the database. A difference: a message that is missing, another one than in peace, or out
of order; 0 is the only good number. A reply is repeated where its process died between sending and recording it: nobody
can know whether it arrived, and twice is better than never. Of an announcement once is better than twice: what was on
the wire when its process died is `unknown`, shown to the coordinator, and sent again only when they say so.
"""
_CASES = {
    "sqlite": ("SQLite", "run", 1, False),
    "webhook": ("SQLite, by webhook", "run", 1, True),
    "postgresql": ("PostgreSQL", "worker", 3, False),
}
_BROADCASTS = {
    "broadcast": ("Announcement, SQLite", "sqlite"),
    "broadcast-postgresql": ("Announcement, PostgreSQL", "postgresql"),
}
_WORKERS = 4  # that send an announcement


@dataclass(frozen=True, kw_only=True)
class _Told:
    name: str
    trial: Trial
    outcome: Outcome

    @property
    def good(self) -> bool:
        """Whether everybody was told once, but for those who are counted as unknown."""
        return self.outcome.good

    def row(self) -> str:
        """Write it as a line of the second table."""
        trial, outcome = self.trial, self.outcome
        cells = (
            self.name, trial.processes, trial.kills, trial.people, outcome.lost, outcome.doubled, outcome.unknown,
            f"{outcome.seconds / 60:.1f}", trial.seed, f"{datetime.now(UTC):%d.%m.%Y}",
        )  # fmt: skip
        return _row(cells)

    def wrong(self) -> list[str]:
        """Return what to look at."""
        return [] if self.good else [*([] if self.outcome.ended else ["it did not end"]), self.outcome.log]


@dataclass(frozen=True, kw_only=True)
class _Result:
    name: str
    ordeal: Ordeal
    after: Aftermath

    @property
    def good(self) -> bool:
        """Whether nothing was lost, changed or left."""
        books = self.after.books
        lost = self.after.written - books.received
        return not (lost or books.failed or books.unfinished or self.after.differences) and self.after.complete

    def wrong(self) -> list[str]:
        """Return what to look at."""
        return [*self.after.errors[:10], *self.after.differences[:10]]

    def row(self) -> str:
        """Write it as a line of the table."""
        after, books = self.after, self.after.books
        cells = (
            self.name, self.ordeal.processes, self.ordeal.kills, after.written, after.written - books.received,
            books.failed, books.unfinished, len(after.differences), after.refused, after.repeats, self.ordeal.seed,
            f"{datetime.now(UTC):%d.%m.%Y}",
        )  # fmt: skip
        return _row(cells)


def main() -> int:
    """Run what is asked for and write it down; 1 when anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="for each database")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--people", type=int, default=8000, help="who are told something")
    parser.add_argument("--broadcast-kills", type=int, default=20, help="meanwhile")
    cases = [*_CASES, *_BROADCASTS]
    parser.add_argument("--only", choices=sorted(cases), action="append", help="not all of them")
    options = parser.parse_args()
    results: list[_Result | _Told] = []
    for case in options.only or cases:
        if case in _BROADCASTS:
            trial = Trial(people=options.people, kills=options.broadcast_kills, processes=_WORKERS, seed=options.seed)
            result: _Result | _Told = _tell(case, trial)
        else:
            result = _run(case, options.kills, options.seed)
        results.append(result)
        print(result.row(), flush=True)  # noqa: T201 - a command prints
        for wrong in result.wrong():
            print(f"  {wrong}", flush=True)  # noqa: T201
    _NOTES.write_text(_written({result.name: result.row() for result in results}), encoding="utf-8")
    return 0 if all(result.good for result in results) else 1


def _run(case: str, kills: int, seed: int) -> _Result:
    name, role, processes, webhook = _CASES[case]
    ordeal = Ordeal(kills=kills, seed=seed, role=role, processes=processes, webhook=webhook)
    with tempfile.TemporaryDirectory(prefix="koku-torture-") as folder, _database(case, Path(folder)) as url:
        return _Result(name=name, ordeal=ordeal, after=asyncio.run(_undergo(ordeal, url, Path(folder))))


def _tell(case: str, trial: Trial) -> _Told:
    name, kind = _BROADCASTS[case]
    with tempfile.TemporaryDirectory(prefix="koku-torture-") as folder, _database(kind, Path(folder)) as url:
        return _Told(name=name, trial=trial, outcome=asyncio.run(_broadcast(trial, url, Path(folder))))


async def _broadcast(trial: Trial, url: str, folder: Path) -> Outcome:
    async with Server() as server:
        return await broadcast_through(trial, server, url, folder)


async def _undergo(ordeal: Ordeal, url: str, folder: Path) -> Aftermath:
    async with Server() as server:
        return await undergo(ordeal, server, url, folder)


@contextmanager
def _database(case: str, folder: Path) -> Iterator[str]:
    """Yield the address of a migrated database."""
    if case != "postgresql":
        url = f"sqlite:///{folder / 'koku-paligs.db'}"
        database = Database(url)
        schema.prepare(database)
        database.dispose()
        yield url
        return
    with running_postgres() as server, server.database("torture") as url:
        database = Database(url)
        schema.upgrade(database)
        database.dispose()
        yield url


def _written(rows: dict[str, str]) -> str:
    """Put new rows in the place of those that the notes have under the same names."""
    old = _NOTES.read_text(encoding="utf-8").splitlines() if _NOTES.exists() else []
    known = {line.split(" | ")[0].removeprefix("| "): line for line in old}
    found = {**known, **rows}

    def table(columns: Iterable[str], names: Iterable[str]) -> str:
        lines = [_row(columns), _row(["---"] * len([*columns])), *(found[name] for name in names if name in found)]
        return "\n".join(lines) + "\n"

    talked, told = [name for name, *_ in _CASES.values()], [name for name, _ in _BROADCASTS.values()]
    return _HEAD + table(_COLUMNS, talked) + _ANNOUNCED + table(_ANNOUNCED_COLUMNS, told) + _FOOT


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    sys.exit(main())
