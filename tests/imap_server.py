"""An IMAP server of a few lines that answers what it is told to: for what no good server does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def answering(
    answer: Callable[[str], bytes],
    greeting: bytes = b"* OK ready\r\n",
    login: bytes = b"TAG OK in\r\n",
    capabilities: bytes = b"IMAP4rev1 IDLE",
    flags: bytes = b"",
) -> AsyncIterator[str]:
    """Run a server that answers commands as it is told, after LOGIN and SELECT, and yield its IMAP_URL.

    In an answer TAG is the command's; without it OK follows. Nothing is no answer at all, BYE hangs up.
    """
    serving: list[tuple[asyncio.Task[Any] | None, asyncio.StreamWriter]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append((asyncio.current_task(), writer))
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(greeting)
            while line := (await reader.readline()).decode():
                tag, _, command = line.strip().partition(" ")
                if command == "CAPABILITY":
                    said = b"* CAPABILITY " + capabilities + b"\r\n"
                elif command.startswith("SELECT"):
                    said = (
                        b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n* OK [PERMANENTFLAGS (" + flags + b")] kept\r\n"
                    )
                else:
                    said = login if command.startswith("LOGIN") else answer(command)
                    if said.endswith(b"BYE\r\n"):
                        writer.write(said)
                        break
                    if not said:
                        continue
                writer.write(said.replace(b"TAG", tag.encode()))
                if b"TAG" not in said and not said.startswith(b"+"):
                    writer.write(f"{tag} OK done\r\n".encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"imap://a:b@127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task, writer in serving:
            writer.transport.abort()
            await asyncio.gather(*([task] if task else []), return_exceptions=True)
