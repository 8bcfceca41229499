"""What staff do about a registration, under its card or in a reply to it: accept it, ask, say no. Pure.

Whether it still can be done is known only where it is written down: what is said of it comes from there.
"""

import re
from collections.abc import Mapping

from bot.conversation.response import Event, Say
from bot.conversation.roles import may
from bot.desk.turn import Decision, Doing, Turn

# A link into the platform, or a number there. It is shown to the person: nothing that leads elsewhere may pass.
_REF = re.compile(r"https://([a-z0-9-]+\.)+europa\.eu(/[!-~]*)?|[A-Za-z0-9_./#-]{1,100}")
_LONGEST = 2000  # characters of a question
_TAP = re.compile(r"(\d+):([a-z]+):?(\w*)")


def on_tap(turn: Turn, data: str) -> Decision:
    """Decide on `reg:ID:WHAT` or `reg:ID:WHAT:WHICH`."""
    match = _TAP.fullmatch(data)
    view = turn.standing.registration
    # A forged button names a registration that is not the one it stands under.
    if match is None or view is None or view.id != int(match[1]) or match[2] not in _TAPS:
        return "unknown_button", Say(template="toast_unknown"), ()
    if not may(turn.standing.role, "staff"):
        return "no_role", Say(template="desk_no_role"), ()
    return _TAPS[match[2]](turn, match[3])


def on_reply(turn: Turn, text: str) -> Decision:
    """Decide on a reply to what stands on the board: what it means depends on what it answers."""
    if not may(turn.standing.role, "staff"):
        return "no_role", Say(template="desk_no_role"), ()
    kind = turn.standing.post.kind if turn.standing.post else ""
    return _REPLIES.get(kind, _nothing)(turn, text)


def _accept(turn: Turn, _: str) -> Decision:
    return "accepted", _result(), (_event(turn, "registration.accepted"),)


def _reject(turn: Turn, reason: str) -> Decision:
    """Say no for one of the usual reasons, or ask for one."""
    if not reason:
        return "asked_why", None, (_event(turn, "registration.prompted", what="reason"),)
    return "rejected", _result(), (_event(turn, "registration.rejected", reason=reason, why=""),)


def _reject_because(turn: Turn, why: str) -> Decision:
    if not why:
        return _reject(turn, "")
    return "rejected", _result(), (_event(turn, "registration.rejected", reason="", why=why),)


def _reopen(turn: Turn, _: str) -> Decision:
    return "reopened", _result(), (_event(turn, "registration.reopened"),)


def _contact(turn: Turn, _: str) -> Decision:
    return "contact_shown", None, (_event(turn, "registration.contact_shown"),)


def _ask(turn: Turn, key: str) -> Decision:
    """Ask the person a question of the flow, or ask staff for one."""
    if not key:
        return "asked_what", None, (_event(turn, "registration.ask_prompted"),)
    return "asked", _result(), (_event(turn, "registration.asked", text="", key=key),)


def _ask_in_words(turn: Turn, text: str) -> Decision:
    if not text:
        return _ask(turn, "")
    return "asked", _result(), (_event(turn, "registration.asked", text=text[:_LONGEST], key=""),)


def _take(turn: Turn, change: str) -> Decision:
    """Write down a change that was offered."""
    if not change.isdigit():
        return "unknown_button", Say(template="toast_unknown"), ()
    return "changed", _result(), (_event(turn, "registration.change_taken", change=int(change)),)


def _withdraw(turn: Turn, _: str) -> Decision:
    return "withdrawn", _result(), (_event(turn, "registration.taken_back"),)


def _ask_for_link(turn: Turn, _: str) -> Decision:
    return "asked_link", None, (_event(turn, "registration.entry_prompted"),)


def _enter(turn: Turn, text: str) -> Decision:
    """Note what was entered: a link or a number, „bez” for none, „reportnet” for what went that way."""
    first, _, rest = text.partition(" ")
    if first.lower().startswith("report"):
        return _entered(turn, "reported", rest)
    return _entered(turn, "entered", "" if first.lower() == "bez" else text)


def _entered(turn: Turn, to: str, ref: str) -> Decision:
    ref = ref.strip()
    if ref and not _REF.fullmatch(ref):
        return "no_link", Say(template="review_no_link"), ()
    return to, _result(), (_event(turn, "registration.entered", to=to, ref=ref),)


def _nothing(_: Turn, __: str) -> Decision:
    return "note", None, ()


def _event(turn: Turn, type_: str, **data: object) -> Event:
    return turn.event(type_, registration=turn.registration.id, **data)


def _result() -> Say:
    """Say what came of it: whoever writes it down brings up `result`."""
    return Say(template="review_result")


def _about_one(doing: Doing) -> Doing:
    """Ask for a registration where there is none."""

    def decide(turn: Turn, rest: str) -> Decision:
        if not may(turn.standing.role, "staff"):
            return "no_role", Say(template="desk_no_role"), ()
        if turn.standing.registration is None:
            return "no_registration", Say(template="review_which"), ()
        return doing(turn, rest)

    return decide


_TAPS: Mapping[str, Doing] = {
    "accept": _accept,
    "reject": _reject,
    "reopen": _reopen,
    "contact": _contact,
    "ask": _ask,
    "take": _take,
    "withdraw": _withdraw,
    "enter": _ask_for_link,
    "entered": lambda turn, _: _entered(turn, "entered", ""),
    "reported": lambda turn, _: _entered(turn, "reported", ""),
}
# What a reply means, by the kind of the post that is replied to.
_REPLIES: Mapping[str, Doing] = {
    "card": _ask_in_words,
    "question": _ask_in_words,
    "answer": _ask_in_words,
    "reason": _reject_because,
    "link": _enter,
    "entry": _enter,
}
COMMANDS: Mapping[str, Doing] = {
    "pienemt": _about_one(_accept),
    "noraidit": _about_one(_reject_because),
    "jautat": _about_one(_ask_in_words),
    "ievadits": _about_one(_enter),
}
