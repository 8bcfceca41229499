"""The methods about the bot itself, about chats as such, and about files."""

import json
import re

from tests.botapi.errors import forbidden, violation
from tests.botapi.spec import Json
from tests.botapi.world import RIGHTS, Chat, World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(world: World, _params: Json) -> Json:
    """Answer getMe."""
    can = {"can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False}
    return {**world.me, **can, "can_connect_to_business": False, "has_main_web_app": False}


def set_my_commands(world: World, params: Json) -> bool:
    """Answer setMyCommands; kept by scope and language."""
    for command in params["commands"]:
        if not _COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise violation("BOT_COMMAND_INVALID")
    world.commands[_scope(world, params), _language(params)] = params["commands"]
    return True


def get_my_commands(world: World, params: Json) -> list[Json]:
    """Answer getMyCommands: of exactly this scope and language, without falling back."""
    return world.commands.get((_scope(world, params), _language(params)), [])


def delete_my_commands(world: World, params: Json) -> bool:
    """Answer deleteMyCommands."""
    world.commands.pop((_scope(world, params), _language(params)), None)
    return True


def set_my_text(kind: str, world: World, params: Json) -> bool:
    """Answer setMyName, setMyDescription and setMyShortDescription; `kind` is the parameter which carries the text."""
    world.texts[kind, _language(params)] = params.get(kind, "")
    return True


def get_my_text(kind: str, world: World, params: Json) -> Json:
    """Answer getMyName, getMyDescription and getMyShortDescription, falling back to the text for all languages."""
    default = world.texts.get((kind, ""), "")
    return {kind: world.texts.get((kind, _language(params))) or default}


def set_chat_menu_button(world: World, params: Json) -> bool:
    """Answer setChatMenuButton."""
    world.menu_buttons[params.get("chat_id", 0)] = params.get("menu_button", {"type": "default"})
    return True


def get_chat_menu_button(world: World, params: Json) -> Json:
    """Answer getChatMenuButton."""
    return world.menu_buttons.get(params.get("chat_id", 0)) or world.menu_buttons.get(0, {"type": "commands"})


def get_chat(world: World, params: Json) -> Json:
    """Answer getChat with what ChatFullInfo requires."""
    chat = world.chat(params["chat_id"])
    if chat.closed and not chat.is_private:
        raise forbidden(chat.closed)
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True
    )
    full = {**chat.head, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    if chat.pinned:
        full["pinned_message"] = world.shown(chat, chat.messages[chat.pinned[-1]])
    return full


def get_chat_member(world: World, params: Json) -> Json:
    """Answer getChatMember."""
    return member(world, world.chat_to_write(params["chat_id"]), params["user_id"])


def member(world: World, chat: Chat, user_id: int) -> Json:
    """Return the ChatMember object of a user in a chat."""
    if user_id not in world.users:
        raise violation("user not found")
    user = world.users[user_id]
    is_bot = user_id == world.me["id"]
    if not chat.is_private and (chat.bot_is_admin if is_bot else user_id in chat.admins):
        rights = {f"can_{right}": not is_bot or right not in chat.bot_lacks for right in sorted(RIGHTS)}
        return {"status": "administrator", "user": user, "can_be_edited": False, "is_anonymous": False, **rights}
    is_in = user_id in chat.members or user_id in (chat.id, world.me["id"])
    return {"status": "member" if is_in else "left", "user": user}


def leave_chat(world: World, params: Json) -> bool:
    """Answer leaveChat."""
    chat = world.chat_to_write(params["chat_id"])
    if chat.is_private:
        raise violation("chat member status can't be changed in private chats")
    chat.closed = "bot is not a member of the supergroup chat"
    world.bell.ring()
    return True


def get_file(world: World, params: Json) -> Json:
    """Answer getFile."""
    return world.files.link(params["file_id"], world.now())


def _language(params: Json) -> str:
    code: str = params.get("language_code", "")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise violation("invalid language code specified")
    return code


def _scope(world: World, params: Json) -> str:
    """Return the scope as a key: its JSON, so that a test may read what was set for whom."""
    scope: Json = params.get("scope", {"type": "default"})
    if "chat_id" in scope:
        world.chat(scope["chat_id"])
    return json.dumps(scope, sort_keys=True)
