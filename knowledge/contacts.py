"""Phones, e-mail addresses and names as people write them into a message."""

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.found import Found
from knowledge.latvian.text import fold
from knowledge.organisations import find_organisations
from knowledge.places import gazetteer
from knowledge.places.declension import cases_of


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedEmail:
    """What was meant as an e-mail address and can't be one: `letters` such as ā before the @, or its `form`."""

    text: str
    why: Literal["letters", "form"]


HIDDEN = "•••"  # what stands where something was concealed
_PHONE = re.compile(r"(?<![\w/@+-])(?<!\d[.,])(?:\+|00)?\d(?:[ \u00a0().-]{0,2}\d){6,14}(?![\w@]|[.,-]\d)")
_BETWEEN_PHONES = re.compile(r"(?<=\d{8})[,;/](?=\d{8}(?!\d))")
_PLUS = re.compile(r"^(?:\+|00)")
_COUNTED = re.compile(r"\s*(?:kok|stād|stad|gab|eur|€|ha\b|m2|m²|kv|kg|lat)", re.IGNORECASE)
_YEARS = re.compile(r"(?:19|20)\d\d[ .-]+(?:19|20)\d\d")
_DATE = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|(?:19|20)\d\d-\d\d-\d\d$")
_OTHER_NUMBER = re.compile(
    r"(?:kadastr\w*|\bkad|\bre[gģ](?:istr[aā]cijas)?|\bp\.?\s?k|\bkods?|\bkont(?!ak)\w*|lks\S*|koordin\w*|\b[xyne]\s*[:=]?)\W*(?:nr|numur\w*|apz\w*)?\W*$",
    re.IGNORECASE,
)


def find_phones(text: str) -> list[Found[str]]:
    """Return the telephone numbers in a text as E.164 (`+37126123456`); without a country code they are Latvian."""
    found = []
    text = _BETWEEN_PHONES.sub(" ", text)
    for match in _PHONE.finditer(text):
        if _is_other(text, match):
            continue
        number = _e164(match[0])
        if number is not None:
            found.append(Found(number, match.start(), match.end()))
    return found


def _is_other(text: str, match: re.Match[str]) -> bool:
    """Whether the digits are a count, a date, years, or labelled as something else."""
    if _PLUS.match(match[0]):
        return False
    return bool(
        _YEARS.fullmatch(match[0])
        or _DATE.match(match[0])
        or _COUNTED.match(text, match.end())
        or re.sub(r"\D", "", match[0]).endswith("00000")
        or _OTHER_NUMBER.search(text, max(0, match.start() - 40), match.start())
    )


def _e164(typed: str) -> str | None:
    import phonenumbers  # noqa: PLC0415 - 60 ms that a text without digits never needs

    plain = "+" + typed[2:] if typed.startswith("00") else typed
    try:
        number = phonenumbers.parse(plain, "LV")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# No longer than an address may be (RFC 5321).
_LOCAL, _DOMAIN = r"[^\s@<>\"'„“”«»(),;:\[\]]{1,64}", r"[^\s@<>\"'„“”«»(),;:\[\]/]{1,255}"
_EMAIL = re.compile(rf"(?<![\w@]){_LOCAL}(?:@{_DOMAIN}| ?@ ?[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{{2,}})")
_SPELT_AT = re.compile(r"(?<![\w@])[\w.+-]{1,64}\s?[(\[]\s?(?:at|et)\s?[)\]]\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)


def find_emails(text: str) -> list[Found[str | RefusedEmail]]:
    """Return the e-mail addresses in a text, the domain in small letters; those that can't be one say why.

    Nothing is looked up in the DNS.
    """
    found: list[Found[str | RefusedEmail]] = []
    for match in sorted((*_EMAIL.finditer(text), *_SPELT_AT.finditer(text)), key=lambda match: match.start()):
        typed = match[0].rstrip(".!?-")
        found.append(Found(_address(typed), match.start(), match.start() + len(typed)))
    return found


def _address(typed: str) -> str | RefusedEmail:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - as phonenumbers

    plain = re.sub(r"\s?[(\[]\s?(?:at|et)\s?[)\]]\s?", "@", typed, flags=re.IGNORECASE)
    plain = re.sub(r"\s?@\s?", "@", plain)
    if not plain.partition("@")[0].isascii():
        return RefusedEmail(text=typed, why="letters")
    try:
        return validate_email(plain, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        return RefusedEmail(text=typed, why="form")


_NAME_WORD = r"[^\W\d_](?:[^\W\d_]|['’](?=[^\W\d_]))+(?:-[^\W\d_]{2,})?"
_CAPITAL_NAME = r"[A-ZĀČĒĢĪĶĻŅŠŪŽА-ЯЁ]\w+(?:-[A-ZĀČĒĢĪĶĻŅŠŪŽ]\w+)?"
_MARKER = re.compile(
    r"(?:\bmani sauc\b|\bmans v[aā]rds(?:\s+un\s+uzv[aā]rds)?(?:\s+ir)?|\bv[aā]rds,?\s*(?:un\s+)?uzv[aā]rds"
    r"|\bkontaktpersona|\bmy name is\b|меня зовут)\s*[:,–-]?\s*"
    rf"(?P<name>{_NAME_WORD}(?:[ \u00a0]{_NAME_WORD}){{0,2}})",
    re.IGNORECASE,
)
_IAM = re.compile(
    rf"\b(?:[Ee]smu|I am|I'm) (?P<name>{_CAPITAL_NAME}(?: {_CAPITAL_NAME})?)(?=$|[,.!\n]| (?:un|no|and|from) )"
)
_SIGNATURE = re.compile(
    r"(?i:\bar (?:cie[nņ]u|sveicieniem|pateic[iī]bu)|\bpaldies|\b(?:best|kind) regards|\bsincerely|с уважением)"
    r"[,.! ]*\s*[,–-]?\s*\n?\s*"
    rf"(?P<name>(?:[A-ZĀČĒĢĪĶĻŅŠŪŽ]\. ?)?{_CAPITAL_NAME}(?:[ \u00a0]{_CAPITAL_NAME}){{0,2}})"
    r"[ \t]*(?=$|[\n,.]|\d|\+|(?i:t[eaā]l|t\.))"
)
_ANSWER = re.compile(
    rf"(?P<name>{_NAME_WORD}(?:[ \u00a0]{_NAME_WORD}){{0,2}})[ \t]*"
    r"(?=$|[\n,.;:+]|\d|tel\b|t[aā]lr|e-?p|un\b|mob)",
    re.IGNORECASE,
)
_GREETING = re.compile(r"\W*(?:labdien|sveiki|labrīt|labvakar|hello|hi)\W+", re.IGNORECASE)
_UNIT_AFTER = re.compile(r"\s+(?:novad|pagast|nov\b|pag\b)", re.IGNORECASE)
_NOT_NAMES = frozenset(
    {
        *("ja", "ne", "nezinu", "labdien", "labrit", "labvakar", "sveiki", "sveiks", "cau", "paldies", "ludzu", "labi"),
        *("anonims", "anonimi", "privatpersona", "pats", "pati", "es", "mes", "un", "ar", "bez", "nav", "esmu", "sauc"),
        *("tel", "telefons", "talrunis", "talr", "mob", "epasts", "email", "pasts", "mans", "mani", "kontakti"),
        *("kontakts", "numurs", "vards", "uzvards", "izlaist", "talak", "atpakal", "sakums", "velak", "turpinat"),
        *("kads", "kapec", "kur", "kas", "ko", "ka", "kad", "vai", "cik", "var", "gribu", "negribu", "der", "cilveks"),
        *(
            "par",
            "privati",
            "darbinieks",
            "cienu",
            "kokus",
            "koki",
            "stadiju",
            "hello",
            "hi",
            "yes",
            "no",
            "thanks",
            "is",
            "the",
            "a",
        ),
        *("from", "here", "happy", "writing", "interested", "sorry", "not", "very", "нет", "да", "не", "спасибо"),
    }
)


def conceal(text: str) -> str:
    """Return a text with telephones and e-mail addresses to be told apart, but not used: „••• 56”, „a•••@ex.lv”."""
    hidden = [(found.start, found.end, f"{HIDDEN} {text[found.end - 2 : found.end]}") for found in find_phones(text)]
    for found in find_emails(text):
        domain = found.value.rpartition("@")[2] if isinstance(found.value, str) else ""
        hidden.append((found.start, found.end, f"{text[found.start]}{HIDDEN}@{domain}"))
    for start, end, instead in sorted(hidden, reverse=True):
        text = text[:start] + instead + text[end:]
    return text


# „Anna Zariņa, telefona nr. 29 123 123”, „mob. tel.: 29123123”
_LABEL = re.compile(
    r"(?:\b(?:mans|mana|ir|mob\w*|tel\w*|t[aā]lr\w*|nr|num\w*|e-?past\w*|adrese)\b[ .:,–-]*)+$", re.IGNORECASE
)


def find_name(text: str, *, answering: bool = False) -> Found[str] | None:
    """Return a person's name: after `mani sauc`, `esmu`, in a signature; or in a text that answers who they are.

    A name written in one kind of letters only (`JANIS BERZINS`, `anna`) is returned with capitals.
    """
    for pattern in (_MARKER, _IAM, _SIGNATURE):
        for match in pattern.finditer(text):
            found = _name(text, match, strict=pattern is not _MARKER)
            if found is not None:
                return found
    if not answering:
        return None
    rest = _blanked(text)
    greeting = _GREETING.match(rest)
    start = greeting.end() if greeting else 0
    start += len(rest[start:]) - len(rest[start:].lstrip(' "„“,;.:–-\n'))
    answer = _ANSWER.match(rest, start)
    return _name(text, answer, strict=False) if answer else None


def _blanked(text: str) -> str:
    """Return the text with spaces for what a name may stand beside: phones and e-mail addresses, and their labels."""
    spans = [(item.start, item.end) for item in find_phones(text)] + [
        (item.start, item.end) for item in find_emails(text)
    ]
    for start, end in spans:
        label = _LABEL.search(text[:start])
        begin = label.start() if label else start
        text = text[:begin] + " " * (end - begin) + text[end:]
    return text


def _name(text: str, match: re.Match[str], *, strict: bool) -> Found[str] | None:
    start, end = match.span("name")
    kept: list[str] = []
    for word in match["name"].split():
        if fold(word) in _NOT_NAMES or (kept and kept[0][0].isupper() and word[0].islower()):
            break
        kept.append(word)
    if len(kept) > 1 and _UNIT_AFTER.match(text, start + _length(match["name"], len(kept))):
        kept.pop()  # mani sauc Jānis, Ogres novads
    if not kept or any(item.start < end and start < item.end for item in find_organisations(text)):
        return None
    if strict and len(kept) == 1 and _is_place(kept[0]):
        return None  # esmu Rīgā
    end = start + _length(match["name"], len(kept))
    return Found(" ".join(_capitalised(word) for word in kept), start, end)


def _length(name: str, words: int) -> int:
    """Return how many letters the first words of a name take, with the spaces between as written."""
    end = 0
    for word in name.split()[:words]:
        end = name.index(word, end) + len(word)
    return end


def _is_place(word: str) -> bool:
    """Whether a word is rather a place than a person: a town, or a village in any case but the nominative."""
    return any(
        row.kind in {"city", "town", "large"} or "N" not in cases_of(word, row.name)
        for row in gazetteer.settlements(fold(word))
    )


def _capitalised(word: str) -> str:
    if word.isupper() or word.islower():
        return "-".join(part.capitalize() for part in word.split("-"))
    return word
