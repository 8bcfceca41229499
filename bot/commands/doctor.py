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
from telegram import Bot, WebhookInfo
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot import pulses, schema, settings
from bot.attachments.store import ObjectStore
from bot.channels.telegram import TelegramChannel
from bot.clock import SystemClock
from bot.commands.check import flow_problems, topic_problems, word_problems
from bot.database import Database, DatabaseDownError
from bot.health import findings
from bot.intake import pulse_of, webhook_trouble, webhook_url
from bot.settings import Settings
from flows.catalogue import FLOWS

_PROBE = "probe"
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
    """Declare nothing: everything is in the settings."""


def run(options: argparse.Namespace) -> int:  # noqa: ARG001 - a command's shape
    """Print a line for everything; 1 when something is wrong."""
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
    elif not given.telegram_token:
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
    return Line(kind="ok", what=f"{people}: {found.effective_name or ident}")


def _controller(given: Settings) -> Line:
    names = ("privacy_url", "privacy_controller", "privacy_contact", "privacy_basis")
    left = [name.upper() for name in names if not getattr(given, name)]
    if left:
        what = f"privacy: people are not told everything they must be: no {', '.join(left)}"
        return Line(kind="missing", what=what, mend="fill them in before the public comes")
    return Line(kind="ok", what="privacy")


def _findings(given: Settings, tx: Any) -> Iterator[Line]:
    """Repeat what /health says: silence, queues, failures."""
    pulse = pulse_of(given)
    if pulse and pulses.last(tx, pulse) is None:
        yield Line(kind="missing", what="service: it has not run yet", mend="`make run`")
        pulse = ""
    found = findings(tx, SystemClock().now(), pulse=pulse, patience=timedelta())
    for finding in found:
        yield Line(kind="problem", what=finding.what, mend=finding.mend)
    if not found:
        yield Line(kind="ok", what="nothing failed, nothing waits")
