"""Which function answers which method of the Bot API."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.botapi import editing, profile, sending, topics
from tests.botapi.spec import Json
from tests.botapi.world import World

Handler = Callable[[World, Json], Any]


def _get_updates(world: World, params: Json) -> Any:
    return world.updates.poll(params, world.now)


HANDLERS: dict[str, Handler] = {
    "getUpdates": _get_updates,
    "setWebhook": lambda world, params: world.updates.set_webhook(params),
    "deleteWebhook": lambda world, params: world.updates.delete_webhook(params),
    "getWebhookInfo": lambda world, _params: world.updates.webhook_info(),
    "logOut": lambda _world, _params: True,
    "close": lambda _world, _params: True,
    "getMe": profile.get_me,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": partial(profile.set_my_text, "name"),
    "getMyName": partial(profile.get_my_text, "name"),
    "setMyDescription": partial(profile.set_my_text, "description"),
    "getMyDescription": partial(profile.get_my_text, "description"),
    "setMyShortDescription": partial(profile.set_my_text, "short_description"),
    "getMyShortDescription": partial(profile.get_my_text, "short_description"),
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChatMenuButton": profile.get_chat_menu_button,
    "getChat": profile.get_chat,
    "getChatMember": profile.get_chat_member,
    "leaveChat": profile.leave_chat,
    "getFile": profile.get_file,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendLocation": sending.send_location,
    "sendVenue": sending.send_venue,
    "sendMediaGroup": sending.send_media_group,
    "sendChatAction": sending.send_chat_action,
    "copyMessage": sending.copy_message,
    "copyMessages": sending.copy_messages,
    "forwardMessage": sending.forward_message,
    "forwardMessages": sending.forward_messages,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "setMessageReaction": editing.set_message_reaction,
    "pinChatMessage": editing.pin_chat_message,
    "unpinChatMessage": editing.unpin_chat_message,
    "answerCallbackQuery": editing.answer_callback_query,
    "createForumTopic": topics.create_forum_topic,
    "editForumTopic": topics.edit_forum_topic,
    "closeForumTopic": topics.close_forum_topic,
    "reopenForumTopic": topics.reopen_forum_topic,
    "deleteForumTopic": topics.delete_forum_topic,
    "getForumTopicIconStickers": topics.get_forum_topic_icon_stickers,
}
