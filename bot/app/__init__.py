"""The app: puts the parts together from the settings, and runs them. The only room that knows all of them."""

import asyncio
import secrets
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from functools import cache
from typing import TYPE_CHECKING

from bot import schema
from bot.alarms import Alarms
from bot.app.deciding import look_of, responder
from bot.app.furnishing import Materials, chat_of, furnish, progress_of
from bot.app.hiding import hide, hide_raw
from bot.app.known import facts_of, known_of
from bot.app.mailbox import letters_of
from bot.app.minding import on_failure, on_loss, on_opened, on_place
from bot.clock import Clock, SystemClock
from bot.database import Database
from bot.delivery.sender import Sender
from bot.desk import answering
from bot.desk.automatic import Automatic
from bot.desk.digest import Digest
from bot.documents.press import Press
from bot.inbox.receive import Inbox
from bot.lists.reader import Reader
from bot.losses import Losses
from bot.mailroom.records import CHANNEL
from bot.messages import Channel, Source
from bot.outreach import calendar, looking
from bot.outreach.accompanying import Accompanying
from bot.outreach.conducting import Conductor
from bot.outreach.quiet import QuietHours
from bot.outreach.screening import Screening
from bot.people.privacy.finishing import Finisher
from bot.people.privacy.retention import Retention
from bot.progress import room as progress_room
from bot.settings import Settings
from bot.words import Words
from bot.worker import Duties

if TYPE_CHECKING:
    from bot.attachments.fetcher import Fetcher
    from bot.attachments.store import ObjectStore
    from bot.mailroom.source import LetterSource

__all__ = ["App", "Role", "build", "hide", "progress_of", "run"]


class Role(Flag):
    """What a process does."""

    WEB = auto()  # answers HTTP
    WORKER = auto()  # everything else
    BOTH = WEB | WORKER


@dataclass(eq=False, kw_only=True)
class App:
    """Everything, built and connected. `channels` are those that this process can send on."""

    settings: Settings
    clock: Clock
    database: Database
    words: Words
    inbox: Inbox
    sender: Sender
    duties: Duties
    alarms: Alarms
    losses: Losses
    digest: Digest | None  # where staff have a desk
    answering: answering.Answering | None  # as above
    automatic: Automatic
    channels: dict[str, Channel]
    press: Press
    progress: progress_room.Progress
    conductor: Conductor
    reader: Reader
    fetcher: "Fetcher | None"  # where a channel keeps files for us
    letters: "LetterSource | None"  # where people can write letters
    finisher: Finisher
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def settled(self) -> bool:
        """Whether nothing is being decided or sent right now."""
        return self.inbox.idle and self.sender.idle

    async def close(self) -> None:
        """Let go of the database."""
        await self.duties.leave()
        await self.database.close()


def build(settings: Settings, channels: dict[str, Channel], clock: Clock | None = None) -> App:
    """Build the app; the embedded database is brought up to date, another one is only looked at."""
    clock = clock or SystemClock()
    database = Database(settings.database)
    schema.prepare(database)
    words = Words()
    owner = secrets.token_hex(8)
    store = _opening(settings)
    known = known_of(settings)
    database.read_now(known.automatic.refresh)
    sources: dict[str, Source] = {name: channel for name, channel in channels.items() if isinstance(channel, Source)}
    letters = letters_of(settings, database, words) if CHANNEL in channels else None
    if letters:
        sources[CHANNEL] = letters
    rooms = furnish(
        Materials(
            settings=settings,
            clock=clock,
            database=database,
            words=words,
            channels=channels,
            store=store,
            keepers={name: source.keeper for name, source in sources.items()},
            known=known,
        )
    )
    staff_chat = chat_of(settings.staff_chat_id)
    sender = Sender(
        database=database,
        channels=channels,
        clock=clock,
        owner=owner,
        on_failure=on_failure(rooms),
        groups=(staff_chat,) if staff_chat and staff_chat.ident.startswith("-") else (),
        on_opened=on_opened(rooms),
        load=lambda key: _bare(store().get(key)),
        screen=Screening(quiet=QuietHours.parse(settings.quiet_hours), invitations=bool(settings.outreach)),
    )
    inbox = Inbox(
        database=database,
        clock=clock,
        words=words,
        world=known.world,
        respond=responder(staff_chat if rooms.relay else None),
        rooms=rooms.handlers,
        look=look_of(rooms, clock),
        curious=looking.curious,
        unwanted=rooms.erasing.is_unwanted,
        channels=channels,
        hide=hide,
        hide_raw=hide_raw,
        queued=sender.wake,
        failed=lambda tx, inbound_id, now: rooms.alarms.ring(tx, f"inbound:{inbound_id}", now, id=inbound_id),
        facts=facts_of(settings),
    )
    press = Press(
        database=database,
        clock=clock,
        words=words,
        makers=rooms.makers,
        put=lambda key, content: store().put(key, content),
        drop=lambda key: store().delete(key),
        queued=sender.wake,
        on_loss=rooms.losses.of_document,
    )
    fetcher = (
        _fetcher(database, clock, owner=owner, store=store(), sources=sources, losses=rooms.losses) if sources else None
    )
    duties = Duties(
        database=database,
        clock=clock,
        inbox=inbox,
        owner=owner,
        lease_seconds=settings.lease_seconds,
        retention=Retention.of(settings),
        queued=sender.wake,
        sweep=fetcher.sweep if fetcher else None,
    )
    conductor = Conductor(
        database=database,
        clock=clock,
        words=words,
        duties=duties,
        quiet=QuietHours.parse(settings.quiet_hours),
        board=rooms.board,
        along=Accompanying(
            get=lambda key: store().get(key),
            put=lambda key, content: store().put(key, content),
            calendars=calendar.Calendars(address=settings.mail_address),
        ),
        queued=sender.wake,
        invitations=rooms.invitations,
    )
    finisher = Finisher(
        database=database,
        clock=clock,
        staff_chat=staff_chat,
        ledger=settings.ledger,
        holds=duties.holds,
        delete=lambda key: store().delete(key),
    )
    return App(
        settings=settings,
        clock=clock,
        database=database,
        words=words,
        inbox=inbox,
        sender=sender,
        duties=duties,
        alarms=rooms.alarms,
        losses=rooms.losses,
        digest=rooms.digest,
        answering=rooms.answers,
        automatic=known.automatic,
        channels=channels,
        press=press,
        progress=rooms.progress,
        conductor=conductor,
        reader=Reader(
            database=database,
            clock=clock,
            get=lambda key: store().get(key),
            put=lambda key, content: store().put(key, content),
        ),
        fetcher=fetcher,
        letters=letters,
        finisher=finisher,
    )


async def run(app: App, role: Role) -> None:
    """Run until told to stop (SIGTERM, SIGINT); then finish what is on the wire, within five seconds."""
    from bot.service import Service  # noqa: PLC0415 - brings the web server, which commands do without

    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, app.stopping.set)
    service = Service(app, web=Role.WEB in role, worker=Role.WORKER in role)
    try:
        await service.run()
    finally:
        await app.close()


def _opening(settings: Settings) -> "Callable[[], ObjectStore]":
    """Return what opens the object store when it is first needed: it is slow to load, and few commands need it."""

    @cache
    def store() -> "ObjectStore":
        from bot.attachments.store import ObjectStore  # noqa: PLC0415 - see above

        return ObjectStore(settings.objects)

    return store


def _bare(content: bytes) -> bytes:
    """Let no picture leave us with what a camera has written into it."""
    from bot.attachments.pictures import without_traces  # noqa: PLC0415 - brings Pillow, which few processes need

    return without_traces(content)


def _fetcher(
    database: Database, clock: Clock, *, owner: str, store: "ObjectStore", sources: Mapping[str, Source], losses: Losses
) -> "Fetcher":
    from bot.attachments.fetcher import Fetcher  # noqa: PLC0415 - few commands need it

    return Fetcher(
        database=database,
        clock=clock,
        owner=owner,
        store=store,
        sources={source.keeper: source.fetch for source in sources.values()},
        on_loss=on_loss(losses),
        on_place=on_place,
    )
