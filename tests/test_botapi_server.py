"""The server as a tool: waiting, the fixture's verdict, the control API of its own process, the reduced table."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.botapi import Server, Slow
from tests.botapi.asking import Asker
from tests.botapi.reduce import reduce
from tests.botapi.spec import methods

pytest_plugins = ["tests.botapi.fixtures", "pytester"]

ROOT = Path(__file__).parents[1]


async def test_waiting_returns_each_message_once(botapi: Server, ask: Asker) -> None:
    """receives() goes on where it stopped; sees() finds edits too; both tell what is there when they give up."""
    anna = botapi.person(7, started=True)
    for text in ("viens", "divi", "trīs"):
        sent = await ask.result("sendMessage", chat_id=7, text=text)

    assert [seen.text for seen in await anna.receives(2)] == ["viens", "divi"]
    assert [seen.text for seen in await anna.receives()] == ["trīs"]
    with pytest.raises(TimeoutError, match=r"0 of 1 messages within 0\.01 s; chat: .*trīs"):
        await anna.receives(timeout=0.01)
    later = asyncio.create_task(anna.sees("četri"))
    await ask.result("editMessageText", chat_id=7, message_id=sent["message_id"], text="četri")
    assert (await later).message_id == sent["message_id"]
    with pytest.raises(TimeoutError, match=r"last calls: .*editMessageText 200"):
        await botapi.wait_for(lambda: False, timeout=0.01)
    await anna.stays_quiet(0.01)
    loud = asyncio.create_task(anna.stays_quiet(5))
    await asyncio.sleep(0)
    await ask.result("sendMessage", chat_id=7, text="pieci")
    with pytest.raises(AssertionError, match="pieci"):
        await loud


def test_the_fixture_fails_a_bot_that_hides_its_mistakes(pytester: pytest.Pytester) -> None:
    """A test whose bot broke a rule fails at its end even though the bot swallowed the error."""
    options = f"pythonpath = {ROOT}\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function"
    pytester.makeini(f"[pytest]\n{options}")
    pytester.makepyfile(
        """
        pytest_plugins = ["tests.botapi.fixtures"]

        async def test_bad(botapi, ask):
            await ask("sendMessage", chat_id=7, text="x", colour="green")

        async def test_good(botapi, ask):
            await ask("getMe")
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*sendMessage.colour: unknown parameter*"])


async def test_a_process_of_its_own(tmp_path: Path) -> None:
    """Started by itself the server obeys the control API, keeps a journal and ends at SIGTERM."""
    journal = tmp_path / "calls.jsonl"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.botapi", "--journal", str(journal)), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout
    url = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()
    try:
        async with ClientSession(url) as session:

            async def sim(verb: str, path: str, /, **body: object) -> object:
                async with session.request(verb, f"/sim/{path}", json=body or None) as response:
                    return await response.json()

            await sim("POST", "person/7", first_name="Zane")
            await sim("POST", "person/7/sends", text="Labdien!")
            await sim("POST", "group/-100", title="Darbinieki")
            await sim("POST", "group/-100/member/7/sends", text="Kolēģi!")
            await sim("POST", "faults", kind="TooManyRequests", args=[5], method="sendMessage")
            await sim("POST", "latency", seconds=0)
            api = "/bot4200000:AAH-strict-loopback-bot-api-for-tests"
            codes = []
            for _ in range(2):
                async with session.post(f"{api}/sendMessage", json={"chat_id": 7, "text": "Sveiki!"}) as response:
                    codes.append(response.status)
            async with session.post(f"{api}/getUpdates") as response:
                updates = (await response.json())["result"]
            inbox = await sim("GET", "person/7")
            calls = await sim("GET", "calls?since=1")
            clean = await sim("GET", "violations")
            unknown = await sim("POST", "person/7/flies")
    finally:
        os.kill(process.pid, signal.SIGTERM)
        code = await asyncio.wait_for(process.wait(), 10)

    assert codes == [429, 200]
    assert [update["message"]["text"] for update in updates] == ["Labdien!", "Kolēģi!"]
    assert updates[0]["message"]["from"]["first_name"] == "Zane"
    assert isinstance(inbox, dict)
    assert [seen["text"] for seen in inbox["inbox"]] == ["Sveiki!"]
    assert isinstance(calls, list)
    assert [call["method"] for call in calls] == ["sendMessage", "getUpdates"]
    assert (clean, unknown) == ([], {"error": "LookupError: nobody can do flies"})
    assert [json.loads(line)["code"] for line in journal.read_text(encoding="utf-8").splitlines()] == [429, 200, 200]
    assert code == 0


_CHILD = """
import asyncio, sys, aiohttp
async def main(url):
    offset = 0
    async with aiohttp.ClientSession() as http:
        while True:
            async with http.post(url + "/getUpdates", json={"offset": offset, "timeout": 50}) as answer:
                updates = (await answer.json())["result"]
            for update in updates:
                said = update["message"]
                echo = {"chat_id": said["chat"]["id"], "text": said["text"]}
                async with http.post(url + "/sendMessage", json=echo) as answer:
                    await answer.read()
                offset = update["update_id"] + 1
asyncio.run(main(sys.argv[1]))
"""


async def test_a_bot_in_a_child_process_is_killed_and_started_again(botapi: Server) -> None:
    """State survives the bot: what it had not confirmed when it was killed comes again to its successor."""

    async def start() -> asyncio.subprocess.Process:
        url = f"{botapi.base_url}{botapi.token}"
        return await asyncio.create_subprocess_exec(sys.executable, "-c", _CHILD, url)

    anna = botapi.person(7)
    anna.sends("viens")
    botapi.faults.add(kind=Slow(30), method="sendMessage")  # it is killed while it waits for this answer
    bot = await start()
    await anna.receives(timeout=20)
    bot.kill()
    await bot.wait()
    anna.sends("divi")
    bot = await start()
    received = [seen.text for seen in await anna.receives(2, timeout=20)]
    await botapi.wait_for(lambda: not botapi.pending)
    bot.kill()
    await bot.wait()

    assert received == ["viens", "divi"]
    assert botapi.refusals == []


def test_the_table_knows_every_method() -> None:
    """The table holds all methods of Bot API 10.3, with the limits which the product relies upon."""
    known = methods()
    assert len(known) == 185
    text, data = known["sendmessage"].fields["text"], known["answercallbackquery"].fields["text"]
    assert text.required
    assert text.limit
    assert data.limit
    assert (text.limit.least, text.limit.most, text.limit.unit) == (1, 4096, "parsed")
    assert (data.limit.most, data.limit.unit) == (200, "characters")


def test_reducing_keeps_facts_and_drops_prose() -> None:
    """Types, required flags, enumerations and limits stay; descriptions go."""

    def field(name: str, kind: str, description: str, *, required: bool = False) -> dict[str, object]:
        return {"name": name, "types": [kind], "required": required, "description": description}

    fields = [
        field("text", "String", "Text of it, 1-64 characters after entities parsing", required=True),
        field("limit", "Number", "Values between 1-100 are accepted"),
        field("latitude", "Number", "Where"),
        field("tags", "Array of Tag", "At most 5 tags"),
    ]
    tag = {"name": "Tag", "subtypes": ["String"], "enum": ["a", "b"]}
    update = {"name": "Update", "fields": [field("update_id", "Number", ""), field("message", "Message", "")]}
    source = {
        "version": "v10.3 (2026)",
        "methods": {"plant": {"name": "plant", "fields": fields}},
        "types": {"Tag": tag, "Update": update},
    }
    expected = {
        "version": "10.3",
        "updates": ["message"],
        "methods": {
            "plant": {
                "text": "string! 1-64 parsed",
                "limit": "integer 1-100 value",
                "latitude": "number",
                "tags": "[Tag] 0-5 items",
            }
        },
        "types": {"Tag": "=a|=b"},
    }
    assert expected == reduce(source)
