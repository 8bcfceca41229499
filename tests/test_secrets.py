"""What is hidden before anything is stored, and what has to stay readable."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.places.cadastre import may_be_personal
from knowledge.secrets import MARKS, confirm_cadastre, mask

_SETS = Path(__file__).parent / "reading"
_ELEVEN = st.text(alphabet="0123456789", min_size=11, max_size=11)

_NINE = st.text(alphabet="0123456789", min_size=9, max_size=9)
_PERSONAL = st.builds("{}{}".format, st.sampled_from(["32", "33", "34", "35", "36", "38", "39", "37"]), _NINE).filter(
    lambda digits: not digits.startswith("371")
) | st.builds(
    "{:02}{:02}{}".format,
    st.integers(1, 31),
    st.integers(1, 12),
    st.text(alphabet="0123456789", min_size=7, max_size=7),
)


def _set(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load((_SETS / name).read_text(encoding="utf-8"))
    return cases


@pytest.mark.parametrize(
    "case", [*_set("secrets.yaml"), *_set("secrets-unseen.yaml")], ids=lambda case: case["text"][:60]
)
def test_secrets_are_hidden_and_nothing_else(case: dict[str, Any]) -> None:
    """Each kind of secret becomes its mark; a text without one is left untouched."""
    masked = mask(case["text"])
    assert masked.kinds == frozenset(case["kinds"])
    assert masked.doubtful == case.get("doubtful", False)
    if not case["kinds"] or "masked" in case:
        assert masked.text == case.get("masked", case["text"])


@given(_ELEVEN, st.sampled_from(["-", " - ", "–", "- ", " –"]), st.text(alphabet="abc āēī.,\n", max_size=20))
def test_six_digits_and_five_never_stay(digits: str, hyphen: str, around: str) -> None:
    """Whatever stands around it, the form dddddd-ddddd does not survive."""
    code = f"{digits[:6]}{hyphen}{digits[6:]}"
    masked = mask(f"{around} {code} {around}")
    assert code not in masked.text
    assert "personal_code" in masked.kinds


@given(_ELEVEN)
def test_eleven_digits_stay_only_when_they_can_be_no_personal_code(digits: str) -> None:
    """A bare number that may be a personas kods is hidden and asked about; a telephone and a plain cadastre stay."""
    assume(not digits.startswith("371"))
    masked = mask(f"zeme {digits} pie upes")
    assert masked.doubtful == may_be_personal(digits)
    assert (digits in masked.text) == (not may_be_personal(digits))


@given(_ELEVEN)
def test_a_labelled_grouped_cadastre_number_always_stays(digits: str) -> None:
    """With its word before it and grouped 4-3-4 a cadastre number is never taken for a personas kods."""
    text = f"kadastra numurs {digits[:4]} {digits[4:7]} {digits[7:]}"
    assert mask(text).text == text


@given(_PERSONAL)
def test_confirmed_digits_come_back_from_the_original_only(digits: str) -> None:
    """After a yes the number is read from the original text; the masked one no longer holds it."""
    original = f"zeme {digits} pie upes"
    assert confirm_cadastre(original) == digits
    assert confirm_cadastre(mask(original).text) is None


def test_a_personal_code_cannot_be_confirmed_as_a_cadastre_number() -> None:
    """The form dddddd-ddddd is refused even after a yes."""
    assert confirm_cadastre("010203-12345") is None


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    """Marks are no secrets: what was masked once stays as it is."""
    once = mask(text)
    assert mask(once.text).text == once.text


@given(
    st.lists(
        st.sampled_from(
            [
                "parole:",
                "ir",
                "kods",
                "EU Login",
                "482913",
                "Abc123!",
                "010203-12345",
                "LV80BANK0000435195001",
                "?",
                "\n",
            ]
        ),
        max_size=10,
    )
)
def test_any_mixture_of_secrets_is_hidden_for_good(pieces: list[str]) -> None:
    """However secrets are mixed, personal codes and accounts are gone, and a second pass finds no more of them."""
    once = mask(" ".join(pieces))
    assert "010203-12345" not in once.text
    assert "LV80BANK" not in once.text
    assert not mask(once.text).kinds & {"personal_code", "iban", "card", "digits"}


def test_every_mark_is_in_latvian_brackets() -> None:
    """The marks are what staff and the person read in place of the secret."""
    assert all(mark.startswith("[") and mark.endswith("]") for mark in MARKS.values())


def test_hostile_texts_end() -> None:
    """Ten thousand characters of what the patterns look for are masked in bounded time."""
    for piece in ("1", "1 ", "123456-", "parole ", "kods 12", "LV12", "p.k. 1", "4111 "):
        assert mask((piece * 10_000)[:10_000]).text
