"""Organising: what coordinators press about their events. Handlers look at their role again."""

from bot.conversation import announcing, inviting
from bot.conversation.announcing import offer
from bot.conversation.roles import may
from bot.conversation.state import Act, Do
from bot.conversation.talk import Talk
from flows.grammar import Flow
from flows.run import Run

_ROLE = "coordinator"
# Who told the organiser on the telephone, and who is there: counted by thumb.
_COUNTS = (
    ("Pieteicās +1", "add", 1),
    ("Pieteicās +5", "add", 5),
    ("Atnāca +1", "came", 1),
    ("Atnāca +5", "came", 5),
    ("Atnāca +10", "came", 10),
)


def offer_after(talk: Talk, flow: Flow, run: Run) -> None:
    """Offer what comes next once an event is planned, or an announcement written."""
    if flow.name == "new_event":
        _offer_next(talk, run.subject or run.id, changed=bool(run.subject))
    elif flow.name == "new_announcement":
        announcing.offer_after(talk, run.subject or run.id, changed=bool(run.subject))
    elif flow.name == "announce_when":
        announcing.offer_to_change(talk, run.subject)


def tap(talk: Talk, pressed: Act) -> str:
    """Do what a button about an event or a broadcast says."""
    if not (may(talk.conversation.role, _ROLE) and talk.sure):
        talk.say("staff_only")
        return "staff_only"
    if pressed.key in {"add", "came"}:
        return _count(talk, pressed)
    value = str(pressed.value)
    if inviting.tap(talk, pressed.key):
        return pressed.key
    if announcing.tap(talk, pressed.key, value):
        return f"broadcast_{pressed.key}"
    does = {
        "open": _open,
        "tell": _tell_of_change,
        "cancel": _ask_to_cancel,
        "cancel!": _cancel,
        "thank": _thank,
        "poster": _order_poster,
        "list": _list,
        "replies": _replies,
    }.get(pressed.key)
    if does is None:
        talk.toast("toast_unknown")
        return "unknown_button"
    does(talk, value)
    return f"event_{pressed.key.rstrip('!')}"


def ask_afterwards(talk: Talk, key: str, *, planted: bool) -> None:
    """Ask whoever organised an event for its trees, once, where any were planted; offer to thank those who came."""
    talk.emit("event.over", event=key)
    talk.say("event_over", planted=planted)
    if planted:
        offer(talk, "Reģistrēt kokus", "register", key, wide=True)
    offer(talk, "Pateikties", "thank", key)
    offer(talk, "Cik atnāca", "list", key)


def _thank(talk: Talk, key: str) -> None:
    announcing.announce(talk, key, kind="thanks")


def _order_poster(talk: Talk, key: str) -> None:
    talk.emit("poster.ordered", event=key)
    talk.say("poster_ordered")


def _list(talk: Talk, key: str) -> None:
    """Count people by thumb, while they come."""
    talk.emit("event.opened", event=key)
    talk.say("event_counts")
    _offer_counts(talk, key)


def _count(talk: Talk, pressed: Act) -> str:
    key, people = pressed.value
    talk.emit("attendance.added", event=str(key), people=int(people), arrived=pressed.key == "came")
    talk.say("event_counts")
    _offer_counts(talk, str(key))
    return f"event_{pressed.key}"


def _offer_counts(talk: Talk, key: str) -> None:
    for label, what, people in _COUNTS:
        talk.offer(label, Do.OUTREACH, key=what, value=[key, people])


def _open(talk: Talk, key: str) -> None:
    talk.emit("event.opened", event=key)
    talk.say("event_standing")
    offer(talk, "Pieteikti un atnākuši", "list", key)
    offer(talk, "Plakāts ar kodu", "poster", key)
    known = (one.announced for one in talk.standing.organised if one.key == key)
    _offer_next(talk, key, announced=next(known, ""))
    announcing.offer_page(talk, key)
    announcing.offer_replies(talk, key)


def _replies(talk: Talk, key: str) -> None:
    """Tell what people have written in reply: questions, problems, and words beside „nākšu”."""
    of_none = any(one.key == key for one in talk.standing.announcements)
    if of_none:
        talk.emit("announcement.opened", about=key)
    else:
        talk.emit("event.opened", event=key)
    talk.say("event_replies")
    offer(talk, "Atpakaļ", "announcement" if of_none else "open", key)


def _offer_next(talk: Talk, key: str, *, changed: bool = False, announced: str = "") -> None:
    if changed:
        offer(talk, "Paziņot par izmaiņām", "tell", key, wide=True)
    else:
        announcing.offer_announcing(talk, key, announced)
    offer(talk, "Mainīt pasākumu", "change", key)
    offer(talk, "Kopēt", "copy", key)
    offer(talk, "Atcelt pasākumu", "cancel", key)


def _tell_of_change(talk: Talk, key: str) -> None:
    announcing.announce(talk, key, kind="changed")


def _ask_to_cancel(talk: Talk, key: str) -> None:
    talk.emit("event.opened", event=key)
    talk.say("event_cancel_asked")
    offer(talk, "Jā, atcelt", "cancel!", key)
    offer(talk, "Nē, lai paliek", "open", key)


def _cancel(talk: Talk, key: str) -> None:
    ids = {"key": talk.world.new_id(), "prompt": talk.world.new_id(), "control": talk.world.new_id()}
    talk.emit("event.cancelled", event=key, kind="cancelled", **ids)
    talk.say("event_was_cancelled")
