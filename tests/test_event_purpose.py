"""What an event is for: read from its title where that is certain, and asked where it is not."""

import pytest

from flows.event_purpose import purpose_in


@pytest.mark.parametrize(
    ("title", "purpose"),
    [
        ("Stādām ozolus pie Ikšķiles skolas", "planting"),
        ("Koku stādīšana Drustos", "planting"),
        ("Stādīšanas diena skolai", "planting"),
        ("iestādīsim mežu", "planting"),
        ("Seminārs mežu īpašniekiem", "information"),
        ("Informatīvs pasākums Madonā", "information"),
        ("Pastāstīsim, kā reģistrēt kokus", "information"),
        ("lekcija pensionāriem", "information"),
    ],
)
def test_a_title_may_say_what_it_is_for(title: str, purpose: str) -> None:
    """Then it need not be asked."""
    assert purpose == purpose_in(title)


@pytest.mark.parametrize(
    "title",
    [
        "Tiekamies Ogrē",
        "Rudens talka",  # what is done there is not said
        "Seminārs un stādīšana",
        "Par koku stādīšanu",
        "Kā stādām ozolus",
        "Stādus un lāpstas iedosim, paņemiet cimdus, jo laiks var būt auksts, un novietojiet auto pie skolas",
        "Pēc lekcijas būs zupa, un kas grib, tas var palikt ilgāk un apskatīt muižas parku kopā ar gidu",
    ],
)
def test_what_is_not_certain_is_asked(title: str) -> None:
    """A wrong guess would be counted for whoever pays."""
    assert "" == purpose_in(title)
