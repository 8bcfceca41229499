"""The token: marks a letter of ours, so that any later answer is read against that letter's own questions.

It is the id of the letter's prompt and a signature over that id and the address it was sent to. It survives lower
case, line ends and being part of an address: `koki+kp<id><signature>@example.lv`.
"""

import base64
import hashlib
import hmac
import re

ID = r"[a-z2-7]{16}"  # 80 bits in base32, as prompts are named
_SIGNATURE = 16  # letters: 80 bits
_TOKEN = re.compile(rf"(?<![a-z0-9])kp{ID}[a-z2-7]{{{_SIGNATURE}}}(?![a-z0-9])", re.IGNORECASE)
_CODE = re.compile(r"\[#([a-z2-7]{6})\]", re.IGNORECASE)


def sign(prompt_id: str, address: str, secret: str) -> str:
    """Return the token of a prompt that is sent to `address`; raises ValueError for an id of another shape."""
    if not re.fullmatch(ID, prompt_id):
        raise ValueError("not the id of a prompt that a letter can show")
    return f"kp{prompt_id}{_signature(prompt_id, address, secret)}"


def opened(token: str, address: str, secret: str) -> bool:
    """Whether we gave this token to that address."""
    prompt_id = prompt_of(token)
    signature = token[2 + len(prompt_id) :].lower()
    return bool(prompt_id) and hmac.compare_digest(signature, _signature(prompt_id, address, secret))


def prompt_of(token: str) -> str:
    """Return the id in a token, signed rightly or not; '' where it is no token."""
    return token[2:18].lower() if _TOKEN.fullmatch(token) else ""


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


def _signature(prompt_id: str, address: str, secret: str) -> str:
    signed = hmac.digest(secret.encode(), f"{prompt_id}|{address.lower()}".encode(), hashlib.sha256)
    return base64.b32encode(signed).decode().lower()[:_SIGNATURE]
