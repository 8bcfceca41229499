"""Transcripts as text: what the lines mean, and how they are written.

🕰 2026-11-23 10:00      the time at the start, by the clock in Riga (a Monday morning by default)
👤 Labdien!              the person says it; further lines are indented by three spaces
👤 [Jā]                  the person presses the newest button of that label; 👤 ⏪ [Jā] the oldest
👤 📍 56.95, 24.11       a shared place; 📍~ a live one; 📍 56.95, 24.11 Brīvdabas muzejs a venue
👤 📍» 56.95, 24.12      the live place, which has moved
👤 📱 +37126123456 Anna Kalniņa     the person's own contact card; 📇 somebody else's
👤 📷  👤 📷 mans ozols  👤 📷📷📷    a picture, one with a caption, an album
👤 📎 saraksts.pdf       a document        👤 🎤  👤 📹  👤 🙂  👤 📊   voice, video note, sticker, poll
👤 ✏️ Ogrē               the last message, edited;  ✏️2 the one before it
👤 🚫 / 👤 ✅            blocks us, comes back
👤 ↩ Paldies!            on Telegram: as a reply to our last message; ↩ „ozoli” Jā to the last with that word
👤 ⊕ 👍     👤 ⊖          on Telegram: puts an emoji on our last message, takes it away; ⊕ 👍 „ozoli” as with ↩
👤 ⚡ Labdien!            says it without a pause: no time passes before the next line
👤 ×700 ozoli un liepas  says it 700 times over in one message
👤 ✉ Temats              over two channels (.linked.txt): a letter; its text in the lines below. See linked_stage.py
🤖 …                     what the assistant answers
💬 …                     the line that passes when a button was pressed
📋 …                     what staff are told
👩‍💼 Zvanīšu rīt.         Ilze, of staff, writes into the newest topic of their group; 👨‍💼 is Jānis
👩‍💼 #12 Zvanīšu rīt.     into the topic whose name begins so; ⌂ into the group itself; ✉ to the bot in private
👩‍💼 ↩ Jā, drīkst.        as a reply to what the person said last, as it was mirrored there, or ↩ „ozoli” as above
👩‍💼 [Ņemt]              presses the newest button of that label there
👩‍💼 ✏️ Jā, drīkst!       her last message there, edited
👩‍💼 ⊕ 👍   👩‍💼 ⊖        puts an emoji on what the bot wrote last there, takes it away
👩‍💼 📷 mans  👩‍💼 📷📷    a picture, an album;  👩‍💼 📎 plans.pdf Lūk  a document with words
👩‍💼 ✖                   deletes the topic, of which nobody is told
📋 #12 Anna ▸ …         what the bot writes into a topic, after the topic's name; ✉ Ilze ▸ … in private
📋 #12 Anna ▸ (atvērts ❗️)  opened, with its icon; (pārdēvēts), (ikona ✅), (aizvērts), (atvērts no jauna), (dzēsts)
📋 #12 Anna ▸ ✏️ …       a message of the bot that reads otherwise now; ✖ „…” one that is gone; ⊕ 👍 „…” a reaction
🏛 Drustu pamatskola; anna@example.org; skola; Smiltenes novads; skolas lapa
                         an administrator takes in a list of organisations, one a line
⏳ 3 dienas              time passes; what has become due happens at its time
🔁                       the process ends and another one starts
✔ register_trees plantings=50×Quercus robur   what is in the database; never rewritten
# a comment
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import RIGA

PERSON, ASSISTANT, TOAST, STAFF = "👤", "🤖", "💬", "📋"
WAIT, RESTART, RESULT, CLOCK, COMMENT, IMPORT = "⏳", "🔁", "✔", "🕰", "#", "🏛"
AT_ONCE = "⚡"
REPLY = re.compile(r"↩\s*(?:„([^”]+)”\s*)?(.*)", re.DOTALL)
REACTION = re.compile(r"([⊕⊖])\s*([^\s„]*)\s*(?:„([^”]+)”)?")
COLLEAGUES = {
    "👩‍💼": (4712, "Ilze", "staff"),
    "👨‍💼": (4713, "Jānis", "staff"),
    "🧑‍🌾": (4714, "Inga", "coordinator"),
    "🧑‍💻": (4715, "Andris", "admin"),
}
_OURS = (ASSISTANT, TOAST, STAFF)
_STARTS = (PERSON, *COLLEAGUES, *_OURS, WAIT, RESTART, RESULT, CLOCK, COMMENT, IMPORT)
_DEFAULT_START = datetime(2026, 11, 23, 10, 0, tzinfo=RIGA)
_UNITS = {"sekun": "seconds", "minū": "minutes", "stund": "hours", "dien": "days", "nedēļ": "weeks"}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a transcript: its sign, and what stands after it (several lines joined)."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """A transcript: everything in order."""

    path: Path
    text: str
    steps: tuple[Step, ...]

    @property
    def start(self) -> datetime:
        """When it begins."""
        said = next((step.text for step in self.steps if step.sign == CLOCK), "")
        return datetime.fromisoformat(said).replace(tzinfo=RIGA) if said else _DEFAULT_START


def read(path: Path) -> Script:
    """Read a transcript; raises ValueError naming a line that means nothing."""
    steps: list[Step] = []
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        sign = next((start for start in _STARTS if line.startswith(start)), None)
        if sign:
            steps.append(Step(sign, line[len(sign) :].strip()))
        elif steps and (line.startswith("   ") or not line.strip()):
            steps[-1] = Step(steps[-1].sign, f"{steps[-1].text}\n{line[3:]}")
        elif line.strip():
            raise ValueError(f"{path.name}:{number}: a line begins with one of {' '.join(_STARTS)}: {line!r}")
    return Script(path, text, tuple(Step(step.sign, step.text.rstrip()) for step in steps))


def rewrite(path: Path, text: str) -> Script:
    """Write a transcript anew and read it back."""
    path.write_text(text, encoding="utf-8")
    return read(path)


def played(steps: tuple[Step, ...]) -> list[Step]:
    """Return the steps that are to be played; what we answer is compared, not played."""
    return [step for step in steps if step.sign not in _OURS]


def write(steps: list[Step]) -> str:
    """Write steps as a transcript."""
    return "".join(f"{step.sign} {_indented(step.text)}".rstrip() + "\n" for step in steps)


def repeated(line: str) -> str:
    """Return what `×700 ozoli un liepas` stands for; any other line as it is."""
    match = re.match(r"×(\d+)\s+(.*)", line, re.DOTALL)
    return " ".join([match[2]] * int(match[1])) if match else line


def waiting_time(text: str) -> timedelta:
    """Read `3 dienas`, `90 minūtes`; raises ValueError."""
    match = re.match(r"(\d+)\s+(\w+)", text)
    unit = next((unit for stem, unit in _UNITS.items() if match and match[2].startswith(stem)), None)
    if match is None or unit is None:
        raise ValueError(f"not a time: {text!r}")
    return timedelta(**{unit: int(match[1])})


def _indented(text: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"   {line}".rstrip() for line in rest)])
