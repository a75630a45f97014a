from django.urls import path

from pilotwerk.evaluation import views

app_name = "evaluation"

urlpatterns = [
    path("", views.report, name="report"),
    path("assumptions/", views.assumptions, name="assumptions"),
    path("learnings/add/", views.learning_add, name="learning_add"),
    path("learnings/<uuid:pk>/remove/", views.learning_remove, name="learning_remove"),
    path("decision/", views.decision_draft, name="decision_draft"),
    path("decision/sign/", views.decision_sign, name="decision_sign"),
]
