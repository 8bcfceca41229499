"""The standing: what the rooms know of whoever writes in a group, looked up before it is decided what to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from knowledge.places import Point


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseView:
    """A case as its staff see it."""

    id: int
    state: str  # open | closed
    document: str = ""  # number of a submission
    owner: str = ""  # address of the member of staff who has it
    owner_name: str = ""
    answered_by: str = ""  # address of who answered last
    answered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A message on one of the boards of the staff's group, and what it is about (an id, as that board counts)."""

    board: str
    subject: int
    kind: str = ""  # what of it


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistrationView:
    """A registration as its staff see it."""

    id: int
    reference: str
    state: str
    decided_name: str = ""  # of the member of staff who accepted or rejected it


@dataclass(frozen=True, kw_only=True, slots=True)
class EventView:
    """An event as a conversation knows it; its hours are those of the clock on the wall."""

    key: str
    title: str
    where: str
    day: date
    start: time
    end: time | None
    starts_at: datetime
    lat: float | None = None  # WGS 84 degrees
    lon: float | None = None
    cancelled: bool = False
    text: str = ""  # what people are told besides
    contact: str = ""  # whom they can ask
    my_state: str = ""  # coming | waiting | offered; '' for who has said nothing
    my_people: int = 0
    announced: str = ""  # state of its announcement, for those who organise; '' where there was none
    answers: Mapping[str, Any] = field(default_factory=dict)  # as they were given when it was planned


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnouncementView:
    """An announcement without an event, as those who write them see it."""

    key: str
    title: str
    state: str = ""  # of its broadcast; '' where there was none
    at: datetime | None = None  # when that ended, or begins
    answers: Mapping[str, Any] = field(default_factory=dict)  # as they were given when it was written


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Who writes, and about which case. Of a person in their own conversation only the events are known, if at all."""

    role: str = ""  # staff | coordinator | admin; '' for nobody of ours
    name: str = ""
    address: str = ""  # of one of ours who writes by letter: theirs in the team
    told_at: datetime | None = None  # when the letter went out that they answer
    case: CaseView | None = None  # whose topic it is, or whose message is replied to
    post: Post | None = None  # on a board, that is replied to or tapped
    registration: RegistrationView | None = None  # what that post is about, on the board of registrations
    to_person: bool = False  # whether the message that is replied to is the person's own, mirrored
    pair: int = 0  # of the messages that an edit or a reaction is about, where one shows the other
    events: tuple[EventView, ...] = ()  # to come, the soonest first; looked up where a message may be about them
    looked: bool = False  # whether they were looked up
    about: str = ""  # the event or announcement that the message answers, or the event that it follows
    replies: bool = False  # whether it answers it
    near: Point | None = None  # where the person is, as far as they have told: nearest events first
    organised: tuple[EventView, ...] = ()  # of every state, for one of ours
    announcements: tuple[AnnouncementView, ...] = ()  # the same


NOBODY = Standing()
