"""The question what: trees of one or more kinds, each with a count, as exactly as the person knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Literal

from flows.grammar import Json, L, NotUnderstood, Option, Partly, Question, Reading, Understood, Voice
from flows.said import Said
from knowledge.latvian.numbers import find_numbers
from knowledge.latvian.text import words
from knowledge.plantings import Planting, find_plantings
from knowledge.species import plain_name, species
from knowledge.unknown_trees import find_unknown_trees

_MIXED = ("dazad", "jaukt", "visad", "vairak", "mixed", "various", "разн")  # beginnings of „of many kinds”


@dataclass(frozen=True, kw_only=True, slots=True)
class Trees:
    """Trees of one kind. Without a count it is unknown, or lies between `least` and `most`.

    `species` is a Latin name or a genus; None for trees of no named kind: `mixed` when the person says that they
    are of many, `kinds` when one count is divided among several.
    """

    species: str | None = None
    count: int | None = None
    least: int | None = None
    most: int | None = None
    about: bool = False
    mixed: bool = False
    kinds: tuple[str, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether anything is known of the number."""
        return self.count is not None or self.least is not None

    @property
    def named(self) -> bool:
        """Whether anything is known of the kind."""
        return bool(self.species or self.kinds or self.mixed)


Value = tuple[Trees, ...]


@dataclass(frozen=True, kw_only=True)
class Plantings(Question[Value]):
    """Species and counts, in any order and over several messages."""

    def read(self, said: Said, today: date) -> Reading[Value] | None:
        """Read what is told; only a count or only a kind is a part of an answer."""
        if not said.text.strip():
            return None
        found = find_plantings(said.text, today)
        mixed = _tells_of_many(said.text)
        if found:
            trees = tuple(_trees(item.value) for item in found)
            if mixed:
                trees = tuple(tree if tree.named else replace(tree, mixed=True) for tree in trees)
            return _reading(trees, tuple((item.start, item.end) for item in found))
        if mixed:
            return _reading((Trees(mixed=True),), ())
        return NotUnderstood(why=L("Nesapratu, kādi koki un cik: „%(given)s”."), given=said.text)

    def find(self, said: Said, today: date) -> Reading[Value] | None:
        """Find trees that the text says are planted; a lone number is none."""
        found = find_plantings(said.text, today) if said.text else []
        stated = [
            item for item in found if item.value.species or item.value.kinds or _names_trees(said.text, item.start)
        ]
        if not stated:
            return None
        trees = tuple(_trees(item.value) for item in stated)
        if _tells_of_many(said.text):
            trees = tuple(replace(tree, mixed=not (tree.species or tree.kinds)) for tree in trees)
        return _reading(trees, tuple((item.start, item.end) for item in stated))

    def left_out(self, said: Said, today: date) -> tuple[str, ...]:
        """Return what is counted beside trees we know: „5 mellenes”."""
        return find_unknown_trees(said.text, today) if said.text else ()

    def told(self, value: Value) -> Mapping[str, Json]:
        """Return species, count and range of each kind."""
        return {self.key: [told for tree in value for told in _told(tree)]}

    def combine(self, old: Value, new: Value) -> Value:
        """Join counts with kinds told before, kinds with counts told before, and add what is new."""
        uncounted = [tree for tree in old if tree.named and not tree.counted]
        counts = [tree for tree in new if tree.counted and not tree.named]
        if uncounted and counts and len(counts) == len(new):
            return _counted(old, uncounted, counts)
        unnamed = [tree for tree in old if tree.counted and not tree.named]
        kinds = [tree for tree in new if tree.named and not tree.counted]
        if len(unnamed) == 1 and kinds and len(kinds) == len(new):
            return tuple(_of_kinds(tree, kinds) if tree in unnamed else tree for tree in old)
        return _added(old, new)

    def complete(self, value: Value) -> Understood[Value] | Partly[Value]:
        """Say what is still missing of what was told."""
        return _reading(value, ())

    def good_enough(self, value: Value) -> bool:
        """Let a kind without a count, or a count without a kind, stand when the person knows no more."""
        return bool(value)

    def correct(self, old: Value, wrong: str, right: str, today: date) -> Value | None:
        """Change a count (`ne 300, bet 320`), a kind (`ne ozoli, bet liepas`), or all of it."""
        new = tuple(_trees(item.value) for item in find_plantings(right, today))
        if not new:
            return None
        if all(tree.species for tree in new) and len(new) > 1:
            return new
        tree = new[0]
        index = _index_of(old, wrong, tree, today)
        if index is None:
            return None
        changed = old[index]
        if tree.species:
            changed = replace(changed, species=tree.species, kinds=(), mixed=False)
        if tree.counted:
            changed = replace(changed, count=tree.count, least=tree.least, most=tree.most, about=tree.about)
        return (*old[:index], changed, *old[index + 1 :])

    def show(self, value: Value, voice: Voice) -> str:
        """Say each kind with its number: „ozols – 50, liepa – 20”."""
        return ", ".join(f"{_kind(tree, voice)} – {_number(tree, voice)}" for tree in value)

    def encode(self, value: Value) -> Json:
        """Write a list for each kind: species, count, and the rest only where there is any."""
        return [_encoded(tree) for tree in value]

    def decode(self, stored: Json) -> Value:
        """Read them back."""
        if not all(isinstance(tree, list) and all(isinstance(more, dict) for more in tree[2:]) for tree in stored):
            raise TypeError(stored)
        return tuple(
            Trees(
                species=kind,
                count=count,
                least=more.get("least"),
                most=more.get("most"),
                about=more.get("about", False),
                mixed=more.get("mixed", False),
                kinds=tuple(more.get("kinds", ())),
            )
            for kind, count, more in ((*tree, {})[:3] for tree in stored)
        )


def total(value: Value) -> int | None:
    """Return how many trees there are in all, as far as anything is known."""
    known = [tree.count if tree.count is not None else tree.least for tree in value if tree.counted]
    return sum(number or 0 for number in known) if known else None


def vague(value: Value) -> bool:
    """Whether staff must ask for numbers or kinds."""
    return any(tree.count is None or not tree.species for tree in value)


def invasive(value: Value) -> list[str]:
    """Return the species among them that dendrologists call invasive."""
    named = [kind for tree in value for kind in (tree.species, *tree.kinds) if kind]
    return [kind for kind in named if (known := species(kind)) and known.invasive]


def _reading(trees: Value, spans: tuple[tuple[int, int], ...]) -> Understood[Value] | Partly[Value]:
    uncounted = [tree for tree in trees if tree.named and not tree.counted]
    if uncounted:
        return Partly(
            value=trees,
            ask=L("Cik koku iestādījāt? (%(given)s)")
            if len(uncounted) == 1
            else L("Cik katras sugas koku? (%(given)s)"),
            given=", ".join(_name(tree) for tree in uncounted),
            options=(),
            spans=spans,
        )
    if any(not tree.named for tree in trees):
        mixed = Option(label=L("Dažādas sugas"), value=[[None, None, {"mixed": True}]])
        return Partly(value=trees, ask=L("Kādas sugas koki tie ir?"), options=(mixed,), spans=spans)
    return Understood(value=trees, spans=spans)


def _trees(planting: Planting) -> Trees:
    exact = planting.count is not None
    return Trees(
        species=planting.species,
        count=planting.count,
        least=None if exact else planting.least,
        most=None if exact else planting.most,
        about=planting.about,
        kinds=planting.kinds,
    )


def _counted(old: Value, uncounted: Sequence[Trees], counts: Sequence[Trees]) -> Value:
    """Give the counts to the kinds that lack one: in order, or one count to all of them together."""
    if len(counts) == len(uncounted):
        given = dict(zip(map(id, uncounted), counts, strict=True))
        return tuple(_with_number(tree, given[id(tree)]) if id(tree) in given else tree for tree in old)
    kinds = tuple(tree.species for tree in uncounted if tree.species)
    together = _with_number(Trees(kinds=kinds), counts[0])
    return (*(tree for tree in old if tree not in uncounted), together)


def _of_kinds(tree: Trees, kinds: Sequence[Trees]) -> Trees:
    if len(kinds) == 1:
        return replace(tree, species=kinds[0].species, kinds=kinds[0].kinds, mixed=kinds[0].mixed)
    return replace(tree, kinds=tuple(kind.species for kind in kinds if kind.species))


def _added(old: Value, new: Value) -> Value:
    """Add trees; those of a kind that is there already are added to it."""
    trees = list(old)
    for tree in new:
        same = next((i for i, known in enumerate(trees) if tree.species and known.species == tree.species), None)
        if same is None:
            trees.append(tree)
        elif trees[same].count is not None and tree.count is not None:
            trees[same] = replace(trees[same], count=(trees[same].count or 0) + tree.count)
        elif tree.counted:
            trees[same] = _with_number(trees[same], tree)
    return tuple(trees)


def _with_number(tree: Trees, number: Trees) -> Trees:
    return replace(tree, count=number.count, least=number.least, most=number.most, about=number.about)


def _index_of(old: Value, wrong: str, right: Trees, today: date) -> int | None:
    """Find the trees that a correction is about."""
    wrongs = [_trees(item.value) for item in find_plantings(wrong, today)] if wrong else []
    numbers = {amount.value.exact for amount in find_numbers(wrong)} if wrong else set()
    kinds = {tree.species for tree in wrongs if tree.species} or ({right.species} if right.species else set())
    by_kind = [i for i, tree in enumerate(old) if tree.species in kinds]
    by_number = [i for i, tree in enumerate(old) if tree.count is not None and tree.count in numbers]
    for candidates in (by_number, by_kind, list(range(len(old)))):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _tells_of_many(text: str) -> bool:
    return any(word.folded.startswith(_MIXED) for word in words(text))


def _names_trees(text: str, start: int) -> bool:
    """Whether a count without a species is one of trees: „100 koku”, „iestādīju 100”, not a lone „100”."""
    before = [word.folded for word in words(text[max(0, start - 40) : start])][-2:]
    near = [word.folded for word in words(text[start : start + 40])]
    return any("stadi" in word or "stadj" in word for word in before) or any(
        word.startswith(("kok", "koc", "stad", "krum", "tree", "sapling", "дерев", "сажен")) for word in near
    )


def _kind(tree: Trees, voice: Voice) -> str:
    language: Literal["lv", "en"] = "en" if voice.language == "en" else "lv"
    if tree.species:
        return plain_name(tree.species, language)
    if tree.kinds:
        return "/".join(plain_name(kind, language) for kind in tree.kinds)
    return voice.text(L("dažādi koki")) if tree.mixed else voice.text(L("koki"))


def _name(tree: Trees) -> str:
    return plain_name(tree.species) if tree.species else "/".join(map(plain_name, tree.kinds)) or "dažādi koki"


def _number(tree: Trees, voice: Voice) -> str:
    if tree.count is not None:
        number = voice.number(tree.count)
        return voice.text(L("apmēram %(number)s"), number=number) if tree.about else number
    if tree.least is None:
        return voice.text(L("skaits nav zināms"))
    if tree.most is None:
        return voice.text(L("vairāk nekā %(number)s"), number=voice.number(tree.least))
    return f"{voice.number(tree.least)}–{voice.number(tree.most)}"


def _told(tree: Trees) -> list[Json]:
    """Say trees in plain terms; of kinds that share one count each is named, and the count stands alone."""
    number: dict[str, Json] = {"count": tree.count}
    if tree.count is None and tree.least is not None:
        number["count_range"] = [tree.least, tree.most]
    shared = [{"species": kind, "count": None} for kind in tree.kinds]
    return [{"species": tree.species, **number}, *shared] if tree.counted or not shared else shared


def _encoded(tree: Trees) -> Json:
    more = {
        field.name: getattr(tree, field.name)
        for field in fields(Trees)
        if field.name not in {"species", "count"} and getattr(tree, field.name)
    }
    if "kinds" in more:
        more["kinds"] = list(more["kinds"])
    return [tree.species, tree.count, more] if more else [tree.species, tree.count]
