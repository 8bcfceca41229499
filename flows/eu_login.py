"""Into EU Login: an account, the second check, another phone, or a letter that does not come, step by step."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flows.grammar import Answers, Flow, L
from flows.kinds import Alternative, Choice
from flows.steps_kind import Step, Steps, left

_INSTALL = Step(
    key="install",
    do=L("Tālrunī uzstādiet lietotni „EU Login Mobile” un atļaujiet tai sūtīt paziņojumus."),
    repair=L(
        "Ja lietotni uzstādīt nevar, der arī cits veids: drošības atslēga, elektroniskā identitāte (eID) vai "
        "piekļuves atslēga (passkey)."
    ),
)
_ADD = Step(
    key="add",
    do=L(
        "Datorā pieslēdzieties EU Login un atveriet „My Account”, tad „Manage my mobile devices” un „Add a mobile "
        "device”."
    ),
)
_PIN = Step(
    key="pin",
    do=L("Uzrakstiet ierīces nosaukumu, kādu gribat, un izdomājiet PIN. To nevienam nesūtiet, arī man ne."),
)
_SCAN = Step(
    key="scan",
    do=L("Lietotnē „EU Login Mobile” noskenējiet QR kodu, kas redzams datora ekrānā, un ierakstiet savu PIN."),
)
_CONFIRM = Step(
    key="confirm",
    do=L("Tālrunī apstipriniet paziņojumu, ko atsūta lietotne."),
    repair=L(
        "Pārbaudiet tālruņa iestatījumos, vai lietotnei „EU Login Mobile” ir atļauti paziņojumi, un mēģiniet vēlreiz."
    ),
)

_ACCOUNT = (
    Step(
        key="form",
        do=L(
            "EU Login lapā sāciet veidot jaunu kontu. Uzrakstiet vārdu, uzvārdu un divas reizes savu e-pasta adresi, "
            "izvēlieties e-pasta valodu."
        ),
    ),
    Step(key="send", do=L("Ierakstiet attēlā redzamās zīmes, piekrītiet privātuma noteikumiem un nosūtiet veidlapu.")),
    Step(
        key="mail",
        do=L("Atveriet savu e-pastu un saiti, ko atsūtīja EU Login."),
        repair=L(
            "Ieskatieties mēstuļu (spam) mapē. Ja vēstules nav arī tur, EU Login lapā pieprasiet to vēlreiz un "
            "pārbaudiet, vai e-pasta adrese uzrakstīta pareizi."
        ),
    ),
    Step(
        key="password",
        do=L(
            "Izdomājiet paroli: vismaz 10 zīmes, ar lielo un mazo burtu, ciparu un simbolu. Paroli nevienam "
            "nesūtiet, arī man ne."
        ),
        repair=L(
            "Pārbaudiet, vai parolē ir viss: vismaz 10 zīmes, lielais burts, mazais burts, cipars un "
            "simbols, piemēram, izsaukuma zīme."
        ),
    ),
)
_PHONE = (
    Step(
        key="other",
        do=L(
            "Pieslēdzieties EU Login ar otru veidu, ja tas jau bija pievienots: drošības atslēgu, elektronisko "
            "identitāti (eID) vai piekļuves atslēgu (passkey)."
        ),
        repair=L(
            "Ja otra veida nav, EU Login lapā izņemiet visas līdzšinējās otrās pārbaudes un pieslēdzieties no jauna. "
            "Reportnet darbinieki EU Login kontus labot nevar; ar tiem palīdz EU Login atbalsts: "
            "EU-LOGIN-EXTERNAL-SUPPORT@ec.europa.eu."
        ),
    ),
    _INSTALL,
    _ADD,
    _PIN,
    _SCAN,
    _CONFIRM,
)
_MAIL = (
    Step(
        key="spam",
        do=L("Ieskatieties e-pasta mēstuļu (spam) mapē, vai EU Login vēstule nav tur."),
        repair=L(
            "EU Login lapā pieprasiet vēstuli vēlreiz un pārbaudiet, vai e-pasta adrese uzrakstīta pareizi. Tad "
            "vēlreiz ieskatieties mēstuļu mapē."
        ),
    ),
    Step(
        key="push",
        do=L(
            "Ja gaidāt kodu vai paziņojumu tālrunī, pārbaudiet, vai lietotnei „EU Login Mobile” ir atļauti paziņojumi."
        ),
        repair=L(
            "Ja tālrunis ir jauns vai lietotne uzstādīta no jauna, tās saite ar kontu ir zudusi. Uzrakstiet „mainīt "
            "izvēli” un izvēlieties „Nav vecā tālruņa”."
        ),
    ),
    Step(
        key="retry",
        do=L("Pieslēdzieties vēlreiz."),
        repair=L(
            "Ja nav redzama izvēle „Password”, vietne prasa otro pārbaudi: tā jāpievieno kontam. Uzrakstiet „mainīt "
            "izvēli” un izvēlieties „Otrā pārbaude”."
        ),
    ),
)


def _steps(key: str, label: str, steps: tuple[Step, ...], *reached: str) -> Steps:
    return Steps(
        key=key,
        ask=L("Izdariet šos soļus pēc kārtas. Pie katra uzrakstiet „izdarīju” vai „nesanāk”."),
        again=L("vai šis solis izdevās?"),
        label=label,
        change=L("Mainīt soļus"),
        why=L("Tad zinu, kuru soli rādīt nākamo un ar ko palīdzēt."),
        example=L("Piemēram: „izdarīju”, „nesanāk” vai „3. solī nesanāk”."),
        things=("sol", "step"),
        only_if=lambda answers: answers.get("aim") == key,
        steps=steps,
        reached=reached,
    )


def _facts(answers: Answers, _: date) -> Mapping[str, Any]:
    return {"left": any(left(value) for key, value in answers.items() if key != "aim")}


EU_LOGIN = Flow(
    name="eu_login",
    title=L("EU Login pa solim"),
    opening=L("Iesim soli pa solim. Paroli, PIN un kodus nevienam nesūtiet, arī man ne."),
    ends_with="steps.taken",
    submit=L("Pabeigt"),
    reviewed=False,
    leads_to=lambda answers: ("eu_login" if answers.get("aim") == "account" else "reportnet_delivery",),
    facts=_facts,
    questions=(
        Choice(
            key="aim",
            ask=L("Ar ko Jums palīdzēt?"),
            again=L("ar ko Jums palīdzēt?"),
            label=L("Palīdzēt ar"),
            change=L("Mainīt izvēli"),
            why=L("Katrā gadījumā soļi ir citi."),
            example=L("Piemēram: „izveidot kontu” vai „kods neatnāk”."),
            things=("izvel", "merk", "choice"),
            alternatives=(
                Alternative(
                    code="account",
                    label=L("Izveidot kontu"),
                    words=("kont*", "izveid*", "account", "sign up"),
                    shown=L("izveidot kontu"),
                ),
                Alternative(
                    code="second",
                    label=L("Otrā pārbaude"),
                    words=("otr*", "parbaud*", "mfa", "faktor*", "lietotn*", "second"),
                    shown=L("pievienot otro pārbaudi"),
                ),
                Alternative(
                    code="new_phone",
                    label=L("Nav vecā tālruņa"),
                    words=("talrun*", "telefon*", "pazaud*", "zud*", "nozag*", "jauns talrunis", "phone"),
                    shown=L("tālrunis nozaudēts vai nomainīts"),
                ),
                Alternative(
                    code="mail",
                    label=L("Kods neatnāk"),
                    words=("neatnak*", "neatnac*", "nesanem*", "vestul*", "e pasts", "epast*", "kod*", "code", "mail"),
                    shown=L("kods vai e-pasts neatnāk"),
                ),
            ),
        ),
        _steps("account", L("EU Login konts"), _ACCOUNT, "jau ir", "already have"),
        _steps("second", L("Otrā pārbaude"), (_INSTALL, _ADD, _PIN, _SCAN, _CONFIRM), "jau ir", "already have"),
        _steps("new_phone", L("Cits tālrunis"), _PHONE),
        _steps("mail", L("Kods vai e-pasts"), _MAIL, "atnaca", "arrived"),
    ),
)
