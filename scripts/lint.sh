#!/bin/bash
# Every check that needs no test run; stops at the first that fails.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
DATA_DIR=$(mktemp -d)
export DATA_DIR
trap 'rm -rf "$DATA_DIR"' EXIT

step() {
    echo "== $*"
    "$@"
}
step ruff check
step ruff format --check
step mypy
step lint-imports --no-logo
step djlint templates --lint --quiet
step bandit -q -r -c pyproject.toml mdeprep readiness stakeholders projects tenants
step python manage.py makemigrations --check --dry-run
# As a real installation: nothing may be left to say about its settings.
export PUBLIC_URL=https://mdeprep.example.org DEMO=no EMAIL_URL=smtp+tls://mail.example.org:587
step python manage.py check --deploy --fail-level WARNING
