"""A clock that tests move."""

from datetime import UTC, datetime, timedelta


class MovedClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """Return the time it stands at."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by

    def move_to(self, at: datetime) -> None:
        """Let time pass until then; never back."""
        self._now = max(self._now, at.astimezone(UTC))
