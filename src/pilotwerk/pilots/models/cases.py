"""A case, what was proposed for it, what was decided, and what went out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotwerk.audit.domain.actor import System
from pilotwerk.core import clock
from pilotwerk.core.models import TenantModel
from pilotwerk.pilots.domain.autonomy import Level
from pilotwerk.pilots.domain.states import Arm, CaseState

CASE_STATES = [
    (CaseState.RECEIVED.value, _("received")),
    (CaseState.ASSIGNED.value, _("proposal in preparation")),
    (CaseState.WAITING.value, _("waits for a decision")),
    (CaseState.WAITING_MANUAL.value, _("waits for an answer")),
    (CaseState.WAITING_SECOND.value, _("waits for a second person")),
    (CaseState.DEFERRED.value, _("deferred")),
    (CaseState.APPROVED.value, _("approved, goes out shortly")),
    (CaseState.ANSWERED.value, _("answered, goes out shortly")),
    (CaseState.EXECUTING.value, _("is being sent")),
    (CaseState.STOPPED.value, _("held back by the stop")),
    (CaseState.FAILED.value, _("could not be sent")),
    (CaseState.OUTCOME_UNKNOWN.value, _("unclear whether it arrived")),
    (CaseState.DONE.value, _("done")),
]


class Source(models.TextChoices):
    MODEL = "model", _("AI")
    PERSON = "person", _("person")
    # A mistake put in on purpose, announced to the team; it can never leave the house.
    PLANTED = "planted", _("planted mistake")


class Closed(models.TextChoices):
    SENT = "sent", _("answered")
    NO_ANSWER = "no_answer", _("no answer needed")
    # The team settled it outside of Pilotwerk: nothing about it could be measured.
    ELSEWHERE = "elsewhere", _("settled elsewhere")


class RejectReason(models.TextChoices):
    CONTENT = "content", _("The content is wrong")
    CATEGORY = "category", _("The category is wrong")
    TONE = "tone", _("The tone does not fit")
    NO_ANSWER = "no_answer", _("No answer needed")


class DecisionKind(models.TextChoices):
    APPROVE = "approve", _("approved")
    EDIT = "edit", _("edited and approved")
    REJECT = "reject", _("rejected")
    ANSWER = "answer", _("answered by hand")
    FIRST = "first", _("approved, waits for a second person")
    GIVE_BACK = "give_back", _("given back by the second person")
    AUTO = "auto", _("went out by the autonomy level")
    DEFER = "defer", _("deferred")
    CLOSE = "close", _("closed without sending")
    ARRIVED = "arrived", _("confirmed as arrived")
    AGAIN = "again", _("sent again")


SENDING = [DecisionKind.APPROVE, DecisionKind.EDIT, DecisionKind.ANSWER, DecisionKind.AUTO]
# The only one who decides without being a person; what it decides is never counted as a person's agreement.
AUTONOMY = System("autonomy")
LEVELS = [
    (Level.SHADOW.value, _("shadow")),
    (Level.SUGGEST.value, _("suggest")),
    (Level.SAMPLE.value, pgettext_lazy("autonomy level", "sample")),
    (Level.AUTOMATIC.value, _("automatic with monitoring")),
]


class DeliveryState(models.TextChoices):
    TRYING = "trying", _("being tried")
    SENT = "sent", _("sent")
    FAILED = "failed", _("not sent")
    UNKNOWN = "unknown", _("unclear")


class Case(TenantModel):
    """One request on its way through the pilot. Its state is the truth; jobs only carry work to it."""

    pilot = models.ForeignKey("pilots.Pilot", on_delete=models.CASCADE, related_name="cases")
    key = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField()
    sender_name = models.CharField(max_length=200, blank=True, default="")
    sender_address = models.CharField(max_length=320, blank=True, default="")
    source_name = models.CharField(max_length=200, blank=True, default="")
    received_at = models.DateTimeField()
    deadline = models.DateTimeField()
    arm = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=16, choices=CASE_STATES, default=CaseState.RECEIVED.value)
    state_since = models.DateTimeField(default=clock.now)
    urgent = models.BooleanField(default=False)
    category = models.CharField(max_length=120, blank=True, default="")
    confidence = models.FloatField(null=True)
    revision = models.PositiveSmallIntegerField(default=0)
    deferred_until = models.DateTimeField(null=True, blank=True)
    execute_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # On the way without AI: the control arm, a rejected proposal, or nothing that could be proposed.
    by_hand = models.BooleanField(default=False)
    # What a recipe keeps with the case beside its text, as plain JSON.
    payload = models.JSONField(default=dict)
    closed = models.CharField(max_length=10, choices=Closed.choices, blank=True, default="")
    # The level under which it is decided; empty for the control arm and before a proposal.
    level = models.CharField(max_length=10, choices=LEVELS, blank=True, default="")
    # Whether the draw put it into the random sample; None where nothing is drawn.
    sampled = models.BooleanField(null=True)

    class Meta:
        ordering = ["-urgent", "deadline", "number"]
        # In the order of the approval page, so that its first rows are found without sorting all that wait.
        indexes = [
            models.Index(fields=["pilot", "state", "-urgent", "deadline", "number"], name="case_in_order")
        ]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "key"], name="one_case_per_key"),
            models.UniqueConstraint(fields=["pilot", "number"], name="one_case_per_number"),
            models.CheckConstraint(
                name="case_state_known", condition=Q(state__in=[state.value for state in CaseState])
            ),
            models.CheckConstraint(
                name="case_arm_known", condition=Q(arm__in=["", *(arm.value for arm in Arm)])
            ),
            # Nothing is proposed, decided or sent for a case without a recorded arm.
            models.CheckConstraint(
                name="case_assigned_before_all_else",
                condition=Q(arm="", state=CaseState.RECEIVED.value)
                | Q(arm="", closed=Closed.ELSEWHERE)
                | (~Q(arm="") & ~Q(state=CaseState.RECEIVED.value)),
            ),
            models.CheckConstraint(
                name="case_done_says_how",
                condition=(Q(state=CaseState.DONE.value) & ~Q(closed=""))
                | (~Q(state=CaseState.DONE.value) & Q(closed="")),
            ),
            models.CheckConstraint(
                name="case_sent_has_time", condition=~Q(closed=Closed.SENT) | Q(sent_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.subject}"

    @property
    def label(self) -> str:
        """The short number that people use for it."""
        return f"V-{self.number:04d}"

    @property
    def heading(self) -> str:
        """The subject, or the beginning of the text where there is none."""
        return self.subject or (self.text.strip().splitlines() or [""])[0][:80]


class Proposal(TenantModel):
    """What would go out, word for word. A revision never changes; an edit is the next revision beside it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="proposals")
    revision = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=8, choices=Source.choices)
    model_version = models.ForeignKey(
        "pilots.ModelVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    category = models.CharField(max_length=120, blank=True, default="")
    recipient = models.CharField(max_length=320, blank=True, default="")
    subject = models.CharField(max_length=310, blank=True, default="")
    body = models.TextField(blank=True, default="")
    # Values that go out or count beside the text: order lines, a date. Part of what is approved.
    details = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)
    # What the recipe said beside the content: reasons, similar requests, origin of the sentences.
    evidence = models.JSONField(default=dict)
    milliseconds = models.PositiveIntegerField(null=True)
    # Who wrote it, where a person did: that person is never the second one to approve it.
    author_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["case", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["case", "revision"], name="one_proposal_per_revision"),
            models.CheckConstraint(name="revision_from_one", condition=Q(revision__gte=1)),
            models.CheckConstraint(name="proposal_source_known", condition=Q(source__in=Source.values)),
        ]

    def __str__(self) -> str:
        return f"{self.case.label}/{self.revision}"

    def content(self) -> dict[str, object]:
        """What an approval names: everything that leaves the house or is kept as the result."""
        content: dict[str, object] = {
            "case": str(self.case_id),
            "revision": self.revision,
            "category": self.category,
            "recipient": self.recipient,
            "subject": self.subject,
            "body": self.body,
        }
        # Left out where empty: proposals without details keep the hash that was approved.
        return {**content, "details": self.details} if self.details else content


class Decision(TenantModel):
    """A decision about a case: by a person, or by the program at a level that two people signed. A withdrawn one
    stays as it was, with the moment of withdrawal.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    proposal = models.ForeignKey(Proposal, null=True, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=10, choices=DecisionKind.choices)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=20, choices=RejectReason.choices, blank=True, default="")
    text = models.CharField(max_length=1000, blank=True, default="")
    edit_distance = models.FloatField(null=True)
    category_corrected = models.BooleanField(null=True)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    decided_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=10, choices=LEVELS, blank=True, default="")
    # Whether the person agreed with the model (domain.autonomy); None where it does not count.
    agreed = models.BooleanField(null=True)

    class Meta:
        ordering = ["decided_at", "created_at"]
        indexes = [models.Index(fields=["organisation", "decided_at"], name="decision_newest")]
        constraints = [
            models.CheckConstraint(name="decision_kind_known", condition=Q(kind__in=DecisionKind.values)),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(kind__in=SENDING, withdrawn_at=None),
                name="one_valid_approval_each",
            ),
            models.CheckConstraint(
                name="approval_names_content",
                condition=~Q(kind__in=SENDING) | (Q(proposal__isnull=False) & ~Q(content_hash="")),
            ),
            models.CheckConstraint(name="decision_has_actor", condition=~Q(actor_id="")),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(kind=DecisionKind.FIRST, withdrawn_at=None),
                name="one_valid_first_approval_each",
            ),
            models.CheckConstraint(
                name="first_approval_names_content",
                condition=~Q(kind=DecisionKind.FIRST) | (Q(proposal__isnull=False) & ~Q(content_hash="")),
            ),
            # The program lets out under its own name only, and never agrees with itself.
            models.CheckConstraint(
                name="auto_is_not_a_person",
                condition=(Q(kind=DecisionKind.AUTO) & Q(actor_id=AUTONOMY.id) & Q(agreed=None))
                | (~Q(kind=DecisionKind.AUTO) & ~Q(actor_id=AUTONOMY.id)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.label} {self.kind}"


class Delivery(TenantModel):
    """The one attempt to answer a case, written before it is tried. `attempt` fences a slow earlier try."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="delivery")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100, unique=True)
    content_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.TRYING)
    attempt = models.PositiveSmallIntegerField(default=1)
    attempted_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=400, blank=True, default="")
    problem = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["organisation", "finished_at"], name="delivery_newest")]
        constraints = [
            models.CheckConstraint(name="delivery_state_known", condition=Q(state__in=DeliveryState.values)),
        ]

    def __str__(self) -> str:
        return f"{self.case.label} {self.state}"
