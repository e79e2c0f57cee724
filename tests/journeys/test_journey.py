"""From an empty database to "ready for Setup", and back: everybody in a browser, with real jobs and real mail."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import Person
from tests.journeys.installation import link_in, text_of, until
from tests.journeys.planning import Planner

pytestmark = [pytest.mark.browser]

PEOPLE = """Lena Fischer <lena@contoso.example>
Olu Adeyemi <olu@contoso.example>
Priya Nair <priya@contoso.example>"""
NAME, SLUG = "Contoso Endpoint 2027", "contoso-endpoint-2027"
FORGOTTEN = "Configuration Manager does not manage Linux."
PERSONAS = {
    "Security Administrator": ("SEC-MDE-Admins", "security-administrator"),
    "Security Analyst": ("SOC-Tier1", ""),
    "Endpoint Administrator": ("EUC-Engineers", "intune-administrator"),
    "Infrastructure Administrator": ("SRV-Operations", ""),
}


def test_from_an_empty_database_to_setup_and_a_signature_that_goes_out_of_date(installation, come):
    root = come(installation, "root@example.org")
    root.sign_in_with_password()
    make_tenant_with_people_and_a_team(root)

    lena = come(installation, "lena@contoso.example")
    come_in_from_the_invitation(lena)
    start_a_project(lena)
    plan = Planner(lena, SLUG)
    count_the_devices(plan)
    describe_the_environment(plan)
    buy_licences(plan)
    say_who_may_do_what(plan)
    choose_routes_and_order(plan)
    name_the_stakeholders(plan)
    only_signatures_are_missing(plan)
    send_for_approval(lena)

    dana = come(installation, "dana@contoso.example", width=390)
    open_the_request_from_the_mail(dana)
    approve_everything(dana)
    marcus = come(installation, "marcus@contoso.example")
    open_the_request_from_the_mail(marcus)
    approve_everything(marcus)

    it_became_ready(lena)
    start_setup(lena)
    add_forgotten_servers(plan)
    the_signatures_are_out_of_date(lena)


# The administrator
def make_tenant_with_people_and_a_team(root: Person) -> None:
    page = root.open("/admin/tenants/tenant/add/")
    page.locator("#id_name").fill("Contoso")
    page.locator("#id_slug").fill("contoso")
    page.locator("#id_reference_prefix").fill("CON")
    page.locator("#id_time_zone").fill("Europe/Dublin")
    root.press("Save")
    root.sees(re.compile("was added successfully"))

    root.open("/admin/tenants/team/add/")
    page.get_by_label("Tenant").select_option(label="Contoso")
    page.locator("#id_name").fill("Endpoint engineering")
    root.press("Save")
    root.sees("Now choose who is in it")

    root.open("/admin/tenants/user/add/")
    page.get_by_label("Tenant").select_option(label="Contoso")
    page.locator("[name=people]").fill(PEOPLE)
    page.get_by_label("Endpoint engineering").check()
    root.press("Add these people")
    root.sees("3 people belong now.")


# The lead
def come_in_from_the_invitation(lena: Person) -> None:
    mail = lena.installation.inbox.wait_for(lena.email, about="invites you to Contoso")
    lena.open(link_in(mail, "/"))
    lena.sign_in_with_code()


def start_a_project(lena: Person) -> None:
    lena.open("/")
    lena.follow("New project")
    lena.page.locator("[name=name]").fill(NAME)
    lena.page.locator("[name=kind]").select_option("deployment")
    lena.press("Start this project")
    expect(lena.page).to_have_url(re.compile(f"/projects/{SLUG}/"))


def count_the_devices(plan: Planner) -> None:
    """Computers and phones from an export, servers by hand."""
    plan.open("environment")
    plan.person.follow(re.compile("[Ii]mport"))
    export = {"name": "devices.csv", "mimeType": "text/csv", "buffer": intune_export().encode()}
    plan.page.locator("input[type=file]").set_input_files(files=[export])
    plan.person.press("Read the file")
    plan.person.sees("44 rows read from an Intune export")
    plan.person.press("Apply the counts of Intune")
    expect(plan.table("devices").get_by_role("row", name="Windows 11")).to_contain_text("24")
    plan.add("devices", system="windows-server-2022", count=40, source="Configuration Manager", counted_on=today())
    expect(plan.table("devices")).to_contain_text(re.compile(r"43 Intune\s*\+\s*40 Configuration Manager\s*=\s*83"))
    for kind, count in (("Computers", 34), ("Phones, tablets", 9), ("Windows servers", 40)):
        expect(plan.table("devices").get_by_role("row", name=re.compile(f"^{kind}"))).to_contain_text(str(count))


def intune_export() -> str:
    """24 + 6 computers with Windows, 4 Macs, 9 phones; one more phone is somebody's own."""
    kinds = [
        (24, "Windows", "10.0.26100.4061", "Corporate"),
        (6, "Windows", "10.0.19045.5854", "Corporate"),
        (4, "macOS", "26.1 (25B78)", "Corporate"),
        (9, "iOS", "18.5", "Corporate"),
        (1, "iOS", "18.5", "Personal"),
    ]
    devices = [kind for kind in kinds for _ in range(kind[0])]
    lines = [
        f"{number:032x},DEVICE-{number},{today()} 08:00:00.0000000,{system},{version},{ownership}"
        for number, (_, system, version, ownership) in enumerate(devices, start=1)
    ]
    return "\n".join(["Device ID,Device name,Last check-in,OS,OS version,Ownership", *lines])


def describe_the_environment(plan: Planner) -> None:
    plan.open("environment")
    plan.add("engines", engine="intune", manages="Computers and phones", devices=43)
    plan.add("cdoc", tier=1, run_by="in_house", place="Dublin", people=6, hours="24 x 7")
    plan.set_aside("topic-siem", "We have no SIEM yet.")


def buy_licences(plan: Planner) -> None:
    plan.open("licences")
    plan.add("entitlements", product="microsoft-365-e5", quantity=300, state="bought")
    plan.add("entitlements", product="mde-server", quantity=40, state="bought")
    plan.person.sees("Licences: not approved yet")
    expect(plan.page.get_by_text("40 servers have no licence")).to_have_count(0)


def say_who_may_do_what(plan: Planner) -> None:
    plan.open("access")
    plan.change("access-settings", planned="unified", break_glass=2, global_administrators=3)
    for number in (1, 2, 3):
        plan.change(f"tier-{number}", groups=f"SOC-Tier{number}")
    for persona, (group, role) in PERSONAS.items():
        why = f"{persona}: activated for the rollout"
        plan.add(
            "assignments", persona=persona, assignee=group, entra_role=role, held="eligible", duration="permanent",
            justification=why,
        )  # fmt: skip
    plan.set_aside("persona-business-owner", "Reads the plan here, needs no access to the portal.")


def choose_routes_and_order(plan: Planner) -> None:
    plan.open("connectivity")
    plan.change("network", approach="streamlined")
    for key in plan.keys("routes"):
        plan.change(key, route="Direct", status="requested")
    plan.open("adoption")
    for component in ("edr", "mdvm", "ngp", "asr"):
        plan.change(f"component-{component}", is_in="True")
    for component in ("air", "mte"):
        plan.change(f"component-{component}", is_in="False")


def name_the_stakeholders(plan: Planner) -> None:
    plan.open("stakeholders")
    for key, name in (("role-ciso", "Dana Reyes"), ("role-head-of-cdoc", "Marcus Webb")):
        plan.change(key, name=name, email=f"{name.split()[0].lower()}@contoso.example")
    plan.change("role-security-architect", name="Priya Nair", email="priya@contoso.example")
    for key in ("role-workplace-architect", "role-security-analyst"):
        plan.set_aside(key, "Priya Nair looks after both.")


def only_signatures_are_missing(plan: Planner) -> None:
    """Breadth: every check of every section has passed but those on signatures."""
    page = plan.person.open(plan.url)
    plan.person.sees(re.compile("You cannot start Setup yet: 6 blockers"))
    titles = page.locator("#stops .blocker h3").all_inner_texts()
    assert all("not approved yet" in title for title in titles), titles


def send_for_approval(lena: Person) -> None:
    lena.follow("Ask for approval")
    lena.page.get_by_label("What you want to say").fill("Please read the counts with care.")
    lena.press(re.compile("^Send"))
    lena.sees("Sent to 3 people.")
    lena.installation.inbox.wait_for("priya@contoso.example", about=NAME)


# Who approves
def open_the_request_from_the_mail(person: Person) -> None:
    """Click the link in the mail; a code goes to the same mailbox; then what is asked can be read."""
    mail = person.installation.inbox.wait_for(person.email, about=f"Approve by .*{NAME}")
    assert "lena@contoso.example" in str(mail["Reply-To"])
    person.open(link_in(mail, "/d/"))
    person.sees("Opening this page decides nothing")
    person.press("Send me a code")
    person.type_the_code()
    person.sees("Your question as")
    person.sees("Please read the counts with care.")
    until(lambda: has_opened(person), f"{person.email} is seen to have opened the page")


def has_opened(person: Person) -> bool:
    found = person.installation.rows(
        "select count(*) from stakeholders_request where email = ? and first_opened_at is not null", person.email
    )
    return bool(found[0][0])


def approve_everything(person: Person) -> None:
    page = person.page
    page.locator("label.choice:has([value=approve])").click()
    page.locator("#comment").fill("Go ahead.")
    page.get_by_role("button", name=re.compile("^Approve 6 sections as")).click()
    expect(page).to_have_url(re.compile("/decided/"))
    receipt = person.installation.inbox.wait_for(person.email, about="Receipt")
    assert "signed in with a code" in text_of(receipt)


# The gate
def it_became_ready(lena: Person) -> None:
    mail = lena.installation.inbox.wait_for(lena.email, about="Nothing stops Setup any more")
    assert "Dana Reyes" in text_of(mail)
    lena.open(link_in(mail, "/projects/"))
    lena.sees("Nothing stops Setup")


def start_setup(lena: Person) -> None:
    lena.follow("Start Setup")
    lena.press("Start Setup")
    lena.sees("Setup has started. It is recorded with your name.")
    phases = lena.page.get_by_role("region", name="Phases")
    expect(phases.locator("[aria-current=step]")).to_contain_text("Setup")


def add_forgotten_servers(plan: Planner) -> None:
    plan.open("environment")
    plan.add("devices", system="ubuntu-22.04", count=12, source="Ansible", counted_on=today(), why=FORGOTTEN)


def the_signatures_are_out_of_date(lena: Person) -> None:
    lena.open(f"/projects/{SLUG}/")
    lena.sees(re.compile("Two signatures on Environment are out of date"))
    lena.sees("12 servers have no licence")
    lena.follow("See the difference")
    row = lena.page.get_by_role("row", name=re.compile("Ubuntu 22.04"))
    expect(row).to_contain_text("12")
    lena.sees(FORGOTTEN)


def today() -> str:
    return date.today().isoformat()
