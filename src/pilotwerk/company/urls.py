"""Addresses of the company room, below /o/<organisation>/company/."""

from django.urls import path

from pilotwerk.company import surveys, views

app_name = "company"

urlpatterns = [
    path("", views.profile, name="profile"),
    path("questions/<slug:name>/", views.question, name="question"),
    path("related/", views.related, name="related"),
    path("related/<uuid:pk>/remove/", views.related_remove, name="related_remove"),
    path("readiness/", views.readiness, name="readiness"),
    path("readiness/<slug:name>/", views.readiness_answer, name="readiness_answer"),
    path("survey/", surveys.survey, name="survey"),
    path("survey/answer/", surveys.answer, name="survey_answer"),
    path("survey/open/", surveys.open_round, name="survey_open"),
    path("survey/close/", surveys.close_round, name="survey_close"),
    path("tools/", views.tools, name="tools"),
    path("tools/add/", views.tool_add, name="tool_add"),
    path("tools/<uuid:pk>/", views.tool, name="tool"),
    path("tools/<uuid:pk>/remove/", views.tool_remove, name="tool_remove"),
]
