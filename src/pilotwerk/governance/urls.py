"""Addresses of the AI register, below /o/<organisation>/governance/."""

from django.urls import path

from pilotwerk.governance import views

app_name = "governance"

urlpatterns = [
    path("", views.register, name="register"),
    path("systems/add/", views.system_add, name="system_add"),
    path("systems/<uuid:pk>/", views.system, name="system"),
    path("systems/<uuid:pk>/change/", views.system_change, name="system_change"),
    path("systems/<uuid:pk>/classify/", views.classify, name="classify"),
    path("systems/<uuid:pk>/dpia/", views.dpia, name="dpia"),
]
