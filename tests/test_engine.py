"""The engine: where a run stands, and what one turn makes of it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from flows import engine
from flows.grammar import Flow
from flows.notes import Recorded, Turn
from flows.register_trees import REGISTER_TREES
from flows.run import Run
from flows.said import File, Position, Said
from flows.talk_to_staff import TALK_TO_STAFF

_TODAY = date(2026, 11, 23)
_TREES = REGISTER_TREES


def _run(flow: Flow = _TREES) -> Run:
    return Run(id="r", flow=flow.name, started_at=datetime(2026, 11, 23, tzinfo=UTC))


def _hear(run: Run, *texts: str, flow: Flow = _TREES) -> Turn:
    turn = Turn(run=run)
    for text in texts:
        turn = engine.hear(flow, turn.run, Said(text=text), _TODAY)
    return turn


def _kinds(turn: Turn) -> list[str]:
    return [type(note).__name__ for note in turn.notes]


def _current(run: Run, flow: Flow = _TREES) -> str | None:
    asked = engine.current(flow, run)
    return asked.key if asked else None


def test_one_text_fills_every_answer_that_it_states() -> None:
    """Only the gaps are asked."""
    run = _hear(_run(), "Es pats iestādīju 50 ozolus pērn aprīlī, „Kalniņi”, Drustu pagasts").run
    assert {"who", "plantings", "planted", "place"} == set(run.answers)
    assert "kind" == _current(run)


def test_what_is_stated_by_the_way_needs_no_second_telling() -> None:
    """The current question is still open, and not counted as misunderstood."""
    turn = _hear(_run(), "pērn aprīlī")
    assert ["Recorded"] == _kinds(turn)
    assert ("who", 0) == (_current(turn.run), turn.run.misses)


def test_nothing_understood_is_one_miss_and_a_miss_is_forgotten_with_the_answer() -> None:
    """Misses in a row are counted for the current question."""
    turn = _hear(_run(), "qwrtz", "wrtzp")
    assert ["Missed"] == _kinds(turn)
    assert 2 == turn.run.misses
    assert 0 == _hear(turn.run, "es").run.misses


def test_a_difference_by_the_way_is_proposed_and_a_repetition_is_the_same() -> None:
    """An earlier answer is not changed by what does not say that it corrects it."""
    run = _hear(_run(), "es", "50 ozoli", "2023. gada maijā").run
    assert ["Proposed"] == _kinds(_hear(run, "2022. gada maijā"))
    assert ["Same"] == _kinds(_hear(run, "2023. gada maijā"))
    assert run.answers == _hear(run, "2022. gada maijā").run.answers


def test_what_can_not_be_is_refused_and_what_is_odd_is_warned_about() -> None:
    """A refusal changes nothing; a warning travels with the answer."""
    run = _hear(_run(), "es", "50 ozoli").run
    refused = _hear(run, "2031. gadā")
    assert (["Refused"], "planted") == (_kinds(refused), _current(refused.run))
    warned = _hear(run, "2019. gadā")
    assert ["Recorded", "Warned"] == _kinds(warned)
    assert ["before_cutoff"] == [check.key for _, check in engine.warnings(_TREES, warned.run, _TODAY)]


def test_a_part_of_an_answer_is_kept_and_completed() -> None:
    """Kinds first and counts later, by the way too."""
    turn = _hear(_run(), "ozolus un liepas")
    assert ["Begun"] == _kinds(turn)
    run = _hear(turn.run, "es", "50 un 20").run
    assert [("Quercus robur", 50), ("Tilia cordata", 20)] == [(t.species, t.count) for t in run.answers["plantings"]]
    assert {} == run.begun


def test_what_can_not_wait_is_asked_at_once() -> None:
    """A phone on its way is asked about before anything else; skipping it asks when its turn comes."""
    turn = engine.hear(_TREES, _run(), Said(position=Position(lat=57.152, lon=24.865, live=True)), _TODAY)
    assert (["Begun"], "place") == (_kinds(turn), _current(turn.run))
    later = engine.skip(_TREES, turn.run, _TODAY)
    assert "who" == _current(later.run)
    assert "place" in later.run.begun


def test_a_day_that_there_is_not_is_said_wherever_it_stands_but_not_out_of_a_link() -> None:
    """An impossible value is a note; a part of a text that is understood as something else is none."""
    assert ["Impossible"] == _kinds(_hear(_run(), "31.02.2024."))
    run = _hear(_run(), "es", "50 ozoli", "pērn").run
    assert ["Recorded"] == _kinds(_hear(run, "https://www.google.com/maps/@57.3120,25.2740,15z"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("SIA „Zaļā birze”, 50 ozoli, vakar", {"organisation": "SIA „Zaļā birze”"}),
        ("50 ozoli un 20 liepas, vakar", {}),
        ("Mazie Ozoli", {"organisation": "Mazie Ozoli"}),
        ("jā", {}),
    ],
)
def test_a_name_does_not_swallow_what_else_is_told(said: str, expected: dict[str, str]) -> None:
    """Where any words will do, answers to other questions and a bare yes are no name."""
    run = _hear(_run(), "uzņēmums", said).run
    assert expected == {key: value for key, value in run.answers.items() if key == "organisation"}


def test_back_walks_the_path_and_keeps_what_came_later() -> None:
    """Back to the question before, with its old answer; forward again without asking what has been answered."""
    run = _hear(_run(), "es", "50 ozoli", "pērn aprīlī").run
    run = engine.shown(run, ["place"])
    once = engine.back(_TREES, run)
    twice = engine.back(_TREES, once.run)
    assert ("planted", "plantings") == (_current(once.run), _current(twice.run))
    assert ("place", run.answers) == (_current(engine.keep(_TREES, twice.run).run), twice.run.answers)


def test_back_at_the_first_question_tells_nothing() -> None:
    """There is no question before the first."""
    assert () == engine.back(_TREES, engine.shown(_run(), ["who"])).notes


def test_a_correction_finds_the_answer_that_it_fits() -> None:
    """„Ne 50, bet 60” is the count, „Cēsīs” the place, and a name has to look like one."""
    run = _hear(_run(), "es", "50 ozoli", "pērn aprīlī", "„Kalniņi”, Drustu pagasts", "lauks", "nē", "ievadiet jūs").run
    run = _hear(run, "Anna Kalniņa 26123456").run

    def corrected(wrong: str, right: str) -> list[str]:
        turn = engine.correct(_TREES, run, _TODAY, wrong=wrong, right=right)
        return [note.key for note in turn.notes if isinstance(note, Recorded)]

    assert [["plantings"], ["place"], ["planted"], ["kind"], ["contact"], []] == [
        corrected("50", "60"),
        corrected("", "Cēsīs"),
        corrected("", "2022. gada maijā"),
        corrected("", "mežā"),
        corrected("", "Anna Bērziņa"),
        corrected("", "pavisam citādi"),
    ]


def test_a_correction_to_something_vague_is_asked_about_further() -> None:
    """A municipality in place of a house is no whole answer; the old one stays until there is one."""
    run = _hear(_run(), "es", "50 ozoli", "pērn aprīlī", "„Kalniņi”, Drustu pagasts").run
    turn = engine.correct(_TREES, run, _TODAY, wrong="", right="Madonas novadā")
    assert (["Begun"], "place") == (_kinds(turn), _current(turn.run))
    assert run.answers == turn.run.answers
    kept = engine.keep(_TREES, turn.run).run
    assert (run.answers, {}) == (kept.answers, kept.begun)


def test_an_answer_that_hung_on_a_changed_one_is_asked_again_once() -> None:
    """Another place puts the kind of place in doubt, however often it changes."""
    run = _hear(_run(), "es", "50 ozoli", "pērn", "„Kalniņi”, Drustu pagasts", "lauks").run
    once = engine.correct(_TREES, run, _TODAY, wrong="", right="Cēsīs")
    twice = engine.correct(_TREES, once.run, _TODAY, wrong="", right="Madonā")
    assert ["Recorded", "Reopened"] == _kinds(once)
    assert ("kind",) == twice.run.reopened


def test_a_part_of_an_answer_that_is_asked_again_changes_the_old_one() -> None:
    """„55” of „ozols – 50”, a number of „Anna, 26 123 456”."""
    run = engine.reopen(_TREES, _hear(_run(), "es", "50 ozoli").run, "plantings").run
    trees = _hear(run, "55").run.answers["plantings"]
    assert [("Quercus robur", 55)] == [(tree.species, tree.count) for tree in trees]


def test_answers_that_do_not_apply_stay_stored_and_do_not_count() -> None:
    """A school's name is kept when it was a private person after all, and is there again if not."""
    run = _hear(_run(), "skola", "Drustu pamatskola").run
    run = engine.choose(_TREES, run, "who", "person", _TODAY).run
    assert "organisation" in run.answers
    assert "organisation" not in engine.given(_TREES, run)


def test_optional_questions_are_skipped_and_asked_no_more() -> None:
    """Skipping takes the question out; wanting to answer it brings it back."""
    run = engine.skip(TALK_TO_STAFF, _run(TALK_TO_STAFF), _TODAY).run
    assert (("matter",), "way") == (run.skipped, _current(run, TALK_TO_STAFF))
    again = engine.reopen(TALK_TO_STAFF, run, "matter").run
    assert ((), "matter") == (again.skipped, _current(again, TALK_TO_STAFF))
    assert () == engine.skip(_TREES, _run(), _TODAY).notes


def test_pictures_are_added_up_to_five_and_the_same_one_once() -> None:
    """Whenever they come; the answer is the same when nothing could be added."""

    def sends(run: Run, *names: str) -> Turn:
        turn = Turn(run=run)
        for name in names:
            turn = engine.hear(_TREES, turn.run, Said(files=(File(ref=name, unique=name),)), _TODAY)
        return turn

    turn = sends(_run(), "a", "b", "a", "c", "d", "e", "f")
    assert ["a", "b", "c", "d", "e"] == [file.unique for file in turn.run.answers["photos"]]
    note: Any = turn.notes[0]
    assert note.value == note.old


def test_a_yes_to_no_pin_is_no_place() -> None:
    """The button „Jā, esmu pie kokiem” of a pin that was taken back says nothing."""
    live = engine.hear(_TREES, _run(), Said(position=Position(lat=57.152, lon=24.865, live=True)), _TODAY).run
    assert "Siguldas novads" == engine.choose(_TREES, live, "place", {}, _TODAY).run.answers["place"].municipality
    with pytest.raises(ValueError, match="Site"):
        engine.choose(_TREES, engine.reopen(_TREES, live, "place").run, "place", {}, _TODAY)


@pytest.mark.parametrize("value", [None, "swamp", 7, ["field"], {}])
def test_a_button_with_a_value_that_can_not_be_is_refused(value: object) -> None:
    """Whatever an old button holds, only values that the question can take are taken."""
    for question in _TREES.questions:
        if question.key != "organisation":
            with pytest.raises((ValueError, KeyError, TypeError)):
                engine.choose(_TREES, _run(), question.key, value if value != {} else {"no": 1}, _TODAY)
