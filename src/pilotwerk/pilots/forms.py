"""What people fill in for a pilot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.core import clock
from pilotwerk.pilots.domain.stop_rules import RuleKind, StopRule, from_plain
from pilotwerk.pilots.models import (
    Closed,
    Connection,
    ConnectionKind,
    HumanControl,
    Pilot,
    RejectReason,
    SourceKind,
    TargetKind,
)
from pilotwerk.pilots.models.cases import LEVELS
from pilotwerk.pilots.recipes.base import Recipe, RunningRecipe
from pilotwerk.pilots.selectors import categories, connections_in_ways, sources_offered, targets_offered
from pilotwerk.pilots.wording import RULE_NAMES

# Nobody starts the day at midnight: what is put back to a day is in the queue when work begins.
MORNING = time(7, 0)


class RevisionForm(forms.Form):
    """Which proposal the person saw."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ApproveForm(RevisionForm):
    """The proposal with what the person changed in it."""

    body = forms.CharField(required=False, strip=False)
    category = forms.CharField(required=False, max_length=120)


class RejectForm(RevisionForm):
    reason = forms.ChoiceField(choices=RejectReason.choices)
    text = forms.CharField(required=False, max_length=1000)


class AnswerForm(forms.Form):
    """An answer written by hand."""

    body = forms.CharField(required=False, strip=False)
    category = forms.CharField(required=False, max_length=120)


class DeferForm(forms.Form):
    """Until which day; early in the morning at the organisation's place."""

    until = forms.DateField()
    text = forms.CharField(required=False, max_length=1000)

    def moment(self, organisation: Organisation) -> datetime:
        return datetime.combine(self.cleaned_data["until"], MORNING, ZoneInfo(organisation.timezone))


class CloseForm(forms.Form):
    how = forms.ChoiceField(choices=[c for c in Closed.choices if c[0] != Closed.SENT])
    text = forms.CharField(required=False, max_length=1000)


class ReasonForm(forms.Form):
    """A reason in a person's words."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class StopForm(forms.Form):
    """Stopping never demands a reason."""

    reason = forms.CharField(required=False, max_length=1000)


class UploadForm(forms.Form):
    """A file of requests or of customers' answers."""

    file = forms.FileField(label=gettext_lazy("File"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.PILOTWERK_UPLOAD_MAX_BYTES:
            limit = settings.PILOTWERK_UPLOAD_MAX_BYTES // 1024 // 1024
            raise ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": limit})
        return file


def errors_of(form: forms.Form) -> str:
    """All errors of a form as one text, for pages that show them as a message."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


class TrainForm(forms.Form):
    """From which import the pilot learns."""

    process_import = forms.ChoiceField(label=gettext_lazy("Past requests"))

    def __init__(self, *args: Any, imports: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.imports = {str(one.pk): one for one in imports}
        self.fields["process_import"].choices = [  # type: ignore[attr-defined]
            (key, f"{one.filename} · {one.process}") for key, one in self.imports.items()
        ]


class TablesForm(forms.Form):
    """The tables a recipe works with, each from a file or an import."""

    def __init__(
        self,
        *args: Any,
        roles: Mapping[str, tuple[str, str]],
        imports: list[Any],
        known: Mapping[str, Any],
        optional: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.imports = {str(one.pk): one for one in imports}
        self.roles = roles
        self.known = known
        for role, (label, hint) in roles.items():
            self.fields[f"file_{role}"] = forms.FileField(
                label=_("%(table)s: file") % {"table": label},
                help_text=hint,
                required=not imports and role not in known,
                error_messages={"required": _("Choose a file or an import.")},
            )
            # One of the two is needed: neither of them is optional by itself.
            self.fields[f"file_{role}"].one_of = role not in optional  # type: ignore[attr-defined]
            if self.imports:
                choices = [(key, f"{one.filename} · {one.process}") for key, one in self.imports.items()]
                self.fields[f"import_{role}"] = forms.ChoiceField(
                    label=_("%(table)s: or an import") % {"table": label},
                    choices=[("", _("none")), *choices],
                    required=False,
                )
                self.fields[f"import_{role}"].one_of = role not in optional  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for role in self.roles:
            file = data.get(f"file_{role}")
            if file and file.size > settings.PILOTWERK_UPLOAD_MAX_BYTES:
                limit = settings.PILOTWERK_UPLOAD_MAX_BYTES // 1024 // 1024
                self.add_error(f"file_{role}", _("The file is larger than %(limit)s MB.") % {"limit": limit})
            missing = not file and not data.get(f"import_{role}") and role not in self.known
            if missing and f"file_{role}" not in self.errors:
                self.add_error(f"file_{role}", _("Choose a file or an import."))
        return data

    def given(self) -> list[tuple[str, Any, Any]]:
        """Role, file and import of what was chosen; one of the two is None."""
        data = self.cleaned_data
        found = [
            (role, data.get(f"file_{role}"), self.imports.get(data.get(f"import_{role}") or ""))
            for role in self.roles
        ]
        return [(role, file, None if file else chosen) for role, file, chosen in found if file or chosen]


class OptOutForm(forms.Form):
    """An address that must not be written to."""

    address = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=320)


class CheckForm(forms.Form):
    """A reviewer's verdict."""

    ok = forms.TypedChoiceField(
        choices=[("yes", gettext_lazy("In order")), ("no", gettext_lazy("Not in order"))],
        coerce=lambda value: value == "yes",
    )
    note = forms.CharField(required=False, max_length=500)


class SetupForm(forms.Form):
    """Everything that decides how the pilot runs and is measured."""

    name = forms.CharField(label=gettext_lazy("Name of the pilot"), max_length=120)
    share = forms.IntegerField(
        label=gettext_lazy("Share of cases with AI, in %"),
        min_value=1,
        max_value=100,
        help_text=gettext_lazy(
            "The rest is done as before. Half and half shows an effect soonest; "
            "without a rest there is no comparison."
        ),
    )
    send_delay_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds until what was approved goes out"),
        min_value=0,
        max_value=3600,
        help_text=gettext_lazy("During this time the approval can be withdrawn."),
    )
    deadline_hours = forms.IntegerField(
        label=gettext_lazy("Deadline for a case, in hours"), min_value=1, max_value=720
    )
    enough_decisions = forms.IntegerField(
        label=gettext_lazy("Decided proposals until gate 2"),
        min_value=5,
        max_value=1000,
        help_text=gettext_lazy("From how many decisions on the pilot counts as tried out."),
    )
    urgent_categories = forms.MultipleChoiceField(
        label=gettext_lazy("Categories that come before all others"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    source_kind = forms.ChoiceField(widget=forms.RadioSelect)
    source_connection = forms.ModelChoiceField(
        queryset=Connection.objects.none(),
        label=gettext_lazy("Connection from which it comes in"),
        required=False,
    )
    target_kind = forms.ChoiceField(widget=forms.RadioSelect)
    target_connection = forms.ModelChoiceField(
        queryset=Connection.objects.none(),
        label=gettext_lazy("Connection by which it goes out"),
        required=False,
    )
    untrained_reason = forms.CharField(
        label=gettext_lazy("Reason to start without anything learned"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Only where there are no past requests. Everything is then answered by hand."),
    )

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        pilot: Pilot | None,
        kind: RunningRecipe,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if kind.about.tables:
            # Without its tables such a recipe has nothing to propose from.
            del self.fields["untrained_reason"]
        known = categories(pilot) if pilot else []
        if known:
            self._choices("urgent_categories", [(name, name) for name in known])
        else:
            del self.fields["urgent_categories"]
        self.fields["source_kind"].label = kind.words.how_in
        self.fields["target_kind"].label = kind.words.how_out
        targets = targets_offered(organisation, kind.about)
        sources = sources_offered(organisation, kind.about)
        self._choices("target_kind", [c for c in TargetKind.choices if c[0] in targets])
        if kind.about.renewed:
            # Its cases come from its own tables; a mail would find nothing to be answered from.
            sources = [one for one in sources if one != SourceKind.MAILBOX]
        self._choices("source_kind", [c for c in SourceKind.choices if c[0] in sources])
        self._connections("source_connection", connections_in_ways(organisation, kind.about, sources))
        self._connections("target_connection", connections_in_ways(organisation, kind.about, targets))
        for rule in self._rules(pilot, kind.about.stop_rules):
            self._rule_fields(rule)

    def _connections(self, name: str, working: QuerySet[Connection]) -> None:
        """The connections that work; without one there is nothing to choose."""
        if not working:
            del self.fields[name]
            return
        field = self.fields[name]
        field.queryset = working  # type: ignore[attr-defined]
        field.empty_label = _("please choose")  # type: ignore[attr-defined]
        field.label_from_instance = (  # type: ignore[attr-defined]
            lambda one: (
                one.name if one.kind == ConnectionKind.MAILBOX else f"{one.name} · {one.get_kind_display()}"
            )
        )
        if len(working) == 1 and not self.initial.get(name):
            self.initial[name] = working[0].pk

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def _rules(pilot: Pilot | None, proposed: Sequence[StopRule]) -> list[StopRule]:
        """One line for each kind: as stored, else as proposed; a kind left out is shown switched off."""
        stored = {rule.kind: rule for rule in from_plain(pilot.stop_rules)} if pilot else {}
        return [stored.get(rule.kind, rule) for rule in proposed]

    def _rule_fields(self, rule: StopRule) -> None:
        """Limit in percent (empty switches the rule off) and how many happenings it looks at."""
        kind = rule.kind.value
        self.fields[f"limit_{kind}"] = forms.IntegerField(
            label=_("%(rule)s: limit in %%") % {"rule": RULE_NAMES[kind]},
            min_value=1,
            max_value=99,
            required=False,
            initial=round(rule.limit * 100),
        )
        self.fields[f"window_{kind}"] = forms.IntegerField(
            label=_("%(rule)s: of the last … cases") % {"rule": RULE_NAMES[kind]},
            min_value=5,
            max_value=500,
            initial=rule.window,
        )

    def rule_rows(self) -> list[dict[str, Any]]:
        """The stop rules' fields side by side, for the table in the form."""
        return [
            {
                "name": RULE_NAMES[k.value],
                "limit": self[f"limit_{k.value}"],
                "window": self[f"window_{k.value}"],
            }
            for k in RuleKind
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        limits = [data.get(f"limit_{kind.value}") for kind in RuleKind]
        if not any(limits):
            raise ValidationError(_("Set at least one stop rule: a pilot without a brake does not start."))
        for way in ("source", "target"):
            wanted, chosen = data.get(f"{way}_kind"), data.get(f"{way}_connection")
            if wanted in ConnectionKind.values and (chosen is None or chosen.kind != wanted):
                said = (
                    _("Choose a mailbox.")
                    if wanted == ConnectionKind.MAILBOX
                    else _("Choose one of this kind.")
                )
                self.add_error(f"{way}_connection", said)
        return data

    def stop_rules(self) -> list[StopRule]:
        """The rules that are switched on; a rule can tell from half of its window on."""
        found = []
        for kind in RuleKind:
            limit, window = (
                self.cleaned_data[f"limit_{kind.value}"],
                self.cleaned_data[f"window_{kind.value}"],
            )
            if limit:
                found.append(StopRule(kind, limit=limit / 100, window=window, minimum=max(window // 2, 1)))
        return found

    @staticmethod
    def initial_for(pilot: Pilot | None, name: str, about: Recipe) -> dict[str, Any]:
        """What stands in the form at first."""
        proposed = {"enough_decisions": about.enough, "deadline_hours": about.deadline_hours}
        shown = pilot or Pilot(name=name, share=about.share, **proposed)
        return {
            "name": shown.name,
            "share": round(shown.share * 100),
            "send_delay_seconds": shown.send_delay_seconds,
            "deadline_hours": shown.deadline_hours,
            "enough_decisions": shown.enough_decisions,
            "urgent_categories": shown.urgent_categories,
            "source_kind": shown.source_kind,
            "target_kind": shown.target_kind,
            "source_connection": shown.source_connection_id,
            "target_connection": shown.target_connection_id,
            "untrained_reason": shown.untrained_reason,
        }


class GiveBackForm(forms.Form):
    text = forms.CharField(required=False, max_length=1000)


class LowerForm(forms.Form):
    """To which level, for what, and why."""

    level = forms.ChoiceField(choices=LEVELS)
    category = forms.CharField(required=False, max_length=120)
    reason = forms.CharField(max_length=1000)


class AbsenceForm(forms.Form):
    """Who is away from when to when, and who decides instead."""

    member = forms.ChoiceField(label=gettext_lazy("Who is away"))
    deputy = forms.ChoiceField(label=gettext_lazy("Who is told instead"))
    first_day = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, people: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        choices = [(key, one.user.name) for key, one in self.people.items()]
        for name in ("member", "deputy"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**data, "member": self.people[data["member"]], "deputy": self.people[data["deputy"]]}


class ControlForm(forms.Form):
    """How people keep control: bound, sample, four eyes, reminders, planted mistakes. Shares in percent."""

    bound = forms.IntegerField(
        label=gettext_lazy("Agreement must be above, in %"),
        min_value=60,
        max_value=99,
        help_text=gettext_lazy("Before a level rises, the decisions must show this beyond chance."),
    )
    sample_share = forms.IntegerField(
        label=gettext_lazy("Random sample, in %"),
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("So many cases a person still sees when they go out by themselves."),
    )
    amount_limit = forms.DecimalField(
        label=gettext_lazy("Amount in euro or francs"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        localize=True,
        help_text=gettext_lazy(
            "Above it two people decide. It counts in what came in, in the text and in the lines of an order."
        ),
    )
    four_eyes_confidence = forms.IntegerField(
        label=gettext_lazy("Less sure than, in %"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=gettext_lazy("Below it two people decide."),
    )
    four_eyes_categories = forms.MultipleChoiceField(
        label=gettext_lazy("Categories that two people decide"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    four_eyes_complaints = forms.BooleanField(
        label=gettext_lazy("Two people decide when it reads like a complaint or a legal threat"),
        required=False,
    )
    escalates = forms.BooleanField(
        label=gettext_lazy("Remind of what waits: first the team, then deputies, then the AI lead"),
        required=False,
    )
    remind_hours = forms.IntegerField(
        label=gettext_lazy("Reminder, hours before the deadline"), min_value=1, max_value=72
    )
    lead_hours = forms.IntegerField(
        label=gettext_lazy("AI lead, hours after the deadline"), min_value=1, max_value=72
    )
    planted_share = forms.IntegerField(
        label=gettext_lazy("Planted mistakes, in %"),
        min_value=0,
        max_value=5,
        help_text=gettext_lazy(
            "0 switches them off. Switching them on announces them to everybody who decides; they begin a day "
            "later. They never go out, and no figure about a person is kept."
        ),
    )

    def __init__(self, *args: Any, known: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            self.fields["four_eyes_categories"].choices = [  # type: ignore[attr-defined]
                (name, name) for name in known
            ]
        else:
            del self.fields["four_eyes_categories"]

    def values(self) -> dict[str, Any]:
        """As the service wants them: shares in 0..1."""
        data = dict(self.cleaned_data)
        data.setdefault("four_eyes_categories", [])
        for name in ("bound", "sample_share", "planted_share", "four_eyes_confidence"):
            data[name] = None if data[name] is None else data[name] / 100
        return data

    @staticmethod
    def initial_for(control: HumanControl) -> dict[str, Any]:
        shares = ("bound", "sample_share", "planted_share", "four_eyes_confidence")
        shown = {name: getattr(control, name) for name in ControlForm.base_fields}
        return shown | {n: None if shown[n] is None else round(shown[n] * 100) for n in shares}


def tomorrow(organisation: Organisation) -> str:
    """The first day to which a case can be put back, as the date field wants it."""
    return (clock.today(organisation.timezone) + timedelta(days=1)).isoformat()
