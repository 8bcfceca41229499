"""A fault on the home page: which page, what was seen, a picture of it."""

from flows.for_staff import PICTURES
from flows.grammar import Flow, L
from flows.kinds import Text

SITE_FAULT = Flow(
    name="site_fault",
    title=L("Ziņot par kļūdu"),
    opening=L("Paldies, ka pateicāt! Nodošu to projekta darbiniekiem."),
    ends_with="case.told",
    submit=L("Viss pareizi, nosūtīt"),
    questions=(
        Text(
            key="seen",
            ask=L("Kas lapā nav kārtībā? Uzrakstiet, ko darījāt un ko lapa rāda."),
            again=L("kas lapā nav kārtībā?"),
            label=L("Kas redzams"),
            change=L("Mainīt aprakstu"),
            why=L("Jo precīzāk uzrakstīsiet, jo ātrāk kļūdu atradīs."),
            example=L("Piemēram: „Neatveras pasākumu sadaļa.”"),
            things=("kluda", "apraks", "redz", "fault", "seen"),
        ),
        Text(
            key="page",
            ask=L("Kurā lapas vietā tas ir? Iekopējiet adresi vai nosauciet sadaļu."),
            again=L("kurā lapas vietā tas ir?"),
            label=L("Lapa"),
            change=L("Mainīt lapu"),
            why=L("Pēc adreses darbinieks var atvērt to pašu lapu."),
            example=L("Piemēram: „sadaļā Pasākumi”."),
            things=("lapa", "lapu", "adres", "sadal", "page", "address"),
            optional=True,
            longest=300,
        ),
        Text(
            key="device",
            ask=L("Vai tas bija telefonā vai datorā, un kurā pārlūkā?"),
            again=L("vai tas bija telefonā vai datorā?"),
            label=L("Ierīce"),
            change=L("Mainīt ierīci"),
            why=L("Dažas kļūdas ir redzamas tikai vienā pārlūkā."),
            example=L("Piemēram: „telefonā, Chrome”."),
            things=("ierice", "ierici", "parluk", "telefon", "dator", "device", "browser"),
            optional=True,
            longest=200,
        ),
        PICTURES,
    ),
)
