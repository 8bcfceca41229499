"""Into MapMyTree by oneself: its steps are what staff have written down, and while there are none it says so."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flows.grammar import Answers, Flow, L
from flows.steps_kind import Step, Steps, left
from knowledge import step as written


def mapmytree_self(known: Sequence[written.Step]) -> Flow:
    """Make the flow of these steps; without any it asks nothing and offers what we can do instead."""
    steps = tuple(Step(key=step.key, do=step.do["lv"], repair=step.repair.get("lv", "")) for step in known)

    def facts(answers: Answers, _: date) -> Mapping[str, Any]:
        return {"known": bool(steps), "left": bool(steps) and left(answers["form"])}

    return Flow(
        name="mapmytree_self",
        title=L("MapMyTree pa solim"),
        opening=L("Platforma MapMyTree atveras pārlūkā, nekas nav jālejupielādē."),
        ends_with="steps.taken",
        submit=L("Pabeigt"),
        reviewed=False,
        leads_to=lambda _: () if steps else ("register_trees", "talk_to_staff"),
        facts=facts,
        questions=(_question(steps),) if steps else (),
    )


def _question(steps: tuple[Step, ...]) -> Steps:
    return Steps(
        key="form",
        ask=L("Izdariet šos soļus pēc kārtas. Pie katra uzrakstiet „izdarīju” vai „nesanāk”."),
        again=L("vai šis solis izdevās?"),
        label=L("MapMyTree veidlapa"),
        change=L("Mainīt soļus"),
        why=L("Tad zinu, kuru soli rādīt nākamo un ar ko palīdzēt."),
        example=L("Piemēram: „izdarīju”, „nesanāk” vai „3. solī nesanāk”."),
        things=("sol", "step"),
        steps=steps,
    )


MAPMYTREE_SELF = mapmytree_self(written.load())
