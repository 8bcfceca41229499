"""Settings: the environment and .env become one frozen value, with every mistake named at once."""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import get_type_hints

from dotenv import dotenv_values

from bot.channels.email.account import parse as parse_imap
from bot.desk.promise import WorkingHours
from bot.messages import LETTERS, Address
from bot.outreach.quiet import QuietHours

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
_ADDRESS = re.compile(r"[A-Za-z0-9._%-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")  # no +: what follows it is ours to choose
_APPROVALS = ("none", "marked", "all")
_MAILBOX = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
_SMTP = re.compile(r"smtps?://([^\s/?#@]+@)?[^\s/?#@:]+(:\d{1,5})?/?")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")
_HERE = ("http://127.0.0.1", "http://localhost")  # where a webhook needs no TLS


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
    mail_address: str = ""  # where people write letters to; '' has no letters
    mail_authserv_id: str = ""  # our server's name in Authentication-Results; '' believes no sender
    mail_secret: Secret = Secret("")  # signs what marks our letters
    mail_hourly: int = 0  # letters an hour that the mailbox's provider allows; 0 has no limit
    mail_intake_hourly: int = 2000  # letters an hour beyond which we suspect a loop and pause; 0 never does
    mail_plus: int = 0  # 1 where koki+anything@… reaches koki@…, as with Gmail and Microsoft
    mail_connections: int = 2  # to the server that letters are handed to, at most
    imap_url: Secret = Secret("")  # imaps://user:password@host[:993][/INBOX]
    mail_token_command: str = ""  # prints an access token, where the provider takes no password (XOAUTH2)
    smtp_url: Secret = Secret("")  # smtps://user:password@host[:465], or smtp:// with STARTTLS (587)
    public_origins: str = ""  # sites that may show the public numbers, https://example.lv, several with spaces
    listen: str = "127.0.0.1"
    port: int = 8080
    database_url: Secret = Secret("")
    data_dir: Path = Path("data")
    object_store_url: str = ""  # s3://bucket/prefix; '' is a folder in the data directory
    staff_chat_id: str = ""
    staff_topics: int = 0  # 1: the staff's group has topics, and each case gets one
    staff_mail: str = ""  # addresses that are told of every case by letter, and may answer so
    admin_chat_id: str = ""
    approve: str = "marked"  # which answers a person looks at first: none, marked (`approve: true` in a topic), all
    staff_hours: str = "08:30-17:00"  # Monday to Friday, by the clock in Riga
    answer_hours: int = 8  # working hours within which a person answers
    submission_days: int = 0  # within which the law wants a submission answered; 0 names no such day
    quiet_hours: str = "21:00-08:00"  # when nobody is written to of our own accord, by the clock in Riga
    approve_above: int = 500  # recipients of an announcement that a second coordinator has to agree to; 0 for never
    outreach: int = (
        0  # 1: organisations that did not ask may be written to; whether they may is the project's to decide
    )
    site_url: str = ""  # where people reach our pages; '' is PUBLIC_URL
    privacy_url: str = ""
    privacy_controller: str = ""
    privacy_contact: str = ""
    privacy_basis: str = ""
    goal_trees: int = 12_000_000  # of the project: what Latvia has promised
    goal_day: str = "2030-12-31"  # the last day on which they count
    goal_events: int = 28  # information events of a stage of the project
    goal_municipalities: int = 8  # in which there are to be planting events
    certificate_issuer: str = ""  # who gives certificates; '' names nobody
    certificate_signer: str = ""  # whose name stands under the line; '' has no line
    certificate_position: str = ""  # of the signer
    erasure_secret: Secret = Secret("")  # what erased people are known by is made with it; '' makes a key of its own
    erasure_ledger: str = ""  # the file that erasures are written into, for a restore; '' is one in the data directory
    draft_days: int = 30
    raw_days: int = 14
    case_days: int = 180  # after a case was closed
    document_days: int = 30  # files that we made
    event_days: int = 180  # after an event
    lease_seconds: float = 10.0
    log_level: str = "INFO"
    problems: tuple[str, ...] = field(default=(), repr=False)  # what can't be used, each with how to mend it

    @property
    def database(self) -> str:
        """The database to use: the embedded one unless another is named."""
        return self.database_url or f"sqlite:///{self.data_dir / 'koku-paligs.db'}"

    @property
    def objects(self) -> str:
        """Where pictures are kept."""
        return self.object_store_url or f"file://{(self.data_dir / 'objects').absolute()}"

    @property
    def ledger(self) -> Path:
        """Where erasures are written down outside of the database."""
        return Path(self.erasure_ledger) if self.erasure_ledger else self.data_dir / "erasures.jsonl"

    @property
    def draft_lives(self) -> timedelta:
        """How long a draft without permission is kept."""
        return timedelta(days=self.draft_days)

    @property
    def pages(self) -> str:
        """Where people reach our pages, without a slash at the end; '' where they don't."""
        return (self.site_url or self.public_url).rstrip("/")

    @property
    def takes_letters(self) -> bool:
        """Whether people can write letters to us."""
        return bool(self.mail_address)

    @property
    def staff_mails(self) -> tuple[Address, ...]:
        """Who of staff is told of every case by letter."""
        return tuple(Address(LETTERS, one.lower()) for one in self.staff_mail.replace(",", " ").split())

    @property
    def origins(self) -> tuple[str, ...]:
        """The sites that may show the public numbers."""
        return tuple(self.public_origins.split())

    @property
    def uses_webhook(self) -> bool:
        """Whether Telegram brings updates to us."""
        return bool(self.public_url)


def load(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """Read the environment over .env; raises SettingsError naming every setting that can't be used."""
    settings = read(environment, env_file)
    if settings.problems:
        raise SettingsError("; ".join(settings.problems))
    return settings


def read(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """Read them as far as they can be: what can't stays as it is without, and is named in `problems`."""
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
    return replace(settings, problems=(*problems, *_contradictions(settings)))


def unknown(env_file: Path = Path(".env")) -> list[str]:
    """Return what .env sets and nobody reads: most likely misspelt."""
    known = {setting.name.upper() for setting in fields(Settings)}
    return sorted(set(_from_file(env_file)) - known)


def _from_file(path: Path) -> dict[str, str]:
    return {key: value for key, value in dotenv_values(path).items() if value} if path.is_file() else {}


def _contradictions(settings: Settings) -> Iterator[str]:
    yield from _of_telegram(settings)
    yield from _of_letters(settings)
    yield from _of_staff(settings)
    yield from _of_data(settings)
    yield from _of_project(settings)
    yield from _of_hours(settings)
    yield from _of_outreach(settings)
    for name in ("staff_chat_id", "admin_chat_id"):
        if value := getattr(settings, name):
            try:
                int(value)
            except ValueError:
                yield f"{name.upper()} is {value!r}; a chat id is a number such as -1001234567890"
    if not 0 < settings.port < 1 << 16:
        yield f"PORT is {settings.port}; a port is a number from 1 to 65535"
    days = ("draft_days", "raw_days", "case_days", "document_days", "event_days")
    for name in ("answer_hours", *days, "lease_seconds", "goal_trees"):
        if not getattr(settings, name) > 0:
            yield f"{name.upper()} must be more than 0"
    if settings.log_level.upper() not in logging.getLevelNamesMapping():
        yield f"LOG_LEVEL is {settings.log_level!r}; write DEBUG, INFO, WARNING or ERROR"


def _of_hours(settings: Settings) -> Iterator[str]:
    try:
        WorkingHours.parse(settings.staff_hours)
    except ValueError:
        yield f"STAFF_HOURS is {settings.staff_hours!r}; write it as 08:30-17:00"
    try:
        QuietHours.parse(settings.quiet_hours)
    except ValueError:
        yield f"QUIET_HOURS is {settings.quiet_hours!r}; write it as 21:00-08:00"


def _of_outreach(settings: Settings) -> Iterator[str]:
    if settings.approve_above < 0:
        yield "APPROVE_ABOVE must not be less than 0; 0 is never"
    if settings.outreach not in {0, 1}:
        yield f"OUTREACH is {settings.outreach}; write 1 or 0"
    if settings.outreach:
        needed = ("mail_address", "privacy_controller")
        missing = [name.upper() for name in needed if not getattr(settings, name)]
        if missing:
            yield f"OUTREACH needs {' and '.join(missing)}: each letter says who sends it, and is answered by letter"
    if settings.site_url and not settings.site_url.startswith(("https://", *_HERE)):
        yield "SITE_URL must begin with https://"


def _of_telegram(settings: Settings) -> Iterator[str]:
    if settings.telegram_token and not _TOKEN.fullmatch(settings.telegram_token):
        yield "TELEGRAM_TOKEN is not one: copy it whole from @BotFather, 123456789:AA..."
    if not settings.telegram_api_url.startswith(("https://", "http://")):
        yield "TELEGRAM_API_URL must begin with https:// (or http://, for a server on this machine)"
    if not settings.public_url:
        return
    if not _SECRET.fullmatch(settings.webhook_secret):
        yield "PUBLIC_URL needs a WEBHOOK_SECRET of 32 to 256 characters A-Z a-z 0-9 _ -"
    if not settings.public_url.startswith(("https://", *_HERE)):
        yield "PUBLIC_URL must begin with https://"


def _of_letters(settings: Settings) -> Iterator[str]:
    needed = ("mail_address", "imap_url", "smtp_url", "mail_secret")
    missing = [name.upper() for name in needed if not getattr(settings, name)]
    if missing and len(missing) < len(needed):
        yield f"letters need {', '.join(missing)} as well: MAIL_ADDRESS, IMAP_URL, SMTP_URL and MAIL_SECRET go together"
    if settings.mail_address and not _ADDRESS.fullmatch(settings.mail_address):
        yield f"MAIL_ADDRESS is {settings.mail_address!r}; write it as koki@example.lv"
    if settings.mail_secret and not _SECRET.fullmatch(settings.mail_secret):
        yield "MAIL_SECRET must be 32 to 256 characters A-Z a-z 0-9 _ -"
    if settings.imap_url:
        try:
            parse_imap(settings.imap_url, settings.mail_token_command)
        except ValueError as error:
            yield str(error)
    if settings.smtp_url and not _SMTP.fullmatch(settings.smtp_url):
        yield "SMTP_URL must be like smtps://user:password@host, or smtp://user:password@host for STARTTLS"
    for name in ("mail_hourly", "mail_intake_hourly"):
        if getattr(settings, name) < 0:
            yield f"{name.upper()} must not be less than 0; 0 is no limit"


def _of_staff(settings: Settings) -> Iterator[str]:
    if settings.approve not in _APPROVALS:
        yield f"APPROVE is {settings.approve!r}; write {', '.join(_APPROVALS)}"
    if settings.approve == "all" and not settings.staff_topics:
        yield "APPROVE=all needs STAFF_TOPICS=1: answers wait for staff in a topic of their group"
    if wrong := [one.ident for one in settings.staff_mails if not _MAILBOX.fullmatch(one.ident)]:
        yield f"STAFF_MAIL holds {', '.join(wrong)}; write addresses as ilze@example.lv, janis@example.lv"
    elif settings.staff_mail and not (settings.mail_address and settings.staff_topics):
        yield "STAFF_MAIL needs MAIL_ADDRESS and STAFF_TOPICS=1: what is answered by letter is shown in a topic"


def _of_data(settings: Settings) -> Iterator[str]:
    if settings.erasure_secret and not _SECRET.fullmatch(settings.erasure_secret):
        yield "ERASURE_SECRET must be 32 to 256 characters A-Z a-z 0-9 _ -"
    schemes = ("postgresql://", "postgres://", "postgresql+psycopg://", "sqlite:///")
    if settings.database_url and not settings.database_url.startswith(schemes):
        yield "DATABASE_URL must be like postgresql://user:password@host/database"
    if settings.object_store_url and "://" not in settings.object_store_url:
        yield "OBJECT_STORE_URL must be like s3://bucket/prefix"


def _of_project(settings: Settings) -> Iterator[str]:
    try:
        date.fromisoformat(settings.goal_day)
    except ValueError:
        yield f"GOAL_DAY is {settings.goal_day!r}; write it as 2030-12-31"
    if wrong := [origin for origin in settings.origins if not _ORIGIN.fullmatch(origin)]:
        yield f"PUBLIC_ORIGINS has {wrong[0]!r}; write each site as https://example.lv, without a path"
