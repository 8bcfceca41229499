"""What staff do about a case that waits for a telephone call. Pure."""

import re
from collections.abc import Mapping

from bot.conversation.response import Say
from bot.desk.turn import Decision, Doing, Turn

_TAP = re.compile(r"(\d{1,18}):(reached|unreached)")


def on_tap(turn: Turn, data: str) -> Decision:
    """Decide on `call:CASE:WHAT`."""
    match = _TAP.fullmatch(data)
    # A forged button names a case that is not the one it stands under.
    if match is None or turn.standing.case is None or turn.standing.case.id != int(match[1]):
        return "unknown_button", Say(template="toast_unknown"), ()
    if turn.case.state == "closed":
        return "closed", Say(template="desk_closed_already"), ()
    return match[2], Say(template=f"desk_{match[2]}"), (turn.event(f"case.{match[2]}", case=turn.case.id),)


def _call(turn: Turn, _: str) -> Decision:
    if turn.standing.case is None:
        return "no_case", Say(template="desk_no_case"), ()
    return "calling", None, (turn.event("case.calling", case=turn.case.id),)


COMMANDS: Mapping[str, Doing] = {"zvans": _call}
