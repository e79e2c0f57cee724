"""A wrong setting stops the start with its name, its value and what is accepted; a secret is never printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mdeprep import config

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "hunter2-hunter2"


def started_with(data_dir: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *(command or ("manage.py", "check"))],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("DEMO", "perhaps", "yes or no"),
        ("PORT", "80x", "a number from 1 to 65535"),
        ("PUBLIC_URL", "mdeprep.example.org", "an address such as https://mdeprep.example.org"),
        ("ALLOWED_HOSTS", "https://mdeprep.example.org", "host names, separated by commas"),
        ("TIME_ZONE", "Dublin", "a name such as Europe/Dublin"),
        ("MAIL_FROM", "approvals", "an address such as approvals@example.org"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO, WARNING or ERROR"),
        ("STATIC_ROOT", "/proc/static", "a folder, or a place where one can be made"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line_with_its_value_and_what_is_accepted(tmp_path, name, value, accepted):
    started = started_with(tmp_path, **{name: value})
    assert started.returncode == 1
    assert started.stderr == f"mdeprep: {name}={value!r} is not accepted. Accepted: {accepted}.\n"


def test_a_data_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "file").touch()
    started = started_with(tmp_path / "file")
    assert started.returncode == 1
    assert started.stderr == (
        f"mdeprep: DATA_DIR={str(tmp_path / 'file')!r} is not accepted. Accepted: a folder that can be written to.\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "shown", "accepted"),
    [
        ("DATABASE_URL", f"mysql://me:{SECRET}@host/name", "'mysql://…@host/name'", "sqlite:////path/to/file or"),
        ("DATABASE_URL", f"postgresql://me:{SECRET}@host:port/name", "(not shown)", "sqlite:////path/to/file or"),
        ("BROKER_URL", f"amqp://me:{SECRET}@host", "'amqp://…@host'", "redis://host:6379/0 or filesystem://"),
        ("CACHE_URL", f"memcached://me:{SECRET}@host:1", "'memcached://…@host:1'", "redis://host:6379/1 or nothing"),
        ("EMAIL_URL", f"http://host/?password={SECRET}", "'http://host/?…'", "smtp://user:password@host:587"),
        ("EMAIL_URL", f"smtp://me:{SECRET}@host:port", "(not shown)", "smtp://user:password@host:587"),
        ("EMAIL_URL", f"http://me:{SECRET}", "(not shown)", "smtp://user:password@host:587"),
        ("EMAIL_URL", f"http://me:a@{SECRET}/b@host", "'http://…@host'", "smtp://user:password@host:587"),
        ("SECRET_KEY", SECRET, "(not shown)", "40 characters or more"),
    ],
)
def test_a_wrong_secret_is_named_and_its_place_alone_is_shown(tmp_path, name, value, shown, accepted):
    started = started_with(tmp_path, **{name: value})
    assert started.returncode == 1
    assert started.stderr.startswith(f"mdeprep: {name}={shown} is not accepted. Accepted: {accepted}")
    assert started.stderr.count("\n") == 1
    assert SECRET not in started.stdout + started.stderr


@pytest.mark.parametrize("command", [("-m", "celery", "--app=mdeprep", "report"), ("-c", "import mdeprep.wsgi")])
def test_other_starts_stop_too_and_their_traceback_holds_no_secret(tmp_path, command):
    started = started_with(tmp_path, *command, DATABASE_URL=f"mysql://me:{SECRET}@host/name")
    assert started.returncode != 0
    assert "DATABASE_URL='mysql://…@host/name' is not accepted." in started.stderr
    assert SECRET not in started.stdout + started.stderr


def test_a_secret_comes_from_a_file_and_a_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(config.WrongSetting, match=r"SECRET_KEY_FILE='.*/key' is not accepted\. Accepted: a text file"):
        config.text("SECRET_KEY")
    (tmp_path / "key").write_text("from the file\n")
    assert config.text("SECRET_KEY") == "from the file"


def test_the_database_password_comes_from_a_file_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "password").write_text("s3cret\n")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(tmp_path / "password"))
    assert config.database("postgresql://mdeprep@postgres:5432/mdeprep")["PASSWORD"] == "s3cret"


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first = config.kept_secret(tmp_path / "secret_key")
    assert len(first) >= 40
    assert config.kept_secret(tmp_path / "secret_key") == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ("https://mdeprep.example.org", "https://mdeprep.example.org"),
        ("https://mdeprep.example.org/", "https://mdeprep.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_an_address_is_kept_without_its_last_slash(value, accepted):
    assert config.address(value) == accepted


@pytest.mark.parametrize(
    "value",
    ["", "ftp://host", "https://", "https://host/path", "https://host?a", "https://me:pw@host", "https://host:x"],
)
def test_what_people_do_not_type_into_a_browser_is_no_address(value):
    with pytest.raises(ValueError):
        config.address(value)


def test_concurrent_writers_wait_on_both_databases():
    assert config.database("sqlite:////tmp/x")["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert config.database("postgresql://u@h/n?sslmode=require")["OPTIONS"] == {
        "sslmode": "require",
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
    }


def test_an_empty_setting_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("TIME_ZONE", "")
    assert config.parsed("TIME_ZONE", "UTC", config.zone, "a name") == "UTC"


def test_the_signing_key_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "signing_key.pem"
    made = config.signing_key(path, is_made=True)
    assert len(made) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert config.signing_key(path, is_made=True) == made
    assert [each.name for each in tmp_path.iterdir()] == ["signing_key.pem"]


def test_a_key_of_openssl_is_read(tmp_path):
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ed25519.Ed25519PrivateKey.generate()
    path = tmp_path / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert config.signing_key(path, is_made=False) == key.private_bytes_raw()


@pytest.mark.parametrize(
    "content", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", None]
)
def test_a_file_that_is_no_signing_key_stops_the_start(tmp_path, content):
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_text(content)
    started = started_with(tmp_path, SIGNING_KEY_FILE=str(path))
    assert started.returncode == 1
    assert started.stderr == (
        f"mdeprep: SIGNING_KEY_FILE={str(path)!r} is not accepted. "
        "Accepted: a file with an Ed25519 private key (openssl genpkey -algorithm ed25519).\n"
    )


@pytest.mark.parametrize("command", [["verify_ledger"], ["first_run", "--email=root@example.org"]])
def test_a_database_without_tables_is_said_in_one_line(tmp_path, command):
    done = started_with(tmp_path, "manage.py", *command)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "no such table" in done.stderr
    assert "`manage.py migrate`" in done.stderr
