"""Planning: how coordinators begin an event or an announcement, come back to one, or copy an earlier one."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from bot.conversation import beginning, reviewing, running
from bot.conversation.roles import may
from bot.conversation.standing import AnnouncementView, EventView
from bot.conversation.state import Act, Do
from bot.conversation.talk import Talk
from flows.grammar import Json, Question
from knowledge.latvian.text import words

FLOW = "new_event"
NEWS_FLOW = "new_announcement"
WHEN_FLOW = "announce_when"
_BEGINS = frozenset({"jauns", "jaunu", "izveidot", "pievienot", "rikot", "plano", "uzrakstit"})
_BEGUN = {"pasakums": FLOW, "pasakumu": FLOW, "pazinojums": NEWS_FLOW, "pazinojumu": NEWS_FLOW}
# „Kā izsludināt pasākumu?”, „atcelt pasākumu”, „mani pasākumi”: what leads to the list of them.
_OF_OWN = ("atcel", "parcel", "mainit", "izsludin", "mani", "manus", "manu", "vadu", "vadit")
_LONGEST_WISH = 8  # words
_POLITE = frozenset({"labdien", "ludzu", "gribu", "velos", "vajag", "veidojam", "planojam", "sakt"})
_TELL = "pazinot"  # „gribu paziņot”
_TOLD = re.compile(r"pazi[nņ]ot(?:\s*:|\s*,?\s+ka)\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_NOT_COPIED = frozenset({"when"})
_PAGE = 8  # what one message lists


def wished(talk: Talk, text: str) -> str:
    """Return the flow that one of ours who plans events wants to begin; '' for none, and for anybody else."""
    if not may(talk.conversation.role, "coordinator") or not talk.sure:
        return ""
    said = [word.folded for word in words(text[:200])]
    meant = [word for word in said if word not in _POLITE]
    if meant[:1] == [_TELL] and said[0] != _TELL:
        return NEWS_FLOW
    return _BEGUN.get(meant[1], "") if len(meant) > 1 and meant[0] in _BEGINS else ""


def hear_own(talk: Talk, text: str) -> str:
    """Hear that one of ours who plans events wants to do something with what there is; '' for nothing of the kind."""
    if not may(talk.conversation.role, "coordinator") or not talk.sure:
        return ""
    said = [word.folded for word in words(text[:200])]
    if len(said) > _LONGEST_WISH or not any(word.startswith(_OF_OWN) for word in said):
        return ""
    if any(word.startswith("pasakum") for word in said):
        show_own(talk)
        return "events_organised"
    if any(word.startswith("pazinojum") for word in said):
        show_announcements(talk)
        return "announcements_listed"
    return ""


def is_bare(text: str) -> bool:
    """Whether a wish for a new event or announcement says nothing of it yet."""
    meant = [word.folded for word in words(text) if word.folded not in _POLITE]
    return meant == [_TELL] or (len(meant) == 2 and meant[1] in _BEGUN)


def begin_news(talk: Talk, text: str) -> None:
    """Begin an announcement; what was written beside the wish is its text already."""
    run = beginning.open_run(talk, talk.world.flows[NEWS_FLOW])
    if text:
        talk.change(run=run.with_(answers={"text": text}, path=("text",)))
    talk.say("opening", flow=talk.world.flows[NEWS_FLOW], brief=False, kind="")
    reviewing.recap(talk)
    running.ask(talk)


def show_own(talk: Talk, page: int = 0) -> None:
    """List the events there are, for whoever organises them."""
    listed, first = _page(talk.standing.organised, page), page * _PAGE
    talk.say("events_organised", events=[_told(event) for event in listed], first=first)
    for number, event in enumerate(listed, start=first + 1):
        talk.offer(f"{number}. {event.title}"[:40], Do.OUTREACH, key="open", value=event.key, wide=True)
    _turn_pages(talk, "events", page, len(talk.standing.organised))
    _offer_begun(talk, FLOW)
    talk.offer("Jauns pasākums", Do.START, value=FLOW)
    talk.offer("Paziņojumi", Do.OUTREACH, key="announcements", value=0)


def show_announcements(talk: Talk, page: int = 0) -> None:
    """List what was announced without an event, and what is yet to be."""
    listed, first = _page(talk.standing.announcements, page), page * _PAGE
    talk.say("announcements_listed", announcements=listed, first=first)
    for number, one in enumerate(listed, start=first + 1):
        talk.offer(f"{number}. {one.title}"[:40], Do.OUTREACH, key="announcement", value=one.key, wide=True)
    _turn_pages(talk, "announcements", page, len(talk.standing.announcements))
    _offer_begun(talk, NEWS_FLOW)
    talk.offer("Jauns paziņojums", Do.START, value=NEWS_FLOW)
    talk.offer("Pasākumi", Do.OUTREACH, key="events", value=0)


def tap(talk: Talk, pressed: Act) -> str:
    """Do what a button about the lists or a copy says; '' where it is none of those."""
    if pressed.key in {"events", "announcements"}:
        (show_own if pressed.key == "events" else show_announcements)(talk, int(pressed.value or 0))
        return f"{pressed.key}_listed"
    if pressed.key in {"change", "copy"}:
        return _take_up(talk, pressed)
    if pressed.key == "when":
        beginning.open_run(talk, talk.world.flows[WHEN_FLOW], subject=str(pressed.value))
        running.ask(talk)
        return "announce_when"
    return register(talk, pressed) if pressed.key == "register" else ""


def _take_up(talk: Talk, pressed: Act) -> str:
    """Open the answers of an event or an announcement again, to change it, or as the beginning of another one."""
    known: list[EventView | AnnouncementView] = [*talk.standing.organised, *talk.standing.announcements]
    found = next((one for one in known if one.key == pressed.value), None)
    if found is None:
        talk.toast("toast_over")
        return "over"
    flow = talk.world.flows[FLOW if isinstance(found, EventView) else NEWS_FLOW]
    changes = pressed.key == "change"
    questions = [question for question in flow.questions if changes or question.key not in _NOT_COPIED]
    answers = dict(_answers(questions, found))
    # What was left out then is left out: only what is new, or not copied, is asked.
    skipped = tuple(question.key for question in flow.questions if question.optional and question.key not in answers)
    run = beginning.open_run(talk, flow)
    subject = found.key if changes else ""
    talk.change(run=run.with_(answers=answers, skipped=skipped, path=tuple(answers), subject=subject))
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
    run = beginning.open_run(talk, flow)
    talk.change(run=run.with_(answers=exact, campaign=event.key))
    talk.say("event_registering")
    reviewing.recap(talk)
    running.ask(talk)
    return "flow"


def after_beginning(text: str) -> str:
    """Return what is told besides the wish for a new event or announcement."""
    cut = words(text)
    for at, pair in enumerate(pairwise(cut)):
        if pair[0].folded in _BEGINS and pair[1].folded in _BEGUN and at <= len(_POLITE):
            return text[pair[1].end :].lstrip(" .,:;!–-\n").rstrip()
    if any(word.folded == _TELL for word in cut[:3]):
        # „Gribu paziņot par talku” tells what it will be about, „gribu paziņot, ka …” what it says.
        said = _TOLD.search(text)
        return said[1][0].upper() + said[1][1:].strip() if said else ""
    return text.strip()


def _answers(questions: list[Question[Any]], of: EventView | AnnouncementView) -> list[tuple[str, Json]]:
    stored = of.answers
    return [(question.key, question.decode(stored[question.key])) for question in questions if question.key in stored]


def _page(listed: Sequence[Any], page: int) -> Sequence[Any]:
    return listed[page * _PAGE : (page + 1) * _PAGE]


def _turn_pages(talk: Talk, what: str, page: int, known: int) -> None:
    if page > 0:
        talk.offer("Jaunāki", Do.OUTREACH, key=what, value=page - 1)
    if known > (page + 1) * _PAGE:
        talk.offer("Agrāki", Do.OUTREACH, key=what, value=page + 1)


def _offer_begun(talk: Talk, flow: str) -> None:
    """Offer to go on with what was begun and not saved."""
    begun = [run for run in (talk.run, *talk.conversation.parked) if run and run.flow == flow]
    if begun:
        talk.offer("Turpināt iesākto", Do.RESUME, value=begun[0].id)


def _told(event: EventView) -> dict[str, object]:
    return {
        "title": event.title,
        "where": event.where,
        "day": event.day,
        "start": event.start,
        "end": event.end,
        "cancelled": event.cancelled,
    }
