"""Letters: a response that goes by letter becomes one text, with what would be buttons under letters a), b), c)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.conversation.forms import is_offered
from bot.conversation.response import Message, Say
from bot.conversation.state import Conversation, Prompt
from bot.messages import Envelope, Inbound, Outbound
from flows.grammar import L

if TYPE_CHECKING:
    from bot.words.rendering import Tongue

_GREETINGS = ("labdien", "labrīt", "labvakar", "sveik", "hello", "dear ", "good ")


def letter(
    tongue: "Tongue", messages: tuple[Message, ...], prompt: Prompt | None, facts: Mapping[str, Any], envelope: Envelope
) -> list[Outbound]:
    """Render everything that a response says as one letter; none where it says nothing."""
    facts = {**facts, "by_letter": True}
    spoken = [message for message in messages if message.parts]
    if not spoken:
        return []
    first = spoken[0].parts[0]
    greets = first.template == "notice" and first.values["first"]
    paragraphs = [] if greets else [tongue.text(L("Labdien!"))]
    used = 0
    for message in spoken:
        if text := tongue.say_all(message.parts, facts):
            paragraphs.append(text)
        if offers := [offer for offer in message.offers if is_offered(offer.act) and offer.is_there(facts)]:
            labels = [tongue.text(offer.label, **(offer.values or {})) for offer in offers]
            choices = [(chr(ord("a") + used + number), label) for number, label in enumerate(labels)]
            paragraphs.append(tongue.say(Say(template="lettered", values={"choices": choices}), facts))
            used += len(offers)
    said = paragraphs[not greets :]
    if not said:
        return []  # nothing but a greeting
    if said[0].lower().startswith(_GREETINGS):
        paragraphs = said
    shown = Envelope(
        subject=envelope.subject,
        message_id=envelope.message_id,
        references=envelope.references,
        copy=envelope.copy,
        prompt=prompt.id if prompt else "",
        case=envelope.case,
    )
    return [Outbound(text="\n\n".join(paragraphs), envelope=shown, language=tongue.language)]


def envelope_for(item: Inbound, conversation: Conversation) -> Envelope:
    """Return what an answer continues: the letter that came, or, of our own accord, the person's last one.

    Others are answered along only as the person used it, and only where it is sure to be that person.
    """
    came = item.envelope
    if came is None:
        return Envelope(subject=conversation.subject, message_id=conversation.letter)
    sure = came.trusted or came.proven
    return Envelope(
        subject=came.subject,
        message_id=came.message_id,
        references=came.references,
        copy=came.copy if sure else (),
        case=came.case if came.proven else "",
    )
