"""Every page of the demonstration, with the person to whom it is worth showing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tests.journeys.installation import Installation

LENA, DANA, OLU, NOAH, INES, NOBODY = "Lena Fischer", "Dana Reyes", "Olu Adeyemi", "Noah Berg", "Ines Costa", ""
MAIN = "/projects/contoso-endpoint-2027/"
RETAIL = "/projects/contoso-retail-stores/"
PHARMA = "/projects/contoso-pharma/"
HIDDEN = "/projects/every-finding-test/"


class PageShown(NamedTuple):
    name: str
    path: str
    seen_by: str = LENA
    is_main: bool = True
    """Checked by the tests in all four ways; the others are on the contact sheets only."""
    status: int = 200


SECTIONS = ("stakeholders", "environment", "licences", "access", "connectivity", "adoption", "timeline")
PAGES = [
    PageShown("log-in", "/accounts/login/", NOBODY),
    PageShown("log-in-code", "/accounts/login/code/", NOBODY, is_main=False),
    PageShown("reference", "/d/", NOBODY, is_main=False),
    PageShown("home-lead", "/"),
    PageShown("home-ciso", "/", DANA),
    PageShown("home-partner", "/", NOAH),
    PageShown("home-admin", "/", OLU, is_main=False),
    PageShown("home-auditor", "/", INES, is_main=False),
    PageShown("projects", "/projects/", is_main=False),
    PageShown("new-project", "/projects/new/"),
    PageShown("overview", MAIN),
    PageShown("overview-almost-ready", RETAIL, is_main=False),
    PageShown("overview-not-started", PHARMA, is_main=False),
    PageShown("overview-can-start", "/projects/fabrikam-defender-rollout/", NOAH, is_main=False),
    *[PageShown(f"section-{name}", f"{MAIN}plan/{name}/") for name in SECTIONS],
    PageShown("section-migration", f"{RETAIL}plan/migration/"),
    *[PageShown(f"empty-{name}", f"{PHARMA}plan/{name}/", is_main=False) for name in SECTIONS],
    PageShown("permissions", f"{MAIN}plan/access/permissions/"),
    PageShown("access-findings", f"{HIDDEN}plan/access/findings/", is_main=False),
    PageShown("device-groups", f"{MAIN}plan/access/device-groups/", is_main=False),
    PageShown("convert", f"{MAIN}plan/access/convert/", is_main=False),
    PageShown("least", f"{MAIN}plan/access/least/", is_main=False),
    PageShown("least-of-tier", f"{MAIN}plan/access/least/tiers/tier-1/"),
    PageShown("temporary", f"{HIDDEN}plan/access/temporary/"),
    PageShown("removal", f"{HIDDEN}plan/access/temporary/role-overdue/"),
    PageShown("switch", f"{MAIN}plan/access/switch/"),
    PageShown("switch-no-go", f"{HIDDEN}plan/access/switch/", is_main=False),
    PageShown("run-sheet", f"{MAIN}plan/access/switch/run-sheet/", is_main=False),
    PageShown("row-new", f"{MAIN}plan/environment/devices/new/", is_main=False),
    PageShown("import", f"{MAIN}plan/environment/import/"),
    PageShown("sources", f"{MAIN}plan/environment/sources/"),
    PageShown("access-exports", f"{MAIN}plan/access/exports/"),
    PageShown("access-run-sheet", f"{MAIN}plan/access/exports/run-sheet/"),
    PageShown("present-access", f"{MAIN}plan/access/present/"),
    PageShown("names", f"{MAIN}plan/environment/names/", is_main=False),
    PageShown("asked-of-others", f"{HIDDEN}asked/"),
    PageShown("ask-about-row", f"{HIDDEN}plan/environment/siem/siem-old/ask/", is_main=False),
    PageShown("ask-for-export", f"{MAIN}asked/export/", is_main=False),
    PageShown("answers-none", "/answers/", is_main=False),
    PageShown("facts", f"{MAIN}facts/", is_main=False),
    PageShown("print", f"{MAIN}print/", is_main=False),
    PageShown("approvals", f"{MAIN}approvals/"),
    PageShown("threads", f"{MAIN}approvals/said/"),
    PageShown("conditions-none", f"{MAIN}approvals/conditions/", is_main=False),
    PageShown("substitute", f"{MAIN}substitutes/role-ciso/", DANA, is_main=False),
    PageShown("difference", f"{MAIN}approvals/environment/role-ciso/"),
    PageShown("ask", f"{MAIN}ask/"),
    PageShown("decide", f"{MAIN}rounds/2/decide/", DANA),
    PageShown("decided", f"{MAIN}rounds/1/decided/", DANA, is_main=False),
    PageShown("history", f"{MAIN}history/"),
    PageShown("sharing", f"{MAIN}sharing/"),
    PageShown("evidence", f"{MAIN}evidence/", INES),
    PageShown("as-of", f"{MAIN}as-of/?day={date.today() - timedelta(days=5)}", INES),
    PageShown("register", "/register/", INES),
    PageShown("register-line", f"{MAIN}decisions/1/", INES, is_main=False),
    PageShown("documents", f"{MAIN}documents/"),
    PageShown("start-phase", f"{MAIN}start/", is_main=False),
    PageShown("history-auditor", f"{MAIN}history/", INES, is_main=False),
    PageShown("administration", "/admin/", OLU),
    PageShown("administration-people", "/admin/tenants/user/", OLU, is_main=False),
    PageShown("administration-history", "/admin/tenants/ledgerentry/", OLU, is_main=False),
    PageShown("mails-to-you", "/mails/", is_main=False),
    PageShown("change-password", "/accounts/password/change/", is_main=False),
    PageShown("paste-device-groups", f"{MAIN}plan/access/device-groups/paste/", is_main=False),
    PageShown("mails", "/demo/mails/", NOBODY, is_main=False),
    PageShown("not-found", "/projects/nothing-here/", is_main=False, status=404),
]


def mail_page(installation: Installation) -> PageShown:
    """Dana's mail about the request that waits for her."""
    return PageShown("mail", f"/demo/mails/{request_mail(installation)}/", NOBODY, is_main=False)


def request_mail(installation: Installation) -> str:
    rows = installation.rows(
        "select id from tenants_mail where recipient = ? and kind = ? order by created_at desc",
        *("ciso@contoso.example", "decision_request"),
    )
    return str(UUID(str(rows[0][0])))
