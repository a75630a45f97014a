"""Addresses of the portfolio, below /o/<organisation>/portfolio/."""

from django.urls import path

from pilotwerk.portfolio import views

app_name = "portfolio"

urlpatterns = [
    path("", views.usecases, name="usecases"),
    path("add/", views.usecase_add, name="usecase_add"),
    path("<uuid:pk>/", views.usecase, name="usecase"),
    path("<uuid:pk>/change/", views.change, name="change"),
    path("<uuid:pk>/assess/", views.assess, name="assess"),
    path("<uuid:pk>/trial/", views.trial, name="trial"),
    path("<uuid:pk>/recalculate/", views.recalculate, name="recalculate"),
    path("<uuid:pk>/refuse/", views.refuse, name="refuse"),
    path("<uuid:pk>/reopen/", views.reopen, name="reopen"),
    path("<uuid:pk>/choose/", views.choose, name="choose"),
]
