"""Every request which the strict server refuses: the error in Telegram's words, and where it is written down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.botapi import Person, Server
from tests.botapi.asking import Asker

pytest_plugins = ["tests.botapi.fixtures"]

STAFF, OFFICE, MODEST, PLAIN = -1001000000001, -1001000000002, -1001000000003, -1001000000004
KEYBOARD = {"inline_keyboard": [[{"text": "Jā", "callback_data": "yes"}]]}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
    " and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(kw_only=True)
class Scene:
    """What is there before the request: chats, messages, topics, taps and files, by their ids."""

    server: Server
    ask: Asker
    anna: Person
    mine: int = 0
    picture: int = 0
    hers: int = 0
    deleted: int = 0
    topic: int = 0
    closed: int = 0
    removed: int = 0
    theirs: int = 0
    own: int = 0
    note: int = 0
    tap: str = ""
    answered: str = ""
    photo: str = ""
    paper: str = ""
    big: str = ""


@pytest.fixture
async def scene(lenient_botapi: Server, ask_lenient: Asker) -> Scene:
    """Return a scene made with correct requests only."""
    anna, ask = lenient_botapi.person(7), ask_lenient
    scene = Scene(server=lenient_botapi, ask=ask, anna=anna)
    scene.hers = anna.sends("Labdien!").message_id
    sent = await ask.result("sendMessage", chat_id=7, text="Vai turpinām?", reply_markup=KEYBOARD)
    scene.mine = sent["message_id"]
    scene.deleted = anna.sends("ak").message_id
    anna.deletes(scene.deleted)
    scene.photo = anna.sends_photo().message["photo"][-1]["file_id"]
    scene.picture = (await ask.result("sendPhoto", chat_id=7, photo=scene.photo, caption="Koks"))["message_id"]
    scene.paper = anna.sends_document(b"%PDF", "zime.pdf").message["document"]["file_id"]
    scene.big = anna.sends_document(b"x", "karte.tif", size=20 * 1024 * 1024 + 1).message["document"]["file_id"]
    scene.tap = anna.taps(None, "Jā").callback_id
    scene.answered = anna.taps(None, "Jā").callback_id
    await ask.result("answerCallbackQuery", callback_query_id=scene.answered)
    boss = lenient_botapi.group(STAFF).member(lenient_botapi.person(8, "Ilze"))
    lenient_botapi.group(OFFICE, forum=False, admin=False)
    scene.topic, scene.closed, scene.removed = (boss.opens_topic(name) for name in ("Anna", "Juris", "Zane"))
    boss.closes_topic(scene.closed)
    boss.deletes_topic(scene.removed)
    modest, ilze = lenient_botapi.group(MODEST), lenient_botapi.person(8)
    scene.theirs = modest.member(ilze, admin=True).opens_topic("Anna")
    scene.note = modest.member(ilze).sends("Zvanīju.", thread=scene.theirs).message_id
    scene.own = (await ask.result("createForumTopic", chat_id=MODEST, name="Juris"))["message_thread_id"]
    modest.lets_bot("manage_chat", by=ilze)
    lenient_botapi.group(PLAIN, admin=False)
    blocking = lenient_botapi.person(66, "Pēteris", started=True)
    blocking.blocks_bot()
    lenient_botapi.person(67, "Rita", started=True).deactivates()
    assert not lenient_botapi.violations
    assert not lenient_botapi.refusals
    return scene


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A request, and what comes of it: `kept` is the list in which the server keeps it."""

    method: str
    params: Callable[[Scene], dict[str, Any]]
    text: str
    code: int = 400
    kept: str = "violations"


def _case(name: str, method: str, params: Callable[[Scene], dict[str, Any]], text: str, **more: Any) -> Any:
    prefix = {400: "Bad Request: ", 403: "Forbidden: "}.get(more.get("code", 400), "")
    return pytest.param(Refused(method=method, params=params, text=prefix + text, **more), id=name)


def _say(**params: Any) -> Callable[[Scene], dict[str, Any]]:
    return lambda _: {"chat_id": 7, "text": "Labdien!", **params}


def _keys(*rows: list[Any]) -> Callable[[Scene], dict[str, Any]]:
    return _say(reply_markup={"inline_keyboard": list(rows)})


def _board(chat_id: int, **button: Any) -> Callable[[Scene], dict[str, Any]]:
    return _say(chat_id=chat_id, reply_markup={"keyboard": [[{"text": "Sūtīt", **button}]]})


def _edit(**params: Any) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"chat_id": 7, "message_id": scene.mine, **params}


SILENT = "STRICT: sendMessage."

# One request a line, however long: a table.
# ruff: noqa: E501
# fmt: off
PARAMETERS = [
    _case("unknown parameter", "sendMessage", _say(reply_to_message_id=1), f"{SILENT}reply_to_message_id: unknown parameter"),
    _case("old preview switch", "sendMessage", _say(disable_web_page_preview=True), f"{SILENT}disable_web_page_preview: unknown parameter"),
    _case("no chat", "sendMessage", lambda _: {"text": "x"}, "chat_id is empty"),
    _case("no text", "sendMessage", lambda _: {"chat_id": 7}, "message text is empty"),
    _case("number for text", "sendMessage", _say(text=5), "sendMessage.text: 5 is no string"),
    _case("word for boolean", "sendMessage", _say(disable_notification="on"), "can't parse disable_notification: 'on' is no boolean"),
    _case("boolean for number", "sendMessage", _say(message_thread_id=True), "sendMessage.message_thread_id: True is no integer"),
    _case("fraction for number", "deleteMessage", lambda _: {"chat_id": 7, "message_id": 1.5}, "deleteMessage.message_id: 1.5 is no integer"),
    _case("word for number", "deleteMessage", lambda _: {"chat_id": 7, "message_id": "x"}, "can't parse message_id: 'x' is no integer"),
    _case("broken JSON", "sendMessage", _say(reply_markup="{"), "can't parse reply keyboard markup JSON object"),
    _case("unknown field", "sendMessage", _say(link_preview_options={"disabled": True}), f"{SILENT}link_preview_options.disabled: LinkPreviewOptions has no such field"),
    _case("array for object", "sendMessage", _say(reply_parameters=[1]), "sendMessage.reply_parameters: [1] is no ReplyParameters"),
    _case("unknown enum value", "sendChatAction", lambda _: {"chat_id": 7, "action": "thinking"}, "wrong parameter action in request"),
    _case("icon colour", "createForumTopic", lambda _: {"chat_id": STAFF, "name": "A", "icon_color": 1}, "createForumTopic.icon_color: 1 is not one of 7322096, 16766590, 13338331, 9367192, 16749490, 16478047"),
    _case("long topic name", "createForumTopic", lambda _: {"chat_id": STAFF, "name": "ā" * 129}, "createForumTopic.name: 129 characters, allowed are 1-128"),
    _case("unknown method", "sendLetter", lambda _: {}, "Not Found: method not found", code=404),
    _case("method not simulated", "sendDice", lambda _: {"chat_id": 7}, "STRICT: sendDice is not simulated"),
    _case("paid broadcast", "sendMessage", _say(allow_paid_broadcast=True), "STRICT: allow_paid_broadcast is not simulated"),
]
TEXTS = [
    _case("empty text", "sendMessage", _say(text=""), "message text is empty"),
    _case("blank text", "sendMessage", _say(text=" \n "), "text must be non-empty"),
    _case("blank after parsing", "sendMessage", _say(text="<b> </b>", parse_mode="HTML"), "text must be non-empty"),
    _case("4097 units", "sendMessage", _say(text="a" * 4097), "message is too long"),
    _case("2049 trees", "sendMessage", _say(text="🌳" * 2049), "message is too long"),
    _case("32 KiB of markup", "sendMessage", _say(text="<b></b>" * 4682, parse_mode="HTML"), "text is too long"),
    _case("1025 units of caption", "sendPhoto", lambda s: {"chat_id": 7, "photo": s.photo, "caption": "a" * 1025}, "message caption is too long"),
    _case("broken HTML", "sendMessage", _say(text="Ķēķis <b>", parse_mode="HTML"), "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
    _case("unknown tag", "sendMessage", _say(text="ā<br>b", parse_mode="HTML"), 'can\'t parse entities: Unsupported start tag "br" at byte offset 2'),
    _case("named reference", "sendMessage", _say(text="1&nbsp;m", parse_mode="HTML"), "STRICT: &nbsp; is shown as it stands, only &lt; &gt; &amp; &quot; and numbers are known"),
    _case("dead link", "sendMessage", _say(text='<a href="/x">x</a>', parse_mode="HTML"), "STRICT: <a> with '/x' is no link"),
    _case("Markdown", "sendMessage", _say(text="*x*", parse_mode="MarkdownV2"), "STRICT: parse_mode Markdown: this product writes HTML only"),
    _case("parse mode", "sendMessage", _say(parse_mode="text"), "unsupported parse_mode"),
    _case("two kinds of formatting", "sendMessage", _say(parse_mode="HTML", entities=[{"type": "bold", "offset": 0, "length": 1}]), "STRICT: entities beside parse_mode is dropped"),
    _case("entity outside", "sendMessage", _say(entities=[{"type": "bold", "offset": 5, "length": 9}]), "STRICT: entity bold at 5-14 is outside of the text, which has 8 units"),
    _case("mention of a stranger", "sendMessage", _say(text='<a href="tg://user?id=1">x</a>', parse_mode="HTML"), "STRICT: a mention of 1, whom the bot never met, is dropped"),
]
CHATS = [
    _case("unknown chat", "sendMessage", _say(chat_id=12345), "chat not found"),
    _case("unknown username", "sendMessage", _say(chat_id="@nobody_at_all"), "chat not found"),
    _case("never wrote", "sendMessage", lambda s: {"chat_id": s.server.person(9).id, "text": "x"}, "chat not found"),
    _case("met in a group", "sendMessage", _say(chat_id=8), "bot can't initiate conversation with a user", code=403, kept=""),
    _case("blocked", "sendMessage", _say(chat_id=66), "bot was blocked by the user", code=403, kept=""),
    _case("deactivated", "sendMessage", _say(chat_id=67), "user is deactivated", code=403, kept=""),
    _case("unknown reply target", "sendMessage", _say(reply_parameters={"message_id": 999}), "message to be replied not found"),
    _case("deleted reply target", "sendMessage", lambda s: {"chat_id": 7, "text": "x", "reply_parameters": {"message_id": s.deleted}}, "message to be replied not found", kept="refusals"),
    _case("quote of other words", "sendMessage", lambda s: {"chat_id": 7, "text": "x", "reply_parameters": {"message_id": s.hers, "quote": "Čau"}}, "QUOTE_TEXT_INVALID", kept="refusals"),
    _case("leaving a person", "leaveChat", lambda _: {"chat_id": 7}, "chat member status can't be changed in private chats"),
    _case("place beyond the pole", "sendLocation", lambda _: {"chat_id": 7, "latitude": 91, "longitude": 24}, "wrong location specified"),
    _case("live for a second", "sendLocation", lambda _: {"chat_id": 7, "latitude": 57, "longitude": 24, "live_period": 1}, "wrong live location period specified"),
    _case("commands for nobody", "setMyCommands", lambda _: {"commands": [], "scope": {"type": "chat", "chat_id": 999}}, "chat not found"),
    _case("command in capitals", "setMyCommands", lambda _: {"commands": [{"command": "Sākt", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    _case("language", "setMyCommands", lambda _: {"commands": [], "language_code": "lav"}, "invalid language code specified"),
    _case("long description", "setMyDescription", lambda _: {"description": "x" * 513}, "setMyDescription.description: 513 characters, allowed are 0-512"),
]
BUTTONS = [
    _case("65 bytes of data", "sendMessage", _keys([{"text": "A", "callback_data": "ā" * 32 + "a"}]), "BUTTON_DATA_INVALID"),
    _case("no data", "sendMessage", _keys([{"text": "A", "callback_data": ""}]), "BUTTON_DATA_INVALID"),
    _case("no action", "sendMessage", _keys([{"text": "A"}]), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    _case("two actions", "sendMessage", _keys([{"text": "A", "callback_data": "a", "url": "https://x.lv"}]), "STRICT: button 'A' has 2 actions: callback_data, url"),
    _case("no label", "sendMessage", _keys([{"text": " ", "callback_data": "a"}]), "STRICT: a button without text is dropped"),
    _case("label forgotten", "sendMessage", _keys([{"callback_data": "a"}]), 'can\'t parse InlineKeyboardButton: can\'t find field "text"'),
    _case("empty row", "sendMessage", _keys([]), "STRICT: an empty row of buttons is dropped"),
    _case("nine in a row", "sendMessage", _keys([{"text": "A", "callback_data": "a"}] * 9), "STRICT: buttons beyond 8 in a row are dropped"),
    _case("101 buttons", "sendMessage", _keys(*[[{"text": "A", "callback_data": "a"}]] * 101), "reply markup is too long"),
    _case("mail link", "sendMessage", _keys([{"text": "A", "url": "mailto:a@b.lv"}]), "inline keyboard button URL 'mailto:a@b.lv' is invalid: unsupported URL protocol"),
    _case("local link", "sendMessage", _keys([{"text": "A", "url": "http://localhost/x"}]), "inline keyboard button URL 'http://localhost/x' is invalid: wrong HTTP URL"),
    _case("payment", "sendMessage", _keys([{"text": "A", "pay": True}]), "BUTTON_TYPE_INVALID"),
    _case("both keyboards", "sendMessage", _say(reply_markup={**KEYBOARD, "keyboard": [["A"]]}), f"{SILENT}reply_markup.keyboard: InlineKeyboardMarkup has no such field"),
    _case("contact in a group", "sendMessage", _board(STAFF, request_contact=True), "phone number can be requested in private chats only"),
    _case("place in a group", "sendMessage", _board(STAFF, request_location=True), "location can be requested in private chats only"),
    _case("two requests", "sendMessage", _board(7, request_location=True, request_contact=True), "STRICT: button 'Sūtīt' asks for 2 things: request_contact, request_location"),
    _case("no rows", "sendMessage", _say(reply_markup={"keyboard": []}), "STRICT: a reply keyboard without rows is dropped"),
    _case("removing nothing", "sendMessage", _say(reply_markup={"remove_keyboard": False}), "STRICT: reply_markup which neither shows nor removes anything is dropped"),
    _case("reply keyboard at an edit", "editMessageReplyMarkup", _edit(reply_markup={"keyboard": [["A"]]}), "STRICT: editMessageReplyMarkup.reply_markup.keyboard: InlineKeyboardMarkup has no such field"),
]
EDITS = [
    _case("same again", "editMessageText", _edit(text="Vai turpinām?", reply_markup=KEYBOARD), NOT_MODIFIED, kept="refusals"),
    _case("same markup", "editMessageReplyMarkup", _edit(reply_markup=KEYBOARD), NOT_MODIFIED, kept="refusals"),
    _case("unknown to edit", "editMessageText", _edit(message_id=999, text="x"), "message to edit not found"),
    _case("deleted to edit", "editMessageText", lambda s: {"chat_id": 7, "message_id": s.deleted, "text": "x"}, "message to edit not found", kept="refusals"),
    _case("hers to edit", "editMessageText", lambda s: {"chat_id": 7, "message_id": s.hers, "text": "x"}, "message can't be edited"),
    _case("no message named", "editMessageText", lambda _: {"chat_id": 7, "text": "x"}, "message identifier is not specified"),
    _case("text of a photo", "editMessageText", lambda s: {"chat_id": 7, "message_id": s.picture, "text": "x"}, "there is no text in the message to edit"),
    _case("caption of a text", "editMessageCaption", _edit(caption="x"), "there is no caption in the message to edit"),
    _case("unknown to delete", "deleteMessage", lambda _: {"chat_id": 7, "message_id": 999}, "message to delete not found"),
    _case("deleted to delete", "deleteMessage", lambda s: {"chat_id": 7, "message_id": s.deleted}, "message to delete not found", kept="refusals"),
    _case("unknown tap", "answerCallbackQuery", lambda _: {"callback_query_id": "1"}, TOO_OLD),
    _case("tap answered before", "answerCallbackQuery", lambda s: {"callback_query_id": s.answered}, TOO_OLD, kept="refusals"),
    _case("long notice", "answerCallbackQuery", lambda s: {"callback_query_id": s.tap, "text": "a" * 201}, "MESSAGE_TOO_LONG"),
    _case("unknown emoji", "setMessageReaction", lambda s: {"chat_id": 7, "message_id": s.hers, "reaction": [{"type": "emoji", "emoji": "🌳"}]}, "REACTION_INVALID"),
    _case("two reactions", "setMessageReaction", lambda s: {"chat_id": 7, "message_id": s.hers, "reaction": [{"type": "emoji", "emoji": "👍"}] * 2}, "REACTIONS_TOO_MANY"),
    _case("unknown to pin", "pinChatMessage", lambda _: {"chat_id": 7, "message_id": 999}, "message to pin not found"),
    _case("nothing to unpin", "unpinChatMessage", lambda _: {"chat_id": 7}, "message to unpin not found", kept="refusals"),
    _case("unknown to copy", "copyMessage", lambda _: {"chat_id": 7, "from_chat_id": 7, "message_id": 999}, "message to copy not found"),
    _case("unknown to forward", "forwardMessage", lambda _: {"chat_id": 7, "from_chat_id": 7, "message_id": 999}, "message to forward not found"),
    _case("service message to copy", "copyMessage", lambda s: {"chat_id": 7, "from_chat_id": STAFF, "message_id": s.topic}, "message can't be copied"),
    _case("caption for a copied text", "copyMessage", lambda s: {"chat_id": 7, "from_chat_id": 7, "message_id": s.hers, "caption": "x"}, "STRICT: caption for a message which has none is dropped"),
    _case("copies out of order", "copyMessages", lambda s: {"chat_id": 7, "from_chat_id": 7, "message_ids": [s.mine, s.hers]}, "message identifiers must be in a strictly increasing order"),
]
TOPICS = [
    _case("unknown thread", "sendMessage", _say(chat_id=STAFF, message_thread_id=999), "message thread not found"),
    _case("deleted thread", "sendMessage", lambda s: {"chat_id": STAFF, "text": "x", "message_thread_id": s.removed}, "message thread not found", kept="refusals"),
    _case("closed thread", "sendMessage", lambda s: {"chat_id": STAFF, "text": "x", "message_thread_id": s.closed}, "TOPIC_CLOSED", kept="refusals"),
    _case("thread of a person", "sendMessage", _say(message_thread_id=1), "message thread not found"),
    _case("topic for a person", "createForumTopic", lambda _: {"chat_id": 7, "name": "A"}, "the chat is not a forum"),
    _case("topic in a plain group", "createForumTopic", lambda _: {"chat_id": OFFICE, "name": "A"}, "the chat is not a forum"),
    _case("unknown icon", "createForumTopic", lambda _: {"chat_id": STAFF, "name": "A", "icon_custom_emoji_id": "1"}, "DOCUMENT_INVALID"),
    _case("unknown topic", "editForumTopic", lambda _: {"chat_id": STAFF, "message_thread_id": 999, "name": "x"}, "TOPIC_ID_INVALID"),
    _case("deleted topic", "closeForumTopic", lambda s: {"chat_id": STAFF, "message_thread_id": s.removed}, "TOPIC_ID_INVALID", kept="refusals"),
    _case("closed before", "closeForumTopic", lambda s: {"chat_id": STAFF, "message_thread_id": s.closed}, "TOPIC_NOT_MODIFIED", kept="refusals"),
    _case("open anyway", "reopenForumTopic", lambda s: {"chat_id": STAFF, "message_thread_id": s.topic}, "TOPIC_NOT_MODIFIED", kept="refusals"),
    _case("named so already", "editForumTopic", lambda s: {"chat_id": STAFF, "message_thread_id": s.topic, "name": "Anna"}, "TOPIC_NOT_MODIFIED", kept="refusals"),
    _case("no name", "createForumTopic", lambda _: {"chat_id": STAFF, "name": ""}, "createForumTopic.name: 0 characters, allowed are 1-128"),
    _case("blank name", "createForumTopic", lambda _: {"chat_id": STAFF, "name": " \n "}, "title must be non-empty"),
    _case("129 units of name", "createForumTopic", lambda _: {"chat_id": STAFF, "name": "🌳" * 64 + "a"}, "createForumTopic.name: 129 characters, allowed are 1-128"),
    _case("129 units of new name", "editForumTopic", lambda s: {"chat_id": STAFF, "message_thread_id": s.topic, "name": "a" * 129}, "editForumTopic.name: 129 characters, allowed are 0-128"),
    _case("colour of its own", "createForumTopic", lambda _: {"chat_id": STAFF, "name": "A", "icon_color": 255}, "createForumTopic.icon_color: 255 is not one of 7322096, 16766590, 13338331, 9367192, 16749490, 16478047"),
    _case("unknown new icon", "editForumTopic", lambda s: {"chat_id": STAFF, "message_thread_id": s.topic, "icon_custom_emoji_id": "1"}, "DOCUMENT_INVALID"),
    _case("nothing new", "editForumTopic", lambda s: {"chat_id": STAFF, "message_thread_id": s.topic}, "TOPIC_NOT_MODIFIED", kept="refusals"),
    _case("topic without a right", "createForumTopic", lambda _: {"chat_id": MODEST, "name": "A"}, "not enough rights to create a topic", kept="refusals"),
    _case("topic as a mere member", "createForumTopic", lambda _: {"chat_id": PLAIN, "name": "A"}, "not enough rights to create a topic", kept="refusals"),
    _case("renaming without a right", "editForumTopic", lambda s: {"chat_id": MODEST, "message_thread_id": s.theirs, "name": "B"}, "not enough rights to edit the topic", kept="refusals"),
    _case("closing without a right", "closeForumTopic", lambda s: {"chat_id": MODEST, "message_thread_id": s.theirs}, "not enough rights to close or open the topic", kept="refusals"),
    _case("reopening without a right", "reopenForumTopic", lambda s: {"chat_id": MODEST, "message_thread_id": s.theirs}, "not enough rights to close or open the topic", kept="refusals"),
    _case("deleting even one's own topic", "deleteForumTopic", lambda s: {"chat_id": MODEST, "message_thread_id": s.own}, "not enough rights to delete the topic", kept="refusals"),
    _case("deleting a colleague's words", "deleteMessage", lambda s: {"chat_id": MODEST, "message_id": s.note}, "message can't be deleted", kept="refusals"),
    _case("photo into a closed thread", "sendPhoto", lambda s: {"chat_id": STAFF, "photo": s.photo, "message_thread_id": s.closed}, "TOPIC_CLOSED", kept="refusals"),
    _case("document into a deleted thread", "sendDocument", lambda s: {"chat_id": STAFF, "document": s.paper, "message_thread_id": s.removed}, "message thread not found", kept="refusals"),
    _case("place into a closed thread", "sendLocation", lambda s: {"chat_id": STAFF, "latitude": 57, "longitude": 24, "message_thread_id": s.closed}, "TOPIC_CLOSED", kept="refusals"),
    _case("album into a deleted thread", "sendMediaGroup", lambda s: {"chat_id": STAFF, "media": [{"type": "photo", "media": s.photo}] * 2, "message_thread_id": s.removed}, "message thread not found", kept="refusals"),
    _case("copy into a closed thread", "copyMessage", lambda s: {"chat_id": STAFF, "from_chat_id": 7, "message_id": s.hers, "message_thread_id": s.closed}, "TOPIC_CLOSED", kept="refusals"),
    _case("copies into a deleted thread", "copyMessages", lambda s: {"chat_id": STAFF, "from_chat_id": 7, "message_ids": [s.hers], "message_thread_id": s.removed}, "message thread not found", kept="refusals"),
    _case("copy of a deleted message", "copyMessage", lambda s: {"chat_id": STAFF, "from_chat_id": 7, "message_id": s.deleted}, "message to copy not found", kept="refusals"),
    _case("topic's first message", "deleteMessage", lambda s: {"chat_id": STAFF, "message_id": s.topic}, "message can't be deleted"),
]
FILES = [
    _case("unknown file", "getFile", lambda _: {"file_id": "AgAC99999"}, "invalid file_id"),
    _case("big file", "getFile", lambda s: {"file_id": s.big}, "file is too big"),
    _case("unknown photo", "sendPhoto", lambda _: {"chat_id": 7, "photo": "AgAC99999"}, "wrong file identifier/HTTP URL specified"),
    _case("photo by URL", "sendPhoto", lambda _: {"chat_id": 7, "photo": "https://x.lv/a.jpg"}, "STRICT: sending files by URL is not simulated"),
    _case("no photo", "sendPhoto", lambda _: {"chat_id": 7}, "there is no photo in the request"),
    _case("document as photo", "sendPhoto", lambda s: {"chat_id": 7, "photo": s.paper}, "can't use file of type Document as Photo"),
    _case("photo as document", "sendDocument", lambda s: {"chat_id": 7, "document": s.photo}, "can't use file of type Photo as Document"),
    _case("file not sent along", "sendPhoto", lambda _: {"chat_id": 7, "photo": "attach://a"}, "can't parse photo: media not found: no uploaded file is called 'a'"),
    _case("album of one", "sendMediaGroup", lambda s: {"chat_id": 7, "media": [{"type": "photo", "media": s.photo}]}, "sendMediaGroup.media: 1 items, allowed are 2-10"),
    _case("mixed album", "sendMediaGroup", lambda s: {"chat_id": 7, "media": [{"type": "photo", "media": s.photo}, {"type": "document", "media": s.paper}]}, "can't use the media of the specified type in the album"),
    _case("film in an album", "sendMediaGroup", lambda s: {"chat_id": 7, "media": [{"type": "video", "media": s.paper}] * 2}, "STRICT: albums of video are not simulated"),
]
HOOKS = [
    _case("webhook without TLS", "setWebhook", lambda _: {"url": "http://bots.lv/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    _case("webhook port", "setWebhook", lambda _: {"url": "https://bots.lv:8080/"}, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
    _case("webhook nowhere", "setWebhook", lambda _: {"url": "https://"}, "invalid webhook URL specified"),
    _case("secret with spaces", "setWebhook", lambda _: {"url": "https://bots.lv/", "secret_token": "a b"}, "secret token contains unallowed characters"),
    _case("long secret", "setWebhook", lambda _: {"url": "https://bots.lv/", "secret_token": "a" * 257}, "secret token is too long"),
    _case("kind of update", "getUpdates", lambda _: {"allowed_updates": ["messages"]}, "STRICT: allowed_updates: there is no kind messages"),
    _case("too many updates", "getUpdates", lambda _: {"limit": 101}, "getUpdates.limit: 101, allowed are 1-100"),
]
# fmt: on


@pytest.mark.parametrize("case", [*PARAMETERS, *TEXTS, *CHATS, *BUTTONS, *EDITS, *TOPICS, *FILES, *HOOKS])
async def test_a_refusal(scene: Scene, case: Refused) -> None:
    """The server answers as Telegram would, blames the bot when it deserves it, and changes nothing."""
    before = [seen.raw for seen in scene.anna.inbox]

    answer = await scene.ask(case.method, **case.params(scene))

    assert {"ok": False, "error_code": case.code, "description": case.text} == answer
    assert (case.kept == "violations") == bool(scene.server.violations)
    assert (case.kept == "refusals") == bool(scene.server.refusals)
    assert before == [seen.raw for seen in scene.anna.inbox]
