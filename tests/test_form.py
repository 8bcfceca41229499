"""A form: which line of a reply answers which question."""

from dataclasses import replace
from datetime import date

import pytest

from flows import engine, form
from flows.contact_kinds import Contact
from flows.grammar import Flow
from flows.notes import Missed, Proposed, Recorded
from flows.register_trees import REGISTER_TREES
from flows.run import Run
from flows.said import Said
from flows.when_kind import Planted
from flows.where_kind import Site
from tests.talking import START

_TODAY = date(2026, 11, 23)
_FLOW: Flow = REGISTER_TREES
_KEYS = ("who", "plantings", "planted", "place", "kind", "additional")


def _run(**answers: object) -> Run:
    return Run(id="a" * 16, flow=_FLOW.name, started_at=START, answers=answers)


def _split(text: str, asked: int = 6) -> tuple[dict[int, str], str]:
    reply = form.split(text, asked)
    return dict(reply.numbered), reply.rest


@pytest.mark.parametrize(
    ("text", "numbered", "rest"),
    [
        ("1) es\n2) 50 ozoli", {1: "es", 2: "50 ozoli"}, ""),
        ("1.) es\n2: 50 ozoli\nnr. 3) pērn", {1: "es", 2: "50 ozoli", 3: "pērn"}, ""),
        ("1) es 2) 50 ozoli, 20 liepas 3) pērn", {1: "es", 2: "50 ozoli, 20 liepas", 3: "pērn"}, ""),
        ("2. 250 bērzi\n3. pērn aprīlī", {2: "250 bērzi", 3: "pērn aprīlī"}, ""),
        ("2 - 250 bērzi", {2: "250 bērzi"}, ""),
        ("2 – bērzi, 250", {2: "bērzi, 250"}, ""),
        ("3)\n\npērn aprīlī\n\nPaldies!", {3: "pērn aprīlī"}, "Paldies!"),
        ("2) 50 ozoli\nun 20 liepas\n\nVai tās skaitās?", {2: "50 ozoli\nun 20 liepas"}, "Vai tās skaitās?"),
        ("Labdien!\n1) es", {1: "es"}, "Labdien!"),
        ("3. maijā", {}, "3. maijā"),
        ("3.04.2025.", {}, "3.04.2025."),
        ("5. klase iestādīja", {}, "5. klase iestādīja"),
        ("5-7 ozoli", {}, "5-7 ozoli"),
        ("7) ko?", {}, "7) ko?"),
        ("250) ozoli", {}, "250) ozoli"),
        ("1)", {}, ""),
    ],
)
def test_a_number_in_front_names_the_question(text: str, numbered: dict[int, str], rest: str) -> None:
    """Brackets, colons, points and dashes do; dates, ranges and ordinal numbers, and numbers never asked, do not."""
    assert (numbered, rest) == _split(text)


def test_numbered_answers_are_recorded_and_the_others_are_told_apart() -> None:
    """What fits is recorded, what does not is named by its question, and one reply counts as one miss."""
    filled = form.fill(
        _FLOW, _run(), _KEYS, form.split("1) es\n2) zils\n3) aprīlis\n5) sarkans", 6), _TODAY, late=False
    )
    assert {"who": "person"} == {k: v for k, v in filled.turn.run.answers.items() if k == "who"}
    assert ({"plantings", "kind"}, 1) == (set(filled.missed), filled.turn.run.misses)
    assert not any(isinstance(note, Missed) for note in filled.turn.notes)


def test_the_questions_own_words_are_no_answer() -> None:
    """Typed behind or below the question, as it stood in our letter, the answer is what comes after it."""
    asked = _FLOW.question("planted")
    assert asked is not None
    for between in (" ", "\n"):
        reply = form.split(f"3) {asked.ask}{between}{asked.example}{between}2023. gada pavasarī", 6)
        filled = form.fill(_FLOW, _run(), _KEYS, reply, _TODAY, late=False)
        assert date(2023, 3, 1) == filled.turn.run.answers["planted"].first


def test_a_late_reply_proposes_a_change_and_a_timely_one_makes_it() -> None:
    """A number of an older form never overwrites what was answered since."""
    reply = form.split("1) skola", 6)
    late = form.fill(_FLOW, _run(who="person"), _KEYS, reply, _TODAY, late=True)
    assert [Proposed(key="who", value="school", old="person")] == list(late.turn.notes)
    timely = form.fill(_FLOW, _run(who="person"), _KEYS, reply, _TODAY, late=False)
    assert ("school", True) == (timely.turn.run.answers["who"], isinstance(timely.turn.notes[0], Recorded))


def test_more_of_something_is_added_to_its_number() -> None:
    """„2) un vēl 20 liepas” adds, „2) 20 liepas” replaces."""
    begun = form.fill(_FLOW, _run(), _KEYS, form.split("2) 50 ozoli", 6), _TODAY, late=False).turn.run
    more = form.fill(_FLOW, begun, _KEYS, form.split("2) un vēl 20 liepas", 6), _TODAY, late=False).turn.run
    other = form.fill(_FLOW, begun, _KEYS, form.split("2) 20 liepas", 6), _TODAY, late=False).turn.run
    assert ([50, 20], [20]) == tuple([item.count for item in run.answers["plantings"]] for run in (more, other))


def test_lines_without_numbers_go_to_the_only_question_that_they_fit() -> None:
    """„pļavā” can only be the kind of place; „es” could be two things, and is the one that is asked first."""
    run = _run(plantings=(), planted=Planted())
    turn = form.hear(_FLOW, run, Said(text="pļavā\nes"), _TODAY)
    assert ("field", "person") == (turn.run.answers.get("kind"), turn.run.answers.get("who"))
    late = form.hear(_FLOW, _run(plantings=(), planted=Planted(), kind="field"), Said(text="nē"), _TODAY)
    assert "no" == late.run.answers.get("additional")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("pie skolas, Drusti", {"kind", "place"}),
        ("Drusti, pie skolas", {"kind", "place"}),
        ("50 ozoli, Drusti", {"plantings", "place"}),
        ("50 ozoli, 20 liepas", {"plantings"}),
        ("„Kalniņi”, Drustu pagasts", {"place"}),
        ("50 ozoli, nē", {"plantings"}),
        ("50 ozoli, Anna", {"plantings"}),
        ("50 ozoli\n\nAnna", {"plantings"}),
    ],
)
def test_a_short_line_may_answer_two_questions(text: str, keys: set[str]) -> None:
    """Parts between commas that answer one each are all taken; a bare no, or the name below, answers nothing."""
    assert keys == form.hear(_FLOW, _run(), Said(text=text), _TODAY).run.answers.keys()


def test_a_contact_is_completed_at_once_and_changed_only_on_request() -> None:
    """A number is added to what the letter told of its writer; another name is asked about."""
    known = Contact(name="Anna Kalniņa", email="anna@example.org")
    run = _run(who="person", plantings=(), planted=Planted(), place=Site(words="Drusti"), kind="field",
               additional="no", entered_by="self", contact=known)  # fmt: skip
    added = form.hear(_FLOW, run, Said(text="26123456"), _TODAY)
    assert replace(known, phone="+37126123456") == added.run.answers["contact"]
    (other,) = form.hear(_FLOW, run, Said(text="Jānis Ozols 26123456"), _TODAY).notes
    assert isinstance(other, Proposed)
    assert Contact(name="Jānis Ozols", phone="+37126123456", email=known.email) == other.value


def test_as_many_lines_as_questions_are_taken_in_order() -> None:
    """A reply line by line, without numbers, is what an old hand writes."""
    run = _run(who="person", plantings=(), planted=Planted(), place=Site(words="Drusti"))
    asked = [question.key for question in engine.open_questions(_FLOW, run)]
    turn = form.hear(_FLOW, run, Said(text="pie mājas\nnē\nievadiet Jūs\nAnna Kalniņa, 26123456"), _TODAY)
    assert ["kind", "additional", "entered_by", "contact"] == asked
    assert ("homestead", "no", "staff") == tuple(turn.run.answers[key] for key in asked[:3])


def test_nothing_understood_is_one_miss() -> None:
    """As in a chat: the first open question is the one that was not answered."""
    turn = form.hear(_FLOW, _run(), Said(text="tas bija sen"), _TODAY)
    assert [("who", "tas bija sen")] == [(n.key, n.given) for n in turn.notes if isinstance(n, Missed)]
