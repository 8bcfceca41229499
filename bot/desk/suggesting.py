"""Suggesting: an answer of staff becomes the draft of a topic, for whoever writes topics to check and finish."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection

from bot.conversation.response import Event, Say
from bot.delivery.outbox import Lane
from bot.desk.anonymous import anonymous
from bot.desk.answers import answers
from bot.desk.boards import Boards
from bot.desk.cases import case_row
from bot.desk.relay import Relay
from bot.documents import orders
from bot.documents.orders import Order
from bot.documents.press import Made, Maker
from bot.messages import Outbound
from bot.rooms import Scene

DRAFT = "draft_topic"  # the kind of its order
_BOARD = "answers"
_TODO = "TODO"
_HEAD = """\
# Melnraksts. Viss, kur rakstīts TODO, vēl jāuzraksta; atbilde jāsalīdzina ar avotu. Pēc tam failu liek mapē
# knowledge/topics ar savu nosaukumu, un `make check` pasaka, kas vēl trūkst.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggesting:
    """Orders the draft, and makes it."""

    relay: Relay
    boards: Boards

    def suggested(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Order a draft of the last answer that staff gave in a case; returns whether there is one."""
        case = case_row(tx, event.data["case"])
        answer = tx.execute(_LAST, {"case": case.id}).first()
        if answer is None:
            return {"suggested": False}
        told = self.relay.words.tongue("lv").say(
            Say(template="topic_suggested", values={"name": event.data["name"], "case": case.id}), {}
        )
        self.boards.post(tx, _BOARD, Outbound(text=told), scene.now, subject=case.id, kind="suggestion")
        thread = self.boards.thread(tx, _BOARD, scene.now)
        orders.place(
            tx,
            kind=DRAFT,
            payload={"case": case.id, "delivery": answer.delivery_id},
            chat=self.relay.chat,
            contact_id=None,
            now=scene.now,
            thread=thread if thread.isdigit() else case.thread,  # a board that is being opened has no number yet
            lane=Lane.NOTICE,
        )
        return {"suggested": True}


def maker(tx: Connection, order: Order) -> Callable[[], Made]:
    """Read the question and the answer, and return what writes the draft."""
    case = case_row(tx, order.payload["case"])
    query = sa.select(answers.c.text).where(answers.c.delivery_id == order.payload["delivery"])
    content = draft(case.subject or "", tx.execute(query).scalar() or "")
    return lambda: Made(content=content.encode(), name=f"tema-{case.id}.yaml", media_type="application/yaml")


MAKERS: Mapping[str, Maker] = {DRAFT: maker}


def draft(question: str, answer: str) -> str:
    """Write a topic's file with what is known; how sure it is, is for somebody else to say."""
    asked = anonymous(question)
    content = {
        "title": {"lv": _TODO, "en": _TODO},
        "label": {"lv": _TODO, "en": _TODO},
        "answer": {"lv": _Lines(answer.strip()), "en": _TODO},
        "certainty": _TODO,
        "source": _TODO,
        "checked": _TODO,
        "questions": {"lv": [asked or _TODO, _TODO], "en": [_TODO], "ru": [_TODO]},
    }
    return _HEAD + yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


class _Lines(str):
    """A text of several lines, written as such."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes answers as the other topics have them."""


def _lines(dumper: yaml.SafeDumper, text: _Lines) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")


_Dumper.add_representer(_Lines, _lines)
_LAST = (
    sa.select(answers.c.delivery_id)
    .where(answers.c.case_id == sa.bindparam("case"), answers.c.text.is_not(None), answers.c.text != "")
    .order_by(answers.c.delivery_id.desc())
    .limit(1)
)
