"""The Celery application; every task is found in an app's `tasks` module, every beat in its `schedule`."""

import os

from celery import Celery
from celery.schedules import crontab
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mdeprep.settings")
TRANSPORT_ALIASES["filesystem"] = "mdeprep.broker:Transport"
HOURLY = 3600.0
"""What is done so seldom is also done at each start of one computer's programs: they may have been off for days."""
app = Celery("mdeprep")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tenants", "projects", "stakeholders", "readiness"])
app.conf.beat_schedule = {
    "recompute what is behind": {"task": "readiness.sweep", "schedule": 5.0},
    "deliver mails that are due": {"task": "tenants.deliver_due", "schedule": 5.0},
    "read exports that still wait": {"task": "projects.read_waiting", "schedule": 15.0},
    "delete uploads that nobody applied": {"task": "projects.expire_uploads", "schedule": HOURLY},
    "make papers that still wait": {"task": "readiness.make_waiting", "schedule": 15.0},
    "throw papers of yesterday away": {"task": "readiness.throw_away_old", "schedule": HOURLY},
    "start and end dated roles": {"task": "projects.refresh_grants", "schedule": HOURLY},
    "tell of approvals that lapsed": {"task": "stakeholders.tell_lapsed", "schedule": HOURLY},
    "tell those who stand in from today": {"task": "stakeholders.tell_those_who_stand_in", "schedule": HOURLY},
    "note addresses that were refused": {"task": "stakeholders.note_refused_addresses", "schedule": 60.0},
    "remind who has not answered": {"task": "stakeholders.chase", "schedule": 900.0},
    "remind who removes temporary roles": {"task": "stakeholders.remind_of_removals", "schedule": 900.0},
    "verify the histories": {"task": "projects.verify_ledgers", "schedule": crontab(hour="3", minute="0")},
}
