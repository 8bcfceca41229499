"""Settings: the environment and .env become one frozen value, with every mistake named at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import get_type_hints

from dotenv import dotenv_values

from bot.desk.promise import WorkingHours


class SettingsError(Exception):
    """Settings can't be used. The message says which and how to mend them; trying again does not help."""


class Secret(str):
    """A value that shows itself only when asked: its repr is safe to log."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Hide the value."""
        return "Secret('…')" if self else "Secret('')"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs from one installation to the next. `.env.example` explains each."""

    telegram_token: Secret = Secret("")
    telegram_api_url: str = "https://api.telegram.org"
    public_url: str = ""  # where Telegram reaches our webhook; '' asks Telegram instead
    webhook_secret: Secret = Secret("")
    listen: str = "127.0.0.1"
    port: int = 8080
    database_url: Secret = Secret("")
    data_dir: Path = Path("data")
    object_store_url: str = ""  # s3://bucket/prefix; '' is a folder in the data directory
    staff_chat_id: str = ""
    admin_chat_id: str = ""
    staff_hours: str = "08:30-17:00"  # Monday to Friday, by the clock in Riga
    answer_hours: int = 8  # working hours within which a person answers
    privacy_url: str = ""
    privacy_controller: str = ""
    privacy_contact: str = ""
    privacy_basis: str = ""
    draft_days: int = 30
    raw_days: int = 14
    lease_seconds: float = 10.0
    log_level: str = "INFO"
    problems: tuple[str, ...] = field(default=(), repr=False)

    @property
    def database(self) -> str:
        """The database to use: the embedded one unless another is named."""
        return self.database_url or f"sqlite:///{self.data_dir / 'koku-paligs.db'}"

    @property
    def objects(self) -> str:
        """Where pictures are kept."""
        return self.object_store_url or f"file://{(self.data_dir / 'objects').absolute()}"

    @property
    def draft_lives(self) -> timedelta:
        """How long a draft without permission is kept."""
        return timedelta(days=self.draft_days)

    @property
    def uses_webhook(self) -> bool:
        """Whether Telegram brings updates to us."""
        return bool(self.public_url)


def load(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """Read the environment over .env; raises SettingsError naming every setting that can't be used."""
    given = {**_from_file(env_file), **(os.environ if environment is None else environment)}
    values: dict[str, object] = {}
    problems: list[str] = []
    types = get_type_hints(Settings)
    for setting in fields(Settings):
        raw = given.get(setting.name.upper(), "").strip()
        if setting.name == "problems" or not raw:
            continue
        try:
            values[setting.name] = types[setting.name](raw)
        except ValueError:
            problems.append(f"{setting.name.upper()} is {raw!r}, which is not a number")
    settings = Settings(**values)  # type: ignore[arg-type]
    problems += _contradictions(settings)
    if problems:
        raise SettingsError("; ".join(problems))
    return settings


def _from_file(path: Path) -> dict[str, str]:
    return {key: value for key, value in dotenv_values(path).items() if value} if path.is_file() else {}


def _contradictions(settings: Settings) -> list[str]:
    problems = []
    if settings.public_url and len(settings.webhook_secret) < 32:
        problems.append("PUBLIC_URL needs a WEBHOOK_SECRET of at least 32 characters (A-Z a-z 0-9 _ -)")
    if settings.public_url and not settings.public_url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        problems.append("PUBLIC_URL must begin with https://")
    try:
        WorkingHours.parse(settings.staff_hours)
    except ValueError:
        problems.append(f"STAFF_HOURS is {settings.staff_hours!r}; write it as 08:30-17:00")
    for name in ("staff_chat_id", "admin_chat_id"):
        if value := getattr(settings, name):
            try:
                int(value)
            except ValueError:
                problems.append(f"{name.upper()} is {value!r}; a chat id is a number such as -1001234567890")
    return problems
