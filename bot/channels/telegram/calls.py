"""Calls: which method of the Bot API each kind of Outbound is, with which parameters, and what its answer names."""

from collections.abc import Callable
from typing import Any

from telegram.constants import ParseMode, ReactionEmoji

from bot.channels.telegram.texts import fit
from bot.channels.telegram.topics import title
from bot.messages import Button, Destination, Outbound

Parameters = dict[str, Any]

_NO_PREVIEW = {"is_disabled": True}
_REACTIONS = frozenset(str(one.value) for one in ReactionEmoji)
_LONGEST_CAPTION = 1024  # UTF-16 units


def method_of(message: Outbound) -> str:
    """Return the method that a message is; '' for a kind that this release does not know."""
    if message.kind == "copy" and _is_album(message):
        return "copyMessages"
    return _KINDS[message.kind][0] if message.kind in _KINDS else ""


def is_beyond_us(message: Outbound) -> bool:
    """Whether it is an emoji that people may react with and bots may not."""
    return message.kind == "reaction" and bool(message.text) and message.text not in _REACTIONS


def parameters_of(to: Destination, message: Outbound, icon: str) -> Parameters:
    """Put a message as its method takes it; `icon` is the id of a topic's icon.

    Raises ValueError where it does not name the message, the topic or the source that its kind needs.
    """
    return {"chat_id": int(to.chat.ident)} | _KINDS[message.kind][1](to, message, icon)


def ref_of(to: Destination, message: Outbound, answer: Any) -> str:
    """Return the id by which what was done is known here: a message's, a topic's, or an album's joined by commas."""
    if isinstance(answer, list):
        return ",".join(str(one["message_id"]) for one in answer)
    if not isinstance(answer, dict):
        return message.target_ref or to.thread
    return str(answer["message_thread_id" if message.kind == "topic_open" else "message_id"])


def _say(to: Destination, message: Outbound, _icon: str) -> Parameters:
    return _text(message) | _markup(message) | _place(to, message)


def _enclose(to: Destination, message: Outbound, _icon: str) -> Parameters:
    caption = {"caption": fit(message.text, _LONGEST_CAPTION), "parse_mode": ParseMode.HTML} if message.text else {}
    return caption | _markup(message) | _place(to, message)


def _pin(to: Destination, message: Outbound, _icon: str) -> Parameters:
    at = message.position
    return ({"latitude": at.lat, "longitude": at.lon} if at else {}) | _place(to, message)


def _edit(_to: Destination, message: Outbound, _icon: str) -> Parameters:
    return _text(message) | _markup(message) | _target(message)


def _caption(_to: Destination, message: Outbound, _icon: str) -> Parameters:
    caption = {"caption": fit(message.text, _LONGEST_CAPTION), "parse_mode": ParseMode.HTML}
    return caption | _markup(message) | _target(message)


def _copy(to: Destination, message: Outbound, _icon: str) -> Parameters:
    chat, *ids = message.source or ("",)
    known = {"from_chat_id": int(chat)}
    if _is_album(message):
        # Neither buttons nor a reply: an album has none.
        return known | {"message_ids": [int(ref) for ref in ids]} | _thread(to)
    return known | {"message_id": int("".join(ids))} | _markup(message) | _place(to, message)


def _delete(_to: Destination, message: Outbound, _icon: str) -> Parameters:
    return _target(message)


def _react(_to: Destination, message: Outbound, _icon: str) -> Parameters:
    reaction = [{"type": "emoji", "emoji": message.text}] if message.text else []
    return {"reaction": reaction} | _target(message)


def _open(_to: Destination, message: Outbound, icon: str) -> Parameters:
    return {"name": title(message.text)} | _icon(icon)


def _rename(to: Destination, message: Outbound, icon: str) -> Parameters:
    return ({"name": title(message.text)} if message.text else {}) | _icon(icon) | _topic(to)


def _name_topic(to: Destination, _message: Outbound, _icon: str) -> Parameters:
    return _topic(to)


_KINDS: dict[str, tuple[str, Callable[[Destination, Outbound, str], Parameters]]] = {
    "message": ("sendMessage", _say),
    "place": ("sendLocation", _pin),
    "document": ("sendDocument", _enclose),
    "photo": ("sendPhoto", _enclose),
    "copy": ("copyMessage", _copy),
    "edit": ("editMessageText", _edit),
    "caption": ("editMessageCaption", _caption),
    "delete": ("deleteMessage", _delete),
    "reaction": ("setMessageReaction", _react),
    "topic_open": ("createForumTopic", _open),
    "topic_edit": ("editForumTopic", _rename),
    "topic_close": ("closeForumTopic", _name_topic),
    "topic_reopen": ("reopenForumTopic", _name_topic),
    "topic_delete": ("deleteForumTopic", _name_topic),
}


def _is_album(message: Outbound) -> bool:
    return len(message.source) > 2  # more than the chat and one message


def _text(message: Outbound) -> Parameters:
    return {"text": fit(message.text), "parse_mode": ParseMode.HTML, "link_preview_options": _NO_PREVIEW}


def _place(to: Destination, message: Outbound) -> Parameters:
    """Say where a new message stands: in its topic, under the one that it answers while that is there."""
    if not message.reply_to:
        return _thread(to)
    reply = {"message_id": int(message.reply_to), "allow_sending_without_reply": True}
    return _thread(to) | {"reply_parameters": reply}


def _thread(to: Destination) -> Parameters:
    return _topic(to) if to.thread else {}


def _topic(to: Destination) -> Parameters:
    return {"message_thread_id": int(to.thread)}


def _target(message: Outbound) -> Parameters:
    return {"message_id": int(message.target_ref)}


def _icon(icon: str) -> Parameters:
    return {"icon_custom_emoji_id": icon} if icon else {}


def _markup(message: Outbound) -> Parameters:
    if any(button.request for row in message.rows for button in row):
        keys = [[_key(button) for button in row] for row in message.rows]
        return {"reply_markup": {"keyboard": keys, "resize_keyboard": True, "one_time_keyboard": True}}
    if any(message.rows):
        inline = [[_inline(button) for button in row] for row in message.rows]
        return {"reply_markup": {"inline_keyboard": inline}}
    return {"reply_markup": {"remove_keyboard": True}} if message.clear_keyboard else {}


def _key(button: Button) -> Parameters:
    return {"text": button.label} | ({f"request_{button.request}": True} if button.request else {})


def _inline(button: Button) -> Parameters:
    return {"text": button.label} | ({"url": button.url} if button.url else {"callback_data": button.data})
