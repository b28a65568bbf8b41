#!/usr/bin/env bash
# scripts/fuzz.sh
#
# Runs every fuzz target of the module for FUZZ_TIME (5s) each. An input that breaks one is left in the package's
# testdata/fuzz, to be committed with the repair. Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
passed=0 failed=0

# time_was_up OUTPUT: whether all that failed was that the fuzzing time ended, which go test before 1.27 may report so
# (go.dev/issue/75804).
time_was_up() {
  grep -q '^    context deadline exceeded$' <<<"$1" && ! grep -q 'Failing input written to\|panic:\|DATA RACE' <<<"$1"
}

# Only packages that have one are built to be asked.
mapfile -t folders < <({ grep -rl --exclude-dir=bin --include='*_test.go' '^func Fuzz' . || true; } | xargs -r -n1 dirname | sort -u)
for folder in ${folders[@]+"${folders[@]}"}; do
  targets=$(go test -list '^Fuzz' "$folder") || { echo "$targets"; failed=$((failed + 1)); continue; }
  for target in $(grep '^Fuzz' <<<"$targets" || true); do
    if output=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZ_TIME:-5s}" "$folder" 2>&1) ||
      time_was_up "$output"; then
      passed=$((passed + 1))
      echo "ok   $folder $target: $(grep '^fuzz: elapsed' <<<"$output" | tail -n 1)"
    else
      failed=$((failed + 1))
      printf '%s\nFAIL %s %s\n' "$output" "$folder" "$target"
    fi
  done
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
