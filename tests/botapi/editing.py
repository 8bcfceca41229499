"""The methods which change what is there: edits, deletions, pins, reactions and answers to taps."""

from tests.botapi.errors import NOT_MODIFIED, QUERY_TOO_OLD, forbidden, ignored, refusal, violation
from tests.botapi.keyboard import check_markup
from tests.botapi.spec import Json
from tests.botapi.text import caption_of, text_of
from tests.botapi.world import Chat, Message, World, refuse_parameters

_DELETABLE_FOR = 48 * 3600  # seconds
_CAPTIONED = ("photo", "document", "video", "animation", "audio", "voice")


def edit_message_text(world: World, params: Json) -> Json:
    """Answer editMessageText."""
    refuse_parameters(params, "rich_message")
    chat, message = _to_edit(world, params)
    if "text" not in message.body:
        raise violation("there is no text in the message to edit")
    content = text_of(world, params)
    if "link_preview_options" in params:
        content["link_preview_options"] = params["link_preview_options"]
    return _edit(world, params, (chat, message), content, ("text", "entities", "link_preview_options"))


def edit_message_caption(world: World, params: Json) -> Json:
    """Answer editMessageCaption; no caption removes it."""
    chat, message = _to_edit(world, params)
    if not any(key in message.body for key in _CAPTIONED):
        raise violation("there is no caption in the message to edit")
    content = caption_of(world, params)
    if "show_caption_above_media" in params:
        content["show_caption_above_media"] = params["show_caption_above_media"]
    keys = ("caption", "caption_entities", "show_caption_above_media")
    return _edit(world, params, (chat, message), content, keys)


def edit_message_reply_markup(world: World, params: Json) -> Json:
    """Answer editMessageReplyMarkup; no markup removes the buttons."""
    return _edit(world, params, _to_edit(world, params), {}, ())


def delete_message(world: World, params: Json) -> bool:
    """Answer deleteMessage: what is younger than 48 hours, and in groups of others only as administrator."""
    chat = world.chat_to_write(params["chat_id"])
    _delete(world, chat, chat.find(params["message_id"], "message to delete"))
    return True


def delete_messages(world: World, params: Json) -> bool:
    """Answer deleteMessages: those which are there already no more are skipped."""
    chat = world.chat_to_write(params["chat_id"])
    for message_id in params["message_ids"]:
        if message_id not in chat.gone:
            _delete(world, chat, chat.find(message_id, "message to delete"))
    return True


def set_message_reaction(world: World, params: Json) -> bool:
    """Answer setMessageReaction: one reaction at most, and none removes it."""
    chat = world.chat_to_write(params["chat_id"])
    message = chat.find(params["message_id"], "message to react")
    reaction = params.get("reaction", [])
    if len(reaction) > 1:
        raise violation("REACTIONS_TOO_MANY")
    if any(item["type"] != "emoji" for item in reaction):
        raise violation("REACTION_INVALID")
    chat.reactions[message.id] = reaction
    world.bell.ring()
    return True


def pin_chat_message(world: World, params: Json) -> bool:
    """Answer pinChatMessage; the bot is told of the service message like everybody."""
    refuse_parameters(params, "business_connection_id")
    chat = _to_pin(world, params)
    message = chat.find(params["message_id"], "message to pin")
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        world.post_service(chat, world.me, {"pinned_message": world.shown(chat, message)}, thread=message.thread)
    return True


def unpin_chat_message(world: World, params: Json) -> bool:
    """Answer unpinChatMessage; without message_id it unpins the latest."""
    refuse_parameters(params, "business_connection_id")
    chat = _to_pin(world, params)
    if "message_id" in params:
        message_id = chat.find(params["message_id"], "message to unpin").id
    elif chat.pinned:
        message_id = chat.pinned[-1]
    else:
        raise refusal("message to unpin not found")
    chat.pinned = [pinned for pinned in chat.pinned if pinned != message_id]
    world.bell.ring()
    return True


def answer_callback_query(world: World, params: Json) -> bool:
    """Answer answerCallbackQuery: once for each tap, and soon; an id that never was is a violation."""
    refuse_parameters(params, "url")
    query = world.callbacks.get(params["callback_query_id"])
    if query is None:
        raise violation(QUERY_TOO_OLD)
    if query.answer is not None or world.now() - query.asked_at > world.callback_lifetime:
        raise refusal(QUERY_TOO_OLD)
    query.answer = {"text": params.get("text", ""), "show_alert": params.get("show_alert", False)}
    world.bell.ring()
    return True


def _to_edit(world: World, params: Json) -> tuple[Chat, Message]:
    refuse_parameters(params, "business_connection_id", "inline_message_id")
    for name, missing in (("chat_id", "chat_id is empty"), ("message_id", "message identifier is not specified")):
        if name not in params:
            raise violation(missing)
    chat = world.chat(params["chat_id"])
    if chat.closed and not chat.is_private:
        raise forbidden(chat.closed)
    message = chat.find(params["message_id"], "message to edit")
    if not world.is_mine(message) or "forward_origin" in message.body:
        raise violation("message can't be edited")
    return chat, message


def _edit(world: World, params: Json, target: tuple[Chat, Message], content: Json, keys: tuple[str, ...]) -> Json:
    """Replace keys of the message by content, and its inline keyboard by the one in the request or by none."""
    chat, message = target
    markup = params.get("reply_markup")
    check_markup(chat, markup)
    new = {**content, **({"reply_markup": markup} if markup and markup["inline_keyboard"] else {})}
    old = {key: message.body[key] for key in (*keys, "reply_markup") if key in message.body}
    if new == old:
        raise refusal(NOT_MODIFIED)
    for key in old:
        del message.body[key]
    message.body.update(new, edit_date=int(world.now()))
    world.bell.ring()
    return world.shown(chat, message)


def _delete(world: World, chat: Chat, message: Message) -> None:
    if "forum_topic_created" in message.body:
        raise violation("message can't be deleted")
    if not world.is_mine(message) and not chat.bot_may("delete_messages"):
        raise refusal("message can't be deleted")
    if world.now() - message.body["date"] > _DELETABLE_FOR:
        raise refusal("message can't be deleted for everyone")
    chat.delete(message.id)
    world.bell.ring()


def _to_pin(world: World, params: Json) -> Chat:
    chat = world.chat_to_write(params["chat_id"])
    if not chat.bot_may("pin_messages"):
        raise ignored("not enough rights to manage pinned messages in the chat")
    return chat
