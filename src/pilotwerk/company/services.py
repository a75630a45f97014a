"""Writes about the company. Each is one transaction with one audit entry."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.audit.services import record
from pilotwerk.company import permissions, selectors
from pilotwerk.company.catalogue import check
from pilotwerk.company.domain.survey import Withheld, published
from pilotwerk.company.models import Profile, ReadinessAnswer, RelatedEnterprise, SurveyRound, Tool
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.web.templatetags.pw import short_date

QUESTIONS = ("sector", "staff", "turnover", "balance", "related", "works_council", "hourly_cost")
# Opinions need time to change, and two rounds close together invite comparing who was there.
SURVEY_PAUSE = timedelta(days=90)
TOOL_FIELDS = ("name", "purpose", "team", "personal_data", "account", "approved")


@transaction.atomic
def profile_save(*, organisation: Organisation, actor: Actor, answers: Mapping[str, Any]) -> Profile:
    """Keep answers (see QUESTIONS and Profile for units); None means "I do not know" and is an answer too."""
    unknown = set(answers) - set(QUESTIONS)
    if unknown:
        raise ValueError(f"the profile does not ask {sorted(unknown)}")
    found, _made = Profile.objects.get_or_create(organisation=organisation)
    for question, answer in answers.items():
        is_text = question in ("sector", "related", "works_council")
        setattr(found, question, "" if answer is None and is_text else answer)
    found.answered = [question for question in QUESTIONS if question in {*found.answered, *answers}]
    _checked(found)
    found.save(update_fields=[*answers, "answered"])
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="company.profile_saved",
        subject=("company.Profile", str(found.id)),
        data={"answers": dict(answers)},
    )
    return found


@transaction.atomic
def related_add(
    *,
    organisation: Organisation,
    actor: Actor,
    name: str,
    linked: bool,
    share: float | None = None,
    staff: float | None = None,
    turnover: float | None = None,
    balance: float | None = None,
) -> RelatedEnterprise:
    """A linked enterprise counts in full; a partner's share lies between 0.25 and 0.5 (None: not known)."""
    made = RelatedEnterprise(
        organisation=organisation,
        name=name,
        linked=linked,
        share=None if linked else share,
        staff=staff,
        turnover=turnover,
        balance=balance,
    )
    _checked(made)
    made.save()
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="company.related_added",
        subject=("company.RelatedEnterprise", str(made.id)),
        data={"name": name, "linked": linked, "share": made.share, "staff": staff, "turnover": turnover}
        | {"balance": balance},
    )
    return made


@transaction.atomic
def related_remove(*, organisation: Organisation, actor: Actor, enterprise: RelatedEnterprise) -> None:
    """The enterprise no longer counts."""
    subject = ("company.RelatedEnterprise", str(enterprise.id))
    enterprise.delete()
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="company.related_removed",
        subject=subject,
        data={"name": enterprise.name},
    )


@transaction.atomic
def readiness_answer(
    *,
    organisation: Organisation,
    actor: Actor,
    membership: Membership,
    dimension: str,
    levels: Mapping[str, int | None],
) -> None:
    """Keep a lead's own answers (question id -> level, None: does not know) over earlier ones."""
    asked = check().dimension(dimension)
    if asked is None or membership.organisation_id != organisation.id:
        raise Refused(_("The readiness check has no such part."))
    if not membership.may(permissions.ANSWER):
        raise Refused(_("The leads answer this check under their names. For all others there is the survey."))
    tops = {question.id: len(question.levels) - 1 for question in asked.questions}
    for question, level in levels.items():
        if question not in tops or (level is not None and not 0 <= level <= tops[question]):
            raise Refused(_("One of the answers was not offered. Please answer again."))
        ReadinessAnswer.objects.update_or_create(
            organisation=organisation,
            membership=membership,
            question=question,
            defaults={"level": level, "version": check().version},
        )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="company.readiness_answered",
        subject=("company.ReadinessCheck", dimension),
        data={"dimension": dimension, "version": check().version, "questions": len(levels)},
    )


@transaction.atomic
def survey_open(*, organisation: Organisation, actor: Actor) -> SurveyRound:
    """Open a round. One at a time, and the next one SURVEY_PAUSE after the last one that was published."""
    last = selectors.survey_closed(organisation)
    if last is not None and last.closed_at and "withheld" not in last.result:
        again = last.closed_at + SURVEY_PAUSE
        if clock.now() < again:
            raise Refused(_("The next survey can be opened from %(day)s on.") % {"day": short_date(again)})
    try:
        with transaction.atomic():
            made: SurveyRound = SurveyRound.objects.create(organisation=organisation, version=check().version)
    except IntegrityError as error:
        raise Refused(_("A survey is open already.")) from error
    _record_survey(actor, made, "opened")
    return made


@transaction.atomic
def survey_answer(
    *, organisation: Organisation, membership: Membership, levels: Mapping[str, int | None]
) -> None:
    """Add one member's answers (question id -> level, None: does not know) to the tallies. They are final.

    Nothing that is stored says who answered what; the audit entry names nobody.
    """
    tops = {question.id: question.top for question in check().questions()}
    if set(levels) != set(tops) or any(
        level is not None and not 0 <= level <= tops[question] for question, level in levels.items()
    ):
        raise Refused(_("One of the answers was not offered. Please answer again."))
    current = (
        SurveyRound.objects.of(organisation)
        .filter(state=SurveyRound.State.OPEN, version=check().version)
        .select_for_update()
        .first()
    )
    if current is None or membership.organisation_id != organisation.id:
        raise Refused(_("No survey is open."))
    me = str(membership.pk)
    if me in current.participants:
        raise Refused(_("You have answered this survey already. An anonymous answer cannot be changed."))
    tallies = {question: current.tallies.get(question, [0] * (top + 1)) for question, top in tops.items()}
    for question, level in levels.items():
        if level is not None:
            tallies[question][level] += 1
    current.tallies, current.participants = tallies, sorted([*current.participants, me])
    current.save(update_fields=["tallies", "participants"])
    _record_survey(System("survey"), current, "answered")


@transaction.atomic
def survey_close(*, organisation: Organisation, actor: Actor) -> SurveyRound:
    """Close the round: what may be shown is published once, and the tallies are deleted."""
    current: SurveyRound | None = (
        SurveyRound.objects.of(organisation).filter(state=SurveyRound.State.OPEN).select_for_update().first()
    )
    if current is None:
        raise Refused(_("No survey is open."))
    found = published(
        check().questions(), current.tallies, current.participants, selectors.survey_earlier(organisation)
    )
    if isinstance(found, Withheld):
        current.result = {"withheld": found.value}
    else:
        current.result = {
            "respondents": found.respondents,
            "dimensions": {name: view.value for name, view in found.dimensions.items()},
            "questions": {name: view.value for name, view in found.questions.items()},
        }
    current.state, current.closed_at, current.tallies = SurveyRound.State.CLOSED, clock.now(), {}
    current.save(update_fields=["state", "closed_at", "tallies", "result"])
    _record_survey(actor, current, "closed", answers=len(current.participants))
    return current


def _record_survey(actor: Actor, survey: SurveyRound, verb: str, **data: Any) -> None:
    record(
        organisation_id=survey.organisation_id,
        actor=actor,
        action=f"company.survey_{verb}",
        subject=("company.SurveyRound", str(survey.id)),
        data=data,
    )


@transaction.atomic
def tool_add(
    *,
    organisation: Organisation,
    actor: Actor,
    name: str,
    purpose: str,
    team: str,
    personal_data: str = "",
    account: str = "",
    approved: str = "",
) -> Tool:
    """Put an AI tool on the list. Open answers ("") are allowed: better half known than forgotten."""
    made = Tool(
        organisation=organisation,
        name=name,
        purpose=purpose,
        team=team,
        personal_data=personal_data,
        account=account,
        approved=approved,
    )
    _checked(made)
    made.save()
    _record_tool(actor, made, "company.tool_added")
    return made


@transaction.atomic
def tool_change(*, organisation: Organisation, actor: Actor, tool: Tool, **changed: str) -> Tool:
    """Change fields of a tool (TOOL_FIELDS)."""
    if unknown := set(changed) - set(TOOL_FIELDS):
        raise ValueError(f"a tool has no {sorted(unknown)}")
    for field, value in changed.items():
        setattr(tool, field, value)
    _checked(tool)
    tool.save(update_fields=list(changed))
    _record_tool(actor, tool, "company.tool_changed")
    return tool


@transaction.atomic
def tool_remove(*, organisation: Organisation, actor: Actor, tool: Tool) -> None:
    """The tool is no longer in use; the audit trail keeps that it was."""
    _record_tool(actor, tool, "company.tool_removed")
    tool.delete()


def _record_tool(actor: Actor, tool: Tool, action: str) -> None:
    record(
        organisation_id=tool.organisation_id,
        actor=actor,
        action=action,
        subject=("company.Tool", str(tool.id)),
        data={field: getattr(tool, field) for field in TOOL_FIELDS},
    )


def _checked(row: Profile | RelatedEnterprise | Tool) -> None:
    """Hold the row against its fields' rules; what does not fit is refused with its sentence."""
    try:
        row.clean_fields(exclude=["organisation"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
