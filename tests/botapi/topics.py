"""The methods for topics of a forum."""

from tests.botapi.errors import refusal, violation
from tests.botapi.icons import ICONS
from tests.botapi.spec import Json
from tests.botapi.world import ICON_COLOUR, Chat, Topic, World

_UNKNOWN = "TOPIC_ID_INVALID"
_UNCHANGED = "TOPIC_NOT_MODIFIED"


def create_forum_topic(world: World, params: Json) -> Json:
    """Answer createForumTopic: its thread id is the message_id of the service message which opens it."""
    chat = _forum(world, params)
    if not chat.bot_may("manage_topics"):
        raise refusal("not enough rights to create a topic")
    _check_icon(params)
    topic = Topic(
        name=_title(params["name"]),
        icon_color=int(params.get("icon_color", ICON_COLOUR)),
        icon=params.get("icon_custom_emoji_id", ""),
    )
    return open_topic(world, chat, world.me, topic)


def open_topic(world: World, chat: Chat, by: Json, topic: Topic) -> Json:
    """Open a topic in the name of a user; return the ForumTopic object."""
    facts = _facts(topic)
    message = world.post(chat, by, {"forum_topic_created": facts})
    message.body |= {"message_thread_id": message.id, "is_topic_message": True}
    chat.topics[message.id] = topic
    world.push({"message": world.shown(chat, message)})
    return {"message_thread_id": message.id, **facts}


def edit_forum_topic(world: World, params: Json) -> bool:
    """Answer editForumTopic: an empty name keeps the old one, an empty icon removes it."""
    chat, thread, topic = _topic(world, params, "edit the topic")
    _check_icon(params)
    name = _title(params["name"]) if params.get("name") else topic.name
    icon = params.get("icon_custom_emoji_id", topic.icon)
    if (name, icon) == (topic.name, topic.icon):
        raise refusal(_UNCHANGED)
    edited: Json = {}
    if name != topic.name:
        topic.name = edited["name"] = name
    if icon != topic.icon:
        topic.icon = edited["icon_custom_emoji_id"] = icon
    world.post_service(chat, world.me, {"forum_topic_edited": edited}, thread=thread)
    return True


def close_forum_topic(world: World, params: Json) -> bool:
    """Answer closeForumTopic."""
    return _set_closed(world, params, closed=True)


def reopen_forum_topic(world: World, params: Json) -> bool:
    """Answer reopenForumTopic."""
    return _set_closed(world, params, closed=False)


def delete_forum_topic(world: World, params: Json) -> bool:
    """Answer deleteForumTopic: its messages go with it. It takes a right in one's own topic too."""
    chat, thread, _ = _topic(world, params)
    if not chat.bot_may("delete_messages"):
        raise refusal("not enough rights to delete the topic")
    remove_topic(world, chat, thread)
    return True


def remove_topic(world: World, chat: Chat, thread: int) -> None:
    """Remove a topic with all its messages; nobody is told."""
    del chat.topics[thread]
    chat.gone_topics.add(thread)
    for message in [message for message in chat.messages.values() if message.thread == thread]:
        chat.delete(message.id)
    world.bell.ring()


def get_forum_topic_icon_stickers(_world: World, _params: Json) -> list[Json]:
    """Answer getForumTopicIconStickers with the icons that Telegram offers."""
    common = {"type": "custom_emoji", "width": 100, "height": 100, "is_animated": True, "is_video": False}
    return [
        {"file_id": f"CAAD{icon}", "file_unique_id": icon, "emoji": emoji, "custom_emoji_id": icon, **common}
        for icon, emoji in ICONS.items()
    ]


def _set_closed(world: World, params: Json, *, closed: bool) -> bool:
    chat, thread, topic = _topic(world, params, "close or open the topic")
    if topic.closed == closed:
        raise refusal(_UNCHANGED)
    topic.closed = closed
    event = "forum_topic_closed" if closed else "forum_topic_reopened"
    world.post_service(chat, world.me, {event: {}}, thread=thread)
    return True


def _forum(world: World, params: Json) -> Chat:
    chat = world.chat_to_write(params["chat_id"])
    if not chat.head.get("is_forum"):
        raise violation("the chat is not a forum")
    return chat


def _topic(world: World, params: Json, what: str = "") -> tuple[Chat, int, Topic]:
    """Return a topic; `what` is what only who opened it may do without the right to manage topics."""
    chat, thread = _forum(world, params), params["message_thread_id"]
    topic = chat.topic(thread, _UNKNOWN)
    if what and not (chat.bot_may("manage_topics") or world.is_mine(chat.messages[thread])):
        raise refusal(f"not enough rights to {what}")
    return chat, thread, topic


def _title(name: str) -> str:
    """Return a name on one line, as Telegram makes it."""
    title = " ".join(name.split())
    if not title:
        raise violation("title must be non-empty")
    return title


def _check_icon(params: Json) -> None:
    icon = params.get("icon_custom_emoji_id")
    if icon and icon not in ICONS:
        raise violation("DOCUMENT_INVALID")


def _facts(topic: Topic) -> Json:
    facts: Json = {"name": topic.name, "icon_color": topic.icon_color}
    return facts | ({"icon_custom_emoji_id": topic.icon} if topic.icon else {})
