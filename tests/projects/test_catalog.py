"""The catalogue: every reference resolves, and the figures of the demonstration come out of it."""

from collections import Counter
from datetime import date

import pytest

from projects import catalog
from projects.catalog._load import read

# The inventory of the demonstration's main project, planned on Plan 2.
INVENTORY = {
    "windows-11": 4180,
    "windows-10": 912,
    "windows-8.1": 6,
    "windows-7-sp1": 14,
    "macos-27": 31,
    "macos-26": 174,
    "macos-15": 66,
    "macos-14": 15,
    "ios": 2140,
    "android": 655,
    "windows-server-2025": 12,
    "windows-server-2022": 96,
    "windows-server-2019": 141,
    "windows-server-2016": 58,
    "windows-server-2012-r2": 23,
    "windows-server-2008-r2-sp1": 5,
    "windows-server-2008": 2,
    "rhel-8": 34,
    "rhel-9": 22,
    "ubuntu-22.04": 41,
    "sles-15": 9,
    "centos-6": 3,
}

# What other code cites by key.
PROMISED_SOURCES = (
    "migrate_phase_1",
    "prepare_deployment",
    "planning_guide",
    "onboard_servers",
    "requirements",
    "mac_prerequisites",
    "linux_prerequisites",
    "mobile_requirements",
    "unified_permissions",
    "classic_permissions",
    "device_groups",
    "rbac_switch",
    "basic_permissions",
    "entra_roles",
    "pim",
    "subscription_settings",
    "servers_plans",
    "business_faq",
    "connectivity_streamlined",
    "connectivity_standard",
    "proxy_settings",
    "setup_production",
    "coexistence",
    "phase_2",
    "rings",
    "adoption_order",
    "data_location",
    "own_practice",
)


def _by_route(kind: str, plan: str = "P2") -> Counter[str]:
    count: Counter[str] = Counter()
    for key, devices in INVENTORY.items():
        if catalog.system(key).kind == kind:
            count[catalog.route_on(key, plan)] += devices
    return count


# References


def test_every_source_named_in_the_data_exists():
    template = catalog.standard_template()
    named = {
        *(one.source for one in catalog.systems().values()),
        *(one.source for one in catalog.products().values()),
        *(one.source for one in catalog.entra_roles().values()),
        *(one.source for one in catalog.FEATURE_ROWS.values()),
        *(one.source for one in catalog.facts().values()),
        *(one.source for one in catalog.connectivity_documents().values()),
        *(one.source for one in catalog.connectivity_rules()),
        *(one.source for approach in ("streamlined", "standard", "portal") for one in catalog.destinations(approach)),
        *(one.source for one in catalog.destinations("monitoring_agent")),
        *(one.source for model, _ in catalog.MODELS for one in catalog.switch_steps(model)),
        *(one.source for model, _ in catalog.MODELS for one in catalog.permissions_for(model).values()),
        *(one.source for one in (*template.tiers, *template.components, *template.migration_items, *template.rings)),
    }
    assert named <= set(catalog.sources())


@pytest.mark.parametrize("key", PROMISED_SOURCES)
def test_a_source_says_who_when_and_where(key):
    source = catalog.source(key)
    assert source.title
    if key == "own_practice":
        assert (source.publisher, source.published_on, source.url) == ("mdeprep", None, "")
    else:
        assert source.publisher == "Microsoft"
        assert source.published_on is not None
        assert source.published_on <= date.fromisoformat(catalog.VERSION)
        assert source.url.startswith("https://learn.microsoft.com/")


def test_every_permission_named_elsewhere_exists():
    classic, unified = catalog.classic_permissions(), catalog.unified_permissions()
    for model, _ in catalog.MODELS:
        for one in catalog.permissions_for(model).values():
            assert set(one.implies) <= set(catalog.permissions_for(model))
            assert set(one.unified) <= set(unified)
    for role in catalog.entra_roles().values():
        assert role.unified <= set(unified)
        assert role.basic in {"", *catalog.basic_permissions()}
    for tier in catalog.standard_template().tiers:
        assert set(tier.classic) <= set(classic)
        assert set(tier.unified) <= set(unified)


def test_every_entra_role_suggested_for_a_persona_exists():
    for persona in catalog.standard_template().personas:
        assert set(persona.entra_roles) <= set(catalog.entra_roles())


def test_every_connectivity_row_names_groups_and_every_group_names_systems():
    groups = catalog.connectivity_groups()
    for rule in catalog.connectivity_rules():
        assert set(rule.systems) <= set(groups)
    for group in groups.values():
        assert group.systems
        assert set(group.systems) <= set(catalog.systems())


def test_keys_are_unique_in_the_data_files():
    for rows in (read("systems"), read("entra_roles"), read("products")["products"], read("features")):
        keys = [row["key"] for row in rows]
        assert len(keys) == len(set(keys))
    skus = [one.sku_part_number.lower() for one in catalog.products().values() if one.sku_part_number]
    assert len(skus) == len(set(skus))


# Operating systems


def test_every_system_is_of_a_known_family_kind_plan_and_route():
    for one in catalog.systems().values():
        assert one.family in catalog.FAMILIES
        assert one.kind in {"computer", "mobile", "server"}
        assert one.plans <= {"P1", "P2"}
        assert one.route in catalog.ROUTE_LABELS
        assert bool(one.plans) == (one.route not in {"cannot", "unknown"})


def test_systems_stand_together_by_family():
    families = list(dict.fromkeys(one.family for one in catalog.systems().values()))
    assert families == list(catalog.FAMILIES)
    runs = [one.family for one in catalog.systems().values()]
    assert sorted(runs, key=catalog.FAMILIES.index) == runs


def test_the_servers_of_the_demonstration_have_the_routes_of_plan_2():
    assert _by_route("server") == {
        "built_in": 12 + 96 + 141,
        "unified": 81,
        "deployment_tool": 5,
        "managed": 106,
        "cannot": 5,
    }
    assert sum(_by_route("server").values()) == 446
    assert sum(_by_route("server").values()) - _by_route("server")["cannot"] == 441


def test_the_computers_and_phones_of_the_demonstration_have_the_routes_of_plan_2():
    assert _by_route("computer") == {
        "built_in": 4180 + 912,
        "monitoring_agent": 6,
        "deployment_tool": 14,
        "managed": 271,
        "cannot": 15,
    }
    assert sum(_by_route("computer").values()) == 5398
    assert _by_route("mobile") == {"managed": 2795}


def test_twenty_devices_of_the_demonstration_cannot_be_onboarded_and_86_servers_need_an_extra_step():
    assert sum(INVENTORY.values()) == 8639
    assert sum(n for key, n in INVENTORY.items() if not catalog.can_be_onboarded(key, "P2")) == 20
    extra = {"server": 0, "computer": 0, "mobile": 0}
    for key, devices in INVENTORY.items():
        if catalog.needs_extra_step(key, "P2"):
            extra[catalog.system(key).kind] += devices
    assert extra == {"server": 86, "computer": 20, "mobile": 0}


@pytest.mark.parametrize(
    ("key", "on_plan_1", "on_plan_2"),
    [
        ("windows-11", "built_in", "built_in"),
        ("windows-10-iot", "built_in", "built_in"),
        ("windows-home", "cannot", "cannot"),
        ("windows-8.1", "cannot", "monitoring_agent"),
        ("windows-8", "cannot", "cannot"),
        ("windows-7-sp1", "cannot", "deployment_tool"),
        ("windows-server-2016", "unified", "unified"),
        ("windows-server-2008-r2-sp1", "cannot", "deployment_tool"),
        ("windows-server-2012", "cannot", "cannot"),
        ("azure-local", "built_in", "built_in"),
        ("macos-26", "managed", "managed"),
        ("macos-13", "cannot", "cannot"),
        ("amazon-linux-2023", "managed", "managed"),
        ("rhel-6", "cannot", "cannot"),
        ("other", "cannot", "cannot"),
    ],
)
def test_the_route_depends_on_the_plan(key, on_plan_1, on_plan_2):
    assert catalog.route_on(key, "P1") == on_plan_1
    assert catalog.system(key).route_on("P2") == on_plan_2


def test_a_plan_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="P1 or P2"):
        catalog.route_on("windows-11", "P3")


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("windows-sever-2016", "windows-server-2016"), ("ubuntu-2204", "ubuntu-22.04"), ("macos-62", "macos-26")],
)
def test_an_unknown_system_suggests_the_nearest(wrong, nearest):
    with pytest.raises(catalog.UnknownSystem, match=nearest) as caught:
        catalog.system(wrong)
    assert nearest in caught.value.nearest
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize(
    ("find", "wrong", "nearest"),
    [
        (catalog.source, "own_practise", "own_practice"),
        (catalog.product, "microsoft-365-e55", "microsoft-365-e5"),
        (catalog.entra_role, "security-administrater", "security-administrator"),
        (catalog.fact, "five_device", "five_devices"),
        (lambda key: catalog.permission("unified", key), "alert.manage", "alerts.manage"),
        (lambda key: catalog.component_available(key, "P2"), "mdvmm", "mdvm"),
        (lambda key: catalog.terminology(key, "current"), "entra_roles", "entra_role"),
    ],
)
def test_every_unknown_key_suggests_the_nearest(find, wrong, nearest):
    with pytest.raises(catalog.UnknownKey, match=nearest):
        find(wrong)


# Permissions and Entra roles


def test_managing_implies_reading_the_same():
    unified = catalog.unified_permissions()
    for key, one in unified.items():
        what, level = key.rsplit(".", 1)
        assert one.level == level
        if level == "manage" and f"{what}.read" in unified:
            assert f"{what}.read" in one.implies


def test_tiers_hold_the_corrected_permissions_and_keep_what_the_documents_said():
    one, two, three = catalog.standard_template().tiers
    assert "alerts.manage" not in one.unified
    assert set(one.classic) < set(two.classic) < set(three.classic)
    assert set(one.unified) < set(two.unified) < set(three.unified)
    assert (one.seed_value, two.seed_value) == ((), ("View data",))
    assert three.seed_value.count("Alerts investigation") == 2


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_unified_permissions_of_a_tier_follow_from_its_classic_ones(number):
    tier = catalog.standard_template().tiers[number - 1]
    classic, unified = catalog.classic_permissions(), catalog.unified_permissions()
    mapped = {counterpart for key in tier.classic for counterpart in classic[key].unified}
    assert set(tier.unified) == mapped | {implied for key in mapped for implied in unified[key].implies}


def test_a_security_operator_responds_but_sets_nothing_of_the_system():
    rights = catalog.entra_role("security-operator").unified
    assert {"alerts.manage", "response.manage", "file_collection.manage"} <= rights
    assert not rights & {"system_settings.read", "system_settings.manage", "authorization.manage"}
    assert "application_handling.manage" not in rights


def test_the_two_administrators_hold_everything_and_readers_are_privileged_too():
    for key in ("global-administrator", "security-administrator"):
        assert catalog.entra_role(key).unified == set(catalog.unified_permissions())
    assert catalog.entra_role("security-reader").privileged
    assert catalog.entra_role("security-reader").locked_out_by_classic
    assert not catalog.entra_role("compliance-administrator").unified


def test_a_model_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="basic, classic, unified"):
        catalog.permissions_for("modern")


# Licences and plans


@pytest.mark.parametrize(
    ("key", "grants", "pool", "devices"),
    [
        ("microsoft-365-e5", "P2", "users", 5),
        ("microsoft-365-e3", "P1", "users", 5),
        ("mde-p1", "P1", "users", 5),
        ("mde-p2", "P2", "users", 5),
        ("mde-server", "P2", "servers", 1),
        ("defender-for-servers-p1", "P2", "servers", 1),
        ("defender-for-servers-p2", "P2", "servers", 1),
        ("mdb", "MDB", "users", 5),
        ("mdb-servers", "MDB", "servers", 1),
        ("office-365-e5", None, None, 0),
        ("ems-e5", None, None, 0),
    ],
)
def test_a_product_covers_its_own_pool_only(key, grants, pool, devices):
    one = catalog.product(key)
    assert (one.grants, one.pool, one.devices_per_seat) == (grants, pool, devices)


def test_a_product_is_found_by_its_sku():
    assert catalog.product_for_sku("spe_e5") == catalog.product("microsoft-365-e5")
    assert catalog.product_for_sku("MDATP_Server") == catalog.product("mde-server")
    assert catalog.product_for_sku("NOBODY_SELLS_THIS") is None


def test_a_service_plan_names_the_plan_that_it_grants():
    plans = catalog.service_plans()
    assert plans["windefatp"] == "P2"
    assert plans["292cc034-7b7c-4950-aaf5-943befd3f1d4"] == "P1"


def test_plan_1_contains_two_of_the_six_components():
    components = [one.key for one in catalog.standard_template().components]
    assert [key for key in components if catalog.component_available(key, "P1")] == ["ngp", "asr"]
    assert all(catalog.component_available(key, "P2") for key in components)
    assert "servers" not in catalog.FEATURES["P2"]


# Connectivity


def test_the_demonstration_has_twelve_connectivity_rows():
    groups = {catalog.connectivity_group(key) for key in INVENTORY} - {None}
    assert len(groups) == 12
    rules = {group: catalog.connectivity_rule("P2", group) for group in groups if group}
    assert all(rules.values())
    assert {group for group, rule in rules.items() if rule and rule.inferred} == {"windows-server-2025", "linux"}
    assert {group for group, rule in rules.items() if rule and not rule.streamlined} == {"windows-8.1"}


@pytest.mark.parametrize("plan", ["P1", "P2"])
def test_whatever_a_plan_onboards_has_a_document_phones_apart(plan):
    for key, one in catalog.systems().items():
        expected = catalog.can_be_onboarded(one, plan) and one.kind != "mobile"
        assert bool(catalog.connectivity_document(plan, key)) == expected, key


@pytest.mark.parametrize(
    ("plan", "system", "document", "needs_unified"),
    [
        ("P1", "windows-10-iot", "antivirus-connections", False),
        ("P1", "windows-server-2016", "antivirus-connections", True),
        ("P1", "macos-15", "macos-connections", False),
        ("P1", "rhel-9", "linux-connections", False),
        ("P2", "windows-11", "proxy-internet", False),
        ("P2", "windows-server-2012-r2", "proxy-internet", True),
        ("P2", "windows-server-2008-r2-sp1", "downlevel-proxy", False),
        ("P2", "linux", "linux-connections", False),
    ],
)
def test_the_row_of_the_migration_document(plan, system, document, needs_unified):
    rule = catalog.connectivity_rule(plan, system)
    assert rule is not None
    assert (rule.document.key, rule.needs_unified) == (document, needs_unified)


def test_connectivity_of_an_unknown_system_is_refused():
    with pytest.raises(catalog.UnknownSystem, match="windows-11"):
        catalog.connectivity_rule("P2", "windows-1l")


def test_destinations_are_those_for_everywhere_and_those_of_the_geography():
    hosts = {one.host for one in catalog.destinations("standard", "eu")}
    assert "*.endpoint.security.microsoft.com" in hosts
    assert "winatp-gw-neu.microsoft.com" in hosts
    assert "winatp-gw-uks.microsoft.com" not in hosts
    assert "winatp-gw-uks.microsoft.com" in {one.host for one in catalog.destinations("standard")}
    with pytest.raises(ValueError, match="streamlined"):
        catalog.destinations("fast", "eu")


def test_every_destination_has_a_known_need_geography_and_port():
    geographies = {catalog.WORLDWIDE, *(key for key, _ in catalog.GEOGRAPHIES)}
    for approach in ("streamlined", "standard", "monitoring_agent", "portal"):
        for one in catalog.destinations(approach):
            assert one.need in catalog.NEEDS
            assert one.geography in geographies
            assert one.port in {80, 443}


def test_linux_has_no_automatic_discovery_of_the_proxy():
    methods = catalog.proxy_methods()
    assert list(methods) == [key for key, _ in catalog.PROXY_METHODS]
    assert {key for key, one in methods.items() if "linux" in one.families} == {"none", "transparent", "static"}


# The standard template


def test_the_template_has_every_row_of_the_documents():
    template = catalog.standard_template()
    assert [len(rows) for rows in (template.roles, template.topics, template.personas, template.tiers)] == [5, 5, 5, 3]
    assert [one.key for one in template.components] == ["edr", "mdvm", "ngp", "asr", "air", "mte"]
    assert [one.microsoft_rank for one in template.components] == [1, 2, 3, 4, None, None]
    assert [one.part for one in template.roles] == ["SO", "SO", "R", "R", "I"]
    assert len(template.milestones) == 11
    assert [(one.name, one.devices) for one in template.rings] == [("Evaluate", 50), ("Pilot", 100), ("Full", None)]


def test_keys_of_the_template_are_unique_across_its_tables():
    template = catalog.standard_template()
    for rows in (template.roles, template.topics, template.personas, template.tiers, template.components):
        assert len({one.key for one in rows}) == len(rows)
    for rows in (template.migration_items, template.milestones, template.rings):
        assert len({one.key for one in rows}) == len(rows)


def test_roles_look_only_at_sections_that_exist():
    sections = {
        "stakeholders",
        "environment",
        "licences",
        "access",
        "adoption",
        "connectivity",
        "migration",
        "timeline",
    }
    for role in catalog.standard_template().roles:
        assert {*role.sections, *role.shown_first} <= sections
        assert role.question
        assert role.description


def test_the_migration_steps_are_four_and_an_optional_fifth():
    steps = catalog.standard_template().migration_steps
    assert list(steps) == [1, 2, 3, 4, 5]
    assert [item.platform for item in steps[1] if item.platform] == ["windows", "macos", "ios", "android", "linux"]
    assert all(item.resource_url.startswith("https://") for item in steps[1] if item.platform)
    methods = [key for item in steps[3] for key, _ in item.methods]
    assert methods == ["unified_rbac", "intune", "configuration_manager", "agpm", "windows_admin_center"]
    assert [item.optional for step in (1, 2, 3, 4) for item in steps[step]].count(True) == 0
    assert all(item.optional for item in steps[5])


def test_milestones_stand_in_the_order_of_time():
    days = [one.days_before_end for one in catalog.standard_template().milestones]
    assert days == sorted(days, reverse=True)


def test_a_project_chooses_its_words():
    assert catalog.terminology("entra_role", "seed") == "Azure AD role"
    assert catalog.terminology("entra_role", "current") == "Entra role"
    assert all(set(names) == {key for key, _ in catalog.STYLES} for names in catalog.terms().values())
    with pytest.raises(ValueError, match="current or seed"):
        catalog.terminology("entra_role", "future")


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        catalog.systems()["new"] = catalog.system("other")  # type: ignore[index]
    with pytest.raises(AttributeError):
        catalog.system("other").name = "Known"  # type: ignore[misc]
