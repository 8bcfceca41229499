"""The words dates are made of: months, seasons, weekdays and what people say instead of a year or a day.

Each word has a kind of one letter, so that a sentence becomes a short row in which `dates` looks for patterns:

    M month                 m month name that needs a day or a year beside it (dec., may)
    S season                s season in a form that needs a year beside it (rudens, vasaras)
    G year, as in 2021. gadā                    R years from this one (pērn -1, šogad 0)
    A last, this, next (-1, 0, 1)               Z season of this year (šoruden; `upper` -1: pērnruden)
    W weekday   K week   L month   T day        V days from today (vakar -1)
    1 this week (šonedēļ)   2 this month        h half a year (pirms pusgada)   3 two thousand
    B before (pirms)        X ago (atpakaļ)     Q after (pēc)     F since (kopš)     f from (no)
    c to (līdz, -)          u and               v or              i in, of, late, early
    P first, middle or last third (sākumā)      H half (pirmajā pusē)      k every (katru)
    O ordinal in words      N number in words   E Easter          J midsummer
"""

from typing import NamedTuple

from knowledge.latvian.declension import adjective_forms, noun_forms
from knowledge.latvian.number_words import NUMERALS, OTHER_LANGUAGES
from knowledge.latvian.text import fold


class CalendarWord(NamedTuple):
    """What a word is in a date: its kind and its value (month 1-12, season 0-3, weekday 0-6, offset, number).

    `upper` is the larger end of a vague number (pāris: 2 to 3).
    """

    kind: str
    value: int
    upper: int = 0


_MONTHS = (  # Latvian, its short forms, English, the Russian stem
    ("janvāris", "jan janv", "january", "январ"),
    ("februāris", "feb febr", "february", "феврал"),
    ("marts", "mar", "march", "март"),
    ("aprīlis", "apr", "april", "апрел"),
    ("maijs", "mai", "may", "ма"),
    ("jūnijs", "jun", "june", "июн"),
    ("jūlijs", "jul", "july", "июл"),
    ("augusts", "aug", "august", "август"),
    ("septembris", "sep sept", "september", "сентябр"),
    ("oktobris", "okt", "october", "октябр"),
    ("novembris", "nov", "november", "ноябр"),
    ("decembris", "dec", "december", "декабр"),
)
_SEASONS = (  # forms that say when, forms that need a year, this year's, last year's, English, Russian
    ("pavasarī pavasar", "pavasaris pavasara pavasarim", "šopavasar šopavasarī", "pērnpavasar", "spring"),
    ("vasarā vasaru", "vasaras vasarai", "šovasar šovasaru", "pērnvasar", "summer"),
    ("rudenī ruden", "rudens rudenim", "šoruden šorudenī šorudens", "pērnruden", "autumn"),
    ("ziemā ziemu", "ziemas ziemai", "šoziem šoziemu", "pērnziem", "winter"),
)
_RUSSIAN_SEASONS = ("весной весна весну весны", "летом лето", "осенью осень осени", "зимой зима зиму зимы")
_WEEKDAYS = (
    ("pirm", "monday", "понедельник"),
    ("otr", "tuesday", "вторник"),
    ("treš", "wednesday", "среду"),
    ("ceturt", "thursday", "четверг"),
    ("piekt", "friday", "пятницу"),
    ("sest", "saturday", "субботу"),
    ("svēt", "sunday", "воскресенье"),
)
_ORDINALS = ("pirm", "otr", "treš", "ceturt", "piekt", "sest", "septīt", "astot", "devīt", "desmit")
_TEENS = ("vien", "div", "trīs", "četr", "piec", "seš", "septiņ", "astoņ", "deviņ")
_AMBIGUOUS = ("march", "may", "august")  # English verbs and names


def _words(kind: str, value: int, forms: str) -> dict[str, CalendarWord]:
    return dict.fromkeys(fold(forms).split(), CalendarWord(kind, value))


def _months() -> dict[str, CalendarWord]:
    known: dict[str, CalendarWord] = {}
    for number, (name, short, _, _) in enumerate(_MONTHS, start=1):
        known |= dict.fromkeys(noun_forms(name), CalendarWord("M", number)) | _words("m", number, short)
    return known


def _seasons() -> dict[str, CalendarWord]:
    known: dict[str, CalendarWord] = {}
    for number, (says, needs_year, this, last, _) in enumerate(_SEASONS):
        known |= _words("S", number, says) | _words("s", number, needs_year) | _words("Z", number, this)
        known |= dict.fromkeys(fold(last).split(), CalendarWord("Z", number, -1))
    return known


def _days() -> dict[str, CalendarWord]:
    known: dict[str, CalendarWord] = {}
    for number, (stem, _, _) in enumerate(_WEEKDAYS):
        known |= _words("W", number, f"{stem}dien {stem}diena {stem}dienu šo{stem}dien")
    return (
        known
        | _words("V", 0, "šodien šorīt šovakar šonakt")
        | _words("V", -1, "vakar vakarnakt vakardien vakardienu")
        | _words("V", -2, "aizvakar")
        | _words("V", 1, "rīt")
        | _words("V", 2, "parīt")
    )


def _ordinals() -> dict[str, CalendarWord]:
    known: dict[str, CalendarWord] = {}
    for number, stem in enumerate(_ORDINALS, start=1):
        known |= dict.fromkeys(adjective_forms(stem + "ais"), CalendarWord("O", number))
    for number, stem in enumerate(_TEENS, start=11):
        known |= dict.fromkeys(adjective_forms(stem + "padsmitais"), CalendarWord("O", number))
    for number, stem in ((20, "divdesmit"), (30, "trīsdesmit")):
        known |= dict.fromkeys(adjective_forms(stem + "ais"), CalendarWord("O", number))
    return {form: word for form, word in known.items() if len(form) > 3} | _words("O", 3, "trešajā trešajam")


def _adjectives() -> dict[str, CalendarWord]:
    known: dict[str, CalendarWord] = {}
    for kind, value, name in (
        ("A", -1, "pagājušais"),
        ("A", -1, "iepriekšējais"),
        ("A", -2, "aizpagājušais"),
        ("A", 1, "nākamais"),
        ("A", 1, "nākošais"),
        ("R", -1, "pērnais"),
        ("R", -2, "aizpērnais"),
    ):
        known |= dict.fromkeys(adjective_forms(name), CalendarWord(kind, value))
    return known | _words("A", 0, "š šī šā šajā šo šis šai šim") | _words("A", -1, "pag p")


_COUNTED = ("unit", "teen", "tens", "few")


def _numbers() -> dict[str, CalendarWord]:
    return {
        form: CalendarWord("N", int(numeral.least), int(numeral.most))
        for form, numeral in NUMERALS.items()
        if numeral.kind in _COUNTED and 0 < numeral.most <= 90
    }


LATVIAN: dict[str, CalendarWord] = (  # by folded form
    _numbers()
    | _ordinals()
    | _months()
    | _seasons()
    | _days()
    | _adjectives()
    | _words("G", 0, "gads gada gadam gadu gadi gadus gadiem gadā g")
    | _words("R", 0, "šogad")
    | _words("R", -1, "pērn pagājušogad pagājušgad pērngad")
    | _words("R", -2, "aizpērn aizpagājušogad aizpērngad")
    | _words("R", 1, "nākamgad nākošgad nākamogad")
    | _words("K", 1, "nedēļa nedēļas nedēļu nedēļām nedēļai")
    | _words("L", 1, "mēnesis mēneša mēnesi mēnesim mēnešiem mēnešu mēneši mēn")
    | _words("T", 1, "diena dienas dienu dienām")
    | _words("1", 0, "šonedēļ šonedēļa")
    | _words("1", -1, "pagājušonedēļ pagājušnedēļ")
    | _words("2", 0, "šomēnes")
    | _words("2", -1, "pagājušomēnes")
    | _words("3", 2000, "divtūkstoš divtūkstoši tūkstoši tūkstoš")
    | _words("h", 6, "pusgads pusgada pusgadu")
    | _words("h", 18, "pusotra pusotru")  # years and a half, with the word for years after it
    | _words("i", 0, "vēlā vēlajā vēlu agrā agrajā agru vakarā rītā")
    | _words("B", 0, "pirms")
    | _words("X", 0, "atpakaļ")
    | _words("Q", 0, "pēc")
    | _words("F", 0, "kopš")
    | _words("f", 0, "no")
    | _words("c", 0, "līdz")
    | _words("u", 0, "un")
    | _words("v", 0, "vai")
    | _words("P", 0, "sākumā sākums sākumu sākot")
    | _words("P", 1, "vidū vidus vidu viducis")
    | _words("P", 2, "beigās beigas beigu beigām nogale nogalē izskaņā")
    | _words("H", 0, "puse pusē pusi")
    | _words("k", 0, "katru katra katrā ik")
    | _words("E", 0, "lieldienas lieldienās lieldienām lieldienu")
    | _words("J", 0, "jāņos jāņiem līgosvētkos līgo")
)


def _russian() -> dict[str, CalendarWord]:
    known: dict[str, CalendarWord] = {}
    for number, (_, _, _, stem) in enumerate(_MONTHS, start=1):
        endings = ("й", "я", "е") if stem == "ма" else ("ь", "я", "е", "", "а")
        known |= {stem + ending: CalendarWord("M", number) for ending in endings}
    for number, forms in enumerate(_RUSSIAN_SEASONS):
        known |= dict.fromkeys(forms.split(), CalendarWord("S", number))
    for number, (_, _, name) in enumerate(_WEEKDAYS):
        known[name] = CalendarWord("W", number)
    return known | _plain(
        ("A", -1, "прошлый прошлая прошлое прошлого прошлом прошлой прошлую прошлым"),
        ("A", -2, "позапрошлый позапрошлого позапрошлом позапрошлой позапрошлую"),
        ("A", 0, "этот эта этого этом этой эту"),
        ("A", 1, "следующий следующего следующем следующей следующую"),
        ("G", 0, "год года году лет г"),
        ("K", 1, "неделя недели неделю недель неделе"),
        ("L", 1, "месяц месяца месяцев месяце"),
        ("T", 1, "день дня дней"),
        ("V", 0, "сегодня"),
        ("V", -1, "вчера"),
        ("V", -2, "позавчера"),
        ("V", 1, "завтра"),
        ("X", 0, "назад"),
        ("i", 0, "в во"),
        ("f", 0, "с от"),
        ("c", 0, "до по"),
        ("u", 0, "и"),
        ("v", 0, "или"),
        ("P", 0, "начале начало"),
        ("P", 1, "середине"),
        ("P", 2, "конце"),
    )


def _english() -> dict[str, CalendarWord]:
    known: dict[str, CalendarWord] = {}
    for number, (_, _, name, _) in enumerate(_MONTHS, start=1):
        known[name] = CalendarWord("m" if name in _AMBIGUOUS else "M", number)
    for number, (*_, name) in enumerate(_SEASONS):
        known[name] = CalendarWord("S", number)
    for number, (_, name, _) in enumerate(_WEEKDAYS):
        known[name] = CalendarWord("W", number)
    return known | _plain(
        ("A", -1, "last previous"),
        ("A", 0, "this"),
        ("A", 1, "next"),
        ("G", 0, "year years"),
        ("K", 1, "week weeks"),
        ("L", 1, "month months"),
        ("T", 1, "day days"),
        ("V", 0, "today"),
        ("V", -1, "yesterday"),
        ("V", 1, "tomorrow"),
        ("X", 0, "ago"),
        ("i", 0, "in of the on during"),
        ("f", 0, "from between"),
        ("F", 0, "since"),
        ("c", 0, "to until till"),
        ("u", 0, "and"),
        ("v", 0, "or"),
        ("P", 0, "early beginning"),
        ("P", 1, "mid middle"),
        ("P", 2, "late end"),
        ("k", 0, "every each"),
    )


def _plain(*entries: tuple[str, int, str]) -> dict[str, CalendarWord]:
    """Return words that are looked up as they are typed, not folded."""
    return {form: CalendarWord(kind, value) for kind, value, forms in entries for form in forms.split()}


OTHERS: dict[str, CalendarWord] = (  # by small letters, `ё` as `е`
    {
        form: CalendarWord("N", int(numeral.least), int(numeral.most))
        for form, numeral in OTHER_LANGUAGES.items()
        if numeral.kind in _COUNTED
    }
    | _english()
    | _russian()
)
ENGLISH_MONTHS = frozenset(name for _, _, name, _ in _MONTHS)  # their day may follow: April 15
