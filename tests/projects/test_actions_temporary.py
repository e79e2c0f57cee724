"""The end of a temporary role: recorded with its proof, confirmed by a second person, and on the history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from projects import access, actions
from projects.document import digest
from projects.models import AccessPolicy, Assignment, Project
from projects.rules.roles import Role
from projects.rules.story import sentence
from projects.rules.temporary import Bar, day_in_words
from projects.tables import TABLES
from stakeholders.actions import NotAPlan, import_plan
from stakeholders.plan import load
from tenants import clock, ledger
from tenants.models import LedgerEntry
from tests.conftest import make_person
from tests.remembered import remembered

pytestmark = pytest.mark.django_db
ASSIGNMENTS = TABLES["access", "assignments"]
TODAY = clock.today("Europe/Dublin")
HASH = "3f" * 32


def add(project, by, **more):
    values = {"persona": "Security Administrator", "entra_role": "security-administrator", "assignee": "Ravi Menon",
              "assignee_kind": "person", "held": "active", "duration": "temporary",
              "ends_on": TODAY - timedelta(days=1)}  # fmt: skip
    return actions.add_row(project=project, table=ASSIGNMENTS, values={**values, **more}, by=by)


@pytest.fixture
@remembered
def role(project, lead):
    return add(project, lead)


def now(role) -> Assignment:
    return Assignment.objects.get(pk=role.pk)


def record(role, by, **more):
    values = {"on": TODAY, "removed_by": "Cleo Mann", "evidence": "CHG-4711"}
    return actions.record_removal(project=role.project, key=role.key, by=by, **{**values, **more})


def confirm(role, by, **more):
    return actions.confirm_removal(project=role.project, key=role.key, by=by, **more)


def entries(project, verb):
    return LedgerEntry.objects.of(project).filter(verb=verb)


def test_recording_a_removal_keeps_day_person_and_proof_and_touches_no_signature(role, project, lead):
    before = Project.objects.get(pk=project.pk).digests["access"]
    record(role, lead, file_name="audit log.csv", file_hash=HASH)
    found = now(role)
    assert (found.removed_on, found.removed_by, found.evidence, found.evidence_hash) == (
        TODAY, "Cleo Mann", "CHG-4711 (audit log.csv)", HASH,
    )  # fmt: skip
    project.refresh_from_db()
    assert project.digests["access"] == before
    entry = entries(project, "removal recorded").get()
    assert (entry.actor_id, entry.is_material) == (lead.pk, False)
    assert ledger.verify(project) == []


def test_the_history_tells_each_deed_in_words(role, project, lead, editor):
    record(role, lead)
    actions.take_back_removal(project=project, key=role.key, by=lead, why="The wrong person.")
    record(role, lead)
    confirm(role, editor)
    row = {"title": "Security Administrator: Ravi Menon", "key": role.key}
    assert [sentence(verb, row, ["access"]) for verb in ("removal recorded", "removal confirmed")] == [
        "recorded that Security Administrator: Ravi Menon is removed",
        "confirmed that Security Administrator: Ravi Menon is removed",
    ]
    assert [e.verb for e in LedgerEntry.objects.of(project).order_by("seq")][-4:] == [
        "removal recorded", "removal taken back", "removal recorded", "removal confirmed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"removed_by": "  "}, "removed_by"),
        ({"evidence": " "}, "evidence"),
    ],
)
def test_a_record_without_day_person_or_proof_is_refused_and_nothing_is_written(role, project, lead, values, wrong):
    with pytest.raises(ValidationError) as refusal:
        record(role, lead, **values)
    assert set(refusal.value.message_dict) == {wrong}
    assert now(role).removed_on is None
    assert not entries(project, "removal recorded").exists()


@pytest.mark.parametrize(
    ("evidence", "file_name", "kept"),
    [
        ("CHG-1", "", "CHG-1"),
        ("", "proof.png", "proof.png"),
        ("CHG-1", "proof.png", "CHG-1 (proof.png)"),
        ("", "../a\nb\tc.png", "../a b c.png"),
        ("x" * 300, "y" * 300 + ".png", "x" * 100 + " (" + "y" * 86 + ".png)"),
    ],
)
def test_the_proof_is_a_reference_the_name_of_a_file_or_both_and_fits(role, lead, evidence, file_name, kept):
    record(role, lead, evidence=evidence, file_name=file_name)
    assert now(role).evidence == kept


def test_a_removal_is_recorded_once(role, lead, editor):
    record(role, lead)
    with pytest.raises(actions.AlreadyRemoved):
        record(role, editor)


@pytest.mark.parametrize(
    "more", [{"duration": "permanent", "ends_on": None}, {"does_not_apply": "Not needed"}], ids=["for good", "aside"]
)
def test_only_a_role_that_ends_and_applies_has_a_removal(project, lead, more):
    role = add(project, lead, **more)
    with pytest.raises(actions.NotTemporary):
        record(role, lead)


def test_a_second_person_confirms_it(role, project, lead, editor):
    record(role, lead)
    confirm(role, editor)
    found = now(role)
    assert (found.confirmed_on, found.confirmed_by) == (TODAY, "Priya Nair")
    assert entries(project, "removal confirmed").get().actor_id == editor.pk


def test_whoever_recorded_it_does_not_confirm_it_not_even_under_another_name_or_address(role, lead):
    record(role, lead)
    lead.name, lead.email = "Somebody Else", "else@contoso.example"
    lead.save()
    with pytest.raises(actions.MayNotConfirm) as refusal:
        confirm(role, lead)
    assert refusal.value.bar is Bar.RECORDED_IT
    assert now(role).confirmed_on is None


def test_whoever_held_or_removed_it_does_not_confirm_it(role, tenant, project, lead):
    for name, bar in (("Ravi Menon", Bar.HELD_IT), ("Cleo Mann", Bar.REMOVED_IT)):
        person = make_person(tenant, name)
        access.grant(project=project, user=person, role=Role.EDITOR, by=lead)
        if not now(role).removed_on:
            record(role, lead)
        with pytest.raises(actions.MayNotConfirm) as refusal:
            confirm(role, person)
        assert refusal.value.bar is bar


def test_whoever_recorded_it_may_confirm_a_later_record_of_somebody_else(role, project, lead, editor):
    record(role, lead)
    actions.take_back_removal(project=project, key=role.key, by=editor, why="It was still there.")
    record(role, editor)
    with pytest.raises(actions.MayNotConfirm):
        confirm(role, editor)
    confirm(role, lead)
    assert now(role).confirmed_by == "Lena Fischer"


def test_nothing_is_confirmed_that_is_not_recorded_or_confirmed_already(role, lead, editor):
    with pytest.raises(actions.MayNotConfirm) as refusal:
        confirm(role, editor)
    assert refusal.value.bar is Bar.NOT_REMOVED
    record(role, lead)
    confirm(role, editor)
    with pytest.raises(actions.MayNotConfirm) as refusal:
        confirm(role, editor)
    assert refusal.value.bar is Bar.CONFIRMED


def test_what_is_confirmed_is_what_was_seen(role, project, lead, editor):
    record(role, lead)
    seen = now(role).changed_seq
    actions.take_back_removal(project=project, key=role.key, by=lead, why="Wrong file.")
    record(role, lead, evidence="CHG-4712")
    with pytest.raises(actions.RowMoved):
        confirm(role, editor, seen=seen)
    confirm(role, editor, seen=now(role).changed_seq)


def test_a_wrong_record_is_taken_back_with_a_reason_and_the_role_is_held_as_before(role, project, lead, editor):
    record(role, lead, file_name="a.csv", file_hash=HASH)
    confirm(role, editor)
    with pytest.raises(ValidationError):
        actions.take_back_removal(project=project, key=role.key, by=lead, why=" ")
    actions.take_back_removal(project=project, key=role.key, by=lead, why="It came back with the nightly job.")
    found = now(role)
    told = (found.removed_on, found.removed_by, found.evidence, found.evidence_hash, found.confirmed_on)
    assert told == (None, "", "", "", None)
    assert found.confirmed_by == ""
    assert "nightly job" in entries(project, "removal taken back").get().body
    with pytest.raises(actions.NotRemoved):
        actions.take_back_removal(project=project, key=role.key, by=lead, why="Again.")


@pytest.mark.parametrize(
    "values",
    [
        {"removed_on": TODAY},
        {"removed_by": "Me"},
        {"evidence": "Trust me"},
        {"evidence_hash": HASH},
        {"confirmed_on": TODAY, "confirmed_by": "Priya Nair"},
    ],
)
def test_no_removal_is_typed_into_the_row_nor_into_a_new_one(role, project, lead, values):
    with pytest.raises(ValidationError) as refusal:
        actions.change_row(project=project, table=ASSIGNMENTS, key=role.key, values=values, by=lead)
    assert set(refusal.value.message_dict) == set(values)
    assert "Temporary access" in str(refusal.value)
    with pytest.raises(ValidationError):
        add(project, lead, **values)
    assert now(role).removed_on is None


def test_no_removal_is_proposed_into_the_row(role, project, lead):
    proposal = actions.propose(
        project=project, table=ASSIGNMENTS, key=role.key, name="Ravi", email="ravi@x.example",
        values={"removed_on": TODAY, "confirmed_on": TODAY},
    )  # fmt: skip
    with pytest.raises(ValidationError):
        actions.accept_proposal(proposal=proposal, by=lead, seen=None, why="")
    assert now(role).removed_on is None


def test_other_fields_of_a_removed_role_are_changed_as_before(role, project, lead):
    record(role, lead)
    values = {"justification": "Rollout", "removed_by": "Cleo Mann"}
    actions.change_row(project=project, table=ASSIGNMENTS, key=role.key, values=values, by=lead)
    assert now(role).justification == "Rollout"


def written(project):
    return load([project])[project.pk]


def test_a_file_confirms_nothing_it_waits_for_a_second_person_again(role, project, tenant, lead, editor):
    record(role, lead)
    confirm(role, editor)
    document = written(project)
    made = import_plan(document=document, tenant=tenant, by=lead, slug="again")
    found = Assignment.objects.get(project=made, key=role.key)
    assert (found.removed_on, found.evidence, found.confirmed_on, found.confirmed_by) == (TODAY, "CHG-4711", None, "")
    assert "Ravi Menon" in entries(made, "plan imported").get().body
    with pytest.raises(actions.MayNotConfirm):  # whoever imported it wrote it down
        actions.confirm_removal(project=made, key=role.key, by=lead)
    section = document.section("access")
    assert digest("access", written(made).section("access"), written(made).project) == digest(
        "access", section, document.project
    )


def test_a_file_leaves_what_was_confirmed_here(role, project, tenant, lead, editor):
    record(role, lead)
    confirm(role, editor)
    import_plan(document=written(project), tenant=tenant, by=lead, project=project)
    assert now(role).confirmed_by == "Priya Nair"


def test_a_forged_file_is_no_second_person(role, project, tenant, lead, editor):
    record(role, lead)
    document = written(project)
    rows = tuple(row.replaced(confirmed_on=TODAY, confirmed_by="Priya Nair") for row in document.access.assignments)
    forged = document.replaced(access=document.access.replaced(assignments=rows))
    import_plan(document=forged, tenant=tenant, by=editor, project=project)
    assert now(role).confirmed_on is None
    for person in (lead, editor):
        with pytest.raises(actions.MayNotConfirm):
            confirm(role, person)


def test_an_archived_project_records_nothing(role, project, lead):
    actions.archive(project=project, by=lead)
    with pytest.raises(actions.Archived):
        record(role, lead)


@pytest.mark.parametrize("who", ["Ravi Menon", " ravi  menon ", "Ravi Menon (Northwind)", "Ravi Menon <r@x.example>"])
def test_who_held_it_did_not_remove_it(project, lead, who):
    role = add(project, lead, assignee="Ravi Menon (Northwind)")
    with pytest.raises(ValidationError) as refused:
        record(role, lead, removed_by=who)
    assert refused.value.message_dict == {
        "removed_by": ["They held this role: nobody takes away their own. Say who did."]
    }
    assert now(role).removed_on is None


def test_nor_does_a_file_say_so(role, project, tenant, lead):
    record(role, lead)
    document = written(project)
    rows = tuple(row.replaced(removed_by=row.assignee) for row in document.access.assignments)
    forged = document.replaced(access=document.access.replaced(assignments=rows))
    with pytest.raises(NotAPlan) as refused:
        import_plan(document=forged, tenant=tenant, by=lead, project=project)
    assert [one.path for one in refused.value.problems] == ["access.assignments.0.removed_by"]


def test_the_people_of_a_group_may_remove_it_from_the_group(project, lead):
    role = add(project, lead, assignee="SEC-Admins", assignee_kind="group")
    assert record(role, lead, removed_by="SEC-Admins").pk == role.pk


# The policy of the tenant ---------------------------------------------------------------------------------------------
def test_a_tenant_says_how_long_roles_are_held_and_it_is_on_its_history(tenant, admin):
    actions.set_access_policy(tenant=tenant, values={"longest_days": 90}, by=admin)
    actions.set_access_policy(tenant=tenant, values={"longest_days": 90, "remind_days": 7}, by=admin)
    assert AccessPolicy.objects.of(tenant).longest_days == 90
    assert entries(tenant, "access policy changed").count() == 1
    tenant.refresh_from_db()
    assert ledger.verify(tenant) == []


@pytest.mark.parametrize("values", [{"longest_days": 0}, {"longest_days": 731}, {"remind_days": 91}])
def test_a_policy_that_makes_no_sense_is_refused(tenant, admin, values):
    with pytest.raises(ValidationError):
        actions.set_access_policy(tenant=tenant, values=values, by=admin)
    assert not AccessPolicy.objects.exists()


TOO_LONG = "At most 180 days from today, as this tenant decided: {last} is the latest day."


def too_long() -> str:
    return TOO_LONG.format(last=day_in_words(TODAY + timedelta(days=180)))


@pytest.mark.parametrize(
    ("ends", "starts", "is_refused"),
    [(180, None, False), (181, None, True), (200, 20, False), (201, 20, True), (0, -180, False), (1, -180, True)],
)
def test_no_role_is_added_that_ends_later_than_the_tenant_allows(project, lead, ends, starts, is_refused):
    values = {"ends_on": TODAY + timedelta(days=ends), "starts_on": starts and TODAY + timedelta(days=starts)}
    if not is_refused:
        assert add(project, lead, **values).ends_on == values["ends_on"]
        return
    with pytest.raises(ValidationError) as refused:
        add(project, lead, **values)
    assert list(refused.value.message_dict) == ["ends_on"]
    assert not Assignment.objects.filter(project=project).exists()


def test_nor_moved_there_be_it_by_its_start_or_by_becoming_temporary(project, lead, role):
    far = TODAY + timedelta(days=181)
    for row, values in (
        (role, {"ends_on": far}),
        (add(project, lead, starts_on=TODAY + timedelta(days=1), ends_on=far), {"starts_on": None}),
        (add(project, lead, duration="permanent", ends_on=None), {"duration": "temporary", "ends_on": far}),
    ):
        with pytest.raises(ValidationError) as refused:
            actions.change_row(project=project, table=ASSIGNMENTS, key=row.key, values=values, by=lead)
        assert refused.value.message_dict == {"ends_on": [too_long()]}


def test_what_was_there_before_the_policy_stays_and_may_be_changed_otherwise(project, tenant, lead, admin):
    row = add(project, lead, ends_on=TODAY + timedelta(days=100))
    actions.set_access_policy(tenant=tenant, values={"longest_days": 30}, by=admin)
    values = {"remover": "Cleo", "ends_on": row.ends_on, "starts_on": None, "duration": "temporary"}
    actions.change_row(project=project, table=ASSIGNMENTS, key=row.key, values=values, by=lead)
    assert (now(row).remover, now(row).ends_on) == ("Cleo", row.ends_on)
    import_plan(document=written(project), tenant=tenant, by=lead, project=project)
    assert now(row).ends_on == row.ends_on
    with pytest.raises(ValidationError):  # another day that is too late is no mending
        actions.change_row(
            project=project, table=ASSIGNMENTS, key=row.key, values={"ends_on": TODAY + timedelta(days=40)}, by=lead
        )


def test_nor_is_it_imported(project, tenant, lead):
    add(project, lead, ends_on=TODAY + timedelta(days=100))
    document = written(project)
    held = [row.replaced(ends_on=TODAY + timedelta(days=181)) for row in document.access.assignments]
    access = document.access.replaced(assignments=tuple(held))
    forged = document.replaced(access=access)
    for into in ({"project": project}, {"slug": "again"}):
        with pytest.raises(NotAPlan) as refused:
            import_plan(document=forged, tenant=tenant, by=lead, **into)
        assert [(one.path, one.what) for one in refused.value.problems] == [
            ("access.assignments.0.ends_on", too_long())
        ]


def test_an_end_before_the_start_is_said_in_words_on_every_path(project, tenant, lead):
    said = f"It would end before it starts, on {day_in_words(TODAY + timedelta(days=9))}."
    with pytest.raises(ValidationError) as refused:
        add(project, lead, starts_on=TODAY + timedelta(days=9), ends_on=TODAY + timedelta(days=8))
    assert refused.value.message_dict == {"ends_on": [said]}
    add(project, lead, ends_on=TODAY + timedelta(days=8))
    document = written(project)
    held = [row.replaced(starts_on=TODAY + timedelta(days=9)) for row in document.access.assignments]
    access = document.access.replaced(assignments=tuple(held))
    with pytest.raises(NotAPlan) as not_taken:
        import_plan(document=document.replaced(access=access), tenant=tenant, by=lead, project=project)
    assert [str(one) for one in not_taken.value.problems] == [f"access.assignments.0.ends_on: {said}"]


# Which groups exist ---------------------------------------------------------------------------------------------------
def exist(project) -> list[str]:
    return list(load([project])[project.pk].access.settings[0].existing_groups)


def test_two_who_tick_groups_at_once_do_not_undo_each_other(project, lead, editor):
    shown = {"A": False, "B": False, "C": False}
    actions.say_which_groups_exist(project=project, offered=shown, exist=["A"], by=lead)
    actions.say_which_groups_exist(project=project, offered=shown, exist=["b"], by=editor)
    assert exist(project) == ["A", "B"]
    actions.say_which_groups_exist(project=project, offered={"A": True, "B": True}, exist=["B"], by=lead)
    assert exist(project) == ["B"]


def test_ticking_the_same_again_writes_nothing_and_no_signature_is_touched(project, lead):
    before = Project.objects.get(pk=project.pk).digests["access"]
    for _ in range(2):
        actions.say_which_groups_exist(project=project, offered={"A": False}, exist=["A"], by=lead)
    changed = entries(project, "changed")
    assert (changed.count(), changed.get().is_material) == (1, False)
    assert Project.objects.get(pk=project.pk).digests["access"] == before


def test_groups_that_the_page_did_not_show_stay(project, lead):
    actions.say_which_groups_exist(project=project, offered={"A": False}, exist=["A"], by=lead)
    actions.say_which_groups_exist(project=project, offered={"B": False}, exist=[], by=lead)
    assert exist(project) == ["A"]
