"""The targets: what the figures should be, and whether they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.broadcast import OURS
from tests.bench.contenders import AIOGRAM, POSTGRESQL, REDIS, SQLITE, Contender
from tests.bench.letters import CONNECTIONS, ROUND_TRIP
from tests.bench.results import Results, cpu, median, rate, ratios, values

AT_ONCE, DISTANT = 0.0, 0.15  # seconds of latency
FEW, MANY = 1_000, 100_000  # contacts

# (contender, latency, rival, how many of the rival's updates/s at least)
_SPEED = (
    (SQLITE, AT_ONCE, AIOGRAM, 0.6),
    (SQLITE, DISTANT, AIOGRAM, 1.3),
    (SQLITE, AT_ONCE, REDIS, 1.2),
    (POSTGRESQL, AT_ONCE, AIOGRAM, 0.35),
    (POSTGRESQL, DISTANT, AIOGRAM, 0.7),
    (POSTGRESQL, AT_ONCE, REDIS, 0.6),
)
_CPU = ((SQLITE, 1.2), (POSTGRESQL, 2.3))  # milliseconds at most
_GROWTH = 1.2
_ANSWERED, _RECOVERED, _GROWN = 0.8, 1.0, 20.0  # seconds, seconds, MB
_READY, _MEMORY = 1.5, 150.0  # seconds, MB
_USED, _MEDIAN, _SLOWEST, _FURTHER = 0.95, 100.0, 500.0, 1.0  # of the limit, ms, ms, 429s after one
_WRITTEN, _POOLED = 700.0, 10.0  # letters a second of a core; times one connection per letter


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A target beside what was measured: None where nothing was, or where it is void."""

    what: str
    bound: float
    unit: str
    measured: float | None
    at_least: bool = False  # else at most

    @property
    def met(self) -> bool | None:
        """Whether it is met; None when nobody can tell."""
        if self.measured is None:
            return None
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


def judge(results: Results) -> list[Verdict]:
    """Hold everything that was measured against the targets."""
    return [
        *_speed(results),
        *_growth(results),
        *_start(results),
        *_letters(results),
        *_mailbox(results),
        *_broadcasts(results),
    ]


def _speed(results: Results) -> Iterator[Verdict]:
    speed = results.speed
    for contender, latency, rival, bound in _SPEED:
        if contender.name in speed:
            found = ratios(speed[contender.name], speed.get(rival.name, ()), latency, rate)
            what = f"{contender.title}: updates/s of {rival.title}, {_shown(latency)}"
            yield Verdict(what=what, bound=bound, unit="x", measured=median(found), at_least=True)
    for contender, bound in _CPU:
        if contender.name in speed:
            found = values(speed[contender.name], AT_ONCE, cpu)
            what = f"{contender.title}: CPU for each update, {_shown(AT_ONCE)}"
            yield Verdict(what=what, bound=bound, unit=" ms", measured=median(found))


def _growth(results: Results) -> Iterator[Verdict]:
    for contender in (SQLITE, POSTGRESQL):
        if sizes := results.growth.get(contender.name):
            few, many = sizes.get(FEW, []), sizes.get(MANY, [])
            slower = ratios(few, many, AT_ONCE, rate)
            dearer = ratios(many, few, AT_ONCE, cpu)
            yield from (_grown(contender, "time", slower), _grown(contender, "CPU", dearer))


def _grown(contender: Contender, what: str, found: Sequence[float]) -> Verdict:
    grown = f"{contender.title}: {what} for each update, {MANY:,} contacts of {FEW:,}"
    return Verdict(what=grown, bound=_GROWTH, unit="x", measured=median(found))


def _start(results: Results) -> Iterator[Verdict]:
    well = [one for one in results.starts if not one.wrong]
    if results.starts:
        ready = median([one.ready for one in well])
        yield Verdict(what=f"{SQLITE.title}: ready, first update answered", bound=_READY, unit=" s", measured=ready)
    loaded = [one for one in results.speed.get(SQLITE.name, ()) if not one.wrong]
    if well or loaded:
        most = max(one.memory for one in [*well, *loaded])
        yield Verdict(what=f"{SQLITE.title}: memory, at most", bound=_MEMORY, unit=" MB", measured=most)


def _letters(results: Results) -> Iterator[Verdict]:
    well = [one for one in results.letters if not one.wrong]
    if results.letters:
        written = median([one.written for one in well])
        yield Verdict(what="letters written on a core", bound=_WRITTEN, unit="/s", measured=written, at_least=True)
        faster = median([one.pooled / one.naive for one in well])
        what = f"letters sent, {CONNECTIONS} connections of one per letter, {_shown(ROUND_TRIP)}"
        yield Verdict(what=what, bound=_POOLED, unit="x", measured=faster, at_least=True)


def _mailbox(results: Results) -> Iterator[Verdict]:
    well = [one for one in results.mailbox if not one.wrong]
    if results.mailbox:
        waits = median([wait for one in well for wait in one.waits])
        yield Verdict(what="letters: from delivery to answer, median", bound=_ANSWERED, unit=" s", measured=waits)
        slowest = max((wait for one in well for wait in one.recoveries), default=None)
        what = "letters: the same after the server was killed, at most"
        yield Verdict(what=what, bound=_RECOVERED, unit=" s", measured=slowest)
        grown = max((one.grown for one in well), default=None)
        yield Verdict(what="letters: memory grown over a backlog", bound=_GROWN, unit=" MB", measured=grown)


def _broadcasts(results: Results) -> Iterator[Verdict]:
    for one in results.broadcasts:
        if one.name == OURS and not one.wrong:
            what = "broadcast: of the limit of 30 a second"
            yield Verdict(what=what, bound=_USED, unit="x", measured=one.share, at_least=True)
            yield Verdict(what="broadcast: 429s", bound=0.0, unit="", measured=float(one.peace.refused))
            what = "broadcast: 429s after one that nobody saw coming"
            yield Verdict(what=what, bound=_FURTHER, unit="", measured=float(one.trouble.injected))
            yield Verdict(what="broadcast: replies, median", bound=_MEDIAN, unit=" ms", measured=one.peace.median)
            what = "broadcast: replies, 99th percentile"
            yield Verdict(what=what, bound=_SLOWEST, unit=" ms", measured=one.peace.slowest)


def _shown(latency: float) -> str:
    return f"{latency * 1000:g} ms"
