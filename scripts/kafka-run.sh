#!/usr/bin/env bash
# Runs one Apache Kafka node (KRaft: broker and controller in one) on the loopback interface, until it is stopped.
#   scripts/kafka-run.sh PORT CONTROLLER_PORT DIRECTORY
# The directory keeps the log; a second run on it goes on where the first ended.
set -euo pipefail
port=$1 controller=$2 directory=$3

jars=$("$(dirname "$0")/kafka-fetch.sh")
mkdir -p "$directory"
cat >"$directory/server.properties" <<SETTINGS
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$directory/log
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
log.cleaner.dedupe.buffer.size=4194304
SETTINGS

java=(java -Xmx512m -Xms128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true -cp "$jars/*")
if [ ! -f "$directory/log/meta.properties" ]; then
    # The cluster's id is sixteen bytes in base64: "healthcare-tests".
    "${java[@]}" kafka.tools.StorageTool format --cluster-id aGVhbHRoY2FyZS10ZXN0cw --config "$directory/server.properties"
fi
exec "${java[@]}" kafka.Kafka "$directory/server.properties"
