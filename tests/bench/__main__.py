"""Run the bench: `python -m tests.bench`, in one go and side by side."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench.broadcast import TITLES, measure_all
from tests.bench.contenders import CONTENDERS, POSTGRESQL, REDIS, SQLITE, BotDiedError, Contender, make_room, running
from tests.bench.lesson import Lesson, LessonError, learn
from tests.bench.letters import measure_letters
from tests.bench.lines import SCRIPTS
from tests.bench.mailbox import measure_mailbox
from tests.bench.measuring import FULL, QUICK, Plan, Round, gather, measure, measure_start
from tests.bench.people import Expected, Person, echo
from tests.bench.report import report
from tests.bench.results import Results
from tests.bench.stores import NoRedisError, Store, postgres_store, running_redis, sqlite_store
from tests.bench.targets import AT_ONCE, FEW, MANY
from tests.bench.telegram import Telegram
from tests.dovecot import NoDovecotError
from tests.postgres import NoPostgresError
from tests.rush import play_rush

_GROWTH, _START, _LETTERS, _MAILBOX, _RUSH = "growth", "start", "letters", "mailbox", "rush"
_BROADCAST = "broadcast"
_PARTS = (*(contender.name for contender in CONTENDERS), _GROWTH, _START, _LETTERS, _MAILBOX, _RUSH, _BROADCAST)

_ABOUT = """\
Measures the whole path of an update (webhook, de-duplication, conversation, search, outbox, reply) against a fake
Bot API on the loopback, in turns with echo bots of python-telegram-bot and aiogram, so that only ratios matter.

What is said is fixed: 60 % answers to a registration, 30 % questions, 10 % taps. What our bot answers is compared
with what it answered in peace; a wrong or missing answer makes the figure void.
Bots run on the last core, everything else on the others.
"""
_AFTER = """\
columns: updates/s as many as it takes, median and spread over the repetitions; ratios are medians of each
repetition's own ratio; CPU ms of the bot's process for each update; core is the share of its core that the bot had:
where it is well below 100 % at 0 ms the machine was busy with other things, and only CPU ms can be compared; wait is
from saying a line to having read its whole answer, of 100 people who think for a second before they say the next.

exit code: 0 when everything was measured, whether or not targets are missed; 1 when a figure is void; 2 when a bot
could not be run.
"""


class _Bench:
    """One run: the stores that it needs, and what it has measured so far."""

    def __init__(self, plan: Plan, parts: Sequence[str], telegram: Telegram, api: str, folder: Path) -> None:
        self._plan, self._parts = plan, parts
        self._telegram, self._api, self._log = telegram, api, folder / "log"
        self._stores: dict[str, Store] = {}
        self._redis = ""
        self._lessons: dict[bool, Lesson] = {}  # by whether we have met before
        self.results = Results()

    async def run(self) -> None:
        """Measure all that was asked for."""
        with ExitStack() as stack:
            self._open(stack)
            contenders = [one for one in CONTENDERS if one.name in self._parts and one.name not in self.results.absent]
            growing = [one for one in self._plan.growing if _GROWTH in self._parts and one.name in self._stores]
            if any(contender.ours for contender in contenders):
                self._lessons[False] = await self._learn(0)
            if growing:
                self._lessons[True] = await self._learn(FEW)
            for repetition in range(1, self._plan.repetitions + 1):
                for contender in contenders:
                    figures = await self._speed(contender)
                    self.results.speed.setdefault(contender.name, []).append(figures)
                    self._tell(f"{repetition}/{self._plan.repetitions} {contender.title}", figures)
                for contender in growing:
                    for size in (FEW, MANY):
                        figures = await self._grow(contender, size)
                        sizes = self.results.growth.setdefault(contender.name, {})
                        sizes.setdefault(size, []).append(figures)
                        self._tell(f"{repetition}/{self._plan.repetitions} {contender.title}, {size} contacts", figures)
            await self._run_alone()

    async def _run_alone(self) -> None:
        """Measure what has no rival in this repetition."""
        for _ in range(self._plan.starts if _START in self._parts else 0):
            self.results.starts.append(await self._start())
        for _ in range(self._plan.repetitions if _LETTERS in self._parts else 0):
            self.results.letters.append(await measure_letters(written=2000, naive=30, pooled=400))
        if _RUSH in self._parts:
            with tempfile.TemporaryDirectory(prefix="koku-bench-") as folder:
                self.results.rush.append(await play_rush(f"sqlite:///{folder}/rush.db", Path(folder)))
        if _BROADCAST in self._parts:
            self.results.broadcasts += await measure_all([*TITLES], quick=self._plan is QUICK)
        if _MAILBOX in self._parts:
            try:
                found = await measure_mailbox(waits=20, kills=3, backlog=self._plan.backlog)
            except NoDovecotError as error:
                self.results.absent[_MAILBOX] = str(error)
            else:
                self.results.mailbox.append(found)

    def _open(self, stack: ExitStack) -> None:
        self._stores[SQLITE.name] = stack.enter_context(sqlite_store())
        if POSTGRESQL.name in self._parts or (_GROWTH in self._parts and POSTGRESQL in self._plan.growing):
            try:
                self._stores[POSTGRESQL.name] = stack.enter_context(postgres_store())
            except NoPostgresError as error:
                self.results.absent[POSTGRESQL.name] = str(error)
        if REDIS.name in self._parts:
            try:
                self._redis = stack.enter_context(running_redis())
            except NoRedisError as error:
                self.results.absent[REDIS.name] = str(error)

    async def _learn(self, contacts: int) -> Lesson:
        with self._stores[SQLITE.name].fresh(contacts) as store:
            async with running(SQLITE, self._telegram, self._api, store, self._log):
                people = gather(len(SCRIPTS), contacts)
                return await learn(self._telegram, people, self._plan.most_lines, store)

    async def _speed(self, contender: Contender) -> Round:
        people = gather(self._plan.people, plain=not contender.ours)
        latencies = self._plan.latencies
        if not contender.ours:
            return await self._measure(contender, people, echo, self._redis if contender is REDIS else "", latencies)
        with self._stores[contender.name].fresh() as store:
            return await self._measure(contender, people, self._lessons[False], store, latencies)

    async def _grow(self, contender: Contender, size: int) -> Round:
        people = gather(self._plan.people, size)
        with self._stores[contender.name].fresh(size) as store:
            return await self._measure(contender, people, self._lessons[True], store, (AT_ONCE,))

    async def _start(self) -> Round:
        with self._stores[SQLITE.name].fresh() as store:
            return await measure_start(self._telegram, self._api, SQLITE, store=store, log=self._log)

    async def _measure(
        self, contender: Contender, people: list[Person], expected: Expected, store: str, latencies: Sequence[float]
    ) -> Round:
        return await measure(
            self._telegram,
            self._api,
            contender,
            store=store,
            people=people,
            expected=expected,
            plan=self._plan,
            latencies=latencies,
            log=self._log,
        )

    @staticmethod
    def _tell(what: str, figures: Round) -> None:
        shown = ", ".join(f"{one.rate:.0f}/s {one.cpu:.2f} ms" for one in figures.figures.values())
        sys.stderr.write(f"{what}: {shown}{' VOID' if figures.wrong else ''}\n")


def main() -> int:
    """Measure, print the report, and return the exit code."""
    options = _options()
    plan = QUICK if options.quick else FULL
    make_room()
    began, load = time.monotonic(), os.getloadavg()[0]
    try:
        results = asyncio.run(_measure_all(plan, options.only))
    except (BotDiedError, LessonError) as error:
        sys.stderr.write(f"The bench can't go on: {error}\n")
        return 2
    seconds = time.monotonic() - began
    said = (
        f"{plan.repetitions} repetitions, {plan.people} people, {seconds:.0f} s; load of the machine before: {load:.1f}"
    )
    sys.stdout.write(f"{said}\n\n{report(results, plan.latencies)}\n")
    return 1 if results.wrong() else 0


async def _measure_all(plan: Plan, parts: Sequence[str]) -> Results:
    telegram = Telegram()
    with tempfile.TemporaryDirectory(prefix="koku-bench-") as folder:
        async with telegram.serving() as api:
            bench = _Bench(plan, parts, telegram, api, Path(folder))
            await bench.run()
    return bench.results


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=_ABOUT,
        epilog=_AFTER,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="one repetition with fewer lines: four minutes")
    parser.add_argument(
        "--only",
        type=_parts,
        default=_PARTS,
        metavar="PART,...",
        help=f"measure only these: {', '.join(_PARTS)}",
    )
    return parser.parse_args()


def _parts(written: str) -> Sequence[str]:
    parts = tuple(part.strip() for part in written.split(","))
    if unknown := [part for part in parts if part not in _PARTS]:
        raise argparse.ArgumentTypeError(f"no part {', '.join(unknown)}; there are {', '.join(_PARTS)}")
    return parts


if __name__ == "__main__":
    sys.exit(main())
