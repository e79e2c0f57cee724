"""A project's plan, its history, and who shares it. The overview at /projects/<slug>/ belongs to readiness."""

from django.urls import URLPattern, URLResolver, include, path

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

row: list[URLPattern | URLResolver] = [
    path("", rows.Row.as_view(), name="row"),
    path("edit/", rows.RowEdit.as_view(), name="row_edit"),
    path("effect/", rows.RowEffect.as_view(), name="row_effect"),
    path("remove/", rows.RowRemove.as_view(), name="row_remove"),
    path("does-not-apply/", rows.RowAside.as_view(), name="row_aside"),
    path("move/", rows.RowMove.as_view(), name="row_move"),
    path("ask/", asked.Ask.as_view(), name="ask_about_row"),
]
device_import: list[URLPattern | URLResolver] = [
    path("", imports.ImportNew.as_view(), name="import_new"),
    path("<int:pk>/", imports.Import.as_view(), name="import"),
    path("<int:pk>/read-again/", imports.ImportAgain.as_view(), name="import_again"),
    path("<int:pk>/apply/", imports.ImportApply.as_view(), name="import_apply"),
    path("<int:pk>/cancel/", imports.ImportCancel.as_view(), name="import_cancel"),
    path("<int:pk>/columns/", imports.ImportColumns.as_view(), name="import_columns"),
    path("<int:pk>/effect/", imports.ImportEffect.as_view(), name="import_effect"),
    path("<int:pk>/problems/", problems.ImportProblems.as_view(), name="import_problems"),
]
names_of_systems: list[URLPattern | URLResolver] = [
    path("", names.Names.as_view(), name="names"),
    path("say/", names.SayName.as_view(), name="say_name"),
    path("<int:pk>/forget/", names.ForgetName.as_view(), name="forget_name"),
    path("columns/<int:pk>/forget/", names.ForgetColumns.as_view(), name="forget_columns"),
]
sources_of_counts: list[URLPattern | URLResolver] = [
    path("", sources.Sources.as_view(), name="sources"),
    path("choose/", sources.ChooseSources.as_view(), name="choose_sources"),
    path("effect/", sources.SourcesEffect.as_view(), name="sources_effect"),
]
permissions_of_tiers: list[URLPattern | URLResolver] = [
    path("", permissions.Permissions.as_view(), name="permissions"),
    path("effect/", permissions.PermissionsEffect.as_view(), name="permissions_effect"),
    path("save/", permissions.SavePermissions.as_view(), name="save_permissions"),
    path("recommended/", permissions.RecommendPermissions.as_view(), name="recommend_permissions"),
]
needs_to_do: list[URLPattern | URLResolver] = [
    path("", least.LeastPage.as_view(), name="least"),
    path("<slug:table>/<str:key>/", least.LeastOf.as_view(), name="least_of"),
    path("<slug:table>/<str:key>/save/", least.SaveTasks.as_view(), name="save_tasks"),
    path("<slug:table>/<str:key>/take/", least.TakeLeast.as_view(), name="take_least"),
]
asked_of_others: list[URLPattern | URLResolver] = [
    path("", asked.AskedPage.as_view(), name="asked"),
    path("send/", asked.SendQuestions.as_view(), name="send_questions"),
    path("question/<int:pk>/accept/", asked.AcceptAnswer.as_view(), name="accept_answer"),
    path("question/<int:pk>/decline/", asked.DeclineAnswer.as_view(), name="decline_answer"),
    path("question/<int:pk>/withdraw/", asked.WithdrawQuestion.as_view(), name="withdraw_question"),
    path("question/<int:pk>/remind/", asked.RemindOfQuestion.as_view(), name="remind_of_question"),
    path("export/", uploads.AskForUpload.as_view(), name="ask_for_upload"),
    path("export/<int:pk>/revoke/", uploads.RevokeUpload.as_view(), name="revoke_upload"),
    path("export/<int:pk>/remind/", uploads.RemindOfUpload.as_view(), name="remind_of_upload"),
]
device_groups_of_plan: list[URLPattern | URLResolver] = [
    path("", device_groups.DeviceGroups.as_view(), name="device_groups"),
    path("close-gaps/", device_groups.CloseRankGaps.as_view(), name="close_rank_gaps"),
    path("paste/", device_groups.PasteDeviceGroups.as_view(), name="paste_device_groups"),
]
to_me: list[URLPattern | URLResolver] = [
    path("answer/", answers.Answer.as_view(), name="answer"),
    path("unknown/", answers.SayUnknown.as_view(), name="say_unknown"),
    path("upload/", uploads.Upload.as_view(), name="upload"),
]
access_exported: list[URLPattern | URLResolver] = [
    path("", access_exports.AccessExports.as_view(), name="access_exports"),
    path("roles/", access_exports.AccessRoles.as_view(), name="access_roles"),
    path("script/", access_exports.AccessScript.as_view(), name="access_script"),
    path("run-sheet/", access_exports.AccessRunSheet.as_view(), name="access_run_sheet"),
    path("personas/", access_exports.AccessPersonas.as_view(), name="access_personas"),
    path("tiers/", access_exports.AccessTiers.as_view(), name="access_tiers"),
]
access_present: list[URLPattern | URLResolver] = [
    path("", present.PresentAccessPage.as_view(), name="present_access"),
    path("table/", present.PresentAccessTable.as_view(), name="present_access_table"),
    path("take-over/", present.TakeOver.as_view(), name="take_over"),
    path("forget/", present.ForgetPresentAccess.as_view(), name="forget_present_access"),
]
temporary_access: list[URLPattern | URLResolver] = [
    path("", temporary.Temporary.as_view(), name="temporary"),
    path("calendar.ics", temporary.Calendar.as_view(), name="temporary_calendar"),
    path("<slug:key>/", temporary.Removal.as_view(), name="removal"),
    path("<slug:key>/calendar.ics", temporary.RemovalCalendar.as_view(), name="removal_calendar"),
    path("<slug:key>/record/", temporary.RecordRemoval.as_view(), name="record_removal"),
    path("<slug:key>/confirm/", temporary.ConfirmRemoval.as_view(), name="confirm_removal"),
    path("<slug:key>/take-back/", temporary.TakeBackRemoval.as_view(), name="take_back_removal"),
]
switch_of_access: list[URLPattern | URLResolver] = [
    path("", switch.Switch.as_view(), name="switch"),
    path("groups/", switch.SwitchGroups.as_view(), name="switch_groups"),
    path("run-sheet/", switch.RunSheet.as_view(), name="run_sheet"),
]
of_project: list[URLPattern | URLResolver] = [
    path("plan/", plan.PlanStart.as_view(), name="plan"),
    path("plan/environment/import/", include(device_import)),
    path("plan/environment/names/", include(names_of_systems)),
    path("plan/environment/sources/", include(sources_of_counts)),
    path("plan/access/exports/", include(access_exported)),
    path("plan/access/present/", include(access_present)),
    path("plan/access/permissions/", include(permissions_of_tiers)),
    path("plan/access/least/", include(needs_to_do)),
    path("plan/access/device-groups/", include(device_groups_of_plan)),
    path("plan/access/convert/", conversion.Convert.as_view(), name="convert"),
    path("plan/access/convert/now/", conversion.ConvertNow.as_view(), name="convert_now"),
    path("plan/access/temporary/", include(temporary_access)),
    path("plan/access/switch/", include(switch_of_access)),
    path("plan/timeline/place/", facts.PlaceTimeline.as_view(), name="place_timeline"),
    path("plan/timeline/propose/<slug:task>/", facts.ProposeTask.as_view(), name="propose_task"),
    path("plan/<slug:section>/", plan.SectionPage.as_view(), name="section"),
    path("plan/<slug:section>/owner/", facts.Owner.as_view(), name="owner"),
    path("plan/<slug:section>/<slug:table>/new/", rows.RowNew.as_view(), name="row_new"),
    path("plan/<slug:section>/<slug:table>/ask/", asked.Ask.as_view(), name="ask_about_table"),
    path("plan/<slug:section>/<slug:table>/<str:key>/", include(row)),
    path("asked/", include(asked_of_others)),
    path("asked/<slug:code>/", include(to_me)),
    path("facts/", facts.Facts.as_view(), name="facts"),
    path("facts/edit/", facts.EditFacts.as_view(), name="edit_facts"),
    path("print/", printing.Print.as_view(), name="print"),
    path("history/", history.History.as_view(), name="history"),
    path("sharing/", sharing.Sharing.as_view(), name="sharing"),
    path("sharing/share/", sharing.Share.as_view(), name="share"),
    path("sharing/<int:grant>/revoke/", sharing.Revoke.as_view(), name="revoke"),
    path("sharing/hand-over/", sharing.HandOver.as_view(), name="hand_over"),
    path("archive/", sharing.Archive.as_view(), name="archive"),
    path("restore/", sharing.Restore.as_view(), name="restore"),
]
urlpatterns = [path("<slug:slug>/", include(of_project))]
