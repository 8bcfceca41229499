"""The digest: what waits for staff, told once on the morning of every working day."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import pulses
from bot.clock import RIGA
from bot.desk import team
from bot.desk.cases import cases
from bot.desk.promise import WorkingHours
from bot.notices import Notices

_PULSE = "digest"
_MORNING = timedelta(hours=2)  # from the opening hour: who starts later is told nothing that they have seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """Tells the staff's group how many promises fall due today, and how many are late."""

    notices: Notices
    hours: WorkingHours

    def tell(self, tx: Connection, now: datetime) -> None:
        """Tell it, if it is such a morning and nobody has yet; with nothing waiting there is nothing to tell."""
        today = now.astimezone(RIGA)
        open_ = self.hours.on(today.date())
        if open_ is None or not open_[0] <= today < open_[0] + _MORNING:
            return
        last = pulses.last(tx, _PULSE)
        if last and last.at.astimezone(RIGA).date() == today.date():
            return
        pulses.beat(tx, _PULSE, now)
        evening = datetime.combine(today.date(), time.max, RIGA)
        is_open = cases.c.state == "open"
        due = _count(tx, is_open, cases.c.promised_at >= now, cases.c.promised_at <= evening)
        late = _count(tx, is_open, cases.c.promised_at < now, cases.c.answered_at.is_(None))
        free = _count(tx, is_open, cases.c.owner.is_(None))
        away = [
            {"name": one.name, "until": one.away[1], "open": _count(tx, is_open, cases.c.owner == str(one.address))}
            for one in team.members(tx)
            if one.away and one.is_away(today.date())
        ]
        if due or late or free or any(one["open"] for one in away):
            self.notices.post(tx, "desk_digest", now, due=due, late=late, free=free, away=away)


def _count(tx: Connection, *which: sa.ColumnElement[bool]) -> int:
    return tx.execute(sa.select(sa.func.count()).select_from(cases).where(*which)).scalar_one()
