"""A desk with registrations on it, on recording channels: what staff see, tap and reply, with no server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import app as house
from bot.conversation.response import Event
from bot.desk import team
from bot.messages import LETTERS, Address, Inbound, Kind
from bot.people import contacts
from bot.registrations.changes import registration_changes
from bot.registrations.records import registrations
from bot.rooms import Scene
from bot.settings import Secret, Settings
from bot.words.plain import plain
from flows.said import Said
from tests.transcripts.clock import MovedClock
from tests.transcripts.script import _DEFAULT_START
from tests.transcripts.stage import RecordingChannel

GROUP = Address("telegram", "-100500")
ILZE, JANIS, INGA = Address("telegram", "4712"), Address("telegram", "4713"), Address("telegram", "4714")
ANNA, ZANE = Address("telegram", "1"), Address(LETTERS, "zane@example.org")
_TEAM = ((ILZE, "Ilze", "staff"), (JANIS, "Jānis", "staff"), (INGA, "Inga", "coordinator"))
ANSWERS: dict[str, Any] = {
    "who": "person",
    "plantings": [["Quercus robur", 50]],
    "planted": ["2025-04-01", "2025-04-30", "month"],
    "place": {"lat": 57.236, "lon": 25.423, "municipality": "Cēsu novads"},
    "kind": "field",
    "additional": "no",
    "entered_by": "staff",
    "contact": {"name": "Anna Kalniņa", "phone": "+37126123456"},
}
_numbers = count(1)


class Reviewing:
    """An installation whose staff's group has topics, numbered by the recording channel."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.clock = MovedClock(_DEFAULT_START)
        self.letters, self.telegram = RecordingChannel(LETTERS), RecordingChannel("telegram")
        settings = Settings(
            database_url=Secret(database_url), data_dir=folder, staff_chat_id=GROUP.ident, staff_topics=1
        )
        channels = {LETTERS: self.letters, "telegram": self.telegram}
        self.app = house.build(settings, dict(channels), self.clock)

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock.now()

    async def hire(self) -> None:
        """Let the team join."""

        def hired(tx: Connection) -> None:
            for address, name, role in _TEAM:
                code = team.invite(tx, role, self.now)
                contact_id = contacts.add(tx, address, self.now)
                scene = Scene(contact_id=contact_id, chat=address, now=self.now, language="lv", inbound_id=0)
                team.join(tx, Event(type="team.joined", data={"code": code, "name": name}), scene)

        await self.app.database.write(hired)

    async def registers(self, who: Address = ANNA, *, run: str = "", **answers: Any) -> int:
        """Let a registration arrive, with other answers than the usual ones; returns its id."""
        stored = {**ANSWERS, **answers}
        first, last, _ = stored["planted"]
        place = stored["place"]
        facts = {
            "eligibility": "fits",
            "reasons": [],
            "trees": sum(kind[1] for kind in stored["plantings"]),
            "municipality": place.get("municipality"),
            "planted_from": date.fromisoformat(first),
            "planted_to": date.fromisoformat(last),
            "entered_by": stored["entered_by"],
        }
        data = {"run": run or f"run{next(_numbers)}", "follows": "", "flow": "register_trees", "answers": []}
        more = {"stored": stored, "facts": facts, "warnings": [], "campaign": "", "started_at": self.now}
        event = Event(type="registration.submitted", data={**data, **more})

        def arrive(tx: Connection) -> int:
            contact_id = contacts.owner(tx, who) or contacts.add(tx, who, self.now)
            scene = Scene(contact_id=contact_id, chat=who, now=self.now, language="lv", inbound_id=0)
            self.app.inbox.rooms["registration.submitted"](tx, event, scene)
            return int(tx.execute(sa.select(sa.func.max(registrations.c.id))).scalar_one())

        number: int = await self.app.database.write(arrive)
        await self.app.sender.drain()
        return number

    async def taps(self, label: str, who: Address = ILZE, *, data: str = "") -> str:
        """Press the newest button of a label in the group; `data` forges what it says. Returns the outcome."""
        ref, known = self.button(label)
        item = self.item(who, Said(tap=data or known), kind=Kind.TAP, message_ref=ref, receipt="r")
        return await self.brings(item)

    async def presses(self, label: str, who: Address = ANNA) -> str:
        """Let a person press the newest button of a label in their own chat; returns the outcome."""
        shown = ((m, b) for _, m in reversed(self.telegram.shown) for row in m.rows for b in row if b.label == label)
        _, pressed = next(shown)
        return await self.brings(self.private(who, Said(tap=pressed.data), kind=Kind.TAP, receipt="r"))

    async def replies(self, text: str, to: str, who: Address = ILZE) -> str:
        """Reply to the newest message of the group that holds some words; returns the outcome."""
        ref = next(ref for ref, m in reversed(self.telegram.shown_to_staff) if to in m.text and m.kind != "edit")
        return await self.brings(self.item(who, Said(text=text), reply_to=ref))

    async def brings(self, item: Inbound) -> str:
        """Bring anything in, and send what comes of it."""
        outcome = await self.app.inbox.receive(item)
        await self.app.sender.drain()
        await self.app.inbox.acknowledged()
        return outcome

    async def passes(self, time: timedelta) -> None:
        """Let time pass, and what is due happen."""
        self.clock.move(time)
        await self.app.duties.fire_due()
        await self.app.sender.drain()

    def button(self, label: str) -> tuple[str, str]:
        """Return the newest message of the group with a button, and what that says; the one that is changed counts."""
        for ref, message in reversed(self.telegram.shown_to_staff):
            data = [button.data for row in message.rows for button in row if button.label == label]
            if data:
                return message.target_ref or ref, data[0]
        raise LookupError(label)

    def item(self, who: Address, said: Said, *, kind: Kind = Kind.MESSAGE, **more: str) -> Inbound:
        """Return what somebody does in the group."""
        return Inbound(
            channel="telegram",
            external_id=f"g{next(_numbers)}",
            kind=kind,
            sender=who,
            chat=GROUP,
            private=False,
            said_at=self.now,
            received_at=self.now,
            said=said,
            message_ref=more.pop("message_ref", f"m{next(_numbers)}"),
            **more,  # type: ignore[arg-type]
        )

    def private(self, who: Address, said: Said, *, kind: Kind = Kind.MESSAGE, **more: str) -> Inbound:
        """Return what somebody writes to us alone."""
        return replace(self.item(who, said, kind=kind, **more), chat=who, private=True, channel=who.channel)

    def card(self) -> str:
        """Return the newest state of the newest card, as staff read it."""
        return next(
            plain(message.text)
            for _, message in reversed(self.telegram.shown_to_staff)
            if message.text.startswith("<b>3MK-")
        )

    def told(self, channel: RecordingChannel | None = None) -> list[str]:
        """Return what people have been written."""
        return [plain(message.text) for _, message in (channel or self.telegram).shown]

    def toasts(self) -> list[str]:
        """Return the lines that have passed when buttons were pressed."""
        return [step.text for step in self.telegram.heard if step.sign == "💬"]

    async def column(self, column: sa.Column[Any]) -> list[Any]:
        """Return a column of a table, by id."""
        query = sa.select(column).order_by(*column.table.primary_key.columns)
        return list(await self.app.database.read(lambda tx: tx.execute(query).scalars().all()))

    async def states(self) -> list[str]:
        """Return the states of all registrations."""
        return await self.column(registrations.c.state)

    async def history(self) -> list[tuple[str, str, str, str]]:
        """Return every change: its kind, from which state, to which, by whom."""
        table = registration_changes.c
        query = sa.select(table.kind, table.from_state, table.to_state, table.who_name).order_by(table.id)
        return [tuple(row) for row in await self.app.database.read(lambda tx: tx.execute(query).all())]


@asynccontextmanager
async def reviewing(database_url: str, folder: Path) -> AsyncIterator[Reviewing]:
    """Return a desk with its team at it."""
    made = Reviewing(database_url, folder)
    await made.hire()
    yield made
    await made.app.close()
