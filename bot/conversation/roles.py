"""Roles: who of ours may do what."""

ROLES = ("staff", "coordinator", "admin")
ANYONE = "anyone"
OURS = "ours"  # whoever has a role


def may(role: str, needed: str) -> bool:
    """Whether a role ('' for nobody of ours) may do what is for `needed`. An administrator may do everything.

    Staff and coordinators don't stand above one another: who plans events need not see people's letters.
    """
    return needed == ANYONE or (bool(role) and (needed == OURS or role in {needed, "admin"}))
