"""A query that is composed once finds what the ORM would find, on both databases."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from tenants import clock
from tenants.compiled import CompiledQuery
from tenants.models import LedgerEntry, Membership, Tenant, User

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def people():
    tenants = [Tenant.objects.create(name=name, slug=name.lower()) for name in ("Contoso", "Fabrikam")]
    found = [User.objects.create(email=f"{name}@contoso.example", name=name) for name in ("ana", "ben", "cleo")]
    for user, tenant in zip(found, [tenants[0], tenants[0], tenants[1]], strict=True):
        Membership.objects.create(user=user, tenant=tenant, role="member")
    return found


def test_each_call_finds_what_its_own_values_say(people):
    query = CompiledQuery(lambda email: User.objects.filter(email=email))
    for person in (*people, *people):
        assert query.rows(person.email) == [person]
    assert query.first("nobody@contoso.example") is None


def test_it_is_composed_once(people, monkeypatch, django_assert_num_queries):
    query = CompiledQuery(lambda email: User.objects.filter(email=email))
    query.rows(people[0].email)
    monkeypatch.setattr(SQLCompiler, "get_select", lambda *_args, **_kwargs: pytest.fail("composed again"))
    with django_assert_num_queries(1):
        assert [person.name for person in query.rows(people[1].email)] == ["ben"]


def test_rows_come_with_what_belongs_to_them_and_what_was_asked_besides(people, django_assert_num_queries):
    member = Membership.objects.filter(user=OuterRef("pk"), tenant__slug="contoso")
    query = CompiledQuery(
        lambda slug: (
            Membership.objects.select_related("user", "tenant").filter(tenant__slug=slug).order_by("user__name")
        )
    )
    marked = CompiledQuery(lambda name: User.objects.annotate(is_ours=Exists(member)).filter(name=name))
    with django_assert_num_queries(1):
        assert [(row.user.name, row.tenant.name) for row in query.rows("contoso")] == [
            ("ana", "Contoso"), ("ben", "Contoso"),
        ]  # fmt: skip
    with django_assert_num_queries(1):
        assert [(row.user.name, row.tenant.name) for row in query.rows("fabrikam")] == [("cleo", "Fabrikam")]
    assert [marked.rows(name)[0].is_ours for name in ("ana", "cleo", "ben")] == [True, False, True]


def test_columns_alone_and_rows_without_some(people, django_assert_num_queries):
    assert CompiledQuery(lambda name: User.objects.filter(name=name).values_list("name", "email")).rows("ana") == [
        ("ana", "ana@contoso.example")
    ]
    assert CompiledQuery(lambda name: User.objects.filter(name=name).values_list("name", flat=True)).rows("ben") == [
        "ben"
    ]
    [ana] = CompiledQuery(lambda name: User.objects.filter(name=name).defer("password")).rows("ana")
    assert ana.get_deferred_fields() == {"password"}


def test_a_list_of_one_of_none_and_of_several(people):
    query = CompiledQuery(lambda names: User.objects.filter(name__in=names).order_by("name"))
    assert [person.name for person in query.rows(["ben"])] == ["ben"]
    assert [person.name for person in query.rows(["cleo", "ana"])] == ["ana", "cleo"]
    assert [person.name for person in query.rows(["ben", "cleo"])] == ["ben", "cleo"]
    assert [person.name for person in query.rows(["ben", "ben"])] == ["ben"]
    assert [person.name for person in query.rows([*"abcdefgh" * 5, "ana"])] == ["ana"]  # longer than is kept
    assert query.rows([]) == []
    assert [person.name for person in query.rows(["cleo"])] == ["cleo"]


def test_moments_days_and_texts_with_signs_that_a_search_knows(people):
    now = clock.now()
    for seq, (verb, days) in enumerate([("100 % done", 0), ("100 x done", -3)], 1):
        LedgerEntry.objects.create(
            chain_kind="test", chain_id=1, tenant_id=1, seq=seq, verb=verb, is_material=False,
            at=now + timedelta(days=days), body=f'{{"verb":"{verb}"}}', hash="",
        )  # fmt: skip
    since = CompiledQuery(lambda moment: LedgerEntry.objects.filter(at__gte=moment).values_list("seq", flat=True))
    assert (since.rows(now), len(since.rows(now - timedelta(days=9)))) == ([1], 2)
    on = CompiledQuery(lambda day: LedgerEntry.objects.filter(at__date=day).values_list("seq", flat=True))
    assert on.rows((now - timedelta(days=3)).date()) == [2]
    told = CompiledQuery(lambda words: LedgerEntry.objects.filter(body__contains=words).values_list("seq", flat=True))
    assert (told.rows("100 %"), told.rows("0 x"), told.rows("_")) == ([1], [2], [])


def test_a_lock_is_taken_in_a_transaction_or_refused(people):
    query = CompiledQuery(lambda name: Tenant.objects.select_for_update().filter(name=name))
    with transaction.atomic():
        assert [tenant.slug for tenant in query.rows("Contoso")] == ["contoso"]


def test_threads_that_ask_first_at_once_compose_the_same(monkeypatch):
    """Composing adds joins to what all copies of a query share."""
    query = CompiledQuery(lambda slug: Membership.objects.select_related("user", "tenant").filter(tenant__slug=slug))
    query.asked("contoso")  # the queryset is there, its SQL is not
    right = SQLCompiler.get_related_selections
    composed = []

    def slowly(*args, **options):
        composed.append(1)
        time.sleep(0.05)
        return right(*args, **options)

    monkeypatch.setattr(SQLCompiler, "get_related_selections", slowly)
    together = Barrier(4)

    def sql(slug):
        together.wait()
        return query.asked(slug).query.get_compiler("default").as_sql()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(sql, ["a", "b", "c", "d"]))
    assert len({words for words, _params in found}) == 1
    assert [params for _words, params in found] == [("a",), ("b",), ("c",), ("d",)]
    assert found[0][0].count("JOIN") == 2
    assert len(composed) == 3  # the membership, and the two that belong to it: once


@pytest.mark.django_db(transaction=True)
def test_no_lock_without_a_transaction():
    query = CompiledQuery(lambda name: Tenant.objects.select_for_update().filter(name=name))
    with transaction.atomic():
        query.rows("Contoso")
    with pytest.raises(TransactionManagementError):
        query.rows("Contoso")


def test_as_many_values_as_there_are_places(people):
    with pytest.raises(ValueError, match="shorter"):
        CompiledQuery(lambda one, other: User.objects.filter(name=one, email=other)).rows("ana")
