"""A real mail server (aiosmtpd) that does as it is told: takes letters, refuses, hangs, hangs up."""

import asyncio
import base64
import email
import email.policy
import ssl
import warnings
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope

DROP, HANG = "drop", "hang"  # instead of a reply: hang up without a word, or say nothing more
_SEEN_SECONDS = 10.0  # a test that waits longer for the server to see something has failed


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A letter that was taken."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    connection: int  # counted from 1

    @property
    def letter(self) -> EmailMessage:
        """The letter as it is read."""
        found = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(self.letter["Message-ID"])


@dataclass(eq=False)
class MailServer:
    """What it does at a step is what was `told`: replies by turns, then what it always does.

    Steps are `hello`, `MAIL`, `RCPT`, `RCPT anna@example.org`, `DATA` and `end`.
    """

    taken: list[Received] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)  # commands, MAIL and RCPT with their address
    connections: int = 0
    open: int = 0
    most_open: int = 0
    logins: list[str] = field(default_factory=list)
    password: str = ""  # asked for when set
    on_end: Callable[[], None] = lambda: None  # called when a letter is there, before the answer
    tls: ssl.SSLContext | None = None
    scheme: str = "smtp"  # with TLS smtp offers STARTTLS, smtps begins with it
    host: str = "127.0.0.1"
    port: int = 0
    _turns: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _always: dict[str, str] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what was taken."""
        return [received.message_id for received in self.taken]

    def tell(self, step: str, *replies: str) -> None:
        """Tell it what to say the next times at a step."""
        self._turns[step] += replies

    def always(self, step: str, reply: str) -> None:
        """Tell it what to say at a step from now on; '' for what is usual."""
        self._always[step] = reply

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, looked at whenever a command or a letter has come in or a connection is over."""
        async with asyncio.timeout(_SEEN_SECONDS):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    def told(self, *steps: str) -> str:
        """Return what was told for the first of the steps for which something was."""
        for step in steps:
            if self._turns[step]:
                return self._turns[step].pop(0)
        return next((reply for step in steps if (reply := self._always.get(step, ""))), "")

    def notice(self, what: str = "") -> None:
        """Note a command, and wake who waits for it."""
        if what:
            self.seen.append(what)
        self._changed.set()


@asynccontextmanager
async def mail_server(**options: Any) -> AsyncIterator[MailServer]:
    """Run a mail server on a free port."""
    loop, told = asyncio.get_running_loop(), MailServer(**options)
    sessions: set[_Session] = set()
    at_once = told.tls if told.scheme == "smtps" else None
    server = await loop.create_server(lambda: _Session(told, sessions), told.host, 0, ssl=at_once)
    told.port = server.sockets[0].getsockname()[1]
    try:
        yield told
    finally:
        server.close()
        handlers = [session._handler_coroutine for session in sessions if session._handler_coroutine]
        for session in sessions:
            session.wire.abort()
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        await server.wait_closed()


class _Session(SMTP):
    """One connection."""

    def __init__(self, told: MailServer, sessions: set["_Session"]) -> None:
        asks: dict[str, Any] = {"auth_required": True, "auth_require_tls": False} if told.password else {}
        if told.tls and told.scheme == "smtp":
            asks |= {"tls_context": told.tls, "require_starttls": True}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a password without TLS: it never leaves this machine
            super().__init__(_Clerk(told), hostname="mail.example.org", authenticator=self._admit, **asks)
        self.told, self._sessions = told, sessions
        self.number = 0
        self.wire: asyncio.Transport

    def connection_made(self, transport: Any) -> None:
        """Count it."""
        self.wire = transport
        self.told.connections += 1
        self.told.open += 1
        self.told.most_open = max(self.told.most_open, self.told.open)
        self.number = self.told.connections
        self._sessions.add(self)
        if reply := self.told.told("hello"):
            transport.write(f"{reply}\r\n".encode())
            transport.close()
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Count it no more."""
        self.told.open -= 1
        self.told.notice()
        super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - as the library names it
        """Refuse the content before it comes, when told so."""
        self.told.notice("DATA")
        if reply := self.told.told("DATA"):
            await self.push(await self.say(reply))
            return
        await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        """Note it."""
        self.told.notice("QUIT")
        await super().smtp_QUIT(arg)

    async def say(self, reply: str) -> str:
        """Return a reply, after hanging up or for ever silent where that is what was told."""
        if reply == HANG:
            await asyncio.Event().wait()
        if reply == DROP:
            self.wire.abort()
        if reply.startswith("421"):
            asyncio.get_running_loop().call_soon(self.wire.close)
        return reply

    def _admit(self, _: Any, __: Any, ___: Any, ____: Any, given: Any) -> AuthResult:
        self.told.logins.append(given.login.decode())
        return AuthResult(success=given.password == self.told.password.encode(), handled=False)


class _Clerk:
    """What aiosmtpd asks at each step."""

    def __init__(self, told: MailServer) -> None:
        self._told = told

    async def auth_XOAUTH2(self, _: _Session, given: list[bytes]) -> AuthResult:  # noqa: N802
        """Take the password for an access token."""
        user, token, *_rest = base64.b64decode(given[1]).decode().split("\1")
        self._told.logins.append(user.removeprefix("user="))
        return AuthResult(success=token == f"auth=Bearer {self._told.password}", handled=False)

    async def handle_MAIL(self, server: _Session, _: Any, envelope: Envelope, address: str, __: Any) -> str:  # noqa: N802
        """Take the sender."""
        self._told.notice(f"MAIL {address}")
        if reply := self._told.told("MAIL"):
            return await server.say(reply)
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(self, server: _Session, _: Any, envelope: Envelope, address: str, __: Any) -> str:  # noqa: N802
        """Take a recipient."""
        self._told.notice(f"RCPT {address}")
        if reply := self._told.told(f"RCPT {address}", "RCPT"):
            return await server.say(reply)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_RSET(self, _: _Session, __: Any, ___: Envelope) -> str:  # noqa: N802
        """Forget the letter."""
        self._told.notice("RSET")
        return "250 2.0.0 ok"

    async def handle_DATA(self, server: _Session, _: Any, envelope: Envelope) -> str:  # noqa: N802
        """Take the letter, or not."""
        reply = self._told.told("end")
        if reply in ("", DROP, HANG):
            # Taken before anybody says so: that is how a letter is doubled.
            content = envelope.original_content or b""
            recipients = tuple(envelope.rcpt_tos)
            sender = envelope.mail_from or ""
            taken = Received(sender=sender, recipients=recipients, content=content, connection=server.number)
            self._told.taken.append(taken)
        self._told.on_end()
        self._told.notice("end")
        return await server.say(reply or "250 2.0.0 taken")
