"""Reading whether somebody comes: `nākšu, 3`, `netieku`, `mēs ar sievu būsim`, with how many they are."""

from dataclasses import dataclass

from knowledge.acts import is_question
from knowledge.latvian.numbers import find_numbers
from knowledge.latvian.text import fold, words
from knowledge.latvian.vocabulary import vocabulary

_COMES = vocabulary(
    "nākšu nāksim nākam atnākšu atnāksim atnākam būšu būsim piedalīšos piedalīsimies piedalāmies piesakos piesakāmies"
    " pieteikšos pieteiksimies ieradīšos ieradīsimies atbraukšu atbrauksim piesaku"
    " coming attend приду придем буду будем участвую"
)
_STAYS = vocabulary(
    "nenākšu nenāksim nenākam netikšu netiksim netieku netiekam nevarēšu nevarēsim nebūšu nebūsim nepiedalīšos"
    " nepiedalīsimies atsakos atsakāmies neieradīšos neieradīsimies neatbraukšu neatbrauksim neatnākšu neatnāksim"
)
_STAYS_IN_WORDS = tuple(
    fold(phrase)
    for phrase in (
        *("nevaru atnākt", "nevaram atnākt", "nevaru piedalīties", "nevaram piedalīties"),
        *("not coming", "can't come", "cannot come", "won't come", "can't make it"),
        *("не приду", "не придем", "не смогу", "не сможем", "не буду"),
    )
)
_COMES_IN_WORDS = tuple(
    fold(phrase)
    for phrase in (
        *(
            "pierakstiet mani",
            "piesakiet mani",
            "count me in",
            "count us in",
            "will be there",
            "will come",
            "i'll come",
        ),
        "we'll come",
    )
)
_LONGEST = 30  # words
_MOST = 500  # people who come together


@dataclass(frozen=True, kw_only=True, slots=True)
class Attendance:
    """What somebody says about coming: how many they are (None where they don't say), and their words beyond that."""

    comes: bool
    people: int | None = None
    word: str = ""


def read_attendance(text: str) -> Attendance | None:
    """Return what a text says about coming; None where it speaks of something else, or asks."""
    cut = words(text)
    if not cut or len(cut) > _LONGEST or is_question(text):
        return None
    line = f" {' '.join(word.folded for word in cut)} "
    if any(f" {phrase} " in line for phrase in _STAYS_IN_WORDS) or any(word.folded in _STAYS for word in cut):
        return Attendance(comes=False)
    comes = any(f" {phrase} " in line for phrase in _COMES_IN_WORDS) or any(word.folded in _COMES for word in cut)
    if not comes:
        return None
    numbers = [found.value.exact for found in find_numbers(text) if found.value.exact]
    people = numbers[0] if len(numbers) == 1 and 0 < numbers[0] <= _MOST else None
    beyond = [word for word in cut if word.folded not in _COMES and not word.is_number]
    return Attendance(comes=True, people=people, word=text.strip() if len(beyond) > 1 else "")
