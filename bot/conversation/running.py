"""A run's turn: what was said about a flow becomes answers, an echo, and the next question."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.conversation import behalf, echoing, forms, introducing, mended, organising
from bot.conversation.state import Do
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import Flow, L, Partly, Question
from flows.notes import Begun, Impossible, Missed, Proposed, Recorded, Refused, Same, Turn
from flows.run import Later, Run
from flows.said import Said

_MISSES_UNTIL_A_PERSON = 3
MOST_PARKED = 5
_LONG_AGO = timedelta(hours=12)  # after such a pause, a recap comes first


# --- beginning and ending ---------------------------------------------------------------------------------


def begin(
    talk: Talk, flow: Flow, said: Said | None = None, *, later: tuple[Later, ...] = (), subject: str = ""
) -> None:
    """Start a flow; what the person has said already is taken as answers. The active run is parked."""
    run = open_run(talk, flow, later=later, subject=subject)
    if flow.brings:
        talk.emit("document.wanted", kind=flow.brings)
    if said and (said.text or said.position or said.files):
        first, *rest = flow.split(said.text, talk.today) or [said.text]
        more = tuple(Later(text=text, said_at=talk.now) for text in rest)
        turn = engine.glean(flow, run.with_(later=(*more, *later)), replace(said, text=first), talk.today)
        if turn.notes:
            talk.say("opening", flow=flow, brief=True, kind=_kind(said))
            if more:
                talk.say("later_noted", count=len(more))
            take_files(talk, said)
            settle(talk, turn)
            remember(talk, turn)
            return
    talk.say("opening", flow=flow, brief=False, kind="")
    ask(talk)


def open_run(talk: Talk, flow: Flow, *, later: tuple[Later, ...] = (), subject: str = "") -> Run:
    """Make a new run the active one without a word; the one before it is parked."""
    park(talk)
    run = Run(
        id=talk.world.new_id(),
        flow=flow.name,
        started_at=talk.now,
        later=later,
        campaign=talk.conversation.campaign,
        subject=subject,
    )
    if talk.by_letter and not behalf.is_for_another(run):
        run = introducing.introduced(talk, flow, run)
    talk.change(run=run, nudges=0)
    remind(talk, run)
    return run


def take_in(talk: Talk, flow: Flow, said: Said) -> tuple[Run, list[Answer]]:
    """Take what is stated for sure into the active run without a word; return the run and what it holds then."""
    run = talk.run or open_run(talk, flow)
    first, *rest = flow.split(said.text, talk.today) or [said.text]
    later = (*(Later(text=text, said_at=talk.now) for text in rest), *run.later)
    run = engine.glean(flow, run.with_(later=later), replace(said, text=first), talk.today).run
    talk.change(run=run)
    begun = [Answer(question=echoing.question_of(flow, key), value=value) for key, value in run.begun.items()]
    return run, [*_lines(flow, run), *begun]


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
        subject=last.subject,
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
    """Set the active run aside, if it holds anything worth coming back to; of too many the oldest is erased."""
    run = talk.run
    if run:
        held = (run, *talk.conversation.parked)
        kept = [other for other in held if other.answers or other.begun][:MOST_PARKED]
        for other in held:
            if other not in kept:
                forget_reminders(talk, other)
                erase(talk, other)
        talk.change(run=None, parked=tuple(kept))


def resume(talk: Talk, run_id: str) -> None:
    """Come back to a parked run, or stay with the active one, with a recap."""
    parked = talk.conversation.parked
    found = next((run for run in parked if run.id == run_id), parked[0] if parked and not talk.run else None)
    if found:
        park(talk)
        rest = tuple(run for run in talk.conversation.parked if run.id != found.id)
        talk.change(run=found, parked=rest)
        remind(talk, found)  # one that came due while it was set aside has said nothing
    if talk.run:
        recap(talk)
        ask(talk, again=True)
    else:
        talk.say("nothing_begun")
        talk.offer(L("Reģistrēt kokus"), Do.START, value=talk.world.main_flow)


def finish(talk: Talk) -> None:
    """End the run: its event carries the answers; what comes next is offered. Raises LookupError without a run."""
    flow, run = talk.open
    if flow.reviewed and not talk.sure:
        _confirm_sender(talk, run)
        return
    if run.amends:
        mended.finish(talk, flow, run)
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
        subject=run.subject,
        started_at=run.started_at,
    )
    talk.emit("draft.sent", flow=flow.name)
    forget_reminders(talk, run)
    talk.change(run=None, campaign="")
    if behalf.is_for_another(run):
        behalf.finish(talk, flow, run)
        return
    talk.say(f"ended_{flow.name}", answers=answers, facts=facts)
    if topic := talk.world.topics.get(flow.explains(answers)):
        spoken = talk.conversation.spoken
        talk.say("topic", texts=[text for text in (topic.answer[spoken], topic.uncertain.get(spoken, "")) if text])
    offered = [p for p in flow.permissions if p.only_if(answers) and not run.follows]
    if offered:
        talk.say("permissions_offered", permissions=offered)
    if flow.carried:
        # The ended run is kept without its answers' weight, for „vēl viena vieta” right afterwards.
        carried = {key: value for key, value in run.answers.items() if key in flow.carried}
        talk.change(ended=run.with_(answers=carried, begun={}, path=(), skipped=()))
        if run.later:
            talk.say("later_waits", text=run.later[0].text)
        talk.offer(L("Jā, turpināt") if run.later else L("Vēl viena vieta"), Do.NEXT, value=run.id)
        talk.offer(L("Mani koki"), Do.OWN)
    for permission in offered:
        talk.offer(permission.label, Do.PERMIT, key=permission.kind, value=True)
    for name in flow.leads_to(answers):
        talk.offer(talk.world.flows[name].title, Do.START, value=name)
    organising.offer_after(talk, flow, run)
    _offer_the_parked(talk)


def _offer_the_parked(talk: Talk) -> None:
    if talk.conversation.parked:
        talk.offer(L("Turpināt iesākto"), Do.RESUME, value=talk.conversation.parked[0].id)


def discard(talk: Talk) -> None:
    """Erase the active run and everything that was said in it."""
    run = talk.run
    if run is None:
        talk.say("nothing_begun")
        return
    forget_reminders(talk, run)
    erase(talk, run)
    talk.change(run=None, nudges=0)
    talk.say("mend_left" if run.amends else "discarded")


def erase(talk: Talk, run: Run, *, restarts: bool = False) -> None:
    """Report that a draft ends unsent, with the question where it stood; what was said in it is erased.

    Who starts over has not stopped anywhere.
    """
    flow = talk.world.flows[run.flow]
    current = engine.current(flow, run)
    at = "" if restarts else f"{flow.name}.{current.key if current else 'review'}"
    talk.emit("draft.discarded", run=run.id, since=run.started_at, at=at)


def remind(talk: Talk, run: Run) -> None:
    """Plan the first nudge about a draft that has yet to be sent, and the day on which an abandoned one is erased."""
    if talk.world.flows[run.flow].reviewed:
        talk.remind(f"nudge:{run.id}", talk.now + talk.world.nudge_after[0], "nudge", run=run.id)
    talk.remind(f"draft:{run.id}", talk.now + talk.world.draft_lives, "draft", run=run.id)


def forget_reminders(talk: Talk, run: Run) -> None:
    """Take both reminders away."""
    talk.remind(f"nudge:{run.id}", None)
    talk.remind(f"draft:{run.id}", None)


# --- a turn ------------------------------------------------------------------------------------------------


def remember(talk: Talk, turn: Turn) -> None:
    """Note which answers this message gave, so that editing it corrects them."""
    keys = tuple(note.key for note in turn.notes if isinstance(note, Recorded))
    talk.change(last_ref=talk.item.message_ref, last_keys=keys)


def take_files(talk: Talk, said: Said) -> None:
    """Report the pictures that an answer consists of, so that they are fetched."""
    if said.files and talk.run:
        talk.emit("attachments.received", files=said.files, run=talk.run.id)


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
            finish(talk)
        elif again and not talk.by_letter:
            _ask_whether_right(talk, flow)
        else:
            review(talk)
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


def _ask_whether_right(talk: Talk, flow: Flow) -> None:
    """Put the question under the review once more, without all the answers above it."""
    talk.say("review_again")
    talk.offer(flow.submit, Do.SUBMIT, wide=True)
    talk.offer(L("Skatīt un mainīt"), Do.REVIEW)
    talk.offer(L("Turpināšu vēlāk"), Do.PAUSE)
    talk.offers_for()


def review(talk: Talk) -> None:
    """Show every answer with a button to change it, and the button that sends them once all are there."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return
    if talk.by_letter:
        _by_letter(talk, flow, run)
        return
    if engine.current(flow, run):
        recap(talk)
        talk.say("what_to_change")
        for question in _answered(flow, run):
            talk.offer(question.change, Do.REOPEN, key=question.key)
        talk.offer(L("Turpināt"), Do.RESUME, value=run.id)
        return
    _preview(talk, flow, run)
    if run.amends:
        mended.introduce(talk, run)
    talk.say("review", flow=flow, lines=_lines(flow, run))
    talk.offer(flow.submit, Do.SUBMIT, wide=True)
    for question in engine.applicable(flow, run):
        talk.offer(question.change, Do.REOPEN, key=question.key)
    if run.amends:
        mended.offer(talk, run)
        talk.offers_for()
        return
    talk.offer(L("Turpināšu vēlāk"), Do.PAUSE)
    talk.offer(L("Dzēst iesākto"), Do.CANCEL)
    talk.offers_for()


def _preview(talk: Talk, flow: Flow, run: Run) -> None:
    """Show what others will see, exactly as they will, before it is confirmed."""
    if flow.preview:
        facts = flow.facts(engine.given(flow, run), talk.today)
        talk.say("preview", flow=flow)
        talk.next_message()
        talk.say(flow.preview, event=facts)
        picture = facts["picture"]
        shows = picture is not None and picture.kind == "photo" and not talk.by_letter
        talk.next_message(picture=picture.ref if shows else "")
        if picture and not shows:
            talk.say("preview_picture")
        if not talk.by_letter:
            talk.say("preview_by_letter", event=facts, shown=flow.preview)


def _by_letter(talk: Talk, flow: Flow, run: Run) -> None:
    """Show what there is under numbers; while something is open, ask for that."""
    if not talk.shows:
        _confirm_sender(talk, run)
        return
    if engine.current(flow, run):
        recap(talk)
        forms.ask(talk, flow, run)
    else:
        _preview(talk, flow, run)
        if run.amends:
            mended.introduce(talk, run)
        forms.review(talk, flow, run)
        if run.amends:
            mended.offer(talk, run)


def _confirm_sender(talk: Talk, run: Run) -> None:
    """Show nothing on the word of a From line: an answer to this letter proves who reads it."""
    talk.say("confirm_sender")
    talk.offer(L("Turpināt"), Do.RESUME, value=run.id)


def recap(talk: Talk) -> None:
    """Say what the active run has so far."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None or not talk.shows:
        return
    if talk.by_letter and engine.current(flow, run) is None:
        return  # the review says the same
    begun = [
        Answer(question=question, value=run.begun[question.key])
        for question in engine.applicable(flow, run)
        if question.key in run.begun and question.key not in run.answers
    ]
    if lines := [*_lines(flow, run), *begun]:
        talk.say("recap", lines=lines)


def was_away(talk: Talk, at: datetime) -> bool:
    """Whether the person comes back after such a pause that a recap helps."""
    before = talk.before.said_at
    return before is not None and at - before > _LONG_AGO


def _kind(said: Said) -> str:
    """What a registration began with, when it was no words."""
    return "" if said.text else "place" if said.position else "photo"


def _answered(flow: Flow, run: Run) -> list[Question[Any]]:
    return [question for question in engine.applicable(flow, run) if question.key in run.answers]


def _lines(flow: Flow, run: Run) -> list[Answer]:
    return [Answer(question=question, value=run.answers[question.key]) for question in _answered(flow, run)]


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
