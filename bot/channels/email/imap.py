"""The mailbox: one connection to an IMAP server, on which nothing can wait for ever.

aioimaplib is called here and nowhere else. It forgets a lost connection while it waits, loses an answer of a thousand
lines, and is out of step after any timeout; so every call is raced with the loss of the connection and with a deadline,
few lines are asked for at once, and one failure ends the connection.
"""

import asyncio
import base64
import contextlib
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, TypeVar

from aioimaplib import AUTH, IMAP4, IMAP4_SSL, AioImapException
from aioimaplib.aioimaplib import Command

from bot.channels.email.access import AccessError, access_token
from bot.channels.email.account import Account, encoded, quoted

KEYWORD = "$KokuPaligs"  # on what we have taken in, where the server keeps keywords
MOST_AT_ONCE = 100  # letters a command may ask about: the library fails near a thousand lines

_SECONDS = 30.0  # for one answer
_BYTES_A_SECOND = 5_000  # of the slowest server that is waited for
_LOOK_SECONDS = 15.0  # between two looks where the server does not tell of new letters
_FOR_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")  # RFC 5530: not our password's fault

T = TypeVar("T")


class Trouble(StrEnum):
    """What is wrong with a mailbox."""

    UNKNOWN_HOST = "there is no such server"
    UNREACHABLE = "the server does not answer"
    TLS = "the server can't be trusted"
    LOGIN = "the server refuses our login"
    FOLDER = "there is no such folder"
    REFUSED = "the server refuses"
    LOST = "the connection was lost"


class MailboxError(Exception):
    """A mailbox can't be used, and its connection is of no use any more. Trying again later may help.

    `detail` is what the server or the system said, without secrets. A refused login is not to be tried again soon:
    that locks accounts.
    """

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble} ({detail})" if detail else str(trouble))
        self.trouble = trouble
        self.detail = detail


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A letter that lies in the mailbox."""

    uid: int
    size: int  # bytes
    arrived_at: datetime | None  # as the server noted it, aware


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """A letter as it was fetched: all of it, or only its header where it is too big."""

    uid: int
    raw: bytes = field(repr=False)
    size: int
    arrived_at: datetime | None
    whole: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """How full the account is, in KB."""

    used: int
    limit: int

    @property
    def is_nearly_full(self) -> bool:
        """Whether letters will soon be sent back to the people who wrote them."""
        return self.used >= 0.95 * self.limit


@asynccontextmanager
async def opened(account: Account, seconds: float = _SECONDS) -> AsyncIterator["Mailbox"]:
    """Connect, log in, open the folder; raises MailboxError. `seconds` is how long any answer may take."""
    mailbox = Mailbox(account, seconds)
    try:
        await mailbox.open()
        yield mailbox
    finally:
        mailbox.drop()


class Mailbox:
    """One connection. After an error it is of no use: whoever holds it lets it go."""

    def __init__(self, account: Account, seconds: float) -> None:
        self._account, self._seconds = account, seconds
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        server = IMAP4_SSL if account.tls else IMAP4
        self._client: Any = server(account.host, account.port, timeout=2 * seconds)
        # Its constructor for TLS takes no such argument.
        self._client.protocol.conn_lost_cb = self._on_lost
        self.uidvalidity = 0
        self.count = 0
        self.marks = False  # whether the server keeps our keyword

    async def open(self) -> None:
        """Do what comes before the first command; raises MailboxError."""
        await self._greet()
        await self._log_in()
        await self._guarded(self._client.protocol.capability())
        await self._select()

    def drop(self) -> None:
        """Let go of the connection at once, whatever state it is in."""
        self._client._client_task.cancel()  # noqa: SLF001 - it may still be connecting
        for task in self._client.tasks:
            task.cancel()
        if transport := self._client.protocol.transport:
            transport.abort()

    async def search(self, after: int) -> list[int]:
        """Return the uids of all letters above `after`, in order: read and unread ones."""
        answer = await self._guarded(self._client.uid_search(f"UID {after + 1}:*", charset=None))
        # `n:*` names the last letter even where its number is below n.
        return [uid for uid in _uids(self._checked(answer, "SEARCH")) if uid > after]

    async def look_at(self, uids: Sequence[int]) -> list[Waiting]:
        """Return size and time of at most a hundred letters; those that are gone are left out."""
        found = await self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)", self._seconds)
        waiting = [
            Waiting(uid=uid, size=_number(rb"RFC822\.SIZE", text), arrived_at=_arrived_at(text))
            for uid, text, _ in found
            if b"RFC822.SIZE" in text
        ]
        return sorted(waiting, key=lambda letter: letter.uid)

    async def fetch(self, letters: Sequence[Waiting], *, whole: bool = True) -> list[Arrived]:
        """Fetch letters, or only their headers, without marking them as read; those that are gone are left out."""
        size = sum(letter.size for letter in letters) if whole else 0
        seconds = self._seconds + size / _BYTES_A_SECOND
        what = "(UID BODY.PEEK[])" if whole else "(UID BODY.PEEK[HEADER])"
        bodies = {uid: body for uid, text, body in await self._fetch([one.uid for one in letters], what, seconds)
                  if b"BODY[" in text}  # fmt: skip
        return [
            Arrived(uid=one.uid, raw=bodies[one.uid], size=one.size, arrived_at=one.arrived_at, whole=whole)
            for one in letters
            if one.uid in bodies
        ]

    async def unmarked(self, upto: int) -> list[int]:
        """Return the letters up to a uid that do not bear our mark, where the server keeps it."""
        if not self.marks or not upto:
            return []
        answer = await self._guarded(self._client.uid_search(f"UNKEYWORD {KEYWORD} UID 1:{upto}", charset=None))
        return _uids(self._checked(answer, "SEARCH"))

    async def mark(self, uids: Sequence[int]) -> None:
        """Mark letters for the people who look into the mailbox; whether they read them is left alone."""
        if self.marks and uids:
            answer = await self._guarded(self._client.uid("store", _set(uids), f"+FLAGS.SILENT ({KEYWORD})"))
            self.marks = answer.result == "OK"  # it is a courtesy: without it letters are taken in as well

    async def idle(self, seconds: float) -> None:
        """Wait until the server tells of something, at most so long. What it was is for a search to find."""
        if not self._client.has_capability("IDLE"):
            await self.rest(min(seconds, _LOOK_SECONDS))
            self._checked(await self._guarded(self._client.noop()), "NOOP")
            return
        pushes = self._client.protocol.idle_queue
        while not pushes.empty():
            pushes.get_nowait()
        running = await self._guarded(self._client.idle_start(timeout=2 * seconds + self._seconds))
        running.add_done_callback(_forget)
        await self._raced(pushes.get(), seconds)
        if not self._lost.done():
            self._client.idle_done()
        self._checked(await self._guarded(running), "IDLE")

    async def rest(self, seconds: float) -> None:
        """Wait while the connection lives."""
        await asyncio.wait({self._lost}, timeout=seconds)
        if self._lost.done():
            raise MailboxError(Trouble.LOST)

    async def quota(self) -> Quota | None:
        """Return how full the account is, None where the server does not say."""
        if not self._client.has_capability("QUOTA"):
            return None
        answer = await self._guarded(self._client.getquotaroot("INBOX"))
        found = re.search(rb"\(.*?STORAGE (\d+) (\d+)", b" ".join(_texts(answer.lines)), re.IGNORECASE)
        return Quota(used=int(found[1]), limit=int(found[2])) if found and int(found[2]) else None

    async def _greet(self) -> None:
        host = f"{self._account.host}:{self._account.port}"
        try:
            done = await self._raced(self._client.wait_hello_from_server(), self._seconds)
        except socket.gaierror:
            raise MailboxError(Trouble.UNKNOWN_HOST, self._account.host) from None
        except ssl.SSLError as error:
            reason = getattr(error, "verify_message", "") or error.reason or "no TLS"
            raise MailboxError(Trouble.TLS, f"{host}: {reason}") from None
        except (OSError, AioImapException) as error:
            reason = getattr(error, "strerror", "") or type(error).__name__
            raise MailboxError(Trouble.UNREACHABLE, f"{host}: {reason}") from None
        if not done:
            reason = "it hung up" if self._lost.done() else "no greeting"
            raise MailboxError(Trouble.UNREACHABLE, f"{host}: {reason}")

    async def _log_in(self) -> None:
        account = self._account
        if account.token_command:
            answer = await self._show_token()
        elif self._client.has_capability("LOGINDISABLED"):
            raise MailboxError(Trouble.LOGIN, "it takes no passwords")
        else:
            # The library puts the password into quotes, but not the user.
            answer = await self._guarded(self._client.login(quoted(account.user), account.password))
        if answer.result != "OK":
            said = _said(answer)
            for_now = any(code in said.upper() for code in _FOR_NOW)
            raise MailboxError(Trouble.REFUSED if for_now else Trouble.LOGIN, said)

    async def _show_token(self) -> Any:
        try:
            token = await access_token(self._account.token_command)
        except AccessError as error:
            raise MailboxError(Trouble.REFUSED, str(error)) from None
        protocol = self._client.protocol
        shown = base64.b64encode(f"user={self._account.user}\1auth=Bearer {token}\1\1".encode()).decode()
        command = _ShownToken("AUTHENTICATE", protocol.new_tag(), "XOAUTH2", shown)
        command.give_in = lambda: protocol.transport.write(b"\r\n")
        answer = await self._guarded(protocol.execute(command, scrub=shown))
        if answer.result == "OK":
            protocol.state = AUTH
        return answer

    async def _select(self) -> None:
        answer = await self._guarded(self._client.select(quoted(encoded(self._account.folder))))
        if answer.result != "OK":
            raise MailboxError(Trouble.FOLDER, f"{self._account.folder}: {_said(answer)}")
        told = b"\n".join(_texts(answer.lines))
        validity, exists = re.search(rb"\[UIDVALIDITY (\d+)\]", told), re.search(rb"^(\d+) EXISTS", told, re.MULTILINE)
        kept = re.search(rb"\[PERMANENTFLAGS \(([^)]*)\)", told)
        if validity is None:
            raise MailboxError(Trouble.REFUSED, "it does not number its letters")
        self.uidvalidity, self.count = int(validity[1]), int(exists[1]) if exists else 0
        flags = kept[1].split() if kept else []
        self.marks = b"[READ-ONLY]" not in told and (b"\\*" in flags or KEYWORD.encode() in flags)

    async def _fetch(self, uids: Sequence[int], what: str, seconds: float) -> list[tuple[int, bytes, bytes]]:
        """Ask about letters and return for each its uid, the lines it came in, and its literal or quoted content."""
        answer = await self._guarded(self._client.uid("fetch", _set(uids), what), seconds)
        self._checked(answer, "FETCH")
        wanted = set(uids)
        found = []
        for group in _groups(answer.lines[:-1]):
            text = b" ".join(_texts(group))
            # Others may change flags meanwhile, of which the server tells in between.
            if (uid := _number(rb"UID", text)) in wanted:
                found.append((uid, text, _content(group, text)))
        return found

    def _checked(self, answer: Any, command: str) -> list[bytes]:
        """Return the lines before the last of an answer; raises MailboxError where it is not OK."""
        if answer.result != "OK":
            raise MailboxError(Trouble.REFUSED, f"{command}: {_said(answer)}")
        return _texts(answer.lines[:-1])

    async def _guarded(self, call: Coroutine[Any, Any, T] | asyncio.Future[T], seconds: float | None = None) -> T:
        """Wait for an answer as long as the connection lives and not longer than the deadline."""
        try:
            done = await self._raced(call, seconds or self._seconds)
        except Exception as error:  # noqa: BLE001 - whatever the library stumbles over, it is out of step now
            raise MailboxError(Trouble.LOST, type(error).__name__) from None
        if not done:
            raise MailboxError(Trouble.LOST, "hung up" if self._lost.done() else "no answer in time")
        return done[0]

    async def _raced(self, call: Coroutine[Any, Any, T] | asyncio.Future[T], seconds: float) -> tuple[T] | None:
        """Return the result in a tuple, or None when the connection or the patience was lost before."""
        task = asyncio.ensure_future(call)
        either: set[asyncio.Future[Any]] = {task, self._lost}
        try:
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return (task.result(),) if task.done() else None
        finally:
            if not task.done():
                task.cancel()

    def _on_lost(self, _: Exception | None) -> None:
        if not self._lost.done():
            self._lost.set_result(None)


class _ShownToken(Command):  # type: ignore[misc]  # the library has no types
    """XOAUTH2. A refusal comes as a question that wants an empty answer, which the library never gives."""

    give_in: Callable[[], None]

    def append_to_resp(self, line: bytes, result: str = "Pending") -> None:
        if result == "Pending" and line.startswith(b"+"):
            self.give_in()
        super().append_to_resp(line, result)


def _forget(task: "asyncio.Future[Any]") -> None:
    """Take the outcome of an IDLE that nobody waits for any more."""
    with contextlib.suppress(asyncio.CancelledError):
        task.exception()


def _uids(lines: Iterable[bytes]) -> list[int]:
    return sorted({int(uid) for line in lines for uid in line.split() if uid.isdigit()})


def _set(uids: Iterable[int]) -> str:
    return ",".join(map(str, uids))


def _texts(lines: Iterable[Any]) -> list[bytes]:
    """Return the lines of an answer, without literals, which the library gives as bytearray."""
    return [line for line in lines if isinstance(line, bytes)]


def _groups(lines: Sequence[Any]) -> list[list[Any]]:
    """Split the answer to a FETCH by letter."""
    groups: list[list[Any]] = []
    for line in lines:
        if isinstance(line, bytes) and re.match(rb"\d+ FETCH \(", line):
            groups.append([])
        if groups:
            groups[-1].append(line)
    return groups


def _content(group: Sequence[Any], text: bytes) -> bytes:
    for part in group:
        if isinstance(part, bytearray):
            return bytes(part)
    found = re.search(rb'BODY\[\w*\] "((?:[^"\\]|\\.)*)"', text)
    return re.sub(rb"\\(.)", rb"\1", found[1]) if found else b""


def _number(name: bytes, text: bytes) -> int:
    found = re.search(rb"\b" + name + rb" (\d+)", text)
    return int(found[1]) if found else 0


def _arrived_at(text: bytes) -> datetime | None:
    """Read INTERNALDATE: "26-Nov-2026 14:40:44 +0200"."""
    found = re.search(rb'INTERNALDATE "([^"]+)"', text)
    if not found:
        return None
    try:
        return parsedate_to_datetime(found[1].decode("ascii", "replace").strip().replace("-", " ", 2)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _said(answer: Any) -> str:
    """Return what the server said last, as short as an alarm can hold and without how long it took."""
    texts = _texts(answer.lines)
    said = texts[-1].decode("utf-8", "replace").strip() if texts else str(answer.result)
    return re.sub(r"\s*\([\d.+ ]+secs\)\.?$", "", said)[:200]
