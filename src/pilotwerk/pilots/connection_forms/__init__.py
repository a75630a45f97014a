"""What people fill in for a connection; one form for each kind."""

from pilotwerk.pilots.connection_forms.base import ConnectionForm
from pilotwerk.pilots.connection_forms.database import SqlForm, SqlTableForm
from pilotwerk.pilots.connection_forms.files import FilesForm
from pilotwerk.pilots.connection_forms.mailbox import MailboxForm
from pilotwerk.pilots.connection_forms.rest import RestForm, WebhookForm
from pilotwerk.pilots.models import ConnectionKind

FORMS: dict[str, type[ConnectionForm]] = {
    ConnectionKind.MAILBOX.value: MailboxForm,
    ConnectionKind.REST.value: RestForm,
    ConnectionKind.SQL.value: SqlForm,
    ConnectionKind.FILES.value: FilesForm,
    ConnectionKind.WEBHOOK.value: WebhookForm,
    ConnectionKind.SQL_TABLE.value: SqlTableForm,
}

__all__ = ["FORMS", "ConnectionForm"]
