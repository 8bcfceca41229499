"""The engine: carries a run one turn further. Pure: a flow, a run and what was said give a new run and notes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flows.grammar import Answers, Check, Flow, Json, NotUnderstood, Option, Partly, Question, Understood
from flows.run import Run
from flows.said import Said

Any_ = Question[Any]


# --- notes: what a turn has to tell ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """A new answer; `old` is what stood there before, if anything did."""

    key: str
    value: Any
    old: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """A part of an answer was kept; `ask` is what is still missing."""

    key: str
    value: Any
    ask: str
    given: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A value was understood but can't be: the check's sentence says why. Nothing was changed."""

    key: str
    value: Any
    check: str
    say: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Warned:
    """A value was recorded although it is odd; the warning travels to the review by staff."""

    key: str
    check: str
    say: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """The answer to the current question was not understood, for the `times`-th time in a row."""

    key: str
    why: str
    given: str
    times: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reopened:
    """An answer is asked about again: because of `cause` (another answer that changed), or on request ('')."""

    key: str
    cause: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """Something said differs from an earlier answer without saying that it corrects it: to be confirmed."""

    key: str
    value: Any
    old: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Impossible:
    """A value was stated by the way that can't be: a day that does not exist, a point abroad."""

    key: str
    why: str
    given: str


Note = Recorded | Begun | Refused | Warned | Missed | Reopened | Proposed | Impossible


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """The run after the turn, and what happened in it, in order. `heard` are the spans of the text that were used."""

    run: Run
    notes: tuple[Note, ...] = ()
    heard: tuple[tuple[int, int], ...] = ()


# --- where the run stands ----------------------------------------------------------------------------------


def applicable(flow: Flow, run: Run) -> list[Any_]:
    """Return the questions that apply to the answers so far, in the order of asking, offered ones included."""
    return [question for question in flow.questions if question.only_if(run.answers)]


def open_questions(flow: Flow, run: Run) -> list[Any_]:
    """Return what is still to be asked, first the reopened. A form asks all of it at once, a chat the first."""
    asked = [question for question in applicable(flow, run) if not question.offered]
    reopened = [question for key in run.reopened for question in applicable(flow, run) if question.key == key]
    missing = [q for q in asked if q.key not in run.answers and q.key not in run.skipped and q not in reopened]
    return reopened + missing


def current(flow: Flow, run: Run) -> Any_ | None:
    """Return the question to ask now; None when everything is answered and the review is due."""
    return next(iter(open_questions(flow, run)), None)


def progress(flow: Flow, run: Run, key: str) -> tuple[int, int]:
    """Return how far the person is with a question: (3, 8) for „3. no 8”, two answered and six to come."""
    asked = [question.key for question in applicable(flow, run) if not question.offered]
    settled = [other for other in asked if other != key and (other in run.answers or other in run.skipped)]
    return (len(settled) + 1, len(asked))


def given(flow: Flow, run: Run) -> Answers:
    """Return the answers that count: of questions that apply. The others stay stored, in case they apply again."""
    return {q.key: run.answers[q.key] for q in applicable(flow, run) if q.key in run.answers}


def warnings(flow: Flow, run: Run, today: date) -> list[tuple[str, Check[Any]]]:
    """Return every soft warning about the answers as they stand, with its question's key: for staff."""
    answers = given(flow, run)
    return [
        (question.key, check)
        for question in applicable(flow, run)
        if question.key in answers
        for check in question.checks
        if not check.refuse and check.fails(answers[question.key], answers, today)
    ]


# --- turns -------------------------------------------------------------------------------------------------


def hear(flow: Flow, run: Run, said: Said, today: date) -> Turn:
    """Take from what was said the answer to the current question, and to any other that it states.

    An earlier answer is not changed by the way: a difference comes back as `Proposed`, and only when nothing
    else was understood. Nothing understood at all is one `Missed` about the current question.
    """
    draft = _Draft(flow, run, today)
    asked = current(flow, run)
    reading = asked.read(said, today) if asked else None
    if asked and isinstance(reading, Understood | Partly):
        draft.take(asked, reading)
    proposed = draft.take_others(said, asked)
    if not draft.notes:
        draft.notes += proposed
    if not draft.notes and asked:
        missed = reading if isinstance(reading, NotUnderstood) else NotUnderstood(why="", given=said.text)
        draft.miss(asked, missed)
    return draft.turn()


def glean(flow: Flow, run: Run, said: Said, today: date) -> Turn:
    """Take only what is stated for sure, whatever is asked: from the words that began a flow."""
    draft = _Draft(flow, run, today)
    draft.take_others(said, None)
    return draft.turn()


def choose(flow: Flow, run: Run, key: str, value: Json, today: date) -> Turn:
    """Record the value of a button. Raises ValueError, KeyError or TypeError when the question can't hold it."""
    draft = _Draft(flow, run, today)
    question = _question(flow, key)
    draft.take(question, Understood(value=question.decode(value)))
    return draft.turn()


def add(flow: Flow, run: Run, said: Said, today: date) -> Turn:
    """Add to an answer: „un vēl 20 liepas”. No notes when nothing in it can be added."""
    draft = _Draft(flow, run, today)
    for question in applicable(flow, run):
        found = question.find(said, today) if question.key in run.answers else None
        if isinstance(found, Understood):
            draft.heard += found.spans
            draft.record(question, question.combine(run.answers[question.key], found.value))
            break
    return draft.turn()


def correct(flow: Flow, run: Run, today: date, *, wrong: str, right: str, key: str = "") -> Turn:
    """Change an answer: „ne `wrong`, bet `right`”; `key` is the question that was named, or ''.

    Without a key it is the question whose old answer the new words fit; no notes when none does.
    """
    draft = _Draft(flow, run, today)
    answered = [q for q in applicable(flow, run) if q.key in run.answers and (not key or q.key == key)]
    changes = [(q, q.correct(run.answers[q.key], wrong, right, today)) for q in answered if not q.free_text or key]
    changed = [(q, value) for q, value in changes if value is not None and value != run.answers[q.key]]
    for question, value in changed[:1]:
        draft.record(question, value)
    return draft.turn()


def reopen(flow: Flow, run: Run, key: str) -> Turn:
    """Ask a question again; its old answer stays as the default until a new one is given."""
    question = _question(flow, key)
    rest = tuple(other for other in run.reopened if other != key)
    skipped = tuple(other for other in run.skipped if other != key)
    run = run.with_(reopened=(question.key, *rest), skipped=skipped, misses=0)
    return Turn(run=run, notes=(Reopened(key=key),))


def back(flow: Flow, run: Run) -> Turn:
    """Go back one question along the path that was walked; later answers stay. No notes at the first one."""
    asked = current(flow, run)
    here = run.path.index(asked.key) if asked and asked.key in run.path else len(run.path)
    walked = [question.key for question in applicable(flow, run) if question.key in run.path[:here]]
    before = max(walked, key=run.path.index, default=None)
    if before is None:
        return Turn(run=run)
    # A question that was itself gone back to is not asked again on the way forward: its old answer holds.
    return reopen(flow, run.with_(path=run.path[: run.path.index(before) + 1], reopened=()), before)


def skip(flow: Flow, run: Run, today: date) -> Turn:
    """Leave the current question: reopened with its old answer, begun with the part there is, optional without any.

    No notes when it has to be answered.
    """
    asked = current(flow, run)
    if asked is None:
        return Turn(run=run)
    if asked.key in run.begun and asked.good_enough(run.begun[asked.key]):
        draft = _Draft(flow, run, today)
        draft.record(asked, run.begun[asked.key])
        return draft.turn()
    if asked.key in run.reopened:
        kept = run.with_(reopened=tuple(key for key in run.reopened if key != asked.key), misses=0)
        value = run.answers.get(asked.key)
        return Turn(run=kept, notes=(Recorded(key=asked.key, value=value, old=value),))
    if not asked.optional:
        return Turn(run=run)
    begun = {key: value for key, value in run.begun.items() if key != asked.key}
    skipped = run.with_(skipped=(*run.skipped, asked.key), path=_walked(run, asked.key), begun=begun, misses=0)
    return Turn(run=skipped, notes=(Recorded(key=asked.key, value=None),))


def shown(run: Run, keys: Iterable[str]) -> Run:
    """Note that these questions have been put to the person."""
    for key in keys:
        run = run.with_(path=_walked(run, key))
    return run


def _walked(run: Run, key: str) -> tuple[str, ...]:
    return run.path if key in run.path else (*run.path, key)


def _question(flow: Flow, key: str) -> Any_:
    question = flow.question(key)
    if question is None:
        raise KeyError(key)
    return question


class _Draft:
    """A turn being made: the run as it changes, the notes so far, the parts of the text already used."""

    def __init__(self, flow: Flow, run: Run, today: date) -> None:
        self.flow, self.run, self.today = flow, run, today
        self.notes: list[Note] = []
        self.heard: list[tuple[int, int]] = []

    def turn(self) -> Turn:
        return Turn(run=self.run, notes=tuple(self.notes), heard=tuple(self.heard))

    def take(self, question: Any_, reading: Understood[Any] | Partly[Any]) -> None:
        """Record what a question read, joined with the part of an answer that it had before."""
        self.heard += reading.spans
        key = question.key
        if key in self.run.begun:
            reading = question.complete(question.combine(self.run.begun[key], reading.value))
        if isinstance(reading, Understood):
            old = self.run.answers.get(key) if question.adds else None
            self.record(question, reading.value if old is None else question.combine(old, reading.value))
            return
        self.run = self.run.with_(begun={**self.run.begun, key: reading.value}, misses=0)
        self.notes.append(
            Begun(key=key, value=reading.value, ask=reading.ask, given=reading.given, options=reading.options),
        )

    def take_others(self, said: Said, asked: Any_ | None) -> list[Note]:
        """Record what is stated for other questions; return what differs from earlier answers."""
        proposed: list[Note] = []
        for question in applicable(self.flow, self.run):
            found = None if question is asked else question.find(said, self.today)
            if isinstance(found, NotUnderstood):
                self.notes.append(Impossible(key=question.key, why=found.why, given=found.given))
                continue
            if found is None or self._used(found.spans):
                continue
            old = self.run.answers.get(question.key)
            if old is None or question.adds or question.key in self.run.reopened:
                self.take(question, found)
            elif isinstance(found, Understood) and old != found.value:
                refused = self.refusal(question, found.value)
                proposed.append(refused or Proposed(key=question.key, value=found.value, old=old))
        return proposed

    def refusal(self, question: Any_, value: Any) -> Refused | None:
        """Return why a value can't be, by the question's checks."""
        answers = {**self.run.answers, question.key: value}
        failed = (check for check in question.checks if check.refuse and check.fails(value, answers, self.today))
        return next((Refused(key=question.key, value=value, check=c.key, say=c.say) for c in failed), None)

    def record(self, question: Any_, value: Any) -> None:
        """Write an answer down, unless a check refuses it; reopen the answers that depended on the old one."""
        if refused := self.refusal(question, value):
            self.notes.append(refused)
            return
        key, answers = question.key, {**self.run.answers, question.key: value}
        failed = [check for check in question.checks if check.fails(value, answers, self.today)]
        old = self.run.answers.get(key)
        self.run = replace(
            self.run,
            answers=answers,
            begun={k: v for k, v in self.run.begun.items() if k != key},
            skipped=tuple(k for k in self.run.skipped if k != key),
            reopened=tuple(k for k in self.run.reopened if k != key),
            path=_walked(self.run, key),
            misses=0,
        )
        self.notes.append(Recorded(key=key, value=value, old=old))
        self.notes += [Warned(key=key, check=c.key, say=c.say) for c in failed if c.tell]
        if old is not None and old != value:
            self._reopen_dependents(key)

    def miss(self, asked: Any_, missed: NotUnderstood) -> None:
        self.run = self.run.with_(misses=self.run.misses + 1)
        self.notes.append(Missed(key=asked.key, why=missed.why, given=missed.given, times=self.run.misses))

    def _used(self, spans: Iterable[tuple[int, int]]) -> bool:
        return any(start < e and s < end for start, end in spans for s, e in self.heard)

    def _reopen_dependents(self, cause: str) -> None:
        for question in applicable(self.flow, self.run):
            if cause in question.depends_on and question.key in self.run.answers:
                self.run = self.run.with_(reopened=(*self.run.reopened, question.key))
                self.notes.append(Reopened(key=question.key, cause=cause))
