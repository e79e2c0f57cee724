"""Write and sign an evidence pack."""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

from django.db import transaction

from projects.models import Project
from readiness.evidence.contents import files_of
from readiness.evidence.verify import FORMAT, MANIFEST, SIGNATURE, zipped
from readiness.papers.pdf import NoPaper, as_bytes, at_home_in, draw
from readiness.papers.plan import plan_as_html
from tenants import canonical, clock, signing


class Pack(NamedTuple):
    content: bytes
    left_out: str
    """What it comes without, and why, in a sentence; usually nothing."""


def make(project: Project) -> Pack:
    """The pack of a project. The same state gives the same bytes, but for the time in its manifest.

    Where the system lacks what draws paper it comes without the PDF, and the manifest says so.
    """
    with at_home_in(project.tenant), transaction.atomic():
        project = Project.objects.locked(project.pk)  # as of one moment: whoever changes a project locks it first
        files, html = files_of(project), plan_as_html(project)
    left_out = ""
    try:
        files["plan.pdf"] = as_bytes(draw(html))
    except NoPaper as missing:
        left_out = f"plan.pdf: {missing}"
    return Pack(sealed(project, files, left_out=left_out), left_out)


def sealed(project: Project, files: dict[str, bytes], *, left_out: str = "") -> bytes:
    manifest = canonical.text(
        {
            "format": FORMAT,
            "project": project.slug,
            "chain": [project.chain_kind, project.pk],
            "entries": project.ledger_seq,
            "head": project.ledger_head,
            "made_at": clock.now().isoformat(timespec="seconds"),
            "key": signing.fingerprint(),
            "left_out": left_out,
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        }
    ).encode()
    signature = base64.b64encode(signing.sign(manifest))
    return zipped({**files, MANIFEST: manifest, SIGNATURE: signature})
