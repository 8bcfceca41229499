"""Looking: which events a person may be speaking of, looked up only where their words can be about events."""

import re
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.conversation.standing import Standing
from bot.desk import team
from bot.messages import Inbound
from bot.outreach import about, announcements, attendance, events, matters
from bot.outreach.audience import preferences
from bot.people import contacts
from bot.registrations.records import registrations
from knowledge.latvian.text import fold
from knowledge.places import Place, Point, find_places

_MAY_BE = re.compile(
    r"pasak|manipasak|pazinoj|talk|stadisan|semin|brivprat|piedal|piesak|pieteik|pierakst|nak[sa]|naks|nakam|atnak|busu|busim|"
    r"ierad|atbrauk|netiek|netiks|nevares|nevar|nebus|atsak|event|planting|volunt|coming|come|count|make it|there|"
    r"мероприят|посадк|толок|семинар|волонт|прид|буд|участв|смог",
)
_LOOKED_AT = 400  # characters


def curious(item: Inbound) -> bool:
    """Whether what somebody says may be about an event: a wide net, since it costs one query."""
    topic = item.envelope.topic if item.envelope else ""
    return bool(_MAY_BE.search(fold(f"{topic}\n{item.said.text[:_LOOKED_AT]}")))


def standing(tx: Connection, item: Inbound, clock: Clock) -> Standing:
    """Return the events to come, with what this person has said of them, and those that one of ours may lead."""
    now = clock.now()
    contact_id = contacts.owner(tx, item.sender)
    if contact_id is None:
        return Standing(events=events.upcoming(tx, now, {}), looked=True)
    mine = attendance.of_person(tx, contact_id)
    upcoming = events.upcoming(tx, now, mine)
    found = about.event_of(tx, contact_id, item.answers, item.reply_to, now)
    theirs = Standing(events=upcoming, looked=True, near=_place_of(tx, contact_id))
    if found:
        theirs = replace(theirs, about=found.event.key, replies=found.replies)
    elif announced := about.announcement_of(tx, contact_id, item.answers, item.reply_to):
        theirs = replace(theirs, about=announced.key, replies=True)
    if not team.plays(tx, contact_id, "coordinator"):
        return theirs
    states = matters.announced(tx)
    organised = tuple(replace(one, announced=states.get(one.key, "")) for one in events.organised(tx, now))
    return replace(theirs, organised=organised, announcements=announcements.recent(tx, now))


def _place_of(tx: Connection, contact_id: int) -> Point | None:
    """Return where a person is: where their latest trees are, or the municipality that they want news of."""
    listed = registrations.c
    placed = sa.select(listed.about_lat, listed.about_lon).where(
        listed.contact_id == contact_id, listed.about_lat.is_not(None)
    )
    if row := tx.execute(placed.order_by(listed.id.desc()).limit(1)).first():
        return Point(row.about_lat, row.about_lon)
    chosen = sa.select(preferences.c.municipality).where(preferences.c.contact_id == contact_id)
    name = tx.execute(chosen).scalar()
    found = find_places(name, answering=True) if name else ()
    return next((one.value.centre for one in found if isinstance(one.value, Place) and one.value.centre), None)
