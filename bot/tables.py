"""Every table there is: importing this module fills the metadata that migrations are compared with."""

from bot import alarms, leases, notices, pulses, timers
from bot.attachments import records as attachments
from bot.database import metadata
from bot.delivery import contents, outbox
from bot.desk import answers, approving, audit, automatic, boards, cases, enclosing, lettered, mirrors, relay, team
from bot.documents import orders
from bot.inbox import ledger
from bot.lists import records as lists
from bot.mailroom import records as letters
from bot.outreach import announcements, attendance, audience, broadcasts, events, replies
from bot.outreach.organisations import records as organisations
from bot.people import contacts, guests, linking, permissions
from bot.people.privacy import erasures
from bot.progress import tallies
from bot.registrations import changes, records, sites, survival
from bot.registrations.certificate import records as certificates
from bot.registrations.export import history as exports

OWNERS = (
    alarms,
    announcements,
    answers,
    approving,
    attachments,
    audit,
    attendance,
    audience,
    automatic,
    boards,
    broadcasts,
    cases,
    certificates,
    changes,
    contacts,
    contents,
    enclosing,
    events,
    erasures,
    exports,
    guests,
    leases,
    lettered,
    ledger,
    letters,
    linking,
    lists,
    notices,
    mirrors,
    orders,
    organisations,
    outbox,
    permissions,
    pulses,
    records,
    relay,
    replies,
    sites,
    tallies,
    survival,
    team,
    timers,
)

__all__ = ["OWNERS", "metadata"]
