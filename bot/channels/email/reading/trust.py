"""Trust: whether the sender's address can be believed, by what our own server says of it."""

import re

from authres import AuthenticationResultsHeader

from bot.channels.email.letter import Trust
from bot.channels.email.reading.headers import Headers

_LONGEST = 4_000
_FIRST = re.compile(r"\s*(?:\([^()]*\)\s*)*([^\s;()]+)")


def trust(headers: Headers, sender: str, authserv_id: str) -> Trust:
    """Read DMARC's result in the topmost Authentication-Results that our server has added.

    Ours stands above all that the letter brought with it: a forged one is below. What another server has said, and a
    result about another domain than the sender's, count for nothing.
    """
    if not authserv_id or not sender:
        return Trust.NONE
    for value in headers.all("authentication-results"):
        named = _FIRST.match(value)
        if named and named[1].lower() == authserv_id.lower():
            return _told(value, sender)
    return Trust.NONE


def _told(value: str, sender: str) -> Trust:
    if len(value) > _LONGEST:
        return Trust.NONE
    try:
        results = AuthenticationResultsHeader.parse(f"Authentication-Results: {value}").results
    except Exception:  # noqa: BLE001 - the library raises its own and Python's own over odd headers
        return Trust.NONE
    told = [result for result in results if result.method == "dmarc"]
    if len(told) != 1:
        return Trust.NONE
    domains = [
        one.value.lower().rpartition("@")[2] for one in told[0].properties if (one.type, one.name) == ("header", "from")
    ]
    if domains and sender.rpartition("@")[2] not in domains:
        return Trust.NONE
    return {"pass": Trust.PASS, "fail": Trust.FAIL}.get(told[0].result.lower(), Trust.NONE)
