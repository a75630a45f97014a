"""Addresses of the pilot, below /o/<organisation>/pilots/."""

from django.urls import path

from pilotwerk.pilots.providers import views as models
from pilotwerk.pilots.views import cases, pilot, quality, queue, setup

app_name = "pilots"

urlpatterns = [
    path("", pilot.pilot, name="pilot"),
    path("stop/", pilot.stop, name="stop"),
    path("stop/reason/", pilot.stop_reason, name="stop_reason"),
    path("resume/", pilot.resume, name="resume"),
    path("end/", pilot.end, name="end"),
    path("monitoring/", pilot.monitoring, name="monitoring"),
    path("setup/", setup.setup, name="setup"),
    path("setup/train/", setup.train, name="train"),
    path("setup/start/", setup.start, name="start"),
    path("queue/", queue.queue, name="queue"),
    path("queue/keys/", queue.keys, name="keys"),
    path("queue/<uuid:pk>/", queue.case, name="case"),
    path("queue/<uuid:pk>/approve/", queue.approve, name="approve"),
    path("queue/<uuid:pk>/changes/", queue.changes, name="changes"),
    path("queue/<uuid:pk>/reject/", queue.reject, name="reject"),
    path("queue/<uuid:pk>/answer/", queue.answer, name="answer"),
    path("queue/<uuid:pk>/defer/", queue.defer, name="defer"),
    path("queue/<uuid:pk>/take-back/", queue.take_back, name="take_back"),
    path("queue/<uuid:pk>/close/", queue.close, name="close"),
    path("queue/<uuid:pk>/withdraw/", queue.withdraw, name="withdraw"),
    path("queue/<uuid:pk>/arrived/", queue.arrived, name="arrived"),
    path("queue/<uuid:pk>/again/", queue.again, name="again"),
    path("queue/<uuid:pk>/signal/", queue.signal, name="signal"),
    path("cases/", cases.cases, name="cases"),
    path("cases/upload/", cases.upload, name="upload"),
    path("cases/<uuid:pk>/", cases.record, name="record"),
    path("quality/", quality.quality, name="quality"),
    path("quality/<uuid:pk>/", quality.check, name="check"),
    path("quality/outcomes/", quality.outcomes, name="outcomes"),
    path("models/", models.models, name="models"),
    path("models/rules/", models.rules, name="model_rules"),
    path("models/use/", models.use, name="model_use"),
    path("models/preview/", models.preview, name="model_preview"),
    path("models/new/", models.model_new, name="model_new"),
    path("models/<uuid:pk>/", models.model, name="model"),
    path("models/<uuid:pk>/edit/", models.model_edit, name="model_edit"),
    path("models/<uuid:pk>/test/", models.model_test, name="model_test"),
    path("models/<uuid:pk>/on/", models.model_on, name="model_on"),
    path("models/<uuid:pk>/off/", models.model_off, name="model_off"),
    path("models/<uuid:pk>/delete/", models.model_delete, name="model_delete"),
]
