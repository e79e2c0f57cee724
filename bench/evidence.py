"""6. Verify a pack with many entries of history, compared with hashing its bytes once."""

from __future__ import annotations

import hashlib
import statistics
import sys
import time
from collections.abc import Callable

from bench.start import Row, django, report, sizes


def main() -> None:
    django()
    from django.db import transaction

    from bench import data
    from projects.models import Project
    from readiness.evidence import packing
    from readiness.evidence.contents import files_of
    from readiness.evidence.verify import verify
    from tenants import ledger, signing

    entries, times = sizes(full=(10_000, 7), quick=(300, 1))
    with transaction.atomic():
        project = Project.objects.locked(data.pattern_project().pk)
        while project.ledger_seq < entries:
            ledger.append(
                project, tenant_id=project.tenant_id, by=project.lead, verb="moved", what={"table": "devices"}
            )
        pack = packing.sealed(project, files_of(project))
        transaction.set_rollback(True)
    if problems := verify(pack, None, signing.fingerprint()).problems:
        raise AssertionError(problems)
    if not verify(pack[:-40_000] + b"x" + pack[-39_999:]).problems:
        raise AssertionError("a changed pack was not noticed")
    hashing = _cpu(lambda: hashlib.sha256(pack).digest(), times)
    verifying = _cpu(lambda: verify(pack), times)
    report(
        [
            Row(f"pack of {entries:,} entries", "MB", round(len(pack) / 1e6, 1)),
            Row(
                f"verify a pack of {entries:,} entries", "x hashing its bytes (CPU)", round(verifying / hashing, 1),
                None, verifying * 1000,
            ),
        ]
    )  # fmt: skip


def _cpu(deed: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        began = time.process_time()
        deed()
        found.append(time.process_time() - began)
    return statistics.median(found)


if __name__ == "__main__":
    sys.exit(main())
