"""What holds in every flow whatever is done in it: a machine that does everything in any order.

No answer is lost, the review shows the stored answers that apply, a stored run is read back as it was, the same
inputs lead to the same run, and every flow can be brought to its end.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from flows import engine
from flows.grammar import Flow
from flows.notes import Recorded, Turn
from flows.run import Run, decode_run, encode_run
from tests import small_flows

_TODAY = date(2026, 11, 23)
_MOST_TURNS = 100
_Step = Callable[[Flow, Run], tuple[Flow, Turn]]


class Flowing(RuleBasedStateMachine):
    """One person's way through one flow."""

    @initialize(flow=small_flows.flows())
    def begins(self, flow: Flow) -> None:
        """Meet a flow: a small one, or one of ours."""
        self.flow = self.first_flow = flow
        self.run = self.first_run = Run(id="r1", flow=flow.name, started_at=datetime(2026, 11, 23, tzinfo=UTC))
        self.done: list[_Step] = []
        self.deploys = 0

    # --- what the person does --------------------------------------------------------------------------------

    @rule(data=st.data())
    def says_something(self, data: st.DataObject) -> None:
        """Say anything, whatever is asked."""
        line = data.draw(small_flows.lines(self.flow))
        self._turn(lambda flow, run: engine.hear(flow, run, small_flows.said(line), _TODAY))

    @rule(data=st.data())
    def answers_the_question(self, data: st.DataObject) -> None:
        """Answer what is asked."""
        asked = engine.current(self.flow, self.run)
        if asked:
            line = data.draw(st.sampled_from(small_flows.answers(asked)))
            self._turn(lambda flow, run: engine.hear(flow, run, small_flows.said(line), _TODAY))

    @rule(data=st.data())
    def tells_beside_a_question(self, data: st.DataObject) -> None:
        """Tell something beside a question of one's own."""
        line = data.draw(small_flows.lines(self.flow))
        self._turn(lambda flow, run: engine.glean(flow, run, small_flows.said(line), _TODAY))

    @rule(data=st.data())
    def changes_a_message(self, data: st.DataObject) -> None:
        """Edit an earlier message."""
        line = data.draw(small_flows.lines(self.flow))
        self._turn(lambda flow, run: engine.revise(flow, run, small_flows.said(line), _TODAY))

    @rule(data=st.data(), named=st.booleans())
    def corrects(self, data: st.DataObject, named: bool) -> None:  # noqa: FBT001 - drawn
        """Take something back, named or not."""
        right = data.draw(small_flows.lines(self.flow))
        key = data.draw(st.sampled_from(self._keys)) if named else ""
        self._turn(lambda flow, run: engine.correct(flow, run, _TODAY, wrong="", right=right, key=key))

    @rule(data=st.data())
    def adds(self, data: st.DataObject) -> None:
        """Add to an answer."""
        line = data.draw(small_flows.lines(self.flow))
        self._turn(lambda flow, run: engine.add(flow, run, small_flows.said(line), _TODAY))

    @rule(data=st.data())
    def presses_a_button_of_any_age(self, data: st.DataObject) -> None:
        """A token names its question and a value; those that the flow can no longer take are refused."""
        question = data.draw(st.sampled_from(self.flow.questions))
        line = data.draw(st.sampled_from(small_flows.answers(question)))
        reading = question.read(small_flows.said(line), _TODAY)
        if value := getattr(reading, "value", None):
            stored = json.loads(json.dumps(question.encode(value)))
            self._turn(lambda flow, run: engine.choose(flow, run, question.key, stored, _TODAY))

    @rule()
    def presses_a_button_that_is_no_more(self) -> None:
        """Press a button of a question that a deploy has removed."""
        try:
            engine.choose(self.flow, self.run, "gone", "x", _TODAY)
        except KeyError:
            return
        raise AssertionError("a button of no question was taken")

    @rule()
    def goes_back(self) -> None:
        """Go back; the question before is asked again, or the step before, or nothing changes."""
        before = self.run
        self._turn(engine.back)
        asked = engine.current(self.flow, self.run)
        assert before == self.run or (asked and asked.key in (*self.run.reopened, *before.begun))

    @rule()
    def skips(self) -> None:
        """Leave a question out."""
        self._turn(lambda flow, run: engine.skip(flow, run, _TODAY))

    @rule()
    def leaves_it_as_it_was(self) -> None:
        """Leave a question that is asked again as it was."""
        self._turn(engine.keep)

    @rule(data=st.data())
    def asks_for_a_question_again(self, data: st.DataObject) -> None:
        """Want to change an answer."""
        key = data.draw(st.sampled_from(self._keys))
        self._turn(lambda flow, run: engine.reopen(flow, run, key))

    @rule()
    def is_asked(self) -> None:
        """Have the question put."""
        asked = engine.current(self.flow, self.run)
        if asked:
            self._turn(lambda _, run: Turn(run=engine.shown(run, [asked.key])))

    # --- what happens meanwhile ------------------------------------------------------------------------------

    @rule()
    def the_process_restarts(self) -> None:
        """Store the run and load it."""
        self._turn(lambda flow, run: Turn(run=_restarted(flow, flow, run)))

    @precondition(lambda self: self.deploys < 3)
    @rule(data=st.data(), at=st.integers(0, 8))
    def a_deploy_adds_a_question(self, data: st.DataObject, at: int) -> None:
        """Load the run into a flow that asks more."""
        added = data.draw(small_flows.questions(f"new{self.deploys}"))
        self._deploy(small_flows.with_question(self.flow, added, at))

    @precondition(lambda self: self.deploys < 3 and len(self.flow.questions) > 1)
    @rule(data=st.data())
    def a_deploy_removes_a_question(self, data: st.DataObject) -> None:
        """Load the run into a flow that asks less."""
        self._deploy(small_flows.without_question(self.flow, data.draw(st.sampled_from(self._keys))))

    # --- what always holds -----------------------------------------------------------------------------------

    @invariant()
    def a_stored_run_is_read_back_as_it_was(self) -> None:
        """Nothing lives in memory alone."""
        assert self.run == _restarted(self.flow, self.flow, self.run)

    @invariant()
    def the_review_shows_the_stored_answers_that_apply(self) -> None:
        """The review is what is stored, and nothing else."""
        applies = [question.key for question in engine.applicable(self.flow, self.run)]
        assert {key: self.run.answers[key] for key in applies if key in self.run.answers} == engine.given(
            self.flow, self.run
        )

    @invariant()
    def it_is_at_its_end_only_with_all_answers(self) -> None:
        """The end is there when nothing is missing and nothing is asked again."""
        settled = {*self.run.answers, *self.run.skipped}
        applies = engine.applicable(self.flow, self.run)
        missing = [q.key for q in applies if not q.offered and q.key not in settled]
        again = [q.key for q in applies if q.key in self.run.reopened]
        assert (engine.current(self.flow, self.run) is None) == (not missing and not again)

    @invariant()
    def the_path_and_the_numbers_make_sense(self) -> None:
        """No question stands twice in a list, and „3. no 8” is possible."""
        for keys in (self.run.path, self.run.reopened, self.run.skipped):
            assert len(keys) == len(set(keys))
            assert set(keys) <= set(self._keys)
        asked = engine.current(self.flow, self.run)
        if asked and not (asked.offered or asked.aside):
            number, total = engine.progress(self.flow, self.run, asked.key)
            assert 1 <= number <= total

    def teardown(self) -> None:
        """Do the same again from the start, then answer what is open until the flow ends."""
        if not hasattr(self, "run"):
            return
        flow, run = self.first_flow, self.first_run
        for step in self.done:
            flow, turn = step(flow, run)
            run = turn.run
        assert self.run == run
        _ends(self.flow, self.run)

    # --- how it is done --------------------------------------------------------------------------------------

    @property
    def _keys(self) -> list[str]:
        return [question.key for question in self.flow.questions]

    def _turn(self, does: Callable[[Flow, Run], Turn]) -> None:
        self._step(lambda flow, run: (flow, does(flow, run)))

    def _deploy(self, flow: Flow) -> None:
        self.deploys += 1
        self._step(lambda old, run: (flow, Turn(run=_restarted(old, flow, run))))

    def _step(self, step: _Step) -> None:
        """Take a step, and see that it lost no answer that it does not tell of."""
        old = self.run
        self.flow, turn = step(self.flow, old)
        self.run = turn.run
        self.done.append(step)
        told = {note.key: note.value for note in turn.notes if isinstance(note, Recorded)}
        expected = {key: value for key, value in {**old.answers, **told}.items() if self.flow.question(key)}
        assert {key: value for key, value in expected.items() if value is not None} == self.run.answers


def _restarted(old: Flow, new: Flow, run: Run) -> Run:
    return decode_run(new, json.loads(json.dumps(encode_run(old, run))))


def _ends(flow: Flow, run: Run) -> None:
    for _ in range(_MOST_TURNS):
        asked = engine.current(flow, run)
        if asked is None:
            return
        run = _answered(flow, run, asked)
    raise AssertionError(f"it does not end: {run}")


def _answered(flow: Flow, run: Run, asked: Any) -> Run:
    for line in small_flows.answers(asked):
        turn = engine.hear(flow, run, small_flows.said(line), _TODAY)
        if asked.key in turn.run.answers and asked.key not in turn.run.reopened:
            return turn.run
    left = engine.skip(flow, run, _TODAY)
    assert left.notes, f"nothing answers {asked.key}: {run}"
    return left.run


TestFlowing = Flowing.TestCase
TestFlowing.settings = settings(max_examples=200, stateful_step_count=20)
TestFlowing.__doc__ = "In any flow, whatever is done in any order, no answer is lost and the end can be reached."
