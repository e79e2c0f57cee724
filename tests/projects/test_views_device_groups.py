"""Device groups: pages however many there are, edited in place on both pages, their order, many at once."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from projects import actions
from projects.models import DeviceGroup, Tier
from projects.tables import TABLES
from readiness.actions import recompute
from tenants.models import LedgerEntry
from tests.stakeholders.conftest import answer, ask, request_of

HX = {"HTTP_HX_REQUEST": "true"}
GROUPS = TABLES["access", "device_groups"]


def url(project, deed, key=None):
    return reverse(f"projects:{deed}", args=[project.slug, "access", "device_groups", *([key] if key else [])])


def page_url(project, name="device_groups"):
    return reverse(f"projects:{name}", args=[project.slug])


def section(project):
    return reverse("projects:section", args=[project.slug, "access"])


def many(project, count, first=1):
    DeviceGroup.objects.bulk_create(
        DeviceGroup(project=project, key=f"g-{n}", position=n, rank=n, name=f"Site {n:04}", granted_to=[f"SOC-{n % 3}"])
        for n in range(first, first + count)
    )


def typed(rank, name, **more):
    return {"rank": rank, "name": name, "remediation": "none", "rule-tag-is": "T0", "seen": "0", **more}


def ranks(project):
    return list(DeviceGroup.objects.filter(project=project).order_by("rank", "pk").values_list("key", "rank"))


def last(project):
    return json.loads(LedgerEntry.objects.of(project).latest("seq").body)


def on_its_own_page(project, query=""):
    return {**HX, "HTTP_HX_CURRENT_URL": f"http://testserver{page_url(project)}{query}"}


@pytest.fixture
def as_lead(client, lead, project):
    DeviceGroup.objects.filter(project=project).delete()
    client.force_login(lead)
    return client


# Pages ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", ["", "?page=3", "?q=soc-1", "?row=g-150"])
def test_a_page_asks_the_same_at_one_group_and_at_two_thousand(as_lead, project, query, django_assert_num_queries):
    many(project, 1)
    as_lead.get(page_url(project))
    recompute(project.pk)
    with django_assert_num_queries(6):
        assert as_lead.get(page_url(project) + query).status_code == 200
    many(project, 1999, first=2)
    with django_assert_num_queries(6):
        assert as_lead.get(page_url(project) + query).status_code == 200


def test_two_thousand_groups_are_told_in_pages_of_a_hundred(as_lead, project):
    many(project, 2000)
    text = as_lead.get(page_url(project)).content.decode()
    assert text.count('<tbody id="row-g-') == 100
    assert "1 to 100 of 2,000" in text
    assert "Ungrouped devices (default)" not in text
    text = as_lead.get(page_url(project), {"page": 20}).content.decode()
    assert 'id="row-g-2000"' in text
    assert "Ungrouped devices (default)" in text
    assert as_lead.get(page_url(project), {"page": "nonsense"}).status_code == 200


def test_a_page_is_found_by_its_row_and_groups_by_name_and_by_entra_group(as_lead, project):
    many(project, 250)
    assert 'id="row-g-150"' in as_lead.get(page_url(project), {"row": "g-150"}).content.decode()
    text = as_lead.get(page_url(project), {"q": "SITE  0042"}).content.decode()
    assert re.findall(r'id="row-(g-\d+)"', text) == ["g-42"]
    assert "1 of 250 device groups fits." in text
    assert "83 of 250 device groups fit." in as_lead.get(page_url(project), {"q": "soc-0"}).content.decode()
    text = as_lead.get(page_url(project), {"q": "<nothing>\x00"}).content.decode()
    assert "No device group and no Entra group is called “&lt;nothing&gt;”." in text


def test_the_page_of_the_section_shows_the_first_twenty_and_leads_to_all(as_lead, project):
    many(project, 21)
    text = as_lead.get(section(project)).content.decode()
    assert re.findall(r'<tbody id="row-(g-\d+)"', text) == [f"g-{n}" for n in range(1, 21)]
    assert "See all 21 device groups" in text
    DeviceGroup.objects.get(key="g-21").delete()
    text = as_lead.get(section(project)).content.decode()
    assert "See all" not in text
    assert "Ungrouped devices (default)" in text


def test_the_rule_is_said_in_words_and_names_are_shown_as_text(as_lead, project, lead):
    values = {
        "rank": 1, "name": "<b>O'Brien</b> $(id) `x`", "rule_on": "tag", "rule_value": "T0",
        "more_rules": [["domain", "ends", "emea.x.example"], ["domain", "ends", "apac.x.example"]],
    }  # fmt: skip
    actions.add_row(project=project, table=GROUPS, values=values, by=lead)
    for place in (section(project), page_url(project), reverse("projects:print", args=[project.slug])):
        text = as_lead.get(place).content.decode()
        assert "Tag is T0, and domain ends with emea.x.example or apac.x.example" in text
        assert "&lt;b&gt;O&#x27;Brien&lt;/b&gt; $(id) `x`" in text
        assert "<b>O'Brien" not in text


# Editing in place -----------------------------------------------------------------------------------------------------
def test_a_row_far_down_is_edited_in_place_on_both_pages(as_lead, project):
    many(project, 150)
    for where in (HX, on_its_own_page(project, "?page=2")):
        part = as_lead.get(url(project, "row_edit", "g-140"), **where).content.decode()
        assert part.strip().startswith('<tbody id="row-g-140"')
        assert "autofocus" in part
        part = as_lead.get(url(project, "row", "g-140"), **where).content.decode()
        assert part.strip().startswith('<tbody id="row-g-140"')
    answer = as_lead.post(
        url(project, "row_edit", "g-140"), typed(140, "Renamed"), **on_its_own_page(project, "?page=2")
    )
    text = answer.content.decode()
    assert answer["HX-Retarget"] == answer["HX-Reselect"] == "#table-device_groups"
    assert "<html" not in text
    assert text.count('<tbody id="row-g-') == 50
    assert re.search(r'<tbody id="row-g-140"(.(?!</tbody>))*data-focus', text, re.S)


def test_without_script_saving_leads_to_the_page_of_the_row(as_lead, project):
    many(project, 20)
    answer = as_lead.post(url(project, "row_edit", "g-3"), typed(3, "Renamed"))
    assert answer.url == f"{section(project)}#row-g-3"
    many(project, 130, first=21)
    answer = as_lead.post(url(project, "row_edit", "g-140"), typed(140, "Renamed too"))
    assert answer.url == f"{page_url(project)}?row=g-140#row-g-140"
    assert 'id="row-g-140"' in as_lead.get(answer.url).content.decode()
    assert 'id="row-g-140"' in as_lead.get(url(project, "row_edit", "g-140")).content.decode()


def test_what_is_wrong_in_a_rule_leaves_all_of_it_as_typed(as_lead, project):
    data = typed(
        1, "Servers", **{"rule-tag-is": "\n".join(f"tag {n}" for n in range(11)), "rule-domain-ends": "x.example"}
    )
    answer = as_lead.post(url(project, "row_new"), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "11 values for tag: a rule takes 10." in text
    assert all(f"tag {n}" in text for n in range(11))
    assert "x.example</textarea>" in text
    assert not DeviceGroup.objects.filter(project=project).exists()


def test_the_second_of_two_editors_keeps_the_rule_that_was_typed(as_lead, project, editor):
    many(project, 1)
    actions.change_row(project=project, table=GROUPS, key="g-1", values={"remediation": "full"}, by=editor)
    answer = as_lead.post(
        url(project, "row_edit", "g-1"), typed(1, "Site 0001", **{"rule-domain-ends": "mine.example"})
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "mine.example</textarea>" in text
    assert '<option value="full" selected>' in text


def test_a_removed_group_can_be_added_again_with_its_rule(as_lead, project, editor):
    many(project, 1)
    actions.change_row(project=project, table=GROUPS, key="g-1", values={"remediation": "full"}, by=editor)
    actions.remove_row(project=project, table=GROUPS, key="g-1", by=editor)
    data = typed(1, "Site 0001", granted_to="A\nB", **{"rule-domain-ends": "mine.example"})
    text = as_lead.post(url(project, "row_edit", "g-1"), data).content.decode()
    assert "Priya Nair removed this row on" in text
    assert "mine.example</textarea>" in text
    assert "A\nB</textarea>" in text


def test_an_address_fills_the_form_and_unknown_names_get_the_nearest(as_lead, project):
    new = reverse("projects:row_new", args=[project.slug, "access", "assignments"])
    text = as_lead.get(new, {"entra_role": "Securty Reader", "persona": "Security Analyst"}).content.decode()
    assert "Entra role: There is no Entra role “Securty Reader”. Did you mean “Security Reader”" in text
    assert '<option value="Security Analyst" selected>' in text
    text = as_lead.get(new, {"entra_role": "Security Reader"}).content.decode()
    assert '<option value="security-reader" selected>' in text
    text = as_lead.get(new, {"entra_role": "11111111-2222-3333-4444-555555555555"}).content.decode()
    assert "No Entra role that mdeprep knows has the identifier" in text


def test_of_groups_that_share_a_rank_the_person_says_which_is_first(as_lead, project, lead):
    keys = {}
    for rank, name in ((1, "A"), (1, "B"), (1, "C"), (2, "D")):
        row = actions.add_row(project=project, table=GROUPS, values={"rank": rank, "name": name}, by=lead)
        keys[name] = row.key
    text = as_lead.get(page_url(project)).content.decode()
    assert "B first" in text
    assert "Close the gaps" not in text
    told = {"tie": [keys["A"], keys["B"], keys["C"]], "first": keys["B"]}
    answer = as_lead.post(page_url(project, "close_rank_gaps"), told, follow=True)
    assert "Each of them has a rank of its own now, in the order that you chose." in answer.content.decode()
    order = list(DeviceGroup.objects.filter(project=project).order_by("rank").values_list("name", "rank"))
    assert order == [("B", 1), ("A", 2), ("C", 3), ("D", 4)]
    entries = LedgerEntry.objects.of(project).count()
    for stale in (told, {"tie": ["x", "y"], "first": "x"}, {"first": keys["B"]}, {"tie": [keys["A"]]}):
        answer = as_lead.post(page_url(project, "close_rank_gaps"), stale, follow=True)
        assert "Somebody ranked them meanwhile. Nothing changed: look again." in answer.content.decode()
    assert LedgerEntry.objects.of(project).count() == entries


# Order ----------------------------------------------------------------------------------------------------------------
def test_gaps_and_ties_are_said_and_closed_in_one_entry(as_lead, project, lead):
    for rank, name in ((2, "A"), (2, "B"), (7, "C")):
        actions.add_row(project=project, table=GROUPS, values={"rank": rank, "name": name}, by=lead)
    for place in (section(project), page_url(project)):
        text = as_lead.get(place).content.decode()
        assert "Rank 2 is given to several groups: A, B." in text
        assert "No group has rank 1, 3 to 6." in text
        assert "Close the gaps" in text
    entries = LedgerEntry.objects.of(project).count()
    answer = as_lead.post(page_url(project, "close_rank_gaps"), follow=True)
    assert "3 device groups have another rank now." in answer.content.decode()
    assert [rank for _key, rank in ranks(project)] == [1, 1, 2]  # which of the two is first is not ours to say
    assert LedgerEntry.objects.of(project).count() == entries + 1
    assert "Close the gaps" not in as_lead.get(page_url(project)).content.decode()
    answer = as_lead.post(page_url(project, "close_rank_gaps"), follow=True)
    assert "There was no gap: nothing changed." in answer.content.decode()
    assert LedgerEntry.objects.of(project).count() == entries + 1
    text = as_lead.get(reverse("projects:history", args=[project.slug])).content.decode()
    assert "closed the gaps in the ranks of the device groups: 3 have another rank" in text


@pytest.mark.parametrize("where", ["section", "own page"])
def test_moving_a_group_changes_its_rank(as_lead, project, where):
    many(project, 3)
    more = HX if where == "section" else on_its_own_page(project)
    answer = as_lead.post(url(project, "row_move", "g-3"), {"way": "up"}, **more)
    assert answer["HX-Retarget"] == "#table-device_groups"
    assert ranks(project) == [("g-1", 1), ("g-3", 2), ("g-2", 3)]
    assert last(project)["what"]["rows"][0]["after"] == {"rank": 2}
    as_lead.post(url(project, "row_move", "g-1"), {"way": "up"}, **more)
    assert ranks(project) == [("g-1", 1), ("g-3", 2), ("g-2", 3)]


# Many at once ---------------------------------------------------------------------------------------------------------
def test_pasted_groups_are_added_in_one_entry(as_lead, project, lead):
    many(project, 1)
    entries = LedgerEntry.objects.of(project).count()
    text = "5,Servers,tag,is,T0,none,SOC-0\n,Servers,domain,ends with,x.example,,\n,Clients,,,,full,"
    answer = as_lead.post(page_url(project, "paste_device_groups"), {"text": text, "why": "As the portal has them"})
    assert answer.url == page_url(project)
    assert [rank for _key, rank in ranks(project)] == [1, 5, 6]
    row = DeviceGroup.objects.get(project=project, name="Servers")
    assert (row.rule_on, row.rule_value, row.more_rules) == ("tag", "T0", [["domain", "ends", "x.example"]])
    assert LedgerEntry.objects.of(project).count() == entries + 1
    told = last(project)["what"]
    assert ([one["title"] for one in told["rows"]], told["why"]) == (["Servers", "Clients"], "As the portal has them")
    text = as_lead.get(reverse("projects:history", args=[project.slug])).content.decode()
    assert "added 2 device groups at once" in text


def test_one_wrong_line_adds_nothing_and_all_is_told(as_lead, project):
    text = "1,Servers,tag,is,T0\nx,Clients,tga,is,T1\n3,servers,tag,is,T2"
    answer = as_lead.post(page_url(project, "paste_device_groups"), {"text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "4 problems. Nothing was added." in page
    assert "Line 2: “x” is no rank: a whole number from 1." in page
    assert "Line 2: Nothing can match on “tga”. Did you mean “tag”?" in page
    assert "Line 3: “servers” is written “Servers” in line 1." in page
    assert "x,Clients,tga,is,T1" in page
    assert not DeviceGroup.objects.filter(project=project).exists()


def test_a_thousand_problems_are_counted_and_a_hundred_told(as_lead, project):
    answer = as_lead.post(page_url(project, "paste_device_groups"), {"text": "\n".join(["x,A"] * 1000)})
    text = answer.content.decode()
    assert "1,000 problems. Nothing was added." in text
    assert "900 further problems are not listed." in text
    assert text.count("is no rank") == 100


def test_the_two_thousand_and_first_group_is_refused_on_every_path(as_lead, project):
    many(project, 1999)
    assert as_lead.post(url(project, "row_new"), typed(2000, "The last")).status_code == 302
    answer = as_lead.post(url(project, "row_new"), typed(2001, "One more"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "At most 2,000 device groups in a tenant, and 10 values in a rule. (Microsoft: Device groups)" in text
    assert 'value="One more"' in text
    answer = as_lead.post(page_url(project, "paste_device_groups"), {"text": "1,One more"})
    assert "These are 1 device groups; 0 more fit in." in answer.content.decode()
    assert DeviceGroup.objects.filter(project=project).count() == 2000


def test_two_thousand_groups_are_pasted_and_renumbered(as_lead, project):
    text = "\n".join(f"{2 * n},Site {n},domain,ends with,s{n}.example,full,SOC" for n in range(1, 2001))
    as_lead.post(page_url(project, "paste_device_groups"), {"text": text})
    as_lead.post(page_url(project, "close_rank_gaps"))
    assert [rank for _key, rank in ranks(project)] == list(range(1, 2001))
    assert len(last(project)["what"]["rows"]) == 2000


# Conversion -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def classic(as_lead, project, lead):
    for key, held in (
        ("tier-1", ["view_data.secops"]),
        ("tier-3", ["portal_system_settings", "intune_endpoint_security"]),
    ):
        values = {"permissions": held}
        actions.change_row(project=project, table=TABLES["access", "tiers"], key=key, values=values, by=lead)
    actions.change_row(
        project=project, table=TABLES["access", "settings"], key="access-settings", values={"planned": "classic"}, by=lead
    )  # fmt: skip
    return as_lead


def convert(project, name="convert"):
    return reverse(f"projects:{name}", args=[project.slug])


def test_a_conversion_is_shown_before_it_is_done(classic, project, django_assert_num_queries):
    assert f'href="{convert(project)}"' in classic.get(section(project)).content.decode()
    classic.get(convert(project))
    text = classic.get(convert(project)).content.decode()
    for words in (
        "View data: security operations", "Security data basics (read)", "no counterpart",
        "Has no unified counterpart: it stays with the roles of Intune.", "a role of your own cannot carry it",
        "Convert 2 tiers to unified RBAC", "Importing a classic role twice makes two of it",
        "a role with deleted members cannot be imported", "Nobody has signed Access yet", "classic RBAC →",
    ):  # fmt: skip
        assert words in text, words
    assert Tier.objects.get(project=project, key="tier-1").permissions == ["view_data.secops"]


def test_converting_is_one_entry_and_the_second_time_nothing(classic, project, lead):
    entries = LedgerEntry.objects.of(project).count()
    answer = classic.post(convert(project, "convert_now"), {"why": "New model"}, follow=True)
    assert "2 tiers were converted to unified RBAC, which is planned now." in answer.content.decode()
    assert Tier.objects.get(project=project, key="tier-1").permissions == ["security_data_basics.read"]
    assert Tier.objects.get(project=project, key="tier-3").permissions == [
        "system_settings.read", "system_settings.manage",
    ]  # fmt: skip
    assert LedgerEntry.objects.of(project).count() == entries + 1
    assert last(project)["what"]["why"] == "New model"
    nothing = classic.get(convert(project)).content.decode()
    assert "Nothing to convert" in nothing
    assert "Its 1 permission is a unified one already." in nothing
    assert "All its 2 permissions are unified ones already." in nothing
    assert f'href="{convert(project)}"' not in classic.get(section(project)).content.decode()
    answer = classic.post(convert(project, "convert_now"), follow=True)
    assert "Nothing is left of the classic model: nothing was changed." in answer.content.decode()
    assert LedgerEntry.objects.of(project).count() == entries + 1
    text = classic.get(reverse("projects:history", args=[project.slug])).content.decode()
    assert "converted 2 tiers to unified RBAC" in text
    assert "Tier 1, Permissions" in text


def test_a_conversion_ends_the_signature_that_it_says(classic, project, lead, ciso, head_of_cdoc):
    answer(request_of(ask(project, lead, sections=("access",)), ciso), ciso)
    text = classic.get(convert(project)).content.decode()
    assert "The signature of Dana Reyes on Access ends." in text


def test_who_was_editing_a_tier_is_told_of_the_conversion(classic, project):
    tier = Tier.objects.get(project=project, key="tier-1")
    classic.post(convert(project, "convert_now"))
    edit = reverse("projects:row_edit", args=[project.slug, "access", "tiers", "tier-1"])
    answer = classic.post(
        edit, {"number": "1", "name": "Mine", "permissions": ["alerts.manage"], "seen": tier.changed_seq}
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Lena Fischer changed this row on" in text
    assert "Security data basics (read)" in text


def test_a_viewer_reads_the_pages_and_is_offered_nothing(client, project, viewer, lead):
    many(project, 30, first=5)
    client.force_login(viewer)
    for place in (page_url(project), convert(project), section(project)):
        text = client.get(place).content.decode()
        assert '<form method="post" action="/projects' not in text
        assert "/paste/" not in text
    for place in (
        page_url(project, "close_rank_gaps"),
        page_url(project, "paste_device_groups"),
        convert(project, "convert_now"),
    ):
        assert client.post(place).status_code == 403
