"""Species: every tree of the table is found by any form of its names, however it is spelt, and nothing else is one."""

import csv
import string
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.species import all_species, find_species, plain_name, species
from knowledge.tree_words import find_tree_words
from tests.reading import latvian

_TABLES = Path(__file__).parents[1] / "knowledge"
_LETTERS = "aāeēiīuūbcčdfgģhjkķlļmnņoprsštvzž"


def _rows(name: str) -> list[Mapping[str, str]]:
    with (_TABLES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _cells(row: Mapping[str, str], *columns: str) -> list[str]:
    """Return the names of a row: `plain` and `other` hold more than one."""
    return [name.strip() for column in columns for name in row[column].split(";") if name.strip()]


@cache
def _latvian_names() -> list[tuple[str, str]]:
    """Return (name, Latin) of every Latvian name in both tables."""
    names = [(name, row["latin"]) for row in _rows("species.csv") for name in _cells(row, "latvian", "plain", "other")]
    usual = {name for name, _ in names}
    genera = [(name, row["genus"]) for row in _rows("genera.csv") for name in _cells(row, "latvian", "words")]
    return names + [(name, genus) for name, genus in genera if name not in usual and " " not in name]


def _told(text: str) -> list[str]:
    return [found.value.latin for found in find_species(text)]


def _spellings(form: str) -> set[str]:
    return {form, latvian.stripped(form), latvian.digraphs(form), form.capitalize(), form.upper()}


def _misread(forms: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Yield what is not read as the tree it is: before a number and after it, in every spelling."""
    for form, latin in forms.items():
        for spelt in _spellings(form):
            for text in (f"{spelt}: 7", f"iestādīju 7 {spelt}"):
                if _told(text) != [latin]:
                    yield text, _told(text)


def test_every_name_in_every_case_is_its_tree() -> None:
    """`parastajiem ozoliem`, `meža bumbieru`, `KĻAVĀM`, `priezhu`, `berzi`: each means the tree of its row."""
    forms = {form: latin for name, latin in _latvian_names() for form in latvian.name(name).values()}
    assert len(forms) > 1000
    assert [] == list(_misread(forms))


def test_every_diminutive_in_every_case_is_its_tree() -> None:
    """`ozoliņi`, `eglīšu`, `bērziņiem`, `kadiķītis`: as people speak of what they have planted."""
    single = [(name, latin) for name, latin in _latvian_names() if " " not in name]
    forms = {form: latin for name, latin in single for form in latvian.noun(latvian.diminutive(name)).values()}
    assert [] == list(_misread(forms))


def test_names_written_together_with_a_word_for_trees() -> None:
    """`ķiršukoki`, `lazdukrūmi`, `ozolustādi`."""
    forms = {
        latvian.noun(name)["pg"] + latvian.noun(thing)[case]: latin
        for name, latin in _latvian_names()
        if " " not in name
        for thing in ("koks", "krūms", "stāds")
        for case in ("pn", "pa", "pg")
    }
    assert [] == list(_misread(forms))


@pytest.mark.parametrize("row", _rows("species.csv"), ids=lambda row: str(row["latin"]))
def test_other_languages(row: Mapping[str, str]) -> None:
    """The Latin name with its synonyms and the English names, singular and plural, mean the tree of their row."""
    for name in _cells(row, "latin", "synonyms"):
        assert [row["latin"]] == _told(f"{name} - 8")
    for name in _cells(row, "english"):
        plural = (
            name + "es"
            if name.endswith(("ch", "sh", "x", "s"))
            else name[:-1] + "ies"
            if name[-1] == "y"
            else name + "s"
        )
        for form in (name, plural):
            assert [row["latin"]] == _told(f"we have planted 8 {form}"), form


def _slips(word: str) -> Iterator[str]:
    """Yield a word with one slip after its first letter: a letter left out, doubled, swapped, wrong or put in."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
        for letter in _LETTERS:
            yield word[:at] + letter + word[at + 1 :]
            yield word[:at] + letter + word[at:]


@settings(max_examples=40)
@given(st.data())
def test_one_slip_leads_to_the_tree_or_to_nothing(data: st.DataObject) -> None:
    """`20 ozlus`, `melnalkšini`: after the first letter a slip never makes another tree of one."""
    name, _ = data.draw(
        st.sampled_from([pair for pair in _latvian_names() if " " not in pair[0] and len(pair[0]) >= 5])
    )
    form = latvian.noun(name)[data.draw(st.sampled_from(latvian.CASES))]
    meant = _told(f"7 {form}")
    for slip in _slips(form):
        assert _told(f"7 {slip}") in (meant, []), slip


def test_most_slips_in_long_names_are_forgiven() -> None:
    """Of the slips in names of eight letters and more at least 95 % still lead to the tree."""
    long = [name for name, _ in _latvian_names() if " " not in name and len(name) >= 8]
    slips = [(name, slip) for name in long for slip in set(_slips(name))]
    right = sum(_told(f"7 {slip}") == _told(f"7 {name}") for name, slip in slips)
    assert right / len(slips) >= 0.95


@pytest.mark.parametrize(
    ("text", "latin", "candidates"),
    [
        ("bērzi", "Betula", ("Betula pendula", "Betula pubescens")),
        ("alkšņi", "Alnus", ("Alnus glutinosa", "Alnus incana", "Alnus × pubescens")),
        ("lapegles", "Larix", ("Larix decidua", "Larix ledebourii")),
        ("ķirši", "Prunus", ("Prunus avium", "Prunus cerasus")),
        ("ozoli", "Quercus robur", ()),
        ("zilās egles", "Picea", ()),
    ],
)
def test_an_ambiguous_word_is_a_genus_with_its_species(text: str, latin: str, candidates: tuple[str, ...]) -> None:
    """`bērzs` may be two species of the table; `ozols` is the usual one; a blue spruce is none of the table."""
    (found,) = find_species(text)
    assert (latin, candidates) == (found.value.latin, found.value.candidates)


@pytest.mark.parametrize(
    "text",
    [
        "Jānis Bērziņš",
        "Ar cieņu, Pēteris Ozols",
        "Liepājā un Pļaviņās",
        "Ozolu iela 5",
        "Bērzes pagasts",
        "mājas „Liepas”",
        "rakstiet k.ozolins@example.lv",
        "liepa.anna@skola.edu.lv",
        "skatiet https://ozoli.lv/liepas/berzi?egle=1",
        "www.liepas.lv",
        "SIA „Egles”",
        "Ieva atbrauca",
        "kaste ar klavieru notīm",
    ],
)
def test_names_and_addresses_are_no_trees(text: str) -> None:
    """People, streets, farms, firms, e-mail addresses and links called after trees are none."""
    assert [] == _told(text)


def test_every_species_has_names_to_show() -> None:
    """Each has a Latvian name that is read as itself, and one in English or its Latin name."""
    for known in all_species():
        assert known is species(known.latin)
        assert [known.latin] == _told(f"{known.plain} 5")
        assert plain_name(known.latin, "en")
    assert "bērzs" == plain_name("Betula")


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("lapu koki", "broadleaves"),
        ("skujkoki", "conifers"),
        ("augļu kociņi", "fruit trees"),
        ("ogulāji", "shrubs"),
        ("stādiņi", "trees"),
        ("gab.", "trees"),
    ],
)
def test_words_for_trees_in_general(text: str, group: str) -> None:
    """They name a group, not a species."""
    assert [group] == [found.value.group for found in find_tree_words(text)]
    assert [] == _told(text)


@given(st.text(max_size=120) | st.text(alphabet=string.ascii_letters + "āēīūšžčņļķģ ,.@/„”", max_size=120))
def test_any_text_is_read_without_error(text: str) -> None:
    """Whatever is typed, what is found lies within the text, in order."""
    found = find_species(text)
    assert [(item.start, item.end) for item in found] == sorted((item.start, item.end) for item in found)
    assert all(0 <= item.start < item.end <= len(text) for item in found)
