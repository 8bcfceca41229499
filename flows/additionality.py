"""Additionality: whether trees would have been planted anyway, as a duty or for the support paid for them."""

from flows.grammar import L
from flows.kinds import Alternative, Choice

ADDITIONAL = Choice(
    key="additional",
    ask=L("Vai šos kokus Jums bija pienākums stādīt (piemēram, pēc cirtes) vai par stādīšanu saņēmāt atbalstu?"),
    again=L("vai stādīt bija pienākums vai saņēmāt atbalstu?"),
    label=L("Pienākums, atbalsts"),
    change=L("Mainīt pienākumu"),
    why=L("Iniciatīvā skaita papildu kokus: tos, ko nestādītu tāpat. Ja nav skaidrs, izlems speciālists."),
    example=L("Piemēram: „nē” vai „saņēmām LAD atbalstu”."),
    things=("pienakum", "atbalst", "duty", "support"),
    alternatives=(
        Alternative(
            code="no",
            label=L("Nē"),
            shown=L("nebija ne pienākuma, ne atbalsta"),
            words=(
                "ne",
                "nebija",
                "nesanem*",
                "nav",
                "brivpratig*",
                "pats gribej*",
                "pati gribej*",
                "pasi gribej*",
                "prieka pec",
                "savam priekam",
                "neviens nelika",
                "neviens nespieda",
                "no",
                "нет",
                "neko",
                "ne vienu ne otru",
            ),
            told=("bez atbalsta", "nekadu atbalstu nesanem*", "brivpratigi"),
        ),
        Alternative(
            code="duty",
            label=L("Jā, pienākums"),
            shown=L("bija pienākums"),
            words=(
                "pienakum*",
                "ja pienakums",
                "atjaunosan*",
                "atjaunoj*",
                "jaatjauno*",
                "pec cirtes",
                "kompensacij*",
                "obligat*",
                "vajadzeja",
            ),
            told=(
                "meza atjaunosana",
                "atjaunoju mezu",
                "atjaunojam mezu",
                "jaatjauno mez*",
                "pec kailcirtes",
                "pec cirtes",
                "kompensej*",
            ),
        ),
        Alternative(
            code="paid",
            label=L("Jā, atbalsts"),
            shown=L("par stādīšanu saņemts atbalsts"),
            words=("atbalst*", "ja atbalsts", "lad", "subsidij*", "finansejum*", "projekt*", "nauda", "samaksaj*"),
            told=("ar lad atbalstu", "par lad naudu", "lad atbalst*", "lad projekt*", "eiropas naud*", "subsidij*"),
        ),
        Alternative(
            code="unsure",
            label=L("Nezinu"),
            shown=L("nav skaidrs"),
            words=("nezin*", "neesmu dross", "neesmu drosa", "grut* pateikt", "not sure"),
        ),
    ),
)
