"""Records: a sent registration, its reference number, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event
from bot.conversation.talk import Answer
from bot.database import BigKey, UTCDateTime, metadata
from bot.notices import Notices
from bot.people import permissions
from bot.rooms import Scene
from bot.words import Words
from flows.grammar import Flow, L

_MOST_LISTED = 30
_TOLD = ("plantings", "place")

registrations = sa.Table(
    "registrations",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("reference", sa.String(20), nullable=False, unique=True),  # 3MK-2026-000123; opens nothing
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("run_id", sa.String(16), nullable=False, unique=True),
    sa.Column("follows", sa.String(16), nullable=False, server_default=""),  # first run of a chain of places
    sa.Column("flow", sa.String(40), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),  # received, later: question accepted entered rejected
    sa.Column("eligibility", sa.String(20), nullable=False),  # fits | unfit | staff
    sa.Column("reasons", sa.JSON, nullable=False),  # why it is not a plain „fits”
    sa.Column("warnings", sa.JSON, nullable=False),  # what is odd about the answers, for the review by staff
    sa.Column("answers", sa.JSON, nullable=False),  # as the flow's questions encode them
    sa.Column("trees", sa.Integer),  # in all, as far as counted
    sa.Column("municipality", sa.String(80)),
    sa.Column("planted_from", sa.Date),
    sa.Column("planted_to", sa.Date),
    sa.Column("entered_by", sa.String(10), nullable=False),  # staff | self | '' when nobody is to
    sa.Column("campaign", sa.String(64), nullable=False, server_default=""),
    sa.Column("summary", sa.Text, nullable=False),  # „ozols – 50, liepa – 20”, in Latvian
    sa.Column("started_at", UTCDateTime, nullable=False),
    sa.Column("received_at", UTCDateTime, nullable=False),
    sa.Column("address", sa.String(400)),  # the chat it was sent from
)

# Numbers count within a year; the row is the lock.
reference_numbers = sa.Table(
    "reference_numbers",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last", sa.Integer, nullable=False),
)

# What people read of a registration's state: three states, always in these words.
STATES = {
    "received": L("Pierakstīts pie mums (vēl nav MapMyTree)"),
    "accepted": L("Pārbaudīts"),
    "entered": L("Ievadīts MapMyTree"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    """Writes registrations down and tells staff of them; `words` says what they hold."""

    words: Words
    notices: Notices  # of the staff's chat
    flows: Mapping[str, Flow]  # whose questions can show the stored answers

    def submit(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Write a registration down and return its reference number. The same run is written once."""
        same = sa.select(registrations.c.reference).where(registrations.c.run_id == event.data["run"])
        known = tx.execute(same).scalar()
        if known:
            return {"reference": known}
        reference = _next_reference(tx, scene.now.year)
        facts, summary = event.data["facts"], self._summary(event.data["answers"])
        tx.execute(
            sa.insert(registrations).values(
                reference=reference,
                contact_id=scene.contact_id,
                run_id=event.data["run"],
                follows=event.data["follows"],
                flow=event.data["flow"],
                state="received",
                answers=event.data["stored"],
                warnings=event.data["warnings"],
                campaign=event.data["campaign"],
                summary=summary,
                started_at=event.data["started_at"],
                received_at=scene.now,
                address=str(scene.chat),
                **facts,
            )
        )
        if facts["entered_by"] == "staff":
            given = Event(type="permissions.given", data={"kinds": [permissions.ENTER]})
            permissions.give(tx, given, scene)
        told = {**facts, "warnings": event.data["warnings"], "summary": summary, "reference": reference}
        self.notices.post(tx, "registration", scene.now, **told)
        return {"reference": reference}

    def list_(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002 - a handler's shape
        """Bring up the person's registrations in their language, the newest first."""
        listed = registrations.c
        query = (
            sa.select(listed.reference, listed.flow, listed.answers, listed.summary, listed.state)
            .where(registrations.c.contact_id == scene.contact_id)
            .order_by(registrations.c.id.desc())
            .limit(_MOST_LISTED)
        )
        rows = [
            {
                "reference": row.reference,
                "summary": self._told(row.flow, row.answers, scene.language) or row.summary,
                "state": STATES.get(row.state, STATES["received"]),
            }
            for row in tx.execute(query)
        ]
        return {"registrations": rows}

    def _told(self, flow: str, stored: Mapping[str, Any], language: str) -> str:
        """Say stored answers in a language; '' when this release can no longer read one."""
        voice = self.words.tongue(language)
        told = []
        for key in _TOLD:
            question = self.flows[flow].question(key) if flow in self.flows else None
            if key not in stored:
                continue
            if question is None:
                return ""
            try:
                told.append(question.show(question.decode(stored[key]), voice))
            except (ValueError, KeyError, TypeError):
                return ""
        return "; ".join(told)

    def _summary(self, answers: list[Answer]) -> str:
        """Say what was planted and where, in Latvian: for staff, and for a list that can't read the answers."""
        voice = self.words.tongue("lv")
        told = [answer.question.show(answer.value, voice) for answer in answers if answer.question.key in _TOLD]
        return "; ".join(told)


def _next_reference(tx: Connection, year: int) -> str:
    counted = sa.update(reference_numbers).where(reference_numbers.c.year == year)
    number = tx.execute(counted.values(last=reference_numbers.c.last + 1).returning(reference_numbers.c.last)).scalar()
    if number is None:
        tx.execute(sa.insert(reference_numbers).values(year=year, last=1))
        number = 1
    return f"3MK-{year}-{number:06d}"
