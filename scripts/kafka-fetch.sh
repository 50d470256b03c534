#!/usr/bin/env bash
# Brings Apache Kafka's jars (tests/kafka/pom.xml) to target/kafka, once for each version of the pom. Prints the folder.
set -euo pipefail
cd "$(dirname "$0")/.."

jars=$PWD/target/kafka
wanted=$(sha256sum tests/kafka/pom.xml | cut -d' ' -f1)
complete() { [ "$(cat "$jars/.complete" 2>/dev/null)" = "$wanted" ]; }

if ! complete; then
    mkdir -p "$jars"
    exec 9>"$jars.lock"
    flock 9 # two test processes may ask at the same moment
    if ! complete; then
        command -v mvn >/dev/null || { echo "Maven is missing: run scripts/install.sh test" >&2; exit 1; }
        rm -f "$jars"/*.jar
        mvn -q -B -Dstyle.color=never -f tests/kafka/pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$jars" >&2
        echo "$wanted" >"$jars/.complete"
    fi
fi
echo "$jars"
