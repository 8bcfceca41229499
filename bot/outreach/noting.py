"""Noting: hears what becomes of what people say, and notes what was said about an event, or to an announcement.

What is answered, and how, is decided as for everything else that people say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.asking import EVENTS_TOPIC
from bot.conversation.response import Event
from bot.inbox.ledger import inbound
from bot.messages import LETTERS
from bot.outreach import about, broadcasts, progress, replies
from bot.rooms import Handler, Scene
from knowledge.acts import is_question
from knowledge.latvian.text import fold

_OF_ALL = re.compile(r"pasakum|event|мероприят")
_OF_CASES = frozenset({"question", "request", "message"})  # kinds of cases that a reply becomes


@dataclass(frozen=True, kw_only=True, slots=True)
class _Subject:
    """What a message is about: the column that names it, the kind of broadcast that told of it, a word for staff."""

    reference: Mapping[str, int]
    kind: str
    called: str
    title: str
    replies: bool  # answers a message of ours about it, and does not merely follow it


@dataclass(frozen=True, kw_only=True, slots=True)
class Noting:
    """Wraps handlers; `board` shows staff under the announcement how many have asked."""

    board: progress.Board

    def wrapped(self, opens: Handler, answers: Handler) -> dict[str, Handler]:
        """Return the handlers of cases and of answers, with what each was about noted."""

        def opened(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
            found = _subject(tx, scene) if event.data["kind"] in _OF_CASES else None
            if found is None:
                return opens(tx, event, scene)
            details = {**event.data.get("details", {}), found.called: found.title}
            facts = opens(tx, replace(event, data={**event.data, "details": details}), scene)
            tells = event.data["kind"] == "question" and not is_question(event.data.get("subject") or "")
            kind = replies.PROBLEM if tells else replies.QUESTION
            self._note(tx, found, scene, kind=kind, case_id=facts.get("case"))
            return facts

        def answered(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
            found = _subject(tx, scene) if event.data["what"] == "answered" else None
            if found is not None and (found.replies or _follows(tx, event, scene)):
                self._note(tx, found, scene, kind=replies.QUESTION)
            return answers(tx, event, scene)

        return {"case.opened": opened, "consultation.given": answered}

    def _note(self, tx: Connection, found: _Subject, scene: Scene, *, kind: str, case_id: int | None = None) -> None:
        replies.keep(tx, found.reference, scene, kind=kind, case_id=case_id)
        announced = broadcasts.standing(tx, found.reference, found.kind)
        if announced is not None and announced.progress_id is not None:
            self.board.tell(tx, announced.id, scene.now)


def _follows(tx: Connection, event: Event, scene: Scene) -> bool:
    """Whether a question that follows an announcement is about that event, and not about which others there are."""
    if scene.chat.channel == LETTERS:
        return False  # a letter of its own begins anew
    said = tx.execute(sa.select(inbound.c.text).where(inbound.c.id == scene.inbound_id)).scalar() or ""
    return event.data["topic"] == EVENTS_TOPIC and not _OF_ALL.search(fold(said))


def _subject(tx: Connection, scene: Scene) -> _Subject | None:
    event = about.event_of(tx, scene.contact_id, scene.answers, scene.reply_to, scene.now)
    if event is not None:
        row, title = event.event, event.event.title
        return _Subject(
            reference={"event_id": row.id}, kind="event", called="par pasākumu", title=title, replies=event.replies
        )
    row = about.announcement_of(tx, scene.contact_id, scene.answers, scene.reply_to)
    if row is None:
        return None
    reference = {"announcement_id": row.id}
    return _Subject(reference=reference, kind="news", called="par paziņojumu", title=row.title, replies=True)
