"""What differs from Django's German formats: dates come from date fields in ISO form as well."""

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"]
