"""An hour to come, by the clock on the wall: when something is to be done for whoever asks."""

import re
from dataclasses import replace
from datetime import date

from flows.event_kinds import Coming, Moment
from flows.grammar import NotUnderstood, Partly, Reading, Understood, Voice
from flows.said import Said

# „rīt 9”, „1. decembrī 10.00”, „18.00 piektdien”: an hour that no word introduces.
_BARE = (
    re.compile(r"(?<![\d.:])(?P<hour>\d{1,2})(?:[.:](?P<minute>\d{2}))?\s*$"),
    re.compile(r"^\s*(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?![\d.])"),
)


class Appointed(Coming):
    """A day and an hour; one without the other is a part."""

    def read(self, said: Said, today: date) -> Reading[Moment] | None:
        """Read „piektdien plkst. 18”, „rīt 9”, „1. decembrī 10.00”; of hours from and until the first."""
        # With the hour introduced it is read as others are; without, as it was typed, which may be a date: „1.12”.
        readings = [super(Appointed, self).read(replace(said, text=text), today) for text in _ways(said.text)]
        whole = next((one for one in readings if isinstance(one, Understood)), None)
        part = next((one for one in reversed(readings) if isinstance(one, Partly)), None)
        found = whole or part
        if found is None:
            failed = next((one for one in reversed(readings) if isinstance(one, NotUnderstood)), None)
            return replace(failed, given=said.text) if failed else None
        return self.complete(replace(found.value, end=None))

    def complete(self, value: Moment) -> Understood[Moment] | Partly[Moment]:
        """Say which of the two is missing."""
        if value.day is None:
            return Partly(value=value, ask="Kurā dienā?")
        if value.start is None:
            return Partly(value=value, ask="Cikos? Piemēram, „plkst. 10”.")
        return Understood(value=value)

    def show(self, value: Moment, voice: Voice) -> str:
        """Say the day and the hour."""
        return "" if value.day is None else voice.hours(value.day, value.start, None)


def _ways(text: str) -> list[str]:
    """Return a text as it can be read: with a bare hour introduced, and as it is."""
    for pattern in _BARE:
        if match := pattern.search(text):
            rest = text[: match.start()] + text[match.end() :]
            return [f"{rest.strip()} plkst. {match['hour']}.{match['minute'] or '00'}".strip(), text]
    return [text]
