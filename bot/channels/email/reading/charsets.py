"""Charsets: bytes to text whatever the label says, and text that any database, JSON and chat takes."""

import codecs
import re

from knowledge.latvian.text import clean

_LATVIAN = frozenset("āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ")
_USUAL = frozenset("„“”‘’–—…«»°№€§·•×")  # what letters in any of our languages hold
_CYRILLIC = re.compile(r"[а-яёА-ЯЁ]")
_LATIN = re.compile(r"[a-zA-Z\u00c0-\u017f]")
_WORD = re.compile(r"[^\W\d_]+")

# Labels that promise Western letters, or nothing: the ones that programs put on whatever they were given.
_VAGUE = frozenset({"", "ascii", "iso8859-1", "cp1252", "iso8859-15"})
_MANY_BYTES = re.compile(r"utf|iso2022|gb|big5|euc|shift|cp932|cp949|johab|hz|jis")
_ALIASES = {
    "latin-7": "iso8859-13", "latin7": "iso8859-13", "latin-4": "iso8859-4", "baltic": "cp1257", "win-1257": "cp1257",
    "win1257": "cp1257", "winbaltrim": "cp1257", "win-1251": "cp1251", "win1251": "cp1251", "ansi": "",
    "unicode": "utf-8", "utf": "utf-8", "unicode-1-1-utf-7": "utf-7", "unicode-1-1-utf-8": "utf-8",
    "ks_c_5601-1987": "cp949",
}  # fmt: skip
# Python names codecs that are no charsets, and some that undo compression.
_NO_CHARSETS = re.compile(r"base64|bz2|hex|quopri|quoted|rot|uu|zip|zlib|idna|punycode|escape|undefined|mbcs|oem")
_ENOUGH = 20_000  # characters by which texts are compared


def decode(data: bytes, label: str = "") -> str:
    """Decode text: as labelled, else as utf-8, windows-1257, windows-1251 or latin-1, whichever reads best."""
    charset = known(label)
    if data.isascii() and not _MANY_BYTES.search(charset):
        return data.decode("ascii")
    if not _MANY_BYTES.search(charset):
        try:
            return data.decode("utf-8-sig")  # by chance no other text is valid utf-8
        except UnicodeDecodeError:
            pass
    if charset and charset not in _VAGUE:
        try:
            return data.decode(charset)
        except (UnicodeError, LookupError, ValueError):
            pass
    return _best(data, charset)


def known(label: str) -> str:
    """Return Python's name of a charset, also of a misspelt one; '' for one that says nothing."""
    name = label.strip(" \t\"'").lower()
    name = _ALIASES.get(name, name)
    while name:
        try:
            found = codecs.lookup(name).name if name.isascii() and not _NO_CHARSETS.search(name) else ""
        except (LookupError, ValueError):
            found = ""
        if found:
            return found
        shorter = re.match(r"(?:windows|cp|iso|koi8|utf)[-_]?[0-9ru]+(?:-[0-9]+)?", name)
        if shorter is None or shorter[0] == name:
            return ""
        name = shorter[0]
    return ""


def line(text: str) -> str:
    """Return a text as one clean line."""
    return " ".join(clean(text).split())


def _best(data: bytes, charset: str) -> str:
    first = charset if charset in _VAGUE and charset not in ("", "ascii") else "utf-8"
    texts = [data.decode(name, "replace") for name in dict.fromkeys((first, "utf-8", "cp1257", "cp1251", "latin-1"))]
    scores = [_score(text) for text in texts]
    best = max(scores)
    if (
        charset in _VAGUE
        and first != "utf-8"
        and "\ufffd" not in texts[0]
        and not _is_latvian(texts[scores.index(best)])
    ):
        return texts[0]
    return texts[scores.index(best)]


def _is_latvian(text: str) -> bool:
    """Whether it can't be by chance: French `è` alone would be `č`. Cyrillic never is."""
    return len(_LATVIAN.intersection(text.lower())) > 1 or bool(_CYRILLIC.search(text))


def _score(text: str) -> float:
    """Count for each letter beyond ASCII how much it looks like one of ours."""
    score = 0.0
    for ch in text[:_ENOUGH]:
        if ch == "\ufffd" or "\x80" <= ch < "\xa0":
            score -= 3
        elif ch in _LATVIAN or ch in _USUAL:
            score += 1
        elif "\xa0" < ch < "\u0400":
            score -= 0.5
    for word in _WORD.findall(text[:_ENOUGH]):
        cyrillic = len(_CYRILLIC.findall(word))
        if cyrillic:
            lower_first = word[0].islower() and any(ch.isupper() for ch in word)
            score += -2 * cyrillic if _LATIN.search(word) or lower_first else cyrillic
    return score
