//! The places where no mark may be.

use std::{path::Path, process::Command};

use super::{Site, assert_unmarked};

/// Looks through all of them.
pub async fn is_clean(site: &Site, directory: &Path, brokers: &str, redis: &str) {
    let log = site.server.log();
    // It has said something. A request that goes well leaves no line: what there is comes of what went on beside it.
    assert!(log.lines().filter(|line| line.starts_with('{')).count() > 5, "nothing was said: {log}");
    assert_unmarked("the server's log", &log);
    let database = std::fs::read_to_string(directory.join("postgres.log")).expect("PostgreSQL's log");
    assert_unmarked("PostgreSQL's log", &database);
    let metrics =
        site.client.get(site.server.metrics_url()).send().await.expect("metrics").text().await.expect("a body");
    assert!(metrics.contains("healthcare_http_requests_total"), "{metrics}");
    assert_unmarked("the metrics", &metrics);
    for secret in site.secrets.lock().expect("not poisoned").iter() {
        for (place, text) in [("server's log", &log), ("PostgreSQL's log", &database), ("metrics", &metrics)] {
            assert!(!text.contains(secret), "the {place} has the address of a calendar");
        }
    }
    for topic in topics(brokers) {
        let messages = kcat(brokers, &["-C", "-t", &topic, "-o", "beginning", "-e", "-q", "-f", "%k\t%h\n"]);
        assert_unmarked(&format!("a key or header of {topic}"), &messages);
    }
    let client = redis::Client::open(redis).expect("a URL");
    let mut session = client.get_multiplexed_async_connection().await.expect("Redis answers");
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut session).await.expect("keys");
    assert!(!keys.is_empty(), "sign-ins were counted");
    assert_unmarked("a key of Redis", &keys.join("\n"));
    let trail = "select count(*) from audit.entry";
    assert!(one(site, trail).await > 40, "what was done is recorded");
    for rows in ["audit.entry e where e::text", "es.event e where meta::text"] {
        let marked = format!("select coalesce(json_agg(to_json(e)), '[]') from {rows} ~* 'zq7canary|1907-07-17'");
        assert_eq!(told(site, &marked).await, "[]");
    }
}

fn topics(brokers: &str) -> Vec<String> {
    let listed = kcat(brokers, &["-L", "-J"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    let names = listed["topics"].as_array().expect("topics").iter().filter_map(|topic| topic["topic"].as_str());
    let names: Vec<String> = names.filter(|name| !name.starts_with("__")).map(str::to_owned).collect();
    assert!(names.iter().any(|name| name == "domain-events"), "{names:?}");
    names
}

fn kcat(brokers: &str, arguments: &[&str]) -> String {
    let output = Command::new("kcat").args(["-b", brokers]).args(arguments).output().expect("kcat runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A number that the owner of the database reads.
async fn one(site: &Site, sql: &str) -> i64 {
    let text = told(site, sql).await;
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// What the owner of the database is told.
async fn told(site: &Site, sql: &str) -> String {
    let output = site.server.run(&["psql", "-c", &format!("copy ({sql}) to stdout")]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
