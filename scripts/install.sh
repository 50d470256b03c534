#!/usr/bin/env bash
# Installs by apt-get what is missing on this Debian, and nothing when nothing is.
#   scripts/install.sh run     what `make run` needs
#   scripts/install.sh test    that, and what the tests need
set -euo pipefail
cd "$(dirname "$0")/.."

die() { echo "install: $*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

what=${1:-run}
case $what in run | test) ;; *) die "say what for: run or test" ;; esac

# A package is asked for only when what it brings is not there, however it came.
missing=()
need() { # package, then the test that it is there
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}
postgresql_server() {
    local initdb
    for initdb in /usr/lib/postgresql/*/bin/initdb; do [ -x "$initdb" ] && return; done
    has initdb && has postgres
}
# rdkafka builds librdkafka with configure and make, against zlib and OpenSSL; aws-lc needs a C compiler.
header() { echo "#include <$1>" | cc -E -x c - ; }
java_17() { local v; v=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p'); [ "${v:-0}" -ge 17 ]; }

need postgresql postgresql_server
need postgresql-client has psql
need gcc has cc
need g++ has c++
need make has make
need pkg-config has pkg-config
need python3-minimal has python3
need libc6-dev header stdio.h
need zlib1g-dev header zlib.h
need libssl-dev header openssl/ssl.h
need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
# What the tour of the README is typed with.
need curl has curl
need jq has jq
need oathtool has oathtool
if [ "$what" = test ]; then
    need redis-server has redis-server
    need openssl has openssl
    need nodejs has node
    need npm has npm
    need openjdk-17-jre-headless java_17
    need maven has mvn
    need kcat has kcat
    need python3-venv python3 -c 'import ensurepip, venv'
    need yamllint has yamllint
    need shellcheck has shellcheck
    need prometheus has promtool
fi

if [ ${#missing[@]} -gt 0 ]; then
    has apt-get || die "this is not Debian. Install by hand: ${missing[*]}"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        has sudo || die "neither root nor sudo. As root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    # The servers are started by healthcare and by the tests, each its own: Debian is to start none.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod +x "$policy"
        trap '"${as_root[@]}" rm -f "$policy"' EXIT
    fi
    echo "install: ${missing[*]}"
    install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}")
    "${install[@]}" >/dev/null || { "${as_root[@]}" apt-get -qq update && "${install[@]}" >/dev/null; } ||
        die "apt-get could not install: ${missing[*]}"
fi

if ! has cargo && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    die "cargo is installed but not in PATH: . ${CARGO_HOME:-$HOME/.cargo}/env"
fi
has cargo || die "the Rust toolchain is missing: https://rustup.rs"
if [ "$what" = test ]; then
    scripts/kafka-fetch.sh >/dev/null
    scripts/npm-fetch.sh oidc >/dev/null
    scripts/npm-fetch.sh pglite >/dev/null
    scripts/npm-fetch.sh spectral >/dev/null
    scripts/pip-fetch.sh schemathesis >/dev/null
    scripts/pip-fetch.sh lint >/dev/null
fi
