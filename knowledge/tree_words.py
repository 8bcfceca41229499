"""Words for trees in general: koki, stādi, krūmi, lapu koki, and the answers of people who know no species."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.found import Found
from knowledge.latvian.declension import noun_forms
from knowledge.latvian.text import Word, words

Group = Literal["trees", "broadleaves", "conifers", "fruit trees", "shrubs"]


@dataclass(frozen=True, slots=True)
class TreeWord:
    """A word for trees: the group it names; `piece` marks words that only count (`gab.`, `stādi`)."""

    group: Group
    piece: bool = False


def find_tree_words(text: str) -> list[Found[TreeWord]]:
    """Return the general words for trees in a text, in order; `lapu koki` is one of them."""
    return tree_words(text, words(text))


def tree_words(text: str, cut: Sequence[Word]) -> list[Found[TreeWord]]:
    """Do the same for a text that is cut already."""
    found: list[Found[TreeWord]] = []
    for index, word in enumerate(cut):
        known = _WORDS.get(word.folded) or _OTHERS.get(word.text.lower())
        if known is None:
            continue
        start = word.start
        before = cut[index - 1] if index and text[cut[index - 1].end : start].strip() in ("", "-") else None
        if before and before.folded in _GROUPS and known.group in ("trees", "shrubs") and not _is_gab(word):
            known, start = TreeWord(_GROUPS[before.folded], known.piece), before.start
        found.append(Found(known, start, word.end))
    return found


def reads_as_unknown_species(text: str) -> bool:
    """Whether somebody asked for species answers that they do not know them or that they are of many kinds."""
    return _UNKNOWN.search(text) is not None


def _is_gab(word: Word) -> bool:
    return word.folded.startswith("gab")


def _forms(names: str, group: Group, *, piece: bool = False) -> dict[str, TreeWord]:
    return {form: TreeWord(group, piece) for name in names.split() for form in noun_forms(name)}


_WORDS: dict[str, TreeWord] = (
    _forms("koks kociņš dižkoks kokaugs", "trees")
    | _forms("stāds stādiņš dižstāds kailsaknis ietvarstāds spraudenis sējenis", "trees", piece=True)
    | _forms("augļkoks", "fruit trees")
    | _forms("lapkoks lapukoks", "broadleaves")
    | _forms("skujkoks skujukoks skujenis", "conifers")
    | _forms("krūms krūmiņš ogulājs košumkrūms", "shrubs")
    | _forms("gabals gabaliņš eksemplārs štuka", "trees", piece=True)
    | dict.fromkeys(("gab", "gabalini", "gb", "eks"), TreeWord("trees", piece=True))
)
_OTHERS: dict[str, TreeWord] = dict.fromkeys(
    ("tree", "trees", "деревьев", "дерева", "деревья", "дерево", "деревце"), TreeWord("trees")
) | dict.fromkeys(
    ("sapling", "saplings", "seedling", "seedlings", "pcs", "шт", "штук", "саженцев", "саженца", "саженцы", "саженец"),
    TreeWord("trees", piece=True),
)
_GROUPS: dict[str, Group] = {
    "lapu": "broadleaves",
    "skuju": "conifers",
    "skuj": "conifers",
    "auglu": "fruit trees",
    "ogu": "shrubs",
    "kosuma": "trees",
    "dekorativie": "trees",
}

_UNKNOWN = re.compile(
    r"\b(?:nezinu|nezin[aā]m|nav\sne\sjausmas|nav\szin[aā]ms|neatceros|neatceramies|nepaz[iī]stu|nem[aā]ku\spateikt"
    r"|d[aā]ž[aā]d\w*|daz[aā]d\w*|jaukt\w*|vis[aā]d\w*|visu\sko|don'?t\sknow|various|mixed|не\sзнаю|разн\w+)",
    re.IGNORECASE,
)
