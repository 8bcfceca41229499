"""Exporting: from the database into one file, a page at a time, so that memory stays flat however much there is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy.engine import Connection

from bot.registrations.export import history
from bot.registrations.export.checking import Fault, check_zip
from bot.registrations.export.entry import Entry
from bot.registrations.export.geojson import write_geojson
from bot.registrations.export.history import Registered, Wish
from bot.registrations.export.mapping import Layout
from bot.registrations.export.reportnet import lacks, write_reportnet
from bot.registrations.export.sheets import write_csv, write_xlsx

FORMATS = ("csv", "xlsx", "geojson", "reportnet")
SUFFIXES = {"csv": ".csv", "xlsx": ".xlsx", "geojson": ".geojson", "reportnet": ".zip"}

_MOST_NAMED = 30
_MOST_FAULTS = 30

T = TypeVar("T")


class Books(Protocol):
    """The database as an export needs it; a `Database` is one."""

    def read_now(self, work: Callable[[Connection], T], /) -> T:
        """Read."""
        ...

    def write_now(self, work: Callable[[Connection], T], /) -> T:
        """Write in a transaction of its own."""
        ...


class OverlapError(Exception):
    """Another export told Reportnet of the same registrations meanwhile. No file was made; trying again helps."""


@dataclass(kw_only=True, slots=True)
class Named:
    """Registrations by their references: the first thirty, and how many there are."""

    references: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, reference: str) -> None:
        """Count one more."""
        self.count += 1
        if len(self.references) < _MOST_NAMED:
            self.references.append(reference)


@dataclass(kw_only=True, slots=True)
class Outcome:
    """What an export came to. `number` is 0 for one that does not count: a trial, or nothing to tell.

    For Reportnet: `changed` were exported before and are different now, `gone` are withdrawn or rejected since,
    `incomplete` lack what a delivery must have, as „reference: fields”; `before` counts those left out because they
    were exported before. `faults` are what Reportnet would refuse.
    """

    number: int = 0
    registrations: int = 0
    rows: int = 0
    trial: bool = False
    changed: Named = field(default_factory=Named)
    gone: Named = field(default_factory=Named)
    incomplete: Named = field(default_factory=Named)
    before: int = 0
    faults: Sequence[Fault] = ()

    @property
    def empty(self) -> bool:
        """Whether there was nothing to tell, and so no file."""
        return not self.registrations


def export(
    books: Books,
    wish: Wish,
    path: Path,
    *,
    layout: Layout,
    by: str,
    now: datetime,
    order_id: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Make the file and write down that it was made; `progress` hears how many registrations were looked at.

    The file gets its name only once it is whole and noted. Raises OverlapError, TooManyRowsError, OSError.
    """
    part = path.with_name(f".{path.name}.part")
    outcome = Outcome(trial=wish.reports and not layout.sure)
    number = 0 if outcome.trial else books.write_now(lambda tx: history.begin(tx, wish, by, now, order_id))
    telling = _Telling(books=books, wish=wish, layout=layout, outcome=outcome, number=number, progress=progress)
    try:
        outcome.rows = _write(part, wish, telling.entries(), layout, now)
        if outcome.empty:
            return outcome
        if wish.reports:
            outcome.faults = tuple(islice(check_zip(part, layout), _MOST_FAULTS))
        if number and not books.write_now(
            lambda tx: history.finish(tx, number, outcome.registrations, now, again=wish.again)
        ):
            raise OverlapError(path.name)
        outcome.number = number
        part.replace(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return outcome


def _write(path: Path, wish: Wish, told: Iterator[Entry], layout: Layout, now: datetime) -> int:
    match wish.format:
        case "csv":
            return write_csv(path, told, private=wish.contacts)
        case "xlsx":
            return write_xlsx(path, told, private=wish.contacts)
        case "geojson":
            return write_geojson(path, told)
        case "reportnet":
            return write_reportnet(path, told, layout, now)
    raise ValueError(wish.format)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Telling:
    """What is told, page by page, and noted as it is."""

    books: Books
    wish: Wish
    layout: Layout
    outcome: Outcome
    number: int
    progress: Callable[[int], None]

    def entries(self) -> Iterator[Entry]:
        last, seen = 0, 0
        while page := self._page(last):
            last, seen = page[-1].id, seen + len(page)
            for registered in self._for_reportnet(page) if self.wish.reports else page:
                self.outcome.registrations += 1
                yield from registered.entries
            self.progress(seen)
        if self.wish.reports:
            for reference in self.books.read_now(history.gone):
                self.outcome.gone.add(reference)

    def _page(self, last: int) -> list[Registered]:
        return self.books.read_now(lambda tx: history.page(tx, self.wish, last))

    def _for_reportnet(self, page: Sequence[Registered]) -> list[Registered]:
        """Return those of a page that are told, and write their fingerprints down before they are."""
        before = self.books.read_now(lambda tx: history.earlier(tx, [one.id for one in page]))
        kept = []
        for one in page:
            if one.planter not in self.layout.planters:
                continue
            if one.id in before and before[one.id] != one.fingerprint:
                self.outcome.changed.add(one.reference)
            if one.id in before and not self.wish.again:
                self.outcome.before += 1
            elif missing := lacks(self.layout, one.entries):
                self.outcome.incomplete.add(f"{one.reference}: {', '.join(missing)}")
            else:
                kept.append(one)
        if self.number:
            marks = {one.id: one.fingerprint for one in kept}
            self.books.write_now(lambda tx: history.add(tx, self.number, marks))
        return kept
