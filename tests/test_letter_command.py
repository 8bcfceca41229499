"""`python -m bot letter`: one object for each file, with no server and no database."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from tests import pictures
from tests.written_letters import TOKEN, attached, edoc, letter, of_parts, part


@pytest.fixture
def _ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAIL_ADDRESS", "koki@example.lv")


@pytest.mark.usefixtures("_ours")
def test_each_file_is_told_in_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What it is, who wrote what in it, and the names of what is real content: not those of opened wrappings."""
    files = {
        "a.eml": of_parts(
            part("Jā, 250\n> 1) Cik?"),
            attached(edoc({"iesniegums.pdf": b"%PDF-1"}), "x.edoc"),
            attached(pictures.jpeg(), "koki.jpg"),
            headers={"To": f"koki+{TOKEN}@example.lv", "Subject": "Re: Koki"},
        ),
        "b.eml": letter(headers={"From": "koki@example.lv"}),
        "c.eml": b"",
    }
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)
    assert 0 == main(["letter", *files])
    first, *others = map(json.loads, capsys.readouterr().out.splitlines())
    assert {
        "file": "a.eml",
        "outcome": "message",
        "reason": "",
        "from": "anna@example.org",
        "subject": "Re: Koki",
        "new_text": "Jā, 250",
        "attachments": ["iesniegums.pdf", "koki.jpg"],
        "token": TOKEN,
    } == first
    assert [("own", "ours"), ("refused", "no sender")] == [(one["outcome"], one["reason"]) for one in others]


@pytest.mark.usefixtures("_ours")
def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are told all the same; the exit code says that one was not."""
    (tmp_path / "a.eml").write_bytes(letter())
    assert 2 == main(["letter", "nav.eml", "a.eml"])
    told = capsys.readouterr()
    assert ("letter: nav.eml can't be opened: No such file or directory\n", 1) == (told.err, len(told.out.splitlines()))
