"""A delivery to Reportnet 3: from signing in to the receipt, in twelve steps, with what usually goes wrong at each."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flows.grammar import Answers, Flow, L
from flows.steps_kind import Step, Steps, left

_GREY = L(
    "Ja poga ir pelēka, kādam ir ieslēgta rediģēšana („Enable editing”). Izslēgt to var tikai tas, kurš to ieslēdza."
)

STEPS = (
    Step(
        key="account",
        do=L("Sagatavojiet EU Login kontu ar otro pārbaudi: citādi sistēmā Reportnet 3 netiek."),
        repair=L(
            "EU Login kontam vajag arī otro pārbaudi, piemēram, lietotni „EU Login Mobile”. Varam to sagatavot tūlīt: "
            "nospiediet „EU Login pa solim”. Pēc tam turpināsim šeit."
        ),
        leads_to=("eu_login",),
    ),
    Step(
        key="sign_in",
        do=L(
            "Pārlūkā atveriet reportnet.europa.eu un pieslēdzieties. Pirmajā reizē aizpildiet īsu veidlapu; "
            "lietotājvārds lai ir Jūsu e-pasta adrese."
        ),
        repair=L(
            "Ja nav redzama izvēle „Password”, kontam jāpievieno otrā pārbaude.\n"
            "Ja parādās „logged in as another user”, EU Login piedāvā saskaņot kontus: sekojiet norādēm ekrānā."
        ),
    ),
    Step(
        key="dataflow",
        do=L("Atveriet „My dataflows” un pareizo cilni: „reporting”, „business” vai „citizen science”."),
        repair=L(
            "Tukšs saraksts pēc pirmās pieslēgšanās ir parasta lieta: piekļuvi piešķir citi. Uzrakstiet galvenajam "
            "datu iesniedzējam („lead reporter”) vai Reportnet 3 atbalstam, ka jau pieslēdzāties.\n"
            "Ja, pievienojot iesniedzēju, e-pasta adrese ir sarkanā rāmī, ar to vēl neviens nav pieslēdzies. Kad tas "
            "būs izdarīts, nospiediet „Update the permissions”."
        ),
    ),
    Step(
        key="help",
        do=L("Nospiediet dzelteno lauciņu ar burtu „i”: tur ir norādes, saites un tabulu apraksts („dataset schema”)."),
    ),
    Step(key="dataset", do=L("Nospiediet zilo lauciņu ar datubāzes zīmi: tā ir Jūsu datu kopa („dataset”).")),
    Step(
        key="export",
        do=L("Vispirms eksportējiet tukšo tabulu vai visu datu kopu: tā būs Jūsu veidne."),
        repair=_GREY,
    ),
    Step(
        key="import",
        do=L(
            "Aizpildiet veidni un importējiet to.\n"
            "• Vienai tabulai: CSV fails, kura nosaukums ir tāds pats kā tabulai.\n"
            "• Visai datu kopai: ZIP fails bez mapēm, katrai tabulai savs CSV; lielie un mazie burti kā tabulu "
            "nosaukumos.\n"
            "• CSV: pirmajā rindā precīzi lauku nosaukumi, starp laukiem komats, teksts pēdiņās, UTF-8 bez BOM."
        ),
        repair=L(
            "Pārbaudiet, kas der Jūsu gadījumam:\n"
            "• Poga ir pelēka: kādam ir ieslēgta rediģēšana („Enable editing”); izslēgt to var tikai tas, kurš "
            "ieslēdza.\n"
            "• „Field name mismatch”: pirmā rinda nav kā veidnē vai failam ir BOM; ņemiet eksportēto veidni.\n"
            "• Sabojātas garumzīmes: saglabājiet CSV kā UTF-8 bez BOM.\n"
            "• Pazuda vecie dati: ar „Replace data” tabulā izdzēš visu iepriekšējo.\n"
            "• Dati dubultojās: bez „Replace data” rindas pieliek klāt."
        ),
    ),
    Step(
        key="refresh",
        do=L("Nospiediet „Refresh”, lai redzētu ielasīto."),
        repair=L(
            "Darbi stāv rindā, un gaitas joslas nav. Pārlūku drīkst aizvērt; pēc brīža atgriezieties un vēlreiz "
            "nospiediet „Refresh”."
        ),
    ),
    Step(
        key="validate",
        do=L("Nospiediet „Validate”, sagaidiet paziņojumu un tad nospiediet „Refresh”."),
        repair=_GREY,
    ),
    Step(
        key="repair",
        do=L(
            "Atveriet „Show validations” un izlabojiet kļūdas. BLOCKER neļauj datus nodot; ERROR ir nopietna, bet "
            "neaptur; WARNING un INFO ir zināšanai.\n"
            "Importējiet vēlreiz ar „Replace data”: failā jābūt visiem datiem, jo iepriekšējos izdzēš."
        ),
        repair=L(
            "Ja kļūda ir par vietu: CSV failā to raksta kā GeoJSON pēdiņās, iekšējās pēdiņas dubultojot, vispirms "
            "garumu, tad platumu. Der WGS 84 un ETRS89.\n"
            "Ja kļūda ir par lauku nosaukumiem, ņemiet eksportēto veidni."
        ),
    ),
    Step(
        key="release",
        do=L(
            "Datu plūsmas („dataflow”) lapā nospiediet „Release to data collection”. Nodošana ir oficiāla, un to "
            "nevar atsaukt; bet, kamēr pieņemšana ir atvērta, drīkst izlabot un nodot vēlreiz."
        ),
        repair=L(
            "Nodot nevar, ja:\n"
            "• ir BLOCKER kļūdas vai BLOCKER pārbaudes ir atceltas;\n"
            "• kādā datu kopā ir ieslēgta rediģēšana („Enable editing”);\n"
            "• Jums nav galvenā datu iesniedzēja („lead reporter”) tiesību."
        ),
    ),
    Step(key="receipt", do=L("Lejupielādējiet apstiprinājumu („confirmation receipt”) un saglabājiet to.")),
)


def _facts(answers: Answers, _: date) -> Mapping[str, Any]:
    return {"left": left(answers["delivery"])}


REPORTNET_DELIVERY = Flow(
    name="reportnet_delivery",
    title=L("Reportnet 3 pa solim"),
    opening=L("Iesim soli pa solim: no pieslēgšanās līdz apstiprinājumam. Varat apstāties un turpināt citā dienā."),
    ends_with="steps.taken",
    submit=L("Pabeigt"),
    reviewed=False,
    facts=_facts,
    questions=(
        Steps(
            key="delivery",
            ask=L("Izdariet šos soļus pēc kārtas. Pie katra uzrakstiet „izdarīju” vai „nesanāk”."),
            again=L("vai šis solis izdevās?"),
            label=L("Datu nodošana"),
            change=L("Mainīt soļus"),
            why=L("Tad zinu, kuru soli rādīt nākamo un ar ko palīdzēt."),
            example=L("Piemēram: „izdarīju”, „nesanāk” vai „3. solī nesanāk”."),
            things=("sol", "step"),
            steps=STEPS,
        ),
    ),
)
