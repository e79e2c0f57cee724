#!/usr/bin/env python3
"""Verify an evidence pack of mdeprep, offline: python verify.py PACK.zip [--receipt MAIL] [--key FINGERPRINT]

Needs Python 3.9 or newer and the package "cryptography", nothing else. This very file is in every pack; whoever does
not trust the pack takes it from elsewhere. It answers with exit code 0 only if all is well, 1 if something is wrong
(and says what), 2 if there is nothing to verify.

What it checks: the signature of the manifest; that the pack holds the files of the manifest, as they were, and not a byte
besides; that the history is unbroken from entry 1 to its end; that what was signed is what the revisions say; that
every decision is in the history, with the same fingerprints; and, with --receipt, that the mail which somebody got
when they decided says the same as the pack.
"""

from __future__ import annotations

import argparse
import base64
import email
import email.policy
import hashlib
import html
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

FORMAT = "mdeprep-evidence-1"
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "key.pem"
HISTORY, DECISIONS, REVISIONS, ROUNDS, FIELDS = (
    "history.jsonl",
    "decisions.json",
    "revisions.json",
    "requests.json",
    "fields.json",
)
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
FINGERPRINT = r"(?<![0-9a-f])((?:[0-9a-f]{4}\s+){15}[0-9a-f]{4}|[0-9a-f]{64})"


class NotAPack(Exception):
    """The file is no evidence pack at all, or is damaged beyond reading."""


class Report:
    """`checked` says what was looked at; `problems` what is wrong. All is well if there is none."""

    def __init__(self) -> None:
        self.checked: list[str] = []
        self.problems: list[str] = []

    def wrong(self, what: str) -> None:
        self.problems.append(what)


def verify(pack: bytes, receipt: bytes | None = None, key: str = "") -> Report:
    """Check the bytes of a pack, and of a saved mail. `key`: the fingerprint of the only key that is trusted.

    Raises NotAPack.
    """
    report = Report()
    files = unpack(pack, report)
    manifest = _manifest(files, report, _letters(key))
    _check_files(files, manifest, report)
    checks = (_check_history, _check_revisions, _check_requests, _check_decisions)
    found: dict[str, Any] = {"manifest": manifest}
    for check in checks:
        try:
            check(files, found, report)
        except UNREADABLE as error:
            report.wrong(f"{check.__doc__} cannot be checked: {type(error).__name__}, {error}.")
    if receipt is not None:
        try:
            _check_receipt(receipt, found, report, is_key_given=bool(key))
        except UNREADABLE as error:
            report.wrong(f"The receipt cannot be checked: {type(error).__name__}, {error}.")
    return report


# The zip --------------------------------------------------------------------------------------------------------------
def zipped(files: dict[str, bytes]) -> bytes:
    """The one way in which a pack is written: files stored as they are, in the order of their names, no dates."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, files[name])
    return target.getvalue()


def unpack(pack: bytes, report: Report) -> dict[str, bytes]:
    """Name -> content. A pack that is not written as `zipped` writes it was changed: that is reported. Raises NotAPack."""
    files: dict[str, bytes] = {}
    place, is_sound = 0, True
    while pack[place : place + 4] == b"PK\x03\x04":
        try:
            header = struct.unpack("<5H3L2H", pack[place + 4 : place + 30])
            start = place + 30 + header[8] + header[9]
            name, content = pack[place + 30 : place + 30 + header[8]].decode("ascii"), pack[start : start + header[6]]
            if not re.fullmatch(r"[\w./-]+", name):
                raise ValueError(name)
        except (struct.error, ValueError):
            raise NotAPack("The zip file cannot be read: it was cut or overwritten.") from None
        if header[2] != 0:
            raise NotAPack(f"{name} is compressed: this is not the file that was downloaded, but one packed anew.")
        if name in files:
            report.wrong(f"{name} is in the zip file twice.")
        if header[5] != zlib.crc32(content):
            report.wrong(f"{name} is not what the zip file says of it: its checksum differs.")
        files[name], is_sound = content, is_sound and header[5] == zlib.crc32(content)
        place = start + header[6]
    if not files:
        raise NotAPack("The zip file cannot be read: it does not begin with a file.")
    if is_sound and zipped(files) != pack:
        report.wrong("The zip file was changed around its files: cut, reordered, or bytes added that belong to none.")
    return files


# The manifest ---------------------------------------------------------------------------------------------------------
def _manifest(files: dict[str, bytes], report: Report, trusted: str) -> dict[str, Any]:
    for name in (MANIFEST, SIGNATURE, KEY):
        if name not in files:
            report.wrong(f"{name} is missing: nothing shows who made this pack.")
    _check_signature(files, report, trusted)
    try:
        manifest = json.loads(files.get(MANIFEST, b"{}"))
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise ValueError
    except UNREADABLE:
        report.wrong(f"{MANIFEST} is not one of {FORMAT}.")
        return {}
    return manifest


def key_fingerprint(pem: bytes) -> str:
    """SHA-256 of a public key in DER, in hexadecimal. Raises ValueError if it is no Ed25519 key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(_public_key(pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _public_key(pem: bytes) -> Any:
    # Loaded where it is used: whoever needs only what a pack looks like does without.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        found = load_pem_public_key(pem)
    except UnsupportedAlgorithm:
        found = None
    if not isinstance(found, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return found


def _is_signed(pem: bytes, signature: bytes, content: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        _public_key(pem).verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _check_signature(files: dict[str, bytes], report: Report, trusted: str) -> None:
    fingerprint = _fingerprint_or_nothing(files.get(KEY, b""))
    if not fingerprint:
        report.wrong(f"{KEY} is not an Ed25519 public key: the signature cannot be checked.")
        return
    if trusted and trusted != fingerprint:
        report.wrong(
            f"The pack is signed with the key {shown(fingerprint)}, not with the one you trust, {shown(trusted)}."
        )
    if _is_signed(files[KEY], files.get(SIGNATURE, b""), files.get(MANIFEST, b"")):
        report.checked.append(f"Signed with the key {shown(fingerprint)}.")
    else:
        report.wrong(f"The signature of {MANIFEST} is wrong: it, {SIGNATURE} or {KEY} was changed.")


def _check_files(files: dict[str, bytes], manifest: dict[str, Any], report: Report) -> None:
    told = manifest.get("files")
    if not isinstance(told, dict):
        report.wrong("The manifest names no files.")
        return
    for name in sorted(set(told) - set(files)):
        report.wrong(f"{name} is missing.")
    for name in sorted(set(files) - set(told) - {MANIFEST, SIGNATURE}):
        report.wrong(f"{name} does not belong to this pack: the manifest does not name it.")
    for name in sorted(set(files) & set(told)):
        if told[name] != hashlib.sha256(files[name]).hexdigest():
            report.wrong(f"{name} was changed: it is not the file that was signed.")
    if KEY in files and manifest.get("key") != _fingerprint_or_nothing(files[KEY]):
        report.wrong(f"The manifest names another key than {KEY}.")
    report.checked.append(f"{len(told)} files are what the manifest says.")


def _fingerprint_or_nothing(pem: bytes) -> str:
    try:
        return key_fingerprint(pem)
    except UNREADABLE:
        return ""


# The history ----------------------------------------------------------------------------------------------------------
def _check_history(files: dict[str, bytes], found: dict[str, Any], report: Report) -> None:
    """The history"""
    entries: list[dict[str, Any]] = []
    found["entries"] = entries
    previous, chain = "", found["manifest"].get("chain")
    for place, line in enumerate(files[HISTORY].splitlines(), start=1):
        kept = json.loads(line)
        body = json.loads(kept["body"])
        if kept["seq"] != place or body["seq"] != place:
            report.wrong(f"History: entry {place} should stand where entry {kept['seq']} does.")
        if kept["previous_hash"] != previous:
            report.wrong(f"History: entry {kept['seq']} does not continue the entry before it.")
        if kept["hash"] != sha256(kept["previous_hash"] + kept["body"]):
            report.wrong(f"History: the text of entry {kept['seq']} was changed after it was written.")
        if body["chain"] != chain:
            report.wrong(f"History: entry {kept['seq']} belongs to another history.")
        previous = kept["hash"]
        entries.append({**body, "hash": kept["hash"]})
        if len(report.problems) > 20:  # the first of them says what happened
            break
    if len(entries) != found["manifest"]["entries"] or previous != found["manifest"]["head"]:
        report.wrong(
            f"History: it ends with entry {len(entries)}, and should end with entry {found['manifest']['entries']}."
        )
    report.checked.append(f"The history is unbroken, from entry 1 to entry {len(entries)}.")


# What was signed ------------------------------------------------------------------------------------------------------
def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def section_digest(document: dict[str, Any], section: str, fields: dict[str, Any]) -> str:
    """The fingerprint of a section: SHA-256 over the canonical text of what is signed of it.

    Signed are the fields that `fields` names, where they differ from their default, without keys and order.
    """
    tables: dict[str, list[Any]] = {}
    for table, rule in fields["sections"][section].items():
        rows = [
            _signed(row, rule["fields"])
            for row in document[section].get(table, [])
            if row.get("part") != "I" and (not rule["if_any"] or any(row.get(name) for name in rule["if_any"]))
        ]
        if rows:
            tables[table] = sorted(rows, key=canonical)
    project = _signed(document["project"], fields["project"])
    return sha256(canonical({"section": section, "project": project, "tables": tables}))


def _signed(row: dict[str, Any], fields: dict[str, list[Any]]) -> dict[str, Any]:
    """`fields`: name -> [] if the field has no default, else [default]."""
    return {name: row[name] for name, default in fields.items() if name in row and [row[name]] != default}


def _check_revisions(files: dict[str, bytes], found: dict[str, Any], report: Report) -> None:
    """The revisions"""
    fields = json.loads(files[FIELDS])
    revisions = found["revisions"] = {each["id"]: each for each in json.loads(files[REVISIONS])}
    for revision in revisions.values():
        name = revision["file"]
        text = files[name].decode("utf-8")
        document = json.loads(text)
        if canonical(document) != text:
            report.wrong(f"{name} is not in its canonical spelling.")
        for section, digest in revision["digests"].items():
            if section_digest(document, section, fields) != digest:
                report.wrong(f"{name}: the section {section} is not the one with the fingerprint {shown(digest)}.")
    report.checked.append(f"{len(revisions)} revisions of the plan have the fingerprints that are told of them.")


def _check_requests(files: dict[str, bytes], found: dict[str, Any], report: Report) -> None:
    """The requests for approval"""
    rounds = found["rounds"] = {each["number"]: each for each in json.loads(files[ROUNDS])}
    asked = {e["what"]["round"]: e for e in found["entries"] if e["verb"] == "approval asked"}
    withdrawn = {e["what"]["round"]: (e["what"]["why"],) for e in found["entries"] if e["verb"] == "request withdrawn"}
    for number, told in rounds.items():
        digest = sha256(files[told["briefing_file"]].decode("utf-8"))
        if digest != told["briefing_digest"]:
            report.wrong(f"{told['briefing_file']} is not what was shown with request {number}.")
        if number not in asked or asked[number]["what"]["briefing"] != told["briefing_digest"]:
            report.wrong(f"The history does not say the same of what was shown with request {number}.")
        elif (asked[number]["what"]["due_on"], asked[number]["what"]["asked_for"]) != (
            told["due_on"],
            told["sections"],
        ):
            report.wrong(f"The history says otherwise of what was asked in request {number}, or until when.")
        if ((told["withdrawn_because"],) if told["withdrawn_at"] else ()) != withdrawn.get(number, ()):
            report.wrong(f"The history says otherwise of whether request {number} was withdrawn, and why.")
    for number in sorted(set(asked) - set(rounds)):
        report.wrong(f"Request {number} is in the history, but not in {ROUNDS}.")
    report.checked.append(f"{len(rounds)} requests for approval, with what was shown beside them.")


SAID_TWICE = {"answers": "answers", "digests": "digests", "briefing_digest": "briefing", "comment": "comment",
              "condition": "condition", "tolerance": "tolerance", "role": "role", "part": "part",
              "authenticated_by": "signed_in_by"}  # fmt: skip
"""Of a decision: what the history says too, under the name beside it."""


SECONDS_APART = 60
"""A decision and its entry are written in one go: what a busy computer may take between the two, and more."""


TAKEN_BACK = "withdrawn"
"""An answer to one's own answer: it signs nothing, so it rests on no revision."""


def is_decision(entry: dict[str, Any]) -> bool:
    return {"request", "answers", "digests", "briefing"} <= set(entry["what"])


def _check_decisions(files: dict[str, bytes], found: dict[str, Any], report: Report) -> None:
    """The decisions"""
    decisions = json.loads(files[DECISIONS])
    entries = {entry["seq"]: entry for entry in found["entries"]}
    for one in decisions:
        called = f"The decision of {one['name']} on request {one['request']}"
        _check_against_revision(one, called, found, report)
        entry = entries.get(one["entry"])
        if entry is None or not is_decision(entry) or entry["what"]["request"] != one["request"]:
            report.wrong(f"{called} is not in the history at entry {one['entry']}.")
            continue
        person = entry["actor"] or {}
        if (person.get("id"), person.get("email")) != (one["person_id"], one["email"]) or (
            person.get("name") and person["name"] != one["name"]
        ):
            report.wrong(f"{called}: entry {one['entry']} of the history names somebody else.")
        for told in _told_otherwise(one, entry):
            report.wrong(f"{called}: entry {one['entry']} of the history says otherwise ({told}).")
    told_of = {one["entry"] for one in decisions}
    if len(told_of) != len(decisions):
        report.wrong(f"{DECISIONS} tells of one entry of the history twice.")
    for seq in sorted(entry["seq"] for entry in found["entries"] if is_decision(entry)):
        if seq not in told_of:
            report.wrong(f"The decision of entry {seq} of the history is missing from {DECISIONS}.")
    report.checked.append(f"{len(decisions)} decisions say what the history, the plan and the briefing say.")


def _told_otherwise(one: dict[str, Any], entry: dict[str, Any]) -> list[str]:
    """What the history says in other words than a decision does."""
    what = entry["what"]
    found = [told for name, told in SAID_TWICE.items() if told in what and one[name] != what[told]]
    instead = what.get("on_behalf_of") or {}
    if (one["for_email"], one["for_name"]) != (instead.get("email", ""), instead.get("name", "")):
        found.append("on_behalf_of")
    if one["reported"] != what.get("reported"):
        found.append("reported")
    if one["condition"] and one["ends_on"] != one["condition"].get("until"):
        found.append("until")
    apart = datetime.fromisoformat(one["decided_at"]) - datetime.fromisoformat(entry["at"])
    if abs(apart.total_seconds()) > SECONDS_APART:
        found.append("at")
    return found


def _check_against_revision(one: dict[str, Any], called: str, found: dict[str, Any], report: Report) -> None:
    signed = found["revisions"].get(one["revision_id"], {}).get("digests", {})
    for section, digest in one["digests"].items():
        if one["answers"].get(section) != TAKEN_BACK and signed.get(section) != digest:
            report.wrong(f"{called}: {section} of the plan that it was made on has another fingerprint.")
    shown_then = found["rounds"].get(one["round_number"], {}).get("briefing_digest")
    if shown_then != one["briefing_digest"]:
        report.wrong(f"{called}: what was shown beside it has another fingerprint.")


# The receipt ----------------------------------------------------------------------------------------------------------
def text_of_mail(saved: bytes) -> str:
    """The words of a saved mail (.eml, HTML or text), with single spaces."""
    message = email.message_from_bytes(saved, policy=email.policy.default)
    text = saved.decode("utf-8", errors="replace")
    if message.keys():
        part = message.get_body(("plain", "html"))
        text = part.get_content() if part is not None else text
    if "<html" in text.lower():
        text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    # A mail that was forwarded or copied has its lines broken and quoted.
    return re.sub(r"\s+", " ", re.sub(r"(?m)^[>\s]+", "", text)).lower()


def _check_receipt(saved: bytes, found: dict[str, Any], report: Report, *, is_key_given: bool) -> None:
    text = text_of_mail(saved)
    named = {_letters(each) for each in re.findall(FINGERPRINT, text)}
    at = re.search(r"(\d+)\s*,\s*" + FINGERPRINT, text)
    if at is None:
        report.wrong("The mail names no entry of a history with its fingerprint: it is no receipt, or was cut.")
        return
    seq, hash_ = int(at.group(1)), _letters(at.group(2))
    entry = next((each for each in found["entries"] if each["seq"] == seq), None)
    if entry is None or entry["hash"] != hash_:
        report.wrong(f"The receipt says that entry {seq} of the history is {shown(hash_)}; in this pack it is "
                     f"{shown(entry['hash']) if entry else 'not there'}.")  # fmt: skip
        return
    if not is_decision(entry):
        report.wrong(f"The receipt names entry {seq} of the history, which is no decision.")
        return
    expected = {hash_, entry["what"]["briefing"], *entry["what"]["digests"].values()}
    key = re.search(r"ed25519[^0-9a-f]{0,3}" + FINGERPRINT, text)
    named_key = _letters(key.group(1)) if key else ""
    if named_key and named_key != found["manifest"].get("key") and not is_key_given:
        report.wrong(f"The receipt names the key {shown(named_key)}; this pack is signed with another.")
    for digest in sorted(named - expected - {named_key}):
        report.wrong(
            f"The receipt names the fingerprint {shown(digest)}, which this pack does not have for the decision."
        )
    for digest in sorted(expected - named):
        report.wrong(f"The receipt does not name {shown(digest)}, which this pack has for the decision.")
    if not report.problems:
        report.checked.append(f"The receipt says what the pack says of entry {seq}.")


def _letters(fingerprint: str) -> str:
    return re.sub(r"[\s:]", "", fingerprint).lower()


def shown(digest: str) -> str:
    """The first letters of a fingerprint, in groups of four."""
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4)) + " …"


# The command ----------------------------------------------------------------------------------------------------------
def told(report: Report) -> str:
    lines = [f"  {line}" for line in report.checked]
    if report.problems:
        return "\n".join(["WRONG: this pack is not what was signed, or does not hold together.",
                          *(f"- {line}" for line in report.problems)])  # fmt: skip
    return "\n".join(["All is well.", *lines])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Verify an evidence pack of mdeprep, offline.")
    parser.add_argument("pack", type=Path, help="the zip file")
    parser.add_argument("--receipt", type=Path, help="the mail that somebody got when they decided, saved as a file")
    parser.add_argument("--key", default="", help="the fingerprint of the key that you trust")
    given = parser.parse_args(arguments)
    try:
        receipt = given.receipt.read_bytes() if given.receipt else None
        report = verify(given.pack.read_bytes(), receipt, given.key)
    except (OSError, NotAPack, ImportError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{told(report)}\n")
    if not report.problems and not (given.receipt or given.key):
        sys.stdout.write(
            "Compare the key with the one that a receipt names: anybody can sign with a key of their own.\n"
        )
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
