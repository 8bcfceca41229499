"""Registering trees: who planted what, when and where, whether it may count, and who enters it into MapMyTree."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flows.additionality import ADDITIONAL
from flows.eligibility import assess, early, partly_early
from flows.entering import ENTERED_BY, explains
from flows.grammar import Answers, Check, Flow, L, Permission
from flows.ground import KIND, PLACE
from flows.kinds import YesNo
from flows.photo_kind import Photos
from flows.planter import CONTACT, ORGANISATION, WHO, is_organisation
from flows.planting_kind import Plantings, invasive, total, vague
from flows.sites import split_sites
from flows.when_kind import When

_MANY = 10_000  # trees by a private person: odd, but allowed


def _facts(answers: Answers, today: date) -> Mapping[str, Any]:
    """Derive the columns of the record from the answers."""
    verdict = assess(answers, today)
    planted, place = answers["planted"], answers["place"]
    return {
        "eligibility": verdict.status,
        "reasons": list(verdict.reasons),
        "trees": total(answers["plantings"]),
        "municipality": place.municipality or None,
        "planted_from": planted.first if planted.first != date.min else None,
        "planted_to": planted.last,
        "entered_by": answers.get("entered_by", ""),
    }


PLANTINGS = Plantings(
    key="plantings",
    ask=L("Kādus kokus un cik iestādījāt?"),
    again=L("kādus kokus un cik iestādījāt?"),
    label=L("Koki"),
    change=L("Mainīt kokus"),
    why=L("Pēc skaita redz, cik tuvu esam Latvijas mērķim – 12 miljoniem koku; suga palīdz saprast, vai koki der."),
    example=L("Piemēram: „50 ozoli un 20 liepas” vai „100 dažādi koki”."),
    things=("skait", "kok", "sug", "stad", "daudzum", "number", "count", "tree", "species"),
    checks=(
        Check(
            key="none",
            refuse=True,
            fails=lambda value, _, __: total(value) == 0,
            say=L("Vajag vismaz vienu koku."),
        ),
        Check(
            key="too_many",
            refuse=True,
            fails=lambda value, _, __: (total(value) or 0) > 12_000_000,
            say=L("Tik daudz koku vienā vietā nevar būt: %(what)s."),
        ),
        Check(
            key="many",
            fails=lambda value, answers, _: (total(value) or 0) > _MANY and not is_organisation(answers),
            say=L("Tas ir neparasti daudz vienam cilvēkam. Ja skaits ir pareizs, turpinām; ja nē, uzrakstiet pareizo."),
        ),
        Check(
            key="invasive",
            fails=lambda value, _, __: bool(invasive(value)),
            say=L(
                "Starp šīm sugām ir tāda, ko dendrologi uzskata par invazīvu un stādīt neiesaka. "
                "Par to izlems speciālists."
            ),
        ),
        Check(key="vague_count", fails=lambda value, _, __: vague(value), say="", tell=False),
    ),
)

PLANTED = When(
    key="planted",
    ask=L("Kad kokus iestādījāt?"),
    again=L("kad kokus iestādījāt?"),
    label=L("Stādīts"),
    change=L("Mainīt laiku"),
    why=L("MapMyTree skaita kokus, kas stādīti 2020. gada 20. maijā vai vēlāk."),
    example=L("Piemēram: 15.04.2024., „2024. gada pavasarī” vai „pērn aprīlī”."),
    things=("laik", "dat", "gad", "kad", "menes", "time", "year", "month"),
    checks=(
        Check(
            key="future",
            refuse=True,
            fails=lambda value, _, today: value.first is not None and value.first > today,
            say=L("Šis laiks vēl nav pienācis: %(what)s. Reģistrēt var jau iestādītus kokus."),
        ),
        Check(
            key="before_cutoff",
            fails=lambda value, _, __: early(value),
            say=L(
                "MapMyTree skaita kokus, kas stādīti 2020. gada 20. maijā vai vēlāk, tāpēc šos tur, visticamāk, "
                "neieskaitīs. Tik un tā pierakstīšu: tie ir vērtīgi."
            ),
        ),
        Check(
            key="around_cutoff",
            fails=lambda value, _, __: partly_early(value),
            say=L(
                "MapMyTree skaita kokus, kas stādīti 2020. gada 20. maijā vai vēlāk. "
                "Ja zināt precīzāk, uzrakstiet; citādi izlems speciālists."
            ),
        ),
        Check(key="unknown_date", fails=lambda value, _, __: value.first is None, say="", tell=False),
    ),
)

_PHOTOS = Photos(
    key="photos",
    ask=L("Nosūtiet līdz 5 fotoattēliem."),
    by_letter=L("Ja gribat, pievienojiet vēstulei līdz 5 fotoattēliem."),
    again=L("vai pievienosiet fotoattēlus?"),
    label=L("Foto"),
    change=L("Pievienot foto"),
    why=L("Pēc fotoattēla speciālistam vieglāk pārliecināties, ka viss pierakstīts pareizi."),
    example=L("Nospiediet saspraudi un izvēlieties attēlu."),
    things=("foto", "bild", "attel", "photo", "picture"),
    optional=True,
    offered=True,
)

_PEOPLE_IN_PHOTOS = YesNo(
    key="people_in_photos",
    ask=L("Vai fotoattēlā redzami cilvēki?"),
    again=L("vai fotoattēlā redzami cilvēki?"),
    label=L("Cilvēki foto"),
    change=L("Mainīt par cilvēkiem"),
    why=L("Attēlus ar cilvēkiem nekur nerādām bez viņu atsevišķas atļaujas."),
    example=L("Piemēram: „nē, tikai koki”."),
    things=("cilvek", "people"),
    only_if=lambda answers: bool(answers.get("photos")),
    aside=True,
    no_words=("tikai kok*", "neviena", "nav cilvek*"),
    yes_words=("ir cilvek*", "redzam*", "bern*"),
)

_PERMISSIONS = (
    Permission(
        kind="news",
        ask=L("Ja gribat ziņas par koku stādīšanas pasākumiem, nospiediet „Saņemt ziņas”."),
        by_letter=L("Ja gribat ziņas par koku stādīšanas pasākumiem, atbildiet ar „saņemt ziņas”."),
        label=L("Saņemt ziņas"),
    ),
    Permission(
        kind="publicity",
        ask=L("Ja Jūsu foto drīkstam rādīt citiem, nospiediet „Foto drīkst rādīt”."),
        by_letter=L("Ja Jūsu foto drīkstam rādīt citiem, atbildiet ar „foto drīkst rādīt”."),
        label=L("Foto drīkst rādīt"),
        only_if=lambda answers: bool(answers.get("photos")) and not answers.get("people_in_photos"),
    ),
)

REGISTER_TREES = Flow(
    name="register_trees",
    title=L("Reģistrēt kokus"),
    opening=L("Labi, reģistrējam. Varat atbildēt uz vairākiem jautājumiem uzreiz un jebkurā brīdī kaut ko pajautāt."),
    questions=(
        WHO,
        ORGANISATION,
        PLANTINGS,
        PLANTED,
        PLACE,
        KIND,
        ADDITIONAL,
        _PHOTOS,
        _PEOPLE_IN_PHOTOS,
        ENTERED_BY,
        CONTACT,
    ),
    ends_with="registration.submitted",
    submit=L("Viss pareizi, nosūtīt"),
    carried=("who", "organisation", "entered_by", "contact"),
    begins=("plantings",),
    permissions=_PERMISSIONS,
    explains=explains,
    split=split_sites,
    facts=_facts,
)
