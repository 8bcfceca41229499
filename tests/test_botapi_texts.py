"""Lengths are counted after parsing in UTF-16 units, and messages come back as Telegram makes them."""

import pytest

from tests.botapi import Server
from tests.botapi.asking import Asker

pytest_plugins = ["tests.botapi.fixtures"]


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("a" * 4096, True),
        ("ā" * 4096, True),
        ("🌳" * 2048, True),
        ("🌳" * 2048 + "a", False),
        ("<b>" + "a" * 4096 + "</b>", True),
        ("&amp;" * 4096, True),
        ("&amp;" * 4097, False),
        ("  " + "a" * 4096 + "\n", True),
    ],
)
async def test_the_longest_text(
    lenient_botapi: Server,
    ask_lenient: Asker,
    text: str,
    accepted: bool,  # noqa: FBT001
) -> None:
    """4096 units after parsing pass, one more does not; markup and outer white space do not count."""
    lenient_botapi.person(7, started=True)

    answer = await ask_lenient("sendMessage", chat_id=7, text=text, parse_mode="HTML")

    assert accepted == answer["ok"]
    assert accepted == (not lenient_botapi.violations)


async def test_text_comes_back_trimmed_with_entities_moved(botapi: Server, ask: Asker) -> None:
    """White space at both ends goes, entities move along, and links and commands are found."""
    botapi.person(7, started=True)
    sent = await ask.result("sendMessage", chat_id=7, text="\n 🌳 <b>/start </b> a@b.lv ", parse_mode="HTML")

    assert sent["text"] == "🌳 /start  a@b.lv"
    found = [(entity["type"], entity["offset"], entity["length"]) for entity in sent["entities"]]
    assert found == [("bold", 3, 7), ("bot_command", 3, 6), ("email", 11, 6)]


async def test_a_sent_message_is_complete(botapi: Server, ask: Asker) -> None:
    """The bot gets a full Message: chat, itself as sender, date, the message replied to, inline buttons only."""
    anna = botapi.person(7, username="anna_k")
    question = anna.sends("Kur koki aug?")
    keyboard = {"inline_keyboard": [[{"text": "Karte", "url": "https://mapmytree.eu"}]]}
    reply = {"message_id": question.message_id, "quote": "koki"}
    sent = await ask.result("sendMessage", chat_id=7, text="Ogrē", reply_parameters=reply, reply_markup=keyboard)
    typed = await ask.result("sendMessage", chat_id="7", text="A?", reply_markup={"keyboard": [["A", {"text": "B"}]]})

    assert sent["chat"] == {"id": 7, "type": "private", "first_name": "Anna", "username": "anna_k"}
    assert sent["from"] == botapi.world.me
    assert sent["reply_to_message"]["text"] == "Kur koki aug?"
    assert sent["quote"] == {"text": "koki", "position": 4, "is_manual": True}
    assert sent["reply_markup"] == keyboard
    assert "reply_markup" not in typed
    assert [[button.text for button in row] for row in anna.keyboard] == [["A", "B"]]
