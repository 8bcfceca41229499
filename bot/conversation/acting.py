"""Acting: a button does what it says, whether it was pressed or its words were typed."""

from collections.abc import Callable
from functools import lru_cache

from bot.conversation import (
    asking,
    attending,
    beginning,
    drafts,
    echoing,
    ending,
    listing,
    mending,
    moves,
    organising,
    planning,
    questioned,
    reviewing,
    rights,
    running,
    subscribing,
)
from bot.conversation.roles import ANYONE, may
from bot.conversation.state import Act, Do, Prompt
from bot.conversation.talk import Talk
from flows import engine
from flows.grammar import L
from flows.said import Said
from knowledge.acts import acts
from knowledge.latvian.text import words
from knowledge.secrets import mask


def typed(talk: Talk, text: str) -> Act | None:
    """Return the act of the button whose words were typed instead of pressing it."""
    prompt = talk.conversation.prompt
    line = _words(text)
    if not prompt or not line:
        return None
    same = next((offer for label, offer in prompt.offers if _label(label) == line), None)
    return same or _yes_or_no(text, prompt)


def _yes_or_no(text: str, prompt: Prompt) -> Act | None:
    """Take a plain „jā” for the button that begins so: „Jā, mainīt”."""
    said = {act.kind for act in acts(text) if act.rest is None}
    wanted = "ja" if said == {"yes"} else "ne" if said == {"no"} else ""
    matching = [offer for label, offer in prompt.offers if wanted and _label(label).split()[:1] == [wanted]]
    return matching[0] if len(matching) == 1 else None


def offered(talk: Talk, *kinds: Do) -> Act | None:
    """Return the first button of such a kind under the last message: what a plain „jā” may mean."""
    prompt = talk.conversation.prompt
    return next((offer for _, offer in prompt.offers if offer.do in kinds), None) if prompt else None


def act(talk: Talk, pressed: Act) -> str:
    """Do what a button says; return the named outcome."""
    if pressed.do in _IN_RUN and talk.run is None:
        talk.toast("toast_over")
        return "over"
    does = _IN_RUN.get(pressed.do) or _ANYWHERE.get(pressed.do) or _nothing
    return does(talk, pressed) or str(pressed.do)


def start(talk: Talk, flow_name: str, said: Said | None = None) -> str:
    """Begin a flow from its button, with what was `said` before; one that is begun already is offered first."""
    flow = talk.world.flows[flow_name]
    if not may(talk.conversation.role, flow.role) or (flow.role != ANYONE and not talk.sure):
        talk.say("staff_only")
        return "staff_only"
    waiting = next((run for run in talk.conversation.parked if run.flow == flow_name), None)
    if waiting and _just_set_aside(talk, waiting.id):
        beginning.resume(talk, waiting.id)
        return "resumed"
    if waiting and not (talk.run and talk.run.flow == flow_name) and not _restarting(talk):
        talk.say("already_begun", flow=flow)
        talk.offer(L("Turpināt iesākto"), Do.RESUME, value=waiting.id)
        talk.offer(L("Sākt no jauna"), Do.START, value=flow_name)
        return "already_begun"
    if talk.run and talk.run.flow == flow_name and (talk.run.answers or talk.run.begun) and not _restarting(talk):
        talk.say("already_begun", flow=flow)
        reviewing.recap(talk)
        talk.offer(L("Turpināt"), Do.RESUME, value=talk.run.id)
        talk.offer(L("Sākt no jauna"), Do.START, value=flow_name)
        return "already_begun"
    if talk.run and talk.run.flow == flow_name:
        run = talk.run
        drafts.forget_reminders(talk, run)
        drafts.erase(talk, run, restarts=True)
        talk.change(run=None)
    beginning.begin(talk, flow, said)
    return "flow"


def plan(talk: Talk, text: str, flow: str) -> str:
    """Begin a new event or announcement, with what is told of it beside the wish."""
    rest = planning.after_beginning(text)
    if not rest or (talk.run and talk.run.flow == flow) or not may(talk.conversation.role, "coordinator"):
        return start(talk, flow)
    if flow == planning.NEWS_FLOW:
        planning.begin_news(talk, rest)
    else:
        beginning.begin(talk, talk.world.flows[flow], Said(text=rest))
    return "flow"


def _just_set_aside(talk: Talk, run_id: str) -> bool:
    """Whether the last message told of this draft and offered to go on with it, beside other things."""
    prompt = talk.before.prompt
    resumes = any(act.do is Do.RESUME and act.value == run_id for _, act in prompt.offers) if prompt else False
    return resumes and not _restarting(talk)


def _restarting(talk: Talk) -> bool:
    """Whether the person has just been asked whether to start anew."""
    prompt = talk.before.prompt
    return prompt is not None and sorted(act.do for _, act in prompt.offers) == [Do.RESUME, Do.START]


def _choose(talk: Talk, pressed: Act) -> str:
    flow, run = talk.open
    question = flow.question(pressed.key)
    if pressed.value is None and question:
        # A button that a phone answers with its place or its number; other devices send only its words.
        talk.say("needs_phone", question=question)
        running.ask(talk, again=True)
        return "needs_phone"
    try:
        turn = engine.choose(flow, run, pressed.key, pressed.value, talk.today)
    except (KeyError, ValueError, TypeError):
        # A deploy has changed the flow since the button was shown.
        talk.toast("toast_changed")
        running.ask(talk)
        return "changed_flow"
    running.settle(talk, turn)
    if not talk.item.is_tap:
        running.remember(talk, turn)
    return echoing.outcome(turn)


def _keep(talk: Talk, _: Act) -> None:
    running.settle(talk, engine.keep(*talk.open))


def _skip(talk: Talk, _: Act) -> None:
    running.settle(talk, engine.skip(*talk.open, talk.today))


def _reopen(talk: Talk, pressed: Act) -> str:
    flow, run = talk.open
    if flow.question(pressed.key) is None:
        talk.toast("toast_changed")
        running.ask(talk)
        return "changed_flow"
    talk.change(run=engine.reopen(flow, run, pressed.key).run)
    running.ask(talk)
    return "reopened"


def _submit(talk: Talk, _: Act) -> str:
    if engine.current(*talk.open) is None:
        ending.finish(talk)
        return "submitted"
    running.ask(talk)
    return "incomplete"


def _discard(talk: Talk, pressed: Act) -> str:
    if talk.run and talk.run.id == pressed.value:
        drafts.discard(talk)
        return "discarded"
    talk.toast("toast_over")
    return "over"


def _next(talk: Talk, pressed: Act) -> str:
    ended = talk.conversation.ended
    if ended and ended.id == pressed.value and talk.run is None:
        beginning.begin_again(talk, talk.world.flows[ended.flow], ended)
        talk.change(ended=None)
        return "flow"
    return start(talk, talk.world.main_flow)


def _start(talk: Talk, pressed: Act) -> str:
    if pressed.value not in talk.world.flows:
        return _nothing(talk, pressed)
    if pressed.key:
        talk.change(campaign=pressed.key)  # what the button stands under was sent by a campaign
    # A button under a reply brings back what it replies to: „Iestādījām 100 egles. Vai tās skaitās?”
    return start(talk, pressed.value, Said(text=mask(talk.item.quoted).text) if talk.item.quoted else None)


def _topic(talk: Talk, pressed: Act) -> str:
    topic = talk.world.topics.get(str(pressed.value))
    if topic is None:
        return _nothing(talk, pressed)
    asking.show_topic(talk, topic)
    if talk.run:
        running.ask(talk, again=True)
    return "topic"


def _permit(talk: Talk, pressed: Act) -> str:
    given = bool(pressed.value)
    if given and pressed.key == "news":
        talk.change(quiet=False)
    talk.emit("permissions.given" if given else "permissions.withdrawn", kinds=[pressed.key] if pressed.key else _ALL)
    talk.say("permitted", kind=pressed.key, given=given)
    if talk.run:
        running.ask(talk, again=True)
    return "permitted"


def _join(talk: Talk, pressed: Act) -> str:
    """Take a letter to another person's question for theirs, or for one's own: it is read once more then."""
    prompt, letter = pressed.value
    talk.emit("letters.joined", prompt=prompt, letter=letter)
    talk.say("joined")
    return "joined"


def _rate(talk: Talk, pressed: Act) -> str:
    case, stars = pressed.value
    talk.emit("case.rated", case=case, stars=stars)
    talk.say("rated", stars=stars)
    if talk.run:
        running.ask(talk, again=True)
    return "rated"


def _event(talk: Talk, pressed: Act) -> str:
    outcome = attending.tap(talk, pressed)
    if talk.run:
        running.ask(talk, again=True)
    return outcome


def _outreach(talk: Talk, pressed: Act) -> str:
    ours = may(talk.conversation.role, "coordinator") and talk.sure
    return (planning.tap(talk, pressed) if ours else "") or organising.tap(talk, pressed)


def _automatic(talk: Talk, pressed: Act) -> str:
    on = bool(pressed.value)
    if not (may(talk.conversation.role, "admin") and talk.sure and pressed.key in talk.world.topics):
        talk.say("staff_only")
        return "staff_only"
    talk.emit("automatic.chosen", topic=pressed.key, on=on)
    talk.say("automatic_chosen", topic=talk.world.topics[pressed.key].label["lv"], on=on)
    talk.offer("Atcelt", Do.AUTOMATIC, key=pressed.key, value=not on)
    return "automatic_chosen"


def _nothing(talk: Talk, _: Act) -> str:
    """Leave everything as it is, and put the current question again."""
    if talk.run:
        running.ask(talk, again=True)
    else:
        talk.toast("toast_over")
    return "nothing"


# What people can permit; the room that records it knows them by these names.
_ALL = ["enter_mapmytree", "news", "publicity"]


@lru_cache(maxsize=512)  # the same labels stand under every message
def _label(label: str) -> str:
    return _words(label)


def _words(text: str) -> str:
    return " ".join(word.folded for word in words(text))


_Doing = Callable[[Talk, Act], str | None]

_IN_RUN: dict[Do, _Doing] = {
    Do.ANSWER: _choose,
    Do.ACCEPT: _choose,
    Do.KEEP: _keep,
    Do.SKIP: _skip,
    Do.REOPEN: _reopen,
    Do.SUBMIT: _submit,
    Do.BACK: lambda talk, _: moves.go_back(talk),
    Do.WHY: lambda talk, _: moves.explain(talk),
    Do.REVIEW: lambda talk, _: reviewing.review(talk),
    Do.PAUSE: lambda talk, _: moves.pause(talk),
    Do.CANCEL: lambda talk, _: moves.cancel(talk),
}
_ANYWHERE: dict[Do, _Doing] = {
    Do.DISCARD: _discard,
    Do.RESUME: lambda talk, pressed: beginning.resume(talk, str(pressed.value)),
    Do.NEXT: _next,
    Do.START: _start,
    Do.TOPIC: _topic,
    Do.STAFF: lambda talk, _: asking.ask_for_staff(talk),
    Do.HELP: lambda talk, _: asking.help_(talk),
    Do.OWN: lambda talk, _: asking.show_own(talk),
    Do.LANGUAGE: lambda talk, pressed: moves.set_language(talk, str(pressed.value)),
    Do.PERMIT: _permit,
    Do.JOIN: _join,
    Do.RATE: _rate,
    Do.EVENT: _event,
    Do.OUTREACH: _outreach,
    Do.NEWS: subscribing.tap,
    Do.MINE: lambda talk, _: rights.show_all(talk),
    Do.SPARE: lambda talk, _: rights.spare(talk),
    Do.LIST: listing.act,
    Do.REPLY: questioned.reply,
    Do.AUTOMATIC: _automatic,
    Do.MEND: mending.choose,
    Do.WITHDRAW: mending.withdraw,
}
