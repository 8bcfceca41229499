"""The question when: a day, a month, a season or a year, as exactly as the person knows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flows.grammar import Answers, Json, L, NotUnderstood, Option, Question, Reading, Understood, Voice
from flows.said import Said
from knowledge.acts import acts
from knowledge.found import Found
from knowledge.latvian.dates import BadDate, Period, find_dates
from knowledge.latvian.text import words

_OF_TODAY = ("so", "vakar", "aizvakar", "nupat", "tikko", "today", "this")  # count from today, whatever was said before
_NO_SUCH_DAY = L("Tāda datuma nav: „%(given)s”.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Planted:
    """A stretch of days, both included; without days it is not known any more."""

    first: date | None = None
    last: date | None = None
    precision: str = "unknown"  # day month season year range unknown


@dataclass(frozen=True, kw_only=True)
class When(Question[Planted]):
    """When something was done, in the past."""

    def read(self, said: Said, today: date) -> Reading[Planted] | None:
        """Read a date in any usual form; „neatceros” is an answer too."""
        if not said.text:
            return None
        found = find_dates(said.text, today)
        if periods := _periods(found):
            return _joined(periods)
        if bad := next((item for item in found if isinstance(item.value, BadDate)), None):
            return _no_such_day(said.text, bad)
        if any(act.kind == "dont_know" for act in acts(said.text)):
            return Understood(value=Planted(), spans=((0, len(said.text)),))
        return NotUnderstood(why=L("Nesapratu datumu „%(given)s”."), given=said.text)

    def find(self, said: Said, today: date) -> Reading[Planted] | None:
        """Find a date that can be nothing else."""
        found = find_dates(said.text, today) if said.text else []
        if sure := [item for item in _periods(found) if item.value.sure]:
            return _joined(sure)
        bad = next((item for item in found if isinstance(item.value, BadDate)), None)
        return _no_such_day(said.text, bad) if bad else None

    def correct(self, old: Planted, wrong: str, right: str, today: date) -> Planted | None:
        """Read „ne pavasarī, bet rudenī” within the year that was told before: who leaves it out means the same one."""
        now = super().correct(old, wrong, right, today)
        if now is None or old.last is None or any(word.folded.startswith(_OF_TODAY) for word in words(right)):
            return now
        then = super().correct(old, wrong, right, date(old.last.year, 12, 31))
        return then if then and then.last and then.last.year == old.last.year else now

    def told(self, value: Planted) -> Mapping[str, Json]:
        """Return the days, both included."""
        first = None if value.first in {None, date.min} else value.first
        days = [day.isoformat() if day else None for day in (first, value.last)]
        return {self.key: {"from": days[0], "to": days[1]}}

    def show(self, value: Planted, voice: Voice) -> str:
        """Say it as exactly as it was told."""
        if value.first is None or value.last is None:
            return voice.text(L("nav zināms"))
        if value.first == date.min:
            return voice.text(L("pirms %(day)s"), day=voice.day(value.last))
        return voice.period(value.first, value.last, value.precision)

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """One button, for those who have forgotten."""
        return (Option(label=L("Neatceros"), value=[None, None, "unknown"]),)

    def encode(self, value: Planted) -> Json:
        """Write the days as ISO."""
        days = [day.isoformat() if day else None for day in (value.first, value.last)]
        return [*days, value.precision]

    def decode(self, stored: Json) -> Planted:
        """Read the days back."""
        first, last, precision = stored
        if first is None or last is None:
            return Planted()
        return Planted(first=date.fromisoformat(first), last=date.fromisoformat(last), precision=str(precision))


def _no_such_day(text: str, bad: Found[Period | BadDate]) -> NotUnderstood:
    return NotUnderstood(why=_NO_SUCH_DAY, given=text[bad.start : bad.end], stated=True)


def _periods(found: list[Found[Period | BadDate]]) -> list[Found[Period]]:
    return [Found(item.value, item.start, item.end) for item in found if isinstance(item.value, Period)]


def _joined(found: list[Found[Period]]) -> Understood[Planted]:
    """Take several dates of one answer as the stretch from the first to the last."""
    spans = tuple((item.start, item.end) for item in found)
    if len({(item.value.first, item.value.last) for item in found}) == 1:
        one = found[0].value
        return Understood(value=Planted(first=one.first, last=one.last, precision=one.precision), spans=spans)
    first = min(item.value.first for item in found)
    last = max(item.value.last for item in found)
    return Understood(value=Planted(first=first, last=last, precision="range"), spans=spans)
