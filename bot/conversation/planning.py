"""Planning: how coordinators begin a new event, come back to one, or copy an earlier one."""

from itertools import pairwise
from typing import Any

from bot.conversation import running
from bot.conversation.roles import may
from bot.conversation.standing import EventView
from bot.conversation.state import Act, Do
from bot.conversation.talk import Talk
from flows.grammar import Json, Question
from knowledge.latvian.text import words

FLOW = "new_event"
_BEGINNINGS = (
    ("jauns", "pasakums"),
    ("jaunu", "pasakumu"),
    ("izveidot", "pasakumu"),
    ("pievienot", "pasakumu"),
    ("rikot", "pasakumu"),
    ("plano", "pasakumu"),
)
# „Kā izsludināt pasākumu?”, „atcelt pasākumu”, „mani pasākumi”: what leads to the list of them.
_OF_OWN = ("atcel", "parcel", "mainit", "izsludin", "mani", "manus", "manu", "vadu", "vadit")
_LONGEST_WISH = 8  # words
_POLITE = frozenset({"labdien", "ludzu", "gribu", "velos", "vajag", "veidojam", "planojam", "sakt"})
_NOT_COPIED = frozenset({"when"})


def wished(talk: Talk, text: str) -> bool:
    """Whether one of ours who plans events says that they want a new one."""
    if not may(talk.conversation.role, "coordinator") or not talk.sure:
        return False
    said = [word.folded for word in words(text[:200]) if word.folded not in _POLITE]
    return tuple(said[:2]) in _BEGINNINGS


def wishes_own(talk: Talk, text: str) -> bool:
    """Whether one of ours who plans events wants to do something with those that there are."""
    if not may(talk.conversation.role, "coordinator") or not talk.sure:
        return False
    said = [word.folded for word in words(text[:200])]
    about = any(word.startswith("pasakum") for word in said)
    return about and len(said) <= _LONGEST_WISH and any(word.startswith(_OF_OWN) for word in said)


def show_own(talk: Talk) -> None:
    """List the events there are, for whoever organises them."""
    listed = talk.standing.organised
    talk.say("events_organised", events=[_told(event) for event in listed])
    for number, event in enumerate(listed[:8], start=1):
        talk.offer(f"{number}. {event.title}"[:40], Do.OUTREACH, key="open", value=event.key, wide=True)
    talk.offer("Jauns pasākums", Do.START, value=FLOW)


def take_up(talk: Talk, pressed: Act) -> str:
    """Open an event's answers again, to change it, or as the beginning of another one."""
    event = next((one for one in talk.standing.organised if one.key == pressed.value), None)
    if event is None:
        talk.toast("toast_over")
        return "over"
    flow = talk.world.flows[FLOW]
    changes = pressed.key == "change"
    questions = [question for question in flow.questions if changes or question.key not in _NOT_COPIED]
    answers = dict(_answers(questions, event))
    run = running.open_run(talk, flow)
    talk.change(run=run.with_(answers=answers, path=tuple(answers), subject=event.key if changes else ""))
    running.ask(talk)
    return f"event_{pressed.key}"


def register(talk: Talk, pressed: Act) -> str:
    """Begin the registration of an event's trees, with its place and its day filled in."""
    event = next((one for one in talk.standing.organised if one.key == pressed.value), None)
    if event is None:
        talk.toast("toast_over")
        return "over"
    flow = talk.world.flows[talk.world.main_flow]
    day = event.day.isoformat()
    told = {"place": event.answers.get("place"), "planted": [day, day, "day"]}
    answers = {
        question.key: question.decode(told[question.key])
        for question in flow.questions
        if told.get(question.key) is not None
    }
    # A place that people find may be too vague for a register: then its question is asked.
    exact = {key: value for key, value in answers.items() if key != "place" or value.exact}
    run = running.open_run(talk, flow)
    talk.change(run=run.with_(answers=exact, campaign=event.key))
    talk.say("event_registering")
    running.recap(talk)
    running.ask(talk)
    return "flow"


def _answers(questions: list[Question[Any]], event: EventView) -> list[tuple[str, Json]]:
    stored = event.answers
    return [(question.key, question.decode(stored[question.key])) for question in questions if question.key in stored]


def after_beginning(text: str) -> str:
    """Return what is told besides the wish for a new event."""
    cut = words(text)
    for at, pair in enumerate(pairwise(cut)):
        if (pair[0].folded, pair[1].folded) in _BEGINNINGS and at <= len(_POLITE):
            return text[pair[1].end :].strip(" .,:;!–-\n")
    return text.strip()


def _told(event: EventView) -> dict[str, object]:
    return {
        "title": event.title,
        "where": event.where,
        "day": event.day,
        "start": event.start,
        "end": event.end,
        "cancelled": event.cancelled,
    }
