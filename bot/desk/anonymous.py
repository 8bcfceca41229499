"""Anonymous: what somebody has asked, without who: no signature, names, telephones or addresses."""

from knowledge.contacts import find_emails, find_name, find_phones
from knowledge.letter_parts import take_apart

_MOST_NAMES = 5
_GAP = "…"


def anonymous(text: str) -> str:
    """Return a text in one line, with a gap where a person could be known by it."""
    text = take_apart(text).matter
    spans = [(found.start, found.end) for found in find_phones(text)]
    spans += [(found.start, found.end) for found in find_emails(text)]
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + _GAP + text[end:]
    for _ in range(_MOST_NAMES):
        name = find_name(text)
        if name is None:
            break
        text = text[: name.start] + _GAP + text[name.end :]
    return " ".join(text.split())
