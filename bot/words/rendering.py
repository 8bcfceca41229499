"""Rendering: messages of a response become what a channel shows, from the templates in templates/messages."""

import gettext
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from bot.clock import RIGA
from bot.conversation.response import Message, Say
from bot.conversation.state import Offer, Prompt
from bot.messages import Button, Enclosure, Envelope, Outbound
from bot.words.catalogs import LANGUAGES, load_catalogs
from bot.words.dates import say_day, say_deadline, say_hours, say_period
from bot.words.letters import letter

_TEMPLATES = Path(__file__).parents[2] / "templates"

_NBSP = "\u00a0"
_ROW = 30  # characters of labels that fit side by side on a small phone


class Words:
    """All that is needed to speak, in every language. What it reads is read once in a process."""

    def __init__(self) -> None:
        self._tongues = _tongues()

    def tongue(self, language: str) -> "Tongue":
        """Return the voice of a language; Latvian for any that we don't speak."""
        return self._tongues.get(language, self._tongues["lv"])

    def render(
        self,
        messages: tuple[Message, ...],
        prompt: Prompt | None,
        language: str,
        facts: Mapping[str, Any],
        envelope: Envelope | None = None,
    ) -> list[Outbound]:
        """Render the messages of a response. The buttons of all of them belong to the one prompt.

        With an `envelope` they become one letter.
        """
        tongue = self.tongue(language)
        if envelope is not None:
            return letter(tongue, messages, prompt, facts, envelope)
        outbounds: list[Outbound] = []
        numbered = 0
        for message in messages:
            if message.position:
                outbounds.append(Outbound(kind="place", position=message.position))
            text = tongue.say_all(message.parts, facts)
            if not text:
                continue
            there = [(number, offer) for number, offer in enumerate(message.offers, numbered) if offer.is_there(facts)]
            rows = tongue.rows(there, prompt.id if prompt else "")
            numbered += len(message.offers)
            outbounds.append(
                Outbound(
                    kind="photo" if message.picture else "message",
                    text=text,
                    enclosures=_shown(message.picture),
                    rows=rows,
                    clear_keyboard=message.clear_keyboard,
                    reply_to=message.answers,
                ),
            )
        return outbounds


def _shown(picture: str) -> tuple[Enclosure, ...]:
    return (Enclosure(key="", name="attēls.jpg", media_type="image/jpeg", ref=picture),) if picture else ()


class Tongue:
    """One language: a `flows.grammar.Voice`, and the templates in it."""

    def __init__(self, language: str, catalog: gettext.GNUTranslations) -> None:
        self.language = language
        self._catalog = catalog
        self._loaded: dict[str, Template] = {}
        # Text is HTML for every channel (Telegram's subset), so everything that is filled in is escaped.
        self._templates = Environment(
            loader=FileSystemLoader([_TEMPLATES / "messages", _TEMPLATES / "staff"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
            auto_reload=False,
        )
        self._templates.install_gettext_translations(catalog, newstyle=True)  # type: ignore[attr-defined]
        self._templates.filters |= {
            "tr": self.text,
            "within": lambda label: label[:1].lower() + label[1:],  # a button's words within a sentence
            "quoted": lambda words: f"“{words}”" if self.language == "en" else f"„{words}”",
            "pointed": lambda text: text if text.endswith((".", "?", "!", "…")) else f"{text}.",
            "unpointed": lambda text: text.removesuffix("."),  # where a point follows anyway
            "shown": lambda answer: answer.question.show(answer.value, self),
            "shown_old": lambda answer: answer.question.show(answer.old, self),
            "number": self.number,
            "day": self.day,
            "when": self.when,
            "date": lambda day: f"{day:%d.%m.%Y}.",
            "clock": lambda at: f"{at.astimezone(RIGA):%d.%m. %H.%M}",  # for staff
            "moment": self.moment,
            "deadline": lambda at: say_deadline(at, self.language),
        }
        self._templates.globals |= {"language": language, "by_letter": False}

    def text(self, sentence: str, /, **values: object) -> str:
        """Translate a marked sentence and fill in its places."""
        translated = self._catalog.gettext(sentence) if sentence else ""
        return translated % values if values else translated

    def number(self, number: float, /) -> str:
        """Write a number: 12 000 000 with no-break spaces, four digits together, a decimal comma in Latvian."""
        grouped = f"{number:,}" if abs(number) >= 10_000 else str(number)
        if self.language == "en":
            return grouped
        return grouped.replace(",", _NBSP).replace(".", ",")

    def day(self, day: date, /) -> str:
        """Say a day."""
        return say_day(day, self.language)

    def period(self, first: date, last: date, precision: str, /) -> str:
        """Say a period, no more exactly than it was told."""
        return say_period(first, last, precision, self.language)

    def hours(self, day: date, start: time | None, end: time | None, /) -> str:
        """Say when something is going to be."""
        return say_hours(day, start, end, self.language)

    def when(self, event: Mapping[str, Any], /) -> str:
        """Say when an event is, from its `day`, `start` and `end`."""
        return self.hours(event["day"], event["start"], event["end"])

    def moment(self, at: datetime, /) -> str:
        """Say when something is going to happen, by the clock in Riga."""
        local = at.astimezone(RIGA)
        return say_hours(local.date(), local.time(), None, self.language)

    def deadline(self, at: datetime, /) -> str:
        """Say by when."""
        return say_deadline(at, self.language)

    def say(self, what: Say, facts: Mapping[str, Any]) -> str:
        """Render one template."""
        template = self._loaded.get(what.template) or self._load(what.template)
        return template.render({**facts, **what.values}).strip()

    def _load(self, name: str) -> Template:
        template = self._templates.get_template(f"{name}.j2")
        # A plain dict: the library's own chain of two took a third of the time to render.
        template.globals = dict(template.globals)
        self._loaded[name] = template
        return template

    def say_all(self, parts: tuple[Say, ...], facts: Mapping[str, Any]) -> str:
        """Render the parts of a message, one paragraph each."""
        said = (self.say(part, facts) for part in parts)
        return "\n\n".join(part for part in said if part)

    def rows(self, offers: Sequence[tuple[int, Offer]], prompt_id: str) -> tuple[tuple[Button, ...], ...]:
        """Lay buttons out, each with its number in the prompt, in rows that a small phone can show."""
        rows: list[list[Button]] = []
        room = 0
        for number, offer in offers:
            label = self.text(offer.label, **(offer.values or {}))
            button = Button(label=label, data=f"{prompt_id}:{number}", request=offer.request)
            if rows and not offer.wide and len(label) <= room and len(rows[-1]) < 3:
                rows[-1].append(button)
                room -= len(label)
            else:
                rows.append([button])
                room = 0 if offer.wide else _ROW - len(label)
        return tuple(tuple(row) for row in rows)


@cache
def _tongues() -> Mapping[str, Tongue]:
    catalogs = load_catalogs()
    return {language: Tongue(language, catalogs[language]) for language in LANGUAGES}


def safe(markup: str) -> Markup:
    """Mark text as HTML of our own making."""
    return Markup(markup)  # noqa: S704 - only called with content of our own topics


__all__ = ["Tongue", "Words", "escape", "safe"]
