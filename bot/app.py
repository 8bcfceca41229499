"""The app: puts the parts together from the settings, and runs them. The only module that knows all of them."""

import asyncio
import logging
import secrets
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Flag, auto
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection

from bot import schema, timers
from bot.alarms import Alarms
from bot.attachments import records as attachments
from bot.attachments.content import LARGEST
from bot.attachments.records import Claimed, Outcome
from bot.channels.email.letter import Ours
from bot.clock import Clock, SystemClock
from bot.conversation.respond import respond
from bot.conversation.response import Event, Response, Timer
from bot.conversation.standing import Standing
from bot.conversation.state import Conversation, Tapped
from bot.conversation.world import World
from bot.database import Database
from bot.delivery.sender import Failure, OnFailure, OnOpened, Sender
from bot.desk import answering, audit, canned, casework, enclosing, responding, suggesting, team
from bot.desk.automatic import NONE, Automatic
from bot.desk.boards import Boards
from bot.desk.cases import Desk
from bot.desk.digest import Digest
from bot.desk.promise import WorkingHours
from bot.desk.relay import Relay
from bot.desk.summaries import Summaries
from bot.documents.press import Maker, Press
from bot.inbox.receive import Inbox, Look, Responder, nobody
from bot.lists import making as list_making
from bot.lists import records as lists_room
from bot.lists.reader import Reader
from bot.losses import Losses
from bot.mailroom.records import CHANNEL
from bot.messages import LETTERS, Address, Channel, Inbound, Source
from bot.notices import Notices
from bot.outreach import afterwards, broadcasts, calendar, looking, poster, preferences
from bot.outreach import progress as broadcast_progress
from bot.outreach.announcing import Announcing
from bot.outreach.attendance import Guests
from bot.outreach.conducting import Conductor
from bot.outreach.quiet import QuietHours
from bot.people import contacts, guests, permissions, privacy
from bot.people.linking import Links
from bot.people.privacy import own_data
from bot.people.privacy.erasing import Erasing
from bot.people.privacy.fingerprints import Fingerprints
from bot.people.privacy.finishing import Finisher
from bot.people.privacy.own_page import OwnPage
from bot.people.privacy.retention import Retention
from bot.progress import room as progress_room
from bot.progress import tallies
from bot.progress.pace import Goal
from bot.registrations import pictures
from bot.registrations import room as registering
from bot.registrations.cards import PICTURE
from bot.registrations.certificate import room as certificates_room
from bot.registrations.certificate.wording import Issuer
from bot.registrations.export import room as exports_room
from bot.registrations.records import Hook, Records, tell_plainly
from bot.registrations.review import view
from bot.rooms import NO_FACTS, Handler, Scene
from bot.settings import Settings
from bot.words import Words
from bot.words.catalogs import LANGUAGES
from bot.worker import Duties
from flows.catalogue import FLOWS, MAIN_FLOW
from knowledge import topic
from knowledge.secrets import mask
from knowledge.understanding import open_index, understand

if TYPE_CHECKING:
    from bot.attachments.fetcher import Fetcher, OnLoss
    from bot.attachments.store import ObjectStore
    from bot.mailroom.source import LetterSource

_log = logging.getLogger(__name__)

_FIRST_TOPICS = ("which-trees-count", "what-is-mapmytree", "planting-date-cutoff")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]
_GONE_WELL = 5.0  # seconds from being told to stop until we are gone


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
    alarms = Alarms(notices=Notices(words=words, chat=_chat(settings.admin_chat_id)))
    losses = Losses(words=words, alarms=alarms)
    staff = Notices(words=words, chat=_chat(settings.staff_chat_id))
    sources: dict[str, Source] = {name: channel for name, channel in channels.items() if isinstance(channel, Source)}
    letters = _letters(settings, database, words) if CHANNEL in channels else None
    if letters:
        sources[CHANNEL] = letters
    register = attachments.Register(keepers={name: source.keeper for name, source in sources.items()})
    staff_chat = _chat(settings.staff_chat_id)
    world, nearest, automatic = _world(settings)
    database.read_now(automatic.refresh)
    relay = (
        Relay(
            words=words,
            chat=staff_chat,
            new_id=_ids().__next__,
            suggest=lambda case_id, text: canned.buttons(case_id, nearest(text)),
        )
        if staff_chat and settings.staff_topics
        else None
    )
    boards = Boards(chat=staff_chat, topics=bool(settings.staff_topics)) if staff_chat else None
    store = _opening(settings)
    thanks = certificates_room.Certificates(issuer=_issuer(settings))
    registered = registering.build(
        words=words,
        flows=FLOWS,
        staff=staff,
        boards=boards if relay else None,
        new_id=_ids().__next__,
        entered=_ENTERED,
        thanks=thanks.offers,
    )
    labels = {known.id: known.label["lv"] for known in world.topics.values()}
    summaries = Summaries(words=words, flows=FLOWS, labels=labels, chat=staff_chat)
    hours, answer_within = WorkingHours.parse(settings.staff_hours), timedelta(hours=settings.answer_hours)
    work = (
        casework.build(
            relay=relay, boards=boards, notices=staff, summaries=summaries, hours=hours, answer_within=answer_within
        )
        if relay and boards
        else None
    )
    desk = Desk(
        notices=staff,
        hours=hours,
        answer_within=answer_within,
        legal_within=timedelta(days=settings.submission_days) if settings.submission_days else None,
        summary=summaries.text,
        topics=relay,
        crowd=work.overview if work else None,
    )
    erasing = Erasing(marks=Fingerprints(settings.erasure_secret, settings.data_dir), desk=desk, staff_chat=staff_chat)
    answers = (
        answering.build(
            relay=relay,
            boards=boards,
            desk=desk,
            nearest=nearest,
            automatic=automatic,
            register=register,
            listed=settings.staff_mails,
        )
        if relay and boards
        else None
    )

    links = Links(
        words=words,
        alarms=alarms,
        flows=FLOWS,
        discard=_discard,
        mail_address=settings.mail_address,
        telegram=bool(settings.telegram_token),
    )
    progress = progress_of(settings, words, list(world.topics.values()))
    exports = exports_room.Exports(database=database, clock=clock, words=words)
    guests_ = Guests(words=words, new_id=_ids().__next__)
    progress_board = broadcast_progress.Board(words=words, boards=boards)
    announcing = Announcing(words=words, guests=guests_, board=progress_board, approve_above=settings.approve_above)
    sender = Sender(
        database=database,
        channels=channels,
        clock=clock,
        owner=owner,
        on_failure=_minding(losses, work, boards, answers),
        groups=(staff_chat,) if staff_chat and staff_chat.ident.startswith("-") else (),
        on_opened=_opened(relay, boards),
        load=lambda key: _bare(store().get(key)),
        screen=broadcasts.Screening(quiet=QuietHours.parse(settings.quiet_hours)),
    )
    lists = lists_room.Lists(
        words=words,
        flows=FLOWS,
        replaced=registered.cards.list_replaced if registered.cards else tell_plainly(staff, "staff_list_replaced"),
    )
    rooms = (
        _rooms(desk, register, links)
        | dict(work.handlers if work else dict.fromkeys(casework.TOLD_ANYWAY, _nothing))
        | progress.handlers
        | exports.handlers
        | thanks.handlers
        | _rights(erasing)
        | dict(registered.handlers)
        | _of_outreach(announcing, guests_)
        | {"registration.submitted": afterwards.flagging(_registering(registered.records, lists))}
        | dict(lists.handlers)
    )
    page = OwnPage(words=words, flows=FLOWS, load=lambda key: store().get(key), facts=_facts(settings))
    inbox = Inbox(
        database=database,
        clock=clock,
        words=words,
        world=world,
        respond=_responder(staff_chat if relay else None),
        rooms=audit.kept(answers.rooms(rooms) if answers else {**rooms, **answering.WITHOUT_A_DESK}),
        look=_look(relay, boards, answers, clock),
        curious=looking.curious,
        unwanted=erasing.is_unwanted,
        channels=channels,
        hide=hide,
        hide_raw=_hide_all,
        queued=sender.wake,
        failed=lambda tx, inbound_id, now: alarms.ring(tx, f"inbound:{inbound_id}", now, id=inbound_id),
        facts=_facts(settings),
    )
    press = Press(
        database=database,
        clock=clock,
        words=words,
        makers=_makers(progress, exports, thanks, lambda key: store().get(key))
        | {"calendar": calendar.maker(_domain(settings)), own_data.KIND: page.maker}
        | {poster.KIND: poster.maker(lambda: _name_on_telegram(channels))}
        | list_making.makers(words, lambda key: store().get(key)),
        put=lambda key, content: store().put(key, content),
        drop=lambda key: store().delete(key),
        queued=sender.wake,
        on_loss=losses.of_document,
    )
    fetcher = None
    if sources:
        from bot.attachments.fetcher import Fetcher  # noqa: PLC0415 - few commands need it

        fetcher = Fetcher(
            database=database,
            clock=clock,
            owner=owner,
            store=store(),
            sources={source.keeper: source.fetch for source in sources.values()},
            on_loss=_losing(losses),
            on_place=_pictured,
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
        board=progress_board,
        put=lambda key, content: store().put(key, content),
        queued=sender.wake,
        domain=_domain(settings),
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
        alarms=alarms,
        losses=losses,
        digest=Digest(notices=staff, hours=desk.hours) if relay else None,
        answering=answers,
        automatic=automatic,
        channels=channels,
        press=press,
        progress=progress,
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


def hide(item: Inbound) -> Inbound:
    """Mask what must never be written down, in the text and in the raw update."""
    hidden = mask(item.said.text)
    if not hidden.kinds:
        return item
    marks = frozenset({*hidden.kinds, *({"doubtful"} if hidden.doubtful else ())})
    return replace(item, said=replace(item.said, text=hidden.text, masked=marks), raw=_hide_all(item.raw))


def _hide_all(raw: Any) -> Any:
    if isinstance(raw, str):
        return mask(raw).text
    if isinstance(raw, dict):
        return {key: _hide_all(value) for key, value in raw.items()}
    return [_hide_all(value) for value in raw] if isinstance(raw, list) else raw


def _asked(words: Words) -> Iterator[str]:
    """Yield what letters ask, in every language: quoted without a mark it is still no answer."""
    questions = [question for flow in FLOWS.values() for question in flow.questions]
    for question in questions:
        for sentence in (question.ask, question.by_letter, question.example):
            if sentence:
                yield from (words.tongue(language).text(sentence) for language in LANGUAGES)


def _letters(settings: Settings, database: Database, words: Words) -> "LetterSource":
    from bot.attachments.store import ObjectStore  # noqa: PLC0415 - as above
    from bot.channels.email.reading import read_letter  # noqa: PLC0415 - brings what letters are read with
    from bot.channels.email.reading.quoting import phrase  # noqa: PLC0415
    from bot.mailroom.source import LetterSource  # noqa: PLC0415

    ours = Ours(
        address=settings.mail_address,
        authserv_id=settings.mail_authserv_id,
        phrases=frozenset(phrase(sentence) for sentence in _asked(words)),
    )
    return LetterSource(
        keeper=f"{CHANNEL}:{settings.mail_address}"[:80],
        database=database,
        store=ObjectStore(settings.objects),
        read=lambda raw: read_letter(raw, ours),
    )


def _world(settings: Settings) -> tuple[World, canned.Nearest, Automatic]:
    topics = topic.load()
    index = open_index(topics)
    by_id = {known.id: known for known in topics}
    marked = {known.id for known in topics if known.approve}
    automatic = Automatic(mode=settings.approve if settings.staff_topics else NONE, marked=marked)
    world = World(
        flows=FLOWS,
        main_flow=MAIN_FLOW,
        topics=by_id,
        first_topics=_FIRST_TOPICS,
        understand=lambda text: understand(text, index),
        new_id=_ids().__next__,
        notice_version=permissions.VERSION,
        draft_lives=settings.draft_lives,
        largest_file=LARGEST,
        waits=automatic.waits,
    )
    return world, canned.Nearest(topics=by_id, rank=index.rank), automatic


def _ids() -> Iterator[str]:
    """Make 80 random bits as 16 characters that survive lower case: an id may be part of a letter's address.

    Randomness is fetched for many at once, because whoever asks the system for it gives way to the other threads.
    """
    while True:
        random = secrets.token_bytes(10 * 256)
        for start in range(0, len(random), 10):
            number = int.from_bytes(random[start : start + 10], "big")
            yield "".join([_PAIRS[number >> place & 1023] for place in range(0, 80, 10)])


def _facts(settings: Settings) -> Mapping[str, Any]:
    return {
        "privacy_url": settings.privacy_url,
        "privacy_controller": settings.privacy_controller,
        "privacy_contact": settings.privacy_contact,
        "privacy_basis": settings.privacy_basis,
        "draft_days": settings.draft_days,
        "raw_days": settings.raw_days,
        "retention": Retention.of(settings).told(),
    }


def _opening(settings: Settings) -> "Callable[[], ObjectStore]":
    """Return what opens the object store when it is first needed: it is slow to load, and few commands need it."""

    @cache
    def store() -> "ObjectStore":
        from bot.attachments.store import ObjectStore  # noqa: PLC0415 - see above

        return ObjectStore(settings.objects)

    return store


def progress_of(
    settings: Settings, words: Words | None = None, topics: Iterable[topic.Topic] | None = None
) -> progress_room.Progress:
    """Build the room of the progress; alone for a command that needs nothing else."""
    return progress_room.Progress(
        words=words or Words(),
        goal=Goal(
            trees=settings.goal_trees,
            day=date.fromisoformat(settings.goal_day),
            events=settings.goal_events,
            municipalities=settings.goal_municipalities,
        ),
        topics={known.id: known.label["lv"] for known in topics or topic.load()},
    )


def _makers(
    progress: progress_room.Progress,
    exports: exports_room.Exports,
    thanks: certificates_room.Certificates,
    load: Callable[[str], bytes],
) -> dict[str, Maker]:
    """Return who makes documents, by the kinds of orders; `load` reads an object of ours."""
    return {**progress.makers, **exports.makers, **thanks.makers, **suggesting.MAKERS, PICTURE: pictures.maker(load)}


def _issuer(settings: Settings) -> Issuer:
    return Issuer(
        name=settings.certificate_issuer, signer=settings.certificate_signer, position=settings.certificate_position
    )


def _domain(settings: Settings) -> str:
    """Return what our calendar entries are named after."""
    return settings.mail_address.rpartition("@")[2] or "koku-paligs"


def _name_on_telegram(channels: Mapping[str, Channel]) -> str:
    """Return how Telegram knows us, without @; raises LookupError where there is no Telegram."""
    bot = getattr(channels.get("telegram"), "bot", None)
    if bot is None:
        raise LookupError("no bot on Telegram")
    return str(bot.username)


def _registering(records: Records, lists: lists_room.Lists) -> Handler:
    """Write a registration down, with the plantings of its list where it has one."""

    def register(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        facts = records.submit(tx, event, scene)
        lists.submit(tx, event)
        return facts

    return register


def _rooms(desk: Desk, register: attachments.Register, links: Links) -> dict[str, Handler]:
    return {
        "attachments.received": register.receive,
        "case.opened": desk.open,
        "case.detailed": desk.detail,
        "case.told": desk.report,
        "case.overdue": desk.overdue,
        "permissions.given": permissions.give,
        "permissions.withdrawn": permissions.withdraw,
        "permissions.listed": permissions.list_,
        "steps.taken": _nothing,
        "draft.discarded": _discard,
        "contact.language": _language,
        "linking.begun": links.begin,
        "linking.done": links.join,
        "linking.undone": links.undo,
        "letters.joined": guests.join,
        "team.joined": team.join,
        "address.gone": _gone,
        "address.present": _present,
    }


def _of_outreach(announcing: Announcing, guests_: Guests) -> dict[str, Handler]:
    return {
        "event.planned": announcing.planned,
        "event.opened": announcing.opened,
        "event.cancelled": announcing.cancelled,
        "broadcast.tested": announcing.tested,
        "broadcast.announced": announcing.announced,
        "broadcast.approved": announcing.approved,
        "broadcast.controlled": announcing.controlled,
        "preferences.chosen": preferences.choose,
        "preferences.listed": preferences.list_,
        "event.over": afterwards.over,
        "poster.ordered": poster.ordered,
        "attendance.added": guests_.add,
        "attendance.coming": guests_.come,
        "attendance.leaving": guests_.leave,
        "attendance.reminded": guests_.reminded,
        "attendance.offer_ended": guests_.offer_ended,
    }


def _bare(content: bytes) -> bytes:
    """Let no picture leave us with what a camera has written into it."""
    from bot.attachments.pictures import without_traces  # noqa: PLC0415 - brings Pillow, which few processes need

    return without_traces(content)


def _rights(erasing: Erasing) -> dict[str, Handler]:
    return {
        "erasure.asked": erasing.asked,
        "erasure.confirmed": erasing.confirmed,
        "own_data.asked": own_data.order,
    }


def _responder(staff_chat: Address | None) -> Responder:
    """Pick who decides: the desk in the staff's group, the conversation everywhere else."""

    def decide(
        conversation: Conversation, item: Inbound, tapped: Tapped | None, world: World, standing: Standing
    ) -> Response:
        if staff_chat is not None and item.chat == staff_chat:
            return responding.respond(conversation, item, standing)
        if item.envelope and item.envelope.case:
            return responding.by_letter(conversation, item, standing)
        return respond(conversation, item, tapped, world, standing)

    return decide


def _look(relay: Relay | None, boards: Boards | None, answers: answering.Answering | None, clock: Clock) -> Look:
    def look(tx: Connection, item: Inbound) -> Standing:
        if item.private:
            return looking.standing(tx, item, clock)
        if relay is None or boards is None or answers is None:
            return nobody(tx, item)
        if item.envelope:
            return answers.lettered.standing(tx, item)
        post = boards.about(tx, item)
        return replace(relay.standing(tx, item), post=post, registration=view(tx, post))

    return look


def _opened(relay: Relay | None, boards: Boards | None) -> OnOpened:
    def opened(tx: Connection, thread: str, ref: str) -> None:
        if relay:
            relay.topic_opened(tx, thread, ref)
        if boards:
            boards.opened(tx, thread, ref)

    return opened


def _minding(
    losses: Losses, work: casework.Casework | None, boards: Boards | None, answers: answering.Answering | None
) -> OnFailure:
    def on_failure(tx: Connection, failure: Failure, now: datetime) -> None:
        losses.of_message(tx, failure, now)
        broadcasts.lost(tx, failure, now)
        if work:
            work.restoring.lost(tx, failure, now)
        if boards:
            boards.lost(tx, failure, now)
        if answers:
            answers.rerouting.failed(tx, failure, now)

    return on_failure


def _losing(losses: Losses) -> "OnLoss":
    def on_loss(tx: Connection, row: Claimed, outcome: Outcome, now: datetime) -> None:
        if not enclosing.is_of_staff(row.run_id):  # what staff have sent is told in the case's topic
            losses.of_file(tx, row, outcome, now)

    return on_loss


# What is to happen when trees are entered into MapMyTree, or reported: thanks, for instance.
_ENTERED: tuple[Hook, ...] = ()


def _language(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    contacts.set_language(tx, scene.contact_id, event.data["language"])
    return NO_FACTS


def _discard(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    attachments.discard(tx, event, scene)
    tallies.stopped(tx, event, scene)
    lists_room.discard(tx, event, scene)
    return privacy.discard_draft(tx, event, scene)


def _pictured(tx: Connection, row: Claimed, place: tuple[float, float], now: datetime) -> None:
    """Come back to a picture's place, which could be read only now. That of a letter's was offered with its answer."""
    if row.run_id and not enclosing.is_of_staff(row.run_id) and Address.parse(row.address).channel != LETTERS:
        payload = {"run": row.run_id, "lat": place[0], "lon": place[1]}
        timer = Timer(key=f"pictured:{row.id}", due_at=now, kind="pictured", payload=payload)
        timers.put(tx, row.contact_id, row.address, timer)


def _nothing(_: Connection, __: Event, ___: Scene) -> Mapping[str, Any]:
    """Leave it at the ledger, which has the outcome: a step that failed has a case of its own, and there is no desk."""
    return NO_FACTS


def _gone(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    contacts.mark_gone(tx, scene.chat, scene.now, event.data["because"])
    return NO_FACTS


def _present(tx: Connection, _: Event, scene: Scene) -> Mapping[str, Any]:
    contacts.mark_present(tx, scene.chat)
    return NO_FACTS


def _chat(ident: str) -> Address | None:
    return Address("telegram", ident) if ident else None
