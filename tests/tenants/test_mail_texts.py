"""What the mails say, in both parts."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string

FOLDER = Path(settings.BASE_DIR) / "templates" / "emails"
SITE = {
    "recipient": "ciso@contoso.example",
    "public_url": "https://mdeprep.contoso.example",
    "public_host": "mdeprep.contoso.example",
}
ABOUT_A_REQUEST = {
    "name": "Dana",
    "by": "Lena Fischer",
    "by_short": "Lena",
    "project": "Contoso Endpoint 2027",
    "part": "approve",
    "role": "Chief Information Security Officer",
    "url": "https://mdeprep.contoso.example/d/CON-7F3K",
    "code": "CON-7F3K",
    "sections": ["Environment"],
    "due_long": "Friday 27 November",
}
ABOUT_WHAT_IS_ASKED = {
    "name": "Tomás",
    "by": "Lena Fischer",
    "by_short": "Lena",
    "project": "Contoso Endpoint 2027",
    "customer": "Contoso",
    "code": "CON-7F3KQ",
    "url": "https://mdeprep.contoso.example/d/CON-7F3KQ",
    "due": "Fri 27 Nov",
    "due_long": "Friday 27 November",
}
WAITING = {
    "project": "Contoso Retail stores",
    "sections": ["Access"],
    "due": "Fri 4 Dec",
    "url": "https://mdeprep.contoso.example/d/CON-7F3M",
}
CONTEXTS: dict[str, dict[str, Any]] = {
    "questions": {
        **ABOUT_WHAT_IS_ASKED,
        "questions": [
            {"title": "SIEM", "text": "Which SIEM is in use?", "due": "Fri 27 Nov"},
            {"title": "Intune", "text": "In which version?", "due": "Mon 30 Nov"},
        ],
        "is_reminder": False,
    },
    "answer_declined": {
        **ABOUT_WHAT_IS_ASKED,
        "question": "Which SIEM is in use?",
        "answer": "I think QRadar.",
        "word": "The console says Splunk.",
    },
    "upload_asked": {
        **ABOUT_WHAT_IS_ASKED,
        "export": "Intune: All devices",
        "note": "Only the computers in Dublin.",
        "is_reminder": False,
    },
    "upload_revoked": {**ABOUT_WHAT_IS_ASKED, "url": ""},
    "upload_arrived": {
        "name": "Lena",
        "who": "Tomás Silva",
        "project": "Contoso Endpoint 2027",
        "url": "https://mdeprep.contoso.example/",
        "until": "Mon 23 Nov 2026 at 08:41 (Dublin)",
    },
    "upload_unreadable": {
        "name": "Lena",
        "who": "Tomás Silva",
        "project": "Contoso Endpoint 2027",
        "url": "https://mdeprep.contoso.example/",
        "until": "Friday 4 December",
    },
    "questions_answered": {
        "name": "Lena",
        "who": "Tomás Silva",
        "project": "Contoso Endpoint 2027",
        "url": "https://mdeprep.contoso.example/",
        "left": 2,
    },
    "login_code": {"name": "Dana", "code": "482913", "minutes": 15, "url": ""},
    "password_reset": {"name": "Dana", "url": "https://mdeprep.contoso.example/reset"},
    "invitation": {
        "name": "",
        "tenant": "Contoso",
        "role": "member",
        "by": "Olu Adeyemi",
        "url": "https://mdeprep.contoso.example/",
    },
    "role_given": {
        "name": "Priya",
        "place": "Contoso Endpoint 2027",
        "role": "editor",
        "by": "Lena Fischer",
        "url": "https://mdeprep.contoso.example/",
        "may": ["You may change the plan."],
        "until": "Fri 4 Dec 2026",
    },
    "decision_request": {
        **ABOUT_A_REQUEST,
        "sections_total": 7,
        "again": True,
        "signed_on": "11 November",
        "headline": "server counts changed",
        "due": "Fri 27 Nov",
        "minutes": 2,
        "changes": [
            {"what": "Linux servers", "was": "none", "now": "109", "note": "They were missing from the first count."},
            {"what": "Servers in all", "was": "337", "now": "446", "note": ""},
        ],
        "nothing_else": True,
        "means": [
            "101 servers are without a licence. Lena owns this; you are not asked to solve it.",
            "3 of the Linux servers are too old to be onboarded.",
        ],
        "standing": ["Stakeholders", "Licences", "Access", "Connectivity", "Adoption order"],
        "open_changes": [{"who": "Marcus Webb", "section": "Access"}],
        "also_asked": ["Marcus Webb"],
        "substitute": {"name": "Hana Sato", "from": "30 Nov", "until": "11 Dec"},
        "can_hand_over": True,
    },
    "reminder": {
        **ABOUT_A_REQUEST,
        "headline": "server counts",
        "days_left": 3,
        "missing": ["Marcus Webb"],
        "can_hand_over": True,
        "also": [WAITING],
    },
    "digest": {
        "name": "Dana",
        "tenant": "Contoso",
        "waiting": [WAITING],
        "ended": [
            {"project": "Contoso Endpoint 2027", "by": "Lena Fischer", "section": "Environment", "signed_on": "11 Nov"}
        ],
        "url": "https://mdeprep.contoso.example/",
        "stop": "https://mdeprep.contoso.example/mails/stop/x/",
    },
    "removal_due": {
        "name": "Priya",
        "tenant": "Contoso",
        "roles": [
            {
                "role": "Security Administrator",
                "who": "Ana Ruiz",
                "project": "Contoso Endpoint 2027",
                "end": "Friday 27 November",
                "state": "ends in 7 days",
                "is_late": False,
                "url": "https://mdeprep.contoso.example/projects/contoso-endpoint-2027/plan/access/temporary/",
            },
        ],
        "worst": "ends in 7 days",
        "lead": "Lena Fischer",
        "url": "https://mdeprep.contoso.example/projects/contoso-endpoint-2027/plan/access/temporary/",
        "slots": ["1/role/2026-11-20"],
    },
    "told": {
        "name": "Lena",
        "project": "Contoso Endpoint 2027",
        "subject": "A question from Dana Reyes before deciding: Contoso Endpoint 2027",
        "lines": ["Dana Reyes asks before deciding. Reminders pause until you answer."],
        "quote": "Which tills?",
        "url": "https://mdeprep.contoso.example/projects/contoso-endpoint-2027/approvals/said/",
        "deed": "Answer the question",
        "reason": "you lead the project Contoso Endpoint 2027.",
    },
    "receipt": {
        **ABOUT_A_REQUEST,
        "answer": "approved",
        "at": "Mon 23 Nov 2026 at 08:41 (Dublin)",
        "on_behalf_of": "",
        "signed_in_with": "code",
        "comment": "",
        "conditions": [],
        "shown": ["the difference since 11 Nov", "4 blockers and 5 warnings open when you were asked"],
        "fingerprints": [{"section": "Environment", "digest": "3f9a71c20b4e" + "0" * 52}],
        "briefing_digest": "8d2055aa" + "0" * 56,
        "entry": 62,
        "entry_digest": "a1c790fe" + "0" * 56,
        "key_fingerprint": "b91d2797" + "0" * 56,
        "not_me_url": "https://mdeprep.contoso.example/not-me",
        "url": "",
    },
    "became_ready": {
        "name": "Lena",
        "project": "Contoso Retail stores",
        "phase": "Setup",
        "url": "https://mdeprep.contoso.example/",
        "passed": 43,
        "does_not_apply": 9,
        "approved_by": ["Dana Reyes", "Marcus Webb"],
    },
    "request_withdrawn": {
        "name": "Dana",
        "by": "Lena Fischer",
        "project": "Contoso Endpoint 2027",
        "sections": ["Environment"],
        "reason": "The counts are wrong.",
        "has_answered": False,
    },
    "sponsor_matrix_changed": {
        "name": "Dana",
        "project": "Contoso Endpoint 2027",
        "by": "Lena Fischer",
        "at": "Wed 18 Nov 2026 at 16:12 (Dublin)",
        "url": "https://mdeprep.contoso.example/",
        "changes": ["Marcus Webb, Head of CDOC: approves (SO), now gives input (R)"],
        "reason": "He left the CDOC.",
    },
}


def parts(kind: str, **other: Any) -> tuple[str, str, str]:
    """Subject, text and HTML, each with single spaces, the HTML without its marks."""
    context = {**CONTEXTS[kind], **SITE, **other}
    subject, text, page = (render_to_string(f"emails/{kind}.{end}", context) for end in ("subject.txt", "txt", "html"))
    page = html.unescape(re.sub(r"<[^>]+>", "", page[page.index("<body") :]))
    return tuple(" ".join(part.split()) for part in (subject, text, page))  # type: ignore[return-value]


def test_every_mail_is_shown_here():
    kinds = {file.name.removesuffix(".subject.txt") for file in FOLDER.glob("*.subject.txt")}
    assert kinds == set(CONTEXTS)


@pytest.mark.parametrize("kind", sorted(CONTEXTS))
def test_no_mail_fetches_anything(kind):
    page = render_to_string(f"emails/{kind}.html", {**CONTEXTS[kind], **SITE})
    assert not re.search(r"<img|<script|@import|url\(|<link", page)


@pytest.mark.parametrize("kind", sorted(CONTEXTS))
def test_a_name_with_signs_is_written_as_it_is_in_text_and_escaped_in_html(kind):
    field = next(key for key in ("project", "place", "tenant", "name") if key in CONTEXTS[kind])
    context = {**CONTEXTS[kind], **SITE, field: "O’Neil & <Sons>"}
    assert "O’Neil & <Sons>" in render_to_string(f"emails/{kind}.txt", context)
    assert "<Sons>" not in render_to_string(f"emails/{kind}.html", context)


REQUEST_SAYS = """\
Lena Fischer asks you to approve one section of the plan again, because it changed after you signed it.
What changed since your signature on 11 November
Linux servers: none → 109. They were missing from the first count.
Servers in all: 337 → 446.
Nothing else in this section.
What that means
101 servers are without a licence. Lena owns this; you are not asked to solve it.
3 of the Linux servers are too old to be onboarded.
Your other five signatures stand (Stakeholders, Licences, Access, Connectivity, Adoption order). \
Marcus Webb has asked for a change to Access; if it is made, you will be asked again for that section only.
https://mdeprep.contoso.example/d/CON-7F3K
Due Friday 27 November. Also asked: Marcus Webb.
Away? Your substitute is Hana Sato (30 Nov to 11 Dec). You can hand this request over on the page.
Why you get this: you approve (SO) as Chief Information Security Officer in the project Contoso Endpoint 2027.
Is this real? Opening the link decides nothing. You sign in, or get a code at this address. If you would rather not \
click, type mdeprep.contoso.example and enter CON-7F3K. Nobody will ask you for a password by mail. \
Questions: reply, it goes to Lena. A reply is not a decision."""


def test_a_request_says_what_changed_what_it_means_and_what_stands():
    subject, text, page = parts("decision_request")
    assert subject == "Approve by Fri 27 Nov: server counts changed, Contoso Endpoint 2027 (2 minutes)"
    for line in REQUEST_SAYS.splitlines():
        assert line in text
        assert line in page
    assert "1 of 7 sections. Your other 5 signatures stand." in page


@pytest.mark.parametrize(
    ("part", "subject_starts", "asks"),
    [
        ("approve", "Approve by Fri 27 Nov: 2 sections,", "asks you to approve two sections of the plan."),
        ("input", "Your input by Fri 27 Nov: 2 sections,", "asks for your input on two sections of the plan."),
        ("informed", "For your information: 2 sections,", "informs you about two sections of the plan."),
    ],
)
def test_a_first_request_asks_each_part_in_its_words(part, subject_starts, asks):
    first = {"part": part, "again": False, "signed_on": "", "headline": "", "standing": [], "open_changes": []}
    subject, text, page = parts("decision_request", **first, sections=["Environment", "Access"])
    assert subject.startswith(subject_starts)
    assert asks in text
    assert asks in page
    assert "since your signature" not in text


def test_an_invitation_by_nobody_names_nobody():
    subject, text, page = parts("invitation", by="")
    assert subject == "You are invited to Contoso in mdeprep"
    for part in (text, page):
        assert "You are invited to Contoso in mdeprep, as member." in part
        assert "Why you get this: whoever runs mdeprep added your address to Contoso." in part


def test_a_request_carries_the_words_of_whoever_asks():
    for part in parts("decision_request", note="Please read the counts with care.")[1:]:
        assert "“Please read the counts with care.”" in part
    assert "“”" not in parts("decision_request", note="")[1]


@pytest.mark.parametrize(
    ("days_left", "due"), [(3, "due in 3 days"), (1, "due tomorrow"), (0, "due today"), (-2, "late")]
)
def test_a_reminder_says_how_long_is_left(days_left, due):
    subject, text, page = parts("reminder", days_left=days_left)
    assert subject == f"Still open, {due}: server counts, Contoso Endpoint 2027"
    line = (
        "Only you and Marcus Webb are missing. If you cannot decide now: "
        "ask Lena a question, choose another day, or hand it over, all on the page."
    )
    assert line in text
    assert line in page


@pytest.mark.parametrize("kind", ["decision_request", "reminder"])
def test_a_mail_promises_no_deed_that_its_page_does_not_offer(kind):
    for part in parts(kind, can_hand_over=False):
        assert "hand" not in part.replace("handled", "")
        assert "choose another day" not in part


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("approved", "You approved Environment of"),
        ("conditional", "You approved Environment of Contoso Endpoint 2027 on conditions on"),
        ("changes", "You requested changes to Environment of"),
        ("objection", "You objected to Environment of"),
        ("no_objection", "You said that you have no objection to Environment of"),
        ("input", "You gave input on Environment of"),
        ("noted", "You noted Environment of"),
        ("withdrawn", "You took back your answer on Environment of"),
    ],
)
def test_a_receipt_says_what_was_decided(answer, says):
    _, text, page = parts("receipt", answer=answer)
    assert says in text
    assert says in page


def test_a_receipt_tells_every_answer_that_was_given_section_by_section():
    others = [{"answer": "changes", "sections": ["Access"]}, {"answer": "conditional", "sections": ["Licences"]}]
    _, text, page = parts("receipt", others=others)
    for part in (text, page):
        assert "You requested changes to Access." in part
        assert "You approved Licences on conditions." in part


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("password", "signed in with a password as"),
        ("demo", "by a card of this demonstration"),
        ("session", "signed in as"),
    ],
)
def test_a_receipt_says_of_signing_in_no_more_than_is_known(how, says):
    for part in parts("receipt", signed_in_with=how)[1:]:
        assert says in part


def test_a_receipt_carries_whole_fingerprints_and_a_way_to_object():
    _, text, page = parts("receipt")
    for part in (text, page):
        assert "3f9a 71c2 0b4e 0000" in part
        assert "…" not in part
        assert "Say so within 14 days" in part
    assert "https://mdeprep.contoso.example/not-me" in text


def test_everybody_who_approves_is_told_what_changed_in_the_matrix_why_and_by_whom():
    _, text, page = parts("sponsor_matrix_changed")
    for part in (text, page):
        assert "Lena Fischer changed who approves" in part
        assert "Head of CDOC: approves (SO), now gives input (R)" in part
        assert "“He left the CDOC.”" in part


def test_a_withdrawn_request_says_why_and_that_nothing_need_be_done():
    _, text, page = parts("request_withdrawn")
    for part in (text, page):
        assert "Environment" in part
        assert "The counts are wrong." in part


QUESTIONS_SAY = """\
Lena Fischer plans Microsoft Defender for Contoso and needs what only you know:
SIEM: Which SIEM is in use? (Fri 27 Nov)
Intune: In which version? (Mon 30 Nov)
Answer 2 questions
https://mdeprep.contoso.example/d/CON-7F3KQ
Your answer is a proposal: Lena looks at it before it is used. If you do not know, say so on the page, and who does.
Why you get this: Lena Fischer named you in the project Contoso Endpoint 2027. You see these questions, and nothing \
else of the plan.
Is this real? Opening the link changes nothing. You get a code at this address, and no password is asked. If you would \
rather not click, type mdeprep.contoso.example/d/ and enter CON-7F3KQ. Questions: reply, it goes to Lena."""


def test_questions_are_asked_in_one_mail_with_who_asks_for_what_and_why_them():
    subject, text, page = parts("questions")
    assert subject == "Lena Fischer asks you by Fri 27 Nov: 2 questions, Contoso Endpoint 2027"
    for line in QUESTIONS_SAY.splitlines():
        assert line in text
        assert line in page
    again = parts("questions", is_reminder=True)
    assert again[0] == "Still open: 2 questions of Lena Fischer, Contoso Endpoint 2027"
    assert "You have not answered yet." in again[1]
    assert "You have not answered yet." in again[2]


UPLOAD_SAYS = """\
Lena Fischer plans Microsoft Defender for Contoso and needs to know how many devices there are of each operating \
system. You have the tool that knows.
Which export: Intune: All devices. The page shows the steps.
“Only the computers in Dublin.”
Upload the export
The link works until Friday 27 November, for you alone.
Names of devices and people are read and forgotten: only counts are kept, and Lena sees nothing else. Do not send the \
file by mail.
Why you get this: Lena Fischer named you in the project Contoso Endpoint 2027 as somebody who can make this export.
rather not click, type mdeprep.contoso.example/d/ and enter CON-7F3KQ."""


def test_an_export_is_asked_for_with_what_becomes_of_the_names_in_it():
    subject, text, page = parts("upload_asked")
    assert subject == "Lena Fischer asks you for an export of devices until Fri 27 Nov, Contoso Endpoint 2027"
    for line in UPLOAD_SAYS.splitlines():
        assert line in text
        assert line in page
    for part in parts("upload_asked", export="", note="", is_reminder=True)[1:]:
        assert "Nothing was uploaded yet." in part
        assert "Which export" not in part


@pytest.mark.parametrize(
    ("kind", "subject", "says"),
    [
        ("answer_declined", "Your answer was not taken over: Contoso Endpoint 2027", "“The console says Splunk.”"),
        ("upload_revoked", "No export is needed any more: Contoso Endpoint 2027", "the link opens nothing."),
        ("upload_arrived", "The export of Tomás Silva is there: Contoso Endpoint 2027",
         "apply them until Mon 23 Nov 2026 at 08:41 (Dublin)."),
        ("upload_unreadable", "The export of Tomás Silva cannot be read: Contoso Endpoint 2027",
         "takes another file until Friday 4 December."),
        ("questions_answered", "Tomás Silva answered: Contoso Endpoint 2027", "2 questions to them are still open."),
    ],
)  # fmt: skip
def test_what_became_of_it_is_said_in_both_parts(kind, subject, says):
    found, text, page = parts(kind)
    assert found == subject
    assert says in text
    assert says in page


REMOVAL_SAYS = """\
a role that was given for a time must be removed:
Security Administrator of Ana Ruiz, by Friday 27 November: ends in 7 days (Contoso Endpoint 2027)
Remove it in Entra, then record the day and the proof. Somebody else confirms it.
Record the removal
https://mdeprep.contoso.example/projects/contoso-endpoint-2027/plan/access/temporary/
Why you get this: you are named to remove it, or lead the project, at Contoso."""


def test_whoever_removes_a_role_reads_which_until_when_and_where_it_is_recorded():
    subject, text, page = parts("removal_due")
    assert subject == "Remove Security Administrator of Ana Ruiz, ends in 7 days: Contoso Endpoint 2027"
    for line in REMOVAL_SAYS.splitlines():
        assert line in text
        assert line in page


def test_whoever_may_not_open_the_plan_replies_to_the_lead():
    role = {**CONTEXTS["removal_due"]["roles"][0], "url": ""}
    for part in parts("removal_due", url="", roles=[role])[1:]:
        assert "then tell Lena Fischer: reply to this mail with the day and the proof" in part
        assert "https://" not in part


def test_several_roles_are_one_mail():
    role = CONTEXTS["removal_due"]["roles"][0]
    late = {**role, "who": "Ben Ito", "state": "overdue 2 days", "is_late": True}
    subject, text, page = parts("removal_due", roles=[late, role], worst="overdue 2 days")
    assert subject == "Remove 2 temporary roles, the first overdue 2 days: Contoso"
    for part in (text, page):
        assert "roles that were given for a time must be removed:" in part
        assert "Ben Ito, by Friday 27 November: overdue 2 days" in part
        assert "Ana Ruiz, by Friday 27 November: ends in 7 days" in part
