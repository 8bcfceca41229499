"""Playing a transcript: the person's lines against the app, what is answered written down in between."""

from datetime import datetime
from itertools import count
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.delivery.outbox import deliveries
from bot.outreach.organisations import importing
from bot.outreach.organisations.records import organisations
from tests.transcripts.clock import MovedClock
from tests.transcripts.results import check_result
from tests.transcripts.script import (
    AT_ONCE,
    COLLEAGUES,
    IMPORT,
    PERSON,
    RESTART,
    RESULT,
    WAIT,
    Script,
    Step,
    played,
    repeated,
    waiting_time,
    write,
)
from tests.transcripts.settling import next_due


class Player(Protocol):
    """What a stage can do, whatever channel it stands for."""

    clock: MovedClock
    app: house.App

    async def says(self, line: str) -> list[Step]:
        """Play one line of the person."""
        ...

    async def staff_says(self, sign: str, line: str) -> list[Step]:
        """Play one line of a member of staff, whom the sign names; raises LookupError where there is no staff."""
        ...

    async def waits_until_due(self) -> list[Step]:
        """Carry out what is due."""
        ...

    async def restarts(self) -> None:
        """End the process and start another."""
        ...


async def play(script: Script, stage: Player) -> str:
    """Play a transcript and return it as it really went; raises AssertionError for a ✔ line that is not so.

    What stops it (such a line, a button that is not there) is told with the conversation up to then.
    """
    steps: list[Step] = []
    try:
        await _play(script, stage, steps)
    except (AssertionError, LookupError) as error:
        error.add_note(write(steps))
        raise
    return write(steps)


async def _play(script: Script, stage: Player, steps: list[Step]) -> None:
    for step in played(script.steps):
        steps.append(step)
        if step.sign == PERSON or step.sign in COLLEAGUES:
            at_once = step.text.startswith(AT_ONCE)
            line = repeated(step.text.removeprefix(AT_ONCE).strip())
            steps += await (stage.says(line) if step.sign == PERSON else stage.staff_says(step.sign, line))
            if not at_once:
                stage.clock.move(waiting_time("5 sekundes"))
        elif step.sign == WAIT:
            steps += await _wait(stage, stage.clock.now() + waiting_time(step.text))
        elif step.sign == IMPORT:
            await _import(stage, step.text)
        elif step.sign == RESTART:
            await stage.restarts()
        elif step.sign == RESULT:
            await check_result(stage.app, step.text)


async def _wait(stage: Player, until: datetime) -> list[Step]:
    """Let time pass, stopping at each timer that becomes due on the way."""
    steps: list[Step] = []
    while True:
        due = await stage.app.database.read(next_due)
        if due is None or due > until:
            break
        stage.clock.move_to(due)
        steps += await stage.waits_until_due()
    stage.clock.move_to(until)
    queued = sa.select(deliveries.c.id).where(deliveries.c.state == "queued", deliveries.c.due_at <= until)
    if await stage.app.database.read(lambda tx: tx.execute(queued.limit(1)).first()):
        steps += await stage.waits_until_due()
    return steps


async def _import(stage: Player, lines: str) -> None:
    """Take in a list of organisations, as the command does."""
    table = f"Nosaukums;E-pasts;Veids;Novads;Avots\n{lines}"
    rows, faults = importing.read(table.encode(), "")
    assert [] == faults
    now = stage.clock.now()

    def keep(tx: Connection) -> None:
        known = tx.execute(sa.select(sa.func.count(organisations.c.id))).scalar_one()
        codes = (f"organisation{number:04}" for number in count(known + 1))
        importing.keep(tx, rows, now, erased=lambda _, __: False, new_id=codes.__next__)

    await stage.app.database.write(keep)
