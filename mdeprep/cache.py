"""The cache of a real installation: Redis, and this process alone while Redis is away."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as Away
from redis.exceptions import TimeoutError as TooSlow

logger = logging.getLogger(__name__)


class RedisOrThisProcess(RedisCache):
    """Only the limits of log-in are counted here. Without Redis each process counts its own: nobody is shut out, and
    nobody may try without end."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._here = LocMemCache("while-redis-is-away", params)

    def _try(self, deed: str, redis: Callable[..., Any], *args: Any, **options: Any) -> Any:
        try:
            return redis(*args, **options)
        except (Away, TooSlow) as error:
            logger.warning("Redis is away, this process counts by itself: %s", error)
            return getattr(self._here, deed)(*args, **options)

    def add(self, *args: Any, **options: Any) -> Any:
        return self._try("add", super().add, *args, **options)

    def get(self, *args: Any, **options: Any) -> Any:
        return self._try("get", super().get, *args, **options)

    def set(self, *args: Any, **options: Any) -> Any:
        return self._try("set", super().set, *args, **options)

    def delete(self, *args: Any, **options: Any) -> Any:
        return self._try("delete", super().delete, *args, **options)
