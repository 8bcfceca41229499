"""The token on a letter of ours."""

import pytest

from bot.app.known import ids
from bot.channels.email import token

_SECRET = "s" * 32


def test_a_token_is_found_and_opened_only_for_its_address() -> None:
    """Inside an address, in capitals, between other words: the same token; another address can't use it."""
    prompt_id = next(ids())
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
    with pytest.raises(ValueError, match="not an id"):
        token.sign("id00000001", "anna@example.lv", _SECRET)


def test_a_letter_to_staff_has_a_token_of_another_kind() -> None:
    """A case's token names no prompt, a prompt's no case, and one can't be made into the other by its first letters."""
    letter_id = next(ids())
    ours, prompt = (sign(letter_id, "ilze@example.lv", _SECRET) for sign in (token.sign_case, token.sign))
    assert [(letter_id, ""), ("", letter_id)] == [(token.case_of(one), token.prompt_of(one)) for one in (ours, prompt)]
    assert token.opened(ours, "Ilze@example.lv", _SECRET)
    assert not token.opened(ours, "janis@example.lv", _SECRET)
    assert not token.opened(f"kc{prompt[2:]}", "ilze@example.lv", _SECRET)
    assert not token.opened(f"kp{ours[2:]}", "ilze@example.lv", _SECRET)
    assert "Nr. , tad" == token.without_tokens(f"Nr. {ours.upper()}, tad")


def test_the_code_of_a_subject_is_read_back() -> None:
    """The six letters that people see in a subject name the prompt, whatever stands around them."""
    assert "abcdef" == token.code_in(f"Atb: Re: Koku reģistrēšana [#{token.code('abcdef' + '2' * 10)}]")
    assert "" == token.code_in("Re: [#10]")
