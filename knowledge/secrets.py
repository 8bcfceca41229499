"""Hides what we never want to keep: *personas kods*, passwords, sign-in codes, cards, accounts.

`mask` runs before anything is stored, the raw message included, and leaves a mark such as `[parole]` behind.
Contract for eleven digits that may be a *personas kods* or a cadastre number: they become `[11 cipari]` and
`doubtful` is set. The caller asks „Vai tas ir kadastra numurs?” and keeps nothing of the text itself; when the
person says yes, the original has to come back with the answer (the channel still shows the message, or the person
writes it again), and `confirm_cadastre` reads it. A no, or no answer: the digits are gone, as they should be.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from knowledge.places.cadastre import as_cadastre, find_cadastre

Kind: TypeAlias = Literal["personal_code", "digits", "password", "code", "card", "iban"]
MARKS: dict[Kind, str] = {
    "personal_code": "[personas kods]",
    "digits": "[11 cipari]",
    "password": "[parole]",
    "code": "[kods]",
    "card": "[bankas karte]",
    "iban": "[bankas konts]",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Masked:
    """A text that may be stored, what kinds of secrets were hidden in it, and whether somebody has to be asked."""

    text: str
    kinds: frozenset[Kind] = frozenset()
    doubtful: bool = False


def mask(text: str) -> Masked:
    """Return the text with every secret in it replaced by a mark; a text without one comes back as it is."""
    kinds: set[Kind] = set()
    masked = text
    digits = sum(map(text.count, "0123456789"))
    lower = text.lower()
    for kind, least, hints, find in _FINDERS:
        if digits < least or (hints and not any(hint in lower for hint in hints)):
            continue
        # Each finder sees the marks of those before it, so that no digits are judged twice.
        for start, end in sorted(find(masked), reverse=True):
            masked = masked[:start] + MARKS[kind] + masked[end:]
            kinds.add(kind)
    return Masked(text=masked, kinds=frozenset(kinds), doubtful="digits" in kinds)


def confirm_cadastre(original: str) -> str | None:
    """Return the eleven digits that `mask` found doubtful, now that the person says they are a cadastre number.

    `original` is the text as it was written. Nothing is returned for the form dddddd-ddddd, or where the text
    holds no doubtful digits.
    """
    doubtful = [item for item in find_cadastre(original) if item.value.doubtful]
    return as_cadastre(original[doubtful[0].start : doubtful[0].end]) if doubtful else None


_Spans: TypeAlias = Iterator[tuple[int, int]]

# --- banks -------------------------------------------------------------------------------------------------------

_IBAN = re.compile(
    r"\b(?:LV\d{2}(?:[ -]?[A-Z0-9]{4}){4}[ -]?[A-Z0-9]"
    r"|[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}[ -]?[A-Z0-9]{0,3})\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\d.,-])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{3,7}(?![\d]|[.,-]\d)")


def _accounts(text: str) -> _Spans:
    for match in _IBAN.finditer(text):
        plain = re.sub(r"[ -]", "", match[0]).upper()
        # A Latvian account with a slip in it is still somebody's account.
        if plain.startswith("LV") or _is_iban(plain):
            yield match.span()


def _is_iban(plain: str) -> bool:
    """Whether the check digits of ISO 13616 are right."""
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _cards(text: str) -> _Spans:
    for match in _CARD.finditer(text):
        digits = [int(digit) for digit in match[0] if digit.isdigit()]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        if (sum(digits[::-2]) + sum(doubled)) % 10 == 0:  # Luhn
            yield match.span()


# --- eleven digits -----------------------------------------------------------------------------------------------

_SIX_FIVE = re.compile(r"(?<!\d)\d{6}\s?[-–—]\s?\d{5}(?!\d)")
_LABELLED = re.compile(
    r"(?:\bp\.\s?k\b\.?|\bpk\b|\bpers\w*\.?\s*kod\w*|\bpersonal\s+(?:id\w*\s+)?(?:code|number)"
    r"|персональн\w*\s+код\w*)(?P<gap>[^\d\n]{0,25})(?P<secret>\d(?:[ \-–.]{0,3}\d){10}(?!\d))",
    re.IGNORECASE,
)


def _personal_codes(text: str) -> _Spans:
    taken = [match.span() for match in _SIX_FIVE.finditer(text)]
    yield from taken
    for match in _LABELLED.finditer(text):
        start, end = match.span("secret")
        if "kadastr" not in match["gap"].lower() and not any(s < end and start < e for s, e in taken):
            yield start, end


def _doubtful_digits(text: str) -> _Spans:
    for item in find_cadastre(text):
        if item.value.doubtful:
            yield item.start, item.end


# --- passwords ---------------------------------------------------------------------------------------------------

_PASSWORD = re.compile(
    r"(?:\bparol[eēiīu]\w{0,2}|\bpassword|\bpasswd|\bpass\b|\bпарол\w{1,2})"
    r"(?P<said>(?:\s+(?:man|bija|tagad|eu|login|e-pastam|kontam)){0,3}"
    r"(?:\s*[:=]\s*|\s+[-–]\s+|\s+(?:ir|is|būs|bus|bija|uz|это)\s*:?\s+|\s+))"
    r"[\"„“'«]?(?P<secret>[^\s\"”“»]{3,64})",
    re.IGNORECASE,
)
# What is said about a password rather than the password itself: a participle, an adjective, a question.
_ABOUT = re.compile(
    r"(?:ne\w*|j[aā]\w{3,}|aizmirs\w*|pazaud\w*|\w{3,}(?:ta|ts|tas|īga|ama|oša|āka|aka)|p[aā]r[aā]k|par|t[aā]|tas|kas|"
    r"k[aā]da|k[aā]|ka|vai|kur|kad|cik|no|uz|ar|un|vismaz|viena|mana|sena|vec[aā]|jauna|tikai|tikpat|laba|"
    r"droša|forgotten|lost|wrong|not|too|at|the|for|what|how|забыт\w*|не)",
    re.IGNORECASE,
)
_LETTER_AND_SIGN = re.compile(r"[^\W\d_][!#$%&*@^~_+=]|(?=.*\d)(?=.*(?:[^\W\d_]|[!#$%&*@^~_]))")
_CAPITAL_INSIDE = re.compile(r"[a-zāčēģīķļņšūž][A-ZĀČĒĢĪĶĻŅŠŪŽ]")


def _passwords(text: str) -> _Spans:
    for match in _PASSWORD.finditer(text):
        secret = match["secret"].rstrip(".,;?)") or match["secret"]
        if secret.startswith("[") or _ABOUT.fullmatch(secret):
            continue
        start, end = match.start("secret"), match.start("secret") + len(secret)
        if _looks_made_up(secret) or _is_told(text, match, end):
            yield start, end


def _looks_made_up(word: str) -> bool:
    """Whether no word of a language looks so: letters with digits or signs among them, capitals inside."""
    return bool(_LETTER_AND_SIGN.match(word) or _LETTER_AND_SIGN.search(word) or _CAPITAL_INSIDE.search(word))


def _is_told(text: str, match: re.Match[str], end: int) -> bool:
    """Whether a plain word is said to be the password: behind a colon, or as the last word behind `ir`."""
    said = match["said"].strip()
    if not said or "?" in text[end : end + 40]:
        return False
    following = text[end : end + 1]
    return ":" in said or "=" in said or following in {"", ".", ",", ";", "\n"}


# --- codes -------------------------------------------------------------------------------------------------------

_CODE = re.compile(
    r"\b(?P<word>kod[sua]\w{0,2}|code|pin\d?|tan|код\w{0,2})\b"
    r"(?P<gap>[^\d\n]{0,40}?)(?<![\d.,-])(?P<secret>\d(?:[ -]?\d){3,7})(?![\d.,-]*\d)",
    re.IGNORECASE,
)
_CODE_FIRST = re.compile(
    r"(?<![\d.,-])(?P<secret>\d(?:[ -]?\d){3,7})(?![\d.,-]*\d)[^\d\n]{0,12}\b(?:kods|code|код)\b", re.IGNORECASE
)
_CODE_CONTEXT = re.compile(
    r"eu\s?login|\bsms\b|[iī]szi[nņ]|verif|apstiprin[aā]|autenti|dro[sš][iī]bas|vienreiz|smart-?\s?id|mobile-?\s?id"
    r"|ielogo|piesl[eē]g|log\s?in|sign[- ]?in|authenticator|двухфактор|смс",
    re.IGNORECASE,
)
_SAID_OF_A_CODE = re.compile(
    r"(?:\W|ir\b|is\b|bija|no\b|sms|man\b|atn[aā]ca|sa[nņ][eē]mu|eu\b|login|от\b)*", re.IGNORECASE
)
_OTHER_CODE = re.compile(
    r"pasta|kadastr|person|k[lļ][uū]d|valsts|re[gģ]istr|produkt|sv[iī]tr|tālsarun|post|zip|error", re.IGNORECASE
)


def _codes(text: str) -> _Spans:
    named, first = list(_CODE.finditer(text)), list(_CODE_FIRST.finditer(text))
    context = bool(named or first) and _CODE_CONTEXT.search(text) is not None
    taken = []
    for match in named:
        before = text[max(0, match.start() - 15) : match.start()]
        if _OTHER_CODE.search(before) or _OTHER_CODE.search(match["gap"]):
            continue
        strong = context or match["word"].lower().startswith(("pin", "tan"))
        six = sum(map(str.isdigit, match["secret"])) == 6
        if _SAID_OF_A_CODE.fullmatch(match["gap"]) or (strong and six):
            taken.append(match.span("secret"))
            yield match.span("secret")
    if context:
        yield from (match.span("secret") for match in first if match.span("secret") not in taken)


# What is looked for, how many digits it takes at least, and what must stand in the text (in small letters).
_FINDERS: list[tuple[Kind, int, tuple[str, ...], Callable[[str], _Spans]]] = [
    ("iban", 10, (), _accounts),
    ("card", 15, (), _cards),
    ("personal_code", 11, (), _personal_codes),
    ("digits", 11, (), _doubtful_digits),
    ("password", 0, ("parol", "pass", "парол"), _passwords),
    ("code", 4, ("kod", "code", "pin", "tan", "код"), _codes),
]
