"""The week: what coordinators are told on the first working morning of each, by every way they can be written to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.engine import Connection

from bot import pulses
from bot.clock import RIGA
from bot.delivery.outbox import Lane
from bot.desk import team
from bot.desk.promise import WorkingHours
from bot.documents import orders
from bot.messages import LETTERS, Address
from bot.people import contacts
from bot.progress import counting, happenings, tallies
from bot.progress.counting import Sum
from flows.catalogue import MAIN_FLOW

WEEKLY = "weekly"  # the kind of its order, and the name of its pulse
_ROLE = "coordinator"
_LATE = timedelta(days=2)  # after that the week is no longer news
_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """A week that is over, Monday to Sunday, beside the one before."""

    first: date
    last: date
    told: Sum
    before: Sum  # told in the week before
    municipalities: Mapping[str, Sum]
    answered: int
    unanswered: int
    given_up: int  # drafts of a registration
    ahead: Sequence[tuple[date, str]] = ()  # day and title of the events of the week that begins


def tell(tx: Connection, now: datetime, hours: WorkingHours) -> int:
    """Order the summary for every coordinator, once a week; return for how many addresses.

    The pulse and the orders are one transaction: whoever dies in between has told nobody, and it is told again.
    """
    opened = _opened(now.astimezone(RIGA).date(), hours)
    if opened is None or not opened <= now < opened + _LATE:
        return 0
    last = pulses.last(tx, WEEKLY)
    if last and last.at >= opened:
        return 0
    pulses.beat(tx, WEEKLY, now)
    told = _addresses(tx)
    for address, contact_id in told:
        orders.place(
            tx,
            kind=WEEKLY,
            payload={"at": now.isoformat()},
            chat=address,
            contact_id=contact_id,
            now=now,
            lane=Lane.NOTICE,
        )
    return len(told)


def week(tx: Connection, now: datetime) -> Week:
    """Look at the week that ended before now."""
    monday = _monday(now.astimezone(RIGA).date())
    begins = [_midnight(monday - _WEEK * back) for back in (2, 1, 0)]
    found = counting.groups(tx, begins)
    mine = [group for group in found if group.span == 2]
    first, last = monday - _WEEK, monday - timedelta(days=1)
    happened = tallies.between(tx, first, last, [*tallies.CONSULTATIONS, tallies.STOPPED])

    def number(what: str) -> int:
        return sum(tally.number for tally in happened if tally.what == what)

    return Week(
        first=first,
        last=last,
        told=counting.total(mine),
        before=counting.total(group for group in found if group.span == 1),
        municipalities=counting.by_municipality(group for group in counting.places(tx, begins) if group.span == 2),
        answered=number(tallies.ANSWERED),
        unanswered=number(tallies.UNANSWERED) + number(tallies.PERSON),
        given_up=sum(tally.number for tally in happened if tally.subject.startswith(f"{MAIN_FLOW}.")),
        ahead=happenings.ahead(tx, now, _midnight(monday + _WEEK)),
    )


def _addresses(tx: Connection) -> list[tuple[Address, int]]:
    """Return where coordinators can be reached: the chat by which they joined, and the letters linked with it."""
    found: dict[Address, int] = {}
    for member in team.members(tx):
        contact_id = contacts.owner(tx, member.address)
        if member.role != _ROLE or contact_id is None:
            continue
        working = contacts.reachable(tx, contact_id)
        found |= {address: contact_id for address in working if address == member.address or address.channel == LETTERS}
    return list(found.items())


def _opened(today: date, hours: WorkingHours) -> datetime | None:
    """Return when work begins in the week of a day: on Monday, or after holidays later; None in one without work."""
    days = (_monday(today) + timedelta(days=number) for number in range(7))
    return next((open_[0] for day in days if (open_ := hours.on(day))), None)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), RIGA)
