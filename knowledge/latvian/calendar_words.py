"""The words dates are made of: months, seasons, weekdays and what people say instead of a year or a day.

Each word has a kind of one letter, so that a sentence becomes a short string in which `dates` looks for patterns:

    M month                 m month name that needs a day or a year beside it (dec., may, Augusts)
    S season                s season in a form that needs a year beside it (rudens, vasaras)
    G year, as in 2021. gadā                    R years from this one (pērn -1, šogad 0)
    A last, this, next (-1, 0, 1)               Z season of this year (šoruden; `upper` -1: pērnruden)
    W weekday   K week   L month   T day        V days from today (vakar -1)
    1 this week (šonedēļ)   2 this month        h half a year (pirms pusgada)   3 two thousand
    B before (pirms)        X ago (atpakaļ)     Q after (pēc)     F since (kopš)     f from (no)
    c to (līdz, -)          u and               v or              i in, of
    P first, middle or last third (sākumā)      H half (pirmajā pusē)      k every (katru)
    O ordinal in words      N number in words   E Easter          J midsummer
"""

from dataclasses import dataclass

from knowledge.latvian.declension import adjective_forms, noun_forms
from knowledge.latvian.number_words import NUMERALS, OTHER_LANGUAGES


@dataclass(frozen=True, slots=True)
class CalendarWord:
    """What a word is in a date: its kind and its value (month 1-12, season 0-3, weekday 0-6, offset, number).

    `upper` is the larger end of a vague number (pāris: 2 to 3).
    """

    kind: str
    value: int
    upper: int = 0


_MONTHS = ("janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris").split()
_SHORT_MONTHS = (
    "jan/janv feb/febr mar apr mai jun jul aug sep/sept okt/oct nov dec"
    " january february march april may june july august september october november december"
).split()
_RUSSIAN_MONTHS = "январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр".split()
_ENGLISH_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "pirm otr tres ceturt piekt sest svet".split()
_ENGLISH_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_RUSSIAN_WEEKDAYS = "понедельник вторник среду четверг пятницу субботу воскресенье".split()
_ORDINALS = "pirm otr tres ceturt piekt sest septit astot devit desmit".split()
_STEMS = "vien div tris cetr piec ses septin aston devin".split()


def _words(kind: str, value: int, forms: str) -> dict[str, CalendarWord]:
    return dict.fromkeys(forms.split(), CalendarWord(kind, value))


def _months() -> dict[str, CalendarWord]:
    known = {}
    for number, name in enumerate(_MONTHS, start=1):
        known |= dict.fromkeys(noun_forms(name), CalendarWord("M", number))
        for short in _SHORT_MONTHS[number - 1].split("/"):
            known[short] = CalendarWord("m", number)
    return known


def _seasons() -> dict[str, CalendarWord]:
    known = {}
    for number, (plain, needs_year, this) in enumerate(
        (
            ("pavasari pavasar", "pavasaris pavasara pavasarim", "sopavasar sopavasari"),
            ("vasara vasaru", "vasaras vasarai", "sovasar sovasaru"),
            ("rudeni ruden rudenii", "rudens rudenim", "soruden sorudeni sorudens"),
            ("ziema ziemu", "ziemas ziemai", "soziem soziemu"),
        )
    ):
        known |= _words("S", number, plain) | _words("s", number, needs_year) | _words("Z", number, this)
        known |= dict.fromkeys((f"pern{this.split()[0][2:]}",), CalendarWord("Z", number, -1))
    return known


def _days() -> dict[str, CalendarWord]:
    known = {}
    for number, stem in enumerate(_WEEKDAYS):
        known |= _words("W", number, f"{stem}dien {stem}diena {stem}dienu so{stem}dien")
    for days, forms in ((0, "sodien sorit sovakar sonakt"), (-1, "vakar vakarnakt"), (-2, "aizvakar"), (1, "rit"), (2, "parit")):
        known |= _words("V", days, forms)
    return known


def _ordinals() -> dict[str, CalendarWord]:
    known = {}
    for number, stem in enumerate(_ORDINALS, start=1):
        known |= dict.fromkeys(adjective_forms(stem + "ais"), CalendarWord("O", number))
    known |= dict.fromkeys(adjective_forms("tresais"), CalendarWord("O", 3))
    known |= {form.replace("tres", "tresaj"): CalendarWord("O", 3) for form in ("tresa", "tresam")}
    for number, stem in enumerate(_STEMS, start=11):
        known |= dict.fromkeys(adjective_forms(stem + "padsmitais"), CalendarWord("O", number))
    for number, stem in ((20, "divdesmit"), (30, "trisdesmit")):
        known |= dict.fromkeys(adjective_forms(stem + "ais"), CalendarWord("O", number))
    return {form: word for form, word in known.items() if len(form) > 3}


def _adjectives() -> dict[str, CalendarWord]:
    known = {}
    for value, names in ((-1, "pagājušais iepriekšējais"), (-2, "aizpagājušais"), (1, "nākamais nākošais")):
        for name in names.split():
            known |= dict.fromkeys(adjective_forms(name), CalendarWord("A", value))
    for value, name in ((-1, "pērnais"), (-2, "aizpērnais")):
        known |= dict.fromkeys(adjective_forms(name), CalendarWord("R", value))
    return known | _words("A", 0, "s si sa saja saja so sis sai sim") | _words("A", -1, "pag")


def _numbers() -> dict[str, CalendarWord]:
    return {
        form: CalendarWord("N", int(numeral.least), int(numeral.most))
        for form, numeral in NUMERALS.items()
        if numeral.kind in ("unit", "teen", "tens", "few") and 0 < numeral.most <= 90
    }


LATVIAN: dict[str, CalendarWord] = (  # by folded form
    _numbers()
    | _ordinals()
    | _months()
    | _seasons()
    | _days()
    | _adjectives()
    | _words("G", 0, "gads gada gadam gadu gadi gadus gadiem gadis g")
    | _words("R", 0, "sogad")
    | _words("R", -1, "pern pagajusogad pagajusgad perngad")
    | _words("R", -2, "aizpern aizpagajusogad aizperngad")
    | _words("R", 1, "nakamgad nakosgad nakamogad")
    | _words("K", 1, "nedela nedelas nedelu nedelam nedelai")
    | _words("L", 1, "menesis menesa menesi menesim menesiem menesu mensi men")
    | _words("T", 1, "diena dienas dienu dienam")
    | _words("1", 0, "sonedel sonedela")
    | _words("1", -1, "pagajusonedel pagajusnedel")
    | _words("2", -1, "pagajusomenes")
    | _words("2", 0, "somenes")
    | _words("3", 2000, "divtukstos divtukstosi tukstosi tukstos")
    | _words("i", 0, "vela velaja velu agra agraja agru vakara rita")
    | _words("h", 6, "pusgads pusgada")
    | _words("B", 0, "pirms")
    | _words("X", 0, "atpakal")
    | _words("Q", 0, "pec")
    | _words("F", 0, "kops")
    | _words("f", 0, "no")
    | _words("c", 0, "lidz")
    | _words("u", 0, "un")
    | _words("v", 0, "vai")
    | _words("P", 0, "sakuma sakums sakumu sakot")
    | _words("P", 1, "vidu vidus viducis")
    | _words("P", 2, "beigas beigu beigam nogale nogali izskana")
    | _words("H", 0, "puse pusi")
    | _words("k", 0, "katru katra ik")
    | _words("E", 0, "lieldienas lieldienam lieldienu")
    | _words("J", 0, "janos janiem ligosvetkos ligo")
)


def _russian() -> dict[str, CalendarWord]:
    known = {}
    for number, stem in enumerate(_RUSSIAN_MONTHS, start=1):
        endings = ("й", "я", "е") if stem == "ма" else ("ь", "я", "е", "", "а")
        known |= {stem + ending: CalendarWord("M", number) for ending in endings if len(stem + ending) > 2}
    known.pop("ма", None)
    for number, forms in enumerate(("весной весна весну весны", "летом лето", "осенью осень осени", "зимой зима зиму зимы")):
        known |= _words("S", number, forms)
    for number, name in enumerate(_RUSSIAN_WEEKDAYS):
        known |= _words("W", number, name)
    last = "прошлый прошлая прошлое прошлого прошлом прошлой прошлую прошлым"
    return (
        known
        | _words("A", -1, last)
        | _words("A", -2, "позапрошлый позапрошлого позапрошлом позапрошлой позапрошлую")
        | _words("A", 0, "этот эта этого этом этой эту")
        | _words("A", 1, "следующий следующего следующем следующей следующую")
        | _words("G", 0, "год года году лет г")
        | _words("K", 1, "неделя недели неделю недель неделе")
        | _words("L", 1, "месяц месяца месяцев месяце")
        | _words("T", 1, "день дня дней")
        | _words("V", 0, "сегодня")
        | _words("V", -1, "вчера")
        | _words("V", -2, "позавчера")
        | _words("V", 1, "завтра")
        | _words("X", 0, "назад")
        | _words("i", 0, "в во")
        | _words("f", 0, "с от")
        | _words("c", 0, "до по")
        | _words("u", 0, "и")
        | _words("v", 0, "или")
        | _words("P", 0, "начале начало")
        | _words("P", 1, "середине")
        | _words("P", 2, "конце")
    )


def _english() -> dict[str, CalendarWord]:
    known = {}
    for number, name in enumerate(_ENGLISH_MONTHS, start=1):
        known[name] = CalendarWord("m" if name in ("march", "may", "august") else "M", number)
    for number, name in enumerate(("spring", "summer", "autumn", "winter")):
        known[name] = CalendarWord("S", number)
    for number, name in enumerate(_ENGLISH_WEEKDAYS):
        known[name] = CalendarWord("W", number)
    return (
        known
        | _words("A", -1, "last previous")
        | _words("A", 0, "this")
        | _words("A", 1, "next")
        | _words("G", 0, "year years")
        | _words("K", 1, "week weeks")
        | _words("L", 1, "month months")
        | _words("T", 1, "day days")
        | _words("V", 0, "today")
        | _words("V", -1, "yesterday")
        | _words("V", 1, "tomorrow")
        | _words("X", 0, "ago")
        | _words("i", 0, "in of the on during")
        | _words("f", 0, "from between")
        | _words("F", 0, "since")
        | _words("c", 0, "to until till")
        | _words("u", 0, "and")
        | _words("v", 0, "or")
        | _words("P", 0, "early beginning")
        | _words("P", 1, "mid middle")
        | _words("P", 2, "late end")
        | _words("k", 0, "every each")
    )


OTHERS: dict[str, CalendarWord] = (  # by small letters, `ё` as `е`
    {
        form: CalendarWord("N", int(numeral.least), int(numeral.most))
        for form, numeral in OTHER_LANGUAGES.items()
        if numeral.kind in ("unit", "teen", "tens", "few")
    }
    | _english()
    | _russian()
)
ENGLISH_MONTHS = frozenset(_ENGLISH_MONTHS)  # their day may follow: April 15
