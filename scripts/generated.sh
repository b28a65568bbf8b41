#!/usr/bin/env bash
# scripts/generated.sh
#
# Fails when "go generate" changes something, which it leaves changed. What else is not committed does not matter.
set -euo pipefail
cd "$(dirname "$0")/.."

# state lists each file that git does not ignore, with a fingerprint of its content.
state() {
  local files
  files=$(git ls-files --cached --others --exclude-standard | sort | while IFS= read -r file; do
    if [ -f "$file" ]; then echo "$file"; fi
  done)
  paste -d ' ' <(git hash-object --stdin-paths <<<"$files") - <<<"$files"
}

before=$(state)
go generate ./...
if ! changed=$(diff <(echo "$before") <(state)); then
  echo "not up to date; go generate changed:"
  grep '^>' <<<"$changed" | cut -d ' ' -f 3- || true
  exit 1
fi
