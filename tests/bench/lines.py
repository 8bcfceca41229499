"""What people say in the bench: conversations that make sense, 60 % flow answers, 30 % questions, 10 % taps.

A script is two laps of ten lines: the first begins a registration, the second finishes it, so that laps can follow
each other for ever. `-` is an answer, `?` a question, `!` a tap on the button of that label. `#` stands for a number
that differs from person to person, a text that begins with `@` for a place sent from the map.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

LINES_PER_LAP = 10
LAPS_PER_SCRIPT = 2


class Kind(Enum):
    """What a line is, by the mark before it."""

    ANSWER = "-"
    QUESTION = "?"
    TAP = "!"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: `text` is the button's label for a tap."""

    kind: Kind
    text: str


Lap = tuple[Line, ...]
Script = tuple[Lap, ...]

_OAKS = """
- Gribu reģistrēt kokus
! Es vai ģimene
- # ozoli un 20 liepas
? vai augļu koki arī skaitās?
- 2025. gada aprīlī
? kas ir MapMyTree?
- Kalniņi, Drustu pagasts
- pie mājas
? kas redzēs manus datus?
- nē

- ievadiet Jūs
? vai man vajag EU Login?
- Anna Kalniņa, 26123456
- nē, # ozoli
- mainīt laiku
? kuri koki der?
- 2025. gada maijā
- pārskats
! Viss pareizi, nosūtīt
? kas ir 3 miljardu koku iniciatīva?
"""

_BIRCHES = """
? kas var reģistrēt kokus?
- Gribu reģistrēt # bērzus, stādīti 2023. gada pavasarī Madonas novadā, Ļaudonas pagastā
- skola
? kā reģistrēt kokus skolai?
- Ļaudonas pamatskola
- Ozoli, Ļaudonas pagasts
! Lauks vai pļava
- nē
- ievadīsim paši
? kas redzēs manus datus?

- Pēteris Bērziņš, peteris.berzins@example.lv
- mainīt kokus
? kādi koki skaitās?
- # bērzi
- mainīt vietu
? vai vajag precīzas koordinātas?
- @ 56.7392 26.1903
- pie skolas
! Viss pareizi, nosūtīt
? cik ilgi glabājat manus datus?
"""

_PINES = """
- gribu registret kokus
? no kura gada koki skaitas
- es pats
- # priedes un 40 egles
? vai meza var stadit
- atpakal
- # priedes
- 15.04.2024
? kas ir mapmytree
! Atpakaļ

- 20.04.2024
- @ 57.3119 25.2747
? vai eu login ir obligats
- lauks
- ne
? kas redzes manus datus
- ievadisu pats
- Janis Ozols 29111222
! Viss pareizi, nosūtīt
? kuri koki der
"""

_FARM = """
- Gribu reģistrēt saimniecības kokus
- zemnieku saimniecība
- z/s Lejas
? vai uzņēmums arī var reģistrēt kokus?
- # kļavas un # oši
? kas ir MapMyTree?
- 2024. gada rudenī
- Lejas, Taurenes pagasts
? vai mežā stādīti koki skaitās?
! Lauks vai pļava

- nē
? kādas sugas labāk stādīt?
- ievadiet Jūs
- Ilze Lapa, ilze.lapa@saimnieciba.lv
- mainīt kokus
? vai man vajag EU Login?
- # kļavas
- pārskats
! Viss pareizi, nosūtīt
? kā sazināties ar darbinieku?
"""

_FRUIT = """
- gribu reģistrēt ābeles
? vai augļu koki skaitās?
! Es vai ģimene
- # ābeles un 12 bumbieres
- kāpēc jautājat?
? no kura gada koki skaitās?
- 2025. gada maijā
- Liepas iela 4, Cēsis
? kur es varu redzēt karti?
- dārzā

- nē
? vai man vajag EU Login?
- ievadiet Jūs
- Marta Liepa, 26 555 777
? kas redzēs manus datus?
- mainīt vietu
- Saules iela 7, Cēsis
- pie mājas
! Viss pareizi, nosūtīt
? kas ir papildu koki?
"""


def read_script(text: str) -> Script:
    """Read a script as it stands above; raises ValueError where its laps have not the mix that the bench promises."""
    laps = tuple(tuple(_line(line) for line in part.splitlines()) for part in text.strip().split("\n\n"))
    if len(laps) != LAPS_PER_SCRIPT or any(_mix(lap) != (6, 3, 1) for lap in laps):
        raise ValueError(f"not two laps of 6 answers, 3 questions and 1 tap: {[_mix(lap) for lap in laps]}")
    return laps


def _line(written: str) -> Line:
    mark, _, text = written.partition(" ")
    return Line(Kind(mark), text)


def _mix(lap: Sequence[Line]) -> tuple[int, int, int]:
    questions = sum(line.kind is Kind.QUESTION for line in lap)
    taps = sum(line.kind is Kind.TAP for line in lap)
    return len(lap) - questions - taps, questions, taps


SCRIPTS: tuple[Script, ...] = tuple(map(read_script, (_OAKS, _BIRCHES, _PINES, _FARM, _FRUIT)))
