"""The service takes letters as a real process: from the mailbox into the books, and the answer on its way."""

import asyncio
from pathlib import Path

import sqlalchemy as sa

from bot.channels.email.imap import Arrived
from bot.inbox.ledger import inbound
from tests.botapi import Server
from tests.dovecot import Dovecot
from tests.installation import Installation
from tests.killing import Herd, environment
from tests.letters import SECRET, letter, posted
from tests.smtp_server import mail_server


def _settings(server: Server, url: str, folder: Path, imap_url: str, smtp_port: int) -> dict[str, str]:
    settings = environment(server, url, folder) | {
        "MAIL_ADDRESS": "koki@example.lv",
        "MAIL_SECRET": SECRET,
        "IMAP_URL": imap_url,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
    }
    return {name: value for name, value in settings.items() if not name.startswith("TELEGRAM")}


async def test_a_question_by_letter_is_answered_by_letter(
    dovecot: Dovecot, user: str, database_url: str, tmp_path: Path, botapi: Server
) -> None:
    """Without Telegram; told to stop, it ends at once, and what came meanwhile is answered after the next start."""
    async with mail_server() as smtp:
        settings = _settings(botapi, database_url, tmp_path, dovecot.url(user), smtp.port)
        house = Installation(botapi, database_url, tmp_path, settings)
        herd = Herd("run", 1, settings, tmp_path / "log")
        await herd.start()
        try:
            await asyncio.to_thread(dovecot.deliver, user, letter("Vai augļu koki arī skaitās?"))
            await smtp.until(lambda: len(smtp.taken) == 1)
            assert [("anna@example.org",)] == [taken.recipients for taken in smtp.taken]
            assert [0] == await herd.stop(5.0)
            await asyncio.to_thread(dovecot.deliver, user, letter("Kuri koki der?", number=2))
            herd = Herd("run", 1, settings, tmp_path / "log")
            await herd.start()
            await smtp.until(lambda: len(smtp.taken) == 2)
        finally:
            assert [0] == await herd.stop(5.0)
        outcomes = sa.select(inbound.c.outcome).where(inbound.c.channel == "mailto")
        assert 2 == len(await house.look(lambda tx: tx.execute(outcomes).all()))
        assert "anna@example.org" not in house.log


async def test_what_could_not_be_handled_is_listed_and_tried_again(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path, botapi: Server
) -> None:
    """`inbox retry` finds a letter where it is kept, without the service and without its mailbox."""
    async with mail_server() as smtp:
        settings = _settings(botapi, sqlite_url, tmp_path, dovecot.url(user), smtp.port)
        house = Installation(botapi, sqlite_url, tmp_path, settings)
        async with posted(dovecot.url(user), sqlite_url, tmp_path) as post:
            await post.room.take(1, [Arrived(uid=1, raw=letter("POISON"), size=1, arrived_at=None)], 1)
            (failed,) = await post.app.inbox.failures()
        code, printed = await house.command("inbox", "retry", str(failed.id))
        assert 0 == code, printed
        assert printed.startswith("handled: ")
        assert (0, "") == await house.command("inbox", "list")


async def test_what_was_held_is_listed_and_taken_in(
    dovecot: Dovecot, user: str, sqlite_url: str, tmp_path: Path, botapi: Server
) -> None:
    """Where twenty-one letters in an hour were a person's: the last one is heard too."""
    async with mail_server() as smtp:
        settings = _settings(botapi, sqlite_url, tmp_path, dovecot.url(user), smtp.port)
        house = Installation(botapi, sqlite_url, tmp_path, settings)
        async with posted(dovecot.url(user), sqlite_url, tmp_path) as post:
            for uid in range(1, 22):
                raw = letter("labdien", number=uid)
                await post.room.take(1, [Arrived(uid=uid, raw=raw, size=len(raw), arrived_at=None)], uid)
        code, printed = await house.command("inbox", "held")
        assert (0, "21") == (code, printed.partition("\t")[0])
        assert 1 == (await house.command("inbox", "release", "1"))[0]
        code, printed = await house.command("inbox", "release", "21")
        assert (0, True) == (code, printed.startswith("handled: ")), printed
        assert (0, "") == await house.command("inbox", "held")
