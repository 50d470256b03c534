#!/usr/bin/env bash
# Installs the PyPI packages of tests/NAME/requirements.txt, all pinned, into a venv at target/NAME, once for each
# version of that file. Prints the folder.
#   scripts/pip-fetch.sh NAME
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=$PWD/tests/$1/requirements.txt to=$PWD/target/$1
wanted=$(sha256sum "$requirements" | cut -d' ' -f1)
complete() { [ "$(cat "$to/.complete" 2>/dev/null)" = "$wanted" ]; }

if ! complete; then
    mkdir -p "$to"
    exec 9>"$to.lock"
    flock 9 # two test processes may ask at the same moment
    if ! complete; then
        python3 -m venv --clear "$to" || { echo "python3-venv is missing: run scripts/install.sh test" >&2; exit 1; }
        "$to/bin/pip" -q --disable-pip-version-check install --no-deps -r "$requirements" >&2
        echo "$wanted" >"$to/.complete"
    fi
fi
echo "$to"
