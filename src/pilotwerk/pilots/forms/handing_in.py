"""Files and addresses that people hand in while a pilot runs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


def too_large(file: Any) -> str:
    """Why this uploaded file is not taken; empty where it is."""
    if file.size <= settings.PILOTWERK_UPLOAD_MAX_BYTES:
        return ""
    limit = settings.PILOTWERK_UPLOAD_MAX_BYTES // 1024 // 1024
    return _("The file is larger than %(limit)s MB.") % {"limit": limit}


class UploadForm(forms.Form):
    """A file of requests or of customers' answers."""

    file = forms.FileField(label=gettext_lazy("File"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if why := too_large(file):
            raise ValidationError(why)
        return file


class OptOutForm(forms.Form):
    """An address that must not be written to."""

    address = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=320)


def errors_of(form: forms.Form) -> str:
    """All errors of a form as one text, for pages that show them as a message."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)
