"""`team`: who works here, in which role; `team revoke ADDRESS` takes a role away."""

import argparse
import asyncio
import sys

from bot import schema, settings
from bot.clock import RIGA, SystemClock
from bot.database import Database
from bot.desk import team
from bot.messages import Address


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    revoke = actions.add_parser("revoke", help="take a role away")
    revoke.add_argument("address", help="such as telegram:123456789, as `team` lists it")


def run(options: argparse.Namespace) -> int:
    """List the team, or take a role away."""
    database = Database(settings.load().database)
    schema.prepare(database)
    if options.action == "revoke":
        address, now = Address.parse(options.address), SystemClock().now()
        if not asyncio.run(database.write(lambda tx: team.revoke(tx, address, now))):
            print(f"{address} is not in the team", file=sys.stderr)
            return 1
        print(f"{address} is no longer in the team")
        return 0
    for member in asyncio.run(database.read(team.members)):
        regions = f", {', '.join(member.regions)}" if member.regions else ""
        since = f", since {member.since.astimezone(RIGA):%d.%m.%Y}" if member.since else ""
        print(f"{member.address}  {member.role}  {member.name}{since}{regions}")
    return 0
