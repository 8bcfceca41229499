"""Registering trees: who planted what, when and where, whether it may count, and who enters it into MapMyTree."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flows.contact_kinds import OrganisationName, Reach
from flows.eligibility import assess, early, partly_early
from flows.grammar import Answers, Check, Flow, L, Permission
from flows.kinds import Alternative, Choice, YesNo
from flows.photo_kind import Photos
from flows.planting_kind import Plantings, invasive, total, vague
from flows.sites import split_sites
from flows.when_kind import When
from flows.where_kind import Where, far_from_named

_MANY = 10_000  # trees by a private person: odd, but allowed
_FAR_KM = 40.0  # from the middle of the named parish


def _is_organisation(answers: Answers) -> bool:
    return answers.get("who") not in {None, "person"}


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


def _explains(answers: Answers) -> str:
    """Whoever enters the trees themselves is shown the steps."""
    if answers.get("entered_by") != "self" or answers["additional"] == "duty":
        return ""
    return "register-steps-organisation" if _is_organisation(answers) else "register-steps-citizen"


_QUESTIONS = (
    Choice(
        key="who",
        ask=L("Kas stādīja kokus?"),
        again=L("kas stādīja kokus?"),
        label=L("Kas stādīja"),
        change=L("Mainīt stādītāju"),
        why=L("Privātpersonas un organizācijas kokus MapMyTree reģistrē dažādi, tāpēc jāzina, kas stādīja."),
        example=L("Piemēram: „mēs ar vīru” vai „skola”."),
        things=("stadita", "kas", "planter"),
        alternatives=(
            Alternative(
                code="person",
                label=L("Es vai ģimene"),
                shown=L("Jūs vai Jūsu ģimene"),
                words=(
                    "es",
                    "es pats",
                    "es pati",
                    "pats",
                    "pati",
                    "mes",
                    "gimene",
                    "privatperson*",
                    "virs",
                    "sieva",
                    "ar viru",
                    "ar sievu",
                    "ar berniem",
                    "mazbern*",
                    "vecak*",
                    "me",
                    "we",
                    "myself",
                    "my husband",
                    "my wife",
                    "family",
                    "я",
                    "мы",
                    "сам",
                    "сама",
                ),
                told=(
                    "ka privatpersona",
                    "es pats",
                    "es pati",
                    "mes ar viru",
                    "mes ar sievu",
                    "mes ar gimeni",
                    "ar gimeni",
                    "savai gimenei",
                    "kopa ar berniem",
                    "kopa ar mazberniem",
                ),
            ),
            Alternative(
                code="company",
                label=L("Uzņēmums vai z/s"),
                words=(
                    "uznemum*",
                    "firma",
                    "sia",
                    "saimniecib*",
                    "zemnieku saimniecib*",
                    "z s",
                    "zs",
                    "kooperativ*",
                    "as",
                    "company",
                    "farm",
                    "business",
                    "ik",
                    "фирма",
                    "хозяйство",
                ),
                told=("musu uznemums", "musu uznemuma", "musu firma", "musu saimnieciba", "musu zemnieku saimnieciba"),
            ),
            Alternative(
                code="municipality",
                label=L("Pašvaldība"),
                words=("pasvaldib*", "novads", "dome", "pagasta parvalde", "novada dome", "municipality", "council"),
                told=("musu pasvaldiba", "pagasta parvalde iestad*", "pasvaldiba iestad*", "pasvaldiba stadija"),
            ),
            Alternative(
                code="school",
                label=L("Skola"),
                words=(
                    "skol*",
                    "klase",
                    "bernudarz*",
                    "pii",
                    "gimnazij*",
                    "tehnikum*",
                    "pamatskol*",
                    "vidusskol*",
                    "school",
                ),
                told=("musu skola", "musu skolas", "musu klase", "musu bernudarzs", "skola iestad*", "skola stadij*"),
            ),
            Alternative(
                code="association",
                label=L("Biedrība"),
                words=(
                    "biedrib*",
                    "nodibinajum*",
                    "draudze",
                    "klubs",
                    "mednieku*",
                    "organizacij*",
                    "ngo",
                    "association",
                    "fonds",
                ),
                told=("musu biedriba", "musu biedribas", "musu klubs", "musu draudze"),
            ),
        ),
    ),
    OrganisationName(
        key="organisation",
        ask=L("Kā sauc organizāciju?"),
        again=L("kā sauc organizāciju?"),
        label=L("Organizācija"),
        change=L("Mainīt nosaukumu"),
        why=L("Nosaukums vajadzīgs, lai koki tiktu pierakstīti Jūsu organizācijai."),
        example=L("Piemēram: SIA „Zaļā birze” vai Drustu pamatskola."),
        things=("nosaukum", "organi", "uznemum", "skol", "company", "school"),
        only_if=_is_organisation,
        depends_on=("who",),
        longest=200,
    ),
    Plantings(
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
                fails=lambda value, answers, _: (total(value) or 0) > _MANY and not _is_organisation(answers),
                say=L(
                    "Tas ir neparasti daudz vienam cilvēkam. Ja skaits ir pareizs, turpinām; ja nē, uzrakstiet pareizo."
                ),
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
    ),
    When(
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
    ),
    Where(
        key="place",
        ask=L("Kur koki aug? Nosūtiet vietu kartē vai uzrakstiet pagastu un mājas nosaukumu. Der arī kadastra numurs."),
        again=L("kur koki aug?"),
        by_letter=L(
            "Kur koki aug? Uzrakstiet pagastu un mājas nosaukumu vai kadastra numuru. Der arī saite no kartes."
        ),
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
                say=L(
                    "Punkts kartē ir citā novadā nekā nosauktais. Ja kaut kas nav pareizi, uzrakstiet vietu vēlreiz."
                ),
            ),
            Check(key="vague_place", fails=lambda value, _, __: not value.exact, say="", tell=False),
        ),
    ),
    Choice(
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
    ),
    Choice(
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
                    "pats gribeju",
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
    ),
    Photos(
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
    ),
    YesNo(
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
    ),
    Choice(
        key="entered_by",
        ask=L(
            "Kurš kokus ievadīs platformā MapMyTree? (Tā atveras pārlūkā, nekas nav jālejupielādē.) Ja to darīs mūsu "
            "darbinieks, Jūs atļaujat tur publiski norādīt koku sugas, skaitu un vietu. Atļauju varēsiet atsaukt."
        ),
        again=L("kurš kokus ievadīs platformā MapMyTree?"),
        label=L("MapMyTree"),
        change=L("Mainīt ievadītāju"),
        why=L("MapMyTree ir publiska karte, tāpēc bez Jūsu atļaujas tur neko nerakstām."),
        example=L("Piemēram: „ievadiet Jūs” vai „ievadīšu es”."),
        things=("ievad", "atlauj", "enter", "permission"),
        permits="staff",
        only_if=lambda answers: "planted" not in answers or not early(answers["planted"]),
        alternatives=(
            Alternative(
                code="staff",
                label=L("Ievadiet Jūs"),
                shown=L("ievadīs projekta darbinieks ar Jūsu atļauju"),
                words=(
                    "jus",
                    "juus",
                    "ievadiet",
                    "darbiniek*",
                    "manā vieta",
                    "mana vieta",
                    "piekritu",
                    "atlauju",
                    "ja",
                    "you",
                    "please do it",
                    "staff",
                ),
                told=("ievadiet mana vieta", "registrejiet mana vieta", "lai ievada darbinieks", "ievadiet jus"),
            ),
            Alternative(
                code="self",
                label=L("Ievadīšu es"),
                shown=L("ievadīsiet Jūs"),
                words=("es", "pats", "pati", "pasi", "ievadisu", "ievadisim", "myself", "me", "i will"),
                told=("ievadisu pats", "ievadisu pati", "ievadisim pasi"),
            ),
        ),
    ),
    Reach(
        key="contact",
        ask=L("Kā Jūs sauc, un kāds ir Jūsu tālrunis vai e-pasta adrese? Tas vajadzīgs, ja būs kas jāprecizē."),
        again=L("kā Jūs sauc un kā ar Jums sazināties?"),
        label=L("Kontakts"),
        change=L("Mainīt kontaktu"),
        why=L("Kontaktu redz tikai projekta darbinieki, un tas vajadzīgs, ja kaut kas jāprecizē."),
        example=L("Piemēram: Anna Kalniņa, 26 123 456."),
        things=(
            "talrun",
            "epast",
            "vard",
            "uzvard",
            "kontakt",
            "past",
            "adres",
            "telefon",
            "numur",
            "contact",
            "name",
            "phone",
            "number",
            "mail",
            "email",
        ),
    ),
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
    questions=_QUESTIONS,
    ends_with="registration.submitted",
    submit=L("Viss pareizi, nosūtīt"),
    carried=("who", "organisation", "entered_by", "contact"),
    begins=("plantings",),
    permissions=_PERMISSIONS,
    explains=_explains,
    split=split_sites,
    facts=_facts,
)
