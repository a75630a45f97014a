"""Addresses of the pilot, below /o/<organisation>/pilots/."""

from django.urls import path

from pilotwerk.pilots.views import autonomy, bulk, cases, deputies, pilot, quality, queue, setup

app_name = "pilots"

urlpatterns = [
    path("", pilot.pilot, name="pilot"),
    path("stop/", pilot.stop, name="stop"),
    path("stop/reason/", pilot.stop_reason, name="stop_reason"),
    path("resume/", pilot.resume, name="resume"),
    path("end/", pilot.end, name="end"),
    path("monitoring/", pilot.monitoring, name="monitoring"),
    path("autonomy/", autonomy.autonomy, name="autonomy"),
    path("autonomy/settings/", autonomy.control, name="control"),
    path("autonomy/sign/", autonomy.sign, name="sign"),
    path("autonomy/lower/", autonomy.lower, name="lower"),
    path("autonomy/<uuid:pk>/confirm/", autonomy.confirm, name="confirm"),
    path("autonomy/<uuid:pk>/withdraw/", autonomy.withdraw, name="promotion_withdraw"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/<uuid:pk>/remove/", deputies.remove, name="absence_remove"),
    path("setup/", setup.setup, name="setup"),
    path("setup/train/", setup.train, name="train"),
    path("setup/start/", setup.start, name="start"),
    path("queue/", queue.queue, name="queue"),
    path("queue/keys/", queue.keys, name="keys"),
    path("queue/together/", bulk.together, name="together"),
    path("queue/together/approve/", bulk.approve, name="together_approve"),
    path("queue/<uuid:pk>/", queue.case, name="case"),
    path("queue/<uuid:pk>/approve/", queue.approve, name="approve"),
    path("queue/<uuid:pk>/changes/", queue.changes, name="changes"),
    path("queue/<uuid:pk>/reject/", queue.reject, name="reject"),
    path("queue/<uuid:pk>/answer/", queue.answer, name="answer"),
    path("queue/<uuid:pk>/give-back/", queue.give_back, name="give_back"),
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
    path("quality/again/", quality.again, name="quality_again"),
    path("quality/<uuid:pk>/", quality.check, name="check"),
    path("quality/<uuid:pk>/again/", quality.check_again, name="check_again"),
    path("quality/outcomes/", quality.outcomes, name="outcomes"),
]
