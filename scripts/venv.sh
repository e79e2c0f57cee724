#!/bin/sh
# Make .venv hold exactly what a requirements file pins; takes no time when it already does.
# usage: scripts/venv.sh requirements.txt
set -eu
cd "$(dirname "$0")/.."
wanted=$1
# The development set contains the runtime set: starting the application does not take it away.
[ ! -e .venv/installed-requirements-dev.txt ] || wanted=requirements-dev.txt
installed=.venv/installed-$wanted # a copy of what was installed last

fail() {
    echo "mdeprep: $1" >&2
    exit 1
}

# Sets $python to the newest interpreter that serves, or says in one line what to install.
choose_python() {
    too_old='' without_venv=''
    for python in python3.13 python3.12 python3.11 python3; do
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            too_old=$version
        elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            without_venv=${without_venv:-$version}
        else
            return 0
        fi
    done
    [ -z "$without_venv" ] || fail "Python $without_venv has no venv module. Remedy: apt-get install python$without_venv-venv"
    [ -z "$too_old" ] || fail "Python $too_old is too old, 3.11 or newer is needed. Remedy (Debian 12): apt-get install python3.11 python3.11-venv"
    fail "Python is missing. Remedy (Debian 12): apt-get install python3 python3-venv"
}

if [ -x .venv/bin/python ]; then
    if cmp -s "$wanted" "$installed"; then exit 0; fi
else
    choose_python
    echo "Making .venv with Python $version" >&2
    "$python" -m venv --clear .venv || fail "making .venv failed, see above"
fi

echo "Installing $wanted into .venv" >&2
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
# uv takes seconds where pip takes minutes, but it does not know a mirror or certificates that only pip is set up for.
.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes "$wanted" || {
    echo "uv could not, see above; trying pip, which takes longer" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$wanted"
}
cp "$wanted" "$installed"
