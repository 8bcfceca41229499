"""Pictures of staff that go to people: nothing that a camera wrote into them goes along, however they were sent."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bot import app as house
from bot.conversation.response import Event
from bot.desk import team
from bot.messages import Address, Destination, Inbound, Kind, Outbound
from bot.people import contacts
from bot.rooms import Scene
from bot.settings import Secret, Settings
from flows.said import File, Said
from tests.pictures import jpeg
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START
from tests.transcripts.stage import RecordingChannel

_ANNA, _ILZE = Address("telegram", "4711"), Address("telegram", "4712")
_GROUP = Address("telegram", "-100500")


class _Channel(RecordingChannel):
    """Telegram, as far as it keeps files and shows what goes out."""

    keeper = "telegram:1"

    def __init__(self) -> None:
        super().__init__("telegram")
        self.to_anna: list[Outbound] = []

    async def send(self, to: Destination, message: Outbound) -> str:
        """Keep what goes to Anna."""
        if to.chat == _ANNA:
            self.to_anna.append(message)
        return await super().send(to, message)

    async def fetch(self, ref: str, limit: int) -> bytes:  # noqa: ARG002 - the port's shape
        """Hand out a picture as a camera made it."""
        return jpeg()


async def test_a_picture_that_staff_send_as_a_file_goes_as_our_copy(database_url: str, tmp_path: Path) -> None:
    """Telegram would copy the file as it is, with the place where it was taken."""
    clock, channel = MovedClock(_DEFAULT_START), _Channel()
    settings = Settings(
        database_url=Secret(database_url), data_dir=tmp_path, staff_chat_id=_GROUP.ident, staff_topics=1
    )
    app = house.build(settings, {"telegram": channel}, clock)

    def hire(tx: sa.Connection) -> None:
        code = team.invite(tx, "staff", clock.now())
        contact_id = contacts.add(tx, _ILZE, clock.now())
        scene = Scene(contact_id=contact_id, chat=_ILZE, now=clock.now(), language="lv", inbound_id=0)
        team.join(tx, Event(type="team.joined", data={"code": code, "name": "Ilze"}), scene)

    await app.database.write(hire)
    await app.inbox.receive(_item(_ANNA, Said(text="Gribu runāt ar cilvēku, lūdzu, par koku stādīšanu"), clock))
    await app.sender.drain()
    thread, summary = [ref for ref, _ in channel.shown_to_staff][:2]
    file = File(ref="f", unique="f", kind="document", name="foto.jpg", media_type="image/jpeg", size=1000)
    shown = _item(_ILZE, Said(files=(file,)), clock)
    answer = replace(shown, chat=_GROUP, private=False, thread=thread, reply_to=summary)
    assert "shown" == await app.inbox.receive(answer)
    assert app.fetcher
    for _ in range(4):
        await app.fetcher.run_once()
        clock.move(timedelta(seconds=10))
        await app.duties.fire_due()
        await app.sender.drain()
    assert [] == [message for message in channel.to_anna if message.kind == "copy"]
    [file_] = [one for message in channel.to_anna for one in message.enclosures]
    assert file_.content.startswith(b"\xff\xd8")
    assert not any(trace in file_.content for trace in (b"Anna Ozola", b"mana seta", "Tālrunis".encode(), b"Exif"))
    await app.close()


def _item(sender: Address, said: Said, clock: MovedClock) -> Inbound:
    now = clock.now()
    return Inbound(
        channel="telegram",
        external_id=f"{sender}{now}",
        kind=Kind.MESSAGE,
        sender=sender,
        chat=sender,
        said_at=now,
        received_at=now,
        said=said,
        message_ref=f"m{sender.ident}",
    )
