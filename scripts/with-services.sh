#!/usr/bin/env bash
# scripts/with-services.sh COMMAND [ARGUMENT...]
#
# Runs COMMAND with a throw-away PostgreSQL and Redis on free loopback ports, named in TEST_DATABASE_URL and
# TEST_REDIS_URL, and returns its exit status. A variable that is set already is left alone, and nothing is started for
# it. What is missing is installed with apt-get when we are root; otherwise the script stops and says what is missing.
set -euo pipefail

(($# > 0)) || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }

say() { echo "with-services: $*" >&2; }
die() { say "$*"; exit 1; }

work=$(mktemp -d "${TMPDIR:-/tmp}/mission-control-services.XXXXXX")
chmod 755 "$work" # the PostgreSQL user has to get through
postgres_bin="" command_pid="" redis_pid=""

# shellcheck disable=SC2317 # reached through the trap
stop_all() {
  local status=$?
  trap - EXIT INT TERM HUP
  if [ -n "$command_pid" ]; then kill -TERM -- "-$command_pid" 2>/dev/null || true; fi
  if [ -n "$redis_pid" ]; then kill "$redis_pid" 2>/dev/null || true; fi
  if [ -e "$work/postgres/data/postmaster.pid" ]; then
    as_postgres "$postgres_bin/pg_ctl" --silent --mode=immediate --pgdata="$work/postgres/data" stop || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" -ne 0 ]; then
    (cd "$work" && "$@")
  else
    (cd "$work" && runuser -u "$(id -un postgres 2>/dev/null || echo nobody)" -- "$@")
  fi
}

# require PACKAGE: installs it, or stops.
require() {
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    die "$1 is not installed. Install it, or name a running one in TEST_DATABASE_URL / TEST_REDIS_URL"
  fi
  say "installing $1"
  local log="$work/apt.log"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$1"; } >"$log" 2>&1 ||
    { cat "$log" >&2; die "apt-get could not install $1"; }
}

# A port below the range that the kernel hands out for outgoing connections. Another program may take it before our
# server does: whoever uses it tries again with the next.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

find_postgres() {
  local dir
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin | sort -rV) \
    "$(dirname "$(command -v initdb || echo /nowhere/initdb)")"; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ]; then postgres_bin=$dir; return 0; fi
  done
  return 1
}

start_postgres() {
  find_postgres || { require postgresql && find_postgres; } || die "initdb and pg_ctl are nowhere to be found"
  local home="$work/postgres" log="$work/postgres/log" port settings
  mkdir "$home"
  if [ "$(id -u)" -eq 0 ]; then chown "$(id -un postgres 2>/dev/null || echo nobody)" "$home"; fi
  as_postgres "$postgres_bin/initdb" --pgdata="$home/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C \
    --no-sync >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; die "initdb failed"; }
  settings="-c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c max_connections=200"
  # Nothing here has to survive a power cut.
  settings+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  # Far from UTC, and not by whole hours: what leans on the server's time zone shows.
  if [ -e /usr/share/zoneinfo/Asia/Kathmandu ]; then settings+=" -c timezone=Asia/Kathmandu"; fi
  for _ in 1 2 3 4 5; do
    port=$(free_port)
    if as_postgres "$postgres_bin/pg_ctl" --silent --wait --timeout=60 --pgdata="$home/data" --log="$log" \
      --options="$settings -c port=$port" start >/dev/null 2>&1; then
      export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
      # For psql in scripts.
      export PATH="$PATH:$postgres_bin"
      return 0
    fi
  done
  cat "$log" >&2
  die "PostgreSQL does not start"
}

start_redis() {
  command -v redis-server >/dev/null || require redis-server
  local port log="$work/redis.log"
  for _ in 1 2 3 4 5; do
    port=$(free_port)
    redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$work" >"$log" 2>&1 </dev/null &
    redis_pid=$!
    for _ in $(seq 100); do
      if grep -qi 'ready to accept connections' "$log"; then
        export TEST_REDIS_URL="redis://127.0.0.1:$port/0"
        return 0
      fi
      kill -0 "$redis_pid" 2>/dev/null || break
      sleep 0.1
    done
    kill "$redis_pid" 2>/dev/null || true
    redis_pid=
  done
  cat "$log" >&2
  die "Redis does not start"
}

[ -n "${TEST_DATABASE_URL:-}" ] || start_postgres
[ -n "${TEST_REDIS_URL:-}" ] || start_redis

# In the background, so that a signal to us is acted on at once; in a process group of its own, so that stop_all ends
# all of it.
set -m
"$@" </dev/null &
command_pid=$!
set +m
status=0
wait "$command_pid" || status=$?
command_pid=
exit "$status"
