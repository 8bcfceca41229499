"""`ask`: one question, or one a line on stdin; what the search makes of it, and the answer."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.search import Index
from knowledge.topic import Topic, load, load_bare
from knowledge.understanding import Understanding, open_index, understand


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("text", nargs="?", help="the question; without it, one a line on stdin")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--topics", type=Path, metavar="DIR", help="search other topics than ours")


def run(options: argparse.Namespace) -> int:
    """Ask, and print what came of it."""
    try:
        topics = load_bare(options.topics) if options.topics else load()
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    ours = options.topics is None
    index = open_index(topics) if ours else Index(topics, {})
    by_id = {topic.id: topic for topic in topics}
    for text in _texts(options.text):
        began = time.perf_counter()
        found = understand(text, index, rules=ours)
        ms = (time.perf_counter() - began) * 1000
        if options.json:
            record = {
                **_record(found),
                "text": text,
                "ms": round(ms, 3),
                "more": [_record(more) for more in found.more],
            }
            print(json.dumps(record, ensure_ascii=False), flush=True)
        else:
            print(_written(found, by_id), flush=True)
    return 0


def _texts(given: str | None) -> Iterator[str]:
    if given is not None:
        yield given
    else:
        yield from (line.rstrip("\n") for line in sys.stdin if line.strip())


def _record(found: Understanding) -> dict[str, Any]:
    return {
        "text": found.text,
        "language": found.language,
        "outcome": found.outcome,
        "topic": found.topic,
        "choices": list(found.choices),
        "flow": found.flow,
        "score": round(found.score, 2),
        **({"action": found.action} if found.action else {}),
        **({"kind": found.kind} if found.kind else {}),
    }


def _written(found: Understanding, topics: dict[str, Topic]) -> str:
    lines = []
    for part in (found, *found.more):
        what = part.topic or part.flow or part.action or part.kind or ", ".join(part.choices)
        lines.append(f"{part.outcome}: {what} ({part.score:.1f})" if what else part.outcome)
        if part.outcome == "answer" and part.topic in topics:
            answers = topics[part.topic].answer
            lines.append(answers.get("en" if part.language == "en" else "lv", next(iter(answers.values()), "")))
    return "\n".join(lines)
