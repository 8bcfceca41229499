"""Language: Cyrillic is Russian, clear English is English, everything else is Latvian."""

from pathlib import Path

import pytest
import yaml

from knowledge.latvian.language import detect
from knowledge.topic import load


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "koks",
        "map my tree",
        "MapMyTree",
        "EU Login",
        "reportnet",
        "John Smith",
        "SIA The Trees",
        "hello",
        "unsubscribe",
        "man to vajag",
        "no kura gada",
        "ka registret kokus mapmytree lapa",
        "liepas 30 un 20 ozoli",
        "Vai MapMyTree ir in English?",
        "info@trees.lv",
    ],
)
def test_latvian_is_the_default(text: str) -> None:
    """Names, single words, and words that are English only by chance leave the text Latvian."""
    assert detect(text) == "lv"


@pytest.mark.parametrize(
    "text",
    ["who are you", "How do I add trees?", "in English please", "I have 20 oaks", "What is MapMyTree?", "ok thanks"],
)
def test_english(text: str) -> None:
    """Two or more words with English function words among them are English."""
    assert detect(text) == "en"


@pytest.mark.parametrize("text", ["да", "Что такое MapMyTree?", "kak zaregistrirovat derevja", "spasibo, gde nuzno"])
def test_russian(text: str) -> None:
    """Cyrillic is Russian, and so is Russian typed in Latin letters when two words say so."""
    assert detect(text) == "ru"


def test_the_languages_of_all_known_questions() -> None:
    """Every question of every topic is told to be in the language it is listed under."""
    wrong = [
        (language, text)
        for topic in load()
        for language, asked in topic.questions.items()
        for text in asked
        if len(text.split()) > 1 and detect(text) != language
    ]
    assert wrong == []


def test_no_latvian_question_is_taken_for_another_language() -> None:
    """In the question sets a text with Latvian letters is always Latvian."""
    folder = Path(__file__).parent / "knowledge"
    texts = [
        text
        for name in ("seen", "unseen")
        for listed in yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8")).values()
        for text in listed
        if isinstance(text, str) and any(ch in text.lower() for ch in "āčēģīķļņšūž")
    ]
    assert len(texts) > 150
    assert [text for text in texts if detect(text) != "lv"] == []
