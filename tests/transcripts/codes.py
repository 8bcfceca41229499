"""Codes that link two channels: random, so a transcript writes them in the order they were handed out."""

import re
from dataclasses import dataclass, field

from tests.transcripts.script import Step

_CODE = re.compile(r"KOKI-([A-Z2-7]{8})")


@dataclass(kw_only=True)
class Codes:
    """KOKI-AAAAAAA2 stands for the first, KOKI-AAAAAAA3 for the second ..."""

    _seen: list[str] = field(default_factory=list)

    def real(self, line: str) -> str:
        """Return a line with the codes that were really handed out."""
        for number, code in enumerate(self._seen):
            line = line.replace(_written(number), code).replace(_written(number).lower(), code.lower())
        return line

    def written(self, steps: list[Step]) -> list[Step]:
        """Return steps with the codes as a transcript writes them."""
        for step in steps:
            self._seen += [code for code in _CODE.findall(step.text) if code not in self._seen]
        written = []
        for step in steps:
            text = step.text
            for number, code in enumerate(self._seen):
                text = text.replace(code, _written(number))
            written.append(Step(step.sign, text))
        return written


def _written(number: int) -> str:
    return f"AAAAAAA{number + 2}"
