"""`doctor`: what of this installation works, what is missing, what is wrong, and what to do about it."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from obstore.exceptions import BaseError as StoreError
from sqlalchemy.exc import DBAPIError
from telegram import Bot, ChatFullInfo, WebhookInfo
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot import connecting, pulses, schema, settings
from bot.attachments.store import ObjectStore
from bot.channels.email.account import parse
from bot.channels.email.imap import MailboxError, Trouble, opened
from bot.channels.email.sending import EmailChannel
from bot.channels.telegram import TelegramChannel
from bot.clock import SystemClock
from bot.commands.check import flow_problems, topic_problems, word_problems
from bot.database import Database, DatabaseDownError
from bot.health import findings
from bot.intake import pulse_of, webhook_trouble, webhook_url
from bot.mailroom.room import pulse_of as mail_pulse_of
from bot.messages import SendError
from bot.people.privacy import notice
from bot.settings import Settings
from flows.catalogue import FLOWS

_PROBE = "probe"
_MAIL_SECONDS = 20.0
_MAILBOX_MENDS = {
    Trouble.UNKNOWN_HOST: "check the host in IMAP_URL",
    Trouble.UNREACHABLE: "check host and port in IMAP_URL, and whether a firewall is between",
    Trouble.TLS: "check host and port in IMAP_URL: the certificate must be for that host, of a known authority",
    Trouble.LOGIN: "check user and password in IMAP_URL; most providers want a password made for programs, "
    "and IMAP switched on",
    Trouble.FOLDER: "check what follows the host in IMAP_URL; without it INBOX is opened",
    Trouble.REFUSED: "wait for some minutes, then ask the provider",
    Trouble.LOST: "try again; if it stays so, ask the provider",
}
_CHATS = {
    "staff_chat_id": ("staff", "cases and registrations wait in the database, and nobody is told of them"),
    "admin_chat_id": ("administrators", "alarms are shown only here and on /health"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing looked at. `kind`: ok | missing (it works without) | problem; `mend` is what to do."""

    kind: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        """Write it as it is printed."""
        return f"{self.kind}: {self.what}" + (f" → {self.mend}" if self.mend else "")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; everything else is in the settings."""
    parser.add_argument("--privacy", action="store_true", help="what people's data are for, who gets them, how long")


def run(options: argparse.Namespace) -> int:
    """Print a line for everything; 1 when something is wrong."""
    if options.privacy:
        print(*notice.lines(settings.read()), sep="\n")
        return 0
    return asyncio.run(_print(settings.read(), settings.unknown()))


async def examine(given: Settings, misspelt: list[str]) -> AsyncIterator[Line]:
    """Look at what is installed, in the order in which it has to be mended; only a probing object is written."""
    for line in _settings(given, misspelt):
        yield line
    database = Database(given.database)
    try:
        lines, usable = await asyncio.to_thread(_database, given, database)
        for line in lines:
            yield line
        yield await asyncio.to_thread(_objects, given)
        async for line in _telegram(given):
            yield line
        async for line in _letters(given):
            yield line
        if usable:
            for line in await asyncio.to_thread(database.read_now, lambda tx: list(_findings(given, tx))):
                yield line
    finally:
        database.dispose()


def examine_content() -> Iterator[Line]:
    """Look at what people edit: the same that `check` looks at."""
    wrong = {
        "topics": list(topic_problems()),
        "flows": [problem for flow in FLOWS.values() for problem in flow_problems(flow)],
        "words of every language": list(word_problems()),
    }
    for what, problems in wrong.items():
        if problems:
            more = f" and {len(problems) - 1} more" if problems[1:] else ""
            mend = "`python -m bot check` shows all of them"
            yield Line(kind="problem", what=f"{what}: {problems[0]}{more}", mend=mend)
        else:
            yield Line(kind="ok", what=what)


async def _print(given: Settings, misspelt: list[str]) -> int:
    lines = list(examine_content())
    print(*lines, sep="\n", flush=True)
    async for line in examine(given, misspelt):
        print(line, flush=True)
        lines.append(line)
    problems = sum(line.kind == "problem" for line in lines)
    if problems:
        print(f"\n{problems} to mend")
    elif not given.telegram_token and not given.takes_letters:
        print("\nThe assistant works: `make chat` talks to it in this terminal. To be there for others it needs a")
        print("TELEGRAM_TOKEN; .env.example explains this and every other setting.")
    else:
        print("\neverything is in order")
    return int(bool(problems))


def _settings(given: Settings, misspelt: list[str]) -> Iterator[Line]:
    for problem in given.problems:
        yield Line(kind="problem", what=f"settings: {problem}", mend="see .env.example")
    for name in misspelt:
        yield Line(kind="problem", what=f"settings: .env sets {name}, which nothing reads", mend="see .env.example")
    if not given.problems and not misspelt:
        yield Line(kind="ok", what="settings")
    if given.outreach:
        what = "letters to organisations that did not ask for them are switched on"
        yield Line(kind="ok", what=what, mend="set OUTREACH=0 unless the project has decided that they may be sent")


def _database(given: Settings, database: Database) -> tuple[list[Line], bool]:
    """Look at the database, and say whether there is one that this release can read."""
    where = f"SQLite in {given.data_dir}" if database.is_sqlite else database.url.host or "PostgreSQL"
    if database.is_sqlite and database.url.database and not Path(database.url.database).exists():
        return [Line(kind="ok", what=f"database: {where} is made at the first start")], False
    try:
        found = database.read_now(schema.version)
    except DatabaseDownError as error:
        mend = "is it running, is DATABASE_URL right?"
        return [Line(kind="problem", what=f"database: {where} does not answer ({error})", mend=mend)], False
    except DBAPIError as error:
        told = str(error.orig).strip().splitlines()[-1]
        return [Line(kind="problem", what=f"database: {told}", mend="check DATABASE_URL")], False
    reached = Line(kind="ok", what=f"database: {where}")
    if found == schema.HEAD:
        return [reached, Line(kind="ok", what=f"migrations: at {found}")], True
    if database.is_sqlite and found < schema.HEAD:
        return [reached, Line(kind="ok", what=f"migrations: {schema.HEAD} follows at the next start")], False
    if found > schema.HEAD:
        wrong = f"migrations: the database is at {found}, this release only knows {schema.HEAD}"
        return [reached, Line(kind="problem", what=wrong, mend="run the newer release")], False
    wrong = f"migrations: the database is at {found or 'nothing'}, this release needs {schema.HEAD}"
    return [reached, Line(kind="problem", what=wrong, mend="`python -m bot db upgrade`")], False


def _objects(given: Settings) -> Line:
    """Write, read and delete a small object."""
    where = given.object_store_url or f"folder {given.data_dir / 'objects'}"
    try:
        store = ObjectStore(given.objects)
        store.put(_PROBE, b"probe")
        store.get(_PROBE)
        store.delete(_PROBE)
    except (OSError, StoreError, ValueError) as error:
        what = f"pictures: {where} can't be written ({type(error).__name__})"
        mend = "check OBJECT_STORE_URL and the AWS_ variables" if given.object_store_url else "check DATA_DIR"
        return Line(kind="problem", what=what, mend=mend)
    return Line(kind="ok", what=f"pictures: {where}")


async def _telegram(given: Settings) -> AsyncIterator[Line]:
    if not given.telegram_token:
        yield Line(kind="missing", what="Telegram: no TELEGRAM_TOKEN", mend="get one from @BotFather, put it into .env")
        return
    channel = TelegramChannel(given.telegram_token, given.telegram_api_url)
    bot = channel.bot
    try:
        me = await bot.get_me()
        yield Line(kind="ok", what=f"Telegram: @{me.username}")
        yield _updates(given, await bot.get_webhook_info())
        for name in _CHATS:
            yield await _chat(given, bot, name)
        yield _controller(given)
    except InvalidToken:
        yield Line(kind="problem", what="Telegram: it does not know this token", mend="check TELEGRAM_TOKEN")
    except TelegramError as error:
        what = f"Telegram: {given.telegram_api_url} does not answer ({error.message})"
        yield Line(kind="problem", what=what, mend="check the network and TELEGRAM_API_URL")
    finally:
        await channel.close()


def _updates(given: Settings, info: WebhookInfo) -> Line:
    """Look at how updates are to come, and whether they do."""
    wanted = webhook_url(given)
    if info.url != wanted:
        what = f"updates: Telegram brings them to {info.url}" if info.url else "updates: no webhook is set"
        return Line(kind="problem", what=what, mend="start the service: it tells Telegram what the settings say")
    if not wanted:
        return Line(kind="ok", what="updates: asked for by long polling")
    if trouble := webhook_trouble(given, info, SystemClock().now()):
        return Line(kind="problem", what=f"updates: the webhook: {trouble}", mend="check PUBLIC_URL and the proxy")
    return Line(kind="ok", what=f"updates: by webhook to {wanted}")


async def _chat(given: Settings, bot: Bot, name: str) -> Line:
    """Look whether we can write to the chat of staff or administrators."""
    people, without = _CHATS[name]
    ident = getattr(given, name)
    if not ident:
        return Line(kind="missing", what=f"{people}: no {name.upper()}: {without}", mend="put the chat's id into .env")
    try:
        found = await bot.get_chat(int(ident))
    except (BadRequest, Forbidden, ValueError) as error:
        why = getattr(error, "message", str(error))
        mend = f"add the bot to the chat, check {name.upper()}"
        return Line(kind="problem", what=f"{people}: chat {ident}: {why}", mend=mend)
    if name == "staff_chat_id" and given.staff_topics and (lacks := await _lacks(bot, found)):
        mend = "make it a group with topics, make the bot an administrator there who may manage topics and delete"
        return Line(kind="problem", what=f"{people}: chat {ident}: {lacks}, but STAFF_TOPICS is on", mend=mend)
    return Line(kind="ok", what=f"{people}: {found.effective_name or ident}")


async def _lacks(bot: Bot, group: ChatFullInfo) -> str:
    """Return what keeps cases from having topics in a group; '' for nothing."""
    if not group.is_forum:
        return "it has no topics"
    us = await bot.get_chat_member(group.id, (await bot.get_me()).id)
    if not getattr(us, "can_manage_topics", False):
        return "we may not manage topics"
    # Else what tells of erased people stays there.
    return "" if getattr(us, "can_delete_messages", False) else "we may not delete messages"


async def _letters(given: Settings) -> AsyncIterator[Line]:
    """Look into the mailbox, and knock at the server that takes our letters."""
    if not given.takes_letters or given.problems:
        return
    account = parse(given.imap_url, given.mail_token_command)
    try:
        async with opened(account, _MAIL_SECONDS) as mailbox:
            quota = await mailbox.quota()
    except MailboxError as error:
        yield Line(kind="problem", what=f"mailbox: {error}", mend=_MAILBOX_MENDS[error.trouble])
    else:
        yield Line(kind="ok", what=f"mailbox: {account.folder} of {account.user}, {mailbox.count} letters")
        if quota and quota.is_nearly_full:
            what = f"mailbox: {quota.used // 1024} of {quota.limit // 1024} MB are used: letters will be sent back"
            yield Line(kind="problem", what=what, mend="delete old letters: those we have taken in are kept by us")
    yield await _outgoing(given)
    if not given.mail_authserv_id:
        what = "letters: no MAIL_AUTHSERV_ID: no sender is believed, and nobody is shown what is theirs"
        yield Line(kind="missing", what=what, mend="copy it from Authentication-Results in a letter of yours")


async def _outgoing(given: Settings) -> Line:
    channel = connecting.channels_of(given)[EmailChannel.name]
    assert isinstance(channel, EmailChannel)  # noqa: S101 - by that name nothing else is known
    try:
        await channel.probe()
    except SendError as error:
        mend = "check SMTP_URL; providers that want a password of its own for programs say so in their settings"
        return Line(kind="problem", what=f"outgoing letters: {error.reason}", mend=mend)
    finally:
        await channel.close()
    return Line(kind="ok", what="outgoing letters")


def _controller(given: Settings) -> Line:
    names = ("privacy_url", "privacy_controller", "privacy_contact", "privacy_basis")
    left = [name.upper() for name in names if not getattr(given, name)]
    if left:
        what = f"privacy: people are not told everything they must be: no {', '.join(left)}"
        return Line(kind="missing", what=what, mend="fill them in before the public comes")
    return Line(kind="ok", what="privacy")


def _findings(given: Settings, tx: Any) -> Iterator[Line]:
    """Repeat what /health says: silence, queues, failures."""
    pulse, mail = pulse_of(given), mail_pulse_of(given.mail_address)
    beating = [name for name in (pulse, mail) if name and pulses.last(tx, name) is not None]
    if (pulse or mail) and not beating:
        yield Line(kind="missing", what="service: it has not run yet", mend="`make run`")
        pulse = mail = ""
    found = findings(tx, SystemClock().now(), pulse=pulse, mail=mail, patience=timedelta())
    for finding in found:
        yield Line(kind="problem", what=finding.what, mend=finding.mend)
    if not found:
        yield Line(kind="ok", what="nothing failed, nothing waits")
