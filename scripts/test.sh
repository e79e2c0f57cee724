#!/bin/bash
# The whole suite on SQLite, then on PostgreSQL and Redis what may differ there, where they answer.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/system.sh

if may_install; then
    install_system
    services_answer || start_services
else
    say_what_is_missing
fi

# Modules in the order of conftest.py: the long ones first, so that no processor waits for the other at the end.
# Three for the two processors of the pipeline: whoever starts whole programs waits for half of the time.
run_pytest() { .venv/bin/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder "$@"; }
unset DATABASE_URL BROKER_URL CACHE_URL EMAIL_URL PUBLIC_URL DATA_DIR SECRET_KEY DEMO
unset PYTHONDONTWRITEBYTECODE # some eighty Pythons are started: what they import is compiled once

failed=0
if services_answer; then
    echo "== Embedded: SQLite"
    run_pytest -m "not services" || failed=1
    echo "== PostgreSQL and Redis"
    DATABASE_URL=$TEST_DATABASE_URL BROKER_URL=$TEST_REDIS_URL run_pytest -m "services or both or browser" || failed=1
elif [ "${CI:-}" = true ]; then
    echo "PostgreSQL or Redis does not answer: with CI=true nothing may be left out" >&2
    failed=1
else
    echo "== Embedded: SQLite"
    run_pytest || failed=1
fi
exit $failed
