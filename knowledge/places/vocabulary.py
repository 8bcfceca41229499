"""The words around place names, folded, that tell a reader what a name is doing in a sentence."""

from collections.abc import Mapping

from knowledge.latvian.text import fold
from knowledge.places.gazetteer import Kind


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What stands behind the genitive of a unit, by the kinds of unit it means; none for towns and villages.
UNIT_WORDS: Mapping[str, frozenset[Kind]] = {
    fold(form): kinds
    for forms, kinds in [
        ("novads novada novadam novadu novados nov novad novds", frozenset[Kind]({"municipality", "former"})),
        ("municipality county", frozenset[Kind]({"municipality", "former"})),
        ("pagasts pagasta pagastam pagastu pagastos pagastai pag pagats pagsts parish", frozenset[Kind]({"parish"})),
        ("rajons rajona rajonam rajonu raj district", frozenset[Kind]({"district"})),
        ("pilseta pilsetas pilsetai pilsetu valstspilseta valstspilsetas", frozenset[Kind]()),
        ("ciems ciema ciemam ciemu ciemats ciemata city town village", frozenset[Kind]()),
    ]
    for form in forms.split()
}

# Nouns behind a genitive: what is said lies near the named place, or in it.
NEAR_NOUNS = _set("puse puses apkartne apkartnes apkaime tuvuma pievarte apvidu apvida apvidus piepilseta nomale")
IN_NOUNS = _set(
    "centra centrs parka parks parkos mezaparka teritorija robezas pilskalna estrade kapos kapseta pludmale krastmala"
)
# The same for nouns whose nominative looks alike without diacritics: they count as typed, with a long ending.
LOCATIVE_NOUNS = _set(
    "parkā mežā mežos skolā pamatskolā vidusskolā sākumskolā ģimnāzijā bērnudārzā dārzā dārzos muižā stacijā laukā"
    " laukos pļavā pļavās purvā tehnikumā koledžā slimnīcā baznīcā stadionā teritorijā īpašumā zemē pagalmā alejā"
)
LOCATIVE_ENDINGS = ("ā", "ē", "os", "ās", "ēs")

NEAR_PREPOSITIONS = _set("pie ap aiz blakus near around outside by")
IN_PREPOSITIONS = _set("in at ieks ieksa")
PLACE_PREPOSITIONS = NEAR_PREPOSITIONS | IN_PREPOSITIONS
# From, towards, through, not: not where the trees stand, unless `netālu no`.
OTHER_PREPOSITIONS = _set("no uz lidz caur par nevis from to via about")
CLOSE = _set("netalu blakus tuvu tepat")

# A body behind the name of a place acts, it is not where the trees stand: Madonas novada pašvaldība.
BODIES = (
    "pasvaldib", "dome", "domi", "padom", "parvald", "buvvald", "biblio", "mezniec", "iedzivotaj", "zemniek",
    "zemniec", "lauksaimniek", "skol", "vidusskol", "pamatskol", "gimnazij", "bernudarz", "muzej", "baznic",
    "draudz", "barinties", "delegacij", "komand", "biedrib", "uznemej", "avize", "vestis",
)  # fmt: skip
# Rivers that lend their names to villages: beside one of them one is not in the village.
WATERS = _set(
    "amata amatas barta bartas dubna dubnas gauja gaujas lielupe lielupes pededze pededzes saka sakas salaca salacas"
    " svete svetes vadakste vadakstes venta ventas"
)
# Words that leave a name the whole of what is said: `vieta: Skrīveri`.
FILLERS = _set("vieta adrese tur te seit pilseta ciems ciema pie ap netalu no ir ja tas ta apdzivota koki aug")
# What stands before a unit word and is no name: `visos pagastos`.
NO_NAMES = _set(
    "visos visas visus katra citos citas dazados vienos vienas blakus kaiminu dzimtaja jaunaja vecaja lielaja tajos"
    " vairakos divos trijos attiecigaja konkretaja musu jusu tagadeja bijusaja lauku savas savos kados"
)

STREETS = _set(
    "iela ielas ielai ielu prospekts prospekta prospektu bulvaris bulvari bulvara laukums laukuma laukumu soseja"
    " sosejas soseju gatve gatves gatvi dambis dambi dambja aleja alejas aleju linija linijas cels cela celu krastmala"
    " krastmalas street road"
)
# Of these the ones that are no name without a number: `gar ceļu`, `alejā`.
LOOSE_STREETS = _set("cels cela celu aleja alejas aleju laukums laukuma laukumu linija linijas krastmala krastmalas")

HOUSES = _set(
    "majas majam maju maja viensetas viensetu vienseta ipasums ipasuma ipasumu ipasumi seta setas saimnieciba"
    " saimniecibas lauku zemesgabals zemesgabala zemesgabalu"
)
# Of these the ones behind which a capital is enough.
HOUSE_CUES = HOUSES - _set("maja maju lauku seta setas")
LANDS = _set("vidzeme kurzeme zemgale latgale selija latvija latvijas")
NO_HOUSES = LANDS | _set("kad kur tad bet un es mes labdien sveiki ludzu koki koku adrese vieta lv")
