"""The certificate of thanks: its words, and the page, read back by another program."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO

import pypdf
import pytest

from bot.registrations.certificate.printing import printed
from bot.registrations.certificate.wording import Deed, Issuer, inputs, said_deed, said_details, typeset
from flows.planting_kind import Trees
from flows.when_kind import Planted

_NOW = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
_SPRING = Planted(first=date(2024, 3, 1), last=date(2024, 5, 31), precision="season")
_DEED = Deed(
    reference="3MK-2026-000123",
    trees=(Trees(species="Quercus robur", count=14), Trees(species="Tilia cordata", count=7)),
    planted=_SPRING,
    municipality="Smiltenes novads",
)


def _page(name: str, deeds: Sequence[Deed] = (_DEED,), issuer: Issuer | None = None) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(printed(inputs(name, deeds, _NOW.date(), issuer or Issuer()), _NOW)))


def _text(reader: pypdf.PdfReader) -> str:
    return " ".join("\n".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "par 1 iestādītu koku"),
        (2, "par 2 iestādītiem kokiem"),
        (11, "par 11 iestādītiem kokiem"),
        (21, "par 21 iestādītu koku"),
        (50, "par 50 iestādītiem kokiem"),
        (101, "par 101 iestādītu koku"),
        (111, "par 111 iestādītiem kokiem"),
        (1250, "par 1250 iestādītiem kokiem"),
        (12_001, "par 12 001 iestādītu koku"),
    ],
)
def test_trees_are_counted_in_latvian(count: int, said: str) -> None:
    """One, twenty-one, a hundred and one are singular; eleven is not."""
    assert said == said_deed([Trees(count=count)]).replace("\u00a0", " ")


def test_a_number_is_no_surer_than_it_was_told() -> None:
    """About, at least, or no number at all."""
    said = [
        said_deed([Trees(count=50, about=True), Trees(count=1)]),
        said_deed([Trees(least=100, most=200), Trees(count=1)]),
        said_deed([Trees(species="Quercus robur")]),
    ]
    assert ["par apmēram 51 iestādītu koku", "par vismaz 101 iestādītu koku", "par iestādītajiem kokiem"] == [
        one.replace("\u00a0", " ") for one in said
    ]


def test_which_trees_where_and_when() -> None:
    """Kinds are added up over registrations; a place and a time stand there while they are few."""
    two = Deed(
        reference="3MK-2026-000124",
        trees=(Trees(species="Quercus robur", count=6),),
        planted=_SPRING,
        municipality="Rīga",
    )
    assert "Ozols – 14, liepa – 7\nSmiltenes novadā, 2024. gada pavasarī" == said_details([_DEED]).replace(
        "\u00a0", " "
    )
    assert "Ozols – 20, liepa – 7\nSmiltenes novadā un Rīgā, 2024. gada pavasarī" == said_details([_DEED, two]).replace(
        "\u00a0", " "
    )


def test_what_is_not_known_is_left_out() -> None:
    """Kinds without a number, a time that nobody remembers, an unknown place make no line."""
    vague = Deed(reference="3MK-2026-000125", trees=(Trees(mixed=True, count=5),), planted=Planted(), municipality="")
    assert "" == said_details([vague])


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ('SIA "Zaļā birze"', "SIA „Zaļā birze”"),
        ('"Rīgas "Zaļā" skola"', "„Rīgas „Zaļā” skola”"),
        ("„Zaļā birze“, «Sēta»", "„Zaļā birze”, „Sēta”"),
        ("Drustu pamatskolas 7. klase", "Drustu pamatskolas 7. klase"),
        ("  Anna   Kalniņa ", "Anna Kalniņa"),
        ("Anna Kalniņa\n\nun Jānis", "Anna Kalniņa\nun Jānis"),
        ("J. Kalniņš - Bērziņš", "J. Kalniņš – Bērziņš"),
        ("Kalniņa-Bērziņa", "Kalniņa-Bērziņa"),
    ],
)
def test_names_are_set_as_they_are_printed(typed: str, set_: str) -> None:
    """Quotes, dashes and spaces follow Latvian typography; the words stay as they were written."""
    assert set_ == typeset(typed).replace("\u00a0", " ")


def test_a_certificate_says_who_and_for_what() -> None:
    """The name as it was given, the deed, the day and our number, on one page A4 in Latvian."""
    reader = _page("Anna Kalniņa")
    text = _text(reader)
    one = Deed(reference="3MK-2026-000126", trees=(Trees(count=1),), planted=_SPRING, municipality="Rīga")
    assert "Šis koks ir ievadīts Eiropas platformā MapMyTree." in _text(_page("Anna Kalniņa", [one]))
    assert 1 == len(reader.pages)
    assert (595, 842) == tuple(round(float(side)) for side in reader.pages[0].mediabox[2:])
    told = ("Pateicības raksts", "Anna Kalniņa", "par 21 iestādītu koku", "2026. gada 3. decembrī", "3MK-2026-000123")
    assert [] == [words for words in told if words not in text]
    assert reader.metadata
    assert "Pateicības raksts" == reader.metadata.title
    assert "lv" == str(reader.root_object["/Lang"])


def test_nobody_signs_unless_the_settings_say_so() -> None:
    """Without an issuer there is no signature line; with one the name, the position and the issuer stand there."""
    issuer = Issuer(name="Paraugu iestāde", signer="Ilze Paraudziņa", position="projekta vadītāja")
    assert "Paraug" not in _text(_page("Anna Kalniņa"))
    assert "Ilze Paraudziņa projekta vadītāja Paraugu iestāde" in _text(_page("Anna Kalniņa", issuer=issuer))


@pytest.mark.parametrize(
    "name",
    [
        "Jēkabpils novada Viesītes vidusskolas 7. klases skolēni un skolotāja Ilze Bērziņa-Kārkliņa",
        "Людмила Александровна\nВасильева-Кузнецова",
        "Biedrība „Latvijas Lauku konsultantu un mežsaimnieku apvienība „Zaļā nākotne””",
        "Šķērsgriezumaizsargsabiedrība " * 4,
        "Ω Αθήνα",
    ],
)
def test_a_name_stands_on_the_page_whole(name: str) -> None:
    """Long names, two lines, quotes, Cyrillic and Greek: every word is there, and the page stays one."""
    reader = _page(name, issuer=Issuer(name="Paraugu iestāde"))
    assert 1 == len(reader.pages)
    assert " ".join(name.split()) in _text(reader)


@pytest.mark.parametrize(
    "name",
    [
        "#set text(size: 90pt)",
        '#read("certificate.typ")',
        "#panic()",
        "$x^2$ *Anna* _Kalniņa_ `kods`",
        "] #pagebreak() [",
        '"), given("',
        "\\u{41} \\ // /* */ @atsauce <mark>",
        '#import "@preview/example:0.1.0": *',
    ],
)
def test_a_name_is_never_read_as_markup(name: str) -> None:
    """Whatever somebody types stands on the page as they typed it, and does nothing."""
    reader = _page(name)
    assert 1 == len(reader.pages)
    assert "".join(typeset(name).split()) in "".join(_text(reader).split())


def test_the_same_certificate_is_the_same_bytes() -> None:
    """A certificate that is made again does not differ from the first."""
    one = inputs("Anna Kalniņa", [_DEED], _NOW.date(), Issuer())
    assert printed(one, _NOW) == printed(one, _NOW)
