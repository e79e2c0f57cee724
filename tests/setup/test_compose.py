"""docker-compose.yml and Dockerfile: valid, closed, and what they start works: here natively, on local services."""

from __future__ import annotations

import contextlib
import email
import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import yaml
from aiosmtpd.controller import Controller

from tests.setup.test_serve import free_port, status_of, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ("migrate", "web", "worker", "beat")
PASSWORD = "a long enough phrase"


def test_the_compose_file_fits_the_compose_specification():
    checked = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def test_hadolint_finds_nothing_in_the_dockerfile():
    checked = subprocess.run([BIN / "hadolint", "Dockerfile"], cwd=ROOT, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, "")


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_every_container_has_no_rights_and_comes_back(name):
    service = COMPOSE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert service.get("user") or "USER 10001" in (ROOT / "Dockerfile").read_text()
    if name not in ("migrate", "web"):  # one ends; the other's check is in the Dockerfile
        assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", OURS)
def test_no_secret_is_in_the_environment_of_a_container(name):
    environment = COMPOSE["services"][name]["environment"]
    assert {"SECRET_KEY_FILE", "DATABASE_PASSWORD_FILE", "EMAIL_URL_FILE"} < set(environment)
    assert not {"SECRET_KEY", "DATABASE_PASSWORD", "EMAIL_URL"} & set(environment)
    assert "DEMO" not in environment


def test_every_copied_path_reaches_the_image():
    """.dockerignore names what goes in: a new app that is left out would be missed only in the image."""
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {"mdeprep", "readiness", "stakeholders", "projects", "tenants", "templates", "static"} < let_in
    assert {"manage.py", "requirements.txt", "requirements-uv.txt", "docker/healthy.py"} < let_in


def test_secrets_are_made_once_in_a_folder_closed_to_others(tmp_path):
    (tmp_path / "docker").mkdir()
    script = tmp_path / "docker/make-secrets.sh"
    script.write_text((ROOT / "docker/make-secrets.sh").read_text())
    run = ["sh", script, "smtp://127.0.0.1:25"]
    subprocess.run(run, check=True)
    first = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert set(first) == set(COMPOSE["secrets"])
    assert first["email_url"] == "smtp://127.0.0.1:25"
    assert len(first["secret_key"]) == len(first["database_password"]) == 64
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    subprocess.run(run, check=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == first


class Inbox:
    """A real SMTP server that keeps what it takes."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.server = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(email.message_from_bytes(envelope.content))
        return "250 OK"

    def to(self, address: str) -> list[Message]:
        return [mail for mail in self.mails if mail["To"] and address in mail["To"]]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


class Browser:
    """Follows links and posts forms as a person's browser does; no more."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(self.cookies)

    def get(self, path: str) -> str:
        return self._read(urllib.request.Request(self.address + path))

    def post(self, path: str, *, follow: bool = True, **fields: str) -> str:
        """Fill in the form of the page at `path` and send it there; `follow` opens the page that comes after."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert token, f"no form at {path}"
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        request = urllib.request.Request(self.at, data, {"Referer": self.at})
        if not follow:
            with pytest.raises(urllib.error.HTTPError, match="302") as moved:
                urllib.request.build_opener(self.cookies, NoRedirect()).open(request, timeout=30)
            moved.value.close()
            return ""
        return self._read(request)

    def _read(self, request: urllib.request.Request) -> str:
        try:
            with self.opener.open(request, timeout=30) as answer:
                self.at = answer.geturl()
                return answer.read().decode()
        except urllib.error.HTTPError as answer:
            answer.close()
            raise AssertionError(f"{answer.code} at {answer.url}") from None


class Installation:
    """The services of docker-compose.yml as processes of this computer: its own commands, on the ports found here."""

    def __init__(self, folder: Path, inbox: Inbox) -> None:
        self.folder, self.inbox, self.port = folder, inbox, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.database = urllib.parse.urlsplit(os.environ["DATABASE_URL"])  # of the test run: the server is used
        self.database_name = f"mdeprep_compose_{os.getpid()}"
        self.redis = urllib.parse.urlsplit(os.environ.get("BROKER_URL", "redis://127.0.0.1:6379")).netloc
        secrets = {
            "secret_key": "k" * 64,
            "database_password": self.database.password or "",
            "email_url": f"smtp://127.0.0.1:{inbox.server.port}",
        }
        for name, value in secrets.items():
            (folder / name).write_text(value)

    def here(self, text: str) -> str:
        """What the file says of containers, said of this computer."""
        login = f"{self.database.username}@{self.database.hostname}:{self.database.port}"
        local = {
            "mdeprep@postgres:5432/mdeprep": f"{login}/{self.database_name}",
            "redis:6379/0": f"{self.redis}/11",
            "redis:6379/1": f"{self.redis}/12",
            "/run/secrets/": f"{self.folder}/",
            "0.0.0.0:8000": f"127.0.0.1:{self.port}",
            "/tmp": str(self.folder),
        }
        text = re.sub("|".join(map(re.escape, local)), lambda found: local[found[0]], text)
        given = {"PUBLIC_URL": self.address, "MAIL_FROM": "approvals@contoso.example"}
        return re.sub(r"\$\{(\w+):(?:-([^}]*)|\?[^}]*)\}", lambda found: given.get(found[1], found[2] or ""), text)

    def environment(self, name: str) -> dict[str, str]:
        stated = COMPOSE["services"][name]["environment"]
        return {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": "/nonexistent",
            "HOSTNAME": os.uname().nodename,
            "PORT": str(self.port),
            "DATA_DIR": str(self.folder / "data"),  # as the Dockerfile states it
            "STATIC_ROOT": str(self.folder / "static"),
            **{key: self.here(value) for key, value in stated.items()},
        }

    def run(self, name: str, *command: str) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(name), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def make_project(self, name: str, *, lead: str) -> tuple[int, str, str]:
        """A project from the template: its id, its slug and the key of a row of its environment."""
        script = f"""
from projects.actions import create_project
from projects.tables import TABLES
from tenants.models import Tenant, User
lead = User.objects.get(email={lead!r})
project = create_project(tenant=Tenant.objects.get(), lead=lead, by=lead, name={name!r}, kind="deployment")
print(project.pk, project.slug, TABLES["environment", "topics"].model.objects.filter(project=project).first().key)
"""
        pk, slug, key = self.run("web", "python", "manage.py", "shell", "--no-imports", "--command", script).split()
        return int(pk), slug, key

    def query(self, statement: str, *values: object) -> Any:
        address = self.database._replace(path=f"/{self.database_name}").geturl()
        with psycopg.connect(address) as connection:
            return connection.execute(statement, values).fetchone()

    def command(self, name: str) -> list[str]:
        return [self.here(word) for word in COMPOSE["services"][name]["command"]]

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command(name),
                cwd=ROOT,
                env=self.environment(name),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def is_healthy(self, name: str) -> bool:
        """What the container's health check says."""
        test = COMPOSE["services"][name].get("healthcheck", {}).get("test", ["CMD", "python", "docker/healthy.py"])
        command = [self.here(word.replace("$$", "$")) for word in test[1:]]
        done = subprocess.run(
            ["sh", "-c", command[0]] if test[0] == "CMD-SHELL" else command,
            cwd=ROOT,
            env=self.environment(name),
            capture_output=True,
            timeout=60,
        )
        return done.returncode == 0

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def end(self, name: str, sent: signal.Signals = signal.SIGTERM) -> None:
        process = self.processes.pop(name)
        process.send_signal(sent)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)

    @contextlib.contextmanager
    def with_database(self) -> Iterator[None]:
        server = self.database._replace(path="/postgres").geturl()
        names = (self.database_name, f"{self.database_name}_restored")
        with psycopg.connect(server, autocommit=True) as connection:
            for name in names:
                connection.execute(f"drop database if exists {name} with (force)")
                connection.execute(f"create database {name}")
            try:
                yield
            finally:
                for name in names:
                    connection.execute(f"drop database {name} with (force)")
                for number in (11, 12):
                    with redis.Redis.from_url(f"redis://{self.redis}/{number}") as broker:
                        broker.flushdb()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Started in the order of the file's depends_on; the first superuser is Olu of Contoso."""
    inbox = Inbox()
    inbox.server.start()
    made = Installation(tmp_path_factory.mktemp("compose"), inbox)
    try:
        with made.with_database():
            made.run("web", "python", "manage.py", "collectstatic", "--noinput")
            made.run("migrate", *made.command("migrate"))
            (made.folder / "password").write_text(PASSWORD)
            made.run(
                *("web", "python", "manage.py", "first_run", "--email=olu@contoso.example", "--name=Olu Adeyemi"),
                *("--tenant=Contoso", f"--password-file={made.folder}/password"),
            )
            try:
                for name in ("web", "worker", "beat"):
                    made.start(name)
                wait_until(lambda: status_of(made.port) == 200, 60, "the web server answers")
                yield made
            finally:
                for name in list(made.processes):
                    made.end(name)
    finally:
        inbox.server.stop()


@pytest.mark.services
@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_what_compose_starts_becomes_healthy_and_stays_up(installation, name):
    wait_until(lambda: installation.is_healthy(name), 60, f"{name} is healthy")
    assert installation.processes[name].poll() is None, installation.log(name)


@pytest.fixture(scope="module")
def olu(installation: Installation) -> Browser:
    """Signed in with the code that a worker sent to a real mail server."""
    browser = Browser(installation.address)
    browser.post("/accounts/login/code/", email="olu@contoso.example")
    wait_until(lambda: installation.inbox.to("olu@contoso.example"), 30, "the code arrives")
    mail = installation.inbox.to("olu@contoso.example")[-1]
    assert "approvals@contoso.example" in mail["From"]
    body = mail.get_payload(0) if mail.is_multipart() else mail
    code = re.search(r"\b\d{4} \d{4}\b", body.get_payload(decode=True).decode())
    assert code, body
    browser.post("/accounts/login/code/confirm/", follow=False, code=code[0])
    return browser


@pytest.mark.services
def test_somebody_signs_in_with_a_mailed_code_changes_a_plan_and_a_worker_judges_it_anew(installation, olu):
    project, slug, key = installation.make_project("Contoso Endpoint 2027", lead="olu@contoso.example")

    def judged() -> tuple[int, int]:
        """How far the history is, and the verdict knows it; no page is opened, so only a worker can catch up."""
        return installation.query(
            "select p.ledger_seq, coalesce(v.ledger_seq, 0) from projects_project p"
            " left join readiness_verdict v on v.project_id = p.id where p.id = %s",
            project,
        )

    before = judged()[0]
    aside = f"/projects/{slug}/plan/environment/topics/{key}/does-not-apply/"
    olu.post(aside, follow=False, because="We have none of this.")
    assert judged()[0] > before
    wait_until(lambda: judged()[0] == judged()[1], 30, "the worker has judged the change")
    assert "We have none of this." in olu.get(f"/projects/{slug}/plan/environment/")
    assert "Contoso Endpoint 2027" in olu.get("/")


@pytest.mark.services
def test_pages_are_served_with_their_styles_compressed(installation):
    page = Browser(installation.address).get("/accounts/login/")
    style = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert style
    request = urllib.request.Request(installation.address + style[1], headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.services
def test_a_backup_restored_as_described_is_whole(installation, monkeypatch):
    """The two commands of docs/OPERATIONS.md; the check asserts that the guards of insert-only tables came along."""

    def postgres(command: str, name: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
        assert f"{command} --username=mdeprep" in (ROOT / "docs/OPERATIONS.md").read_text()
        address = installation.database._replace(path=f"/{name}").geturl()
        flags = ["--format=custom"] if command == "pg_dump" else ["--clean", "--if-exists"]
        return subprocess.run([command, *flags, f"--dbname={address}"], check=True, stdout=subprocess.PIPE, **options)

    dump = postgres("pg_dump", installation.database_name).stdout
    restored = f"{installation.database_name}_restored"
    postgres("pg_restore", restored, input=dump)
    monkeypatch.setattr(installation, "database_name", restored)
    installation.run("web", "python", "manage.py", "check", "--database=default")
    assert "No migrations to apply" in installation.run("migrate", *installation.command("migrate"))
    with pytest.raises(AssertionError, match="There is a superuser already"):
        installation.run("web", "python", "manage.py", "first_run")
