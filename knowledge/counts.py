"""Which numbers of a sentence can count trees: not its years, hectares, ages, heights, prices, people or addresses."""

import re
from collections.abc import Sequence
from datetime import date

from knowledge.found import Found
from knowledge.latvian.dates import BadDate, Period, find_dates
from knowledge.latvian.numbers import Amount, find_numbers
from knowledge.latvian.text import Word, words

# More than all of Latvia plants in the initiative (12 million trees); `trīs miljardi` is its name.
_MOST = 5_000_000


def find_counts(text: str, today: date) -> list[Found[Amount]]:
    """Return the numbers that may count trees, in order; what they count is said elsewhere or nowhere."""
    return tree_counts(text, words(text), find_dates(text, today))


def tree_counts(
    text: str, cut: Sequence[Word], dates: Sequence[Found[Period | BadDate]]
) -> list[Found[Amount]]:
    """Do the same for a text that is cut and whose dates are read already.

    A bare year (`2021 ozols`) is left to be a count: the date that may be it is not sure.
    """
    taken = [
        (found.start, found.end) for found in dates if isinstance(found.value, BadDate) or found.value.sure or found.value.precision == "day"
    ]
    numbers = []
    for number in find_numbers(text, ordinals=True):
        if any(start < number.end and number.start < end for start, end in taken) or number.value.least > _MOST:
            continue
        if not _counts_something_else(text, cut, number):
            numbers.append(number)
    return numbers


_ELSE = re.compile(
    r"""(?:
      ha|hekt\w*|ari|aru|arus|m|m2|m3|cm|mm|km|kvm|kv|kvadr\w*|metr\w*|centimetr\w*|kilometr\w*|litr\w*|l|kg|kilogram\w*|t|ton\w*
    | eur|eiro|euro|centi|centu|lati|latu|proc|procent\w*|grad\w*
    | gad(?!ij)\w*|g|menes\w*|men|nedel\w*|dien\w*|stund\w*|h|min|minut\w*|reiz\w*|diendien\w*
    | cilvek\w*|bern(?!z)\w*|skolen\w*|skolniek\w*|skolot\w*|dalibniek\w*|person\w*|brivprat\w*|gimen\w*|kaimin\w*|mazbern\w*
    | klas\w*|jauniesi\w*|jauniesu|student\w*|darbiniek\w*|radiniek\w*|viri|viriesi|viru|siev\w*|pensionar\w*|mednieki|mednieku
    | audzekn\w*|kolegi|kolegu|draugi|draugiem|talcinie\w*|deli|deliem|meitas|meitam|mes|biedri|biedru|iedzivotaj\w*|prieksniek\w*
    | rind\w*|vag\w*|vagas|viet\w*|lauki|lauku|laukos|zemes\w*|ipasum\w*|maj\w*|dal[aiu]\w*|sug\w*|veid\w*|skirn\w*|krasas|grup\w*
    | kast\w{1,3}|pod[aiou]\w*|mais[aiou]\w*|palet\w*|bedr\w*|stav\w*|punkt\w*|sol[iu]\w{0,3}|lap(?:as|pus\w*)|foto\w*|bild\w*|attel\w*
    | dokument\w*|zvan\w*|jautaj\w*|talk\w*|komand\w*|novad\w*|pagast\w*|skol\w*|bernudar\w*|ielas|vestul\w*|e|x|koord\w*|parcel\w*
    | kodin\w*|variant\w*|versij\w*|konkurs\w*|pusdien\w*|rit[aā]|vakar[aā]|dzivokl\w*|gadig\w*
    | year|years|old|people|children|kids|pupils|students|hectar\w*|acre\w*|euro\w*|meter\w*|metre\w*|feet|persons|volunte\w*
    )""",
    re.VERBOSE,
)
_ELSE_RUSSIAN = re.compile(r"лет|год\w*|га|гектар\w*|человек\w*|дет\w+|школьник\w*|метр\w*|см|м|евро|раз\w*|кг|соток|сотки")
_AFTER = frozenset(
    "nr numurs numura iela ielas ielu dzivoklis dz klase klases klasu tel talr talrunis telefons mob plkst pulksten lv eur"
    " versija reportnet reportnets bloks kvartals nogabals kategorija kods pk lpp apzimejums prospekts bulvaris gatve"
    " koordinatas lks platums garums gps ip".split()
)
_MONEY = re.compile(r"\s?[€$£%²³°]")
_CLASS = re.compile(r"\.?\s?[a-dA-D]\b\.?")
_ADJECTIVE_OF_AGE = re.compile(r"\s?-?\s?gad[iī]g", re.IGNORECASE)


def _counts_something_else(text: str, cut: Sequence[Word], number: Found[Amount]) -> bool:
    if _MONEY.match(text, number.end) or _ADJECTIVE_OF_AGE.match(text, number.end) or text[number.start - 1 : number.start] in ("€", "$"):
        return True
    if _CLASS.match(text, number.end) and text[number.end - 1].isdigit():
        return True
    first = next((place for place, word in enumerate(cut) if word.start >= number.start), len(cut))
    following = next((word for word in cut[first:] if word.start >= number.end), None)
    if first and cut[first - 1].folded in _AFTER and text[cut[first - 1].end : number.start].strip() in ("", ".", ":", "-"):
        return True
    if following is None or text[number.end : following.start].strip() not in ("", "."):
        return False
    if text[number.end : following.start].strip() == "." and following.text[0].isupper():
        return False  # a new sentence
    return bool(_ELSE.fullmatch(following.folded) or _ELSE_RUSSIAN.fullmatch(following.text.lower()))
