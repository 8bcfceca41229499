"""What a letter is about, without the greeting above and the signature below."""

import pytest

from knowledge.letter_parts import take_apart


@pytest.mark.parametrize(
    ("text", "matter", "signature"),
    [
        (
            "Labdien!\n\nGribu reģistrēt 300 bērzus.\n\nAr cieņu,\nJānis Bērziņš\n26123456",
            "Gribu reģistrēt 300 bērzus.",
            "Jānis Bērziņš\n26123456",
        ),
        ("Jā, viss pareizi.\nAr cieņu Anna Kalniņa", "Jā, viss pareizi.", "Anna Kalniņa"),
        ("Cienījamie projekta vadītāji!\n3) 250\n\nar cienu\nAnna", "3) 250", "Anna"),
        ("Dear team,\nDo they count?\nKind regards,\nJohn", "Do they count?", "John"),
        ("Здравствуйте!\nСколько стоит?\nС уважением, Иван", "Сколько стоит?", "Иван"),
        ("Labdien, gribu zināt, vai ābeles skaitās.", "Labdien, gribu zināt, vai ābeles skaitās.", ""),
        ("Labdien gribu zinat par kokiem", "Labdien gribu zinat par kokiem", ""),
        ("Sveiki!", "", ""),
        ("Ar cieņu", "Ar cieņu", ""),
        ("Stādījām ar sveicieniem no Rīgas.\nVai skaitās?", "Stādījām ar sveicieniem no Rīgas.\nVai skaitās?", ""),
        ("", "", ""),
    ],
)
def test_a_letter_is_taken_apart(text: str, matter: str, signature: str) -> None:
    """Only a line that is a greeting goes, and only what follows a closing near the end is a signature."""
    parts = take_apart(text)
    assert (matter, signature) == (parts.matter, parts.signature)
