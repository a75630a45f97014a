from django.urls import path

from pilotwerk.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.log, name="log"),
    path("entries/<int:sequence>/", views.entry, name="entry"),
    path("check/", views.check, name="check"),
    path("export/", views.export, name="export"),
    path("checkpoints/", views.checkpoints, name="checkpoints"),
    path("checkpoints/new/", views.checkpoint_new, name="checkpoint_new"),
    path("checkpoints/<int:size>/", views.checkpoint, name="checkpoint"),
    path("public-key/", views.public_key, name="public_key"),
]
