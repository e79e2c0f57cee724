"""Log-in limits without Redis: counted by each process."""

from __future__ import annotations

from mdeprep.cache import RedisOrThisProcess
from tests.setup.test_serve import free_port


def test_without_redis_the_process_counts_by_itself():
    cache = RedisOrThisProcess(f"redis://127.0.0.1:{free_port()}/0", {"OPTIONS": {"socket_connect_timeout": 0.5}})
    assert cache.get("tries", 0) == 0
    cache.set("tries", 3, timeout=60)
    assert cache.get("tries", 0) == 3
    assert cache.add("lock", True, timeout=60)
    assert not cache.add("lock", True, timeout=60)
    assert cache.delete("lock")
    assert cache.add("lock", True, timeout=60)
