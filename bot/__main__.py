"""The command line: `python -m bot COMMAND`. Each command is a function in bot.commands; this says what there is."""

import argparse
import gc
import logging
import sys
from importlib import import_module
from pathlib import Path

from bot.settings import SettingsError

# command -> (module in bot.commands, what it is for)
_COMMANDS = {
    "chat": ("chat", "talk to the assistant in this terminal, or through a pipe, one message a line"),
    "run": ("run", "run everything: Telegram, the web side, delivery, timers"),
    "web": ("run", "run only the web side (webhook, health, metrics)"),
    "worker": ("run", "run everything but the web side"),
    "ask": ("ask", "ask one question, or one a line on stdin"),
    "read": ("read", "show what a flow would take from texts, one a line on stdin"),
    "letter": ("letter", "show what letters are taken for, and what is new in them"),
    "check": ("check", "check topics, flows and words"),
    "doctor": ("doctor", "say what is wrong with this installation, and what to do"),
    "db": ("db", "upgrade the database: `db upgrade`"),
    "backup": ("backup", "copy database and objects into a folder"),
    "restore": ("backup", "bring a backup back into an empty database"),
    "report": ("report", "write the report for whoever pays: `report --from 2026-01-01 --to 2026-12-31 OUT.xlsx`"),
    "export": ("export", "make a file of registrations for people, maps or Reportnet 3, or check one"),
    "retention": ("retention", "erase what has been kept long enough; `retention --dry-run` only counts it"),
    "inbox": ("inbox", "handle a failed message again: `inbox retry ID`"),
    "invite": ("invite", "print a one-time link by which somebody joins the team"),
    "team": ("team", "list who works here, or take a role away: `team revoke ADDRESS`"),
    "organisations": ("organisations", "take in a list of organisations to write to: `organisations import FILE`"),
    "flow": ("flow", "show a flow as a table and a diagram: `flow show NAME`"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 well, 1 not, 2 used wrongly."""
    # Seldom: most of what is made stays, and looking for garbage was a third of the start and a sixth of the work.
    gc.set_threshold(50_000, 20, 50)
    parser = argparse.ArgumentParser(prog="python -m bot", description="Koku palīgs")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    given = sys.argv[1:] if arguments is None else arguments
    for name, (module, help_) in _COMMANDS.items():
        command = commands.add_parser(name, help=help_, description=help_)
        if given[:1] == [name]:
            # Only the command that runs is imported: start-up time is a person waiting.
            import_module(f"bot.commands.{module}").add_arguments(command)
    options = parser.parse_args(given)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        return int(import_module(f"bot.commands.{_COMMANDS[options.command][0]}").run(options))
    except SettingsError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
