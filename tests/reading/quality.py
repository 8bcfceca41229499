"""How well values are read out of sentences: `python -m tests.reading.quality` prints the rates per kind of value.

A sentence of a set says which values it states; a kind it does not name is not stated. The notation:

    plantings   `Quercus robur 50`; `Betula 40-50`; `Picea abies 301-` (more than 300); `Tilia cordata` (no count);
                `* 100` (of no named kind); `* 60 (Betula, Picea abies)` (one count for both)
    dates       every date that can be nothing else, planted: the days of planting; `2025`, `2025-04`, `2025-04-26`,
                `2025-autumn` (a winter bears the year it ends in), `2021-01-01..2023-12-31`, `bad` where there is no
                such day
    place, phone, email, invalid    as `python -m bot read register_trees` tells them; of a place any of its parts

`sentences`, `fresh`, `harder` and `unseen` are read by `find_plantings` and `find_dates`, `messages` by the command.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

import yaml

from bot.commands.read import read
from flows.catalogue import FLOWS
from knowledge.latvian.dates import BadDate, find_dates
from knowledge.latvian.periods import month_of, season_of, years
from knowledge.plantings import Planting, find_plantings

_HERE = Path(__file__).parent
SEEN = ("sentences", "messages")
UNSEEN = ("unseen", "fresh", "harder", "messages-unseen", "messages-later")
_SEASONS = ("spring", "summer", "autumn", "winter")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence with the values it states, and those that were read: (kind, value) in plain words."""

    text: str
    wanted: Sequence[tuple[str, str]]
    told: Sequence[tuple[str, str]]

    @property
    def right(self) -> bool:
        """Whether exactly what is stated was read."""
        return sorted(self.wanted) == sorted(self.told)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Of one kind: values stated, of these read right, read beyond them, and of these in sentences that state none."""

    wanted: int = 0
    right: int = 0
    beyond: int = 0
    invented: int = 0


def sentences(name: str) -> list[Sentence]:
    """Read every sentence of a set."""
    stored = yaml.safe_load((_HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return [_judged(case, stored["today"], command=name.startswith("messages")) for case in stored["sentences"]]


def rates(judged: Sequence[Sentence]) -> dict[str, Rate]:
    """Sum up by kind of value; `all` is the sum of the kinds."""
    sums: dict[str, Counter[str]] = {}
    for sentence in judged:
        for kind in sorted({kind for kind, _ in (*sentence.wanted, *sentence.told)}):
            wanted, told = (Counter(v for k, v in values if k == kind) for values in (sentence.wanted, sentence.told))
            beyond = (told - wanted).total()
            one = Counter(wanted=wanted.total(), right=(told & wanted).total(), beyond=beyond)
            one["invented"] = 0 if wanted else beyond
            for key in (kind, "all"):
                sums.setdefault(key, Counter()).update(one)
    return {kind: Rate(**counted) for kind, counted in sorted(sums.items(), key=lambda item: item[0] == "all")}


# ------------------------------------------------------------------------------------------------ what is stated


def _judged(case: Mapping[str, Any], today: date, *, command: bool) -> Sentence:
    wanted = tuple(_by_command_wanted(case) if command else _by_readers_wanted(case))
    told = _by_command(case["text"], today) if command else _by_readers(case["text"], today)
    named = {kind for kind, _ in wanted}
    # A municipality that follows from a point need not be named, nor which it is.
    derived = "place.municipality" if "place.lat" in named and "place.municipality" not in named else ""
    return Sentence(text=case["text"], wanted=wanted, told=tuple(value for value in told if value[0] != derived))


def _by_readers_wanted(case: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from (("plantings", label) for label in case.get("plantings", ()))
    yield from (("dates", _days(str(label))) for label in case.get("dates", ()))


def _by_command_wanted(case: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for label in case.get("plantings", ()):
        together, _, kinds = label.partition(" (")
        yield "plantings", together
        yield from (("plantings", kind.strip()) for kind in kinds.rstrip(")").split(",") if kind)
    if "planted" in case:
        yield "planted", _days(str(case["planted"]))
    yield from ((f"place.{part}", _plain(value)) for part, value in case.get("place", {}).items())
    yield from ((key, case[key]) for key in ("phone", "email") if key in case)
    yield from (("invalid", key) for key in case.get("invalid", ()))


def _days(label: str) -> str:
    """Return `2025-autumn` as its first and last day."""
    year, _, rest = label.partition("-")
    if label == "bad" or ".." in label:
        return label
    if rest in _SEASONS:
        period = season_of(int(year), _SEASONS.index(rest))
    elif not rest:
        period = years(int(year), int(year))
    elif "-" not in rest:
        period = month_of(int(year), int(rest))
    else:
        return f"{label}..{label}"
    return f"{period.first}..{period.last}"


# ------------------------------------------------------------------------------------------------- what was read


def _by_readers(text: str, today: date) -> Iterator[tuple[str, str]]:
    yield from (("plantings", _planting(found.value)) for found in find_plantings(text, today))
    for value in (found.value for found in find_dates(text, today)):
        if isinstance(value, BadDate) or value.sure:
            yield "dates", "bad" if isinstance(value, BadDate) else f"{value.first}..{value.last}"


def _planting(planting: Planting) -> str:
    together = f" ({', '.join(planting.kinds)})" if planting.kinds else ""
    number = _number(planting.count, None if planting.least is None else [planting.least, planting.most])
    return (planting.species or "*") + number + together


def _number(count: int | None, between: Sequence[int | None] | None) -> str:
    if count is not None:
        return f" {count}"
    return f" {between[0]}-{'' if between[1] is None else between[1]}" if between else ""


def _by_command(text: str, today: date) -> Iterator[tuple[str, str]]:
    result = read(FLOWS["register_trees"], text, today)
    answers = result["answers"]
    for tree in answers.get("plantings", ()):
        yield "plantings", (tree["species"] or "*") + _number(tree["count"], tree.get("count_range"))
    if "planted" in answers:
        yield "planted", f"{answers['planted']['from']}..{answers['planted']['to']}"
    yield from ((f"place.{part}", _plain(value)) for part, value in answers.get("place", {}).items())
    yield from ((key, answers[key]) for key in ("phone", "email") if key in answers)
    yield from (("invalid", key) for key in result["invalid"])


def _plain(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


# ------------------------------------------------------------------------------------------------------ printing


@cache
def _interval(right: int, wanted: int) -> str:
    """Return a 95 % interval after Wilson, in per cent."""
    if not wanted:
        return ""
    share, z = right / wanted, 1.96
    middle = (share + z * z / (2 * wanted)) / (1 + z * z / wanted)
    spread = z * sqrt(share * (1 - share) / wanted + z * z / (4 * wanted * wanted)) / (1 + z * z / wanted)
    return f"{100 * (middle - spread):.0f}-{100 * min(1.0, middle + spread):.0f}"


def main() -> None:
    """Print a table for each set, and of the seen ones what fails."""
    write = sys.stdout.write
    for name in (*SEEN, *UNSEEN):
        judged = sentences(name)
        write(f"\n{name}: {len(judged)} sentences, {sum(s.right for s in judged)} fully right\n")
        write(f"  {'kind':<20} {'stated':>6} {'right':>6} {'%':>6} {'95 %':>7} {'beyond':>7} {'invented':>9}\n")
        for kind, rate in rates(judged).items():
            share = f"{100 * rate.right / rate.wanted:.1f}" if rate.wanted else ""
            between = _interval(rate.right, rate.wanted)
            write(
                f"  {kind:<20} {rate.wanted:>6} {rate.right:>6} {share:>6} {between:>7} {rate.beyond:>7}"
                f" {rate.invented:>9}\n"
            )
        for sentence in judged if name in SEEN else ():
            if not sentence.right:
                write(f"  ✗ {sentence.text}\n")
                write(f"      stated {sorted(sentence.wanted)}\n      read   {sorted(sentence.told)}\n")


if __name__ == "__main__":
    main()
