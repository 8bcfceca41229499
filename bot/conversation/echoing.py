"""Echoing: saying what a turn has understood, changed, doubted or not understood."""

from typing import Any

from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import Flow, Question
from flows.notes import Begun, Impossible, Missed, Proposed, Recorded, Refused, Reopened, Same, Turn, Warned


def outcome(turn: Turn) -> str:
    """Name what a turn came to, by the weightiest of its notes."""
    names = {Recorded: "answered", Begun: "begun", Proposed: "proposed", Refused: "refused", Impossible: "impossible"}
    found = [name for kind, name in names.items() if any(isinstance(note, kind) for note in turn.notes)]
    known = any(isinstance(note, Same) for note in turn.notes)
    return found[0] if found else "known" if known else "missed"


def echo(talk: Talk, flow: Flow, turn: Turn) -> None:
    """Say what was understood, changed, doubted or not understood."""
    recorded = [note for note in turn.notes if isinstance(note, Recorded)]
    _echo_answers(talk, flow, [*recorded, *_begun_by_the_way(talk, turn)])
    if recorded and all(note.value is None for note in recorded):
        talk.say("skipped")
    told = {note.key for note in turn.notes if isinstance(note, Recorded | Begun)}
    left = [part for q in flow.questions if q.key in told for part in q.left_out(talk.item.said, talk.today)]
    if left:
        talk.say("left_out", parts=[talk.quote(part) for part in left])
    for note in turn.notes:
        if isinstance(note, Warned):
            talk.say("warned", sentence=note.say)
        elif isinstance(note, Refused):
            question = question_of(flow, note.key)
            answer = Answer(question=question, value=note.value)
            talk.say("refused", sentence=note.say, answer=answer, example=question.example)
        elif isinstance(note, Impossible):
            talk.say("impossible", why=note.why, given=note.given)
        elif isinstance(note, Same) and talk.shows:
            talk.say("same", answer=Answer(question=question_of(flow, note.key), value=note.value))
        elif isinstance(note, Missed):
            _miss(talk, question_of(flow, note.key), note)
    reopened = [question_of(flow, note.key) for note in turn.notes if isinstance(note, Reopened) and note.cause]
    if reopened:
        talk.say("reopened", questions=reopened)


def question_of(flow: Flow, key: str) -> Question[Any]:
    """Return a question that there is; raises KeyError."""
    found = flow.question(key)
    if found is None:
        raise KeyError(key)
    return found


def is_current(talk: Talk, key: str) -> bool:
    """Whether a question is the one that is asked now."""
    run, flow = talk.run, talk.flow
    current = engine.current(flow, run) if run and flow else None
    return current is not None and current.key == key


def _echo_answers(talk: Talk, flow: Flow, recorded: list[Recorded]) -> None:
    answers = [
        Answer(question=question_of(flow, note.key), value=note.value, old=note.old)
        for note in recorded
        if note.value is not None
    ]
    if not talk.shows:
        answers = [Answer(question=answer.question, value=answer.value) for answer in answers]
    added = [answer for answer in answers if answer.question.adds and answer.value]
    fresh = [answer for answer in answers if answer.old is None and answer not in added]
    changed = [
        answer for answer in answers if answer.old is not None and answer.old != answer.value and answer not in added
    ]
    if fresh:
        talk.say("recorded", answers=fresh)
    if changed:
        talk.say("changed", answers=changed)
    for answer in added:
        talk.say("added", answer=answer)
    if answers and not (fresh or changed or added):
        talk.say("kept", answers=answers)
    for answer in fresh + changed:
        if position := answer.question.position(answer.value):
            talk.pin(position)


def _begun_by_the_way(talk: Talk, turn: Turn) -> list[Recorded]:
    """Return the parts of answers to questions that are not asked now: their rest is asked when they are."""
    parts = [note for note in turn.notes if isinstance(note, Begun) and not is_current(talk, note.key)]
    return [Recorded(key=note.key, value=note.value) for note in parts]


def _miss(talk: Talk, question: Question[Any], note: Missed) -> None:
    """Say that the answer was not understood: what was, and an example; the third time a person is suggested."""
    if talk.by_letter:
        talk.say("unplaced", given=talk.quote(note.given))
        return
    talk.say("missed", why=note.why, given=talk.quote(note.given), question=question, times=note.times)
