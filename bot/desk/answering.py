"""Answering: the rooms that carry out what staff answer with, put together for the desk."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk.canned import Canned, Nearest
from bot.desk.relay import Relay
from bot.desk.rerouting import Rerouting
from bot.rooms import Handler


@dataclass(frozen=True, kw_only=True, slots=True)
class Answering:
    """What the desk has beside the relay. `handlers` are by type of event."""

    rerouting: Rerouting
    handlers: Mapping[str, Handler]


def build(relay: Relay, nearest: Nearest) -> Answering:
    """Put the rooms together."""
    rerouting = Rerouting(relay=relay)
    canned = Canned(relay=relay, nearest=nearest)
    handlers: dict[str, Handler] = {
        "answer.sent_again": rerouting.send_again,
        "topic.copied": canned.copied,
        "topic.sent": canned.sent,
        "topic.shown": canned.shown,
        "topics.searched": canned.searched,
    }
    return Answering(rerouting=rerouting, handlers=handlers)
