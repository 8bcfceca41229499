"""A picture that goes along with what is told to many, and how much can be told beside it."""

from dataclasses import dataclass
from datetime import date

from flows.grammar import Answers, NotUnderstood, Option, Reading, Understood, Voice
from flows.photo_kind import Photos, Pictures
from flows.said import File, Said
from knowledge.latvian.text import words

CAPTION = 1024  # UTF-16 units that Telegram shows under a picture
TOO_LONG = "Ar attēlu ziņā kopā ietilpst ap 1000 rakstzīmēm. Uzrakstiet īsāk vai atstājiet ziņu bez attēla."
_WITHOUT = ("bez", "nav", "ne", "nevajag", "nonem", "iznem", "izlai")


@dataclass(frozen=True, kw_only=True)
class Picture(Photos):
    """One picture, or none; another one takes its place, „bez attēla” takes it away."""

    most: int = 1

    def read(self, said: Said, today: date) -> Reading[Pictures] | None:
        """Take the first picture of a message, or the word that there is to be none."""
        if not said.files and any(word.folded.startswith(_WITHOUT) for word in words(said.text)[:2]):
            return Understood(value=())
        reading = super().read(said, today)
        if isinstance(reading, Understood):
            return Understood(value=reading.value[:1])
        return NotUnderstood(why="Nosūtiet attēlu kā fotogrāfiju vai izlaidiet.", given=said.text) if reading else None

    def combine(self, old: Pictures, new: Pictures) -> Pictures:
        """Put the new one in the place of the old one."""
        return new

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """Offer to take away what is there."""
        return (Option(label="Bez attēla", value=[]),) if answers.get(self.key) else ()

    def show(self, value: Pictures, voice: Voice) -> str:
        """Say whether there is one."""
        return "pievienots" if value else "bez attēla"


def picture_of(answers: Answers) -> File | None:
    """Return the picture among a flow's answers, whose question is called so."""
    pictures: Pictures = answers.get("picture") or ()
    return pictures[0] if pictures else None


def crowded(answers: Answers, told: list[str], around: int = 0) -> bool:
    """Whether there is a picture, and what is `told` has no room under it; `around` are units of what we add."""
    return picture_of(answers) is not None and sum(map(_units, told)) + around > CAPTION


def _units(text: str) -> int:
    return sum(1 + (ch > "\uffff") for ch in text)
