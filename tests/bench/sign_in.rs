//! What a storm of sign-ins does to those who read; and whether the time of an answer tells an unknown name, a wrong
//! password and a disabled account apart.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::ensure;
use healthcare_application::Role;
use healthcare_infrastructure::access::NewAccount;
use healthcare_tests::login::Login;
use serde_json::json;
use tokio::{task::JoinSet, time::interval};

use crate::{
    command::{register, registrar},
    hospital::Hospital,
    http::{self, Connection},
    load::Window,
    read::{paced_readers, patients},
    report::{Goal, Item},
    rounds::{ROUNDS, Sides, median},
};

const PART: &str = "sign-in";
const PASSWORD: &str = "seven tall kites over a green hill";
/// Sign-ins offered a second.
const OFFERED: u64 = 50;
/// Accounts that sign in, in turn: portal accounts of patients, which need no code.
const ACCOUNTS: usize = 60;
const WINDOW: Duration = Duration::from_secs(4);
/// Attempts of a kind whose time is taken.
const ATTEMPTS: usize = 200;
/// Failures of one name before it pauses.
const FREE: usize = 3;

/// Reads with and without a storm in turn, then refused attempts of each kind.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let accounts = Arc::new(accounts(hospital, ("bench-portal", 700_000_000), ACCOUNTS).await?);
    let patients = Arc::new(patients(hospital, 720_000_000, 208).await?);
    hospital.settle().await?;
    let mut tails = Sides::default();
    let (mut answered, mut hashed) = (BTreeMap::<u16, usize>::new(), vec![]);
    for _ in 0..ROUNDS {
        let calm = paced_readers(hospital, &patients, WINDOW).await?;
        let storm = tokio::spawn(storm(hospital.server.address, accounts.clone()));
        let stormy = paced_readers(hospital, &patients, WINDOW).await?;
        let (statuses, rate) = storm.await??;
        for (status, count) in statuses {
            *answered.entry(status).or_default() += count;
        }
        hashed.push(rate);
        tails.add(stormy.quantile_ms(0.99), calm.quantile_ms(0.99));
    }
    ensure!(answered.keys().all(|status| [200, 429].contains(status)), "{answered:?}");
    let all: usize = answered.values().sum();
    let sent_away = answered.get(&429).copied().unwrap_or_default() as f64 / all as f64;
    let mut items = vec![
        Item::against(PART, "p99 of reads beside 50 sign-ins/s offered", "ms", &tails, Some(Goal::RatioAtMost(2.0))),
        Item::figure(PART, "of these, signed in", "/s", median(hashed), None),
        Item::figure(PART, "of these, sent away with 429", "%", sent_away * 100.0, None),
    ];
    items.extend(timing(hospital).await?);
    Ok(items)
}

/// Portal accounts, each of a patient; the people are counted from a number on.
async fn accounts(hospital: &Hospital, (name, first): (&str, usize), count: usize) -> anyhow::Result<Vec<Login>> {
    let by = registrar(&hospital.platform.app);
    let mut accounts = vec![];
    for n in 0..count {
        let patient = register(&hospital.platform.app, &by, first + n).await?;
        let username = format!("{name}-{n}");
        let new = NewAccount { username, role: Role::Patient, patient: Some(patient), device: None };
        accounts.push(Login::made(&hospital.platform.access, new, PASSWORD).await);
    }
    Ok(accounts)
}

/// Offers sign-ins at their rate, whether or not earlier ones were answered; how often each status was answered, and
/// how many signed in a second.
async fn storm(server: std::net::SocketAddr, accounts: Arc<Vec<Login>>) -> anyhow::Result<(BTreeMap<u16, usize>, f64)> {
    let begun = Instant::now();
    let mut ticks = interval(Duration::from_millis(1_000 / OFFERED));
    let mut attempts = JoinSet::new();
    let mut next = 0;
    while begun.elapsed() < WINDOW {
        ticks.tick().await;
        let body = accounts[next % accounts.len()].body(0).to_string();
        let from = Ipv4Addr::new(127, 1, 0, 1 + u8::try_from(next % 200)?);
        next += 1;
        attempts.spawn(async move {
            let mut connection = Connection::open_from(from, server).await?;
            anyhow::Ok(connection.exchange(&http::post("/api/v1/auth/login", None, None, &body)).await?.status)
        });
    }
    let mut statuses = BTreeMap::new();
    while let Some(status) = attempts.join_next().await {
        *statuses.entry(status??).or_default() += 1;
    }
    let signed_in = statuses.get(&200).copied().unwrap_or_default() as f64 / begun.elapsed().as_secs_f64();
    Ok((statuses, signed_in))
}

/// Attempts of each kind, one after the other and the kinds in turn, each from an address of its own.
async fn timing(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let names = ATTEMPTS.div_ceil(FREE);
    let known = accounts(hospital, ("bench-known", 701_000_000), names).await?;
    let disabled = accounts(hospital, ("bench-disabled", 702_000_000), names).await?;
    let disable = "update auth.account set enabled = false where username like 'bench-disabled-%'";
    ensure!(hospital.owner.execute(disable, &[]).await? == names as u64, "all are disabled");
    let from = AtomicUsize::new(0);
    let timed = async |username: &str, password: &str, status: u16| {
        let n = from.fetch_add(1, Ordering::Relaxed);
        let from = Ipv4Addr::new(127, 2, u8::try_from(n / 250)?, 1 + u8::try_from(n % 250)?);
        let body = json!({ "username": username, "password": password }).to_string();
        let mut connection = Connection::open_from(from, hospital.server.address).await?;
        let asked = Instant::now();
        let answer = connection.exchange(&http::post("/api/v1/auth/login", None, None, &body)).await?;
        ensure!(answer.status == status, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        anyhow::Ok(asked.elapsed())
    };
    let mut refused: [Vec<Duration>; 3] = Default::default();
    for n in 0..ATTEMPTS {
        let unknown = format!("bench-nobody-{}", n / FREE);
        let kinds = [&unknown, &known[n / FREE].username, &disabled[n / FREE].username];
        for (kind, username) in kinds.into_iter().enumerate() {
            // The right password of a disabled account is answered as a wrong one is.
            let password = if kind == 2 { PASSWORD } else { "seven small kites over a green hill" };
            refused[kind].push(timed(username, password, 401).await?);
        }
    }
    // Each name has had its free failures; the next ones pause it.
    let mut paused: [Vec<Duration>; 2] = Default::default();
    for (n, known) in known.iter().enumerate().take(ATTEMPTS / FREE) {
        for (kind, username) in [format!("bench-nobody-{n}"), known.username.clone()].iter().enumerate() {
            timed(username, PASSWORD.trim_end_matches('l'), 401).await?;
            paused[kind].push(timed(username, PASSWORD.trim_end_matches('l'), 429).await?);
        }
    }
    let whole = Duration::from_secs(1);
    let [unknown, wrong, off] = refused.map(|times| Window::of(times, whole));
    let [paused_unknown, paused_known] = paused.map(|times| Window::of(times, whole));
    let mut items = vec![];
    for (what, ours, reference) in [
        ("wrong password, against an unknown name", &wrong, &unknown),
        ("disabled account with its password, against an unknown name", &off, &unknown),
        ("pausing account, against a pausing unknown name", &paused_known, &paused_unknown),
    ] {
        for share in [0.05, 0.5, 0.95] {
            let mut sides = Sides::default();
            sides.add(ours.quantile_ms(share), reference.quantile_ms(share));
            let name = format!("{what}, p{:.0}", share * 100.0);
            let goal = (share == 0.5).then_some(Goal::RatioAtMost(1.1));
            items.push(Item::against(PART, name, "ms", &sides, goal));
        }
    }
    Ok(items)
}
