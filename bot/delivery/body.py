"""The body of a row: how a message lies in the outbox, and how it is read back, also by another release."""

from typing import Any

from bot.messages import Button, Outbound, Position

UNREADABLE = "unreadable"  # the kind of a message that this release can't read; it can't be sent


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
        )
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return Outbound(kind=UNREADABLE)


def _encode_button(button: Button) -> dict[str, str]:
    fields = {"label": button.label, "data": button.data, "request": button.request, "url": button.url}
    return {name: value for name, value in fields.items() if value}
