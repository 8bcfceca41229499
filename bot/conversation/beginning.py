"""Beginning: a run opens with what was said already, once more with what carries over, or where it was set aside."""

from dataclasses import replace

from bot.conversation import behalf, drafts, echoing, introducing, reviewing, running
from bot.conversation.state import Do
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import Flow, L
from flows.run import Later, Run
from flows.said import Said


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
            running.take_files(talk, said)
            running.settle(talk, turn)
            running.remember(talk, turn)
            return
    talk.say("opening", flow=flow, brief=False, kind="")
    running.ask(talk)


def resume(talk: Talk, run_id: str) -> None:
    """Come back to a parked run, or stay with the active one, with a recap."""
    parked = talk.conversation.parked
    found = next((run for run in parked if run.id == run_id), parked[0] if parked and not talk.run else None)
    if found:
        drafts.park(talk)
        rest = tuple(run for run in talk.conversation.parked if run.id != found.id)
        talk.change(run=found, parked=rest)
        drafts.remind(talk, found)  # one that came due while it was set aside has said nothing
    if talk.run:
        reviewing.recap(talk)
        running.ask(talk, again=True)
    else:
        talk.say("nothing_begun")
        talk.offer(L("Reģistrēt kokus"), Do.START, value=talk.world.main_flow)


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
    drafts.remind(talk, run)
    if later:
        talk.say("later_now", text=later.text)
        day = later.said_at.astimezone(talk.now.tzinfo).date()
        turn = engine.glean(flow, run, Said(text=later.text), day)
        running.settle(talk, turn)
    else:
        running.ask(talk)


def take_in(talk: Talk, flow: Flow, said: Said) -> tuple[Run, list[Answer]]:
    """Take what is stated for sure into the active run without a word; return the run and what it holds then."""
    run = talk.run or open_run(talk, flow)
    first, *rest = flow.split(said.text, talk.today) or [said.text]
    later = (*(Later(text=text, said_at=talk.now) for text in rest), *run.later)
    run = engine.glean(flow, run.with_(later=later), replace(said, text=first), talk.today).run
    talk.change(run=run)
    begun = [Answer(question=echoing.question_of(flow, key), value=value) for key, value in run.begun.items()]
    return run, [*reviewing.lines(flow, run), *begun]


def open_run(talk: Talk, flow: Flow, *, later: tuple[Later, ...] = (), subject: str = "") -> Run:
    """Make a new run the active one without a word; the one before it is parked."""
    drafts.park(talk)
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
    drafts.remind(talk, run)
    return run


def _kind(said: Said) -> str:
    """What a registration began with, when it was no words."""
    return "" if said.text else "place" if said.position else "photo"
