"""Somebody asks for an expert's visit: what about, where, when it suits."""

from dataclasses import replace

from flows.for_staff import CONTACT
from flows.grammar import Flow, L
from flows.ground import PLACE
from flows.kinds import Text

EXPERT_VISIT = Flow(
    name="expert_visit",
    title=L("Aicināt speciālistu"),
    opening=L("Labi, nodošu Jūsu lūgumu speciālistiem. Vai un kad kāds var atbraukt, pateiks viņi."),
    ends_with="case.told",
    submit=L("Viss pareizi, nosūtīt"),
    questions=(
        Text(
            key="about",
            ask=L("Par ko speciālistam jāatbrauc? Uzrakstiet vienā ziņā."),
            again=L("par ko speciālistam jāatbrauc?"),
            label=L("Par ko"),
            change=L("Mainīt, par ko"),
            why=L("Dažas lietas var izrunāt arī pa tālruni."),
            example=L("Piemēram: „Vai pie skolas var stādīt kokus un kādus?”"),
            things=("par ko", "iemesl", "about"),
            takes=("question",),
        ),
        replace(
            PLACE,
            ask=L("Kur jābrauc? Nosūtiet vietu kartē vai uzrakstiet pagastu un mājas nosaukumu vai adresi."),
            again=L("kur jābrauc?"),
            by_letter=L("Kur jābrauc? Uzrakstiet pagastu un mājas nosaukumu vai adresi."),
            why=L("Lai speciālists zinātu, kur tas ir."),
            checks=(),
        ),
        Text(
            key="time",
            ask=L("Kad Jums būtu ērti?"),
            again=L("kad Jums būtu ērti?"),
            label=L("Kad ērti"),
            change=L("Mainīt laiku"),
            why=L("Lai piedāvātu laiku, kas Jums der."),
            example=L("Piemēram: „darbdienās pēc 15.00”."),
            things=("laik", "kad", "dien", "time", "when"),
            optional=True,
            longest=200,
        ),
        CONTACT,
    ),
)
