#!/usr/bin/env bash
# Installs the npm packages of tests/NAME exactly as its lock file says into target/NAME, once for each version of it,
# with the programs that stand beside it. Prints the folder.
#   scripts/npm-fetch.sh NAME
set -euo pipefail
cd "$(dirname "$0")/.."

from=$PWD/tests/$1 to=$PWD/target/$1
wanted=$(cat "$from"/* | sha256sum | cut -d' ' -f1)
complete() { [ "$(cat "$to/.complete" 2>/dev/null)" = "$wanted" ]; }

if ! complete; then
    mkdir -p "$to"
    exec 9>"$to.lock"
    flock 9 # two test processes may ask at the same moment
    if ! complete; then
        command -v npm >/dev/null || { echo "npm is missing: run scripts/install.sh test" >&2; exit 1; }
        cp "$from"/* "$to"
        (cd "$to" && npm ci --legacy-peer-deps --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
        echo "$wanted" >"$to/.complete"
    fi
fi
echo "$to"
