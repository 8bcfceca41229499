"""The lesson: what our bot answers in peace to every line of every script; under load it must answer the same."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database import Database
from bot.delivery.outbox import deliveries
from bot.inbox.ledger import inbound
from bot.registrations.records import registrations
from tests.bench.lines import LAPS_PER_SCRIPT, LINES_PER_LAP
from tests.bench.people import Person
from tests.bench.telegram import Telegram

_LOOK_SECONDS = 0.002
_PATIENCE = 10.0  # seconds, for one answer


class LessonError(Exception):
    """In peace already the bot did not do what the scripts are for. The message says where."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What is heard after each line, by script and number of the line."""

    answers: Mapping[tuple[int, int], tuple[str, ...]]

    def __call__(self, person: Person) -> tuple[str, ...]:
        """Return what a person must hear after the line spoken last."""
        return self.answers[person.role, person.spoken - 1]


async def learn(telegram: Telegram, people: Sequence[Person], lines: int, database_url: str) -> Lesson:
    """Let people, one of each script, say so many lines one after the other; raises LessonError."""
    answers: dict[tuple[int, int], tuple[str, ...]] = {}
    database = Database(database_url)
    try:
        for person in people:
            for number in range(lines):
                try:
                    await telegram.say(person)
                    await _all_sent(database)
                except (LookupError, TimeoutError) as error:
                    raise LessonError(f"script {person.role}, line {number + 1}: {error!r}") from error
                answers[person.role, number] = tuple(message.sketch for message in person.heard)
        done, failed = database.read_now(_registered), database.read_now(_failed)
    finally:
        await database.close()
    wanted = len(people) * (lines // (LAPS_PER_SCRIPT * LINES_PER_LAP))
    if done != wanted or failed or telegram.wrong:
        raise LessonError(f"{done} registrations instead of {wanted}, {failed} failed updates, {telegram.wrong}")
    return Lesson(answers=answers)


async def _all_sent(database: Database) -> None:
    """Wait for the whole answer: an update gets its 200 when all of it is in the outbox."""
    async with asyncio.timeout(_PATIENCE):
        while database.read_now(_unsent):  # noqa: ASYNC110 - the database of another process rings no bell
            await asyncio.sleep(_LOOK_SECONDS)


def _unsent(tx: Connection) -> bool:
    waiting = deliveries.c.state.in_(["queued", "sending"])
    return tx.execute(sa.select(deliveries.c.id).where(waiting).limit(1)).first() is not None


def _registered(tx: Connection) -> int:
    return tx.execute(sa.select(sa.func.count()).select_from(registrations)).scalar_one()


def _failed(tx: Connection) -> int:
    return tx.execute(sa.select(sa.func.count()).where(inbound.c.outcome == "failed")).scalar_one()
