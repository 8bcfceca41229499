"""No letter stops the line: hostile ones, random bytes, and real ones from elsewhere."""

import dataclasses
import json
import os
import tracemalloc
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.email.added import added
from bot.channels.email.letter import Letter, Outcome
from bot.channels.email.reading.parts import LARGEST
from tests.written_letters import attached, certificate, edoc, letter, of_parts, part, read, winmail, within

_CORPUS = Path(os.environ.get("MAIL_CORPUS", "../shared/mail-corpus"))
_NO_LETTERS = (".md", ".upstream", ".list", ".conf", ".pem")
_MEGABYTE = 1 << 20

_WHOLE = of_parts(
    within(
        part("Labdien! Šeit 50 ozoli.\n> 1) Cik?\nDaudz"), part("<p>Labdien! <b>50</b></p>", "text/html; charset=utf-8")
    ),
    attached(edoc({"a.pdf": b"%PDF-1"}, [certificate(common_name="A B")]), "a.edoc"),
    attached(winmail("Teksts", {"b.pdf": b"%PDF-1"}), "winmail.dat"),
    headers={
        "Authentication-Results": "mx.example.lv; dmarc=pass header.from=example.org",
        "Subject": "=?utf-8?q?Koki_=C4=81?=",
        "References": "<1@example.lv>",
    },
)


def _as_json(found: Letter) -> str:
    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else len(value)

    return json.dumps(dataclasses.asdict(found), default=plain, ensure_ascii=False)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2_000))
def test_any_bytes_are_something(raw: bytes) -> None:
    """Whatever comes has an outcome, and every string in it can be stored and shown."""
    _as_json(read(raw)).encode()


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(_WHOLE)), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=8)
)
def test_a_damaged_letter_is_something(damages: list[tuple[int, int, bytes]]) -> None:
    """A whole letter with pieces cut out and others put in still is read, and never as a fault of ours."""
    raw = _WHOLE
    for at, length, instead in damages:
        raw = raw[:at] + instead + raw[at + length :]
    found = read(raw)
    _as_json(found).encode()
    assert not found.reason.startswith("unreadable")


@settings(max_examples=200)
@given(st.text(max_size=600), st.text(max_size=300))
def test_any_copy_can_be_compared(quoted: str, original: str) -> None:
    """Whatever stands in a quote, what was added to it is found or not, without a fault."""
    for piece in added(quoted, original):
        assert piece.text


def _nested(depth: int) -> bytes:
    raw = part("dziļi")
    for number in range(depth):
        raw = within(raw, kind="mixed", boundary=f"b{number}")
    return of_parts(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (of_parts(*[part("x")] * 1_000), "too many parts"),
        (_nested(200), "nested too deep"),
        (of_parts(b"Content-Type: message/rfc822\r\n\r\n" * 500 + b"x"), "nested too deep"),
        (letter("x" * (LARGEST + 1)), "too big"),
        (letter(b"\xff" * (3 * LARGEST)), "too big"),
    ],
    ids=["1000 parts", "depth 200", "letters in letters", "too big", "30 MB"],
)
def test_hostile_letters_are_refused_by_name(raw: bytes, reason: str) -> None:
    """Who sent it is known, so that a polite word can be said; memory stays within a few times the letter."""
    tracemalloc.start()
    found = read(raw)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (Outcome.REFUSED, reason, "anna@example.org") == (found.outcome, found.reason, found.sender)
    assert most < 4 * len(raw) + 2 * _MEGABYTE


@pytest.mark.parametrize(
    "raw",
    [
        letter("<div>" * 100_000, kind="text/html"),
        letter("<div>" * 1_000 + "<!--" * 300_000, kind="text/html"),
        letter("<b>" * 30_000 + "<p>" * 30_000, kind="text/html"),
        letter("<table><tr><td>" * 20_000, kind="text/html"),
        letter("<" * 1_000_000, kind="text/html"),
        letter("> " * 400_000),
        letter("--\n" * 100_000),
        letter("No: a\n" * 100_000),
        letter("Anna rakstīja:\n" * 50_000),
        letter("2026-03-03 10:15\n" * 50_000),
        letter("Jā?! " * 100_000),
        letter(headers={"To": "a@example.org, " * 50_000}),
        letter(headers={"From": "(" * 100_000}),
        letter(headers={"Subject": "=?utf-8?q?a" * 50_000}),
        letter(headers={"References": "<a@b> " * 100_000}),
        letter(headers={"Authentication-Results": "mx.example.lv; " + "dmarc=pass " * 300}),
        letter("X-A: b\r\n" * 100_000),
        letter(kind="multipart/mixed; " + "a=b; " * 50_000),
        letter(kind='multipart/mixed; boundary="' + ";" * 3_000),
        letter("\n--a" * 200_000, kind="multipart/mixed; boundary=a"),
        letter("user " * 50_000, {"From": "MAILER-DAEMON@example.org", "Subject": "failure notice"}),
        letter("<a@" * 80_000, {"From": "MAILER-DAEMON@example.org", "Subject": "failure notice"}),
        of_parts(
            part("x"), attached(b"\x78\x9f\x3e\x22\0\0" + b"\1\3\x90\6\0\4\0\0\0\xff\xff\xff\xff\0\0" * 50_000, "w")
        ),
    ],
    ids=range(23),
)
def test_work_is_bounded(raw: bytes) -> None:
    """Letters made to keep a reader busy for hours end within the patience of the test run."""
    assert not read(raw).reason.startswith("unreadable")


def _letters() -> list[Path]:
    return [
        path
        for path in sorted(_CORPUS.rglob("*"))
        if path.is_file() and path.suffix not in _NO_LETTERS and path.name not in ("COMMIT", "COPYING")
    ]


@pytest.mark.skipif(not _CORPUS.is_dir(), reason=f"real letters were not covered: no folder {_CORPUS}")
def test_real_letters_have_an_outcome_and_bounces_no_answer() -> None:
    """0 uncaught, each with a named outcome; of real bounces none is a message, but for those that are none."""
    messages: list[str] = []
    for path in _letters():
        found = read(path.read_bytes())
        _as_json(found).encode()
        assert (path.name, False) == (path.name, found.reason.startswith("unreadable"))
        assert bool(found.reason) is (found.outcome is not Outcome.MESSAGE)
        inside = path.relative_to(_CORPUS).as_posix()
        if inside.startswith("sisimai") and "/maildir/not/" not in inside and found.outcome is Outcome.MESSAGE:
            messages.append(inside)
    assert [] == messages
