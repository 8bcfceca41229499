"""Announcing: what coordinators press about something that is to go out to many, be it of an event or not."""

from datetime import datetime, time, timedelta

from bot.conversation.state import Do
from bot.conversation.talk import Talk

_MORNING = time(10)
_SILENT = frozenset({"", "stopped", "stopping"})  # states of a broadcast that leave it to be announced
_CHANGEABLE = _SILENT | {"approval", "scheduled"}
_CONTROLS = frozenset({"pause", "resume", "stop", "again"})


def tap(talk: Talk, what: str, key: str) -> bool:
    """Do what a button says, where it is one about announcing; whether it is."""
    if what in _CONTROLS:
        talk.emit("broadcast.controlled", key=key, what=what)
        talk.toast("broadcast_controlled")
        return True
    does = {
        "announcement": open_announcement,
        "test": _test,
        "announce": announce,
        "tomorrow": _tomorrow,
        "halt": _halt,
        "page": _publish,
        "approve": _approve,
        "refuse": _refuse,
    }.get(what)
    if does:
        does(talk, key)
    return does is not None


def open_announcement(talk: Talk, key: str) -> None:
    """Say how an announcement stands, and what can be done with it."""
    found = next((one for one in talk.standing.announcements if one.key == key), None)
    talk.emit("announcement.opened", about=key)
    talk.say("announcement_standing")
    offer_next(talk, key, found.state if found else "")
    offer_page(talk, key)
    offer_replies(talk, key)


def offer_replies(talk: Talk, key: str) -> None:
    """Offer what people wrote in reply, where they did."""
    talk.offer("Ko cilvēki raksta", Do.OUTREACH, key="replies", value=key, needs="has_replies")


def offer_after(talk: Talk, key: str, *, changed: bool) -> None:
    """Offer what comes next once an announcement is written; what may be done with a changed one, its page knows."""
    if changed:
        offer(talk, "Skatīt paziņojumu", "announcement", key)
    else:
        offer_next(talk, key)


def offer_next(talk: Talk, key: str, state: str = "") -> None:
    """Offer what can be done with an announcement whose broadcast is in this state, '' for none."""
    offer_announcing(talk, key, state)
    if state in _CHANGEABLE:
        offer(talk, "Mainīt paziņojumu", "change", key)
    offer(talk, "Kopēt", "copy", key)


def offer_announcing(talk: Talk, key: str, state: str) -> None:
    """Offer what concerns the broadcast that tells of something first, which is in this state."""
    if state in _SILENT:
        offer_ways(talk, key)
    elif state != "done":
        offer_to_change(talk, key, state)
    offer(talk, "Izmēģināt sev", "test", key)


def offer_to_change(talk: Talk, key: str, state: str = "scheduled") -> None:
    """Offer to put a broadcast off while it waits, and to stop it."""
    if state in _CHANGEABLE:
        offer(talk, "Mainīt ziņas laiku", "when", key)
    offer(talk, "Apturēt", "halt", key)


def offer_ways(talk: Talk, key: str) -> None:
    """Offer when to announce something."""
    offer(talk, "Izsludināt tagad", "announce", key, wide=True)
    offer(talk, "Izsludināt rīt 10.00", "tomorrow", key)
    offer(talk, "Ieplānot", "when", key)


def offer(talk: Talk, label: str, what: str, key: str, *, wide: bool = False) -> None:
    """Offer something of an event or an announcement."""
    talk.offer(label, Do.OUTREACH, key=what, value=key, wide=wide)


def announce(talk: Talk, key: str, at: datetime | None = None, kind: str = "") -> None:
    """Let something go out, now or at a time; `kind` '' is what tells of it first."""
    made = talk.world.new_id()
    ids = {"key": made, "prompt": talk.world.new_id(), "control": talk.world.new_id()}
    talk.emit("broadcast.announced", about=key, kind=kind, at=at, **ids)
    talk.say("event_announced")
    if at:
        offer(talk, "Mainīt ziņas laiku", "when", key)
    offer(talk, "Apturēt", "stop", made)


def _tomorrow(talk: Talk, key: str) -> None:
    announce(talk, key, datetime.combine(talk.today + timedelta(days=1), _MORNING, talk.now.tzinfo))


def _test(talk: Talk, key: str) -> None:
    talk.emit("broadcast.tested", about=key, prompt=talk.world.new_id())
    talk.say("event_tested")
    offer(talk, "Izsludināt tagad", "announce", key, wide=True)
    offer(talk, "Mainīt", "change", key)


def offer_page(talk: Talk, key: str) -> None:
    """Offer what a municipality's page can take over."""
    offer(talk, "Novada mājaslapai", "page", key)


def _publish(talk: Talk, key: str) -> None:
    talk.emit("page.asked", about=key)
    talk.say("page_told")


def _halt(talk: Talk, key: str) -> None:
    talk.emit("broadcast.controlled", about=key, what="stop")
    talk.toast("broadcast_controlled")


def _approve(talk: Talk, key: str) -> None:
    talk.emit("broadcast.approved", broadcast=key, given=True)
    talk.say("approval_given")


def _refuse(talk: Talk, key: str) -> None:
    talk.emit("broadcast.approved", broadcast=key, given=False)
    talk.say("approval_given")
