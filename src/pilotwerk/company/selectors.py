"""Reads about the company."""

from typing import Any

from django.db.models import QuerySet

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.company.catalogue import check
from pilotwerk.company.domain.readiness import Answer, Readiness, readiness
from pilotwerk.company.domain.size import SizeResult, SizeUnknown, size_class
from pilotwerk.company.domain.survey import Published, View, Withheld
from pilotwerk.company.models import Profile, ReadinessAnswer, RelatedEnterprise, SurveyRound, Tool, YesNo
from pilotwerk.core.permissions import Role


def profile(organisation: Organisation) -> Profile:
    """The profile; an empty one that is not stored yet where nothing was answered."""
    return Profile.objects.of(organisation).first() or Profile(organisation=organisation)


def related(organisation: Organisation) -> list[RelatedEnterprise]:
    """Linked and partner enterprises, by name."""
    return list(RelatedEnterprise.objects.of(organisation))


def size(organisation: Organisation) -> SizeResult | SizeUnknown:
    """The size class after Recommendations 2003/361/EC and (EU) 2025/1099, or what is missing to tell it."""
    found = profile(organisation)
    others = related(organisation) if found.related == YesNo.YES else []
    known = found.related == YesNo.NO or bool(others)
    return size_class(found.figures, [other.counted for other in others], related_known=known)


def readiness_result(organisation: Organisation) -> Readiness:
    """Averages and spread of the leads' readiness check, which they answer under their names."""
    questions = check().questions()
    known = {question.id: question.top for question in questions}
    rows = _of_leads(organisation).values_list("membership_id", "question", "level")
    answers = [
        Answer(str(member), question, level)
        for member, question, level in rows
        # Answers to questions that an older version asked are kept but no longer counted.
        if question in known and (level is None or level <= known[question])
    ]
    return readiness(questions, answers)


def _of_leads(organisation: Organisation) -> QuerySet[ReadinessAnswer]:
    """Answers of those who lead now; a member who got another role no longer counts."""
    found: QuerySet[ReadinessAnswer] = ReadinessAnswer.objects.of(organisation).filter(
        membership__role__in=[Role.OWNER, Role.LEAD]
    )
    return found


def readiness_people(organisation: Organisation) -> list[str]:
    """Names of the leads who have answered, by consent."""
    return sorted(set(_of_leads(organisation).values_list("membership__user__name", flat=True)))


def survey_open(organisation: Organisation) -> SurveyRound | None:
    """The round that can be answered now, or None."""
    found: SurveyRound | None = (
        SurveyRound.objects.of(organisation).filter(state=SurveyRound.State.OPEN).defer("tallies").first()
    )
    return found


def survey_closed(organisation: Organisation) -> SurveyRound | None:
    """The round that was closed last, or None."""
    found: SurveyRound | None = (
        SurveyRound.objects.of(organisation)
        .filter(state=SurveyRound.State.CLOSED)
        .defer("tallies")
        .order_by("-closed_at")
        .first()
    )
    return found


def survey_result(organisation: Organisation) -> Published | Withheld | None:
    """What the last closed round shows; None where no round was closed. Nothing else of an answer is readable."""
    closed = survey_closed(organisation)
    if closed is None:
        return None
    stored: dict[str, Any] = closed.result
    if "withheld" in stored:
        return Withheld(stored["withheld"])
    dimensions, questions = (
        {name: View(view) for name, view in stored[part].items()} for part in ("dimensions", "questions")
    )
    return Published(stored["respondents"], dimensions, questions)


def survey_done(organisation: Organisation, membership: Membership) -> bool:
    """Whether this member has answered the open round."""
    current = survey_open(organisation)
    return current is not None and str(membership.pk) in current.participants


def survey_earlier(organisation: Organisation) -> list[set[str]]:
    """Who took part in each round that was published."""
    closed = SurveyRound.objects.of(organisation).filter(state=SurveyRound.State.CLOSED)
    return [set(one.participants) for one in closed.defer("tallies") if "withheld" not in one.result]


def readiness_own(membership: Membership) -> dict[str, int | None]:
    """What this member has answered: question id -> level, None for "I do not know"."""
    return dict(
        ReadinessAnswer.objects.of(membership.organisation)
        .filter(membership=membership)
        .values_list("question", "level")
    )


def readiness_open(membership: Membership) -> list[str]:
    """Dimensions in which this member has not answered every question, in order."""
    answered = readiness_own(membership).keys()
    return [
        dimension.id
        for dimension in check().dimensions
        if any(question.id not in answered for question in dimension.questions)
    ]


def tools(organisation: Organisation) -> QuerySet[Tool]:
    """AI tools in use, by name."""
    return Tool.objects.of(organisation)
