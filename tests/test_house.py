"""The house is as its papers say: settings, commands and files are described where people look for them."""

import re
from dataclasses import fields
from pathlib import Path

from bot.__main__ import _COMMANDS
from bot.settings import Settings

_ROOT = Path(__file__).parents[1]
_TOP = {"bot", "flows", "knowledge", "templates", "tests"}


def _text(name: str) -> str:
    return (_ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_explained() -> None:
    """`.env.example` names each setting, with the default that holds without it, and no other."""
    named = dict(re.findall(r"^([A-Z_]+)=(.*)$", _text(".env.example"), re.MULTILINE))
    settings = {field.name.upper(): field.default for field in fields(Settings) if field.name != "problems"}
    assert set(settings) == set(named)
    assert {} == {name: value for name, value in named.items() if value and str(settings[name]) != value}


def test_every_command_is_in_the_readme() -> None:
    """Whoever reads the README knows every `python -m bot` command and every target of make."""
    readme = _text("README.md")
    targets = re.findall(r"^((?!help)[a-z]+):.*##", _text("Makefile"), re.MULTILINE)
    assert [] == [name for name in _COMMANDS if f"`{name}" not in readme and f"bot {name}" not in readme]
    assert [] == [target for target in targets if f"make {target}" not in readme]


def test_the_top_level_is_the_agreed_one() -> None:
    """No folder stands beside the five rooms, and each says what it is for."""
    folders = {path.parent.name for path in _ROOT.glob("*/__init__.py")}
    assert _TOP - {"templates"} == folders


def test_the_lock_names_no_host() -> None:
    """A clone installs from whichever registry its machine is set up with."""
    assert [] == re.findall(r"https?://\S+", _text("requirements.lock"))


def test_the_procfile_starts_what_there_is() -> None:
    """Each line of the Procfile is a command of ours."""
    lines = dict(line.split(": ", 1) for line in _text("Procfile").splitlines())
    assert {"release", "web", "worker"} == set(lines)
    assert {"db", "web", "worker"} == {line.removeprefix("python -m bot ").split()[0] for line in lines.values()}
