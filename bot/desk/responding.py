"""Responding to staff: what they write in their group becomes notes, answers to people, and moves of a case. Pure.

A note is the default: only a reply to the person's own words, or `/a …`, reaches the person.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.conversation.response import Event, Message, Response, Say
from bot.conversation.standing import CaseView, Standing
from bot.conversation.state import Conversation
from bot.messages import Inbound, Kind
from knowledge.latvian.text import clean

_COMMAND = re.compile(r"/([a-zA-Z_]{1,32}!?)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_JUST_NOW = timedelta(seconds=30)  # within which two answers may be the same one twice
_TAP = re.compile(r"case:(\d+):(claim|close|undo):?(\d*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Desk:
    """One thing that a member of staff does."""

    item: Inbound
    standing: Standing

    @property
    def case(self) -> CaseView:
        """The case that it is about; raises LookupError where there is none."""
        if self.standing.case is None:
            raise LookupError("no case")
        return self.standing.case

    def event(self, type_: str, **data: object) -> Event:
        """Report what was done, and by whom."""
        who = {"by": str(self.item.sender), "name": self.standing.name}
        return Event(type=type_, data={**who, **data})


def respond(conversation: Conversation, item: Inbound, standing: Standing) -> Response:
    """Decide what a message, a command or a tap of staff leads to. Their own conversation with us stays as it is."""
    desk = _Desk(item=item, standing=standing)
    outcome, say, events = _decide(desk)
    # What a tap has come to is known only once it is written down: then it is said in the topic.
    passes = item.kind is Kind.TAP and outcome != "undone"
    message = (Message(parts=(say,), answers=item.message_ref),) if say and not passes else ()
    toast = say if passes else None
    return Response(conversation=conversation, outcome=outcome, messages=message, events=events, toast=toast)


_Decision = tuple[str, Say | None, tuple[Event, ...]]


def _decide(desk: _Desk) -> _Decision:
    item = desk.item
    if item.kind is Kind.TAP:
        return _on_tap(desk)
    if item.kind is not Kind.MESSAGE:
        return "group", None, ()
    text = clean(item.said.text).strip()
    command = _COMMAND.fullmatch(text)
    replies = desk.standing.to_person and bool(text or item.said.files)
    if not (command or replies):
        return "note" if desk.standing.case else "group", None, ()
    if not desk.standing.role:
        return "no_role", Say(template="desk_no_role"), ()
    if command:
        return _on_command(desk, command[1].lower(), (command[2] or "").strip())
    return _show(desk) if item.said.files else _answer(desk, text)


def _on_command(desk: _Desk, name: str, rest: str) -> _Decision:
    if name == "manas":
        return "mine", Say(template="desk_mine"), (desk.event("cases.listed"),)
    if name not in {"nemu", "a", "a!", "aizvert", "nodot"}:
        return "unknown_command", Say(template="desk_help"), ()
    if desk.standing.case is None:
        return "no_case", Say(template="desk_no_case"), ()
    if name == "nemu":
        return _claim(desk)
    if name == "aizvert":
        return _close(desk)
    if name == "nodot":
        passed = desk.event("case.passed", case=desk.case.id, to=rest)
        return "passed", Say(template="desk_passed", values={"given": rest}), (passed,)
    return (
        _answer(desk, rest, at_once=name == "a!")
        if rest
        else ("nothing_to_send", Say(template="desk_nothing_to_send"), ())
    )


def _on_tap(desk: _Desk) -> _Decision:
    match = _TAP.fullmatch(desk.item.said.tap)
    if not desk.standing.role:
        return "no_role", Say(template="desk_no_role"), ()
    # A forged button names a case that is not the one it stands under.
    if match is None or desk.standing.case is None or desk.standing.case.id != int(match[1]):
        return "unknown_button", Say(template="toast_unknown"), ()
    if match[2] == "undo":
        done = desk.event("case.undone", case=desk.case.id, delivery=int(match[3] or 0))
        return "undone", Say(template="desk_undone"), (done,)
    return _claim(desk) if match[2] == "claim" else _close(desk)


def _claim(desk: _Desk) -> _Decision:
    case = desk.case
    if case.state == "closed":
        return "closed", Say(template="desk_closed_already"), ()
    if case.owner == str(desk.item.sender):
        return "mine_already", Say(template="desk_mine_already"), ()
    if case.owner:
        return "taken", Say(template="desk_taken", values={"name": case.owner_name}), ()
    return "claimed", Say(template="desk_claimed"), (desk.event("case.claimed", case=case.id),)


def _close(desk: _Desk) -> _Decision:
    if desk.case.state == "closed":
        return "closed", Say(template="desk_closed_already"), ()
    return "closed", Say(template="desk_closed"), (desk.event("case.closed", case=desk.case.id),)


def _show(desk: _Desk) -> _Decision:
    """Send a picture or a document, with its caption."""
    shown = desk.event("case.shown", case=desk.case.id, ref=desk.item.message_ref)
    return "shown", Say(template="desk_shown"), (*_first(desk), shown)


def _first(desk: _Desk) -> tuple[Event, ...]:
    """Take the case for whoever answers first."""
    return () if desk.case.owner else (desk.event("case.claimed", case=desk.case.id),)


def _answer(desk: _Desk, text: str, *, at_once: bool = False) -> _Decision:
    """Send an answer, unless a colleague has just sent one; whoever answers first has the case."""
    case = desk.case
    others = case.answered_by not in {"", str(desk.item.sender)}
    if others and case.answered_at and desk.item.received_at - case.answered_at < _JUST_NOW and not at_once:
        return "held_back", Say(template="desk_held_back"), ()
    return "answered", None, (*_first(desk), desk.event("case.answered", case=case.id, text=text))
