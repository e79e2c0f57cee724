"""What goes wrong in practice, with real processes that are really killed: nothing is lost, and it is said."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import Person
from tests.journeys.conftest import ON_SERVICES
from tests.journeys.installation import Installation, until
from tests.journeys.office import DANA, LENA, MARCUS, PRIYA, Project, make_people
from tests.journeys.planning import Planner, fill

pytestmark = [pytest.mark.browser]
AT_ONCE = 3.0
"""Seconds that an edit may take while nothing answers behind the page."""
Come = Callable[..., Person]


@pytest.fixture(scope="module")
def office(folder: Path) -> Iterator[Installation]:
    with Installation(folder, on_services=ON_SERVICES).running(make_people) as running:
        yield running


def signed_in(come: Come, office: Installation, email: str) -> Person:
    person = come(office, email)
    person.sign_in_with_password()
    return person


def take_the_broker_away(office: Installation) -> None:
    until(office.has_run_for_a_while, "its processes count as started", seconds=20)
    if office.broker is not None:
        office.broker.kill()
        return
    messages = office.folder / "data/broker/messages"
    messages.rename(messages.with_name("away"))
    messages.write_text("no folder: nothing can be put here, whoever one is")


def bring_the_broker_back(office: Installation) -> None:
    if office.broker is not None:
        office.broker.start()
        return
    messages = office.folder / "data/broker/messages"
    messages.unlink()
    messages.with_name("away").rename(messages)


def test_without_a_broker_pages_work_edits_are_saved_and_the_sweep_catches_up(office, come):
    project = Project(office, "Broker away", is_sent=False)
    lena = signed_in(come, office, LENA)
    plan = Planner(lena, project.slug).open("environment")
    take_the_broker_away(office)
    try:
        assert plan.takes(lambda: plan.add("devices", system="ubuntu-22.04", count=12, source="Ansible")) < AT_ONCE
        lena.open(project.url)
        lena.sees("12 servers have no licence")
        lena.open("/")
        lena.open("/projects/")
        newcomer = come(office, PRIYA)
        newcomer.sign_in_with_password()
        newcomer.open(project.url)
        project.count_more_devices(140, why="More were found.")
        assert not project.is_judged()
    finally:
        bring_the_broker_back(office)
    until(project.is_judged, "the sweep has caught up", seconds=60)


def test_a_worker_that_is_killed_while_it_sends_loses_no_mail_and_sends_none_twice(office, come):
    until(office.has_run_for_a_while, "its processes count as started", seconds=20)
    office.inbox.hold_back()
    project = Project(office, "Worker killed", is_sent=True)
    until(lambda: office.inbox.holding, "a worker is in the middle of sending")
    [kill(pid) for pid in office.workers()]
    office.inbox.let_go()
    if ON_SERVICES:
        office.end("worker")
        office.start("worker")
    before = {row[0] for row in claimed(office, project)}
    assert before
    # three minutes pass: what the dead worker had claimed is due again
    office.rows("update tenants_mail set claimed_until = '2020-01-01' where claimed_until is not null returning id")
    for address in (DANA, MARCUS):
        mail = office.inbox.wait_for(address, about="Worker killed")
        assert len(office.inbox.to(address, about="Worker killed")) == 1
        assert str(mail["Message-ID"]).split("@")[0] in {f"<{message}" for message in mails_of(office, address)}


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def claimed(office: Installation, _project: Project) -> list[tuple[object, ...]]:
    return office.rows("select id from tenants_mail where claimed_until is not null")


def mails_of(office: Installation, address: str) -> set[str]:
    rows = office.rows("select id from tenants_mail where recipient = ?", address)
    found = {str(row[0]).replace("-", "") for row in rows}
    return {f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}" for one in found}


def test_without_a_mail_server_mails_wait_are_said_to_wait_and_come_once(office, come):
    project = Project(office, "No mail server", is_sent=False)
    lena = signed_in(come, office, LENA)
    lena.open(f"{project.url}ask/")
    office.inbox.close()
    try:
        lena.press(re.compile("^Send"))
        lena.sees("Sent to 2 people.")
        until(lambda: len(tried(office)) == 2, "both mails were tried")
        lena.open(f"{project.url}approvals/")
        expect(lena.page.get_by_text("The mail is waiting to be sent.")).to_have_count(2)
        lena.open(project.url)
        lena.sees("Mail is waiting to be sent")
    finally:
        office.inbox.open()
    identities = {f"<{one}@127.0.0.1>" for address in (DANA, MARCUS) for one in mails_of(office, address)}
    for address in (DANA, MARCUS):
        mail = office.inbox.wait_for(address, about="No mail server")  # it is tried again in growing pauses
        assert str(mail["Message-ID"]) in identities
    until(lambda: not tried(office), "both are recorded as sent")
    office.shell("from tenants.tasks import deliver_due\ndeliver_due()")
    assert [len(office.inbox.to(address, about="No mail server")) for address in (DANA, MARCUS)] == [1, 1]
    lena.open(f"{project.url}approvals/")
    expect(lena.page.get_by_text(re.compile("^Mail sent .*not opened"))).to_have_count(2)


def tried(office: Installation) -> list[tuple[object, ...]]:
    """Mails that wait after a failure."""
    return office.rows("select id from tenants_mail where sent_at is null and last_error <> '' and given_up_at is null")


# Two at once
def open_request(person: Person, project: Project) -> None:
    person.open(f"{project.url}rounds/1/decide/")
    person.page.locator("label.choice:has([value=approve])").click()
    person.page.locator("#comment").fill("Agreed.")


def test_a_double_click_decides_once(office, come):
    project = Project(office, "Double click", is_sent=True)
    dana = signed_in(come, office, DANA)
    open_request(dana, project)
    dana.page.get_by_role("button", name=re.compile("^Approve 1 section as")).dblclick()
    expect(dana.page).to_have_url(re.compile("/decided/"))
    dana.sees("Agreed.")
    assert project.decisions() == 1
    expect(dana.page.get_by_text("You had answered this request already")).to_have_count(0)
    office.inbox.wait_for(DANA, about="Receipt.*Double click")
    assert len(office.inbox.to(DANA, about="Receipt.*Double click")) == 1


def test_the_second_of_two_editors_is_told_what_the_first_changed_and_keeps_what_was_typed(office, come):
    project = Project(office, "Two editors", is_sent=False)
    lena, priya = signed_in(come, office, LENA), signed_in(come, office, PRIYA)
    hers, mine = Planner(priya, project.slug).open("environment"), Planner(lena, project.slug).open("environment")
    fill(mine.edit(project.device), count=120, why="Asked the helpdesk.")
    fill(hers.edit(project.device), count=130, why="The branch in Cork.")
    hers.save(project.device)
    expect(hers.row(project.device)).to_contain_text("130")

    lena.expected_statuses.add(409)
    mine.row(project.device).get_by_role("button", name=re.compile("^Save")).click()
    lena.sees(re.compile("Priya Nair changed this row"))
    told = mine.row(project.device).get_by_role("alert")
    expect(told).to_contain_text("100 → 130")
    expect(told).to_contain_text("The branch in Cork.")
    expect(mine.row(project.device).locator("[name=count]")).to_have_value("120")
    expect(mine.row(project.device).locator("[name=why]")).to_have_value("Asked the helpdesk.")
    mine.save(project.device)
    expect(mine.row(project.device)).to_contain_text("120")


def test_a_decision_on_a_section_that_moved_is_refused_with_the_difference_and_nothing_typed_is_lost(office, come):
    project = Project(office, "Moved", is_sent=True)
    dana = signed_in(come, office, DANA)
    open_request(dana, project)
    project.count_more_devices(140, why="The branch in Cork.")
    dana.expected_statuses.add(409)
    dana.press(re.compile("^Approve 1 section as"))
    dana.sees("Environment changed while you were reading.")
    expect(dana.page.locator("#moved")).to_contain_text("100 → 140")
    expect(dana.page.locator("#moved")).to_contain_text("The branch in Cork.")
    expect(dana.page.locator("#comment")).to_have_value("Agreed.")
    assert project.decisions() == 0
    dana.press(re.compile("^Approve 1 section as"))
    expect(dana.page).to_have_url(re.compile("/decided/"))
    assert project.decisions() == 1
