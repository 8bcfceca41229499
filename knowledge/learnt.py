"""What the search has learnt, written down by `python -m knowledge.learnt`, so that starting is not learning anew.

The file names what it was learnt from. After a change to a topic, to the concepts or to the code that reads them it is
passed over, and the search learns anew, which takes seconds; a test fails until it is written again.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_FILE = _HERE / "learnt.json.gz"
_CODE = ("classifier.py", "features.py", "search.py", "synonyms.yaml", "latvian/text.py", "latvian/stemming.py")


def recall(groups: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """Return what these groups of texts have taught; None where that was not written down, or is no longer true."""
    if not _FILE.exists():
        return None
    with gzip.open(_FILE, "rt", encoding="utf-8") as file:
        if file.readline().strip() != _digest(groups):
            return None
        found: dict[str, Any] = json.loads(file.read())
    return found


def keep(groups: Mapping[str, Sequence[str]], lesson: Mapping[str, Any]) -> None:
    """Write down what was learnt from these groups, byte for byte the same each time."""
    text = f"{_digest(groups)}\n{json.dumps(lesson, ensure_ascii=False, separators=(',', ':'))}"
    _FILE.write_bytes(gzip.compress(text.encode(), mtime=0))


def _digest(groups: Mapping[str, Sequence[str]]) -> str:
    digest = hashlib.sha256(json.dumps(sorted((group, list(texts)) for group, texts in groups.items())).encode())
    for name in _CODE:
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    from knowledge.search import groups_of, learn
    from knowledge.topic import load
    from knowledge.understanding import foreign

    known = groups_of(load(), foreign())
    keep(known, learn(known))
