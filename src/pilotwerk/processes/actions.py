from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register

register("processes.process_created", _("%(actor)s added the process %(name)s"))
register("processes.import_started", _("%(actor)s uploaded %(filename)s for the process %(process)s"))
register("processes.import_part_chosen", _("%(actor)s chose the table %(part)s of %(filename)s"))
register("processes.import_confirmed", _("%(actor)s confirmed the columns of %(filename)s"))
register(
    "processes.import_finished",
    _("%(actor)s imported %(rows)s rows of %(filename)s, %(rejected)s were rejected"),
)
register("processes.import_failed", _("%(actor)s could not import %(filename)s"))
register("processes.import_discarded", _("%(actor)s discarded the upload %(filename)s"))
register("processes.import_cancelled", _("%(actor)s cancelled the import of %(filename)s"))
register("processes.import_undone", _("%(actor)s undid the import of %(filename)s into %(process)s"))
register("processes.quality_ordered", _("%(actor)s ordered the quality of %(filename)s to be measured again"))
register("processes.quality_measured", _("%(actor)s measured the quality of %(filename)s"))
register("processes.quality_failed", _("%(actor)s could not measure the quality of %(filename)s"))
register("processes.connection_created", _("%(actor)s added the connection to the database %(name)s"))
register("processes.connection_changed", _("%(actor)s changed the connection to the database %(name)s"))
register("processes.connection_deleted", _("%(actor)s deleted the connection to the database %(name)s"))
