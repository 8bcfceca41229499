"""Stemming: the forms of a word become one, different words stay apart, spelling doesn't matter."""

from itertools import combinations
from pathlib import Path

import pytest

from knowledge.latvian.stemming import stem
from knowledge.latvian.text import fold

_FORMS = Path(__file__).parent / "knowledge" / "word_forms.txt"


def _lemmas() -> list[set[str]]:
    lines = _FORMS.read_text(encoding="utf-8").splitlines()
    return [{fold(form) for form in line.split()} for line in lines if line and not line.startswith("#")]


def test_forms_of_one_lemma_meet() -> None:
    """Of all pairs of forms of the eighty lemmas at least 96 % get the same stem (98.0 % measured)."""
    pairs = [pair for forms in _lemmas() for pair in combinations(sorted(forms), 2)]
    joined = sum(stem(one) == stem(other) for one, other in pairs)
    assert joined / len(pairs) >= 0.96


def test_different_lemmas_stay_apart() -> None:
    """No two lemmas share a stem, but for those of one root: *stāds, stādīt, stādījums*."""
    lemmas_of: dict[str, set[int]] = {}
    for number, forms in enumerate(_lemmas()):
        for form in forms:
            lemmas_of.setdefault(stem(form), set()).add(number)
    assert [found for found, lemmas in lemmas_of.items() if len(lemmas) > 1] == ["stad"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("registreet", "reģistrēt"),
        ("iestaadiitos", "iestādītos"),
        ("PRIEŽU", "priede"),
        ("kocinjus", "koks"),
        ("eglites", "egle"),
        ("liepinjas", "liepa"),
        ("registresanas", "reģistrējos"),
    ],
)
def test_spelling_and_diminutives(typed: str, meant: str) -> None:
    """Digraphs, missing marks, capitals, diminutives and reflexive forms give the stem of the plain word."""
    assert stem(fold(typed)) == stem(fold(meant))


@pytest.mark.parametrize("word", ["", "a", "ar", "kas", "2020", "3,5", "registration", "company", "mapmytree3"])
def test_short_foreign_and_numeric_words_pass(word: str) -> None:
    """What is too short, a number or English without a Latvian ending comes back as it is."""
    assert stem(word) == word


@pytest.mark.parametrize("forms", ["дерево дерева деревьев деревья деревьям", "зарегистрировать зарегистрировали"])
def test_russian_endings(forms: str) -> None:
    """The commonest Russian endings are taken off."""
    assert len({stem(fold(form)) for form in forms.split()}) == 1
