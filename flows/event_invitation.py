"""Somebody invites the project to an information event: which, when, where, for how many."""

from flows.for_staff import CONTACT
from flows.grammar import Flow, L
from flows.kinds import Text

EVENT_INVITATION = Flow(
    name="event_invitation",
    title=L("Ielūgt uz pasākumu"),
    opening=L("Paldies par ielūgumu! Nodošu to projekta darbiniekiem; vai kāds var piedalīties, pateiks viņi."),
    ends_with="case.told",
    submit=L("Viss pareizi, nosūtīt"),
    questions=(
        Text(
            key="event",
            ask=L("Kas tas ir par pasākumu, un ko Jūs no mums gribētu dzirdēt?"),
            again=L("kas tas ir par pasākumu?"),
            label=L("Pasākums"),
            change=L("Mainīt pasākumu"),
            why=L("Tad darbinieks zina, par ko runāt un ko ņemt līdzi."),
            example=L("Piemēram: „Zemnieku sapulce, par koku reģistrēšanu”."),
            things=("pasakum", "event"),
        ),
        Text(
            key="time",
            ask=L("Kad tas notiks? Ja diena vēl nav zināma, uzrakstiet aptuveni."),
            again=L("kad tas notiks?"),
            label=L("Kad"),
            change=L("Mainīt laiku"),
            why=L("Lai redzētu, vai kāds tad ir brīvs."),
            example=L("Piemēram: „15. maijā plkst. 14.00”."),
            things=("laik", "kad", "datum", "dien", "time", "date", "when"),
            longest=200,
        ),
        Text(
            key="venue",
            ask=L("Kur tas notiks, un cik cilvēku gaidāt?"),
            again=L("kur tas notiks?"),
            label=L("Kur, cik cilvēku"),
            change=L("Mainīt vietu"),
            why=L("Lai darbinieks zinātu, kur jābrauc un cik būs klausītāju."),
            example=L("Piemēram: „Madonas kultūras namā, ap 40 cilvēku”."),
            things=("viet", "kur", "cilvek", "venue", "place", "people"),
            longest=300,
        ),
        CONTACT,
    ),
)
