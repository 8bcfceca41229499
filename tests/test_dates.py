"""Dates: every form people write is read as the days it means, and what we say back is read as the same days."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words.dates import say_day, say_period
from knowledge.latvian.dates import BadDate, Period, find_dates
from knowledge.latvian.periods import month_of, season_of, years
from tests.reading import latvian

_TODAY = date(2026, 11, 22)  # a Sunday
_DAYS = st.dates(date(2015, 1, 1), _TODAY)
_YEARS = range(2020, 2027)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_SEASON_WORDS = ("pavasar", "vasar", "ruden", "ziem")


def _read(text: str, today: date = _TODAY) -> list[tuple[str, str]]:
    """Return the first and last day of what can be nothing but a date."""
    values = [found.value for found in find_dates(text, today)]
    return [(str(v.first), str(v.last)) for v in values if isinstance(v, Period) and v.sure]


def _period(period: Period) -> list[tuple[str, str]]:
    return [(str(period.first), str(period.last))]


def _misread(forms: dict[str, Period]) -> Iterator[tuple[str, object]]:
    """Yield what is not read as it should be: alone, without marks, and inside a sentence."""
    for form, period in forms.items():
        for text in (form, latvian.stripped(form), f"Stādīju {form} ozolus", f"50 ozoli, {form}, Ogrē"):
            if _read(text) != _period(period):
                yield text, _read(text)


@given(_DAYS)
def test_a_day_in_figures(day: date) -> None:
    """`15.04.2024.`, `15.4.24`, `15/04/2024`, `2024-04-15`, `15. 4. 2024.` are the same day."""
    written = [
        *(f"{day.day}.{day.month}.{day.year}{point}" for point in (".", "")),
        *(f"{day:{form}}" for form in ("%d.%m.%Y.", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%y")),
        f"{day:%Y.%m.%d}.",
        f"{day.day}. {day.month}. {day.year}.",
        f"{day.day}.{_ROMAN[day.month - 1]}.{day.year}",
    ]
    expected = Period(day, day, "day")
    assert [] == list(_misread(dict.fromkeys(written, expected)))


@given(_DAYS, st.sampled_from(range(5)))
def test_a_day_in_words_with_its_year(day: date, case: int) -> None:
    """`2024. gada 15. aprīlī`, `15. aprīlis 2024`, `15 aprīlī 2024.g.` in every case of the month."""
    month = latvian.MONTHS[day.month - 1][case]
    written = [
        *(f"{day.year}{year}{day.day}. {month}" for year in (". gada ", ".gada ", " gada ", ".g. ")),
        *(f"{day.day}. {month} {day.year}{year}" for year in ("", ".", ". gadā", ".g.")),
        f"{day.day}.{month} {day.year}",
        f"{day.day} {month} {day.year}.g.",
        f"{day.day}-to {month} {day.year}",
    ]
    assert [] == list(_misread(dict.fromkeys(written, Period(day, day, "day"))))


@given(st.dates(_TODAY - timedelta(365), _TODAY), st.sampled_from(range(5)))
def test_a_day_without_a_year_is_the_latest_one(day: date, case: int) -> None:
    """`5. maijā` is the last fifth of May, today's date this day; so are `5 maijā` and `5.maijs`."""
    if (day.month, day.day) == (_TODAY.month, _TODAY.day):
        day = _TODAY
    month = latvian.MONTHS[day.month - 1][case]
    written = [f"{day.day}. {month}", f"{day.day} {month}", f"{day.day}.{month}", f"ap {day.day}. {month}"]
    assert [] == list(_misread(dict.fromkeys(written, Period(day, day, "day"))))


def test_months_in_every_case() -> None:
    """`2023. gada aprīlī`, `aprīlis 2023`, `pērn aprīlī`, `aizpērn`, `šogad`, and a month alone."""
    forms: dict[str, Period] = {}
    for number, cases in enumerate(latvian.MONTHS, start=1):
        for month in cases:
            for year in _YEARS:
                with_year = (". gada {}", ".gada {}", " gada {}", ".g. {}", " {}", ". gadā, {}")
                forms |= dict.fromkeys((f"{year}{w.format(month)}" for w in with_year), month_of(year, number))
                forms |= dict.fromkeys(
                    (f"{month} {year}", f"{month}, {year}", f"{month} {year}. gadā"), month_of(year, number)
                )
            last = ("pērn", "pērnā gada", "pagājušā gada", "pagājušajā gadā", "pag. gada", "p.g.")
            before_last = ("aizpērn", "aizpagājušā gada", "aizpagājušajā gadā")
            forms |= dict.fromkeys((f"{words} {month}" for words in last), month_of(2025, number))
            forms |= dict.fromkeys((f"{words} {month}" for words in before_last), month_of(2024, number))
            forms[month] = month_of(2026 if number <= _TODAY.month else 2025, number)
            if number <= _TODAY.month:
                this = ("šogad", "šī gada", "šā gada", "š.g.")
                forms |= dict.fromkeys((f"{words} {month}" for words in this), month_of(2026, number))
    assert [] == list(_misread(forms))


def test_seasons_in_every_case() -> None:
    """`2023. gada pavasarī`, `rudens 2023`, `pērn rudenī`, `šovasar`; a winter is of the year it ends in."""
    forms: dict[str, Period] = {}
    for number, cases in enumerate(latvian.SEASONS):
        for season in cases:
            for year in _YEARS:
                written = (". gada {}", ".gada {}", " gada {}", ".g. {}", " {}", ". gadā {}")
                forms |= dict.fromkeys((f"{year}{w.format(season)}" for w in written), season_of(year, number))
                forms[f"{season} {year}"] = season_of(year, number)
            last = ("pērn", "pērnā gada", "pagājušā gada")
            forms |= dict.fromkeys((f"{words} {season}" for words in last), season_of(2025, number))
        forms[f"šo{_SEASON_WORDS[number]}"] = season_of(2026, number)
        forms[f"pērn{_SEASON_WORDS[number]}"] = season_of(2025, number)
    assert [] == list(_misread(forms))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("vakar", "2026-11-21", "2026-11-21"),
        ("šodien", "2026-11-22", "2026-11-22"),
        ("aizvakar", "2026-11-20", "2026-11-20"),
        ("trešdien", "2026-11-18", "2026-11-18"),
        ("pagājušajā otrdienā", "2026-11-17", "2026-11-17"),
        ("pagājušās nedēļas sestdienā", "2026-11-14", "2026-11-14"),
        ("šonedēļ", "2026-11-16", "2026-11-22"),
        ("pagājušonedēļ", "2026-11-09", "2026-11-15"),
        ("pirms divām nedēļām", "2026-11-02", "2026-11-08"),
        ("pirms trim dienām", "2026-11-19", "2026-11-19"),
        ("dienas trīs atpakaļ", "2026-11-19", "2026-11-19"),
        ("pirms mēneša", "2026-10-01", "2026-10-31"),
        ("pirms pusgada", "2026-05-01", "2026-05-31"),
        ("pirms pusotra gada", "2025-05-01", "2025-05-31"),
        ("pirms gada", "2025-01-01", "2025-12-31"),
        ("pirms 3 gadiem", "2023-01-01", "2023-12-31"),
        ("gadus trīs atpakaļ", "2023-01-01", "2023-12-31"),
        ("pirms pāris gadiem", "2023-01-01", "2024-12-31"),
        ("pērn", "2025-01-01", "2025-12-31"),
        ("šoruden", "2026-09-01", "2026-11-30"),
        ("pagājušajā pavasarī", "2026-03-01", "2026-05-31"),
        ("pagājušajā rudenī", "2025-09-01", "2025-11-30"),
        ("vasaras vidū", "2026-07-01", "2026-07-31"),
        ("2022. gada vasaras beigās", "2022-08-01", "2022-08-31"),
        ("maija sākumā", "2026-05-01", "2026-05-10"),
        ("maijs2023", "2023-05-01", "2023-05-31"),
        ("maijs.2023", "2023-05-01", "2023-05-31"),
        ("20.maijs2023", "2023-05-20", "2023-05-20"),
        ("pavasarī2024", "2024-03-01", "2024-05-31"),
        ("2023. gada otrajā pusē", "2023-07-01", "2023-12-31"),
        ("2024. gada Lieldienās", "2024-03-29", "2024-04-01"),
        ("2023. gada Jāņos", "2023-06-23", "2023-06-24"),
        ("no 2021. līdz 2023. gadam", "2021-01-01", "2023-12-31"),
        ("no 2021 līdz 2023", "2021-01-01", "2023-12-31"),
        ("no 2022. gada oktobra līdz 2023. gada martam", "2022-10-01", "2023-03-31"),
        ("no 3. līdz 5. maijam", "2026-05-03", "2026-05-05"),
        ("no 28. aprīļa līdz 3. maijam", "2026-04-28", "2026-05-03"),
        ("3.–5. maijs 2024", "2024-05-03", "2024-05-05"),
        ("aprīlī un maijā", "2026-04-01", "2026-05-31"),
        ("2022. un 2023. gadā", "2022-01-01", "2023-12-31"),
        ("kopš 2021. gada", "2021-01-01", "2026-11-22"),
        ("divdesmit trešā gada maijā", "2023-05-01", "2023-05-31"),
        ("05.2024", "2024-05-01", "2024-05-31"),
        ("2024-05", "2024-05-01", "2024-05-31"),
        ("stādīts 2021", "2021-01-01", "2021-12-31"),
        ("last spring", "2026-03-01", "2026-05-31"),
        ("on May 5th, 2024", "2024-05-05", "2024-05-05"),
        ("two years ago", "2024-01-01", "2024-12-31"),
        ("прошлой осенью", "2025-09-01", "2025-11-30"),
        ("в 2022 году", "2022-01-01", "2022-12-31"),
        ("20.–27. novembrī", "2025-11-20", "2025-11-27"),
        ("no 20. līdz 27. novembrim", "2025-11-20", "2025-11-27"),
        ("15.–21. novembrī", "2026-11-15", "2026-11-21"),
    ],
)
def test_relative_dates_and_spans(text: str, first: str, last: str) -> None:
    """Said on 22 November 2026, these mean these days."""
    assert [(first, last)] == _read(text)
    assert [(first, last)] == _read(f"Iestādīju 50 ozolus {text}, viss aug.")


@given(_DAYS, st.integers(0, 400))
def test_a_span_from_one_day_to_another(day: date, length: int) -> None:
    """`no 03.05.2024. līdz 05.05.2024.` and with a dash are the days between, both included."""
    last = day + timedelta(length + 1)
    written = [
        f"no {day:%d.%m.%Y}. līdz {last:%d.%m.%Y}.",
        f"{day:%d.%m.%Y}.–{last:%d.%m.%Y}.",
        f"{day:%d.%m.%Y} - {last:%d.%m.%Y}",
    ]
    assert [] == list(_misread(dict.fromkeys(written, Period(day, last, "range"))))


_SAID = st.one_of(
    _DAYS.map(lambda day: Period(day, day, "day")),
    st.builds(month_of, st.integers(2015, 2026), st.integers(1, 12)),
    st.builds(season_of, st.integers(2015, 2026), st.integers(0, 3)),
    st.integers(2015, 2026).map(lambda year: years(year, year)),
    st.integers(2015, 2024).map(lambda year: years(year, year + 2)),
    st.tuples(_DAYS, st.integers(1, 90)).map(lambda pair: Period(pair[0], pair[0] + timedelta(pair[1]), "range")),
)


@given(_SAID, st.sampled_from(["lv", "en"]))
def test_what_we_say_is_read_as_the_same_days(period: Period, language: str) -> None:
    """A period that the voice says, in Latvian or English, comes back as itself when somebody repeats it."""
    said = say_period(period.first, period.last, period.precision, language)
    found = [item.value for item in find_dates(said, _TODAY)]
    assert [(period.first, period.last)] == [(v.first, v.last) for v in found if isinstance(v, Period)]
    if period.precision == "day":
        assert _period(period) == _read(say_day(period.first, language))


@pytest.mark.parametrize(
    "text",
    ["31.04.2024", "29.02.2023", "15.13.2024", "32. aprīlī", "30. februārī", "0.5.2024", "aprīlis32", "maijs23"],
)
def test_a_day_that_does_not_exist_is_told_as_such(text: str) -> None:
    """Nothing else is made of it."""
    assert [True] == [isinstance(found.value, BadDate) for found in find_dates(text, _TODAY)]


@pytest.mark.parametrize(
    "text",
    [
        "Vai var stādīt rudenī?",
        "man šodien nav laika",
        "katru pavasari stādām",
        "Kad man jāreģistrē, ja stādīšu 2027. gada pavasarī?",
        "nevis šogad",
        "LV-2021",
        "tel. 20212022",
        "2021 ozols",
        "līdz 1. maijam jāpaspēj",
        "Skolotāja Maija Kalniņa bija klāt",
        "ap 200 koku",
        "12 gadus veci stādi",
        "5 m attālumā",
        "versija 2.0.1",
        "plkst. 10.30",
        "fails maijs23.xlsx",
        "pavasaris32",
    ],
)
def test_what_is_no_date_of_planting(text: str) -> None:
    """Questions, habits, people, codes, ages, deadlines and slips of the finger are no sure dates."""
    assert [] == _read(text)


@given(st.text(max_size=120), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_any_text_is_read_without_error(text: str, today: date) -> None:
    """Whatever is typed, on whatever day, a period has its ends in order and lies within the text."""
    for found in find_dates(text, today):
        assert 0 <= found.start < found.end <= len(text)
        if isinstance(found.value, Period):
            assert found.value.first <= found.value.last


_PIECES = st.sampled_from(
    [
        *(
            "2023",
            "2023.",
            "gada",
            "gadā",
            "g.",
            "maijā",
            "maijs",
            "5.",
            "15",
            "līdz",
            "no",
            "un",
            "–",
            "-",
            ",",
            "rudenī",
        ),
        *("pavasaris", "pērn", "pirms", "trim", "gadiem", "atpakaļ", "kopš", "sākumā", "beigās", "pusē", "otrajā"),
        *("nedēļas", "sestdien", "12.05.2024.", "05.2024", "divdesmit", "trešajā", "šoruden", "vakar", "Lieldienās"),
    ]
)


@given(st.lists(_PIECES, max_size=12).map(" ".join), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_any_mixture_of_date_words_is_read_without_error(text: str, today: date) -> None:
    """However the parts of dates are mixed, nothing breaks."""
    for found in find_dates(text, today):
        assert 0 <= found.start < found.end <= len(text)
