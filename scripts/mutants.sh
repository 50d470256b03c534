#!/usr/bin/env bash
# Changes the scores and the evaluator of rules in one place at a time and runs the tests of the crate: a change that no
# test notices is listed in docs/MUTANTS.md. What is changed is said in .cargo/mutants.toml; arguments go to cargo-mutants
# (`scripts/mutants.sh --shard 0/4`). An hour or two on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
version=27.1.0
if ! cargo mutants --version 2>/dev/null | grep -qF "$version"; then
    cargo install --locked "cargo-mutants@$version"
fi
out=target/mutants
mkdir -p "$out"
# It fails when one is missed; what is missed is listed below.
cargo mutants --package healthcare-dss --output "$out" --timeout 60 --no-shuffle "$@" || [ $? -le 3 ]
python3 scripts/mutants.py "$out/mutants.out" >docs/MUTANTS.md
