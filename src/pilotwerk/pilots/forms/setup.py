"""What people decide before a pilot starts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.accounts.models import Organisation
from pilotwerk.pilots.domain.stop_rules import StopRule, from_plain
from pilotwerk.pilots.forms.choices import offer_categories
from pilotwerk.pilots.models import (
    Connection,
    ConnectionKind,
    Pilot,
    SourceKind,
    TargetKind,
)
from pilotwerk.pilots.recipes.base import Recipe, RunningRecipe
from pilotwerk.pilots.selectors import categories, connections_in_ways, sources_offered, targets_offered
from pilotwerk.pilots.wording import RULE_NAMES


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
        offer_categories(self, "urgent_categories", categories(pilot) if pilot else [])
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
        self.rule_kinds = [rule.kind for rule in kind.about.stop_rules]
        stored = {rule.kind: rule for rule in from_plain(pilot.stop_rules)} if pilot else None
        for rule in kind.about.stop_rules:
            on = stored is None or rule.kind in stored
            self._rule_fields((stored or {}).get(rule.kind, rule), on=on)

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

    def _rule_fields(self, rule: StopRule, *, on: bool) -> None:
        """Limit in percent (empty where the rule is switched off) and how many happenings it looks at."""
        kind = rule.kind.value
        self.fields[f"limit_{kind}"] = forms.IntegerField(
            label=_("%(rule)s: limit in %%") % {"rule": RULE_NAMES[kind]},
            min_value=1,
            max_value=99,
            required=False,
            initial=round(rule.limit * 100) if on else None,
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
            for k in self.rule_kinds
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        limits = [data.get(f"limit_{kind.value}") for kind in self.rule_kinds]
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
        for kind in self.rule_kinds:
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
