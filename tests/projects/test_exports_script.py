"""The PowerShell script: every value of a plan is data, whatever it is called; and what the script would do is planned."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from projects import catalog, exports
from projects.document import ProjectFacts
from projects.document.rows import AccessSettings, Assignment, DeviceGroup, Tier
from projects.document.sections import Access
from projects.exports.graph_script import moment
from projects.exports.powershell import literal
from tests.projects.powershell import Broken, Token, tokens

TODAY, ZONE = date(2026, 11, 22), "Europe/Dublin"
HOSTILE = [
    "it's",
    "’; Remove-MgUser -UserId $_ #",
    "‘a‚b‛c’",
    "'+(Invoke-Expression 'x')+'",
    "$(Stop-Computer)",
    "$env:PATH ${x}",
    "`n`$(x)",
    '"; calc; "',
    "“double” „too”",
    "line\nRemove-Item /\n",
    "\r\n'@\r\n",
    "#> evil <#",
    "@'\nx\n'@",
    "\u202egnp.exe\u202c\u200f\u2066",
    "nul\x00nul",
    "}) ; { [",
    "a'" * 50,
    "'",
    "",
    " ",
    "{0} -f",
    "#DATA#\n",
    "\ufeffmark",
    "-WhatIf:$false",
    "emoji 🛡",
]


def assignment(number: int = 1, **values) -> Assignment:
    told = {"persona": "Security Administrator", "entra_role": "security-administrator", "assignee": f"Group {number}",
            "justification": "Sets up the portal"}  # fmt: skip
    return Assignment(key=f"a-{number}", **{**told, **values})


def access(*rows: Assignment, **tables) -> Access:
    return Access(assignments=rows, **{"settings": (AccessSettings(key="s", has_pim=True),), **tables})


def facts(**values) -> ProjectFacts:
    return ProjectFacts(**{"name": "Contoso", "kind": "deployment", "plan": "P2", **values})


def script(found: Access, **values) -> exports.Script:
    return exports.script_of(found, facts(**values), today=TODAY, zone=ZONE)


def strings(text: str) -> list[str]:
    return [token.value for token in tokens(text) if token.kind == "string"]


def as_code(text: str) -> list[Token]:
    """All but the contents of strings: what PowerShell would do."""
    return [Token(t.kind, "" if t.kind == "string" else t.text) for t in tokens(text)]


# The tokenizer itself --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("'a' \"b$c\" $d", ["string", "expandable", "variable"]),
        ("‘a’", ["string"]),
        ("'it''s' # it's", ["string", "comment"]),
        ("<# ' #> 'x'", ["comment", "string"]),
        ("@'\nit's\n'@", ["here-string"]),
        ("a#b", ["word", "code", "word"]),
    ],
)
def test_the_tokenizer_reads_as_powershell_does(text, kinds):
    assert [token.kind for token in tokens(text)] == kinds


@pytest.mark.parametrize("text", ["'a", '"a', "<# a", "(a", "a)", "(a}", "@'\na'@", "'a''", "‘a"])
def test_the_tokenizer_refuses_what_does_not_end(text):
    with pytest.raises(Broken):
        tokens(text)


# Values are data -------------------------------------------------------------------------------------------------------
def as_it_comes_out(value: str) -> str:
    return value.replace("\x00", "\ufffd")


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_one_string_and_stands_for_itself(value):
    assert [(t.kind, t.value) for t in tokens(literal(value))] == [("string", as_it_comes_out(value))]


@given(st.text())
def test_whatever_a_value_is_it_is_one_string_and_stands_for_itself(value):
    found = tokens(f"$a = {literal(value)}; b")
    assert [t.kind for t in found] == ["variable", "code", "string", "code", "word"]
    assert found[2].value == as_it_comes_out(value)


def plan_with(value: str) -> Access:
    """The same plan, in which everything that people type is `value`."""
    dated = {"held": "active", "duration": "temporary", "ends_on": date(2026, 12, 31)}
    return Access(
        settings=(AccessSettings(key="s", has_pim=True),),
        assignments=(
            assignment().replaced(assignee=value, justification=value, persona=value),
            assignment(2, assignee_kind="person", **dated).replaced(assignee=value),
        ),
        tiers=(Tier(key="t", number=1, name=value, groups=(value,)),),
    )


PLAIN = as_code(
    exports.script_of(plan_with("Plain"), facts(name="P", microsoft_tenant="t"), today=TODAY, zone=ZONE).text
)


@settings(max_examples=50)
@given(st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=60))
@example("\r\n'@\r\n")
@example("#DATA#\n")
def test_a_name_changes_nothing_of_what_the_script_does(value):
    if not value.strip():
        return
    project = facts(name=value, microsoft_tenant=value)
    made = exports.script_of(plan_with(value), project, today=TODAY, zone=ZONE).text
    assert as_code(made) == PLAIN
    assert strings(made).count(as_it_comes_out(value)) >= 3


def test_no_value_stands_in_a_comment_or_in_a_string_that_is_looked_into():
    made = tokens(
        script(access(assignment(assignee="Kilimanjaro", justification="Kilimanjaro")), name="Kilimanjaro").text
    )
    assert {token.kind for token in made if "Kilimanjaro" in token.text} == {"string"}
    assert not [token for token in made if token.kind in {"expandable", "here-string", "escape"}]


# The fixed part --------------------------------------------------------------------------------------------------------
def fixed() -> str:
    return Path(exports.__file__).with_name("graph_script.ps1").read_text(encoding="utf-8")


def words(text: str) -> set[str]:
    return {token.text for token in tokens(text) if token.kind == "word"}


def test_the_script_supports_whatif_and_changes_nothing_without_being_asked():
    text = fixed()
    assert "[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]" in text
    refusal = text.index("if (-not $WhatIfPreference -and -not $Apply) {")
    assert refusal < text.index("function ") < text.index("Connect-MgGraph -")


def test_everything_that_changes_something_stands_behind_should_process():
    """`New-PlannedAssignment` is called once, and `New-MgGroup` stands once, each inside of such a block."""
    text = fixed()
    body = text[text.index("foreach ($Group in $Groups)") :]
    blocks = re.findall(r"if \(\$PSCmdlet\.ShouldProcess\([^\n]*\)\) \{\n(.*?)\n        \}\n", body, re.DOTALL)
    assert len(blocks) == 2
    inside = "".join(blocks)
    for verb in ("New-MgGroup ", "New-PlannedAssignment "):
        assert body.count(verb) == inside.count(verb) == 1
    changing = {
        word for word in words(text) if word.startswith(("New-Mg", "Update-Mg", "Remove-Mg", "Set-Mg", "Invoke-"))
    }
    assert changing == {
        "New-MgGroup",
        "New-MgRoleManagementDirectoryRoleAssignment",
        "New-MgRoleManagementDirectoryRoleEligibilityScheduleRequest",
        "New-MgRoleManagementDirectoryRoleAssignmentScheduleRequest",
    }
    helper = text[text.index("function New-PlannedAssignment") : text.index("$Scopes = ")]
    assert all(helper.count(verb + " ") == 1 for verb in changing - {"New-MgGroup"})


def test_a_thing_is_looked_up_before_it_is_made():
    text = fixed()
    body = text[text.index("foreach ($Group in $Groups)") :]
    assert body.index("Find-PlannedGroup") < body.index("New-MgGroup")
    assert body.index("Get-PresentAssignment") < body.index("New-PlannedAssignment")


def test_every_variable_is_set_before_it_is_read():
    made = tokens(script(access(assignment())).text)
    known = {"$WhatIfPreference", "$PSCmdlet", "$null", "$true", "$false", "$_"}
    for place, token in enumerate(made):
        if token.kind != "variable":
            continue
        after = made[place + 1].text if place + 1 < len(made) else ""
        is_set = after == "=" or after == "in" or made[place - 1].text == "]" or token.text.startswith("$ErrorAction")
        if is_set:
            known.add(token.text)
        assert token.text in known, token.text


def test_a_script_holds_no_secret():
    told = script(access(assignment())).text.casefold()
    assert not [
        word for word in ("password", "clientsecret", "client_secret", "securestring", "accesstoken") if word in told
    ]


def test_windows_reads_it_in_its_encoding_and_its_lines_end_alike():
    text = script(access(assignment())).text
    assert text.startswith("\ufeff")
    assert "\r" not in text


# What it gives ---------------------------------------------------------------------------------------------------------
def records(text: str, name: str) -> list[dict[str, str]]:
    """The records of an array of the script, read back."""
    made = tokens(text)
    start = next(n for n, t in enumerate(made) if t.text == f"${name}" and made[n + 1].text == "=")
    found: list[dict[str, str]] = []
    depth = 0
    for place in range(start + 2, len(made)):
        token = made[place]
        depth += (token.text == "(" and token.kind == "code") - (token.text == ")" and token.kind == "code")
        if token.text == "pscustomobject":
            found.append({})
        if token.text == "=" and found:
            value = made[place + 1]
            found[-1][made[place - 1].text] = value.value if value.kind == "string" else value.text
        if not depth and token.text == ")":
            return found
    raise AssertionError(name)


def test_dates_are_iso_and_the_last_day_counts_in_the_time_zone_of_the_tenant():
    row = assignment(duration="temporary", starts_on=date(2027, 6, 1), ends_on=date(2027, 6, 30), held="active")
    told = records(script(access(row)).text, "Assignments")
    assert told == [
        {
            "Role": "Security Administrator",
            "RoleId": catalog.entra_role("security-administrator").template_id,
            "Assignee": "Group 1",
            "Kind": "group",
            "Held": "active",
            "Start": "2027-05-31T23:00:00Z",
            "End": "2027-06-30T23:00:00Z",
            "Justification": "Sets up the portal",
        }
    ]
    assert moment(date(2027, 1, 1), "Asia/Singapore") == "2026-12-31T16:00:00Z"


def test_what_began_starts_when_the_script_runs_and_without_end_it_has_none():
    told = records(script(access(assignment(starts_on=date(2026, 1, 1)))).text, "Assignments")
    assert (told[0]["Start"], told[0]["End"], told[0]["Held"]) == ("", "", "eligible")


def test_groups_that_exist_are_not_made_and_those_with_an_entra_role_are_made_for_roles():
    found = access(
        assignment(assignee="SEC-Admins"),
        assignment(2, assignee="SEC-ADMINS ", entra_role="intune-administrator"),
        assignment(3, assignee="Ravi", assignee_kind="person"),
        settings=(AccessSettings(key="s", has_pim=True, existing_groups=("soc-tier1",)),),
        tiers=(
            Tier(key="t1", number=1, name="One", groups=("SOC-Tier1",)),
            Tier(key="t2", number=2, name="Two", groups=("SOC-Tier2",)),
        ),
        device_groups=(DeviceGroup(key="d", rank=1, name="All", granted_to=("Readers",)),),
    )
    told = records(script(found).text, "Groups")
    assert [(one["Name"], one["RoleAssignable"]) for one in told] == [
        ("SEC-Admins", "$true"),
        ("SOC-Tier2", "$false"),
        ("Readers", "$false"),
    ]
    assert told[0]["Description"] == "Defender for Endpoint: Security Administrator, Intune Administrator"
    assert all(re.fullmatch(r"[A-Za-z0-9-]{1,64}", one["Nickname"]) for one in told)


DATED = {"duration": "temporary", "ends_on": date(2026, 12, 31)}


@pytest.mark.parametrize(
    ("values", "has_pim", "why"),
    [
        ({"entra_role": "global-administrator", "held": "active"}, True, "Global Administrator for good"),
        ({"entra_role": "global-administrator", "held": "eligible"}, None, "Global Administrator for good"),
        ({"duration": "temporary", "ends_on": date(2026, 11, 21)}, True, "last day is over"),
        ({"entra_role": "no-such-role"}, True, "no Entra role is called that"),
        ({"assignee": "  "}, True, "nobody is named"),
        ({"held": "eligible"}, False, "without Privileged Identity Management"),
        ({"held": "active", **DATED}, False, "without Privileged Identity Management"),
        ({"held": "eligible"}, None, "does not say whether Privileged Identity Management is licensed"),
        ({"held": "active", **DATED}, None, "does not say whether Privileged Identity Management is licensed"),
    ],
)
def test_what_the_script_leaves_out_is_said_with_the_reason(values, has_pim, why):
    found = script(access(assignment(**values), settings=(AccessSettings(key="s", has_pim=has_pim),)))
    assert records(found.text, "Assignments") == []
    assert why in found.left_out[0][1]


@pytest.mark.parametrize(
    "values", [{"does_not_apply": "no"}, {"removed_on": date(2026, 11, 1)}, {"entra_role": "", "role": "Tier 1"}]
)
def test_what_is_not_to_be_given_is_not_mentioned(values):
    found = script(access(assignment(**values)))
    assert (found.given, found.left_out) == ((), ())


def test_a_dated_global_administrator_is_given_until_the_day():
    found = script(access(assignment(entra_role="global-administrator", held="active", **DATED)))
    assert records(found.text, "Assignments")[0]["End"] == "2027-01-01T00:00:00Z"
    text = fixed()
    guard = "if ($Row.RoleId -eq $GlobalAdministrator -and -not $Row.End) {"
    assert text.index(guard) < text.index("New-PlannedAssignment -Row")
    assert f"$GlobalAdministrator = '{catalog.entra_role('global-administrator').template_id}'" in found.text


def test_without_privileged_identity_management_a_role_that_is_always_on_is_given_plainly():
    found = script(access(assignment(held="active"), settings=(AccessSettings(key="s", has_pim=False),)))
    assert "$HasPim = $false" in found.text
    assert len(found.given) == 1


@pytest.mark.parametrize(("has_pim", "said"), [(True, "$true"), (False, "$true"), (None, "$false")])
def test_that_nobody_said_whether_it_is_licensed_is_told_when_the_script_runs(has_pim, said):
    found = script(access(assignment(held="active"), settings=(AccessSettings(key="s", has_pim=has_pim),)))
    assert f"$PimIsSaid = {said}\n" in found.text
    assert f"$HasPim = {'$true' if has_pim else '$false'}\n" in found.text
    assert len(found.given) == 1  # always on: the same with and without
    assert fixed().index("if (-not $PimIsSaid) {") < fixed().index("foreach ($Group")


def loops() -> list[str]:
    """The two loops over what is planned."""
    return re.findall(r"^foreach \(\$(?:Group|Row) in [^\n]*\{\n.*?^\}\n", fixed(), re.DOTALL | re.MULTILINE)


def test_one_that_fails_does_not_stop_the_others():
    assert len(loops()) == 2
    for loop in loops():
        inside = re.search(
            r"^    try \{\n(.*?)^    \}\n    catch \{\n(.*?)^    \}\n\}\n", loop, re.DOTALL | re.MULTILINE
        )
        assert inside
        tried, caught = inside.groups()
        assert "Mg" in tried.replace("Find-PlannedPerson", "Mg")
        assert "throw" not in caught
        assert "$Failed +=" in caught
        assert "$_.Exception.Message" in caught
        before = loop[: inside.start()].splitlines()[1:]
        assert all(line.startswith("    $Target = ") for line in before)  # nothing that can fail stands before


def test_at_the_end_it_says_what_was_done_and_fails_if_anything_failed():
    text = fixed()
    end = text[text.index("Write-Output ('Created or given:") :]
    for counted in ("$Given", "$There", "$LeftOut.Count", "$Failed.Count"):
        assert counted in end
    assert re.search(r"^if \(\$Failed\.Count\) \{\n.*    exit 1\n\}\n\Z", end, re.DOTALL | re.MULTILINE)
    assert re.findall(r"^ *exit \d", text, re.MULTILINE) == ["    exit 1"]


def test_a_name_that_the_tenant_does_not_have_is_told_and_left_out():
    row = loops()[1]
    missing = row[row.index("if ($null -eq $Principal) {") :]
    assert missing.index("$LeftOut += '{0}: no {1} of this tenant is called so' -f $Target, $Row.Kind") < missing.index(
        "New-PlannedAssignment"
    )


def test_what_stands_in_the_plan_twice_is_given_once():
    found = script(access(assignment(), assignment().replaced(key="again", assignee="group 1 ")))
    assert [row.key for row in found.given] == ["a-1"]
    assert [why for _title, why in found.left_out] == ["it stands in the plan twice, and is given once"]
    other = script(access(assignment(), assignment(held="active")))
    assert len(other.given) == 2


def test_an_empty_plan_makes_a_script_that_does_nothing():
    found = script(access())
    assert records(found.text, "Groups") == records(found.text, "Assignments") == []
