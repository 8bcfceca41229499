"""HTTP/1.1, as much of it as the bench needs: server and client on asyncio's protocols, to cost little beside a bot."""

import asyncio
import re
from collections.abc import Callable

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_CHUNKED = re.compile(rb"(?i)\r\ntransfer-encoding: *chunked")
_END = b"\r\n\r\n"

Answer = Callable[[bytes], None]  # sends the JSON body that a request is answered with
Handle = Callable[[str, bytes, Answer], None]  # method of the Bot API, body, how to answer


class Connection(asyncio.Protocol):
    """A bot's connection to the Bot API. Requests are answered in the order in which `handle` does so."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._read = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:  # noqa: D102
        self._read += data
        while message := _take(self._read):
            head, body, self._read = message
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            self._handle(path.rpartition(b"/")[2].decode(), body, self._answer)

    def _answer(self, body: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            self._transport.write(head + body)


class Line(asyncio.Protocol):
    """One of Telegram's connections to a webhook: an update at a time."""

    def __init__(self) -> None:
        self._read = b""
        self._transport: asyncio.Transport | None = None
        self._answered: asyncio.Future[int] | None = None

    async def post(self, path: str, secret: str, body: bytes) -> int:
        """Deliver an update and return the status it is answered with; 0 when the connection was closed instead."""
        if self._transport is None or self._transport.is_closing():
            return 0
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(
            b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"X-Telegram-Bot-Api-Secret-Token: %s\r\nContent-Length: %d\r\n\r\n"
            % (path.encode(), secret.encode(), len(body))
            + body
        )
        return await self._answered

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:  # noqa: D102
        self._read += data
        if message := _take(self._read):
            head, _, self._read = message
            self._resolve(int(head[9:12]))

    def connection_lost(self, _: Exception | None) -> None:  # noqa: D102
        self._resolve(0)

    def _resolve(self, status: int) -> None:
        if self._answered and not self._answered.done():
            self._answered.set_result(status)


def _take(read: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Split what was read into the head and body of the first message and the rest; None while it is not whole."""
    end = read.find(_END)
    if end < 0:
        return None
    head, start = read[:end], end + len(_END)
    length = _LENGTH.search(head)
    if _CHUNKED.search(head):
        raise NotImplementedError("no bot of the bench sends in chunks")
    stop = start + (int(length[1]) if length else 0)
    return (head, read[start:stop], read[stop:]) if len(read) >= stop else None
