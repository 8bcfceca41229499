"""A public intent set, asked through our search: `python -m tests.knowledge.public FOLDER [LANGUAGE]`.

FOLDER holds one set of tilde-nlp/NLU-datasets (CC BY-SA 4.0, not part of this project): `NAME_train_ans.txt`,
`NAME_test_ans.txt` and, in a folder by language, `NAME_train_q.txt` and `NAME_test_q.txt`, a text or an intent a line.
The training part becomes a folder of topics that hold only `questions`; the test part is asked of `ask --topics`.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import yaml

from tests.knowledge.quality import interval


def main(arguments: Sequence[str]) -> None:
    """Write the topics, ask, and print the accuracy with its interval and what was taken for what."""
    folder, language = Path(arguments[0]), (*arguments[1:], "lv")[0]
    asked = _examples(folder, language, "test")
    with tempfile.TemporaryDirectory() as topics:
        write_topics(_examples(folder, language, "train"), Path(topics))
        command = [sys.executable, "-m", "bot", "ask", "--json", "--topics", topics]
        texts = "\n".join(text for text, _ in asked)
        done = subprocess.run(command, input=texts, capture_output=True, text=True, check=True)
    found = [json.loads(line)["topic"] for line in done.stdout.splitlines()]
    right = sum(answer == _file_name(intent) for answer, (_, intent) in zip(found, asked, strict=True))
    low, high = interval(right / len(asked), len(asked))
    sys.stdout.write(f"{folder.name}, {language}: {right} of {len(asked)} right, {100 * right / len(asked):.1f} % ")
    sys.stdout.write(f"(95 % interval {100 * low:.0f}–{100 * high:.0f})\n")
    pairs = Counter(
        (intent, answer) for answer, (_, intent) in zip(found, asked, strict=True) if answer != _file_name(intent)
    )
    for (intent, answer), count in pairs.most_common(8):
        sys.stdout.write(f"{count:>4}  {intent} -> {answer}\n")


def write_topics(examples: Sequence[tuple[str, str]], folder: Path) -> None:
    """Write a file for every intent, with its texts as the questions."""
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for text, intent in examples:
        by_intent[intent].append(text)
    for intent, texts in by_intent.items():
        content = yaml.safe_dump({"questions": texts}, allow_unicode=True)
        (folder / f"{_file_name(intent)}.yaml").write_text(content, encoding="utf-8")


def _examples(folder: Path, language: str, part: str) -> list[tuple[str, str]]:
    """Return the texts of a part with their intents."""
    texts = _lines(folder / language / f"{folder.name}_{part}_q.txt")
    return list(zip(texts, _lines(folder / f"{folder.name}_{part}_ans.txt"), strict=True))


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _file_name(intent: str) -> str:
    return intent.lower().replace(" ", "-")


if __name__ == "__main__":
    main(sys.argv[1:])
