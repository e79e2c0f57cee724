"""A pack is verified by what is in it and by a saved receipt; whatever is changed in it is caught and named."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from django.db import transaction

from projects import actions as plan_actions
from projects.document import digest
from projects.models import Project
from projects.tables import TABLES
from readiness.actions import ask_for_approval, recompute
from readiness.evidence import fields, packing, verify
from readiness.evidence.contents import delivery, files_of, text_of
from readiness.evidence.verify import NotAPack, Report, key_fingerprint, unpack, zipped
from stakeholders.actions import assign, renew_link, start_project, withdraw_round
from stakeholders.models import Decision, Request
from stakeholders.plan import load
from stakeholders.rules.standing import sections_of
from tenants import canonical, emails, outbox, signing
from tenants.actions import create_tenant
from tenants.models import Mail, User
from tests.conftest import make_person
from tests.stakeholders.conftest import answer

pytestmark = pytest.mark.django_db
DEVICES = TABLES["environment", "devices"]


@pytest.fixture(scope="module", autouse=True)
def project(django_db_setup, django_db_blocker):
    """Two people were asked; one approved, one requested changes; then the plan moved on."""
    with django_db_blocker.unblock(), transaction.atomic():
        tenant = create_tenant(name="Contoso", by=None, time_zone="Europe/Dublin")
        lead = make_person(tenant, "Lena Fischer")
        made = start_project(tenant=tenant, lead=lead, by=lead, name="Contoso Endpoint 2027", kind="deployment")
        values = {"system": "windows-server-2019", "kind": "server", "count": 100}
        row = plan_actions.add_row(project=made, table=DEVICES, values=values, by=lead)
        people = {}
        for key, name in {"role-ciso": "Dana Reyes", "role-head-of-cdoc": "Marcus Webb"}.items():
            address = f"{name.split()[0].lower()}@contoso.example"
            assign(project=made, key=key, email=address, name=name, by=lead)
            people[key] = User.objects.create_user(address, name=name)
        recompute(made.pk)
        round_ = ask_for_approval(project=made, sections=["environment", "licences"], due_on=date(2027, 1, 15), by=lead)
        requests = {r.stakeholder_key: r for r in Request.objects.filter(round=round_).select_related("round")}
        answer(requests["role-ciso"], people["role-ciso"], comment="Good: Ørsted’s list agrees.")
        answer(
            requests["role-head-of-cdoc"], people["role-head-of-cdoc"], "changes", comment="Count the Linux servers."
        )
        plan_actions.change_row(project=made, table=DEVICES, key=row.key, values={"count": 150}, by=lead)
        receipt = Mail.objects.get(kind="receipt", recipient="dana@contoso.example")
        outbox.sent(receipt, forget=False)
        yield Project.objects.select_related("tenant", "lead").get(pk=made.pk)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def pack(project, django_db_blocker) -> bytes:
    with django_db_blocker.unblock():
        return packing.make(project).content


@pytest.fixture(scope="module")
def files(pack) -> dict[str, bytes]:
    return unpack(pack, Report())


@pytest.fixture
def receipt(project) -> bytes:
    """Dana's receipt as her mail program saves it."""
    return bytes(emails.render(Mail.objects.get(kind="receipt", recipient="dana@contoso.example")).message())


def problems(pack: bytes, receipt: bytes | None = None, key: str = "") -> str:
    """What is wrong, all in one text; "" for a pack that is well."""
    try:
        return "\n".join(verify.verify(pack, receipt, key).problems)
    except NotAPack as error:
        return str(error)


def signed_again(files: dict[str, bytes], **changed: object) -> bytes:
    """A pack as somebody would make it who has the key of this installation, and changes what was decided."""
    manifest = json.loads(files["manifest.json"])
    rest = {name: content for name, content in files.items() if name not in ("manifest.json", "manifest.sig")}
    told = {**manifest, "files": {n: hashlib.sha256(c).hexdigest() for n, c in rest.items()}, **changed}
    text = canonical.text(told).encode()
    return zipped({**rest, "manifest.json": text, "manifest.sig": base64.b64encode(signing.sign(text))})


def test_a_pack_is_well_and_says_what_was_checked(pack, receipt, project):
    report = verify.verify(pack, receipt, signing.fingerprint())
    assert report.problems == []
    said = "\n".join(report.checked)
    assert f"The history is unbroken, from entry 1 to entry {project.ledger_seq}." in said
    assert "2 decisions say what the history, the plan and the briefing say." in said
    assert "The receipt says what the pack says of entry" in said


def test_the_same_state_gives_the_same_bytes_but_for_the_time(pack, files, project):
    again = unpack(packing.make(project).content, Report())
    assert {name for name in files if files[name] != again[name]} <= {"manifest.json", "manifest.sig"}
    one, other = json.loads(files["manifest.json"]), json.loads(again["manifest.json"])
    assert {**one, "made_at": ""} == {**other, "made_at": ""}


def test_what_was_answered_before_its_link_was_ended_is_still_found_in_the_history(project):
    sections = ["access", "connectivity", "adoption"]
    round_ = ask_for_approval(project=project, sections=sections, due_on=date(2027, 2, 15), by=project.lead)
    dana = User.objects.get(email="dana@contoso.example")
    first = ""
    for section in sections:
        request = Request.objects.select_related("round__project").get(round=round_, email=dana.email)
        first = first or request.code
        read = {section: Project.objects.get(pk=project.pk).digests[section]}
        answer(request, dana, answers={section: "approve"}, read=read)
        if section != sections[-1]:
            renew_link(request=request, by=project.lead)
    made = packing.make(Project.objects.select_related("tenant", "lead").get(pk=project.pk)).content
    assert problems(made) == ""
    told = [
        one["request"] for one in json.loads(unpack(made, Report())["decisions.json"]) if one["email"] == dana.email
    ]
    assert told[1] == first
    assert len(set(told[1:])) == 3


def test_the_program_in_the_pack_stands_alone(pack, files, receipt, tmp_path):
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    (tmp_path / "pack.zip").write_bytes(pack)
    (tmp_path / "mail.eml").write_bytes(receipt)

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "verify.py", "pack.zip", *more]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = run("--receipt", "mail.eml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("All is well.")
    (tmp_path / "pack.zip").write_bytes(pack.replace(b"Dana Reyes", b"Dina Reyes", 1))
    done = run()
    assert done.returncode == 1
    assert "was changed" in done.stdout
    (tmp_path / "pack.zip").write_text("no zip")
    assert run().returncode == 2
    assert run("--receipt", "missing.eml").returncode == 2


def test_a_byte_changed_in_any_file_is_caught_and_its_file_named(pack, files):
    for name, content in files.items():
        for place in {0, len(content) // 2, len(content) - 1}:
            changed = bytearray(content)
            changed[place] ^= 1
            told = problems(zipped({**files, name: bytes(changed)}))
            assert name in told, f"{name} byte {place}: {told}"


def test_a_byte_changed_in_the_zip_file_itself_is_caught_wherever_it_is(pack):
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        first, last = archive.infolist()[0], archive.infolist()[-1]
        directory = archive.start_dir
    places = [
        *range(first.header_offset, first.header_offset + 30 + len(first.filename)),
        *range(last.header_offset, last.header_offset + 30 + len(last.filename)),
        *range(directory, directory + 46 + len(first.filename)),
        *range(len(pack) - 22, len(pack)),
    ]
    for place in places:
        changed = bytearray(pack)
        changed[place] ^= 1
        assert problems(bytes(changed)), f"byte {place} of {len(pack)}"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda pack: pack[:-1], "changed around its files"),
        (lambda pack: pack[: len(pack) // 2], "is missing"),
        (lambda pack: pack[:20], "it was cut or overwritten"),
        (lambda pack: pack + b"\n", "changed around its files"),
        (lambda pack: b"#!/bin/sh\n" + pack, "zip file cannot be read"),
        (lambda _pack: b"", "zip file cannot be read"),
        (lambda _pack: b"PK\x03\x04" * 30, "it was cut or overwritten"),
    ],
)
def test_a_zip_file_that_is_cut_or_grown_is_caught(pack, spoil, says):
    assert says in problems(spoil(pack))


def test_files_that_are_swapped_missing_added_or_doubled_are_named(files):
    swapped = {**files, "plan.json": files["matrix.json"], "matrix.json": files["plan.json"]}
    assert "matrix.json was changed" in problems(zipped(swapped))
    for name in files:
        told = problems(zipped({n: c for n, c in files.items() if n != name}))
        assert f"{name} is missing" in told, name
    assert "more.json does not belong to this pack" in problems(zipped({**files, "more.json": b"{}"}))
    target = io.BytesIO(zipped(files))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(target, "a") as archive:
        archive.writestr("decisions.json", "[]")
    assert "decisions.json is in the zip file twice" in problems(target.getvalue())


def test_a_compressed_pack_is_refused_whatever_it_would_unpack_to(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\0" * 50_000_000)
    assert "is compressed" in problems(target.getvalue())


def test_a_forged_key_is_noticed_by_the_receipt_and_by_a_key_that_is_trusted(files, receipt):
    own = Ed25519PrivateKey.generate()
    forged = {**files, "key.pem": own.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)}
    del forged["manifest.sig"]
    manifest = json.loads(forged.pop("manifest.json"))
    manifest["key"] = key_fingerprint(forged["key.pem"])
    manifest["files"] = {n: hashlib.sha256(c).hexdigest() for n, c in forged.items()}
    text = canonical.text(manifest).encode()
    pack = zipped({**forged, "manifest.json": text, "manifest.sig": base64.b64encode(own.sign(text))})
    assert problems(pack) == ""  # it holds together: only a witness from outside tells
    assert "The receipt names the key" in problems(pack, receipt)
    assert "not with the one you trust" in problems(pack, key=signing.fingerprint())


def history_changed(files: dict[str, bytes], change) -> bytes:
    """A pack whose history was changed by somebody who has the key, but told truly where it ends."""
    entries = [json.loads(line) for line in files["history.jsonl"].splitlines()]
    lines = "".join(f"{canonical.text(entry)}\n" for entry in change(entries)).encode()
    return signed_again({**files, "history.jsonl": lines})


def _reordered(entries):
    return [*entries[:3], entries[4], entries[3], *entries[5:]]


def _reworded(entries):
    return [*entries[:3], {**entries[3], "body": entries[3]["body"].replace('"verb":"', '"verb":"not ')}, *entries[4:]]


def _rehashed(entries):
    """Every hash after the change is made anew: then the end is another."""
    made, previous = [], ""
    for entry in _reworded(entries):
        hash_ = canonical.fingerprint(previous + entry["body"])
        made.append({**entry, "previous_hash": previous, "hash": hash_})
        previous = hash_
    return made


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda entries: entries[:-1], "should end with entry"),
        (lambda entries: [*entries[:5], *entries[6:]], "entry 6 should stand where entry 7 does"),
        (lambda entries: entries[1:], "entry 1 should stand where entry 2 does"),
        (_reordered, "does not continue the entry before it"),
        (_reworded, "the text of entry 4 was changed"),
        (_rehashed, "should end with entry"),
        (lambda _entries: [], "should end with entry"),
    ],
)
def test_a_history_that_was_changed_is_named_even_if_the_pack_is_signed_again(files, change, says):
    assert says in problems(history_changed(files, change))


def decisions_changed(files: dict[str, bytes], **changed: object) -> bytes:
    rows = json.loads(files["decisions.json"])
    return signed_again({**files, "decisions.json": canonical.text([{**rows[0], **changed}, *rows[1:]]).encode()})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"answers": {"environment": "changes", "licences": "approve"}}, "says otherwise (answers)"),
        ({"comment": "Never."}, "says otherwise (comment)"),
        ({"tolerance": 10}, "says otherwise (tolerance)"),
        ({"authenticated_by": "password"}, "says otherwise (signed_in_by)"),
        ({"digests": {"environment": "0" * 64, "licences": "0" * 64}}, "has another fingerprint"),
        ({"briefing_digest": "0" * 64}, "what was shown beside it has another fingerprint"),
        ({"email": "somebody@contoso.example"}, "names somebody else"),
        ({"revision_id": 0}, "has another fingerprint"),
        ({"entry": 1}, "is not in the history at entry 1"),
        ({"name": "Somebody Else"}, "names somebody else"),
        ({"for_name": "Hana Sato", "for_email": "hana@contoso.example"}, "says otherwise (on_behalf_of)"),
        ({"reported": {"by": "Lena Fischer"}}, "says otherwise (reported)"),
        ({"decided_at": "2026-01-01T10:00:00+00:00"}, "says otherwise (at)"),
    ],
)
def test_a_decision_that_was_changed_is_named_even_if_the_pack_is_signed_again(files, changed, says):
    assert says in problems(decisions_changed(files, **changed))


def test_the_day_of_a_condition_is_that_of_the_history(project, files):
    entry = {"what": {}, "at": "2027-01-01T10:00:00+00:00"}
    one = {**json.loads(files["decisions.json"])[0], "decided_at": entry["at"]}
    until = {"what": "Licences", "who": "Lena", "until": "2027-02-01"}
    assert verify._told_otherwise({**one, "condition": until, "ends_on": "2027-02-01"}, entry) == []
    assert verify._told_otherwise({**one, "condition": until, "ends_on": "2028-02-01"}, entry) == ["until"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"due_on": "2028-01-01"}, "of what was asked in request 1, or until when"),
        ({"sections": ["environment"]}, "of what was asked in request 1, or until when"),
        ({"withdrawn_at": "2027-01-02T10:00:00+00:00"}, "whether request 1 was withdrawn, and why"),
    ],
)
def test_a_request_that_was_changed_is_named_even_if_the_pack_is_signed_again(files, changed, says):
    rows = json.loads(files["requests.json"])
    told = canonical.text([{**rows[0], **changed}, *rows[1:]]).encode()
    assert says in problems(signed_again({**files, "requests.json": told}))


def test_a_request_that_was_withdrawn_is_well_and_its_reason_is_that_of_the_history(project):
    round_ = ask_for_approval(project=project, sections=["access"], due_on=date(2027, 2, 15), by=project.lead)
    withdraw_round(round_=round_, because="Too early.", by=project.lead)
    made = packing.make(Project.objects.select_related("tenant", "lead").get(pk=project.pk)).content
    assert problems(made) == ""
    files = unpack(made, Report())
    told = files["requests.json"].replace(b"Too early.", b"No reason.")
    assert "whether request 2 was withdrawn, and why" in problems(signed_again({**files, "requests.json": told}))


def test_a_decision_that_was_left_out_is_named(files):
    rows = json.loads(files["decisions.json"])
    told = problems(signed_again({**files, "decisions.json": canonical.text(rows[1:]).encode()}))
    assert "is missing from decisions.json" in told


def test_a_plan_or_a_briefing_that_was_changed_is_named_even_if_the_pack_is_signed_again(files):
    name = "revisions/0001.json"
    told = problems(signed_again({**files, name: files[name].replace(b'"count":100', b'"count":900')}))
    assert f"{name}: the section environment is not the one with the fingerprint" in told
    name = "briefings/0001.json"
    told = problems(signed_again({**files, name: files[name].replace(b'"blockers":[', b'"blockers":["x",')}))
    assert f"{name} is not what was shown with request 1" in told


def test_fields_that_are_said_not_to_be_signed_change_the_fingerprints(files):
    told = json.loads(files["fields.json"])
    del told["sections"]["environment"]["devices"]["fields"]["count"]
    assert "is not the one with the fingerprint" in problems(
        signed_again({**files, "fields.json": canonical.text(told).encode()})
    )


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b"\xff\xfe", b"[" * 100_000, b'[{"id": 1}]'])
def test_files_that_say_nothing_sensible_are_named_not_fallen_over(files, content):
    for name in ("history.jsonl", "decisions.json", "revisions.json", "requests.json", "fields.json", "manifest.json"):
        spoilt = {**files, name: content}
        assert problems(zipped(spoilt) if name == "manifest.json" else signed_again(spoilt))


def test_a_verifier_computes_the_fingerprints_that_the_product_computes(project):
    document = load([project])[project.pk]
    plain = json.loads(files_of(project)["plan.json"])
    known = json.loads(canonical.text(fields.signed()))
    for name in sections_of(document):
        expected = digest(name, document.section(name), document.project)
        assert verify.section_digest(plain, name, known) == expected


# Receipts -------------------------------------------------------------------------------------------------------------
def test_a_receipt_that_was_forwarded_quoted_and_wrapped_still_tells(pack, receipt):
    text = verify.email.message_from_bytes(receipt, policy=verify.email.policy.default)
    plain = text.get_body(("plain",)).get_content()
    html = text.get_body(("html",)).get_content()
    quoted = "\n".join(f"> > {word}" for word in plain.split())
    for saved in (plain, html, quoted, plain.upper().replace("\n", "\r\n")):
        assert problems(pack, saved.encode()) == ""


@pytest.mark.parametrize("which", ["environment", "briefing", "entry"])
def test_a_receipt_that_says_otherwise_is_named(pack, receipt, which, project):
    decision = Decision.objects.get(project_id=project.pk, email="dana@contoso.example")
    told = Mail.objects.get(kind="receipt", recipient=decision.email).context
    right = {"environment": decision.digests["environment"], "briefing": decision.briefing_digest,
             "entry": told["entry_digest"]}[which]  # fmt: skip
    wrong = ("1" if right[0] != "1" else "2") + right[1:]
    plain = verify.text_of_mail(receipt)
    grouped = [" ".join(each[at : at + 4] for at in range(0, 64, 4)) for each in (right, wrong)]
    assert grouped[0] in plain
    assert "receipt" in problems(pack, plain.replace(*grouped).encode()).lower()


def test_a_mail_that_is_no_receipt_is_named(pack):
    for saved in (b"", b"Hello", b"history entry 3, 1234", b"\xff\x00\xfe"):
        assert "is no receipt" in problems(pack, saved)


def test_a_receipt_of_another_project_is_named(pack, receipt):
    assert "entry 999" in problems(pack, verify.re.sub(rb"history entry \d+", b"history entry 999", receipt))


# What the pack says ---------------------------------------------------------------------------------------------------
def test_a_mail_is_never_said_to_be_more_than_is_known(files, project):
    told = {(m["kind"], m["recipient"]): m["delivery"] for m in json.loads(files["mails.json"])}
    assert told["receipt", "dana@contoso.example"] == "handed to the mail server"
    assert told["receipt", "marcus@contoso.example"] == "not sent yet"
    assert "delivered" not in "".join(told.values())
    mail = Mail(kind="receipt")
    mail.given_up_at = project.created_at
    assert delivery(mail) == "given up, not sent"


def test_what_a_mail_service_reported_is_said(project):
    mail = Mail(kind="receipt", sent_at=project.created_at)
    assert delivery(mail) == "handed to the mail server"
    mail.delivered_at = project.created_at
    assert delivery(mail) == "delivered, the mail service says"
    mail.bounced_at = project.created_at  # taken first, and sent back later
    assert delivery(mail) == "came back"


def test_links_that_let_somebody_do_something_are_not_in_the_pack(project):
    mail = Mail.objects.get(kind="receipt", recipient="dana@contoso.example")
    mail.context = {**mail.context, "not_me_url": "https://example.org/not-me/secret-token/"}
    _subject, text = text_of(mail)
    assert "secret-token" not in text
    assert "You approved" in text


# The commands ---------------------------------------------------------------------------------------------------------
def test_the_commands_write_and_verify(project, receipt, tmp_path, capsys):
    path, mail = tmp_path / "pack.zip", tmp_path / "mail.eml"
    call_command("export_evidence", project.slug, "--output", str(path))
    assert json.loads(capsys.readouterr().out)["key"] == signing.fingerprint()
    call_command("verify_evidence", str(path))
    mail.write_bytes(receipt)
    call_command("verify_evidence", str(path), "--receipt", str(mail))
    assert capsys.readouterr().out.count("All is well.") == 2
    path.write_bytes(path.read_bytes().replace(b"approve", b"APPROVE", 1))
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_evidence", str(path))
    assert stopped.value.code == 1
    assert "was changed" in capsys.readouterr().err


def test_the_commands_name_what_they_cannot_read_or_write(project, tmp_path):
    with pytest.raises(CommandError, match="There is no project nowhere"):
        call_command("export_evidence", "nowhere", "--output", str(tmp_path / "pack.zip"))
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_evidence", project.slug, "--output", str(tmp_path / "no" / "pack.zip"))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_evidence", str(tmp_path / "pack.zip"))
    (tmp_path / "pack.zip").write_text("no zip")
    with pytest.raises(CommandError, match="The zip file cannot be read"):
        call_command("verify_evidence", str(tmp_path / "pack.zip"))


def test_the_verifier_imports_nothing_of_ours():
    lines = Path(verify.__file__).read_text().splitlines()
    imported = {
        line.split()[1].split(".")[0] for line in map(str.strip, lines) if line.startswith(("import ", "from "))
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
