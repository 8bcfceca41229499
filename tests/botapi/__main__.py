"""Run the server in a process of its own: `python -m tests.botapi --port N [--journal FILE]`."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from tests.botapi.control import add_control
from tests.botapi.server import TOKEN, Server


def main() -> None:
    """Serve until SIGINT or SIGTERM; the first line on stdout is the URL."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--journal", type=Path, help="append every call as a line of JSON")
    parser.add_argument("--token", default=TOKEN)
    options = parser.parse_args()
    asyncio.run(_serve(Server(token=options.token, port=options.port, journal=options.journal)))


async def _serve(server: Server) -> None:
    add_control(server)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    main()
