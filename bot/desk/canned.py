"""Canned answers: the topics that the assistant answers from, offered to staff where they may be of use."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversation.response import Event, Message, Say
from bot.desk.cases import cases
from bot.desk.relay import Relay
from bot.inbox import ledger
from bot.messages import LETTERS, Address, Button, Envelope, Outbound
from bot.rooms import NO_FACTS, Scene
from knowledge.acts import acts
from knowledge.questions import split_questions
from knowledge.search import Candidate
from knowledge.topic import Topic

_NO_ANSWERS = frozenset({"contact-human"})  # what a person has who asks for staff
_MOST_NEAR, _MOST_FOUND = 3, 6
_LEAST = 0.05  # likelihood from which a topic may be of use at all
_BESIDE = 0.1  # of the likeliest one's, for those beside it
_MOST_PIECES = 5  # of a text, each looked at by itself
_MARK = re.compile(r"\[[^\]]*\]")  # „[foto nr. 12]”: our own words about what was sent


@dataclass(frozen=True, kw_only=True, slots=True)
class Nearest:
    """Finds topics by what somebody has asked, also where the assistant would not have been sure."""

    topics: Mapping[str, Topic]
    rank: Callable[[str], Sequence[Candidate]]

    def __call__(self, text: str, most: int = _MOST_NEAR) -> list[Topic]:
        """Return the topics nearest to a text, the likeliest first; none where nothing is near."""
        asked = _MARK.sub(" ", text).strip()
        scores: dict[str, float] = {}
        for said in _pieces(asked) if asked else ():
            for one in self.rank(said):
                scores[one.id] = max(one.score, scores.get(one.id, 0.0))
        known = sorted(scores.keys() & self.topics.keys() - _NO_ANSWERS, key=lambda name: -scores[name])
        return [self.topics[name] for name in known[:most] if scores[name] >= max(_LEAST, scores[known[0]] * _BESIDE)]

    def search(self, words: str) -> list[Topic]:
        """Return what is likeliest for a few words, first of all where they stand in a title."""
        wanted = words.casefold()
        named = [
            known for known in self.topics.values() if wanted in f"{known.title['lv']} {known.label['lv']}".casefold()
        ]
        found = {known.id: known for known in [*named, *self(words, _MOST_FOUND)]}
        return list(found.values())[:_MOST_FOUND]


def buttons(case_id: int, topics: Sequence[Topic]) -> tuple[tuple[Button, ...], ...]:
    """Return a row with a button for each topic, which shows it in the case's topic."""
    return tuple(
        (Button(label=f"💡 {known.label['lv']}", data=f"topic:{case_id}:{known.id}:show"),) for known in topics
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Canned:
    """Carries out what staff do with topics in a case."""

    relay: Relay
    nearest: Nearest

    def searched(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Show what is found for some words."""
        case_id, words = event.data["case"], event.data["words"]
        found = self.nearest.search(words)
        text = self._say("topics_found", words=words, found=bool(found))
        self.relay.post(tx, case_id, Outbound(text=text, rows=buttons(case_id, found)), scene.now, kind="notice")
        return NO_FACTS

    def shown(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Show a topic as the person would get it, to be sent or put differently."""
        case, known = _case(tx, event), self.nearest.topics.get(event.data["topic"])
        if known is None:
            return NO_FACTS
        language = ledger.spoken(tx, case.contact_id)
        envelope = Envelope() if Address.parse(case.chat).channel == LETTERS else None
        say = Say(template="desk_answer", values={"text": _answer(known, language)})
        (shown,) = self.relay.words.render((Message(parts=(say,)),), None, language, {}, envelope)
        head = self._say("topic_preview", topic=known, by_letter=bool(envelope), language=language)
        doubt = self._say("topic_doubt", topic=known)
        data = f"topic:{case.id}:{known.id}"
        rows = ((Button(label="Sūtīt", data=f"{data}:send"), Button(label="Labot", data=f"{data}:edit")),)
        text = "\n\n".join(part for part in (head, shown.text, doubt) if part)
        self.relay.post(tx, case.id, Outbound(text=text, rows=rows), scene.now, kind="notice")
        return NO_FACTS

    def sent(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send a topic as the answer of whoever has chosen it; it can be taken back as any other."""
        case, known = _case(tx, event), self.nearest.topics.get(event.data["topic"])
        if known is None:
            return NO_FACTS
        text = _answer(known, ledger.spoken(tx, case.contact_id))
        return self.relay.answered(tx, Event(type="case.answered", data={**event.data, "text": text}), scene)

    def copied(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Show the words alone, to be copied with one tap; a reply to them is an answer."""
        case, known = _case(tx, event), self.nearest.topics.get(event.data["topic"])
        if known is None:
            return NO_FACTS
        words = escape(_answer(known, ledger.spoken(tx, case.contact_id)), quote=False)
        text = f"{self._say('draft_to_edit')}\n\n<code>{words}</code>"
        self.relay.post(tx, case.id, Outbound(text=text), scene.now, kind="draft")
        return NO_FACTS

    def _say(self, template: str, **values: Any) -> str:
        return self.relay.words.tongue("lv").say(Say(template=template, values=values), {})


def _pieces(asked: str) -> list[str]:
    """Return a text as a whole, and the sentences of it that do not merely ask for a person."""
    parts = [part for piece in split_questions(asked) for part in (*piece.before, piece.text)]
    telling = [part for part in parts if not any(act.kind == "human" for act in acts(part))]
    return list(dict.fromkeys([asked, *telling[:_MOST_PIECES]]))


def _answer(known: Topic, language: str) -> str:
    return known.answer.get(language) or known.answer["lv"]


def _case(tx: Connection, event: Event) -> sa.Row[Any]:
    return tx.execute(sa.select(cases).where(cases.c.id == event.data["case"])).one()
