"""The Telegram stage: the real app and the real channel, over HTTP, against the strict Bot API server."""

import re
from pathlib import Path

from bot import app as house
from bot.settings import Secret, Settings
from tests.botapi import Seat, Sent, Server
from tests.transcripts.clock import MovedClock
from tests.transcripts.phone import Phone, find
from tests.transcripts.script import ASSISTANT, REACTION, REPLY, Step
from tests.transcripts.settling import settle
from tests.transcripts.staff import Staff, begin_chats, hire
from tests.transcripts.wire import GROUP, Wire, toast
from tests.written_lists import FILES

_PERSON = 4711
_PLACE = re.compile(r"📍(~?)\s*(-?[\d.]+),\s*(-?[\d.]+)\s*(.*)")
_MOVED = re.compile(r"📍»\s*(-?[\d.]+),\s*(-?[\d.]+)")


class TelegramStage:
    """Plays a person's lines as Telegram would bring them, and tells what their phone shows afterwards."""

    def __init__(
        self,
        database_url: str,
        folder: Path,
        clock: MovedClock,
        server: Server,
        *,
        desk: bool = False,
        approve: str = "marked",
    ) -> None:
        self.clock = clock
        self._wire = Wire(server=server)
        self._settings = Settings(
            telegram_token=Secret(server.token),
            telegram_api_url=server.url,
            database_url=Secret(database_url),
            data_dir=folder,
            staff_chat_id=str(GROUP),
            staff_topics=int(desk),
            approve=approve,
            privacy_controller="Paraugs",
        )
        self._person = server.person(_PERSON, first_name="Anna", language_code="lv")
        self._phone = Phone(self._person)
        self._staff = Staff(server=server, group=server.group(GROUP, "Darbinieki"))
        self._sent: list[int] = []
        self._live = 0  # the last message with a live place
        self.app = self._build()

    async def opens(self) -> None:
        """Start the bot, with Ilze and Jānis in the team where there is a desk; before anything is played."""
        await self._wire.opens(self.app)
        if self._settings.staff_topics:
            begin_chats(self._wire.server)
            await hire(self.app)

    async def says(self, line: str) -> list[Step]:
        """Play one line of the person and return what appeared on their phone, and what staff were told."""
        return await self._answered(self._person, self._do(line), line)

    async def staff_says(self, sign: str, line: str) -> list[Step]:
        """Play one line of a member of staff; return the same."""
        act = self._staff.do(sign, line, self.clock.now())
        return await self._answered(act.seat, act.tap, line)

    async def waits_until_due(self) -> list[Step]:
        """Carry out what is due at the clock's time."""
        await self.app.duties.fire_due()
        await settle(self.app)
        return self._news()

    async def restarts(self) -> None:
        """End the process and start another one."""
        await self.closes()
        self.app = self._build()
        await self._wire.opens(self.app)

    async def closes(self) -> None:
        """End the process."""
        await self._wire.closes()
        await self.app.close()

    def _build(self) -> house.App:
        return house.build(self._settings, {"telegram": self._wire.channel()}, self.clock)

    async def _answered(self, seat: Seat, tap: Sent | None, line: str) -> list[Step]:
        """Let the bot hear of what was done, and return what came of it."""
        await self._wire.brings(self.app)
        return [*toast(seat, tap, line), *self._news()]

    def _do(self, line: str) -> Sent | None:  # noqa: C901, PLR0912 - the person's repertoire
        person, now = self._person, self.clock.now()
        if match := re.fullmatch(r"(⏪ ?)?\[(.+)\]", line):
            return self._press(match[2], oldest=bool(match[1]))
        if match := re.match(r"✏️(\d?)\s*(.*)", line, re.DOTALL):
            person.edits(self._sent[-int(match[1] or 1)], match[2])
        elif match := REACTION.fullmatch(line):
            person.reacts(find(person, words=match[3]).message_id, match[2] if match[1] == "⊕" else None)
        elif match := REPLY.fullmatch(line):
            self._sent.append(person.sends(match[2], reply_to=find(person, words=match[1]), date=now).message_id)
        elif match := _PLACE.match(line):
            live, lat, lon, title = match.groups()
            if title:
                sent = person.shares_venue(float(lat), float(lon), title, date=now)
            else:
                sent = person.shares_location(float(lat), float(lon), live_period=900 if live else None, date=now)
                self._live = sent.message_id if live else self._live
            self._sent.append(sent.message_id)
        elif match := _MOVED.match(line):
            person.moves(self._live, float(match[1]), float(match[2]))
        elif line.startswith(("📱", "📇")):
            own = line.startswith("📱")
            self._sent.append(person.shares_contact(own=own, phone_number=line.split()[1], date=now).message_id)
        elif line == "📷" or line.startswith("📷 "):
            caption = line.removeprefix("📷").strip() or None
            self._sent.append(person.sends_photo(caption=caption, date=now).message_id)
        elif set(line) == {"📷"}:
            self._sent += [sent.message_id for sent in person.sends_album([b""] * len(line), date=now)]
        elif line.startswith("📎"):
            name = line.removeprefix("📎").strip()
            content = FILES[name]() if name in FILES else b"%PDF-1.4"
            self._sent.append(person.sends_document(content, name, "application/pdf", date=now).message_id)
        elif line in _OTHERS:
            self._sent.append(getattr(person, _OTHERS[line])(date=now).message_id)
        elif line == "🚫":
            person.blocks_bot()
        elif line == "✅":
            person.unblocks_bot()
        else:
            self._sent.append(person.sends(line, date=now).message_id)
        return None

    def _press(self, label: str, *, oldest: bool) -> Sent | None:
        """Tap an inline button, the newest or the oldest of that label; one of the keyboard sends its words."""
        if any(label == button.text for row in self._person.keyboard for button in row):
            self._sent.append(self._person.types_reply_button(label, date=self.clock.now()).message_id)
            return None
        messages = self._person.inbox if oldest else self._person.inbox[::-1]
        found = next((seen for seen in messages if any(label in row for row in seen.labels)), None)
        return self._person.taps(found, label)

    def _news(self) -> list[Step]:
        """Return what has appeared since the last look."""
        keyboard = [[button.text for button in row] for row in self._person.keyboard]
        return [*self._staff.news(), *(Step(ASSISTANT, news.text) for news in self._phone.news(keyboard))]


_OTHERS = {"🎤": "sends_voice", "📹": "sends_video_note", "🙂": "sends_sticker", "📊": "sends_poll"}
