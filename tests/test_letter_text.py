"""What is new in a letter, and which question each part of it answers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.email.added import added
from bot.channels.email.letter import Ours, Outcome, Piece
from bot.channels.email.reading.quoting import phrase
from tests.written_letters import OURS, TOKEN, letter, read

_QUOTES = sorted((Path(__file__).parent / "mail" / "quotes").glob("*.eml"))


@pytest.mark.parametrize("path", _QUOTES, ids=[path.stem for path in _QUOTES])
def test_quotes_are_taken_away(path: Path) -> None:
    """Each letter in tests/mail/quotes is new only in what the text file beside it says."""
    found = read(path.read_bytes())
    assert (Outcome.MESSAGE, path.with_suffix(".txt").read_text("utf-8").rstrip("\n")) == (found.outcome, found.text)


def test_answers_between_the_lines_know_their_questions() -> None:
    """Marked with >, in HTML, and with a question that was wrapped: under each answer its question."""
    text = (
        "Sveiki\n> 1) Cik koku?\n250\n\n"
        "> 2) Kur koki aug? Nosūtiet vietu kartē vai uzrakstiet pagastu un\n> mājas.\n>\nOgrē\n"
    )
    page = (
        "<div class=gmail_quote><div class=gmail_attr>X:</div><blockquote class=gmail_quote><p>1) Cik koku?</p>"
        "</blockquote><div>250</div><blockquote class=gmail_quote><p>2) Kur koki aug?</p></blockquote>Ogrē</div>"
    )
    asked = "2) Kur koki aug? Nosūtiet vietu kartē vai uzrakstiet pagastu un mājas."
    assert (
        Piece(text="Sveiki"),
        Piece(text="250", under="1) Cik koku?"),
        Piece(text="Ogrē", under=asked),
    ) == read(letter(text)).pieces
    assert (
        Piece(text="250", under="1) Cik koku?"),
        Piece(text="Ogrē", under="2) Kur koki aug?"),
    ) == read(letter(page, kind="text/html; charset=utf-8")).pieces


def test_our_letter_stays_to_be_compared() -> None:
    """What was quoted is kept without its marks, with whatever was typed into it."""
    found = read(letter(f"jā\n\n> --- Rakstiet virs šīs līnijas --- {TOKEN}\n> 1) Cik koku? 250\n"))
    assert ("jā", f"--- Rakstiet virs šīs līnijas --- {TOKEN}\n1) Cik koku? 250") == (found.text, found.quoted)


def test_our_own_words_are_never_somebodys_answer() -> None:
    """A reply with nothing above our line is empty: its answers stand in our letter, where `added` finds them."""
    found = read(letter("--- Rakstiet virs šīs līnijas ---\n1) Cik koku?\n250\n"))
    assert ("", "--- Rakstiet virs šīs līnijas ---\n1) Cik koku?\n250") == (found.text, found.quoted)


def test_our_sentences_are_known_where_nobody_has_marked_them() -> None:
    """Without marks, line and header our questions still are ours, and an answer behind one is under it."""
    ours = Ours(address=OURS.address, phrases=frozenset(map(phrase, ("Cik koku iestādījāt?", "Kur koki aug?"))))
    found = read(letter("1) Cik koku  iestādījāt? 250 bērzi\n2) Kur koki aug?\nOgrē\n"), ours)
    assert (
        Piece(text="250 bērzi", under="1) Cik koku  iestādījāt?"),
        Piece(text="Ogrē", under="2) Kur koki aug?"),
    ) == found.pieces


def test_the_end_of_a_wrapped_quote_is_no_answer() -> None:
    """Programs that wrap a quoted line and mark only its beginning leave its end looking like an answer."""
    long = "> Nosūtiet vietu kartē vai uzrakstiet pagastu un mājas nosaukumu, arī kad"
    assert "jā" == read(letter(f"jā\n\n{long}\nastra numurs der\n> Koku palīgs\n")).text


def test_flowed_text_is_joined() -> None:
    """RFC 3676, with and without DelSp: lines that were only wrapped become one, quotes apart."""
    flowed = "text/plain; charset=utf-8; format=flowed"
    assert "viens divi\ntrīs" == read(letter("viens \ndivi\ntrīs\n> cits \n> teksts\n", kind=flowed)).text
    assert "viensdivi" == read(letter("viens \ndivi\n", kind=f"{flowed}; delsp=yes")).text
    assert "> nav citāts" == read(letter(" > nav citāts\n", kind=flowed)).text


def test_html_is_read_as_it_looks() -> None:
    """Paragraphs, lists, indents and links are kept; what nobody sees is not."""
    page = (
        "<style>p{color:red}</style><div style='display:none'>slēpts</div><p>Labdien,<br>sveiki</p>"
        "<ol><li>250</li><li>Ogrē</li></ol><blockquote style='margin:0 0 0 40px;border:none'>atkāpe</blockquote>"
        "<a href='https://maps.example.org/?q=57.1,24.2'>karte</a><script>x()</script>"
    )
    shown = "Labdien,\nsveiki\n\n1) 250\n2) Ogrē\n\natkāpe\n\nkarte <https://maps.example.org/?q=57.1,24.2>"
    assert shown == read(letter(page, kind="text/html; charset=utf-8")).text


_PEOPLE = st.text("aāēģšžŅaoiu0123 .,?!()–„”-\n", max_size=200)


@settings(max_examples=300)
@given(_PEOPLE)
def test_nothing_of_an_unmarked_text_is_lost(text: str) -> None:
    """Words, numbers and dashes on any lines are all new, in their order."""
    assert text.split() == read(letter(text)).text.split()


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(["> 1) Cik?", "> ", "", "250", "jā", "Ogrē, pie upes", "> Anna rakstīja:", ">> x"]), max_size=12
    )
)
def test_what_is_unmarked_among_quotes_is_new(lines: list[str]) -> None:
    """However answers and quotes are mixed, every unmarked line is in the text once, and quoted lines never are."""
    typed = [line for line in lines if line and not line.startswith(">")]
    found = read(letter("\n".join(lines), {"In-Reply-To": "<1@example.lv>"}))
    assert typed == [line for line in found.text.split("\n") if line]


_ORIGINAL = """\
--- Rakstiet virs šīs līnijas ---

Labdien! Pierakstīju: ozols – 50.

1) Kad stādījāt? Piemēram: 2025. gada aprīlī.
2) Cik platība, hektāros?
3) Kur koki aug? Nosūtiet vietu kartē vai uzrakstiet pagastu un mājas nosaukumu.

Ar cieņu
Koku palīgs
https://example.lv/
"""


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: "".join(f"> {line}\n" for line in text.split("\n")),
        lambda text: text.replace("\n\n", "\n").replace(" ", "  "),
        lambda text: text.replace("pagastu un mājas", "pagastu\nun mājas").replace("vietu kartē", "vietu\n> kartē"),
        lambda text: f"No: Koku palīgs <koki@example.lv>\nNosūtīts: 2026-03-03 10:15\nKam: Anna\n\n{text}",
        lambda text: text.replace("https://example.lv/", "https://example.lv/ <https://example.lv/>"),
        lambda text: text.removesuffix("Ar cieņu\nKoku palīgs\nhttps://example.lv/\n"),
    ],
    ids=["as it was", "marked", "spaces", "wrapped", "header", "link", "cut"],
)
def test_what_was_typed_into_our_letter_is_found(change: Callable[[str], str]) -> None:
    """Under a question, behind it, and above all of it, however the program has changed the copy."""
    typed = (
        _ORIGINAL.replace("hektāros?", "hektāros? 0,5 ha")
        .replace("mājas nosaukumu.", "mājas nosaukumu.\nMadonas novadā,\nOzolkalnos")
        .replace("Labdien!", "Te mani papildinājumi:\nLabdien!")
    )
    found = added(change(typed), _ORIGINAL)
    assert (
        Piece(text="Te mani papildinājumi:", under="--- Rakstiet virs šīs līnijas ---"),
        Piece(text="0,5 ha", under="2) Cik platība, hektāros?"),
        Piece(
            text="Madonas novadā,\nOzolkalnos",
            under="3) Kur koki aug? Nosūtiet vietu kartē vai uzrakstiet pagastu un mājas nosaukumu.",
        ),
    ) == found


def test_nothing_is_added_where_nothing_was() -> None:
    """An untouched copy, a shortened one, another letter, and an empty one."""
    for quoted in (_ORIGINAL, _ORIGINAL.partition("\n\n")[2], "Pavisam cita vēstule par citu lietu, ne šī.", ""):
        assert () == added(quoted, _ORIGINAL)


def test_an_example_that_was_written_over_is_an_answer() -> None:
    """Words of ours that were replaced count as answered where they stood."""
    found = added(_ORIGINAL.replace("2025. gada aprīlī", "pērn rudenī"), _ORIGINAL)
    assert (Piece(text="pērn rudenī.", under="1) Kad stādījāt? Piemēram: 2025. gada aprīlī."),) == found
