"""Announcements without an event: who writes and changes them, whom they reach, and who has agreed to which words."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.clock import RIGA
from bot.conversation.response import Event
from bot.desk import team
from bot.messages import LETTERS, Address, Destination, Envelope, Inbound, Kind, Outbound, Pace, Said
from bot.outreach import announcements, broadcasts, events, preferences
from bot.outreach.announcements import announcements as table
from bot.outreach.forgetting import forget_organisers
from bot.people import contacts, nobody
from bot.rooms import Scene
from flows.announce_when import ANNOUNCE_WHEN
from flows.grammar import NotUnderstood, Partly, Understood
from tests.subscribers import subscribe
from tests.test_broadcasts import _MORE, _NOON, _PEOPLE, _Channel, _Stage, stage

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


async def test_who_wants_news_of_events_alone_hears_no_announcement(stage: _Stage) -> None:
    """Also where they said so after the list was made."""
    await stage.chooses(3, about="events")
    assert _PEOPLE - 1 == (await _writes(stage))["people"]
    await _announces(stage)
    while (await stage.row()).state != "canary":
        await stage.app.conductor._round()
    await stage.chooses(4, about="events")
    await stage.settles()
    heard = _heard(stage)
    assert {"103", "104"} & set(heard) == set()
    assert "105" in heard


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


async def test_an_event_that_has_begun_meanwhile_is_not_announced_by_late_agreement(stage: _Stage) -> None:
    """Whoever agrees, and whoever asked, hear why nothing goes out; in time they hear when it does."""
    await stage.app.database.write(lambda tx: subscribe(tx, range(1000, 1000 + _MORE), stage.clock.now()))
    assert "approval" == (await stage.announces())["announced"]
    stage.clock.move(timedelta(days=6))
    assert "over" == (await stage.does("broadcast.approved", 2, broadcast="b" * 16, given=True))["approval"]
    await stage.settles()
    assert ("stopped", True) == (
        (await stage.row()).state,
        any("jau sācies" in text for ident, text in stage.channel.sent if ident == "1"),
    )
    await _writes(stage)
    await _announces(stage, key="d" * 16, at=stage.clock.now() + timedelta(hours=2))
    told = await stage.does("broadcast.approved", 2, broadcast="d" * 16, given=True)
    assert ("given", stage.clock.now() + timedelta(hours=2)) == (told["approval"], told["goes_at"])


async def test_it_can_be_stopped_before_it_begins_and_announced_after_all(stage: _Stage) -> None:
    """By what it is about, as the page of an announcement offers it."""
    await _writes(stage)
    await _announces(stage, at=_NOON + timedelta(hours=1))
    assert "stop" == (await stage.does("broadcast.controlled", 1, about=_KEY, what="stop"))["controlled"]
    await stage.settles()
    assert "late" == (await stage.does("broadcast.controlled", 1, about=_KEY, what="stop"))["controlled"]
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


async def _times(stage: _Stage, day: date, hour: time, who: int = 1) -> dict[str, Any]:
    """Say when, as the flow does that asks for it."""
    return await stage.does("broadcast.timed", who, subject=_KEY, facts={"day": day, "start": hour})


async def test_a_time_is_by_the_clock_on_the_wall_and_can_be_changed(stage: _Stage) -> None:
    """The later word counts, also where it is the earlier hour; there is one broadcast."""
    await _writes(stage)
    first = await _times(stage, date(2026, 11, 25), time(18))
    assert ("scheduled", datetime(2026, 11, 25, 18, tzinfo=RIGA)) == (first["announced"], first["goes_at"])
    second = await _times(stage, date(2026, 11, 24), time(9))
    assert ("scheduled", datetime(2026, 11, 24, 9, tzinfo=RIGA)) == (second["announced"], second["goes_at"])
    stage.clock.move(timedelta(hours=20, minutes=59))
    await stage.settles()
    assert [] == _heard(stage)
    stage.clock.move(timedelta(minutes=1))
    await stage.settles()
    assert _PEOPLE + 2 == len(_heard(stage))
    assert "already" == (await _times(stage, date(2026, 11, 26), time(9)))["announced"]


async def test_by_night_it_is_said_when_it_really_goes(stage: _Stage) -> None:
    """Also where it was to go at once; the list says the same hour."""
    await _writes(stage)
    told = await _times(stage, date(2026, 11, 24), time(23))
    morning = datetime(2026, 11, 25, 8, tzinfo=RIGA)
    assert (True, morning) == (told["quiet"], told["goes_at"])
    (seen,) = await stage.app.database.read(lambda tx: announcements.recent(tx, stage.clock.now()))
    assert ("scheduled", morning) == (seen.state, seen.at)
    await stage.does("broadcast.controlled", 1, about=_KEY, what="stop")
    await stage.settles()
    stage.clock.move(timedelta(hours=10))
    assert datetime(2026, 11, 24, 8, tzinfo=RIGA) == (await _announces(stage))["goes_at"]


@pytest.mark.parametrize(
    ("day", "hour", "becomes"),
    [(date(2026, 11, 23), time(12), "past"), (date(2026, 11, 22), time(13), "past"), (_NOON.date(), time(13), "")],
)
async def test_nothing_is_planned_for_the_past(stage: _Stage, day: date, hour: time, becomes: str) -> None:
    """Now is past as well: it would have gone by the time it is read."""
    await _writes(stage)
    told = await _times(stage, day, hour)
    assert (becomes or "scheduled") == told["announced"]


async def test_an_event_is_not_announced_once_it_has_begun(stage: _Stage) -> None:
    """A time after its beginning is refused when it is said."""
    facts = {"day": date(2026, 11, 28), "start": time(12)}
    assert "late" == (await stage.does("broadcast.timed", 1, subject="e" * 16, facts=facts))["announced"]
    assert {"allowed": False} == await stage.does("broadcast.timed", 100, subject="e" * 16, facts=facts)


async def test_nobody_hears_in_the_morning_of_an_event_that_has_begun(stage: _Stage) -> None:
    """The night counts: what would go at eight is too late for an event at seven; nor does a late start announce it."""
    early = datetime(2026, 11, 24, 7, tzinfo=RIGA)
    await stage.app.database.write(lambda tx: tx.execute(sa.update(events.events).values(starts_at=early)))
    facts = {"day": date(2026, 11, 23), "start": time(22)}
    assert "late" == (await stage.does("broadcast.timed", 1, subject="e" * 16, facts=facts))["announced"]
    facts = {"day": date(2026, 11, 23), "start": time(20)}
    assert "scheduled" == (await stage.does("broadcast.timed", 1, subject="e" * 16, facts=facts))["announced"]
    stage.clock.move(timedelta(hours=24))  # as if nothing had run meanwhile
    await stage.settles()
    assert [] == stage.channel.announced
    assert {"1"} == {ident for ident, text in stage.channel.sent if "pasākums jau sācies" in text}


async def test_what_waits_for_agreement_is_put_off_and_still_waits(stage: _Stage) -> None:
    """Another hour is no other announcement: whoever was asked may still agree."""
    await stage.app.database.write(lambda tx: subscribe(tx, range(1000, 1000 + _MORE), stage.clock.now()))
    await _writes(stage)
    await _announces(stage, at=_NOON + timedelta(hours=1))
    assert "approval" == (await _times(stage, date(2026, 11, 23), time(15)))["announced"]
    assert "given" == (await stage.does("broadcast.approved", 2, broadcast="b" * 16, given=True))["approval"]
    stage.clock.move(timedelta(hours=2, minutes=59))
    await stage.settles()
    assert [] == [one for one in _heard(stage) if one != "2"]
    stage.clock.move(timedelta(minutes=1))
    await stage.settles()
    assert _PEOPLE + _MORE + 2 == len(_heard(stage))


@pytest.mark.parametrize(
    ("typed", "day", "hour"),
    [
        ("piektdien plkst. 18", date(2026, 11, 27), time(18)),
        ("rīt 9", date(2026, 11, 24), time(9)),
        ("rīt plkst. 9.30", date(2026, 11, 24), time(9, 30)),
        ("1. decembrī 10.00", date(2026, 12, 1), time(10)),
        ("1.12. 10:00", date(2026, 12, 1), time(10)),
        ("18.00 piektdien", date(2026, 11, 27), time(18)),
        ("parīt desmitos", date(2026, 11, 25), time(10)),
        ("rīt no 10 līdz 12", date(2026, 11, 24), time(10)),
        ("rīt", date(2026, 11, 24), None),
        ("plkst. 10", None, time(10)),
    ],
)
def test_a_time_is_read_as_people_type_it(typed: str, day: date | None, hour: time | None) -> None:
    """With or without a word before the hour, in either order; what is missing is asked for."""
    reading = ANNOUNCE_WHEN.questions[0].read(Said(text=typed), _NOON.date())
    assert isinstance(reading, Understood if day and hour else Partly)
    assert (day, hour, None) == (reading.value.day, reading.value.start, reading.value.end)


@pytest.mark.parametrize("typed", ["tagad", "32. decembrī 10", "pirmdien, 1. decembrī, 10.00", "kad būs laiks"])
def test_what_is_no_time_is_asked_about(typed: str) -> None:
    """Nothing is guessed: a day that does not exist, or that is another day of the week, is none."""
    assert isinstance(ANNOUNCE_WHEN.questions[0].read(Said(text=typed), _NOON.date()), NotUnderstood)


async def test_by_letter_a_time_is_an_answer_like_any_other(stage: _Stage) -> None:
    """A coordinator who writes letters chooses „Ieplānot” by its letter, and answers with the day and the hour."""
    inga = Address(LETTERS, "inga@example.lv")
    written: list[Outbound] = []

    class _Post(_Channel):
        name, pace = LETTERS, Pace.FORM

        async def send(self, to: Destination, message: Outbound) -> str:
            if message.envelope and to.chat == inga:
                written.append(message)
            return await super().send(to, message)

    stage.app.channels[LETTERS] = _Post()

    def join(tx: sa.Connection) -> None:
        scene = Scene(contact_id=contacts.add(tx, inga, _NOON), chat=inga, now=_NOON, language="lv", inbound_id=1)
        code = team.invite(tx, "coordinator", _NOON)
        team.join(tx, Event(type="team.joined", data={"code": code, "name": "Inga"}), scene)

    await stage.app.database.write(join)

    async def writes(text: str) -> str:
        prompt = written[-1].envelope.prompt if written and written[-1].envelope else ""
        number = str(len(written))
        item = Inbound(
            channel=LETTERS,
            external_id=number,
            kind=Kind.MESSAGE,
            sender=inga,
            chat=inga,
            said_at=stage.clock.now(),
            received_at=stage.clock.now(),
            said=Said(text=text),
            envelope=Envelope(subject="Ziņa", message_id=f"{number}@example.lv", prompt=prompt, trusted=True),
        )
        await stage.app.inbox.receive(item)
        await stage.app.sender.drain()
        return written[-1].text

    await writes("Jauns paziņojums: No 1. decembra.")
    assert "saglabāšu" in await writes("1) Stādu izdale\n2) visi")
    saved = await writes("jā")
    assert "Paziņojums saglabāts" in saved
    assert "Kad izsludināt?" in await writes(_letter_of(saved, "Ieplānot"))
    assert "piektdien, 27. novembrī, plkst. 18.00" in await writes("piektdien plkst. 18")
    row = await stage.app.database.read(
        lambda tx: tx.execute(sa.select(broadcasts.broadcasts).order_by(broadcasts.broadcasts.c.id.desc())).first()
    )
    assert row is not None
    assert ("news", datetime(2026, 11, 27, 18, tzinfo=RIGA)) == (row.kind, row.starts_at)


def _letter_of(text: str, label: str) -> str:
    """Return the letter that a choice stands under."""
    return next(line.partition(")")[0] for line in text.splitlines() if line.endswith(label))
