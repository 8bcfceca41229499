"""Attending: people ask which events there are, say that they come and with how many, or that they can't."""

from collections.abc import Sequence
from typing import Any

from bot.conversation.standing import EventView
from bot.conversation.state import Act, Do, Tapped
from bot.conversation.talk import Talk
from flows.grammar import L
from knowledge.attending import Attendance, read_attendance
from knowledge.places import Place, Point, distance_km, find_places

_LISTED = 5
_FAR = 50  # km: not there, where somebody asks about
_NOWHERE = 1000  # km
_OFFERED = (1, 2, 3, 4, 5)  # how many people a button says
_LONGEST_TITLE = 34  # characters on a button in a row of its own


def tap(talk: Talk, pressed: Act) -> str:
    """Do what a button about an event says."""
    if pressed.key == "list":
        show_events(talk, "")
        return "events"
    key, people, *seen = pressed.value
    if not talk.sure:
        talk.say("confirm_sender")
        talk.offer(L("Nākšu"), Do.EVENT, key="come", value=pressed.value)
        return "confirm_sender"
    if pressed.key == "come":
        return _come(talk, str(key), Attendance(comes=True, people=people or None), *seen)
    if pressed.key == "leave":
        return _leave(talk, str(key))
    talk.toast("toast_unknown")
    return "unknown_button"


def hear(talk: Talk, text: str, answered: Tapped | None = None) -> str:
    """Hear that somebody comes or does not; '' where the text says neither, or there is no event it can be about.

    `answered` is what the letter that is replied to offers: it says which event.
    """
    of_letter, seen = _event_of(answered)
    if not of_letter and not talk.standing.events:
        return ""
    said = read_attendance(text)
    if said is None:
        return ""
    if of_letter:
        return _take(talk, of_letter, said, seen)
    meant = _meant(talk, said)
    if not meant:
        return ""
    if len(meant) == 1:
        return _take(talk, meant[0].key, said)
    _ask_which(talk, meant, said)
    return "which_event"


def _meant(talk: Talk, said: Attendance) -> list[EventView]:
    """Return the events that somebody may speak of: what they were told of last, or reply to, before all others."""
    mine = [event for event in talk.standing.events if event.my_state]
    told = [event for event in talk.standing.events if event.key == talk.standing.about]
    if told and (said.comes or talk.standing.replies or told[0].my_state or not mine):
        return told
    if not said.comes:
        # „Netieku” of somebody who never said that they would come, nor was told of any, is about something else.
        return told + mine
    return mine if len(mine) == 1 else list(talk.standing.events)


def answer(talk: Talk, text: str) -> None:
    """Answer a question about events with the events themselves, once they have been looked up."""
    talk.looks = not talk.standing.looked
    if talk.standing.looked:
        show_events(talk, text)


def show_events(talk: Talk, text: str) -> None:
    """Tell which events there are: the nearest first, where the text says where, or the person has told before."""
    named = _place_in(text)
    near = named or (talk.standing.near if talk.sure else None)
    listed = sorted(talk.standing.events, key=lambda event: _order(event, near))[:_LISTED]
    away = [_distance(event, near) for event in listed]
    far = named is not None and away[:1] > [_FAR]
    shown = [{**told(event), "away": km} for event, km in zip(listed, away, strict=True)]
    talk.say("events_near", events=shown, near=near is not None, far=far)
    if not listed and talk.run is None:
        talk.offer(L("Saņemt ziņas"), Do.NEWS, key="take")
    for number, event in enumerate(listed, start=1):
        if not event.my_state:
            label = L("Nākšu") if len(listed) == 1 else L("%(number)s. Nākšu")
            talk.offer(label, Do.EVENT, key="come", value=[event.key, 0], values={"number": number})


def told(event: EventView) -> dict[str, Any]:
    """Return an event as templates tell of it."""
    return {
        "title": event.title,
        "where": event.where,
        "day": event.day,
        "start": event.start,
        "end": event.end,
        "text": event.text,
        "contact": event.contact,
        "my_state": event.my_state,
        "my_people": event.my_people,
    }


def _take(talk: Talk, key: str, said: Attendance, seen: int | None = None) -> str:
    if not talk.sure:
        talk.say("confirm_sender")
        label, what = (L("Nākšu"), "come") if said.comes else (L("Nevarēšu atnākt"), "leave")
        talk.offer(label, Do.EVENT, key=what, value=[key, said.people or 0, seen])
        return "confirm_sender"
    return _come(talk, key, said, seen) if said.comes else _leave(talk, key)


def _come(talk: Talk, key: str, said: Attendance, seen: int | None = None) -> str:
    """Let somebody come; `seen` is the version of the event that they were shown."""
    talk.emit("attendance.coming", event=key, people=said.people, word=said.word, seen=seen)
    talk.say("attending", asks=said.people is None)
    if all(event.key != key for event in talk.standing.events):
        if talk.standing.events:  # this one is over, or off
            talk.offer(L("Citi pasākumi"), Do.EVENT, key="list")
        return "coming_late"
    if said.people is None and not talk.by_letter:
        for number in _OFFERED:
            talk.offer(str(number), Do.EVENT, key="come", value=[key, number])
    talk.offer(L("Nevarēšu atnākt"), Do.EVENT, key="leave", value=[key, 0])
    return "coming"


def _leave(talk: Talk, key: str) -> str:
    talk.emit("attendance.leaving", event=key)
    talk.say("not_attending")
    if any(event.key == key for event in talk.standing.events):
        talk.offer(L("Tomēr nākšu"), Do.EVENT, key="come", value=[key, 0])
    return "leaving"


def _ask_which(talk: Talk, events: Sequence[EventView], said: Attendance) -> None:
    talk.say("which_event", comes=said.comes)
    for event in events[:_LISTED]:
        label = f"{event.day.day}.{event.day.month:02}. {event.title}"
        what = "come" if said.comes else "leave"
        talk.offer(_cut(label), Do.EVENT, key=what, value=[event.key, said.people or 0], wide=True)


def _event_of(answered: Tapped | None) -> tuple[str, int | None]:
    """Return the event that a letter of ours offers, and its version as it is told there, where that is known."""
    acts = [act for act in answered.acts if act.do is Do.EVENT and act.value] if answered else []
    if not acts:
        return "", None
    key, _, *seen = acts[0].value
    return str(key), seen[0] if seen else None


def _place_in(text: str) -> Point | None:
    """Return a place that is named; „Are there events in Madona?” names one as an answer would."""
    found = (find_places(text, answering=False) or find_places(text, answering=True)) if text else ()
    places = (one.value for one in found)
    return next((place.centre for place in places if isinstance(place, Place) and place.centre), None)


def _order(event: EventView, near: Point | None) -> tuple[int, Any]:
    return (_distance(event, near), event.starts_at)


def _distance(event: EventView, near: Point | None) -> int:
    """Return how many kilometres it is to an event; 0 where that is not asked, more than all of Latvia if unknown."""
    if near is None:
        return 0
    if event.lat is None or event.lon is None:
        return _NOWHERE
    return round(distance_km(near, Point(event.lat, event.lon)))


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST_TITLE else label[: _LONGEST_TITLE - 1].rstrip() + "…"
