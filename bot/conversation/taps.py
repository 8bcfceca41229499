"""Taps: a button does what it said when it was shown, also last month's, or says why it no longer can."""

from bot.conversation import acting, for_staff, listening, running
from bot.conversation.state import Act, Do, Tapped
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import L, Partly
from flows.run import Run
from flows.said import Said
from knowledge.secrets import MARKS, confirm_cadastre, mask

# What a button of an older message may still do; the others belong to the question that was open then.
ALWAYS = frozenset(
    {
        Do.START,
        Do.TOPIC,
        Do.STAFF,
        Do.HELP,
        Do.OWN,
        Do.LANGUAGE,
        Do.RESUME,
        Do.NEXT,
        Do.PERMIT,
        Do.RATE,
        Do.MINE,
        Do.EVENT,
        Do.OUTREACH,
        Do.NEWS,
        Do.REPLY,
        Do.AUTOMATIC,
        Do.WORK,
        Do.MEND,
    }
)


_OF_EVENTS = frozenset({Do.EVENT, Do.OUTREACH, Do.WORK})


def on_tap(talk: Talk, tapped: Tapped | None) -> str:
    """Carry out a button of the prompt `tapped`; None when we know no such prompt of this person."""
    prompt_id, _, number = talk.item.said.tap.partition(":")
    acts = tapped.acts if tapped else ()
    if not number.isdigit() or int(number) >= len(acts):
        talk.toast("toast_unknown")
        return "unknown_button"
    pressed = acts[int(number)]
    prompt = talk.conversation.prompt
    if prompt and prompt.id == prompt_id:
        return press(talk, pressed)
    return _stale(talk, pressed, tapped.run_id if tapped else "")


def press(talk: Talk, pressed: Act) -> str:
    """Do what a button of the last message says."""
    if pressed.do in _OF_EVENTS and not talk.standing.looked:
        talk.looks = True  # its words were typed: that they are about events is known only now
    if pressed.do is Do.CADASTRE:
        return _cadastre(talk, confirmed=bool(pressed.value))
    if pressed.do is Do.WORK:
        for_staff.carry_out(talk, pressed.key, "")
        return f"command_{pressed.key}"
    return acting.act(talk, pressed)


def _cadastre(talk: Talk, *, confirmed: bool) -> str:
    """The hidden digits are what the person says they are; they come back with the tap, not from our memory."""
    if not confirmed:
        talk.say("masked", kinds=["personal_code"])
        if talk.run:
            running.ask(talk, again=True)
        return "masked"
    cadastre = confirm_cadastre(talk.item.quoted)
    if cadastre is None:
        talk.say("cadastre_again")
        return "cadastre_again"
    grouped = f"{cadastre[:4]} {cadastre[4:7]} {cadastre[7:]}"
    text = mask(talk.item.quoted).text.replace(MARKS["digits"], f"kadastra numurs {grouped}")
    return listening.on_text(talk, Said(text=text))


def _stale(talk: Talk, pressed: Act, run_id: str) -> str:
    """A button of an older message: harmless ones still work, an answer is offered as a correction."""
    if pressed.do in ALWAYS:
        return press(talk, pressed)
    run = talk.run
    if run is None or run.id != run_id:
        return _of_another_run(talk, run_id)
    if pressed.do is Do.ANSWER:
        return _late_answer(talk, run, pressed)
    if pressed.do is Do.REOPEN:
        return acting.act(talk, pressed)
    if pressed.do is Do.SUBMIT:
        # The answers may have changed since that review was shown: show them again, don't send.
        running.ask(talk)
        return "review_again"
    talk.toast("toast_older")
    return "older_button"


def _late_answer(talk: Talk, run: Run, pressed: Act) -> str:
    flow = talk.world.flows[run.flow]
    question = flow.question(pressed.key)
    if question is None:
        talk.toast("toast_changed")
        return "changed_flow"
    if pressed.key not in run.answers and question in engine.applicable(flow, run):
        return acting.act(talk, pressed)
    if pressed.key not in run.answers:
        talk.toast("toast_older")
        return "older_button"
    try:
        value = question.decode(pressed.value)
        rest = question.complete(value)
    except (KeyError, ValueError, TypeError):
        talk.toast("toast_changed")
        return "changed_flow"
    if isinstance(rest, Partly):
        # A part belonged to the other part that was told then.
        talk.toast("toast_older")
        return "older_button"
    old = run.answers.get(pressed.key)
    if old == value:
        talk.toast("toast_same")
        return "repeated_tap"
    talk.say("proposed", answer=Answer(question=question, value=value, old=old))
    talk.offer(L("Jā, mainīt"), Do.ACCEPT, key=pressed.key, value=pressed.value)
    talk.offer(L("Nē, atstāt"), Do.NOTHING)
    return "late_answer"


def _of_another_run(talk: Talk, run_id: str) -> str:
    parked = next((run for run in talk.conversation.parked if run.id == run_id), None)
    if parked:
        talk.say("parked_button")
        talk.offer(L("Turpināt iesākto"), Do.RESUME, value=parked.id)
        return "parked_button"
    talk.toast("toast_over")
    return "over"
