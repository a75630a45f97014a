"""Addresses of people and organisations. This room has pages outside and inside an organisation."""

from django.urls import path

from pilotwerk.accounts import views

app_name = "accounts"

INSIDE = "o/<slug:organisation>/"

urlpatterns = [
    path("organisations/", views.organisations, name="organisations"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path(f"{INSIDE}people/", views.people, name="people"),
    path(f"{INSIDE}people/invite/", views.member_invite, name="member_invite"),
    path(
        f"{INSIDE}people/invitations/<uuid:pk>/withdraw/",
        views.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path(f"{INSIDE}people/<uuid:pk>/", views.member, name="member"),
    path(f"{INSIDE}people/<uuid:pk>/remove/", views.member_remove, name="member_remove"),
    path(f"{INSIDE}organisation/", views.organisation, name="organisation"),
    path(f"{INSIDE}organisation/delete/", views.organisation_delete, name="organisation_delete"),
]
