"""Addresses of the plan. The overview is the organisation's first page; the feed has no sign-in."""

from django.urls import path

from pilotwerk.journey import views

app_name = "journey"

INSIDE = "o/<slug:organisation>/"

urlpatterns = [
    path("calendar/<str:token>.ics", views.feed, name="feed"),
    path(INSIDE, views.overview, name="overview"),
    path(f"{INSIDE}plan/", views.plan, name="plan"),
    path(f"{INSIDE}plan/start/", views.plan_start, name="plan_start"),
    path(f"{INSIDE}plan/move/", views.plan_move, name="plan_move"),
    path(f"{INSIDE}plan/calendar/", views.calendar, name="calendar"),
    path(f"{INSIDE}plan/tasks/<uuid:pk>/", views.task, name="task"),
    path(f"{INSIDE}plan/tasks/<uuid:pk>/done/", views.task_done, name="task_done"),
    path(f"{INSIDE}plan/tasks/<uuid:pk>/reopen/", views.task_reopen, name="task_reopen"),
    path(f"{INSIDE}plan/tasks/<uuid:pk>/assign/", views.task_assign, name="task_assign"),
    path(f"{INSIDE}plan/gates/<int:number>/", views.gate, name="gate"),
    path(f"{INSIDE}plan/gates/<int:number>/sign/", views.gate_sign, name="gate_sign"),
]
