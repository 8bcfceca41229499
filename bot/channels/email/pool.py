"""The pool: a few connections to the mail server, used again and again, and closed as soon as one is in doubt."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from bot.channels.email.access import AccessError, access_token
from bot.channels.email.compose import Composed
from bot.channels.email.transaction import LineLostError, Refused, Step, Transaction, status_of
from bot.messages import Fate, SendError

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"smtps": 465, "smtp": 587}

_TURN_SECONDS = 15.0  # for a letter to get a connection; with `letter` less than the minute that the sender waits
_DOUBT_SECONDS = 5.0  # a connection unused for longer is asked whether it is still there
_DRAIN_SECONDS = 3.0
_WAITING = 8  # letters that wait for each connection; more are told when their turn will be

# The first and the longest pause, in seconds, after a connection failed, and after the server refused us: a provider
# locks out who keeps knocking.
_SOFT, _HARD = (1.0, 60.0), (60.0, 900.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """The server that letters are handed to."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"  # starttls | smtps | none
    token_command: str = ""  # prints an access token where the server wants no password

    @classmethod
    def parse(cls, url: str) -> "Relay":
        """Read smtps://user:password@host[:465] or smtp://…[:587]; raises ValueError.

        Without TLS only to this machine.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("write it as smtps://user:password@host or smtp://user:password@host")
        clear = "none" if parts.hostname in _HERE else "starttls"
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls="smtps" if parts.scheme == "smtps" else clear,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much is asked of the server. Times are seconds."""

    connections: int = 2
    letters: int = 100  # on one connection: what providers allow
    idle: float = 30.0  # servers hang up after minutes; until then a burst of answers is over
    reply: float = 20.0  # for the server to say something
    letter: float = 40.0  # for one letter, connecting included


@dataclass(eq=False)
class _Line:
    """A connection, and what has been done with it."""

    smtp: SMTP
    letters: int = 0
    free_since: float = 0.0
    hang_up: asyncio.TimerHandle | None = None


class Pool:
    """Connections to one relay. `name` is what we call ourselves there."""

    def __init__(self, relay: Relay, name: str, limits: Limits | None = None) -> None:
        self._relay, self._name = relay, name
        self._limits = limits or Limits()
        self._free: list[_Line] = []
        self._busy: set[_Line] = set()
        self._turns = asyncio.Semaphore(self._limits.connections)
        self._closing = False
        self._waiting = 0
        self._letter_seconds = 0.1  # that a letter takes, lately
        self._next_turn = 0.0  # of a letter that finds too many waiting
        self._failures = 0
        self._not_before = 0.0  # no connection is opened earlier
        self._trouble = ""

    async def send(self, letter: Composed) -> list[Refused]:
        """Hand a letter over, and return the copies that were refused; raises SendError.

        Also when it is cancelled: whoever stops us learns from the SendError what is known of the letter.
        """
        transaction = Transaction(letter)
        try:
            async with self._turn():
                began = time.monotonic()
                async with asyncio.timeout(self._limits.letter):
                    await self._hand_over(transaction)
                self._letter_seconds += (time.monotonic() - began - self._letter_seconds) / 10
        except TimeoutError:
            raise SendError(transaction.fate, f"no answer at {transaction.step}") from None
        except asyncio.CancelledError:
            raise SendError(transaction.fate, f"stopped at {transaction.step}") from None
        return transaction.refused

    async def probe(self) -> None:
        """Connect, log in and hang up; raises SendError(NOT_SENT) saying what did not work."""
        self._retire(await self._connect())

    async def close(self) -> None:
        """Let what is on the wire finish, within a few seconds, and hang up."""
        self._closing = True
        finished = 0
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                while finished < self._limits.connections:
                    await self._turns.acquire()
                    finished += 1
        except TimeoutError:
            for line in [*self._busy]:
                self._drop(line)
        for line in [*self._free]:
            self._retire(line)
        for _ in range(finished):
            self._turns.release()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for one of the connections; raises SendError(LATER) where too many wait already."""
        if self._waiting >= _WAITING * self._limits.connections:
            raise self._turned_away()
        self._waiting += 1
        try:
            async with asyncio.timeout(_TURN_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            raise self._turned_away() from None
        finally:
            self._waiting -= 1
        try:
            if self._closing:
                raise SendError(Fate.NOT_SENT, "stopped")
            yield
        finally:
            self._turns.release()

    def _turned_away(self) -> SendError:
        """Give a letter the next turn after those that wait, so that it need not ask again and again."""
        now, each = time.monotonic(), self._letter_seconds / self._limits.connections
        self._next_turn = max(self._next_turn, now + self._waiting * each) + each
        return SendError(Fate.LATER, "too many letters wait", wait=self._next_turn - now)

    async def _hand_over(self, transaction: Transaction) -> None:
        while True:
            line = await self._line()
            try:
                await transaction.run(line.smtp)
            except Refused as refusal:
                if self._after(line, refusal):
                    continue
                raise
            except LineLostError as lost:
                self._drop(line)
                if line.letters and transaction.step is not Step.END:
                    continue  # it had been closed since the letter before: a new one is no second try
                if transaction.step is Step.MAIL:
                    self._pause(str(lost), _SOFT)
                raise SendError(transaction.fate, str(lost)) from lost
            except BaseException:
                self._drop(line)
                raise
            self._failures = 0
            self._give_back(line)
            return

    def _after(self, line: _Line, refusal: Refused) -> bool:
        """Do with a connection what a refusal asks for; True when the letter can go by another one at once."""
        if refusal.bye or not line.smtp.is_connected:
            self._drop(line)
        if refusal.bye and line.letters and refusal.step is not Step.END:
            return True
        if refusal.step is Step.MAIL:
            # The sender is always the same: the next letter would be refused as well.
            self._retire(line)
            self._pause(refusal.reason, _SOFT if refusal.code < 500 else _HARD)
        else:
            self._failures = 0
            self._give_back(line)
        return False

    async def _line(self) -> _Line:
        """Return a connection that works; raises SendError(NOT_SENT)."""
        while self._free:
            line = self._free.pop()
            self._busy.add(line)
            if line.hang_up:
                line.hang_up.cancel()
            try:
                alive = await self._is_alive(line)
            except BaseException:
                self._drop(line)
                raise
            if alive:
                return line
            self._drop(line)
        if time.monotonic() < self._not_before:
            raise SendError(Fate.NOT_SENT, self._trouble)
        line = await self._connect()
        self._busy.add(line)
        return line

    async def _is_alive(self, line: _Line) -> bool:
        if not line.smtp.is_connected:
            return False
        if time.monotonic() - line.free_since < _DOUBT_SECONDS:
            return True
        try:
            await line.smtp.noop()
        except (SMTPException, OSError):
            return False
        return True

    async def _connect(self) -> _Line:
        relay = self._relay
        try:
            smtp = SMTP(
                hostname=relay.host,
                port=relay.port,
                username=relay.user or None,
                password=relay.password if relay.user and not relay.token_command else None,
                oauth_token_generator=self._token if relay.token_command else None,
                use_tls=relay.tls == "smtps",
                start_tls=relay.tls == "starttls",
                local_hostname=self._name,
                timeout=self._limits.reply,
            )
            await smtp.connect()
        except SMTPResponseException as error:
            reason = f"no connection: {' '.join(filter(None, (str(error.code), status_of(error.message))))}"
            self._pause(reason, _SOFT if error.code < 500 else _HARD)
            raise SendError(Fate.NOT_SENT, reason) from error
        except AccessError as error:
            self._pause(str(error), _SOFT)
            raise SendError(Fate.NOT_SENT, str(error)) from error
        except (SMTPException, OSError, ValueError) as error:
            reason = f"no connection: {type(error).__name__}"
            self._pause(reason, _SOFT)
            raise SendError(Fate.NOT_SENT, reason) from error
        return _Line(smtp)

    async def _token(self) -> str:
        return await access_token(self._relay.token_command)

    def _pause(self, trouble: str, pauses: tuple[float, float]) -> None:
        """Open no connection for a while, for longer each time that it failed in a row."""
        first, longest = pauses
        pause = min(first * 2 ** min(self._failures, 20), longest)
        self._failures += 1
        self._not_before = max(self._not_before, time.monotonic() + pause)
        self._trouble = trouble

    def _give_back(self, line: _Line) -> None:
        if line not in self._busy:
            return
        self._busy.discard(line)
        line.letters += 1
        line.free_since = time.monotonic()
        if self._closing or line.letters >= self._limits.letters:
            self._retire(line)
            return
        self._free.append(line)
        line.hang_up = asyncio.get_running_loop().call_later(self._limits.idle, self._retire, line)

    def _retire(self, line: _Line) -> None:
        """Say goodbye without waiting for the answer."""
        if line.smtp.protocol and line.smtp.is_connected:
            line.smtp.protocol.write(b"QUIT\r\n")
        self._let_go(line)

    def _drop(self, line: _Line) -> None:
        """Break a connection off: its next answer could belong to any command."""
        if line.smtp.transport:
            cast("asyncio.Transport", line.smtp.transport).abort()
        self._let_go(line)

    def _let_go(self, line: _Line) -> None:
        if line.hang_up:
            line.hang_up.cancel()
        if line in self._free:
            self._free.remove(line)
        self._busy.discard(line)
        line.smtp.close()
