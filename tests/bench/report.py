"""The report: the figures as tables that read well in a terminal, and as Markdown."""

from collections.abc import Iterator, Sequence

from tests.bench.broadcast import TITLES
from tests.bench.contenders import AIOGRAM, CONTENDERS, REDIS, Contender
from tests.bench.letters import CONNECTIONS, ROUND_TRIP
from tests.bench.measuring import Round
from tests.bench.results import Pick, Results, cpu, median, quantile, rate, ratios, share, values
from tests.bench.targets import AT_ONCE, Verdict, judge

_NOTHING = "–"
_LISTED = 10  # complaints
_MET = {True: "met", False: "MISSED", None: "not measured"}


def report(results: Results, latencies: Sequence[float]) -> str:
    """Write everything that was measured."""
    blocks = [*_speed(results, latencies), *_growth(results), *_starts(results), *_letters(results), *_mailbox(results)]
    blocks += [*_rush(results), *_broadcasts(results)]
    blocks += [_targets(verdicts)] if (verdicts := judge(results)) else []
    blocks += [f"{name} was not measured: {why}" for name, why in results.absent.items()]
    if wrong := results.wrong():
        listed = [*wrong[:_LISTED], *([f"and {len(wrong) - _LISTED} more"] if len(wrong) > _LISTED else [])]
        blocks.append("VOID, because something was not answered as in peace:\n- " + "\n- ".join(listed))
    return "\n\n".join(blocks)


def _speed(results: Results, latencies: Sequence[float]) -> Iterator[str]:
    head = (
        "bot",
        "updates/s",
        "min–max",
        f"of {AIOGRAM.title}",
        f"of {REDIS.title}",
        "CPU ms",
        f"of {AIOGRAM.title}",
        "core",
        "wait p50",
        "p99, ms",
    )
    measured = [contender for contender in CONTENDERS if contender.name in results.speed]
    for latency in latencies if measured else ():
        rows = [_speed_row(results, contender, latency) for contender in measured]
        yield f"API latency {latency * 1000:g} ms\n\n{_table(head, rows)}"


def _speed_row(results: Results, contender: Contender, latency: float) -> Sequence[str]:
    rounds = results.speed[contender.name]
    rates = values(rounds, latency, rate)
    waits = [wait for one in rounds if not one.wrong and latency in one.figures for wait in one.figures[latency].waits]
    return (
        contender.title,
        _number(median(rates)),
        _spread(rates),
        *(_ratio(rounds, results.speed.get(rival.name, ()), latency, rate) for rival in (AIOGRAM, REDIS)),
        _number(median(values(rounds, latency, cpu)), 2),
        _ratio(rounds, results.speed.get(AIOGRAM.name, ()), latency, cpu),
        _percent(median(values(rounds, latency, share))),
        _milliseconds(quantile(waits, 0.5)),
        _milliseconds(quantile(waits, 0.99)),
    )


def _growth(results: Results) -> Iterator[str]:
    head = ("contacts in the database", "updates/s", "min–max", "time", "CPU ms", "CPU")
    for name, sizes in results.growth.items():
        title = next(contender.title for contender in CONTENDERS if contender.name == name)
        few = sizes[min(sizes)]
        rows = []
        for size, rounds in sorted(sizes.items()):
            rates = values(rounds, AT_ONCE, rate)
            dear = _number(median(values(rounds, AT_ONCE, cpu)), 2)
            slower, dearer = _ratio(few, rounds, AT_ONCE, rate), _ratio(rounds, few, AT_ONCE, cpu)
            rows.append((f"{size:,}", _number(median(rates)), _spread(rates), slower, dear, dearer))
        yield f"Growth, {title}\n\n{_table(head, rows)}"


def _starts(results: Results) -> Iterator[str]:
    """Every start of a process tells; those that did nothing else are a row of their own."""
    rows = [
        (contender.title, *_start_cells(results.speed[contender.name]))
        for contender in CONTENDERS
        if contender.name in results.speed
    ]
    if results.starts:
        rows.append(("ours, SQLite, one update only", *_start_cells(results.starts)))
    if rows:
        yield f"Start\n\n{_table(('bot', 'ready, s', 'min–max', 'memory, MB'), rows)}"


def _start_cells(rounds: Sequence[Round]) -> tuple[str, str, str]:
    ready = [one.ready for one in rounds if not one.wrong]
    memory = median([one.memory for one in rounds if not one.wrong])
    return _number(median(ready), 2), _spread(ready, 2), _number(memory)


def _letters(results: Results) -> Iterator[str]:
    well = [one for one in results.letters if not one.wrong]
    if well:
        kinds = {
            "read, on a core": [one.read for one in well],
            "written, on a core": [one.written for one in well],
            f"sent, a connection each, {ROUND_TRIP * 1000:g} ms": [one.naive for one in well],
            f"sent, {CONNECTIONS} connections, {ROUND_TRIP * 1000:g} ms": [one.pooled for one in well],
        }
        rows = [(name, _number(median(found)), _spread(found)) for name, found in kinds.items()]
        yield f"Letters\n\n{_table(('letters', 'letters/s', 'min–max'), rows)}"


def _rush(results: Results) -> Iterator[str]:
    for one in results.rush:
        rows = [
            ("all listed in one message, s", _number(one.listed)),
            ("all topics opened, min", _number(one.opened / 60, 1)),
            ("answers to people meanwhile, s, at most", _number(max(one.answers))),
            ("replies to staff in the group, s, at most", _number(max(one.replies))),
            ("requests over the group's limit", _number(one.refused)),
            ("messages lost", _number(one.lost)),
        ]
        yield _table((f"{len(one.topics)} cases at once, by a simulated clock", "measured"), rows)


def _broadcasts(results: Results) -> Iterator[str]:
    """Share of the limit, what went wrong, and how long people waited; the last column is of a run of its own."""
    head = (
        "broadcast",
        "people",
        "a second",
        "of the limit",
        "429",
        "lost",
        "twice",
        "replies p50",
        "p99, ms",
        "after a 429",
    )
    rows = [
        (
            TITLES[one.name],
            f"{one.peace.people:,}",
            _number((one.peace.people - one.peace.lost - 1) / one.peace.seconds if one.peace.seconds else None, 1),
            f"{one.share:.1%}",
            f"{one.peace.refused:,}",
            f"{one.peace.lost:,}",
            f"{one.peace.doubled:,}",
            _number(one.peace.median),
            _number(one.peace.slowest),
            f"{one.trouble.injected:,}",
        )
        for one in results.broadcasts
    ]
    if rows:
        yield f"Broadcasts, 30 messages a second allowed\n\n{_table(head, rows)}"


def _mailbox(results: Results) -> Iterator[str]:
    well = [one for one in results.mailbox if not one.wrong]
    if well:
        waits = [wait for one in well for wait in one.waits]
        recoveries = [wait for one in well for wait in one.recoveries]
        rows = [
            ("from a letter's delivery to its answer, s", _number(median(waits), 2), _spread(waits, 2)),
            ("the same, the server killed before, s", _number(median(recoveries), 2), _spread(recoveries, 2)),
            ("taken in of a backlog, letters/s", _number(median([one.backlog for one in well])), ""),
            ("memory grown meanwhile, MB", _number(median([one.grown for one in well]), 1), ""),
        ]
        yield f"Mailbox\n\n{_table(('letters that come in', 'median', 'min–max'), rows)}"


def _targets(verdicts: Sequence[Verdict]) -> str:
    head = ("target", "at", "measured", "")
    rows = [
        (
            verdict.what,
            f"{'least' if verdict.at_least else 'most'} {verdict.bound:g}{verdict.unit}",
            _number(verdict.measured, 0 if verdict.bound > 99 else 2) + (verdict.unit if verdict.measured else ""),
            _MET[verdict.met],
        )
        for verdict in verdicts
    ]
    missed = sum(verdict.met is False for verdict in verdicts)
    told = f"{missed} of {len(verdicts)} targets missed." if missed else "No target was missed."
    return f"Targets\n\n{_table(head, rows)}\n\n{told}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay cells out in columns: the first to the left, figures to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    rule = ["-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:])]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        return "| " + " | ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]) + " |"

    return "\n".join([line(head), line(rule), *map(line, rows)])


def _ratio(ours: Sequence[Round], theirs: Sequence[Round], latency: float, pick: Pick) -> str:
    found = median(ratios(ours, theirs, latency, pick))
    return _NOTHING if found is None else f"{found:.2f}x"


def _number(value: float | None, digits: int = 0) -> str:
    return _NOTHING if value is None else f"{value:,.{digits}f}"


def _spread(found: Sequence[float], digits: int = 0) -> str:
    return f"{min(found):,.{digits}f}–{max(found):,.{digits}f}" if found else _NOTHING


def _percent(found: float | None) -> str:
    return _NOTHING if found is None else f"{found:.0%}"


def _milliseconds(seconds: float | None) -> str:
    return _number(None if seconds is None else seconds * 1000)
