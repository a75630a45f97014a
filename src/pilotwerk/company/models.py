"""Profile, related enterprises, answers to the readiness check, AI tools in use."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotwerk.accounts.models import Membership
from pilotwerk.company.domain.size import Figures, Related
from pilotwerk.core.models import TenantModel

NOT_NEGATIVE = [MinValueValidator(0)]


class YesNo(models.TextChoices):
    """An answer that may be open."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "", pgettext_lazy("answer", "I do not know")


class WorksCouncil(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    ELECTING = "electing", _("Being elected")
    UNKNOWN = "", pgettext_lazy("answer", "I do not know")


class Profile(TenantModel):
    """What is known about the company. Empty fields are open; `answered` says which questions were asked.

    Staff in people (part time in proportion), money in EUR a year, the hourly cost in EUR with employer's
    contributions and overhead. Name and place are the organisation's.
    """

    sector = models.CharField(max_length=80, blank=True)
    staff = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    turnover = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    balance = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    related = models.CharField(max_length=3, choices=YesNo.choices, blank=True)
    works_council = models.CharField(max_length=8, choices=WorksCouncil.choices, blank=True)
    hourly_cost = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    answered = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="one_profile_each"),
            models.CheckConstraint(
                condition=models.Q(staff__isnull=True) | models.Q(staff__gte=0), name="profile_staff_positive"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def figures(self) -> Figures:
        """The company's own figures, without related enterprises."""
        return Figures(self.staff, self.turnover, self.balance)


class RelatedEnterprise(TenantModel):
    """A linked enterprise (counts in full) or a partner enterprise (`share` 0.25..0.5 counts)."""

    name = models.CharField(_("Name"), max_length=120)
    linked = models.BooleanField()
    share = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0.25), MaxValueValidator(0.5)]
    )
    staff = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    turnover = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    balance = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def counted(self) -> Related:
        """As the rules of the size class take it."""
        return Related(self.name, Figures(self.staff, self.turnover, self.balance), self.linked, self.share)


class ReadinessAnswer(TenantModel):
    """What one of the leads answered to one question, under their name. `level` None means "I do not know".

    Members of other roles take part in the anonymous team survey instead.
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    question = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    version = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "question"], name="one_readiness_answer_each")
        ]

    def __str__(self) -> str:
        return self.question


class SurveyRound(TenantModel):
    """A round of the anonymous team survey, from opening to its one publication.

    `tallies`: question -> how often each level was answered; there is no row for a single answer. `participants`:
    ids of the memberships that took part, in order of the ids and not of the answers; kept to refuse a second answer
    and a later round that would show single people by difference. `result` is written once, when the round is
    closed, and the tallies are deleted with it (company.domain.survey).
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    version = models.CharField(max_length=20)
    participants = models.JSONField(default=list)
    tallies = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(state="open"), name="one_open_survey_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}: {self.state}"


class Account(models.TextChoices):
    COMPANY = "company", _("Company account")
    PRIVATE = "private", _("Private account")
    UNKNOWN = "", pgettext_lazy("answer", "I do not know")


class Tool(TenantModel):
    """An AI tool in use, whether the company introduced it or not. The team is named, never a person."""

    name = models.CharField(_("Name of the tool"), max_length=80)
    purpose = models.CharField(_("What is it used for?"), max_length=200)
    team = models.CharField(_("Which team uses it?"), max_length=80)
    personal_data = models.CharField(
        _("Do names or other data about people go in?"), max_length=3, choices=YesNo.choices, blank=True
    )
    account = models.CharField(_("Which account is used?"), max_length=7, choices=Account.choices, blank=True)
    approved = models.CharField(
        _("Has the management approved it?"), max_length=3, choices=YesNo.choices, blank=True
    )

    class Meta:
        ordering = ["name", "team"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_official(self) -> bool:
        """Approved and used through the company's accounts."""
        return self.approved == YesNo.YES and self.account == Account.COMPANY

    @property
    def is_risky(self) -> bool:
        """Data about people goes into a private account: the company has no contract with the provider."""
        return self.personal_data == YesNo.YES and self.account == Account.PRIVATE
