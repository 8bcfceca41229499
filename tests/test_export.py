"""Exports from the database: only what is accepted, each told to Reportnet once, and everything written down."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import __main__ as commands
from bot.commands.progress import Progress
from bot.database import Database
from bot.messages import Address
from bot.people import contacts
from bot.registrations import sites
from bot.registrations.export import exporting, history, mapping
from bot.registrations.export.exporting import Outcome, OverlapError, export
from bot.registrations.export.history import Wish, exports
from bot.registrations.records import registrations
from flows.planting_kind import Trees
from flows.said import File
from flows.where_kind import Site
from tests.registered import NOW, permit, planting, register, register_listed

_SURE = replace(mapping.load(), certainty="sure")
_REPORTNET = Wish(format="reportnet")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return an empty database, of each kind in turn."""
    one = Database(database_url)
    yield one
    one.dispose()


class _Office:
    """Exports into a folder, one file after the other."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.now = NOW

    def registers(self, number: int, **changes: Any) -> int:
        """Put a registration down."""
        return self.database.write_now(lambda tx: register(tx, number, **changes))

    def changes(self, number: int, **values: Any) -> None:
        """Change columns of a registration."""
        one = registrations.c.reference == f"3MK-2026-{number:06d}"
        self.database.write_now(lambda tx: tx.execute(sa.update(registrations).where(one).values(values)))

    def exports(self, wish: Wish, layout: mapping.Layout = _SURE) -> tuple[Outcome, Path]:
        """Make a file."""
        self.now += timedelta(minutes=1)
        path = self.folder / f"{self.now:%H%M}{exporting.SUFFIXES[wish.format]}"
        return export(self.database, wish, path, layout=layout, by="telegram:7", now=self.now), path

    def told(self, wish: Wish) -> list[str]:
        """Export for people and return the references, one for each row."""
        _, path = self.exports(wish)
        rows = csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";")
        return [row["Numurs"][-1] for row in rows]

    def delivers(self, *, again: bool = False) -> list[str]:
        """Export for Reportnet and return the last digits of the references."""
        outcome, path = self.exports(replace(_REPORTNET, again=again))
        if outcome.empty:
            return []
        with ZipFile(path) as archive:
            rows = csv.DictReader(io.StringIO(archive.read("PlantingSites.csv").decode(), newline=""))
            return [row["siteId"].split("/")[0][-1] for row in rows]


@pytest.fixture
def office(database: Database, tmp_path: Path) -> _Office:
    """Return an office with nothing registered yet."""
    return _Office(database, tmp_path)


def test_only_what_was_accepted_leaves(office: _Office) -> None:
    """What nobody has looked at, what is asked about, rejected or withdrawn stays in the house."""
    states = ["received", "question", "accepted", "rejected", "entered", "withdrawn", "reported"]
    for number, state in enumerate(states, start=1):
        office.registers(number, state=state)
    assert ["3", "3", "5", "5", "7", "7"] == office.told(Wish(format="csv"))


def test_days_are_those_of_riga(office: _Office) -> None:
    """Half past ten in the evening in London is the next day here; both days are included."""
    for number, hours in enumerate((0, 12, 13, 36, 37), start=1):
        office.registers(
            number, received_at=NOW + timedelta(hours=hours), plantings=(Trees(species="Picea abies", count=1),)
        )
    day = date(2026, 11, 25)
    assert ["3", "4", "5"] == office.told(Wish(format="csv", first=day, last=date(2026, 11, 26)))
    assert ["3", "4"] == office.told(Wish(format="csv", first=day, last=day))


@pytest.mark.parametrize("form", exporting.FORMATS)
def test_an_export_is_written_down(office: _Office, form: str) -> None:
    """Who asked for what, when, and whether people could be recognised in it."""
    office.registers(1)
    outcome, path = office.exports(Wish(format=form, contacts=form == "csv"))
    row = office.database.read_now(lambda tx: tx.execute(sa.select(exports)).one())
    assert (outcome.number, form, "telegram:7", form == "csv", 1) == (
        row.id,
        row.format,
        row.by,
        row.contacts,
        row.registrations,
    )
    assert [path] == list(office.folder.glob("[0-9]*"))
    assert [] == list(office.folder.glob(".*.part*"))


def test_nothing_is_told_to_reportnet_twice(office: _Office) -> None:
    """What was exported stays out of the next delivery; a new registration goes alone."""
    office.registers(1)
    office.registers(2)
    assert ["1", "2"] == office.delivers()
    assert [] == office.delivers()
    office.registers(3)
    assert ["3"] == office.delivers()
    assert ["1", "2", "3"] == office.delivers(again=True)


def test_what_changed_since_is_named(office: _Office) -> None:
    """A registration that was changed or withdrawn after its export is named; the whole goes with `again`."""
    for number in (1, 2, 3):
        office.registers(number)
    office.delivers()
    office.changes(2, answers=_answers(office, 2) | {"plantings": [["Quercus robur", 51]]})
    office.changes(3, state="withdrawn")
    outcome, _ = office.exports(_REPORTNET)
    assert (["3MK-2026-000002"], ["3MK-2026-000003"], 2) == (
        outcome.changed.references,
        outcome.gone.references,
        outcome.before,
    )
    assert ["1", "2"] == office.delivers(again=True)
    after, _ = office.exports(_REPORTNET)
    assert [] == after.changed.references


def test_a_permission_that_is_taken_back_is_named(office: _Office) -> None:
    """Whose trees were exported and may no longer be entered is named, and left out of a delivery made anew."""
    for number in (1, 2):
        office.registers(number)
    office.delivers()
    office.database.write_now(lambda tx: permit(tx, contacts.owner(tx, Address("telegram", "1001")) or 0, given=False))
    outcome, _ = office.exports(_REPORTNET)
    assert ["3MK-2026-000001"] == outcome.gone.references
    assert ["2"] == office.delivers(again=True)


@pytest.mark.parametrize("form", exporting.FORMATS)
def test_no_photo_leaves(office: _Office, form: str) -> None:
    """Pictures stay in the house, whether people are in them or not: nothing in a file leads to one."""
    photo = File(ref="photo-ref", unique="photo-unique", media_type="image/jpeg", size=1000)
    office.registers(1, photos=(photo,), people_in_photos=True)
    _, path = office.exports(Wish(format=form, contacts=form in {"csv", "xlsx"}))
    inside = [path.read_bytes()]
    if form in {"xlsx", "reportnet"}:
        with ZipFile(path) as archive:
            inside = [archive.read(name) for name in archive.namelist()]
    assert b"3MK-2026-000001" in b"".join(inside)
    assert [] == [name for name in (b"photo-ref", b"photo-unique", b"image/jpeg") if name in b"".join(inside)]


def test_only_those_who_report_by_this_way_and_allow_it(office: _Office) -> None:
    """Private persons, who enters their trees themselves, what is entered, and who took permission back stay out."""
    office.registers(1)
    office.registers(2, who="person", organisation="")
    office.registers(3, entered_by="self")
    office.registers(4, state="entered")
    office.registers(5)
    fifth = Address("telegram", "1005")
    office.database.write_now(lambda tx: permit(tx, contacts.owner(tx, fifth) or 0, given=False))
    assert ["1"] == office.delivers()


def test_what_lacks_something_is_named_and_goes_once_it_is_there(office: _Office) -> None:
    """A registration without a point is not delivered, and not forgotten."""
    office.registers(1)
    office.registers(2, place=Site(municipality="Smiltenes novads", parish="Drustu pagasts", house="Kalniņi"))
    outcome, _ = office.exports(_REPORTNET)
    assert (["3MK-2026-000002: location"], 1) == (outcome.incomplete.references, outcome.registrations)
    place = {"lat": 57.2, "lon": 25.6, "municipality": "Smiltenes novads"}
    office.changes(2, answers=_answers(office, 2) | {"place": place})
    assert ["2"] == office.delivers()


def test_while_the_names_are_not_sure_a_delivery_is_a_trial(office: _Office) -> None:
    """A file by our own working names can be looked at, and counts for nothing."""
    office.registers(1)
    outcome, path = office.exports(_REPORTNET, mapping.load())
    assert (True, 0, True) == (outcome.trial, outcome.number, path.exists())
    assert ["1"] == office.delivers()


def test_two_exports_at_once_tell_nothing_twice(office: _Office) -> None:
    """Of two that overlap only the one that is done first counts; the other leaves no file."""
    office.registers(1)
    path = office.folder / "second.zip"

    def overtaken(_: int) -> None:
        office.delivers()

    with pytest.raises(OverlapError):
        export(
            office.database,
            _REPORTNET,
            path,
            layout=_SURE,
            by="telegram:8",
            now=NOW,
            progress=overtaken,
        )
    assert [False, 1] == [path.exists(), len(list(office.folder.glob("*.zip")))]


def test_an_export_that_died_has_told_nobody_anything(office: _Office) -> None:
    """What was noted page by page counts only once the file was whole."""
    ident = office.registers(1)

    def die(tx: Connection) -> None:
        history.add(tx, history.begin(tx, _REPORTNET, "telegram:8", NOW), {ident: "0" * 32})

    office.database.write_now(die)
    assert ["1"] == office.delivers()


def test_an_order_that_is_carried_out_anew_tells_the_same(office: _Office) -> None:
    """When the file of a first attempt never reached anybody, the second one holds the same registrations."""
    office.registers(1)
    made = [
        export(
            office.database,
            _REPORTNET,
            office.folder / f"{attempt}.zip",
            layout=_SURE,
            by="telegram:7",
            now=NOW,
            order_id=5,
        ).registrations
        for attempt in range(2)
    ]
    assert [1, 1] == made
    assert [] == office.delivers()


def test_many_pages_are_told_in_order(office: _Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory holds a page at a time; no registration is lost or doubled at its seam, and progress is heard."""
    monkeypatch.setattr(history, "_PAGE", 2)
    for number in range(1, 6):
        office.registers(number)
    heard: list[int] = []
    path = office.folder / "all.zip"
    export(office.database, _REPORTNET, path, layout=_SURE, by="x", now=NOW, progress=heard.append)
    assert [2, 4, 5] == heard
    with ZipFile(path) as archive:
        assert 1 + 5 * 2 == archive.read("PlantedTrees.csv").count(b"\r\n")


def test_a_list_is_told_row_by_row(office: _Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """An organisation's list is one registration with a site for each row of its file, however many there are."""
    rows = [
        planting(2, "Quercus robur", 10),
        planting(2, "Tilia cordata", 5),
        planting(3, None, 7, planted_from=None, planted_to=None, lat=57.3),
    ]
    office.database.write_now(lambda tx: register_listed(tx, 1, rows))
    office.registers(2)
    monkeypatch.setattr(history, "_FULL", 1)
    assert ["1", "1", "1", "2", "2"] == office.told(Wish(format="csv"))
    _, path = office.exports(Wish(format="geojson"))
    first, second, _ = json.loads(path.read_text("utf-8"))["features"]
    assert ("3MK-2026-000001/1", 15) == (first["id"], first["properties"]["count"])
    assert ([25.6, 57.3], None, "dažādi koki") == (
        second["geometry"]["coordinates"],
        second["properties"]["planted_from"],
        second["properties"]["trees"][0]["name"],
    )


def test_a_list_that_changed_is_named(office: _Office) -> None:
    """A corrected file changes the registration; a list with a row that can't be delivered waits as a whole."""
    ident = office.database.write_now(lambda tx: register_listed(tx, 1, [planting(2, "Quercus robur", 10)]))
    bare = [planting(2, "Quercus robur", 1), planting(3, "Quercus robur", 1, lat=None, lon=None)]
    office.database.write_now(lambda tx: register_listed(tx, 2, bare))
    assert ["1"] == office.delivers()
    office.database.write_now(lambda tx: sites.replace(tx, ident, [planting(2, "Quercus robur", 11)]))
    outcome, _ = office.exports(_REPORTNET)
    assert (["3MK-2026-000001"], ["3MK-2026-000002: location"]) == (
        outcome.changed.references,
        outcome.incomplete.references,
    )


def test_an_answer_of_another_release_stops_nothing(office: _Office) -> None:
    """What this release can't read is left out of the file, the rest is told."""
    office.registers(1, flow="plant_flags")
    office.registers(2, plantings=(Trees(species="Picea abies", count=1),))
    assert ["2"] == office.told(Wish(format="csv"))


def test_the_command_makes_a_file_and_says_what_it_holds(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`export`, then `export --check`: what was made is named in Latvian; a file that is there is left alone."""
    database = Database(database_url)
    database.write_now(lambda tx: register(tx, 1))
    database.dispose()
    monkeypatch.setenv("DATABASE_URL", database_url)
    path = tmp_path / "delivery.zip"
    given = ["export", "--format", "reportnet", str(path)]
    assert 0 == commands.main(given)
    assert "izmēģinājums: reģistrācijas – 1, rindas – 3." in capsys.readouterr().out
    assert 0 == commands.main(["export", "--check", str(path)])
    assert "Kļūdu nav; taču" in capsys.readouterr().out
    assert 2 == commands.main(given)
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "say what to make and where"),
        (["--format", "geojson", "--with-contacts", "x.geojson"], "contacts go into csv and xlsx only"),
        (["--format", "csv", "--again", "x.csv"], "--again is for reportnet"),
    ],
)
def test_the_command_says_how_it_is_used(options: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What does not go together is refused before anything is done."""
    assert 2 == commands.main(["export", *options])
    assert says in capsys.readouterr().err


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_grows_on_a_terminal_only() -> None:
    """Somebody who looks sees how far it is; a log file sees nothing."""
    terminal, file = _Terminal(), io.StringIO()
    for out in (terminal, file):
        bar = Progress(2000, out)
        bar.reach(500)
        bar.reach(2000)
        bar.end()
    assert ["", f"{'█' * 7}{'░' * 23}  25% 500 / 2 000", f"{'█' * 30} 100% 2 000 / 2 000", "\033[K"] == (
        terminal.getvalue().split("\r")
    )
    assert "" == file.getvalue()


def _answers(office: _Office, number: int) -> dict[str, Any]:
    one = sa.select(registrations.c.answers).where(registrations.c.reference == f"3MK-2026-{number:06d}")
    return dict(office.database.read_now(lambda tx: tx.execute(one).scalar_one()))
