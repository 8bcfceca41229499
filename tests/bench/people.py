"""The people of the bench: each follows a script, presses the buttons that were really sent, and checks the answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.lines import LAPS_PER_SCRIPT, LINES_PER_LAP, SCRIPTS, Kind, Line

_BETWEEN_LINES = 10  # seconds on the clock of the messages; more than 20 a minute would be a flood
_DIGITS = re.compile(r"\d+")
# Numbers that Latvian puts into the same plural form, so that answers differ in digits only.
_NUMBERS = [number for number in range(22, 100) if number % 10 > 1]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as its reader sees it, with its inline buttons as label and data."""

    message_id: int
    method: str
    text: str
    buttons: tuple[tuple[str, str], ...] = ()

    @property
    def sketch(self) -> str:
        """All of it that is the same whoever the reader is."""
        labels = " ".join(f"[{label}]" for label, _ in self.buttons)
        return f"{self.method} {_DIGITS.sub('#', self.text)} {labels}"


@dataclass(eq=False, kw_only=True, slots=True)
class Person:
    """One person. `plain` ones write everything, for bots that know neither buttons nor places."""

    id: int
    role: int  # which script
    began: int  # seconds since 1970, the date of the first message
    plain: bool = False
    spoken: int = 0  # lines so far
    heard: list[Shown] = field(default_factory=list)  # since the last line
    _shown: Shown | None = None  # the last message with buttons

    @property
    def line(self) -> Line:
        """What is said next."""
        return self._line(self.spoken)

    @property
    def text(self) -> str:
        """The text of the line spoken last."""
        return self._text(self.spoken - 1)

    def hears(self, message: Shown) -> None:
        """Take in what the bot says."""
        self.heard.append(message)
        if message.buttons:
            self._shown = message

    def speaks(self, update_id: int) -> dict[str, Any]:
        """Say the next line: an update. Raises LookupError when its button is not there."""
        line, text = self.line, self._text(self.spoken)
        user = {"id": self.id, "is_bot": False, "first_name": "Anna", "last_name": "Ozola", "language_code": "lv"}
        chat = {"id": self.id, "type": "private", "first_name": "Anna", "last_name": "Ozola"}
        date = self.began + self.spoken * _BETWEEN_LINES
        message: dict[str, Any] = {"message_id": update_id, "from": user, "chat": chat, "date": date}
        if line.kind is Kind.TAP and not self.plain:
            update = {"callback_query": self._tap(update_id, line.text, user, chat, date)}
        elif text.startswith("@ ") and not self.plain:
            latitude, longitude = map(float, text.split()[1:])
            update = {"message": message | {"location": {"latitude": latitude, "longitude": longitude}}}
        else:
            update = {"message": message | {"text": text}}
        self.spoken += 1
        self.heard.clear()
        return {"update_id": update_id, **update}

    def _tap(self, number: int, label: str, user: Any, chat: Any, date: int) -> dict[str, Any]:
        shown = self._shown
        data = dict(shown.buttons).get(label) if shown else None
        if shown is None or data is None:
            raise LookupError(f"no button [{label}] among {shown.buttons if shown else ()}")
        bot = {"id": 123, "is_bot": True, "first_name": "Koku palīgs", "username": "koku_bot"}
        keyboard = [[{"text": label, "callback_data": data}] for label, data in shown.buttons]
        message = {"message_id": shown.message_id, "from": bot, "chat": chat, "date": date, "text": shown.text}
        return {
            "id": str(number),
            "from": user,
            "chat_instance": str(self.id),
            "message": message | {"reply_markup": {"inline_keyboard": keyboard}},
            "data": data,
        }

    def _line(self, number: int) -> Line:
        lap, line = divmod(number, LINES_PER_LAP)
        return SCRIPTS[self.role][lap % LAPS_PER_SCRIPT][line]

    def _text(self, number: int) -> str:
        varied = _NUMBERS[(self.id * 7 + number // LINES_PER_LAP) % len(_NUMBERS)]
        return self._line(number).text.replace("#", str(varied))


# What a person must hear after the line spoken last: the sketches of its answers, in order.
Expected = Callable[[Person], tuple[str, ...]]


def echo(person: Person) -> tuple[str, ...]:
    """Expect what was said."""
    return (Shown(0, "sendMessage", person.text).sketch,)
