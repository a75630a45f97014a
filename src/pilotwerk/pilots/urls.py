"""Addresses of the pilot, below /o/<organisation>/pilots/."""

from django.urls import path

from pilotwerk.pilots.views import cases, connections, pilot, quality, queue, recipes, setup

app_name = "pilots"

urlpatterns = [
    path("", pilot.pilot, name="pilot"),
    path("stop/", pilot.stop, name="stop"),
    path("stop/reason/", pilot.stop_reason, name="stop_reason"),
    path("resume/", pilot.resume, name="resume"),
    path("end/", pilot.end, name="end"),
    path("monitoring/", pilot.monitoring, name="monitoring"),
    path("watch/", recipes.watch, name="watch"),
    path("optouts/", recipes.optouts, name="optouts"),
    path("optouts/remove/", recipes.optout_remove, name="optout_remove"),
    path("setup/", setup.setup, name="setup"),
    path("setup/train/", setup.train, name="train"),
    path("setup/start/", setup.start, name="start"),
    path("connections/", connections.connections, name="connections"),
    path("connections/new/", connections.connection_new, name="connection_new"),
    path("connections/<uuid:pk>/", connections.connection, name="connection"),
    path("connections/<uuid:pk>/change/", connections.connection_change, name="connection_change"),
    path("connections/<uuid:pk>/test/", connections.connection_test, name="connection_test"),
    path("connections/<uuid:pk>/remove/", connections.connection_remove, name="connection_remove"),
    path("connections/mails/<uuid:pk>/take/", connections.mail_take, name="mail_take"),
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
]
