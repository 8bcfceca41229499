"""Every town, village, parish and municipality is read in the cases and spellings people use."""

import unicodedata
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.places import Ambiguous, Place, find_places, gazetteer
from knowledge.places.build import DATA
from knowledge.places.declension import decline
from knowledge.places.gazetteer import Kind, Named

_DIGRAPHS = str.maketrans(
    {
        "ā": "aa",
        "ē": "ee",
        "ī": "ii",
        "ū": "uu",
        "š": "sh",
        "ž": "zh",
        "č": "ch",
        "ļ": "l",
        "ņ": "n",
        "ķ": "k",
        "ģ": "g",
    }
)


def _stripped(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _digraphs(text: str) -> str:
    return text.translate(_DIGRAPHS)


# A village that the list calls by its parish's genitive, and two of two words.
_ODD = {"Cenu", "Višķu tehnikums", "Zemkopības institūts"}
_SPELLINGS: dict[str, Callable[[str], str]] = {"right": str, "stripped": _stripped, "digraphs": _digraphs}


def _rows(*kinds: Kind) -> list[Named]:
    text = (DATA / "gazetteer.tsv").read_text(encoding="utf-8")
    names = {(line.split("\t")[1], line.split("\t")[0]) for line in text.splitlines() if line.count("\t") == 6}
    rows = {
        row
        for kind, forms in names
        if kind in kinds
        for form in [forms.split(",")[0]]
        for row in (gazetteer.units(form[1:]) if form[0] == "=" else gazetteer.settlements(form))
        if row.kind in kinds
    }
    return sorted(rows, key=lambda row: (row.kind, row.name, row.municipality))


def _municipalities(text: str, *, answering: bool = False) -> set[str | None]:
    """Return what municipalities the one place in a text is, or may be, in."""
    found = [item.value for item in find_places(text, answering=answering)]
    if len(found) != 1:
        return set()
    if isinstance(found[0], Ambiguous):
        return {place.municipality for place in found[0].candidates}
    return {found[0].municipality} if isinstance(found[0], Place) else set()


def _misses(rows: list[Named], sentences: Callable[[Named], Iterator[str]]) -> set[str]:
    return {
        row.name
        for row in rows
        for sentence in sentences(row)
        if not set(row.municipality.split("|")) <= _municipalities(sentence)
    }


def _is_plural(name: str) -> bool:
    return name.endswith(("i", "as", "es")) or name == "Cēsis"


@pytest.mark.parametrize("spelling", _SPELLINGS)
def test_every_town_and_centre_of_a_parish_is_read_in_its_cases(spelling: str) -> None:
    """In the locative, behind *pie*, before *pusē*, and alone, with and without diacritics."""
    spelt = _SPELLINGS[spelling]

    def sentences(row: Named) -> Iterator[str]:
        cases = decline(row.name)
        yield spelt(f"Pērn iestādījām {cases.locative} 20 ozolus")
        yield spelt(f"{cases.genitive} pusē stādīju liepas")
        yield spelt(row.name)

    assert _misses(_rows("city", "town", "centre", "large"), sentences) <= _ODD


def test_behind_a_preposition_only_rivers_are_left_out() -> None:
    """*Pie Ropažiem* is the village; *pie Dubnas* is the river."""

    def sentences(row: Named) -> Iterator[str]:
        cases = decline(row.name)
        yield f"20 ozoli pie {cases.dative if _is_plural(row.name) else cases.genitive}"

    rivers = {"Amata", "Bārta", "Dubna", "Pededze", "Saka", "Svēte", "Vadakste"}
    assert rivers == _misses(_rows("city", "town", "centre", "large"), sentences) - _ODD


def test_small_letters_are_enough_unless_the_name_is_an_everyday_word() -> None:
    """Who writes without capitals is understood as well, but *laukos*, *saldu* and *valka* remain words."""

    def sentences(row: Named) -> Iterator[str]:
        yield f"pērn iestādījām {decline(row.name).locative} 20 ozolus".lower()

    towns = _misses(_rows("city", "town"), sentences)
    assert {"Jūrmala", "Pļaviņas", "Valka"} == towns
    assert len(_misses(_rows("centre"), sentences)) < 35


@pytest.mark.parametrize("spelling", _SPELLINGS)
@pytest.mark.parametrize(
    ("kind", "units"),
    [
        ("municipality", ("novads", "novadā", "novada", "novadu", "nov.", "nov", "NOVADS")),
        ("former", ("novads", "novadā", "novada", "nov.", "nov")),
        ("parish", ("pagasts", "pagastā", "pagasta", "pagastu", "pag.", "pag")),
        ("district", ("rajons", "rajonā", "rajona", "raj.", "raj")),
    ],
)
def test_every_unit_is_read_in_every_case(kind: Kind, units: tuple[str, ...], spelling: str) -> None:
    """Each parish, municipality and district, abolished ones too, gives its present municipality."""

    def sentences(row: Named) -> Iterator[str]:
        genitive = row.name.rpartition(" ")[0]
        for unit in units:
            yield _SPELLINGS[spelling](f"Pērn iestādījām {genitive} {unit} 20 ozolus")

    rows = _rows(kind)
    assert len(rows) >= 26
    assert set() == _misses(rows, sentences)


def test_every_village_is_read_beside_its_municipality() -> None:
    """With the municipality behind it a hamlet is read as a settlement there, or at least as a house."""
    rows = [row for row in _rows("village") if row.municipality.endswith("novads") and row.name[0].isalpha()]
    assert len(rows) > 3000
    missed = [row for row in rows if _municipalities(f"{row.name}, {row.municipality}") != {row.municipality}]
    assert {row.name for row in missed} <= {"Gulbju Ciems", "Kalnciema masīvs"}


@given(st.sampled_from(_rows("parish")), st.data())
def test_one_slip_in_a_parish_leads_to_it_or_to_none(row: Named, data: st.DataObject) -> None:
    """A swapped pair of letters in a long name is forgiven; it never leads to more than one other place."""
    genitive = row.name.rpartition(" ")[0]
    at = data.draw(st.integers(1, len(genitive) - 2))
    typed = genitive[:at] + genitive[at + 1] + genitive[at] + genitive[at + 2 :]
    assert len(find_places(f"koki aug {typed} pagastā")) <= 1


@pytest.mark.parametrize(
    ("typed", "municipality"),
    [
        ("Sesvas pagastā", "Jelgavas novads"),
        ("Jekabplis novads", "Jēkabpils novads"),
        ("Valmeiras novadā", "Valmieras novads"),
        ("stādīju pie Sigludas", "Siguldas novads"),
        ("koki ir Limbažso", "Limbažu novads"),
        ("Drusti pagasts", "Smiltenes novads"),
        ("Madliena novads", "Ogres novads"),
    ],
)
def test_misspelt_and_mixed_up_names_are_understood(typed: str, municipality: str) -> None:
    """A slip of the finger, the nominative before a unit, a parish called a novads."""
    assert {municipality} == _municipalities(typed)
