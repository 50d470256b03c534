#!/usr/bin/env bash
# A Kafka and a Redis on the loopback interface for a developer: on their usual ports where those are free. Until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."

taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
port_from() { # the first free port from this one on
    local port=$1
    while taken "$port"; do port=$((port + 1)); done
    echo "$port"
}
wait_for() { # port, process, name
    until taken "$1"; do
        kill -0 "$2" 2>/dev/null || { echo "$3 did not start: see $directory/$3.log" >&2; exit 1; }
        sleep 0.1
    done
}

redis=$(port_from 6379)
kafka=$(port_from 9092)
controller=$(port_from $((kafka + 1)))
directory=$PWD/target/services
mkdir -p "$directory"

pids=()
trap 'trap - EXIT; kill "${pids[@]}" 2>/dev/null || true; wait' EXIT
trap 'exit 0' INT TERM
redis-server --bind 127.0.0.1 --port "$redis" --save '' --appendonly no --dir "$directory" >"$directory/redis.log" 2>&1 &
pids+=($!)
# Its log starts empty each time: the controller's port is part of it.
rm -rf "$directory/kafka"
scripts/kafka-run.sh "$kafka" "$controller" "$directory/kafka" >"$directory/kafka.log" 2>&1 &
pids+=($!)
wait_for "$redis" "${pids[0]}" redis
wait_for "$kafka" "${pids[1]}" kafka

cat <<READY
Redis and Kafka run. For the server:

  export KAFKA_BROKERS=127.0.0.1:$kafka REDIS_URL=redis://127.0.0.1:$redis/

Ctrl-C stops both.
READY
wait -n || true
echo "a service ended: see $directory" >&2
exit 1
