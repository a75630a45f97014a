"""Which document to create."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotwerk.documents.models import Format


class CreateForm(forms.Form):
    """Language and format of the strategy."""

    language = forms.ChoiceField(label=_("Language"), choices=[("de", _("German")), ("en", _("English"))])
    file_format = forms.ChoiceField(label=_("Format"), choices=Format.choices)
