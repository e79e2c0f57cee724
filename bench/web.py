"""Call the application as a web server does, and read what a request costs."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.middleware.csrf import CSRF_SECRET_LENGTH

REDIRECT = 302
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class WrongAnswer(Exception):
    """A page did not answer 200 with what it should show: a number about it would mean nothing."""


def session_of(user: Any) -> str:
    """The cookie of somebody who has just logged in."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend=BACKEND)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _answer(
    application: Callable[..., Any], method: str, path: str, cookie: str, body: bytes = b""
) -> tuple[int, bytes]:
    """Status and content of what the application answers."""
    path, _, query = path.partition("?")
    found: dict[str, Any] = {}
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(settings.PORT),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": f"127.0.0.1:{settings.PORT}",
        "HTTP_COOKIE": cookie,
        "HTTP_ACCEPT": "text/html",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    answer = application(environ, lambda status, _headers: found.update(status=int(status[:3])))
    try:
        content = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close:
            close()
    return found["status"], content


@dataclass
class Page:
    """A page as one person opens it. `shows`: words that only the right answer has."""

    name: str
    path: str
    cookie: str
    shows: tuple[str, ...]
    application: Callable[..., Any]
    database: str = ""
    """Name of the database that it reads, where two are compared."""
    prepare: Callable[[], object] = bool
    """What is done before each request."""

    def get(self) -> tuple[int, bytes]:
        self.prepare()
        return _answer(self.application, "GET", self.path, self.cookie)

    def must_answer(self) -> None:
        status, body = self.get()
        missing = [words for words in self.shows if words.encode() not in body]
        if status != 200 or missing:
            raise WrongAnswer(f"{self.name}: {status} at {self.path}, without {missing}: {body[:300]!r}")

    def queries(self) -> int:
        from django.test.utils import CaptureQueriesContext

        use(self.database)
        self.must_answer()  # once warm
        with CaptureQueriesContext(connection) as captured:
            self.must_answer()
        return len([q for q in captured.captured_queries if not _is_bookkeeping(q["sql"])])


@dataclass
class Form(Page):
    """A form as one person posts it, each time the next of `posts` (address and fields): an answer counts once."""

    posts: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def get(self) -> tuple[int, bytes]:
        path, fields = self.posts.pop()
        token = "a" * CSRF_SECRET_LENGTH
        body = urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        cookie = f"{self.cookie}; {settings.CSRF_COOKIE_NAME}={token}"
        status, content = _answer(self.application, "POST", path, cookie, body)
        return (200 if status == REDIRECT else status), content


def _is_bookkeeping(sql: str) -> bool:
    return sql.upper().startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"))


def use(database: str) -> None:
    """Let the next requests go to another database: side by side in one process, so that both see the same machine."""
    if database and connection.settings_dict["NAME"] != database:
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
        connection.settings_dict["NAME"] = database


class DatabaseClock:
    """CPU seconds of the PostgreSQL processes that serve one database; SQLite runs in this process already."""

    def __init__(self) -> None:
        self.pids: list[int] = []
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
                self.pids = [pid for (pid,) in cursor.fetchall()]

    def now(self) -> float:
        return sum(_cpu_of(pid) for pid in self.pids)


def _cpu_of(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, ValueError):
        return 0.0


@dataclass(frozen=True)
class Costs:
    """CPU milliseconds per request of each page, one number for each batch."""

    batches: dict[str, list[float]]

    def median(self, name: str) -> float:
        return statistics.median(self.batches[name])

    def ratio(self, name: str, bare: str) -> float:
        """Median of the ratios inside each batch: how fast the machine is changes from second to second."""
        pairs = zip(self.batches[name], self.batches[bare], strict=True)
        return round(statistics.median(cost / base for cost, base in pairs), 2)


def cpu(pages: list[Page], *, batches: int, each: int) -> Costs:
    """What each page costs: web process and database, batches side by side."""
    costs: dict[str, list[float]] = {page.name: [] for page in pages}
    for _ in range(batches):
        for page in pages:
            use(page.database)
            page.must_answer()
            page.must_answer()  # connected, and warm
            clock = DatabaseClock()
            began = time.process_time() + clock.now()
            statuses = [page.get()[0] for _ in range(each)]
            costs[page.name].append((time.process_time() + clock.now() - began) / each * 1000)
            if set(statuses) != {200}:
                raise WrongAnswer(f"{page.name}: {statuses}")
    return Costs(costs)
