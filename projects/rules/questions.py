"""What is usually asked about a table of the plan, or about one of its rows."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

OF_TABLES: Mapping[tuple[str, str], str] = {
    ("environment", "topics"): gettext_noop("What should we know about this?"),
    ("environment", "devices"): gettext_noop(
        "Which operating systems are in use, in which versions, and on how many devices each? Where is it counted?"
    ),
    ("environment", "engines"): gettext_noop(
        "What manages your devices (Intune, Configuration Manager, …), in which version, and how many of them?"
    ),
    ("environment", "cdoc"): gettext_noop(
        "Who looks into alerts, in which tier, in which place, and at which hours? Who is there at night?"
    ),
    ("environment", "siem"): gettext_noop(
        "Which SIEM is in use, in which version? How can data of Defender get in, and who connects it?"
    ),
    ("environment", "protections"): gettext_noop(
        "What protects your devices today, on which platform, in which version? What shall happen to it?"
    ),
    ("environment", "impacts"): gettext_noop("Which systems, runbooks or processes must change, and who owns them?"),
    ("licences", "entitlements"): gettext_noop("Which licences with Defender do you have, how many, and until when?"),
    ("access", "settings"): gettext_noop(
        "How are permissions in the Defender portal given today? How many Global Administrators are there?"
    ),
    ("access", "assignments"): gettext_noop("Which groups or people hold which role today, and for how long?"),
    ("access", "partners"): gettext_noop("Which partners have access to your tenant, with which roles, until when?"),
    ("access", "tiers"): gettext_noop("Which groups work in which tier, and when do they escalate?"),
    ("access", "device_groups"): gettext_noop("By what would you group devices: region, department, how critical?"),
    ("connectivity", "network"): gettext_noop("Which proxy do devices use? Is TLS inspected there?"),
    ("connectivity", "routes"): gettext_noop("By which route do these devices reach the internet, and by which proxy?"),
    ("adoption", "components"): gettext_noop("Shall this be used, and what does it replace?"),
    ("migration", "items"): gettext_noop("Is this done? Since when, and where can one see it?"),
    ("timeline", "items"): gettext_noop("Can this day be kept, and who owns it?"),
}


def usual_question(section: str, table: str, title: str = "") -> str:
    """The text that a question starts with; `title`: the row that it is about."""
    asked = _(OF_TABLES.get((section, table), gettext_noop("What is missing here, or no longer right?")))
    return f"{title}: {asked}" if title else asked
