"""Understanding: rules before search, several questions in one text, letters, and what stands before a question."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.questions import split_questions
from knowledge.search import Index
from knowledge.understanding import Understanding, following, open_index, understand
from tests.knowledge.quality import is_right, several

_INDEX = open_index()


def _asked(text: str, index: Index = _INDEX) -> list[Understanding]:
    found = understand(text, index)
    return [found, *found.more]


@pytest.mark.parametrize(
    ("text", "outcome", "what"),
    [
        ("kā reģistrēt kokus", "answer", "register-steps-citizen"),
        ("gribu reģistrēt 50 ozolus", "flow", "register_trees"),
        ("Pierakstiet manus kokus", "flow", "register_trees"),
        ("vai varat piereģistrēt manā vietā", "flow", "register_trees"),
        ("iestādīju 30 liepas pie mājas", "flow", "register_trees"),
        ("vai obligāti jāreģistrē", "answer", "why-register"),
        ("gribu runāt ar cilvēku", "handover", "contact-human"),
        ("nesūtiet man vairs", "action", "unsubscribe"),
        ("dzēsiet manus datus", "action", "forget_me"),
        ("mani koki", "action", "my_trees"),
        ("kad notiks talka", "answer", "planting-events"),
        ("?", "answer", "unclear"),
        ("vai tu esi robots", "answer", "who"),
        ("paldies", "answer", "thanks"),
        ("Labdien!", "answer", "greeting"),
        ("tu esi idiots", "answer", "insult"),
        ("cik maksā malka", "declined", "forestry"),
        ("kāds rīt laiks", "declined", "elsewhere"),
        ("palīdzi izveidot EU Login kontu soli pa solim", "flow", "eu_login"),
        ("izved mani cauri Reportnet", "flow", "reportnet_delivery"),
        ("Gribam ierakstīt raidījumu par 3 miljardiem koku", "answer", "materials-media"),
        ("gribu reģistrēt uzņēmuma kokus", "flow", "register_trees"),
        ("My password is not accepted", "answer", "login-problem"),
        ("3miljardikoku.lv does not open", "answer", "website-problem"),
        ("Vai var augšupielādēt ar failu, nevis rakstīt ar roku", "answer", "bulk-upload"),
        ("vai koki jāapdrošina pret vētru", "unsure", None),
    ],
)
def test_rules_come_before_search(text: str, outcome: str, what: str) -> None:
    """A wish starts something, a question about it is answered, and what is not ours is not."""
    [found] = _asked(text)
    assert found.outcome == outcome
    assert what in {found.topic, found.flow, found.action, found.kind}


def test_small_talk_is_said_so() -> None:
    """Greetings, thanks and insults have the topic `smalltalk`, and its kind; alone they are the whole answer."""
    assert [("smalltalk", "thanks")] == [(item.topic, item.kind) for item in _asked("Labdien! Liels paldies!")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Paldies par atbildi. Vai ābeles skaitās?", ["fruit-trees"]),
        ("labdien vai abeles skaitas", ["fruit-trees"]),
        ("Vai ābeles skaitās? Kas redzēs manu vārdu?", ["fruit-trees", "privacy-gdpr"]),
        ("1) Vai ābeles skaitās? 2) Kas redzēs manu vārdu?", ["fruit-trees", "privacy-gdpr"]),
        ("Vai ābeles skaitās?\nKas redzēs manu vārdu?", ["fruit-trees", "privacy-gdpr"]),
        ("Vai ābeles skaitās un no kura gada stādītas?", ["fruit-trees", "planting-date-cutoff"]),
        ("Iestādījām pie skolas 14 ābeles. Vai tās skaitās?", ["fruit-trees"]),
        ("Vai ābeles skaitās? Vai bumbieres skaitās?", ["fruit-trees"]),
        ("Kas ir MapMyTree un vai tur vajag kontu?", ["what-is-mapmytree", "account-eu-login"]),
        ("Можно ли яблони? И когда их сажать?", ["fruit-trees", "when-to-plant"]),
        ("Man ir vecs ābeļdārzs, ko papildināju ar jaunām ābelītēm. Der?", ["fruit-trees"]),
    ],
)
def test_each_question_once(text: str, expected: list[str]) -> None:
    """Every question of a text gets its own answer, in order; the same one twice gets one."""
    assert expected == [item.topic for item in _asked(text)]


@pytest.mark.parametrize(
    ("text", "right"),
    [item for name in ("seen", "unseen") for item in several(name)],
)
def test_texts_with_several_questions(text: str, right: list[str]) -> None:
    """In the sets' longer texts each question is understood, or the right topic is among its choices."""
    found = _asked(text)
    assert len(right) == len(found)
    for labels, item in zip(right, found, strict=True):
        options = [label.strip() for label in labels.split("|")]
        assert any(is_right(label, item) or label in item.choices for label in options)


@pytest.mark.parametrize(
    "text",
    ["ziņa 1", "0 ozoli", "https://maps.app.goo.gl/abcdef", "aiz kūts pie dīķa", "skolas pagalmā", "tie bija lieli"],
)
def test_what_is_told_is_no_certain_answer(text: str) -> None:
    """A place, a number or a link asks nothing: nothing is certain about it that a flow would break off for."""
    [found] = _asked(text)
    assert found.outcome == "unsure" or not found.is_certain


@pytest.mark.parametrize("text", ["parole neder", "kods neatnāk", "lapa nestrādā", "забыл пароль", "man nav datora"])
def test_what_troubles_is_certain(text: str) -> None:
    """Who tells of a trouble without asking is helped all the same."""
    [found] = _asked(text)
    assert found.outcome == "answer"
    assert found.is_certain


@pytest.mark.parametrize(
    ("text", "topic", "expected"),
    [
        ("un bērzi?", "which-trees-count", "which-trees-count"),
        ("un ābeles?", "which-trees-count", "fruit-trees"),
        ("un bērzi?", None, None),
        ("bērzi un liepas", "which-trees-count", None),
    ],
)
def test_a_question_that_goes_on(text: str, topic: str | None, expected: str | None) -> None:
    """What says too little alone is about the topic answered last; what says enough is about its own."""
    [found] = _asked(text)
    assert expected == following(found, topic).topic


def test_a_cautious_answer_is_a_choice() -> None:
    """Where no other topic can stand beside an answer, one that may be wrong becomes a choice."""
    [found] = _asked("vai tas maksā naudu?")
    assert ("choose", None) == (found.cautious.outcome, found.cautious.topic)
    [sure] = _asked("Vai ābeles skaitās?")
    assert sure == sure.cautious


def test_a_wish_and_a_question() -> None:
    """A wish to register and a question in one message are both served."""
    found = _asked("Sveiki! Gribu reģistrēt 30 bērzus. Vai ābeles arī der?")
    assert [(item.outcome, item.flow, item.topic) for item in found] == [
        ("flow", "register_trees", "staff-registers-for-me"),
        ("answer", None, "fruit-trees"),
    ]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Vai der 2020. gada 20. maijā stādīti koki? Un 2021. g. rudenī?", 2),
        ("Labdien! Paldies. Kas ir MapMyTree? Ar cieņu, Anna Kalniņa", 1),
        ("Iestādījām ābeles. Bija skaista diena.", 1),
        ("", 0),
        ("Kas?\n\nKur?\nKad jāstāda?", 3),
    ],
)
def test_cutting_a_text(text: str, pieces: int) -> None:
    """Ordinals and abbreviations end no sentence; greetings and closings are no questions."""
    assert len(split_questions(text)) == pieces


def test_places_in_the_text() -> None:
    """A piece says where it stands in the text."""
    text = "Labdien!  Kas ir MapMyTree? Un vai ābeles der?"
    assert [text[piece.start : piece.end] for piece in split_questions(text)] == [
        "Kas ir MapMyTree?",
        "Un vai ābeles der?",
    ]


def test_without_rules() -> None:
    """For other people's content only the search speaks."""
    assert understand("gribu runāt ar cilvēku", _INDEX, rules=False).outcome != "handover"
    assert understand("Vai ābeles skaitās?", _INDEX, rules=False).topic == "fruit-trees"


@pytest.mark.parametrize(
    ("text", "language"), [("Kas ir MapMyTree?", "lv"), ("What is MapMyTree?", "en"), ("Что такое MapMyTree?", "ru")]
)
def test_the_language_is_told(text: str, language: str) -> None:
    """One answer in three languages, each told."""
    assert [(language, "what-is-mapmytree")] == [(item.language, item.topic) for item in _asked(text)]


@pytest.mark.parametrize("filler", ["Vai ābeles skaitās? ", "vārds ", "?!", "Iestādīju 5 ozolus. ", "\n", "un vai "])
def test_ten_thousand_characters(filler: str) -> None:
    """The longest letter is understood in under a second, however it repeats itself."""
    letter = (filler * 10_000)[:10_000]
    started = time.process_time()
    understand(letter, _INDEX)
    assert time.process_time() - started < 1.0


@settings(max_examples=60)
@given(text=st.text(max_size=300))
def test_any_text_is_understood_somehow(text: str) -> None:
    """Whatever is typed: no failure, and an outcome with what belongs to it."""
    for item in _asked(text):
        assert (item.topic is not None) == (item.outcome in {"answer", "flow", "handover"})
        assert bool(item.choices) == (item.outcome in {"answer", "choose"} and item.topic != "smalltalk")
        assert (item.flow is not None) == (item.outcome == "flow")
