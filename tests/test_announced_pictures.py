"""Pictures that go along with announcements: one message a person, nothing that a camera wrote, never cut words."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.engine import Connection

from bot import app as house
from bot.attachments.records import attachments
from bot.channels.email.compose import Composer, Letterhead
from bot.channels.telegram.texts import units
from bot.conversation.response import Event
from bot.conversation.state import Prompt
from bot.delivery import outbox
from bot.delivery.body import decode
from bot.desk import team
from bot.messages import Address, Destination, Enclosure, Outbound
from bot.outreach import broadcasts, wording
from bot.people import contacts
from bot.rooms import Scene
from bot.settings import Secret, Settings
from bot.words import Words
from flows import engine
from flows.new_event import NEW_EVENT
from flows.notes import Refused
from flows.run import Run
from flows.said import File, Said
from tests.pictures import jpeg
from tests.subscribers import subscribe
from tests.test_broadcasts import _NOON, _Channel, _Stage
from tests.transcripts.clock import MovedClock

_KEY, _PEOPLE = "n" * 16, 12
_MANY = 60  # with whom a second coordinator has to agree
_FILE = File(ref="photo1", unique="photo1", media_type="image/jpeg", size=1000)


class _Pictured(_Channel):
    """Telegram, as far as it keeps a picture for us."""

    keeper = "telegram:1"

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Outbound] = []

    async def send(self, to: Destination, message: Outbound) -> str:
        """Keep what goes out."""
        self.shown.append(message)
        return await super().send(to, message)

    async def fetch(self, ref: str, limit: int) -> bytes:  # noqa: ARG002 - the port's shape
        """Hand out a picture as a camera made it."""
        return jpeg(size=(3000, 2000))

    @property
    def pictures(self) -> list[Outbound]:
        """What went out as a picture."""
        return [message for message in self.shown if message.kind == "photo"]


@pytest_asyncio.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[_Stage]:
    """Return a house in which a coordinator has written an announcement with a picture, which has yet to be fetched."""
    channel, clock = _Pictured(), MovedClock(_NOON)
    app = house.build(
        Settings(database_url=Secret(database_url), data_dir=tmp_path, approve_above=50), {"telegram": channel}, clock
    )
    made = _Stage(app, channel, clock)

    def prepare(tx: Connection) -> None:
        chat = Address("telegram", "1")
        scene = Scene(contact_id=contacts.add(tx, chat, _NOON), chat=chat, now=_NOON, language="lv", inbound_id=1)
        code = team.invite(tx, "coordinator", _NOON)
        team.join(tx, Event(type="team.joined", data={"code": code, "name": "Inga"}), scene)
        subscribe(tx, range(100, 100 + _PEOPLE), _NOON)

    await app.database.write(prepare)
    await made.does("attachments.received", 1, files=(_FILE,), run=_KEY)
    stored = {"title": "Stādu izdale", "text": "No 1. decembra.", "audience": {}}
    picture = [[_FILE.ref, _FILE.unique, "photo", "image/jpeg", 1000]]
    facts = {"title": stored["title"], "text": stored["text"]}
    await made.does("announcement.written", 1, run=_KEY, subject="", stored={**stored, "picture": picture}, facts=facts)
    yield made
    await app.close()


async def _announces(stage: _Stage) -> dict[str, Any]:
    ids = {"key": "b" * 16, "prompt": "p" * 16, "control": "c" * 16}
    return await stage.does("broadcast.announced", 1, about=_KEY, kind="", at=None, **ids)


async def _fetches(stage: _Stage) -> None:
    assert stage.app.fetcher is not None
    while await stage.app.fetcher.run_once():
        pass


def _channel(stage: _Stage) -> _Pictured:
    assert isinstance(stage.channel, _Pictured)
    return stage.channel


async def test_it_waits_for_its_picture_and_goes_as_one_message(stage: _Stage) -> None:
    """Nobody gets the words without it; each person has one row, and one small copy without EXIF goes to all."""
    await _announces(stage)
    await stage.settles()
    assert ([], "scheduled") == (_channel(stage).shown, (await stage.row()).state)
    await _fetches(stage)
    await stage.settles()
    assert {"sent": _PEOPLE + 1} == await stage.counts()
    sent = _channel(stage).pictures
    assert (_PEOPLE + 1, 1) == (len(sent), len({message.enclosures[0].content for message in sent}))
    image = Image.open(io.BytesIO(sent[0].enclosures[0].content))
    assert ((1600, 1067), {}) == (image.size, dict(image.getexif()))
    assert all("No 1. decembra." in message.text for message in sent)


async def test_a_picture_that_can_not_be_had_holds_the_words_back(stage: _Stage) -> None:
    """What was agreed to has a picture; whoever announces it is told, and may announce it once there is one."""
    await _announces(stage)
    await stage.app.database.write(lambda tx: tx.execute(sa.update(attachments).values(state="failed")))
    await stage.settles()
    assert ("stopped", []) == ((await stage.row()).state, _channel(stage).pictures)
    assert [True] == ["attēlu neizdevās saņemt" in message.text for message in _channel(stage).shown[-1:]]
    assert "picture" == (await _announces(stage))["announced"]


async def test_a_trial_shows_it_as_soon_as_it_is_there(stage: _Stage) -> None:
    """Until then nothing is shown that people would not get."""
    assert "awaited" == (await stage.does("broadcast.tested", 1, about=_KEY, prompt="t" * 16))["picture"]
    await stage.app.sender.drain()
    assert [] == _channel(stage).shown
    await _fetches(stage)
    assert "" == (await stage.does("broadcast.tested", 1, about=_KEY, prompt="u" * 16))["picture"]
    await stage.app.sender.drain()
    (shown,) = _channel(stage).pictures
    assert {} == dict(Image.open(io.BytesIO(shown.enclosures[0].content)).getexif())


async def test_whoever_is_to_agree_sees_the_picture(stage: _Stage) -> None:
    """With the buttons under it: what goes out is agreed to as a whole."""
    await _fetches(stage)

    def join(tx: Connection) -> None:
        chat = Address("telegram", "2")
        scene = Scene(contact_id=contacts.add(tx, chat, _NOON), chat=chat, now=_NOON, language="lv", inbound_id=1)
        code = team.invite(tx, "coordinator", _NOON)
        team.join(tx, Event(type="team.joined", data={"code": code, "name": "Andris"}), scene)
        subscribe(tx, range(1000, 1000 + _MANY), _NOON)

    await stage.app.database.write(join)
    assert "approval" == (await _announces(stage))["announced"]
    await stage.app.sender.drain()
    (asked,) = _channel(stage).pictures
    labels = [button.label for row in asked.rows for button in row]
    assert "Ziņai klāt būs attēls." in asked.text
    assert (True, ["Apstiprināt", "Neapstiprināt"]) == ("No 1. decembra." in asked.text, labels)


async def test_what_goes_along_is_kept_while_it_is_wanted_and_then_swept(stage: _Stage) -> None:
    """A broadcast that was paused for days still has it; one that ended long ago does not need it."""
    await _fetches(stage)
    await _announces(stage)
    await stage.settles()
    key = (await stage.row()).object_key
    assert {key} == await stage.app.database.read(broadcasts.stored_keys)
    assert {key} == await stage.app.database.read(lambda tx: broadcasts.known_keys(tx, [key, "another"]))
    later = _NOON + timedelta(days=40)
    assert 1 == await stage.app.database.write(lambda tx: broadcasts.forget_files(tx, later))
    assert set() == await stage.app.database.read(broadcasts.stored_keys)


async def test_a_municipality_gets_the_text_and_the_picture_as_files(stage: _Stage) -> None:
    """Plain text without buttons, and the picture as a file, without what a camera wrote; by letter both in one."""
    await _fetches(stage)
    assert "there" == (await stage.does("page.asked", 1, about=_KEY))["picture"]
    await stage.app.sender.drain()
    text, file = _channel(stage).shown
    assert ("Stādu izdale\n\nNo 1. decembra.", ()) == (text.text, text.rows)
    assert ("document", {}) == (file.kind, dict(Image.open(io.BytesIO(file.enclosures[0].content)).getexif()))
    assert {"allowed": False} == await stage.does("page.asked", 100, about=_KEY)

    def by_letter(tx: Connection) -> Any:
        contact_id = contacts.owner(tx, Address("telegram", "1"))
        assert contact_id
        chat = Address("mailto", "inga@example.lv")
        scene = Scene(contact_id=contact_id, chat=chat, now=_NOON, language="lv", inbound_id=1)
        stage.app.inbox.rooms["page.asked"](tx, Event(type="page.asked", data={"about": _KEY}), scene)
        sent = sa.select(outbox.deliveries.c.body).where(outbox.deliveries.c.chat == str(chat))
        return [decode(row.body) for row in tx.execute(sent)]

    (letter,) = await stage.app.database.write(by_letter)
    assert ("Stādu izdale", 1) == (letter.envelope.subject, len(letter.enclosures))


_PICTURE = Enclosure(key="k", name="attēls.jpg", media_type="image/jpeg", content=b"x")


def _said(text: str, channel: str) -> Outbound:
    event = {"key": "k", "title": "Stādu izdale", "text": text}
    prompt = Prompt(id="p" * 16)
    return wording.said(
        Words(), kind="news", event=event, language="lv", channel=channel, prompt=prompt, enclosed=(_PICTURE,)
    )


@pytest.mark.parametrize(("length", "kind", "files"), [(1010, "photo", 1), (1011, "message", 0), (3000, "message", 0)])
def test_words_are_never_cut_for_a_picture(length: int, kind: str, files: int) -> None:
    """Where Telegram has no room for them under it, it is left out; a letter has room for both."""
    message = _said("ā" * length, "telegram")
    assert (kind, files) == (message.kind, len(message.enclosures))
    letter = _said("ā" * length, "mailto")
    assert ("message", 1) == (letter.kind, len(letter.enclosures))
    composed = Composer(Letterhead(address="koki@example.lv", secret="s" * 32)).compose(
        Destination(chat=Address("mailto", "anna@example.org"), token="1"), letter, _NOON
    )
    assert b"Content-Type: image/jpeg" in composed.content


def _heard(run: Run, *texts: str) -> tuple[Run, list[object]]:
    notes: list[object] = []
    for text in texts:
        turn = engine.hear(NEW_EVENT, run, Said(text=text), _NOON.date())
        run, notes = turn.run, list(turn.notes)
    return run, notes


@pytest.mark.parametrize("language", ["lv", "en"])
def test_what_a_coordinator_may_save_with_a_picture_has_room_under_it(language: str) -> None:
    """Also as the news of a change, with the longest day, a limit, a pin and a contact; one word more is refused."""
    run = Run(id="r", flow="new_event", started_at=_NOON)
    run, _ = _heard(run, "Stādām ozolus pie Ikšķiles skolas", "ceturtdien, 30. septembrī no 10 līdz 14")
    run, _ = _heard(run, "Ikšķilē, pie skolas")
    assert {"title", "purpose", "when", "place"} == set(run.answers)
    run = engine.answer(NEW_EVENT, run, "picture", Said(files=(_FILE,)), _NOON.date()).run
    room = next(
        size for size in range(700, 0, -1) if not any(isinstance(note, Refused) for note in _heard(run, "ā" * size)[1])
    )
    assert room < 700
    run, _ = _heard(run, "ā" * room, "99999")
    answers = engine.given(NEW_EVENT, run)
    assert room == len(answers["text"])
    facts = {**NEW_EVENT.facts(answers, _NOON.date()), "key": "k", "sequence": 1, "pin": True, "lat": 56.8, "lon": 24.5}
    message = wording.said(
        Words(),
        kind="changed",
        event=facts,
        language=language,
        channel="telegram",
        prompt=Prompt(id="p" * 16),
        enclosed=(_PICTURE,),
    )
    assert ("photo", True) == (message.kind, units(message.text) > 900)
