"""A turn of the desk: what a member of staff does in their group, what is known of it, and what it comes to. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.conversation.response import Event, Say
from bot.conversation.standing import CaseView, RegistrationView, Standing
from bot.messages import Inbound


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One thing that a member of staff does."""

    item: Inbound
    standing: Standing

    @property
    def case(self) -> CaseView:
        """The case that it is about; raises LookupError where there is none."""
        if self.standing.case is None:
            raise LookupError("no case")
        return self.standing.case

    @property
    def registration(self) -> RegistrationView:
        """The registration that it is about; raises LookupError where there is none."""
        if self.standing.registration is None:
            raise LookupError("no registration")
        return self.standing.registration

    def event(self, type_: str, **data: object) -> Event:
        """Report what was done, and by whom."""
        who = {"by": str(self.item.sender), "name": self.standing.name}
        return Event(type=type_, data={**who, **data})


# The outcome's name, what to say (None for nothing), and what has happened.
Decision = tuple[str, Say | None, tuple[Event, ...]]
# Decides on a command with what follows it, or on what a button's data says after its first word.
Doing = Callable[[Turn, str], Decision]
