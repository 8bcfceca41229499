"""A process that watches a mailbox and dies at a chosen point: `python -m tests.dying POINT IMAP_URL DATABASE_URL DIR`.

It dies by SIGKILL, when it has come to the point for the second time: after a first letter everything is warm.
"""

import asyncio
import functools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.attachments.store import ObjectStore
from bot.channels.email.imap import Mailbox
from bot.inbox.receive import Inbox
from bot.mailroom import records
from bot.mailroom.entering import Clerk
from tests.letters import posted

# name -> (whose, which call, whether to die before it, else after it)
POINTS: dict[str, tuple[Any, str, bool]] = {
    "after it was fetched": (Mailbox, "fetch", False),
    "before it is kept": (ObjectStore, "put", True),
    "after it was kept": (ObjectStore, "put", False),
    "before it is entered": (Clerk, "enter", True),
    "while it is entered": (Clerk, "enter", False),  # inside of the transaction
    "before it is decided": (Inbox, "receive", True),
    "after it was decided": (Inbox, "receive", False),
    "before the cursor moves": (records, "advance", True),
    "while the cursor moves": (records, "advance", False),
    "before it is marked": (Mailbox, "mark", True),
    "after it was marked": (Mailbox, "mark", False),
}


def _die_at(point: str) -> None:
    owner, name, before = POINTS[point]
    call: Callable[..., Any] = getattr(owner, name)
    count = 0

    def come() -> None:
        nonlocal count
        count += 1
        if count == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    if asyncio.iscoroutinefunction(call):

        @functools.wraps(call)
        async def waiting(*args: Any, **more: Any) -> Any:
            if before:
                come()
            result = await call(*args, **more)
            if not before:
                come()
            return result

        setattr(owner, name, waiting)
        return

    @functools.wraps(call)
    def plain(*args: Any, **more: Any) -> Any:
        if before:
            come()
        result = call(*args, **more)
        if not before:
            come()
        return result

    setattr(owner, name, plain)


async def _watch(imap_url: str, database_url: str, folder: Path) -> None:
    async with posted(imap_url, database_url, folder, lease_seconds=0.5) as post:
        await post.room.run()


if __name__ == "__main__":
    _die_at(sys.argv[1])
    asyncio.run(_watch(sys.argv[2], sys.argv[3], Path(sys.argv[4])))
