"""Topics: what we can answer, one YAML file a topic in `knowledge/topics/`, read here and checked in human words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.latvian.text import fold

CONTENT = Path(__file__).with_name("topics")

_ANSWER_LANGUAGES = ("lv", "en")
_LEAST_QUESTIONS = {"lv": 12, "en": 5, "ru": 5}
_MOST_LINES = 5  # after the first, which answers
_MOST_CHARACTERS = 700
_MOST_TITLE = 20  # what fits on a button
_MOST_LABEL = 60
_CERTAINTIES = ("sure", "likely")
_STALE_DAYS = 365

_REQUIRED = {"title", "label", "answer", "certainty", "source", "checked", "questions"}
_OPTIONAL = {"invitation", "uncertain", "offers", "follow_ups", "terms", "approve"}

_LINK = re.compile(r"https?://|\bwww\.")
_MIXED_SCRIPTS = re.compile(r"[A-Za-zĀ-ž][А-яЁё]|[А-яЁё][A-Za-zĀ-ž]")


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One thing we can answer. Texts are by language (`lv` and `en`), questions also by `ru`.

    `title` fits on a button (20 characters), `label` in a list (60). `uncertain` says which part we don't know for
    sure and offers a person. `invitation` is to be shown with the flow `offers` names, unless that flow is running.
    """

    id: str
    title: Mapping[str, str]
    label: Mapping[str, str]
    answer: Mapping[str, str]
    uncertain: Mapping[str, str]
    invitation: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]]
    terms: tuple[str, ...]
    certainty: str
    source: str
    checked: date
    offers: str | None
    follow_ups: tuple[str, ...]
    approve: bool = False  # whether a person looks at the answer before it goes


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something in a content file that needs mending: the file, what is wrong, and what to do about it."""

    file: str
    what: str
    mend: str

    def __str__(self) -> str:
        """Return it as one line for a terminal."""
        return f"{self.file}: {self.what}. {self.mend}."


def load(folder: Path = CONTENT) -> tuple[Topic, ...]:
    """Read every topic of a folder, in the order of their ids.

    Raises ValueError, its text the problems in human words, when a file can't be read as a topic; `check` tells
    what is merely not good enough.
    """
    topics, problems = read(folder)
    if problems:
        raise ValueError("\n".join(map(str, problems)))
    return topics


def load_bare(folder: Path) -> tuple[Topic, ...]:
    """Read topics that may hold nothing but `questions`, by language or as one list: other people's, to be searched.

    Raises ValueError, its text the problems in human words, when a file can't be read so.
    """
    topics, problems = read(folder, bare=True)
    if problems:
        raise ValueError("\n".join(map(str, problems)))
    return topics


def read(folder: Path = CONTENT, *, bare: bool = False) -> tuple[tuple[Topic, ...], list[Problem]]:
    """Read what can be read of a folder, and tell what can't; in `bare` topics only the questions need be there."""
    topics, problems = [], []
    for path in sorted(folder.glob("*.yaml")):
        try:
            content = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            mend = "Put a text that holds a colon or begins with a quote between quotes"
            problems.append(Problem(file=path.name, what=f"this isn't YAML: {_first_line(error)}", mend=mend))
            continue
        if bare and isinstance(content, dict):
            content = _filled(path.stem, content)
        wrong = list(_misshapen(path.name, content))
        problems += wrong
        if not wrong:
            topics.append(_topic(path.stem, content))
    return tuple(topics), problems


def check(topics: Sequence[Topic], *, today: date, flows: Sequence[str] | None = None) -> list[Problem]:
    """Return what an editor should mend. `flows`: the names that `offers` may hold, None to accept any."""
    problems = [problem for topic in topics for problem in _problems(topic, today)]
    known = {topic.id for topic in topics}
    for topic in topics:
        for target in topic.follow_ups:
            if target not in known:
                mend = "Write the name of another file in this folder, or remove it from follow_ups"
                problems.append(_problem(topic, f"it follows up with “{target}”, and there is no such topic", mend))
            elif target == topic.id:
                problems.append(_problem(topic, "it follows up with itself", "Remove it from follow_ups"))
        if topic.offers and flows is not None and topic.offers not in flows:
            mend = f"Write one of: {', '.join(flows)}"
            problems.append(_problem(topic, f"it offers the flow “{topic.offers}”, and there is no such flow", mend))
    return problems + list(_contested(topics))


def _filled(name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in the parts of a topic that a bare one lacks, without a word that it could be found by."""
    asked = content.get("questions", {})
    no_words = dict.fromkeys(_ANSWER_LANGUAGES, "–")
    parts = {"title": no_words, "label": no_words, "answer": dict.fromkeys(_ANSWER_LANGUAGES, name)}
    rest = {"certainty": "likely", "source": "–", "checked": date.min}
    return {**parts, **rest, **content, "questions": {"lv": asked} if isinstance(asked, list) else asked}


def _misshapen(file: str, content: object) -> Iterator[Problem]:
    """Yield what keeps a file from being a topic: missing or unknown parts, parts of the wrong shape."""
    if not isinstance(content, dict):
        yield Problem(file=file, what="it holds no topic", mend="Copy another topic's file and change its texts")
        return
    for key in sorted(content.keys() - _REQUIRED - _OPTIONAL, key=str):
        mend = f"Use only: {', '.join(sorted(_REQUIRED | _OPTIONAL))}"
        yield Problem(file=file, what=f"“{key}” is not a part of a topic", mend=mend)
    for key in sorted(_REQUIRED - content.keys()):
        yield Problem(file=file, what=f"“{key}” is missing", mend=f"Add “{key}:” as in the other topics")
    for key in ("title", "label", "answer", "invitation", "uncertain"):
        yield from _untold(file, key, content.get(key))
    questions = content.get("questions", {})
    if not isinstance(questions, dict) or not all(_is_texts(asked) for asked in questions.values()):
        mend = "Write “lv:”, “en:” and “ru:” under it, each with a list of questions (put one with a colon in quotes)"
        yield Problem(file=file, what="“questions” are not lists of texts by language", mend=mend)
    for key in ("terms", "follow_ups"):
        if not _is_texts(content.get(key, [])):
            yield Problem(file=file, what=f"“{key}” is not a list of texts", mend="Write it as [one, two, three]")
    if not isinstance(content.get("approve", False), bool):
        yield Problem(
            file=file, what="“approve” is neither true nor false", mend="Write approve: true, or leave it out"
        )
    if "checked" in content and not isinstance(content["checked"], date):
        yield Problem(file=file, what="“checked” is not a date", mend="Write it as 2026-11-22")


def _untold(file: str, key: str, texts: object) -> Iterator[Problem]:
    if texts is None:
        return
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        mend = "Write “lv:” and “en:” under it, each with a text"
        yield Problem(file=file, what=f"“{key}” is not a text by language", mend=mend)
        return
    for language in _ANSWER_LANGUAGES:
        if not texts.get(language, "").strip():
            yield Problem(file=file, what=f"“{key}” is missing in “{language}”", mend="Write it in that language too")
    for language in sorted(texts.keys() - set(_ANSWER_LANGUAGES)):
        yield Problem(file=file, what=f"“{key}” has an unknown language “{language}”", mend="Use only lv and en")


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _topic(name: str, content: Mapping[str, Any]) -> Topic:
    return Topic(
        id=name,
        title=content["title"],
        label=content["label"],
        answer={language: text.strip() for language, text in content["answer"].items()},
        uncertain=content.get("uncertain", {}),
        invitation=content.get("invitation", {}),
        questions={language: tuple(asked) for language, asked in content["questions"].items()},
        terms=tuple(content.get("terms", ())),
        certainty=str(content["certainty"]),
        source=str(content["source"]),
        checked=content["checked"],
        offers=content.get("offers"),
        follow_ups=tuple(content.get("follow_ups", ())),
        approve=content.get("approve", False),
    )


def _problems(topic: Topic, today: date) -> Iterator[Problem]:
    """Yield what is wrong with one topic by itself."""
    for language in _ANSWER_LANGUAGES:
        yield from _lengths(topic, language)
        for told in (topic.answer, topic.uncertain, topic.invitation, topic.title, topic.label):
            yield from _typography(topic, language, told.get(language, ""))
    for language, least in _LEAST_QUESTIONS.items():
        count = len(topic.questions.get(language, ()))
        if count < least:
            mend = f"Write at least {least}, in wordings as different as people are"
            yield _problem(topic, f"it has {count} questions in “{language}”", mend)
    if topic.certainty not in _CERTAINTIES:
        mend = "Write sure (read at an official source) or likely; what is neither is not answered"
        yield _problem(topic, f"its certainty is “{topic.certainty}”", mend)
    if (today - topic.checked).days > _STALE_DAYS:
        mend = "Compare it with its source and put today's date into “checked”"
        yield _problem(topic, f"it was last checked on {topic.checked}, more than a year ago", mend)
    for text in (text for asked in topic.questions.values() for text in asked):
        if _MIXED_SCRIPTS.search(text):
            yield _problem(topic, f"“{text}” mixes Latin and Cyrillic letters in a word", "Type that word anew")


def _lengths(topic: Topic, language: str) -> Iterator[Problem]:
    answer = topic.answer[language]
    lines = len([line for line in answer.splitlines()[1:] if line.strip()])
    if lines > _MOST_LINES:
        mend = f"Keep {_MOST_LINES}; move the rest into a topic of its own"
        yield _problem(topic, f"its answer in “{language}” has {lines} lines after the first", mend)
    if len(answer) > _MOST_CHARACTERS:
        what = f"its answer in “{language}” has {len(answer)} characters"
        yield _problem(topic, what, f"Shorten it to {_MOST_CHARACTERS}")
    links = len(_LINK.findall(answer + topic.uncertain.get(language, "")))
    if links > 1:
        yield _problem(topic, f"its answer in “{language}” has {links} links", "Keep the one that helps most")
    for name, text, most in (("title", topic.title, _MOST_TITLE), ("label", topic.label, _MOST_LABEL)):
        if len(text[language]) > most:
            what = f"its {name} in “{language}” has {len(text[language])} characters"
            yield _problem(topic, what, f"Shorten it to {most}")


def _typography(topic: Topic, language: str, text: str) -> Iterator[Problem]:
    where = f"“{_first_line(text)}”"
    if _MIXED_SCRIPTS.search(text):
        yield _problem(topic, f"{where} mixes Latin and Cyrillic letters in a word", "Type that word anew")
    if language != "lv":
        return
    if '"' in text or "“" in text:
        yield _problem(topic, f"{where} has English quotes", "In Latvian write „ before and ” after")
    if "--" in text or " - " in text:
        yield _problem(topic, f"{where} has a hyphen for a dash", "Write – with spaces around it")
    if re.search(r"\d \d{3}\b", text):
        mend = "Put a no-break space (U+00A0) between the digits, so that the number stays on one line"
        yield _problem(topic, f"{where} has a number with a plain space", mend)


def _contested(topics: Sequence[Topic]) -> Iterator[Problem]:
    """Yield the questions that two topics, or one topic twice, claim (compared without marks and punctuation)."""
    claimed: dict[str, Topic] = {}
    for topic in topics:
        for text in (text for asked in topic.questions.values() for text in asked):
            key = re.sub(r"\W+", " ", fold(text)).strip()
            other = claimed.setdefault(key, topic)
            if other is not topic:
                mend = "Leave it in the one that answers it"
                yield _problem(topic, f"“{text}” is a question of “{other.id}” too", mend)
        for language, asked in topic.questions.items():
            folded = [re.sub(r"\W+", " ", fold(text)).strip() for text in asked]
            if len(set(folded)) < len(folded):
                twice = next(text for text, key in zip(asked, folded, strict=True) if folded.count(key) > 1)
                yield _problem(topic, f"“{twice}” stands twice in “{language}”", "Remove one, or word it differently")


def _problem(topic: Topic, what: str, mend: str) -> Problem:
    return Problem(file=f"{topic.id}.yaml", what=what, mend=mend)


def _first_line(value: object) -> str:
    return str(value).partition("\n")[0]
