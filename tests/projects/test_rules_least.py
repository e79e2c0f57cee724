"""The least privilege is exact: every cover covers, none costs less than the first, none has a role too many."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects import catalog
from projects.rules import least as rules
from projects.rules.least import covers, entra_carriers, least, needs_of, weight, with_implied, without_implied, worth

MODELS = ["basic", "classic", "unified"]
RIGHTS = [*catalog.unified_permissions(), *catalog.rights()]
PRIVILEGED = frozenset(key for key, role in catalog.entra_roles().items() if role.privileged)

tasks_of_somebody = st.sets(st.sampled_from(list(catalog.tasks())), min_size=1, max_size=6)
rights_of_somebody = st.frozensets(st.sampled_from(RIGHTS), min_size=1, max_size=6)
small_catalogues = st.dictionaries(
    st.sampled_from("abcdefgh"), st.frozensets(st.sampled_from(RIGHTS), max_size=8), max_size=8
)


def cost_of(chosen, needed, carriers, privileged):
    """The cost of a set of carriers, reckoned anew: reach of what is too much, privileged ones, how many."""
    given = frozenset().union(*(carriers[name] for name in chosen))
    return (sum(weight(right) for right in given - needed), len(set(chosen) & set(privileged)), len(chosen))


def every_cover(needed, carriers, most):
    """By brute force: every set of up to `most` carriers that has all that is needed, with a carrier too many or not."""
    for size in range(1, most + 1):
        for chosen in combinations(sorted(carriers), size):
            if needed <= frozenset().union(*(carriers[name] for name in chosen)):
                yield chosen


def check(needed, carriers, privileged, most):
    """Compare `covers` with brute force."""
    found = covers(needed, carriers, privileged)
    for cover in found:
        given = frozenset().union(*(carriers[name] for name in cover.carriers))
        assert needed <= given
        assert cover.excess == given - needed
        assert cover.cost == cost_of(cover.carriers, needed, carriers, privileged)
        for one in cover.carriers:  # none is superfluous
            assert not needed <= frozenset().union(*(carriers[o] for o in cover.carriers if o != one))
    assert [cover.cost for cover in found] == sorted(cover.cost for cover in found)
    known = {cover.carriers for cover in found}
    assert len(known) == len(found)
    for chosen in every_cover(needed, carriers, most):
        assert found
        assert found[0].cost <= cost_of(chosen, needed, carriers, privileged)
        assert any(set(one) <= set(chosen) for one in known)  # it, or it without what is too many, was looked at
    return found


@settings(max_examples=300)
@given(needed=rights_of_somebody, carriers=small_catalogues, privileged=st.sets(st.sampled_from("abcdefgh")))
def test_no_set_of_carriers_of_a_small_catalogue_is_less_than_the_first_cover(needed, carriers, privileged):
    found = check(needed, carriers, privileged, most=len(carriers))
    assert bool(found) == (needed <= frozenset().union(*carriers.values()))


@settings(max_examples=40)
@given(tasks=tasks_of_somebody, model=st.sampled_from(MODELS))
def test_no_three_roles_of_the_real_catalogue_are_less_than_the_first_cover(tasks, model):
    needed, carriers = needs_of(tasks), entra_carriers(model)
    useful = {name: rights for name, rights in carriers.items() if rights & needed}
    assert check(needed, useful, PRIVILEGED, most=3) == covers(needed, carriers, PRIVILEGED)


@settings(max_examples=100)
@given(tasks=tasks_of_somebody, model=st.sampled_from(MODELS))
def test_what_is_proposed_carries_all_of_the_work_and_says_all_that_is_too_much(tasks, model):
    found = least(needs_of(tasks), model)
    portal = frozenset().union(*(worth(key, model) for key in found.permissions))
    assert found.excess == portal - found.needed
    assert found.impossible == frozenset()  # the Global Administrator can do all of it
    for cover in found.roles:
        roles = frozenset().union(*(entra_carriers(model)[key] for key in cover.carriers))
        assert found.needed <= portal | roles
        assert cover.excess == roles - found.needed
    if not found.roles:
        assert found.needed <= portal
    for cover in found.instead:
        assert found.needed <= frozenset().union(*(entra_carriers(model)[key] for key in cover.carriers))
    for key in found.permissions:  # no permission of the role of the portal is superfluous, but those that come with it
        rest = frozenset().union(*(worth(one, model) for one in found.permissions if one != key))
        assert not worth(key, model) & found.needed <= rest or model == "unified"


@settings(max_examples=100)
@given(tasks=tasks_of_somebody)
def test_a_unified_role_holds_what_is_needed_and_nothing_beside(tasks):
    found = least(needs_of(tasks), "unified")
    assert set(found.permissions) == found.needed & set(catalog.unified_permissions())
    kept = without_implied(found.permissions)
    assert with_implied(kept) & set(catalog.unified_permissions()) == set(found.permissions)
    for key in kept:
        assert key not in with_implied(set(kept) - {key})


@settings(max_examples=60)
@given(tasks=tasks_of_somebody, more=tasks_of_somebody)
def test_who_does_more_never_needs_less(tasks, more):
    assert needs_of(tasks) <= needs_of(tasks | more)
    some, all_ = least(needs_of(tasks), "unified"), least(needs_of(tasks | more), "unified")
    assert set(some.permissions) <= set(all_.permissions)
    assert bool(all_.roles) >= bool(some.roles)


CASES = [
    # tasks, model: permissions of a role of the portal, Entra roles
    ({"read_alerts"}, "unified", ["security_data_basics.read"], ()),
    ({"triage_alerts"}, "unified", ["security_data_basics.read", "alerts.manage"], ()),
    ({"read_alerts"}, "classic", ["view_data.secops"], ()),
    ({"live_response_look"}, "classic", ["view_data.secops", "live_response.basic"], ()),
    ({"live_response_act"}, "classic", ["view_data.secops", "live_response.advanced"], ()),
    ({"live_response_look", "live_response_act"}, "classic", ["view_data.secops", "live_response.advanced"], ()),
    ({"read_alerts", "read_vulnerabilities"}, "basic", [], ("security-reader",)),
    ({"respond"}, "basic", [], ("security-administrator",)),
    ({"portal_settings"}, "classic", [], ("security-administrator",)),  # no role of one's own may hold it
    ({"portal_settings"}, "unified", ["system_settings.read", "system_settings.manage"], ()),
    ({"endpoint_policies"}, "unified", [], ("intune-administrator",)),
    ({"device_objects"}, "unified", [], ("cloud-device-administrator",)),
    ({"make_groups"}, "unified", [], ("groups-administrator",)),
    ({"make_groups", "assign_licences"}, "unified", [], ("groups-administrator", "license-administrator")),
    ({"assign_entra_roles"}, "unified", [], ("privileged-role-administrator",)),
    ({"switch_access"}, "unified", [], ("security-administrator",)),
    ({"buy_licences"}, "unified", [], ("billing-administrator",)),
    ({"read_for_audit"}, "unified", ["security_data_basics.read"], ("reports-reader",)),
    (set(), "unified", [], ()),
]


@pytest.mark.parametrize(("tasks", "model", "permissions", "roles"), CASES)
def test_known_work(tasks, model, permissions, roles):
    found = least(needs_of(tasks), model)
    assert list(found.permissions) == permissions
    assert found.best == roles


def test_nobody_needs_global_administrator_unless_nothing_less_carries_it():
    for key in catalog.tasks():
        for model in MODELS:
            assert "global-administrator" not in least(needs_of([key]), model).best, (key, model)


def test_exposure_management_has_no_classic_permission_so_an_entra_role_carries_it():
    found = least(needs_of({"read_score"}), "classic")
    assert found.permissions == ()
    assert found.best == ("security-administrator",)


def test_what_the_entra_roles_give_anyway_is_not_needed_beside_them():
    both = least(needs_of({"maintain_roles", "switch_access"}), "unified")
    assert both.permissions == ("authorization.read", "authorization.manage")
    assert both.best == ("security-administrator",)
    assert both.permissions_beside == ()
    apart = least(needs_of({"triage_alerts", "make_groups"}), "unified")
    assert apart.permissions_beside == apart.permissions == ("security_data_basics.read", "alerts.manage")


def test_all_covers_are_counted_also_those_that_are_not_shown():
    found = least(needs_of({"read_for_audit"}), "unified")
    assert len(found.roles) == len(found.instead) == rules.MOST_ALTERNATIVES
    carriers = entra_carriers("unified")
    everywhere = covers(found.needed, carriers, PRIVILEGED)
    outside = covers(frozenset({"entra.read_logs"}), carriers, PRIVILEGED)
    assert found.compared == 1 + len(outside) + len(everywhere)


def test_what_no_role_carries_is_said():
    found = least(frozenset({"alerts.manage", "coffee.make"}), "unified")
    assert found.impossible == {"coffee.make"}
    assert found.roles == ()
    assert found.instead == ()


def test_tasks_and_permissions_that_the_catalogue_no_longer_has_are_worth_nothing():
    assert needs_of({"make_coffee"}) == frozenset()
    assert worth("coffee.make", "unified") == frozenset()
    assert worth("coffee.make", "classic") == frozenset()
    assert worth("alerts.manage", "classic") == frozenset()


@pytest.mark.parametrize("tier", catalog.standard_template().tiers, ids=lambda tier: tier.key)
def test_the_recommended_tiers_hold_no_more_than_their_stated_work_takes(tier):
    wanted = needs_of(tier.tasks)
    assert with_implied(tier.unified) <= wanted
