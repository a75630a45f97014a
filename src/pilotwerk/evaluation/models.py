"""What people add to the measured effect: assumptions about money, what was learnt, the decision."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotwerk.core.models import TenantModel
from pilotwerk.evaluation.domain.decision import Choice

CHOICES = [
    (Choice.SCALE.value, _("Scale")),
    (Choice.CHANGE.value, _("Change")),
    (Choice.STOP.value, _("Stop")),
]
SHARE = [MinValueValidator(0), MaxValueValidator(100)]
NOT_NEGATIVE = [MinValueValidator(0)]


class RoiAssumptions(TenantModel):
    """What the return is worked out with.

    Shares are kept in whole percent, amounts in euro a year or once.
    """

    pilot = models.OneToOneField("pilots.Pilot", on_delete=models.CASCADE, related_name="+", editable=False)
    cases_per_year = models.PositiveIntegerField(_("Cases a year"))
    cases_basis = models.CharField(_("Where the number of cases comes from"), max_length=200)
    ai_percent = models.PositiveSmallIntegerField(
        _("Share of the cases that will go with AI, in percent"), validators=SHARE
    )
    euro_per_hour = models.DecimalField(
        _("Cost of an hour of work, in euro"), max_digits=7, decimal_places=2, validators=NOT_NEGATIVE
    )
    wage_basis = models.CharField(_("Where the cost of an hour comes from"), max_length=200)
    realisation_percent = models.PositiveSmallIntegerField(
        _("Share of the saved time that is used for other work, in percent"), validators=SHARE
    )
    running_cautious = models.DecimalField(
        _("Running costs a year, cautious"), max_digits=10, decimal_places=2, validators=NOT_NEGATIVE
    )
    running_middle = models.DecimalField(
        _("Running costs a year, middle"), max_digits=10, decimal_places=2, validators=NOT_NEGATIVE
    )
    running_favourable = models.DecimalField(
        _("Running costs a year, favourable"), max_digits=10, decimal_places=2, validators=NOT_NEGATIVE
    )
    running_basis = models.CharField(_("What the running costs consist of"), max_length=200)
    one_off_cautious = models.DecimalField(
        _("One-off costs, cautious"), max_digits=10, decimal_places=2, validators=NOT_NEGATIVE
    )
    one_off_middle = models.DecimalField(
        _("One-off costs, middle"), max_digits=10, decimal_places=2, validators=NOT_NEGATIVE
    )
    one_off_favourable = models.DecimalField(
        _("One-off costs, favourable"), max_digits=10, decimal_places=2, validators=NOT_NEGATIVE
    )
    one_off_basis = models.CharField(_("What the one-off costs consist of"), max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="roi_percent_within", condition=Q(ai_percent__lte=100, realisation_percent__lte=100)
            ),
            models.CheckConstraint(
                name="roi_running_in_order",
                condition=Q(running_cautious__gte=models.F("running_middle"))
                & Q(running_middle__gte=models.F("running_favourable"))
                & Q(running_favourable__gte=0),
            ),
            models.CheckConstraint(
                name="roi_one_off_in_order",
                condition=Q(one_off_cautious__gte=models.F("one_off_middle"))
                & Q(one_off_middle__gte=models.F("one_off_favourable"))
                & Q(one_off_favourable__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot}"


class Learning(TenantModel):
    """Something that the next pilot should do again or do differently."""

    class Topic(models.TextChoices):
        PROCESS = "process", _("Process")
        DATA = "data", _("Data")
        PEOPLE = "people", pgettext_lazy("learning", "People")
        TECHNOLOGY = "technology", _("Technology")
        RULES = "rules", _("Law and rules")

    pilot = models.ForeignKey("pilots.Pilot", on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(_("What is it about?"), max_length=10, choices=Topic.choices)
    observation = models.CharField(_("What did you notice?"), max_length=500)
    consequence = models.CharField(_("What follows from it?"), max_length=500)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                name="learning_says_something", condition=~Q(observation="") & ~Q(consequence="")
            ),
        ]

    def __str__(self) -> str:
        return self.observation[:60]


class Decision(TenantModel):
    """What is done with a pilot.

    A draft may change; once signed it stays, with the evidence of that moment.
    """

    pilot = models.OneToOneField("pilots.Pilot", on_delete=models.CASCADE, related_name="+")
    choice = models.CharField(max_length=6, choices=CHOICES)
    reason = models.TextField(max_length=2000)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=120, blank=True)
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_signed_by_somebody",
                condition=Q(signed_at=None, signed_by="") | (Q(signed_at__isnull=False) & ~Q(signed_by="")),
            ),
            models.CheckConstraint(name="evaluation_decision_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="evaluation_decision_known", condition=Q(choice__in=[choice.value for choice in Choice])
            ),
        ]

    def __str__(self) -> str:
        return self.get_choice_display()
