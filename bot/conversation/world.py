"""What the conversation knows beside what was said: flows, topics, the hour, a source of ids. All passed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from flows.grammar import Flow
from knowledge.topic import Topic
from knowledge.understanding import Understanding


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Fixed for the life of the process."""

    flows: Mapping[str, Flow]
    main_flow: str  # what „reģistrēt” means
    topics: Mapping[str, Topic]
    first_topics: tuple[str, ...]  # offered to somebody who does not know what to ask
    understand: Callable[[str], Understanding]
    new_id: Callable[[], str]  # unguessable, 16 characters a-z 2-7
    notice_version: str  # of the privacy notice
    nudge_after: tuple[timedelta, ...] = (timedelta(days=2), timedelta(days=7))
    draft_lives: timedelta = timedelta(days=30)
    largest_file: int = 20 * 1024 * 1024  # bytes; channels hand out no more
    waits: Callable[[str], bool] = lambda _: False  # whether a person looks at a topic's answer before it goes
    burst_limit: int = 20  # messages a minute from one person
