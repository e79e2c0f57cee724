"""Queries that are composed once.

Three quarters of what a query of the ORM costs is composing its SQL (docs/decisions/0012). One that pages ask again
and again is composed at its first use, and asked with other values from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
LONGEST = 30
"""Of a list: a page of a list, or what one person waits for; of more, composing is the smaller part."""
_COMPOSING = Lock()


class CompiledQuery(Generic[R]):
    """A query in which only values change: `CompiledQuery(lambda slug: Project.objects.filter(slug=slug))`.

    The function is called once, with a place for each value; so it may compare values, and not look at them. A list
    is for `__in`: it is composed once for each length, longer ones than LONGEST each time.
    """

    def __init__(self, compose: Callable[..., QuerySet[Any, R]]) -> None:
        self._compose = compose
        self._names = tuple(signature(compose).parameters)
        self._known: dict[tuple[int | None, ...], QuerySet[Any, R]] = {}

    def rows(self, *values: Any) -> list[R]:
        """What is found with these values."""
        return list(self.asked(*values))

    def first(self, *values: Any) -> R | None:
        """The first of them, or None: for a query that finds few."""
        return next(iter(self.rows(*values)), None)

    def asked(self, *values: Any) -> QuerySet[Any, R]:
        """The queryset with these values, to be evaluated as it is: nothing can be added to it."""
        given = dict(zip(self._names, values, strict=True))
        lengths = tuple(len(value) if isinstance(value, list) else None for value in values)
        if any(length is not None and not 0 < length <= LONGEST for length in lengths):
            return self._compose(*values)
        if lengths not in self._known:
            self._known[lengths] = self._with_slots(lengths)
        queryset = self._known[lengths].all()
        queryset.query.given = given  # type: ignore[attr-defined]
        return queryset

    def _with_slots(self, lengths: tuple[int | None, ...]) -> QuerySet[Any, R]:
        queryset = self._compose(
            *(
                Slot(name) if length is None else [Slot(name, place) for place in range(length)]
                for name, length in zip(self._names, lengths, strict=True)
            )
        )
        queryset.query.__class__ = _CompiledSelect
        queryset.query.composed = {}  # type: ignore[attr-defined]
        return queryset


class Slot(Expression):
    """The place of a value, or of one of a list."""

    def __init__(self, name: str, place: int | None = None) -> None:
        super().__init__()
        self.name, self.place = name, place

    def value(self, given: Mapping[str, Any]) -> Any:
        found = given[self.name]
        return found if self.place is None else found[self.place]

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
            connection.ops.adapt_unknown_value(value.value(self.given)) if isinstance(value, Slot) else value
            for value in known.params
        )
        vars(compiler).update(known.columns)
        compiler.get_converters = lambda *_args, **_kwargs: known.converters  # type: ignore[method-assign]
        compiler.as_sql = lambda *_args, **_kwargs: (known.sql, given)  # type: ignore[method-assign]
        return compiler
