#!/usr/bin/env bash
# scripts/tool.sh NAME [ARGUMENT...]
#
# Runs a Go tool at the version pinned here, built below bin/tools when it is missing. They are kept out of go.mod, whose
# requirements are the program's own.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

case "${1:-}" in
  golangci-lint) package=github.com/golangci/golangci-lint/v2/cmd/golangci-lint version=v2.15.0 ;;
  oasdiff) package=github.com/oasdiff/oasdiff version=v1.36.0 ;;
  *)
    echo "tool: which? golangci-lint or oasdiff" >&2
    exit 2
    ;;
esac

# Built with the Go that is used now: linters refuse code of a newer Go than their own.
folder="$root/bin/tools/$1-$version-$(go env GOVERSION)"
if [ ! -x "$folder/$1" ]; then
  echo "tool: building $package@$version" >&2
  # From elsewhere, and without flags meant for this module.
  (cd / && GOBIN="$folder" GOFLAGS="" CGO_ENABLED=0 go install "$package@$version" >&2)
fi
tool="$folder/$1"
shift
exec "$tool" "$@"
