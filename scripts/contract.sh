#!/usr/bin/env bash
# scripts/contract.sh
#
# Compares what bin/mission-control says of itself with the contract (../shared, or SHARED), and with what it does:
#   1. oasdiff finds no breaking change from the contract's document to ours, in the operations that we have;
#   2. nor does test/contract find a difference of the kinds that oasdiff passes over;
#   3. schemathesis gets no answer that our document does not allow (CONTRACT_SECONDS, 90).
# Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
shared=${SHARED:-../shared}

if [ ! -e "$shared/reference/openapi.json" ]; then
  echo "contract: not compared, there is no $shared/reference" >&2
  if [ "${CI:-}" = true ]; then echo "0 passed, 1 failed"; exit 1; fi
  echo "0 passed, 0 failed"
  exit 0
fi

make --no-print-directory build >&2
work=$(mktemp -d "${TMPDIR:-/tmp}/mission-control-contract.XXXXXX")
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() { # TITLE COMMAND...
  local title=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    echo "ok   $title"
  else
    failed=$((failed + 1))
    echo "FAIL $title"
  fi
}

bin/mission-control openapi >"$work/ours.json"
check "documents agree in what oasdiff passes over" \
  go run ./test/contract -contract "$shared/reference/openapi.json" -ours "$work/ours.json" -cut "$work/contract.json"
check "oasdiff: no breaking change" scripts/tool.sh oasdiff breaking --fail-on WARN --color never --format singleline \
  "$work/contract.json" "$work/ours.json"
check "schemathesis: every answer is as documented" scripts/python.sh test/contract/probe.py --binary bin/mission-control \
  --gateway "$shared/conformance/fake_gateway.py" --seconds "${CONTRACT_SECONDS:-90}"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
