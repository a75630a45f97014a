"""Addresses of the processes room, below /o/<organisation>/processes/."""

from django.urls import path

from pilotwerk.processes import views
from pilotwerk.processes.databases import views as databases

app_name = "processes"

urlpatterns = [
    path("", views.process_list, name="list"),
    path("new/", views.process_new, name="new"),
    path("<uuid:pk>/", views.process, name="process"),
    path("<uuid:pk>/upload/", views.upload, name="upload"),
    path("imports/<uuid:pk>/", views.import_state, name="import"),
    path("imports/<uuid:pk>/columns/", views.mapping, name="mapping"),
    path("imports/<uuid:pk>/facts/", views.facts, name="facts"),
    path("imports/<uuid:pk>/rejected/", views.rejected, name="rejected"),
    path("imports/<uuid:pk>/rejected.csv", views.rejected_csv, name="rejected_csv"),
    path("imports/<uuid:pk>/discard/", views.import_discard, name="discard"),
    path("imports/<uuid:pk>/cancel/", views.import_cancel, name="cancel"),
    path("imports/<uuid:pk>/undo/", views.import_undo, name="undo"),
    path("databases/", databases.connections, name="databases"),
    path("databases/new/", databases.connection_new, name="database_new"),
    path("databases/<uuid:pk>/", databases.connection_change, name="database"),
    path("databases/<uuid:pk>/delete/", databases.connection_delete, name="database_delete"),
    path("new/database/", databases.process_new, name="new_from_database"),
    path("<uuid:pk>/database/", databases.query, name="query"),
]
