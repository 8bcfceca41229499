"""What staff do about a case: take it, answer it, pass it on, close it. Pure.

A note is the default: only a reply to the person's own words, or `/a …`, reaches the person.
"""

import re
from collections.abc import Mapping
from datetime import timedelta

from bot.conversation.response import Event, Say
from bot.desk.turn import Decision, Doing, Turn

_JUST_NOW = timedelta(seconds=30)  # within which two answers may be the same one twice
_ANSWER = re.compile(r"/a!?(?:@\w+)?\s+(.+)", re.DOTALL | re.IGNORECASE)
_TAP = re.compile(r"(\d+):(claim|close|undo|contact):?(\d*)")


def on_tap(turn: Turn, data: str) -> Decision:
    """Decide on `case:ID:WHAT`."""
    match = _TAP.fullmatch(data)
    # A forged button names a case that is not the one it stands under.
    if match is None or turn.standing.case is None or turn.standing.case.id != int(match[1]):
        return "unknown_button", Say(template="toast_unknown"), ()
    if match[2] == "undo":
        done = turn.event("case.undone", case=turn.case.id, delivery=int(match[3] or 0))
        return "undone", Say(template="desk_undone"), (done,)
    if match[2] == "contact":
        return "contact_shown", None, (turn.event("case.contact_wanted", case=turn.case.id),)
    return _claim(turn, "") if match[2] == "claim" else _close(turn, "")


def on_reply(turn: Turn, text: str) -> Decision:
    """Decide on a reply to the person's own words: it goes to the person, with what is attached to it."""
    return _show(turn) if turn.item.said.files else _answer(turn, text)


def sending(turn: Turn, answer: Event, *, at_once: bool = False) -> Decision:
    """Send an answer, unless a colleague has just sent one; whoever answers first has the case."""
    case = turn.case
    others = case.answered_by not in {"", str(turn.item.sender)}
    if others and case.answered_at and turn.item.received_at - case.answered_at < _JUST_NOW and not at_once:
        return "held_back", Say(template="desk_held_back"), ()
    return "answered", None, (*_first(turn), answer)


def on_edit(turn: Turn, text: str) -> Decision:
    """Decide on an edit of what has gone to the person. Without what made it an answer it might have become a note."""
    pair, answer = turn.standing.pair, _ANSWER.fullmatch(text)
    if not (pair and turn.standing.role):
        return "edit_ignored", None, ()
    if not (answer or turn.standing.to_person):
        return "edit_unclear", Say(template="desk_edit_unclear"), ()
    changed = turn.event("mirror.edited", pair=pair, text=answer[1] if answer else text)
    return "edited", Say(template="desk_edited"), (changed,)


def on_reaction(turn: Turn) -> Decision:
    """Decide on an emoji under what the person wrote: it is shown to them."""
    if not (turn.standing.pair and turn.standing.role):
        return "reaction_ignored", None, ()
    emoji = turn.item.payload or ""
    return "reacted", None, (turn.event("mirror.reacted", pair=turn.standing.pair, emoji=emoji),)


def _mine(turn: Turn, _: str) -> Decision:
    return "mine", Say(template="desk_mine"), (turn.event("cases.listed"),)


def _pass(turn: Turn, to: str) -> Decision:
    passed = turn.event("case.passed", case=turn.case.id, to=to)
    return "passed", Say(template="desk_passed", values={"given": to}), (passed,)


def _say(turn: Turn, text: str) -> Decision:
    return _answer(turn, text) if text else _nothing_to_send()


def _say_at_once(turn: Turn, text: str) -> Decision:
    return _answer(turn, text, at_once=True) if text else _nothing_to_send()


def _nothing_to_send() -> Decision:
    return "nothing_to_send", Say(template="desk_nothing_to_send"), ()


def _claim(turn: Turn, _: str) -> Decision:
    case = turn.case
    if case.state == "closed":
        return "closed", Say(template="desk_closed_already"), ()
    if case.owner == str(turn.item.sender):
        return "mine_already", Say(template="desk_mine_already"), ()
    if case.owner:
        return "taken", Say(template="desk_taken", values={"name": case.owner_name}), ()
    return "claimed", Say(template="desk_claimed"), (turn.event("case.claimed", case=case.id),)


def _close(turn: Turn, answer: str) -> Decision:
    """Close a case. A submission never closes by itself: that takes its answer's number, or a word."""
    case = turn.case
    if case.state == "closed":
        return "closed", Say(template="desk_closed_already"), ()
    if case.document and not answer:
        return "close_submission", Say(template="desk_close_submission", values={"document": case.document}), ()
    return "closed", Say(template="desk_closed"), (turn.event("case.closed", case=case.id, reply_document=answer[:80]),)


def _show(turn: Turn) -> Decision:
    """Send a picture or a document, with its caption."""
    item = turn.item
    sent = {"ref": item.message_ref, "album": item.said.album, "files": item.said.files, "text": item.said.text}
    shown = turn.event("case.shown", case=turn.case.id, **sent)
    return "shown", None, (*_first(turn), shown)


def _first(turn: Turn) -> tuple[Event, ...]:
    """Take the case for whoever answers first."""
    return () if turn.case.owner else (turn.event("case.claimed", case=turn.case.id),)


def _answer(turn: Turn, text: str, *, at_once: bool = False) -> Decision:
    answer = turn.event("case.answered", case=turn.case.id, text=text, ref=turn.item.message_ref)
    return sending(turn, answer, at_once=at_once)


def _in_a_case(doing: Doing) -> Doing:
    """Ask for a case where there is none."""

    def decide(turn: Turn, rest: str) -> Decision:
        if turn.standing.case is None:
            return "no_case", Say(template="desk_no_case"), ()
        return doing(turn, rest)

    return decide


COMMANDS: Mapping[str, Doing] = {
    "manas": _mine,
    "nemu": _in_a_case(_claim),
    "a": _in_a_case(_say),
    "a!": _in_a_case(_say_at_once),
    "nodot": _in_a_case(_pass),
    "aizvert": _in_a_case(_close),
}
