"""The wire between an app and a strict Bot API server: the real Telegram channel, and updates as by polling."""

from dataclasses import dataclass, field

from bot import app as house
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.polling import get_raw_updates
from bot.delivery.pacing import Limits, Pacer
from bot.intake import Intake
from bot.service import intake_of
from tests.botapi import Seat, Sent, Server
from tests.transcripts.script import TOAST, Step
from tests.transcripts.settling import settle

GROUP = -1001000500  # of staff, with topics
_AT_ONCE = Limits(group_per_minute=10_000)  # a transcript's minutes are not the pacer's


@dataclass(kw_only=True)
class Wire:
    """One for all processes of a stage: what has been confirmed stays so."""

    server: Server
    _offset: int = field(default=0, init=False)

    def channel(self) -> TelegramChannel:
        """Return the channel for another process."""
        self._channel = TelegramChannel(self.server.token, self.server.url)
        return self._channel

    async def opens(self, app: house.App) -> None:
        """Start the channel's incoming side for the app that it was given to."""
        app.sender.pacer = Pacer(limits=_AT_ONCE)
        self._intake: Intake = intake_of(app, self._channel)
        await self._intake.start()

    async def closes(self) -> None:
        """End the channel."""
        await self._channel.close()

    async def brings(self, app: house.App) -> None:
        """Ask for updates as polling does, one answer after the other, until there are none."""
        while True:
            updates = await get_raw_updates(self._channel, self._offset, 0)
            if not updates:
                break
            assert await self._intake.receive(updates)
            self._offset = updates[-1]["update_id"] + 1
            await app.sender.drain()
        await settle(app)
        await app.inbox.acknowledged()


def toast(seat: Seat, tap: Sent | None, line: str) -> list[Step]:
    """Return the line that passes after a tap; raises AssertionError for a button that keeps spinning."""
    answer = seat.answer_to(tap) if tap else None
    if tap and answer is None:
        raise AssertionError(f"the button {line} keeps spinning")
    return [Step(TOAST, answer["text"])] if answer and answer.get("text") else []
