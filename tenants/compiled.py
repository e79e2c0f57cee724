"""Queries that are composed once.

Three quarters of what a query of the ORM costs is composing its SQL (docs/decisions/0012). One that pages ask again
and again is composed at its first use, and asked with other values from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, Generic, TypeVar

from django.db.models import Expression, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

R = TypeVar("R")
COMPOSED = ("select", "col_count", "klass_info", "annotation_col_map", "has_extra_select")
"""What a compiler knows of the columns once it has composed its SQL."""


class CompiledQuery(Generic[R]):
    """A query in which only values change: `CompiledQuery(lambda slug: Project.objects.filter(slug=slug))`.

    The function is called once, with a place for each value; so it may compare values, and not look at them. A list
    is for `__in`: one of a single value is composed once, others each time.
    """

    def __init__(self, compose: Callable[..., QuerySet[Any, R]]) -> None:
        self._compose = compose
        self._names = tuple(signature(compose).parameters)
        self._known: dict[frozenset[str], QuerySet[Any, R]] = {}

    def rows(self, *values: Any) -> list[R]:
        """What is found with these values."""
        given = dict(zip(self._names, values, strict=True))
        lists = frozenset(name for name, value in given.items() if isinstance(value, list))
        if any(len(given[name]) != 1 for name in lists):
            return list(self._compose(*values))
        if lists not in self._known:
            slots = {name: [Slot(name)] if name in lists else Slot(name) for name in given}
            queryset = self._compose(**slots)
            queryset.query.__class__ = _CompiledSelect
            queryset.query.composed = {}  # type: ignore[attr-defined]
            self._known[lists] = queryset
        queryset = self._known[lists].all()
        queryset.query.given = {**given, **{name: given[name][0] for name in lists}}  # type: ignore[attr-defined]
        return list(queryset)

    def first(self, *values: Any) -> R | None:
        """The first of them, or None: for a query that finds few."""
        return next(iter(self.rows(*values)), None)


class Slot(Expression):
    """The place of a value."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class _CompiledSelect(Query):
    """The query of such a queryset. It is not changed after it was composed."""

    composed: dict[str, tuple[SQLCompiler, str, tuple[Any, ...], dict[int, Any]]]
    """By kind of database: whoever knows the columns, the SQL with its places, and what its values go through."""
    given: dict[str, Any]

    def chain(self, klass: type[Query] | None = None) -> _CompiledSelect:
        """A copy that shares all its parts: only `given` is another."""
        found = self.__class__.__new__(self.__class__)
        found.__dict__.update(self.__dict__)
        return found

    def get_compiler(self, using: str | None = None, connection: Any = None, elide_empty: bool = True) -> SQLCompiler:
        compiler: SQLCompiler = super().get_compiler(using, connection, elide_empty)
        connection = compiler.connection
        if connection.vendor not in self.composed:
            sql, params = compiler.as_sql()
            converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
            self.composed[connection.vendor] = (compiler, sql, params, converters)
        known, sql, params, converters = self.composed[connection.vendor]
        if self.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        for name in COMPOSED:
            setattr(compiler, name, getattr(known, name))
        given = tuple(
            connection.ops.adapt_unknown_value(self.given[value.name]) if isinstance(value, Slot) else value
            for value in params
        )
        compiler.get_converters = lambda *_args, **_kwargs: converters  # type: ignore[method-assign]
        compiler.as_sql = lambda *_args, **_kwargs: (sql, given)  # type: ignore[method-assign]
        return compiler
