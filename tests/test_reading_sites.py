"""Messages that tell of several sites: the first is read, the others are kept whole, and nothing is lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.read import read
from flows.catalogue import FLOWS
from flows.sites import split_sites
from knowledge.plantings import find_plantings

_TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Iestādījām 50 ozolus Ogrē un 20 liepas Cēsīs", ["Iestādījām 50 ozolus Ogrē", "20 liepas Cēsīs"]),
        ("Cēsīs 14 liepas, bet Līgatnē 9 kļavas", ["Cēsīs 14 liepas", "Līgatnē 9 kļavas"]),
        (
            "2022.g. rudenī stādīju 40 bērzus, 2023.g. pavasarī vēl 60 egles",
            ["2022.g. rudenī stādīju 40 bērzus", "2023.g. pavasarī vēl 60 egles"],
        ),
        (
            "Iestādīju 3 ābeles un 2 plūmes 2022. gada maijā, 2023. gadā piestādīju 5 ķiršus",
            ["Iestādīju 3 ābeles un 2 plūmes 2022. gada maijā", "2023. gadā piestādīju 5 ķiršus"],
        ),
        (
            "2021.g. bija 100 egles, 2022.g. 200 priedes, 2023.g. 50 bērzi",
            ["2021.g. bija 100 egles", "2022.g. 200 priedes", "2023.g. 50 bērzi"],
        ),
    ],
)
def test_each_place_or_date_with_its_own_trees_is_a_site(text: str, parts: list[str]) -> None:
    """Two places, two dates or three, each with trees of its own, are so many parts, in order."""
    assert parts == split_sites(text, _TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "Iestādīju 50 ozolus un 20 liepas pērn aprīlī Ogrē",
        "14.10.2025 Rūjienā 4 liepas, 14.10.25 arī 2 ozoli",
        "2021. un 2022. gadā kopā 600 bērzi un 200 egles",
        "2018. gadā nopirku zemi, pērn iestādīju 500 egles un 20 liepas",
        "Ogrē 5 ozolus un 3 liepas, Cēsīs arī stādīju",
        "Esmu no Jelgavas, iestādīju 5 ozolus un 3 liepas Elejā",
        "50 ozoli, 20 liepas",
    ],
)
def test_one_site_stays_one_part(text: str) -> None:
    """Trees of several kinds, a date named twice, a place without trees, a day of buying make no second site."""
    assert [text] == split_sites(text, _TODAY)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (
            "Iestādījām 50 ozolus Ogrē un 20 liepas Cēsīs 2023. gada pavasarī. Tālr. 26123456",
            "Iestādījām 50 ozolus Ogrē, 2023. gada pavasarī. Tālr. 26123456",
            "20 liepas Cēsīs, 2023. gada pavasarī",
        ),
        (
            "Ogres novadā 2021. gadā 300 priedes, 2022. gadā 250 egles",
            "Ogres novadā 2021. gadā 300 priedes",
            "2022. gadā 250 egles, Ogres novadā",
        ),
    ],
)
def test_what_is_said_once_for_both_is_in_both(text: str, first: str, second: str) -> None:
    """A common date or place goes with every part; what else follows, such as a telephone, stays with the first."""
    assert [first, second] == split_sites(text, _TODAY)


def test_the_command_reads_the_first_site() -> None:
    """Of two sites the first is told, with the date and the telephone that stand after both."""
    text = "Iestādījām 50 ozolus Ogrē un 20 liepas Cēsīs 2023. gada pavasarī, zvaniet 26123456"
    assert {
        "plantings": [{"species": "Quercus robur", "count": 50}],
        "planted": {"from": "2023-03-01", "to": "2023-05-31"},
        "place": {"municipality": "Ogres novads"},
        "phone": "+37126123456",
    } == read(FLOWS["register_trees"], text, _TODAY)["answers"]


_PIECES = st.sampled_from(
    [
        *("50 ozolus", "20 liepas", "3 kļavas", "100 egļu", "Ogrē", "Cēsīs", "Rēzeknes novadā", "2021. gadā"),
        *("2022. gada maijā", "pērn", "un", "bet", ",", ".", "iestādīju", "26123456", "pie mājas", "vēl"),
    ]
)


@given(st.lists(_PIECES, max_size=14).map(" ".join))
def test_no_planting_is_lost_or_doubled(text: str) -> None:
    """However a message is cut, its parts hold the same counted trees as the whole."""
    whole = sorted((f.value.species or "", f.value.count or 0) for f in find_plantings(text, _TODAY) if f.value.count)
    parts = [f.value for part in split_sites(text, _TODAY) for f in find_plantings(part, _TODAY) if f.value.count]
    assert whole == sorted((value.species or "", value.count or 0) for value in parts)
