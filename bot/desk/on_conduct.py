"""What staff do about somebody who abuses the service: not to hear them for some days, or at all. Pure."""

from collections.abc import Mapping

from bot.conversation.response import Say
from bot.desk.turn import Decision, Doing, Turn

_USUAL, _MOST = 7, 90  # days
_BAN = 0


def _mute(turn: Turn, rest: str) -> Decision:
    number = rest.split(maxsplit=1)[0] if rest else str(_USUAL)
    if not number.isdigit() or not 0 < int(number) <= _MOST:
        return "mute_unclear", Say(template="desk_mute_unclear", values={"most": _MOST}), ()
    return _silence(turn, int(number))


def _ban(turn: Turn, _: str) -> Decision:
    return _silence(turn, _BAN)


def _silence(turn: Turn, days: int) -> Decision:
    if turn.standing.case is None:
        return "no_case", Say(template="desk_no_case"), ()
    return "muted", Say(template="desk_muted"), (turn.event("person.muted", case=turn.case.id, days=days),)


def _hear_again(turn: Turn, _: str) -> Decision:
    if turn.standing.case is None:
        return "no_case", Say(template="desk_no_case"), ()
    return "unmuted", Say(template="desk_unmuted"), (turn.event("person.unmuted", case=turn.case.id),)


COMMANDS: Mapping[str, Doing] = {
    "klusinat": _mute,
    "bloket": _ban,
    "atklusinat": _hear_again,
    "atbloket": _hear_again,
}
