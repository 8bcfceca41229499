"""Staff in transcripts: their lines are played in the group's topics, and what the bot does there is written down."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.delivery import outbox
from bot.delivery.outbox import Lane, deliveries
from bot.messages import Address, Button, Destination, Outbound
from tests.botapi import Server
from tests.transcripts.clock import MovedClock
from tests.transcripts.email_stage import EmailStage
from tests.transcripts.play import play
from tests.transcripts.script import COLLEAGUES, Step, rewrite, write
from tests.transcripts.stage import RecordingChannel, Stage
from tests.transcripts.telegram_stage import TelegramStage

_ILZE, _JANIS, *_ = COLLEAGUES
_GROUP = Address("telegram", "-1001000500")
_ANNA = Address("telegram", "4711")


class _Play:
    """A stage, and a bot that does in its group what the test wants: the desk's part, by the outbox."""

    def __init__(self, stage: TelegramStage, server: Server) -> None:
        self.stage = stage
        self.server = server
        self.group = server.group(int(_GROUP.ident))
        self.anna = server.person(int(_ANNA.ident))

    async def sends(self, *messages: Outbound, topic: int | None = None, chat: Address = _GROUP) -> str:
        """Send messages into a topic; return what a transcript shows of it."""
        thread = str(topic) if topic else ""
        now = self.stage.clock.now()
        await self.stage.app.database.write(
            lambda tx: outbox.enqueue(
                tx, list(messages), chat=chat, thread=thread, now=now, contact_id=None, lane=Lane.NOTICE
            )
        )
        return write(await self.stage.waits_until_due())

    async def opens(self, name: str, icon: str = "") -> int:
        """Open a topic; return its thread."""
        await self.sends(Outbound(kind="topic_open", text=name, icon=icon))
        return max(self.group.topics)

    async def staff(self, line: str, sign: str = _ILZE) -> list[Step]:
        """Play a line of staff."""
        return await self.stage.staff_says(sign, line)

    def said(self) -> list[tuple[str, str, str]]:
        """Return what staff have written: in which topic, what, in reply to what of the bot."""
        people = [message for message in self.group.messages() if not message["from"]["is_bot"]]
        topics = self.group.topics
        return [
            (
                topics[message["message_thread_id"]].name if "message_thread_id" in message else "",
                message.get("text") or message.get("caption", ""),
                message.get("reply_to_message", {}).get("text", ""),
            )
            for message in people
        ]


@pytest.fixture
async def scene(sqlite_url: str, tmp_path: Path, botapi: Server) -> AsyncIterator[_Play]:
    """Return a play on an empty database."""
    script = rewrite(tmp_path / "empty.txt", "")
    stage = TelegramStage(sqlite_url, tmp_path, MovedClock(script.start), botapi)
    await stage.opens()
    yield _Play(stage, botapi)
    await stage.closes()


async def test_what_the_bot_does_in_topics_is_written_down(scene: _Play) -> None:
    """A topic that is opened, what is written there and changed, its new name and icon, and its end."""
    assert "📋 #12 Anna ▸ (atvērts ❗️)\n" == await scene.sends(Outbound(kind="topic_open", text="#12 Anna", icon="❗️"))
    [thread] = scene.group.topics
    rows = ((Button(label="Ņemt", data="c:1"), Button(label="Piezīme", data="c:2")),)
    shown = await scene.sends(
        Outbound(text="Vai ozolus drīkst\nstādīt?", rows=rows), Outbound(text="Divi"), topic=thread
    )
    assert ("📋 #12 Anna ▸ Vai ozolus drīkst\n   stādīt?\n   [Ņemt] [Piezīme]\n📋 #12 Anna ▸ Divi\n") == shown
    first, second = (str(seen.message_id) for seen in scene.group.in_topic(thread))
    assert (
        "📋 #12 Anna · Ilze ▸ (pārdēvēts, ikona ✅)\n"
        "📋 #12 Anna · Ilze ▸ ✏️ Drīkst.\n"
        "📋 #12 Anna · Ilze ▸ ✖ „Divi”\n"
        "📋 #12 Anna · Ilze ▸ (aizvērts)\n"
    ) == await scene.sends(
        Outbound(kind="edit", text="Drīkst.", target_ref=first),
        Outbound(kind="delete", target_ref=second),
        Outbound(kind="topic_edit", text="#12 Anna · Ilze", icon="✅"),
        Outbound(kind="topic_close"),
        topic=thread,
    )
    assert "📋 #12 Anna · Ilze ▸ (dzēsts)\n" == await scene.sends(Outbound(kind="topic_delete"), topic=thread)
    assert "📋 Šodien jāatbild: 7\n" == await scene.sends(Outbound(text="Šodien jāatbild: 7"))


async def test_staff_write_into_the_newest_topic_or_where_they_say(scene: _Play) -> None:
    """Without a topic into the group; a number names its topic and none that begins alike; two people may write."""
    await scene.staff("Labrīt!")
    for name in ("#1 Anna", "#12 Juris"):
        await scene.opens(name)
    await scene.staff("Piezīme")
    await scene.staff("#1 Zvanīju.", _JANIS)
    await scene.staff("⌂ /manas")
    await scene.staff("#12 📷📷 Divi ozoli")
    await scene.staff("✏️ Trīs ozoli", _ILZE)
    assert [
        ("", "Labrīt!", ""),
        ("#12 Juris", "Piezīme", ""),
        ("#1 Anna", "Zvanīju.", ""),
        ("", "/manas", ""),
        ("#12 Juris", "Divi ozoli", ""),
        ("#12 Juris", "Trīs ozoli", ""),
    ] == scene.said()
    with pytest.raises(LookupError, match="no topic #2"):
        await scene.staff("#2 Labdien!")


async def test_staff_reply_to_what_was_mirrored_last(scene: _Play) -> None:
    """Whatever the bot wrote after it; or to the message whose words they quote. An edit changes their own last one."""
    thread = await scene.opens("#1 Anna")
    said = [Outbound(text=text) for text in ("Vai drīkst ozolus?", "👤 Un liepas?", "⏳ Ilze: Labi.")]
    await scene.sends(*said, topic=thread)
    await scene.staff("↩ Liepas jā.")
    await scene.staff("↩ „ozolus” Ozolus arī.")
    await scene.staff("✏️ Ozolus noteikti.")
    assert [
        ("#1 Anna", "Liepas jā.", "👤 Un liepas?"),
        ("#1 Anna", "Ozolus noteikti.", "Vai drīkst ozolus?"),
    ] == scene.said()
    with pytest.raises(LookupError, match="„kļavas”"):
        await scene.staff("↩ „kļavas” Nē.")


async def test_staff_press_buttons_and_react(scene: _Play) -> None:
    """A tap reaches the bot, which has to answer it; a button or a message that is not there stops the play."""
    thread = await scene.opens("#1 Anna")
    await scene.sends(Outbound(text="Jauns", rows=((Button(label="Ņemt", data="c:1"),),)), topic=thread)
    assert [] == await scene.staff("[Ņemt]")
    assert [] == await scene.staff("⊕ 👍 „Jauns”")
    assert [] == await scene.staff("⊖")
    outcomes = [await scene.staff(line) for line in ("⊕ ❤", "✖")]
    assert ([[], []], {}) == (outcomes, scene.group.topics)
    await scene.opens("#2 Juris")
    for line in ("[Ņemt]", "⊕ 👍"):
        with pytest.raises(LookupError, match="the bot has written nothing with"):
            await scene.staff(line)


async def test_reactions_of_the_bot_are_written_down(scene: _Play) -> None:
    """In a topic and on the person's phone, with the message they are put on."""
    thread = await scene.opens("#1 Anna")
    await scene.staff("Zvanīju viņai vakar, un viņa zvanīs man otrdien")
    own = scene.group.messages()[-1]["message_id"]
    assert "📋 #1 Anna ▸ ⊕ 👍 „Zvanīju viņai vakar, un viņa zvanīs man …”\n" == await scene.sends(
        Outbound(kind="reaction", text="👍", target_ref=str(own)), topic=thread
    )
    assert "📋 #1 Anna ▸ ⊖ „Zvanīju viņai vakar, un viņa zvanīs man …”\n" == await scene.sends(
        Outbound(kind="reaction", target_ref=str(own)), topic=thread
    )
    await scene.stage.says("Paldies!")
    hers = next(message for message in scene.anna.messages() if message.get("text") == "Paldies!")
    reaction = Outbound(kind="reaction", text="❤", target_ref=str(hers["message_id"]))
    assert "🤖 ⊕ ❤ „Paldies!”\n" == await scene.sends(reaction, chat=_ANNA)


async def test_staff_may_speak_to_the_bot_in_private(scene: _Play) -> None:
    """An invitation is a link into one's own chat with the bot; what it answers there carries the name."""
    steps = await scene.staff("✉ /start", _JANIS)
    assert ["📋"] == [step.sign for step in steps]
    assert steps[0].text.startswith("✉ Jānis ▸ Labdien!")


async def test_lines_of_staff_are_played_with_those_of_the_person(scene: _Play, tmp_path: Path) -> None:
    """A transcript with staff reads back as it is written; time passes after their lines as after the person's."""
    await scene.opens("#1 Anna")
    text = "👩‍💼 Zvanīju.\n   Rīt vēlreiz.\n👨‍💼 ⚡ Labi.\n👩‍💼 #1 ↩ „x” y\n"
    script = rewrite(tmp_path / "a.telegram.txt", text)
    before = scene.stage.clock.now()
    with pytest.raises(LookupError) as raised:
        await play(script, scene.stage)
    assert [text] == raised.value.__notes__
    assert [("#1 Anna", "Zvanīju.\nRīt vēlreiz.", ""), ("#1 Anna", "Labi.", "")] == scene.said()
    assert 5.0 == (scene.stage.clock.now() - before).total_seconds()


async def test_the_person_replies_and_reacts_too(scene: _Play) -> None:
    """To our last message, or to the one whose words they quote; the bot hears of both."""
    await scene.stage.says("Labdien!")
    await scene.sends(Outbound(text="Ilze: drīkst."), Outbound(text="Vai vēl kas?"), chat=_ANNA)
    await scene.stage.says("⊕ ❤ „Ilze”")
    await scene.stage.says("↩ „Ilze” Paldies, viss skaidrs!")
    reaction, reply = [call.result for call in scene.server.calls_of("getUpdates") if call.result][-2:]
    assert ["❤"] == [one["emoji"] for one in reaction[0]["message_reaction"]["new_reaction"]]
    assert ("Paldies, viss skaidrs!", "Ilze: drīkst.") == (
        reply[0]["message"]["text"],
        reply[0]["message"]["reply_to_message"]["text"],
    )


async def test_staff_write_beside_a_correspondence(sqlite_url: str, tmp_path: Path, botapi: Server) -> None:
    """The person writes letters, staff have their group: a case that a letter opens is told there, over a restart."""
    script = rewrite(
        tmp_path / "a.email.txt", "👤 ✉ Jautājums\n   Gribu runāt ar cilvēku\n👩‍💼 ↩ Zvanīšu.\n🔁\n👩‍💼 Zvanīju.\n"
    )
    stage = EmailStage(sqlite_url, tmp_path, MovedClock(script.start), botapi)
    await stage.opens()
    played = (await play(script, stage)).split("\n")
    await stage.closes()
    told = next(at for at, line in enumerate(played) if line.startswith("📋 #1"))
    assert told < next(at for at, line in enumerate(played) if line.startswith("🤖"))
    messages = botapi.group(int(_GROUP.ident)).messages()
    replied, said = [message for message in messages if not message["from"]["is_bot"]]
    assert ("Zvanīšu.", True, "Zvanīju.") == (
        replied["text"],
        "text" in replied["reply_to_message"],
        said["text"],
    )


async def test_on_the_other_stages_topics_are_told_alike() -> None:
    """Without a server what the bot does in topics reads as it does with one; a copy shows what was said."""
    channel = RecordingChannel("chat")
    channel.said["m1"] = "Vai drīkst ozolus?"
    group = Destination(chat=Address("telegram", "-100500"))
    thread = await channel.send(group, Outbound(kind="topic_open", text="#1 Anna &amp; Jānis", icon="❗️"))
    for message in (
        Outbound(text="Kas ņem?", rows=((Button(label="Ņemt", data="c:1"),),)),
        Outbound(kind="copy", source=("1", "m1")),
        Outbound(kind="edit", text="Ilze.", target_ref="1"),
        Outbound(kind="reaction", text="👍", target_ref="1"),
        Outbound(kind="topic_edit", icon="✅"),
        Outbound(kind="topic_edit", text="#1 Anna · Ilze"),
        Outbound(kind="topic_close"),
    ):
        await channel.send(replace(group, thread=thread), message)
    await channel.send(group, Outbound(text="Šodien jāatbild: 7"))
    assert (
        "📋 #1 Anna & Jānis ▸ (atvērts ❗️)\n"
        "📋 #1 Anna & Jānis ▸ Kas ņem?\n   [Ņemt]\n"
        "📋 #1 Anna & Jānis ▸ Vai drīkst ozolus?\n"
        "📋 #1 Anna & Jānis ▸ ✏️ Ilze.\n"
        "📋 #1 Anna & Jānis ▸ ⊕ 👍\n"
        "📋 #1 Anna & Jānis ▸ (ikona ✅)\n"
        "📋 #1 Anna · Ilze ▸ (pārdēvēts)\n"
        "📋 #1 Anna · Ilze ▸ (aizvērts)\n"
        "📋 Šodien jāatbild: 7\n"
    ) == write(channel.heard)


async def test_what_the_outbox_has_opened_is_known_by_its_thread(scene: _Play) -> None:
    """The delivery of a topic holds the thread, that of a copied album the ids of all its pictures."""
    thread = await scene.opens("#1 Anna")
    await scene.stage.says("📷📷")
    photos = [str(message["message_id"]) for message in scene.anna.messages() if "photo" in message]
    shown = await scene.sends(Outbound(kind="copy", source=(_ANNA.ident, *photos)), topic=thread)
    query = sa.select(deliveries.c.message_ref).where(deliveries.c.chat == str(_GROUP)).order_by(deliveries.c.id)
    refs = await scene.stage.app.database.read(lambda tx: list(tx.execute(query).scalars()))
    copies = [str(seen.message_id) for seen in scene.group.in_topic(thread)]
    assert "📋 #1 Anna ▸ 📷\n📋 #1 Anna ▸ 📷\n" == shown
    assert [str(thread), ",".join(copies)] == refs


async def test_without_a_group_there_is_no_staff(sqlite_url: str, tmp_path: Path) -> None:
    """On the other stages such a line says which stage plays it."""
    script = rewrite(tmp_path / "a.txt", "👩‍💼 Labrīt!\n")
    stage = Stage(sqlite_url, tmp_path, MovedClock(script.start))
    with pytest.raises(LookupError, match="telegram"):
        await play(script, stage)
    await stage.closes()
