# Sourced by test.sh and .ci/run: what tests need from the system: a browser, Pango and fonts (PDF), PostgreSQL and Redis.

# The first that lets us in, unless one is given: the role that start_services makes, or a server open to this computer.
test_databases=${TEST_DATABASE_URL:-postgresql://mdeprep:mdeprep@127.0.0.1:5432/mdeprep postgresql://postgres@127.0.0.1:5432/mdeprep}
export TEST_REDIS_URL=${TEST_REDIS_URL:-redis://127.0.0.1:6379/15}

has() { command -v "$1" >/dev/null; }
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
may_install() { [ "${CI:-}" = true ] || [ "${SYSTEM:-}" = 1 ]; }

# Both answer: TEST_DATABASE_URL is then the address that does.
services_answer() {
    for TEST_DATABASE_URL in $test_databases; do
        export TEST_DATABASE_URL
        if .venv/bin/python - 2>/dev/null <<'END'; then return 0; fi
import os, psycopg, redis
address = os.environ["TEST_DATABASE_URL"].rsplit("/", 1)[0] + "/postgres"
psycopg.connect(address, connect_timeout=3).close()
redis.Redis.from_url(os.environ["TEST_REDIS_URL"], socket_connect_timeout=3).ping()
END
    done
    return 1
}

install_system() {
    local packages=()
    has chromium || packages+=(chromium)
    has pg_ctlcluster || packages+=(postgresql)
    has redis-server || packages+=(redis-server)
    ldconfig -p | grep -q libpangoft2-1.0 || packages+=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
    [ -d /usr/share/fonts/truetype/liberation ] || packages+=(fonts-liberation)
    if [ ${#packages[@]} -gt 0 ]; then
        [ "$(id -u)" = 0 ] || { echo "Installing ${packages[*]} needs root" >&2; return 1; }
        echo "Installing ${packages[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
    fi
}

start_services() {
    if ! listens 5432; then
        for version in /etc/postgresql/*; do
            pg_ctlcluster --skip-systemctl-redirect "${version##*/}" main start || true
        done
    fi
    listens 6379 || redis-server --daemonize yes --bind 127.0.0.1 --save '' --appendonly no >/dev/null
    for _ in $(seq 60); do
        if listens 5432 && listens 6379; then break; fi
        sleep 0.5
    done
    # The role that makes and drops the test databases.
    (cd / && runuser -u postgres -- psql -qX -v ON_ERROR_STOP=1 postgres) <<'END'
do $$ begin
    if not exists (select from pg_roles where rolname = 'mdeprep') then
        create role mdeprep login createdb password 'mdeprep';
    end if;
end $$
END
}

say_what_is_missing() {
    has chromium || echo "Missing: chromium. The browser tests are skipped; SYSTEM=1 make test installs it."
    services_answer || echo "Missing: PostgreSQL (one of: $test_databases) and Redis ($TEST_REDIS_URL)." \
        "Their tests are skipped; SYSTEM=1 make test installs and starts them."
}
