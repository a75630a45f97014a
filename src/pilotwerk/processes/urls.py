"""Addresses of the processes room, below /o/<organisation>/processes/."""

from django.urls import path

from pilotwerk.processes.databases import views as databases
from pilotwerk.processes.views import cases, facts, imports, quality

app_name = "processes"

urlpatterns = [
    path("", imports.process_list, name="list"),
    path("new/", imports.process_new, name="new"),
    path("<uuid:pk>/", facts.process, name="process"),
    path("<uuid:pk>/upload/", imports.upload, name="upload"),
    path("imports/<uuid:pk>/", imports.import_state, name="import"),
    path("imports/<uuid:pk>/columns/", imports.mapping, name="mapping"),
    path("imports/<uuid:pk>/part/", imports.part, name="part"),
    path("imports/<uuid:pk>/facts/", facts.facts, name="facts"),
    path("imports/<uuid:pk>/quality/", quality.quality, name="quality"),
    path("imports/<uuid:pk>/quality/again/", quality.again, name="quality_again"),
    path("imports/<uuid:pk>/compare/", facts.compare, name="compare"),
    path("imports/<uuid:pk>/cases/", cases.cases, name="cases"),
    path("imports/<uuid:pk>/cases.csv", cases.cases_csv, name="cases_csv"),
    path("imports/<uuid:pk>/cases/<int:number>/", cases.case, name="case"),
    path("imports/<uuid:pk>/rejected/", imports.rejected, name="rejected"),
    path("imports/<uuid:pk>/rejected.csv", imports.rejected_csv, name="rejected_csv"),
    path("imports/<uuid:pk>/discard/", imports.import_discard, name="discard"),
    path("imports/<uuid:pk>/cancel/", imports.import_cancel, name="cancel"),
    path("imports/<uuid:pk>/undo/", imports.import_undo, name="undo"),
    path("databases/", databases.connections, name="databases"),
    path("databases/new/", databases.connection_new, name="database_new"),
    path("databases/<uuid:pk>/", databases.connection_change, name="database"),
    path("databases/<uuid:pk>/delete/", databases.connection_delete, name="database_delete"),
    path("new/database/", databases.process_new, name="new_from_database"),
    path("<uuid:pk>/database/", databases.query, name="query"),
]
