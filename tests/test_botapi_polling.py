"""getUpdates: what it returns, what its offset confirms, whom it conflicts with, and what grows too old."""

import asyncio
from typing import Any

import pytest

from tests.botapi import Server
from tests.botapi.asking import Asker

pytest_plugins = ["tests.botapi.fixtures"]


def _ids(updates: list[dict[str, Any]]) -> list[int]:
    return [update["update_id"] for update in updates]


async def test_an_offset_confirms_what_is_below_it(botapi: Server, ask: Asker) -> None:
    """Updates come again until an offset above them; a negative one keeps only the last."""
    anna = botapi.person(7)
    first, second, third = (anna.sends(text).update_id for text in ("viens", "divi", "trīs"))

    assert _ids(await ask.result("getUpdates")) == [first, second, third]
    assert _ids(await ask.result("getUpdates", limit=1)) == [first]
    assert _ids(await ask.result("getUpdates", offset=second)) == [second, third]
    assert _ids(await ask.result("getUpdates", offset=-1)) == [third]
    assert _ids(await ask.result("getUpdates", offset=third + 1)) == []
    assert botapi.pending == []


async def test_a_long_poll_ends_with_the_next_update(botapi: Server, ask: Asker) -> None:
    """A waiting getUpdates answers as soon as there is something."""
    poll = asyncio.create_task(ask.result("getUpdates", timeout=30))
    await botapi.wait_for(lambda: botapi.world.updates.is_polled)
    sent = botapi.person(7).sends("Labdien!")

    assert _ids(await asyncio.wait_for(poll, 2)) == [sent.update_id]


async def test_a_second_poll_ends_the_first(botapi: Server, ask: Asker) -> None:
    """Two bots on one token get 409, as does a poll when a webhook is set, before or meanwhile."""

    async def poll() -> dict[str, Any]:
        return await ask("getUpdates", timeout=30)

    first = asyncio.create_task(poll())
    await botapi.wait_for(lambda: botapi.world.updates.is_polled)
    second = asyncio.create_task(poll())
    ended = await asyncio.wait_for(first, 2)
    await botapi.wait_for(lambda: botapi.world.updates.is_polled)
    await ask.result("setWebhook", url="https://bots.lv/hook")
    also_ended = await asyncio.wait_for(second, 2)
    refused = await ask("getUpdates")

    expected = [
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        "Conflict: terminated by setWebhook request",
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    ]
    assert expected == [answer["description"] for answer in (ended, also_ended, refused)]
    assert {409} == {answer["error_code"] for answer in (ended, also_ended, refused)}
    assert len(botapi.refusals) == 3


async def test_kinds_of_updates(botapi: Server, ask: Asker) -> None:
    """By default reactions are left out; a list brings exactly its kinds and stays; an empty list restores."""
    anna = botapi.person(7)
    message = anna.sends("viens").message_id
    anna.reacts(message, "👍")
    updates = await ask.result("getUpdates", offset=-10, allowed_updates=["message_reaction"])
    assert [set(update) - {"update_id"} for update in updates] == [{"message"}]
    anna.reacts(message, None)
    anna.sends("divi")
    await ask.result("getUpdates", offset=updates[-1]["update_id"] + 1)
    [reaction] = botapi.pending
    assert reaction["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert reaction["message_reaction"]["new_reaction"] == []
    await ask.result("getUpdates", offset=reaction["update_id"] + 1, allowed_updates=[])
    anna.sends("trīs")
    assert [update["message"]["text"] for update in botapi.pending] == ["trīs"]


async def test_what_grows_too_old(botapi: Server, ask: Asker) -> None:
    """A tap waits 150 seconds for the bot, a message a day; then nobody gets them."""
    anna = botapi.person(7)
    anna.sends("viens")
    keyboard = {"inline_keyboard": [[{"text": "Jā", "callback_data": "yes"}]]}
    await ask.result("sendMessage", chat_id=7, text="Jā?", reply_markup=keyboard)
    tap = anna.taps(None, "Jā")

    botapi.advance(151)
    assert [set(update) - {"update_id"} for update in await ask.result("getUpdates")] == [{"message"}]
    botapi.advance(86_400)
    assert await ask.result("getUpdates") == []
    assert len(botapi.world.updates.dropped) == 2
    late = await ask("answerCallbackQuery", callback_query_id=tap.callback_id)
    assert late["description"].startswith("Bad Request: query is too old")
    assert [finding.method for finding in botapi.refusals] == ["answerCallbackQuery"]


async def test_update_ids_may_start_again_lower(botapi: Server, ask: Asker) -> None:
    """After an idle week Telegram counts from elsewhere; an old offset then confirms nothing it should not."""
    anna = botapi.person(7)
    high = anna.sends("viens").update_id
    await ask.result("getUpdates", offset=high + 1)
    botapi.world.updates.next_id = 5
    anna.sends("divi")

    assert _ids(await ask.result("getUpdates")) == [5]


async def test_poison_reaches_the_bot_as_it_is(botapi: Server, ask: Asker) -> None:
    """push() lets anything through, with an id of its own or the next one."""
    sent = botapi.push({"message": {"nonsense": True}})
    botapi.push({"update_id": 9, "from_the_future": 1})

    expected = [{"update_id": sent.update_id, "message": {"nonsense": True}}, {"update_id": 9, "from_the_future": 1}]
    assert expected == await ask.result("getUpdates")
    with pytest.raises(ValueError, match="waits already"):
        botapi.push({"update_id": 9, "message": {}})
