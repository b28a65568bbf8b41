#!/usr/bin/env bash
# scripts/conformance.sh [--only NAME] [--verbose] [AREA...]
#
# Replays the contract's recordings (../shared, or SHARED) against bin/mission-control: on SQLite, and on PostgreSQL when
# TEST_DATABASE_URL names a server (scripts/with-services.sh does). Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
shared=${SHARED:-../shared}

if [ ! -d "$shared/conformance" ]; then
  echo "conformance: not played, there is no $shared/conformance" >&2
  if [ "${CI:-}" = true ]; then echo "0 passed, 1 failed"; exit 1; fi
  echo "0 passed, 0 failed"
  exit 0
fi
databases=(--database sqlite)
if [ -n "${TEST_DATABASE_URL:-}" ]; then
  databases+=(--database "$TEST_DATABASE_URL")
elif [ "${CI:-}" = true ]; then
  echo "conformance: TEST_DATABASE_URL is not set" >&2
  exit 1
fi
make --no-print-directory build >&2
exec scripts/python.sh test/conformance/run.py --shared "$shared" --binary bin/mission-control "${databases[@]}" "$@"
