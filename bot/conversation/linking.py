"""Linking: a code that one channel hands out and the other one brings makes one conversation of two.

The rooms join or part the conversations in the transaction that records the message. What follows from it is said by
a timer that is due at once: only then is it known what the person has begun on the other side.
"""

import re

from bot.conversation import drafts, reviewing, running
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows.grammar import L

# As people copy it: in any case, with whatever dash their keyboard or mail program makes of ours.
_CODE = re.compile(r"\bKOKI[-\u2010-\u2015\u2212]([A-Z2-7]{8})\b", re.IGNORECASE)


def code_in(text: str) -> str:
    """Return the code that a text holds, as it was handed out but for `KOKI-`; '' for none."""
    match = _CODE.search(text)
    return match[1].upper() if match else ""


def without_code(text: str) -> str:
    """Return what else a text says: „KOKI” tells nothing of the language somebody writes."""
    return _CODE.sub(" ", text).strip()


def begin(talk: Talk) -> None:
    """Hand out a code, and say where to send it."""
    if _is_guest(talk):
        talk.say("link_guest")
        return
    talk.emit("linking.begun")
    talk.say("link_code")


def join(talk: Talk, text: str) -> str:
    """Bring a code; what else the message says is heard once the conversations are one."""
    if _is_guest(talk):
        talk.say("link_guest")
        return "link_guest"
    if not talk.sure:
        _confirm_sender(talk)
        return "confirm_sender"
    talk.emit("linking.done", code=code_in(text), rest=without_code(text))
    return "linking"


def part(talk: Talk) -> str:
    """Undo the last link."""
    if _is_guest(talk):
        talk.say("link_guest")
        return "link_guest"
    if not talk.sure:
        talk.say("confirm_sender")
        talk.offer(L("Mani koki"), Do.OWN)
        return "confirm_sender"
    talk.emit("linking.undone")
    return "unlinking"


def tell(talk: Talk, result: str, *, goes_on: bool = True) -> None:
    """Say what came of a code or of parting; with `goes_on`, put the open question as well."""
    talk.say("linking", result=result)
    if talk.run and result in {"undone", "undone_there"}:
        drafts.remind(talk, talk.run)  # it may have waited behind another one, without a reminder
    if not goes_on or result == "undone_there":
        return
    parked = talk.conversation.parked
    if talk.run:
        if result == "linked":
            reviewing.recap(talk)
        running.ask(talk, again=True)
        return
    if parked and result == "linked":
        talk.offer(L("Turpināt iesākto"), Do.RESUME, value=parked[0].id)
    talk.offer(L("Mani koki"), Do.OWN)


def _is_guest(talk: Talk) -> bool:
    """Whether somebody answers in another person's name: a link would give them all that is that person's."""
    return talk.item.sender != talk.item.chat


def _confirm_sender(talk: Talk) -> None:
    """Do nothing on the word of a From line: the code counts once it comes in an answer to this letter."""
    talk.say("confirm_sender")
    talk.say("link_again")
    talk.offer(L("Mani koki"), Do.OWN)
