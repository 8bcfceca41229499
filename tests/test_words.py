"""The voice: plural forms, dates, numbers, markup, and that every sentence has its translation."""

from datetime import date, datetime

import pytest
from jinja2 import UndefinedError

from bot.clock import RIGA
from bot.conversation.response import Message, Say
from bot.conversation.state import Act, Do, Offer, Prompt
from bot.words import Words
from bot.words.__main__ import extract, missing, updated
from bot.words.catalogs import LANGUAGES, catalog_path
from bot.words.dates import say_deadline, say_period
from bot.words.plain import plain


@pytest.fixture(scope="module")
def words() -> Words:
    """Return the voice."""
    return Words()


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 atbilžu"), (1, "viena atbilde"), (2, "2 atbildes"), (9, "9 atbildes"), (10, "10 atbilžu"),
     (11, "11 atbilžu"), (12, "12 atbilžu"), (19, "19 atbilžu"), (22, "22 atbildes"), (30, "30 atbilžu")],
)  # fmt: skip
def test_latvian_has_three_plural_forms(words: Words, count: int, said: str) -> None:
    """1, 21 take one form, 2-9, 22 the second, 0, 10-20, 30 the third."""
    text = words.tongue("lv").say(Say(template="reopened", values={"questions": [None] * count}), {})
    assert f"Tāpēc vēlreiz jāapskata {said}." == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogs_are_complete_and_up_to_date(language: str) -> None:
    """No sentence is stale, missing or fuzzy; `make words` brings the catalogs up to date."""
    catalog = updated(language, extract())
    assert [] == list(missing(catalog))
    known = {line for line in catalog_path(language).read_text(encoding="utf-8").splitlines() if "msgid" in line}
    ids = {message.id[0] if isinstance(message.id, tuple) else message.id for message in catalog if message.id}
    written = {line for line in known if line != 'msgid ""'}
    assert len(ids) <= len(written) + sum(len(id_) > 100 for id_ in ids)


@pytest.mark.parametrize(
    ("precision", "first", "last", "lv", "en"),
    [
        ("day", "2024-04-15", "2024-04-15", "2024. gada 15. aprīlī", "15 April 2024"),
        ("month", "2025-04-01", "2025-04-30", "2025. gada aprīlī", "April 2025"),
        ("season", "2023-03-01", "2023-05-31", "2023. gada pavasarī", "spring 2023"),
        ("season", "2022-12-01", "2023-02-28", "2023. gada ziemā", "winter 2023"),
        ("year", "2021-01-01", "2021-12-31", "2021. gadā", "2021"),
        ("range", "2021-01-01", "2023-12-31", "2021.–2023. gadā", "2021–2023"),
        ("range", "2024-05-03", "2024-05-05", "no 03.05.2024. līdz 05.05.2024.", "3 May 2024 to 5 May 2024"),
    ],
)
def test_a_period_is_said_as_exactly_as_it_was_told(precision: str, first: str, last: str, lv: str, en: str) -> None:
    """A season stays a season, a year a year."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert lv == say_period(*days, precision, "lv")
    assert en == say_period(*days, precision, "en")


def test_a_deadline_is_said_with_its_weekday() -> None:
    """The promise of voice.md, word for word after „līdz”."""
    at = datetime(2026, 11, 23, 10, 0, tzinfo=RIGA)
    assert "pirmdienas, 23. novembra, plkst. 10.00" == say_deadline(at, "lv")
    assert "10:00 on Monday, 23 November" == say_deadline(at, "en")


@pytest.mark.parametrize(
    ("number", "lv", "en"),
    [(50, "50", "50"), (2500, "2500", "2500"), (12_000_000, "12\u00a0000\u00a0000", "12,000,000"), (0.5, "0,5", "0.5")],
)
def test_numbers_are_written_as_the_language_does(words: Words, number: float, lv: str, en: str) -> None:
    """No-break spaces between thousands, four digits together, a decimal comma in Latvian."""
    assert lv == words.tongue("lv").number(number)
    assert en == words.tongue("en").number(number)


def test_what_people_wrote_can_not_become_markup(words: Words) -> None:
    """Angle brackets and ampersands of a person are shown, not obeyed."""
    text = words.tongue("lv").say(Say(template="not_understood", values={"given": "<b>&"}), {})
    assert "Nesapratu „&lt;b&gt;&amp;”." in text
    assert "Nesapratu „<b>&”." in plain(text)


def test_a_template_that_lacks_a_value_fails_loudly(words: Words) -> None:
    """A missing value is a mistake of ours; it never becomes an empty place in a sentence."""
    with pytest.raises(UndefinedError):
        words.tongue("lv").say(Say(template="not_understood"), {})


def test_buttons_stand_side_by_side_only_where_a_phone_can_show_them(words: Words) -> None:
    """Short labels share a row, long ones and wide ones stand alone; data names the prompt and the place."""
    act = Act(do=Do.NOTHING)
    offers = tuple(Offer(label=label, act=act) for label in ("Jā", "Nē", "Nezinu", "Sazināties ar mums", "Atpakaļ"))
    message = Message(parts=(Say(template="unreadable"),), offers=(*offers, Offer(label="Sūtīt", act=act, wide=True)))
    [shown] = words.render((message,), Prompt(id="abc"), "lv", {})
    assert [["Jā", "Nē", "Nezinu"], ["Sazināties ar mums", "Atpakaļ"], ["Sūtīt"]] == [
        [button.label for button in row] for row in shown.rows
    ]
    assert "abc:5" == shown.rows[-1][0].data


def test_links_stay_readable_without_markup() -> None:
    """In a letter or the terminal a link is its words and its address."""
    assert "Karte: https://a.lv" == plain('<a href="https://a.lv">Karte</a>')
    assert "https://a.lv" == plain('<a href="https://a.lv">https://a.lv</a>')
