"""Entering: who puts the trees into MapMyTree, and with whose permission."""

from flows.eligibility import early
from flows.grammar import Answers, L
from flows.kinds import Alternative, Choice
from flows.planter import is_organisation

_REFUSES = ("negrib*", "nevelos", "nevelam*", "nevajag", "don't", "dont")


def explains(answers: Answers) -> str:
    """Return the topic with the steps, for whoever enters the trees themselves; '' for others."""
    if answers.get("entered_by") != "self" or answers["additional"] == "duty":
        return ""
    return "register-steps-organisation" if is_organisation(answers) else "register-steps-citizen"


ENTERED_BY = Choice(
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
                "atlauju jums",
                "es atlauju",
                "palidz*",
                "nemak*",
                "neprot*",
                "nav dator*",
            ),
            # Nobody permits by saying that they do not want it.
            unless=(
                *_REFUSES,
                "neatlau*",
                "nepiekrit*",
                "nedrikst*",
                "neievadiet",
                "neievadat",
                "ne jus",
                "ne jums",
                "tikai ne",
                "not",
                "never",
            ),
            told=("ievadiet mana vieta", "registrejiet mana vieta", "lai ievada darbinieks", "ievadiet jus"),
        ),
        Alternative(
            code="self",
            label=L("Ievadīšu es"),
            shown=L("ievadīsiet Jūs"),
            words=(
                "es",
                "pats",
                "pati",
                "pasi",
                "es pats",
                "es pati",
                "mes pasi",
                "ievadisu",
                "ievadisim",
                "dels",
                "meita",
                "mazdels",
                "mazmeita",
                "berni",
                "myself",
                "me",
                "i will",
            ),
            unless=(*_REFUSES, "nevar*", "nemak*", "neprot*", "can't", "cannot"),
            told=("ievadisu pats", "ievadisu pati", "ievadisim pasi"),
        ),
    ),
)
