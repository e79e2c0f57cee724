"""The overview of a project, its requests for approval and its gate."""

from django.urls import path

from readiness.views import approval, gate, overview

app_name = "readiness"
urlpatterns = [
    path("<slug:slug>/", overview.Overview.as_view(), name="overview"),
    path("<slug:slug>/ask/", approval.Ask.as_view(), name="ask"),
    path("<slug:slug>/start/", gate.StartPhase.as_view(), name="start_phase"),
]
