"""The stage: the real app with a person in front of it, without a network in between."""

import re
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from bot import app as house
from bot.channels.console import written
from bot.messages import CHANGES, Address, Destination, Inbound, Kind, Outbound, Pace
from bot.settings import Secret, Settings
from bot.words.plain import plain
from flows.said import Card, File, Position, Said
from tests.pictures import jpeg
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import ASSISTANT, STAFF, TOAST, Step
from tests.transcripts.settling import settle
from tests.written_lists import FILES

_STAFF_CHAT = "-100500"
_EVENTS = {
    "topic_open": "atvērts",
    "topic_edit": "pārdēvēts",
    "topic_close": "aizvērts",
    "topic_reopen": "atvērts no jauna",
    "topic_delete": "dzēsts",
}
_PERSON = Address("chat", "1")
_OTHERS = {"🎤": "voice", "📹": "video_note", "🙂": "sticker", "📊": "poll"}
_PLACE = re.compile(r"📍(~?)\s*(-?[\d.]+),\s*(-?[\d.]+)\s*(.*)")
_MOVED = re.compile(r"📍»\s*(-?[\d.]+),\s*(-?[\d.]+)")


class RecordingChannel:
    """Keeps what is sent, as the person would see it."""

    pace = Pace.ONE
    keeper = "chat:1"

    def __init__(self, name: str) -> None:
        self.name = name
        self.shown: list[tuple[str, Outbound]] = []  # id, message
        self.shown_to_staff: list[tuple[str, Outbound]] = []
        self.heard: list[Step] = []
        self.staff: frozenset[str] = frozenset()  # addresses of theirs, where they are told by letter
        self.said: dict[str, str] = {}  # what the person has written, by its id: it may be copied
        self._ids = count(1000)
        self._topics: dict[str, str] = {}  # names by thread

    async def send(self, to: Destination, message: Outbound) -> str:
        """Show a message."""
        ref = str(next(self._ids))
        if to.chat.ident == _STAFF_CHAT:
            self.shown_to_staff.append((ref, message))
            self.heard.append(Step(STAFF, self._told(ref if message.kind == "topic_open" else to.thread, message)))
        elif to.chat.ident in self.staff:
            self.heard.append(Step(STAFF, f"✉ {to.chat.ident} ▸ {self._text(message)}"))
        else:
            self.shown.append((ref, message))
            self.heard.append(Step(ASSISTANT, self._text(message)))
        return ref

    async def acknowledge(self, receipt: str, text: str) -> None:  # noqa: ARG002 - the port's shape
        """Show the passing line."""
        if text:
            self.heard.append(Step(TOAST, text))

    async def fetch(self, ref: str, limit: int) -> bytes:  # noqa: ARG002 - the port's shape
        """Hand out a picture, or a file of tests.written_lists by its name."""
        return FILES[ref.partition("/")[2]]() if ref.partition("/")[2] in FILES else jpeg()

    async def typing(self, chat: Address) -> None:
        """Show nothing."""

    def _told(self, thread: str, message: Outbound) -> str:
        """Write what staff see, after the name of its topic."""
        if not thread:
            return self._text(message)
        if message.text and message.kind in {"topic_open", "topic_edit"}:
            self._topics[thread] = plain(message.text)
        return f"{self._topics.get(thread, thread)} ▸ {self._text(message)}"

    def _text(self, message: Outbound) -> str:
        if event := _EVENTS.get(message.kind):
            changes = event if message.text or message.kind != "topic_edit" else "ikona"
            return f"({changes} {message.icon})".replace(" )", ")")
        if message.kind == "reaction":
            return f"⊕ {message.text}" if message.text else "⊖"
        if message.kind == "delete":
            return "✖"
        if message.kind == "copy":
            message = replace(message, text="\n".join(self.said.get(ref, "📷") for ref in message.source[1:]))
        text = written(message).removeprefix(f"{ASSISTANT} ").replace("\n   ", "\n")
        return f"✏️ {text}" if message.kind in CHANGES else text


@dataclass(frozen=True, slots=True)
class _Said:
    """A message of the person, to be edited later."""

    ref: str
    said: Said


class Stage:
    """Plays a person's lines against the app on one database, and tells what was answered."""

    channel_name = "chat"

    def __init__(self, database_url: str, folder: Path, clock: MovedClock) -> None:
        self.clock = clock
        self._settings = Settings(
            database_url=Secret(database_url),
            data_dir=folder,
            staff_chat_id=_STAFF_CHAT,
            privacy_controller="Paraugs",
            outreach=1,
        )
        self._configured()
        # Staff are written to on Telegram, the person on the stage's own channel; both are recorded in one place.
        self._channel = self._recording()
        self._messages: list[_Said] = []
        self._numbers = count(1)
        self.app = self._start()

    def _recording(self) -> RecordingChannel:
        return RecordingChannel(self.channel_name)

    def _configured(self) -> None:
        """Change the settings, for a stage that has others."""

    async def says(self, line: str) -> list[Step]:
        """Play one line of the person and return everything that came of it."""
        self._channel.heard = []
        for item in self._inbounds(line):
            await self.app.inbox.receive(item)
        await self._settle()
        return self._channel.heard

    async def staff_says(self, sign: str, line: str) -> list[Step]:
        """Refuse a line of staff: their group is a strict server's, so they play on the Telegram stage."""
        raise LookupError(f"there is no group for {sign} {line}: name the transcript .telegram.txt, or .email.txt")

    async def waits_until_due(self) -> list[Step]:
        """Carry out what is due at the clock's time."""
        self._channel.heard = []
        await self.app.duties.fire_due()
        await self._settle()
        return self._channel.heard

    async def restarts(self) -> None:
        """End the app and start another one on the same database."""
        await self.app.close()
        self.app = self._start()

    async def closes(self) -> None:
        """End the app."""
        await self.app.close()

    async def _settle(self) -> None:
        await settle(self.app)
        await self.app.inbox.acknowledged()

    def _start(self) -> house.App:
        channels = {self.channel_name: self._channel, "telegram": self._channel}
        return house.build(self._settings, dict(channels), self.clock)

    def _inbounds(self, line: str) -> list[Inbound]:
        if match := re.fullmatch(r"(⏪ ?)?\[(.+)\]", line):
            return [self._tap(match[2], oldest=bool(match[1]))]
        if line in {"🚫", "✅"}:
            return [self._inbound(Said(), kind=Kind.MEMBERSHIP, present=line == "✅")]
        if match := re.match(r"✏️(\d?)\s*(.*)", line, re.DOTALL):
            message = self._messages[-int(match[1] or 1)]
            return [self._inbound(replace(message.said, text=match[2]), kind=Kind.EDIT, message_ref=message.ref)]
        if match := _MOVED.match(line):
            message = next(m for m in reversed(self._messages) if m.said.position and m.said.position.live)
            moved = Position(lat=float(match[1]), lon=float(match[2]), live=True)
            return [self._inbound(Said(position=moved), kind=Kind.EDIT, message_ref=message.ref)]
        if line.startswith("📷 "):
            return [self._message(Said(text=line.removeprefix("📷 "), files=(self._picture(),)))]
        if set(line) == {"📷"}:
            album = f"album{next(self._numbers)}" if len(line) > 1 else ""
            return [self._message(Said(files=(self._picture(),), album=album)) for _ in line]
        return [self._message(self._said(line))]

    def _said(self, line: str) -> Said:
        if match := _PLACE.match(line):
            live, lat, lon, title = match.groups()
            return Said(position=Position(lat=float(lat), lon=float(lon), live=bool(live), title=title))
        if line.startswith(("📱", "📇")):
            number, _, name = line[1:].strip().partition(" ")
            first, _, last = name.partition(" ")
            return Said(card=Card(phone=number, first_name=first, last_name=last, own=line.startswith("📱")))
        if line.startswith("📎"):
            name = line.removeprefix("📎").strip()
            ref = f"doc{next(self._numbers)}/{name}"
            return Said(files=(File(ref=ref, unique=ref, kind="document", name=name),))
        if line in _OTHERS:
            return Said(other=_OTHERS[line])
        return Said(text=line)

    def _picture(self) -> File:
        number = next(self._numbers)
        return File(ref=f"photo{number}", unique=f"photo{number}", media_type="image/jpeg", size=1000)

    def _message(self, said: Said) -> Inbound:
        item = self._inbound(said, kind=Kind.MESSAGE)
        self._messages.append(_Said(item.message_ref, said))
        self._channel.said[item.message_ref] = said.text
        return item

    def _tap(self, label: str, *, oldest: bool) -> Inbound:
        """Press a button; one of a reply keyboard is typed, as on a phone."""
        messages = self._channel.shown if oldest else list(reversed(self._channel.shown))
        for ref, message in messages:
            for button in (button for row in message.rows for button in row):
                if button.label == label:
                    if _is_keyboard(message):
                        return self._message(Said(text=label))
                    quoted = next((m.said.text for m in self._messages if m.ref == message.reply_to), "")
                    return self._inbound(
                        Said(tap=button.data), kind=Kind.TAP, message_ref=ref, receipt=ref, quoted=quoted
                    )
        shown = [button.label for _, message in messages for row in message.rows for button in row]
        raise LookupError(f"there is no button [{label}]; there are {shown}")

    def _inbound(self, said: Said, *, kind: Kind, message_ref: str = "", **more: object) -> Inbound:
        number = next(self._numbers)
        now = self.clock.now()
        return Inbound(
            channel=self.channel_name,
            external_id=f"{number}",
            kind=kind,
            sender=_PERSON,
            chat=_PERSON,
            said_at=now,
            received_at=now,
            said=said,
            message_ref=message_ref or f"m{number}",
            **more,  # type: ignore[arg-type]
        )


def _is_keyboard(message: Outbound) -> bool:
    return any(button.request for row in message.rows for button in row)
