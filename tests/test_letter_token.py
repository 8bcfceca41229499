"""The token on a letter of ours."""

import pytest

from bot.app import _ids
from bot.channels.email import token

_SECRET = "s" * 32


def test_a_token_is_found_and_opened_only_for_its_address() -> None:
    """Inside an address, in capitals, between other words: the same token; another address can't use it."""
    prompt_id = next(_ids())
    ours = token.sign(prompt_id, "Anna@example.lv", _SECRET)
    for text in (ours, f"<koki+{ours}@example.lv>", f"Nr. {ours.upper()}.", f"({ours})\n"):
        assert (ours,) == token.tokens(text)
    assert prompt_id == token.prompt_of(ours)
    assert token.opened(ours, "anna@example.lv", _SECRET)
    assert not token.opened(ours, "janis@example.lv", _SECRET)
    assert not token.opened(ours, "anna@example.lv", "t" * 32)


def test_what_is_no_token_is_not_taken_for_one() -> None:
    """Longer and shorter words are none, and an id of another shape can't be signed."""
    ours = token.sign("a" * 16, "anna@example.lv", _SECRET)
    assert () == token.tokens(f"{ours}x {ours[:-1]} x{ours}")
    assert "" == token.prompt_of("kp")
    assert not token.opened("", "anna@example.lv", _SECRET)
    with pytest.raises(ValueError, match="not the id"):
        token.sign("id00000001", "anna@example.lv", _SECRET)


def test_the_code_of_a_subject_is_read_back() -> None:
    """The six letters that people see in a subject name the prompt, whatever stands around them."""
    assert "abcdef" == token.code_in(f"Atb: Re: Koku reģistrēšana [#{token.code('abcdef' + '2' * 10)}]")
    assert "" == token.code_in("Re: [#10]")
