"""A run's turn: what was said about a flow becomes answers, an echo, and the next question."""

from datetime import datetime, timedelta
from typing import Any

from bot.conversation import behalf, echoing, ending, forms, reviewing
from bot.conversation.state import Do
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import Flow, L, Partly, Question
from flows.notes import Begun, Impossible, Missed, Proposed, Recorded, Refused, Same, Turn
from flows.run import Run
from flows.said import Said

_MISSES_UNTIL_A_PERSON = 3
_LONG_AGO = timedelta(hours=12)  # after such a pause, a recap comes first


def settle(talk: Talk, turn: Turn) -> None:
    """Take over what the engine made of it: echo it, and put the next question."""
    flow = talk.flow
    if flow is None:
        return
    before = talk.run
    talk.change(run=turn.run)
    echoing.echo(talk, flow, turn)
    _call_for(talk, flow, before, turn)
    follow_up = next((note for note in reversed(turn.notes) if isinstance(note, Begun | Proposed)), None)
    if isinstance(follow_up, Proposed):
        _propose(talk, flow, follow_up)
    elif isinstance(follow_up, Begun) and not talk.by_letter and echoing.is_current(talk, follow_up.key):
        _ask_the_rest(talk, echoing.question_of(flow, follow_up.key), follow_up.rest)
    elif isinstance(turn.notes[-1] if turn.notes else None, Missed | Refused | Impossible | Same):
        ask(talk, again=True)
    else:
        ask(talk)
    if any(isinstance(note, Missed) and note.times >= _MISSES_UNTIL_A_PERSON for note in turn.notes):
        talk.offer(L("Jautāt darbiniekam"), Do.STAFF)


def ask(talk: Talk, *, again: bool = False) -> None:
    """Put the current question, or the review when all are answered, or end a flow that has no review."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return
    question = engine.current(flow, run)
    if question is None:
        if not flow.reviewed:
            ending.finish(talk)
        elif again and not talk.by_letter:
            reviewing.ask_whether_right(talk, flow)
        else:
            reviewing.review(talk)
        return
    if talk.by_letter:
        forms.ask(talk, flow, run)
        return
    talk.change(run=engine.shown(run, [question.key]))
    anew = None if question.key in run.answers else question.start()
    rest = question.complete(run.begun[question.key]) if question.key in run.begun else anew
    if isinstance(rest, Partly):
        _ask_the_rest(talk, question, rest)
        return
    if question.key in run.reopened and question.key in run.answers:
        talk.say("ask_default", answer=Answer(question=question, value=run.answers[question.key]))
        talk.offer(L("Atstāt, kā bija"), Do.KEEP)
    elif again:
        talk.say("ask_again", question=question)
    else:
        number, total = engine.progress(flow, run, question.key)
        talk.say("ask", question=question, number=number, total=total)
    for option in behalf.options(run, question.options(run.answers)):
        talk.offer(option.label, Do.ANSWER, key=question.key, value=option.value, request=option.request)
    _offer_ways_out(talk, flow, question)
    talk.offers_for(question.key)


def remember(talk: Talk, turn: Turn) -> None:
    """Note which answers this message gave, so that editing it corrects them."""
    keys = tuple(note.key for note in turn.notes if isinstance(note, Recorded))
    talk.change(last_ref=talk.item.message_ref, last_keys=keys)


def take_files(talk: Talk, said: Said) -> None:
    """Report the pictures that an answer consists of, so that they are fetched."""
    if said.files and talk.run:
        talk.emit("attachments.received", files=said.files, run=talk.run.id)


def was_away(talk: Talk, at: datetime) -> bool:
    """Whether the person comes back after such a pause that a recap helps."""
    before = talk.before.said_at
    return before is not None and at - before > _LONG_AGO


def _ask_the_rest(talk: Talk, question: Question[Any], rest: Partly[Any]) -> None:
    """Ask for the part of an answer that is still missing."""
    flow, run = talk.open
    talk.change(run=engine.shown(run, [question.key]))
    answer = Answer(question=question, value=rest.value)
    waits = rest.call is not None
    talk.say("ask_rest", answer=answer, sentence=rest.ask, given=rest.given, part=rest.part, waits=waits)
    for option in behalf.options(run, rest.options):
        talk.offer(option.label, Do.ANSWER, key=question.key, value=option.value, request=option.request)
    for name in rest.leads_to:
        talk.offer(talk.world.flows[name].title, Do.START, value=name)
    if question.key in run.answers:
        talk.offer(L("Atstāt, kā bija"), Do.KEEP)
    if rest.otherwise:
        talk.offer(rest.otherwise, Do.REOPEN, key=question.key)
    if question.good_enough(rest.value):
        talk.offer(L("Vairāk nezinu"), Do.SKIP)
    _offer_ways_out(talk, flow, question)
    talk.offers_for(question.key)


def _call_for(talk: Talk, flow: Flow, before: Run | None, turn: Turn) -> None:
    """Tell staff what a person has to help with, once, and the person by when they hear of it."""
    for note in turn.notes:
        if not isinstance(note, Begun) or note.rest.call is None:
            continue
        question = echoing.question_of(flow, note.key)
        was = question.complete(before.begun[note.key]) if before and note.key in before.begun else None
        if isinstance(was, Partly) and was.call == note.rest.call:
            continue
        talk.emit(
            "case.opened",
            kind="stuck",
            subject=note.rest.call.subject,
            details={"flow": flow.name, **note.rest.call.details},
        )
        talk.say("called_for")


def _propose(talk: Talk, flow: Flow, note: Proposed) -> None:
    """Ask whether an earlier answer is to be changed."""
    question = flow.question(note.key)
    if question is None:
        return
    if not talk.shows:
        ask(talk)
        return
    talk.say("proposed", answer=Answer(question=question, value=note.value, old=note.old))
    talk.offer(L("Jā, mainīt"), Do.ACCEPT, key=note.key, value=question.encode(note.value))
    talk.offer(L("Nē, atstāt"), Do.NOTHING)


def _offer_ways_out(talk: Talk, flow: Flow, question: Question[Any]) -> None:
    run = talk.run
    if question.optional and not (run and question.key in run.answers):
        talk.offer(L("Izlaist"), Do.SKIP)
    if run and engine.back(flow, run).notes:
        talk.offer(L("Atpakaļ"), Do.BACK)
