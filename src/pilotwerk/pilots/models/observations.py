"""What is measured about a case: time in the queue, a blind check of quality, what the customer said."""

from django.db import models
from django.db.models import Q

from pilotwerk.core.models import TenantModel
from pilotwerk.pilots.models.cases import Case


class Sitting(TenantModel):
    """One person has one case open. When it ends the person is forgotten: figures are about cases only."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sittings")
    member = models.ForeignKey("accounts.Membership", null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()
    last_signal_at = models.DateTimeField()
    seconds = models.FloatField(default=0)
    # The page has given a sign of activity: from then on silence counts less (domain.handling).
    live = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="sitting_seconds_positive", condition=Q(seconds__gte=0)),
            models.CheckConstraint(
                name="ended_sitting_forgets_person", condition=Q(ended_at=None) | Q(member=None)
            ),
            models.UniqueConstraint(
                fields=["member"], condition=Q(ended_at=None), name="one_open_sitting_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.label} {self.seconds:.0f} s"


class QualityCheck(TenantModel):
    """A reviewer's verdict on request and reply, given without knowing the arm."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="quality_check")
    ok = models.BooleanField()
    note = models.CharField(max_length=500, blank=True, default="")
    # Only until the second rating: whoever rated first may not rate again. Then it is forgotten.
    rater_id = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.case.label} {'ok' if self.ok else 'not ok'}"


class SecondCheck(TenantModel):
    """A second reviewer's verdict on the same answer, given without seeing the first."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="second_check")
    ok = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.case.label} {'ok' if self.ok else 'not ok'}"


class PlantedCheck(TenantModel):
    """A mistake put in on purpose, and whether it was noticed. By whom is not kept, anywhere."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="planted")
    proposal = models.ForeignKey("pilots.Proposal", on_delete=models.CASCADE, related_name="+")
    answered_at = models.DateTimeField(null=True)
    noticed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="planted_answer_is_whole",
                condition=Q(answered_at=None, noticed=None)
                | Q(answered_at__isnull=False, noticed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.case.label


class CaseOutcome(TenantModel):
    """Known later: the customer's mark from 1 to 5, and whether they wrote again within 7 days."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="outcome")
    satisfaction = models.PositiveSmallIntegerField(null=True)
    recontacted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="satisfaction_one_to_five",
                condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5),
            ),
        ]

    def __str__(self) -> str:
        return self.case.label
