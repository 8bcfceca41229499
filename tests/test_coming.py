"""Days and hours to come, as coordinators type them, and what people say about coming."""

from datetime import date, time

import pytest

from flows.event_kinds import Coming, Moment
from flows.grammar import NotUnderstood, Partly, Understood
from flows.said import Said
from knowledge.attending import Attendance, read_attendance
from knowledge.latvian.coming import find_coming_day
from knowledge.latvian.dates import BadDate
from knowledge.latvian.hours import Hours, find_hours

_TODAY = date(2026, 11, 26)  # a Thursday
_WHEN = Coming(key="when", ask="", again="", label="", change="", why="", example="")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("sestdien", date(2026, 11, 28)),
        ("nākamo sestdien", date(2026, 11, 28)),
        ("ceturtdien", date(2026, 11, 26)),
        ("12. decembrī", date(2026, 12, 12)),
        ("12.12.", date(2026, 12, 12)),
        ("5. maijā", date(2027, 5, 5)),
        ("rīt", date(2026, 11, 27)),
        ("svētdien, 6. decembrī", date(2026, 12, 6)),
        ("12 December", date(2026, 12, 12)),
    ],
)
def test_a_day_without_a_year_is_the_next_one(text: str, day: date) -> None:
    """Planting lies in the past, an event ahead: the same words mean the next such day, today included."""
    found = find_coming_day(text, _TODAY)
    assert found is not None
    assert not isinstance(found, BadDate)
    assert day == found.value


@pytest.mark.parametrize(("text", "day"), [("vakar", date(2026, 11, 25)), ("2025. gada 5. maijā", date(2025, 5, 5))])
def test_a_day_that_is_surely_past_stays_so(text: str, day: date) -> None:
    """It is for the flow to refuse, not to be taken for another day."""
    found = find_coming_day(text, _TODAY)
    assert found is not None
    assert not isinstance(found, BadDate)
    assert day == found.value


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("no 10 līdz 14", Hours(time(10), time(14))),
        ("no plkst. 10.00 līdz 14.00.", Hours(time(10), time(14))),
        ("sestdien, 5.12., 10.00–14.00", Hours(time(10), time(14))),
        ("10:30", Hours(time(10, 30))),
        ("desmitos", Hours(time(10))),
        ("pusdivos", Hours(time(13, 30))),
        ("no 9.30 līdz 12", Hours(time(9, 30), time(12))),
    ],
)
def test_hours_are_read_in_any_usual_form(text: str, hours: Hours) -> None:
    """With figures and in words, with and without minutes."""
    found = find_hours(text)
    assert found is not None
    assert hours == found.value


@pytest.mark.parametrize("text", ["no 5. līdz 7. decembrim", "5.12.–7.12.", "50-60 ozoli", "2020-2024", "25:00", "rīt"])
def test_what_is_no_hour_is_none(text: str) -> None:
    """Days, counts and years are not taken for hours."""
    assert find_hours(text) is None


def test_day_and_hours_may_be_told_one_after_the_other() -> None:
    """One without the other is a part, and asks for the rest."""
    day = _WHEN.read(Said(text="sestdien"), _TODAY)
    hours = _WHEN.read(Said(text="no 10 līdz 14"), _TODAY)
    assert isinstance(day, Partly)
    assert isinstance(hours, Partly)
    whole = Moment(day=date(2026, 11, 28), start=time(10), end=time(14))
    assert Understood(value=whole) == _WHEN.complete(_WHEN.combine(day.value, hours.value))


def test_a_weekday_that_is_not_that_day_is_told() -> None:
    """„Sestdien, 6. decembrī” of a Sunday is a slip that people would travel for."""
    reading = _WHEN.read(Said(text="sestdien, 6. decembrī, no 10 līdz 12"), _TODAY)
    assert isinstance(reading, NotUnderstood)
    assert "svētdiena" in reading.why


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nākšu, 3", Attendance(comes=True, people=3)),
        ("Nākšu", Attendance(comes=True)),
        ("mēs ar sievu būsim", Attendance(comes=True, word="mēs ar sievu būsim")),
        ("netieku", Attendance(comes=False)),
        ("Diemžēl nevarēšu atnākt", Attendance(comes=False)),
        ("can't come", Attendance(comes=False)),
        ("vai nākšu?", None),
        ("50 ozoli", None),
    ],
)
def test_what_people_say_about_coming(text: str, said: Attendance | None) -> None:
    """That they come, with how many, or not; a question or something else is neither."""
    assert said == read_attendance(text)
