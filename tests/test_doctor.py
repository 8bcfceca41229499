"""`doctor`: each thing that can be wrong with an installation is named, with what to do; what is right is ok."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import pulses
from bot.commands.doctor import examine
from bot.database import Database
from bot.inbox import ledger
from bot.messages import Address, Inbound, Kind
from bot.settings import Secret, Settings
from tests.botapi import ResetConnection, Server
from tests.installation import ADMINS, Installation
from tests.killing import environment
from tests.postgres import Postgres

_STAFF = -1001000500
_HOOK = "http://127.0.0.1:8080"


async def _examined(given: Settings, *misspelt: str) -> list[str]:
    return [str(line) async for line in examine(given, list(misspelt))]


def _wrong(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("ok: ")]


def _execute(statement: Any, tx: Connection) -> None:
    tx.execute(statement)


@pytest.fixture
def healthy(sqlite_url: str, tmp_path: Path, botapi: Server) -> Settings:
    """Return the settings of an installation with which nothing is wrong."""
    botapi.group(_STAFF, "Darbinieki")
    botapi.group(ADMINS, "Administratori")
    _write(sqlite_url, lambda tx: pulses.beat(tx, f"poll:{botapi.token.partition(':')[0]}", datetime.now(UTC)))
    return Settings(
        telegram_token=Secret(botapi.token),
        telegram_api_url=botapi.url,
        database_url=Secret(sqlite_url),
        data_dir=tmp_path,
        staff_chat_id=str(_STAFF),
        admin_chat_id=str(ADMINS),
        privacy_url="https://koki.example.lv/privatums",
        privacy_controller="Paraugs",
        privacy_contact="dati@example.lv",
        privacy_basis="piekrišana",
        webhook_secret=Secret("w" * 40),
    )


def _write(url: str, work: Callable[[Any], Any]) -> None:
    database = Database(url)
    database.write_now(work)
    database.dispose()


async def test_everything_in_order_is_a_line_each(healthy: Settings) -> None:
    """Settings, database, pictures, Telegram, chats, privacy, and what the house itself notices."""
    lines = await _examined(healthy)
    assert [] == _wrong(lines)
    assert [
        "settings", "database", "migrations", "pictures", "Telegram", "updates", "staff", "administrators", "privacy",
        "nothing failed, nothing waits",
    ] == [line.removeprefix("ok: ").partition(":")[0] for line in lines]  # fmt: skip


async def test_with_nothing_set_up_it_says_what_is_missing_and_ends_well(tmp_path: Path, botapi: Server) -> None:
    """On a fresh clone nothing is wrong: the terminal works, and for Telegram a token is needed."""
    settings = {"PATH": environment(botapi, "", tmp_path)["PATH"], "DATA_DIR": str(tmp_path / "data")}
    code, printed = await Installation(botapi, "", tmp_path, settings).command("doctor")
    assert 0 == code, printed
    assert ["ok: topics", "ok: flows", "ok: words of every language", "ok: settings"] == printed.splitlines()[:4]
    assert ["missing: Telegram: no TELEGRAM_TOKEN → get one from @BotFather, put it into .env"] == [
        line for line in printed.splitlines() if line.startswith(("missing", "problem"))
    ]
    assert "`make chat` talks to it in this terminal" in printed


async def test_a_problem_makes_the_exit_code(tmp_path: Path, botapi: Server) -> None:
    """Whoever runs it in a script learns that something is wrong; every mistake in the settings is a line."""
    settings = environment(botapi, "", tmp_path) | {"PORT": "many", "LOG_LEVEL": "LOUD"}
    code, printed = await Installation(botapi, "", tmp_path, settings).command("doctor")
    problems = [line for line in printed.splitlines() if line.startswith("problem")]
    assert (1, 2) == (code, sum("settings" in line for line in problems)), printed


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"telegram_token": Secret("4200000:AAH-another-token-that-nobody-knows-of")}, "it does not know this token"),
        ({"telegram_api_url": "http://127.0.0.1:1"}, "Telegram: http://127.0.0.1:1 does not answer"),
        ({"staff_chat_id": "-100777"}, "staff: chat -100777: Chat not found → add the bot to the chat"),
        ({"admin_chat_id": "-100778"}, "administrators: chat -100778"),
        ({"public_url": _HOOK}, "updates: no webhook is set → start the service"),
        ({"database_url": Secret("postgresql://nobody@127.0.0.1:1/none")}, "database: 127.0.0.1 does not answer"),
        ({"object_store_url": "file:///proc/nowhere"}, "pictures: file:///proc/nowhere can't be written"),
        ({"problems": ("PORT is 'x', which is not a number",)}, "settings: PORT is 'x'"),
    ],
)
async def test_each_problem_is_named_alone(
    healthy: Settings, lenient_botapi: Server, change: dict[str, Any], told: str
) -> None:
    """One thing wrong is one line, with what to do; everything else is still looked at."""
    lenient_botapi.group(_STAFF, "Darbinieki")
    lenient_botapi.group(ADMINS, "Administratori")
    given = replace(
        healthy,
        telegram_api_url=lenient_botapi.url,
        **{key: change[key] for key in change if key != "telegram_api_url"},
    )
    wrong = _wrong(await _examined(replace(given, **change)))
    problems = [line for line in wrong if line.startswith("problem: ")]
    assert (1, True, True) == (len(problems), told in problems[0], " → " in problems[0]), wrong
    assert "AAH-" not in " ".join(wrong)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"staff_chat_id": ""}, "staff: no STAFF_CHAT_ID"),
        ({"admin_chat_id": ""}, "administrators: no ADMIN_CHAT_ID"),
        (
            {"privacy_contact": "", "privacy_url": ""},
            "privacy: people are not told everything they must be: no PRIVACY_URL, PRIVACY_CONTACT",
        ),
    ],
)
async def test_what_is_missing_is_no_problem_but_told(healthy: Settings, change: dict[str, Any], missing: str) -> None:
    """The assistant works without it; what is lost meanwhile is said."""
    [line] = _wrong(await _examined(replace(healthy, **change)))
    assert line.startswith(f"missing: {missing}")


async def test_a_desk_needs_a_group_whose_topics_we_may_manage(healthy: Settings, botapi: Server) -> None:
    """With STAFF_TOPICS a plain group, or one where the bot lacks the right, is told; one that fits is in order."""
    given = replace(healthy, staff_topics=1)
    told = []
    assert [] == _wrong(await _examined(given))
    botapi.group(_STAFF).lets_bot("delete_messages", by=botapi.person(1, "Ilze"))
    told += _wrong(await _examined(given))
    botapi.group(_STAFF).lets_bot("manage_topics", by=botapi.person(1, "Ilze"))
    told += _wrong(await _examined(given))
    botapi.group(-1009, "Bez tēmām", forum=False)
    told += _wrong(await _examined(replace(given, staff_chat_id="-1009")))
    lacks = ("we may not manage topics", "we may not delete messages", "it has no topics")
    assert [True] * 3 == [lack in line for lack, line in zip(lacks, told, strict=True)]


async def test_a_misspelt_name_is_a_problem(healthy: Settings) -> None:
    """A line of .env that nothing reads was meant to do something."""
    [line] = _wrong(await _examined(healthy, "TELEGRAM_TOKN"))
    assert line.startswith("problem: settings: .env sets TELEGRAM_TOKN")


async def test_a_connection_that_breaks_midway_is_told(healthy: Settings, botapi: Server) -> None:
    """What was found before stands; the rest of Telegram is one problem."""
    botapi.faults.add(kind=ResetConnection(), method="getWebhookInfo")
    [line] = _wrong(await _examined(healthy))
    assert "does not answer" in line


async def test_the_webhooks_state_is_told(healthy: Settings, botapi: Server) -> None:
    """Where it leads, and its last error."""
    given = replace(healthy, public_url=_HOOK)
    botapi.world.updates.set_webhook({"url": f"{_HOOK}/telegram"})
    _write(given.database, lambda tx: pulses.beat(tx, "webhook:4200000", datetime.now(UTC)))
    assert f"ok: updates: by webhook to {_HOOK}/telegram" in await _examined(given)
    botapi.world.updates.last_error = (int(datetime.now(UTC).timestamp()), "Connection refused")
    [line] = _wrong(await _examined(given))
    assert line.startswith("problem: updates: the webhook: Connection refused")
    [line] = _wrong(await _examined(healthy))
    assert line.startswith(f"problem: updates: Telegram brings them to {_HOOK}/telegram")


async def test_what_health_finds_is_repeated(healthy: Settings) -> None:
    """A failed message, and a poll that does not succeed."""
    now = datetime.now(UTC)
    anna = Address("telegram", "7")
    item = Inbound(
        channel="telegram", external_id="1", kind=Kind.MESSAGE, sender=anna, chat=anna, said_at=now, received_at=now
    )
    _write(healthy.database, lambda tx: ledger.enter(tx, item, None, "failed", raw={"x": 1}, error="KeyError"))
    _write(healthy.database, lambda tx: pulses.miss(tx, "poll:4200000", now, "NetworkError: no route"))
    failed, silent = _wrong(await _examined(healthy))
    assert failed == (
        "problem: messages that could not be handled: 1 → mend the cause, then `python -m bot inbox retry ID`"
    )
    assert (True, True) == (silent.startswith("problem: Telegram, not well since"), "no route" in silent)


async def test_a_service_that_never_ran_is_missing(healthy: Settings) -> None:
    """Before the first start nobody has asked Telegram for anything, and that is no fault."""
    _write(healthy.database, lambda tx: tx.execute(sa.delete(pulses.pulses)))
    assert ["missing: service: it has not run yet → `make run`"] == _wrong(await _examined(healthy))


async def test_migrations_are_compared_with_this_release(healthy: Settings, postgres: Postgres) -> None:
    """An older PostgreSQL is upgraded by a command, a newer one needs the newer release; SQLite follows by itself."""
    older = sa.text("UPDATE alembic_version SET version_num = '0000'")
    newer = sa.text("UPDATE alembic_version SET version_num = '9999'")
    told = []
    with postgres.database("doctor", template="prepared") as url:
        given = replace(healthy, database_url=Secret(url))
        for change in (older, newer):
            _write(url, partial(_execute, change))
            told += _wrong(await _examined(given))
    with postgres.database("doctor_empty") as url:
        told += _wrong(await _examined(replace(healthy, database_url=Secret(url))))
    assert [True, True, True] == [
        "this release needs" in told[0] and "db upgrade" in told[0],
        "the database is at 9999" in told[1] and "newer release" in told[1],
        "the database is at nothing" in told[2],
    ], told
    _write(healthy.database, lambda tx: tx.execute(older))
    assert [] == _wrong(await _examined(healthy))


async def test_a_database_that_refuses_us_is_told_in_its_words(healthy: Settings, postgres: Postgres) -> None:
    """A database that is not there is another matter than a server that does not run: both can be told apart."""
    given = replace(healthy, database_url=Secret(postgres.url("no_such")))
    [line] = _wrong(await _examined(given))
    assert (True, True) == ('database "no_such" does not exist' in line, "is DATABASE_URL right?" in line)
