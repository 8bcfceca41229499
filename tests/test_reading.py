"""Reading values from sentences: the sets of tests/reading, and the command that tells what a flow would fill."""

import json
import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.read import read
from flows.catalogue import FLOWS
from tests.reading.quality import SEEN, UNSEEN, Sentence, rates, sentences

_TODAY = date(2026, 11, 22)
_FLOW = FLOWS["register_trees"]


def _answers(text: str) -> dict[str, Any]:
    answers: dict[str, Any] = read(_FLOW, text, _TODAY)["answers"]
    return answers


@pytest.mark.parametrize("sentence", [s for name in SEEN for s in sentences(name)], ids=lambda s: str(s.text)[:60])
def test_a_sentence_gives_what_it_states_and_nothing_else(sentence: Sentence) -> None:
    """In the sets the readers are worked on with, every value is read and none is made up."""
    assert sorted(sentence.wanted) == sorted(sentence.told)


@pytest.mark.parametrize("name", UNSEEN)
def test_unseen_sentences_are_read_as_promised(name: str) -> None:
    """Of the values in sentences nobody tuned to at least 95 % are right; none is invented where none is stated."""
    rate = rates(sentences(name))["all"]
    assert rate.right / rate.wanted >= 0.95
    assert 0 == rate.invented


@pytest.mark.parametrize("name", [*SEEN, *UNSEEN])
def test_sentences_that_state_nothing_fill_nothing(name: str) -> None:
    """Read as the command reads them, sentences without trees and dates give no plantings and no date."""
    empty = [sentence for sentence in sentences(name) if not sentence.wanted]
    assert len(empty) >= 3
    assert [] == [s.text for s in empty if _answers(s.text).keys() & {"plantings", "planted"}]


def test_the_command_tells_exactly_what_its_contract_says() -> None:
    """One text a line gives one object a line with `text`, `answers` and `invalid`, each value in its promised form."""
    texts = [
        "Iestādīju 50 ozolus un ap 20 bērzus pērn aprīlī Ogrē, kadastrs 7494 012 0849, 26123456, anna@example.lv",
        "pāris liepu, vairāk nekā 100 egļu un 30 koki 56.9496, 24.1052",
        "",
        "31.04.2024 iestādīju 5 egles",
        "2027. gada maijā iestādīju 5 egles",
        "paldies!",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "bot", "read", "register_trees", "--now", "2026-11-22"],
        input="\n".join(texts) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [text for text in texts if text] == [one["text"] for one in told]
    assert [{"text", "answers", "invalid"}] * 5 == [one.keys() for one in told]
    assert {
        "plantings": [{"species": "Quercus robur", "count": 50}, {"species": "Betula", "count": 20}],
        "planted": {"from": "2025-04-01", "to": "2025-04-30"},
        "place": {"cadastre": "74940120849", "municipality": "Ogres novads"},
        "phone": "+37126123456",
        "email": "anna@example.lv",
    } == told[0]["answers"]
    assert {
        "plantings": [
            {"species": "Tilia cordata", "count": None, "count_range": [2, 3]},
            {"species": "Picea abies", "count": None, "count_range": [101, None]},
            {"species": None, "count": 30},
        ],
        "place": {"lat": 56.9496, "lon": 24.1052, "municipality": "Rīga"},
    } == told[1]["answers"]
    assert {"planted": "Tāda datuma nav: „31.04.2024”."} == told[2]["invalid"]
    assert {
        "planted": "Šis laiks vēl nav pienācis: 2027. gada maijā. Reģistrēt var jau iestādītus kokus.",
    } == told[3]["invalid"]
    assert [{}, {}] == [told[4]["answers"], told[4]["invalid"]]


def test_the_day_it_is_said_on_decides_relative_dates() -> None:
    """`vakar` and `pērn` count from `--now`."""
    assert {"from": "2025-01-01", "to": "2025-12-31"} == _answers("pērn iestādīju 3 ozolus")["planted"]
    later = read(_FLOW, "pērn iestādīju 3 ozolus", date(2027, 1, 1))["answers"]["planted"]
    assert {"from": "2026-01-01", "to": "2026-12-31"} == later


@pytest.mark.parametrize("code", ["010203-12345", "321234-56789", "personas kods 01020312345"])
def test_a_personal_code_is_never_a_value(code: str) -> None:
    """Neither count, cadastre number nor telephone is made of it."""
    for text in (code, f"Iestādīju 5 ozolus, {code}", f"mans kods {code}, Ogrē"):
        told = json.dumps(read(_FLOW, text, _TODAY), ensure_ascii=False)
        assert code[-5:] not in told
        assert "12345" not in told.replace("-", "")


@pytest.mark.parametrize("spelling", ["NFD", "zero-width", "no-break", "tabs"])
def test_the_way_a_text_is_stored_does_not_matter(spelling: str) -> None:
    """Letters in two parts, invisible characters and odd spaces from other programs change no value."""
    import unicodedata  # noqa: PLC0415 - only here

    text = "Iestādīju 50 ozolus un 20 kļavas pērn aprīlī Cēsīs"
    typed = {
        "NFD": unicodedata.normalize("NFD", text),
        "zero-width": "\u200b".join((text[:4], text[4:20], text[20:])),
        "no-break": text.replace(" ", "\u00a0"),
        "tabs": text.replace(" ", "\t"),
    }[spelling]
    assert _answers(text) == _answers(typed)


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    """Whatever is typed, the command has an answer that JSON can hold."""
    told = read(_FLOW, text, _TODAY)
    assert told == json.loads(json.dumps(told))


def test_hostile_texts_end() -> None:
    """As many characters as a message may have, of what the readers look for, are read in bounded time."""
    for piece in (
        "ozoli ",
        "50 ozoli, ",
        "2 ",
        "5-",
        "divdesmit",
        "maijā ",
        "no 3. līdz 5. ",
        "„ozols” ",
        "1 000 ",
        "un ",
    ):
        assert read(_FLOW, (piece * 4096)[:4096], _TODAY)
