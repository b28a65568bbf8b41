#!/usr/bin/env bash
# scripts/python.sh [ARGUMENT...]
#
# Runs Python with the packages of test/requirements.txt, in a virtual environment below bin/tools that is made when it
# is missing or the requirements changed.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
requirements="$root/test/requirements.txt"

say() { echo "python: $*" >&2; }

apt_install() { # PACKAGE...
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    say "$* is not installed, and only root could install it with apt-get"
    exit 1
  fi
  say "installing $*"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"; } >&2
}

command -v python3 >/dev/null || apt_install python3 python3-venv
key=$({ python3 --version; cat "$requirements"; } | sha256sum | cut -c1-12)
venv="$root/bin/tools/python-$key"

if [ ! -e "$venv/complete" ]; then
  # Debian leaves ensurepip out of python3.
  python3 -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
  rm -rf "$venv"
  python3 -m venv "$venv" >&2
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2
  touch "$venv/complete"
fi
# Nothing is to be left beside the sources.
export PYTHONDONTWRITEBYTECODE=1
exec "$venv/bin/python" "$@"
