"""Search: the right topic is found however a question is spelt, and what is not ours is not answered."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import learnt
from knowledge.latvian.text import fold
from knowledge.search import Answer, Choices, Foreign, Index, groups_of, learn
from knowledge.spelling import Vocabulary
from knowledge.topic import Topic, load
from knowledge.understanding import foreign, open_index
from tests.knowledge.quality import SETS, judge, questions, share, spelt


@pytest.fixture(scope="module")
def index() -> Index:
    """Our topics, and what they must not answer."""
    return open_index()


@pytest.mark.parametrize("topic", load(), ids=lambda topic: topic.id)
def test_every_listed_question_finds_its_topic(index: Index, topic: Topic) -> None:
    """At least 95 % of the questions of a topic rank it first, and all among three."""
    ranks = [
        [candidate.id for candidate in index.rank(text) if candidate.id in index.topics].index(topic.id)
        for asked in topic.questions.values()
        for text in asked
    ]
    assert max(ranks) < 3
    assert sum(rank == 0 for rank in ranks) / len(ranks) >= 0.95


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Kā reģistrēt kokus?", "register-steps-citizen"),
        ("ka registret kokus", "register-steps-citizen"),
        ("kaa registreet kokus", "register-steps-citizen"),
        ("kā reģistrēt kkous", "register-steps-citizen"),
        ("vai abeles skaitas", "fruit-trees"),
        ("Do fruit trees count?", "fruit-trees"),
        ("можно зарегистрировать яблони", "fruit-trees"),
        ("no kura gada skaitas", "planting-date-cutoff"),
        ("kas ir mapmytree", "what-is-mapmytree"),
        ("kas ir map my tree", "what-is-mapmytree"),
        ("EU Login kontu", "account-eu-login"),
        ("eulogin kontu", "account-eu-login"),
    ],
)
def test_spelling_and_language(index: Index, text: str, topic: str) -> None:
    """Missing marks, digraphs, a slip, and names in pieces lead to the same topic, in three languages."""
    found = index.find(text)
    assert isinstance(found, Answer)
    assert found.topic == topic


def test_a_near_tie_offers_a_choice(index: Index) -> None:
    """When two topics fit about as well, both are offered, at most three."""
    found = index.find("Kur dabūt apliecinājumu un stādus?")
    assert isinstance(found, Choices)
    assert {"certificate-thanks", "get-seedlings"} <= set(found.topics)
    assert len(found.topics) <= 3


def test_what_is_foreign(index: Index) -> None:
    """Forestry outside the project and other subjects are foreign, each with its group; nothing at all is neither."""
    weather = index.find("Kāda rīt būs laika prognoze?")
    assert isinstance(weather, Foreign)
    assert weather.group == "elsewhere"
    forestry = index.find("Cik maksā egles zāģbaļķi?")
    assert isinstance(forestry, Foreign)
    assert forestry.group == "forestry"
    assert index.find("") is None
    assert index.find("xyzzy") is None


def test_what_was_learnt_is_written_down_anew() -> None:
    """Whoever changes a topic, a concept or the code that reads them runs `python -m knowledge.learnt`."""
    assert learnt.recall(groups_of(load(), foreign())) is not None


def test_what_is_recalled_is_what_would_be_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written down and read back it is the same; of other texts nothing is recalled."""
    monkeypatch.setattr(learnt, "_FILE", tmp_path / "learnt.json.gz")
    groups = {"one": ["Vai ābeles skaitās?"], "two": ["Kad sākas talka?", "Kur būs talka?"]}
    assert learnt.recall(groups) is None
    lesson = learn(groups)
    learnt.keep(groups, lesson)
    assert lesson == learnt.recall(groups)
    assert learnt.recall({**groups, "two": ["Kad sākas talka?"]}) is None


@settings(max_examples=60)
@given(text=st.text(max_size=300))
def test_any_text_is_ranked(index: Index, text: str) -> None:
    """Whatever is typed: no failure, and shares that fall and make a whole."""
    ranked = index.rank(text)
    assert [item.score for item in ranked] == sorted((item.score for item in ranked), reverse=True)
    assert pytest.approx(1, abs=1e-6) == sum(item.score for item in ranked)


def test_length_alone_wins_nothing(index: Index) -> None:
    """A long text about nothing of ours doesn't reach the score of a short question."""
    babble = "Vakar braucām ciemos pie radiem uz Liepāju un skatījāmies, kā jūrā peld kuģi. " * 8
    assert max(candidate.score for candidate in index.rank(babble)) < index.rank("Vai ābeles skaitās?")[0].score


@pytest.mark.parametrize("name", ["seen", "unseen"])
def test_quality_as_written(index: Index, name: str) -> None:
    """Floors a little below what was measured (see the table of `python -m tests.knowledge.quality`)."""
    verdicts = judge(questions(name), index)
    topics = [verdict for verdict in verdicts if verdict.question.group == "topic"]
    outside = [verdict for verdict in verdicts if verdict.question.group == "declined"]
    rules = [verdict for verdict in verdicts if verdict.question.group in {"flow", "action", "handover"}]
    assert share(topics, "right") >= 0.88
    assert share(topics, "right", "offered") >= 0.95
    assert share(topics, "wrong") <= 0.025
    assert share(topics, "declined") <= 0.02
    assert share(outside, "right") >= 0.9
    assert share(outside, "wrong") <= 0.06
    assert share(rules, "right") >= 0.97


@pytest.mark.parametrize(("spelling", "least"), [("no diacritics", 0.88), ("digraphs", 0.88), ("one typo", 0.8)])
def test_quality_as_misspelt(index: Index, spelling: str, least: float) -> None:
    """Missing marks and digraphs lose nothing; one slip loses certainty (more choices), not rightness."""
    for name in ("seen", "unseen"):
        asked = [question for question in questions(name) if question.group == "topic"]
        verdicts = judge(spelt(asked, spelling), index)
        assert share(verdicts, "right") >= least
        assert share(verdicts, "wrong") <= 0.035


def test_the_sets_hold_other_wordings() -> None:
    """No question of the sets stands in a topic, in any spelling."""
    listed = {_plain(text) for topic in load() for asked in topic.questions.values() for text in asked}
    sets = [{_plain(question.text) for question in questions(name)} for name in (*SETS, "held-out")]
    assert [texts & listed for texts in sets] == [set()] * len(sets)
    assert sum(map(len, sets)) >= 1200


def _plain(text: str) -> str:
    return "".join(ch for ch in fold(text) if ch.isalnum())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("registrt", "registret"),
        ("regisrtet", "registret"),
        ("registrret", "registret"),
        ("regisvret", "registret"),
        ("registret", "registret"),
        ("abele", "abele"),
        ("pilnigicits", "pilnigicits"),
        ("reg", "reg"),
    ],
)
def test_the_nearest_word(typed: str, meant: str) -> None:
    """A missing, added, wrong or swapped letter leads to the known word; other words are left alone."""
    assert Vocabulary(["registret", "abele", "abeles"]).nearest(typed) == meant


def test_a_question_is_answered_quickly(index: Index) -> None:
    """The mean over the sets stays under 4 ms even on a slow, shared machine (0.4 ms measured)."""
    texts = [question.text for name in ("seen", "unseen") for question in questions(name)]
    started = time.process_time()
    for text in texts:
        index.find(text)
    assert (time.process_time() - started) / len(texts) < 0.004
