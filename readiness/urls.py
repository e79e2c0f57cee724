"""The overview of a project, its requests for approval, its gate and its evidence; and the register of approvals."""

from django.urls import path

from readiness.views import (
    approval,
    as_of,
    documents,
    evidence,
    findings,
    gate,
    overview,
    register,
    register_line,
    without,
)

app_name = "readiness"
IN_PROJECT = "projects/<slug:slug>/"
ACCESS = IN_PROJECT + "plan/access/findings/"
urlpatterns = [
    path("register/", register.Register.as_view(), name="register"),
    path("register/table/", register.RegisterTable.as_view(), name="register_table"),
    path("register/<int:pk>/", register.RegisterFile.as_view(), name="register_file"),
    path(IN_PROJECT, overview.Overview.as_view(), name="overview"),
    path(IN_PROJECT + "ask/", approval.Ask.as_view(), name="ask"),
    path(ACCESS, findings.AccessFindings.as_view(), name="access_findings"),
    path(ACCESS + "kept/<str:key>/look-again/", findings.TakeBackKept.as_view(), name="take_back_kept"),
    path(ACCESS + "<str:finding>/mend/", findings.MendFinding.as_view(), name="remedy"),
    path(ACCESS + "<str:finding>/keep/", findings.KeepFinding.as_view(), name="keep_finding"),
    path(IN_PROJECT + "start/", gate.StartPhase.as_view(), name="start_phase"),
    path(IN_PROJECT + "start/in-spite/", gate.StartInSpite.as_view(), name="start_in_spite"),
    path(IN_PROJECT + "without/<slug:group>/", without.Without.as_view(), name="try_without"),
    path(IN_PROJECT + "without/<slug:group>/leave-out/", without.LeaveOut.as_view(), name="leave_out"),
    path(IN_PROJECT + "as-of/", as_of.AsOf.as_view(), name="as_of"),
    path(IN_PROJECT + "evidence/", evidence.Evidence.as_view(), name="evidence"),
    path(IN_PROJECT + "evidence/<int:pk>/", evidence.EvidenceFile.as_view(), name="evidence_file"),
    path(IN_PROJECT + "documents/", documents.Documents.as_view(), name="documents"),
    path(IN_PROJECT + "documents/<int:pk>/", documents.DocumentFile.as_view(), name="document_file"),
    path(IN_PROJECT + "decisions/<int:decision>/", register_line.RegisterLine.as_view(), name="register_line"),
]
