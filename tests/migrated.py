"""A migrated database, made once per process by `manage.py migrate`: installations that are not about it start on a copy."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent


def copy_file(folder: Path) -> None:
    """Into a data folder without a database."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_folder() / "mdeprep.sqlite3", folder)


def copy_database(server: str, name: str) -> None:
    """On the PostgreSQL at `server`, an address of a database that is there."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template {_database(server)}")


def drop_database(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)")


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="mdeprep-migrated-"))
    atexit.register(shutil.rmtree, folder)
    _migrate(folder)
    return folder


@functools.cache
def _database(server: str) -> str:
    name = f"mdeprep_migrated_{os.getpid()}"
    drop_database(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    atexit.register(drop_database, server, name)
    with tempfile.TemporaryDirectory() as folder:
        _migrate(Path(folder), DATABASE_URL=urllib.parse.urlsplit(server)._replace(path=f"/{name}").geturl())
    return name


def _migrate(folder: Path, **environment: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env={**kept, "DATA_DIR": str(folder), **environment}, check=True, timeout=180)
