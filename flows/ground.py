"""The ground: where trees grow, and what kind of place that is."""

from flows.grammar import Check, L
from flows.kinds import Alternative, Choice
from flows.where_kind import Where, far_from_named

_FAR_KM = 40.0  # from the middle of the named parish

PLACE = Where(
    key="place",
    ask=L("Kur koki aug? Nosūtiet vietu kartē vai uzrakstiet pagastu un mājas nosaukumu. Der arī kadastra numurs."),
    again=L("kur koki aug?"),
    by_letter=L("Kur koki aug? Uzrakstiet pagastu un mājas nosaukumu vai kadastra numuru. Der arī saite no kartes."),
    label=L("Vieta"),
    change=L("Mainīt vietu"),
    why=L("Kokus MapMyTree iezīmē kartē, tāpēc jāzina, kur tie aug."),
    example=L("Piemēram: „Kalniņi”, Drustu pagasts."),
    things=("viet", "adres", "kadastr", "novad", "pagast", "kur", "place", "location", "map"),
    checks=(
        Check(
            key="far_from_named",
            fails=lambda value, _, __: far_from_named(value, _FAR_KM),
            say=L("Vieta kartē ir tālu no nosauktā pagasta. Ja kaut kas nav pareizi, uzrakstiet vietu vēlreiz."),
        ),
        Check(
            key="other_municipality",
            fails=lambda value, _, __: bool(value.said_municipality),
            say=L("Punkts kartē ir citā novadā nekā nosauktais. Ja kaut kas nav pareizi, uzrakstiet vietu vēlreiz."),
        ),
        Check(key="vague_place", fails=lambda value, _, __: not value.exact, say="", tell=False),
    ),
)

KIND = Choice(
    key="kind",
    ask=L("Kas tā ir par vietu?"),
    again=L("kas tā ir par vietu?"),
    label=L("Vietas veids"),
    change=L("Mainīt veidu"),
    why=L("Iniciatīvā galvenokārt skaita kokus ārpus meža; par mežu izlemj speciālists."),
    example=L("Piemēram: „lauks” vai „pie mājas”."),
    things=("veid", "kind", "type"),
    depends_on=("place",),
    alternatives=(
        Alternative(
            code="field",
            label=L("Lauks vai pļava"),
            words=("lauk*", "plav*", "tirum*", "ganib*", "lauksaimniec*", "liz", "field", "meadow", "pasture"),
            told=(
                "uz lauka",
                "lauka mala",
                "plava",
                "plavas mala",
                "tiruma",
                "aramzeme",
                "ganibas",
                "lauksaimniecibas zeme*",
            ),
        ),
        Alternative(
            code="homestead",
            label=L("Pie mājas, dārzā"),
            words=(
                "maj*",
                "darz*",
                "pagalm*",
                "set*",
                "viensetas",
                "saimniecib*",
                "garden",
                "home",
                "homestead",
                "yard",
            ),
            told=("pie majas", "pie majam", "darza", "augludarza", "abeldarza", "pagalma", "seta", "ap maju"),
        ),
        Alternative(
            code="town",
            label=L("Pilsētā, ciemā"),
            words=(
                "pilset*",
                "ciem*",
                "park*",
                "skver*",
                "iela",
                "apstadijum*",
                "skolas teritorij*",
                "town",
                "park",
                "city",
            ),
            told=(
                "parka",
                "skvera",
                "pilsetas parka",
                "skolas pagalma",
                "skolas teritorija",
                "pie skolas",
                "apstadijumos",
            ),
        ),
        Alternative(
            code="roadside",
            label=L("Gar ceļu vai ūdeni"),
            words=(
                "cel*",
                "gar cel*",
                "alej*",
                "up*",
                "ezer*",
                "grav*",
                "dik*",
                "udens",
                "krast*",
                "road",
                "river",
                "lake",
            ),
            told=(
                "gar celu",
                "cela mala",
                "celmala",
                "gar upi",
                "upes krasta",
                "ezera krasta",
                "gar gravi",
                "aleja",
                "pie dika",
            ),
        ),
        Alternative(
            code="forest",
            label=L("Mežā"),
            words=("mez*", "meza zeme", "izcirtum*", "cirsm*", "forest", "woods", "лес"),
            told=("meza", "mezaudze", "izcirtuma", "meza zeme", "cirsma", "pec kailcirtes", "jaunaudze"),
        ),
        Alternative(code="other", label=L("Cita vieta"), words=("cita", "cits", "citur", "other", "dazad*")),
    ),
)
