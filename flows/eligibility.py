"""Eligibility: fits, does not fit because, or staff decide. Never final: the project's specialists decide."""

from dataclasses import dataclass
from datetime import date

from flows.grammar import Answers
from flows.when_kind import Planted

# Planted on this day or later; the day itself counts (task paper: after, LLKC: since; the paper's reader decides).
CUTOFF = date(2020, 5, 20)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """`status` is fits, unfit or staff; `reasons` name why, for the record and for the closing words."""

    status: str
    reasons: tuple[str, ...] = ()


def assess(answers: Answers, today: date) -> Verdict:  # noqa: ARG001 - the shape of a derivation
    """Judge the answers of a registration by what the sources say for sure; what is not clear goes to staff."""
    if early(answers["planted"]):
        return Verdict(status="unfit", reasons=("before_cutoff",))
    if answers["additional"] == "duty":
        return Verdict(status="unfit", reasons=("duty",))
    doubts = {
        "around_cutoff": partly_early(answers["planted"]),
        "unknown_date": answers["planted"].first is None,
        "forest": answers["kind"] == "forest",
        "other_place": answers["kind"] == "other",
        "paid": answers["additional"] == "paid",
        "unsure": answers["additional"] == "unsure",
    }
    reasons = tuple(reason for reason, doubtful in doubts.items() if doubtful)
    return Verdict(status="staff" if reasons else "fits", reasons=reasons)


def early(planted: Planted) -> bool:
    """Whether everything was planted before the first day that counts."""
    return planted.last is not None and planted.last < CUTOFF


def partly_early(planted: Planted) -> bool:
    """Whether some of it may have been planted before the first day that counts."""
    return planted.first is not None and planted.last is not None and planted.first < CUTOFF <= planted.last
