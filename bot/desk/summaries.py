"""Summaries: what opens a case's topic: who it is, what was asked and answered, what they had begun, earlier cases."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Say
from bot.desk.cases import KINDS, cases
from bot.messages import Address
from bot.words import Words
from flows.grammar import Flow
from knowledge.contacts import conceal

_EARLIER = 5  # cases
_LONG = 2000  # characters of what was asked
_SUPERGROUP = "-100"  # what their ids begin with, and links to them don't
_SHOWN = frozenset({"flow", "answers", "topic", "message_ref"})  # details that have a line of their own, or need none


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """A case that the same person had before."""

    id: int
    kind: str
    state: str
    link: str  # to its topic; '' where there is none any more


@dataclass(frozen=True, kw_only=True, slots=True)
class Summaries:
    """Puts cases into words, for staff."""

    words: Words
    flows: Mapping[str, Flow]
    labels: Mapping[str, str]  # of topics, in Latvian
    chat: Address | None  # the staff's group
    conceals: bool = False  # telephones and addresses, where a topic has a button that shows them

    def text(self, tx: Connection, case: sa.Row[Any]) -> str:
        """Return the summary of a case."""
        return self.words.tongue("lv").say(Say(template="staff_case", values=self.facts(tx, case)), {})

    def facts(self, tx: Connection, case: sa.Row[Any]) -> dict[str, Any]:
        """Return what its template speaks of."""
        details = case.details or {}
        flow = self.flows.get(details.get("flow") or ("talk_to_staff" if "answers" in details else ""))
        return {
            "case": case,
            "kind": KINDS[case.kind],
            "channel": Address.parse(case.chat).channel,
            "subject": self._shown((case.subject or "")[:_LONG]),
            "answered": self.labels.get(details.get("topic") or "", ""),
            "flow": flow,
            "answers": list(self._answers(flow, details.get("answers") or {})) if flow else [],
            "others": {
                key: self._shown(_plain(value)) for key, value in details.items() if value and key not in _SHOWN
            },
            "earlier": list(self._earlier(tx, case)),
        }

    def _answers(self, flow: Flow, stored: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield what was answered so far; what this release can't read any more is left out."""
        voice = self.words.tongue("lv")
        for question in (one for one in flow.questions if stored.get(one.key) is not None):
            try:
                said = question.show(question.decode(stored[question.key]), voice)
            except (AttributeError, KeyError, TypeError, ValueError):
                continue
            if said:
                yield question.label, self._shown(said)

    def _earlier(self, tx: Connection, case: sa.Row[Any]) -> Iterator[Earlier]:
        theirs = sa.and_(cases.c.contact_id == case.contact_id, cases.c.id < case.id)
        for row in tx.execute(sa.select(cases).where(theirs).order_by(cases.c.id.desc()).limit(_EARLIER)):
            yield Earlier(id=row.id, kind=KINDS[row.kind], state=row.state, link=self._link(row.thread))

    def _shown(self, text: str) -> str:
        return conceal(text) if self.conceals else text

    def _link(self, thread: str) -> str:
        if self.chat is None or not thread.isdigit() or not self.chat.ident.startswith(_SUPERGROUP):
            return ""
        return f"https://t.me/c/{self.chat.ident.removeprefix(_SUPERGROUP)}/{thread}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
