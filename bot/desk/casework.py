"""Casework: the rooms that carry out what becomes of cases, put together for the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.desk.boards import Boards
from bot.desk.calling import Calling
from bot.desk.conduct import Conduct
from bot.desk.contacting import Contacting
from bot.desk.mirroring import Mirroring
from bot.desk.overview import Overview
from bot.desk.promise import WorkingHours
from bot.desk.relay import Relay
from bot.desk.restoring import Restoring
from bot.desk.summaries import Summaries
from bot.notices import Notices
from bot.rooms import Handler

# What the conversation tells of whether or not there is a desk.
TOLD_ANYWAY = ("case.edited", "case.reacted", "mirror.gathered", "cases.crowded")


@dataclass(frozen=True, kw_only=True, slots=True)
class Casework:
    """What the desk has beside the relay. `handlers` are by type of event."""

    restoring: Restoring
    overview: Overview
    handlers: Mapping[str, Handler]


def build(
    *,
    relay: Relay,
    boards: Boards,
    notices: Notices,
    summaries: Summaries,
    hours: WorkingHours,
    answer_within: timedelta,
) -> Casework:
    """Put the rooms together."""
    mirroring = Mirroring(relay=relay)
    overview = Overview(boards=boards, notices=notices)
    calling = Calling(relay=relay, hours=hours, answer_within=answer_within)
    handlers: dict[str, Handler] = {
        "case.answered": relay.answered,
        "case.claimed": relay.claimed,
        "case.closed": relay.closed,
        "case.edited": mirroring.edited_by_person,
        "case.passed": relay.passed,
        "case.rated": relay.rated,
        "case.reacted": mirroring.reacted_by_person,
        "case.released": relay.released,
        "case.shown": mirroring.shown,
        "case.themed": relay.themed,
        "case.undone": relay.undone,
        "case.written": mirroring.written,
        "cases.crowded": overview.tell,
        "cases.listed": relay.listed,
        "mirror.edited": mirroring.edited_by_staff,
        "mirror.gathered": mirroring.gathered,
        "mirror.reacted": mirroring.reacted_by_staff,
        **calling.handlers,
        **Contacting(relay=relay).handlers,
        **Conduct().handlers,
    }
    return Casework(restoring=Restoring(relay=relay, summaries=summaries), overview=overview, handlers=handlers)
