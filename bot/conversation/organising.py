"""Organising: what coordinators press about their events and announcements. Handlers look at their role again."""

from datetime import datetime, time, timedelta

from bot.conversation.roles import may
from bot.conversation.state import Act, Do
from bot.conversation.talk import Talk
from flows.grammar import Flow
from flows.run import Run

_ROLE = "coordinator"
_MORNING = time(10)
# Who told the organiser on the telephone, and who is there: counted by thumb.
_COUNTS = (
    ("Pieteicās +1", "add", 1),
    ("Pieteicās +5", "add", 5),
    ("Atnāca +1", "came", 1),
    ("Atnāca +5", "came", 5),
    ("Atnāca +10", "came", 10),
)
_CONTROLS = frozenset({"pause", "resume", "stop", "again"})


def offer_after(talk: Talk, flow: Flow, run: Run) -> None:
    """Offer what comes next once an event is planned."""
    if flow.name == "new_event":
        _offer_next(talk, run.subject or run.id, changed=bool(run.subject))


def tap(talk: Talk, pressed: Act) -> str:
    """Do what a button about an event or a broadcast says."""
    if not (may(talk.conversation.role, _ROLE) and talk.sure):
        talk.say("staff_only")
        return "staff_only"
    if pressed.key in {"add", "came"}:
        return _count(talk, pressed)
    value = str(pressed.value)
    if pressed.key in _CONTROLS:
        talk.emit("broadcast.controlled", key=value, what=pressed.key)
        talk.toast("broadcast_controlled")
        return f"broadcast_{pressed.key}"
    does = {
        "open": _open,
        "test": _test,
        "announce": _announce,
        "tomorrow": _tomorrow,
        "tell": _tell_of_change,
        "cancel": _ask_to_cancel,
        "cancel!": _cancel,
        "approve": _approve,
        "refuse": _refuse,
        "thank": _thank,
        "poster": _order_poster,
        "list": _list,
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
        _offer(talk, "Reģistrēt kokus", "register", key, wide=True)
    _offer(talk, "Pateikties", "thank", key)
    _offer(talk, "Cik atnāca", "list", key)


def _thank(talk: Talk, key: str) -> None:
    _announce(talk, key, kind="thanks")


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
    _offer(talk, "Pieteikti un atnākuši", "list", key)
    _offer(talk, "Plakāts ar kodu", "poster", key)
    _offer_next(talk, key, changed=False)


def _offer_next(talk: Talk, key: str, *, changed: bool) -> None:
    if changed:
        _offer(talk, "Paziņot par izmaiņām", "tell", key, wide=True)
    else:
        _offer(talk, "Izsludināt tagad", "announce", key, wide=True)
        _offer(talk, "Izsludināt rīt 10.00", "tomorrow", key)
        _offer(talk, "Izmēģināt sev", "test", key)
    _offer(talk, "Mainīt pasākumu", "change", key)
    _offer(talk, "Kopēt", "copy", key)
    _offer(talk, "Atcelt pasākumu", "cancel", key)


def _offer(talk: Talk, label: str, what: str, key: str, *, wide: bool = False) -> None:
    talk.offer(label, Do.OUTREACH, key=what, value=key, wide=wide)


def _test(talk: Talk, key: str) -> None:
    talk.emit("broadcast.tested", event=key, prompt=talk.world.new_id())
    talk.say("event_tested")
    _offer(talk, "Izsludināt tagad", "announce", key, wide=True)
    _offer(talk, "Mainīt pasākumu", "change", key)


def _announce(talk: Talk, key: str, at: datetime | None = None, kind: str = "event") -> None:
    made = talk.world.new_id()
    talk.emit(
        "broadcast.announced",
        key=made,
        event=key,
        kind=kind,
        prompt=talk.world.new_id(),
        control=talk.world.new_id(),
        at=at,
    )
    talk.say("event_announced", kind=kind)
    _offer(talk, "Apturēt", "stop", made)


def _tomorrow(talk: Talk, key: str) -> None:
    _announce(talk, key, datetime.combine(talk.today + timedelta(days=1), _MORNING, talk.now.tzinfo))


def _tell_of_change(talk: Talk, key: str) -> None:
    _announce(talk, key, kind="changed")


def _ask_to_cancel(talk: Talk, key: str) -> None:
    talk.emit("event.opened", event=key)
    talk.say("event_cancel_asked")
    _offer(talk, "Jā, atcelt", "cancel!", key)
    talk.offer("Nē, lai paliek", Do.OUTREACH, key="open", value=key)


def _cancel(talk: Talk, key: str) -> None:
    ids = {"key": talk.world.new_id(), "prompt": talk.world.new_id(), "control": talk.world.new_id()}
    talk.emit("event.cancelled", event=key, kind="cancelled", **ids)
    talk.say("event_was_cancelled")


def _approve(talk: Talk, key: str) -> None:
    talk.emit("broadcast.approved", broadcast=key, given=True)
    talk.say("approval_given")


def _refuse(talk: Talk, key: str) -> None:
    talk.emit("broadcast.approved", broadcast=key, given=False)
    talk.say("approval_given")
