#!/usr/bin/env bash
# Fetches the OpenID provider of the tests, as tests/oidc/package-lock.json pins it; nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")/../tests/oidc"
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
touch node_modules/.package-lock.json
