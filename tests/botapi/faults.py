"""Faults by schedule: what goes wrong at which call, as it does in the real world now and then."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.botapi.errors import ApiError, forbidden, too_many_requests

# What an error answers instead of carrying the request out:


@dataclass(frozen=True)
class TooManyRequests:
    """429: wait for so many seconds."""

    seconds: int

    def error(self) -> ApiError:
        """Return the answer."""
        return too_many_requests(self.seconds)


@dataclass(frozen=True)
class Blocked:
    """403: the person has blocked the bot."""

    def error(self) -> ApiError:
        """Return the answer."""
        return forbidden("bot was blocked by the user")


@dataclass(frozen=True)
class Deactivated:
    """403: the account is gone."""

    def error(self) -> ApiError:
        """Return the answer."""
        return forbidden("user is deactivated")


@dataclass(frozen=True)
class ServerError:
    """5xx: Telegram has a bad day; nothing was carried out."""

    code: int = 502

    def error(self) -> ApiError:
        """Return the answer."""
        text = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
        return ApiError(self.code, text.get(self.code, "Internal Server Error"))


@dataclass(frozen=True)
class BadRequest:
    """400 in the words given, without the prefix 'Bad Request: '."""

    reason: str

    def error(self) -> ApiError:
        """Return the answer."""
        return ApiError(400, f"Bad Request: {self.reason}")


@dataclass(frozen=True)
class Migrated:
    """400: the group has become a supergroup with another id."""

    new_chat_id: int

    def error(self) -> ApiError:
        """Return the answer."""
        text = "Bad Request: group chat was upgraded to a supergroup chat"
        return ApiError(400, text, migrate_to_chat_id=self.new_chat_id)


# What happens to the connection:


@dataclass(frozen=True)
class ResetConnection:
    """The connection is reset before anything was carried out."""


@dataclass(frozen=True)
class AcceptThenClose:
    """The request is carried out, and the connection closed without an answer."""


@dataclass(frozen=True)
class Slow:
    """The request is carried out at once, and the answer comes so many seconds later."""

    seconds: float


Refusing = TooManyRequests | Blocked | Deactivated | ServerError | BadRequest | Migrated
Breaking = ResetConnection | AcceptThenClose | Slow
Kind = Refusing | Breaking


@dataclass(kw_only=True)
class _Rule:
    kind: Kind
    method: str
    chat: int | None
    after: int
    times: int

    def meets(self, method: str, chat: object) -> bool:
        """Tell whether this call is concerned at all."""
        return self.method in ("*", method) and self.chat in (None, chat)


@dataclass(kw_only=True)
class Faults:
    """The schedule."""

    _rules: list[_Rule] = field(default_factory=list)

    def add(self, *, kind: Kind, method: str = "*", chat: int | None = None, after: int = 0, times: int = 1) -> None:
        """Let `kind` happen to `times` calls of a method (to a chat), once `after` such calls have gone well."""
        self._rules.append(_Rule(kind=kind, method=method, chat=chat, after=after, times=times))

    def clear(self) -> None:
        """Forget the schedule."""
        self._rules.clear()

    def take(self, method: str, chat: object) -> Kind | None:
        """Return what happens to this call; getting it uses it up."""
        for rule in self._due(method, chat):
            rule.times -= 1
            return rule.kind
        return None

    def _due(self, method: str, chat: object) -> Iterator[_Rule]:
        for rule in self._rules:
            if rule.times and rule.meets(method, chat):
                if rule.after:
                    rule.after -= 1
                else:
                    yield rule
