"""Quiet hours: when people sleep, and nobody is written to of our own accord."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.clock import RIGA


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """From when until when, by the clock in Riga, over midnight; the same twice is never."""

    begins: time
    ends: time

    @classmethod
    def parse(cls, stated: str) -> "QuietHours":
        """Read „21:00-08:00”; raises ValueError."""
        begins, _, ends = stated.partition("-")
        return cls(begins=time.fromisoformat(begins.strip()), ends=time.fromisoformat(ends.strip()))

    def until(self, now: datetime) -> datetime | None:
        """Return when they end, if it is quiet now."""
        local = now.astimezone(RIGA)
        if self.begins == self.ends or self.ends <= local.time() < self.begins:
            return None
        day = local.date() + timedelta(days=1 if local.time() >= self.begins else 0)
        return datetime.combine(day, self.ends, RIGA)
