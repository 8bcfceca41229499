"""Looking: which events a person may be speaking of, looked up only where their words can be about events."""

import re

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.conversation.standing import Standing
from bot.desk import team
from bot.messages import Inbound
from bot.outreach import announcements, attendance, events
from bot.people import contacts
from knowledge.latvian.text import fold

_MAY_BE = re.compile(
    r"pasak|manipasak|pazinoj|talk|stadisan|semin|brivprat|piedal|piesak|pieteik|pierakst|nak[sa]|naks|nakam|atnak|busu|busim|"
    r"ierad|atbrauk|netiek|netiks|nevares|nevar|nebus|atsak|event|planting|volunt|coming|come|count|make it|there|"
    r"мероприят|посадк|толок|семинар|волонт|прид|буд|участв|смог",
)
_LOOKED_AT = 400  # characters


def curious(item: Inbound) -> bool:
    """Whether what somebody says may be about an event: a wide net, since it costs one query."""
    return bool(_MAY_BE.search(fold(item.said.text[:_LOOKED_AT])))


def standing(tx: Connection, item: Inbound, clock: Clock) -> Standing:
    """Return the events to come, with what this person has said of them, and those that one of ours may lead."""
    now = clock.now()
    contact_id = contacts.owner(tx, item.sender)
    if contact_id is None:
        return Standing(events=events.upcoming(tx, now, {}))
    mine = attendance.of_person(tx, contact_id)
    upcoming = events.upcoming(tx, now, mine)
    if not team.plays(tx, contact_id, "coordinator"):
        return Standing(events=upcoming)
    return Standing(events=upcoming, organised=events.organised(tx, now), announcements=announcements.recent(tx, now))
