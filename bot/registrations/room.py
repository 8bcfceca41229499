"""The room of registrations: its parts put together, and which events each of them hears."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.desk.boards import Boards
from bot.notices import Notices
from bot.registrations.amending import Amending
from bot.registrations.asking import Asking
from bot.registrations.cards import Cards
from bot.registrations.entry import Entry, Thanks, no_thanks
from bot.registrations.mending import Mending
from bot.registrations.records import Hook, Records, tell_plainly
from bot.registrations.review import Review
from bot.registrations.survival import Survival
from bot.registrations.telling import Telling
from bot.rooms import NO_FACTS, Handler
from bot.words import Words
from flows.grammar import Flow
from knowledge import entry_form

# What timers and people bring also where staff have no desk any more.
_FROM_ELSEWHERE = (
    "registration.contact_hidden",
    "registration.pictures",
    "registration.reported",
    "registration.answered",
    "registration.survival_due",
    "registration.survived",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What `app` needs of it."""

    records: Records
    cards: Cards | None  # where staff have a desk
    handlers: Mapping[str, Handler]


def build(
    *,
    words: Words,
    flows: Mapping[str, Flow],
    staff: Notices,
    boards: Boards | None,
    new_id: Callable[[], str],
    entered: tuple[Hook, ...] = (),
    thanks: Thanks = no_thanks,
) -> Room:
    """Put the room together. Without `boards` staff are told of registrations and no more.

    Each of `entered` is called in the transaction in which trees are entered into MapMyTree, or reported; `thanks`
    returns what is offered with the news.
    """
    if boards is None:
        records = Records(words=words, flows=flows, arrived=tell_plainly(staff))
        mending = Mending(records=records, amending=Amending(cards=None, records=records, flows=flows), asking=None)
        nothing = dict.fromkeys(_FROM_ELSEWHERE, _nothing)
        return Room(records=records, cards=None, handlers={**_of(records), **nothing, **_wishes(mending)})
    cards = Cards(words=words, flows=flows, boards=boards, fields=entry_form.load())
    records = Records(words=words, flows=flows, arrived=cards.put)
    telling = Telling(words=words, new_id=new_id)
    review = Review(cards=cards, telling=telling, records=records)
    survival = Survival(records=records, telling=telling)
    entry = Entry(review=review, entered=entered, thanks=thanks)
    amending = Amending(cards=cards, records=records, flows=flows)
    asking = Asking(review=review, amending=amending)
    mending = Mending(records=records, amending=amending, asking=asking)
    handlers = {
        "registration.taken_back": mending.withdrawn_by_staff,
        "registration.accepted": review.accepted,
        "registration.rejected": review.rejected,
        "registration.reopened": review.reopened,
        "registration.prompted": review.prompted,
        "registration.contact_shown": review.contact_shown,
        "registration.contact_hidden": review.contact_hidden,
        "registration.pictures": review.pictures_waited,
        "registration.ask_prompted": asking.prompted,
        "registration.asked": asking.asked,
        "registration.answered": asking.answered,
        "registration.change_taken": asking.taken,
        "registration.entry_prompted": entry.prompted,
        "registration.entered": entry.noted,
        "registration.survival_due": survival.due,
        "registration.survived": survival.answered,
        "registration.reported": entry.reported,
        "permissions.withdrawn": review.permissions_withdrawn,
    }
    return Room(records=records, cards=cards, handlers={**_of(records), **_wishes(mending), **handlers})


def _wishes(mending: Mending) -> dict[str, Handler]:
    return {
        "registration.chosen": mending.chosen,
        "registration.amended": mending.amended,
        "registration.withdrawn": mending.withdrawn,
    }


def _of(records: Records) -> dict[str, Handler]:
    return {"registration.submitted": records.submit, "registrations.listed": records.list_}


def _nothing(*_: object) -> Mapping[str, object]:
    return NO_FACTS
