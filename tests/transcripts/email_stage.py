"""The stage by letter: the same lines of a person, each of them a letter."""

import re
from dataclasses import replace
from pathlib import Path

from bot.messages import LETTERS, Address, Envelope, Inbound
from flows.said import File, Said
from tests.transcripts.clock import MovedClock
from tests.transcripts.stage import Stage

_WRITER = Address(LETTERS, "anna@example.lv")
_REPLY = re.compile(r"⏪(\d?)\s*")
_FROM = re.compile(r"@(\S+@\S+)\s+")


class EmailStage(Stage):
    """Plays a person's letters: answers to our last one, unless a line says otherwise.

    👤 ✉ Temats          a new letter with that subject, its text in the lines below
    👤 ⏪ 3) 250          a reply to our first letter; ⏪2 to the second
    👤 @jurgis@example.lv Jā   a letter from another address
    📷 and 📎 lists.xlsx in lines of their own are attached
    """

    channel_name = LETTERS

    def __init__(self, database_url: str, folder: Path, clock: MovedClock) -> None:
        super().__init__(database_url, folder, clock)
        self._subject = "Jautājums"

    def _inbounds(self, line: str) -> list[Inbound]:
        sender, prompt = _WRITER, self._letters()[-1] if self._letters() else ""
        if match := _FROM.match(line):
            sender, line = Address(LETTERS, match[1]), line[match.end() :]
        if match := _REPLY.match(line):
            prompt, line = self._letters()[int(match[1] or 1) - 1], line[match.end() :]
        elif line.startswith("✉"):
            subject, _, line = line.removeprefix("✉").strip().partition("\n")
            self._subject, prompt = subject, ""
        lines = line.split("\n")
        text = "\n".join(part for part in lines if not part.startswith(("📷", "📎")))
        files = tuple(self._file(part) for part in lines if part.startswith(("📷", "📎")))
        item = self._message(Said(text=text, files=files))
        envelope = Envelope(
            subject=f"Re: {self._subject}" if prompt else self._subject,
            message_id=f"{item.external_id}@mail.example.lv",
            prompt=prompt,
        )
        name = "Anna Kalniņa" if sender == _WRITER else ""
        return [replace(item, sender=sender, chat=sender, envelope=envelope, profile_name=name)]

    def _letters(self) -> list[str]:
        return [m.envelope.prompt for _, m in self._channel.shown if m.envelope and m.envelope.prompt]

    def _file(self, line: str) -> File:
        if line.startswith("📷"):
            return self._picture()
        name = line.removeprefix("📎").strip()
        return File(ref=name, unique=name, kind="document", name=name)
