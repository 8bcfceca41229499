"""Houses and people as they are typed on a phone: without capitals, quotes, commas or diacritics."""

from datetime import date
from typing import Any

import pytest

from flows.grammar import NotUnderstood, Partly, Understood
from flows.register_trees import REGISTER_TREES
from flows.said import Said
from knowledge.unknown_trees import find_unknown_trees

_TODAY = date(2026, 11, 26)


def _read(key: str, text: str, *, asked: bool = True) -> Any:
    question = REGISTER_TREES.question(key)
    assert question is not None
    does = question.read if asked else question.find
    reading = does(Said(text=text), _TODAY)
    assert not isinstance(reading, NotUnderstood)
    return reading


@pytest.mark.parametrize(
    ("text", "house"),
    [
        ("kraslavas novads indras pagasts maja Berzini", "Berzini"),
        ("drustu pag kalnini", "Kalnini"),
        ("Drustu pagasts Kalniņi", "Kalniņi"),
        ("kalnini drustu pagasta", "Kalnini"),
        ("majas nosaukums Kalnini Drustu pagasts", "Kalnini"),
        ("smiltenes novads drustu pagasts lejas jaunzemi", "Lejas Jaunzemi"),
        ("drustu pagasts pie mājām kalniņi", "Kalniņi"),
        ("drustu pagasts mājas ozoli", "Ozoli"),
        ("indra, mājas kalnlejas", "Kalnlejas"),
        ("drusti kalnini", "Kalnini"),
        ("Drusti Kalniņi", "Kalniņi"),
    ],
)
def test_a_house_is_read_beside_its_parish(text: str, house: str) -> None:
    """Asked where the trees stand, people name the house as they name it at home."""
    reading = _read("place", text)
    assert isinstance(reading, Understood)
    assert (house, True) == (reading.value.house, bool(reading.value.municipality))


@pytest.mark.parametrize(
    "text",
    [
        *("Drustu pagasts, pie ezera", "drustu pagasts netālu no upes", "drustu pagasts laikam", "jā drustu pagastā"),
        *("nezinu drustu pagasts", "Drustu pagastā es stādīju", "drustu pagasts ozoli", "drustu pagasts 50 ozoli"),
        *("drustu pagasts mana zeme", "drustu pagasts mazdārziņi", "drustu pagasts paldies"),
    ],
)
def test_other_words_are_no_house(text: str) -> None:
    """What stands beside a parish and names no house leaves the place to be asked about."""
    reading = _read("place", text)
    assert isinstance(reading, Partly)
    assert ("Drustu pagasts", "") == (reading.value.parish, reading.value.house)


@pytest.mark.parametrize(
    ("text", "house"),
    [("Dzīvoju drustu pagastā kalnini", ""), ("Drustu pagastā paldies visiem", "")],
)
def test_only_an_answer_is_read_so(text: str, house: str) -> None:
    """In other texts a name needs a capital and what shows that it is a house."""
    reading = _read("place", text, asked=False)
    assert house == (reading.value.house if reading else "")


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Anna Zarina telefona nr 29 123 123", "Anna Zarina"),
        ("Zariņa Anna, tel. 29123123", "Zariņa Anna"),
        ("mob tel 29123123 Anna Zariņa", "Anna Zariņa"),
        ("telefona numurs 29123123, Jānis", "Jānis"),
    ],
)
def test_a_name_beside_its_number(text: str, name: str, asked: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Whatever words say what the number is; also while something else is asked."""
    reading = _read("contact", text, asked=asked)
    assert isinstance(reading, Understood)
    assert (name, "+37129123123") == (reading.value.name, reading.value.phone)


@pytest.mark.parametrize("text", ["Ogre, 29123123", "50 ozoli, 29123123", "stādīja Jānis 29123123"])
def test_other_words_beside_a_number_are_no_name(text: str) -> None:
    """A name is found by the way only where it is all that is left, and a given name is in it."""
    reading = _read("contact", text, asked=False)
    assert isinstance(reading, Partly)
    assert "" == reading.value.name


@pytest.mark.parametrize(
    ("text", "trees"),
    [
        ("25 ozolus un 10 klavas skolas pagalma", ["Quercus robur", "Acer platanoides"]),
        ("10 liepas skolas pagalma", ["Tilia cordata"]),
        ("5 egles kapsetas mala", ["Picea abies"]),
        ("ķiršplūme 3, ķirsis 4", ["Prunus cerasifera", "Prunus"]),
        ("20 ozoli, Liepas iela 10", ["Quercus robur"]),
    ],
)
def test_trees_that_are_counted_are_no_place(text: str, trees: list[str]) -> None:
    """„10 kļavas skolas pagalmā” counts maples, „Liepas iela 10” names a street."""
    reading = _read("plantings", text)
    assert trees == [tree.species for tree in reading.value]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("5 mellenes un 3 ābelītes", ("5 mellenes",)),
        ("150 rododendri, 20 ozoli un 5 hortenzijas", ("150 rododendri", "5 hortenzijas")),
        ("divas ābeles, trīs mellenes", ("trīs mellenes",)),
        ("50 ozoli, 5. maijā", ()),
        ("10 ozoli, 5 bērni stādīja", ()),
        ("20 liepas, 2 m augstas, 3 rindās, 1,5 ha", ()),
        ("20 ozoli, Kalnu iela 5", ()),
        ("20 ozoli, tel. 29123123", ()),
        ("20 ozoli, tālr. 26123456, telefons 29 123 123", ()),
        ("5 mellenes", ()),
    ],
)
def test_what_is_counted_beside_trees_is_told_back(text: str, left: tuple[str, ...]) -> None:
    """Only in a list of trees: alone it is no answer, and said to be none."""
    assert left == find_unknown_trees(text, _TODAY)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("es stadiju katru gadu pa 50 eglem no 2021 lidz 2025", None),
        ("katru gadu pa 50 egles", None),
        ("pa 20 eglēm gadā, piecus gadus", None),
        ("50 egles katra 2 m", 50),
        ("2021. gadā 50 egles", 50),
    ],
)
def test_so_many_a_year_is_no_count(text: str, count: int | None) -> None:
    """How many that makes is asked, not reckoned."""
    reading = _read("plantings", text)
    assert ["Picea abies"] == [tree.species for tree in reading.value]
    assert count == reading.value[0].count


@pytest.mark.parametrize("text", ["neviens nelika", "paši gribējām", "sava prieka pēc", "pati gribēju"])
def test_whoever_planted_of_their_own_will_had_no_duty(text: str) -> None:
    """Nobody told them to, as people say it; who paid for it is another matter, and is asked."""
    assert Understood(value="no") == Understood(value=_read("additional", text).value)


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("who", "mazdēls", "person"),
        ("kind", "skolas pagalms", "town"),
        ("kind", "gar mājas ceļu", "roadside"),
        ("kind", "mazdārziņš", "homestead"),
        ("kind", "augļudārzs", "homestead"),
        ("kind", "kapos", "town"),
        ("kind", "bijušais kūdras purvs", "other"),
        ("entered_by", "es nemāku", "staff"),
        ("entered_by", "man nav datora", "staff"),
        ("entered_by", "es atļauju jums", "staff"),
        ("entered_by", "es neievadīšu, ievadiet jūs", "staff"),
        ("entered_by", "lai ievada mans dēls", "self"),
        ("additional", "no LAD dabūju naudu", "paid"),
        ("additional", "stādus dabūjām par velti no valsts mežiem", "unsure"),
        ("additional", "kad nocirtu mežu, man lika stādīt no valsts meža dienesta", "duty"),
        ("additional", "bija jāstāda pēc būvprojekta", "duty"),
        ("additional", "no", "no"),
        ("additional", "nē", "no"),
    ],
)
def test_a_choice_is_read_as_it_is_typed(key: str, text: str, code: str) -> None:
    """In people's own words; „no” is an answer only where nothing else is said, since in Latvian it means „from”."""
    assert code == _read(key, text).value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("entered_by", "negribu, lai jūs ievadāt"),
        ("entered_by", "nevēlos, ka jūs to darāt"),
        ("entered_by", "neatļauju"),
        ("entered_by", "es negribu ievadīt"),
        ("entered_by", "ja neko nevajag maksāt"),
        ("entered_by", "tikai ne jūs"),
        ("entered_by", "I don't want you to enter it"),
        ("entered_by", "you may not"),
        ("additional", "stādus dabūjām no mežniecības"),
        ("additional", "no kā"),
    ],
)
def test_nobody_permits_or_denies_by_half_a_sentence(key: str, text: str) -> None:
    """A permission that nobody gave, and a duty that nobody denied, are asked about once more."""
    question = REGISTER_TREES.question(key)
    assert question is not None
    assert isinstance(question.read(Said(text=text), _TODAY), NotUnderstood)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023.gada 3. un 4. oktobrī", date(2023, 10, 3), date(2023, 10, 4)),
        ("2023. gada 3., 4. un 5. oktobrī", date(2023, 10, 3), date(2023, 10, 5)),
        ("2023.gada 3. līdz 5. oktobrī", date(2023, 10, 3), date(2023, 10, 5)),
        ("3. un 4. oktobrī", date(2026, 10, 3), date(2026, 10, 4)),
        ("2022. un 2023. gadā", date(2022, 1, 1), date(2023, 12, 31)),
    ],
)
def test_days_share_the_year_before_them(text: str, first: date, last: date) -> None:
    """The year is said once, before the first of the days."""
    value = _read("planted", text).value
    assert (first, last) == (value.first, value.last)
