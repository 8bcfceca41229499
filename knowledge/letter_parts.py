"""The parts of a letter: what it is about, without the greeting above it and the closing and signature below."""

import re
from dataclasses import dataclass

from knowledge.latvian.text import fold

_GREETING = re.compile(
    r"(?:(?:labdien|labrit|labvakar|sveik\w*|sveicinat\w*|hello|hi|good (?:day|morning|afternoon|evening)|"
    r"здравству[ий]те|добры[ий] день|доброе утро|добры[ий] вечер)"
    r"(?:[\s,]+(?:visiem|jums|kolegi|koku palig\w*|there|all|team))?"
    r"|(?:god\w*|cienijam\w*|cienit\w*|augsti godat\w*|dear|уважаем\w*)\b[^.!?,\n]{0,40})[\s,!.]*"
)
_CLOSING = re.compile(
    r"(?:ar (?:dzilu |patiesu |visu )?cienu|patiesa ciena|ar (?:sirsnigu |labiem |sirsnigiem )?(?:sveicien|novelejum|"
    r"velejum)|visu labu|jauku (?:dienu|vakaru|nedelu)|lai (?:jums )?(?:jauka|laba) diena|sveicieni|(?:kind|best|warm) "
    r"regards|regards|sincerely|yours (?:sincerely|faithfully|truly)|best wishes|с уважением|всего доброго|"
    r"с наилучшими)\b"
)
_MOST_LINES = 10  # of a signature; what is longer is no signature


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """A letter taken apart; `signature` is what stands below (and behind) the closing, '' where there is none."""

    matter: str
    signature: str = ""


def take_apart(text: str) -> Parts:
    """Separate what a letter is about from its greeting and its closing."""
    lines = text.strip().splitlines()
    if lines and _GREETING.fullmatch(_plain(lines[0])):
        lines = lines[1:]
    for number in range(len(lines) - 1, max(-1, len(lines) - 1 - _MOST_LINES), -1):
        closing = _CLOSING.match(_plain(lines[number]))
        if closing and number > 0:
            behind = lines[number].strip()[closing.end() :].strip(" ,.!")
            signature = "\n".join(line for line in [behind, *lines[number + 1 :]] if line.strip())
            return Parts(matter="\n".join(lines[:number]).strip(), signature=signature)
    return Parts(matter="\n".join(lines).strip())


def _plain(line: str) -> str:
    """Fold a line letter by letter, so that places in it stay what they are."""
    folded = "".join(fold(letter) if letter.isalpha() and len(fold(letter)) == 1 else letter for letter in line)
    return folded.strip().lower()
