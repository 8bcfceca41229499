"""Editing: a message that was changed afterwards. The last answer changes with it, an older one is asked about."""

from bot.conversation import echoing, running
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import Flow, Understood
from flows.notes import Note, Proposed, Same, Turn
from flows.run import Run
from flows.said import Said


def edited(talk: Talk, said: Said) -> str:
    """Read an edited message: the last answer is changed, an older one is asked about."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None or not said.text:
        return "edit_ignored"
    keys = talk.before.last_keys if talk.item.message_ref == talk.before.last_ref else ()
    notes = engine.correct(flow, run, talk.today, wrong="", right=said.text, key=keys[0]) if len(keys) == 1 else None
    turn = notes if notes and notes.notes else engine.revise(flow, run, said, talk.today)
    proposed = [note for note in turn.notes if isinstance(note, Proposed) and note.key in keys]
    if proposed:
        turn = _taken(talk, flow, turn.run, proposed)
    elif all(isinstance(note, Same) for note in turn.notes):
        return _edit_ignored(talk, flow, said, keys if not turn.notes else ())
    running.settle(talk, turn)
    return "corrected" if keys else echoing.outcome(turn)


def _taken(talk: Talk, flow: Flow, run: Run, proposed: list[Proposed]) -> Turn:
    """Make the changes that an edit of the last answer tells of."""
    notes: tuple[Note, ...] = ()
    for note in proposed:
        question = flow.question(note.key)
        if question:
            turn = engine.choose(flow, run, note.key, question.encode(note.value), talk.today)
            run, notes = turn.run, (*notes, *turn.notes)
    return Turn(run=run, notes=notes)


def _edit_ignored(talk: Talk, flow: Flow, said: Said, keys: tuple[str, ...]) -> str:
    """Say that an edit of the last answer was not understood; any other edit without a sense is passed over."""
    question = flow.question(keys[0]) if len(keys) == 1 else None
    if question and talk.run and question.key in talk.run.answers:
        answer = Answer(question=question, value=talk.run.answers[question.key])
        reading = question.read(said, talk.today)
        if isinstance(reading, Understood) and reading.value == answer.value:
            return "edit_ignored"
        talk.say("edit_missed", given=talk.quote(said.text), answer=answer)
        running.ask(talk, again=True)
        return "edit_missed"
    return "edit_ignored"
