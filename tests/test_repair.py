"""Question x repair: every repair while every question is open has a named outcome, and leaves the answers right.

The table is tests/repair.yaml.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversation.response import Response
from bot.conversation.state import Act, Conversation, Do
from flows import engine
from flows.catalogue import FLOWS
from flows.run import Run
from tests.talking import Person, tells

_TABLE = yaml.safe_load((Path(__file__).parent / "repair.yaml").read_text(encoding="utf-8"))
_SAMPLES: dict[str, Any] = _TABLE["flows"]
# What mapmytree_self asks is written by staff; its kind of question is that of the other flows of steps. What only
# ours fill in is played in its transcripts.
_FLOWS = {name: flow for name, flow in FLOWS.items() if name != "mapmytree_self" and flow.role == "anyone"}
_REPAIRS: dict[str, Any] = _TABLE["repairs"]
_MOST_TURNS = 60


@dataclass(frozen=True, slots=True)
class _Cell:
    repair: str
    flow: str
    question: str
    outcome: str

    def __str__(self) -> str:
        return f"{self.flow}.{self.question}: {self.repair}"


def _cells() -> list[_Cell]:
    return [
        _Cell(repair, flow, question, outcome)
        for repair, row in _REPAIRS.items()
        for flow in _FLOWS
        for outcome, questions in row.get(flow, {}).items()
        for question in questions.split()
    ]


def test_no_cell_is_empty() -> None:
    """Every question of every flow has exactly one expected outcome of every repair, and there are no others."""
    expected = {(repair, flow.name, q.key) for repair in _REPAIRS for flow in _FLOWS.values() for q in flow.questions}
    named = [(cell.repair, cell.flow, cell.question) for cell in _cells()]
    assert sorted(expected) == sorted(named)


def test_every_question_can_be_answered_in_two_ways() -> None:
    """The samples by which the questions are reached know every question of every flow."""
    expected = {name: {question.key for question in flow.questions} for name, flow in _FLOWS.items()}
    assert expected == {name: set(samples["answers"]) for name, samples in _SAMPLES.items()}


@pytest.mark.parametrize("cell", _cells(), ids=str)
def test_a_repair_ends_as_named_and_leaves_the_answers_right(cell: _Cell) -> None:
    """The turn has the outcome of the table, something is said, no answer is lost, and the flow can be ended."""
    person = _at(cell.flow, cell.question)
    before = person.conversation
    for line in _lines(cell):
        _says(person, cell, line)
    with tells(f"{cell}\n{person.heard}"):
        assert cell.outcome == person.last.outcome
        # Parting is answered by a timer, once it is known whose the conversation is.
        assert person.heard or person.last.toast or cell.outcome in {"edit_ignored", "unlinking"}
        _EFFECTS[cell.outcome](before, person.conversation, person.last)
        _ends(person)


def test_the_third_time_a_person_is_offered() -> None:
    """Not understood twice shows examples; not understood three times offers a person with a button."""
    person = _at("register_trees", "plantings")
    offered = [("Jautāt darbiniekam" in _after(person, text)) for text in ("qwrtz", "wrtzp", "rtzpl")]
    assert [False, False, True] == offered


def test_handing_over_says_what_staff_will_see() -> None:
    """Staff get the answers so far, and the person is told so; without answers there is nothing to tell."""
    person = _at("register_trees", "plantings")
    person.says("gribu runāt ar cilvēku")
    case = next(event for event in person.last.events if event.type == "case.opened")
    assert {"who": "person"} == case.data["details"]["answers"]
    assert "Darbinieks redzēs arī to, ko Jūs šeit jau atbildējāt." in person.heard
    first = _at("register_trees", "who")
    first.says("gribu runāt ar cilvēku")
    assert "Darbinieks redzēs" not in first.heard


def test_answers_that_a_correction_puts_in_doubt_are_asked_again_and_named() -> None:
    """Another place reopens the kind of place: its old answer is shown, and may stay."""
    person = _at("register_trees", "entered_by")
    person.says("nē, „Liepas”, Nītaures pagasts")
    assert "vēlreiz jāapskata viena atbilde" in person.heard
    assert "Pašlaik pierakstīts: lauks vai pļava." in person.heard
    person.says("[Atstāt, kā bija]")
    assert "field" == _run(person.conversation).answers["kind"]
    assert "entered_by" == _current(person.conversation)


# --- the person --------------------------------------------------------------------------------------------


def _at(flow: str, question: str) -> Person:
    """Return a person who has been asked a question, and has answered those before it."""
    samples, person = _SAMPLES[flow], Person()
    person.says(*([begin] if isinstance(begin := samples["begin"], str) else begin))
    instead = samples.get("instead", {}).get(question, {})
    if question in samples["before"]:
        person.says(samples["before"][question])
    while (current := _current(person.conversation)) != question:
        answer = instead.get(current) or samples["answers"][current][0] if current else samples["last"][question]
        person.says(answer)
    return person


def _lines(cell: _Cell) -> list[str]:
    """Return what is said: for this question, for this flow, or for all."""
    lines = _REPAIRS[cell.repair]["lines"]
    if isinstance(lines, dict):
        lines = lines.get(cell.question) or lines.get(cell.flow) or lines["anywhere"]
    return [str(line) for line in lines]


def _says(person: Person, cell: _Cell, line: str) -> None:
    if line == "✏️":
        asked = [key for key in _run(person.conversation).path if key != cell.question]
        person.says(f"✏️ {_SAMPLES[cell.flow]['answers'][asked[-1]][1]}" if asked else "✏️ Reģistrēt kokus!")
    elif line.startswith("🔘"):
        _presses(person, line.removeprefix("🔘 "))
    else:
        person.says(line)


def _presses(person: Person, what: str) -> None:
    """Press a button that was shown long ago."""
    run = _run(person.conversation)
    if match := re.fullmatch(r"(\w+)=(\w+)", what):
        key, value = match.groups()
        question = FLOWS[run.flow].question(key)
        known = question.encode(run.answers[key]) if question and key in run.answers else value
        act, run_id = Act(do=Do.ANSWER, key=key, value=known if value == "again" else value), run.id
    elif what == "another run":
        act, run_id = Act(do=Do.ANSWER, key="who", value="person"), "another"
    else:
        act, run_id = Act(do=Do(what) if what != "unknown" else Do.NOTHING), run.id
    person.presses(None if what == "unknown" else person.finds(act, run_id=run_id), 0)


def _after(person: Person, line: str) -> list[str]:
    person.says(line)
    return person.buttons


def _ends(person: Person) -> None:
    """Answer what is open until the flow has ended; raises AssertionError when it never does."""
    for _ in range(_MOST_TURNS):
        run = person.conversation.run
        if run is None:
            return
        current = _current(person.conversation)
        if current is None:
            person.says("jā")
        elif current in run.reopened and current in run.answers:
            person.says("atkārto")
            person.says("[Atstāt, kā bija]")
        else:
            person.says(_SAMPLES[run.flow]["answers"][current][0])
    raise AssertionError(f"it does not end: {person.conversation.run}")


def _run(conversation: Conversation) -> Run:
    assert conversation.run
    return conversation.run


def _current(conversation: Conversation) -> str | None:
    run = _run(conversation)
    current = engine.current(FLOWS[run.flow], run)
    return current.key if current else None


# --- what an outcome leaves of the answers ------------------------------------------------------------------


def _keeps(before: Conversation, after: Conversation, _: Response) -> None:
    """Everything stays, and the same question is open."""
    old, new = _run(before), _run(after)
    assert (old.answers, old.begun, old.skipped) == (new.answers, new.begun, new.skipped)
    assert _current(before) == _current(after)


def _turns(before: Conversation, after: Conversation, _: Response) -> None:
    """Every answer stays; another question may be open now."""
    assert _run(before).answers == _run(after).answers


def _tells(before: Conversation, after: Conversation, _: Response) -> None:
    """What was open has an answer, or a part of one; no other answer has changed, but for what was added to."""
    old, new = _run(before), _run(after)
    kept = {key: value for key, value in new.answers.items() if key in old.answers}
    changed = {key for key, value in kept.items() if value != old.answers[key]}
    assert set(old.answers) == set(kept)
    assert (new.answers, new.begun) != (old.answers, old.begun)
    assert changed <= {"photos", _current(before)} or _current(before) in new.reopened or len(changed) == 1


def _changes(before: Conversation, after: Conversation, _: Response) -> None:
    """One answer is another one now, all the others are as they were."""
    old, new = _run(before), _run(after)
    assert set(old.answers) == set(new.answers)
    assert 1 == sum(value != new.answers[key] for key, value in old.answers.items())


def _erases(before: Conversation, after: Conversation, last: Response) -> None:
    """Nothing is left of the draft, here or elsewhere."""
    assert (None, ()) == (after.run, after.parked)
    erased = [event.data["run"] for event in last.events if event.type == "draft.discarded"]
    assert [_run(before).id] == erased


def _begins(before: Conversation, after: Conversation, _: Response) -> None:
    """Another run without answers has begun; nothing of the old one is left."""
    assert _run(before).id != _run(after).id
    assert ({}, ()) == (_run(after).answers, after.parked)


def _parks(before: Conversation, after: Conversation, _: Response) -> None:
    """Another run has begun; the old one waits with everything it has, if it has anything."""
    old = _run(before)
    assert old.flow != _run(after).flow
    assert [old.answers] * bool(old.answers or old.begun) == [run.answers for run in after.parked]


_Effect = Callable[[Conversation, Conversation, Response], None]
_KEEPING = re.findall(
    r"\w+",
    """
    answer choose unsure declined handover smalltalk why help repeat review pause human my_trees link unlinking language
    unsubscribe minor masked doubtful voice video sticker unreadable content_document content_photo content_place
    command_start forget_me
    command_palidziba command_cilveks command_privatums unknown_command cannot_skip already_begun resume proposed known
    refused impossible late_answer repeated_tap changed_flow unknown_button over older_button review_again edit_ignored
    """,
)
_EFFECTS: dict[str, _Effect] = {
    **dict.fromkeys(_KEEPING, _keeps),
    **dict.fromkeys(["back", "reopened", "skip", "skipped", "missed"], _turns),
    **dict.fromkeys(["answered", "begun"], _tells),
    **dict.fromkeys(["corrected", "added"], _changes),
    **dict.fromkeys(["discarded"], _erases),
    "flow": _begins,
    "another_flow": _parks,
}
