"""Language models that a person has set up, what they may cost, and every call that was made. Never a text."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotwerk.core.models import TenantModel
from pilotwerk.pilots.domain.breaker import Circuit


class ProviderKind(models.TextChoices):
    OPENAI = "openai", _("OpenAI-compatible (Ollama, llama.cpp, vLLM and others)")
    AZURE = "azure", _("Azure OpenAI")
    BEDROCK = "bedrock", _("AWS Bedrock")
    MISTRAL = "mistral", _("Mistral")


class ProviderRegion(models.TextChoices):
    HOUSE = "house", _("own house")
    EU = "eu", _("European Union")
    EEA = "eea", _("European Economic Area")
    CH = "ch", _("Switzerland")
    OTHER = "other", _("elsewhere")


# Where personal data may go without further measures of Chapter V GDPR, or by adequacy (Switzerland).
DEFAULT_REGIONS = [
    ProviderRegion.HOUSE.value,
    ProviderRegion.EU.value,
    ProviderRegion.EEA.value,
    ProviderRegion.CH.value,
]


class DataAllowed(models.TextChoices):
    NONE = "none", _("only texts without personal data")
    MASKED = "masked", _("texts with personal data masked")
    ALL = "all", _("texts as they are")


class Fallback(models.TextChoices):
    EMBEDDED = "embedded", _("the proposal of the built-in method")
    MANUAL = "manual", _("answer by hand")


CIRCUITS = [
    (Circuit.CLOSED.value, _("reachable")),
    (Circuit.OPEN.value, _("left alone after failures")),
    (Circuit.HALF_OPEN.value, _("is being tried again")),
]


class CallState(models.TextChoices):
    # The money is set aside; the answer is not there yet, or never came.
    RESERVED = "reserved", _("open")
    SETTLED = "settled", _("settled")
    LOST = "lost", _("never came back, counted in full")


class CallOutcome(models.TextChoices):
    PENDING = "pending", _("no answer yet")
    OK = "ok", _("answered")
    RUBBISH = "rubbish", _("answer not usable")
    TIMEOUT = "timeout", _("no answer in time")
    REFUSED = "refused", _("refused by the service")
    UNREACHABLE = "unreachable", _("not reachable")
    ABANDONED = "abandoned", _("broken off by a stop")


class Provider(TenantModel):
    """A language model: where it runs, under which contract, at which price, with which data.

    `key` is sealed with a key that lies outside the database (core/secrets.py); nothing shows it again. Prices are
    micro-euro for a million tokens; where they are empty the price list counts, with `eur_per_usd` to convert it.
    """

    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(_("Kind"), max_length=10, choices=ProviderKind.choices)
    model = models.CharField(_("Model or deployment"), max_length=120)
    base_url = models.URLField(_("Address"), max_length=300, blank=True, default="")
    cloud_region = models.CharField(_("Region at the provider"), max_length=40, blank=True, default="")
    api_version = models.CharField(_("Version of the interface"), max_length=30, blank=True, default="")
    key = models.TextField(blank=True, default="", editable=False)
    region = models.CharField(_("Where it runs"), max_length=6, choices=ProviderRegion.choices)
    contract_date = models.DateField(_("Data-processing agreement of"), null=True, blank=True)
    contract_reference = models.CharField(
        _("Reference of the agreement"), max_length=200, blank=True, default=""
    )
    price_in_micro = models.PositiveBigIntegerField(null=True, blank=True)
    price_out_micro = models.PositiveBigIntegerField(null=True, blank=True)
    eur_per_usd = models.DecimalField(
        _("Euro for one US dollar"), max_digits=6, decimal_places=4, null=True, blank=True
    )
    data_allowed = models.CharField(
        _("What may be sent"), max_length=8, choices=DataAllowed.choices, default=DataAllowed.MASKED
    )
    max_tokens = models.PositiveIntegerField(_("Longest answer in tokens"), default=800)
    timeout_seconds = models.PositiveSmallIntegerField(_("Longest wait in seconds"), default=60)
    is_on = models.BooleanField(default=False)
    circuit = models.CharField(max_length=10, choices=CIRCUITS, default=Circuit.CLOSED.value)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_provider_of_a_name"),
            models.CheckConstraint(name="provider_kind_known", condition=Q(kind__in=ProviderKind.values)),
            models.CheckConstraint(
                name="provider_region_known", condition=Q(region__in=ProviderRegion.values)
            ),
            models.CheckConstraint(
                name="provider_data_known", condition=Q(data_allowed__in=DataAllowed.values)
            ),
            # What does not run in the own house is switched on only with a data-processing agreement.
            models.CheckConstraint(
                name="provider_on_has_contract",
                condition=Q(is_on=False)
                | Q(region=ProviderRegion.HOUSE.value)
                | (Q(contract_date__isnull=False) & ~Q(contract_reference="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ModelPolicy(TenantModel):
    """The organisation's rules for all language models: regions, budget, and its own pattern of customer numbers."""

    regions = models.JSONField(default=list)
    customer_pattern = models.CharField(max_length=200, blank=True, default="")
    day_micro = models.PositiveBigIntegerField(null=True, blank=True)
    month_micro = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="one_model_policy_each")]

    def __str__(self) -> str:
        return f"{self.organisation}"


class ModelUse(TenantModel):
    """That a pilot asks a language model, within its own budget. Without this row it is the built-in method."""

    pilot = models.OneToOneField("pilots.Pilot", on_delete=models.CASCADE, related_name="model_use")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="uses")
    fallback = models.CharField(max_length=10, choices=Fallback.choices, default=Fallback.EMBEDDED)
    day_micro = models.PositiveBigIntegerField()
    month_micro = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.pilot}: {self.provider}"


class Spending(TenantModel):
    """What is reserved and spent in one day ("2026-11-26") or month ("2026-11"), in micro-euro.

    Without a pilot it is the organisation's sum. Only conditional updates change it (providers/budget.py).
    """

    pilot = models.ForeignKey("pilots.Pilot", null=True, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=10)
    used_micro = models.BigIntegerField(default=0)
    warned_at = models.DateTimeField(null=True)
    exhausted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "pilot", "period"],
                name="one_spending_per_pilot",
            ),
            models.UniqueConstraint(
                fields=["organisation", "period"], condition=Q(pilot=None), name="one_spending_per_period"
            ),
            models.CheckConstraint(name="spending_not_negative", condition=Q(used_micro__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.used_micro}"


class ModelCall(TenantModel):
    """One call: who was asked, how much was set aside, what it cost, how it ended, how much was masked."""

    provider = models.ForeignKey(Provider, null=True, on_delete=models.SET_NULL, related_name="calls")
    provider_name = models.CharField(max_length=80)
    pilot = models.ForeignKey("pilots.Pilot", null=True, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("pilots.Case", null=True, on_delete=models.CASCADE, related_name="model_calls")
    model = models.CharField(max_length=120)
    prompt = models.CharField(max_length=60)
    day = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=CallState.choices, default=CallState.RESERVED)
    outcome = models.CharField(max_length=12, choices=CallOutcome.choices, default=CallOutcome.PENDING)
    reserved_micro = models.PositiveBigIntegerField()
    cost_micro = models.PositiveBigIntegerField(null=True)
    tokens_in = models.PositiveIntegerField(null=True)
    tokens_out = models.PositiveIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # How many places of which kind were masked: {"name": 2, "email": 1}. Never which.
    masked = models.JSONField(default=dict)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["organisation", "created_at"], name="modelcall_newest"),
            models.Index(fields=["state", "expires_at"], name="modelcall_expiry"),
        ]
        constraints = [
            # After a crash the same case is not asked twice while nobody knows what the first call cost.
            models.UniqueConstraint(
                fields=["case"], condition=Q(state=CallState.RESERVED), name="one_open_modelcall_each"
            ),
            models.CheckConstraint(
                name="modelcall_over_has_cost",
                condition=Q(state=CallState.RESERVED) | Q(cost_micro__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_name} {self.outcome}"
