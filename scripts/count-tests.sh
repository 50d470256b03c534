#!/usr/bin/env bash
# Runs a command that prints cargo's "test result" lines, shows its output as it comes, and ends with their sum.
# The exit status is the command's own; and no test at all, or a failed one, is never a success.
set -uo pipefail
"$@" 2>&1 | awk '
    { print; fflush() }
    /^test result: / {
        for (i = 2; i <= NF; i++) {
            if ($i ~ /^passed/) passed += $(i - 1)
            if ($i ~ /^failed/) failed += $(i - 1)
            if ($i ~ /^ignored/) ignored += $(i - 1)
        }
    }
    END {
        printf "\n%d passed, %d failed", passed, failed
        if (ignored) printf ", %d skipped", ignored
        printf "\n"
        exit(failed || !passed)
    }'
status=("${PIPESTATUS[@]}")
exit $((status[0] ? status[0] : status[1]))
