"""What staff do with topics in a case: look for one, see it as the person would, send it, put it differently. Pure."""

import re
from collections.abc import Mapping

from bot.conversation.response import Say
from bot.desk import on_cases
from bot.desk.turn import Decision, Doing, Turn

_TAP = re.compile(r"(\d{1,18}):([a-z0-9-]{1,40}):(show|send|edit)")


def on_tap(turn: Turn, data: str) -> Decision:
    """Decide on `topic:CASE:ID:WHAT`."""
    match = _TAP.fullmatch(data)
    # A forged button names a case that is not the one it stands under.
    if match is None or turn.standing.case is None or turn.standing.case.id != int(match[1]):
        return "unknown_button", Say(template="toast_unknown"), ()
    about = {"case": turn.case.id, "topic": match[2]}
    if match[3] == "show":
        return "topic_shown", None, (turn.event("topic.shown", **about),)
    if match[3] == "edit":
        return "topic_copied", None, (turn.event("topic.copied", **about),)
    outcome, say, events = on_cases.sending(turn, turn.event("topic.sent", **about))
    return outcome, Say(template="topic_held_back") if say else None, events


def _search(turn: Turn, words: str) -> Decision:
    if turn.standing.case is None:
        return "no_case", Say(template="desk_no_case"), ()
    if not words:
        return "nothing_to_search", Say(template="topics_wanted"), ()
    return "topics_searched", None, (turn.event("topics.searched", case=turn.case.id, words=words[:100]),)


def _suggest(turn: Turn, _: str) -> Decision:
    if turn.standing.case is None:
        return "no_case", Say(template="desk_no_case"), ()
    suggested = turn.event("topic.suggested", case=turn.case.id)
    return "topic_suggested", Say(template="topic_suggesting"), (suggested,)


COMMANDS: Mapping[str, Doing] = {"temas": _search, "ieteikt": _suggest}
