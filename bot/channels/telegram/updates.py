"""Reading: a Telegram update becomes one Inbound. Pure, but for the time it was received.

The update is read as the JSON that it is: the library's objects, of a hundred fields each, cost six times as much as
all that is done here.

What Telegram never tells a bot can't be read either: that a message or a whole topic was deleted (the next message to
it says so), and in which topic a message stands that somebody reacts to (whoever sent it knows).
"""

from datetime import UTC, datetime
from typing import Any

from telegram import Bot, Chat

from bot.messages import Address, Inbound, Kind
from flows.said import Card, File, Position, Said

# What we ask Telegram to send, so that it sends nothing else.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")

# Content that we can't read, by the name of its field; the conversation has an answer for each.
_OTHER = (
    "voice", "audio", "video_note", "video", "animation", "sticker", "poll", "dice", "game", "story", "checklist",
)  # fmt: skip

# What a message of Telegram itself has in place of content: it tells what happened in the chat.
_SERVICE = frozenset({
    "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
    "general_forum_topic_hidden", "general_forum_topic_unhidden", "pinned_message", "new_chat_members",
    "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo", "group_chat_created",
    "supergroup_chat_created", "migrate_to_chat_id", "migrate_from_chat_id", "message_auto_delete_timer_changed",
    "chat_background_set", "boost_added", "video_chat_scheduled", "video_chat_started", "video_chat_ended",
    "video_chat_participants_invited",
})  # fmt: skip

_Json = dict[str, Any]


def read_update(raw: dict[str, Any], bot: Bot, now: datetime) -> Inbound:
    """Read an update. Raises KeyError and the like on one that is not as Telegram describes it: keep that one raw."""
    common: dict[str, Any] = {
        "external_id": external_id(bot.token.partition(":")[0], raw),
        "received_at": now,
        "raw": raw,
    }
    if message := raw.get("message"):
        return _message(message, Kind.OTHER if _is_service(message) else Kind.MESSAGE, common)
    if message := raw.get("edited_message"):
        return _message(message, Kind.EDIT, common)
    if query := raw.get("callback_query"):
        sender, shown = query["from"], query.get("message")
        return Inbound(
            channel="telegram",
            kind=Kind.TAP,
            sender=_address(sender),
            chat=_address(shown["chat"] if shown else sender),
            thread=_thread(shown) if shown else "",
            private=shown is None or _is_private(shown["chat"]),
            said_at=now,
            said=Said(tap=query.get("data", "")),
            language=sender.get("language_code", ""),
            profile_name=_full_name(sender),
            message_ref=str(shown["message_id"]) if shown else "",
            quoted=_replied(shown).get("text", "") if shown else "",
            receipt=query["id"],
            **common,
        )
    if member := raw.get("my_chat_member"):
        return Inbound(
            channel="telegram",
            kind=Kind.MEMBERSHIP,
            sender=_address(member["from"]),
            chat=_address(member["chat"]),
            private=_is_private(member["chat"]),
            said_at=_time(member["date"]),
            present=member["new_chat_member"]["status"] not in ("kicked", "left"),
            **common,
        )
    if change := raw.get("message_reaction"):
        return _reaction(change, common)
    sender = _address(_whoever(raw))
    return Inbound(channel="telegram", kind=Kind.OTHER, sender=sender, chat=sender, said_at=now, **common)


def external_id(bot_id: str, raw: dict[str, Any]) -> str:
    """Name an update for ever: ids are only unique for one bot."""
    return f"{bot_id}:{raw['update_id']}"


def _message(message: _Json, kind: Kind, common: dict[str, Any]) -> Inbound:
    chat = message["chat"]
    sender = message.get("from") or chat
    replied = _replied(message)
    return Inbound(
        channel="telegram",
        kind=kind,
        sender=_address(sender),
        chat=_address(chat),
        thread=_thread(message),
        private=_is_private(chat),
        said_at=_time(message["date"]),
        said=_said(message),
        language=sender.get("language_code", ""),
        profile_name=_full_name(sender),
        message_ref=str(message["message_id"]),
        reply_to=str(replied["message_id"]) if replied else "",
        quoted=replied.get("text", ""),
        **common,
    )


def _reaction(change: _Json, common: dict[str, Any]) -> Inbound:
    """Read a change of what one person has put on a message; who is anonymous there counts as the chat."""
    chat = change["chat"]
    sender = change.get("user") or change.get("actor_chat") or chat
    return Inbound(
        channel="telegram",
        kind=Kind.REACTION,
        sender=_address(sender),
        chat=_address(chat),
        private=_is_private(chat),
        said_at=_time(change["date"]),
        language=sender.get("language_code", ""),
        profile_name=_full_name(sender),
        message_ref=str(change["message_id"]),
        payload=_emoji(change),
        **common,
    )


def _emoji(change: _Json) -> str:
    """Return the emoji that is new, or else one that is still there; Telegram's own pictures have none."""
    old, new = (
        [one["emoji"] for one in change[side] if one["type"] == "emoji"] for side in ("old_reaction", "new_reaction")
    )
    return next((emoji for emoji in new if emoji not in old), new[0] if new else "")


def _said(message: _Json) -> Said:
    return Said(
        text=message.get("text") or message.get("caption", ""),
        position=_position(message),
        card=_card(message),
        files=_files(message),
        album=message.get("media_group_id", ""),
        other=next((name for name in _OTHER if name in message), ""),
    )


def _position(message: _Json) -> Position | None:
    if venue := message.get("venue"):
        at = venue["location"]
        return Position(lat=at["latitude"], lon=at["longitude"], title=venue["title"], address=venue["address"])
    if point := message.get("location"):
        return Position(lat=point["latitude"], lon=point["longitude"], live="live_period" in point)
    return None


def _card(message: _Json) -> Card | None:
    card = message.get("contact")
    if card is None:
        return None
    own = "user_id" in card and "from" in message and card["user_id"] == message["from"]["id"]
    return Card(phone=card["phone_number"], first_name=card["first_name"], last_name=card.get("last_name", ""), own=own)


def _files(message: _Json) -> tuple[File, ...]:
    if sizes := message.get("photo"):
        largest = max(sizes, key=lambda size: size["width"] * size["height"])
        return (_file(largest, media_type="image/jpeg"),)
    if sent := message.get("document"):
        name, media_type = sent.get("file_name", ""), sent.get("mime_type", "")
        return (_file(sent, kind="document", name=name, media_type=media_type),)
    return ()


def _file(sent: _Json, *, media_type: str, kind: str = "photo", name: str = "") -> File:
    ref, unique, size = sent["file_id"], sent["file_unique_id"], sent.get("file_size")
    return File(ref=ref, unique=unique, size=size, kind=kind, name=name, media_type=media_type)


def _replied(message: _Json) -> _Json:
    """Return what a message answers. In a topic what answers nothing is shown as answering its first message."""
    replied: _Json = message.get("reply_to_message") or {}
    return {} if replied and str(replied["message_id"]) == _thread(message) else replied


def _is_service(message: _Json) -> bool:
    return not _SERVICE.isdisjoint(message)


def _whoever(raw: _Json) -> _Json:
    """Return who caused an update that we don't read, in whichever way it says so."""
    parts = [part for part in raw.values() if isinstance(part, dict)]
    return next((part[key] for part in parts for key in ("from", "user") if key in part), {"id": 0})


def _address(user_or_chat: _Json) -> Address:
    return Address("telegram", str(user_or_chat["id"]))


def _is_private(chat: _Json) -> bool:
    return bool(chat["type"] == Chat.PRIVATE)


def _full_name(user_or_chat: _Json) -> str:
    return " ".join(filter(None, (user_or_chat.get("first_name"), user_or_chat.get("last_name"))))


def _thread(message: _Json) -> str:
    return str(message["message_thread_id"]) if message.get("is_topic_message") else ""


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
