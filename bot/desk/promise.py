"""By when a person answers: working hours in Riga, Latvian holidays, the shortened day before one. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.clock import RIGA

_FRIDAY = 4
_ROUND = timedelta(minutes=30)
# Labour Law, section 135: the day before a holiday is one hour shorter.
_SHORTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Monday to Friday, from `start` to `end`."""

    start: time
    end: time

    @classmethod
    def parse(cls, written: str) -> "WorkingHours":
        """Read `08:30-17:00`; raises ValueError."""
        start, _, end = written.partition("-")
        hours = cls(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))
        if hours.start >= hours.end:
            raise ValueError(written)
        return hours

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """Return when work begins and ends on a day; None when nobody works."""
        if day.weekday() > _FRIDAY or day in _holidays(day.year):
            return None
        begin, end = (datetime.combine(day, at, RIGA) for at in (self.start, self.end))
        tomorrow = day + timedelta(days=1)
        return begin, end - _SHORTER if tomorrow in _holidays(tomorrow.year) else end


def promise(now: datetime, hours: WorkingHours, working: timedelta) -> datetime:
    """Return by when an answer is promised: so much working time from now, rounded up to the half hour."""
    at = now.astimezone(RIGA)
    left = working
    day = at.date()
    while True:
        if open_ := hours.on(day):
            begin, end = max(open_[0], at), open_[1]
            if begin < end and left <= end - begin:
                return _round_up(begin + left)
            left -= max(end - begin, timedelta())
        day += timedelta(days=1)


def _round_up(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)
    return at + (_ROUND - over if over else timedelta())


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - loaded when the first promise is made

    return frozenset(holidays.country_holidays("LV", years=year))
