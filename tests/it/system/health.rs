use std::time::Duration;

use healthcare_tests::{
    app::Ask,
    free_port,
    redis::RedisServer,
    server::{Server, status, until},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};

async fn ready(server: &Server) -> Value {
    reqwest::Client::new().get(format!("{}/readyz", server.url)).answer().await.body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_postgresql_is_started_again_within_ten_seconds() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(&[], &[], directory.path()).await;
    assert_eq!(ready(&server).await, json!({ "status": "ready", "database": "up" }));
    let file = directory.path().join("postgres/postmaster.pid");
    let postmaster = || -> Option<i32> { std::fs::read_to_string(&file).ok()?.lines().next()?.trim().parse().ok() };
    let before = postmaster().expect("a postmaster");
    kill(Pid::from_raw(before), Signal::SIGKILL).expect("killed");
    until("another postmaster serves", Duration::from_secs(10), async || {
        let another = postmaster().is_some_and(|now| now != before);
        (another && status(&format!("{}/readyz", server.url)).await == Some(200)).then_some(())
    })
    .await;
    assert!(server.log().contains("PostgreSQL had died and was started again"), "{}", server.log());
    server.stop();
    assert!(!file.exists(), "the server stops what it started");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_redis_or_kafka_is_degraded_and_serves() {
    let mut redis = RedisServer::start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let nobody = format!("127.0.0.1:{}", free_port());
    let url = redis.url();
    let environment = [("REDIS_URL", url.as_str()), ("KAFKA_BROKERS", nobody.as_str())];
    let server = Server::start(&[], &environment, directory.path()).await;
    let stands = json!({ "status": "degraded", "database": "up", "redis": "up", "kafka": "down" });
    assert_eq!(ready(&server).await, stands);
    redis.stop();
    let stands = json!({ "status": "degraded", "database": "up", "redis": "down", "kafka": "down" });
    until("Redis is missed", Duration::from_secs(10), async || (ready(&server).await == stands).then_some(())).await;
    server.stop();
}
