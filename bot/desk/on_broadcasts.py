"""What staff do about a broadcast on the board of events: hold it, go on with it, end it. Pure."""

import re

from bot.conversation.response import Say
from bot.conversation.roles import may
from bot.desk.turn import Decision, Turn

_BOARD = "events"
_TAP = re.compile(r"(\d+):(pause|resume|stop)")


def on_tap(turn: Turn, data: str) -> Decision:
    """Decide on `broadcast:ID:WHAT`; only who may announce may hold it back."""
    match, post = _TAP.fullmatch(data), turn.standing.post
    # A forged button names a broadcast that is not the one it stands under.
    if match is None or post is None or (post.board, post.subject) != (_BOARD, int(match[1])):
        return "unknown_button", Say(template="toast_unknown"), ()
    if not may(turn.standing.role, "coordinator"):
        return "no_role", Say(template="broadcast_not_yours"), ()
    done = turn.event("broadcast.controlled", id=post.subject, what=match[2])
    return f"broadcast_{match[2]}", Say(template="broadcast_controlled"), (done,)
