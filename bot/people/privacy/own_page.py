"""The page: everything that we hold of a person, as one file that any phone opens, without anything from elsewhere."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from markupsafe import Markup
from sqlalchemy.engine import Connection

from bot.clock import RIGA
from bot.conversation.response import Say
from bot.documents.orders import Order
from bot.documents.press import Made
from bot.people import consents
from bot.people.privacy import own_data
from bot.people.privacy.own_data import File, OwnData
from bot.words import Words
from bot.words.plain import plain
from bot.words.rendering import Tongue
from flows.grammar import Flow

_MOST_BYTES = 8 * 1024 * 1024  # of enclosed files, all together: a letter takes no more once they are written as text
_NAMES = {"lv": "mani-dati.html", "en": "my-data.html"}


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPage:
    """Makes it. `load` reads an object, `facts` are those of the house."""

    words: Words
    flows: Mapping[str, Flow]
    load: Callable[[str], bytes]
    facts: Mapping[str, Any]

    def maker(self, tx: Connection, order: Order) -> Callable[[], Made]:
        """Read what there is, and return what writes it down."""
        data = own_data.gather(tx, order.contact_id or 0)
        return lambda: self._made(data, order.language)

    def _made(self, data: OwnData, language: str) -> Made:
        tongue = self.words.tongue(language)
        values = {
            "addresses": [(own_data.is_letter(one), one.partition(":")[2]) for one in data.addresses],
            "permissions": [
                {**row, "said": consents.said(row["version"], row["kind"])} for row in data.rows.get("permissions", [])
            ],
            "registrations": [self._registration(row, tongue) for row in data.rows.get("registrations", [])],
            "drafts": [self._answers(run["flow"], _told(run), tongue) for run in own_data.drafts(data)],
            "matters": data.rows.get("cases", []),
            "spoken": [(_at(one.at), one.by_us, plain(one.text) if one.by_us else one.text) for one in data.spoken],
            "files": self._files(data.files),
            "everything": orjson.dumps(data.rows, default=str, option=orjson.OPT_INDENT_2).decode(),
            "when": _at,
        }
        page = tongue.say(Say(template="own_page", values=values), self.facts)
        return Made(
            content=page.encode(),
            name=_NAMES.get(language, _NAMES["lv"]),
            media_type="text/html",
            say=Say(template="own_data"),
        )

    def _registration(self, row: Mapping[str, Any], tongue: Tongue) -> dict[str, Any]:
        return {**row, "lines": self._answers(row["flow"], row["answers"], tongue)}

    def _answers(self, flow: str, stored: Mapping[str, Any], tongue: Tongue) -> list[tuple[str, str]]:
        """Say stored answers; one that this release can't read is among the rows all the same."""
        lines = []
        for question in self.flows[flow].questions if flow in self.flows else ():
            if question.key in stored:
                try:
                    said = question.show(question.decode(stored[question.key]), tongue)
                except (ValueError, KeyError, TypeError, AttributeError):
                    continue
                lines.append((tongue.text(question.label), said))
        return lines

    def _files(self, files: tuple[File, ...]) -> list[dict[str, Any]]:
        shown, room = [], _MOST_BYTES
        for file in files:
            told = {"name": file.name, "at": _at(file.at), "size": file.size, "picture": False, "data": ""}
            if file.size <= room:
                try:
                    content = self.load(file.object_key)
                except FileNotFoundError:
                    content = b""
                room -= len(content)
                told["picture"] = file.media_type.startswith("image/")
                told["data"] = Markup("data:{};base64,{}").format(file.media_type, base64.b64encode(content).decode())
            shown.append(told)
        return shown


def _told(run: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**run.get("begun", {}), **run.get("answers", {})}


def _at(at: datetime) -> str:
    return f"{at.astimezone(RIGA):%d.%m.%Y. %H.%M}"
