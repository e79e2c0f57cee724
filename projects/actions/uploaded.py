"""What became of an export that came by an upload link: whoever asked for it is told."""

from __future__ import annotations

from django.db import transaction

from projects import emails
from projects.models import DeviceImport, UploadRequest
from projects.models.asked import LOOKED_AT
from projects.models.imports import KEPT_FOR


@transaction.atomic
def tell_of_upload(device_import: DeviceImport) -> None:
    """Tell whoever asked for an export what became of it, once it was read: once, however often this is called."""
    links = UploadRequest.objects.filter(device_import=device_import, closed_at=None)
    request = links.select_related("device_import", "asked_by", "project__tenant").first()
    if request is None or request.device_import is None:
        return
    row = request.device_import
    if row.state in LOOKED_AT:
        emails.tell_upload_arrived(request, import_id=row.pk, until=row.created_at + KEPT_FOR)
    elif row.state == DeviceImport.State.FAILED:
        emails.tell_upload_unreadable(request, import_id=row.pk)
