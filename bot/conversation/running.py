"""A run's turn: what was said about a flow becomes answers, an echo, and the next question."""

from datetime import datetime, timedelta
from typing import Any

from bot.conversation.state import Do
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.engine import Begun, Impossible, Missed, Proposed, Recorded, Refused, Reopened, Turn, Warned
from flows.grammar import Flow, L, Question
from flows.run import Later, Run
from flows.said import Said

_MISSES_UNTIL_A_PERSON = 3
_LONG_AGO = timedelta(hours=12)  # after such a pause, a recap comes first


# --- beginning and ending ---------------------------------------------------------------------------------


def begin(talk: Talk, flow: Flow, said: Said | None = None, *, later: tuple[Later, ...] = ()) -> None:
    """Start a flow; what the person has said already is taken as answers. The active run is parked."""
    park(talk)
    run = Run(
        id=talk.world.new_id(),
        flow=flow.name,
        started_at=talk.now,
        later=later,
        campaign=talk.conversation.campaign,
    )
    talk.change(run=run, nudges=0)
    remind(talk, run)
    if said and said.text:
        first, *rest = flow.split(said.text, talk.today) or [said.text]
        more = tuple(Later(text=text, said_at=talk.now) for text in rest)
        turn = engine.glean(flow, run.with_(later=(*more, *later)), Said(text=first), talk.today)
        if turn.notes:
            talk.say("opening", flow=flow, brief=True)
            if more:
                talk.say("later_noted", count=len(more))
            settle(talk, turn)
            return
    talk.say("opening", flow=flow, brief=False)
    ask(talk)


def begin_again(talk: Talk, flow: Flow, last: Run) -> None:
    """Start the next one of the same kind, with contact and permissions kept."""
    carried = {key: value for key, value in last.answers.items() if key in flow.carried}
    later, *rest = last.later or (None,)
    run = Run(
        id=talk.world.new_id(),
        flow=flow.name,
        started_at=talk.now,
        answers=carried,
        later=tuple(rest),
        campaign=last.campaign,
        follows=last.follows or last.id,
    )
    talk.change(run=run, nudges=0)
    remind(talk, run)
    if later:
        talk.say("later_now", text=later.text)
        day = later.said_at.astimezone(talk.now.tzinfo).date()
        turn = engine.glean(flow, run, Said(text=later.text), day)
        settle(talk, turn)
    else:
        ask(talk)


def park(talk: Talk) -> None:
    """Set the active run aside, if it holds anything worth coming back to."""
    run = talk.run
    if run:
        kept = (run, *talk.conversation.parked) if run.answers or run.begun else talk.conversation.parked
        talk.change(run=None, parked=kept[:5])


def resume(talk: Talk, run_id: str) -> None:
    """Come back to a parked run, or stay with the active one, with a recap."""
    parked = talk.conversation.parked
    found = next((run for run in parked if run.id == run_id), parked[0] if parked and not talk.run else None)
    if found:
        park(talk)
        rest = tuple(run for run in talk.conversation.parked if run.id != found.id)
        talk.change(run=found, parked=rest)
    if talk.run:
        recap(talk)
        ask(talk, again=True)
    else:
        talk.say("nothing_begun")


def finish(talk: Talk) -> None:
    """End the run: its event carries the answers; what comes next is offered."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return
    answers = engine.given(flow, run)
    facts = flow.facts(answers, talk.today)
    talk.emit(
        flow.ends_with,
        flow=flow.name,
        run=run.id,
        answers=[Answer(question=question, value=answers[question.key]) for question in _answered(flow, run)],
        stored={question.key: question.encode(answers[question.key]) for question in _answered(flow, run)},
        facts=facts,
        warnings=[check.key for _, check in engine.warnings(flow, run, talk.today)],
        campaign=run.campaign,
        follows=run.follows,
        started_at=run.started_at,
    )
    forget_reminders(talk, run)
    talk.change(run=None, campaign="")
    talk.say(f"ended_{flow.name}", answers=answers, facts=facts)
    if flow.carried:
        # The ended run is kept without its answers' weight, for „vēl viena vieta” right afterwards.
        carried = {key: value for key, value in run.answers.items() if key in flow.carried}
        talk.change(ended=run.with_(answers=carried, begun={}, path=(), skipped=()))
        if run.later:
            talk.say("later_waits", text=run.later[0].text)
        talk.offer(L("Jā, turpināt") if run.later else L("Vēl viena vieta"), Do.NEXT, value=run.id)
        talk.offer(L("Mani koki"), Do.OWN)
    if talk.conversation.parked:
        talk.offer(L("Turpināt iesākto"), Do.RESUME, value=talk.conversation.parked[0].id)


def discard(talk: Talk) -> None:
    """Erase the active run and everything that was said in it."""
    run = talk.run
    if run is None:
        talk.say("nothing_begun")
        return
    forget_reminders(talk, run)
    talk.emit("draft.discarded", run=run.id, since=run.started_at)
    talk.change(run=None, nudges=0)
    talk.say("discarded")


def remind(talk: Talk, run: Run) -> None:
    """Plan the first nudge and the day on which an abandoned draft is erased."""
    talk.remind(f"nudge:{run.id}", talk.now + talk.world.nudge_after[0], "nudge", run=run.id)
    talk.remind(f"draft:{run.id}", talk.now + talk.world.draft_lives, "draft", run=run.id)


def forget_reminders(talk: Talk, run: Run) -> None:
    """Take both reminders away."""
    talk.remind(f"nudge:{run.id}", None)
    talk.remind(f"draft:{run.id}", None)


# --- a turn ------------------------------------------------------------------------------------------------


def settle(talk: Talk, turn: Turn) -> None:
    """Take over what the engine made of it: echo it, and put the next question."""
    flow = talk.flow
    if flow is None:
        return
    talk.change(run=turn.run)
    echo(talk, flow, turn)
    follow_up = next((note for note in reversed(turn.notes) if isinstance(note, Begun | Proposed)), None)
    if isinstance(follow_up, Proposed):
        _propose(talk, flow, follow_up)
    elif isinstance(follow_up, Begun) and _is_current(talk, follow_up.key):
        _ask_the_rest(talk, flow, follow_up)
    elif isinstance(turn.notes[-1] if turn.notes else None, Missed | Refused | Impossible):
        ask(talk, again=True)
    else:
        ask(talk)


def echo(talk: Talk, flow: Flow, turn: Turn) -> None:
    """Say what was understood, changed, doubted or not understood."""
    recorded = [note for note in turn.notes if isinstance(note, Recorded)]
    _echo_answers(talk, flow, [*recorded, *_begun_by_the_way(talk, turn)])
    if recorded and all(note.value is None for note in recorded):
        talk.say("skipped")
    for note in turn.notes:
        if isinstance(note, Warned):
            talk.say("warned", sentence=note.say)
        elif isinstance(note, Refused):
            question = _question(flow, note.key)
            answer = Answer(question=question, value=note.value)
            talk.say("refused", sentence=note.say, answer=answer, example=question.example)
        elif isinstance(note, Impossible):
            talk.say("impossible", why=note.why, given=note.given)
        elif isinstance(note, Missed):
            _miss(talk, _question(flow, note.key), note)
    reopened = [_question(flow, note.key) for note in turn.notes if isinstance(note, Reopened) and note.cause]
    if reopened:
        talk.say("reopened", questions=reopened)


def _echo_answers(talk: Talk, flow: Flow, recorded: list[Recorded]) -> None:
    answers = [
        Answer(question=_question(flow, note.key), value=note.value, old=note.old)
        for note in recorded
        if note.value is not None
    ]
    fresh = [answer for answer in answers if answer.old is None]
    changed = [answer for answer in answers if answer.old is not None and answer.old != answer.value]
    if fresh:
        talk.say("recorded", answers=fresh)
    if changed:
        talk.say("changed", answers=changed)
    if answers and not fresh and not changed:
        talk.say("kept", answers=answers)
    for answer in fresh + changed:
        if position := answer.question.position(answer.value):
            talk.pin(position)


def _begun_by_the_way(talk: Talk, turn: Turn) -> list[Recorded]:
    """Return the parts of answers to questions that are not asked now: their rest is asked when they are."""
    parts = [note for note in turn.notes if isinstance(note, Begun) and not _is_current(talk, note.key)]
    return [Recorded(key=note.key, value=note.value) for note in parts]


def _miss(talk: Talk, question: Question[Any], note: Missed) -> None:
    """Say that the answer was not understood: what was, and an example; the third time a person is offered."""
    given = note.given if len(note.given) <= 60 else note.given[:57] + "…"
    talk.say("missed", why=note.why, given=given, question=question, times=note.times)
    if note.times >= _MISSES_UNTIL_A_PERSON:
        talk.offer(L("Jautāt darbiniekam"), Do.STAFF)


def ask(talk: Talk, *, again: bool = False) -> None:
    """Put the current question, or the review when all are answered, or end a flow that has no review."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return
    question = engine.current(flow, run)
    if question is None:
        if flow.reviewed:
            review(talk)
        else:
            finish(talk)
        return
    talk.change(run=engine.shown(run, [question.key]))
    begun = run.begun.get(question.key)
    if question.key in run.reopened and question.key in run.answers:
        talk.say("ask_default", answer=Answer(question=question, value=run.answers[question.key]))
        talk.offer(L("Atstāt, kā bija"), Do.KEEP)
    elif again:
        talk.say("ask_again", question=question, begun=begun and Answer(question=question, value=begun))
    else:
        number, total = engine.progress(flow, run, question.key)
        talk.say("ask", question=question, number=number, total=total)
    for option in question.options(run.answers):
        talk.offer(option.label, Do.ANSWER, key=question.key, value=option.value, request=option.request)
    _offer_ways_out(talk, flow, question)
    talk.offers_for(question.key)


def review(talk: Talk) -> None:
    """Show every answer with a button to change it, and the button that sends them."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return
    talk.say("review", flow=flow, lines=_lines(flow, run))
    talk.offer(flow.submit, Do.SUBMIT, wide=True)
    for question in engine.applicable(flow, run):
        talk.offer(question.change, Do.REOPEN, key=question.key)
    talk.offer(L("Turpināšu vēlāk"), Do.PAUSE)
    talk.offer(L("Dzēst iesākto"), Do.CANCEL)
    talk.offers_for()


def recap(talk: Talk) -> None:
    """Say what the active run has so far."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return
    if lines := _lines(flow, run):
        talk.say("recap", lines=lines)


def was_away(talk: Talk, at: datetime) -> bool:
    """Whether the person comes back after such a pause that a recap helps."""
    before = talk.before.said_at
    return before is not None and at - before > _LONG_AGO


def _question(flow: Flow, key: str) -> Question[Any]:
    found = flow.question(key)
    if found is None:
        raise KeyError(key)
    return found


def _answered(flow: Flow, run: Run) -> list[Question[Any]]:
    return [question for question in engine.applicable(flow, run) if question.key in run.answers]


def _lines(flow: Flow, run: Run) -> list[Answer]:
    return [Answer(question=question, value=run.answers[question.key]) for question in _answered(flow, run)]


def _is_current(talk: Talk, key: str) -> bool:
    run, flow = talk.run, talk.flow
    current = engine.current(flow, run) if run and flow else None
    return current is not None and current.key == key


def _ask_the_rest(talk: Talk, flow: Flow, note: Begun) -> None:
    """Ask for the part of an answer that is still missing."""
    question = flow.question(note.key)
    if question is None or talk.run is None:
        return
    talk.change(run=engine.shown(talk.run, [note.key]))
    talk.say("ask_rest", answer=Answer(question=question, value=note.value), sentence=note.ask, given=note.given)
    for option in note.options:
        talk.offer(option.label, Do.ANSWER, key=note.key, value=option.value, request=option.request)
    if question.good_enough(note.value):
        talk.offer(L("Vairāk nezinu"), Do.SKIP)
    _offer_ways_out(talk, flow, question)
    talk.offers_for(note.key)


def _propose(talk: Talk, flow: Flow, note: Proposed) -> None:
    """Ask whether an earlier answer is to be changed."""
    question = flow.question(note.key)
    if question is None:
        return
    talk.say("proposed", answer=Answer(question=question, value=note.value, old=note.old))
    talk.offer(L("Jā, mainīt"), Do.ACCEPT, key=note.key, value=question.encode(note.value))
    talk.offer(L("Nē, atstāt"), Do.NOTHING)


def _offer_ways_out(talk: Talk, flow: Flow, question: Question[Any]) -> None:
    run = talk.run
    if question.optional:
        talk.offer(L("Izlaist"), Do.SKIP)
    if run and engine.back(flow, run).notes:
        talk.offer(L("Atpakaļ"), Do.BACK)
