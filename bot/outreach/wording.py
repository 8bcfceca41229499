"""Wording: what an announcement says on each channel and in each language, with the buttons that answer it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.channels.telegram.texts import units
from bot.conversation.response import Message, Say
from bot.conversation.state import Act, Do, Offer, Prompt
from bot.messages import LETTERS, Enclosure, Envelope, Outbound
from bot.words import Words
from flows.grammar import L
from flows.picture_kind import CAPTION

# What each kind of broadcast is said with.
TEMPLATES = {
    "event": "announcement",
    "news": "news",
    "changed": "event_changed",
    "cancelled": "event_cancelled",
    "thanks": "event_thanks",
}


def offers(kind: str, event: Mapping[str, Any]) -> tuple[Offer, ...]:
    """Return what can be answered to a broadcast about an event; each knows which version of the event it shows."""
    value = [event["key"], 0, event.get("sequence")]
    if kind in {"event", "changed"}:
        come = Offer(label=L("Nākšu"), act=Act(do=Do.EVENT, key="come", value=value))
        return (come, Offer(label=L("Nevarēšu atnākt"), act=Act(do=Do.EVENT, key="leave", value=value)))
    if kind == "cancelled":
        return (Offer(label=L("Citi pasākumi"), act=Act(do=Do.EVENT, key="list", value=value)),)
    if kind == "thanks":
        return (Offer(label=L("Reģistrēt kokus"), act=Act(do=Do.START, value="register_trees")),)
    return ()


def said(
    words: Words,
    *,
    kind: str,
    event: Mapping[str, Any],
    language: str,
    channel: str,
    prompt: Prompt | None,
    enclosed: tuple[Enclosure, ...] = (),
) -> Outbound:
    """Return what people are told, exactly; one message on every channel, with what goes along."""
    by_letter = channel == LETTERS
    envelope = Envelope(subject=str(event["title"])) if by_letter else None
    say = Say(template=TEMPLATES[kind], values={"event": event})
    message = Message(parts=(say,), offers=prompt_offers(kind, event, prompt))
    (rendered,) = words.render((message,), prompt, language, {}, envelope)
    return replace(accompanied(rendered, enclosed), language=language, bulk=True)


def accompanied(message: Outbound, enclosed: tuple[Enclosure, ...]) -> Outbound:
    """Let files go along with a message: a letter takes them all, a chat shows the first with the text as its caption.

    A picture is left out there where the text has no room under it: the words count more.
    """
    if not enclosed or message.envelope:
        return replace(message, enclosures=enclosed)
    if not enclosed[0].media_type.startswith("image/"):
        return replace(message, kind="document", enclosures=enclosed)
    return message if units(message.text) > CAPTION else replace(message, kind="photo", enclosures=enclosed)


def prompt_offers(kind: str, event: Mapping[str, Any], prompt: Prompt | None) -> tuple[Offer, ...]:
    """Return the buttons, where there is a prompt that knows what they do."""
    return offers(kind, event) if prompt else ()
