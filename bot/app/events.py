"""Events: the handlers that belong to no room alone."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from bot.attachments import records as attachments
from bot.conversation.response import Event
from bot.desk import team
from bot.desk.cases import Desk
from bot.lists import records as lists_room
from bot.outreach import afterwards, poster, preferences
from bot.outreach.announcing import Announcing
from bot.outreach.attendance import Guests
from bot.outreach.controlling import Controlling
from bot.outreach.organisations import records as organisations
from bot.outreach.organisations.invitations import Invitations
from bot.outreach.planning import Planning
from bot.outreach.progress import Board
from bot.outreach.publishing import Publishing
from bot.outreach.writing import Writing
from bot.people import contacts, guests, permissions, privacy
from bot.people.linking import Links
from bot.people.privacy import own_data
from bot.people.privacy.erasing import Erasing
from bot.progress import tallies
from bot.registrations.records import Records
from bot.rooms import NO_FACTS, Handler, Scene


def of_people(desk: Desk, register: attachments.Register, links: Links) -> dict[str, Handler]:
    """Return the handlers about people and their cases."""
    return {
        "attachments.received": register.receive,
        "case.opened": desk.open,
        "case.detailed": desk.detail,
        "case.told": desk.report,
        "case.overdue": desk.overdue,
        "permissions.given": permissions.give,
        "permissions.withdrawn": permissions.withdraw,
        "permissions.listed": permissions.list_,
        "steps.taken": nothing,
        "draft.discarded": discard,
        "contact.language": _language,
        "linking.begun": links.begin,
        "linking.done": links.join,
        "linking.undone": links.undo,
        "letters.joined": guests.join,
        "team.joined": team.join,
        "team.away": team.away,
        "address.gone": _gone,
        "address.present": _present,
    }


def of_outreach(announcing: Announcing, guests_: Guests, board: Board, publishing: Publishing) -> dict[str, Handler]:
    """Return the handlers about events and announcements."""
    planning, writing = Planning(announcing=announcing, guests=guests_), Writing(announcing=announcing)
    return {
        "event.planned": planning.planned,
        "event.opened": planning.opened,
        "event.cancelled": planning.cancelled,
        "announcement.written": writing.written,
        "announcement.opened": writing.opened,
        "page.asked": publishing.published,
        "broadcast.tested": announcing.tested,
        "broadcast.announced": announcing.announced,
        "broadcast.timed": announcing.timed,
        "broadcast.approved": announcing.approved,
        "broadcast.controlled": Controlling(board=board).controlled,
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


def of_organisations(invitations: Invitations) -> dict[str, Handler]:
    """Return the handlers about organisations that are written to."""
    return {
        "organisations.answered": organisations.answered,
        "organisations.listed": invitations.listed,
        "organisations.refused": organisations.refused,
        "organisations.stopped": invitations.stopped,
        "organisations.tabled": invitations.tabled,
        "organisations.tested": invitations.tested,
        "organisations.written": invitations.written,
    }


def of_rights(erasing: Erasing) -> dict[str, Handler]:
    """Return the handlers about what people may ask of us."""
    return {
        "erasure.asked": erasing.asked,
        "erasure.confirmed": erasing.confirmed,
        "own_data.asked": own_data.order,
    }


def with_list(records: Records, lists: lists_room.Lists) -> Handler:
    """Write a registration down, with the plantings of its list where it has one."""

    def register(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        facts = records.submit(tx, event, scene)
        lists.submit(tx, event)
        return facts

    return register


def _language(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    contacts.set_language(tx, scene.contact_id, event.data["language"])
    return NO_FACTS


def discard(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    """Forget all that belonged to a draft."""
    attachments.discard(tx, event, scene)
    tallies.stopped(tx, event, scene)
    lists_room.discard(tx, event, scene)
    return privacy.discard_draft(tx, event, scene)


def nothing(_: Connection, __: Event, ___: Scene) -> Mapping[str, Any]:
    """Leave it at the ledger, which has the outcome: a step that failed has a case of its own, and there is no desk."""
    return NO_FACTS


def _gone(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
    contacts.mark_gone(tx, scene.chat, scene.now, event.data["because"])
    return NO_FACTS


def _present(tx: Connection, _: Event, scene: Scene) -> Mapping[str, Any]:
    contacts.mark_present(tx, scene.chat)
    return NO_FACTS
