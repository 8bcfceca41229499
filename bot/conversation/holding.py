"""Holding: while a member of staff has a person's case the assistant passes on what is written, and keeps silent."""

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


def on_message(talk: Talk) -> str:
    """Pass a message on, or come back to the assistant."""
    text = talk.item.said.text
    if " ".join(word.folded for word in words(text)) in _BACK:
        talk.emit("case.released", case=talk.conversation.held)
        talk.change(held=0)
        talk.say("back_with_assistant")
        if talk.conversation.parked:
            talk.offer(L("Turpināt iesākto"), Do.RESUME, value=talk.conversation.parked[0].id)
        return "released"
    files = talk.item.said.files
    talk.emit("case.written", case=talk.conversation.held, text=text, files=files)
    if files:
        talk.emit("attachments.received", files=files, **({"run": talk.run.id} if talk.run else {}))
    return "held"
