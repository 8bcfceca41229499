"""Measuring: one contender carried through one repetition, and the figures that come of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.contenders import POSTGRESQL, SQLITE, Contender, running
from tests.bench.lines import LAPS_PER_SCRIPT, LINES_PER_LAP, SCRIPTS
from tests.bench.people import Expected, Person
from tests.bench.telegram import Telegram
from tests.bench.years import chat_of

_SCRIPT_LINES = LAPS_PER_SCRIPT * LINES_PER_LAP
_PAUSE = 1.0  # seconds that people in no hurry think before the next line
_MANAGES = 1.5  # a bot this many times as fast as people in no hurry write can be asked how long they wait


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How much is measured. `calm` people, in no hurry, tell how long an answer takes at a usual load.

    People are spread evenly over their scripts, so that all of them together always speak in the promised mix.
    """

    repetitions: int
    people: int
    lines: int  # of each person, at each latency
    calm: int
    calm_lines: int
    patient: int  # people of a bot that costs each a latency
    patient_lines: int
    starts: int
    growing: tuple[Contender, ...]
    backlog: int  # letters that wait in the mailbox
    latencies: tuple[float, ...] = (0.0, 0.15)  # seconds

    @property
    def most_lines(self) -> int:
        """How many lines a person speaks in one repetition, at most."""
        return _SCRIPT_LINES + len(self.latencies) * (self.lines + self.calm_lines)


FULL = Plan(
    repetitions=3,
    people=200,
    lines=10,
    calm=100,
    calm_lines=4,
    patient=20,
    patient_lines=2,
    starts=5,
    growing=(SQLITE, POSTGRESQL),
    backlog=5000,
)
QUICK = Plan(
    repetitions=1,
    people=200,
    lines=4,
    calm=50,
    calm_lines=2,
    patient=10,
    patient_lines=2,
    starts=2,
    growing=(SQLITE,),
    backlog=500,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """One repetition at one latency. `cpu` is milliseconds for each update; `waits` are seconds, of people calm."""

    rate: float  # updates in a second, as many as it takes
    cpu: float
    waits: tuple[float, ...]

    @property
    def share(self) -> float:
        """The share of a core that it had; without latency it should be all of it, unless others were at work."""
        return self.rate * self.cpu / 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """One repetition of one contender. A figure is void as soon as anything was answered wrongly, or not at all."""

    ready: float  # seconds from its start until the first update was answered
    figures: dict[float, Figures]  # by latency
    memory: float  # MB, at the end
    wrong: tuple[str, ...]


async def measure(
    telegram: Telegram,
    api: str,
    contender: Contender,
    *,
    store: str,
    people: Sequence[Person],
    expected: Expected,
    plan: Plan,
    latencies: Sequence[float],
    log: Path,
) -> Round:
    """Start a contender, warm it up, and let people talk to it at each latency; raises BotDiedError."""
    figures: dict[float, Figures] = {}
    async with running(contender, telegram, api, store, log) as bot:
        # Somebody who is not among the people, so that each of those still begins at the beginning.
        first = Person(id=chat_of(0), role=0, began=int(time.time()), plain=not contender.ours)
        await telegram.say(first)
        await telegram.until(lambda: len(first.heard) >= len(expected(first)))
        ready = time.perf_counter() - bot.started
        warmed = {person: 1 + n // len(SCRIPTS) % _SCRIPT_LINES for n, person in enumerate(people)}
        await telegram.talk(warmed, expected)
        for latency in latencies:
            if telegram.wrong:
                break
            telegram.latency = latency
            lines = dict.fromkeys(people, plan.lines)
            if latency and contender.sequential:
                lines = dict.fromkeys(people[: plan.patient], plan.patient_lines)
            before = bot.cpu()
            talk = await telegram.talk(lines, expected)
            spent = bot.cpu() - before
            rate = len(talk.waits) / talk.seconds
            waits: tuple[float, ...] = ()
            if rate > _MANAGES * plan.calm / _PAUSE:
                calm = await telegram.talk(dict.fromkeys(people[: plan.calm], plan.calm_lines), expected, _PAUSE)
                waits = calm.waits
            figures[latency] = Figures(rate=rate, cpu=1000 * spent / max(1, len(talk.waits)), waits=waits)
        memory = bot.memory()
    return Round(ready=ready, figures=figures, memory=memory, wrong=tuple(telegram.wrong))


async def measure_start(telegram: Telegram, api: str, contender: Contender, *, store: str, log: Path) -> Round:
    """Start a contender and bring it one update; raises BotDiedError."""
    return await measure(
        telegram, api, contender, store=store, people=(), expected=_anything, plan=QUICK, latencies=(), log=log
    )


def gather(size: int, contacts: int = 0, *, plain: bool = False) -> list[Person]:
    """Gather so many people, the scripts among them in turn; spread over the contacts that we have, if any."""
    step = max(1, contacts // size)
    now = int(time.time())
    return [Person(id=chat_of(1 + n * step), role=n % len(SCRIPTS), began=now, plain=plain) for n in range(size)]


def _anything(_: Person) -> tuple[str, ...]:
    return ("",)
