"""A question about a row of the plan, as several tests need it."""

from __future__ import annotations

import pytest

from projects import actions
from projects.models import Question
from tests.projects.test_actions_questions import SIEM, ask, now
from tests.remembered import remembered


@pytest.fixture
@remembered
def splunk(project, lead):
    return actions.add_row(project=project, table=SIEM, values={"product": "Splunk", "version": "9.3"}, by=lead)


@pytest.fixture
@remembered
def asked(project, lead, splunk) -> Question:
    """A question about the SIEM, sent to Tomás."""
    question = ask(project, lead, key=splunk.key)
    actions.send_questions(project=project, by=lead)
    return now(question)
