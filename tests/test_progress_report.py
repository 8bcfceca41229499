"""The report for whoever pays: its numbers on both databases, and the workbook as a spreadsheet reads it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from sqlalchemy.engine import Connection

from bot import __main__ as command
from bot.database import Database
from bot.delivery.outbox import deliveries
from bot.messages import Address
from bot.outreach.attendance import attendance
from bot.outreach.broadcasts import broadcasts
from bot.outreach.events import events
from bot.people import contacts
from bot.progress import tallies, workbook
from bot.progress.pace import Goal
from bot.progress.report import Report, Table, Target, gather
from tests.test_progress import register

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_GOAL = Goal(trees=12_000_000, day=date(2030, 12, 31))
_TOPICS = {"fruit-trees": "Augļu koki"}
_FIRST, _LAST = date(2026, 1, 15), date(2026, 3, 31)


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction, and a person there."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        contacts.add(connection, Address("telegram", "1"), _NOW)
        yield connection
    database.dispose()


def _consult(tx: Connection, day: date, what: str, topic: str = "", **more: Any) -> None:
    row = {"day": day, "what": what, "subject": topic, "channel": "telegram", "municipality": "", "number": 1}
    tx.execute(sa.insert(tallies.tallies).values(row | more))


def _gather(tx: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every sheet of the report, as a spreadsheet reads them, by their names."""
    return _read(workbook.write(gather(tx, _FIRST, _LAST, now=_NOW, goal=_GOAL, topics=_TOPICS)))


def _read(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book.worksheets}


def test_consultations_are_told_by_topic_channel_municipality_and_month(tx: Connection) -> None:
    """Each with who answered; the first and the last day belong to the period, the days around it do not."""
    _consult(tx, date(2026, 1, 14), tallies.ANSWERED, "fruit-trees")
    _consult(tx, date(2026, 1, 15), tallies.ANSWERED, "fruit-trees", number=3)
    _consult(tx, date(2026, 3, 31), tallies.UNANSWERED, "", channel="mailto", municipality="Ogres novads")
    _consult(tx, date(2026, 3, 31), tallies.PERSON, "a-topic-of-old")
    _consult(tx, date(2026, 4, 1), tallies.ANSWERED, "fruit-trees")
    _consult(tx, date(2026, 2, 1), tallies.STOPPED, "register_trees.place")
    sheets = _gather(tx)
    assert [("Augļu koki", 3, 0, 0, 3), ("a-topic-of-old", 0, 0, 1, 1), ("nav zināms", 0, 1, 0, 1)] == sheets[
        "Konsultācijas – tēmas"
    ]
    assert [("Telegram", 3, 0, 1, 4), ("Vēstules", 0, 1, 0, 1)] == sheets["Konsultācijas – kanāli"]
    assert [("nav zināms", 3, 0, 1, 4), ("Ogres novads", 0, 1, 0, 1)] == sheets["Konsultācijas – pašvaldības"]
    assert [("2026. gada janvāris", 3, 0, 0, 3), ("2026. gada marts", 0, 1, 1, 2)] == sheets["Konsultācijas – mēneši"]
    assert ("Konsultācijas", 5, None) == sheets["Kopsavilkums"][0]


def test_registrations_are_told_by_state_municipality_and_month(tx: Connection) -> None:
    """Those that arrived in the period by the clock in Riga; a month without any is there with zeros."""
    ogre = {"municipality": "Ogres novads"}
    register(tx, "entered", 9, received_at=datetime(2026, 1, 14, 21, 59, tzinfo=UTC), **ogre)
    register(tx, "entered", 10, received_at=datetime(2026, 1, 14, 22, 0, tzinfo=UTC), **ogre)
    register(tx, "accepted", 20, received_at=datetime(2026, 3, 31, 20, 59, tzinfo=UTC), **ogre)
    register(tx, "received", 40, received_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
    register(tx, "rejected", 5, received_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC), **ogre)
    register(tx, "received", 6, received_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC), eligibility="unfit")
    register(tx, "received", 1000, received_at=datetime(2026, 3, 31, 21, 0, tzinfo=UTC))
    sheets = _gather(tx)
    assert {
        ("Ievadīta MapMyTree", 1, 10, "jā"),
        ("Pieņemta", 1, 20, "jā"),
        ("Jāpārbauda", 1, 40, "jā"),
        ("Noraidīta", 1, 5, "nē"),
        ("Jāpārbauda (izskatās, ka neder)", 1, 6, "nē"),
    } == set(sheets["Reģistrācijas – stāvokļi"])
    assert [("Ogres novads", 2, 30, 30, 10), ("nav zināms", 1, 40, 0, 0)] == sheets["Reģistrācijas – pašvaldības"]
    assert [
        ("2026. gada janvāris", 1, 10, 10, 10),
        ("2026. gada februāris", 0, 0, 0, 0),
        ("2026. gada marts", 2, 60, 20, 0),
    ] == sheets["Reģistrācijas – mēneši"]
    assert [
        ("Reģistrācijas", 3, None),
        ("Koki šajās reģistrācijās", 70, None),
        ("no tiem pārbaudīti", 30, None),
        ("no tiem ievadīti MapMyTree", 10, None),
        ("Koki kopš sākuma līdz perioda beigām", 79, 12_000_000),
    ] == sheets["Kopsavilkums"][1:6]


def plan(tx: Connection, key: str, starts_at: datetime, **more: Any) -> int:
    """Write an event down as it may stand in the database, and return its id."""
    row = {
        "key": key,
        "contact_id": tx.execute(sa.select(sa.func.min(contacts.contacts.c.id))).scalar_one(),
        "chat": "telegram:1",
        "state": "planned",
        "title": f"Stādām {key}",
        "words": {"text": "Nāciet!", "where": "Skolas pagalmā", "contact": "Inga, 26 123 456", "pin": False},
        "answers": {},
        "audience": {},
        "places": 0,
        "starts_at": starts_at,
        "planned_at": _NOW,
    }
    return int(tx.execute(sa.insert(events).values(row | more).returning(events.c.id)).scalar_one())


def test_events_are_told_with_who_said_and_who_came(tx: Connection) -> None:
    """Each kind in its own row; cancelled ones and those to come are not counted, and a municipality counts once."""
    ogre_planting = {"municipality": "Ogres novads", "purpose": "planting"}
    ogre = plan(tx, "ozolus", datetime(2026, 1, 20, 8, 0, tzinfo=UTC), **ogre_planting)
    plan(tx, "liepas", datetime(2026, 2, 20, 8, 0, tzinfo=UTC), **ogre_planting)
    plan(tx, "kļavas", datetime(2026, 2, 20, 9, 0, tzinfo=UTC), municipality="Madonas novads", purpose="information")
    plan(tx, "bērzus", datetime(2026, 2, 21, 8, 0, tzinfo=UTC), state="cancelled", purpose="information")
    plan(tx, "ievas", datetime(2026, 2, 22, 8, 0, tzinfo=UTC), municipality="Cēsu novads")
    plan(tx, "egles", datetime(2026, 4, 20, 8, 0, tzinfo=UTC), municipality="Cēsu novads", purpose="planting")
    contact_id = tx.execute(sa.select(contacts.contacts.c.id)).scalar_one()
    for name, state, people, arrived in (("", "coming", 3, 2), ("Pēteris", "waiting", 7, 0), ("Jana", "coming", 1, 1)):
        row = {"event_id": ogre, "contact_id": None if name else contact_id, "name": name, "people": people}
        tx.execute(sa.insert(attendance).values(state=state, said_at=_NOW, arrived=arrived, **row))
    sheets = _gather(tx)
    assert [
        ("stādīšana", "Stādām ozolus", "Ogres novads", "Notika", 4, 3),
        ("stādīšana", "Stādām liepas", "Ogres novads", "Notika", 0, 0),
        ("informatīvs pasākums", "Stādām kļavas", "Madonas novads", "Notika", 0, 0),
        ("informatīvs pasākums", "Stādām bērzus", "nav zināms", "Atcelts", 0, 0),
        ("nav zināms", "Stādām ievas", "Cēsu novads", "Notika", 0, 0),
    ] == [(*row[1:3], *row[4:]) for row in sheets["Pasākumi"]]
    assert datetime(2026, 1, 20) == sheets["Pasākumi"][0][0]  # noqa: DTZ001 - as a spreadsheet has it
    assert [
        ("Informatīvie pasākumi", 1, 28),
        ("Stādīšanas pasākumi", 2, None),
        ("Pašvaldības, kurās stādīts", 1, 8),
        ("Pasākumi bez norādīta veida", 1, None),
    ] == sheets["Kopsavilkums"][6:10]


def test_broadcasts_are_told_with_what_became_of_each_message(tx: Connection) -> None:
    """Sent, failed, unknown and skipped; of another period none."""
    event_id = plan(tx, "ozolus", datetime(2026, 2, 20, 8, 0, tzinfo=UTC))
    contact_id = tx.execute(sa.select(contacts.contacts.c.id)).scalar_one()
    for number, made_at in enumerate((datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))):
        row = {"key": f"key{number}", "kind": "event", "event_id": event_id, "contact_id": contact_id}
        more = {
            "chat": "telegram:1",
            "state": "done",
            "urgent": False,
            "audience": {},
            "prompt_id": "",
            "control_id": "",
        }
        new = sa.insert(broadcasts).values(made_at=made_at, starts_at=made_at, **row, **more)
        broadcast_id = tx.execute(new.returning(broadcasts.c.id)).scalar_one()
        for place, state in enumerate(("sent", "sent", "failed", "unknown", "skipped")):
            other = contacts.add(tx, Address("telegram", f"{number}{place}5"), _NOW)
            delivery = {"broadcast_id": broadcast_id, "contact_id": other, "state": state, "chat": f"telegram:{other}"}
            tx.execute(sa.insert(deliveries).values(lane=2, due_at=_NOW, created_at=_NOW, body={}, **delivery))
    sheets = _gather(tx)
    assert [("Ielūgums", "Stādām ozolus", 2, 1, 1, 1)] == [row[1:] for row in sheets["Ziņas"]]
    assert ("Nosūtītās ziņas", 2, None) == sheets["Kopsavilkums"][10]


def test_every_number_is_explained(tx: Connection) -> None:
    """Each heading of each sheet stands on the last one, with what it means."""
    book = load_workbook(BytesIO(workbook.write(gather(tx, _FIRST, _LAST, now=_NOW, goal=_GOAL, topics=_TOPICS))))
    explained = {(row[0], row[1]) for row in book["Paskaidrojumi"].iter_rows(min_row=2, values_only=True)}
    tables = [sheet for sheet in book.worksheets if sheet.title not in {"Kopsavilkums", "Paskaidrojumi"}]
    headings = {(sheet.title, cell.value) for sheet in tables for cell in sheet[1]}
    assert len(tables) >= 7
    names = {
        ("Kopsavilkums", row[0]) for row in book["Kopsavilkums"].iter_rows(min_row=2, max_row=12, values_only=True)
    }
    assert headings | names == explained


def test_an_empty_period_is_a_report_too(tx: Connection) -> None:
    """With zeros, and no row of nothing."""
    sheets = _gather(tx)
    assert 0 == sheets["Kopsavilkums"][0][1]
    assert [] == sheets["Reģistrācijas – pašvaldības"]


def test_days_in_the_wrong_order_are_refused(tx: Connection) -> None:
    """The chat and the command line ask for others before it comes to that."""
    with pytest.raises(ValueError, match="is before"):
        gather(tx, _LAST, _FIRST, now=_NOW, goal=_GOAL, topics={})


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "|calc", "＝1+1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    """Whatever a municipality, a topic or an event is called."""
    table = Table(name="Lapa", headings=("A", "B"), rows=[(text, 1)], explained={"A": text})
    report = Report(
        first=_FIRST, last=_LAST, made_at=_NOW, summary=[Target(name=text, number=1, why=text)], tables=[table]
    )
    book = load_workbook(BytesIO(workbook.write(report)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {"s", "n"} == {cell.data_type for cell in cells}
    assert not [cell.value for cell in cells if str(cell.value).lstrip()[:1] in "=+-@|＝"]


def test_the_command_writes_the_file_once(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is there already stays as it is, and days in the wrong order make none."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "atskaite.xlsx"
    days = ["--from", "2026-01-01", "--to", "2026-12-31"]
    assert 0 == command.main(["report", *days, str(out)])
    assert f"{out}\n" == capsys.readouterr().out
    assert "Kopsavilkums" in _read(out.read_bytes())
    assert 2 == command.main(["report", *days, str(out)])
    assert 2 == command.main(["report", "--from", "2026-12-31", "--to", "2026-01-01", str(tmp_path / "b.xlsx")])
    assert [out] == list(tmp_path.glob("*.xlsx"))
