"""Phones, e-mail addresses, names and organisations in sentences, and what looks like one and is none."""

from datetime import date
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.contacts import RefusedEmail, conceal, find_emails, find_name, find_phones
from knowledge.organisations import find_organisations

_SETS = Path(__file__).parent / "reading"


def _set(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load((_SETS / name).read_text(encoding="utf-8"))
    return cases


def _told(case: dict[str, Any]) -> dict[str, Any]:
    text = case["text"]
    emails = [item.value for item in find_emails(text)]
    name = find_name(text, answering=case.get("answering", False))
    told = {
        "phones": [item.value for item in find_phones(text)],
        "emails": [email for email in emails if isinstance(email, str)],
        "refused": [email.text for email in emails if isinstance(email, RefusedEmail)],
        "name": name.value if name else None,
        "organisations": [{"name": item.value.name, "form": item.value.form} for item in find_organisations(text)],
    }
    return {key: value for key, value in told.items() if value}


def _wanted(case: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in case.items() if key not in {"text", "answering"}}


@pytest.mark.parametrize("case", _set("contacts.yaml"), ids=lambda case: case["text"][:60])
def test_a_sentence_gives_the_contacts_it_states_and_no_others(case: dict[str, Any]) -> None:
    """Phones in E.164, addresses, a name where one is told, organisations with their form; nothing invented."""
    assert _told(case) == _wanted(case)


def test_unseen_sentences_are_read_as_promised() -> None:
    """Of the values in sentences nobody tuned to at least 95 % are right, and none is invented."""
    pairs = [(_wanted(case), _told(case)) for case in _set("contacts-unseen.yaml")]
    right = sum(wanted[key] == told.get(key) for wanted, told in pairs for key in wanted)
    assert right / sum(len(wanted) for wanted, _ in pairs) >= 0.95
    assert [told for wanted, told in pairs if told.keys() - wanted.keys()] == []


_MOBILES = st.integers(20_000_000, 29_999_999).filter(
    lambda number: phonenumbers.is_valid_number(phonenumbers.parse(str(number), "LV")) and number % 100_000 != 0
)
_GROUPS = st.sampled_from([(2, 3, 3), (2, 2, 2, 2), (8,), (4, 4), (3, 3, 2), (2, 6)])


@given(_MOBILES, _GROUPS, st.sampled_from([" ", "-", "\u00a0"]), st.sampled_from(["", "+371 ", "00371", "(+371) "]))
def test_a_latvian_number_is_read_in_any_grouping(
    number: int, groups: tuple[int, ...], separator: str, prefix: str
) -> None:
    """However the eight digits are grouped, with or without the country code, the number is the same."""
    digits, parts = str(number), []
    for size in groups:
        parts.append(digits[:size])
        digits = digits[size:]
    typed = separator.join(parts)
    years = len(parts) == 2 and all(part[:2] in {"19", "20"} for part in parts) and separator != "\u00a0"
    found = [item.value for item in find_phones(f"zvaniet {prefix}{typed} vakarā")]
    assert found == ([] if years and not prefix else [f"+371{number}"])


@given(st.dates(date(1930, 1, 1), date(2099, 12, 31)))
def test_dates_are_no_telephone_numbers(day: date) -> None:
    """A date written with points, dashes or spaces is left alone."""
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%d. %m. %Y", "%Y. gada %d."):
        assert find_phones(f"stādīts {day.strftime(form)}") == []


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    """Whatever is typed, reading ends, and what was found lies within the text."""
    spans = [(item.start, item.end) for item in find_phones(text)]
    spans += [(item.start, item.end) for item in find_emails(text)]
    spans += [(item.start, item.end) for item in find_organisations(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    name = find_name(text, answering=True)
    typed = text.replace(" ", "").replace("\u00a0", "").casefold()  # the capital of µ is a Greek letter
    assert name is None or name.value.replace(" ", "").casefold() in typed


def test_a_refused_address_says_why() -> None:
    """Letters such as ā before the @ can't be delivered to; an incomplete address has the wrong form."""
    letters, form = find_emails("jānis@example.lv vai anna@inbox")
    assert isinstance(letters.value, RefusedEmail)
    assert isinstance(form.value, RefusedEmail)
    assert (letters.value.why, form.value.why) == ("letters", "form")


@pytest.mark.parametrize(
    ("text", "concealed"),
    [
        ("Anna Kalniņa, 26 123 456", "Anna Kalniņa, ••• 56"),
        ("zvaniet +371 26123456 vai rakstiet anna@Example.org.", "zvaniet ••• 56 vai rakstiet a•••@example.org."),
        ("bērziņš@ex.lv", "b•••@"),
        (
            "50 ozoli, kadastra numurs 7494 012 0849, 15.04.2024.",
            "50 ozoli, kadastra numurs 7494 012 0849, 15.04.2024.",
        ),
    ],
)
def test_what_somebody_is_reached_by_can_be_concealed(text: str, concealed: str) -> None:
    """Enough of it stays to tell one from another; what only looks like it stays whole."""
    assert concealed == conceal(text)
