use std::time::{Duration, Instant};

use actix_web::dev::Extensions;
use healthcare_api::surface::{Proxies, Rates, SurfaceSettings};
use healthcare_application::Role;
use healthcare_infrastructure::shared::Shared;
use healthcare_tests::{
    app::{Answer, Ask, Backing, TestApp, spawn_app_with},
    redis::RedisServer,
};
use nix::sys::signal::{Signal, kill};
use reqwest::Method;
use tokio_util::sync::CancellationToken;

const PATH: &str = "/api/v1/nothing";

async fn limited(surface: SurfaceSettings) -> TestApp {
    spawn_app_with(Backing { surface, ..Backing::default() }).await
}

async fn from(app: &TestApp, forwarded: &str) -> Answer {
    app.anonymous(Method::GET, PATH).header("x-forwarded-for", forwarded).answer().await
}

/// SECURITY 55: an address has so many requests, is told when to come again, and cannot pretend to be another one.
#[tokio::test]
async fn an_address_has_so_many_requests() {
    let app = limited(SurfaceSettings { per_address: 3, ..SurfaceSettings::default() }).await;
    let mut told = vec![];
    for n in 0..12 {
        told.push(from(&app, &format!("198.51.100.{n}")).await);
    }
    let first = &told[0];
    assert_eq!((first.status, first.header("ratelimit-policy")), (404, Some("\"address\";q=6;w=2")));
    assert_eq!(first.header("ratelimit"), Some("\"address\";r=5;t=1"));
    let refused = told.into_iter().find(|answer| answer.status == 429).expect("too many");
    let refused = refused.expect_problem(429, "/problems/request/too-many", &[]);
    let wait: u64 = refused.header("retry-after").and_then(|wait| wait.parse().ok()).expect("Retry-After");
    assert!((1..=3).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit"), Some(format!("\"address\";r=0;t={wait}").as_str()));
    assert_eq!(refused.header("cache-control"), Some("no-store"));
    assert_eq!(app.anonymous(Method::GET, "/livez").answer().await.status, 200, "whether it lives can be asked");
    tokio::time::sleep(Duration::from_secs(wait)).await;
    assert_eq!(from(&app, "198.51.100.1").await.status, 404, "nobody is locked out for good");
}

/// SECURITY 55: behind a trusted proxy each client counts by itself, by the right-most hop that is no proxy.
#[tokio::test]
async fn behind_a_trusted_proxy_each_client_counts_by_itself() {
    let proxies = Proxies { networks: vec!["127.0.0.0/8".parse().expect("a network")], ..Proxies::default() };
    let app = limited(SurfaceSettings { per_address: 3, proxies, ..SurfaceSettings::default() }).await;
    for n in 0..12 {
        assert_eq!(from(&app, &format!("198.51.100.{n}")).await.status, 404);
    }
    let mut refused = 0;
    for n in 0..12 {
        // What stands left of the last hop is what a client made up.
        refused += u32::from(from(&app, &format!("192.0.2.{n}, 203.0.113.7")).await.status == 429);
    }
    assert!(refused >= 3, "{refused}");
}

/// SECURITY 55: an account has so many requests, from wherever; another account does not notice.
#[tokio::test]
async fn an_account_has_so_many_requests() {
    let app = limited(SurfaceSettings { per_account: 4, ..SurfaceSettings::default() }).await;
    let path = "/api/v1/patients?name=nobody";
    let mut refused = None;
    for _ in 0..20 {
        let answer = app.get(Role::Nurse, path).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert!(answer.header("ratelimit").is_some_and(|left| left.starts_with("\"account\";r=")), "{answer:?}");
    }
    let refused = refused.expect("too many").expect_problem(429, "/problems/request/too-many", &[]);
    assert!(refused.header("retry-after").is_some());
    app.get(Role::Receptionist, path).await.expect(200);
}

/// One of several nodes that share a Redis.
fn node(redis: &RedisServer, stop: &CancellationToken) -> Rates {
    let settings = SurfaceSettings { per_address: 100, ..SurfaceSettings::default() };
    let rates = Rates::new(&settings, &Shared::over(&redis.url().into()).expect("Redis"));
    tokio::spawn(rates.clone().keep(stop.clone()));
    rates
}

/// SECURITY 55: nodes that share a Redis count together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_count_together() {
    let redis = RedisServer::start().await;
    let stop = CancellationToken::new();
    let nodes = [node(&redis, &stop), node(&redis, &stop), node(&redis, &stop)];
    let address = "203.0.113.7".parse().expect("an address");
    let (begun, mut admitted) = (Instant::now(), 0);
    // Each by itself would let 200 + 100 a second pass: 2,100 in five seconds. The site's ten seconds hold 1,200.
    while begun.elapsed() < Duration::from_secs(5) {
        for node in &nodes {
            admitted += (0..20).filter(|_| node.by_address(address, &mut Extensions::new()).is_ok()).count();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!((1_000..=1_700).contains(&admitted), "{admitted}");
    stop.cancel();
}

/// SECURITY 55, faults 17 and 18: a Redis that hangs or forgets holds nobody up, and nobody gets around the limit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_each_node_limits_by_itself() {
    let redis = RedisServer::start().await;
    let surface = SurfaceSettings { per_address: 3, ..SurfaceSettings::default() };
    let app = spawn_app_with(Backing { redis: Some(redis.url()), surface, ..Backing::default() }).await;
    assert_eq!(from(&app, "").await.status, 404);
    let process = nix::unistd::Pid::from_raw(redis.process().pid());
    kill(process, Signal::SIGSTOP).expect("hung");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut statuses = vec![];
    for _ in 0..12 {
        let begun = Instant::now();
        statuses.push(from(&app, "").await.status);
        assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
    }
    kill(process, Signal::SIGCONT).expect("goes on");
    assert_eq!(statuses[0], 404, "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
}
