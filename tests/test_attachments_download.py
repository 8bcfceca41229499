"""Downloading from Telegram: what is final, what may go well later, and where reading stops."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.telegram import TelegramChannel
from bot.messages import FetchError

_TOKEN = "42:secret"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(eq=False)
class Files:
    """A file server whose answers a test decides. `sent` counts the bytes that it got rid of."""

    channel: TelegramChannel
    answer: Answer | None = None
    path: str = "documents/file_1.jpg"
    sent: int = 0


@pytest.fixture
async def files() -> AsyncIterator[Files]:
    """Return a server that has one file, and a channel that asks it."""

    async def get_file(_: web.Request) -> web.Response:
        found = {"file_id": "id", "file_unique_id": "unique", "file_path": there.path}
        return web.json_response({"ok": True, "result": found})

    async def download(request: web.Request) -> web.StreamResponse:
        assert there.answer is not None
        return await there.answer(request)

    app = web.Application()
    app.router.add_route("*", f"/bot{_TOKEN}/getFile", get_file)
    app.router.add_get(f"/file/bot{_TOKEN}/documents/file_1.jpg", download)
    async with TestServer(app) as server:
        there = Files(TelegramChannel(_TOKEN, str(server.make_url(""))))
        yield there
        await there.channel.bot.request.shutdown()


async def test_a_file_is_read_whole(files: Files) -> None:
    """What fits the limit exactly is handed over byte for byte."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"0123456789")

    files.answer = answer
    assert b"0123456789" == await files.channel.fetch("id", 10)


async def test_reading_stops_at_the_limit(files: Files) -> None:
    """Of an endless file no more is read than the limit, and it is refused for good."""

    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        while True:
            await stream.write(bytes(64 * 1024))
            files.sent += 64 * 1024

    files.answer = answer
    with pytest.raises(FetchError) as raised:
        await files.channel.fetch("id", 1_000_000)
    assert ("too_big", False) == (raised.value.reason, raised.value.again)
    assert files.sent < 20_000_000


@pytest.mark.parametrize(("status", "again"), [(404, False), (401, True), (429, True), (500, True), (502, True)])
async def test_only_a_missing_file_is_final(files: Files, status: int, again: bool) -> None:  # noqa: FBT001 - a table
    """404 will not become anything else; every other status may."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    files.answer = answer
    with pytest.raises(FetchError) as raised:
        await files.channel.fetch("id", 100)
    assert again == raised.value.again


async def test_a_download_that_breaks_off_is_tried_again(files: Files) -> None:
    """Half a picture is no picture: fewer bytes than promised are an error, not a short file."""

    async def answer(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Length": "1000"})
        await stream.prepare(request)
        await stream.write(bytes(500))
        assert request.transport is not None
        request.transport.close()
        return stream

    files.answer = answer
    with pytest.raises(FetchError) as raised:
        await files.channel.fetch("id", 2000)
    assert raised.value.again
    assert "secret" not in raised.value.reason


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    """No connection is the commonest fault of all, and it passes."""
    channel = TelegramChannel(_TOKEN, "http://127.0.0.1:9")
    with pytest.raises(FetchError) as raised:
        await channel.fetch("id", 100)
    assert raised.value.again
    await channel.bot.request.shutdown()


async def test_a_server_on_this_machine_hands_out_paths(files: Files, tmp_path: Path) -> None:
    """A Bot API server that was started with --local answers with a path on its disk; the limit holds there too."""
    kept = tmp_path / "file_1.jpg"
    kept.write_bytes(b"0123456789")
    files.path = str(kept)
    assert b"0123456789" == await files.channel.fetch("id", 10)
    with pytest.raises(FetchError) as raised:
        await files.channel.fetch("id", 9)
    assert ("too_big", False) == (raised.value.reason, raised.value.again)
