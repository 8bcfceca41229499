"""Heads: how mail programs announce what they quote, in Latvian, Russian, English and German; and what they add."""

import re
from collections.abc import Sequence

from bot.channels.email.reading.lines import Line

_MOST_LINES = 4  # of an announcement that was wrapped
_LONGEST = 400  # characters

_VERB = re.compile(
    r"(?:\b(?:rakstīja|raksta|rakstīji|uzrakstīja|wrote|writes|schrieb|schreibt|пишет|написал|написала|писал|писала)\b"
    r"|\b(?:написал\(а\)|писал\(а\)|rakstīja\(-?a\)))[^\n]{0,120}:\s*$",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"^(?:on|uz|citējot|citāts no|quoting|am|цитирую|цитата|в|il)\b|^(?:\w{1,12}[.,]{1,2}\s)?\d|^\w{2,12}[.,]{1,2}\s",
    re.IGNORECASE,
)
_CITING = re.compile(r"^(?:citējot|quoting|цитирую|zitat von)\b.{1,200}:\s*$", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>()\[\]]+@[^\s@<>()\[\]]+\.[^\s@<>()\[\]]+")
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}(?::\d{2})?\b")
_DATE = re.compile(
    r"\b\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:19|20)?\d{2}\b|\b(?:19|20)\d{2}[./-]\s?\d{1,2}[./-]\s?\d{1,2}\b"
    r"|\b(?:19|20)\d{2}\b",
)
_FORWARDED = re.compile(
    r"^[\s>*_-]*(?:forwarded message|begin forwarded message|pārsūtīt[aā](?:is|s)? (?:ziņojum|vēstul|e-past)\w*"
    r"|pārsūtītā ziņojuma sākums|пересылаемое сообщение|пересланное сообщение"
    r"|начало переадресованного (?:сообщения|письма)"
    r"|weitergeleitete nachricht|anfang der weitergeleiteten nachricht)\b[\s:*_-]*",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^\s*[-_*=]{2,}\s*(?:original (?:message|appointment)|sākotnēj(?:ais|ā) (?:ziņojums|vēstule|e-pasts)"
    r"|oriģināl(?:ais|ā) (?:ziņojums|vēstule)|исходное сообщение|оригинальное сообщение|original-?nachricht"
    r"|ursprüngliche nachricht|reply message|atbildes ziņojums)\s*[-_*=]{2,}\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[_*=-]{10,}\s*$")
# The two labels that tell from whom and when, and the others.
_LABEL = re.compile(
    r"^[\s*_]*(?P<label>no|from|от|от кого|von|nosūtīts|nosūtīšanas datums|datums|sent|date|отправлено|дата|gesendet"
    r"|datum|kam|uz|adresāts|to|кому|an|kopija|kopijas|cc|копия|kopie|bcc|tēma|temats|subject|тема|betreff|atbildēt uz"
    r"|reply-to|atbilde uz|svarīgums|importance|attachments|pielikumi|вложения)[\s*_]*:[\s*_]*(?P<value>.*)$",
    re.IGNORECASE,
)
_WHEN = frozenset(
    ("nosūtīts", "nosūtīšanas datums", "datums", "sent", "date", "отправлено", "дата", "gesendet", "datum")
)
_WHO = frozenset(("no", "from", "от", "от кого", "von"))
_MOST_LABELS = 8

_SENTINEL = re.compile(
    r"rakstiet virs šīs līnijas|rakstiet virs sis linijas|please write above this line", re.IGNORECASE
)
_PHONE = re.compile(
    r"^\s*(?:(?:sent|nosūtīts|sūtīts|nosutits|отправлено|gesendet|enviado|get|iegūstiet|lejupielādēt|скачать|von),?\s+"
    r"(?:from|no|via|using|izmantojot|с|из|со|через|mit|von|meinem|outlook|programmu)\b[^,;!?]{0,80}"
    r"(?:iphone|ipad|ios|android|samsung|galaxy|huawei|xiaomi|redmi|nokia|mail|outlook|phone|mobile|tālru\w+|telefon\w*"
    r"|gmx|bluemail|proton|gmail|ierīces|устройства|телефона|смартфона|почты)[^,;!?]{0,60}"
    r"|sent from my \w[\w ]{0,30}\.?"
    r"|nosūtīts no mana \w[\w ]{0,30}\.?|отправлено с (?:моего )?\w[\w ]{0,20}\.?"
    r"|von meinem \w[\w ]{0,20} gesendet\.?)\s*$",
    re.IGNORECASE,
)


def is_attribution(lines: Sequence[Line]) -> bool:
    """Whether the last of these lines, alone or with those before it, announces a quote."""
    texts = [line.text.strip() for line in lines if line.text.strip()][-_MOST_LINES:]
    return any(attributes(" ".join(texts[at:])) for at in range(len(texts)))


def attribution(lines: Sequence[Line], at: int) -> int:
    """Return how many lines from `at` on announce a quote: „…, X <x@example.lv> rakstīja:”; 0 for none."""
    whole, depth = "", lines[at].depth
    for count, line in enumerate(lines[at : at + _MOST_LINES], 1):
        if line.depth != depth or not line.text.strip():
            return 0
        whole = f"{whole} {line.text.strip()}".strip()
        if len(whole) > _LONGEST:
            return 0
        if whole.endswith(":") and attributes(whole):
            first = lines[at].text
            begins = bool(
                _DATE.search(first) or _TIME.search(first) or re.match(r"(?:on|uz|am|citējot)\b", first, re.IGNORECASE)
            )
            return count if count == 1 or begins else 0
    return 0


def attributes(text: str) -> bool:
    """Whether a text, on one line, announces a quote by telling who wrote it and when."""
    text = text.strip().strip("*_")
    if not text.endswith(":") or len(text) > _LONGEST:
        return False
    told = bool(_ADDRESS.search(text))
    when = bool(_DATE.search(text)) and bool(_TIME.search(text))
    if _CITING.match(text):
        return told
    if _VERB.search(text):
        return told or when or (bool(_DATE.search(text)) and bool(_BEGINS.match(text)))
    return told and when  # Gmail in Russian, Yandex and mail.ru have no verb


def may_attribute(text: str) -> bool:
    """Whether a line right above a quote announces it, though in no words we know: „Koku palīgs <x@example.lv>:”."""
    text = text.strip()
    told = _ADDRESS.search(text) or (_DATE.search(text) and _TIME.search(text))
    return text.endswith(":") and len(text) < _LONGEST and bool(told)


def says_who(text: str) -> bool:
    """Whether a line could announce a quote if one follows: „Anna rakstīja:”."""
    return bool(_VERB.search(text.strip())) and len(text) < 120


def block(lines: Sequence[Line], at: int) -> int:
    """Return how many lines from `at` on are a header block (No: / Nosūtīts: / Kam: / Tēma:); 0 for none.

    Two labels in a row are needed, and an address or a date in them: a person's own „No: Rīgas / Kam: Liepāju” stays.
    """
    announced = at > 0 and bool(_RULE.match(lines[at - 1].text) or is_delimiter(lines[at - 1].text))
    labels: list[tuple[str, str]] = []
    end = at
    for here in range(at, min(at + 2 * _MOST_LABELS, len(lines))):
        text = lines[here].text
        found = _LABEL.match(text)
        if found:
            labels.append((found["label"].lower(), found["value"]))
            end = here + 1
        elif here > end or (text.strip() and not (labels and text[:1].isspace())):
            break  # one blank line may stand between labels, and a long value goes on in the next
    if len(labels) < 2 or not {name for name, _ in labels} & (_WHO | _WHEN):
        return 0
    return end - at if announced or _tells(labels) else 0


def is_from(lines: Sequence[Line], at: int, address: str) -> bool:
    """Whether a header block begins at `at`, and names this address as the sender."""
    if not address or at >= len(lines):
        return False
    found = (_LABEL.match(line.text) for line in lines[at : at + block(lines, at)])
    return any(one["label"].lower() in _WHO and address.lower() in one["value"].lower() for one in found if one)


def is_delimiter(text: str) -> bool:
    """Whether a line says that another letter follows."""
    return bool(_ORIGINAL.match(text)) or is_forward(text)


def is_forward(text: str) -> bool:
    """Whether a line says that a forwarded letter follows."""
    return bool(_FORWARDED.match(text)) and text.strip(" -_*>:").count(" ") < 6


def is_rule(text: str) -> bool:
    """Whether a line is drawn."""
    return bool(_RULE.match(text))


def is_sentinel(text: str) -> bool:
    """Whether this is the line of ours above which people write."""
    return bool(_SENTINEL.search(" ".join(text.split())))


def is_from_phone(text: str) -> bool:
    """Whether a program added this line: „Nosūtīts no mana iPhone”."""
    return bool(_PHONE.match(text)) and len(text) < 160


def _tells(labels: Sequence[tuple[str, str]]) -> bool:
    if any(_ADDRESS.search(value) for _, value in labels):
        return True
    dated = [value for name, value in labels if name in _WHEN and _DATE.search(value)]
    return bool(dated) and (len(labels) > 2 or any(_TIME.search(value) for value in dated))
