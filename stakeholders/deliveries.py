"""The one receiver of a signal in this house: django-anymail tells by signal what a mail service says about mails."""

from __future__ import annotations

from typing import Any

from stakeholders import actions


def delivery_told(sender: Any, event: Any, esp_name: str, **_more: Any) -> None:
    told = [event.reject_reason, event.mta_response, event.description, *_kind_of_bounce(event.esp_event)]
    actions.record_delivery(
        recipient=event.recipient or "",
        event=event.event_type,
        message_id=event.message_id or "",
        told=" ".join(str(word) for word in told if word),
    )


def _kind_of_bounce(raw: Any) -> list[str]:
    """The service's own word for soft or hard: the library calls both a bounce."""
    found = [raw.get(name) for name in ("Type", "bounceType", "type")] if isinstance(raw, dict) else []
    return [word for word in found if isinstance(word, str)]
