"""The body of a row: how a message lies in the outbox, and how it is read back, also by another release."""

from dataclasses import fields
from typing import Any

from bot.messages import Button, Enclosure, Envelope, Outbound, Position

ERASED = "erased"  # the kind of a message whose person has been forgotten meanwhile
UNREADABLE = "unreadable"  # the kind of a message that this release can't read; it can't be sent

_EMPTY = Envelope()
_FIELDS = frozenset(field.name for field in fields(Envelope))
_LISTS = frozenset({"references", "copy", "signers"})  # what JSON gives back as lists


def encode(message: Outbound) -> dict[str, Any]:
    """Turn a message into what JSON can hold, without what it has not."""
    given = {
        "kind": message.kind if message.kind != "message" else "",
        "rows": [[_encode_button(button) for button in row] for row in message.rows],
        "at": [message.position.lat, message.position.lon] if message.position else None,
        "clear": message.clear_keyboard,
        "reply_to": message.reply_to,
        "target": message.target_ref,
        "source": list(message.source),
        "icon": message.icon,
        "files": [[file.key, file.name, file.media_type, *filter(None, [file.ref])] for file in message.enclosures],
        "bulk": message.bulk,
        "language": message.language if message.language != "lv" else "",
    }
    stored = {"text": message.text} | {name: value for name, value in given.items() if value}
    # Also an empty one: that it is a letter's says something.
    return stored | ({"envelope": _encode_envelope(message.envelope)} if message.envelope else {})


def decode(stored: Any, target_ref: str = "") -> Outbound:
    """Read a stored message; what can't be read is UNREADABLE, and keeps no other from going.

    `target_ref` is that of the delivery which is changed; without one the message says itself which it changes.
    """
    if stored is None:
        return Outbound(kind=ERASED)
    try:
        at = stored.get("at")
        return Outbound(
            kind=stored.get("kind", "message"),
            text=stored["text"],
            rows=tuple(tuple(Button(**button) for button in row) for row in stored.get("rows", ())),
            position=Position(lat=at[0], lon=at[1]) if at else None,
            clear_keyboard=stored.get("clear", False),
            reply_to=stored.get("reply_to", ""),
            target_ref=target_ref or stored.get("target", ""),
            source=tuple(stored.get("source", ())),
            icon=stored.get("icon", ""),
            enclosures=tuple(
                Enclosure(key=key, name=name, media_type=media_type, ref="".join(ref))
                for key, name, media_type, *ref in stored.get("files", ())
            ),
            envelope=_decode_envelope(stored["envelope"]) if "envelope" in stored else None,
            language=stored.get("language", "lv"),
            bulk=stored.get("bulk", False),
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
