"""A person wants a person: three short questions, so that whoever answers comes prepared."""

from flows.grammar import Flow, L
from flows.kinds import Alternative, Choice, Phone, Text

TALK_TO_STAFF = Flow(
    name="talk_to_staff",
    title=L("Jautāt darbiniekam"),
    opening=L("Lai darbinieks varētu sagatavoties, uzdošu dažus īsus jautājumus."),
    ends_with="case.detailed",
    submit=L("Viss pareizi, nosūtīt"),
    reviewed=False,
    questions=(
        Text(
            key="matter",
            ask=L("Par ko ir Jūsu jautājums? Uzrakstiet vienā ziņā."),
            again=L("par ko ir Jūsu jautājums?"),
            by_letter=L("Par ko ir Jūsu jautājums?"),
            label=L("Jautājums"),
            change=L("Mainīt jautājumu"),
            why=L("Ja darbinieks zina, par ko ir runa, viņš var atbildēt uzreiz."),
            example=L("Piemēram: „Nevaru ielogoties EU Login.”"),
            things=("jautajum",),
            optional=True,
            takes=("question",),
        ),
        Choice(
            key="way",
            ask=L("Kā Jums atbildēt?"),
            again=L("kā Jums atbildēt?"),
            label=L("Atbildēt"),
            change=L("Mainīt veidu"),
            why=L("Tad atbilde nonāks tur, kur Jums ērtāk."),
            example=L("Piemēram: „šeit” vai „piezvaniet”."),
            things=("veid",),
            takes=("human",),
            alternatives=(
                Alternative(code="here", label=L("Šeit, rakstiski"), words=("seit", "rakstisk*", "te", "here")),
                Alternative(
                    code="call",
                    label=L("Piezvaniet man"),
                    words=("zvan*", "piezvan*", "pazvan*", "atzvan*", "talrun*", "telefon*", "call", "phone"),
                ),
            ),
        ),
        Phone(
            key="phone",
            ask=L("Uz kādu tālruņa numuru zvanīt?"),
            again=L("uz kādu numuru zvanīt?"),
            label=L("Tālrunis"),
            change=L("Mainīt tālruni"),
            why=L("Numuru redzēs tikai darbinieks, kas Jums zvanīs."),
            example=L("Piemēram: 26 123 456."),
            things=("talrun", "numur", "telefon"),
            only_if=lambda answers: answers.get("way") == "call",
        ),
    ),
)
