"""One SMTP transaction: a letter is handed over, and when that fails it is known how far it had come.

What a server refuses in words is an end like any other: the connection stays in step. Everything else, a lost line
or an answer that can't be read, leaves it out of step: the next letter would get the answer meant for this one.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPServerDisconnected

from bot.channels.email.compose import Composed
from bot.messages import Fate, SendError

_BYE = 421  # the server hangs up
_GO_ON, _TAKEN = 354, 250
_TOO_BIG = 552
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_OURS = frozenset({"5.1.7", "5.1.8"})  # of 5.1.x those that are about our own address


class Step(StrEnum):
    """How far a letter has come."""

    TURN = "turn"  # it waits for a connection
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    END = "end of DATA"  # all of it is on the wire: from here on it may have arrived


class LineLostError(Exception):
    """The connection is of no more use. Whether trying again helps depends on the step that had been reached."""


class Refused(SendError):  # noqa: N818 - a kind of end, as SendError's fates are
    """The server refused in words; the connection is in step, unless it said goodbye (421)."""

    def __init__(self, step: Step, code: int, text: str) -> None:
        status = status_of(text)
        # Not the words of the server: they tend to hold the person's address.
        super().__init__(_fate(step, code, status), " ".join(filter(None, (str(code), status, "at", step))))
        self.step = step
        self.code = code

    @property
    def bye(self) -> bool:
        """Whether the server hung up."""
        return self.code == _BYE


@dataclass(eq=False)
class Transaction:
    """A letter on its way. `refused` are the copies that were not taken; the letter goes without them."""

    letter: Composed
    step: Step = Step.TURN
    refused: list[Refused] = field(default_factory=list)

    @property
    def fate(self) -> Fate:
        """What is known of the letter when nothing more is heard of it."""
        return Fate.UNKNOWN if self.step is Step.END else Fate.NOT_SENT

    async def run(self, line: SMTP) -> None:
        """Hand the letter over; raises Refused and LineLostError."""
        self.refused.clear()
        try:
            await self._run(line)
        except Refused as refusal:
            if not refusal.bye and self.step is not Step.END:
                await self._forget(line)
            raise

    async def _run(self, line: SMTP) -> None:
        person, *copies = self.letter.recipients
        self.step = Step.MAIL
        try:
            await line.mail(self.letter.sender)
            self.step = Step.RCPT
            await line.rcpt(person)
            for copy in copies:
                await self._copy(line, copy)
            self.step = Step.DATA
            reply = await line.execute_command(b"DATA")
            if reply.code != _GO_ON:
                raise SMTPResponseException(reply.code, reply.message)  # noqa: TRY301 - as of every other step
            if line.protocol is None:
                raise SMTPServerDisconnected("lost")
            self.step = Step.END
            line.protocol.write(_stuffed(self.letter.content))
            reply = await line.protocol.read_response(timeout=line.timeout)
            if reply.code != _TAKEN:
                raise SMTPResponseException(reply.code, reply.message)  # noqa: TRY301
        except SMTPResponseException as error:
            raise self._meant(error) from error
        except (SMTPException, OSError) as error:
            raise LineLostError(f"{type(error).__name__} at {self.step}") from error

    async def _copy(self, line: SMTP, copy: str) -> None:
        """Ask for a copy too; the person gets the letter also when somebody copied in can't be reached."""
        try:
            await line.rcpt(copy)
        except SMTPResponseException as error:
            meant = self._meant(error)
            if meant.bye:
                raise meant from error
            self.refused.append(meant)

    async def _forget(self, line: SMTP) -> None:
        """Have the server forget what it heard of this letter, so that the next one begins at the beginning."""
        try:
            await line.rset()
        except (SMTPException, OSError):
            line.close()

    def _meant(self, error: SMTPResponseException) -> Refused:
        if not 400 <= error.code < 600:
            raise LineLostError(f"an answer out of place at {self.step}") from error
        return Refused(self.step, error.code, error.message)


def status_of(text: str) -> str:
    """Find the enhanced status (RFC 3463) in what a server said; '' when it has none."""
    found = _STATUS.match(text)
    return found[0] if found else ""


def _fate(step: Step, code: int, status: str) -> Fate:
    if code < 500:
        return Fate.LATER
    if step is Step.RCPT and status.startswith("5.1.") and status not in _OURS:
        return Fate.GONE
    # Refusing the sender is about us, not about this letter: it goes when that is mended.
    return Fate.NOT_SENT if step is Step.MAIL and code != _TOO_BIG else Fate.REFUSED


def _stuffed(content: bytes) -> bytes:
    """Double the point that begins a line, and end with one."""
    content = content.replace(b"\r\n.", b"\r\n..")
    return (b"." if content.startswith(b".") else b"") + content + b".\r\n"
