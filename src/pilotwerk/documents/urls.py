from django.urls import path

from pilotwerk.documents import views

app_name = "documents"

urlpatterns = [
    path("", views.documents, name="documents"),
    path("create/", views.create, name="create"),
    path("figures/", views.figures, name="figures"),
    path("<uuid:pk>/", views.download, name="download"),
]
