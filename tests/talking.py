"""A person in front of `respond` alone: says lines, presses buttons, with no database and no channel in between.

After every turn the conversation goes through JSON and back, as it would over a restart, and everything that was said
is rendered in Latvian and in English.
"""

import json
import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from bot import app as house
from bot.app.known import facts_of, known_of
from bot.clock import RIGA
from bot.conversation.respond import respond
from bot.conversation.response import Event, Message, Response, Say, Timer
from bot.conversation.state import Act, Conversation, Tapped, decode, encode
from bot.conversation.world import World
from bot.messages import Address, Inbound, Kind
from bot.settings import Secret, Settings
from bot.words import Words
from flows.said import File, Position, Said

START = datetime(2026, 11, 23, 10, 0, tzinfo=RIGA)
_OTHERS = {"🎤": "voice", "📹": "video_note", "🙂": "sticker", "📊": "poll"}
_ME = Address("chat", "1")
# What the rooms bring up for the templates, whatever the event.
_FACTS: dict[str, Any] = {
    "promised_at": START + timedelta(days=1),
    "reference": "3MK-2026-000001",
    "registrations": [],
    "permissions": [],
    "certificate": "ordered",
    "entered": [],
    "spared": False,
    "code": "KOKI-ABCD2345",
    "mail_address": "koki@example.org",
}


@cache
def world() -> World:
    """Return the world as the app builds it, with ids that repeat."""
    return known_of(_settings()).world


@cache
def _settings() -> Settings:
    return Settings(database_url=Secret("sqlite://"), privacy_controller="Paraugs")


@cache
def _words() -> Words:
    return Words()


class Person:
    """Somebody in a conversation. `last` is what their last line led to."""

    def __init__(self, conversation: Conversation | None = None, *, at: datetime = START) -> None:
        self._ids, self._refs = count(1), count(1)
        self.world = replace(world(), new_id=lambda: f"id{next(self._ids):08d}")
        self.conversation = conversation or Conversation()
        self.now = at
        self.last: Response = Response(conversation=self.conversation, outcome="")
        self.said: deque[tuple[str, Said]] = deque(maxlen=50)  # message_ref, content
        self.prompts: list[tuple[Tapped, tuple[str, ...]]] = []  # oldest first, with their labels
        self.timers: dict[str, Timer] = {}
        self.events: list[Event] = []

    def says(self, *lines: str) -> Response:
        """Say lines as transcripts write them (`[Jā]`, `⏪ [Jā]`, `✏️ Ogrē`, `📷`, `⏳ 3`); `📑` is a list read."""
        for line in lines:
            if line.startswith("⏳"):
                self.waits(timedelta(days=int(line[1:])))
            elif match := re.fullmatch(r"(⏪ ?)?\[(.+)\]", line):
                self.taps(match[2], oldest=bool(match[1]))
            elif line.startswith("📑"):
                self._reads(line.removeprefix("📑").strip() or "saraksts.xlsx")
            elif line.startswith("✏️"):
                self.edits(1, line.removeprefix("✏️").strip())
            else:
                said, ref = _said(line, next(self._refs)), f"m{next(self._refs)}"
                self.said.append((ref, said))
                self._hears(Kind.MESSAGE, said, ref)
        return self.last

    def _reads(self, name: str) -> None:
        """Hear that a list has been read, as the room tells it: whole, or without dates where its name says so."""
        summary = {"rows": 3, "trees": len(name), "hidden": 0, "masked": 0, "undated": "bez" in name}
        payload = {"list": 1, "name": name, "trouble": "", "summary": summary, "mended": True, "earlier": ""}
        run = self.conversation.run.id if self.conversation.run else ""
        timer = Timer(key="list:1", due_at=self.now, kind="list", payload={**payload, "run": run})
        self._hears(Kind.TIMER, Said(), "list:1", timer=timer)

    def waits(self, time: timedelta) -> None:
        """Let time pass; what becomes due happens at its hour."""
        until = self.now + time
        while due := [timer for timer in self.timers.values() if timer.due_at and timer.due_at <= until]:
            first = min(due, key=lambda timer: timer.due_at or until)
            self.now = max(self.now, first.due_at or until)
            del self.timers[first.key]
            self._hears(Kind.TIMER, Said(), first.key, timer=first)
        self.now = until

    def edits(self, number: int, text: str) -> Response:
        """Change a message; the last one is number 1."""
        ref, said = self.said[-number]
        return self._hears(Kind.EDIT, replace(said, text=text), ref)

    def taps(self, label: str, *, oldest: bool = False) -> Response:
        """Press the newest button of a label, or the oldest; raises LookupError when there is none."""
        for tapped, labels in self.prompts if oldest else reversed(self.prompts):
            if label in labels:
                return self.presses(tapped, labels.index(label))
        raise LookupError(f"no button [{label}]; there are {[labels for _, labels in self.prompts]}")

    def presses(self, tapped: Tapped | None, number: int) -> Response:
        """Press a button by its number; of no known prompt when there is none."""
        return self._hears(Kind.TAP, Said(tap=f"{tapped.id if tapped else 'gone'}:{number}"), "", tapped)

    def finds(self, *acts: Act, run_id: str) -> Tapped:
        """Return a prompt that was shown some time ago."""
        return Tapped(id=f"old{next(self._ids)}", run_id=run_id, acts=acts)

    @property
    def buttons(self) -> list[str]:
        """The labels under what was said last."""
        return [offer.label for message in self.last.messages for offer in message.offers]

    @property
    def heard(self) -> str:
        """What was said last, in Latvian, templates one under the other."""
        return "\n".join(_words().tongue("lv").say_all(m.parts, _facts()) for m in self.last.messages if m.parts)

    @property
    def templates(self) -> list[str]:
        """The names of what was said last."""
        return [part.template for message in self.last.messages for part in message.parts]

    def _hears(
        self, kind: Kind, said: Said, ref: str, tapped: Tapped | None = None, timer: Timer | None = None
    ) -> Response:
        item = house.hide(
            Inbound(
                channel="chat",
                external_id=str(next(self._refs)),
                kind=kind,
                sender=_ME,
                chat=_ME,
                said_at=self.now.astimezone(UTC),
                received_at=self.now.astimezone(UTC),
                said=said,
                message_ref=ref,
                receipt="r" if kind is Kind.TAP else "",
                timer=timer.kind if timer else "",
                payload=dict(timer.payload) if timer else None,
            )
        )
        self.last = respond(self.conversation, item, tapped, self.world)
        self.conversation = restarted(self.last.conversation, self.world)
        self.events += self.last.events
        self.timers |= {timer.key: timer for timer in self.last.timers}
        if self.last.prompt:
            prompt = self.last.prompt
            acts = tuple(act for _, act in prompt.offers)
            tapped = Tapped(id=prompt.id, run_id=prompt.run_id, acts=acts)
            self.prompts.append((tapped, tuple(label for label, _ in prompt.offers)))
        for language in ("lv", "en"):
            _words().render(self.last.messages, self.last.prompt, language, _facts())
            if self.last.toast:
                _words().render((Message(parts=(self.last.toast,)),), None, language, _facts())
        self.now += timedelta(seconds=5)
        return self.last


def restarted(conversation: Conversation, world: World) -> Conversation:
    """Return a conversation as another process would load it; raises AssertionError when that is another one."""
    stored = json.loads(json.dumps(encode(conversation, world.flows)))
    loaded = decode(stored, world.flows)
    assert conversation == loaded
    return loaded


@contextmanager
def tells(about: str) -> Iterator[None]:
    """Name the case in an assertion that fails inside."""
    try:
        yield
    except (AssertionError, LookupError) as error:
        error.add_note(about)
        raise


def says(template: str, **values: Any) -> str:
    """Render one template in Latvian."""
    return _words().tongue("lv").say(Say(template=template, values=values), _facts())


def _facts() -> dict[str, Any]:
    return {**facts_of(_settings()), **_FACTS}


def _said(line: str, number: int) -> Said:
    if match := re.match(r"📍(~?)\s*([\d.]+),\s*([\d.]+)", line):
        return Said(position=Position(lat=float(match[2]), lon=float(match[3]), live=bool(match[1])))
    if line == "📷":
        return Said(files=(File(ref=f"f{number}", unique=f"f{number}", media_type="image/jpeg", size=1000),))
    if line.startswith("📎"):
        name = line.removeprefix("📎").strip()
        return Said(files=(File(ref=f"f{number}", unique=f"f{number}", kind="document", name=name),))
    return Said(other=_OTHERS[line]) if line in _OTHERS else Said(text=line)
