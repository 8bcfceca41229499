"""Chats from both sides: what people do and see, files, albums, copies, topics and the bot's profile."""

import io
from datetime import UTC, datetime

import pytest
from aiohttp import FormData
from PIL import Image

from tests.botapi import NoSuchButtonError, Server
from tests.botapi.asking import Asker

pytest_plugins = ["tests.botapi.fixtures"]

STAFF = -1001000000001
KEYBOARD = {"inline_keyboard": [[{"text": "Jā", "callback_data": "yes"}, {"text": "Karte", "url": "https://x.lv"}]]}


def _picture(width: int = 1600, height: int = 1200) -> bytes:
    """A JPEG with a place in its EXIF, as a telephone makes it."""
    image, out = Image.new("RGB", (width, height), "green"), io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x0112] = 6  # to be turned by 90 degrees
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_what_people_send(botapi: Server) -> None:
    """Every kind of message reaches the bot as the Bot API shows it."""
    anna = botapi.person(7, "Anna", last_name="Kalniņa")
    at = datetime(2026, 4, 15, 9, 30, tzinfo=UTC)
    first = anna.sends("Stādīju a@b.lv #ozols", date=at)
    sent = [
        anna.sends_command("start", "abc", reply_to=first.message_id),
        anna.shares_location(56.95, 24.1, live_period=900),
        anna.shares_venue(56.95, 24.1, "Mežaparks", "Rīga"),
        anna.shares_contact(),
        anna.shares_contact(own=False),
        *anna.sends_album([b"", b"", b""], "Trīs koki"),
        anna.sends_document(b"%PDF", "zīme.pdf"),
        anna.sends_voice(),
        anna.sends_video_note(),
        anna.sends_sticker(),
        anna.sends_poll(),
    ]
    messages = [one.message for one in sent]

    assert first.message["date"] == int(at.timestamp())
    assert first.message["from"] == anna.user
    assert [entity["type"] for entity in first.message["entities"]] == ["email", "hashtag"]
    assert messages[0]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert messages[0]["reply_to_message"]["message_id"] == first.message_id
    assert messages[1]["location"]["live_period"] == 900
    assert messages[2]["location"] == messages[2]["venue"]["location"]
    assert messages[3]["contact"]["user_id"] == 7
    assert "user_id" not in messages[4]["contact"]
    assert [message.get("caption") for message in messages[5:8]] == ["Trīs koki", None, None]
    assert len({message["media_group_id"] for message in messages[5:8]}) == 1
    assert messages[8]["document"]["mime_type"] == "application/pdf"
    assert [update["update_id"] for update in botapi.pending] == [one.update_id for one in [first, *sent]]


async def test_a_persons_second_thoughts(botapi: Server) -> None:
    """Edits and moves reach the bot as edited_message, deletions not at all; others' messages can't be edited."""
    anna = botapi.person(7)
    text = anna.sends("50 ozoli")
    place = anna.shares_location(56.0, 24.0, live_period=60)
    photo = anna.sends_photo(caption="Koks")
    anna.edits(text.message_id, "60 ozoli")
    anna.moves(place.message_id, 57.0, 25.0)
    anna.edits(photo.message_id, "Liepa")
    anna.deletes(photo.message_id)

    edits = [update["edited_message"] for update in botapi.pending[3:]]
    assert [edit.get("text") or edit.get("caption") for edit in edits] == ["60 ozoli", None, "Liepa"]
    assert edits[1]["location"]["latitude"] == 57.0
    assert all(edit["edit_date"] for edit in edits)
    assert [message["message_id"] for message in anna.messages()] == [text.message_id, place.message_id]
    with pytest.raises(ValueError, match="is not of Ilze"):
        botapi.group(STAFF).member(botapi.person(8, "Ilze")).edits(
            botapi.group(STAFF).member(anna).sends("x").message_id, "y"
        )


async def test_taps(botapi: Server, ask: Asker) -> None:
    """A tap carries the message as it stands, with what it replied to; there must be such a button."""
    anna = botapi.person(7)
    asked = anna.sends("Kur?")
    reply = {"message_id": asked.message_id}
    await ask.result("sendMessage", chat_id=7, text="Te?", reply_markup=KEYBOARD, reply_parameters=reply)
    [seen] = await anna.receives()
    tap = anna.taps(seen, "Jā")
    assert anna.answer_to(tap) is None
    await ask.result("answerCallbackQuery", callback_query_id=tap.callback_id, text="Labi")
    query = botapi.pending[-1]["callback_query"]

    assert query["message"]["reply_to_message"]["text"] == "Kur?"
    assert (query["data"], query["from"]["id"], query["message"]["reply_markup"]) == ("yes", 7, KEYBOARD)
    assert anna.answer_to(tap) == {"text": "Labi", "show_alert": False}
    with pytest.raises(NoSuchButtonError, match="'Nē'"):
        anna.taps(seen, "Nē")
    with pytest.raises(NoSuchButtonError, match=r"x\.lv"):
        anna.taps(None, "Karte")
    await ask.result("editMessageReplyMarkup", chat_id=7, message_id=seen.message_id)
    with pytest.raises(NoSuchButtonError):
        anna.taps(None, "yes")


async def test_a_reply_keyboard(botapi: Server, ask: Asker) -> None:
    """Typing a button sends its label; a one-time keyboard goes away; requests are no text."""
    anna = botapi.person(7, started=True)
    rows = [["Jā", "Nē"], [{"text": "📍", "request_location": True}]]
    await ask.result("sendMessage", chat_id=7, text="?", reply_markup={"keyboard": rows, "one_time_keyboard": True})
    with pytest.raises(NoSuchButtonError, match="request_location"):
        anna.types_reply_button("📍")
    assert anna.types_reply_button("Nē").message["text"] == "Nē"
    assert anna.keyboard == ()
    await ask.result("sendMessage", chat_id=7, text="?", reply_markup={"keyboard": rows})
    await ask.result("sendMessage", chat_id=7, text="!", reply_markup={"remove_keyboard": True})
    assert anna.keyboard == ()


async def test_blocking(botapi: Server, ask: Asker) -> None:
    """Who blocks the bot is told so to the bot, and can't be written to until they allow it again."""
    anna = botapi.person(7)
    anna.sends("Labdien!")
    anna.blocks_bot()
    refused = await ask("sendMessage", chat_id=7, text="x")
    with pytest.raises(ValueError, match="blocked"):
        anna.sends("x")
    anna.unblocks_bot()
    await ask.result("sendMessage", chat_id=7, text="x")

    assert (refused["error_code"], refused["description"]) == (403, "Forbidden: bot was blocked by the user")
    changes = [update["my_chat_member"] for update in botapi.pending if "my_chat_member" in update]
    statuses = [(change["old_chat_member"]["status"], change["new_chat_member"]["status"]) for change in changes]
    assert statuses == [("member", "kicked"), ("kicked", "member")]
    assert botapi.refusals == []


async def test_a_photo_loses_its_exif_and_a_document_keeps_it(botapi: Server, ask: Asker) -> None:
    """Telegram turns a photo upright, makes sizes of it and strips it; a file stays as it is. Links die in an hour."""
    anna, data = botapi.person(7), _picture()
    sizes = anna.sends_photo(data).message["photo"]
    paper = anna.sends_document(data, "koks.jpg").message["document"]
    files = [await ask.result("getFile", file_id=file_id) for file_id in (sizes[-1]["file_id"], paper["file_id"])]

    async def download(path: str) -> tuple[int, bytes]:
        async with ask.session.get(f"{botapi.base_file_url}{botapi.token}/{path}") as response:
            return response.status, await response.read()

    _, photo = await download(files[0]["file_path"])
    _, document = await download(files[1]["file_path"])
    assert [(size["width"], size["height"]) for size in sizes] == [(67, 90), (240, 320), (600, 800), (960, 1280)]
    assert len(photo) == files[0]["file_size"]
    assert not Image.open(io.BytesIO(photo)).getexif()
    assert document == data
    assert (await download("photos/file_999.jpg"))[0] == 404
    botapi.advance(3601)
    assert (await download(files[0]["file_path"]))[0] == 404


async def test_uploads(botapi: Server, ask: Asker) -> None:
    """Multipart bodies bring files under their parameter or by attach://; the same file may be sent again by id."""
    anna, url = botapi.person(7, started=True), f"{botapi.base_url}{botapi.token}"

    async def post(method: str, fields: dict[str, str], files: dict[str, bytes]) -> dict[str, object]:
        form = FormData(fields)
        for name, data in files.items():
            form.add_field(name, data, filename=f"{name}.jpg")
        async with ask.session.post(f"{url}/{method}", data=form) as response:
            answer = await response.json()
        assert answer["ok"], answer
        result: dict[str, object] = answer["result"]
        return result

    media = '[{"type":"photo","media":"attach://a","caption":"<b>A</b>","parse_mode":"HTML"},{"type":"photo","media":"attach://b"}]'
    await post("sendMediaGroup", {"chat_id": "7", "media": media}, {"a": _picture(), "b": _picture(80, 60)})
    await post("sendPhoto", {"chat_id": "7"}, {"photo": _picture(80, 60)})
    await post("sendDocument", {"chat_id": "7", "document": "attach://c", "caption": "Zīme"}, {"c": b"x"})
    first, second, photo, document = await anna.receives(4)

    assert first.raw["media_group_id"] == second.raw["media_group_id"]
    assert (first.text, first.raw["caption_entities"][0]["type"]) == ("A", "bold")
    assert document.raw["document"]["file_name"] == "c.jpg"
    again = await ask.result("sendPhoto", chat_id=7, photo=photo.raw["photo"][-1]["file_id"])
    assert again["photo"] == photo.raw["photo"]
    same = await ask.result("copyMessage", chat_id=7, from_chat_id=7, message_id=document.message_id, caption="Kopija")
    assert [seen.text for seen in anna.inbox if seen.message_id == same["message_id"]] == ["Kopija"]


async def test_get_and_forms(botapi: Server, ask: Asker) -> None:
    """Parameters may come in the query or urlencoded, with JSON inside of strings; the method's case is free."""
    anna, url = botapi.person(7, started=True), f"{botapi.base_url}{botapi.token}"
    async with ask.session.get(f"{url}/SENDmessage", params={"chat_id": "7", "text": "viens"}) as response:
        assert (await response.json())["ok"]
    form = {"chat_id": "7", "text": "divi", "disable_notification": "true", "entities": "[]"}
    async with ask.session.post(f"{url}/sendMessage", data=form) as response:
        assert (await response.json())["ok"]
    async with ask.session.get(f"{botapi.base_url}1:x/getMe") as response:
        assert (response.status, (await response.json())["description"]) == (401, "Unauthorized")

    assert [seen.text for seen in anna.inbox] == ["viens", "divi"]
    assert botapi.calls_of("sendMessage")[1].params["disable_notification"] is True


async def test_edits_and_deletions_of_the_bot(botapi: Server, ask: Asker) -> None:
    """The person sees what the bot made of its messages."""
    anna = botapi.person(7, started=True)
    text = await ask.result("sendMessage", chat_id=7, text="viens", reply_markup=KEYBOARD)
    gone = await ask.result("sendLocation", chat_id=7, latitude=57, longitude=24.5)
    await ask.result("sendVenue", chat_id=7, latitude=57, longitude=24.5, title="Mežs", address="Ogre")
    edited = await ask.result("editMessageText", chat_id=7, message_id=text["message_id"], text="divi")
    await ask.result("deleteMessages", chat_id=7, message_ids=[gone["message_id"]])
    await ask.result("sendChatAction", chat_id=7, action="typing")
    hers = anna.sends("Paldies!").message_id
    await ask.result("setMessageReaction", chat_id=7, message_id=hers, reaction=[{"type": "emoji", "emoji": "👍"}])

    assert [(seen.kind, seen.text, seen.labels) for seen in anna.inbox] == [("text", "divi", []), ("venue", "", [])]
    assert edited["edit_date"]
    assert anna.actions == ["typing"]
    assert anna.reactions(hers) == ["👍"]


async def test_topics_of_the_staff_group(botapi: Server, ask: Asker) -> None:
    """A topic is a message; what is in it belongs to it, replies go to it, and the bot hears of its own topics."""
    staff = botapi.group(STAFF)
    ilze = staff.member(botapi.person(8, "Ilze"))
    [icon, *_] = await ask.result("getForumTopicIconStickers")
    topic = await ask.result(
        "createForumTopic", chat_id=STAFF, name="Anna", icon_custom_emoji_id=icon["custom_emoji_id"]
    )
    thread = topic["message_thread_id"]
    await ask.result("sendMessage", chat_id=STAFF, text="Jautājums", message_thread_id=thread)
    [question] = await staff.receives(thread=thread)
    answer = ilze.sends("Atbilde", reply_to=question)
    note = ilze.sends("Piezīme", thread=thread)
    await ask.result("editForumTopic", chat_id=STAFF, message_thread_id=thread, name="Anna ✅")
    await ask.result("closeForumTopic", chat_id=STAFF, message_thread_id=thread)

    created = botapi.pending[0]["message"]
    assert (created["forum_topic_created"]["name"], created["from"]["is_bot"]) == ("Anna", True)
    assert created["message_id"] == thread
    assert answer.message["message_thread_id"] == note.message["message_thread_id"] == thread
    assert answer.message["reply_to_message"]["text"] == "Jautājums"
    assert "forum_topic_created" in note.message["reply_to_message"]
    assert (staff.topics[thread].name, staff.topics[thread].closed) == ("Anna ✅", True)
    assert [seen.text for seen in staff.in_topic(thread)] == ["Jautājums"]
    await ask.result("deleteForumTopic", chat_id=STAFF, message_thread_id=thread)
    assert staff.inbox == []


async def test_what_staff_do_in_a_topic(botapi: Server, ask: Asker) -> None:
    """Edits, reactions and taps in a topic reach the bot; of a reaction it is not told the topic."""
    await ask.result("getUpdates", allowed_updates=["message", "edited_message", "callback_query", "message_reaction"])
    staff = botapi.group(STAFF)
    ilze = staff.member(botapi.person(8, "Ilze"))
    thread = (await ask.result("createForumTopic", chat_id=STAFF, name="Anna"))["message_thread_id"]
    sent = await ask.result("sendMessage", chat_id=STAFF, text="?", message_thread_id=thread, reply_markup=KEYBOARD)
    answer = ilze.sends("Jā.", reply_to=sent["message_id"])
    ilze.edits(answer.message_id, "Jā!")
    ilze.reacts(sent["message_id"], "👍")
    ilze.taps(sent["message_id"], "Jā")
    await ask.result("editMessageText", chat_id=STAFF, message_id=sent["message_id"], text="Atbildēts.")

    _, said, edited, reaction, tap = [
        next(value for key, value in update.items() if key != "update_id") for update in botapi.pending
    ]
    assert [thread] * 3 == [message["message_thread_id"] for message in (said, edited, tap["message"])]
    assert (sent["message_id"], "Jā!", "yes") == (
        edited["reply_to_message"]["message_id"],
        edited["text"],
        tap["data"],
    )
    assert (["👍"], 8, False) == (
        [one["emoji"] for one in reaction["new_reaction"]],
        reaction["user"]["id"],
        "message_thread_id" in reaction,
    )
    assert ["Atbildēts."] == [seen.text for seen in staff.in_topic(thread)]


async def test_reactions_in_a_group_are_told_to_administrators_only(botapi: Server, ask: Asker) -> None:
    """A bot that is a mere member hears of none, whatever kinds it asked for."""
    await ask.result("getUpdates", allowed_updates=["message", "message_reaction"])
    ilze = botapi.group(STAFF, admin=False).member(botapi.person(8, "Ilze"))
    ilze.reacts(ilze.sends("x").message_id, "👍")
    assert [["message"]] == [[key for key in update if key != "update_id"] for update in botapi.pending]


async def test_rights_in_the_staff_group(botapi: Server, ask: Asker) -> None:
    """An administrator takes rights away and the bot is told; its own topic it may still rename, others' it may not."""
    staff, ilze = botapi.group(STAFF), botapi.person(8, "Ilze")
    boss = staff.member(ilze, admin=True)
    theirs = boss.opens_topic("Juris")
    own = (await ask.result("createForumTopic", chat_id=STAFF, name="Anna"))["message_thread_id"]
    staff.lets_bot("delete_messages", by=ilze)
    me, chief = [await ask.result("getChatMember", chat_id=STAFF, user_id=user) for user in (botapi.world.me["id"], 8)]
    await ask.result("editForumTopic", chat_id=STAFF, message_thread_id=own, name="Anna, Cēsis")
    refused = await ask("closeForumTopic", chat_id=STAFF, message_thread_id=theirs)
    change = botapi.pending[-2]["my_chat_member"]

    assert [False, True] == [me["can_manage_topics"], me["can_delete_messages"]]
    assert ["administrator", True] == [chief["status"], chief["can_manage_topics"]]
    assert [True, False] == [change[f"{side}_chat_member"]["can_manage_topics"] for side in ("old", "new")]
    assert "Bad Request: not enough rights to close or open the topic" == refused["description"]
    await ask.result("deleteForumTopic", chat_id=STAFF, message_thread_id=theirs)
    with pytest.raises(ValueError, match="no right"):
        staff.lets_bot("fly", by=ilze)


async def test_a_closed_topic(botapi: Server, ask: Asker) -> None:
    """Only administrators go on writing in it, until somebody opens it again."""
    staff = botapi.group(STAFF)
    boss = staff.member(botapi.person(8, "Ilze"), admin=True)
    member = staff.member(botapi.person(9, "Jānis"))
    thread = boss.opens_topic("Anna")
    boss.closes_topic(thread)
    with pytest.raises(ValueError, match="closed"):
        member.sends("x", thread=thread)
    boss.sends("Slēdzu.", thread=thread)
    await ask.result("reopenForumTopic", chat_id=STAFF, message_thread_id=thread)
    assert thread == member.sends("x", thread=thread).message["message_thread_id"]


async def test_copies_and_forwards(botapi: Server, ask: Asker) -> None:
    """CopyMessages keeps an album together and leaves out what was deleted; a forward names its author."""
    anna, staff = botapi.person(7), botapi.group(STAFF)
    album = anna.sends_album([b"", b""], "Koki")
    gone = anna.sends("ak")
    anna.deletes(gone.message_id)
    ids = [one.message_id for one in [*album, gone]]
    copies = await ask.result("copyMessages", chat_id=STAFF, from_chat_id=7, message_ids=ids)
    forward = await ask.result("forwardMessage", chat_id=STAFF, from_chat_id=7, message_id=ids[0])

    first, second, _ = await staff.receives(3)
    assert len(copies) == 2
    assert first.raw["media_group_id"] == second.raw["media_group_id"] != album[0].message["media_group_id"]
    assert forward["forward_origin"]["sender_user"]["first_name"] == "Anna"
    protected = await ask.result("sendMessage", chat_id=7, text="x", protect_content=True)
    assert protected["has_protected_content"] is True


async def test_pins(botapi: Server, ask: Asker) -> None:
    """A pin is told to everybody, the bot included; unpinning without an id takes the latest."""
    botapi.person(7, started=True)
    ids = [(await ask.result("sendMessage", chat_id=7, text=text))["message_id"] for text in ("a", "b")]
    for message_id in ids:
        await ask.result("pinChatMessage", chat_id=7, message_id=message_id)
    assert botapi.pending[-1]["message"]["pinned_message"]["text"] == "b"
    assert (await ask.result("getChat", chat_id=7))["pinned_message"]["text"] == "b"
    await ask.result("unpinChatMessage", chat_id=7)
    assert botapi.person(7).pinned == ids[:1]


async def test_leaving_and_being_removed(botapi: Server, ask: Asker) -> None:
    """A group which the bot is not in is closed to it."""
    anna = botapi.person(7)
    other = botapi.group(STAFF - 1)
    await ask.result("leaveChat", chat_id=STAFF - 1)
    left = await ask("sendMessage", chat_id=other.id, text="x")
    botapi.group(STAFF).removes_bot(anna)
    removed = await ask("getChat", chat_id=STAFF)

    assert left["description"] == "Forbidden: bot is not a member of the supergroup chat"
    assert removed["description"] == "Forbidden: bot was kicked from the supergroup chat"
    assert botapi.pending[-1]["my_chat_member"]["old_chat_member"]["status"] == "administrator"


async def test_the_bots_profile(botapi: Server, ask: Asker) -> None:
    """Commands are kept by scope and language, descriptions by language with a fallback."""
    start = [{"command": "start", "description": "Sākt"}]
    english = [{"command": "start", "description": "Begin"}]
    await ask.result("setMyCommands", commands=start)
    await ask.result("setMyCommands", commands=english, language_code="en")
    await ask.result("setMyCommands", commands=[], scope={"type": "all_private_chats"})
    await ask.result("setMyDescription", description="Palīdzu")
    await ask.result("setMyShortDescription", short_description="Koki", language_code="lv")

    assert await ask.result("getMyCommands") == start
    assert await ask.result("getMyCommands", language_code="en") == english
    assert botapi.commands("en") == english
    assert botapi.commands(scope={"type": "all_private_chats"}) == []
    assert await ask.result("getMyDescription", language_code="en") == {"description": "Palīdzu"}
    assert await ask.result("getMyShortDescription") == {"short_description": ""}
    me = await ask.result("getMe")
    assert (me["is_bot"], me["username"]) == (True, "koku_paligs_bot")
    assert (await ask.result("getChatMember", chat_id=botapi.group(STAFF).id, user_id=me["id"]))["can_manage_topics"]
