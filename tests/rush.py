"""A rush: two hundred people need staff at once; a clock that jumps, before a group with Telegram's limit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from bot import app as house
from bot.clock import RIGA
from bot.delivery.outbox import deliveries
from bot.messages import Address, Destination, Fate, Inbound, Kind, Outbound, Pace, SendError
from bot.settings import Secret, Settings
from flows.said import Said
from tests.botapi.errors import ApiError
from tests.botapi.limits import Limits, Rate
from tests.transcripts.clock import MovedClock
from tests.transcripts.staff import hire

_GROUP = Address("telegram", "-1001000500")
_ILZE = Address("telegram", "4712")
_MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=RIGA)
_STEP = timedelta(seconds=3)
_PATIENCE = timedelta(minutes=40)
_METHODS = {"topic_open": "createForumTopic", "topic_edit": "editForumTopic", "edit": "editMessageText"}
_QUESTION = "Vai augļu koki skaitās?"


@dataclass(kw_only=True)
class Rush:
    """What came of it. Times in seconds since the first case, by the simulated clock."""

    listed: float  # until every case stood in the overview
    opened: float  # until every case had its topic and its summary
    topics: list[int]  # cases in the order of their topics
    lost: int  # messages that did not reach the group
    refused: int  # requests that Telegram would have answered with 429
    answers: list[float] = field(default_factory=list)  # from a person's question meanwhile to its answer
    replies: list[float] = field(default_factory=list)  # from a command of staff in the group to what it says


class _Phones:
    """Telegram with its limits: what is over them is refused, as it does."""

    name = "telegram"
    pace = Pace.ONE

    def __init__(self, clock: MovedClock) -> None:
        self._clock = clock
        # Not the overall limit: Telegram does not hold replies to people to it.
        any_number = Rate(count=10_000, seconds=1.0)
        self._limits = Limits(clock=lambda: clock.now().timestamp(), enabled=True, overall=any_number)
        self._ids = count(1000)
        self.refused = 0
        self.shown: list[tuple[datetime, Destination, Outbound]] = []

    async def send(self, to: Destination, message: Outbound) -> str:
        """Show a message, or refuse it for so many seconds."""
        method = _METHODS.get(message.kind, "sendMessage")
        try:
            self._limits.check(method, {"chat_id": int(to.chat.ident)})
        except ApiError as error:
            self.refused += 1
            raise SendError(Fate.LATER, "429", wait=float(error.parameters["retry_after"])) from None
        ref = str(next(self._ids))
        self.shown.append((self._clock.now(), Destination(chat=to.chat, thread=to.thread or ref), message))
        return ref

    async def acknowledge(self, receipt: str, text: str) -> None:
        """Do nothing."""

    async def typing(self, chat: Address) -> None:
        """Do nothing."""

    def first(self, fits: Callable[[Destination, Outbound], bool]) -> datetime | None:
        """Return when the first such message was shown."""
        return next((at for at, to, message in self.shown if fits(to, message)), None)


class _Morning:
    """The house on such a morning."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.clock = MovedClock(_MORNING)
        self.phones = _Phones(self.clock)
        settings = Settings(
            database_url=Secret(database_url), data_dir=folder, staff_chat_id=_GROUP.ident, staff_topics=1
        )
        self.app = house.build(settings, {"telegram": self.phones}, self.clock)
        self.app.sender.steady = lambda: self.clock.now().timestamp()
        self._numbers = count(1)

    async def says(self, sender: Address, text: str, chat: Address | None = None, thread: str = "") -> None:
        """Let somebody say something."""
        number, now = next(self._numbers), self.clock.now()
        item = Inbound(
            channel="telegram",
            external_id=f"r{number}",
            kind=Kind.MESSAGE,
            sender=sender,
            chat=chat or sender,
            private=chat is None,
            thread=thread,
            said_at=now,
            received_at=now,
            said=Said(text=text),
            message_ref=f"{number}",
        )
        await self.app.inbox.receive(item)

    async def passes(self) -> None:
        """Let some seconds pass, with everything that becomes due."""
        self.clock.move(_STEP)
        await self.app.duties.fire_due()
        await self.app.sender.drain()

    async def waits(self) -> int:
        """Count what has not gone yet."""
        queued = sa.select(sa.func.count()).where(deliveries.c.state.in_(("queued", "sending")))
        return await self.app.database.read(lambda tx: tx.execute(queued).scalar_one())

    async def lost(self) -> int:
        """Count what ended otherwise than sent."""
        ended = sa.select(sa.func.count()).where(deliveries.c.state.in_(("failed", "unknown", "skipped")))
        return await self.app.database.read(lambda tx: tx.execute(ended).scalar_one())


async def play_rush(database_url: str, folder: Path, cases: int = 200) -> Rush:
    """Let so many people need staff within a second, others ask meanwhile, and staff work; return what came of it."""
    morning = _Morning(database_url, folder)
    try:
        await hire(morning.app)
        for number in range(1, cases + 1):
            await morning.says(
                Address("telegram", f"{10_000 + number}"), f"Gribu runāt ar cilvēku par ozolu nr. {number}."
            )
        await morning.app.sender.drain()
        rush = Rush(listed=0.0, opened=0.0, topics=[], lost=0, refused=0)
        second = 0
        while await morning.waits() and morning.clock.now() - _MORNING < _PATIENCE:
            await morning.passes()
            second += 1
            if second % 20 == 0:
                await _ask(morning, rush, 50_000 + second)
            if second % 45 == 0:
                await _work(morning, rush)
        return await _result(morning, rush)
    finally:
        await morning.app.close()


async def _ask(morning: _Morning, rush: Rush, number: int) -> None:
    """Let somebody else ask the assistant, and note how long the answer takes."""
    person, before = Address("telegram", str(number)), len(morning.phones.shown)
    await morning.says(person, _QUESTION)
    await morning.app.sender.drain()
    came = next((at for at, to, _ in morning.phones.shown[before:] if to.chat == person), None)
    rush.answers.append((came - morning.clock.now()).total_seconds() if came else float("inf"))


async def _work(morning: _Morning, rush: Rush) -> None:
    """Let a member of staff ask for their cases in the group, and note how long that takes."""
    before, began = len(morning.phones.shown), morning.clock.now()
    await morning.says(_ILZE, "/manas", _GROUP)
    for _ in range(60):
        await morning.app.sender.drain()
        told = [at for at, to, message in morning.phones.shown[before:] if "Neviens vēl nav" in message.text]
        if told:
            rush.replies.append((told[0] - began).total_seconds())
            return
        await morning.passes()
    rush.replies.append(float("inf"))


async def _result(morning: _Morning, rush: Rush) -> Rush:
    group = [(at, to, message) for at, to, message in morning.phones.shown if to.chat == _GROUP]
    since = {number: (at - _MORNING).total_seconds() for number, (at, _, _) in enumerate(group)}
    opens = [(number, message) for number, (_, _, message) in enumerate(group) if message.kind == "topic_open"]
    rush.topics = [int(message.text.removeprefix("#").split()[0]) for _, message in opens if message.text[0] == "#"]
    summaries = [number for number, (_, _, message) in enumerate(group) if "Solīts atbildēt" in message.text]
    rush.opened = since[summaries[-1]] if len(summaries) == len(rush.topics) else float("inf")
    told = [(number, message.text) for number, (_, _, message) in enumerate(group) if "Tēmas veru" in message.text]
    early = {
        int(message.text[1:].split()[0])
        for number, message in opens
        if told and number < told[0][0] and message.text[0] == "#"
    }
    missing = [case for case in rush.topics if case not in early and not _names(told, case)]
    rush.listed = since[told[0][0]] if told and not missing else float("inf")
    rush.lost, rush.refused = await morning.lost(), morning.phones.refused
    return rush


def _names(told: list[tuple[int, str]], case: int) -> bool:
    return any(word.strip(",.:") == f"#{case}" for _, text in told for word in text.split())
