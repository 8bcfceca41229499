"""Numbers: every one in words is read as itself, and what is no count of trees is never taken for one."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.counts import find_counts
from knowledge.latvian.numbers import Amount, find_numbers
from knowledge.plantings import find_plantings
from tests.reading import latvian

_TODAY = date(2026, 11, 22)


def _read(text: str) -> list[Amount]:
    return [found.value for found in find_numbers(text)]


def _exactly(value: int) -> list[Amount]:
    return [Amount(least=value, most=value)]


def test_every_number_to_a_hundred_thousand_in_words_is_itself() -> None:
    """From `viens` to `simts tūkstoši`, in the nominative."""
    assert [] == [value for value in range(1, 100_001) if _read(latvian.number(value)) != _exactly(value)]


_SPELLINGS: dict[str, Callable[[int], str]] = {
    "stripped": lambda value: latvian.stripped(latvian.number(value)),
    "digraphs": lambda value: latvian.digraphs(latvian.number(value)),
    "feminine": lambda value: latvian.number(value, feminine=True),
    "short": lambda value: latvian.number(value, short=True),
    "together": lambda value: latvian.number(value, short=True).replace(" ", ""),
    "capitals": lambda value: latvian.number(value).upper(),
}


@pytest.mark.parametrize("spelling", _SPELLINGS)
def test_numbers_in_words_as_people_type_them(spelling: str) -> None:
    """Without marks, in digraphs, `divas`, `divsimt`, all in one word: every seventh number, all the small ones."""
    values = [*range(1, 1300), *range(1300, 100_000, 7)]
    assert [] == [value for value in values if _read(_SPELLINGS[spelling](value)) != _exactly(value)]


@given(st.integers(1, 99_999), st.booleans())
def test_figures_in_any_grouping_are_one_number(value: int, marked: bool) -> None:  # noqa: FBT001 - as Hypothesis calls it
    """`12500`, `12 500`, `12.500` and `12,500` are the same count of trees; so is `12 500 gab.`."""
    grouped = f"{value:,}"
    for sign in (" ", ".", ",", "\u00a0"):
        text = f"{grouped.replace(',', sign)}{' gab.' if marked else ''} ozoli"
        assert [value] == [found.value.count for found in find_plantings(text, _TODAY)]
    assert [value] == [found.value.count for found in find_plantings(f"{value} ozoli", _TODAY)]


@given(st.integers(1, 999), st.sampled_from(["tūkst.", "tūkst", "tukst.", "tūkstoši", "k", "tūkstošus", "тыс."]))
def test_thousands_may_be_shortened(value: int, word: str) -> None:
    """`5 tūkst. priežu` and `5k priedes` are five thousand."""
    assert [value * 1000] == [found.value.count for found in find_plantings(f"{value} {word} priedes", _TODAY)]


@given(st.integers(1, 1800), st.integers(1, 1800), st.sampled_from(["{}-{}", "{}–{}", "no {} līdz {}", "{} līdz {}"]))
def test_a_range_keeps_both_ends(one: int, other: int, form: str) -> None:
    """`40-50 bērzi` is at least 40 and at most 50; nothing is read where the ends stand the wrong way round."""
    least, most = sorted((one, other))
    if least == most:
        return
    (found,) = find_plantings(f"{form.format(least, most)} bērzi", _TODAY)
    assert (None, least, most) == (found.value.count, found.value.least, found.value.most)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("pāris", 2, 3),
        ("pārsimt", 200, 300),
        ("pāris simti", 200, 300),
        ("pāris desmiti", 20, 30),
        ("daži", 2, 9),
        ("vairāki desmiti", 30, 90),
        ("pussimts", 50, 50),
        ("pusotra simta", 150, 150),
        ("pusotrs tūkstotis", 1500, 1500),
        ("divarpus tūkstoši", 2500, 2500),
        ("ducis", 12, 12),
        ("divi duči", 24, 24),
        ("simtiem", 200, 900),
        ("piecas sešas", 5, 6),
        ("desmit divpadsmit", 10, 12),
        ("divi trīs simti", 200, 300),
        ("vismaz 30", 30, None),
        ("vairāk nekā trīssimt", 301, None),
        ("ne vairāk par 20", 1, 20),
        ("mazāk par 20", 1, 19),
        ("100+", 100, None),
        ("ap 200", 200, 200),
        ("~200", 200, 200),
    ],
)
def test_vague_numbers_are_as_wide_as_the_words(text: str, least: int, most: int | None) -> None:
    """What people say instead of a number sets its bounds, and no more than that."""
    (amount,) = _read(text)
    assert (least, most) == (amount.least, amount.most)


_NO_COUNTS = st.one_of(
    st.integers(2000, 2027).map("{}. gadā".format),
    st.integers(2000, 2027).map("{}.g.".format),
    st.integers(2000, 2027).map("{} gada".format),
    st.integers(1001, 5799).map("LV-{}".format),
    st.integers(1001, 5799).map("LV {}".format),
    st.builds("{} {}".format, st.sampled_from(["Brīvības iela", "Skolas ielā", "Rīgas iela"]), st.integers(1, 300)),
    st.tuples(st.integers(1, 300), st.integers(1, 200)).map("Liepājas iela {0[0]}-{0[1]}".format),
    st.integers(1, 500).map("{} ha".format),
    st.integers(1, 500).map("{} hektāros".format),
    st.floats(0.1, 90).map(lambda value: f"{value:.1f} ha".replace(".", ",")),
    st.integers(100, 90_000).map("{} m2".format),
    st.integers(20, 300).map("{} cm".format),
    st.integers(1, 90).map("{} m attālumā".format),
    st.integers(1, 90).map("{} gadus veci".format),
    st.integers(1, 900).map("{} eiro".format),
    st.integers(1, 900).map("{} €".format),
    st.integers(1, 60).map("{} bērni".format),
    st.integers(1, 12).map("{}. klase".format),
    st.integers(1, 12).map("{}.b klase".format),
    st.integers(10**10, 10**11 - 1).map(str),
    st.integers(10**10, 10**11 - 1).map(lambda digits: f"{str(digits)[:4]} {str(digits)[4:7]} {str(digits)[7:]}"),
    st.integers(10**10, 10**11 - 1).map(lambda digits: f"{str(digits)[:4]}-{str(digits)[4:7]}-{str(digits)[7:]}"),
    st.integers(40_000_000_000, 40_209_999_999).map("reģ. nr. {}".format),
    st.integers(20_000_000, 29_999_999).map("tel. {}".format),
    st.integers(20_000_000, 29_999_999).map(lambda value: f"+371 {value}"),
    st.dates(date(2020, 1, 1), _TODAY).map(lambda day: f"{day:%d.%m.%Y}."),
    st.dates(date(2020, 1, 1), _TODAY).map(lambda day: f"{day.day}. {latvian.MONTHS[day.month - 1][4]}"),
    st.tuples(st.integers(0, 23), st.integers(0, 59)).map("plkst. {0[0]}.{0[1]:02}".format),
    st.tuples(st.floats(56, 58), st.floats(21, 28)).map("{0[0]:.5f}, {0[1]:.5f}".format),
    st.integers(1, 999_999).map("3MK-2026-{:06}".format),
)  # fmt: skip


@given(_NO_COUNTS, st.sampled_from(["{}", "{}.", "Īpašums {}", "{}, pie ceļa", "tur ir {}, paldies"]))
@settings(max_examples=400)
def test_what_counts_something_else_is_no_count(what: str, around: str) -> None:
    """Years, postcodes, house numbers, hectares, cadastre digits, phones, dates, prices, people count no trees."""
    assert [] == [found.value for found in find_counts(around.format(what), _TODAY)]


@given(_NO_COUNTS, st.integers(2, 99_999), st.booleans())
@settings(max_examples=400)
def test_the_count_beside_it_is_still_read(what: str, count: int, first: bool) -> None:  # noqa: FBT001 - as Hypothesis calls it
    """In one sentence with any of them the trees keep their own number."""
    text = f"{count} ozoli, {what}" if first else f"{what}; {count} ozoli"
    assert [("Quercus robur", count)] == [
        (found.value.species, found.value.count) for found in find_plantings(text, _TODAY)
    ]


@given(st.text(max_size=120))
def test_any_text_is_read_without_error(text: str) -> None:
    """Whatever is typed, every number found lies within the text and is not negative."""
    for found in find_numbers(text, ordinals=True):
        assert 0 <= found.start < found.end <= len(text)
        assert found.value.least >= 0
        assert found.value.most is None or found.value.least <= found.value.most
