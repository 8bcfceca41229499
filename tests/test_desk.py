"""The desk: who may do what in the staff's group, and that nothing of one case reaches another."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import app as house
from bot.app.known import known_of
from bot.attachments.records import attachments
from bot.conversation.response import Event
from bot.delivery.outbox import deliveries
from bot.delivery.pacing import Limits, Pacer
from bot.desk import team
from bot.desk.answers import answers
from bot.desk.audit import audit
from bot.desk.cases import cases
from bot.messages import LETTERS, Address, Envelope, Inbound, Kind
from bot.people import contacts
from bot.rooms import Scene
from bot.settings import Secret, Settings
from bot.timers import timers
from bot.words.plain import plain
from flows.said import File, Said
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START
from tests.transcripts.stage import RecordingChannel

_GROUP = Address("telegram", "-100500")
_ILZE, _STRANGER = Address("telegram", "4712"), Address("telegram", "666")
_ANNA = Address(LETTERS, "anna@example.org")
_numbers = count(1)


class _Desk:
    """An installation with letters and a staff's group whose topics are numbered by the recording channel."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.clock = MovedClock(_DEFAULT_START)
        self.letters, self.telegram = RecordingChannel(LETTERS), RecordingChannel("telegram")
        settings = Settings(
            database_url=Secret(database_url), data_dir=folder, staff_chat_id=_GROUP.ident, staff_topics=1
        )
        channels = {LETTERS: self.letters, "telegram": self.telegram}
        self.app = house.build(settings, dict(channels), self.clock)
        self.app.sender.pacer = Pacer(limits=Limits(group_per_minute=10_000))

    async def hire(self) -> None:
        """Let Ilze join."""

        def hired(tx: sa.Connection) -> None:
            code = team.invite(tx, "staff", self.now)
            scene = replace(_scene(_ILZE, self.now), contact_id=contacts.add(tx, _ILZE, self.now))
            team.join(tx, Event(type="team.joined", data={"code": code, "name": "Ilze"}), scene)

        await self.app.database.write(hired)

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock.now()

    async def writes(self, text: str, sender: Address = _ANNA) -> str:
        """Let a person write a letter; return its outcome."""
        item = replace(
            _item(sender, sender, Said(text=text), self.now), envelope=Envelope(trusted=True, message_id="a")
        )
        return await self._bring(item)

    async def staff(self, said: Said, sender: Address = _ILZE, *, thread: str = "", **more: str) -> str:
        """Let somebody do something in the group; return its outcome."""
        kind = Kind.TAP if said.tap else Kind.MESSAGE
        item = replace(_item(sender, _GROUP, said, self.now), private=False, thread=thread, kind=kind, **more)  # type: ignore[arg-type]
        return await self._bring(item)

    async def passes(self, time: timedelta) -> None:
        """Let time pass, and what is due go."""
        self.clock.move(time)
        await self.app.sender.drain()

    async def column(self, column: sa.Column[object]) -> list[object]:
        """Return a column of a table, by id."""
        query = sa.select(column).order_by(*column.table.primary_key)
        return list(await self.app.database.read(lambda tx: tx.execute(query).scalars().all()))

    def sent(self, channel: RecordingChannel) -> list[str]:
        """Return the texts that a channel has brought to people."""
        return [message.text for _, message in channel.shown]

    def undo(self) -> tuple[str, str]:
        """Return the newest message with a button that takes an answer back, and what the button says."""
        shown = [(ref, button) for ref, m in self.telegram.shown_to_staff for row in m.rows for button in row]
        return next((ref, button.data) for ref, button in reversed(shown) if "undo" in button.data)

    async def _bring(self, item: Inbound) -> str:
        outcome = await self.app.inbox.receive(item)
        await self.app.sender.drain()
        return outcome


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[_Desk]:
    """Return a desk with Ilze at it."""
    made = _Desk(database_url, tmp_path)
    await made.hire()
    yield made
    await made.app.close()


async def test_an_answer_reaches_a_person_by_letter_and_can_be_taken_back(desk: _Desk) -> None:
    """What staff write with /a goes out after five seconds, unless it is taken back before."""
    await desk.writes("Gribu runāt ar cilvēku, lūdzu, par koku stādīšanu pie skolas.")
    (thread,) = await desk.column(cases.c.thread)
    assert "answered" == await desk.staff(Said(text="/a Jā, <skola> var."), thread=str(thread))
    before = len(desk.letters.shown)
    await desk.passes(timedelta(seconds=6))
    assert ["Labdien!\n\nJā, &lt;skola&gt; var.\n\nAtbildēja projekta darbinieks."] == desk.sent(desk.letters)[before:]

    await desk.staff(Said(text="/a Nē."), thread=str(thread))
    undo = next(
        b.data for _, m in reversed(desk.telegram.shown_to_staff) for row in m.rows for b in row if "undo" in b.data
    )
    refs = {message.text: ref for ref, message in desk.telegram.shown_to_staff}
    ref = next(ref for text, ref in refs.items() if text.endswith("Nē."))
    assert "undone" == await desk.staff(Said(tap=undo), message_ref=ref, receipt="r")
    await desk.passes(timedelta(seconds=6))
    assert before + 1 == len(desk.letters.shown)


async def test_who_has_no_role_can_do_nothing(desk: _Desk) -> None:
    """Commands, answers and buttons of a stranger in the group change nothing and send nothing."""
    await desk.writes("Gribu runāt ar cilvēku, lūdzu, par koku stādīšanu pie skolas.")
    (thread,) = await desk.column(cases.c.thread)
    before = len(desk.letters.shown)
    outcomes = [
        await desk.staff(Said(text=text), _STRANGER, thread=str(thread))
        for text in ("/nemu", "/a Jā", "/aizvert", "/manas")
    ]
    outcomes.append(await desk.staff(Said(tap="case:1:claim"), _STRANGER, thread=str(thread), receipt="r"))
    await desk.passes(timedelta(seconds=6))
    assert ["no_role"] * 5 == outcomes
    assert ([None], ["open"]) == (await desk.column(cases.c.owner), await desk.column(cases.c.state))
    assert before == len(desk.letters.shown)


async def test_a_forged_button_reaches_no_other_case(desk: _Desk) -> None:
    """A button that names another case than the one it stands under does nothing."""
    await desk.writes("Gribu runāt ar cilvēku, lūdzu, par koku stādīšanu pie skolas.")
    await desk.writes("Gribu runāt ar cilvēku, lūdzu, par ozoliem.", Address(LETTERS, "zane@example.org"))
    first, _ = await desk.column(cases.c.thread)
    forged = [
        await desk.staff(Said(tap=tap), thread=str(first), receipt="r") for tap in ("case:2:claim", "case:2:close", "x")
    ]
    assert (["unknown_button"] * 3, [None, None]) == (forged, await desk.column(cases.c.owner))


async def test_forged_buttons_of_every_kind_reach_no_other_case(desk: _Desk) -> None:
    """Calls, themes and answers: what names another case than the one it stands under changes nothing."""
    await desk.writes("Gribu runāt ar cilvēku, lūdzu, par koku stādīšanu pie skolas.")
    await desk.writes("Gribu runāt ar cilvēku, lūdzu, par ozoliem.", Address(LETTERS, "zane@example.org"))
    first, _ = await desk.column(cases.c.thread)
    taps = ("call:2:reached", "call:2:unreached", "theme:2:trees", "topic:2:fruit-trees:send", "theme:1:nothing")
    forged = [await desk.staff(Said(tap=tap), thread=str(first), receipt="r") for tap in taps]
    assert ["unknown_button"] * 5 == forged
    assert ([None, None], ["", ""]) == (await desk.column(cases.c.answered_at), await desk.column(cases.c.theme))


async def test_everything_staff_do_is_noted(desk: _Desk) -> None:
    """Who did what to which case, in the transaction that did it; what a stranger tried is not theirs to do."""
    await desk.writes("Gribu runāt ar cilvēku, lūdzu, par koku stādīšanu pie skolas.")
    (thread,) = await desk.column(cases.c.thread)
    await desk.staff(Said(text="/bloket"), _STRANGER, thread=str(thread))
    for text in ("/nemu", "/a Jā.", "/klusinat 3", "/atklusinat", "/aizvert"):
        await desk.staff(Said(text=text), thread=str(thread))
    expected = ["case.claimed", "case.answered", "person.muted", "person.unmuted", "case.closed"]
    assert expected == await desk.column(audit.c.what)
    assert ({str(_ILZE)}, {1}) == (set(await desk.column(audit.c.by)), set(await desk.column(audit.c.case_id)))


async def test_who_is_banned_is_not_heard_and_keeps_their_rights(desk: _Desk) -> None:
    """They hear so once, in their language; commands are left to them, and staff can hear them again."""
    await desk.writes("Gribu runāt ar cilvēku, lūdzu, par koku stādīšanu pie skolas.")
    (thread,) = await desk.column(cases.c.thread)
    await desk.staff(Said(text="/bloket"), thread=str(thread))
    outcomes = [await desk.writes(text) for text in ("Vai ozoli skaitās?", "Vai liepas skaitās?", "/privatums")]
    await desk.staff(Said(text="/atbloket"), thread=str(thread))
    outcomes.append(await desk.writes("Vai augļu koki skaitās?"))
    assert ["not_heard", "not_heard", "command_privatums", "answer"] == outcomes
    told = [text for text in desk.sent(desk.letters) if "neatbildēsim" in text]
    assert ["Labdien!\n\nUz Jūsu ziņām šeit vairs neatbildēsim."] == told


async def test_a_coordinator_is_for_the_regions_of_their_invitation(desk: _Desk) -> None:
    """The municipalities are kept on the invitation and the member; without any it is all of Latvia."""
    regions = ["Cēsu novads", "Valmieras novads"]
    code = await desk.app.database.write(lambda tx: team.invite(tx, "coordinator", desk.now, regions))
    inga = Address("telegram", "4714")

    def joins(tx: sa.Connection) -> None:
        scene = replace(_scene(inga, desk.now), contact_id=contacts.add(tx, inga, desk.now))
        team.join(tx, Event(type="team.joined", data={"code": code, "name": "Inga"}), scene)

    await desk.app.database.write(joins)
    found = {one.name: one.regions for one in await desk.app.database.read(team.members)}
    assert {"Ilze": (), "Inga": tuple(regions)} == found


async def test_an_invitation_lets_one_person_join_once_within_a_week(desk: _Desk) -> None:
    """A second person, and a late one, stay outside; what was taken away is gone at once."""
    code = await desk.app.database.write(lambda tx: team.invite(tx, "admin", desk.now))
    late = await desk.app.database.write(lambda tx: team.invite(tx, "admin", desk.now - timedelta(days=8)))

    async def joins(with_code: str, who: Address) -> object:
        event = Event(type="team.joined", data={"code": with_code, "name": "X"})

        def join(tx: sa.Connection) -> object:
            contact_id = contacts.owner(tx, who) or contacts.add(tx, who, desk.now)
            return team.join(tx, event, replace(_scene(who, desk.now), contact_id=contact_id))["role"]

        return await desk.app.database.write(join)

    jurgis = Address("telegram", "77")
    assert ["admin", "", ""] == [await joins(code, jurgis), await joins(code, _STRANGER), await joins(late, _STRANGER)]
    await desk.app.database.write(lambda tx: team.revoke(tx, jurgis, desk.now))
    assert await desk.app.database.read(lambda tx: team.member(tx, jurgis)) is None


async def test_ours_have_commands_of_their_own_until_their_role_is_taken_away(desk: _Desk) -> None:
    """In their own chat with the bot; others are told kindly whose work that is, without a word about it."""

    async def asks(who: Address) -> str:
        item = _item(who, who, Said(text="/darbs"), desk.now)
        assert "command_darbs" == await desk._bring(item)
        return plain(desk.telegram.shown[-1][1].text)

    assert "Jūsu komandas šeit:\n/darbs – ko varat darīt šeit" in await asks(_ILZE)
    assert "Šīs komandas ir tikai koordinatoriem un darbiniekiem." in await asks(_STRANGER)
    assert await desk.app.database.write(lambda tx: team.revoke(tx, _ILZE, desk.now))
    assert "Šīs komandas ir tikai koordinatoriem un darbiniekiem." in await asks(_ILZE)


async def test_who_is_away_is_named_in_the_morning_and_is_passed_nothing(desk: _Desk) -> None:
    """With what they have open; days to come are read, „nē” takes them back."""
    digest = desk.app.digest
    assert digest is not None
    await desk.writes("Gribu runāt ar cilvēku, lūdzu, par koku stādīšanu pie skolas.")
    thread = str((await desk.column(cases.c.thread))[0])
    await desk.staff(Said(text="/nemu"), thread=thread)

    async def says(text: str) -> str:
        await desk._bring(_item(_ILZE, _ILZE, Said(text=text), desk.now))
        return plain(desk.telegram.shown[-1][1].text)

    assert "Nesapratu, kad: „kaut kad”. Piemēram: /prombutne" in await says("/prombutne kaut kad")
    assert "Jūs neesat darbā no 23.11.2026. līdz 27.11.2026. Rīta" in await says("/prombutne 23.–27. novembrī")
    before = len(desk.telegram.shown_to_staff)
    await desk.staff(Said(text="/nodot Ilze"), thread=thread)
    await desk.app.database.write(lambda tx: digest.tell(tx, desk.now))
    await desk.app.sender.drain()
    told = [message.text for _, message in desk.telegram.shown_to_staff[before:]]
    assert "Ilze nav darbā līdz 27.11.2026. Nododiet kādam citam vai paturiet sev." in told
    assert any("Ilze nav darbā līdz 27.11.2026. Pie sevis pieteikumi: 1;" in text for text in told)
    assert "Labi, prombūtni atcēlu." in await says("/prombutne nē")
    away = await desk.app.database.read(lambda tx: team.members(tx)[0].away)
    assert away is None


async def test_a_morning_begins_with_what_waits(desk: _Desk) -> None:
    """Once, on a working day, while the morning lasts: how many are due, late and free."""
    digest = desk.app.digest
    assert digest is not None
    await desk.writes("Gribu runāt ar cilvēku, lūdzu, par koku stādīšanu pie skolas.")

    async def told(*wait: timedelta) -> list[str]:
        before = len(desk.telegram.shown_to_staff)
        for time in wait:
            desk.clock.move(time)
            await desk.app.database.write(lambda tx: digest.tell(tx, desk.now))
        await desk.app.sender.drain()
        return [message.text for _, message in desk.telegram.shown_to_staff[before:]]

    monday = await told(timedelta(), timedelta(minutes=5))
    assert ["Labrīt! Šodien jāatbild: 0, kavējas: 0, neviens nav paņēmis: 1."] == monday
    assert [] == await told(timedelta(hours=5))
    morning = await told(timedelta(hours=17, minutes=40), timedelta(minutes=10))
    assert ["Labrīt! Šodien jāatbild: 1, kavējas: 0, neviens nav paņēmis: 1."] == morning
    late = await told(timedelta(hours=24))
    assert ["Labrīt! Šodien jāatbild: 0, kavējas: 1, neviens nav paņēmis: 1."] == late
    assert [] == await told(timedelta(days=3))  # a Saturday


def _item(sender: Address, chat: Address, said: Said, now: datetime) -> Inbound:
    number = next(_numbers)
    return Inbound(
        channel=chat.channel,
        external_id=f"d{number}",
        kind=Kind.MESSAGE,
        sender=sender,
        chat=chat,
        said_at=now,
        received_at=now,
        said=said,
        message_ref=f"d{number}",
    )


def _scene(chat: Address, now: datetime) -> Scene:
    return Scene(contact_id=0, chat=chat, now=now, language="lv", inbound_id=0)


async def test_a_lost_answer_is_sent_again_once_and_only_from_its_own_case(desk: _Desk) -> None:
    """The button under a lost answer works for its case alone, sends to a known address alone, and once."""
    await desk.writes("Gribu runāt ar cilvēku par koku stādīšanu pie skolas.")
    await desk.writes("Gribu runāt ar cilvēku par ozoliem.", Address(LETTERS, "juris@example.org"))
    one, other = (str(thread) for thread in await desk.column(cases.c.thread))
    await desk.staff(Said(text="/a Jā, var."), thread=one)
    await desk.passes(timedelta(seconds=6))
    (delivery,) = await desk.column(answers.c.delivery_id)

    def came_back(tx: sa.Connection) -> None:
        contacts.mark_gone(tx, _ANNA, desk.now, "letters come back")
        row = {"address": "telegram:1", "contact_id": contacts.owner(tx, _ANNA), "created_at": desk.now}
        tx.execute(sa.insert(contacts.addresses).values(row))
        assert desk.app.answering is not None
        desk.app.answering.rerouting.came_back(tx, _ANNA, "", desk.now)

    await desk.app.database.write(came_back)
    await desk.app.sender.drain()
    tap = Said(tap=f"answer:{delivery}:telegram")
    assert [None, None] == await desk.column(cases.c.answered_at)  # the promise is open again
    warned = desk.telegram.shown_to_staff[-1][0]
    in_other = next(ref for ref, m in desk.telegram.shown_to_staff if "ozoliem" in m.text)
    assert "sent_again" == await desk.staff(tap, message_ref=in_other, thread=other)
    assert [] == desk.telegram.shown
    assert "unknown_button" == await desk.staff(Said(tap="answer:1:chat"), message_ref=warned, thread=one)
    for _ in range(2):
        await desk.staff(tap, message_ref=warned, thread=one)
    assert ["<b>Darbinieks:</b> Jā, var."] == desk.sent(desk.telegram)


async def test_topics_that_are_near_are_offered_and_no_others(desk: _Desk) -> None:
    """Under a case stand at most three topics that its words are about; marks of ours and talk of people find none."""
    nearest = known_of(desk.app.settings).nearest
    texts = (
        "Vai augļu koki skaitās?",
        "Gribu runāt ar cilvēku",
        "[foto nr. 12]",
        "",
        "Aizmirsu EU Login paroli. Vai skola var pieteikties konkursam?",
    )
    found = {text: [known.id for known in nearest(text)] for text in texts}
    assert "fruit-trees" == found["Vai augļu koki skaitās?"][0]
    assert {"login-problem", "schools"} <= set(found["Aizmirsu EU Login paroli. Vai skola var pieteikties konkursam?"])
    assert [[], []] == [found["[foto nr. 12]"], found[""]]
    assert "contact-human" not in found["Gribu runāt ar cilvēku"]
    assert max(len(known) for known in found.values()) <= 3


async def test_a_topic_is_sent_only_into_the_case_that_its_button_stands_under(desk: _Desk) -> None:
    """A forged button reaches no other case, and a topic that there is not is not sent."""
    await desk.writes("Gribu runāt ar cilvēku par koku stādīšanu pie skolas.")
    await desk.writes("Gribu runāt ar cilvēku par ozoliem.", Address(LETTERS, "juris@example.org"))
    one, _ = (str(thread) for thread in await desk.column(cases.c.thread))
    taps = ("topic:2:schools:send", "topic:1:no-such-topic:send", "topic:1:../schools:send")
    outcomes = [await desk.staff(Said(tap=tap), thread=one) for tap in taps]
    assert ["unknown_button", "answered", "unknown_button"] == outcomes
    before = len(desk.letters.shown)
    await desk.passes(timedelta(seconds=6))
    assert [] == desk.letters.shown[before:]


async def test_files_of_staff_wait_until_they_are_kept_and_a_letter_takes_only_so_much(desk: _Desk) -> None:
    """What is still fetched is looked at again; past 15 MB the rest stays behind, and staff are told which."""
    await desk.writes("Gribu runāt ar cilvēku par koku stādīšanu pie skolas.")
    summary = next(ref for ref, message in desk.telegram.shown_to_staff if "skolas" in message.text)
    files = tuple(File(ref=name, unique=name, kind="document", name=name) for name in ("a.pdf", "b.pdf"))
    assert "shown" == await desk.staff(Said(files=files, text="Plāni"), reply_to=summary)
    await desk.passes(timedelta(seconds=2))
    await desk.app.duties.fire_due()
    waits = sa.select(timers.c.due_at).where(timers.c.kind == "files")
    (again,) = await desk.app.database.read(lambda tx: list(tx.execute(waits).scalars()))
    assert timedelta(seconds=2) == again - desk.now

    def keep(tx: sa.Connection) -> None:
        kept = {"state": "stored", "stored_type": "application/pdf", "stored_size": 10 * 2**20}
        tx.execute(sa.update(attachments).values(kept).values(object_key=attachments.c.unique))

    await desk.app.database.write(keep)
    await desk.passes(timedelta(seconds=2))
    await desk.app.duties.fire_due()
    bodies = await desk.column(deliveries.c.body)
    sent = [body for body in bodies if isinstance(body, dict) and body.get("files")]
    assert [[["a.pdf", "a.pdf", "application/pdf"]]] == [body["files"] for body in sent]
    assert "Plāni" in sent[0]["text"]
    await desk.app.sender.drain()
    assert "b.pdf – par lielu vienai vēstulei" in desk.telegram.shown_to_staff[-1][1].text
