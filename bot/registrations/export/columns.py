"""Columns of the tables that people read: their headings, and what stands in them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.registrations.export.entry import LANDS, PLANTERS, STATES, Entry, about, days, kind, latin, least, plain
from flows.planting_kind import Trees

_DAY, _DEGREES = 'DD.MM.YYYY"."', "0.000000"

Cell = str | int | float | date | None
Row = list[Cell]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column: `width` (characters) and `format` as a spreadsheet has them; `private` tells who and where one is."""

    heading: str
    cell: Callable[[Entry, Trees], Cell]
    width: int = 14
    format: str = ""
    private: bool = False


COLUMNS: Sequence[Column] = (
    Column(heading="Numurs", cell=lambda entry, _: entry.reference, width=18),
    Column(heading="Vieta", cell=lambda entry, _: entry.site, width=7),
    Column(heading="Stāvoklis", cell=lambda entry, _: STATES.get(entry.state, entry.state), width=20),
    Column(heading="Saņemts", cell=lambda entry, _: entry.received_on, format=_DAY),
    Column(heading="Stādīja", cell=lambda entry, _: PLANTERS.get(entry.planter, entry.planter), width=24),
    Column(heading="Organizācija", cell=lambda entry, _: plain(entry.organisation), width=32),
    Column(heading="Suga", cell=lambda _, tree: kind(tree), width=22),
    Column(heading="Suga latīniski", cell=lambda _, tree: latin(tree), width=24),
    Column(heading="Skaits", cell=lambda _, tree: least(tree), width=10),
    Column(heading="Par skaitu", cell=lambda _, tree: about(tree), width=16),
    Column(heading="Stādīts no", cell=lambda entry, _: days(entry.planted)[0], format=_DAY),
    Column(heading="Stādīts līdz", cell=lambda entry, _: days(entry.planted)[1], format=_DAY),
    Column(heading="Novads vai pilsēta", cell=lambda entry, _: entry.place.municipality, width=24),
    Column(heading="Pagasts", cell=lambda entry, _: entry.place.parish, width=20),
    Column(heading="Platums (WGS 84)", cell=lambda entry, _: entry.place.lat, width=18, format=_DEGREES),
    Column(heading="Garums (WGS 84)", cell=lambda entry, _: entry.place.lon, width=18, format=_DEGREES),
    Column(heading="Vietas veids", cell=lambda entry, _: LANDS.get(entry.land, entry.land), width=22),
    Column(heading="Pasākuma kods", cell=lambda entry, _: plain(entry.campaign), width=16),
    Column(heading="Apdzīvota vieta", cell=lambda entry, _: plain(entry.place.settlement), width=20, private=True),
    Column(heading="Iela", cell=lambda entry, _: plain(entry.place.street), width=20, private=True),
    Column(heading="Māja", cell=lambda entry, _: plain(entry.place.house), width=20, private=True),
    Column(heading="Vieta, kā uzrakstīta", cell=lambda entry, _: plain(entry.place.words), width=28, private=True),
    Column(heading="Kadastra numurs", cell=lambda entry, _: _grouped(entry.place.cadastre), width=18, private=True),
    Column(heading="Kontaktpersona", cell=lambda entry, _: plain(entry.contact.name), width=24, private=True),
    Column(heading="Tālrunis", cell=lambda entry, _: _spaced(entry.contact.phone), width=18, private=True),
    Column(heading="E-pasts", cell=lambda entry, _: plain(entry.contact.email), width=28, private=True),
)


def shown(*, private: bool) -> list[Column]:
    """Return the columns of a table; those that tell who or where somebody lives only where they are asked for."""
    return [column for column in COLUMNS if private or not column.private]


def rows(entry: Entry, columns: Sequence[Column]) -> Iterator[Row]:
    """Yield a row for each kind of trees: the numbers of a table add up."""
    for tree in entry.trees or (Trees(),):
        yield [column.cell(entry, tree) for column in columns]


def _grouped(cadastre: str) -> str:
    """Write it in groups: eleven digits in a row a spreadsheet would round."""
    return f"{cadastre[:4]} {cadastre[4:7]} {cadastre[7:]}" if cadastre else ""


def _spaced(phone: str) -> str:
    """Write a number without its plus, in groups, so that it stays text."""
    digits = phone.removeprefix("+")
    return f"{digits[:3]} {digits[3:]}" if digits.startswith("371") else plain(digits)
