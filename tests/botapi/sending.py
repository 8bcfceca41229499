"""The methods which bring new messages: send*, copy* and forward*."""

import itertools
from collections.abc import Callable
from typing import Any

from tests.botapi.errors import ignored, refusal, violation
from tests.botapi.keyboard import check_markup, show_markup
from tests.botapi.spec import Json, utf16
from tests.botapi.text import caption_of, text_of
from tests.botapi.world import Chat, Message, World, refuse_parameters, without

_NOT_SIMULATED = (
    "business_connection_id",
    "direct_messages_topic_id",
    "ephemeral_message_parameters",
    "suggested_post_parameters",
    "allow_paid_broadcast",
)
_SERVICE = ("forum_topic_", "pinned_message", "new_chat_", "left_chat_", "migrate_")
_LIVE_FOR_EVER = 0x7FFFFFFF
_ALBUM_NUMBERS = itertools.count(13_900_000_000_000_001)


def send_message(world: World, params: Json) -> Json:
    """Answer sendMessage."""
    content = text_of(world, params)
    if "link_preview_options" in params:
        content["link_preview_options"] = params["link_preview_options"]
    return _send(world, params, content)


def send_photo(world: World, params: Json) -> Json:
    """Answer sendPhoto."""
    caption = caption_of(world, params)
    return _send(world, params, {"photo": world.files.photo_from_bot(params["photo"]), **caption})


def send_document(world: World, params: Json) -> Json:
    """Answer sendDocument."""
    refuse_parameters(params, "thumbnail")
    caption = caption_of(world, params)
    return _send(world, params, {"document": world.files.document_from_bot(params["document"]), **caption})


def send_location(world: World, params: Json) -> Json:
    """Answer sendLocation."""
    refuse_parameters(params, "heading", "proximity_alert_radius")
    location = _location(params)
    if "live_period" in params:
        if not (60 <= params["live_period"] <= 86_400 or params["live_period"] == _LIVE_FOR_EVER):
            raise violation("wrong live location period specified")
        location["live_period"] = params["live_period"]
    return _send(world, params, {"location": location})


def send_venue(world: World, params: Json) -> Json:
    """Answer sendVenue; like the real server the message has the place as `location` too."""
    location = _location(params)
    venue = {"location": location, "title": params["title"], "address": params["address"]}
    return _send(world, params, {"location": location, "venue": venue})


def send_media_group(world: World, params: Json) -> list[Json]:
    """Answer sendMediaGroup with photos, or with documents."""
    kinds = {item["type"] for item in params["media"]}
    if kinds - {"photo", "document"}:
        raise ignored(f"albums of {', '.join(sorted(kinds))} are not simulated")
    if len(kinds) > 1:
        raise violation("can't use the media of the specified type in the album")
    chat, place = _place(world, params)
    contents = []
    for item in params["media"]:
        caption = caption_of(world, item)
        make: Callable[[Any], Any] = {
            "photo": world.files.photo_from_bot,
            "document": world.files.document_from_bot,
        }[item["type"]]
        contents.append({item["type"]: make(item["media"]), **caption})
    album = {"media_group_id": str(next(_ALBUM_NUMBERS))}
    return [world.shown(chat, world.post(chat, world.me, {**content, **album}, **place)) for content in contents]


def copy_message(world: World, params: Json) -> Json:
    """Answer copyMessage: only the new message_id."""
    source = world.chat(params["from_chat_id"])
    content = _copyable(source.find(params["message_id"], "message to copy"), "copied")
    if "caption" in params:
        if "text" in content or "location" in content:
            raise ignored("caption for a message which has none is dropped")
        content = {**without(content, "caption", "caption_entities"), **caption_of(world, params)}
    refuse_parameters(params, "video_start_timestamp")
    return {"message_id": _send(world, params, content)["message_id"]}


def forward_message(world: World, params: Json) -> Json:
    """Answer forwardMessage."""
    source = world.chat(params["from_chat_id"])
    message = source.find(params["message_id"], "message to forward")
    return _send(world, params, {**_copyable(message, "forwarded"), **_origin(message)})


def copy_messages(world: World, params: Json) -> list[Json]:
    """Answer copyMessages: albums stay albums, what was deleted meanwhile is left out."""
    return _many(world, params, "copied", lambda _: {})


def forward_messages(world: World, params: Json) -> list[Json]:
    """Answer forwardMessages, as copyMessages but with the origin."""
    return _many(world, params, "forwarded", _origin)


def send_chat_action(world: World, params: Json) -> bool:
    """Answer sendChatAction; it succeeds in a deleted topic too, as the real one is said to do."""
    world.chat_to_write(params["chat_id"]).actions.append(params["action"])
    world.bell.ring()
    return True


def _many(world: World, params: Json, what: str, origin: Callable[[Message], Json]) -> list[Json]:
    ids = params["message_ids"]
    if ids != sorted(set(ids)):
        raise violation("message identifiers must be in a strictly increasing order")
    source = world.chat(params["from_chat_id"])
    chat, place = _place(world, params)
    albums: dict[str, str] = {}
    copies = []
    for message_id in ids:
        if message_id in source.gone:
            continue
        message = source.find(message_id, f"message to be {what}")
        content = {**_copyable(message, what), **origin(message)}
        if album := message.body.get("media_group_id"):
            content["media_group_id"] = albums.setdefault(album, str(next(_ALBUM_NUMBERS)))
        copies.append({"message_id": world.post(chat, world.me, content, **place).id})
    if not copies:
        raise refusal("there are no messages to copy" if what == "copied" else "there are no messages to forward")
    return copies


def _send(world: World, params: Json, content: Json) -> Json:
    """Post what a send* method asks for; every refusal comes before anything has changed."""
    chat, place = _place(world, params)
    markup = params.get("reply_markup")
    check_markup(chat, markup)
    if params.get("protect_content"):
        content["has_protected_content"] = True
    content |= _quote(chat, params.get("reply_parameters"), place["reply_to"])
    content |= show_markup(chat, markup)
    return world.shown(chat, world.post(chat, world.me, content, **place))


def _place(world: World, params: Json) -> tuple[Chat, Json]:
    """Return the chat to send to, and the thread and message there."""
    refuse_parameters(params, *_NOT_SIMULATED)
    chat = world.chat_to_write(params["chat_id"])
    if "message_effect_id" in params and not chat.is_private:
        raise violation("message effects can be used in private chats only")
    thread = params.get("message_thread_id")
    reply_to = _reply_to(chat, params.get("reply_parameters"))
    if thread is None and reply_to is not None:
        thread = chat.messages[reply_to].thread
    world.thread_to_write(chat, thread)
    return chat, {"thread": thread, "reply_to": reply_to}


def _reply_to(chat: Chat, reply: Json | None) -> int | None:
    if reply is None:
        return None
    refuse_parameters(reply, "ephemeral_message_id", "checklist_task_id", "poll_option_id")
    if reply.get("chat_id", chat.id) != chat.id:
        raise ignored("replies to another chat are not simulated")
    if "message_id" not in reply:
        raise violation("can't parse reply parameters: can't find field \"message_id\"")
    message_id = int(reply["message_id"])
    if reply.get("allow_sending_without_reply") and message_id not in chat.messages:
        return None
    return chat.find(message_id, "message to be replied").id


def _quote(chat: Chat, reply: Json | None, reply_to: int | None) -> Json:
    if not reply or reply_to is None or not reply.get("quote"):
        return {}
    body = chat.messages[reply_to].body
    text, quote = body.get("text") or body.get("caption") or "", reply["quote"]
    if reply.get("quote_parse_mode") or reply.get("quote_entities"):
        raise ignored("formatted quotes are not simulated")
    if quote not in text:
        raise refusal("QUOTE_TEXT_INVALID")
    return {"quote": {"text": quote, "position": utf16(text[: text.index(quote)]), "is_manual": True}}


def _copyable(message: Message, what: str) -> Json:
    content = message.content()
    if message.body.get("has_protected_content") or any(key.startswith(_SERVICE) for key in content):
        raise violation(f"message can't be {what}")
    return content


def _origin(message: Message) -> Json:
    sender = message.body["from"]
    return {"forward_origin": {"type": "user", "sender_user": sender, "date": message.body["date"]}}


def _location(params: Json) -> Json:
    if not (-90 <= params["latitude"] <= 90 and -180 <= params["longitude"] <= 180):
        raise violation("wrong location specified")
    return {key: params[key] for key in ("latitude", "longitude", "horizontal_accuracy") if key in params}
