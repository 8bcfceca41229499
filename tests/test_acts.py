"""Acts: what short messages do, what longer ones leave to others, and how corrections are cut out."""

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.acts import acts, is_question
from knowledge.correction import Correction, find_correction
from knowledge.found import Found
from tests.knowledge.quality import digraph, stripped

_SET: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "knowledge" / "acts.yaml").read_text("utf-8"))
_EXAMPLES = [(kind, text) for kind, texts in _SET.items() for text in texts]


def _kinds(text: str) -> list[str]:
    return [act.kind for act in acts(text)]


@pytest.mark.parametrize(("kind", "text"), _EXAMPLES)
def test_every_example_does_what_it_is_listed_under(kind: str, text: str) -> None:
    """Each message of the set does the act it stands under; plain content does nothing."""
    assert _kinds(text) == [] if kind == "nothing" else kind in _kinds(text)


@pytest.mark.parametrize("respell", [stripped, digraph])
def test_spelling_changes_nothing(respell: object) -> None:
    """Without diacritics, and in digraph spelling, every example does the same."""
    assert callable(respell)
    changed = [(text, _kinds(respell(text))) for _, text in _EXAMPLES if _kinds(respell(text)) != _kinds(text)]
    assert changed == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nē, mums nav meža", [("no", "mums nav meža")]),
        ("paldies, un vai ozoli skaitās?", [("thanks", "un vai ozoli skaitās?")]),
        ("jā, 50 ozoli", [("yes", "50 ozoli")]),
        ("jā 50 ozoli", [("yes", "50 ozoli")]),
        ("nē paldies", [("no", None), ("thanks", None)]),
        ("nav", [("no", None), ("skip", None)]),
        ("stop", [("cancel", None), ("unsubscribe", None)]),
        ("un vēl 20 liepas", [("add_more", "20 liepas")]),
        ("kāpēc prasāt manu e-pastu", [("why", "manu e-pastu")]),
        ("Labdien! Gribu reģistrēt 50 ozolus.", [("greeting", "Gribu reģistrēt 50 ozolus.")]),
        ("gadu neatceros, bet bija pavasaris", [("dont_know", "bet bija pavasaris")]),
        ("Cēsis, turpināšu vēlāk", [("pause", None)]),
        ("jā, bet kā lai es zinu koordinātas?", [("yes", "bet kā lai es zinu koordinātas?")]),
    ],
)
def test_what_is_left_over(text: str, expected: list[tuple[str, str | None]]) -> None:
    """An act keeps the text after it as `rest`, without the marks between."""
    found = acts(text)
    assert expected == [(act.kind, act.rest.value.rstrip() if act.rest else None) for act in found]
    assert all(act.rest is None or text[act.rest.start : act.rest.end] == act.rest.value for act in found)


@pytest.mark.parametrize(
    "text",
    [
        "ja tur ir mežs, vai tas skaitās?",
        "vēl gribēju jautāt par ābelēm",
        "vai skolēni var reģistrēt kokus?",
        "Mans dēls ir bērns, vai viņš drīkst reģistrēt?",
        "atpakaļ uz kartes sākumu kā tikt?",
        "kur atrast cilvēkus, kas stāda kokus?",
        "Vai nākamgad arī varēs pieteikt?",
    ],
)
def test_a_question_is_no_act(text: str) -> None:
    """Words that do something when they stand alone don't when a question is asked with them."""
    assert _kinds(text) == []


@pytest.mark.parametrize(
    ("text", "wrong", "right", "named"),
    [
        ("nē, Cēsīs", None, "Cēsīs", None),
        ("Nē! 320", None, "320", None),
        ("ne 300, bet 320", "300", "320", None),
        ("nevis Cēsīs, bet Cesvainē", "Cēsīs", "Cesvainē", None),
        ("bija 320 nevis 300", "300", "320", None),
        ("kļūdījos, bija 320", None, "320", None),
        ("labot: 320", None, "320", None),
        ("labot 300 uz 320", "300", "320", None),
        ("mainīt skaitu", None, None, "skaitu"),
        ("mainīt vietu uz Cēsīm", None, "Cēsīm", "vietu"),
        ("gribu nomainīt koku skaitu uz 50", None, "50", "skaitu"),
        ("skaits nav pareizs", None, None, "skaits"),
        ("nē, Vecpiebalgas pagasts, Kalniņi", None, "Vecpiebalgas pagasts, Kalniņi", None),
        ("sorry, I meant 320", None, "320", None),
        ("not 300 but 320", "300", "320", None),
        ("не 300, а 320", "300", "320", None),
        ("изменить количество на 320", None, "320", "количество"),
    ],
)
def test_corrections(text: str, wrong: str | None, right: str | None, named: str | None) -> None:
    """A correction says what was wrong, what is right and what it is about, each cut from its place in the text."""
    [act] = [act for act in acts(text) if act.kind == "correction"]
    assert act.correction is not None
    parts = (act.correction.wrong, act.correction.right, act.correction.named)
    assert (wrong, right, named) == tuple(part.value if part else None for part in parts)
    assert all(text[part.start : part.end] == part.value for part in parts if part)


def test_erring_without_saying_how() -> None:
    """`kļūdījos` alone is a correction without parts."""
    assert find_correction("Kļūdījos!") == Correction()
    assert find_correction("labot: 7") == Correction(right=Found("7", 7, 8))


@pytest.mark.parametrize("text", ["nē, mums nav meža", "nē, paldies", "nē", "50 ozoli", "ne ozoli", "jā, Cēsīs", ""])
def test_what_corrects_nothing(text: str) -> None:
    """A plain no, and a no with a statement, correct nothing."""
    assert find_correction(text) is None


@pytest.mark.parametrize("text", ["gribu reģistrēt", "gribu registret", "Gribu atbildēt"])
def test_a_wish_is_not_read_as_its_opposite(text: str) -> None:
    """„Negribu reģistrēt” gives up; without *ne-* it is no misspelling of that."""
    assert "cancel" not in _kinds(text)
    assert "skip" not in _kinds(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("in English please", "en"), ("по-русски", "ru"), ("latviski", "lv"), ("mainīt valodu", None)],
)
def test_the_language_wished_for(text: str, value: str | None) -> None:
    """A language act names the language, where one is named."""
    assert [("language", value)] == [(act.kind, act.value) for act in acts(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Kā reģistrēt kokus",
        "ka registret kokus",
        "vai der ābeles",
        "no kura gada",
        "Gribēju jautāt par ābelēm",
        "ko man tagad darīt",
        "how do I start",
        "which trees",
        "можно ли так",
        "сколько стоит",
        "Der?",
        "Man ir 12 liepas. Ko ar tām darīt",
        "Tagad domāju, vai tās der",
    ],
)
def test_questions(text: str) -> None:
    """A question is known by its mark, its first word, or a word like `jautāt`."""
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    ["Kad stādīju, bija pavasaris", "50 ozoli", "Nezinu, kad tieši", "gribu reģistrēt kokus", "", "Kalni, Cēsu novads"],
)
def test_what_asks_nothing(text: str) -> None:
    """Answers and wishes are no questions, a clause with *kad* included."""
    assert not is_question(text)


def test_names_of_places_do_nothing() -> None:
    """No town, village or parish of the gazetteer, nor a municipality, is an act, not even by a likely typo."""
    rows = (Path(__file__).parent.parent / "knowledge" / "places" / "data" / "places.csv").read_text("utf-8")
    names = {row.partition(",")[0] for row in rows.splitlines()[1:]}
    assert len(names) > 500
    assert [name for name in sorted(names) if acts(name)] == []


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    """Whatever is typed: no failure, and every part lies inside the text."""
    for act in acts(text):
        assert 0 <= act.start <= act.end <= len(text)
        if act.rest:
            assert text[act.rest.start : act.rest.end] == act.rest.value


def test_a_long_letter_is_read_quickly() -> None:
    """Ten thousand characters of words that begin phrases take less than a quarter of a second."""
    letter = "gribu lūdzu vai varat nē jā vēl nesūtiet " * 250
    started = time.process_time()
    acts(letter)
    assert time.process_time() - started < 0.25
