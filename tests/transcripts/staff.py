"""Staff in a transcript: what they do in their group of topics, and what they see the bot do there."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.engine import Connection

from bot import app as house
from bot.conversation.response import Event
from bot.desk import team
from bot.messages import Address
from bot.people import contacts
from bot.rooms import Scene
from tests.botapi import Group, Person, Seat, Seen, Sent, Server
from tests.botapi.icons import ICONS
from tests.botapi.people import Where
from tests.botapi.views import View
from tests.botapi.world import Topic
from tests.transcripts.phone import News, Phone, find
from tests.transcripts.script import COLLEAGUES, PERSON, REACTION, REPLY, STAFF, Step

_TOPIC = re.compile(r"(#\d+)\s+(.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """What somebody has done: whose seat it was, and the tap if it was one, which waits for its answer."""

    seat: Seat
    tap: Sent | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line is said: a topic, the group itself, or somebody's private chat."""

    seat: Seat
    view: View
    thread: int | None

    def find(self, words: str | None = None, label: str = "") -> Seen:
        """Return the bot's latest message here with these words or this button; raises LookupError."""
        return find(self.view, self.thread, words=words, label=label)

    def mirrored(self) -> Seen:
        """Return what the person said last, as the bot has shown it here; raises LookupError where it said nothing."""
        here = [seen for seen in self.view.inbox if seen.thread == self.thread]
        theirs = [seen for seen in here if seen.text.startswith(PERSON) or seen.kind != "text"]
        return theirs[-1] if theirs else self.find()


@dataclass(kw_only=True)
class Staff:
    """The members of staff, whom their signs name, and their group."""

    server: Server
    group: Group
    _sent: dict[tuple[int, int | None], int] = field(default_factory=dict)  # (person, topic) to their last message
    _topics: dict[int, Topic] = field(default_factory=dict)  # as they were at the last look

    def __post_init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._private: dict[str, Phone] = {}
        self._phone = Phone(self.group)

    def do(self, sign: str, line: str, now: datetime) -> Act:
        """Do what a line says; raises LookupError for a button, a message or a topic that is not there."""
        person = self._person(sign)
        place, line = self._place(person, line)
        seat = place.seat
        tap = None
        if match := re.fullmatch(r"\[(.+)\]", line):
            tap = seat.taps(place.find(label=match[1]), match[1])
        elif line.startswith("✏️"):
            seat.edits(self._sent[person.id, place.thread], line.removeprefix("✏️").strip())
        elif match := REACTION.fullmatch(line):
            seat.reacts(place.find(match[3]).message_id, match[2] if match[1] == "⊕" else None)
        elif line == "✖" and place.thread is not None:
            seat.deletes_topic(place.thread)
        else:
            self._say(place, line, now)
        self._topics = self._copy()  # what they did themselves is no news
        return Act(seat=seat, tap=tap)

    def news(self) -> list[Step]:
        """Return what the bot has done in the group, and in private chats with staff, since the last look."""
        before, now = self._topics, self._copy()
        self._topics = now
        begun = [(thread, _begun(before.get(thread), topic)) for thread, topic in now.items()]
        ended = [(thread, _ended(before.get(thread), topic)) for thread, topic in now.items()]
        written = [news for news in self._phone.news() if news.thread is None or news.thread in now]
        steps = [
            *[self._step(News(thread=thread, text=text)) for thread, text in begun if text],
            *[self._step(news) for news in written],
            *[self._step(News(thread=thread, text=text)) for thread, text in ended if text],
            *[Step(STAFF, f"{topic.name} ▸ (dzēsts)") for thread, topic in before.items() if thread not in now],
        ]
        for sign, phone in self._private.items():
            name = self._people[sign].user["first_name"]
            steps += [Step(STAFF, f"✉ {name} ▸ {news.text}") for news in phone.news()]
        return steps

    def _say(self, place: _Place, line: str, now: datetime) -> None:
        where = Where(date=now)
        if place.thread is not None:
            where["thread"] = place.thread
        if match := REPLY.fullmatch(line):
            where["reply_to"], line = place.find(match[1]) if match[1] else place.mirrored(), match[2]
        seat, signs = place.seat, line.split(" ", 1)[0]
        if signs and set(signs) == {"📷"}:
            caption = line.removeprefix(signs).strip() or None
            if len(signs) > 1:
                sent = seat.sends_album([b""] * len(signs), caption, **where)[-1]
            else:
                sent = seat.sends_photo(caption=caption, **where)
        elif line.startswith("📎"):
            name, _, caption = line.removeprefix("📎").strip().partition(" ")
            sent = seat.sends_document(b"%PDF-1.4", name, "application/pdf", caption=caption, **where)
        else:
            sent = seat.sends(line, **where)
        self._sent[seat.user["id"], place.thread] = sent.message_id

    def _place(self, person: Person, line: str) -> tuple[_Place, str]:
        """Return where a line is said, and the rest of it."""
        if line.startswith("✉"):
            return _Place(person, person, None), line.removeprefix("✉").strip()
        seat = self.group.member(person)
        if line.startswith("⌂"):
            return _Place(seat, self.group, None), line.removeprefix("⌂").strip()
        topics = self.group.topics
        if match := _TOPIC.fullmatch(line):
            named = re.compile(rf"{match[1]}(?!\d)")
            found = next((thread for thread, topic in topics.items() if named.match(topic.name)), None)
            if found is None:
                raise LookupError(f"there is no topic {match[1]}, but {[topic.name for topic in topics.values()]}")
            return _Place(seat, self.group, found), match[2]
        return _Place(seat, self.group, max(topics, default=None)), line

    def _person(self, sign: str) -> Person:
        if sign not in self._people:
            person_id, name, _ = COLLEAGUES[sign]
            self._people[sign] = self.server.person(person_id, first_name=name, language_code="lv")
            self._private[sign] = Phone(self._people[sign])
        return self._people[sign]

    def _step(self, news: News) -> Step:
        if news.thread is None:
            return Step(STAFF, news.text)
        return Step(STAFF, f"{self.group.topics[news.thread].name} ▸ {news.text}")

    def _copy(self) -> dict[int, Topic]:
        return {thread: Topic(**vars(topic)) for thread, topic in self.group.topics.items()}


def begin_chats(server: Server) -> None:
    """Let everybody whom a sign names have written to the bot, as who has joined has."""
    for number, name, _ in COLLEAGUES.values():
        server.person(number, first_name=name, language_code="lv", started=True)


async def hire(app: house.App) -> None:
    """Take everybody whom a sign names into the team, as an invitation does."""
    now = app.clock.now()

    def join(tx: Connection) -> None:
        for number, name, role in COLLEAGUES.values():
            code = team.invite(tx, role, now)
            chat = Address("telegram", str(number))
            contact_id = contacts.owner(tx, chat) or contacts.add(tx, chat, now)
            scene = Scene(contact_id=contact_id, chat=chat, now=now, language="lv", inbound_id=0)
            team.join(tx, Event(type="team.joined", data={"code": code, "name": name}), scene)

    await app.database.write(join)


async def hire_by_letter(app: house.App, address: Address, name: str, role: str) -> None:
    """Take an address for letters into the team, as an invitation that is answered by letter does."""
    now = app.clock.now()

    def join(tx: Connection) -> None:
        contact_id = contacts.owner(tx, address) or contacts.add(tx, address, now)
        scene = Scene(contact_id=contact_id, chat=address, now=now, language="lv", inbound_id=0)
        code = team.invite(tx, role, now)
        team.join(tx, Event(type="team.joined", data={"code": code, "name": name}), scene)

    await app.database.write(join)


def _begun(before: Topic | None, now: Topic) -> str:
    """Say that a topic was opened, or is called otherwise."""
    icon = ICONS.get(now.icon, "")
    if before is None:
        return f"(atvērts {icon})".replace(" )", ")")
    changes = ["pārdēvēts"] * (before.name != now.name) + [f"ikona {icon}".strip()] * (before.icon != now.icon)
    changes += ["atvērts no jauna"] * (before.closed and not now.closed)
    return f"({', '.join(changes)})" if changes else ""


def _ended(before: Topic | None, now: Topic) -> str:
    """Say that a topic was closed."""
    return "(aizvērts)" if now.closed and not (before and before.closed) else ""
