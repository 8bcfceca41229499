"""What staff do about an answer that did not arrive: send it on the person's other channel. Pure."""

import re

from bot.conversation.response import Say
from bot.desk.turn import Decision, Turn

_TAP = re.compile(r"(\d{1,18}):(mailto|telegram)")


def on_tap(turn: Turn, data: str) -> Decision:
    """Decide on `answer:DELIVERY:CHANNEL`."""
    match = _TAP.fullmatch(data)
    if match is None or turn.standing.case is None:
        return "unknown_button", Say(template="toast_unknown"), ()
    again = turn.event("answer.sent_again", case=turn.case.id, delivery=int(match[1]), channel=match[2])
    return "sent_again", Say(template="answer_sending"), (again,)
