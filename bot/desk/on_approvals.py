"""What staff do about an answer of the assistant that waits for them: send it, put it differently, refuse it. Pure."""

import re

from bot.conversation.response import Say
from bot.conversation.roles import may
from bot.desk.turn import Decision, Turn

_TAP = re.compile(r"(\d{1,18}):(send|edit|reject|undo)")
_EVENTS = {"send": "approval.sent", "edit": "approval.copied", "reject": "approval.refused"}


def on_tap(turn: Turn, data: str) -> Decision:
    """Decide on `approve:ID:WHAT`."""
    match, post = _TAP.fullmatch(data), turn.standing.post
    # A forged button names an answer that is not the one it stands under.
    if match is None or post is None or post.board != "answers" or post.subject != int(match[1]):
        return "unknown_button", Say(template="toast_unknown"), ()
    if not may(turn.standing.role, "staff"):
        return "no_role", Say(template="desk_no_role"), ()
    if match[2] == "undo":
        return "undone", Say(template="desk_undone"), (turn.event("approval.undone", proposal=post.subject),)
    return f"approval_{match[2]}", None, (turn.event(_EVENTS[match[2]], proposal=post.subject),)


def on_reply(turn: Turn, text: str) -> Decision:
    """Decide on a reply on the board: to words that were given to be changed it is the answer, else a note."""
    post = turn.standing.post
    if post is None or post.kind != "draft" or not text:
        return "note", None, ()
    if not may(turn.standing.role, "staff"):
        return "no_role", Say(template="desk_no_role"), ()
    return "approval_edited", None, (turn.event("approval.edited", proposal=post.subject, text=text),)
