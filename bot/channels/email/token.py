"""The token: marks a letter of ours, so that any later answer is read against that letter's own questions.

It is the id of the letter's prompt and a signature over that id and the address it was sent to. It survives lower
case, line ends and being part of an address: `koki+kp<id><signature>@example.lv`. A letter that tells staff of a case
has one of another kind, `kc…`, by whose id the case is known; neither can be made into the other.
"""

import base64
import hashlib
import hmac
import re

ID = r"[a-z2-7]{16}"  # 80 bits in base32, as prompts are named
_SIGNATURE = 16  # letters: 80 bits
_PROMPT, _CASE = "kp", "kc"
_TOKEN = re.compile(rf"(?<![a-z0-9])k[pc]{ID}[a-z2-7]{{{_SIGNATURE}}}(?![a-z0-9])", re.IGNORECASE)
_LEAVING = re.compile(rf"(\d{{1,18}})-[a-z2-7]{{{_SIGNATURE}}}", re.IGNORECASE)
_CODE = re.compile(r"\[#([a-z2-7]{6})\]", re.IGNORECASE)


def sign(prompt_id: str, address: str, secret: str) -> str:
    """Return the token of a prompt that is sent to `address`; raises ValueError for an id of another shape."""
    return _signed(_PROMPT, prompt_id, address, secret)


def sign_case(letter_id: str, address: str, secret: str) -> str:
    """Return the token of a letter that tells somebody of staff of a case; raises ValueError as above."""
    return _signed(_CASE, letter_id, address, secret)


def opened(token: str, address: str, secret: str) -> bool:
    """Whether we gave this token to that address."""
    if not _TOKEN.fullmatch(token):
        return False
    kind, id_, signature = token[:2].lower(), token[2:18].lower(), token[18:].lower()
    return hmac.compare_digest(signature, _signature(kind, id_, address, secret))


def prompt_of(token: str) -> str:
    """Return the prompt's id in a token, signed rightly or not; '' where it is no token, or not a prompt's."""
    return token[2:18].lower() if _TOKEN.fullmatch(token) and token[:2].lower() == _PROMPT else ""


def case_of(token: str) -> str:
    """Return the id of the letter to staff in a token, signed rightly or not; '' where it is no such token."""
    return token[2:18].lower() if _TOKEN.fullmatch(token) and token[:2].lower() == _CASE else ""


def without_tokens(text: str) -> str:
    """Take every token out of a text, so that it marks no letter that quotes it."""
    return _TOKEN.sub("", text)


def tokens(text: str) -> tuple[str, ...]:
    """Find tokens in any text, in lower case, each once."""
    return tuple(dict.fromkeys(found.lower() for found in _TOKEN.findall(text)))


def code(prompt_id: str) -> str:
    """Return the short code for a subject, without brackets: [#ABC234]."""
    return prompt_id[:6].upper()


def code_in(subject: str) -> str:
    """Find a short code in a subject, in lower case; '' when there is none."""
    found = _CODE.search(subject)
    return found[1].lower() if found else ""


def without_code(subject: str) -> str:
    """Take every short code out of a subject."""
    return _CODE.sub("", subject)


def _signed(kind: str, id_: str, address: str, secret: str) -> str:
    if not re.fullmatch(ID, id_):
        raise ValueError("not an id that a letter can show")
    return f"{kind}{id_}{_signature(kind, id_, address, secret)}"


def leaving_token(delivery: str, address: str, secret: str) -> str:
    """Return what names one letter to one person in the link by which they take no more of its kind."""
    return f"{delivery}-{_signature('leave', delivery, address, secret)}"


def delivery_left(token: str) -> str:
    """Return the delivery in such a token, signed rightly or not; '' where it is no token."""
    match = _LEAVING.fullmatch(token)
    return match[1] if match else ""


def _signature(kind: str, id_: str, address: str, secret: str) -> str:
    named = id_ if kind == _PROMPT else f"{kind}|{id_}"  # letters that are out there were signed so
    signed = hmac.digest(secret.encode(), f"{named}|{address.lower()}".encode(), hashlib.sha256)
    return base64.b32encode(signed).decode().lower()[:_SIGNATURE]
