"""Another mail server, written in Python: what the watch needs is there as well, and no keyword; it runs without root.

Beside Dovecot it covers a server that keeps no keywords. Without Dovecot it is all there is of a mailbox: not covered
then are LMTP, a connection that is killed or frozen, quota, TLS, a new numbering, and our own death in between.
"""

import asyncio
import contextlib
import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.channels.email.account import parse
from bot.channels.email.imap import MailboxError, Trouble, opened
from tests.killing import free_port
from tests.letters import letter, posted


@dataclass(eq=False)
class Pymap:
    """One running server with one mailbox, in which some letters lie."""

    port: int

    @property
    def url(self) -> str:
        """The IMAP_URL of its mailbox."""
        return f"imap://demouser:demopass@127.0.0.1:{self.port}"

    def deliver(self, raw: bytes) -> None:
        """Put a letter into the mailbox."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login("demouser", "demopass")
            client.append("INBOX", "", "", raw)


@pytest.fixture(scope="module")
def pymap() -> Iterator[Pymap]:
    """Return a running server."""
    server = Pymap(free_port())
    program = str(Path(sys.executable).with_name("pymap"))
    command = [program, "--host", "127.0.0.1", "--port", str(server.port), "--no-tls"]
    with subprocess.Popen(
        [*command, "dict", "--demo-data"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            for _ in range(1000):
                with contextlib.suppress(OSError), imaplib.IMAP4("127.0.0.1", server.port):
                    break
                time.sleep(0.02)
            yield server
        finally:
            process.terminate()


async def test_letters_are_taken_in_once_without_keywords(pymap: Pymap, sqlite_url: str, tmp_path: Path) -> None:
    """What lies there, what comes while we wait, and after a restart nothing again: the books alone know."""
    await asyncio.to_thread(pymap.deliver, letter("pirmā"))
    async with posted(pymap.url, sqlite_url, tmp_path) as post:
        async with post.watching():
            await post.until_text("pirmā")
            await asyncio.to_thread(pymap.deliver, letter("otrā", number=2))
            await post.until_text("otrā")
        before = await post.outcomes()
        async with post.watching():
            await asyncio.to_thread(pymap.deliver, letter("trešā", number=3))
            await post.until_text("trešā")
        assert [*before, "message"] == await post.outcomes()
        assert [1, 1, 1] == [(await post.texts()).count(text) for text in ("pirmā", "otrā", "trešā")]


async def test_it_keeps_no_keywords_and_refuses_a_wrong_password(pymap: Pymap) -> None:
    """A mark is left out where the server says that it would not keep it."""
    async with opened(parse(pymap.url)) as mailbox:
        assert not mailbox.marks
        await mailbox.mark([1])
    with pytest.raises(MailboxError) as raised:
        async with opened(parse(pymap.url.replace("demopass", "nepareizi"))):
            pass
    assert Trouble.LOGIN is raised.value.trouble
