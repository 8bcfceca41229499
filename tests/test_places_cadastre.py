"""Cadastre numbers in any grouping, and the digits that are something else."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.places.cadastre import as_cadastre, find_cadastre, may_be_personal

_SEPARATORS = st.sampled_from(["", " ", "-", ".", " - ", "–", "\u00a0"])
_DIGITS = st.text(alphabet="0123456789", min_size=11, max_size=11)


def _read(text: str) -> list[tuple[str, bool]]:
    return [(item.value.number, item.value.doubtful) for item in find_cadastre(text)]


@given(_DIGITS, _SEPARATORS, _SEPARATORS)
def test_a_labelled_number_is_read_with_any_separators(digits: str, one: str, two: str) -> None:
    """Grouped 4-3-4 behind its label a number is certain; run together it is so unless it may be a personas kods."""
    text = f"kadastra numurs {digits[:4]}{one}{digits[4:7]}{two}{digits[7:]}, Ogres novads"
    doubtful = may_be_personal(digits) and not (one and two)
    assert [(digits, doubtful)] == _read(text)


@given(_DIGITS)
def test_an_unlabelled_number_is_doubtful_exactly_when_it_may_be_personal(digits: str) -> None:
    """Numbers that begin with 32-39 or a date are asked about; the others are cadastre numbers."""
    assume(not digits.startswith("371"))  # a telephone number
    assert [(digits, may_be_personal(digits))] == _read(digits)


@given(_DIGITS, st.sampled_from(["-", " - ", "–", " -"]), st.sampled_from(["", "kadastrs ", "kad. nr. "]))
def test_the_form_six_and_five_is_never_a_cadastre_number(digits: str, hyphen: str, label: str) -> None:
    """dddddd-ddddd is a personas kods, whatever stands before it."""
    assert _read(f"{label}{digits[:6]}{hyphen}{digits[6:]}") == []
    assert as_cadastre(f"{digits[:6]}{hyphen}{digits[6:]}") is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("zemes vienība 7494 012 0849", ["74940120849"]),
        ("kad.nr.74940120849", ["74940120849"]),
        ("kad. apz. 749 401 208 49", ["74940120849"]),
        ("кадастровый номер 7494 012 0849", ["74940120849"]),
        ("7494 012 0849 001", ["74940120849"]),
        ("74940120849001", ["74940120849"]),
        ("50 ozoli, 7494 012 0849, 20 liepas", ["74940120849"]),
        ("kadastri 7494 012 0849 un 7494 012 0850", ["74940120849", "74940120850"]),
        ("+371 26123456", []),
        ("37126123456", []),
        ("reģ. nr. 40003123456", []),
        ("SIA „Koki”, 40103456789", []),
        ("56.9496 24.1052 12345", []),
        ("4111 1111 1111 1111", []),
        ("LV80BANK0000435195001", []),
        ("7494 012 084", []),
    ],
)
def test_runs_of_digits_are_told_apart(text: str, numbers: list[str]) -> None:
    """Land units and buildings are read; telephones, companies, cards, accounts and incomplete numbers are not."""
    assert numbers == [number for number, _ in _read(text)]


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("3256 001 0012", "32560010012"),
        ("32560010012", "32560010012"),
        ("3256 001 0012 001", "32560010012"),
        ("3256", None),
    ],
)
def test_what_a_person_confirms_is_taken_as_it_stands(digits: str, number: str | None) -> None:
    """Confirmed digits need no more proof than to be eleven, or fourteen of a building."""
    assert number == as_cadastre(digits)
