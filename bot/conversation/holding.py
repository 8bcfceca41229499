"""Holding: while a member of staff has a person's case the assistant passes on what is written, and keeps silent."""

from bot.conversation import reviewing, running
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows.grammar import L
from knowledge.latvian.text import words

_BACK = frozenset(
    {
        *(
            "atpakal pie paliga",
            "atpakal pie robota",
            "gribu atpakal pie paliga",
            "runat ar paligu",
            "turpinat ar paligu",
        ),
        *("back to the asistant", "back to asistant", "обратно к помощнику"),
    }
)  # folded, as typed words are


# What a message comes to that is no word to the flow which the person is filling meanwhile.
_BESIDE = frozenset(
    {
        *("answer", "choose", "unsure", "declined", "handover", "smalltalk", "missed", "not_understood", "topic"),
        *("flow", "another_flow", "human", "content_photo", "content_document", "content_place", "content_card"),
    }
)


def is_spoken_to(talk: Talk) -> bool:
    """Whether a message can be meant for nobody but the staff who have the case, or sends them away."""
    return not talk.item.said.text.startswith("/") and (talk.run is None or _goes_back(talk))


def is_for_staff(talk: Talk, outcome: str) -> bool:
    """Whether a message while staff have the case was no answer to the open flow, by what it came to."""
    return bool(talk.before.held and talk.before.run and outcome in _BESIDE)


def on_message(talk: Talk) -> str:
    """Pass a message on, or come back to the assistant."""
    text = talk.item.said.text
    if _goes_back(talk):
        talk.emit("case.released", case=talk.conversation.held)
        talk.change(held=0)
        talk.say("back_with_assistant")
        if talk.run:
            reviewing.recap(talk)
            running.ask(talk, again=True)
        elif talk.conversation.parked:
            talk.offer(L("Turpināt iesākto"), Do.RESUME, value=talk.conversation.parked[0].id)
        return "released"
    said, files = talk.item.said, talk.item.said.files
    copied = bool(files or said.position or said.card or said.other)
    written = {"text": text, "files": files, "copied": copied, "album": said.album, "ref": talk.item.message_ref}
    talk.emit("case.written", case=talk.conversation.held, **written)
    if files:
        talk.emit("attachments.received", files=files, **({"run": talk.run.id} if talk.run else {}))
    return "held"


def on_edit(talk: Talk) -> str:
    """Pass on what a person has changed: staff may have seen the message, whoever speaks now."""
    text = talk.item.said.text
    if text:
        talk.emit("case.edited", case=talk.conversation.held, text=text, ref=talk.item.message_ref)
    return "held_edit" if talk.conversation.held else "edit_ignored"


def on_reaction(talk: Talk) -> str:
    """Pass on an emoji that a person has put on a message of ours: staff may have written it."""
    if talk.conversation.said_at is None:
        return "ignored"
    talk.emit("case.reacted", emoji=talk.item.payload or "", ref=talk.item.message_ref)
    return "reacted"


def _goes_back(talk: Talk) -> bool:
    return " ".join(word.folded for word in words(talk.item.said.text)) in _BACK
