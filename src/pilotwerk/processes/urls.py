"""Addresses of the processes room, below /o/<organisation>/processes/."""

from django.urls import path

from pilotwerk.processes import views

app_name = "processes"

urlpatterns = [
    path("", views.process_list, name="list"),
    path("new/", views.process_new, name="new"),
    path("<uuid:pk>/", views.process, name="process"),
    path("<uuid:pk>/upload/", views.upload, name="upload"),
    path("imports/<uuid:pk>/", views.import_state, name="import"),
    path("imports/<uuid:pk>/columns/", views.mapping, name="mapping"),
    path("imports/<uuid:pk>/facts/", views.facts, name="facts"),
    path("imports/<uuid:pk>/quality/", views.quality, name="quality"),
    path("imports/<uuid:pk>/rejected/", views.rejected, name="rejected"),
    path("imports/<uuid:pk>/rejected.csv", views.rejected_csv, name="rejected_csv"),
    path("imports/<uuid:pk>/discard/", views.import_discard, name="discard"),
]
