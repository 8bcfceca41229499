"""Broadcasts: one row a person before anything is sent, the first few first, and nothing to who has just left."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.channels.email.compose import Composer, Letterhead
from bot.clock import RIGA
from bot.conversation.response import Event
from bot.conversation.standing import Post, Standing
from bot.conversation.state import Conversation
from bot.delivery import contents
from bot.delivery.body import decode
from bot.desk import responding, team
from bot.messages import Address, Destination, Fate, Inbound, Kind, Obstacle, Outbound, Pace, Said, SendError
from bot.outreach import attendance, audience, broadcasts, conducting, events
from bot.outreach.audience import News
from bot.outreach.quiet import QuietHours
from bot.people import contacts, permissions
from bot.rooms import Scene
from bot.settings import Secret, Settings
from flows.audience import Audience
from tests.subscribers import subscribe
from tests.transcripts.clock import MovedClock

_NOON = datetime(2026, 11, 23, 12, tzinfo=RIGA)
_PEOPLE = 24
_MORE = 80  # with whom they are more than may be told by one coordinator alone


class _Channel:
    """Keeps what is sent, and refuses or loses what it is told to."""

    name, pace = "telegram", Pace.ONE

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.fate: dict[str, Fate] = {}
        self.moved: dict[str, str] = {}

    async def send(self, to: Destination, message: Outbound) -> str:
        """Send, or fail as told."""
        if new := self.moved.get(to.chat.ident):
            raise SendError(Fate.NOT_SENT, "moved", moved_to=new)
        if fate := self.fate.get(to.chat.ident):
            obstacle = Obstacle.NOT_ALLOWED if fate is Fate.REFUSED else None
            raise SendError(fate, "as told", wait=3000.0 if fate is Fate.LATER else 0.0, obstacle=obstacle)
        self.sent.append((to.chat.ident, message.text))
        return str(len(self.sent))

    async def acknowledge(self, receipt: str, text: str) -> None:
        """Do nothing."""

    async def typing(self, chat: Address) -> None:
        """Do nothing."""

    @property
    def announced(self) -> list[str]:
        """To whom the announcement went, in order."""
        return [ident for ident, text in self.sent if text.startswith("<b>Stādām") and "Kad:" in text]


class _Stage:
    """A house with a coordinator and people who take news."""

    def __init__(self, app: house.App, channel: _Channel, clock: MovedClock) -> None:
        self.app, self.channel, self.clock = app, channel, clock
        self.ids: list[int] = []

    async def does(self, type_: str, who: int, **data: Any) -> dict[str, Any]:
        """Let a coordinator do something, as a button would."""
        handler = self.app.inbox.rooms[type_]

        def work(tx: Connection) -> dict[str, Any]:
            chat = Address("telegram", str(who))
            contact_id = contacts.owner(tx, chat)
            assert contact_id
            scene = Scene(contact_id=contact_id, chat=chat, now=self.clock.now(), language="lv", inbound_id=1)
            return dict(handler(tx, Event(type=type_, data=data), scene))

        return await self.app.database.write(work)

    async def announces(
        self, key: str = "b" * 16, at: datetime | None = None, who: int = 1, event: str = "e" * 16
    ) -> dict[str, Any]:
        """Announce the event."""
        ids = {"key": key, "prompt": f"p{key[1:]}", "control": f"c{key[1:]}"}
        return await self.does("broadcast.announced", who, about=event, kind="event", at=at, **ids)

    async def plans(self, key: str) -> None:
        """Plan one more event."""

        def work(tx: Connection) -> None:
            row = _event(contacts.owner(tx, Address("telegram", "1")) or 0, self.clock.now())
            events.keep(tx, {**row, "key": key})

        await self.app.database.write(work)

    async def chooses(self, person: int, **chosen: Any) -> None:
        """Let one of those who take news say which and how often."""
        await self.does("preferences.chosen", 100 + person, **chosen)

    async def begins_in(self, time: timedelta) -> None:
        """Let the event begin so much later than now."""
        at = self.clock.now() + time
        await self.app.database.write(lambda tx: tx.execute(sa.update(events.events).values(starts_at=at)))

    async def all_come(self) -> None:
        """Let everybody but the team come."""

        def come(tx: Connection) -> None:
            event = events.get(tx, "e" * 16)
            assert event is not None
            people = tx.execute(sa.select(contacts.contacts.c.id).where(contacts.contacts.c.id >= min(self.ids)))
            said = {"event_id": event.id, "people": 1, "state": "coming", "said_at": self.clock.now()}
            tx.execute(sa.insert(attendance.attendance), [{"contact_id": row.id, **said} for row in people])

        await self.app.database.write(come)

    async def settles(self) -> None:
        """Let everything be done that can be done now."""
        await self.app.sender.drain()
        while await self.app.conductor.work_off():
            await self.app.sender.drain()

    async def row(self, key: str = "b" * 16) -> Any:
        """Return a broadcast as it stands."""
        return await self.app.database.read(lambda tx: broadcasts.get(tx, key))

    async def counts(self) -> dict[str, int]:
        """Return how many of its deliveries are in each state, without those there are none of."""
        row = await self.row()
        counted = await self.app.database.read(lambda tx: broadcasts.counts(tx, row.id))
        return {state: n for state, n in counted.items() if n}


@pytest_asyncio.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[_Stage]:
    """Return a house in which two coordinators work, and an event is planned."""
    channel, clock = _Channel(), MovedClock(_NOON)
    settings = Settings(database_url=Secret(database_url), data_dir=tmp_path, approve_above=100)
    app = house.build(settings, {"telegram": channel}, clock)
    made = _Stage(app, channel, clock)

    def prepare(tx: Connection) -> list[int]:
        now = clock.now()
        for number in (1, 2):
            chat = Address("telegram", str(number))
            scene = Scene(contact_id=contacts.add(tx, chat, now), chat=chat, now=now, language="lv", inbound_id=1)
            code = team.invite(tx, "coordinator", now)
            team.join(tx, Event(type="team.joined", data={"code": code, "name": f"K{number}"}), scene)
        ids = []
        for number in range(100, 100 + _PEOPLE):
            chat = Address("telegram", str(number))
            ids.append(contacts.add(tx, chat, now))
            _takes_news(tx, ids[-1], chat, now)
        events.keep(tx, _event(contacts.owner(tx, Address("telegram", "1")) or 0, now))
        return ids

    made.ids = await app.database.write(prepare)
    yield made
    await app.close()


async def test_ours_get_it_first_then_ten_then_everybody_once(stage: _Stage) -> None:
    """The team, then ten, then the rest; each person has one row, written before anything is sent."""
    assert "scheduled" == (await stage.announces())["announced"]
    await stage.settles()
    assert {"sent": _PEOPLE + 2} == await stage.counts()
    assert ["1", "2"] == sorted(stage.channel.announced[:2])
    assert [str(number) for number in range(100, 100 + _PEOPLE)] == sorted(stage.channel.announced[2:])
    assert "done" == (await stage.row()).state
    assert "already" == (await stage.announces(key="d" * 16))["announced"]


async def test_every_row_is_written_before_anything_is_sent(stage: _Stage) -> None:
    """Each person has one, held back, when the first message goes; a second list adds nobody."""
    await stage.announces()
    while (await stage.row()).state != "canary":
        await stage.app.conductor._round()
    assert ({"held": _PEOPLE + 2}, []) == (await stage.counts(), stage.channel.announced)
    row = await stage.row()

    def once_more(tx: Connection) -> int:
        whom = audience.batch(tx, Audience(), 0, 500, news=News(), now=stage.clock.now())[0]
        return broadcasts.address(tx, row, whom, contents.of(tx, row.id), stage.clock.now())

    assert 0 == await stage.app.database.write(once_more)
    assert {"held": _PEOPLE + 2} == await stage.counts()


async def test_a_letter_of_it_can_be_left_and_brings_its_own_bounce(stage: _Stage) -> None:
    """What is frozen for letters names its prompt, so its sender is its own, and its header the way out of the list."""
    await stage.announces()
    while (await stage.row()).state != "canary":
        await stage.app.conductor._round()
    row = await stage.row()

    def frozen(tx: Connection) -> Outbound:
        ident = contents.of(tx, row.id)["lv", "mailto"]
        return decode(contents.bodies(tx, {ident})[ident])

    head = Letterhead(address="koki@example.lv", secret="s" * 32, plus=True, pages="https://koki.example.lv")
    to = Destination(chat=Address("mailto", "anna@example.org"), token="17")
    letter = Composer(head).compose(to, await stage.app.database.read(frozen), stage.clock.now())
    written = letter.content.decode().replace("\r\n ", "")
    assert letter.sender.startswith("koki+bounce-")
    assert "List-Unsubscribe: <https://koki.example.lv/atteikties/" in written
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in written


async def test_a_fault_among_the_first_holds_everybody_elses_back(stage: _Stage) -> None:
    """What Telegram refuses is our mistake; one of ten is enough, and whoever sent it is told."""
    stage.channel.fate["103"] = Fate.REFUSED
    await stage.announces()
    await stage.settles()
    row = await stage.row()
    assert ("paused", 1) == (row.state, row.faults)
    assert {"sent": 11, "failed": 1, "held": _PEOPLE - 10} == await stage.counts()
    assert any("apturēju" in text for ident, text in stage.channel.sent if ident == "1")
    await stage.does("broadcast.controlled", 2, key="b" * 16, what="resume")
    await stage.settles()
    assert {"sent": _PEOPLE + 1, "failed": 1} == await stage.counts()


async def test_who_blocks_us_is_no_fault(stage: _Stage) -> None:
    """A person who is gone ends their own subscription, and pauses nothing."""
    stage.channel.fate |= {str(number): Fate.GONE for number in range(100, 108)}
    await stage.announces()
    await stage.settles()
    row = await stage.row()
    assert ("done", 0, 8) == (row.state, row.faults, row.gone)
    counted = await stage.app.database.read(lambda tx: audience.count(tx, Audience(), News(), stage.clock.now()))
    assert _PEOPLE - 8 == counted.people


async def test_consent_is_looked_at_again_in_the_moment_of_sending(stage: _Stage) -> None:
    """Who has left since the list was made gets nothing, though their row is there."""
    await stage.announces(at=_NOON + timedelta(hours=1))
    stage.clock.move(timedelta(hours=1))
    while (await stage.row()).state != "canary":
        await stage.app.conductor._round()

    def leave(tx: Connection) -> None:
        scene = Scene(
            contact_id=stage.ids[5], chat=Address("telegram", "105"), now=stage.clock.now(), language="lv", inbound_id=2
        )
        permissions.withdraw(tx, Event(type="permissions.withdrawn", data={"kinds": [permissions.NEWS]}), scene)

    await stage.app.database.write(leave)
    await stage.settles()
    assert "105" not in stage.channel.announced
    assert {"sent": _PEOPLE + 1, "skipped": 1} == await stage.counts()


async def test_one_person_on_two_channels_gets_one(stage: _Stage) -> None:
    """A person is one contact, however many addresses; the one last written from is used."""
    now = stage.clock.now()
    second = {"address": "telegram:999", "contact_id": stage.ids[0], "created_at": now + timedelta(hours=1)}
    await stage.app.database.write(lambda tx: tx.execute(sa.insert(contacts.addresses).values(**second)))
    await stage.announces()
    await stage.settles()
    assert 1 == sum(ident in {"100", "999"} for ident in stage.channel.announced)


async def test_letters_that_wait_for_their_hour_hold_nobody_up(stage: _Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many of those who come first are put off, also among the first ten: everybody else is told at once."""
    monkeypatch.setattr(conducting, "_RELEASED", 4)
    post = _Channel()
    post.fate = {f"{number}@example.org": Fate.LATER for number in range(100, 112)}
    stage.app.sender.channels = {**stage.app.sender.channels, "mailto": post}

    def by_letter(tx: Connection) -> None:
        for number in range(100, 112):
            theirs = contacts.addresses.c.address == f"telegram:{number}"
            tx.execute(sa.update(contacts.addresses).where(theirs).values(address=f"mailto:{number}@example.org"))

    await stage.app.database.write(by_letter)
    await stage.announces()
    await stage.settles()
    assert ["1", "2", *(str(number) for number in range(112, 100 + _PEOPLE))] == sorted(
        stage.channel.announced, key=int
    )
    assert {"sent": _PEOPLE - 10, "queued": 12} == await stage.counts()
    post.fate = {}
    stage.clock.move(timedelta(hours=1))
    await stage.settles()
    assert ({"sent": _PEOPLE + 2}, 12) == (await stage.counts(), len(post.sent))
    assert "done" == (await stage.row()).state


async def test_too_many_faults_hold_the_rest_back(stage: _Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first ten it takes five faults, and more than one in twenty: then a person has to look."""
    monkeypatch.setattr(conducting, "_RELEASED", 20)
    stage.channel.fate |= {str(number): Fate.REFUSED for number in range(112, 117)}
    await stage.app.database.write(lambda tx: subscribe(tx, range(1000, 1000 + _MORE), stage.clock.now()))
    await stage.announces()
    await stage.does("broadcast.approved", 2, broadcast="b" * 16, given=True)
    await stage.settles()
    assert ("paused", 5) == ((await stage.row()).state, (await stage.row()).faults)
    assert (await stage.counts())["held"] >= _MORE - 20
    assert any("apturēju" in text for ident, text in stage.channel.sent if ident == "1")


async def test_a_chat_that_has_moved_is_followed(stage: _Stage) -> None:
    """Telegram names the new one; the announcement goes there, once, and so does everything after it."""
    stage.channel.moved["105"] = "-100105"
    await stage.announces()
    await stage.settles()
    assert (0, 1) == tuple(stage.channel.announced.count(ident) for ident in ("105", "-100105"))
    assert {"sent": _PEOPLE + 2} == await stage.counts()
    known = await stage.app.database.read(lambda tx: contacts.owner(tx, Address("telegram", "-100105")))
    assert stage.ids[5] == known


async def test_what_is_unknown_is_sent_again_only_when_asked(stage: _Stage) -> None:
    """Twice the same announcement is worse than a gap that a coordinator can close."""
    stage.channel.fate["120"] = Fate.UNKNOWN
    await stage.announces()
    await stage.settles()
    assert {"sent": _PEOPLE + 1, "unknown": 1} == await stage.counts()
    stage.channel.fate = {}
    await stage.does("broadcast.controlled", 1, key="b" * 16, what="again")
    await stage.settles()
    assert {"sent": _PEOPLE + 2} == await stage.counts()
    assert 1 == stage.channel.announced.count("120")


async def test_it_can_be_stopped_before_it_begins(stage: _Stage) -> None:
    """A scheduled one that is stopped sends nothing, and may be announced anew."""
    await stage.announces(at=_NOON + timedelta(hours=2))
    await stage.does("broadcast.controlled", 1, key="b" * 16, what="stop")
    await stage.settles()
    stage.clock.move(timedelta(hours=3))
    await stage.settles()
    assert [] == stage.channel.announced
    assert "stopped" == (await stage.row()).state
    assert "scheduled" == (await stage.announces(key="d" * 16))["announced"]


async def test_at_night_it_waits_for_the_morning(stage: _Stage) -> None:
    """Nobody is woken for an announcement."""
    stage.clock.move(timedelta(hours=10))
    await stage.announces()
    await stage.settles()
    assert [] == stage.channel.announced
    stage.clock.move(timedelta(hours=10, minutes=1))
    await stage.settles()
    assert _PEOPLE + 2 == len(stage.channel.announced)


async def test_many_need_the_word_of_a_second_coordinator(stage: _Stage) -> None:
    """Above the set number it waits; its own author can't agree to it."""
    await stage.app.database.write(lambda tx: subscribe(tx, range(1000, 1000 + _MORE), stage.clock.now()))
    assert "approval" == (await stage.announces())["announced"]
    await stage.settles()
    assert [] == [ident for ident in stage.channel.announced if ident != "2"]
    assert "own" == (await stage.does("broadcast.approved", 1, broadcast="b" * 16, given=True))["approval"]
    assert "given" == (await stage.does("broadcast.approved", 2, broadcast="b" * 16, given=True))["approval"]
    await stage.settles()
    assert {"sent": _PEOPLE + _MORE + 2} == await stage.counts()


async def test_nobody_without_the_role_announces_anything(stage: _Stage) -> None:
    """The button of a coordinator does nothing for anybody else."""
    assert {"allowed": False} == await stage.announces(who=100)
    assert await stage.row() is None


async def test_a_cancelled_event_passes_what_is_under_way_and_the_night(stage: _Stage) -> None:
    """Who comes is told at once, before the rest of an announcement, which is stopped."""
    await stage.begins_in(timedelta(hours=20))
    await stage.does("attendance.coming", 110, event="e" * 16, people=2, word="")
    await stage.announces()
    stage.clock.move(timedelta(hours=10))  # at night nothing of it is sent
    await stage.settles()
    ids = {"key": "c" * 16, "prompt": "q" * 16, "control": "r" * 16}
    await stage.does("event.cancelled", 1, event="e" * 16, kind="cancelled", **ids)
    await stage.settles()
    told = [ident for ident, text in stage.channel.sent if "atcelts" in text and "Diemžēl" in text]
    assert ["110"] == told
    assert ("stopped", "done") == ((await stage.row()).state, (await stage.row("c" * 16)).state)


async def test_what_can_wait_for_the_morning_does(stage: _Stage) -> None:
    """Nobody is woken for an event of next week that is off, and whoever cancels it is told when they hear of it."""
    await stage.does("attendance.coming", 110, event="e" * 16, people=2, word="")
    stage.clock.move(timedelta(hours=10))
    ids = {"key": "c" * 16, "prompt": "q" * 16, "control": "r" * 16}
    told = await stage.does("event.cancelled", 1, event="e" * 16, kind="cancelled", **ids)
    assert stage.clock.now() < told["goes_at"]
    await stage.settles()
    assert "scheduled" == (await stage.row("c" * 16)).state
    stage.clock.move(timedelta(hours=11))
    await stage.settles()
    assert ["110"] == [ident for ident, text in stage.channel.sent if "Diemžēl" in text]


@pytest.mark.parametrize("hours", [14, 24 * 5])
async def test_a_change_needs_nobodys_word_however_many_come(stage: _Stage, hours: int) -> None:
    """More than may be told by one coordinator alone; at night only where the event is within a day."""
    many = range(1000, 1000 + _MORE + 30)
    await stage.app.database.write(lambda tx: subscribe(tx, many, stage.clock.now()))
    await stage.begins_in(timedelta(hours=hours + 10))
    await stage.all_come()
    stage.clock.move(timedelta(hours=10))
    ids = {"key": "c" * 16, "prompt": "q" * 16, "control": "r" * 16}
    done = await stage.does("broadcast.announced", 1, about="e" * 16, kind="changed", at=None, **ids)
    assert "scheduled" == done["announced"]
    await stage.settles()
    by_night = [ident for ident, text in stage.channel.sent if "Pasākumam mainījies" in text]
    assert (_PEOPLE + len(many) if hours < 24 else 0) == len(by_night)


async def test_who_wants_one_a_month_gets_the_first_of_a_month(stage: _Stage) -> None:
    """What comes within the month is left out, for them alone."""
    await stage.chooses(3, every_days=30)
    await stage.announces()
    await stage.settles()
    assert "103" in stage.channel.announced
    await stage.plans("f" * 16)
    await stage.announces(key="d" * 16, event="f" * 16)
    await stage.settles()
    assert 1 == stage.channel.announced.count("103")
    assert 2 == stage.channel.announced.count("104")
    stage.clock.move(timedelta(days=31))
    await stage.plans("g" * 16)
    await stage.announces(key="h" * 16, event="g" * 16)
    await stage.settles()
    assert 2 == stage.channel.announced.count("103")


async def test_of_two_at_once_one_reaches_who_wants_few(stage: _Stage) -> None:
    """The second counts what the first is about to send."""
    await stage.chooses(3, every_days=7)
    await stage.plans("f" * 16)
    await stage.announces()
    await stage.announces(key="d" * 16, event="f" * 16)
    await stage.settles()
    assert 1 == stage.channel.announced.count("103")
    assert 2 == stage.channel.announced.count("104")


async def test_wishes_are_looked_at_again_in_the_moment_of_sending(stage: _Stage) -> None:
    """Whoever has asked for another municipality's news, or for a pause, since the list was made gets nothing."""
    await stage.app.database.write(lambda tx: tx.execute(sa.update(events.events).values(municipality="Ogres novads")))
    await stage.announces()
    while (await stage.row()).state != "canary":
        await stage.app.conductor._round()
    await stage.chooses(5, municipality="Cēsu novads")
    await stage.chooses(6, quiet_until=_NOON.date() + timedelta(days=90))
    await stage.chooses(7, municipality="Ogres novads")
    await stage.settles()
    assert {"105", "106"} & set(stage.channel.announced) == set()
    assert "107" in stage.channel.announced
    assert {"sent": _PEOPLE, "skipped": 2} == await stage.counts()


async def test_news_of_events_alone_leave_out_the_rest(stage: _Stage) -> None:
    """Who wants only events is not counted for an announcement of something else, and is for an event."""
    await stage.chooses(3, about="events")

    def look(tx: Connection) -> list[int]:
        both = (audience.News(of_event=of_event) for of_event in (True, False))
        return [audience.count(tx, Audience(), news, _NOON).people for news in both]

    assert [_PEOPLE, _PEOPLE - 1] == await stage.app.database.read(look)


async def test_the_press_is_who_said_so(stage: _Stage) -> None:
    """Media register nothing: they are known by their own word."""
    await stage.chooses(3, role="media")
    found = await stage.app.database.read(
        lambda tx: audience.count(tx, Audience(who=("media", "school")), audience.News(), _NOON)
    )
    assert 1 == found.people


async def test_another_process_goes_on_where_one_died(stage: _Stage) -> None:
    """All there is to know is in rows: a second house carries the same broadcast to its end, nobody twice."""
    await stage.announces()
    for _ in range(4):
        await stage.app.conductor._round()
    await stage.app.duties.leave()
    settings = stage.app.settings
    other = house.build(settings, {"telegram": stage.channel}, stage.clock)
    await other.sender.drain()
    while await other.conductor.work_off():
        await other.sender.drain()
    await other.close()
    assert sorted(set(stage.channel.announced)) == sorted(stage.channel.announced)
    assert {"sent": _PEOPLE + 2} == await stage.counts()


async def test_the_last_place_goes_to_one_of_two(stage: _Stage) -> None:
    """Who comes second waits, and is asked when the place is free."""
    await stage.app.database.write(lambda tx: tx.execute(sa.update(events.events).values(places=2)))
    first = await stage.does("attendance.coming", 101, event="e" * 16, people=2, word="")
    second = await stage.does("attendance.coming", 102, event="e" * 16, people=1, word="")
    assert ("coming", "waiting") == (first["attending"]["state"], second["attending"]["state"])
    await stage.does("attendance.leaving", 101, event="e" * 16)
    await stage.settles()
    assert ["102"] == [ident for ident, text in stage.channel.sent if text.startswith("Atbrīvojās vieta")]
    states = sa.select(attendance.attendance.c.state).order_by(attendance.attendance.c.id)
    assert ["left", "offered"] == [
        row.state for row in await stage.app.database.read(lambda tx: tx.execute(states).all())
    ]


async def test_the_buttons_on_the_board_are_for_coordinators_and_their_own_broadcast() -> None:
    """A tap holds the broadcast it stands under, by who may announce; a forged one reaches no other."""
    now = _NOON
    chat = Address("telegram", "-100")

    def tap(role: str, subject: int, data: str) -> tuple[str, int]:
        item = Inbound(
            channel="telegram",
            external_id="1",
            kind=Kind.TAP,
            sender=Address("telegram", "1"),
            chat=chat,
            said_at=now,
            received_at=now,
            said=Said(tap=data),
            private=False,
        )
        post = Post(board="events", subject=subject)
        response = responding.respond(Conversation(), item, Standing(role=role, name="Inga", post=post))
        return response.outcome, len(response.events)

    assert ("broadcast_pause", 1) == tap("coordinator", 7, "broadcast:7:pause")
    assert ("no_role", 0) == tap("staff", 7, "broadcast:7:pause")
    assert ("unknown_button", 0) == tap("coordinator", 7, "broadcast:8:stop")


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-23 20:59", None),
        ("2026-11-23 21:00", "2026-11-24 08:00"),
        ("2026-11-24 03:00", "2026-11-24 08:00"),
        ("2026-11-24 08:00", None),
    ],
)
def test_quiet_hours_go_over_midnight(at: str, until: str | None) -> None:
    """By the clock in Riga."""
    expected = datetime.fromisoformat(until).replace(tzinfo=RIGA) if until else None
    now = datetime.fromisoformat(at).replace(tzinfo=RIGA)
    assert expected == QuietHours.parse("21:00-08:00").until(now)


def _takes_news(tx: Connection, contact_id: int, chat: Address, now: datetime) -> None:
    scene = Scene(contact_id=contact_id, chat=chat, now=now, language="lv", inbound_id=1)
    permissions.give(tx, Event(type="permissions.given", data={"kinds": [permissions.NEWS]}), scene)


def _event(contact_id: int, now: datetime) -> dict[str, Any]:
    return {
        "key": "e" * 16,
        "contact_id": contact_id,
        "chat": "telegram:1",
        "state": "planned",
        "title": "Stādām ozolus",
        "words": {"text": "", "where": "Ikšķilē", "contact": "", "pin": False},
        "answers": {},
        "audience": {},
        "municipality": "Ogres novads",
        "places": 0,
        "starts_at": now + timedelta(days=5),
        "ends_at": None,
        "planned_at": now,
    }
