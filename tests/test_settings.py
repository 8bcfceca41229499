"""Settings: the environment over .env, one frozen value, and every mistake named at once."""

from pathlib import Path
from typing import Any

import pytest

from bot import settings
from bot.settings import Secret, Settings, SettingsError

_TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
_SECRET = "a-secret_of_more_than_32_characters"
_LETTERS = {
    "MAIL_ADDRESS": "koki@example.lv",
    "IMAP_URL": "imaps://koki%40example.lv:parole@imap.example.lv",
    "SMTP_URL": "smtps://koki%40example.lv:parole@smtp.example.lv:465",
    "MAIL_SECRET": _SECRET,
}


def _read(tmp_path: Path, **environment: str) -> Settings:
    return settings.read(environment, tmp_path / ".env")


def test_without_any_settings_everything_has_a_default(tmp_path: Path) -> None:
    """The embedded database, the folder beside it, no bot: enough for a terminal."""
    given = _read(tmp_path)
    assert ((), "sqlite:///data/koku-paligs.db", False) == (given.problems, given.database, given.uses_webhook)
    assert given.objects.endswith("/data/objects")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """What the process is given counts; an empty line in .env sets nothing."""
    (tmp_path / ".env").write_text("DATA_DIR=from-file\nPORT=81\nSTAFF_CHAT_ID=\nLOG_LEVEL=debug\n")
    given = _read(tmp_path, PORT="82")
    assert (Path("from-file"), 82, "", "debug") == (given.data_dir, given.port, given.staff_chat_id, given.log_level)


def test_a_name_that_nobody_reads_is_told(tmp_path: Path) -> None:
    """A misspelt name in .env is not a setting that silently has no effect."""
    (tmp_path / ".env").write_text("TELEGRAM_TOKN=x\nDATA_DIR=data\nPUBLICURL=y\n")
    assert ["PUBLICURL", "TELEGRAM_TOKN"] == settings.unknown(tmp_path / ".env")


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORT": "many"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "65536"}, "PORT"),
        ({"DRAFT_DAYS": "-1"}, "DRAFT_DAYS"),
        ({"RAW_DAYS": "0"}, "RAW_DAYS"),
        ({"LEASE_SECONDS": "nan"}, "LEASE_SECONDS"),
        ({"ANSWER_HOURS": "8.5"}, "ANSWER_HOURS"),
        ({"STAFF_HOURS": "8-17"}, "STAFF_HOURS"),
        ({"STAFF_MAIL": "ilze@example.lv"}, "STAFF_TOPICS"),
        ({"APPROVE": "some"}, "APPROVE"),
        ({"APPROVE": "all"}, "STAFF_TOPICS"),
        ({"STAFF_MAIL": "Ilze <ilze@example.lv>"}, "STAFF_MAIL"),
        ({"STAFF_CHAT_ID": "@darbinieki"}, "STAFF_CHAT_ID"),
        ({"ADMIN_CHAT_ID": "https://t.me/x"}, "ADMIN_CHAT_ID"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"TELEGRAM_TOKEN": "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"}, "TELEGRAM_TOKEN"),
        ({"TELEGRAM_TOKEN": f"{_TOKEN} {_TOKEN}"}, "TELEGRAM_TOKEN"),
        ({"TELEGRAM_API_URL": "api.telegram.org"}, "TELEGRAM_API_URL"),
        ({"PUBLIC_URL": "http://koki.example.lv", "WEBHOOK_SECRET": _SECRET}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://koki.example.lv"}, "WEBHOOK_SECRET"),
        ({"PUBLIC_URL": "https://koki.example.lv", "WEBHOOK_SECRET": "short"}, "WEBHOOK_SECRET"),
        ({"PUBLIC_URL": "https://koki.example.lv", "WEBHOOK_SECRET": "ā" * 40}, "WEBHOOK_SECRET"),
        ({"MAIL_ADDRESS": "koki@example.lv"}, "IMAP_URL, SMTP_URL, MAIL_SECRET"),
        ({"IMAP_URL": _LETTERS["IMAP_URL"]}, "MAIL_ADDRESS"),
        (_LETTERS | {"MAIL_ADDRESS": "koki"}, "MAIL_ADDRESS"),
        (_LETTERS | {"MAIL_ADDRESS": "koki+robots@example.lv"}, "MAIL_ADDRESS"),
        (_LETTERS | {"MAIL_SECRET": "short"}, "MAIL_SECRET"),
        (_LETTERS | {"IMAP_URL": "imap://koki:parole@example.lv"}, "IMAP_URL must begin with imaps"),
        (_LETTERS | {"IMAP_URL": "imaps://koki:pa#role@example.lv"}, "IMAP_URL"),
        (_LETTERS | {"SMTP_URL": "example.lv:465"}, "SMTP_URL"),
        (_LETTERS | {"SMTP_URL": "smtps://koki:pa/role@example.lv"}, "SMTP_URL"),
        (_LETTERS | {"MAIL_HOURLY": "-1"}, "MAIL_HOURLY"),
        (_LETTERS | {"MAIL_INTAKE_HOURLY": "-1"}, "MAIL_INTAKE_HOURLY"),
        ({"DATABASE_URL": "mysql://u:p@h/d"}, "DATABASE_URL"),
        ({"DATABASE_URL": "u:p@h/d"}, "DATABASE_URL"),
        ({"OBJECT_STORE_URL": "bucket/prefix"}, "OBJECT_STORE_URL"),
    ],
)
def test_a_mistake_is_named_and_the_rest_can_be_used(tmp_path: Path, environment: dict[str, str], named: str) -> None:
    """Each says which setting it is and what would do; `load` refuses, `read` goes on without it."""
    given = _read(tmp_path, DATA_DIR="here", **environment)
    assert ([True], Path("here")) == ([named in problem for problem in given.problems], given.data_dir)
    with pytest.raises(SettingsError, match=named):
        settings.load(environment, tmp_path / ".env")


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    """Nobody mends one, starts, and meets the next."""
    with pytest.raises(SettingsError) as refused:
        settings.load({"PORT": "x", "LOG_LEVEL": "y", "STAFF_HOURS": "z"}, tmp_path / ".env")
    assert [True] * 3 == [name in str(refused.value) for name in ("PORT", "LOG_LEVEL", "STAFF_HOURS")]


@pytest.mark.parametrize(
    "environment",
    [
        {"TELEGRAM_TOKEN": _TOKEN, "STAFF_CHAT_ID": "-1001234567890", "ADMIN_CHAT_ID": "12"},
        {"PUBLIC_URL": "https://koki.example.lv", "WEBHOOK_SECRET": _SECRET, "TELEGRAM_TOKEN": _TOKEN},
        {"PUBLIC_URL": "http://127.0.0.1:8080", "WEBHOOK_SECRET": _SECRET},
        _LETTERS,
        _LETTERS | {"IMAP_URL": "imap://koki:p@127.0.0.1:10143/Koki", "SMTP_URL": "smtp://localhost:2525"},
        {"DATABASE_URL": "postgresql://u:p@h/d", "OBJECT_STORE_URL": "s3://bucket/prefix"},
        {"DATABASE_URL": "postgres://u:p@h/d", "STAFF_HOURS": "09:00-18:00", "LOG_LEVEL": "warning"},
    ],
)
def test_what_is_right_is_taken(tmp_path: Path, environment: dict[str, Any]) -> None:
    """Nothing that works is objected to."""
    assert () == _read(tmp_path, **environment).problems


def test_secrets_do_not_show_themselves(tmp_path: Path) -> None:
    """Neither the settings as a whole nor a complaint about them hold a token, a password or the webhook's secret."""
    given = _read(
        tmp_path,
        TELEGRAM_TOKEN="not-quite-a-token",
        DATABASE_URL="mysql://u:hidden@h/d",
        PUBLIC_URL="https://koki.example.lv",
        WEBHOOK_SECRET="too-short-one",
    )
    written = repr(given) + " ".join(given.problems) + repr(Secret("x"))
    assert [] == [word for word in ("not-quite-a-token", "hidden", "too-short-one", "'x'") if word in written]
