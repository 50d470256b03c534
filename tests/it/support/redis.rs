use healthcare_tests::redis::{RedisServer, shared};
use redis::AsyncCommands;

#[tokio::test]
async fn a_value_set_is_got_from_a_real_redis() {
    let client = redis::Client::open(shared().await.url()).expect("a Redis address");
    let mut connection = client.get_multiplexed_async_connection().await.expect("connects");
    let _: () = connection.set("support:ground", 7).await.expect("sets");
    assert_eq!(connection.get::<_, i64>("support:ground").await.expect("gets"), 7);
    let info: String = redis::cmd("INFO").arg("server").query_async(&mut connection).await.expect("tells");
    assert!(info.contains("redis_version:"), "{info}");
}

#[tokio::test]
async fn a_stopped_redis_is_gone_and_comes_back_empty() {
    let mut server = RedisServer::start().await;
    let client = redis::Client::open(server.url()).expect("a Redis address");
    let mut connection = client.get_multiplexed_async_connection().await.expect("connects");
    let _: () = connection.set("support:kept", 7).await.expect("sets");
    server.stop();
    assert!(client.get_multiplexed_async_connection().await.is_err());
    server.start_again().await;
    let mut connection = client.get_multiplexed_async_connection().await.expect("connects");
    assert_eq!(connection.get::<_, Option<i64>>("support:kept").await.expect("gets"), None);
}
