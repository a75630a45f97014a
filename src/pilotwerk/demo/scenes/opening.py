"""Day 1 to 6: the company, its people, its profile, its readiness, and the AI tools that are in use already."""

from datetime import datetime, time, timedelta

from pilotwerk.accounts.models import Organisation, User
from pilotwerk.accounts.selectors import members
from pilotwerk.accounts.services import member_add, organisation_create
from pilotwerk.company.catalogue import check
from pilotwerk.company.services import profile_save, readiness_answer, tool_add
from pilotwerk.core import clock
from pilotwerk.demo.people import CAST, COMPANY, Person, password
from pilotwerk.demo.stage import Stage, local

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
VIEWS = {"maren": 0.16, "jana": 0.04, "tobias": -0.1, "ute": -0.08, "soenke": -0.16}
TOOLS = (
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
    """The person's account; a reset finds the one of the last time."""
    found = User.objects.filter(email=person.email).first()
    return found or User.objects.create_user(person.email, password(), name=person.name)


def company_founded(*, at: datetime) -> Organisation:
    """The organisation with its managing director, the evening before the plan starts."""
    with clock.travel(at):
        return organisation_create(
            owner=_user(CAST[0]), name=COMPANY, country="DE", region="SH", is_sample=True
        )


def people_join(stage: Stage) -> None:
    """Everybody gets an account and a role."""
    owner = CAST[0]
    stage.members[owner.key] = members(stage.organisation).get(user__email=owner.email)
    eve = local(stage.start - timedelta(days=1), time(17, 20))
    for minutes, person in enumerate(CAST[1:]):
        with stage.at(eve + timedelta(minutes=minutes)):
            stage.members[person.key] = member_add(
                **stage.by("maren"), user=_user(person), role=person.role, team=person.team
            )


def profile_and_tools(stage: Stage) -> None:
    """Day 1 and 3: who we are, and which AI tools are in use, approved or not."""
    with stage.on(1, "09:10"):
        profile_save(**stage.by("jana"), answers=PROFILE)
    for hour, tool in enumerate(TOOLS, 9):
        with stage.on(3, f"{hour:02}:25"):
            tool_add(**stage.by("jana"), **tool)


def readiness_told(stage: Stage) -> None:
    """Day 4 to 6: five people answer the readiness check; they do not see it alike."""
    rng = stage.rng("readiness")
    for index, (key, view) in enumerate(VIEWS.items()):
        for dimension in check().dimensions:
            levels: dict[str, int | None] = {}
            for question in dimension.questions:
                top = len(question.levels) - 1
                share = STANDING[dimension.id] + view + rng.gauss(0, 0.18)
                unsure = rng.random() < 0.06
                levels[question.id] = None if unsure else min(max(round(share * top), 0), top)
            with stage.on(4 + index // 2, f"{10 + index}:15"):
                readiness_answer(
                    **stage.by(key), membership=stage.members[key], dimension=dimension.id, levels=levels
                )
