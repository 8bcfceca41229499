"""Responding to staff: what they do in their group is decided by the subject that it is about. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.conversation.response import Message, Response, Say
from bot.conversation.standing import Standing
from bot.conversation.state import Conversation
from bot.desk import (
    on_answers,
    on_approvals,
    on_broadcasts,
    on_calls,
    on_cases,
    on_closing,
    on_conduct,
    on_letters,
    on_registrations,
    on_topics,
)
from bot.desk.turn import Decision, Doing, Turn
from bot.messages import Address, Inbound, Kind
from knowledge.latvian.text import clean

_COMMAND = re.compile(r"/([a-zA-Z_]{1,32}!?)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)

_COMMANDS: Mapping[str, Doing] = {
    **on_calls.COMMANDS,
    **on_cases.COMMANDS,
    **on_conduct.COMMANDS,
    **on_topics.COMMANDS,
    **on_registrations.COMMANDS,
}
# By the first word of a button's data.
_TAPS: Mapping[str, Doing] = {
    "call": on_calls.on_tap,
    "case": on_cases.on_tap,
    "answer": on_answers.on_tap,
    "topic": on_topics.on_tap,
    "theme": on_closing.on_tap,
    "reg": on_registrations.on_tap,
    "approve": on_approvals.on_tap,
    "broadcast": on_broadcasts.on_tap,
}
# By the board on which it is replied.
_REPLIES: Mapping[str, Doing] = {"review": on_registrations.on_reply, "answers": on_approvals.on_reply}


def respond(conversation: Conversation, item: Inbound, standing: Standing) -> Response:
    """Decide what a message, a command or a tap of staff leads to. Their own conversation with us stays as it is."""
    outcome, say, events = _decide(Turn(item=item, standing=standing))
    # What a tap has come to is known only once it is written down: then it is said in the topic.
    passes = item.kind is Kind.TAP and outcome != "undone"
    message = (Message(parts=(say,), answers=item.message_ref),) if say and not passes else ()
    toast = say if passes else None
    return Response(conversation=conversation, outcome=outcome, messages=message, events=events, toast=toast)


def by_letter(conversation: Conversation, item: Inbound, standing: Standing) -> Response:
    """Decide what a reply to a letter about a case leads to; whoever writes hears of it by letter if it is not sent."""
    sender = Address.parse(standing.address) if standing.address else item.sender
    turn = Turn(item=replace(item, sender=sender), standing=standing)
    text = clean(item.said.text).strip()
    command = _COMMAND.fullmatch(text)
    if command and on_letters.may_command(turn):
        outcome, say, events = _COMMANDS.get(command[1].lower(), _help)(turn, (command[2] or "").strip())
    else:
        outcome, say, events = on_letters.on_letter(turn, text)
    messages = (Message(parts=(say,)),) if say else ()
    return Response(conversation=conversation, outcome=outcome, messages=messages, events=events)


def _decide(turn: Turn) -> Decision:
    item, standing = turn.item, turn.standing
    if item.kind is Kind.TAP:
        return _on_tap(turn) if standing.role else _no_role()
    text = clean(item.said.text).strip()
    if item.kind is Kind.EDIT:
        return on_cases.on_edit(turn, text)
    if item.kind is Kind.REACTION:
        return on_cases.on_reaction(turn)
    if item.kind is not Kind.MESSAGE:
        return "group", None, ()
    command = _COMMAND.fullmatch(text)
    on_board = _REPLIES.get(standing.post.board) if standing.post else None
    replies = (on_board or standing.to_person) and bool(text or item.said.files)
    if not (command or replies):
        return "note" if standing.case else "group", None, ()
    if not standing.role:
        return _no_role()
    if command is None:
        return on_board(turn, text) if on_board else on_cases.on_reply(turn, text)
    doing = _COMMANDS.get(command[1].lower(), _help)
    return doing(turn, (command[2] or "").strip())


def _on_tap(turn: Turn) -> Decision:
    subject, _, rest = turn.item.said.tap.partition(":")
    return _TAPS.get(subject, _unknown)(turn, rest)


def _no_role() -> Decision:
    return "no_role", Say(template="desk_no_role"), ()


def _help(_: Turn, __: str) -> Decision:
    return "unknown_command", Say(template="desk_help"), ()


def _unknown(_: Turn, __: str) -> Decision:
    return "unknown_button", Say(template="toast_unknown"), ()
