"""Letters: how many can be written on a core, and how many go out to a server that is far away."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

import aiosmtplib

from bot.channels.email.compose import Composer, Letterhead
from bot.channels.email.pool import Limits
from bot.channels.email.sending import EmailChannel
from bot.clock import SystemClock
from bot.messages import Address, Destination, Envelope, Outbound
from tests.bench.letters_parsing import measure

ROUND_TRIP = 0.02  # seconds
CONNECTIONS = 8
_AT_ONCE = 4 * CONNECTIONS  # letters that want to go

_HEAD = Letterhead(
    address="koki@example.lv", secret="s" * 32, plus=True, privacy_url="https://koki.example.lv/privatums"
)
_TEXT = """Labdien!

Pierakstīju: <b>ozols – 50</b>, liepa – 20. Stādīts: 2025. gada aprīlī.

Lai pabeigtu, vajag vēl trīs atbildes. Rakstiet atbildi aiz numura, piemēram, „3) 250”.

3) Kur koki aug? Uzrakstiet pagastu un mājas nosaukumu. Der arī kadastra numurs.

4) Kas stādīja?
• skola
• pašvaldība
• uzņēmums

5) Vai drīkst Jūsu kokus ievadīt platformā MapMyTree? <a href="https://mapmytree.eu">mapmytree.eu</a>"""
_ENVELOPE = Envelope(
    subject="Re: Gribu reģistrēt kokus",
    message_id="answered@mail.example.org",
    references=tuple(f"{number}@mail.example.org" for number in range(5)),
    prompt="abcdefgh22345672",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Letters:
    """One repetition. A figure is void when a letter is missing or came twice."""

    read: float  # in a second of processor time: taken apart, whatever they are
    written: float  # in a second of processor time
    naive: float  # in a second, each over a connection of its own, one after the other
    pooled: float  # in a second, writing included
    wrong: tuple[str, ...]


async def measure_letters(written: int, naive: int, pooled: int) -> Letters:
    """Write so many letters, and send so many each way."""
    began = time.process_time()
    composer = Composer(_HEAD)
    for number in range(written):
        composer.compose(*_letter(number), datetime.now(UTC))
    spent = time.process_time() - began
    async with _sink() as sink:
        began = time.perf_counter()
        for number in range(naive):
            letter = composer.compose(*_letter(number), datetime.now(UTC))
            await aiosmtplib.send(
                letter.content,
                sender=letter.sender,
                recipients=list(letter.recipients),
                hostname="127.0.0.1",
                port=sink.port,
                start_tls=False,
            )
        alone = time.perf_counter() - began
        wrong = sink.complaints("one connection each", naive)
    async with _sink() as sink:
        limits = Limits(connections=CONNECTIONS)
        channel = EmailChannel(_HEAD, f"smtp://127.0.0.1:{sink.port}", SystemClock(), limits=limits)
        numbers = iter(range(pooled))

        async def send() -> None:
            for number in numbers:
                await channel.send(*_letter(number))

        began = time.perf_counter()
        await asyncio.gather(*(send() for _ in range(_AT_ONCE)))
        together = time.perf_counter() - began
        await channel.close()
        wrong += sink.complaints("pool", pooled)
    return Letters(
        read=measure(1).per_second, written=written / spent, naive=naive / alone, pooled=pooled / together, wrong=wrong
    )


def _letter(number: int) -> tuple[Destination, Outbound]:
    to = Destination(chat=Address("mailto", f"a{number}@example.org"), token=str(number))
    return to, Outbound(text=_TEXT, envelope=replace(_ENVELOPE, message_id=f"{number}@mail.example.org"))


@dataclass(eq=False)
class _Sink:
    """A server that takes everything, each answer a round trip late."""

    port: int = 0
    ids: list[bytes] = field(default_factory=list)

    def complaints(self, how: str, sent: int) -> tuple[str, ...]:
        """Say what is wrong with what came."""
        right = sent == len(self.ids) == len(set(self.ids))
        return (
            () if right else (f"letters, {how}: {sent} sent, {len(self.ids)} came, {len(set(self.ids))} of them new",)
        )


class _Wire(asyncio.Protocol):
    """One connection to the sink."""

    def __init__(self, sink: _Sink) -> None:
        self._sink, self._heard, self._in_letter = sink, b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast("asyncio.Transport", transport)
        self._say(b"220 sink")

    def data_received(self, data: bytes) -> None:
        """Take commands and letters."""
        self._heard += data
        while True:
            end = b"\r\n.\r\n" if self._in_letter else b"\r\n"
            line, found, rest = self._heard.partition(end)
            if not found:
                return
            self._heard = rest
            if self._in_letter:
                self._in_letter = False
                self._sink.ids.append(line.partition(b"\r\nMessage-ID: ")[2].partition(b"\r\n")[0])
                self._say(b"250 taken")
            elif line.upper() == b"DATA":
                self._in_letter = True
                self._say(b"354 go on")
            else:
                self._say(b"221 bye" if line.upper() == b"QUIT" else b"250 ok")

    def _say(self, reply: bytes) -> None:
        asyncio.get_running_loop().call_later(ROUND_TRIP, self._transport.write, reply + b"\r\n")


@asynccontextmanager
async def _sink() -> AsyncIterator[_Sink]:
    sink = _Sink()
    server = await asyncio.get_running_loop().create_server(lambda: _Wire(sink), "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    yield sink
    server.close()
    await server.wait_closed()
