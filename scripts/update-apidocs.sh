#!/usr/bin/env bash
# Fetches the pinned Swagger UI and ReDoc builds from npm into internal/apidocs/thirdparty.
#
# Run by hand when a version is bumped here; the result is committed, so that building the program needs no npm.
set -euo pipefail
cd "$(dirname "$0")/.."

swagger_ui=5.35.0
# ReDoc 3 sends traces to its vendor and loads icons from a CDN; 2.x does neither, but for one logo (below).
redoc=2.5.4

out=internal/apidocs/thirdparty
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # PACKAGE VERSION: unpacks it into $work/PACKAGE; npm verifies the registry's checksum
  mkdir -p "$work/$1"
  tarball=$(npm pack --silent --pack-destination "$work" "$1@$2")
  tar -xzf "$work/$tarball" -C "$work/$1" --strip-components=1
}

fetch swagger-ui-dist "$swagger_ui"
fetch redoc "$redoc"

rm -rf "$out"
mkdir -p "$out/swagger-ui" "$out/redoc"

from="$work/swagger-ui-dist"
for file in swagger-ui-bundle.js swagger-ui.css; do
  gzip -9nc "$from/$file" >"$out/swagger-ui/$file.gz"
done
cp "$from"/{LICENSE,NOTICE,swagger-ui-bundle.js.LICENSE.txt,oauth2-redirect.js,favicon-32x32.png} "$out/swagger-ui/"

# The logo beside "API docs by Redocly" is the one thing that ReDoc would load from elsewhere. ReDoc hides it when it
# fails to load, which an empty data URL does without a request.
from="$work/redoc"
logo=https://cdn.redoc.ly/redoc/logo-mini.svg
bundle="$from/bundles/redoc.standalone.js"
[ "$(grep -o "$logo" "$bundle" | wc -l)" -eq 1 ] || { echo "redoc $redoc: the logo's address changed" >&2; exit 1; }
sed -i "s|$logo|data:,|" "$bundle"
if grep -oE "https?://(cdn|otel)[a-zA-Z0-9./_-]*" "$bundle"; then
  echo "redoc $redoc: the bundle names other hosts (above)" >&2
  exit 1
fi
gzip -9nc "$bundle" >"$out/redoc/redoc.standalone.js.gz"
cp "$from"/{LICENSE,bundles/redoc.standalone.js.LICENSE.txt} "$out/redoc/"

chmod -R u=rwX,go=rX "$out"
printf 'swagger-ui-dist %s\nredoc %s\n' "$swagger_ui" "$redoc" >"$out/VERSIONS"
echo "$out: swagger-ui-dist $swagger_ui, redoc $redoc"
