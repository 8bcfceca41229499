"""Announcements without an event: who writes and changes them, whom they reach, and who has agreed to which words."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.conversation.response import Event
from bot.messages import Address
from bot.outreach import announcements, broadcasts, preferences
from bot.outreach.announcements import announcements as table
from bot.outreach.forgetting import forget_organisers
from bot.people import nobody
from bot.rooms import Scene
from tests.subscribers import subscribe
from tests.test_broadcasts import _MORE, _NOON, _PEOPLE, _Stage, stage

__all__ = ["stage"]
_KEY = "n" * 16


async def _writes(stage: _Stage, *, who: int = 1, subject: str = "", **changes: Any) -> dict[str, Any]:
    """Let a coordinator write an announcement, or change it."""
    stored = {"title": "Stādu izdale", "text": "No 1. decembra.", "audience": {}} | changes
    facts = {"title": stored["title"], "text": stored["text"]}
    return await stage.does("announcement.written", who, run=_KEY, subject=subject, stored=stored, facts=facts)


async def _announces(stage: _Stage, key: str = "b" * 16, at: datetime | None = None) -> dict[str, Any]:
    ids = {"key": key, "prompt": f"p{key[1:]}", "control": f"c{key[1:]}"}
    return await stage.does("broadcast.announced", 1, about=_KEY, kind="", at=at, **ids)


def _heard(stage: _Stage, words: str = "No 1. decembra.") -> list[str]:
    return sorted(ident for ident, text in stage.channel.sent if words in text and "piekrītat" not in text)


async def test_it_reaches_everybody_who_takes_news_once(stage: _Stage) -> None:
    """The team first, then ten, then the rest; a second time there is nothing to announce."""
    told = await _writes(stage)
    assert (True, _PEOPLE, "") == (told["allowed"], told["people"], told["announcement"])
    assert "scheduled" == (await _announces(stage))["announced"]
    await stage.settles()
    assert sorted(["1", "2", *map(str, range(100, 100 + _PEOPLE))]) == _heard(stage)
    assert ("news", "done") == ((row := await stage.row()).kind, row.state)
    assert "already" == (await _announces(stage, key="d" * 16))["announced"]


async def test_nobody_without_the_role_writes_or_announces_anything(stage: _Stage) -> None:
    """What a coordinator's flow ends with does nothing for anybody else."""
    assert {"allowed": False} == await _writes(stage, who=100)
    assert {"allowed": False} == await _announces(stage)


async def test_what_is_for_one_municipality_spares_those_who_want_news_of_another(stage: _Stage) -> None:
    """Who wants news of Ogre only hears what is for all, and what is for Ogre, and nothing that is for Cēsis."""

    def choose(tx: sa.Connection) -> None:
        for contact_id, name in zip(stage.ids, ["Ogres novads", "Cēsu novads"], strict=False):
            chat = Address("telegram", "1")
            scene = Scene(contact_id=contact_id, chat=chat, now=_NOON, language="lv", inbound_id=1)
            chosen = Event(type="preferences.chosen", data={"municipality": name})
            preferences.choose(tx, chosen, scene)

    await stage.app.database.write(choose)
    assert _PEOPLE == (await _writes(stage))["people"]
    cesis = {"municipalities": ["Cēsu novads"]}
    assert 1 == (await _writes(stage, subject=_KEY, audience=cesis))["people"]
    await _announces(stage)
    await stage.settles()
    assert ["1", "101", "2"] == _heard(stage)


async def test_what_is_changed_before_it_goes_out_goes_out_changed(stage: _Stage) -> None:
    """Its words are frozen when it begins, and not before."""
    await _writes(stage)
    await _announces(stage, at=_NOON + timedelta(hours=1))
    told = await _writes(stage, subject=_KEY, text="No 2. decembra.")
    assert ("scheduled", False) == (told["announcement"], told["late"])
    stage.clock.move(timedelta(hours=1))
    await stage.settles()
    assert ([], _PEOPLE + 2) == (_heard(stage), len(_heard(stage, "No 2. decembra.")))


async def test_what_went_out_can_not_be_changed(stage: _Stage) -> None:
    """What the record says that people were told stays so; a copy is made instead."""
    await _writes(stage)
    await _announces(stage)
    await stage.settles()
    assert (await _writes(stage, subject=_KEY, text="No 2. decembra."))["late"]
    row = await stage.app.database.read(lambda tx: announcements.get(tx, _KEY))
    assert row is not None
    assert "No 1. decembra." == row.words["text"]


async def test_nobody_agrees_to_words_that_were_changed_since(stage: _Stage) -> None:
    """Others are asked anew, and the button under what they were shown before does nothing any more."""
    await stage.app.database.write(lambda tx: subscribe(tx, range(1000, 1000 + _MORE), stage.clock.now()))
    await _writes(stage)
    assert "approval" == (await _announces(stage, at=_NOON + timedelta(hours=1)))["announced"]
    assert "approval" == (await _writes(stage, subject=_KEY, text="No 2. decembra."))["announcement"]
    assert "late" == (await stage.does("broadcast.approved", 2, broadcast="b" * 16, given=True))["approval"]
    await stage.app.sender.drain()
    asked = [text for ident, text in stage.channel.sent if ident == "2" and "piekrītat" in text]
    assert ["No 1. decembra." in asked[0], "No 2. decembra." in asked[1]] == [True, True]
    newest = await stage.app.database.read(
        lambda tx: tx.execute(sa.select(broadcasts.broadcasts).order_by(broadcasts.broadcasts.c.id.desc())).first()
    )
    assert newest is not None
    assert "given" == (await stage.does("broadcast.approved", 2, broadcast=newest.key, given=True))["approval"]
    # Agreed to, and changed once more: that was not agreed to.
    assert "approval" == (await _writes(stage, subject=_KEY, text="No 3. decembra."))["announcement"]
    stage.clock.move(timedelta(hours=1))
    await stage.settles()
    assert [] == [ident for ident, text in stage.channel.sent if "decembra." in text and ident != "2"]


async def test_it_can_be_stopped_before_it_begins_and_announced_after_all(stage: _Stage) -> None:
    """By what it is about, as the page of an announcement offers it."""
    await _writes(stage)
    await _announces(stage, at=_NOON + timedelta(hours=1))
    assert "stop" == (await stage.does("broadcast.controlled", 1, about=_KEY, what="stop"))["controlled"]
    await stage.settles()
    assert {"allowed": False} == await stage.does("broadcast.controlled", 1, about=_KEY, what="stop")
    assert "scheduled" == (await _announces(stage, key="d" * 16))["announced"]


async def test_a_list_says_what_became_of_each(stage: _Stage) -> None:
    """The newest first, with the state of the newest broadcast."""
    await _writes(stage)
    seen = await stage.app.database.read(lambda tx: announcements.recent(tx, stage.clock.now()))
    assert [("Stādu izdale", "")] == [(one.title, one.state) for one in seen]
    await _announces(stage)
    await stage.settles()
    seen = await stage.app.database.read(lambda tx: announcements.recent(tx, stage.clock.now()))
    assert [("done", _NOON)] == [(one.state, one.at) for one in seen]


async def test_who_wrote_it_is_forgotten_and_what_was_said_stays(stage: _Stage) -> None:
    """An announcement is everybody's once it has gone out; only its author goes."""
    await _writes(stage)

    def forget(tx: sa.Connection) -> Any:
        author = tx.execute(sa.select(table.c.contact_id)).scalar_one()
        forget_organisers(tx, [author], nobody.ensure(tx))
        return tx.execute(sa.select(table)).one()

    row = await stage.app.database.write(forget)
    assert (nobody.NOBODY, "", "Stādu izdale") == (row.contact_id, row.chat, row.title)
