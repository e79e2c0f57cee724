"""The start on a computer that lacks something says so in one line, with the remedy."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what scripts/venv.sh needs, and a PATH without any Python."""
    (tmp_path / "clone/scripts").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    for name in ("scripts/venv.sh", "requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        shutil.copy(ROOT / name, tmp_path / "clone" / name)
    for tool in ("sh", "dirname", "cmp", "rm", "cp", "mkdir", "cat", "chmod"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    return tmp_path


def put_python(clone: Path, name: str, version: str, *, has_venv: bool = True) -> None:
    """A stand-in that answers what the script asks an interpreter, and makes a .venv whose tools do nothing."""
    is_new = "0" if tuple(map(int, version.split("."))) >= (3, 11) else "1"
    script = clone / "bin" / name
    script.write_text(
        f"""#!/bin/sh
case "$*" in
    *print*) echo {version} ;;
    *version_info*) exit {is_new} ;;
    *ensurepip*) exit {0 if has_venv else 1} ;;
    *"-m venv"*)
        mkdir -p .venv/bin
        for tool in python uv; do
            echo '#!/bin/sh' >.venv/bin/$tool
            chmod +x .venv/bin/$tool
        done ;;
esac
"""
    )
    script.chmod(0o755)


def make_venv(clone: Path, requirements: str = "requirements.txt") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["scripts/venv.sh", requirements],
        cwd=clone / "clone",
        env={"PATH": str(clone / "bin")},
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_no_python_at_all(clone):
    made = make_venv(clone)
    assert made.returncode == 1
    assert made.stderr == "mdeprep: Python is missing. Remedy (Debian 12): apt-get install python3 python3-venv\n"


def test_a_python_that_is_too_old(clone):
    put_python(clone, "python3", "3.9")
    made = make_venv(clone)
    assert made.returncode == 1
    assert made.stderr == (
        "mdeprep: Python 3.9 is too old, 3.11 or newer is needed. "
        "Remedy (Debian 12): apt-get install python3.11 python3.11-venv\n"
    )


def test_a_python_without_venv(clone):
    put_python(clone, "python3", "3.11", has_venv=False)
    made = make_venv(clone)
    assert made.returncode == 1
    assert made.stderr == "mdeprep: Python 3.11 has no venv module. Remedy: apt-get install python3.11-venv\n"


def test_the_newest_python_that_serves_is_taken(clone):
    put_python(clone, "python3", "3.9")
    put_python(clone, "python3.11", "3.11")
    put_python(clone, "python3.12", "3.12")
    put_python(clone, "python3.13", "3.13", has_venv=False)
    made = make_venv(clone)
    assert made.returncode == 0
    assert "Making .venv with Python 3.12\n" in made.stderr


def test_the_second_start_installs_nothing(clone):
    put_python(clone, "python3", "3.11")
    assert "Installing requirements.txt" in make_venv(clone).stderr
    again = make_venv(clone)
    assert (again.returncode, again.stderr) == (0, "")


def test_starting_after_a_test_run_does_not_take_the_development_tools_away(clone):
    put_python(clone, "python3", "3.11")
    make_venv(clone, "requirements-dev.txt")
    again = make_venv(clone, "requirements.txt")
    assert (again.returncode, again.stderr) == (0, "")


def test_changed_requirements_are_installed(clone):
    put_python(clone, "python3", "3.11")
    make_venv(clone)
    (clone / "clone/requirements.txt").write_text("another==1\n")
    assert "Installing requirements.txt" in make_venv(clone).stderr


def test_no_file_names_a_package_registry():
    """An adopter's own mirror is used as their pip and uv are set up."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "jsdelivr" + ".net", "unpkg" + ".com")
    found = [
        name
        for name in listed.split("\0")
        if name
        and (ROOT / name).is_file()
        and any(host in (ROOT / name).read_text("utf-8", "ignore") for host in hosts)
    ]
    assert found == []


def test_make_names_every_target(tmp_path):
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ).stdout
    for target in ("run", "test", "lint", "bench", "demo-reset", "clean"):
        assert f"make {target} " in told
