"""Pictures: taken whenever they are sent, up to a number."""

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from flows.grammar import Json, L, NotUnderstood, Question, Reading, Understood, Voice
from flows.said import File, Said

Pictures = tuple[File, ...]


@dataclass(frozen=True, kw_only=True)
class Photos(Question[Pictures]):
    """Up to `most` pictures, added one by one or as an album. The same picture twice counts once."""

    most: int = 5

    adds: ClassVar[bool] = True

    def read(self, said: Said, today: date) -> Reading[Pictures] | None:
        """Take the pictures of a message; a document counts when it is a picture by its type."""
        sent = (file for file in said.files if file.kind == "photo" or file.media_type.startswith("image/"))
        pictures = tuple(replace(file, name="", taken_at=None) for file in sent)  # what is not asked for is not kept
        if pictures:
            return Understood(value=pictures)
        if said.text:
            return NotUnderstood(why=L("Te der fotoattēls. Nosūtiet to kā bildi vai izlaidiet."), given=said.text)
        return None

    def find(self, said: Said, today: date) -> Reading[Pictures] | None:
        """Take pictures whatever the question was."""
        reading = self.read(said, today) if said.files else None
        return reading if isinstance(reading, Understood) else None

    def combine(self, old: Pictures, new: Pictures) -> Pictures:
        """Add pictures that are not there yet."""
        known = {file.unique for file in old}
        return (*old, *(file for file in new if file.unique not in known))[: self.most]

    def show(self, value: Pictures, voice: Voice) -> str:
        """Say how many."""
        return voice.text(L("%(count)s no %(most)s"), count=len(value), most=self.most)

    def encode(self, value: Pictures) -> Json:
        """Write what is needed to fetch and to recognise them."""
        return [[file.ref, file.unique, file.kind, file.media_type, file.size] for file in value]

    def decode(self, stored: Json) -> Pictures:
        """Read them back."""
        if not all(isinstance(file, list) for file in stored):
            raise TypeError(stored)
        return tuple(
            File(ref=ref, unique=unique, kind=kind, media_type=media_type, size=size)
            for ref, unique, kind, media_type, size in stored
        )
