"""What a member of staff does by replying to a letter about a case: answer the person, or give a command. Pure.

In a letter an answer is the default, since nobody else is written to; notes are for the topic.
"""

from bot.conversation.response import Say
from bot.desk import on_cases
from bot.desk.turn import Decision, Turn
from bot.messages import Envelope


def on_letter(turn: Turn, text: str) -> Decision:
    """Decide on the new words of a reply: pass them on, or say why not."""
    why = _objection(turn, text)
    if not why and (files := turn.item.said.files):
        enclosed = turn.event("case.enclosed", case=turn.case.id, text=text, files=files)
        return on_cases.sending(turn, enclosed, at_once=True)
    if not why:
        return on_cases.sending(turn, turn.event("case.answered", case=turn.case.id, text=text), at_once=True)
    say = Say(template="letter_refused_staff", values={"why": why})
    if why in {"unknown", "closed"}:  # nothing can be written into a topic that is closed
        return f"letter_{why}", say, ()
    # Words of somebody who may not be one of ours are shown to nobody.
    shown = text if why == "late" else ""
    event = turn.event("letter.refused", case=turn.case.id, why=why, text=shown)
    return f"letter_{why}", say, (event,)


def may_command(turn: Turn) -> bool:
    """Whether it is surely one of ours who writes about a case of ours."""
    return not _objection(turn, "/") or _objection(turn, "/") in {"closed", "late"}


def _objection(turn: Turn, text: str) -> str:
    """Return what is against passing a reply on: '' for nothing."""
    standing, envelope = turn.standing, turn.item.envelope or Envelope()
    case = standing.case
    if case is None:
        return "unknown"
    if not envelope.proven:
        return "foreign"
    if not envelope.trusted:
        return "untrusted"
    if not standing.role:
        return "nobody"
    if case.state == "closed":
        return "closed"
    if not (text or turn.item.said.files):
        return "empty"
    others = case.answered_by not in {"", standing.address}
    overtaken = standing.told_at and case.answered_at and case.answered_at > standing.told_at
    return "late" if others and overtaken else ""
