"""Topics: ours are in order, and what is wrong with a file is told in words an editor understands."""

import re
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.catalogue import FLOWS
from knowledge.search import Index
from knowledge.topic import CONTENT, Topic, check, load, load_bare, read
from knowledge.understanding import understand
from tests.knowledge.public import write_topics

_TODAY = date(2026, 11, 26)


def _content() -> dict[str, Any]:
    """A topic with nothing wrong in it."""
    return {
        "title": {"lv": "Augļu koki", "en": "Fruit trees"},
        "label": {"lv": "Vai augļu koki skaitās", "en": "Whether fruit trees count"},
        "answer": {"lv": "Jā, augļu koki skaitās.", "en": "Yes, fruit trees count."},
        "certainty": "sure",
        "source": "LLKC",
        "checked": date(2026, 11, 1),
        "questions": {
            language: [f"{language} jautājums par kokiem nr {number}" for number in range(15)]
            for language in ("lv", "en", "ru")
        },
    }


def _write(folder: Path, **files: dict[str, Any]) -> None:
    for name, content in files.items():
        text = yaml.safe_dump(content, allow_unicode=True)
        (folder / f"{name.replace('_', '-')}.yaml").write_text(text, encoding="utf-8")


def _told(folder: Path, today: date = _TODAY) -> str:
    topics, problems = read(folder)
    return "\n".join(map(str, [*problems, *check(topics, today=today, flows=["register_trees"])]))


def test_our_topics_are_in_order() -> None:
    """Every topic in the tree can be read and has nothing to mend on the day it was checked."""
    topics, problems = read()
    assert problems == []
    assert check(topics, today=_TODAY, flows=tuple(FLOWS)) == []
    assert len(topics) == 40


def test_a_good_topic_has_nothing_to_mend(tmp_path: Path) -> None:
    """The example the other tests spoil has no problem itself."""
    _write(tmp_path, good=_content())
    assert _told(tmp_path) == ""
    [topic] = load(tmp_path)
    assert (topic.id, topic.title["lv"], topic.offers, topic.follow_ups) == ("good", "Augļu koki", None, ())


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        ({"answr": "x"}, "“answr” is not a part of a topic"),
        ({"source": None}, "“source” is missing"),
        ({"answer": {"lv": "Jā."}}, "“answer” is missing in “en”"),
        ({"answer": "Jā."}, "“answer” is not a text by language"),
        ({"title": {"lv": "A", "en": "B", "de": "C"}}, "unknown language “de”"),
        ({"questions": ["viens"]}, "“questions” are not lists of texts by language"),
        ({"checked": "vakar"}, "“checked” is not a date"),
        ({"approve": "jā"}, "“approve” is neither true nor false"),
        ({"terms": "koki"}, "“terms” is not a list of texts"),
        ({"answer": {"lv": "a\n1\n2\n3\n4\n5\n6", "en": "Yes."}}, "its answer in “lv” has 6 lines after the first"),
        ({"answer": {"lv": "Jā. " * 200, "en": "Yes."}}, "its answer in “lv” has 799 characters"),
        ({"answer": {"lv": "https://a.lv https://b.lv", "en": "Yes."}}, "its answer in “lv” has 2 links"),
        ({"title": {"lv": "Ļoti garš nosaukums te", "en": "Short"}}, "its title in “lv” has 22 characters"),
        ({"follow_ups": ["nowhere"]}, "it follows up with “nowhere”, and there is no such topic"),
        ({"follow_ups": ["spoilt"]}, "it follows up with itself"),
        ({"offers": "fly"}, "it offers the flow “fly”, and there is no such flow"),
        ({"certainty": "maybe"}, "its certainty is “maybe”"),
        ({"answer": {"lv": 'Tas ir "koks".', "en": "Yes."}}, "has English quotes"),
        ({"answer": {"lv": "Tas ir “koks”.", "en": "Yes."}}, "has English quotes"),
        ({"answer": {"lv": "Koks -- liels.", "en": "Yes."}}, "has a hyphen for a dash"),
        ({"answer": {"lv": "Ir 12 000 koku.", "en": "Yes."}}, "has a number with a plain space"),
        ({"answer": {"lv": "Alejа.", "en": "Yes."}}, "mixes Latin and Cyrillic letters"),
        ({"questions": {"lv": ["Der?"] * 2, "en": [], "ru": []}}, "it has 2 questions in “lv”"),
        ({"questions": {"lv": ["Vai der ābeles?", "vai der abeles"], "en": [], "ru": []}}, "stands twice in “lv”"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, spoil: dict[str, Any], expected: str) -> None:
    """Each fault is named with its file, and with what to do about it."""
    content = {key: value for key, value in (_content() | spoil).items() if value is not None}
    _write(tmp_path, spoilt=content)
    told = _told(tmp_path)
    assert expected in told
    line = next(line for line in told.splitlines() if expected in line)
    assert re.fullmatch(r"spoilt\.yaml: .+\. \S.+\.", line)


def test_two_topics_claiming_one_question(tmp_path: Path) -> None:
    """A question in two topics is told, whatever its marks and punctuation."""
    one, two = _content(), _content()
    one["questions"]["lv"].append("Vai ābeles skaitās?")
    two["questions"] = {language: [f"cits {text}" for text in texts] for language, texts in two["questions"].items()}
    two["questions"]["lv"].append("vai abeles  skaitaas")
    _write(tmp_path, one=one, two=two)
    assert "two.yaml: “vai abeles  skaitaas” is a question of “one” too" in _told(tmp_path)


def test_a_topic_grows_stale(tmp_path: Path) -> None:
    """A year after it was checked a topic is in order; a day later it is not."""
    _write(tmp_path, old=_content())
    year = date(2026, 11, 1) + timedelta(days=365)
    assert _told(tmp_path, year) == ""
    assert "last checked on 2026-11-01, more than a year ago" in _told(tmp_path, year + timedelta(days=1))


def test_what_is_not_yaml(tmp_path: Path) -> None:
    """A file that can't be parsed is one problem; the others are still read, and `load` refuses the folder."""
    _write(tmp_path, good=_content())
    (tmp_path / "bad.yaml").write_text("title: {lv: [", encoding="utf-8")
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    topics, problems = read(tmp_path)
    assert [topic.id for topic in topics] == ["good"]
    assert [problem.file for problem in problems] == ["bad.yaml", "empty.yaml"]
    with pytest.raises(ValueError, match=r"bad\.yaml: this isn't YAML"):
        load(tmp_path)


def _latvian(topic: Topic) -> str:
    texts = (topic.answer, topic.uncertain, topic.invitation, topic.label, topic.title)
    return "\n".join(text.get("lv", "") for text in texts)


def test_topics_that_hold_only_questions(tmp_path: Path) -> None:
    """Other people's questions are searched as they are; to our own content they would be no topics."""
    write_topics([("Kad iet autobuss?", "Departure Time"), ("Kā tikt uz Ogri?", "Connection")], tmp_path)
    topics = load_bare(tmp_path)
    assert [("connection", ("Kā tikt uz Ogri?",)), ("departure-time", ("Kad iet autobuss?",))] == [
        (topic.id, topic.questions["lv"]) for topic in topics
    ]
    assert "departure-time" == understand("kad atiet autobuss", Index(topics, {}), rules=False).topic
    with pytest.raises(ValueError, match="missing"):
        load(tmp_path)
    (tmp_path / "odd.yaml").write_text("questions: 3", encoding="utf-8")
    with pytest.raises(ValueError, match="not lists of texts"):
        load_bare(tmp_path)


@pytest.mark.parametrize("topic", load(), ids=lambda topic: topic.id)
def test_the_voice(topic: Topic) -> None:
    """*Jūs* has its capital, no officialese or calques, sentences end, and unsure parts offer a person."""
    text = _latvian(topic)
    assert re.findall(r"\b(?:jūs|jūsu|jums|jūsos)\b", text) == []
    assert re.findall(r"(?i)\b(?:veikt|nepieciešam\w*|dotajā|links|klikšķin\w*|čats|bots|attiecībā)\b", text) == []
    assert "papildus " not in text
    lines = [
        line for part in (topic.answer, topic.uncertain, topic.invitation) for line in part.get("lv", "").split("\n")
    ]
    assert [line for line in lines if line and not re.search(r"[.!?]$|https?://\S+$", line)] == []
    if topic.uncertain:
        assert re.search(r"darbiniek|speciālist|konsultant", topic.uncertain["lv"])
    if "MapMyTree" in topic.answer["lv"] and topic.id in {"what-is-mapmytree", "register-steps-citizen"}:
        assert "nekas nav jālejupielādē" in topic.answer["lv"]


def test_reading_is_fast() -> None:
    """Forty topics are read in less than a quarter of a second even on a slow machine."""
    started = time.process_time()
    read_topics = [topic for _ in range(3) for topic in load(CONTENT)]
    spent = time.process_time() - started
    assert spent / len(read_topics) * 40 < 0.25
