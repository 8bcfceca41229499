"""Answers that a person looks at first: which wait, who may change that, and that no process sends what must wait."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.conversation.response import Event
from bot.conversation.standing import Post, Standing
from bot.desk import automatic, on_approvals
from bot.desk.approving import proposals
from bot.desk.automatic import Automatic
from bot.desk.turn import Turn
from bot.messages import Address, Inbound, Kind
from bot.people import contacts
from bot.rooms import Scene
from flows.said import Said
from tests.botapi import Server
from tests.transcripts.clock import MovedClock
from tests.transcripts.telegram_stage import TelegramStage

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ANDRIS, _ILZE = Address("telegram", "4715"), Address("telegram", "4712")


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, botapi: Server) -> AsyncIterator[TelegramStage]:
    """Return a house in which every answer waits for staff."""
    made = TelegramStage(database_url, tmp_path, MovedClock(_NOW), botapi, desk=True, approve="all")
    await made.opens()
    yield made
    await made.closes()


@pytest.mark.parametrize(
    ("mode", "expected"), [("none", [False, False]), ("marked", [True, False]), ("all", [True, True])]
)
def test_the_setting_says_which_topics_wait(mode: str, expected: list[bool]) -> None:
    """None, those that are marked, or all."""
    known = Automatic(mode=mode, marked={"marked"})
    assert expected == [known.waits(topic) for topic in ("marked", "other")]


async def test_only_an_administrator_changes_it_and_every_change_is_kept(stage: TelegramStage) -> None:
    """Whoever's conversation says that they may, the team is asked again; the last change holds, all are on record."""
    house = stage.app

    def choose(tx: sa.Connection, who: Address, *, on: bool) -> bool:
        contact_id = contacts.owner(tx, who)
        assert contact_id is not None
        scene = Scene(contact_id=contact_id, chat=who, now=_NOW, language="lv", inbound_id=0)
        event = Event(type="automatic.chosen", data={"topic": "fruit-trees", "on": on})
        return house.automatic.choose(tx, event, scene)["allowed"]

    assert not await house.database.write(lambda tx: choose(tx, _ILZE, on=True))
    assert house.automatic.waits("fruit-trees")
    assert await house.database.write(lambda tx: choose(tx, _ANDRIS, on=True))
    assert not house.automatic.waits("fruit-trees")
    assert await house.database.write(lambda tx: choose(tx, _ANDRIS, on=False))
    query = sa.select(automatic.changes.c.automatic, automatic.changes.c.by).order_by(automatic.changes.c.id)
    kept = await house.database.read(lambda tx: [tuple(row) for row in tx.execute(query)])
    assert [(True, str(_ANDRIS)), (False, str(_ANDRIS))] == kept


async def test_what_another_process_has_changed_is_asked_again_and_then_known(stage: TelegramStage) -> None:
    """An answer that this process still thinks must wait goes at once; after a while it knows by itself."""
    row = {"topic": "fruit-trees", "automatic": True, "by": str(_ANDRIS), "at": _NOW}
    await stage.app.database.write(lambda tx: tx.execute(sa.insert(automatic.changes).values(row)))
    assert stage.app.automatic.waits("fruit-trees")
    said = await stage.says("Vai augļu koki skaitās?")
    assert "Jā, augļu kokus drīkst reģistrēt" in said[-1].text
    assert [] == await stage.app.database.read(lambda tx: list(tx.execute(sa.select(proposals.c.id))))
    await stage.app.database.read(stage.app.automatic.refresh)
    assert not stage.app.automatic.waits("fruit-trees")


async def test_an_answer_is_decided_once(stage: TelegramStage) -> None:
    """Two of staff who press at the same moment send it once."""
    await stage.says("Vai augļu koki skaitās?")
    decide = stage.app.inbox.rooms["approval.sent"]
    data = {"proposal": 1, "by": str(_ILZE), "name": "Ilze"}
    scene = Scene(contact_id=1, chat=_ILZE, now=_NOW, language="lv", inbound_id=0)
    first = sa.select(proposals.c.delivery_id)
    await stage.app.database.write(lambda tx: decide(tx, Event(type="approval.sent", data=data), scene))
    sent = await stage.app.database.read(lambda tx: tx.execute(first).scalar())
    await stage.app.database.write(lambda tx: decide(tx, Event(type="approval.sent", data=data), scene))
    assert sent is not None
    assert sent == await stage.app.database.read(lambda tx: tx.execute(first).scalar())


@pytest.mark.parametrize(
    ("role", "data", "post", "expected"),
    [
        ("staff", "1:send", Post(board="answers", subject=1), "approval_send"),
        ("staff", "2:send", Post(board="answers", subject=1), "unknown_button"),
        ("staff", "1:send", Post(board="review", subject=1), "unknown_button"),
        ("staff", "1:send", None, "unknown_button"),
        ("staff", "1:erase", Post(board="answers", subject=1), "unknown_button"),
        ("coordinator", "1:send", Post(board="answers", subject=1), "no_role"),
    ],
)
def test_no_button_reaches_another_answer(role: str, data: str, post: Post | None, expected: str) -> None:
    """What is pressed has to stand under the answer that it names, and be pressed by staff."""
    item = Inbound(
        channel="telegram",
        external_id="1",
        kind=Kind.TAP,
        sender=_ILZE,
        chat=Address("telegram", "-1"),
        said_at=_NOW,
        received_at=_NOW,
        said=Said(tap=f"approve:{data}"),
    )
    assert expected == on_approvals.on_tap(Turn(item=item, standing=Standing(role=role, post=post)), data)[0]
