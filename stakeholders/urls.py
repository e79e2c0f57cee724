"""Addresses of the matrix, of requests for approval and of decisions. Those without a project come first."""

from __future__ import annotations

from django.urls import path

from stakeholders.views import (
    approvals,
    asked_mails,
    conditions,
    confirm,
    decide,
    effect,
    instead,
    landing,
    mails,
    matrix,
    new_project,
    reports,
    substitutes,
    suggest,
    threads,
)

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
    path("mails/", mails.Mails.as_view(), name="mails"),
    path("mails/stop/<str:token>/", mails.StopDigest.as_view(), name="stop_digest"),
    path("projects/new/", new_project.NewProject.as_view(), name="new_project"),
    path(MATRIX, matrix.Matrix.as_view(), name="matrix"),
    path(MATRIX + "<slug:table>/new/", matrix.RowNew.as_view(), name="row_new"),
    path(ROW, matrix.Row.as_view(), name="row"),
    path(ROW + "edit/", matrix.RowEdit.as_view(), name="row_edit"),
    path(ROW + "remove/", matrix.RowRemove.as_view(), name="row_remove"),
    path(ROW + "does-not-apply/", matrix.RowAside.as_view(), name="row_aside"),
    path(ROW + "confirm/", matrix.RowConfirm.as_view(), name="row_confirm"),
    path(ROW + "move/", matrix.RowMove.as_view(), name="row_move"),
    path(IN_PROJECT + "approvals/", approvals.Approvals.as_view(), name="approvals"),
    path(IN_PROJECT + "approvals/said/", threads.Threads.as_view(), name="threads"),
    path(IN_PROJECT + "approvals/said/<int:decision>/reply/", threads.ReplyTo.as_view(), name="reply"),
    path(IN_PROJECT + "approvals/questions/<int:question>/answer/", threads.AnswerTo.as_view(), name="answer"),
    path(
        IN_PROJECT + "approvals/suggestions/<int:proposal>/accept/", suggest.AcceptSuggestion.as_view(), name="accept"
    ),
    path(
        IN_PROJECT + "approvals/suggestions/<int:proposal>/decline/",
        suggest.DeclineSuggestion.as_view(),
        name="decline",
    ),
    path(IN_PROJECT + "approvals/conditions/", conditions.Conditions.as_view(), name="conditions"),
    path(IN_PROJECT + "conditions/<int:condition>/", conditions.ConditionPage.as_view(), name="condition"),
    path(IN_PROJECT + "substitutes/<str:key>/", substitutes.Substitute.as_view(), name="substitute"),
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
    path(IN_PROJECT + "requests/<slug:code>/remind/", asked_mails.Remind.as_view(), name="remind"),
    path(IN_PROJECT + "requests/<slug:code>/works-again/", asked_mails.AddressWorks.as_view(), name="address_works"),
    path(IN_PROJECT + "requests/<slug:code>/new-link/", asked_mails.NewLink.as_view(), name="new_link"),
    path(IN_PROJECT + "requests/<slug:code>/report/", reports.ReportDecision.as_view(), name="report"),
    path(ROUND + "suggest/<slug:section>/<slug:table>/<str:key>/", suggest.Suggest.as_view(), name="suggest"),
    path(ROUND + "ask/", instead.AskLead.as_view(), name="ask_lead"),
    path(ROUND + "remind-me/", instead.RemindMe.as_view(), name="remind_me"),
    path(ROUND + "hand-over/", instead.HandOver.as_view(), name="hand_over"),
    path(ROUND + "keep/", instead.Keep.as_view(), name="keep"),
    path(ROUND + "wrong-person/", instead.WrongPerson.as_view(), name="wrong_person"),
    path(ROUND + "reported/", instead.Reported.as_view(), name="reported"),
    path(ROUND + "not-me/", instead.NotMe.as_view(), name="not_me"),
    path(ROUND + "take-back/", instead.TakeBack.as_view(), name="take_back"),
    path(ROUND + "decide/", decide.Decide.as_view(), name="decide"),
    path(ROUND + "confirm/", confirm.Confirm.as_view(), name="confirm"),
    path(ROUND + "decided/", decide.Decided.as_view(), name="decided"),
    path(ROUND + "opened/", decide.Opened.as_view(), name="opened"),
]
