"""A municipality or an owner offers land for planting, or asks about the donation platform."""

from dataclasses import replace

from flows.for_staff import CONTACT
from flows.grammar import Flow, L
from flows.ground import PLACE
from flows.kinds import Alternative, Choice, Text

LAND_OFFER = Flow(
    name="land_offer",
    title=L("Piedāvāt zemi kokiem"),
    opening=L("Paldies! Uzdošu dažus jautājumus un nodošu Jūsu piedāvājumu projekta darbiniekiem."),
    ends_with="case.told",
    submit=L("Viss pareizi, nosūtīt"),
    questions=(
        Choice(
            key="matter",
            ask=L("Par ko ir runa: piedāvājat zemi koku stādīšanai vai jautājat par ziedošanas platformu?"),
            again=L("vai piedāvājat zemi vai jautājat par platformu?"),
            label=L("Par ko"),
            change=L("Mainīt, par ko"),
            why=L("No tā atkarīgs, kas vēl jājautā."),
            example=L("Piemēram: „zemi” vai „platformu”."),
            things=("par ko", "matter"),
            alternatives=(
                Alternative(
                    code="land",
                    label=L("Piedāvāju zemi"),
                    words=("zem*", "lauk*", "teritorij*", "plav*", "piedav*", "land", "field"),
                    told=("piedavajam zemi", "piedavaju zemi", "zemi koku stadisanai", "zeme koku stadisanai"),
                ),
                Alternative(
                    code="platform",
                    label=L("Ziedošanas platforma"),
                    words=("platform*", "ziedosan*", "ziedo*", "donation*", "donat*"),
                    told=("ziedosanas platforma*", "donation platform"),
                ),
            ),
        ),
        Choice(
            key="whose",
            ask=L("Kā vārdā Jūs rakstāt?"),
            again=L("kā vārdā Jūs rakstāt?"),
            label=L("Kā vārdā"),
            change=L("Mainīt, kā vārdā"),
            why=L("Lai darbinieks zinātu, ar ko sarunājas."),
            example=L("Piemēram: „pašvaldība” vai „zemes īpašnieks”."),
            things=("vard", "whose"),
            alternatives=(
                Alternative(
                    code="municipality",
                    label=L("Pašvaldība"),
                    words=("pasvaldib*", "novad*", "dome", "pagast*", "municipality", "council"),
                    told=("pasvaldiba piedava", "musu pasvaldiba", "novada pasvaldiba"),
                ),
                Alternative(
                    code="owner",
                    label=L("Zemes īpašnieks"),
                    words=("ipasniek*", "privat*", "es", "es pats", "es pati", "owner", "me", "private"),
                    told=("esmu zemes ipasniek*",),
                ),
                Alternative(
                    code="organisation",
                    label=L("Cita organizācija"),
                    words=("organizacij*", "uznemum*", "biedrib*", "skol*", "sia", "company", "organisation"),
                ),
            ),
        ),
        replace(
            PLACE,
            ask=L("Kur zeme ir? Nosūtiet vietu kartē vai uzrakstiet pagastu un nosaukumu. Der arī kadastra numurs."),
            again=L("kur zeme ir?"),
            by_letter=L("Kur zeme ir? Uzrakstiet pagastu un nosaukumu vai kadastra numuru. Der arī saite no kartes."),
            why=L("Pēc vietas darbinieks var apskatīties, kas tur aug un kāda ir zeme."),
            only_if=lambda answers: answers.get("matter") != "platform",
            checks=(),
        ),
        Text(
            key="told",
            ask=L("Ko vēl gribat pateikt? Par zemi noder platība un tas, kas tur aug pašlaik."),
            again=L("ko vēl gribat pateikt?"),
            label=L("Vairāk"),
            change=L("Mainīt aprakstu"),
            why=L("Tad darbinieks var atbildēt uzreiz, nevis jautāt vēlreiz."),
            example=L("Piemēram: „2 ha, atmata pie ceļa”."),
            things=("apraks", "platib", "more"),
            optional=True,
        ),
        CONTACT,
    ),
)
