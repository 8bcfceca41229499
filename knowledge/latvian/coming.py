"""Reading days to come: `sestdien`, `12. decembrī`, `rīt`. Elsewhere a day lies in the past, as planting does."""

from datetime import date, timedelta

from knowledge.found import Found
from knowledge.latvian.dates import BadDate, Period, find_dates
from knowledge.latvian.text import words

_WEEK, _YEAR = timedelta(days=7), timedelta(days=365)
_WEEKDAYS = ("pirmdien", "otrdien", "tresdien", "ceturtdien", "piektdien", "sestdien", "svetdien")
_PAST = ("vakar", "aizvakar", "pirms", "pern", "pagajus", "yesterday", "ago", "last")


def find_coming_day(text: str, today: date) -> Found[date] | BadDate | None:
    """Return the first day that a text tells, the next one from `today` on where its year or week is left open.

    A day that lies in the past for sure is returned as such, for the caller to refuse.
    """
    told = next((found for found in find_dates(text, today) if _is_day(found.value)), None)
    if told is None:
        return None
    if isinstance(told.value, BadDate):
        return told.value
    day = told.value.first
    past = any(word.folded.startswith(_PAST) for word in words(text[told.start : told.end]))
    if day < today and not past:
        # The same words, heard as they would be in a week, in a year: then the day before is the one meant now.
        later = (_first(text, told.start, today + ahead) for ahead in (_WEEK, _YEAR))
        day = next((other for other in later if other is not None and other >= today), day)
    return Found(day, told.start, told.end)


def find_coming_days(text: str, today: date) -> tuple[date, date] | None:
    """Return the first and the last of the days to come that a text tells, `1.–5. decembrī` or a single one."""
    told = next((found for found in find_dates(text, today) if _is_days(found.value)), None)
    if told is None or not isinstance(told.value, Period):
        return None
    days = told.value
    if days.first < today:
        # Heard as it would be in a year: then the time before is the one meant now.
        later = next((item.value for item in find_dates(text, today + _YEAR) if item.start == told.start), None)
        days = later if isinstance(later, Period) else days
    return (days.first, days.last) if days.last >= today else None


def named_weekday(text: str) -> int | None:
    """Return the day of the week that a text names, Monday is 0; None for none, or for several."""
    named = {number for word in words(text) for number, name in enumerate(_WEEKDAYS) if word.folded.startswith(name)}
    return named.pop() if len(named) == 1 else None


def _first(text: str, start: int, today: date) -> date | None:
    found = (item for item in find_dates(text, today) if item.start == start and isinstance(item.value, Period))
    return next((item.value.first for item in found if isinstance(item.value, Period)), None)


def _is_days(value: Period | BadDate) -> bool:
    return isinstance(value, BadDate) or value.precision in {"day", "range"}


def _is_day(value: Period | BadDate) -> bool:
    return isinstance(value, BadDate) or value.precision == "day"
