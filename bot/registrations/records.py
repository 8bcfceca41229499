"""Records: a sent registration, its reference number, and where it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.attachments import records as attachments
from bot.clock import RIGA
from bot.conversation.response import Event
from bot.conversation.talk import Answer
from bot.database import BigKey, UTCDateTime, metadata
from bot.desk import team
from bot.notices import Notices
from bot.people import contacts, permissions
from bot.registrations import states
from bot.rooms import Scene
from bot.words import Words
from bot.words.rendering import Tongue
from flows.grammar import Flow

_MOST_LISTED = 30
_TOLD = ("plantings", "place", "list")

registrations = sa.Table(
    "registrations",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("reference", sa.String(20), nullable=False, unique=True),  # 3MK-2026-000123; opens nothing
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    sa.Column("run_id", sa.String(16), nullable=False, unique=True),
    sa.Column("follows", sa.String(16), nullable=False, server_default=""),  # first run of a chain of places
    sa.Column("flow", sa.String(40), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),  # see bot.registrations.states
    sa.Column("eligibility", sa.String(20), nullable=False),  # fits | unfit | staff
    sa.Column("reasons", sa.JSON, nullable=False),  # why it is not a plain „fits”
    sa.Column("warnings", sa.JSON, nullable=False),  # what is odd about the answers, for the review by staff
    sa.Column("answers", sa.JSON, nullable=False),  # as the flow's questions encode them
    sa.Column("trees", sa.Integer),  # in all, as far as counted
    sa.Column("municipality", sa.String(80)),
    sa.Column("lat", sa.Float),  # of the trees, WGS 84 degrees
    sa.Column("lon", sa.Float),
    sa.Column("about_lat", sa.Float),  # the same, or else the middle of the village or parish that was named
    sa.Column("about_lon", sa.Float),
    sa.Column("cadastre", sa.String(11), nullable=False, server_default=""),
    sa.Column("planted_from", sa.Date),
    sa.Column("planted_to", sa.Date),
    sa.Column("entered_by", sa.String(10), nullable=False),  # staff | self | '' when nobody is to
    sa.Column("campaign", sa.String(64), nullable=False, server_default=""),
    sa.Column("summary", sa.Text, nullable=False),  # „ozols – 50, liepa – 20”, in Latvian
    sa.Column("started_at", UTCDateTime, nullable=False),
    sa.Column("received_at", UTCDateTime, nullable=False),
    sa.Column("address", sa.String(400)),  # the chat it was sent from
    sa.Column(
        "registered_by", sa.String(400), nullable=False, server_default=""
    ),  # of staff, for somebody on the phone
    sa.Column(
        "decided_by", sa.String(400), nullable=False, server_default=""
    ),  # address of who accepted or rejected it
    sa.Column("decided_name", sa.String(120), nullable=False, server_default=""),
    sa.Column("decided_at", UTCDateTime),
    sa.Column("mapmytree_ref", sa.String(400), nullable=False, server_default=""),  # a link or an id there
    sa.Column("entered_at", UTCDateTime),  # into MapMyTree, or through Reportnet 3
    sa.Index("ix_registrations_place", "lat", "lon"),
    sa.Index("ix_registrations_about", "about_lat", "about_lon"),
    sa.Index("ix_registrations_state", "state"),
)

# Numbers count within a year; the row is the lock.
reference_numbers = sa.Table(
    "reference_numbers",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last", sa.Integer, nullable=False),
)

# Called for a registration, in the transaction in which it arrives (or is entered, or is reported).
Hook = Callable[[Connection, int, datetime], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    """Writes registrations down; `words` says what they hold."""

    words: Words
    flows: Mapping[str, Flow]  # whose questions can show the stored answers
    arrived: Hook  # tells staff

    def submit(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Write a registration down and return its reference number. The same run is written once."""
        same = sa.select(registrations.c.reference).where(registrations.c.run_id == event.data["run"])
        known = tx.execute(same).scalar()
        if known:
            return {"reference": known}
        by_phone = event.data.get("subject") == "other"
        if by_phone and not team.allowed(tx, scene, "staff"):
            return {"reference": ""}
        speaks = scene
        scene = replace(scene, contact_id=_caller(tx, event, scene)) if by_phone else scene
        reference = _next_reference(tx, scene.now.year)
        facts = event.data["facts"]
        new = (
            sa.insert(registrations)
            .values(
                reference=reference,
                contact_id=scene.contact_id,
                run_id=event.data["run"],
                follows=event.data["follows"],
                flow=event.data["flow"],
                state="received",
                answers=event.data["stored"],
                warnings=event.data["warnings"],
                campaign=event.data["campaign"],
                summary=self._summary(event.data["answers"]),
                started_at=event.data["started_at"],
                received_at=scene.now,
                address=None if by_phone else str(scene.chat),
                registered_by=str(speaks.chat) if by_phone else "",
                **facts,
                **where(event.data["stored"]),
            )
            .returning(registrations.c.id)
        )
        registration_id = int(tx.execute(new).scalar_one())
        if facts["entered_by"] == "staff":
            how = "phone" if by_phone else ""
            given = Event(type="permissions.given", data={"kinds": [permissions.ENTER], "how": how})
            permissions.give(tx, given, scene)
        if by_phone:
            attachments.give(tx, event.data["run"], scene.contact_id)
        self.arrived(tx, registration_id, scene.now)
        return {"reference": reference}

    def list_(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:  # noqa: ARG002 - a handler's shape
        """Bring up the person's registrations in their language, the newest first, and whether any can be changed."""
        listed = registrations.c
        query = (
            sa.select(listed.reference, listed.flow, listed.answers, listed.summary, listed.state, listed.entered_at)
            .where(registrations.c.contact_id == scene.contact_id)
            .order_by(registrations.c.id.desc())
            .limit(_MOST_LISTED)
        )
        rows = [
            {
                "reference": row.reference,
                "summary": self.told(row, scene.language),
                "state": said_state(self.words.tongue(scene.language), row.state, row.entered_at),
            }
            for row in tx.execute(query)
        ]
        counting = sa.exists().where(listed.contact_id == scene.contact_id, listed.state.in_(states.COUNTS))
        return {"registrations": rows, "changeable": bool(tx.execute(sa.select(counting)).scalar())}

    def told(self, row: Any, language: str) -> str:
        """Say what was planted and where, in a language."""
        parts = [self.shown(row, key, language) for key in _TOLD if key in row.answers]
        return "; ".join(parts) if all(parts) else row.summary

    def shown(self, row: Any, key: str, language: str) -> str:
        """Say one stored answer; '' where there is none, or when this release can no longer read it."""
        flow = self.flows.get(row.flow)
        question = flow.question(key) if flow else None
        if question is None or key not in row.answers:
            return ""
        try:
            return question.show(question.decode(row.answers[key]), self.words.tongue(language))
        except (ValueError, KeyError, TypeError):
            return ""

    def _summary(self, answers: list[Answer]) -> str:
        """Say what was planted and where, in Latvian: for staff, and for a list that can't read the answers."""
        voice = self.words.tongue("lv")
        told = [answer.question.show(answer.value, voice) for answer in answers if answer.question.key in _TOLD]
        return "; ".join(told)


def _caller(tx: Connection, event: Event, scene: Scene) -> int:
    """Return the contact of somebody on the telephone: a new one, or the same for the next place of a chain."""
    same = sa.and_(registrations.c.run_id == event.data["follows"], registrations.c.registered_by == str(scene.chat))
    known = tx.execute(sa.select(registrations.c.contact_id).where(same)).scalar()
    return int(known) if known else contacts.add_unreachable(tx, scene.now)


def where(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that say where the trees are, from stored answers."""
    place = stored.get("place") or {}
    lat, lon = place.get("lat"), place.get("lon")
    about = (lat, lon) if lat is not None else place.get("centre") or (None, None)
    return {
        "lat": lat,
        "lon": lon,
        "about_lat": about[0],
        "about_lon": about[1],
        "cadastre": place.get("cadastre", ""),
    }


def said_state(tongue: Tongue, state: str, entered_at: datetime | None) -> str:
    """Say a state as people read it: „Ievadīts MapMyTree 2026. gada 3. decembrī”."""
    day = tongue.day(entered_at.astimezone(RIGA).date()) if entered_at else ""
    return tongue.text(states.TOLD[state], day=day).rstrip()


def tell_plainly(notices: Notices, template: str = "registration") -> Hook:
    """Return what tells staff of a registration where they have no desk: one message, without the contact."""

    def arrived(tx: Connection, registration_id: int, now: datetime) -> None:
        row = tx.execute(sa.select(registrations).where(registrations.c.id == registration_id)).one()
        notices.post(tx, template, now, about=row.contact_id, **row._mapping)

    return arrived


def _next_reference(tx: Connection, year: int) -> str:
    counted = sa.update(reference_numbers).where(reference_numbers.c.year == year)
    number = tx.execute(counted.values(last=reference_numbers.c.last + 1).returning(reference_numbers.c.last)).scalar()
    if number is None:
        tx.execute(sa.insert(reference_numbers).values(year=year, last=1))
        number = 1
    return f"3MK-{year}-{number:06d}"
