"""Every address x every role, complete by construction.

The table says what each address needs; the first test compares it with the resolver and with the views, the next visits
every cell as every role, the third is the case that is forgotten: every role, on another project.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from django.core import signing
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from projects import access
from projects import actions as plan_actions
from projects.models import Grant, Project
from projects.rules.roles import OF_TENANT_ADMIN, PERMISSIONS, Role
from projects.tables import TABLES
from readiness.actions import ask_for_approval
from readiness.models import Paper
from stakeholders.actions import ask_question, assign, start_project
from stakeholders.emails import STOP_DIGEST
from stakeholders.models import Condition, Decision, Request
from tenants.models import Membership, Tenant, User
from tests.conftest import make_person
from tests.remembered import remembered

IN_A_PROJECT = {
    "projects:accept_answer": "change_project",
    "projects:access_exports": "view_project",
    "projects:access_personas": "view_project",
    "projects:access_roles": "view_project",
    "projects:access_run_sheet": "view_project",
    "projects:access_script": "view_project",
    "projects:access_tiers": "view_project",
    "projects:answer": "answer_project",
    "projects:archive": "archive_project",
    "projects:ask_about_row": "change_project",
    "projects:ask_about_table": "change_project",
    "projects:ask_for_upload": "change_project",
    "projects:asked": "view_project",
    "projects:choose_sources": "change_project",
    "projects:close_rank_gaps": "change_project",
    "projects:convert": "view_project",
    "projects:convert_now": "change_project",
    "projects:confirm_removal": "change_project",
    "projects:decline_answer": "change_project",
    "projects:device_groups": "view_project",
    "projects:edit_facts": "change_project",
    "projects:facts": "view_project",
    "projects:forget_columns": "change_project",
    "projects:forget_name": "change_project",
    "projects:forget_present_access": "change_project",
    "projects:hand_over": "share_project",
    "projects:history": "view_project",
    "projects:import": "change_project",
    "projects:import_again": "change_project",
    "projects:import_apply": "change_project",
    "projects:import_cancel": "change_project",
    "projects:import_columns": "change_project",
    "projects:import_effect": "change_project",
    "projects:import_new": "change_project",
    "projects:import_problems": "change_project",
    "projects:least": "view_project",
    "projects:least_of": "view_project",
    "projects:names": "change_project",
    "projects:owner": "change_project",
    "projects:permissions": "view_project",
    "projects:permissions_effect": "change_project",
    "projects:paste_device_groups": "change_project",
    "projects:place_timeline": "change_project",
    "projects:plan": "view_project",
    "projects:present_access": "change_project",
    "projects:present_access_table": "change_project",
    "projects:print": "view_project",
    "projects:propose_task": "change_project",
    "projects:recommend_permissions": "change_project",
    "projects:record_removal": "change_project",
    "projects:remind_of_question": "change_project",
    "projects:remind_of_upload": "change_project",
    "projects:removal": "view_project",
    "projects:removal_calendar": "view_project",
    "projects:restore": "archive_project",
    "projects:revoke": "share_project",
    "projects:revoke_upload": "change_project",
    "projects:row": "view_project",
    "projects:row_aside": "change_project",
    "projects:row_edit": "change_project",
    "projects:row_effect": "change_project",
    "projects:row_move": "change_project",
    "projects:row_new": "change_project",
    "projects:row_remove": "change_project",
    "projects:save_permissions": "change_project",
    "projects:save_tasks": "change_project",
    "projects:run_sheet": "view_project",
    "projects:say_name": "change_project",
    "projects:say_unknown": "answer_project",
    "projects:section": "view_project",
    "projects:send_questions": "change_project",
    "projects:share": "share_project",
    "projects:sharing": "share_project",
    "projects:sources": "view_project",
    "projects:sources_effect": "change_project",
    "projects:take_over": "change_project",
    "projects:take_least": "change_project",
    "projects:switch": "view_project",
    "projects:switch_groups": "change_project",
    "projects:take_back_removal": "change_project",
    "projects:temporary": "view_project",
    "projects:temporary_calendar": "view_project",
    "projects:upload": "answer_project",
    "projects:withdraw_question": "change_project",
    "readiness:access_findings": "view_project",
    "readiness:ask": "submit_project",
    "readiness:as_of": "view_project",
    "readiness:document_file": "view_project",
    "readiness:documents": "view_project",
    "readiness:evidence": "audit_project",
    "readiness:evidence_file": "audit_project",
    "readiness:keep_finding": "change_project",
    "readiness:leave_out": "change_project",
    "readiness:overview": "view_project",
    "readiness:register_line": "audit_project",
    "readiness:remedy": "change_project",
    "readiness:start_in_spite": "override_gate",
    "readiness:start_phase": "move_phase",
    "readiness:take_back_kept": "change_project",
    "readiness:try_without": "view_project",
    "stakeholders:accept": "change_project",
    "stakeholders:address_works": "submit_project",
    "stakeholders:answer": "change_project",
    "stakeholders:approvals": "view_project",
    "stakeholders:ask_lead": "view_revision",
    "stakeholders:condition": "view_revision",
    "stakeholders:conditions": "view_project",
    "stakeholders:confirm": "view_revision",
    "stakeholders:decide": "view_revision",
    "stakeholders:decline": "change_project",
    "stakeholders:decided": "view_revision",
    "stakeholders:difference": "view_project",
    "stakeholders:effect": "change_project",
    "stakeholders:hand_over": "view_revision",
    "stakeholders:keep": "view_revision",
    "stakeholders:matrix": "view_project",
    "stakeholders:new_link": "submit_project",
    "stakeholders:opened": "view_revision",
    "stakeholders:remind": "submit_project",
    "stakeholders:remind_me": "view_revision",
    "stakeholders:reply": "change_project",
    "stakeholders:report": "submit_project",
    "stakeholders:reported": "view_revision",
    "stakeholders:row": "view_project",
    "stakeholders:row_aside": "manage_stakeholders",
    "stakeholders:row_edit": "manage_stakeholders",
    "stakeholders:not_me": "view_revision",
    "stakeholders:row_confirm": "manage_stakeholders",
    "stakeholders:row_move": "manage_stakeholders",
    "stakeholders:row_new": "manage_stakeholders",
    "stakeholders:row_remove": "manage_stakeholders",
    "stakeholders:substitute": "view_revision",
    "stakeholders:suggest": "view_revision",
    "stakeholders:take_back": "view_revision",
    "stakeholders:threads": "view_project",
    "stakeholders:withdraw": "submit_project",
    "stakeholders:wrong_person": "view_revision",
}
"""Addresses inside a project: the permission that each needs."""

ON_THE_SITE = {
    "answers": "SIGNED_IN",
    "choose_person": "TENANT_ADMIN",
    "demo_mail": "PUBLIC",
    "demo_mail_html": "PUBLIC",
    "demo_mails": "PUBLIC",
    "demo_reset": "PUBLIC",
    "demo_sign_in": "PUBLIC",
    "healthz": "PUBLIC",
    "home": "SIGNED_IN",
    "person_left": "TENANT_ADMIN",
    "project_list": "SIGNED_IN",
    "readiness:register": "SIGNED_IN",
    "readiness:register_file": "SIGNED_IN",
    "readiness:register_table": "SIGNED_IN",
    "stakeholders:landing": "PUBLIC",
    "stakeholders:landing_slash": "PUBLIC",
    "stakeholders:mails": "SIGNED_IN",
    "stakeholders:new_project": "TENANT_MEMBER",
    "stakeholders:reference": "PUBLIC",
    "stakeholders:send_code": "PUBLIC",
    "stakeholders:stop_digest": "PUBLIC",
}
"""Addresses outside projects: who may open each."""

OF_ALLAUTH = {
    "account_change_password", "account_confirm_login_code", "account_email_verification_sent", "account_inactive",
    "account_login", "account_logout", "account_reauthenticate", "account_request_login_code", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_set_password", "account_signup",
}  # fmt: skip
"""Log-in and passwords, the library's own pages: tests/mdeprep/test_accounts.py. /admin/ is in test_admin.py."""

ONLY_FOR_THE_ADDRESSEE = {
    "projects:answer", "projects:say_unknown", "projects:upload", "stakeholders:ask_lead", "stakeholders:confirm", "stakeholders:decide",
    "stakeholders:decided", "stakeholders:hand_over", "stakeholders:keep", "stakeholders:not_me", "stakeholders:opened",
    "stakeholders:remind_me", "stakeholders:reported", "stakeholders:suggest", "stakeholders:take_back",
    "stakeholders:wrong_person", "readiness:document_file",
}  # fmt: skip
"""Beyond the permission, these look only among one's own requests and files: for others they are not there."""

ONLY_FOR_WHOM_IT_CONCERNS = {"stakeholders:condition", "stakeholders:substitute"}
"""Without the plan, these are there for who set the condition, who owes it, or may confirm the substitute."""

OF_A_TIER = {"projects:least_of", "projects:save_tasks", "projects:take_least"}
"""Addresses about what a tier or persona needs to do."""
OF_A_QUESTION = {
    "projects:accept_answer", "projects:answer", "projects:decline_answer", "projects:remind_of_question",
    "projects:say_unknown", "projects:withdraw_question",
}  # fmt: skip
OF_A_ROLE = {
    "projects:confirm_removal", "projects:record_removal", "projects:removal", "projects:removal_calendar",
    "projects:take_back_removal",
}  # fmt: skip
"""Addresses whose key is that of a temporary role."""
OF_AN_EXPORT = {"projects:remind_of_upload", "projects:revoke_upload", "projects:upload"}
"""Addresses whose number or reference is that of a question, or of an export that was asked for."""

OF_WHO_ASKED = {"readiness:register_file"}
"""Files that only the person who asked for them finds."""

MAY_REFUSE = {"projects:confirm_removal"}
"""Beyond the permission, the page says 403 in words: here that nothing is recorded that could be confirmed."""

LAST = {"projects:archive", "projects:restore"}
"""An archived project is edited by nobody: the walk ends with it."""


def patterns(
    resolver: URLResolver, namespace: str = "", arguments: frozenset[str] = frozenset()
) -> Iterator[tuple[str, URLPattern, frozenset[str]]]:
    """Every address but the administration's: its name, its pattern, the names of its arguments."""
    for each in resolver.url_patterns:
        mine = arguments | set(each.pattern.converters)
        if isinstance(each, URLResolver):
            if each.namespace != "admin":
                yield from patterns(each, f"{namespace}{each.namespace}:" if each.namespace else namespace, mine)
        else:
            yield namespace + (each.name or ""), each, mine


def test_the_table_is_complete_and_says_what_the_views_say():
    told: dict[str, str] = {}
    library = set()
    for name, pattern, _arguments in patterns(get_resolver()):
        view: Any = getattr(pattern.callback, "view_class", None)
        if hasattr(view, "permission"):
            told[name] = view.permission
        elif hasattr(view, "who"):
            told[name] = view.who.name
        else:
            library.add(name)
    assert told == {**IN_A_PROJECT, **ON_THE_SITE}
    assert library == OF_ALLAUTH


ROLES = ("nobody", "anonymous", "superuser", "tenant_admin", "provider", *map(str, Role))


@pytest.fixture
@remembered
def world(tenant: Tenant, other_tenant: Tenant, project: Project, lead: User) -> dict[str, Any]:
    """A project with a row, a request, an import and a shared viewer, so that every address leads to something."""
    from projects.models import DeviceImport
    from tenants.actions import name_provider

    row = plan_actions.add_row(
        project=project,
        table=TABLES["environment", "devices"],
        values={"system": "rhel-8", "kind": "server", "count": 3},
        by=lead,
    )
    role = plan_actions.add_row(
        project=project,
        table=TABLES["access", "assignments"],
        values={"persona": "Security Administrator", "entra_role": "security-administrator", "assignee": "Ana Ruiz",
                "duration": "temporary", "ends_on": date.today() + timedelta(days=90)},
        by=lead,
    )  # fmt: skip
    assign(project=project, key="role-ciso", email="dana@contoso.example", name="Dana Reyes", by=lead)
    kept = plan_actions.add_row(
        project=project, table=TABLES["access", "kept"], values={"finding": "roles_have_a_reason"}, by=lead
    )
    round_ = ask_for_approval(project=project, sections=["licences"], due_on=date(2027, 1, 15), by=lead)
    paper = Paper.objects.create(project=project, asked_by=lead, kind=Paper.Kind.EVIDENCE)
    shared = access.grant(project=project, user=make_person(tenant, "Vera Lund"), role=Role.VIEWER, by=lead)
    upload = DeviceImport.objects.create(project=project, uploaded_by=lead)
    asked_for = {"email": "tomas@contoso.example", "name": "Tomás Silva", "by": lead}
    question = plan_actions.ask_question(
        project=project, table=TABLES["environment", "siem"], text="Which?", due_on=date(2100, 1, 15), **asked_for
    )
    plan_actions.send_questions(project=project, by=lead)
    export = plan_actions.ask_for_upload(project=project, until=date(2100, 1, 15), **asked_for)
    name_provider(tenant=tenant, provider=other_tenant, by=None)
    asked = Request.objects.select_related("round__project").get()
    before_deciding = ask_question(request=asked, text="Why 101?", by=User.objects.get(email="dana@contoso.example"))
    decision = Decision.objects.create(
        project_id=project.pk, tenant_id=tenant.pk, round_number=1, request_id=0,
        revision_id=round_.revision_id, stakeholder_key="r",
        role="Architect", part="R", person_id=0, name="Priya", email="priya@contoso.example", comment="Thin.",
        answers={"licences": "input"}, digests={}, briefing_digest="", authenticated_by="code",
    )  # fmt: skip
    proposal = plan_actions.propose(
        project=project, table=TABLES["environment", "devices"], key=row.key, values={"count": 4}, name="Priya",
        email="priya@contoso.example",
    )  # fmt: skip
    condition = Condition.objects.create(
        project=project, decision_id=0, stakeholder_key="role-ciso", set_by_name="Dana", set_by_email="dana@x.example",
        sections=["licences"], what="Buy", who="Lena", due_on=date(2030, 1, 1),
    )  # fmt: skip
    return {
        "before_deciding": before_deciding.pk,
        "proposal": proposal.pk,
        "decision": decision.pk,
        "condition": condition.pk,
        "project": project,
        "key": row.key,
        "kept": kept.key,
        "role": role.key,
        "stakeholder_key": "role-ciso",
        "number": round_.number,
        "asked": asked.pk,
        "grant": shared.pk,
        "upload": upload.pk,
        "question": question.pk,
        "question_code": question.code,
        "export": export.pk,
        "export_code": export.code,
        "paper": paper.pk,
        "person": shared.user_id,
    }


@cache
def arguments_of(name: str) -> frozenset[str]:
    return next(arguments for found, _pattern, arguments in patterns(get_resolver()) if found == name)


def address(name: str, world: dict[str, Any], slug: str) -> str:
    """An address of the table, with arguments that lead to something in the world."""
    wanted = arguments_of(name)
    is_matrix = name.startswith(("stakeholders:row", "stakeholders:substitute"))
    values = {
        "slug": slug,
        "section": "environment",
        "table": "rows" if is_matrix else "devices",
        "key": "role-ciso" if is_matrix else world["kept" if name == "readiness:take_back_kept" else "key"],
        "finding": "tiers_can_do_their_duty:tier-1",
        "group": "linux_servers",
        "pk": world["paper" if name.startswith("readiness:") else "upload"],
        "task": "passive_mode",
        "question": world["before_deciding"],
        **{name: world[name] for name in ("stakeholder_key", "number", "grant", "decision", "condition", "proposal")},
        "code": Request.objects.get(pk=world["asked"]).code,  # as it is now: one cell of the walk renews it
    }
    if name in OF_A_TIER:
        values |= {"table": "tiers", "key": "tier-1"}
    if name in OF_A_QUESTION:
        values |= {"pk": world["question"], "code": world["question_code"]}
    if name in OF_A_ROLE:
        values |= {"key": world["role"]}
    if name in OF_AN_EXPORT:
        values |= {"pk": world["export"], "code": world["export_code"]}
    return reverse(name, kwargs={key: value for key, value in values.items() if key in wanted})


def person(role: str, world: dict[str, Any], tenant: Tenant, other_tenant: Tenant, project: Project) -> User | None:
    """Somebody who holds `role` on `project`, and nothing else."""
    if role == "anonymous":
        return None
    if role == "superuser":
        return User.objects.create_superuser("root@example.org", name="Root")
    if role == "tenant_admin":
        return make_person(project.tenant, "Olu Adeyemi", Membership.Role.ADMIN)
    home = other_tenant if role == "provider" else project.tenant
    user = make_person(home, "Some One")
    if role == "provider":
        access.grant(project=project, user=user, role=Role.VIEWER, by=None)
    elif role != "nobody":
        access.grant(project=project, user=user, role=role, by=None, reason=Grant.Reason.SHARED)
    return user


def held_by(role: str) -> frozenset[str]:
    if role == "tenant_admin":
        return OF_TENANT_ADMIN
    if role == "provider":
        return PERMISSIONS[Role.VIEWER]
    return PERMISSIONS.get(role, frozenset())


@pytest.mark.parametrize("role", ROLES)
def test_every_address_of_a_project_as_every_role(role, world, client, tenant, other_tenant, project):
    user = person(role, world, tenant, other_tenant, project)
    if user is not None:
        client.force_login(user)
    wrong = []
    for name, permission in sorted(IN_A_PROJECT.items(), key=lambda each: each[0] in LAST):
        for method in ("get", "post"):
            answer = getattr(client, method)(address(name, world, project.slug)).status_code
            if role == "anonymous":
                fits = answer == 302
            elif not held_by(role):
                fits = answer == 404
            elif permission not in held_by(role):
                fits = answer == 403
            elif name in ONLY_FOR_THE_ADDRESSEE:
                fits = answer in {404, 405}
            elif name in ONLY_FOR_WHOM_IT_CONCERNS and "view_project" not in held_by(role):
                fits = answer == 404
            else:
                fits = answer in {200, 204, 302, 400, 405, 409, 422} or (answer == 403 and name in MAY_REFUSE)
                fits = fits or (answer == 404 and _is_gone(name, method))
            if not fits:
                wrong.append(f"{role} {method} {name}: {answer}")
    assert wrong == []


def _is_gone(name: str, method: str) -> bool:
    """Pages about something that an earlier cell of the same walk has removed or ended."""
    return name in {
        "projects:ask_about_row", "projects:revoke", "projects:row", "projects:row_edit", "projects:row_effect", "projects:row_move",
        "projects:row_aside", "projects:row_remove", "stakeholders:effect", "stakeholders:row",
        "stakeholders:row_aside",
        "stakeholders:row_edit", "stakeholders:row_move", "stakeholders:row_remove", "stakeholders:difference",
        "projects:import", "projects:import_apply", "projects:import_cancel", "projects:import_problems",
    }  # fmt: skip


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_every_role_on_another_project_finds_nothing(role, world, client, tenant, other_tenant, project):
    elsewhere = start_project(
        tenant=other_tenant, lead=make_person(other_tenant, "Jon Park"), by=None, name="Elsewhere", kind="deployment"
    )
    user = person(role, world, tenant, other_tenant, elsewhere if role != "provider" else project)
    if role == "provider":
        elsewhere, project = project, elsewhere
    assert user is not None
    client.force_login(user)
    wrong = [
        f"{role} {method} {name}: {answer}"
        for name in IN_A_PROJECT
        for method in ("get", "post")
        if (answer := getattr(client, method)(address(name, world, project.slug)).status_code) != 404
    ]
    assert wrong == []


@pytest.mark.parametrize("role", ["nobody", "anonymous", "superuser", "tenant_admin", "stranger"])
def test_every_address_of_the_site_as_everybody(role, world, client, tenant, other_tenant, project):
    if role == "stranger":  # somebody who was only asked to decide: an account without a tenant
        user: User | None = User.objects.create_user("stranger@example.org", name="Stranger")
    else:
        user = person(role, world, tenant, other_tenant, project)
    if user is not None:
        client.force_login(user)
    may = {
        "PUBLIC": True,
        "SIGNED_IN": user is not None,
        "TENANT_MEMBER": role in {"nobody", "tenant_admin"},
        "TENANT_ADMIN": role in {"superuser", "tenant_admin"},
    }
    arguments = {
        "person_left": {"pk": world["person"]},
        "readiness:register_file": {"pk": world["paper"]},
        "stakeholders:landing": {"code": Request.objects.get(pk=world["asked"]).code},
        "stakeholders:landing_slash": {"code": Request.objects.get(pk=world["asked"]).code},
        "stakeholders:send_code": {"code": Request.objects.get(pk=world["asked"]).code},
        "stakeholders:stop_digest": {"token": signing.dumps("dana@contoso.example", salt=STOP_DIGEST)},
        "demo_mail": {"pk": "00000000-0000-4000-8000-000000000000"},
        "demo_mail_html": {"pk": "00000000-0000-4000-8000-000000000000"},
    }
    wrong = []
    for name, who in ON_THE_SITE.items():
        if name == "demo_reset":
            continue  # empties the database: tested by itself
        answer = client.get(reverse(name, kwargs=arguments.get(name))).status_code
        if who == "PUBLIC":
            fits = answer in {200, 302, 403, 404, 405}
        elif user is None:
            fits = answer == 302
        else:
            fits = answer in {200, 302} if may[who] and name not in OF_WHO_ASKED else answer == 404
        if not fits:
            wrong.append(f"{role} {name}: {answer}")
    assert wrong == []
