"""Inviting: what coordinators see and press about organisations with public addresses."""

import re

from bot.conversation.state import Do
from bot.conversation.talk import Talk
from knowledge.latvian.text import fold

_STOP = re.compile(r"(?:stop|nerakstit)\b\W*(?P<address>[^\s@<>]+@[^\s@<>]+)", re.IGNORECASE)

# Label, what it does, and what makes it worth offering; choices of a letter are counted, so there all of them stand.
_BUTTONS = (
    ("Saraksts failā", "org_file", "any_organisations"),
    ("Parādīt vēstuli", "org_test", "any_organisations"),
    ("Sūtīt vēstules", "org_ask", "may_write"),
)


def show(talk: Talk, rest: str) -> None:
    """Say how it stands with them; `stop ADDRESS` never writes to one again."""
    if match := _STOP.match(fold(rest) if rest.isascii() else rest):
        address = match["address"].strip(".,;")
        talk.emit("organisations.stopped", address=address)
        talk.say("organisation_stopped", address=address)
        return
    talk.emit("organisations.listed")
    talk.say("organisations")
    for label, what, needs in _BUTTONS:
        talk.offer(label, Do.OUTREACH, key=what, needs="" if talk.by_letter else needs)


def tap(talk: Talk, what: str) -> bool:
    """Do what a button about organisations says; whether it is one."""
    does = {"org_file": _order, "org_test": _test, "org_ask": _ask, "org_send": _send, "org_list": _list}.get(what)
    if does:
        does(talk)
    return does is not None


def _list(talk: Talk) -> None:
    show(talk, "")


def _order(talk: Talk) -> None:
    talk.emit("organisations.tabled")
    talk.say("organisations_ordered")


def _test(talk: Talk) -> None:
    talk.emit("organisations.tested")
    talk.say("organisations_tested")


def _ask(talk: Talk) -> None:
    talk.emit("organisations.listed")
    talk.say("organisations_asked")
    needs = "" if talk.by_letter else "may_write"
    talk.offer("Jā, sūtīt", Do.OUTREACH, key="org_send", needs=needs)
    talk.offer("Nē, nesūtīt", Do.OUTREACH, key="org_list", needs=needs)


def _send(talk: Talk) -> None:
    made = talk.world.new_id()
    talk.emit("organisations.written", key=made, prompt=talk.world.new_id(), control=talk.world.new_id())
    talk.say("organisations_written")
    talk.offer("Apturēt", Do.OUTREACH, key="stop", value=made, needs="goes")
