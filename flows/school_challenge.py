"""The school challenge: which class of which school, its registration, its pictures; no pupils' names."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from flows.contact_kinds import OrganisationName
from flows.for_staff import CONTACT, PICTURES
from flows.grammar import Check, Flow, L
from flows.kinds import Alternative, Choice, Text
from knowledge.latvian.text import words
from knowledge.proper_names import given_name


def _names_somebody(value: Any, _: Any, __: Any) -> bool:
    """Whether a text holds a given name with another capitalised word behind it: a pupil's, most likely."""
    typed = words(str(value))
    pairs = pairwise(typed)
    return any(one.text[0].isupper() and two.text[0].isupper() and given_name(one.folded) for one, two in pairs)


_NO_NAMES: Check[Any] = Check(
    key="pupils_named",
    fails=_names_somebody,
    say=L(
        "Izskatās, ka te ir skolēna vārds un uzvārds. Skolēnu uzvārdus, lūdzu, nesūtiet: uzrakstiet vēlreiz bez tiem."
    ),
)

SCHOOL_CHALLENGE = Flow(
    name="school_challenge",
    title=L("Skolu izaicinājums"),
    opening=L(
        "Labi, piesakām klasi izaicinājumam „3 miljardu koku izaicinājums”. Skolēnu uzvārdus, lūdzu, nesūtiet. "
        "Par šā gada noteikumiem un termiņiem atbildēs darbinieks."
    ),
    ends_with="case.told",
    submit=L("Viss pareizi, nosūtīt"),
    questions=(
        OrganisationName(
            key="school",
            ask=L("Kā sauc skolu?"),
            again=L("kā sauc skolu?"),
            label=L("Skola"),
            change=L("Mainīt skolu"),
            why=L("Lai zinātu, kura skola piesakās."),
            example=L("Piemēram: SIA „Zaļā birze” vai Drustu pamatskola."),
            things=("skol", "school"),
            longest=200,
        ),
        Text(
            key="grade",
            ask=L("Kura klase, un cik skolēnu piedalījās? Vārdus nevajag."),
            again=L("kura klase?"),
            label=L("Klase"),
            change=L("Mainīt klasi"),
            why=L("Izaicinājumā piedalās klases, tāpēc jāzina, kura."),
            example=L("Piemēram: „5.b klase, 18 skolēni”."),
            things=("klas", "skolen", "class", "grade", "pupil"),
            longest=200,
            checks=(_NO_NAMES,),
        ),
        Text(
            key="registration",
            ask=L("Kāds ir koku reģistrācijas numurs? Ja koki vēl nav reģistrēti, izlaidiet."),
            again=L("kāds ir reģistrācijas numurs?"),
            label=L("Reģistrācija"),
            change=L("Mainīt numuru"),
            why=L("Pēc numura atradīsim Jūsu klases kokus."),
            example=L("Piemēram: „3MK-2026-000123”."),
            things=("registr", "numur", "registration"),
            optional=True,
            longest=100,
        ),
        replace(PICTURES, ask=L("Nosūtiet fotoattēlus no stādīšanas, ja gribat; ja ne, izlaidiet.")),
        Choice(
            key="permission",
            ask=L(
                "Vai šos attēlus drīkst rādīt citiem? Ja tajos ir skolēni, vajag vecāku atļauju. Kamēr tās nav, "
                "attēlus redz tikai projekta darbinieki."
            ),
            again=L("vai attēlus drīkst rādīt citiem?"),
            label=L("Drīkst rādīt"),
            change=L("Mainīt atļauju"),
            why=L("Bez atļaujas attēlus ar cilvēkiem nekur nerādām."),
            example=L("Piemēram: „skolēnu tur nav” vai „nedrīkst”."),
            things=("atlauj", "radit", "permission"),
            only_if=lambda answers: bool(answers.get("photos")),
            aside=True,
            alternatives=(
                Alternative(
                    code="nobody",
                    label=L("Jā, cilvēku tur nav"),
                    words=("ja cilveku*", "nav cilvek*", "skolenu tur nav", "tikai koki", "nobody", "no people"),
                ),
                Alternative(
                    code="permitted",
                    label=L("Jā, ir atļaujas"),
                    words=("ja", "drikst", "ir atlauj*", "vecaki atlav*", "vecaku atlauj*", "yes", "permitted"),
                ),
                Alternative(
                    code="private",
                    label=L("Nē, nerādiet"),
                    words=("ne", "nedrikst", "neradiet", "private", "nav atlauj*"),
                    alone=("no",),
                ),
            ),
        ),
        replace(CONTACT, ask=L("Kā sauc skolotāju, un kāds ir skolotāja tālrunis vai e-pasta adrese?")),
    ),
)
