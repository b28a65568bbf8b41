#!/usr/bin/env bash
# scripts/test.sh
#
# Everything that proves the program, one stage after the other, whatever became of those before: the Go tests with the
# race detector, the fuzz targets (in CI, or with FUZZ_TIME), the contract's recordings, the contract's document. Each
# stage ends with "N passed, N failed", and so does the whole.
#
# Wants TEST_DATABASE_URL and TEST_REDIS_URL: run it through scripts/with-services.sh, as "make test" does.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0 table=""
last=$(mktemp)
trap 'rm -f "$last"' EXIT

stage() { # TITLE COMMAND...
  local title=$1 began=$SECONDS status count p=0 f=0
  shift
  echo "=== $title"
  "$@" 2>&1 | tee "$last"
  status=${PIPESTATUS[0]}
  count=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$last" | tail -n 1)
  if [ -n "$count" ]; then read -r p _ f _ <<<"$count"; fi
  # A stage that broke off has no count.
  if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  passed=$((passed + p)) failed=$((failed + f))
  table+=$(printf '%-12s %6d passed %4d failed %5d s' "$title" "$p" "$f" $((SECONDS - began)))$'\n'
}

# cgo is what the race detector needs; the program itself is built without.
stage "go test" env CGO_ENABLED=1 go run ./scripts/gotest -race -timeout 20m ./...
if [ "${CI:-}" = true ] || [ -n "${FUZZ_TIME:-}" ]; then stage fuzz scripts/fuzz.sh; fi
stage conformance scripts/conformance.sh
stage contract scripts/contract.sh

printf '===\n%s%d passed, %d failed\n' "$table" "$passed" "$failed"
[ "$failed" -eq 0 ]
