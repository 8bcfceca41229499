"""The stage over two channels: the same person writes in a chat and by letter."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from bot import app as house
from bot.messages import LETTERS, Destination, Inbound, Outbound
from bot.settings import Secret
from tests.transcripts.clock import MovedClock
from tests.transcripts.email_stage import EmailStage
from tests.transcripts.script import Step
from tests.transcripts.stage import RecordingChannel, Stage

_CODE = re.compile(r"KOKI-([A-Z2-7]{8})")
_LETTER = "✉"
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


class LinkedStage(EmailStage):
    """Plays messages and letters in turn. Codes that are handed out are written KOKI-AAAAAAA2, then KOKI-AAAAAAA3 ...

    👤 Labdien!           a message in the chat, with everything a chat knows ([Jā], 📷 ...)
    👤 ✉ Temats           a new letter, whose sender the mail server vouches for; its text in the lines below
    👤 ✉❔ Temats         one whose From line is all that is known of the sender
    👤 ✉↩ 3) 250          an answer to our last letter
    🤖 ✉ …                our letter; letters stand behind the messages of the same moment, which have no order
    """

    channel_name = "chat"
    channel_type = _BothChannels
    more_settings: ClassVar[Mapping[str, Any]] = {"mail_address": _MAIL, "telegram_token": Secret("1:x")}

    def __init__(self, database_url: str, folder: Path, clock: MovedClock) -> None:
        self._codes: list[str] = []
        super().__init__(database_url, folder, clock)

    async def says(self, line: str) -> list[Step]:
        """Play one line, and what is due at once because of it."""
        for number, code in enumerate(self._codes):
            line = line.replace(_written(number), code).replace(_written(number).lower(), code.lower())
        steps = [*await super().says(line), *await super().waits_until_due()]
        return self._without_codes(sorted(steps, key=_is_letter))

    async def waits_until_due(self) -> list[Step]:
        """Carry out what is due."""
        return self._without_codes(sorted(await super().waits_until_due(), key=_is_letter))

    def _start(self) -> house.App:
        channels = dict.fromkeys(("chat", "telegram", LETTERS), self._channel)
        return house.build(self._settings, dict(channels), self.clock)

    def _inbounds(self, line: str) -> list[Inbound]:
        if not line.startswith(_LETTER):
            return Stage._inbounds(self, line)
        mark = line.removeprefix(_LETTER).lstrip()
        answers, doubtful = mark.startswith("↩"), mark.startswith("❔")
        text = mark.removeprefix("↩").removeprefix("❔").lstrip()
        items = super()._inbounds(text if answers else f"✉ {text}")
        return [
            replace(item, channel=LETTERS, envelope=replace(item.envelope, trusted=not doubtful))
            for item in items
            if item.envelope
        ]

    def _without_codes(self, steps: list[Step]) -> list[Step]:
        """Write codes in the order they were handed out: they are random."""
        for step in steps:
            self._codes += [code for code in _CODE.findall(step.text) if code not in self._codes]
        written = []
        for step in steps:
            text = step.text
            for number, code in enumerate(self._codes):
                text = text.replace(code, _written(number))
            written.append(Step(step.sign, text))
        return written


def _is_letter(step: Step) -> bool:
    return step.text.startswith(_LETTER)


def _written(number: int) -> str:
    return f"AAAAAAA{number + 2}"
