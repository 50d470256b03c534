use std::time::Duration;

use healthcare_tests::kafka::{KafkaBroker, shared};
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{ClientConfig, Message};

async fn produce(broker: &KafkaBroker, topic: &str, values: &[&str]) {
    let producer: FutureProducer = ClientConfig::new()
        .set("bootstrap.servers", broker.brokers())
        .set("enable.idempotence", "true")
        .create()
        .expect("a producer");
    for value in values {
        let record = FutureRecord::to(topic).key("patient").payload(*value);
        producer.send(record, Duration::from_secs(30)).await.expect("acknowledged");
    }
}

async fn consume(broker: &KafkaBroker, topic: &str, number: usize) -> Vec<String> {
    let consumer: StreamConsumer = ClientConfig::new()
        .set("bootstrap.servers", broker.brokers())
        .set("group.id", topic)
        .set("auto.offset.reset", "earliest")
        .create()
        .expect("a consumer");
    consumer.subscribe(&[topic]).expect("subscribes");
    let mut values = Vec::new();
    while values.len() < number {
        let received = tokio::time::timeout(Duration::from_secs(60), consumer.recv()).await;
        let message = received.expect("in time").expect("a message");
        assert_eq!(message.key(), Some(b"patient".as_slice()));
        values.push(String::from_utf8(message.payload().expect("a value").to_vec()).expect("text"));
    }
    values
}

#[tokio::test]
async fn what_is_produced_to_a_real_kafka_is_consumed_in_order() {
    let broker = shared().await;
    broker.create_topic("support.ground", 3).await;
    produce(broker, "support.ground", &["one", "two", "three"]).await;
    assert_eq!(consume(broker, "support.ground", 3).await, ["one", "two", "three"]);
}

#[tokio::test]
async fn a_stopped_kafka_comes_back_with_its_log() {
    let mut broker = KafkaBroker::start().await;
    broker.create_topic("support.kept", 1).await;
    produce(&broker, "support.kept", &["before"]).await;
    broker.stop();
    broker.start_again().await;
    produce(&broker, "support.kept", &["after"]).await;
    assert_eq!(consume(&broker, "support.kept", 2).await, ["before", "after"]);
}
