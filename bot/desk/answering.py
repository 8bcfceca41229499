"""Answering: the rooms that carry out what staff answer with, put together for the desk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from bot.attachments.records import Register
from bot.conversation.response import Event
from bot.desk.approving import Approving
from bot.desk.automatic import Automatic
from bot.desk.boards import Boards
from bot.desk.canned import Canned, Nearest
from bot.desk.cases import Desk
from bot.desk.enclosing import Enclosing
from bot.desk.lettered import Lettered
from bot.desk.relay import Relay
from bot.desk.rerouting import Rerouting
from bot.desk.suggesting import Suggesting
from bot.desk.unanswered import Unanswered
from bot.messages import Address
from bot.rooms import NO_FACTS, Handler, Scene


@dataclass(frozen=True, kw_only=True, slots=True)
class Answering:
    """What the desk has beside the relay. `handlers` are by type of event."""

    rerouting: Rerouting
    lettered: Lettered
    enclosing: Enclosing
    unanswered: Unanswered
    approves: Callable[[Handler], Approving]  # by what opens cases
    handlers: Mapping[str, Handler]

    def rooms(self, others: Mapping[str, Handler]) -> dict[str, Handler]:
        """Return all handlers; what others tell in a case's topic is told by letter as well."""
        told: dict[str, Handler] = {
            "case.opened": self._opened(others["case.opened"]),
            "case.detailed": self._opened(others["case.detailed"]),
            "case.told": self._reported(others["case.told"]),
            "case.written": self._written(others["case.written"]),
            "case.shown": self.enclosing.shown(others["case.shown"]),
        }
        return {**others, **self.handlers, **told, **self.approves(told["case.opened"]).handlers}

    def _opened(self, opens: Handler) -> Handler:
        def opened(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
            facts = opens(tx, event, scene)
            self.lettered.opened(tx, facts["case"], scene.now)
            self.enclosing.opened(tx, facts["case"], event.data.get("files", ()), scene)
            if "run" in event.data:
                self.enclosing.gathered(tx, facts["case"], event, scene)
            return facts

        return opened

    def _reported(self, reports: Handler) -> Handler:
        def reported(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
            facts = reports(tx, event, scene)
            self.lettered.opened(tx, facts["case"], scene.now)
            self.enclosing.gathered(tx, facts["case"], event, scene)
            return facts

        return reported

    def _written(self, writes: Handler) -> Handler:
        def written(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
            facts = writes(tx, event, scene)
            self.lettered.written(tx, event, scene.now)
            self.enclosing.told(tx, event.data["case"], event.data["files"], scene)
            return facts

        return written


def _no_letters(_: Connection, __: Event, ___: Scene) -> Mapping[str, Any]:
    return {"on": False, "reason": "desk"}


def _nothing_is_chosen(_: Connection, __: Event, ___: Scene) -> Mapping[str, Any]:
    return {"allowed": False}


def _no_answers(_: Connection, __: Event, ___: Scene) -> Mapping[str, Any]:
    return {"counts": {}}


def _nothing_waits(_: Connection, __: Event, ___: Scene) -> Mapping[str, Any]:
    return NO_FACTS


# What is told of whether or not there is a desk.
WITHOUT_A_DESK: Mapping[str, Handler] = {
    "approval.due": _nothing_waits,
    "automatic.chosen": _nothing_is_chosen,
    "automatic.listed": _no_answers,
    "files.due": _nothing_waits,
    "team.letters": _no_letters,
}


def build(
    *,
    relay: Relay,
    boards: Boards,
    desk: Desk,
    nearest: Nearest,
    automatic: Automatic,
    register: Register,
    listed: tuple[Address, ...],
) -> Answering:
    """Put the rooms together. `listed` are addresses that are told of every case by letter."""

    def approves(opens: Handler) -> Approving:
        return Approving(
            words=relay.words, boards=boards, desk=desk, topics=nearest.topics, automatic=automatic, opens=opens
        )

    rerouting = Rerouting(relay=relay)
    canned = Canned(relay=relay, nearest=nearest)
    lettered = Lettered(relay=relay, listed=listed, new_id=relay.new_id)
    enclosing = Enclosing(relay=relay, register=register)
    unanswered = Unanswered(words=relay.words, boards=boards, hours=desk.hours, nearest=nearest)
    handlers: dict[str, Handler] = {
        "case.enclosed": enclosing.enclosed,
        "files.due": enclosing.due,
        "answer.sent_again": rerouting.send_again,
        "letter.refused": lettered.refused,
        "team.letters": lettered.switched,
        "topic.copied": canned.copied,
        "topic.sent": canned.sent,
        "topic.shown": canned.shown,
        "topic.suggested": Suggesting(relay=relay, boards=boards).suggested,
        "topics.searched": canned.searched,
    }
    return Answering(
        rerouting=rerouting,
        lettered=lettered,
        enclosing=enclosing,
        unanswered=unanswered,
        approves=approves,
        handlers=handlers,
    )
