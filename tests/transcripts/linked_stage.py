"""The stage over two channels: the same person writes in a chat and by letter."""

import re
from dataclasses import replace
from pathlib import Path

from bot import app as house
from bot.messages import LETTERS, Address, Destination, Envelope, Inbound, Outbound
from bot.settings import Secret
from flows.said import File, Said
from tests.transcripts.clock import MovedClock
from tests.transcripts.codes import Codes
from tests.transcripts.script import Step
from tests.transcripts.stage import RecordingChannel, Stage

_LETTER = "✉"
_WRITER = Address(LETTERS, "anna@example.lv")
_FROM = re.compile(r"@(\S+@\S+)\s+")
_MAIL = "koki@example.org"


class _BothChannels(RecordingChannel):
    """Keeps letters and messages in one place; letters are marked."""

    async def send(self, to: Destination, message: Outbound) -> str:
        """Show a message or a letter."""
        ref = await super().send(to, message)
        if to.chat.channel == LETTERS:
            step = self.heard[-1]
            self.heard[-1] = Step(step.sign, f"{_LETTER} {step.text}")
        return ref


class LinkedStage(Stage):
    """Plays messages and letters in turn. Codes that are handed out are written KOKI-AAAAAAA2, then KOKI-AAAAAAA3 ...

    👤 Labdien!           a message in the chat, with everything a chat knows ([Jā], 📷 ...)
    👤 ✉ Temats           a new letter, whose sender the mail server vouches for; its text in the lines below
    👤 ✉❔ Temats         one whose From line is all that is known of the sender
    👤 ✉↩ 3) 250          an answer to our last letter; ✉↩@jurgis@example.lv one that a guest writes in Anna's name
    📷 and 📎 saraksts.pdf in lines of their own are attached
    🤖 ✉ …                our letter; letters stand behind the messages of the same moment, which have no order
    """

    channel_name = "chat"

    def __init__(self, database_url: str, folder: Path, clock: MovedClock) -> None:
        self._codes = Codes()
        self._subject = ""
        super().__init__(database_url, folder, clock)

    async def says(self, line: str) -> list[Step]:
        """Play one line, and what is due at once because of it."""
        steps = [*await super().says(self._codes.real(line)), *await super().waits_until_due()]
        return self._codes.written(sorted(steps, key=_is_letter))

    async def waits_until_due(self) -> list[Step]:
        """Carry out what is due."""
        return self._codes.written(sorted(await super().waits_until_due(), key=_is_letter))

    def _recording(self) -> RecordingChannel:
        return _BothChannels(self.channel_name)

    def _configured(self) -> None:
        self._settings = replace(
            self._settings,
            telegram_token=Secret("1:x"),
            mail_address=_MAIL,
            mail_secret=Secret("s" * 40),
            imap_url=Secret("imap://koki:x@localhost:1"),
            smtp_url=Secret("smtp://localhost:1"),
        )

    def _start(self) -> house.App:
        channels = dict.fromkeys(("chat", "telegram", LETTERS), self._channel)
        return house.build(self._settings, dict(channels), self.clock)

    def _inbounds(self, line: str) -> list[Inbound]:
        if not line.startswith(_LETTER):
            return super()._inbounds(line)
        mark = line.removeprefix(_LETTER).lstrip()
        answers, doubtful = mark.startswith("↩"), mark.startswith("❔")
        line = mark.removeprefix("↩").removeprefix("❔").lstrip()
        chat, prompt = _WRITER, self._prompts()[-1] if answers else ""
        if match := _FROM.match(line):
            chat, line = Address(LETTERS, match[1]), line[match.end() :]
        if not answers:
            self._subject, _, line = line.partition("\n")
        lines = line.split("\n")
        text = "\n".join(part for part in lines if not part.startswith(("📷", "📎")))
        files = tuple(self._file(part) for part in lines if part.startswith(("📷", "📎")))
        item = self._message(Said(text=text, files=files))
        envelope = Envelope(
            subject=f"Re: {self._subject}" if answers else self._subject,
            message_id=f"{item.external_id}@mail.example.lv",
            prompt=prompt,
            proven=answers,
            trusted=not doubtful,
        )
        name = "Anna Kalniņa" if chat == _WRITER else ""
        return [replace(item, channel=LETTERS, sender=_WRITER, chat=chat, envelope=envelope, profile_name=name)]

    def _prompts(self) -> list[str]:
        return [m.envelope.prompt for _, m in self._channel.shown if m.envelope and m.envelope.prompt]

    def _file(self, line: str) -> File:
        if line.startswith("📷"):
            return self._picture()
        name = line.removeprefix("📎").strip()
        return File(ref=f"doc/{name}", unique=name, kind="document", name=name)


def _is_letter(step: Step) -> bool:
    return step.text.startswith(_LETTER)
