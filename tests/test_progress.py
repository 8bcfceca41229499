"""The progress: what counts and as what, the pace and what may be said of the end, and the picture of it."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.engine import Connection

from bot.database import Database
from bot.messages import Address
from bot.people import contacts
from bot.progress import counting, picture
from bot.progress.counting import Count, Sum
from bot.progress.pace import Goal, about, pace
from bot.progress.room import told
from bot.registrations.records import registrations
from bot.registrations.sites import registration_sites
from bot.words import Words

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_GOAL = Goal(trees=12_000_000, day=date(2030, 12, 31))
_VOICE = Words().tongue("lv")


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """Return a connection with an open transaction, and a person there who registers trees."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        contacts.add(connection, Address("telegram", "1"), _NOW)
        yield connection
    database.dispose()


def register(tx: Connection, state: str, trees: int | None, **more: Any) -> None:
    """Write a registration down as it may stand in the database."""
    number = tx.execute(sa.select(sa.func.count()).select_from(registrations)).scalar_one() + 1
    row = {
        "reference": f"3MK-2026-{number:06d}",
        "contact_id": tx.execute(sa.select(sa.func.min(contacts.contacts.c.id))).scalar_one(),
        "run_id": f"run{number}",
        "flow": "register_trees",
        "state": state,
        "eligibility": "fits",
        "reasons": [],
        "warnings": [],
        "answers": {},
        "trees": trees,
        "entered_by": "staff",
        "summary": "",
        "started_at": _NOW,
        "received_at": _NOW,
    }
    tx.execute(sa.insert(registrations).values(row | more))


def test_what_counts_is_told_checked_and_entered(tx: Connection) -> None:
    """Each stage contains the next; what staff refused, people withdrew or does not fit is nowhere in it."""
    register(tx, "received", 1)
    register(tx, "question", 10)
    register(tx, "received", 100, eligibility="staff")
    register(tx, "accepted", 1000)
    register(tx, "entered", 10_000)
    register(tx, "reported", 100_000)
    register(tx, "rejected", 7)
    register(tx, "withdrawn", 7)
    register(tx, "received", 7, eligibility="unfit")
    counted = counting.count(tx, _NOW)
    assert (Sum(6, 111_111), Sum(3, 111_000), Sum(2, 110_000)) == (counted.told, counted.checked, counted.entered)


def test_what_staff_accepted_counts_whatever_was_thought_of_it_before(tx: Connection) -> None:
    """„Does not fit” is a first guess; an unknown number of trees is a registration without trees."""
    register(tx, "accepted", 5, eligibility="unfit")
    register(tx, "received", None)
    counted = counting.count(tx, _NOW)
    assert (Sum(2, 5), Sum(1, 5), Sum()) == (counted.told, counted.checked, counted.entered)


def test_nothing_at_all_is_counted_as_nothing(tx: Connection) -> None:
    """An installation that has just begun has twelve bare months."""
    counted = counting.count(tx, _NOW)
    assert (Sum(), Sum(), Sum(), {}, None) == (
        counted.told, counted.checked, counted.entered, counted.municipalities, counted.since,
    )  # fmt: skip
    assert [Sum()] * 12 == list(counted.months.values())
    assert {} == counting.by_species(tx)


def test_municipalities_stand_in_the_order_of_their_trees(tx: Connection) -> None:
    """Those of an unknown place are in the whole and in no municipality."""
    register(tx, "received", 20, municipality="Cēsu novads")
    register(tx, "entered", 10, municipality="Ogres novads")
    register(tx, "received", 30, municipality="Ogres novads")
    register(tx, "received", 99)
    counted = counting.count(tx, _NOW)
    assert [("Ogres novads", Sum(2, 40)), ("Cēsu novads", Sum(1, 20))] == list(counted.municipalities.items())
    assert Sum(4, 159) == counted.told


def test_a_list_of_plantings_counts_wherever_it_has_trees(tx: Connection) -> None:
    """It is one registration on the whole, and one in each of its municipalities; its kinds are those of its rows."""
    register(tx, "accepted", 60, municipality=None, answers={"list": {}})
    register(tx, "received", 5, municipality="Ogres novads", answers={"plantings": [["Quercus robur", 5]]})
    register(tx, "withdrawn", 1000)
    numbers = tx.execute(sa.select(registrations.c.id).order_by(registrations.c.id)).scalars().all()
    for number, species, trees, municipality in (
        (numbers[0], "Quercus robur", 10, "Ogres novads"),
        (numbers[0], "Tilia cordata", 20, "Ogres novads"),
        (numbers[0], None, 30, ""),
        (numbers[2], "Quercus robur", 1000, "Ogres novads"),
    ):
        row = {"registration_id": number, "sheet": 0, "row": 1, "species": species, "count": trees}
        tx.execute(sa.insert(registration_sites).values(municipality=municipality, **row))
    counted = counting.count(tx, _NOW)
    assert (Sum(2, 65), Sum(1, 60)) == (counted.told, counted.checked)
    assert {"Ogres novads": Sum(2, 35)} == counted.municipalities
    assert {"dažādas sugas": 30, "liepa": 20, "ozols": 15} == counting.by_species(tx)


def test_a_month_begins_at_midnight_in_riga(tx: Connection) -> None:
    """What arrives at 23:30 UTC on the last of October is November's; older than twelve months is in no month."""
    register(tx, "received", 1, received_at=datetime(2026, 10, 31, 21, 59, tzinfo=UTC))
    register(tx, "received", 10, received_at=datetime(2026, 10, 31, 22, 0, tzinfo=UTC))
    register(tx, "received", 100, received_at=datetime(2025, 11, 30, 21, 59, tzinfo=UTC))
    counted = counting.count(tx, _NOW)
    assert {date(2026, 10, 1): Sum(1, 1), date(2026, 11, 1): Sum(1, 10)} == {
        month: sum_ for month, sum_ in counted.months.items() if sum_.registrations
    }
    assert (date(2025, 12, 1), Sum(3, 111)) == (min(counted.months), counted.told)


def test_the_last_days_are_counted_to_the_minute(tx: Connection) -> None:
    """30 and 365 days back from now."""
    for days, trees in ((0, 1), (30, 10), (31, 100), (365, 1000), (366, 10_000)):
        register(tx, "received", trees, received_at=_NOW - timedelta(days=days))
    counted = counting.count(tx, _NOW)
    assert (11, 1111, 4) == (counted.month, counted.year, counted.year_registrations)
    assert _NOW - timedelta(days=366) == counted.since


def test_species_are_added_up_by_their_everyday_names(tx: Connection) -> None:
    """Of a range the least counts; several kinds under one number are mixed; answers that nobody can read are none."""
    register(tx, "received", 70, answers={"plantings": [["Quercus robur", 50], ["Tilia cordata", 20]]})
    register(tx, "received", 30, answers={"plantings": [["Quercus robur", None, {"least": 30, "most": 40}]]})
    register(tx, "received", 9, answers={"plantings": [[None, 9, {"kinds": ["Quercus robur", "Tilia cordata"]}]]})
    register(tx, "received", 0, answers={"plantings": "?"})
    register(tx, "rejected", 5, answers={"plantings": [["Quercus robur", 5]]})
    assert [("ozols", 80), ("liepa", 20), ("dažādas sugas", 9)] == list(counting.by_species(tx).items())


def _counted(trees: int, *, year: int = 0, registered: int = 0, days: int = 400, best: int = 0) -> Count:
    return Count(
        at=_NOW,
        told=Sum(1, trees),
        months={date(2026, 11, 1): Sum(1, best)},
        month=year // 12,
        year=year,
        year_registrations=registered,
        since=_NOW - timedelta(days=days),
    )


def test_the_pace_needed_is_what_is_missing_by_the_days_that_are_left() -> None:
    """Today and the last day are both among them; it is rounded up."""
    last = Goal(trees=1000, day=date(2026, 11, 25))
    going = pace(_counted(1), last)
    assert (999, 3, 333) == (going.missing, going.days, going.needed)
    assert 334 == pace(_counted(0), last).needed


def test_after_the_last_day_and_beyond_the_goal_nothing_is_needed_any_more() -> None:
    """No division by no days, and never a negative number of trees."""
    assert (0, None) == (pace(_counted(0), Goal(trees=10, day=date(2026, 11, 22))).days,
                         pace(_counted(0), Goal(trees=10, day=date(2026, 11, 22))).needed)  # fmt: skip
    going = pace(_counted(11), Goal(trees=10, day=date(2026, 11, 23)))
    assert (0, 0) == (going.missing, going.needed)


def test_a_history_shorter_than_a_year_is_an_average_over_itself() -> None:
    """Ten days are not divided by 365."""
    going = pace(_counted(100, year=100, days=9), _GOAL)
    assert (10, 10.0) == (going.year_days, going.year)


@pytest.mark.parametrize(
    ("counted", "why"),
    [
        (_counted(100, year=100, registered=500, days=364), "a year is not over"),
        (_counted(100, year=100, registered=29), "too few registrations"),
    ],
)
def test_with_too_little_data_nothing_is_foretold(counted: Count, why: str) -> None:
    """A forecast needs a whole year and thirty registrations in it."""
    assert pace(counted, _GOAL).forecast is None, why


def test_a_forecast_is_a_range_around_years_like_the_last() -> None:
    """Without its best month at the least, with another such at the most, on top of what is there; rounded."""
    goal = Goal(trees=12_000_000, day=(_NOW + timedelta(days=729)).date())  # two years of 365 days
    going = pace(_counted(50_000, year=10_000, registered=30, best=4000), goal)
    assert (62_000, 78_000) == going.forecast


@pytest.mark.parametrize(("number", "said"), [(0, 0), (99, 99), (104, 100), (156, 160), (1_234_567, 1_200_000)])
def test_a_forecast_says_two_digits_that_count(number: int, said: int) -> None:
    """It is no more exact than that."""
    assert said == about(number)


@pytest.mark.parametrize(
    ("trees", "said"),
    [
        (0, "0\u00a0%"),
        (1, "<\u00a00,001\u00a0%"),
        (120, "0,001\u00a0%"),
        (23_456, "0,1\u00a0%"),
        (1_199_999, "9,9\u00a0%"),
        (11_999_999, "99\u00a0%"),
        (12_000_000, "100\u00a0%"),
    ],
)
def test_the_share_is_never_more_than_it_is(trees: int, said: str) -> None:
    """Whatever is there is more than nothing, and less than all is not a hundred."""
    assert said == picture.share(trees, _GOAL, _VOICE)


@pytest.mark.parametrize(
    ("trees", "stops"),
    [
        (0, (100, 0)),
        (100, (250, 100)),
        (23_456, (25_000, 10_000)),
        (10_000_000, (12_000_000, 10_000_000)),
        (12_000_000, (12_000_000, 12_000_000)),
        (13_000_000, (12_000_000, 12_000_000)),
    ],
)
def test_the_next_stop_is_a_round_number_up_to_the_goal(trees: int, stops: tuple[int, int]) -> None:
    """An event looks forward to something near."""
    assert stops == picture.stops(trees, _GOAL)


def test_twelve_trees_are_filled_one_after_the_other() -> None:
    """Each stands for a twelfth of the goal."""
    count = Count(at=_NOW, told=Sum(1, 2_500_000), checked=Sum(1, 1_000_000), entered=Sum(1, 250_000))
    forest = picture.forest(count, _GOAL)
    assert [1.0, 1.0, 0.5, *[0.0] * 9] == [tree["told"] for tree in forest]
    assert [1.0, *[0.0] * 11] == [tree["checked"] for tree in forest]
    assert [0.25, *[0.0] * 11] == [tree["entered"] for tree in forest]


@pytest.mark.parametrize("trees", [0, 70, 23_456, 12_345_678])
def test_the_picture_fits_a_screen(trees: int) -> None:
    """1920 by 1080, with no tree yet and beyond the goal."""
    months = {date(2026, month, 1): Sum(1, trees // 12) for month in range(1, 13)}
    places = {"Dienvidkurzemes novads": Sum(1, trees)} if trees else {}
    count = Count(at=_NOW, told=Sum(1, trees), months=months, municipalities=places)
    image = Image.open(io.BytesIO(picture.draw(picture.on_screen(count, _GOAL, _VOICE))))
    assert ("PNG", (1920, 1080)) == (image.format, image.size)


def test_what_is_said_with_the_picture_fits_its_caption() -> None:
    """1024 characters, with the longest names and all that there is to say."""
    places = {f"Dienvidkurzemes novads {number}": Sum(1, 1_234_567) for number in range(9)}
    count = Count(
        at=_NOW,
        told=Sum(123_456, 11_345_678),
        checked=Sum(1, 11_111_111),
        entered=Sum(1, 10_111_111),
        municipalities=places,
        months={date(2026, month, 1): Sum(1, 1_234_567) for month in range(1, 13)},
        month=1_000_000,
        year=5_000_000,
        year_registrations=10_000,
        since=_NOW - timedelta(days=800),
    )
    species = {f"parastā zirgkastaņa {number}": 1_234_567 for number in range(9)}
    said = _VOICE.say_all((told(count, species, _GOAL, _VOICE),), {})
    assert "aprēķins, ne solījums" in said
    assert len(said) <= 1024
