"""Addresses of the KPI room, below /o/<organisation>/kpis/."""

from django.urls import path

from pilotwerk.kpis import views

app_name = "kpis"

urlpatterns = [
    path("", views.goals, name="goals"),
    path("new/<uuid:import_pk>/<slug:kpi>/", views.goal_set, name="goal_set"),
    path("<uuid:pk>/", views.goal, name="goal"),
    path("<uuid:pk>/remove/", views.goal_remove, name="goal_remove"),
]
