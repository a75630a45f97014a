"""Reads about the company."""

from django.db.models import QuerySet

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.company.catalogue import check
from pilotwerk.company.domain.readiness import Answer, Readiness, readiness
from pilotwerk.company.domain.size import SizeResult, SizeUnknown, size_class
from pilotwerk.company.models import Profile, ReadinessAnswer, RelatedEnterprise, Tool, YesNo


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
    """Averages and spread of the readiness check; single answers never leave this function."""
    questions = check().questions()
    known = {question.id: question.top for question in questions}
    rows = ReadinessAnswer.objects.of(organisation).values_list("membership_id", "question", "level")
    answers = [
        Answer(str(member), question, level)
        for member, question, level in rows
        # Answers to questions that an older version asked are kept but no longer counted.
        if question in known and (level is None or level <= known[question])
    ]
    return readiness(questions, answers)


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
