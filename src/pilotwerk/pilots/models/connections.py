"""Connections to other systems, and the mails that came and went over them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotwerk.core import clock
from pilotwerk.core.models import TenantModel
from pilotwerk.pilots.domain.mails import MailKind


class ConnectionKind(models.TextChoices):
    """One folder below `pilots/connectors/` each."""

    MAILBOX = "mailbox", _("Mailbox")
    REST = "rest", _("REST interface")
    SQL = "sql", _("Database, read")
    FILES = "files", _("Folder of files")
    WEBHOOK = "webhook", _("Webhook")
    SQL_TABLE = "sql_table", _("Database, own table")


class ConnectionState(models.TextChoices):
    UNTESTED = "untested", _("not tested yet")
    OK = "ok", _("works")
    BROKEN = "broken", _("does not work")


MAIL_KINDS = [
    (MailKind.REQUEST.value, _("Request")),
    (MailKind.ANSWER.value, _("Our answer")),
    (MailKind.AUTO_REPLY.value, _("Automatic reply")),
    (MailKind.BOUNCE.value, _("Returned mail")),
]


class Connection(TenantModel):
    """A way in or out that the company set up. Secrets are sealed; nothing reads them but the connector."""

    kind = models.CharField(max_length=12, choices=ConnectionKind.choices)
    name = models.CharField(_("Name"), max_length=80)
    settings = models.JSONField(default=dict)
    sealed = models.TextField(blank=True, default="", editable=False)
    state = models.CharField(max_length=8, choices=ConnectionState.choices, default=ConnectionState.UNTESTED)
    # What is wrong: {"code": ..., "values": {...}}, said in words when it is shown.
    problem = models.JSONField(default=dict, blank=True)
    state_since = models.DateTimeField(default=clock.now)
    looked_at = models.DateTimeField(null=True, blank=True)
    # How far it was read: the kind of connection knows what stands in it, `pilot` for whom.
    cursor = models.JSONField(default=dict, blank=True)
    # What could not be taken at last: [{"file": ..., "row": ..., "column": ..., "message": ...}], newest first.
    rejected = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_connection_per_name"),
            models.CheckConstraint(name="connection_kind_known", condition=Q(kind__in=ConnectionKind.values)),
            models.CheckConstraint(
                name="connection_state_known", condition=Q(state__in=ConnectionState.values)
            ),
            models.CheckConstraint(
                name="broken_connection_says_why", condition=~Q(state=ConnectionState.BROKEN) | ~Q(problem={})
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def works(self) -> bool:
        return self.state == ConnectionState.OK


class Mail(TenantModel):
    """One mail of a pilot: a request, our answer, or what a machine sent. A mail is known by its key."""

    pilot = models.ForeignKey("pilots.Pilot", on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, null=True, on_delete=models.SET_NULL, related_name="+")
    case = models.ForeignKey("pilots.Case", null=True, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=10, choices=MAIL_KINDS)
    key = models.CharField(max_length=64)
    thread = models.CharField(max_length=64)
    message_id = models.CharField(max_length=998, blank=True, default="")
    references = models.JSONField(default=list)
    # The case that this mail goes on with: one of the same thread.
    earlier = models.ForeignKey("pilots.Case", null=True, on_delete=models.SET_NULL, related_name="+")
    subject = models.CharField(max_length=300, blank=True, default="")
    sender = models.CharField(max_length=320, blank=True, default="")
    text = models.TextField(blank=True, default="")
    history = models.TextField(blank=True, default="")
    attachments = models.JSONField(default=list)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["received_at", "created_at"]
        indexes = [
            models.Index(fields=["pilot", "thread"], name="mail_thread"),
            models.Index(fields=["organisation", "key"], name="mail_known"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "key"], name="one_mail_per_key"),
            models.CheckConstraint(name="mail_kind_known", condition=Q(kind__in=[k.value for k in MailKind])),
            models.CheckConstraint(
                name="request_has_case",
                condition=~Q(kind__in=[MailKind.REQUEST.value, MailKind.ANSWER.value])
                | Q(case__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
