use std::time::{Duration, Instant};

use healthcare_api::surface::SurfaceSettings;
use healthcare_application::Role;
use healthcare_tests::{
    app::{Ask, Backing, TestApp, spawn_app, spawn_app_with},
    server::{Server, until},
};
use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const LOGIN: &str = "/api/v1/auth/login";

async fn connect(app: &TestApp) -> TcpStream {
    connect_to(&app.url).await
}

async fn connect_to(url: &str) -> TcpStream {
    TcpStream::connect(url.trim_start_matches("http://")).await.expect("connects")
}

/// What comes back until the server closes or nothing comes for the time.
async fn hear(stream: &mut TcpStream, limit: Duration) -> String {
    let mut all = vec![];
    let mut piece = [0; 4096];
    let deadline = Instant::now() + limit;
    while let Ok(Ok(read @ 1..)) =
        tokio::time::timeout(deadline.saturating_duration_since(Instant::now()), stream.read(&mut piece)).await
    {
        all.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

async fn bounded(surface: SurfaceSettings) -> TestApp {
    spawn_app_with(Backing { surface, ..Backing::default() }).await
}

/// SECURITY 54: target, head, body by class of route, nesting, packed bodies.
#[tokio::test]
async fn what_is_too_much_is_said_and_not_read() {
    let app = spawn_app().await;
    let long = app.get(Role::Nurse, &format!("/api/v1/patients?name={}", "x".repeat(9_000))).await;
    long.expect_problem(414, "/problems/request/target", &[]);
    let head = app.request(Role::Nurse, Method::GET, "/api/v1/patients?name=x").await;
    let head = head.header("x-much", "x".repeat(20_000)).answer().await;
    head.expect_problem(431, "/problems/request/head", &[]);
    let post = |path: &str, body: String| app.anonymous(Method::POST, path).body(body);
    let large = post(LOGIN, "x".repeat(20_000)).answer().await;
    large.expect_problem(413, "/problems/request/body", &[]);
    let mut chunked = connect(&app).await;
    let head = format!("POST {LOGIN} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
    let piece = format!("3e8\r\n{}\r\n", " ".repeat(1_000));
    chunked.write_all(format!("{head}{}0\r\n\r\n", piece.repeat(20)).as_bytes()).await.expect("sent");
    let told = hear(&mut chunked, Duration::from_secs(2)).await;
    assert!(told.starts_with("HTTP/1.1 413") && told.contains("/problems/request/body"), "{told}");
    let deep = post(LOGIN, "[".repeat(5_000)).answer().await;
    deep.expect_problem(400, "/problems/request/depth", &[]);
    let packed = post(LOGIN, "x".into()).header("content-encoding", "br").answer().await;
    packed.expect_problem(415, "/problems/request/content-encoding", &["Content-Encoding"]);
    let page = app.get(Role::Nurse, "/api/v1/patients?name=ana&limit=201").await;
    page.expect_problem(400, "/problems/request/parameter", &["limit"]);
    assert_eq!(app.clinical_events().await, 0);
}

/// SECURITY 54: who sends a head or a body drop by drop is cut off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_sender_is_cut_off() {
    let second = Duration::from_secs(1);
    let app = bounded(SurfaceSettings { head: second, body: second, ..SurfaceSettings::default() }).await;
    let mut slow = connect(&app).await;
    let begun = Instant::now();
    slow.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nx-drop: ").await.expect("sent");
    let told = hear(&mut slow, Duration::from_secs(8)).await;
    assert!(told.starts_with("HTTP/1.1 408"), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());

    let mut slow = connect(&app).await;
    let head =
        format!("POST {LOGIN} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{{");
    slow.write_all(head.as_bytes()).await.expect("sent");
    let told = hear(&mut slow, Duration::from_secs(4)).await;
    assert!(told.starts_with("HTTP/1.1 408") && told.contains("/problems/request/slow"), "{told}");
}

/// SECURITY 54: connections beyond the limit wait until another one ends; fault 33: the server stays up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_beyond_the_limit_wait() {
    let head = Duration::from_secs(3);
    let app = bounded(SurfaceSettings { head, max_connections: 2, ..SurfaceSettings::default() }).await;
    let (_first, _second) = (connect(&app).await, connect(&app).await);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut third = connect(&app).await;
    third.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.expect("sent");
    assert_eq!(hear(&mut third, Duration::from_millis(1_000)).await, "", "it is not served yet");
    let told = hear(&mut third, Duration::from_secs(15)).await;
    assert!(told.starts_with("HTTP/1.1 200"), "served once the idle ones were cut off: {told}");
}

/// SECURITY 54: a message that is no HTTP is refused and the connection closed.
#[tokio::test]
async fn what_is_no_http_is_refused() {
    let app = spawn_app().await;
    let mut odd = connect(&app).await;
    odd.write_all(b"\x16\x03\x01 not HTTP at all\r\n\r\n").await.expect("sent");
    let told = hear(&mut odd, Duration::from_secs(3)).await;
    assert!(told.starts_with("HTTP/1.1 400"), "{told}");
    let mut huge = connect(&app).await;
    let head = format!("GET /livez HTTP/1.1\r\nhost: x\r\nx-much: {}", "x".repeat(200_000));
    // It may hang up before it has taken all of it in.
    huge.write_all(head.as_bytes()).await.ok();
    let told = hear(&mut huge, Duration::from_secs(3)).await;
    assert!(told.is_empty() || told.starts_with("HTTP/1.1 431"), "{told}");
}

/// SECURITY 54: what is no request fills no log. It is counted, by what was wrong.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_request_leaves_no_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(&[], &[], directory.path()).await;
    for odd in ["\u{16}\u{3} not HTTP at all\r\n\r\n", "GET /livez HTTP/1.1\r\nh o s t: x\r\n\r\n"] {
        let mut stream = connect_to(&server.url).await;
        stream.write_all(odd.as_bytes()).await.expect("sent");
        let told = hear(&mut stream, Duration::from_secs(3)).await;
        assert!(told.starts_with("HTTP/1.1 400"), "{told}");
    }
    until("both are counted", Duration::from_secs(10), async || {
        let metrics = reqwest::get(server.metrics_url()).await.expect("metrics").text().await.expect("a body");
        metrics.contains("healthcare_http_unreadable_total{why=\"no_request\"} 2").then_some(())
    })
    .await;
    let log = server.stop_and_log();
    assert!(!log.contains("actix_http"), "{log}");
}
