"""What Telegram knows: people, chats, their messages and topics, and what the bot has told about itself."""

import copy
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.bell import Bell
from tests.botapi.errors import ApiError, ignored, refusal, violation
from tests.botapi.files import Files
from tests.botapi.spec import Json
from tests.botapi.updates import Updates

ICON_COLOUR = 7322096
RIGHTS = frozenset(
    (
        "manage_chat",
        "delete_messages",
        "manage_video_chats",
        "restrict_members",
        "promote_members",
        "change_info",
        "invite_users",
        "post_stories",
        "edit_stories",
        "delete_stories",
        "pin_messages",
        "manage_topics",
    )
)

_META = {"message_id", "message_thread_id", "is_topic_message", "date", "edit_date", "chat", "from", "reply_markup"}
_META |= {"media_group_id", "forward_origin", "quote", "has_protected_content"}


@dataclass(kw_only=True)
class Topic:
    """A topic of a forum."""

    name: str
    icon_color: int = ICON_COLOUR
    icon: str = ""
    closed: bool = False


@dataclass(kw_only=True)
class Message:
    """A message as stored; `reply_to` is an id in the same chat and may since have been deleted."""

    body: Json
    reply_to: int | None = None

    @property
    def id(self) -> int:
        """Its message_id, unique inside its chat only."""
        return int(self.body["message_id"])

    @property
    def thread(self) -> int | None:
        """The topic it is in."""
        return self.body.get("message_thread_id")

    def content(self) -> Json:
        """Return what a copy of it would carry."""
        return {key: copy.deepcopy(value) for key, value in self.body.items() if key not in _META}


@dataclass(kw_only=True)
class Chat:
    """A private chat or a supergroup.

    `head` is the Chat object in messages; `closed` the 403 that sending meets; `bot_lacks` the rights which the bot
    was not given as an administrator.
    """

    id: int
    head: Json
    started: bool = True
    closed: str = ""
    bot_is_admin: bool = True
    bot_lacks: set[str] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    topics: dict[int, Topic] = field(default_factory=dict)
    gone_topics: set[int] = field(default_factory=set)
    members: set[int] = field(default_factory=set)
    admins: set[int] = field(default_factory=set)
    keyboard: Json | None = None
    pinned: list[int] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    peoples_reactions: dict[tuple[int, int], list[Json]] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def is_private(self) -> bool:
        """Whether it is the chat of one person with the bot."""
        return self.id > 0

    def bot_may(self, right: str) -> bool:
        """Whether the bot has a right here; in a private chat nobody has to give it any."""
        return self.is_private or (self.bot_is_admin and right not in self.bot_lacks)

    def find(self, message_id: int, purpose: str) -> Message:
        """Return a message; `purpose` words the refusal: 'message to edit' becomes 'message to edit not found'.

        An id which never was is a violation; one that somebody deleted is met by correct bots too.
        """
        if message_id in self.messages:
            return self.messages[message_id]
        raise (refusal if message_id in self.gone else violation)(f"{purpose} not found")

    def topic(self, thread: int, wrong: str = "message thread not found") -> Topic:
        """Return a topic, or refuse in the same two ways as `find`."""
        if thread in self.topics:
            return self.topics[thread]
        raise (refusal if thread in self.gone_topics else violation)(wrong)

    def delete(self, message_id: int) -> None:
        """Delete a message for everybody."""
        del self.messages[message_id]
        self.gone.add(message_id)
        self.pinned = [pinned for pinned in self.pinned if pinned != message_id]


@dataclass(kw_only=True)
class CallbackQuery:
    """A tap that waits for its answer."""

    user_id: int
    asked_at: float
    answer: Json | None = None


class World:
    """Everything behind one bot token."""

    def __init__(self, token: str) -> None:
        self.token = token
        bot_id = int(token.partition(":")[0])
        self.me: Json = {"id": bot_id, "is_bot": True, "first_name": "Koku palīgs", "username": "koku_paligs_bot"}
        self.bell = Bell()
        self.updates = Updates(bell=self.bell)
        self.files = Files()
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, Json] = {bot_id: self.me}
        self.callbacks: dict[str, CallbackQuery] = {}
        self.callback_lifetime = 60.0  # seconds; Telegram's own figure is not published
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int, Json] = {}
        self.skipped = 0.0
        self.private_numbers = itertools.count(1)  # all private chats of an account share one sequence

    # The clock

    def now(self) -> float:
        """Return the Unix time here, which `skipped` seconds may have been added to."""
        return time.time() + self.skipped

    def monotonic(self) -> float:
        """Return a clock for measuring, moved by `skipped` too."""
        return time.monotonic() + self.skipped

    # Chats

    def open_private(self, user: Json, *, started: bool) -> Chat:
        """Return the private chat with a user, making it if need be."""
        self.users[user["id"]] = user
        if user["id"] not in self.chats:
            head: Json = {key: user[key] for key in ("id", "first_name", "last_name", "username") if key in user}
            head["type"] = "private"
            chat = Chat(id=user["id"], head=head, started=started, numbers=self.private_numbers)
            self.chats[chat.id] = chat
        chat = self.chats[user["id"]]
        chat.started = chat.started or started
        return chat

    def open_group(self, chat_id: int, title: str, *, forum: bool, admin: bool) -> Chat:
        """Return a supergroup, making it if need be."""
        if chat_id >= 0:
            raise ValueError(f"a group has a negative id, not {chat_id}")
        head: Json = {"id": chat_id, "type": "supergroup", "title": title}
        if forum:
            head["is_forum"] = True
        return self.chats.setdefault(chat_id, Chat(id=chat_id, head=head, bot_is_admin=admin))

    def chat(self, reference: int | str) -> Chat:
        """Return the chat which a request names; a bot can't write to people who never wrote to it."""
        chat = self.chats.get(reference) if isinstance(reference, int) else None
        if chat is None:
            raise violation("chat not found" if reference else "chat_id is empty")
        if not chat.started:
            known = any(chat.id in group.members for group in self.chats.values())
            if known:
                raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
            raise violation("chat not found")
        return chat

    def chat_to_write(self, reference: int | str) -> Chat:
        """Return the chat unless it is closed to the bot."""
        chat = self.chat(reference)
        if chat.closed:
            raise ApiError(403, f"Forbidden: {chat.closed}")
        return chat

    def thread_to_write(self, chat: Chat, thread: int | None) -> None:
        """Refuse a topic which can't be written to."""
        if thread is not None and chat.topic(thread).closed:
            raise refusal("TOPIC_CLOSED")

    # Messages

    def post(
        self,
        chat: Chat,
        sender: Json,
        content: Json,
        *,
        thread: int | None = None,
        reply_to: int | None = None,
        date: int | None = None,
    ) -> Message:
        """Store a new message; without a thread, a reply goes to the topic of what it answers."""
        if thread is None and reply_to is not None and reply_to in chat.messages:
            thread = chat.messages[reply_to].thread
        body: Json = {
            "message_id": next(chat.numbers),
            "date": int(self.now()) if date is None else date,
            "chat": chat.head,
            "from": sender,
            **content,
        }
        if thread is not None:
            body |= {"message_thread_id": thread, "is_topic_message": True}
        message = Message(body=body, reply_to=reply_to)
        chat.messages[message.id] = message
        self.bell.ring()
        return message

    def post_service(self, chat: Chat, sender: Json, content: Json, *, thread: int | None) -> Message:
        """Store a service message and tell the bot of it, even of its own: Telegram does so too."""
        message = self.post(chat, sender, content, thread=thread)
        self.push({"message": self.shown(chat, message)})
        return message

    def shown(self, chat: Chat, message: Message) -> Json:
        """Return the Message object as the bot gets it: with the message it replies to, one level deep.

        In a topic what replies to nothing replies to the topic's first service message.
        """
        reply_to = message.reply_to
        if reply_to is None and message.thread is not None and message.thread < message.id:
            reply_to = message.thread
        body = copy.deepcopy(message.body)
        if reply_to is not None and reply_to in chat.messages:
            body["reply_to_message"] = copy.deepcopy(chat.messages[reply_to].body)
        return body

    def is_mine(self, message: Message) -> bool:
        """Tell whether the bot sent it."""
        return bool(message.body["from"]["id"] == self.me["id"])

    def push(self, update: Json) -> int:
        """Let an update wait for the bot; return its update_id."""
        return self.updates.push(copy.deepcopy(update), self.now())


def refuse_parameters(params: Json, *names: str) -> None:
    """Refuse parameters which the real server understands and this one does not."""
    for name in names:
        if params.get(name) not in (None, False, ""):
            raise ignored(f"{name} is not simulated")


def without(mapping: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return mapping less some keys."""
    return {key: value for key, value in mapping.items() if key not in names}
