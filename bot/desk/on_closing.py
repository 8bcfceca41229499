"""What staff say a case was about, once it is closed. Pure."""

import re

from bot.conversation.response import Say
from bot.desk.turn import Decision, Turn

THEMES = {
    "trees": "Koku reģistrēšana",
    "login": "MapMyTree, EU Login",
    "reportnet": "Reportnet 3",
    "events": "Pasākumi",
    "data": "Dati un privātums",
    "other": "Cits",
}
_TAP = re.compile(rf"(\d{{1,18}}):({'|'.join(THEMES)})")


def on_tap(turn: Turn, data: str) -> Decision:
    """Decide on `theme:CASE:THEME`."""
    match = _TAP.fullmatch(data)
    # A forged button names a case that is not the one it stands under.
    if match is None or turn.standing.case is None or turn.standing.case.id != int(match[1]):
        return "unknown_button", Say(template="toast_unknown"), ()
    named = turn.event("case.themed", case=turn.case.id, theme=match[2])
    return "themed", Say(template="desk_themed", values={"theme": THEMES[match[2]]}), (named,)
