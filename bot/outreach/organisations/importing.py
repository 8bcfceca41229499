"""Importing: a list of organisations, read from a table and kept, each address once.

What can't be taken comes back with its row, in words for whoever made the list.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.engine import Connection

from bot.lists.book import Cell, Trouble, TroubleError, as_text, open_book
from bot.messages import LETTERS, Address
from bot.outreach.organisations.records import KINDS, organisations
from bot.people import contacts
from knowledge.latvian.text import fold
from knowledge.places import Place, find_places

_HEADINGS = {
    "name": ("nosaukums", "organizacija", "iestade", "name"),
    "address": ("epasts", "epasta adrese", "adrese", "email", "mail"),
    "kind": ("veids", "tips", "kind", "type"),
    "municipality": ("novads", "pasvaldiba", "novads vai pilseta", "municipality"),
    "source": ("avots", "adreses avots", "source"),
}
_SAID = {
    "school": ("skol", "gimnaz", "bernudarz", "pirmsskol", "school"),
    "municipality": ("pasvald", "novad", "pagast", "municip"),
    "company": ("uznem", "saimniec", "kooper", "firm", "compan"),
    "association": ("biedr", "nodibin", "nvo", "draudz", "associat"),
    "media": ("medij", "laikrakst", "avize", "zurnal", "radio", "televiz", "portal"),
    "other": ("cit", "other"),
}
_TROUBLES = {
    Trouble.LOCKED: "Fails ir ar paroli. Saglabājiet to bez paroles.",
    Trouble.BROKEN: "Fails ir bojāts. Saglabājiet to vēlreiz kā .xlsx vai .csv.",
    Trouble.EMPTY: "Failā nav nevienas rindas.",
    Trouble.TOO_MANY_ROWS: "Failā ir pārāk daudz rindu. Sadaliet to vairākos.",
}
_UNREAD = "Failā nav tabulas. Der .xlsx vai .csv ar kolonnām „Nosaukums” un „E-pasts”."
_LONGEST = 200  # characters of a name, or of a source


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A row that can be kept."""

    row: int
    name: str
    address: Address
    kind: str
    municipality: str | None
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Why a row can't be kept, in Latvian; row 0 is the file."""

    row: int
    say: str

    def __str__(self) -> str:
        """Write it as it is printed."""
        return f"{self.row}. rinda: {self.say}" if self.row else self.say


@dataclass(kw_only=True, slots=True)
class Kept:
    """How many were new, known, never to be written to again, and asked to be erased."""

    new: int = 0
    known: int = 0
    stopped: int = 0
    erased: int = 0

    def add(self, other: "Kept") -> None:
        """Count what another part of the list came to."""
        self.new += other.new
        self.known += other.known
        self.stopped += other.stopped
        self.erased += other.erased


def read(data: bytes, source: str) -> tuple[list[Given], list[Fault]]:
    """Read a file; `source` is where the addresses are from, unless a column says so."""
    try:
        sheets = open_book(data).sheets
    except TroubleError as error:
        return [], [Fault(row=0, say=_TROUBLES.get(error.trouble, _UNREAD))]
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:10], start=1):
            columns = _columns(row)
            if {"name", "address"} <= columns.keys():
                return _rows(sheet.rows, number, columns, source)
    return [], [Fault(row=0, say=_UNREAD)]


def keep(
    tx: Connection,
    given: Sequence[Given],
    now: datetime,
    *,
    erased: Callable[[Connection, str], bool],
    new_id: Callable[[], str],
) -> Kept:
    """Keep what was read. Whoever said no stays so, and whoever was erased does not come back."""
    kept = Kept()
    for one in given:
        address = str(one.address)
        if erased(tx, address):
            kept.erased += 1
            continue
        told = {"name": one.name, "kind": one.kind, "municipality": one.municipality, "source": one.source}
        known = tx.execute(sa.select(organisations).where(organisations.c.address == address)).first()
        if known is None:
            owner = contacts.owner(tx, one.address) or contacts.add(tx, one.address, now)
            row = {**told, "address": address, "contact_id": owner, "code": new_id(), "imported_at": now}
            tx.execute(sa.insert(organisations).values(row))
            kept.new += 1
            continue
        tx.execute(sa.update(organisations).where(organisations.c.id == known.id).values(told))
        kept.stopped += known.stopped_at is not None
        kept.known += known.stopped_at is None
    return kept


def _columns(row: Sequence[Cell]) -> dict[str, int]:
    """Return which column holds what, by the words above it."""
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        said = " ".join(fold(as_text(cell)).replace("-", "").split())
        name = next((name for name, known in _HEADINGS.items() if said in known), None)
        if name is not None:
            found.setdefault(name, at)
    return found


def _rows(
    rows: Sequence[Sequence[Cell]], heading: int, columns: dict[str, int], source: str
) -> tuple[list[Given], list[Fault]]:
    given: list[Given] = []
    faults: list[Fault] = []
    seen: dict[Address, int] = {}
    for number, row in enumerate(rows[heading:], start=heading + 1):
        said = {name: " ".join(as_text(row[at]).split()) if at < len(row) else "" for name, at in columns.items()}
        if not any(said.values()):
            continue
        one = _row(number, said, source)
        if isinstance(one, Given) and one.address in seen:
            one = Fault(row=number, say=f"tā pati adrese jau ir {seen[one.address]}. rindā; der pirmā.")
        if isinstance(one, Fault):
            faults.append(one)
            continue
        seen[one.address] = number
        given.append(one)
    return given, faults


def _row(number: int, said: dict[str, str], source: str) -> Given | Fault:
    """Read one row, or say what is wrong with it."""
    stated = said["address"].removeprefix("mailto:")
    given = Given(
        row=number,
        name=said["name"],
        address=Address(LETTERS, _address(stated)),
        kind=_kind(said.get("kind", "")),
        municipality=_municipality(said.get("municipality", "")),
        source=said.get("source") or source,
    )
    wrong = next((sentence for fails, sentence in _faults(given, said, stated) if fails), "")
    return Fault(row=number, say=wrong) if wrong else given


def _faults(given: Given, said: dict[str, str], stated: str) -> Iterator[tuple[bool, str]]:
    """Yield what can be wrong with a row, and whether it is."""
    kinds = ", ".join(KINDS.values())
    yield not given.name, "nav nosaukuma."
    yield len(given.name) > _LONGEST, f"nosaukums ir garāks par {_LONGEST} zīmēm."
    yield not stated, "nav e-pasta adreses."
    yield not given.address.ident, f"„{stated[:60]}” nav e-pasta adrese."
    yield not given.kind, f"veidu „{said.get('kind', '')[:40]}” nezinu. Der: {kinds}."
    unknown = bool(said.get("municipality")) and not given.municipality
    where = said.get("municipality", "")[:40]
    yield unknown, f"novadu „{where}” nezinu. Rakstiet, piemēram, „Cēsu novads” vai „Rīga”."
    yield not given.source, "nav teikts, no kurienes adrese. Pielieciet kolonnu „Avots” vai izvēli --source."
    yield len(given.source) > _LONGEST, f"avots ir garāks par {_LONGEST} zīmēm."


def _address(stated: str) -> str:
    """Return an e-mail address in lower case; '' for what is none."""
    try:
        found = validate_email(stated, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return ""
    return (found.ascii_email or "").lower()


def _kind(said: str) -> str:
    """Return the code of a kind; „other” where none is said, '' for one that nobody knows."""
    folded = fold(said)
    if not folded:
        return "other"
    return next((code for code, stems in _SAID.items() if folded.startswith(stems)), "")


def _municipality(said: str) -> str | None:
    """Return a municipality by its name; None where none is said, or one that nobody knows."""
    places = (found.value for found in find_places(said, answering=True)) if said else ()
    return next((place.municipality for place in places if isinstance(place, Place) and place.municipality), None)
