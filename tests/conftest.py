"""Fixtures that every test may use. Rows come from factories; roles, rounds and decisions from the actions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import TransactionTestCase

import mdeprep.celery  # noqa: F401 - what tests patch as Celery's current application
from projects import access
from projects.models import Project
from projects.rules.roles import Role
from stakeholders import revisions
from stakeholders.actions import assign, start_project
from tenants import triggers
from tenants.actions import create_tenant, invite
from tenants.models import Membership, Tenant, User
from tests import remembered as memory
from tests.remembered import remembered


def pytest_runtest_setup() -> None:
    memory.begin()


@pytest.fixture(scope="session", autouse=True)
def insert_only_tables_can_be_flushed() -> Iterator[None]:
    """A transactional test ends in a flush, which the triggers refuse on SQLite: they open for it alone."""
    flush = TransactionTestCase._fixture_teardown

    def opened(self: Any) -> None:
        memory.forget()
        if connection.vendor != "sqlite":
            return flush(self)
        with triggers.opened(*triggers.INSERT_ONLY):
            return flush(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", opened)
        patch.setattr(connection, "execute_wrappers", [memory.watch])
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """On PostgreSQL a database cannot be dropped while somebody else is connected: their sessions end first.

    Redefines pytest-django's fixture, to run before its teardown.
    """
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture(autouse=True)
def no_revision_is_kept_from_another_test() -> None:
    revisions.forget()


@pytest.fixture(autouse=True)
def uploads_go_with_their_test(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
@remembered
def superuser(db: None) -> User:
    return User.objects.create_superuser("root@example.org", "root-password-1", name="Root")


@pytest.fixture
@remembered
def tenant(db: None) -> Tenant:
    return create_tenant(name="Contoso", by=None, time_zone="Europe/Dublin")


@pytest.fixture
@remembered
def other_tenant(db: None) -> Tenant:
    return create_tenant(name="Fabrikam", by=None)


def make_person(tenant: Tenant, name: str, role: str = Membership.Role.MEMBER) -> User:
    first = name.split()[0].lower()
    return invite(
        tenant=tenant, email=f"{first}@{tenant.slug}.example", name=name, role=role, by=None, is_mailed=False
    ).user


@pytest.fixture
@remembered
def lead(tenant: Tenant) -> User:
    return make_person(tenant, "Lena Fischer")


@pytest.fixture
@remembered
def admin(tenant: Tenant) -> User:
    return make_person(tenant, "Olu Adeyemi", Membership.Role.ADMIN)


@pytest.fixture
@remembered
def editor(tenant: Tenant, project: Project) -> User:
    user = make_person(tenant, "Priya Nair")
    access.grant(project=project, user=user, role=Role.EDITOR, by=None)
    return user


@pytest.fixture
@remembered
def viewer(tenant: Tenant, project: Project) -> User:
    user = make_person(tenant, "Vera Lund")
    access.grant(project=project, user=user, role=Role.VIEWER, by=None)
    return user


@pytest.fixture
@remembered
def project(tenant: Tenant, lead: User) -> Project:
    return start_project(tenant=tenant, lead=lead, by=lead, name="Contoso Endpoint 2027", kind="deployment")


@pytest.fixture
@remembered
def ciso(tenant: Tenant, project: Project, lead: User) -> User:
    """Dana Reyes, who approves (SO)."""
    assign(project=project, key="role-ciso", email="dana@contoso.example", name="Dana Reyes", by=lead)
    return User.objects.create_user("dana@contoso.example", name="Dana Reyes")


@pytest.fixture
@remembered
def head_of_cdoc(tenant: Tenant, project: Project, lead: User) -> User:
    """Marcus Webb, who approves (SO)."""
    assign(project=project, key="role-head-of-cdoc", email="marcus@contoso.example", name="Marcus Webb", by=lead)
    return User.objects.create_user("marcus@contoso.example", name="Marcus Webb")


@pytest.fixture
@remembered
def architect(tenant: Tenant, project: Project, lead: User) -> User:
    """Priya Nair, who gives input (R)."""
    assign(project=project, key="role-security-architect", email="priya@contoso.example", name="Priya Nair", by=lead)
    return User.objects.create_user("priya@contoso.example", name="Priya Nair")


@pytest.fixture
def in_november() -> Iterator[None]:
    """The days in which the lists of devices that these tests read were made: older ones count nobody."""
    with time_machine.travel("2026-11-27 10:00+00:00"):
        yield
