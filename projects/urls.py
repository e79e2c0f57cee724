"""A project's plan, its history, and who shares it. The overview at /projects/<slug>/ belongs to readiness."""

from django.urls import path

from projects.views import (
    access_exports,
    answers,
    asked,
    conversion,
    device_groups,
    facts,
    history,
    imports,
    least,
    names,
    permissions,
    plan,
    present,
    printing,
    problems,
    rows,
    sharing,
    sources,
    switch,
    temporary,
    uploads,
)

app_name = "projects"
IN_PROJECT = "projects/<slug:slug>/"
PLAN = IN_PROJECT + "plan/"
ENVIRONMENT = PLAN + "environment/"
ACCESS = PLAN + "access/"
SECTION = PLAN + "<slug:section>/"
IMPORT = ENVIRONMENT + "import/"
NAMES = ENVIRONMENT + "names/"
SOURCES = ENVIRONMENT + "sources/"
EXPORTS = ACCESS + "exports/"
PRESENT = ACCESS + "present/"
PERMISSIONS = ACCESS + "permissions/"
LEAST = ACCESS + "least/"
DEVICE_GROUPS = ACCESS + "device-groups/"
TEMPORARY = ACCESS + "temporary/"
SWITCH = ACCESS + "switch/"
ROW = SECTION + "<slug:table>/<str:key>/"
ASKED = IN_PROJECT + "asked/"
TO_ME = IN_PROJECT + "asked/<slug:code>/"

# Without a prefix of its own, and no includes in it: Django works every address out again at each level.
urlpatterns = [
    path(PLAN, plan.PlanStart.as_view(), name="plan"),
    path(IMPORT, imports.ImportNew.as_view(), name="import_new"),
    path(IMPORT + "<int:pk>/", imports.Import.as_view(), name="import"),
    path(IMPORT + "<int:pk>/read-again/", imports.ImportAgain.as_view(), name="import_again"),
    path(IMPORT + "<int:pk>/apply/", imports.ImportApply.as_view(), name="import_apply"),
    path(IMPORT + "<int:pk>/cancel/", imports.ImportCancel.as_view(), name="import_cancel"),
    path(IMPORT + "<int:pk>/columns/", imports.ImportColumns.as_view(), name="import_columns"),
    path(IMPORT + "<int:pk>/effect/", imports.ImportEffect.as_view(), name="import_effect"),
    path(IMPORT + "<int:pk>/problems/", problems.ImportProblems.as_view(), name="import_problems"),
    path(NAMES, names.Names.as_view(), name="names"),
    path(NAMES + "say/", names.SayName.as_view(), name="say_name"),
    path(NAMES + "<int:pk>/forget/", names.ForgetName.as_view(), name="forget_name"),
    path(NAMES + "columns/<int:pk>/forget/", names.ForgetColumns.as_view(), name="forget_columns"),
    path(SOURCES, sources.Sources.as_view(), name="sources"),
    path(SOURCES + "choose/", sources.ChooseSources.as_view(), name="choose_sources"),
    path(SOURCES + "effect/", sources.SourcesEffect.as_view(), name="sources_effect"),
    path(EXPORTS, access_exports.AccessExports.as_view(), name="access_exports"),
    path(EXPORTS + "roles/", access_exports.AccessRoles.as_view(), name="access_roles"),
    path(EXPORTS + "script/", access_exports.AccessScript.as_view(), name="access_script"),
    path(EXPORTS + "run-sheet/", access_exports.AccessRunSheet.as_view(), name="access_run_sheet"),
    path(EXPORTS + "personas/", access_exports.AccessPersonas.as_view(), name="access_personas"),
    path(EXPORTS + "tiers/", access_exports.AccessTiers.as_view(), name="access_tiers"),
    path(PRESENT, present.PresentAccessPage.as_view(), name="present_access"),
    path(PRESENT + "table/", present.PresentAccessTable.as_view(), name="present_access_table"),
    path(PRESENT + "take-over/", present.TakeOver.as_view(), name="take_over"),
    path(PRESENT + "forget/", present.ForgetPresentAccess.as_view(), name="forget_present_access"),
    path(PERMISSIONS, permissions.Permissions.as_view(), name="permissions"),
    path(PERMISSIONS + "effect/", permissions.PermissionsEffect.as_view(), name="permissions_effect"),
    path(PERMISSIONS + "save/", permissions.SavePermissions.as_view(), name="save_permissions"),
    path(PERMISSIONS + "recommended/", permissions.RecommendPermissions.as_view(), name="recommend_permissions"),
    path(LEAST, least.LeastPage.as_view(), name="least"),
    path(LEAST + "<slug:table>/<str:key>/", least.LeastOf.as_view(), name="least_of"),
    path(LEAST + "<slug:table>/<str:key>/save/", least.SaveTasks.as_view(), name="save_tasks"),
    path(LEAST + "<slug:table>/<str:key>/take/", least.TakeLeast.as_view(), name="take_least"),
    path(DEVICE_GROUPS, device_groups.DeviceGroups.as_view(), name="device_groups"),
    path(DEVICE_GROUPS + "close-gaps/", device_groups.CloseRankGaps.as_view(), name="close_rank_gaps"),
    path(DEVICE_GROUPS + "paste/", device_groups.PasteDeviceGroups.as_view(), name="paste_device_groups"),
    path(ACCESS + "convert/", conversion.Convert.as_view(), name="convert"),
    path(ACCESS + "convert/now/", conversion.ConvertNow.as_view(), name="convert_now"),
    path(TEMPORARY, temporary.Temporary.as_view(), name="temporary"),
    path(TEMPORARY + "calendar.ics", temporary.Calendar.as_view(), name="temporary_calendar"),
    path(TEMPORARY + "<slug:key>/", temporary.Removal.as_view(), name="removal"),
    path(TEMPORARY + "<slug:key>/calendar.ics", temporary.RemovalCalendar.as_view(), name="removal_calendar"),
    path(TEMPORARY + "<slug:key>/record/", temporary.RecordRemoval.as_view(), name="record_removal"),
    path(TEMPORARY + "<slug:key>/confirm/", temporary.ConfirmRemoval.as_view(), name="confirm_removal"),
    path(TEMPORARY + "<slug:key>/take-back/", temporary.TakeBackRemoval.as_view(), name="take_back_removal"),
    path(SWITCH, switch.Switch.as_view(), name="switch"),
    path(SWITCH + "groups/", switch.SwitchGroups.as_view(), name="switch_groups"),
    path(SWITCH + "run-sheet/", switch.RunSheet.as_view(), name="run_sheet"),
    path(PLAN + "timeline/place/", facts.PlaceTimeline.as_view(), name="place_timeline"),
    path(PLAN + "timeline/propose/<slug:task>/", facts.ProposeTask.as_view(), name="propose_task"),
    path(SECTION, plan.SectionPage.as_view(), name="section"),
    path(SECTION + "owner/", facts.Owner.as_view(), name="owner"),
    path(SECTION + "<slug:table>/new/", rows.RowNew.as_view(), name="row_new"),
    path(SECTION + "<slug:table>/ask/", asked.Ask.as_view(), name="ask_about_table"),
    path(ROW, rows.Row.as_view(), name="row"),
    path(ROW + "edit/", rows.RowEdit.as_view(), name="row_edit"),
    path(ROW + "effect/", rows.RowEffect.as_view(), name="row_effect"),
    path(ROW + "remove/", rows.RowRemove.as_view(), name="row_remove"),
    path(ROW + "does-not-apply/", rows.RowAside.as_view(), name="row_aside"),
    path(ROW + "move/", rows.RowMove.as_view(), name="row_move"),
    path(ROW + "ask/", asked.Ask.as_view(), name="ask_about_row"),
    path(ASKED, asked.AskedPage.as_view(), name="asked"),
    path(ASKED + "send/", asked.SendQuestions.as_view(), name="send_questions"),
    path(ASKED + "question/<int:pk>/accept/", asked.AcceptAnswer.as_view(), name="accept_answer"),
    path(ASKED + "question/<int:pk>/decline/", asked.DeclineAnswer.as_view(), name="decline_answer"),
    path(ASKED + "question/<int:pk>/withdraw/", asked.WithdrawQuestion.as_view(), name="withdraw_question"),
    path(ASKED + "question/<int:pk>/remind/", asked.RemindOfQuestion.as_view(), name="remind_of_question"),
    path(ASKED + "export/", uploads.AskForUpload.as_view(), name="ask_for_upload"),
    path(ASKED + "export/<int:pk>/revoke/", uploads.RevokeUpload.as_view(), name="revoke_upload"),
    path(ASKED + "export/<int:pk>/remind/", uploads.RemindOfUpload.as_view(), name="remind_of_upload"),
    path(TO_ME + "answer/", answers.Answer.as_view(), name="answer"),
    path(TO_ME + "unknown/", answers.SayUnknown.as_view(), name="say_unknown"),
    path(TO_ME + "upload/", uploads.Upload.as_view(), name="upload"),
    path(IN_PROJECT + "facts/", facts.Facts.as_view(), name="facts"),
    path(IN_PROJECT + "facts/edit/", facts.EditFacts.as_view(), name="edit_facts"),
    path(IN_PROJECT + "print/", printing.Print.as_view(), name="print"),
    path(IN_PROJECT + "history/", history.History.as_view(), name="history"),
    path(IN_PROJECT + "sharing/", sharing.Sharing.as_view(), name="sharing"),
    path(IN_PROJECT + "sharing/share/", sharing.Share.as_view(), name="share"),
    path(IN_PROJECT + "sharing/<int:grant>/revoke/", sharing.Revoke.as_view(), name="revoke"),
    path(IN_PROJECT + "sharing/hand-over/", sharing.HandOver.as_view(), name="hand_over"),
    path(IN_PROJECT + "archive/", sharing.Archive.as_view(), name="archive"),
    path(IN_PROJECT + "restore/", sharing.Restore.as_view(), name="restore"),
]
