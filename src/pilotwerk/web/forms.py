"""Every form looks the same: label above, help under the label, error above the field."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """`{{ form }}` and `{{ form.field.as_field_group }}` use our templates."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
