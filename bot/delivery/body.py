"""The body of a row: how a message lies in the outbox, and how it is read back, also by another release."""

from dataclasses import fields
from typing import Any

from bot.messages import Button, Envelope, Outbound, Position

UNREADABLE = "unreadable"  # the kind of a message that this release can't read; it can't be sent

_EMPTY = Envelope()
_FIELDS = frozenset(field.name for field in fields(Envelope))
_LISTS = frozenset({"references", "copy", "signers"})  # what JSON gives back as lists


def encode(message: Outbound) -> dict[str, Any]:
    """Turn a message into what JSON can hold, without what it has not."""
    stored: dict[str, Any] = {"text": message.text}
    if message.kind != "message":
        stored["kind"] = message.kind
    if message.rows:
        stored["rows"] = [[_encode_button(button) for button in row] for row in message.rows]
    if message.position:
        stored["at"] = [message.position.lat, message.position.lon]
    if message.clear_keyboard:
        stored["clear"] = True
    if message.reply_to:
        stored["reply_to"] = message.reply_to
    if message.envelope:
        stored["envelope"] = _encode_envelope(message.envelope)
    if message.language != "lv":
        stored["language"] = message.language
    return stored


def decode(stored: Any, target_ref: str = "") -> Outbound:
    """Read a stored message; what can't be read is UNREADABLE, and keeps no other from going."""
    try:
        at = stored.get("at")
        return Outbound(
            kind=stored.get("kind", "message"),
            text=stored["text"],
            rows=tuple(tuple(Button(**button) for button in row) for row in stored.get("rows", ())),
            position=Position(lat=at[0], lon=at[1]) if at else None,
            clear_keyboard=stored.get("clear", False),
            reply_to=stored.get("reply_to", ""),
            target_ref=target_ref,
            envelope=_decode_envelope(stored["envelope"]) if "envelope" in stored else None,
            language=stored.get("language", "lv"),
        )
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return Outbound(kind=UNREADABLE)


def _encode_button(button: Button) -> dict[str, str]:
    given = {"label": button.label, "data": button.data, "request": button.request, "url": button.url}
    return {name: value for name, value in given.items() if value}


def _encode_envelope(envelope: Envelope) -> dict[str, Any]:
    found = {name: getattr(envelope, name) for name in sorted(_FIELDS)}
    return {name: value for name, value in found.items() if value != getattr(_EMPTY, name)}


def _decode_envelope(stored: dict[str, Any]) -> Envelope:
    """Read what this release knows of a letter; what a later one has added is no reason not to send it."""
    known = {name: stored[name] for name in stored.keys() & _FIELDS}
    for name in _LISTS & known.keys():
        known[name] = tuple(known[name])
    return Envelope(**known)
