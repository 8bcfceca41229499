"""The engine: carries a run one turn further. Pure: a flow, a run and what was said give a new run and notes."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from flows.grammar import Answers, Check, Flow, Json, NotUnderstood, Partly, Question, Reading, Understood
from flows.notes import Begun, Impossible, Missed, Note, Proposed, Recorded, Refused, Reopened, Same, Turn, Warned
from flows.run import Run
from flows.said import Said
from knowledge.acts import acts
from knowledge.latvian.text import words

Any_ = Question[Any]


# --- where the run stands ----------------------------------------------------------------------------------


def applicable(flow: Flow, run: Run) -> list[Any_]:
    """Return the questions that apply to the answers so far, in the order of asking, offered ones included."""
    return [question for question in flow.questions if question.only_if(run.answers)]


def open_questions(flow: Flow, run: Run) -> list[Any_]:
    """Return what is still to be asked, first the reopened. A form asks all of it at once, a chat the first."""
    reopened = [question for key in run.reopened for question in applicable(flow, run) if question.key == key]
    return reopened + [question for question in _missing(flow, run) if question not in reopened]


def current(flow: Flow, run: Run) -> Any_ | None:
    """Return the question to ask now; None when everything is answered and the review is due."""
    return next(iter(open_questions(flow, run) if run.reopened else _missing(flow, run)), None)


def _missing(flow: Flow, run: Run) -> Iterator[Any_]:
    """Yield the questions that are to be asked and have no answer."""
    for question in flow.questions:
        known = question.key in run.answers or question.key in run.skipped
        if not (known or question.offered) and question.only_if(run.answers):
            yield question


def progress(flow: Flow, run: Run, key: str) -> tuple[int, int]:
    """Return how far the person is with a question: (3, 8) for „3. no 8”, two answered and six to come."""
    asked = [question.key for question in applicable(flow, run) if not (question.offered or question.aside)]
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

    An earlier answer is not changed by the way: a difference comes back as `Proposed`, a repetition as `Same`, and
    only when nothing else was understood. Nothing understood at all is one `Missed` about the current question.
    """
    draft = _Draft(flow, run, today)
    asked = current(flow, run)
    reading = draft.read(asked, said) if asked else None
    if asked and isinstance(reading, Understood | Partly):
        draft.take(asked, reading)
    known = draft.take_others(said, asked)
    if not draft.notes:
        draft.notes += [note for note in known if not isinstance(note, Same)] or known
    if not draft.notes and asked:
        missed = reading if isinstance(reading, NotUnderstood) else NotUnderstood(why="", given=said.text)
        draft.miss(asked, missed)
    return draft.turn()


def miss(flow: Flow, run: Run, said: Said, today: date) -> Turn:
    """Take what was said for no answer to the current question, though its reader might."""
    draft = _Draft(flow, run, today)
    if asked := current(flow, run):
        draft.miss(asked, NotUnderstood(why="", given=said.text))
    return draft.turn()


def glean(flow: Flow, run: Run, said: Said, today: date) -> Turn:
    """Take only what is stated for sure, whatever is asked: from the words that began a flow."""
    draft = _Draft(flow, run, today)
    draft.take_others(said, None)
    return draft.turn()


def revise(flow: Flow, run: Run, said: Said, today: date) -> Turn:
    """Read a message that was changed: a difference from an answer comes back as `Proposed`, a repetition as `Same`.

    It is no answer to the current question, which was put after it was written; what it states anew is recorded.
    """
    draft = _Draft(flow, run, today)
    known = draft.take_others(said, None)
    draft.notes += known
    return draft.turn()


def choose(flow: Flow, run: Run, key: str, value: Json, today: date) -> Turn:
    """Record the value of a button. Raises ValueError, KeyError or TypeError when the question can't hold it."""
    draft = _Draft(flow, run, today)
    question = _question(flow, key)
    chosen = question.decode(value)
    reading = Understood(value=chosen) if key in run.begun else question.complete(chosen)
    if isinstance(reading, Partly) and key in run.answers:
        draft.change(question, chosen)
    else:
        draft.take(question, reading)
    return draft.turn()


def answer(flow: Flow, run: Run, key: str, said: Said, today: date, *, changes: bool = True) -> Turn:
    """Take what was said for the answer to the question that was named, and what it states of others.

    An answer that is there already is changed; without `changes` a difference comes back as `Proposed`.
    No notes when there is no such question now.
    """
    draft = _Draft(flow, run, today)
    question = next((question for question in applicable(flow, run) if question.key == key), None)
    if question is None:
        return draft.turn()
    known = key in run.answers and key not in run.reopened and not question.adds
    if known:
        draft.differ(question, draft.corrected(question, said), said, changes=changes)
    elif isinstance(reading := draft.read(question, said), Understood | Partly):
        draft.take(question, reading)
    elif question.optional and any(act.kind in {"skip", "dont_know", "no"} for act in acts(said.text)):
        draft.run = run.with_(skipped=(*run.skipped, key), path=_walked(run, key))
        draft.notes.append(Recorded(key=key, value=None))
    else:
        missed = reading if isinstance(reading, NotUnderstood) else NotUnderstood(why="", given=said.text)
        draft.miss(question, missed)
    if draft.notes and not isinstance(draft.notes[0], Missed):
        draft.take_others(said, question)
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
        draft.change(question, value)
    return draft.turn()


def reopen(flow: Flow, run: Run, key: str) -> Turn:
    """Ask a question again, from the beginning; its old answer stays as the default until a new one is given."""
    question = _question(flow, key)
    rest = tuple(other for other in run.reopened if other != key)
    skipped = tuple(other for other in run.skipped if other != key)
    begun = {other: part for other, part in run.begun.items() if other != key}
    run = run.with_(reopened=(question.key, *rest), skipped=skipped, begun=begun, misses=0)
    return Turn(run=run, notes=(Reopened(key=key),))


def back(flow: Flow, run: Run) -> Turn:
    """Go back one question along the path that was walked, or one part of the answer that is being given.

    Later answers stay. No notes at the first one.
    """
    asked = current(flow, run)
    part = asked.undo(run.begun[asked.key]) if asked and asked.key in run.begun else None
    if asked and part is not None:
        return Turn(run=run.with_(begun={**run.begun, asked.key: part}, misses=0), notes=(Reopened(key=asked.key),))
    here = run.path.index(asked.key) if asked and asked.key in run.path else len(run.path)
    walked = [question.key for question in applicable(flow, run) if question.key in run.path[:here]]
    before = max(walked, key=run.path.index, default=None)
    if before is None:
        return Turn(run=run)
    # A question that was itself gone back to is not asked again on the way forward: its old answer holds.
    return reopen(flow, run.with_(path=run.path[: run.path.index(before) + 1], reopened=()), before)


def keep(flow: Flow, run: Run) -> Turn:
    """Leave the current question, which is asked again, with its old answer. No notes when it has none."""
    asked = current(flow, run)
    if asked is None or asked.key not in run.answers:
        return Turn(run=run)
    key, value = asked.key, run.answers[asked.key]
    begun = {other: part for other, part in run.begun.items() if other != key}
    kept = run.with_(reopened=tuple(other for other in run.reopened if other != key), begun=begun, misses=0)
    return Turn(run=kept, notes=(Recorded(key=key, value=value, old=value),))


def skip(flow: Flow, run: Run, today: date) -> Turn:
    """Leave the current question: begun with the part there is, reopened with its old answer, optional without any.

    No notes when it has to be answered.
    """
    asked = current(flow, run)
    if asked is None:
        return Turn(run=run)
    if asked.key in run.begun and asked.good_enough(run.begun[asked.key]):
        draft = _Draft(flow, run, today)
        draft.record(asked, run.begun[asked.key])
        return draft.turn()
    if asked.key in run.answers:
        return keep(flow, run)
    reopened = tuple(key for key in run.reopened if key != asked.key)
    if not asked.optional:
        # What was only asked ahead of its turn is asked when its turn comes.
        later = run.with_(reopened=reopened, misses=0)
        return Turn(run=later, notes=() if later == run else (Recorded(key=asked.key, value=None),))
    begun = {key: value for key, value in run.begun.items() if key != asked.key}
    skipped = run.with_(
        skipped=(*run.skipped, asked.key), path=_walked(run, asked.key), begun=begun, reopened=reopened, misses=0
    )
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

    def read(self, asked: Any_, said: Said) -> Reading[Any] | None:
        """Read the answer to the current question. Where any words will do, what they surely state goes first."""
        if not asked.free_text:
            return self._put_right(asked, said, asked.read(said, self.today))
        return asked.find(said, self.today) or (
            None if self._tells_others(said, asked) else asked.read(said, self.today)
        )

    def take(self, question: Any_, reading: Understood[Any] | Partly[Any]) -> None:
        """Record what a question read, joined with the part of an answer that it had before."""
        self.heard += reading.spans
        key = question.key
        started = question.start()
        if key in self.run.begun or started:
            part = self.run.begun.get(key, started.value if started else None)
            reading = question.complete(question.combine(part, reading.value))
        if isinstance(reading, Understood):
            old = self.run.answers.get(key) if question.adds else None
            self.record(question, reading.value if old is None else question.combine(old, reading.value))
            return
        begun, reopened = {**self.run.begun, key: reading.value}, self.run.reopened
        if reading.at_once and current(self.flow, self.run) is not question:
            reopened = (key, *(other for other in reopened if other != key))
        self.run = self.run.with_(begun=begun, reopened=reopened, misses=0)
        self.notes.append(Begun(key=key, value=reading.value, rest=reading))

    def take_others(self, said: Said, asked: Any_ | None) -> list[Note]:
        """Record what is stated for other questions; return what differs from earlier answers, or repeats them."""
        known: list[Note] = []
        for question in applicable(self.flow, self.run):
            found = None if question is asked else question.find(said, self.today)
            if isinstance(found, NotUnderstood):
                if not self._is_heard(said.text, found.given):
                    self.notes.append(Impossible(key=question.key, why=found.why, given=found.given))
                continue
            if found is None or self._used(found.spans):
                continue
            old = self.run.answers.get(question.key)
            more = question.joined(old, found.value) if old is not None else None
            if more is not None:
                self.record(question, more)
                continue
            urgent = isinstance(found, Partly) and found.at_once
            if old is None or question.adds or urgent or question.key in self.run.reopened:
                self.take(question, found)
            elif isinstance(found, Understood) and old == found.value:
                known.append(Same(key=question.key, value=old))
            elif isinstance(found, Understood):
                refused = self.refusal(question, found.value)
                known.append(refused or Proposed(key=question.key, value=found.value, old=old))
            elif question.part_changes:
                known += self._other_part(question, old, found, said)
        return known

    def _other_part(self, question: Any_, old: Any, part: Partly[Any], said: Said) -> list[Note]:
        """Return what a part that was stated would make of a whole answer: another parish, another number."""
        if question.told(question.combine(old, part.value)) == question.told(old):
            return [Same(key=question.key, value=old)]
        start, end = min((s for s, _ in part.spans), default=0), max((e for _, e in part.spans), default=None)
        value = question.correct(old, "", said.text[start:end], self.today)
        return [] if value is None else [Proposed(key=question.key, value=value, old=old)]

    def refusal(self, question: Any_, value: Any) -> Refused | None:
        """Return why a value can't be, by the question's checks."""
        answers = {**self.run.answers, question.key: value}
        failed = (check for check in question.checks if check.refuse and check.fails(value, answers, self.today))
        return next((Refused(key=question.key, value=value, check=c.key, say=c.say) for c in failed), None)

    def change(self, question: Any_, value: Any) -> None:
        """Write a new answer down in place of a whole one; one that is no longer whole is asked about further."""
        rest = question.complete(value)
        if isinstance(rest, Partly) and isinstance(question.complete(self.run.answers[question.key]), Understood):
            self.run = reopen(self.flow, self.run, question.key).run
            self.take(question, rest)
        else:
            self.record(question, value)

    def corrected(self, question: Any_, said: Said) -> Any:
        """Read what is to stand in place of an answer, or what is added to it: „un vēl 5 bumbieres”."""
        old = self.run.answers[question.key]
        found = question.find(said, self.today)
        if isinstance(found, Understood) and any(act.kind == "add_more" for act in acts(said.text)):
            return question.combine(old, found.value)
        return question.correct(old, "", said.text, self.today)

    def differ(self, question: Any_, value: Any, said: Said, *, changes: bool) -> None:
        """Put an answer beside the one that is there: the same, a change, a proposal of one, or none at all."""
        old = self.run.answers[question.key]
        if value is None:
            self.miss(question, NotUnderstood(why="", given=said.text))
        elif value == old:
            self.notes.append(Same(key=question.key, value=old))
        elif question.joined(old, value) is not None:
            self.record(question, value)
        elif changes:
            self.change(question, value)
        else:
            refused = self.refusal(question, value)
            self.notes.append(refused or Proposed(key=question.key, value=value, old=old))

    def record(self, question: Any_, value: Any) -> None:
        """Write an answer down, unless a check refuses it; reopen the answers that depended on the old one."""
        if refused := self.refusal(question, value):
            self.notes.append(refused)
            return
        key, answers = question.key, {**self.run.answers, question.key: value}
        failed = [check for check in question.checks if check.fails(value, answers, self.today)]
        old = self.run.answers.get(key)
        self.run = self.run.with_(
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
        self.notes.append(
            Missed(key=asked.key, why=missed.why, given=missed.given, times=self.run.misses, stated=missed.stated)
        )

    def _put_right(self, asked: Any_, said: Said, reading: Reading[Any] | None) -> Reading[Any] | None:
        """Take a part given to a question that is asked again as a change of the old answer: „55” of „ozols – 50”."""
        key = asked.key
        if isinstance(reading, Partly) and key in self.run.reopened and key in self.run.answers and said.text:
            old = self.run.begun.get(key, self.run.answers[key])
            changed = asked.correct(old, "", said.text, self.today)
            if changed is not None and isinstance(asked.complete(changed), Understood):
                return Understood(value=changed, spans=reading.spans)
        return reading

    def _tells_others(self, said: Said, asked: Any_) -> bool:
        """Whether a text consists of answers to other questions: half of it at least, and no name in the rest."""
        found = [q.find(said, self.today) for q in applicable(self.flow, self.run) if q is not asked]
        spans = [span for reading in found if isinstance(reading, Understood) for span in reading.spans]
        typed = words(said.text)
        left = [word for word in typed if not any(s <= word.start < e for s, e in spans)]
        named = any(word.text[0].isupper() and word is not typed[0] for word in left)
        return bool(spans) and not named and len(left) * 2 <= len(typed)

    def _is_heard(self, text: str, part: str) -> bool:
        """Whether a part of the text has been understood as something else: an @ in the link to a map."""
        start = text.find(part) if part else -1
        return start >= 0 and self._used([(start, start + len(part))])

    def _used(self, spans: Iterable[tuple[int, int]]) -> bool:
        """Whether words have been understood already; „Drustu pamatskola” tells more than the „skola” in it."""
        over = [(start, end, s, e) for start, end in spans for s, e in self.heard if start < e and s < end]
        return any((s, e) == (start, end) or s < start or end < e for start, end, s, e in over)

    def _reopen_dependents(self, cause: str) -> None:
        for question in applicable(self.flow, self.run):
            waits = question.key in self.run.reopened
            if cause in question.depends_on and question.key in self.run.answers and not waits:
                self.run = self.run.with_(reopened=(*self.run.reopened, question.key))
                self.notes.append(Reopened(key=question.key, cause=cause))
