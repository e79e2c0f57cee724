"""The demonstration: made once, then every number that the screens and mails tell is looked up in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse

from mdeprep.context import personas
from mdeprep.demo import every_finding, story
from mdeprep.demo.people import CUSTOMERS, PEOPLE
from mdeprep.demo.tour import STEPS, tour
from projects import actions as plan_actions
from projects.access import permissions_of, roles_of
from projects.models import DeviceCount, DeviceImport, Grant, Project, owed
from projects.rules.estate import estate_of
from projects.rules.licences import coverage
from projects.tables import TABLES
from readiness import actions as readiness
from readiness.as_of import as_of
from readiness.evidence.verify import verify
from readiness.models import Paper, Verdict, VerdictChange
from readiness.papers.actions import make_paper
from readiness.rules.findings import CHECKS
from stakeholders import actions as stakeholders
from stakeholders.models import Decision, Request, Round
from stakeholders.plan import load
from tenants import clock, emails, ledger, signing, triggers
from tenants.models import LedgerEntry, Mail, Membership, Provider, Team, Tenant, User
from tenants.models.people import DEMO_PASSWORD

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ENDPOINT, RETAIL, PHARMA = "contoso-endpoint-2027", "contoso-retail-stores", "contoso-pharma"
FABRIKAM, ADATUM = "fabrikam-defender-rollout", "adatum-move-from-sophos"


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The whole demonstration, made on a Sunday in November, for every test of this module."""
    uploads = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("uploads"))
    with django_db_blocker.unblock(), uploads, clock.set_to(SUNDAY), transaction.atomic():
        story.reset()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def tries_are_forgotten(db):
    cache.clear()


def project(slug: str) -> Project:
    return Project.objects.select_related("tenant", "lead").get(slug=slug)


def person(address: str) -> User:
    return User.objects.get(email=address if "@" in address else f"{address}@contoso.example")


def verdict(slug: str) -> Verdict:
    return Verdict.objects.get(project__slug=slug)


def findings(slug: str, severity: str) -> list[dict]:
    found = verdict(slug).payload["findings"]
    return [f for f in found if f["state"] == "fail" and f["severity"] == severity]


def document(slug: str):
    one = project(slug)
    return load([one])[one.pk]


def estate(slug: str):
    found = document(slug)
    return estate_of(found.environment, found.project.plan)


# People and tenants ---------------------------------------------------------------------------------------------------
def test_contoso_has_nine_people_two_teams_and_three_projects():
    contoso = Tenant.objects.get(slug="contoso")
    assert Membership.objects.current().filter(tenant=contoso).count() == 9
    assert {team.name: team.group.user_set.count() for team in Team.objects.filter(tenant=contoso)} == {
        "Endpoint engineering": 2,
        "Security operations": 3,
    }
    assert contoso.projects.listed().count() == 3
    assert (contoso.reference_prefix, contoso.time_zone) == ("CON", "Europe/Dublin")


def test_the_partner_serves_three_customers_and_one_access_ends():
    assert dict(Provider.objects.values_list("tenant__name", "until")) == {
        "Contoso": None, "Fabrikam": None, "Adatum": date(2026, 12, 12),
    }  # fmt: skip
    assert set(CUSTOMERS) == {"Contoso", "Fabrikam", "Adatum"}


@pytest.mark.parametrize(
    ("address", "sees"),
    [
        ("lead", {ENDPOINT, RETAIL, PHARMA}),
        ("architect", {ENDPOINT, RETAIL, PHARMA}),
        ("workplace", {ENDPOINT, RETAIL, PHARMA}),
        ("auditor", {ENDPOINT, RETAIL, PHARMA}),
        ("ciso", {ENDPOINT, RETAIL}),
        ("analyst", {ENDPOINT, RETAIL}),
        ("admin", set()),
        ("deputy", set()),
        ("partner@northwind.example", {ENDPOINT, RETAIL, PHARMA, FABRIKAM, ADATUM}),
        ("lead@fabrikam.example", {FABRIKAM}),
        ("ciso@fabrikam.example", {FABRIKAM}),
        ("ciso@adatum.example", {ADATUM}),
    ],
)
def test_everybody_sees_their_own_projects(address, sees):
    assert set(Project.objects.shared_with(person(address)).listed().values_list("slug", flat=True)) == sees


def test_roles_are_those_of_the_story():
    assert project(ENDPOINT).lead == person("lead")
    assert project(FABRIKAM).lead == person("lead@fabrikam.example")
    assert roles_of(project(ADATUM), person("partner@northwind.example")) >= {"lead"}
    assert roles_of(project(ENDPOINT), person("partner@northwind.example")) == {"lead"}
    assert "editor" in roles_of(project(RETAIL), person("architect"))
    assert permissions_of(project(ENDPOINT), person("ciso")) == {"view_revision"}
    audits = Grant.objects.filter(user=person("auditor"), role="auditor")
    assert set(audits.values_list("ends_on", flat=True)) == {date(2026, 12, 22)}


@pytest.mark.parametrize("address", sorted(PEOPLE))
def test_everybody_can_sign_in_with_the_known_password(client, address):
    answer = client.post(reverse("account_login"), {"login": address, "password": DEMO_PASSWORD})
    assert (answer.status_code, client.session.get("_auth_user_id")) == (302, str(person(address).pk))


def test_the_known_password_opens_nothing_outside_the_demonstration(client, settings):
    settings.DEMO = False
    client.post(reverse("account_login"), {"login": "lead@contoso.example", "password": DEMO_PASSWORD})
    assert "_auth_user_id" not in client.session


def test_the_cards_are_people_of_the_demonstration():
    assert {card["email"] for card in personas()} <= set(PEOPLE)
    assert all(PEOPLE[card["email"]][0] == card["name"] for card in personas())


# Contoso Endpoint 2027: the numbers -----------------------------------------------------------------------------------
def test_the_sums_of_the_inventory():
    found = estate(ENDPOINT)
    assert (found.computers.total, found.mobiles.total, found.servers.total) == (5_398, 2_795, 446)
    assert (found.windows_servers.total, found.windows_servers.can_be_onboarded) == (337, 335)
    assert (found.linux_servers.total, found.linux_servers.can_be_onboarded) == (109, 106)
    assert (found.total, found.cannot, found.can_be_onboarded) == (8_639, 20, 8_619)
    assert found.servers.can_be_onboarded == 441
    assert found.by_route("unified").total == 81
    assert (found.servers.extra_step, found.extra_step - found.servers.extra_step) == (86, 20)
    assert [(line.name, line.count) for line in found.cannot_lines] == [
        ("macOS 14", 15), ("Windows Server 2008", 2), ("CentOS 6", 3),
    ]  # fmt: skip


def test_the_licences():
    found = coverage(document(ENDPOINT), SUNDAY.date())
    assert (found.users.need, found.users.have, found.users.spare) == (8_193, 30_250, 22_057)
    assert (found.servers.need, found.servers.have, found.servers.gap) == (441, 340, 101)


def test_the_imports_add_up_and_44_devices_were_not_placed():
    rows = {row.name: row for row in document(ENDPOINT).environment.sources}
    told = ("read", "counted", "duplicates", "left_out", "not_placed", "not_readable")
    assert {name: tuple(getattr(row, field) for field in told) for name, row in rows.items()} == {
        "Intune": (9_412, 8_173, 388, 802, 41, 8),
        "Configuration Manager": (402, 357, 19, 23, 3, 0),
    }
    by_source = dict(estate(ENDPOINT).by_source)
    assert by_source["Intune"] == rows["Intune"].counted
    assert by_source["Configuration Manager"] == rows["Configuration Manager"].counted
    assert sum(row.not_placed for row in rows.values()) == 44


def test_connectivity_has_twelve_rows():
    routes = document(ENDPOINT).connectivity.routes
    assert Counter(route.status for route in routes) == {"verified": 3, "open": 4, "requested": 3, "unknown": 2}
    assert {route.system for route in routes if route.status == "verified"} == {
        "windows-11", "windows-10", "windows-server-2022",
    }  # fmt: skip


def test_the_timeline():
    items = {item.title: item for item in document(ENDPOINT).timeline.items}
    days = {title: (item.due_on - SUNDAY.date()).days for title, item in items.items() if item.due_on}
    assert days == {
        "Network request answered": -2,
        "Prepare ends": 12,
        "Setup starts": 15,
        "Setup ends": 26,
        "Evaluate ring": 50,
        "Pilot ring": 64,
        "Full ring, wave 1": 85,
        "Full ring, wave 2": 110,
        "Full ring, wave 3": 134,
        "Full ring, wave 4": 159,
        "Trellix off": 173,
    }
    assert [title for title, item in items.items() if not item.due_on] == [
        "Set ForceDefenderPassiveMode before onboarding"
    ]
    assert (items["Evaluate ring"].devices, items["Pilot ring"].devices) == (50, 100)


# Contoso Endpoint 2027: the verdict -----------------------------------------------------------------------------------
def test_four_blockers_stop_setup():
    assert [(f["title"], f["owner"], f["since"]) for f in findings(ENDPOINT, "blocker")] == [
        ("101 servers have no licence", "Lena Fischer", "2026-11-18"),
        ("Two signatures on Environment are out of date", "Dana Reyes, Marcus Webb", "2026-11-18"),
        ("Marcus Webb asked for changes to Access 10 days ago, and nobody answered", "Priya Nair", "2026-11-12"),
        ("A Global Administrator has no end date", "Priya Nair", "2026-11-09"),
    ]


def test_each_blocker_says_why():
    licences, environment, access, administrator = findings(ENDPOINT, "blocker")
    assert licences["why"].startswith(
        "You plan to onboard 441 servers (335 Windows, 106 Linux) and own 340 server licences."
    )
    assert environment["why"] == (
        "Dana Reyes and Marcus Webb approved it on 11 Nov. Since then Lena Fischer added 109 Linux servers. "
        "Both were asked again on Fri 20 Nov, due Fri 27 Nov."
    )
    assert "Alerts (manage) is needed" in access["why"]
    assert access["quote"].startswith("Tier 1 must be able to set an alert to")
    assert administrator["why"].startswith(
        "Ravi Menon (Northwind Security) holds Global Administrator “for the rollout”, active, permanent."
    )
    assert all(finding["deeds"] and finding["sources"] for finding in findings(ENDPOINT, "blocker"))


def test_six_warnings():
    assert [(f["title"], f["why"], f["owner"]) for f in findings(ENDPOINT, "warning")] == [
        ("20 devices cannot be onboarded",
         "15 Macs on macOS 14, 2 Windows Server 2008, 3 CentOS 6. Upgrade or isolate them.", "Tomás Silva"),
        ("81 servers need the modern unified solution before onboarding",
         "58 Windows Server 2016, 23 Windows Server 2012 R2.", "Tomás Silva"),
        ("Servers do not go passive by themselves",
         "337 run Trellix; the task “set ForceDefenderPassiveMode before onboarding” has no date.", "Tomás Silva"),
        ("44 devices have an operating system that mdeprep could not place", "", "Lena Fischer"),
        ("Device group “APAC clients” is granted to nobody, so everybody sees it", "", "Priya Nair"),
        ("Milestone “Network request answered” is 2 days late", "", "Tomás Silva"),
    ]  # fmt: skip


def test_all_other_checks():
    found = verdict(ENDPOINT)
    assert (found.state, found.blockers, found.warnings, found.completion) == ("stopped", 4, 6, 86)
    assert Counter(f["state"] for f in found.payload["findings"]) == {"fail": 12, "pass": 61, "does_not_apply": 14}
    assert [f["title"] for f in findings(ENDPOINT, "advice")] == [
        "No existing protection is recorded on Linux",
        "Tier 1 is said to look into alerts, but cannot change one",
    ]


def test_the_table_of_sections():
    sections = verdict(ENDPOINT).payload["sections"]
    told = [
        (s["title"], s["filled"], tuple(sorted(x["state"] for x in s["signatures"])), s["blockers"], s["warnings"],
         s["owner"])
        for s in sections
    ]  # fmt: skip
    both = ("approved", "approved")
    assert told == [
        ("Stakeholders", "5 of 5", both, 0, 0, "Lena Fischer"),
        ("Environment", "34 rows", ("out_of_date", "out_of_date"), 1, 4, "Tomás Silva"),
        ("Licences", "2 entitlements", both, 1, 0, "Lena Fischer"),
        ("Access", "3 tiers, 5 personas", ("approved", "changes"), 2, 1, "Priya Nair"),
        ("Connectivity", "3 of 12 rows verified", both, 0, 0, "Tomás Silva"),
        ("Adoption order", "6 components", both, 0, 0, "Priya Nair"),
        ("Timeline", "11 milestones", ("not_asked", "not_asked"), 0, 1, "Lena Fischer"),
    ]


def test_who_is_waited_for():
    waits = verdict(ENDPOINT).payload["waits"]
    assert [(w["who"], w["what"], w["since"], w["due"], w["mail"], w["opened"]) for w in waits] == [
        ("Dana Reyes", "Environment", "2026-11-20", "2026-11-27", "2026-11-20T09:02:00+00:00", ""),
        ("Marcus Webb", "Environment", "2026-11-20", "2026-11-27", "2026-11-20T09:02:00+00:00",
         "2026-11-21T11:45:00+00:00"),
    ]  # fmt: skip


def test_five_days_ago_there_were_two_blockers_both_about_access():
    then = VerdictChange.objects.filter(project=project(ENDPOINT), at__date__lte=date(2026, 11, 17)).first()
    assert then is not None
    assert (then.state, then.blockers) == (
        "stopped",
        ["access_is_approved:changes-role-head-of-cdoc", "nobody_is_global_administrator_for_good:role-ravi-menon"],
    )


# Contoso Endpoint 2027: what happened ---------------------------------------------------------------------------------
def test_what_was_asked_and_answered():
    found = Decision.objects.filter(project_id=project(ENDPOINT).pk).order_by("decided_at")
    told = [(d.decided_at.date().day, d.name, d.part, Counter(d.answers.values())) for d in found]
    assert told == [
        (10, "Tomás Silva", "R", {"no_objection": 2}),
        (10, "Sofia Lind", "I", {"noted": 2}),
        (10, "Priya Nair", "R", {"no_objection": 3, "input": 1}),
        (11, "Dana Reyes", "SO", {"approve": 6}),
        (11, "Marcus Webb", "SO", {"approve": 5}),
        (12, "Marcus Webb", "SO", {"changes": 1}),
        (20, "Tomás Silva", "R", {"no_objection": 1}),
    ]


def test_what_the_approvers_were_told_in_the_second_request():
    newest = Round.objects.filter(project=project(ENDPOINT)).first()
    assert newest is not None
    briefing = json.loads(newest.briefing)
    assert (newest.sections, newest.due_on) == (["environment"], date(2026, 11, 27))
    assert (len(briefing["blockers"]), len(briefing["warnings"])) == (4, 5)
    assert Counter(Request.objects.filter(round=newest).values_list("part", flat=True)) == {"SO": 2, "R": 1}


def test_dana_reads_what_was_open_when_she_was_asked_and_what_came_since(client):
    newest = Round.objects.filter(project=project(ENDPOINT)).first()
    assert newest is not None
    client.force_login(person("ciso"))
    page = client.get(reverse("stakeholders:decide", args=[ENDPOINT, newest.number])).content.decode()
    words = " ".join(page.split())
    assert "<b>4 blockers, 5 warnings</b>" in words
    assert "Since then: <b>1 warning more</b>." in words
    assert "<li>Milestone “Network request answered” is 2 days late</li>" in words


def test_the_project_for_tests_shows_neither_among_the_mails_nor_to_the_administrator(client):
    pages = [client.get(reverse("demo_mails"), {"page": number}).content.decode() for number in (1, 2)]
    client.force_login(person("admin"))
    pages.append(client.get(reverse("admin:index")).content.decode())
    assert all("(test)" not in page and "gone@" not in page for page in pages)


def test_danas_mail():
    mail = Mail.objects.filter(recipient="ciso@contoso.example", kind="decision_request").first()
    assert mail is not None
    message = emails.render(mail)
    assert message.subject == "Approve by Fri 27 Nov: server counts changed, Contoso Endpoint 2027 (2 minutes)"
    for line in (
        "What changed since your signature on 11 November",
        "- Linux servers: none → 109.",
        "- Servers in all: 337 → 446.",
        "- Nothing else in this section.",
        "- 101 servers are without a licence.",
        "- 3 of the Linux servers are too old to be onboarded.",
        "Your other five signatures stand (Stakeholders, Licences, Access, Connectivity, Adoption order).",
        "Due Friday 27 November. Also asked: Marcus Webb.",
    ):
        assert line in message.body
    assert mail.sent_at == datetime(2026, 11, 20, 9, 2, tzinfo=UTC)


def test_no_mail_waits():
    assert not Mail.objects.waiting().exists()
    assert [mail.recipient for mail in Mail.objects.exclude(given_up_at=None)] == [every_finding.LOST]


def test_the_history_is_whole_and_in_order():
    for owner in [*Tenant.objects.all(), *Project.objects.all()]:
        assert ledger.verify(owner) == []
        moments = list(LedgerEntry.objects.of(owner).order_by("seq").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert moments[-1] <= SUNDAY


def test_the_history_of_the_main_project():
    entries = LedgerEntry.objects.of(project(ENDPOINT))
    assert 55 <= entries.count() <= 70
    assert not entries.filter(actor_id=None).exists()
    linux = entries.filter(at=datetime(2026, 11, 18, 16, 12, tzinfo=UTC))
    assert (linux.count(), set(linux.values_list("actor_id", flat=True))) == (5, {person("lead").pk})
    assert all("which does not manage Linux" in entry.body for entry in linux)
    wording = entries.filter(at__date=date(2026, 11, 19))
    assert set(wording.values_list("is_material", flat=True)) == {False}


def test_what_came_as_a_whole_is_told_as_one_deed(client):
    """The plan that the partner had filled in, the two exports, the list of device groups."""
    client.force_login(person("auditor"))
    told = []
    for page in (1, 2):
        shown = client.get(reverse("projects:history", args=[ENDPOINT]), {"page": page}).context["entries"]
        told += [(f"{one['at']:%d}", one["who"], one["says"]) for one in shown]
    whole = ("replaced", "applied", "added 3")
    assert [one for one in reversed(told) if one[2].startswith(whole)] == [
        ("04", "Lena Fischer", "replaced the plan by an exported one"),
        ("05", "Tomás Silva", "applied an export of Intune, 9,412 rows: 8,173 devices in all"),
        ("06", "Tomás Silva", "applied an export of Configuration Manager, 402 rows: 8,530 devices in all"),
        ("06", "Priya Nair", "added 3 device groups at once"),
    ]


def test_the_exports_were_read_and_their_files_are_gone():
    imports = DeviceImport.objects.filter(project=project(ENDPOINT)).order_by("pk")
    told = [(row.source, row.state, row.file.name, row.result["left_out"]) for row in imports]
    assert told == [
        ("Intune", "applied", "", {"not_seen": 611, "personal": 191}),
        ("Configuration Manager", "applied", "", {"not_seen": 23}),
    ]


# What a visitor does --------------------------------------------------------------------------------------------------
def _dana_approves_environment() -> None:
    request = Request.objects.open().get(email="ciso@contoso.example", round__project__slug=ENDPOINT)
    stakeholders.decide(
        request=request,
        by=person("ciso"),
        answers={"environment": "approve"},
        read={"environment": project(ENDPOINT).digests["environment"]},
        authenticated_by="code",
    )


@pytest.mark.parametrize(
    ("system", "count", "state"),
    [("windows-11", 4_200, "approved"), ("windows-server-2019", 190, "out_of_date")],
)
def test_a_count_may_drift_within_five_per_cent_of_what_dana_signed(system, count, state):
    _dana_approves_environment()
    plan_actions.change_row(
        project=project(ENDPOINT),
        table=TABLES["environment", "devices"],
        key=DeviceCount.objects.get(project=project(ENDPOINT), system=system).key,
        values={"count": count},
        by=person("lead"),
    )
    found = readiness.recompute(project(ENDPOINT).pk)
    environment = next(s for s in found.payload["sections"] if s["name"] == "environment")
    assert {s["name"]: s["state"] for s in environment["signatures"]}["Dana Reyes"] == state


def test_the_last_blocker_of_retail_is_cleared_and_setup_starts():
    plan_actions.change_row(
        project=project(RETAIL),
        table=TABLES["migration", "items"],
        key="step-access-tried",
        values={"state": "done", "done_by": "Tomás Silva", "done_on": SUNDAY.date()},
        by=person("workplace"),
    )
    readiness.leave_phase(project=project(RETAIL), by=person("lead"))
    assert project(RETAIL).phase == "setup"


def test_the_tour_leads_to_pages_that_exist(client):
    links = tour(ENDPOINT)
    assert list(links) == [step.name for step in STEPS]
    assert tour(RETAIL) == {}
    for name, address in links.items():
        client.force_login(person("auditor" if name == "evidence" else "lead"))
        assert client.get(address).status_code == 200, name


def test_every_step_of_the_tour_that_leads_elsewhere_is_a_link_on_the_page(client):
    client.force_login(person("lead"))
    page = client.get(reverse("readiness:overview", kwargs={"slug": ENDPOINT})).content.decode()
    steps = page[page.index("tour-steps") :].partition("</ol>")[0]
    links = {name: address for name, address in tour(ENDPOINT).items() if name != "blocked"}
    assert re.findall(r'href="([^"]+)"', steps) == list(links.values())


def test_the_partner_s_home_has_the_day_on_which_a_customer_s_access_ends(client):
    client.force_login(person("partner@northwind.example"))
    page = " ".join(client.get("/").content.decode().split())
    assert "Your access to customers ends: Adatum Sat 12 Dec" in page


def test_the_administrator_s_first_page_is_as_told(client):
    client.force_login(person("admin"))
    page = " ".join(client.get("/admin/").content.decode().split())
    told = ("9 people", "2 teams", "3 projects", "Priya Nair has not signed in since Tue 10 Nov.",
            "Hana Sato stands in for Dana Reyes from Mon 30 Nov to Fri 11 Dec.")  # fmt: skip
    assert [text for text in told if text not in page] == []
    assert "Fabrikam" not in page


def test_the_auditor_s_home_leads_to_the_register(client):
    client.force_login(person("auditor"))
    assert f'href="{reverse("readiness:register")}"' in client.get("/").content.decode()


def test_home_names_everybody_whom_the_main_project_waits_for(client):
    client.force_login(person("lead"))
    row = client.get("/").content.decode().partition("Contoso Endpoint 2027</a></th>")[2].partition("</tr>")[0]
    assert "Priya Nair 13 days,<br>you 4 days,<br>Dana Reyes and Marcus Webb 2 days" in row


def test_five_days_ago_two_blockers_stood_both_about_access_and_environment_was_approved(client):
    client.force_login(person("auditor"))
    day = SUNDAY.date() - timedelta(days=5)
    text = client.get(f"/projects/{ENDPOINT}/as-of/?day={day}").content.decode()
    assert "2 blockers stood" in text
    then = as_of(project(ENDPOINT), day)
    assert {finding.check.section for finding in then.judgement.blockers} == {"access"}
    assert then.is_as_remembered
    assert then.is_exact
    assert then.standing.is_signed("environment")
    today = as_of(project(ENDPOINT), SUNDAY.date())
    assert len(today.judgement.blockers) == 4
    assert not today.standing.is_signed("environment")


def test_the_auditor_downloads_the_pack_and_a_changed_byte_is_named(client):
    client.force_login(person("auditor"))
    client.post(reverse("readiness:evidence", args=[ENDPOINT]))
    paper = Paper.objects.latest("pk")
    make_paper(paper.pk)
    answered = client.get(reverse("readiness:evidence_file", args=[ENDPOINT, paper.pk]))
    pack = b"".join(answered.streaming_content)
    receipt = emails.render(
        Mail.objects.get(
            kind="receipt",
            recipient="ciso@contoso.example",
            subject_of__in=[
                f"request-{pk}"
                for pk in Request.objects.filter(round__project=project(ENDPOINT)).values_list("pk", flat=True)
            ],
        )
    ).message()
    assert verify(pack, bytes(receipt), signing.fingerprint()).problems == []
    changed = pack.replace(b"Dana Reyes", b"Dana Reyez", 1)
    assert any("was changed" in problem for problem in verify(changed).problems)


def test_the_register_of_the_auditor_has_every_decision_in_contoso(client):
    client.force_login(person("auditor"))
    text = client.get(reverse("readiness:register")).content.decode()
    assert "Approvals in Contoso" in text
    assert text.count("are unbroken, checked") == 3
    mine = Decision.objects.filter(project_id__in=[project(slug).pk for slug in (ENDPOINT, RETAIL, PHARMA)])
    assert text.count("/decisions/") == mine.count()


def test_the_lead_on_the_tour_becomes_dana_where_her_mail_is_read(client):
    address = tour(ENDPOINT)["mail"]
    client.force_login(person("lead"))
    assert "Come in as Dana Reyes" in client.get(address).content.decode()
    came = client.post(reverse("demo_sign_in"), {"email": person("ciso").email, "next": address})
    assert came["Location"] == address
    assert "Come in as" not in client.get(address).content.decode()


def test_the_tour_is_shown_to_the_lead_alone(client):
    address = reverse("readiness:overview", kwargs={"slug": ENDPOINT})
    shown = {}
    for who in ("lead", "architect"):
        client.force_login(person(who))
        shown[who] = "Five steps through this demonstration" in client.get(address).content.decode()
    assert shown == {"lead": True, "architect": False}


def test_starting_again_signs_out_and_offers_the_cards(client, monkeypatch):
    made = []
    monkeypatch.setattr(story, "reset", lambda: made.append(True))
    client.force_login(person("lead"))
    assert client.get(reverse("demo_reset")).status_code == 405
    page = client.post(reverse("demo_reset"), follow=True)
    assert made == [True]
    assert page.redirect_chain == [(reverse("account_login"), 302)]
    assert "Everything is back as it was." in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_outside_the_demonstration_nobody_starts_again(client, settings):
    settings.DEMO = False
    assert client.post(reverse("demo_reset")).status_code == 404


# The other projects ---------------------------------------------------------------------------------------------------
def test_retail_is_almost_ready():
    found = verdict(RETAIL)
    assert (found.state, found.blockers) == ("almost_ready", 1)
    assert [(f["title"], f["owner"]) for f in findings(RETAIL, "blocker")] == [
        ("Portal access not tried yet", "Tomás Silva")
    ]
    assert all(s["is_signed"] for s in found.payload["sections"])
    dates = [(d["what"], d["on"]) for d in found.payload["dates"] if d["what"] == "Setup starts"]
    assert dates == [("Setup starts", "2026-11-30")]
    counts = estate(RETAIL)
    assert (counts.computers.total, counts.servers.total, counts.cannot) == (1_478, 38, 0)
    licences = coverage(document(RETAIL), SUNDAY.date())
    assert (licences.users.have, licences.servers.have, licences.covers_nothing) == (7_000, 38, ())
    chosen = {row.component: row.rank for row in document(RETAIL).adoption.components if row.is_in}
    assert chosen == {"ngp": 1, "asr": 2}


def test_pharma_is_the_template_and_nothing_else():
    assert verdict(PHARMA).state == "not_started"
    found = document(PHARMA)
    access = found.access
    told = (found.stakeholders.rows, found.environment.topics, access.personas, access.tiers, found.adoption.components)
    assert tuple(map(len, told)) == (5, 5, 5, 3, 6)


def test_fabrikam_can_start():
    found = verdict(FABRIKAM)
    assert (found.state, found.blockers, found.warnings) == ("can_start", 0, 0)
    assert all(s["is_signed"] for s in found.payload["sections"])
    assert (estate(FABRIKAM).total, estate(FABRIKAM).servers.total) == (905, 41)
    assert coverage(document(FABRIKAM), SUNDAY.date()).is_enough


def test_adatum_lacks_twelve_licences_and_waits_for_its_ciso():
    assert (verdict(ADATUM).state, verdict(ADATUM).blockers) == ("stopped", 2)
    assert [(f["title"], f["since"]) for f in findings(ADATUM, "blocker")] == [
        ("12 servers have no licence", "2026-11-18"),
        ("One signature on Environment is out of date", "2026-11-18"),
    ]
    assert "Since then Noah Berg added 12 Linux servers." in findings(ADATUM, "blocker")[1]["why"]
    assert [(w["email"], w["since"]) for w in verdict(ADATUM).payload["waits"]] == [
        ("ciso@adatum.example", "2026-11-18")
    ]
    assert [row.ends_on for row in document(ADATUM).access.partners] == [date(2026, 12, 12)]


def test_every_check_fails_somewhere():
    hidden = (every_finding.SLUG, every_finding.SECOND_SLUG, every_finding.THIRD_SLUG)
    failed = [f for slug in hidden for f in verdict(slug).payload["findings"] if f["state"] == "fail"]
    failing = {each["id"].split(":")[0] for f in failed for each in (f, *f["also"])}
    assert {check.name for check in CHECKS} - failing == set(every_finding.ELSEWHERE)
    assert "tiers_can_do_their_duty" in {f["check"] for f in findings(ENDPOINT, "advice")}
    assert not Project.objects.listed().filter(slug__in=hidden).exists()


def test_the_hidden_project_shows_what_is_asked_of_a_customer():
    found = [(each.kind, each.name, each.state) for each in owed([project(every_finding.SLUG).pk])]
    assert sorted(found) == [
        ("question", "Tomás Silva", "answered"),
        ("question", "Tomás Silva", "open"),
        ("upload", "Tomás Silva", "open"),
    ]
    assert (
        owed(
            [project(slug).pk for slug in (ENDPOINT, RETAIL, PHARMA, FABRIKAM, ADATUM)],
            email="workplace@contoso.example",
        )
        == []
    )


# Making it ------------------------------------------------------------------------------------------------------------
def test_outside_demo_mode_nothing_is_emptied(settings):
    settings.DEMO = False
    people = User.objects.count()
    with pytest.raises(CommandError, match="DEMO=yes"):
        call_command("demo_reset")
    with pytest.raises(PermissionDenied):
        story.reset()
    assert User.objects.count() == people


def test_where_there_are_people_it_is_left_alone_if_so_wished(capsys):
    seq = project(ENDPOINT).ledger_seq
    call_command("demo_reset", "--if-empty")
    assert "nothing was changed" in capsys.readouterr().out
    assert project(ENDPOINT).ledger_seq == seq


def test_emptying_keeps_what_belongs_to_the_program():
    story.empty()
    assert not User.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert Permission.objects.filter(codename="view_project").exists()
    assert triggers.missing(connection) == set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0]


def test_nothing_in_it_is_dated_in_the_future_but_plans():
    assert not LedgerEntry.objects.filter(at__gt=SUNDAY).exists()
    assert not Decision.objects.filter(decided_at__gt=SUNDAY).exists()
    assert not Mail.objects.filter(created_at__gt=SUNDAY).exists()
