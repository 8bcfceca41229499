"""Wording: what an announcement says on each channel and in each language, with the buttons that answer it."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.response import Message, Say
from bot.conversation.state import Act, Do, Offer, Prompt
from bot.messages import LETTERS, Enclosure, Envelope, Outbound
from bot.words import Words
from flows.grammar import L

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
    if kind in {"event", "changed"}:
        value = [event["key"], 0, event["sequence"]]
        come = Offer(label=L("Nākšu"), act=Act(do=Do.EVENT, key="come", value=value))
        return (come, Offer(label=L("Nevarēšu atnākt"), act=Act(do=Do.EVENT, key="leave", value=value)))
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
    """Return what people are told, exactly; one message on every channel."""
    by_letter = channel == LETTERS
    envelope = Envelope(subject=str(event["title"])) if by_letter else None
    say = Say(template=TEMPLATES[kind], values={"event": event})
    message = Message(parts=(say,), offers=prompt_offers(kind, event, prompt))
    (rendered,) = words.render((message,), prompt, language, {}, envelope)
    return Outbound(
        kind="document" if enclosed and not by_letter else "message",
        text=rendered.text,
        rows=rendered.rows,
        enclosures=enclosed,
        envelope=rendered.envelope,
        language=language,
        bulk=by_letter,
    )


def prompt_offers(kind: str, event: Mapping[str, Any], prompt: Prompt | None) -> tuple[Offer, ...]:
    """Return the buttons, where there is a prompt that knows what they do."""
    return offers(kind, event) if prompt else ()
