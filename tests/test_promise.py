"""Promises: by when a person answers, over evenings, weekends, holidays and shortened days."""

from datetime import datetime, timedelta

import pytest

from bot.clock import RIGA
from bot.desk.promise import WorkingHours, promise

_HOURS = WorkingHours.parse("08:30-17:00")


def _at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=RIGA)


@pytest.mark.parametrize(
    ("asked", "hours", "promised"),
    [
        ("2026-11-24 09:00", 2, "2026-11-24 11:00"),  # a Tuesday morning
        ("2026-11-24 09:10", 2, "2026-11-24 11:30"),  # rounded up to the half hour
        ("2026-11-24 16:00", 2, "2026-11-25 09:30"),  # the rest of it next morning
        ("2026-11-24 22:00", 2, "2026-11-25 10:30"),  # in the evening
        ("2026-11-20 16:30", 2, "2026-11-23 10:00"),  # a Friday: over the weekend
        ("2026-11-21 12:00", 1, "2026-11-23 09:30"),  # a Saturday
        ("2026-11-17 15:00", 2, "2026-11-19 09:30"),  # 18 November is a holiday, the 17th ends at 16.00
        ("2026-12-23 15:00", 2, "2026-12-28 09:30"),  # Christmas: 24, 25, 26, then a weekend; the 23rd ends at 16.00
        ("2026-04-02 15:30", 1, "2026-04-07 09:00"),  # Good Friday and Easter Monday; Thursday ends at 16.00
        ("2026-03-28 23:00", 1, "2026-03-30 09:30"),  # the clocks change on the 29th
    ],
)
def test_an_answer_is_promised_within_working_hours(asked: str, hours: int, promised: str) -> None:
    """Only working time counts, by the clock and the calendar of Latvia."""
    assert _at(promised) == promise(_at(asked), _HOURS, timedelta(hours=hours))


@pytest.mark.parametrize("written", ["", "8-17", "17:00-08:30", "08:30", "25:00-26:00"])
def test_hours_that_mean_nothing_are_refused(written: str) -> None:
    """A setting that can't be read is told at start, not at the first promise."""
    with pytest.raises(ValueError):  # noqa: PT011 - the message is whatever the library says
        WorkingHours.parse(written)
