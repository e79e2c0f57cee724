"""Settings read from the environment, once, at the start: a wrong value stops it with its name and what is accepted."""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

SECRETS_STAY_HIDDEN = "(not shown)"


class WrongSetting(ImproperlyConfigured):
    """Says which setting, what it is and what would be accepted, in one line: it is shown without a traceback."""


def text(name: str, default: str = "") -> str:
    """The value of `name`, or of the file that `name`_FILE points to (for secrets); an empty one counts as not set."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise WrongSetting(
                f"{name}_FILE={path!r} is not accepted. Accepted: a text file that can be read."
            ) from None
    return os.environ.get(name) or default


PLACE = re.compile(r"([a-z][a-z0-9+.-]*://)(.*@)?([\w.-]*(?::\d+)?(?:/[^?@]*)?)(\?.*)?", re.IGNORECASE | re.DOTALL)
"""An address whose parts are told from each other: scheme, who with which password, place, options."""


def _without_secret(value: str) -> str:
    """An address with its place alone; nothing of what is no address, or might be a password in its place."""
    found = PLACE.fullmatch(value)
    if found is None:
        return SECRETS_STAY_HIDDEN
    scheme, who, place, options = found.groups()
    return repr(f"{scheme}{'…@' if who else ''}{place}{'?…' if options else ''}")


def parsed(name: str, default: str, parse: Callable[[str], Any], accepted: str, *, secret: bool = False) -> Any:
    """What `parse` makes of the setting; a value that it refuses is named together with what is accepted."""
    value = text(name, default)
    try:
        return parse(value)
    except (ValueError, KeyError, OSError, ImproperlyConfigured):
        shown = _without_secret(value) if secret else repr(value)
        # Not "from" the cause: its text may hold the secret.
        raise WrongSetting(f"{name}={shown} is not accepted. Accepted: {accepted}.") from None


def yes_or_no(value: str) -> bool:
    return {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
        "": False,
    }[value.strip().lower()]


def whole_number(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError(value)
    return number


def address(value: str) -> str:
    """An absolute http(s) address without a path, as people type it into a browser."""
    parts = urlsplit(value)
    bare = f"{parts.scheme}://{parts.netloc}"
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.port == 0
        or value not in {bare, f"{bare}/"}
    ):
        raise ValueError(value)
    if "@" in parts.netloc:
        raise ValueError(value)
    return bare


def port(value: str) -> int:
    if not 0 < int(value) < 65536:
        raise ValueError(value)
    return int(value)


def folder(value: str) -> Path:
    """A folder that this process may write to; made if it is missing."""
    path = Path(value).resolve()
    path.mkdir(parents=True, exist_ok=True)
    if not os.access(path, os.W_OK):
        raise ValueError(value)
    return path


def place(value: str) -> Path:
    """A folder that this process may read; made if it is missing."""
    path = Path(value).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def hosts(value: str) -> list[str]:
    """Host names as a browser sends them, without scheme or port."""
    found = [host.strip() for host in value.split(",") if host.strip()]
    if not found or any(set("/:* ") & set(host) for host in found):
        raise ValueError(value)
    return found


def pair(value: str) -> str:
    """A name and a password of 16 characters or more, as a mail service sends them; nothing is accepted too."""
    name, _colon, password = value.partition(":")
    if value and (not name or len(password) < 16):
        raise ValueError(value)
    return value


def long_secret(value: str) -> str:
    if len(value) < 40:
        raise ValueError(value)
    return value


def mailbox(value: str) -> str:
    """An address, or a name with an address in angle brackets."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]):
        raise ValueError(value)
    return value


def log_level(value: str) -> str:
    if value not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError(value)
    return value


def zone(value: str) -> str:
    try:
        ZoneInfo(value)  # to list all zones would read six hundred files
    except (KeyError, OSError):  # no such zone; a folder of zones ("Europe")
        raise ValueError(value) from None
    return value


def cache(value: str) -> str:
    if value and (urlsplit(value).scheme not in {"redis", "rediss"} or not urlsplit(value).hostname):
        raise ValueError(value)
    return value


def database(value: str) -> dict[str, Any]:
    """Django's settings for a database address; both engines are set so that concurrent writers wait, not fail."""
    if urlsplit(value).scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ValueError(value)
    found: dict[str, Any] = dict(environ.Env.db_url_config(value))
    if found["NAME"] in {"", ":memory:"}:  # several processes share it
        raise ValueError(value)
    if found["ENGINE"] == "django.db.backends.sqlite3":
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
            ),
        }
    else:
        found["PASSWORD"] = found["PASSWORD"] or text("DATABASE_PASSWORD")
        found["CONN_MAX_AGE"] = 0
        found["OPTIONS"] = {**found.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": 8, "timeout": 10}}
    return found


def broker(value: str) -> str:
    if urlsplit(value).scheme not in {"filesystem", "redis", "rediss", "memory"}:
        raise ValueError(value)
    return value


def mail(value: str) -> dict[str, Any]:
    """`page:` keeps mails for the page "Mails of this demo"; anything else is an SMTP server."""
    if value == "page:":
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if urlsplit(value).scheme not in {"smtp", "smtp+tls", "smtp+ssl"} or not urlsplit(value).hostname:
        raise ValueError(value)
    return dict(environ.Env.email_url_config(value))


def kept_secret(path: Path) -> str:
    """A secret that lives in a file only its owner may read; made at the first start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(60))
    return path.read_text(encoding="utf-8").strip()


PEM = re.compile(r"-----BEGIN PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+?)\s+-----END PRIVATE KEY-----\s*")
BEFORE_THE_SEED = bytes.fromhex("302e020100300506032b657004220420")
"""How an Ed25519 private key begins in PKCS #8 (RFC 8410): read here, so that the start needs no cryptography."""


def signing_key(path: Path, *, is_made: bool) -> bytes:
    """The 32 bytes of the Ed25519 private key in a PEM file. With `is_made` a missing file is made, mode 0600."""
    if is_made and not path.exists():
        _make_signing_key(path)
    found = PEM.fullmatch(path.read_text(encoding="ascii").strip())
    key = base64.b64decode(found.group(1)) if found else b""
    if len(key) != len(BEFORE_THE_SEED) + 32 or not key.startswith(BEFORE_THE_SEED):
        raise ValueError(path)
    return key[len(BEFORE_THE_SEED) :]


def _make_signing_key(path: Path) -> None:
    """Whole or not at all: of several processes that start at once one makes it, and the others read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = base64.b64encode(BEFORE_THE_SEED + secrets.token_bytes(32)).decode()
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
