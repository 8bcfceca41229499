"""Plantings: counts go to the trees they belong to in every way people list them, and only what was planted is told."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.catalogue import FLOWS
from flows.grammar import Partly, Understood
from flows.planting_kind import Plantings, Trees, total, vague
from flows.said import Said
from knowledge.plantings import find_plantings
from tests.reading import latvian

_TODAY = date(2026, 11, 22)
_TREES = {
    "ozols": "Quercus robur",
    "liepa": "Tilia cordata",
    "parastā kļava": "Acer platanoides",
    "egle": "Picea abies",
    "priede": "Pinus sylvestris",
    "bērzs": "Betula",
    "melnalksnis": "Alnus glutinosa",
    "ābele": "Malus domestica",
    "saldais ķirsis": "Prunus avium",
    "meža bumbiere": "Pyrus pyraster",
    "kadiķis": "Juniperus communis",
    "pīlādzis": "Sorbus aucuparia",
    "Sibīrijas lapegle": "Larix ledebourii",
    "lazda": "Corylus avellana",
    "osis": "Fraxinus excelsior",
}
_LISTS = st.lists(
    st.tuples(st.sampled_from(sorted(_TREES)), st.integers(2, 9999)),
    min_size=1,
    max_size=6,
    unique_by=lambda pair: pair[0],
)
_SPELLINGS = st.sampled_from([str, latvian.stripped, latvian.digraphs, str.upper])


def _read(text: str) -> list[tuple[str | None, int | None]]:
    return [(found.value.species, found.value.count) for found in find_plantings(text, _TODAY)]


def _meant(trees: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(_TREES[name], count) for name, count in trees]


def _agreeing(name: str, count: int, plural: str, singular: str) -> str:
    """Write a name as it stands after a number: 21 ozols, 22 ozoli."""
    return latvian.name(name)[singular if count % 10 == 1 and count % 100 != 11 else plural]


def _listed(parts: list[str], last: str) -> str:
    return last.join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


@given(_LISTS, _SPELLINGS, st.sampled_from([" un ", ", ", ", kā arī "]))
def test_counts_before_their_trees(trees: list[tuple[str, int]], spelling: type[str], last: str) -> None:
    """`Iestādīju 50 ozolus, 20 liepas un 3 kļavas` in any spelling."""
    parts = [f"{count} {_agreeing(name, count, 'pa', 'sa')}" for name, count in trees]
    assert _meant(trees) == _read(spelling("Iestādīju " + _listed(parts, last) + "."))


@given(
    _LISTS,
    _SPELLINGS,
    st.sampled_from([" ", " - ", " – ", ": ", "-", " (", "="]),
    st.sampled_from(["", " gab.", " gab", "gab"]),
)
def test_counts_after_their_trees(trees: list[tuple[str, int]], spelling: type[str], sign: str, piece: str) -> None:
    """`ozols - 50 gab., liepa - 20 gab.` in any spelling, on one line or on a line each."""
    close = ")" if sign == " (" else ""
    parts = [f"{latvian.name(name)['sn']}{sign}{count}{piece}{close}" for name, count in trees]
    for between in (", ", "; ", "\n"):
        assert _meant(trees) == _read(spelling(between.join(parts)))


@given(_LISTS)
def test_a_numbered_list(trees: list[tuple[str, int]]) -> None:
    """`1. ozoli 50` and `1) ozoli 50`: the numbers of the lines count nothing."""
    for mark in (". ", ") "):
        lines = [f"{at}{mark}{latvian.name(name)['pn']} {count}" for at, (name, count) in enumerate(trees, start=1)]
        assert _meant(trees) == _read("\n".join(lines))


@given(_LISTS)
def test_counts_in_words(trees: list[tuple[str, int]]) -> None:
    """`trīs ozoli, divdesmit divas liepas`."""
    parts = [
        f"{latvian.number(count, feminine=name.split()[-1][-1] in 'ae')} {_agreeing(name, count, 'pn', 'sn')}"
        for name, count in trees
    ]
    assert _meant(trees) == _read(_listed(parts, " un "))


@given(
    _LISTS,
    st.sampled_from(["{what}, {when}, {where}", "{when} iestādīju {what} {where}", "{where} {when} stādīti {what}"]),
)
def test_a_date_and_a_place_beside_them_change_nothing(trees: list[tuple[str, int]], form: str) -> None:
    """Figures of the date, the hectares and the address are no counts, and split no list."""
    what = _listed([f"{count} {_agreeing(name, count, 'pa', 'sa')}" for name, count in trees], " un ")
    for when in ("2023. gada 12. maijā", "15.04.2024.", "pērn aprīlī"):
        text = form.format(what=what, when=when, where="Ogres novadā, 2,5 ha platībā")
        assert _meant(trees) == _read(text), text


@given(_LISTS.filter(lambda trees: len(trees) > 1))
def test_a_total_is_not_counted_twice(trees: list[tuple[str, int]]) -> None:
    """`kopā 60 koki: 40 ozoli un 20 liepas` are forty and twenty."""
    parts = _listed([f"{count} {_agreeing(name, count, 'pn', 'sn')}" for name, count in trees], " un ")
    whole = sum(count for _, count in trees)
    for text in (f"kopā {whole} koki: {parts}", f"{parts}, kopā {whole}", f"{whole} koki, no tiem {parts}"):
        assert _meant(trees) == _read(text), text


@pytest.mark.parametrize(
    "text",
    [
        "Vai var reģistrēt {}?",
        "Kad labāk stādīt {}?",
        "Nākamgad stādīšu {}",
        "Plānojam stādīt {}",
        "Gribu iestādīt {}",
        "Nozāģēju {}",
        "Kur nopirkt {}?",
        "Nestādīju {}",
        "nevis {}",
        "Cik maksā {}?",
    ],
)
@settings(max_examples=20)
@given(trees=_LISTS)
def test_what_was_not_planted_is_not_told(text: str, trees: list[tuple[str, int]]) -> None:
    """Questions, plans, losses and denials state no planting, whatever they list."""
    what = _listed([f"{count} {_agreeing(name, count, 'pa', 'sa')}" for name, count in trees], " un ")
    assert [] == _read(text.format(what))


def test_each_of_many_people_is_no_count() -> None:
    """What every child planted is not the number of trees."""
    assert [("Picea abies", None)] == _read("Katrs no 26 bērniem iestādīja vienu eglīti")
    assert [("Quercus robur", None)] == _read("mūsu klasē katrs skolēns iestādīja pa diviem ozoliem")
    assert [("Betula", None)] == _read("uz katra hektāra 2000 bērzu")


# ------------------------------------------------------------------------------------------- the kind of question


def _question() -> Plantings:
    question = FLOWS["register_trees"].question("plantings")
    assert isinstance(question, Plantings)
    return question


_VALUES = st.lists(
    st.builds(
        Trees,
        species=st.none() | st.sampled_from(sorted(set(_TREES.values()))),
        count=st.none() | st.integers(1, 10_000),
        about=st.booleans(),
        mixed=st.booleans(),
    )
    | st.builds(Trees, least=st.integers(1, 50), most=st.none() | st.integers(51, 100))
    | st.builds(Trees, count=st.integers(1, 99), kinds=st.just(("Betula", "Picea abies"))),
    min_size=1,
    max_size=4,
).map(tuple)


@given(_VALUES)
def test_a_stored_answer_comes_back_as_itself(value: tuple[Trees, ...]) -> None:
    """What is encoded for the database is decoded to the same trees."""
    question = _question()
    assert value == question.decode(question.encode(value))


@given(_VALUES)
def test_the_command_tells_species_count_and_range(value: tuple[Trees, ...]) -> None:
    """Each kind is an object with `species` and `count`; a range stands only where there is no exact count."""
    told = _question().told(value)["plantings"]
    for tree in told:
        assert {"species", "count"} <= tree.keys() <= {"species", "count", "count_range"}
        assert not ("count_range" in tree and tree["count"] is not None)


@given(_LISTS)
def test_a_list_is_a_whole_answer(trees: list[tuple[str, int]]) -> None:
    """Kinds with their counts need no further question; a kind without a count, or a count alone, does."""
    text = ", ".join(f"{count} {_agreeing(name, count, 'pn', 'sn')}" for name, count in trees)
    reading = _question().read(Said(text=text), _TODAY)
    assert isinstance(reading, Understood)
    assert sum(count for _, count in trees) == total(reading.value)
    assert not vague(reading.value)
    assert isinstance(_question().read(Said(text=latvian.name(trees[0][0])["pn"]), _TODAY), Partly)
    assert isinstance(_question().read(Said(text=str(trees[0][1])), _TODAY), Partly)


def test_trees_of_many_kinds_are_called_so_when_their_number_is_asked() -> None:
    """„Cik koku iestādījāt? (dažādi koki)” repeats what was said."""
    reading = _question().read(Said(text="dažādi koki"), _TODAY)
    assert isinstance(reading, Partly)
    assert "dažādi koki" == reading.given


@given(_LISTS, st.data())
def test_kinds_and_counts_told_in_parts_are_joined(trees: list[tuple[str, int]], data: st.DataObject) -> None:
    """First the kinds, then the counts in their order, make the same answer as all at once."""
    kinds = tuple(Trees(species=_TREES[name]) for name, _ in trees)
    counts = tuple(Trees(count=count) for _, count in trees)
    joined = _question().combine(kinds, counts)
    assert tuple(replace(kind, count=count.count) for kind, count in zip(kinds, counts, strict=True)) == joined
    more = data.draw(st.integers(1, 500))
    added = _question().combine(joined, (Trees(species=joined[0].species, count=more),))
    assert (total(joined) or 0) + more == total(added)


@given(st.text(max_size=120))
def test_any_text_is_read_without_error(text: str) -> None:
    """Whatever is typed, what is found lies within the text and counts nothing negative."""
    for found in find_plantings(text, _TODAY):
        assert 0 <= found.start < found.end <= len(text)
        assert found.value.count is None or found.value.count > 0


_PIECES = st.sampled_from(
    [
        *(
            "50",
            "ozoli",
            "liepas",
            "un",
            ",",
            "koki",
            "gab.",
            "kopā",
            "pa",
            "katra",
            "no tiem",
            "tikpat",
            "stādi",
            "2 ha",
        ),
        *(
            "divdesmit",
            "ap",
            "pāris",
            "-",
            ":",
            "(",
            ")",
            "\n",
            ".",
            "iestādīju",
            "nokalta",
            "vai",
            "?",
            "1.",
            "2.",
            "bērzu",
        ),
    ]
)


@given(st.lists(_PIECES, max_size=14).map(" ".join))
@settings(max_examples=300)
def test_any_mixture_of_list_words_is_read_without_error(text: str) -> None:
    """However counts, trees and what stands between them are mixed, each row keeps its own part of the text."""
    for found in find_plantings(text, _TODAY):
        assert 0 <= found.start < found.end <= len(text)
