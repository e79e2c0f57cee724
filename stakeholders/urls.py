"""Addresses of the matrix, of requests for approval and of decisions. Those without a project come first."""

from __future__ import annotations

from django.urls import path

from stakeholders.views import approvals, decide, effect, landing, matrix, new_project

app_name = "stakeholders"
IN_PROJECT = "projects/<slug:slug>/"
ROUND = IN_PROJECT + "rounds/<int:number>/"

# The pages of a plan link to rows by the names of `projects`; under /plan/stakeholders/ they arrive here.
MATRIX = IN_PROJECT + "plan/stakeholders/"
ROW = MATRIX + "<slug:table>/<str:key>/"

urlpatterns = [
    path("d/", landing.Reference.as_view(), name="reference"),
    path("d/<str:code>", landing.Landing.as_view(), name="landing"),
    path("d/<str:code>/", landing.Landing.as_view(), name="landing_slash"),
    path("d/<str:code>/code/", landing.SendCode.as_view(), name="send_code"),
    path("projects/new/", new_project.NewProject.as_view(), name="new_project"),
    path(MATRIX, matrix.Matrix.as_view(), name="matrix"),
    path(MATRIX + "<slug:table>/new/", matrix.RowNew.as_view(), name="row_new"),
    path(ROW, matrix.Row.as_view(), name="row"),
    path(ROW + "edit/", matrix.RowEdit.as_view(), name="row_edit"),
    path(ROW + "remove/", matrix.RowRemove.as_view(), name="row_remove"),
    path(ROW + "does-not-apply/", matrix.RowAside.as_view(), name="row_aside"),
    path(ROW + "move/", matrix.RowMove.as_view(), name="row_move"),
    path(IN_PROJECT + "approvals/", approvals.Approvals.as_view(), name="approvals"),
    path(
        IN_PROJECT + "approvals/<slug:section>/<str:stakeholder_key>/",
        approvals.DifferencePage.as_view(),
        name="difference",
    ),
    path(
        IN_PROJECT + "effect/<slug:section>/<slug:table>/<str:key>/",
        effect.Effect.as_view(),
        name="effect",
    ),
    path(ROUND + "withdraw/", approvals.Withdraw.as_view(), name="withdraw"),
    path(IN_PROJECT + "requests/<slug:code>/remind/", approvals.Remind.as_view(), name="remind"),
    path(ROUND + "decide/", decide.Decide.as_view(), name="decide"),
    path(ROUND + "decided/", decide.Decided.as_view(), name="decided"),
    path(ROUND + "opened/", decide.Opened.as_view(), name="opened"),
]
