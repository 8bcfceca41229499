"""Furnishing: the rooms that an installation has, each given what it needs of the others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.alarms import Alarms
from bot.app.events import discard, nothing, of_organisations, of_outreach, of_people, of_rights, with_list
from bot.app.known import Known, facts_of, ids
from bot.attachments import records as attachments
from bot.clock import Clock
from bot.database import Database
from bot.desk import answering, audit, canned, casework, suggesting
from bot.desk.boards import Boards
from bot.desk.cases import Desk
from bot.desk.digest import Digest
from bot.desk.promise import WorkingHours
from bot.desk.relay import Relay
from bot.desk.summaries import Summaries
from bot.documents.press import Maker
from bot.lists import making as list_making
from bot.lists import records as lists_room
from bot.losses import Losses
from bot.messages import Address, Channel
from bot.notices import Notices
from bot.outreach import afterwards, calendar, poster
from bot.outreach import progress as broadcast_progress
from bot.outreach.announcing import Announcing
from bot.outreach.attendance import Guests
from bot.outreach.noting import Noting
from bot.outreach.organisations import records as organisations
from bot.outreach.organisations import table as organisations_table
from bot.outreach.organisations.invitations import Invitations
from bot.outreach.publishing import Publishing
from bot.outreach.quiet import QuietHours
from bot.people.linking import Links
from bot.people.privacy import own_data
from bot.people.privacy.erasing import Erasing
from bot.people.privacy.fingerprints import Fingerprints
from bot.people.privacy.own_page import OwnPage
from bot.progress import room as progress_room
from bot.progress.pace import Goal
from bot.registrations import pictures
from bot.registrations import room as registering
from bot.registrations.cards import PICTURE
from bot.registrations.certificate import room as certificates_room
from bot.registrations.certificate.wording import Issuer
from bot.registrations.export import room as exports_room
from bot.registrations.records import tell_plainly
from bot.rooms import Handler
from bot.settings import Settings
from bot.words import Words
from flows.catalogue import FLOWS
from knowledge import topic

if TYPE_CHECKING:
    from bot.attachments.store import ObjectStore


@dataclass(frozen=True, kw_only=True)
class Materials:
    """What every room is made of."""

    settings: Settings
    clock: Clock
    database: Database
    words: Words
    channels: Mapping[str, Channel]
    store: "Callable[[], ObjectStore]"
    keepers: Mapping[str, str]  # by channel: the account there that was told the refs of files
    known: Known


@dataclass(frozen=True, kw_only=True)
class Furniture:
    """The rooms. Without a group of topics there is no desk: what would stand in it is told in the staff's chat."""

    alarms: Alarms
    losses: Losses
    desk: Desk
    erasing: Erasing
    progress: progress_room.Progress
    board: broadcast_progress.Board
    invitations: Invitations
    relay: Relay | None
    boards: Boards | None
    work: casework.Casework | None
    answers: answering.Answering | None
    digest: Digest | None
    handlers: Mapping[str, Handler]  # by type of event
    makers: Mapping[str, Maker]  # of documents, by the kinds of orders


def furnish(of: Materials) -> Furniture:
    """Make all rooms."""
    settings, words = of.settings, of.words
    staff_chat = chat_of(settings.staff_chat_id)
    staff = Notices(words=words, chat=staff_chat)
    alarms = Alarms(notices=Notices(words=words, chat=chat_of(settings.admin_chat_id)))
    register = attachments.Register(keepers=of.keepers)
    relay = _relay(of, staff_chat)
    boards = Boards(chat=staff_chat, topics=bool(settings.staff_topics)) if staff_chat else None
    desk, work = _desk(of, staff, relay, boards)
    answers = _answers(of, relay, boards, desk, register) if relay and boards else None
    erasing = Erasing(marks=Fingerprints(settings.erasure_secret, settings.data_dir), desk=desk, staff_chat=staff_chat)
    links = Links(
        words=words,
        alarms=alarms,
        flows=FLOWS,
        discard=discard,
        mail_address=settings.mail_address,
        telegram=bool(settings.telegram_token),
    )
    progress = progress_of(settings, words, list(of.known.world.topics.values()))
    exports = exports_room.Exports(database=of.database, clock=of.clock, words=words)
    thanks = certificates_room.Certificates(issuer=_issuer(settings))
    registered = registering.build(
        words=words,
        flows=FLOWS,
        staff=staff,
        boards=boards if relay else None,
        new_id=ids().__next__,
        thanks=thanks.offers,
    )
    lists = lists_room.Lists(
        words=words,
        flows=FLOWS,
        replaced=registered.cards.list_replaced if registered.cards else tell_plainly(staff, "staff_list_replaced"),
    )
    guests_ = Guests(words=words, new_id=ids().__next__)
    board = broadcast_progress.Board(words=words, boards=boards)
    invitations = Invitations(
        on=bool(settings.outreach),
        sender=settings.privacy_controller,
        words=words,
        guests=guests_,
        bot_name=lambda: _name_on_telegram(of.channels),
        new_id=ids().__next__,
        approve_above=settings.approve_above,
    )
    announcing = Announcing(
        words=words,
        guests=guests_,
        new_id=ids().__next__,
        approve_above=settings.approve_above,
        quiet=QuietHours.parse(settings.quiet_hours),
    )
    publishing = Publishing(words=words, bot_name=lambda: _known_name(of.channels), address=settings.mail_address)
    handlers = (
        of_people(desk, register, links)
        | dict(work.handlers if work else dict.fromkeys(casework.TOLD_ANYWAY, nothing))
        | progress.handlers
        | exports.handlers
        | thanks.handlers
        | of_rights(erasing)
        | dict(registered.handlers)
        | of_outreach(announcing, guests_, board, publishing)
        | {"registration.submitted": afterwards.flagging(with_list(registered.records, lists))}
        | dict(lists.handlers)
        | of_organisations(invitations)
    )
    handlers["permissions.withdrawn"] = organisations.stopping(handlers["permissions.withdrawn"])
    handlers |= Noting(board=board).wrapped(handlers["case.opened"], handlers["consultation.given"])
    page = OwnPage(words=words, flows=FLOWS, load=lambda key: of.store().get(key), facts=facts_of(settings))
    makers: dict[str, Maker] = (
        {**progress.makers, **exports.makers, **thanks.makers, **suggesting.MAKERS}
        | {PICTURE: pictures.maker(lambda key: of.store().get(key)), own_data.KIND: page.maker}
        | {"calendar": calendar.Calendars(address=settings.mail_address).maker}
        | list_making.makers(words, lambda key: of.store().get(key))
        | {organisations_table.ORDER: organisations_table.make}
        | {poster.KIND: poster.maker(lambda: _name_on_telegram(of.channels))}
    )
    return Furniture(
        alarms=alarms,
        losses=Losses(words=words, alarms=alarms),
        desk=desk,
        erasing=erasing,
        progress=progress,
        board=board,
        invitations=invitations,
        relay=relay,
        boards=boards,
        work=work,
        answers=answers,
        digest=Digest(notices=staff, hours=desk.hours) if relay else None,
        handlers=audit.kept(answers.rooms(handlers) if answers else {**handlers, **answering.WITHOUT_A_DESK}),
        makers=makers,
    )


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


def chat_of(ident: str) -> Address | None:
    """Return a chat of Telegram by its id; None for none."""
    return Address("telegram", ident) if ident else None


def _relay(of: Materials, staff_chat: Address | None) -> Relay | None:
    if staff_chat is None or not of.settings.staff_topics:
        return None
    nearest = of.known.nearest
    return Relay(
        words=of.words,
        chat=staff_chat,
        new_id=ids().__next__,
        suggest=lambda case_id, text: canned.buttons(case_id, nearest(text)),
    )


def _desk(
    of: Materials, staff: Notices, relay: Relay | None, boards: Boards | None
) -> tuple[Desk, casework.Casework | None]:
    settings = of.settings
    labels = {known.id: known.label["lv"] for known in of.known.world.topics.values()}
    summaries = Summaries(words=of.words, flows=FLOWS, labels=labels, chat=staff.chat, conceals=relay is not None)
    hours, within = WorkingHours.parse(settings.staff_hours), timedelta(hours=settings.answer_hours)
    work = (
        casework.build(
            relay=relay, boards=boards, notices=staff, summaries=summaries, hours=hours, answer_within=within
        )
        if relay and boards
        else None
    )
    desk = Desk(
        notices=staff,
        hours=hours,
        answer_within=within,
        legal_within=timedelta(days=settings.submission_days) if settings.submission_days else None,
        summary=summaries.text,
        topics=relay,
        crowd=work.overview if work else None,
    )
    return desk, work


def _answers(
    of: Materials, relay: Relay, boards: Boards, desk: Desk, register: attachments.Register
) -> answering.Answering:
    return answering.build(
        relay=relay,
        boards=boards,
        desk=desk,
        nearest=of.known.nearest,
        automatic=of.known.automatic,
        register=register,
        listed=of.settings.staff_mails,
    )


def _issuer(settings: Settings) -> Issuer:
    return Issuer(
        name=settings.certificate_issuer, signer=settings.certificate_signer, position=settings.certificate_position
    )


def _known_name(channels: Mapping[str, Channel]) -> str:
    """Return the same, '' where it is not known: there is no Telegram, or it has not been asked yet."""
    try:
        return _name_on_telegram(channels)
    except (LookupError, RuntimeError):
        return ""


def _name_on_telegram(channels: Mapping[str, Channel]) -> str:
    """Return how Telegram knows us, without @; raises LookupError where there is no Telegram."""
    bot = getattr(channels.get("telegram"), "bot", None)
    if bot is None:
        raise LookupError("no bot on Telegram")
    return str(bot.username)
