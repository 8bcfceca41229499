"""Registering a list: an organisation's many plantings in one file become one registration."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flows.additionality import ADDITIONAL
from flows.eligibility import assess, early
from flows.entering import ENTERED_BY, explains
from flows.grammar import Answers, Flow, L
from flows.ground import KIND
from flows.kinds import Alternative
from flows.list_kind import Listing
from flows.planter import CONTACT, ORGANISATION, WHO
from flows.register_trees import PLANTED, REGISTER_TREES
from flows.when_kind import Planted


def _planted(answers: Answers) -> Planted:
    """Return from when to when all of it was planted: by its rows, or as the person says of an undated list."""
    listed = answers["list"]
    if listed.first and listed.last:
        return Planted(first=listed.first, last=listed.last, precision="range")
    told = answers.get("planted")
    return told if isinstance(told, Planted) else Planted()


def _facts(answers: Answers, today: date) -> Mapping[str, Any]:
    """Derive the columns of the record from the answers."""
    listed, planted = answers["list"], _planted(answers)
    verdict = assess({**answers, "planted": planted}, today)
    places = listed.municipalities
    return {
        "eligibility": verdict.status,
        "reasons": list(verdict.reasons),
        "trees": listed.trees,
        "municipality": places[0] if len(places) == 1 else None,
        "planted_from": planted.first if planted.first != date.min else None,
        "planted_to": planted.last,
        "entered_by": answers.get("entered_by", ""),
    }


def _with_various() -> tuple[Alternative, ...]:
    """Let „other” mean places of several kinds."""
    various = L("Dažādas vietas")
    return tuple(
        replace(a, label=various, words=("dazad*", *a.words)) if a.code == "other" else a for a in KIND.alternatives
    )


REGISTER_LIST = Flow(
    name="register_list",
    title=L("Reģistrēt sarakstu"),
    opening=L("Labi, reģistrējam pēc saraksta. Nosūtu veidni, bet der arī Jūsu pašu tabula."),
    brings="list_template",
    questions=(
        Listing(
            key="list",
            ask=L("Nosūtiet stādījumu sarakstu kā failu: Excel, ODS vai CSV. Katrai sugai un vietai – sava rinda."),
            again=L("nosūtiet, lūdzu, sarakstu."),
            by_letter=L(
                "Pievienojiet vēstulei stādījumu sarakstu: Excel, ODS vai CSV. Katrai sugai un vietai – sava rinda."
            ),
            label=L("Saraksts"),
            change=L("Mainīt sarakstu"),
            why=L("No saraksta paņemšu visas vietas uzreiz, un katra nebūs jāpieraksta atsevišķi."),
            example=L("Der, piemēram, Excel fails ar kolonnām „Suga”, „Skaits”, „Datums” un „Vieta”."),
            things=("sarakst", "fail", "tabul", "rind", "list", "file"),
        ),
        WHO,
        ORGANISATION,
        replace(
            PLANTED,
            only_if=lambda answers: "list" in answers and answers["list"].undated,
            ask=L("Sarakstā nav datumu. Kad šie koki stādīti?"),
        ),
        replace(
            KIND,
            ask=L("Kas tās ir par vietām?"),
            again=L("kas tās ir par vietām?"),
            depends_on=(),
            alternatives=_with_various(),
        ),
        ADDITIONAL,
        replace(ENTERED_BY, only_if=lambda answers: "list" not in answers or not early(_planted(answers))),
        CONTACT,
    ),
    ends_with="registration.submitted",
    submit=L("Viss pareizi, nosūtīt"),
    permissions=tuple(permission for permission in REGISTER_TREES.permissions if permission.kind == "news"),
    explains=explains,
    facts=_facts,
)
