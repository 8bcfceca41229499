"""The room: what the team asks about the progress, and the documents that are made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.engine import Connection

from bot.conversation.response import Event, Say
from bot.conversation.roles import OURS
from bot.desk import team
from bot.documents import orders
from bot.documents.orders import Order
from bot.documents.press import Made, Maker
from bot.progress import counting, picture, tallies, weekly, workbook
from bot.progress.counting import Count
from bot.progress.funnel import funnel
from bot.progress.pace import Goal, pace
from bot.progress.report import Report, gather
from bot.rooms import Handler, Scene
from bot.words import Words
from bot.words.dates import MONTHS_LV
from bot.words.rendering import Tongue

PICTURE, REPORT = "progress", "report"  # kinds of orders

_FIRST = 5  # of municipalities and species that are named
_MONTHS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """Answers the team; counting is left to the press, since it may take a second and a writer must not wait."""

    words: Words
    goal: Goal
    topics: Mapping[str, str]  # what the topics that have an answer are called

    @property
    def handlers(self) -> dict[str, Handler]:
        """What the room hears of."""
        return {
            "progress.asked": self.ask,
            "funnel.asked": self.look,
            "report.asked": self.order_report,
            "consultation.given": tallies.consulted,
            "draft.sent": tallies.sent,
        }

    @property
    def makers(self) -> dict[str, Maker]:
        """What the room has the press make."""
        return {PICTURE: self.make, REPORT: self.make_report, weekly.WEEKLY: self.make_week}

    def ask(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Order the picture with its numbers; brings up whether whoever asks may have it."""
        if not team.allowed(tx, scene, OURS):
            return {"ordered": False}
        orders.place(
            tx,
            kind=PICTURE,
            payload={"sharp": event.data["sharp"], "at": scene.now.isoformat()},
            chat=scene.chat,
            contact_id=scene.contact_id,
            now=scene.now,
        )
        return {"ordered": True}

    def look(self, tx: Connection, _: Event, scene: Scene) -> Mapping[str, Any]:
        """Bring up where drafts are given up and which questions have no answer; None for whoever may not know."""
        return {"funnel": funnel(tx, scene.now, self.topics) if team.allowed(tx, scene, OURS) else None}

    def order_report(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Order the report; brings up whether whoever asks may have it."""
        if not team.allowed(tx, scene, "coordinator"):
            return {"ordered": False}
        orders.place(
            tx,
            kind=REPORT,
            payload={"first": event.data["first"], "last": event.data["last"], "at": scene.now.isoformat()},
            chat=scene.chat,
            contact_id=scene.contact_id,
            now=scene.now,
        )
        return {"ordered": True}

    def report(self, tx: Connection, first: date, last: date, now: datetime) -> Report:
        """Gather what the report tells; raises ValueError where the last day is before the first."""
        return gather(tx, first, last, now=now, goal=self.goal, topics=self.topics)

    def make_report(self, tx: Connection, order: Order) -> Callable[[], Made]:
        """Gather first, then write the workbook."""
        first, last = (date.fromisoformat(order.payload[key]) for key in ("first", "last"))
        report = self.report(tx, first, last, datetime.fromisoformat(order.payload["at"]))

        def make() -> Made:
            return Made(
                content=workbook.write(report),
                name=f"Atskaite {first} – {last}.xlsx",
                media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                say=Say(template="report", values={"first": first, "last": last}),
            )

        return make

    def make(self, tx: Connection, order: Order) -> Callable[[], Made]:
        """Count first, then draw."""
        counted = counting.count(tx, datetime.fromisoformat(order.payload["at"]))
        species = counting.by_species(tx)
        voice = self.words.tongue("lv")

        def make() -> Made:
            return Made(
                content=picture.draw(picture.on_screen(counted, self.goal, voice)),
                name=f"koki-{counted.at:%Y-%m-%d}.png",
                media_type="image/png",
                photo=not order.payload["sharp"],
                say=told(counted, species, self.goal, voice),
            )

        return make

    def make_week(self, tx: Connection, order: Order) -> Callable[[], Made]:
        """Look at the week that is over; the picture is that of today."""
        now = datetime.fromisoformat(order.payload["at"])
        counted, week = counting.count(tx, now), weekly.week(tx, now)
        voice = self.words.tongue("lv")

        def make() -> Made:
            return Made(
                content=picture.draw(picture.on_screen(counted, self.goal, voice)),
                name=f"koki-{now:%Y-%m-%d}.png",
                media_type="image/png",
                photo=True,
                say=of_week(week, counted, self.goal, voice),
                subject=f"Koku nedēļa {week.first:%d.%m.}–{week.last:%d.%m.%Y}.",
            )

        return make


def of_week(week: weekly.Week, counted: Count, goal: Goal, voice: Tongue) -> Say:
    """Say what coordinators hear of a week: at most 1024 characters, as a caption may have."""
    going = pace(counted, goal)
    places = {name: sum_.trees for name, sum_ in week.municipalities.items()}
    values = {
        "week": week,
        "municipalities": _listed(places, voice),
        "count": counted,
        "pace": going,
        "month": _daily(going.month, voice),
    }
    return Say(template="progress_week", values=values)


def told(counted: Count, species: Mapping[str, int], goal: Goal, voice: Tongue) -> Say:
    """Say what stands under the picture: at most 1024 characters, as a caption may have."""
    going = pace(counted, goal)
    months = list(counted.months.items())[-_MONTHS:] if counted.told.registrations else []
    places = {name: sum_.trees for name, sum_ in counted.municipalities.items()}
    values = {
        "count": counted,
        "goal": goal,
        "share": picture.share(counted.told.trees, goal, voice),
        "pace": going,
        "month": _daily(going.month, voice),
        "year": _daily(going.year, voice),
        "municipalities": _listed(places, voice),
        "species": _listed(species, voice),
        "months": ", ".join(f"{MONTHS_LV[day.month - 1]} – {voice.number(sum_.trees)}" for day, sum_ in months),
    }
    return Say(template="progress", values=values)


def _listed(trees: Mapping[str, int], voice: Tongue) -> str:
    return ", ".join(f"{name} – {voice.number(number)}" for name, number in list(trees.items())[:_FIRST])


def _daily(trees: float, voice: Tongue) -> str:
    """Say trees a day: with a decimal where they are few."""
    return voice.number(round(trees, 1) if 0 < trees < 10 else round(trees))
