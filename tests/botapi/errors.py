"""The ways in which the Bot API says no, and whether the bot is to blame for it."""

from enum import Enum
from typing import Any

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Blame(Enum):
    """Who is at fault for an error answer; it decides where the server writes it down."""

    BOT = "violation"  # no correct bot sends this
    CHANCE = "refusal"  # a correct bot may meet this: somebody was quicker, or the same was done before
    NOBODY = "runtime"  # blocked, limited, a fault on purpose: only the list of calls knows


class ApiError(Exception):
    """An error answer: `code` is the HTTP status and error_code, `parameters` become ResponseParameters."""

    def __init__(self, code: int, description: str, blame: Blame = Blame.NOBODY, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.blame = blame
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Return the JSON body which tells the bot."""
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def violation(reason: str) -> ApiError:
    """Return the 400 for a request which only a faulty bot sends."""
    return ApiError(400, f"Bad Request: {reason}", Blame.BOT)


def ignored(reason: str) -> ApiError:
    """Return a 400 where the real server would say ok and silently do less than it was asked."""
    return ApiError(400, f"Bad Request: STRICT: {reason}", Blame.BOT)


def refusal(reason: str) -> ApiError:
    """Return the 400 which a correct bot may meet and has to live with."""
    return ApiError(400, f"Bad Request: {reason}", Blame.CHANCE)


def forbidden(reason: str) -> ApiError:
    """Return the 403 for a chat which is closed to the bot."""
    return ApiError(403, f"Forbidden: {reason}")


def too_many_requests(seconds: int) -> ApiError:
    """Return the 429 which asks to wait for `seconds`."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
