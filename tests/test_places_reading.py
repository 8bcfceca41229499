"""Sentences and the planting places they state, and what must hold for any text at all."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.places import (
    Ambiguous,
    DoubtfulNumber,
    Outside,
    Place,
    PlaceReading,
    Point,
    UnresolvedLink,
    distance_km,
    find_places,
)

_SETS = Path(__file__).parent / "reading"
_FIELDS = ("municipality", "said_municipality", "parish", "settlement", "house", "street", "cadastre", "lat", "lon")
# What follows from another field and need not be named in a set.
_DERIVED = {"municipality", "parish"}


def _set(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load((_SETS / name).read_text(encoding="utf-8"))
    return cases


def _told(reading: PlaceReading) -> dict[str, Any]:
    if isinstance(reading, Ambiguous):
        return {"ambiguous": [place.municipality for place in reading.candidates]}
    if isinstance(reading, Outside):
        return {"outside": True}
    if isinstance(reading, UnresolvedLink):
        return {"link": "short" if reading.short else "bare"}
    if isinstance(reading, DoubtfulNumber):
        return {"doubtful": reading.digits}
    return {field: getattr(reading, field) for field in _FIELDS if getattr(reading, field) is not None}


def _is_right(key: str, wanted: Any, told: Any) -> bool:
    if told is None:
        return False
    if key in {"lat", "lon"}:
        return bool(abs(wanted - told) < 1e-3)
    return set(wanted) <= set(told) if key == "ambiguous" else bool(wanted == told)


def _score(case: dict[str, Any]) -> tuple[int, int, list[str]]:
    """Return how many values are right, how many are wanted, and what was told beyond them."""
    told = [_told(item.value) for item in find_places(case["text"], answering=case.get("answering", False))]
    wanted = case["place"]
    right = beyond = 0
    extra: list[str] = []
    for number, site in enumerate(wanted):
        got = told[number] if number < len(told) else {}
        right += sum(_is_right(key, value, got.get(key)) for key, value in site.items())
        named = site if "ambiguous" not in site else {**site, **got}
        derived = _DERIVED if {"lat", "settlement", "parish"} & site.keys() else set()
        extra += [f"{key}={value}" for key, value in got.items() if key not in named and key not in derived]
    beyond = max(0, len(told) - len(wanted))
    return right, sum(len(site) for site in wanted), extra + [str(site) for site in told[len(told) - beyond :]]


@pytest.mark.parametrize("case", _set("places.yaml"), ids=lambda case: case["text"][:60])
def test_a_sentence_gives_the_places_it_states_and_no_others(case: dict[str, Any]) -> None:
    """Every value of the set is read, and nothing that the sentence does not state."""
    right, wanted, extra = _score(case)
    assert (wanted, []) == (right, extra), [_told(item.value) for item in find_places(case["text"])]


def test_unseen_sentences_are_read_as_promised() -> None:
    """Of the values in sentences nobody tuned to at least 95 % are right, and hardly any is invented."""
    scores = [_score(case) for case in _set("places-unseen.yaml")]
    right, wanted = sum(score[0] for score in scores), sum(score[1] for score in scores)
    assert right / wanted >= 0.95
    assert len([extra for score in scores for extra in score[2]]) <= 3


@pytest.mark.parametrize("answering", [False, True])
def test_the_name_below_a_message_is_no_village(answering: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Anna signs; only alone, in its own case or beside its parish or municipality she is the village."""
    signed = ["50 ozoli, Anna", "Paldies! Anna", "50 ozoli.\n\nAnna"]
    meant = ["Anna", "50 ozoli Annā", "50 ozoli, Anna, Alūksnes novads", "Alūksnes novads, Anna"]
    assert [[], [], []] == [find_places(text, answering=answering) for text in signed]
    assert [1, 1, 1, 1] == [len(find_places(text, answering=answering)) for text in meant]


# A question about people, in which trees are spoken of as well.
_INVENTED = ["Vai Liepājā arī ir konsultanti, kas palīdz reģistrēt kokus?"]


def test_sentences_that_state_no_place_give_none() -> None:
    """No place is invented in the sentences of both sets that state none, but for one that is known."""
    cases = [case for name in ("places.yaml", "places-unseen.yaml") for case in _set(name) if not case["place"]]
    assert len(cases) > 60
    assert [
        case["text"] for case in cases if find_places(case["text"], answering=case.get("answering", False))
    ] == _INVENTED


@given(st.text(max_size=200), st.sampled_from([True, False]))
def test_any_text_is_read_without_error(text: str, answering: bool) -> None:  # noqa: FBT001 - as Hypothesis calls it
    """Whatever is typed, reading ends, and what was found lies within the text."""
    for item in find_places(text, answering=answering):
        assert 0 <= item.start < item.end <= len(text)
        assert (item.start, item.end) == item.value.spans[0]
        assert all(text[start:end] in item.value.words for start, end in item.value.spans)


_PIECES = st.sampled_from(
    [
        *("Ogrē", "Cēsu novadā", "Sesavas pagastā", "Drusti", "pie", "un", ",", ".", "56.95,24.10", "7494 012 0849"),
        *(
            "Skolas iela 5",
            "„Bērzi”",
            "mājas",
            "Rīgas",
            "raj.",
            "novads",
            "dzīvoju",
            "stādīju",
            "50 ozolus",
            "X 311780",
        ),
        *("Y 506399", "https://goo.gl/maps/x", "LV-4101", "Огрский край", "(", "32560010012", "pie Cēsīm", "\n"),
    ]
)


@given(st.lists(_PIECES, max_size=14))
def test_any_mixture_of_places_is_read_without_error(pieces: list[str]) -> None:
    """However the parts of descriptions are mixed, each site has a reading with its own part of the text."""
    text = " ".join(pieces)
    starts = [item.value.spans[0] for item in find_places(text)]
    assert starts == sorted(set(starts))


def test_hostile_texts_end() -> None:
    """Ten thousand characters of what the patterns look for are read in bounded time and memory."""
    for piece in (
        "7494 012 ",
        "56.95, ",
        "Rīgas un ",
        "mājas „",
        "X 311780 ",
        "https://a.lv/1.2345,",
        "Ogre, ",
        "pie ",
    ):
        text = (piece * 10_000)[:10_000]
        assert len(find_places(text)) <= len(text)


def _only(text: str, *, answering: bool = False) -> PlaceReading:
    (item,) = find_places(text, answering=answering)
    return item.value


def test_parts_of_one_description_are_one_place_with_all_their_spans() -> None:
    """House, parish, cadastre number and pin are one place; the parts that lie apart are listed one by one."""
    text = "Ogres novadā iestādīju 50 ozolus, kadastrs 7494 012 0849, pin 56.8412 24.5633"
    place = _only(text)
    assert isinstance(place, Place)
    assert [text[start:end] for start, end in place.spans] == ["Ogres novadā", "7494 012 0849", "56.8412 24.5633"]
    assert (place.cadastre, place.lat, place.municipality) == ("74940120849", 56.8412, "Ogres novads")
    assert place.precision == "point"


def test_a_pin_far_from_the_named_parish_keeps_both() -> None:
    """The pin decides the municipality; what the words name stays, with its centre, so that the caller can ask."""
    place = _only("57.3100, 25.2700, Dundagas pagasts")
    assert isinstance(place, Place)
    assert (place.municipality, place.said_municipality) == ("Cēsu novads", "Talsu novads")
    assert place.point is not None
    assert place.centre is not None
    assert distance_km(place.point, place.centre) > 40


def test_the_centre_of_a_named_place_is_never_where_the_trees_are() -> None:
    """A town or parish alone gives its middle for comparison and leaves the point of the trees empty."""
    place = _only("Sesavas pagastā")
    assert isinstance(place, Place)
    assert (place.lat, place.lon) == (None, None)
    assert place.centre is not None
    assert place.precision == "parish"


def test_a_named_neighbour_is_believed_near_its_border() -> None:
    """A point within a kilometre of another municipality counts as that one when the words name it."""
    alone, named = _only("57.12, 25.00"), _only("57.12, 25.00, Cēsu novads")
    assert isinstance(alone, Place)
    assert isinstance(named, Place)
    assert (alone.municipality, alone.near_border) == ("Siguldas novads", True)
    assert (named.municipality, named.said_municipality) == ("Cēsu novads", None)


def test_a_former_unit_tells_its_name_and_what_it_is_now() -> None:
    """The caller can say that Ikšķiles novads is Ogres novads now."""
    place = _only("Ikšķiles novadā")
    assert isinstance(place, Place)
    assert place.former is not None
    assert (
        place.former.name,
        place.former.until,
        place.former.now,
    ) == ("Ikšķiles novads", 2021, ("Ogres novads",))


def test_a_district_is_asked_about_even_where_one_municipality_covers_it() -> None:
    """A rajons ended in 2009; what it may be now is offered, never taken."""
    reading = _only("Gulbenes rajonā")
    assert isinstance(reading, Ambiguous)
    assert (reading.why, [place.municipality for place in reading.candidates]) == ("former", ["Gulbenes novads"])


def test_either_order_of_the_axes_is_offered_where_both_lie_on_land() -> None:
    """Two unlabelled grid numbers of Ventspils novads mean two points; the named place decides between them."""
    reading = _only("X 360000 Y 380000")
    assert isinstance(reading, Ambiguous)
    assert (reading.why, len({place.point for place in reading.candidates})) == ("axes", 2)


def test_heavy_libraries_are_loaded_only_when_used() -> None:
    """A message with names only loads neither pyproj nor numpy, phonenumbers nor the e-mail validator."""
    code = (
        "import sys; from knowledge.places import find_places; from knowledge import contacts, secrets;"
        "secrets.mask('Ogrē'); contacts.find_name('Ogrē'); find_places('Stādīju Ogrē, Sesavas pagastā');"
        "heavy = {'pyproj', 'numpy', 'phonenumbers', 'email_validator', 'rapidfuzz'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_point_knows_its_distance() -> None:
    """Riga and Cēsis are about 81 km apart."""
    assert 80 < distance_km(Point(56.9496, 24.1052), Point(57.3126, 25.2746)) < 83
