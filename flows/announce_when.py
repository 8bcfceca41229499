"""When something is to be announced: a day and an hour. For coordinators; the event or announcement is its subject."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flows.appointed_kind import Appointed
from flows.event_kinds import Moment
from flows.grammar import Answers, Check, Flow


def _is_past(moment: Moment, _: Answers, today: date) -> bool:
    return moment.day is not None and moment.day < today


def _facts(answers: Answers, _: date) -> Mapping[str, Any]:
    """Return the day and the hour by the clock in Riga."""
    moment: Moment = answers["when"]
    return {"day": moment.day, "start": moment.start}


ANNOUNCE_WHEN = Flow(
    name="announce_when",
    title="Ziņas laiks",
    opening="Labi.",
    role="coordinator",
    ends_with="broadcast.timed",
    submit="Ieplānot",
    reviewed=False,
    facts=_facts,
    questions=(
        Appointed(
            key="when",
            ask="Kad izsludināt? Uzrakstiet dienu un stundu, piemēram, „piektdien plkst. 18” vai „1. decembrī 10.00”.",
            again="kad izsludināt?",
            by_letter="Kad izsludināt? Uzrakstiet dienu un stundu.",
            label="Laiks",
            change="Mainīt laiku",
            why="Šajā laikā sākšu sūtīt ziņu.",
            example="Piemēram: „rīt 9” vai „piektdien plkst. 18”.",
            things=("laik", "dien", "stund"),
            checks=(Check(key="past", fails=_is_past, say="Šī diena jau pagājusi.", refuse=True),),
        ),
    ),
)
