"""The people's side: what somebody does in a chat, and which update the bot gets for it."""

import io
import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from PIL import Image

from tests.botapi.files import document
from tests.botapi.keyboard import Button, buttons
from tests.botapi.profile import member
from tests.botapi.spec import Json, utf16
from tests.botapi.text import MAX_TEXT, found_entities
from tests.botapi.topics import open_topic, remove_topic
from tests.botapi.views import Seen, View
from tests.botapi.world import RIGHTS, CallbackQuery, Chat, Message, Topic, World

_ALBUMS = itertools.count(14_000_000_000_000_001)


class Where(TypedDict, total=False):
    """Where and when something is said: a topic, a message that it answers, a date."""

    thread: int
    reply_to: int | Seen
    date: int | datetime


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What an action led to: the update (even if the bot did not ask for its kind) and the message it is about."""

    update_id: int
    message: Json
    callback_id: str = ""

    @property
    def message_id(self) -> int:
        """The id of the message."""
        return int(self.message["message_id"])


class NoSuchButtonError(LookupError):
    """There is no such button to tap; the message lists those which there are."""


class Seat:
    """Somebody in a chat: alone with the bot, or in a group."""

    def __init__(self, world: World, user: Json, chat: Chat) -> None:
        self.user = user
        self._world = world
        self._chat = chat

    # Saying and showing something

    def sends(self, text: str, **where: Unpack[Where]) -> Sent:
        """Send a text; the entities which Telegram finds by itself are there."""
        if not text.strip() or utf16(text) > MAX_TEXT:
            raise ValueError(f"no Telegram client sends a text of {utf16(text)} units")
        return self._say(_with_entities("text", text), where)

    def sends_command(self, command: str, argument: str = "", **where: Unpack[Where]) -> Sent:
        """Send /command, perhaps with an argument as deep links do."""
        return self.sends(f"/{command.removeprefix('/')} {argument}".strip(), **where)

    def shares_location(
        self, latitude: float, longitude: float, *, live_period: int | None = None, **where: Unpack[Where]
    ) -> Sent:
        """Share a place, or with live_period (seconds) where one is from now on; see `moves`."""
        location: Json = {"latitude": latitude, "longitude": longitude}
        if live_period is not None:
            location |= {"live_period": live_period, "horizontal_accuracy": 12.0}
        return self._say({"location": location}, where)

    def shares_venue(
        self, latitude: float, longitude: float, title: str, address: str = "", **where: Unpack[Where]
    ) -> Sent:
        """Share a named place; the message has it as location too."""
        location = {"latitude": latitude, "longitude": longitude}
        venue = {"location": location, "title": title, "address": address}
        return self._say({"location": location, "venue": venue}, where)

    def shares_contact(self, *, own: bool = True, phone_number: str = "+37120000000", **where: Unpack[Where]) -> Sent:
        """Share one's own number, or somebody else's out of the address book."""
        mine = {"first_name": self.user["first_name"], "user_id": self.user["id"]}
        contact = {"phone_number": phone_number, **(mine if own else {"first_name": "Kaimiņš"})}
        return self._say({"contact": contact}, where)

    def sends_photo(self, data: bytes = b"", caption: str | None = None, **where: Unpack[Where]) -> Sent:
        """Send a photo (a small grey one by default); Telegram takes its EXIF away."""
        return self._say({"photo": self._world.files.add_photo(data or _grey()), **_caption(caption)}, where)

    def sends_album(self, photos: list[bytes], caption: str | None = None, **where: Unpack[Where]) -> list[Sent]:
        """Send photos as an album: an update each, the caption on the first."""
        if not 2 <= len(photos) <= 10:
            raise ValueError("an album has 2-10 photos")
        album = {"media_group_id": str(next(_ALBUMS))}
        contents = [{"photo": self._world.files.add_photo(data or _grey()), **album} for data in photos]
        contents[0] |= _caption(caption)
        return [self._say(content, where) for content in contents]

    def sends_document(
        self,
        data: bytes,
        name: str,
        mime: str = "",
        *,
        caption: str | None = None,
        size: int | None = None,
        **where: Unpack[Where],
    ) -> Sent:
        """Send a file as it is; `size` lets it pass for bigger than data."""
        file = self._world.files.add("documents", data, name=name, mime=mime, size=size)
        return self._say({"document": document(file), **_caption(caption)}, where)

    def sends_voice(self, data: bytes = b"OggS", duration: int = 3, **where: Unpack[Where]) -> Sent:
        """Send a voice message."""
        file = self._world.files.add("voice", data, name="voice.oga", mime="audio/ogg")
        return self._say({"voice": {**file.ids(), "duration": duration, "mime_type": "audio/ogg"}}, where)

    def sends_video_note(self, data: bytes = b"mp4", duration: int = 3, **where: Unpack[Where]) -> Sent:
        """Send a round video."""
        file = self._world.files.add("video_notes", data, name="note.mp4", mime="video/mp4")
        return self._say({"video_note": {**file.ids(), "duration": duration, "length": 240}}, where)

    def sends_sticker(self, emoji: str = "🌳", **where: Unpack[Where]) -> Sent:
        """Send a sticker."""
        file = self._world.files.add("stickers", emoji.encode(), name="sticker.webp", mime="image/webp")
        look = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._say({"sticker": {**file.ids(), **look, "emoji": emoji}}, where)

    def sends_poll(
        self, question: str = "Kad stādām?", options: tuple[str, ...] = ("Sestdien", "Svētdien"), **where: Unpack[Where]
    ) -> Sent:
        """Send a poll."""
        choices = [
            {"persistent_id": str(number), "text": text, "voter_count": 0} for number, text in enumerate(options, 1)
        ]
        flags = dict.fromkeys(("is_closed", "allows_multiple_answers", "allows_revoting", "members_only"), False)
        poll = {"id": "5", "question": question, "options": choices, "total_voter_count": 0, "is_anonymous": True}
        return self._say({"poll": {**poll, "type": "regular", **flags}}, where)

    # Buttons

    def taps(self, message: Seen | int | None, button: str) -> Sent:
        """Tap an inline button, named by its label or data, on a message; None looks for it from the latest up.

        Raises NoSuchButtonError if nobody could tap it.
        """
        found, tapped = self._button(message, button)
        if tapped.data is None:
            raise NoSuchButtonError(f"{tapped.text!r} opens {tapped.url}; the bot never learns of it")
        callback_id = str(4_382_000_000_000_000_000 + len(self._world.callbacks))
        now = self._world.now()
        self._world.callbacks[callback_id] = CallbackQuery(user_id=self.user["id"], asked_at=now)
        shown = self._world.shown(self._chat, found)
        query = {"id": callback_id, "from": self.user, "message": shown, "data": tapped.data}
        update_id = self._world.push({"callback_query": {**query, "chat_instance": str(-self._chat.id * 7919)}})
        return Sent(update_id=update_id, message=shown, callback_id=callback_id)

    def types_reply_button(self, label: str, **where: Unpack[Where]) -> Sent:
        """Tap a button of the reply keyboard, which sends its label."""
        rows = buttons(self._chat.keyboard)
        shown = next((button for row in rows for button in row if button.text == label), None)
        if shown is None:
            raise NoSuchButtonError(f"no {label!r} on the keyboard, but {_labels(rows)}")
        if shown.wants:
            raise NoSuchButtonError(
                f"{label!r} sends no text: it is {shown.wants}, so use shares_location() or the like"
            )
        if (self._chat.keyboard or {}).get("one_time_keyboard"):
            self._chat.keyboard = None
        return self.sends(label, **where)

    def answer_to(self, tap: Sent) -> Json | None:
        """Return what answerCallbackQuery has shown for a tap (text and show_alert), or None as long as it spins."""
        return self._world.callbacks[tap.callback_id].answer

    # Changing one's mind

    def edits(self, message_id: int, text: str) -> Sent:
        """Edit the text, or the caption, of one's own message."""
        message = self._own(message_id)
        key = "text" if "text" in message.body else "caption"
        for old in ("text", "entities", "caption", "caption_entities"):
            message.body.pop(old, None)
        return self._changed(message, _with_entities(key, text))

    def moves(self, message_id: int, latitude: float, longitude: float) -> Sent:
        """Be somewhere else while sharing a live location: an edit of its message."""
        message = self._own(message_id)
        location = {**message.body["location"], "latitude": latitude, "longitude": longitude}
        return self._changed(message, {"location": location})

    def deletes(self, message_id: int) -> None:
        """Delete a message for everybody; a bot is never told."""
        self._chat.delete(message_id)
        self._world.bell.ring()

    def reacts(self, message_id: int, emoji: str | None) -> Sent:
        """Put an emoji on a message, or take it away.

        The bot hears of it only if it asked for message_reaction, in a group also only as an administrator; it is not
        told the topic. Without an update the update_id is 0.
        """
        message = self._chat.messages[message_id]
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        key = (message_id, self.user["id"])
        change = {
            "chat": self._chat.head,
            "message_id": message_id,
            "user": self.user,
            "date": int(self._world.now()),
            "old_reaction": self._chat.peoples_reactions.get(key, []),
            "new_reaction": new,
        }
        self._chat.peoples_reactions[key] = new
        self._world.bell.ring()
        hears = self._chat.is_private or self._chat.bot_is_admin
        update_id = self._world.push({"message_reaction": change}) if hears else 0
        return Sent(update_id=update_id, message=self._world.shown(self._chat, message))

    # Topics, for whom runs a group

    def opens_topic(self, name: str) -> int:
        """Open a topic; return its thread id."""
        thread = open_topic(self._world, self._chat, self.user, Topic(name=name))["message_thread_id"]
        return int(thread)

    def closes_topic(self, thread: int) -> None:
        """Close a topic."""
        self._chat.topics[thread].closed = True
        self._world.post_service(self._chat, self.user, {"forum_topic_closed": {}}, thread=thread)

    def reopens_topic(self, thread: int) -> None:
        """Reopen a topic."""
        self._chat.topics[thread].closed = False
        self._world.post_service(self._chat, self.user, {"forum_topic_reopened": {}}, thread=thread)

    def deletes_topic(self, thread: int) -> None:
        """Delete a topic with all in it; a bot is never told."""
        remove_topic(self._world, self._chat, thread)

    # How it is done

    def _say(self, content: Json, where: Where) -> Sent:
        if self._chat.closed:
            raise ValueError(f"nothing can be sent to the bot here: {self._chat.closed}")
        thread = where.get("thread")
        if thread is not None and self._chat.topics[thread].closed and self.user["id"] not in self._chat.admins:
            raise ValueError(f"topic {thread} is closed; only administrators write there")
        self._chat.started = True
        reply_to, date = where.get("reply_to"), where.get("date")
        message = self._world.post(
            self._chat,
            self.user,
            content,
            thread=thread,
            reply_to=reply_to.message_id if isinstance(reply_to, Seen) else reply_to,
            date=int(date.timestamp()) if isinstance(date, datetime) else date,
        )
        return self._told("message", message)

    def _changed(self, message: Message, content: Json) -> Sent:
        message.body |= {**content, "edit_date": int(self._world.now())}
        self._world.bell.ring()
        return self._told("edited_message", message)

    def _told(self, kind: str, message: Message) -> Sent:
        shown = self._world.shown(self._chat, message)
        return Sent(update_id=self._world.push({kind: shown}), message=shown)

    def _own(self, message_id: int) -> Message:
        message = self._chat.messages[message_id]
        if message.body["from"]["id"] != self.user["id"]:
            raise ValueError(f"message {message_id} is not of {self.user['first_name']}")
        return message

    def _button(self, message: Seen | int | None, wanted: str) -> tuple[Message, Button]:
        if message is None:
            candidates = [found for found in reversed(self._chat.messages.values()) if self._world.is_mine(found)]
        else:
            message_id = message.message_id if isinstance(message, Seen) else message
            candidates = [self._chat.messages[message_id]] if message_id in self._chat.messages else []
        for found in candidates:
            for row in buttons(found.body.get("reply_markup")):
                for button in row:
                    if wanted in (button.text, button.data):
                        return found, button
        there = [_labels(buttons(found.body.get("reply_markup"))) for found in candidates[:3]]
        raise NoSuchButtonError(f"no {wanted!r} to tap, but {there}")


class Person(Seat, View):
    """Somebody in their private chat with the bot."""

    def __init__(self, world: World, user: Json, chat: Chat) -> None:
        Seat.__init__(self, world, user, chat)
        View.__init__(self, world, chat)

    def blocks_bot(self) -> Sent:
        """Block the bot: sending is 403 from now on."""
        self._chat.closed = "bot was blocked by the user"
        return self._membership("member", "kicked")

    def unblocks_bot(self) -> Sent:
        """Allow the bot to write again."""
        self._chat.closed = ""
        return self._membership("kicked", "member")

    def deactivates(self) -> None:
        """Delete the account: sending is 403 from now on, and nobody is told."""
        self._chat.closed = "user is deactivated"

    def _membership(self, old: str, new: str) -> Sent:
        self._world.bell.ring()
        me, ended = self._world.me, {"until_date": 0}
        change = {
            "chat": self._chat.head,
            "from": self.user,
            "date": int(self._world.now()),
            "old_chat_member": {"status": old, "user": me, **(ended if old == "kicked" else {})},
            "new_chat_member": {"status": new, "user": me, **(ended if new == "kicked" else {})},
        }
        return Sent(update_id=self._world.push({"my_chat_member": change}), message={})


class Group(View):
    """A group of people with the bot in it, an administrator unless the test says otherwise."""

    def member(self, person: Person, *, admin: bool = False) -> Seat:
        """Return somebody's seat in this group; it makes them a member, or an administrator with all rights."""
        self._chat.members.add(person.user["id"])
        if admin:
            self._chat.admins.add(person.user["id"])
        return Seat(self._world, person.user, self._chat)

    @property
    def topics(self) -> dict[int, Topic]:
        """The topics which there are, by thread id."""
        return self._chat.topics

    def removes_bot(self, by: Person) -> Sent:
        """Throw the bot out: all it asks of this group is 403 from now on."""
        old = self._bot()
        self._chat.closed = "bot was kicked from the supergroup chat"
        return self._told_of_bot(by, old, {"status": "kicked", "user": self._world.me, "until_date": 0})

    def lets_bot(self, *rights: str, by: Person) -> Sent:
        """Give the bot, an administrator, exactly these rights: `manage_topics`, `delete_messages` ..."""
        if unknown := set(rights) - RIGHTS:
            raise ValueError(f"there is no right {', '.join(sorted(unknown))}")
        old = self._bot()
        self._chat.bot_lacks = set(RIGHTS - set(rights))
        return self._told_of_bot(by, old, self._bot())

    def _bot(self) -> Json:
        return member(self._world, self._chat, self._world.me["id"])

    def _told_of_bot(self, by: Person, old: Json, new: Json) -> Sent:
        change = {"chat": self._chat.head, "from": by.user, "date": int(self._world.now())}
        update_id = self._world.push({"my_chat_member": {**change, "old_chat_member": old, "new_chat_member": new}})
        return Sent(update_id=update_id, message={})


def _with_entities(key: str, text: str) -> Json:
    entities = found_entities(text, [])
    return {key: text, **({"entities" if key == "text" else "caption_entities": entities} if entities else {})}


def _caption(caption: str | None) -> Json:
    return _with_entities("caption", caption) if caption else {}


def _labels(rows: tuple[tuple[Button, ...], ...]) -> list[str]:
    return [button.text for row in rows for button in row]


def _grey() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), "grey").save(out, "JPEG")
    return out.getvalue()
