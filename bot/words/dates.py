"""Days, periods and hours as people say them, in Latvian and in English."""

from datetime import date, datetime, time

from bot.clock import RIGA

_MONTHS_LV = (  # locative: „kad?”
    "janvārī", "februārī", "martā", "aprīlī", "maijā", "jūnijā",
    "jūlijā", "augustā", "septembrī", "oktobrī", "novembrī", "decembrī",
)  # fmt: skip
MONTHS_LV = (
    "janvāris", "februāris", "marts", "aprīlis", "maijs", "jūnijs",
    "jūlijs", "augusts", "septembris", "oktobris", "novembris", "decembris",
)  # fmt: skip
_MONTHS_LV_GENITIVE = (  # „līdz 23. novembra plkst. 10.00”
    "janvāra", "februāra", "marta", "aprīļa", "maija", "jūnija",
    "jūlija", "augusta", "septembra", "oktobra", "novembra", "decembra",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS_LV_GENITIVE = ("pirmdienas", "otrdienas", "trešdienas", "ceturtdienas", "piektdienas", "sestdienas", "svētdienas")
_DAYS_LV = ("pirmdien", "otrdien", "trešdien", "ceturtdien", "piektdien", "sestdien", "svētdien")
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SEASONS = {"lv": ("pavasarī", "vasarā", "rudenī", "ziemā"), "en": ("spring", "summer", "autumn", "winter")}


def say_day(day: date, language: str) -> str:
    """Say a day: „2026. gada 22. novembrī”, 22 November 2026."""
    if language == "en":
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.year}. gada {day.day}. {_MONTHS_LV[day.month - 1]}"


def say_month(day: date) -> str:
    """Name the month of a day in Latvian, for a heading: „2026. gada novembris”."""
    return f"{day.year}. gada {MONTHS_LV[day.month - 1]}"


def say_period(first: date, last: date, precision: str, language: str) -> str:
    """Say when something was done, no more exactly than it was told: „2023. gada pavasarī”."""
    lv = language != "en"
    if precision == "day" and first == last:
        return say_day(first, language)
    if precision == "month":
        month = (_MONTHS_LV if lv else _MONTHS_EN)[first.month - 1]
        return f"{first.year}. gada {month}" if lv else f"{month} {first.year}"
    if precision == "season":
        season = _SEASONS["lv" if lv else "en"][(first.month // 3 - 1) % 4]
        return f"{last.year}. gada {season}" if lv else f"{season} {last.year}"
    if precision == "year":
        return f"{first.year}. gadā" if lv else str(first.year)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first.year}.–{last.year}. gadā" if lv else f"{first.year}–{last.year}"
    if lv:
        return f"no {_numbers(first)} līdz {_numbers(last)}"
    return f"{say_day(first, language)} to {say_day(last, language)}"


def say_hours(day: date, start: time | None, end: time | None, language: str) -> str:
    """Say when something is going to be: „sestdien, 12. decembrī, no plkst. 10.00 līdz 14.00”."""
    if language == "en":
        said = f"{_DAYS_EN[day.weekday()]}, {day.day} {_MONTHS_EN[day.month - 1]}"
        if start is None:
            return said
        return f"{said}, {start:%H:%M} to {end:%H:%M}" if end else f"{said}, at {start:%H:%M}"
    said = f"{_DAYS_LV[day.weekday()]}, {day.day}. {_MONTHS_LV[day.month - 1]}"
    if start is None:
        return said
    return f"{said}, no plkst. {_clock(start)} līdz {_clock(end)}" if end else f"{said}, plkst. {_clock(start)}"


def _clock(at: time) -> str:
    return f"{at.hour}.{at:%M}"


def say_deadline(at: datetime, language: str) -> str:
    """Say by when: „pirmdienas, 23. novembra, plkst. 10.00” (after „līdz”), 10:00 on Monday, 23 November."""
    local = at.astimezone(RIGA)
    if language == "en":
        day = f"{_DAYS_EN[local.weekday()]}, {local.day} {_MONTHS_EN[local.month - 1]}"
        return f"{local:%H:%M} on {day}"
    day = f"{_DAYS_LV_GENITIVE[local.weekday()]}, {local.day}. {_MONTHS_LV_GENITIVE[local.month - 1]}"
    return f"{day}, plkst. {local.hour}.{local:%M}"


def _numbers(day: date) -> str:
    return f"{day:%d.%m.%Y}."
