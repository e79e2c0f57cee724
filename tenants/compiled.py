"""Queries that are composed once.

Three quarters of what a query of the ORM costs is composing its SQL (docs/decisions/0012). One that pages ask again
and again is composed at its first use, and asked with other values from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from inspect import signature
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import Expression, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

R = TypeVar("R")
COLUMNS = ("select", "col_count", "klass_info", "annotation_col_map", "has_extra_select")
"""What a compiler knows of the columns; not part of Django's public interface."""
_COMPOSING = Lock()


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
        return list(self.asked(*values))

    def first(self, *values: Any) -> R | None:
        """The first of them, or None: for a query that finds few."""
        return next(iter(self.rows(*values)), None)

    def asked(self, *values: Any) -> QuerySet[Any, R]:
        """The queryset with these values, to be evaluated as it is: nothing can be added to it."""
        given = dict(zip(self._names, values, strict=True))
        lists = frozenset(name for name, value in given.items() if isinstance(value, list))
        if any(len(given[name]) != 1 for name in lists):
            return self._compose(*values)
        if lists not in self._known:
            self._known[lists] = self._with_slots(lists)
        queryset = self._known[lists].all()
        queryset.query.given = {**given, **{name: given[name][0] for name in lists}}  # type: ignore[attr-defined]
        return queryset

    def _with_slots(self, lists: Collection[str]) -> QuerySet[Any, R]:
        queryset = self._compose(**{name: [Slot(name)] if name in lists else Slot(name) for name in self._names})
        queryset.query.__class__ = _CompiledSelect
        queryset.query.composed = {}  # type: ignore[attr-defined]
        return queryset


class Slot(Expression):
    """The place of a value."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class _Composed(NamedTuple):
    """What a compiler knows once it has composed its SQL: of no connection, for every thread."""

    columns: dict[str, Any]
    sql: str
    params: tuple[Any, ...]
    converters: dict[int, Any]

    @classmethod
    def by(cls, compiler: SQLCompiler) -> _Composed:
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select or ()])
        return cls({name: getattr(compiler, name) for name in COLUMNS}, sql, params, converters)


class _CompiledSelect(Query):
    """The query of such a queryset. It is not changed after it was composed."""

    composed: dict[str, _Composed]
    """By kind of database."""
    given: dict[str, Any]

    def chain(self, klass: type[Query] | None = None) -> _CompiledSelect:
        """A copy that shares all its parts: only `given` is another."""
        found = self.__class__.__new__(self.__class__)
        found.__dict__.update(self.__dict__)
        return found

    def get_compiler(self, using: str | None = None, connection: Any = None, elide_empty: bool = True) -> SQLCompiler:
        compiler: SQLCompiler = super().get_compiler(using, connection, elide_empty)
        connection = compiler.connection
        known = self.composed.get(connection.vendor)
        if known is None:
            with _COMPOSING:  # it adds joins to what all copies share
                known = self.composed.get(connection.vendor) or _Composed.by(compiler)
                self.composed[connection.vendor] = known
        if self.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        given = tuple(
            connection.ops.adapt_unknown_value(self.given[value.name]) if isinstance(value, Slot) else value
            for value in known.params
        )
        vars(compiler).update(known.columns)
        compiler.get_converters = lambda *_args, **_kwargs: known.converters  # type: ignore[method-assign]
        compiler.as_sql = lambda *_args, **_kwargs: (known.sql, given)  # type: ignore[method-assign]
        return compiler
