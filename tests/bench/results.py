"""The results: what was measured, and the medians, spread and ratios of it. Void repetitions count for nothing."""

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.bench.broadcast import Broadcast
from tests.bench.letters import Letters
from tests.bench.mailbox import Mailbox
from tests.bench.measuring import Figures, Round
from tests.rush import Rush

Pick = Callable[[Figures], float]


def rate(figures: Figures) -> float:
    """Updates in a second."""
    return figures.rate


def cpu(figures: Figures) -> float:
    """Milliseconds of processor time for each update."""
    return figures.cpu


def share(figures: Figures) -> float:
    """Share of a core."""
    return figures.share


@dataclass(kw_only=True)
class Results:
    """Rounds by the contender's name, the repetitions in order; those of growth also by the number of contacts."""

    speed: dict[str, list[Round]] = field(default_factory=dict)
    growth: dict[str, dict[int, list[Round]]] = field(default_factory=dict)
    starts: list[Round] = field(default_factory=list)
    letters: list[Letters] = field(default_factory=list)
    mailbox: list[Mailbox] = field(default_factory=list)
    rush: list[Rush] = field(default_factory=list)
    broadcasts: list[Broadcast] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)  # contender -> why it was not measured

    def rounds(self) -> Iterator[tuple[str, Round]]:
        """Go through all of them, with what each is called."""
        for name, rounds in self.speed.items():
            yield from ((name, one) for one in rounds)
        for name, sizes in self.growth.items():
            for size, rounds in sizes.items():
                yield from ((f"{name}, {size} contacts", one) for one in rounds)
        yield from (("start", one) for one in self.starts)

    def wrong(self) -> list[str]:
        """Return what makes figures void."""
        of_bots = [f"{name}: {what}" for name, one in self.rounds() for what in one.wrong]
        of_letters = [what for one in self.letters for what in one.wrong]
        of_mailbox = [what for one in self.mailbox for what in one.wrong]
        of_rush = [f"rush: {one.lost} messages lost" for one in self.rush if one.lost]
        of_broadcasts = [what for one in self.broadcasts for what in one.wrong]
        return [*of_bots, *of_letters, *of_mailbox, *of_rush, *of_broadcasts]


def values(rounds: Iterable[Round], latency: float, pick: Pick) -> list[float]:
    """Return one figure of each repetition."""
    return [pick(one.figures[latency]) for one in rounds if not one.wrong and latency in one.figures]


def ratios(ours: Sequence[Round], theirs: Sequence[Round], latency: float, pick: Pick) -> list[float]:
    """Return ours as a multiple of theirs, each repetition by itself: the two ran one after the other."""
    return [
        pick(one.figures[latency]) / pick(other.figures[latency])
        for one, other in zip(ours, theirs, strict=False)
        if not one.wrong and not other.wrong and latency in one.figures and latency in other.figures
    ]


def median(found: Sequence[float]) -> float | None:
    """Return the median; None of nothing."""
    return statistics.median(found) if found else None


def quantile(found: Sequence[float], share: float) -> float | None:
    """Return the value that such a share is not above; None of nothing."""
    return sorted(found)[min(len(found) - 1, int(share * len(found)))] if found else None
