"""`doctor` and letters: what keeps us from reading or sending them is said in a sentence, with what to do."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import pulses
from bot.commands.doctor import examine
from bot.database import Database
from bot.settings import Secret, Settings
from tests.dovecot import Dovecot
from tests.letters import letter, settings_for
from tests.smtp_server import MailServer, mail_server


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    """Return a server that takes our letters."""
    async with mail_server() as server:
        yield server


@pytest.fixture
def healthy(dovecot: Dovecot, user: str, smtp: MailServer, sqlite_url: str, tmp_path: Path) -> Settings:
    """Return the settings of an installation that takes letters, with which nothing is wrong."""
    _beat(sqlite_url, "")
    return settings_for(
        dovecot.url(user),
        sqlite_url,
        tmp_path,
        smtp_url=Secret(f"smtp://127.0.0.1:{smtp.port}"),
        mail_authserv_id="mx.example.lv",
    )


def _beat(url: str, trouble: str) -> None:
    database = Database(url)
    now = datetime.now(UTC)
    database.write_now(lambda tx: pulses.beat(tx, "mail:koki@example.lv", now))
    if trouble:
        database.write_now(lambda tx: pulses.miss(tx, "mail:koki@example.lv", now, trouble))
    database.dispose()


async def _said(given: Settings) -> list[str]:
    """Return what is said but for Telegram, which these installations do without."""
    return [str(line) async for line in examine(given, []) if "TELEGRAM_TOKEN" not in str(line)]


async def _wrong(given: Settings) -> list[str]:
    return [line for line in await _said(given) if not line.startswith("ok: ")]


async def test_a_mailbox_in_order_is_a_line(healthy: Settings, dovecot: Dovecot, user: str) -> None:
    """With how many letters lie in it, and that ours can be sent."""
    dovecot.deliver(user, letter(), letter(number=2))
    lines = await _said(healthy)
    assert [] == [line for line in lines if not line.startswith("ok: ")]
    assert {f"ok: mailbox: INBOX of {user}, 2 letters", "ok: outgoing letters"} < set(lines)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("127.0.0.1:", "mail.example.invalid:"), "there is no such server (mail.example.invalid) → check the host"),
        (("127.0.0.1:{port}", "127.0.0.1:1"), "the server does not answer (127.0.0.1:1"),
        (("imap:", "imaps:"), "the server can't be trusted (127.0.0.1:{port}: "),
        (("slepeni", "nepareizi"), "the server refuses our login ([AUTHENTICATIONFAILED] Authentication failed.) → "),
        (("{port}/", "{port}/Koki"), "there is no such folder (Koki: Mailbox doesn't exist: Koki) → "),
    ],
)
async def test_what_is_wrong_with_the_mailbox_is_a_sentence(
    healthy: Settings, dovecot: Dovecot, change: tuple[str, str], told: str
) -> None:
    """Each is mended by another person: who typed the host, who runs the network, who has the password."""
    old, new = (part.format(port=dovecot.port) for part in change)
    url = healthy.imap_url.replace("imap:", "imaps:") if "invalid" in new else healthy.imap_url
    [line] = await _wrong(replace(healthy, imap_url=Secret(url.replace(old, new))))
    assert line.startswith(f"problem: mailbox: {told.format(port=dovecot.port)}")
    assert ("slepeni" in line, " → " in line) == (False, True)


async def test_a_full_account_is_a_problem_before_letters_are_sent_back(
    healthy: Settings, dovecot: Dovecot, user: str
) -> None:
    """People would hear that their letter did not arrive."""
    for number in range(12):
        dovecot.deliver(user, letter("x" * 76 + "\n" + ("y" * 76 + "\n") * 108_000, number=number))
    [line] = await _wrong(healthy)
    assert line.startswith("problem: mailbox: ")
    assert "of 100 MB are used: letters will be sent back → delete old letters" in line


async def test_an_outgoing_server_that_does_not_answer_is_a_problem(healthy: Settings) -> None:
    """Letters could be read and not answered."""
    [line] = await _wrong(replace(healthy, smtp_url=Secret("smtp://127.0.0.1:1")))
    assert line.startswith("problem: outgoing letters: ")


async def test_nobody_is_believed_without_the_name_of_our_server(healthy: Settings) -> None:
    """It works, and shows nobody what is theirs."""
    [line] = await _wrong(replace(healthy, mail_authserv_id=""))
    assert line.startswith("missing: letters: no MAIL_AUTHSERV_ID")


async def test_what_the_service_met_with_is_repeated(healthy: Settings) -> None:
    """The mailbox may be well now; what the running service says of it is a line."""
    _beat(healthy.database, "the server refuses our login ([LIMIT] too many)")
    [line] = await _wrong(healthy)
    assert line.startswith("problem: mailbox, not well since")
    assert "[LIMIT] too many" in line
