from django.urls import path

from pilotwerk.roadmap import views

app_name = "roadmap"

urlpatterns = [
    path("", views.roadmap, name="roadmap"),
    path("limits/", views.limits, name="limits"),
    path("add/<uuid:use_case>/", views.item_add, name="item_add"),
    path("<uuid:pk>/", views.item, name="item"),
    path("<uuid:pk>/move/", views.item_move, name="item_move"),
    path("<uuid:pk>/remove/", views.item_remove, name="item_remove"),
]
