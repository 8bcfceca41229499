"""Which numbers of a sentence can count trees: not its years, hectares, ages, heights, prices, people or addresses."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date

from knowledge.found import Found
from knowledge.latvian.dates import BadDate, Period, find_dates
from knowledge.latvian.numbers import Amount, find_numbers
from knowledge.latvian.text import Word, words
from knowledge.latvian.vocabulary import listed, vocabulary

# More than all of Latvia plants in the initiative (12 million trees); `trīs miljardi` is its name.
_MOST = 5_000_000


def find_counts(text: str, today: date) -> list[Found[Amount]]:
    """Return the numbers that may count trees, in order; what they count is said elsewhere or nowhere."""
    cut = words(text)
    return tree_counts(text, cut, find_dates(text, today, cut))


def tree_counts(text: str, cut: Sequence[Word], dates: Sequence[Found[Period | BadDate]]) -> list[Found[Amount]]:
    """Do the same for a text that is cut and whose dates are read already.

    A bare year (`2021 ozols`) is left to be a count: the date that may be it is not sure.
    """
    taken = [
        (found.start, found.end)
        for found in dates
        if isinstance(found.value, BadDate) or found.value.sure or found.value.precision == "day"
    ]
    numbers: list[Found[Amount]] = []
    for number in find_numbers(text, ordinals=True, cut=cut):
        if any(start < number.end and number.start < end for start, end in taken) or number.value.least > _MOST:
            continue
        if numbers and number.value.exact == numbers[-1].value.exact and _again(text, numbers[-1], number):
            numbers[-1] = Found(number.value, numbers[-1].start, number.end)
        elif not _counts_something_else(text, cut, number):
            numbers.append(number)
    return numbers


def _again(text: str, number: Found[Amount], following: Found[Amount]) -> bool:
    """Whether a number is only the one before it in other signs: `6000 (seši tūkstoši)`."""
    return text[number.end : following.start].strip() == "(" and text[following.end : following.end + 1] == ")"


_ELSE = vocabulary(
    # measures and money
    "ha hekt- ārs āri āru ārus m m2 m3 cm mm km kvm kv kvadr- metr- centimetr- kilometr- litr- l kg kilogram-"
    " t ton- grād- eur eiro euro centi centu lati latu proc procent-",
    # times and ages
    "gads gada gadi gadu gadus gadiem gadam gados gadīg- g mēnes- men nedēļ- diena dienas dienu dienām stund-"
    " h min minūt- reiz- pusdien- rītā vakarā",
    # people
    "cilvēk- bērns bērni bērnu bērnus bērniem bērna skolēn- skolniek- skolot- dalībniek- person- brīvprāt-"
    " ģimen- kaimiņ- mazbērn- klas- jaunieši jauniešu jauniešiem student- darbiniek- radiniek- vīri vīrieši"
    " vīru siev- pensionār- mednieki mednieku audzēkn- kolēģi kolēģu kolēģiem draugi draugiem draugu"
    " talciniek- dēli dēliem meitas meitām mēs biedri biedru iedzīvotāj-",
    # land, buildings, kinds and things
    "rinda rindas rindu rindām vag- vieta vietas vietu vietām vietās lauki lauku laukos zemes īpašum- māja"
    " mājas māju mājām daļa daļas daļu daļām sugas sugu sugām suga veidi veidu veidiem šķirn- krāsas grup-"
    " kaste kastes kastēm kastu podi podos podu podiņ- maiss maisi maisus maisu palet- bedr- stāv- punkt- soļi"
    " soļu soļiem solis soli lapas lapus- foto bild- attēl- dokument- zvan- jautāj- talk- komand- novad-"
    " pagast- skola skolas skolu skolām bērnudār- ielas vēstul- e koord- parcel- kodin- variant- versij-"
    " konkurs- dzīvokl-",
    # other languages
    "year years old people children kids pupils students hectar- acre- euros meter- metre- feet persons volunte-"
    " лет год- га гектар- человек- дет- школьник- метр- см м раз раза кг соток сотки",
)
_AFTER = listed(
    "nr numurs numura iela ielas ielu dzivoklis dz klase klases klasu tel talr talrunis telefons mob plkst"
    " pulksten lv eur versija reportnet reportnets bloks kvartals nogabals kategorija kods pk lpp apzimejums"
    " prospekts bulvaris gatve koordinatas lks platums garums gps ip"
)
_MONEY = re.compile(r"\s?[€$£%²³°]")
_PER_HECTARE = re.compile(
    r"\s?(?:gab\w*\.?|koki|koku|st[aā]di)?\s?(?:/\s?ha|uz\s(?:ha|hekt)|hekt[aā]r[aā]\b)", re.IGNORECASE
)
_EACH_HECTARE = re.compile(r"\b(?:uz\s)?katr[aāuo]\s(?:ha|hekt[aā]r\w*)\W*$|\buz\shekt[aā]r\w\W*$", re.IGNORECASE)
_CLASS = re.compile(r"\.?\s?[a-dA-D]\b\.?")
_ADJECTIVE_OF_AGE = re.compile(r"\s?-?\s?gad[iī]g", re.IGNORECASE)


def _start(word: Word) -> int:
    return word.start


def _counts_something_else(text: str, cut: Sequence[Word], number: Found[Amount]) -> bool:
    if _PER_HECTARE.match(text, number.end) or _EACH_HECTARE.search(text, max(0, number.start - 40), number.start):
        return True
    if (
        _MONEY.match(text, number.end)
        or _ADJECTIVE_OF_AGE.match(text, number.end)
        or text[number.start - 1 : number.start] in ("€", "$")
    ):
        return True
    if _CLASS.match(text, number.end) and text[number.end - 1].isdigit():
        return True
    first = bisect_left(cut, number.start, key=_start)
    last = bisect_left(cut, number.end, key=_start)
    following = cut[last] if last < len(cut) else None
    flat = bool(first) and first < len(cut) and text[cut[first - 1].end : cut[first].start] in ("-", "–")
    before = first - 1 if flat and cut[first - 1].is_number else first  # Liepājas iela 12-3
    if (
        before < len(cut)
        and before
        and cut[before - 1].folded in _AFTER
        and text[cut[before - 1].end : cut[before].start].strip() in ("", ".", ":", "-")
    ):
        return True
    if following is None or text[number.end : following.start].strip() not in ("", "."):
        return False
    if text[number.end : following.start].strip() == "." and following.text[0].isupper():
        return False  # a new sentence
    return following.folded in _ELSE
