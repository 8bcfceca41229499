"""Word lists as people keep them: whole words and stems, written in any spelling and compared folded."""

from dataclasses import dataclass

from knowledge.latvian.text import fold


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and stems; `folded in vocabulary` is true for a listed word and for one that begins with a stem."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()

    def __contains__(self, folded: object) -> bool:
        """Whether a folded word is listed or begins with a listed stem."""
        return isinstance(folded, str) and (folded in self.words or folded.startswith(self.stems))

    def __or__(self, other: "Vocabulary") -> "Vocabulary":
        """Return both lists as one."""
        return Vocabulary(self.words | other.words, self.stems + other.stems)


def vocabulary(*listings: str) -> Vocabulary:
    """Read lists of words parted by spaces; a hyphen at the end marks a stem: `ha hekt- metr-`."""
    entries = [entry for listing in listings for entry in listing.split()]
    return Vocabulary(
        frozenset(fold(entry) for entry in entries if not entry.endswith("-")),
        tuple(fold(entry[:-1]) for entry in entries if entry.endswith("-")),
    )


def listed(listing: str) -> frozenset[str]:
    """Return the folded words of a list parted by spaces."""
    return frozenset(map(fold, listing.split()))
