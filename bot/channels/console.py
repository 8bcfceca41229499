"""The console: a conversation in the terminal or through a pipe, printed the way transcripts are written."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from io import TextIOWrapper
from itertools import count
from pathlib import Path
from typing import TextIO

from bot.messages import LETTERS, Address, Button, Destination, Enclosure, Envelope, Inbound, Kind, Outbound, Pace
from bot.words.plain import plain
from flows.said import Said

PERSON, ASSISTANT = "👤", "🤖"


class ConsoleChannel:
    """Prints what is sent. Buttons stand in brackets and are pressed by typing their words."""

    name = "console"
    pace = Pace.ONE

    def __init__(self, out: TextIO = sys.stdout, folder: Path | None = None) -> None:
        """`folder` is where files that are sent are put, for whoever sits at the terminal to open."""
        self._out = out
        self._folder = folder
        self._numbers = count(1)

    async def send(self, to: Destination, message: Outbound) -> str:  # noqa: ARG002
        """Print a message, and put what is enclosed into the folder."""
        print(written(message), file=self._out, flush=True)
        for file in message.enclosures if self._folder else ():
            print(f"   ({self._put(file)})", file=self._out, flush=True)
        return str(next(self._numbers))

    def _put(self, file: Enclosure) -> Path:
        assert self._folder is not None  # noqa: S101 - only then is it called
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / (Path(file.name).name or "fails")
        path.write_bytes(file.content)
        return path

    async def acknowledge(self, receipt: str, text: str) -> None:  # noqa: ARG002
        """Print the passing line that Telegram would show for a moment."""
        if text:
            print(f"   ({text})", file=self._out, flush=True)

    async def typing(self, chat: Address) -> None:
        """Nothing: the terminal shows no such thing."""


class ConsoleLetters(ConsoleChannel):
    """Prints what would go by letter: all open questions at once. A typed line is a letter that answers the last."""

    name = LETTERS
    pace = Pace.FORM

    def __init__(self, out: TextIO = sys.stdout, folder: Path | None = None) -> None:
        super().__init__(out, folder)
        self.prompt = ""  # of the last letter, '' before the first

    async def send(self, to: Destination, message: Outbound) -> str:
        """Print a letter, and remember what it asks."""
        if message.envelope and message.envelope.prompt:
            self.prompt = message.envelope.prompt
        return await super().send(to, message)


def written(message: Outbound) -> str:
    """Write a message as a transcript does."""
    if message.kind == "place" and message.position:
        at = message.position
        return f"{ASSISTANT} 📍 https://www.openstreetmap.org/?mlat={at.lat:.5f}&mlon={at.lon:.5f}"
    lines = _with_files(message).split("\n")
    lines += [" ".join(_button(button) for button in row) for row in message.rows]
    return f"{ASSISTANT} " + "\n".join(f"   {line}" if line else "" for line in lines).strip()


def _with_files(message: Outbound) -> str:
    """Name what is enclosed: before its caption, or after a letter."""
    files = [f"📎 {file.name}" for file in message.enclosures]
    text = plain(message.text)
    if message.envelope:
        return "\n".join([text, *files])
    return " ".join([*files, text]).strip()


def _button(button: Button) -> str:
    return f"[{button.label}]"


def read_line(line: str, number: int, chat: Address, now: datetime, session: str, *, prompt: str = "") -> Inbound:
    """Turn a typed line into an Inbound. `[Jā]` presses a button as `Jā` does; `prompt` is what a letter answers."""
    # Halves of pairs and NUL, which a pipe may hold, can't be stored.
    text = line.encode(errors="replace").decode().replace("\0", "").strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    return Inbound(
        channel="console",
        external_id=f"{session}:{number}",
        envelope=Envelope(prompt=prompt, trusted=True) if chat.channel == LETTERS else None,
        kind=Kind.MESSAGE,
        sender=chat,
        chat=chat,
        said_at=now,
        received_at=now,
        said=Said(text=text),
        message_ref=str(number),
    )


async def lines(stream: TextIO, out: TextIO = sys.stdout) -> AsyncIterator[str]:
    """Yield typed lines until the end of input; a person at a terminal is shown where to type."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")  # what is no UTF-8 is still a line
    while True:
        if stream.isatty():
            print(f"{PERSON} ", end="", file=out, flush=True)
        line = await asyncio.to_thread(stream.readline)
        if not line:
            return
        if line.strip():
            yield line.rstrip("\n")
