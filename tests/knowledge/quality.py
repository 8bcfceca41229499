"""How well questions are understood: `python -m tests.knowledge.quality` prints the tables.

Sets, each with what is right for every question: `seen.yaml`, which the margins were set on, and `unseen.yaml` and
`unseen-40.yaml`, written before the topics. Each is asked as written, without diacritics, in digraph spelling
(`kaa registreet`) and with one slip of the finger, the same slips every time. `held-out.yaml` and `last.yaml` are
measured only when asked for: `python -m tests.knowledge.quality held-out last`.
"""

import math
import random
import re
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge.search import Index
from knowledge.understanding import Understanding, open_index, understand

_HERE = Path(__file__).parent
SETS = ("seen", "unseen", "unseen-40")


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of a set: `right` holds the labels any of which is right, `group` is what the tables sum over."""

    text: str
    right: tuple[str, ...]
    group: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A question and what became of it.

    `verdict`: right, offered (the right topic is among the choices), misoffered (it isn't), unsure (handed to
    staff), declined, wrong (something else was answered or started).
    """

    question: Question
    understood: Understanding
    verdict: str


def questions(name: str) -> list[Question]:
    """Read a set, without the texts that hold several questions (those are in `several`)."""
    listed = yaml.safe_load((_HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return [
        Question(text=text, right=tuple(part.strip() for part in label.split("|")), group=_group(label))
        for label, texts in listed.items()
        if label != "several"
        for text in texts
    ]


def several(name: str) -> list[tuple[str, list[str]]]:
    """Read the texts of a set that hold several questions, each with the labels in order."""
    listed = yaml.safe_load((_HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return [(item["text"], item["right"]) for item in listed.get("several", [])]


def judge(asked: Sequence[Question], index: Index) -> list[Verdict]:
    """Ask every question and say what became of it."""
    return [
        Verdict(question=question, understood=understood, verdict=_verdict(question.right, understood))
        for question in asked
        for understood in [understand(question.text, index)]
    ]


def share(verdicts: Sequence[Verdict], *kinds: str) -> float:
    """Return the share of verdicts of these kinds, 0 to 1."""
    return sum(verdict.verdict in kinds for verdict in verdicts) / len(verdicts)


def is_right(label: str, understood: Understanding) -> bool:
    """Whether a text was understood as a label says (the labels are explained in unseen.yaml)."""
    outcome, _, detail = label.partition(":")
    if outcome == "smalltalk":
        return understood.topic == "smalltalk" and understood.kind == detail
    if outcome in {"flow", "action"}:
        return understood.outcome == outcome and detail in {understood.flow, understood.action}
    if outcome == "declined":
        return understood.outcome == outcome and detail in {"", understood.kind}
    if outcome in {"handover", "unsure"}:
        return understood.outcome == outcome
    return understood.outcome == "answer" and understood.topic == label


def _verdict(right: Sequence[str], understood: Understanding) -> str:
    if any(is_right(label, understood) for label in right):
        return "right"
    if understood.outcome == "choose":
        return "misoffered" if set(right).isdisjoint(understood.choices) else "offered"
    if understood.outcome in {"unsure", "handover"}:
        return "unsure"
    return "declined" if understood.outcome == "declined" else "wrong"


def _group(label: str) -> str:
    group = label.partition(":")[0]
    return group if group in {"flow", "action", "smalltalk", "declined", "handover", "unsure"} else "topic"


# The spellings


def stripped(text: str) -> str:
    """Return the text as typed without a Latvian keyboard."""
    return "".join(ch for ch in unicodedata.normalize("NFKD", text) if not unicodedata.combining(ch) or ch == "\u0306")


_DIGRAPHS = {"ā": "aa", "ē": "ee", "ī": "ii", "ū": "uu", "š": "sh", "č": "ch", "ž": "zh"}
_DIGRAPHS |= {"ļ": "lj", "ņ": "nj", "ķ": "kj", "ģ": "gj"}


def digraph(text: str) -> str:
    """Return the text with long vowels doubled and š, č, ž as sh, ch, zh."""
    return "".join(
        _DIGRAPHS.get(ch, _DIGRAPHS.get(ch.lower(), ch).capitalize() if ch.lower() in _DIGRAPHS else ch) for ch in text
    )


def slipped(text: str) -> str:
    """Return the text with one letter of a longer word dropped, doubled, swapped or hit beside."""
    slips = random.Random(text)
    long_words = list(re.finditer(r"[^\W\d_]{4,}", text))
    if not long_words:
        return text
    word = slips.choice(long_words)
    at = slips.randrange(word.start() + 1, word.end() - 1)
    kind = slips.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    letters = "абвгдеиклмнопрст" if "а" <= text[at].lower() <= "я" else "aeioukrstlnmdpv"
    return text[:at] + slips.choice(letters) + text[at + (kind == 2) :]


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as written": lambda text: text,
    "no diacritics": stripped,
    "digraphs": digraph,
    "one typo": slipped,
}


def spelt(asked: Sequence[Question], spelling: str) -> list[Question]:
    """Return the questions in one of SPELLINGS."""
    respell = SPELLINGS[spelling]
    return [Question(text=respell(item.text), right=item.right, group=item.group) for item in asked]


# The tables


def main(names: Sequence[str] = SETS) -> None:
    """Print the tables of the sets; texts understood wrongly only of the set that may be tuned to."""
    index = open_index()
    lines = []
    for name in names:
        asked = questions(name)
        verdicts = judge(asked, index)
        lines += [f"\n{name}.yaml", "=" * 40, *_by_group(verdicts), *_by_spelling(asked, index)]
        lines += [*_ranked(asked, index), *_by_topic(verdicts), *_confused(verdicts, texts=name == "seen")]
    sys.stdout.write("\n".join([*lines, _speed(names, index), ""]))


def _by_group(verdicts: Sequence[Verdict]) -> Iterator[str]:
    kinds = ("right", "offered", "misoffered", "unsure", "declined", "wrong")
    yield f"{'':14}{'n':>4} " + "".join(f"{kind:>12}" for kind in kinds) + "   right, 95 % interval"
    groups: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.question.group].append(verdict)
        if verdict.question.group == "topic":
            groups[f"topic, {verdict.understood.language}"].append(verdict)
    for group, listed in groups.items():
        shares = "".join(f"{100 * share(listed, kind):>12.1f}" for kind in kinds)
        low, high = interval(share(listed, "right"), len(listed))
        yield f"{group:14}{len(listed):>4} {shares}   {100 * low:.0f}–{100 * high:.0f}"


def interval(part: float, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    z = 1.96
    middle = (part + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(part * (1 - part) / count + z * z / (4 * count * count))
    return middle - half, middle + half


def _by_spelling(asked: Sequence[Question], index: Index) -> Iterator[str]:
    yield f"\n{'':16}{'right':>8}{'+offered':>10}{'wrong':>8}   (topics)   off-topic declined   topics declined"
    for spelling in SPELLINGS:
        verdicts = judge(spelt(asked, spelling), index)
        topics = [verdict for verdict in verdicts if verdict.question.group == "topic"]
        outside = [verdict for verdict in verdicts if verdict.question.group == "declined"]
        declined = sum(verdict.understood.outcome == "declined" for verdict in outside) / len(outside)
        yield (
            f"{spelling:16}{100 * share(topics, 'right'):>8.1f}{100 * share(topics, 'right', 'offered'):>10.1f}"
            f"{100 * share(topics, 'wrong'):>8.1f}{100 * declined:>32.1f}{100 * share(topics, 'declined'):>18.1f}"
        )


def _ranked(asked: Sequence[Question], index: Index) -> Iterator[str]:
    """Yield how often the search alone, without rules and margins, has the right topic first, or among three."""
    topics = [question for question in asked if question.group == "topic"]
    ranks = []
    for question in topics:
        names = [candidate.id for candidate in index.rank(question.text) if candidate.id in index.topics]
        ranks.append(min((names.index(right) for right in question.right if right in names), default=99))
    first, third = (100 * sum(rank < most for rank in ranks) / len(ranks) for most in (1, 3))
    yield f"\nsearch alone, topics: first {first:.1f}, among three {third:.1f}"


def _by_topic(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield the topics that were not always right, the worst first."""
    topics: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.question.group == "topic":
            topics[verdict.question.right[0]].append(verdict)
    yield f"\n{'topic':28}{'n':>4}{'right':>8}{'+offered':>10}{'wrong':>8}   right, 95 % interval"
    for name, listed in sorted(topics.items(), key=lambda item: (share(item[1], "right"), item[0])):
        if share(listed, "right") < 1:
            low, high = interval(share(listed, "right"), len(listed))
            yield (
                f"{name:28}{len(listed):>4}{100 * share(listed, 'right'):>8.1f}"
                f"{100 * share(listed, 'right', 'offered'):>10.1f}{100 * share(listed, 'wrong'):>8.1f}"
                f"   {100 * low:.0f}–{100 * high:.0f}"
            )


def _confused(verdicts: Sequence[Verdict], *, texts: bool) -> Iterator[str]:
    pairs = Counter(
        (verdict.question.right[0], verdict.understood.topic or verdict.understood.outcome)
        for verdict in verdicts
        if verdict.verdict in {"wrong", "declined", "misoffered"}
    )
    yield "\nconfused: asked -> understood"
    for (asked, understood), count in pairs.most_common(12):
        yield f"{count:>4}  {asked} -> {understood}"
    for verdict in verdicts:
        if texts and verdict.verdict == "wrong":
            yield f"      wrong: {verdict.question.text!r} -> {verdict.understood.topic}"


def _speed(names: Sequence[str], index: Index) -> str:
    texts = [question.text for name in names for question in questions(name)]
    times = []
    for text in texts:
        started = time.thread_time()
        understand(text, index)
        times.append(1000 * (time.thread_time() - started))
    times.sort()
    middle, slow = times[len(times) // 2], times[int(0.95 * len(times))]
    return f"\nunderstand: median {middle:.2f} ms, 95th percentile {slow:.2f} ms of the processor"


if __name__ == "__main__":
    main(sys.argv[1:] or SETS)
