"""Day 1 to 6: the company, its people, its profile, its readiness, and the AI tools that are in use already."""

from datetime import datetime, time, timedelta
from functools import cache, partial
from typing import Any

from django.contrib.auth.hashers import make_password

from pilotwerk.accounts.models import Organisation, User
from pilotwerk.accounts.selectors import members
from pilotwerk.accounts.services import member_add, organisation_create
from pilotwerk.company.catalogue import Dimension, check
from pilotwerk.company.services import (
    profile_save,
    readiness_answer,
    survey_answer,
    survey_close,
    survey_open,
    tool_add,
)
from pilotwerk.core import clock
from pilotwerk.demo.people import CAST, COMPANY, Person, password
from pilotwerk.demo.scenes import programme
from pilotwerk.demo.stage import Stage, local
from pilotwerk.journey.services import plan_start

PROFILE = {
    "sector": "Sanitär, Heizung, Klima",
    "staff": 48.0,
    "turnover": 7_900_000.0,
    "balance": 3_400_000.0,
    "related": "no",
    "works_council": "yes",
    "hourly_cost": 46.0,
}
# Where the company stands, as a share of the highest level, and how people differ from the average.
STANDING = {"strategy": 0.5, "processes": 0.55, "data": 0.42, "technology": 0.4, "people_culture": 0.5}
STANDING |= {"law_governance": 0.3}
VIEWS = {"maren": 0.16, "jana": 0.04}
# The others answer anonymously; how much each sees the company below the leads' view.
TEAM = {
    "tobias": -0.1,
    "svenja": -0.04,
    "aylin": -0.12,
    "nils": -0.2,
    "kirsten": -0.02,
    "ute": -0.08,
    "soenke": -0.16,
}
TOOLS: tuple[dict[str, Any], ...] = (
    {
        "name": "Übersetzungsdienst",
        "purpose": "Schreiben an Kundinnen und Lieferanten übersetzen",
        "team": "Büroleitung",
        "personal_data": "no",
        "account": "company",
        "approved": "yes",
    },
    {
        "name": "Chat auf der Website des Herstellers",
        "purpose": "Fragen zu Geräten beantworten, eingebunden auf unserer Seite",
        "team": "Kundendienst",
        "personal_data": "yes",
        "account": "company",
        "approved": "yes",
    },
    {
        "name": "Chat-Assistenten über private Konten",
        "purpose": "Briefe formulieren, Angebote zusammenfassen",
        "team": "Kundendienst",
        "personal_data": "yes",
        "account": "private",
        "approved": "no",
    },
    {
        "name": "Diktierfunktion am Handy",
        "purpose": "Arbeitsberichte auf der Baustelle diktieren",
        "team": "Montage",
        "personal_data": "",
        "account": "private",
        "approved": "",
    },
)


def _user(person: Person) -> User:
    """The person's account. All have the same password, so its slow hash is made once."""
    user = User.objects.create_user(person.email, name=person.name)
    user.password = _password_hash()
    user.save(update_fields=["password"])
    return user


@cache
def _password_hash() -> str:
    return make_password(password())


def company_founded(*, at: datetime) -> Organisation:
    """The organisation with its managing director, the evening before the plan starts."""
    with clock.travel(at):
        return organisation_create(
            owner=_user(CAST[0]), name=COMPANY, country="DE", region="SH", is_sample=True
        )


def plan(stage: Stage) -> None:
    """Put the scene into the agenda."""
    owner = CAST[0]
    stage.members[owner.key] = members(stage.organisation).get(user__email=owner.email)
    eve = local(stage.start - timedelta(days=1), time(17, 20))
    for minutes, person in enumerate(CAST[1:]):
        stage.agenda.plan(eve + timedelta(minutes=minutes), partial(_join, stage, person))
    stage.on(1, "08:30", partial(_plan_starts, stage))
    stage.on(1, "09:10", partial(_profile, stage))
    for hour, tool in enumerate(TOOLS, 9):
        stage.on(3, f"{hour:02}:25", partial(_tool, stage, tool))
    for number, key in enumerate(VIEWS):
        stage.on(4, f"{10 + number}:15", partial(_readiness, stage, key))
    stage.on(4, "13:00", partial(_survey_opens, stage))
    for number, key in enumerate(TEAM):
        stage.on(4 + number // 4, f"{14 + number % 4}:05", partial(_survey, stage, key))
    stage.on(6, "12:00", partial(_survey_closes, stage))


def _join(stage: Stage, person: Person) -> None:
    stage.members[person.key] = member_add(
        **stage.by("maren"), user=_user(person), role=person.role.value, team=person.team
    )


def _plan_starts(stage: Stage) -> None:
    plan_start(**stage.by("maren"), start=stage.start)
    programme.tasks_and_gates(stage)


def _profile(stage: Stage) -> None:
    profile_save(**stage.by("jana"), answers=PROFILE)


def _tool(stage: Stage, tool: dict[str, Any]) -> None:
    tool_add(**stage.by("jana"), **tool)


def _levels(stage: Stage, key: str, view: float, dimension: Dimension) -> dict[str, int | None]:
    """What a person answers to the questions of a part: the company's standing, their view, and chance."""
    rng = stage.rng(f"readiness:{key}:{dimension.id}")
    levels: dict[str, int | None] = {}
    for question in dimension.questions:
        top = len(question.levels) - 1
        share = STANDING[dimension.id] + view + rng.gauss(0, 0.18)
        levels[question.id] = None if rng.random() < 0.06 else min(max(round(share * top), 0), top)
    return levels


def _readiness(stage: Stage, key: str) -> None:
    """One of the leads answers all parts; `VIEWS` says how they differ."""
    for dimension in check().dimensions:
        readiness_answer(
            **stage.by(key),
            membership=stage.members[key],
            dimension=dimension.id,
            levels=_levels(stage, key, VIEWS[key], dimension),
        )


def _survey_opens(stage: Stage) -> None:
    survey_open(**stage.by("jana"))


def _survey(stage: Stage, key: str) -> None:
    """One of the team answers everything at once, anonymously."""
    levels: dict[str, int | None] = {}
    for dimension in check().dimensions:
        levels |= _levels(stage, key, TEAM[key], dimension)
    survey_answer(organisation=stage.organisation, membership=stage.members[key], levels=levels)


def _survey_closes(stage: Stage) -> None:
    survey_close(**stage.by("jana"))
