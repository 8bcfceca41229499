"""Known: what the conversation knows of the world, and what every template may speak of."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.attachments.content import LARGEST
from bot.conversation.world import World
from bot.desk import canned
from bot.desk.automatic import NONE, Automatic
from bot.people import permissions
from bot.people.privacy.retention import Retention
from bot.settings import Settings
from flows.catalogue import FLOWS, MAIN_FLOW
from knowledge import topic
from knowledge.search import Index
from knowledge.understanding import open_index, understand

_FIRST_TOPICS = ("which-trees-count", "what-is-mapmytree", "planting-date-cutoff")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]


@dataclass(frozen=True, kw_only=True)
class Known:
    """The world, what is nearest to a question however unsure, and which topics are answered without a person."""

    world: World
    nearest: canned.Nearest
    automatic: Automatic


def known_of(settings: Settings) -> Known:
    """Load it."""
    topics, index = _library()
    by_id = {known.id: known for known in topics}
    marked = {known.id for known in topics if known.approve}
    automatic = Automatic(mode=settings.approve if settings.staff_topics else NONE, marked=marked)
    world = World(
        flows=FLOWS,
        main_flow=MAIN_FLOW,
        topics=by_id,
        first_topics=_FIRST_TOPICS,
        understand=lambda text: understand(text, index),
        new_id=ids().__next__,
        notice_version=permissions.VERSION,
        draft_lives=settings.draft_lives,
        largest_file=LARGEST,
        waits=automatic.waits,
    )
    return Known(world=world, nearest=canned.Nearest(topics=by_id, rank=index.rank), automatic=automatic)


@cache
def _library() -> tuple[tuple[topic.Topic, ...], Index]:
    """Read the topics and what the search has learnt of them: once in a process, for neither changes."""
    topics = topic.load()
    return topics, open_index(topics)


def ids() -> Iterator[str]:
    """Make 80 random bits as 16 characters that survive lower case: an id may be part of a letter's address.

    Randomness is fetched for many at once, because whoever asks the system for it gives way to the other threads.
    """
    while True:
        random = secrets.token_bytes(10 * 256)
        for start in range(0, len(random), 10):
            number = int.from_bytes(random[start : start + 10], "big")
            yield "".join([_PAIRS[number >> place & 1023] for place in range(0, 80, 10)])


def facts_of(settings: Settings) -> Mapping[str, Any]:
    """Return what templates may say of the house."""
    return {
        "privacy_url": settings.privacy_url,
        "privacy_controller": settings.privacy_controller,
        "privacy_contact": settings.privacy_contact,
        "privacy_basis": settings.privacy_basis,
        "draft_days": settings.draft_days,
        "raw_days": settings.raw_days,
        "retention": Retention.of(settings).told(),
    }
