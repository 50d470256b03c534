//! What sealing costs those who write: the same load with and without a sealer that follows closely, in turn.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::ensure;
use healthcare_infrastructure::{
    database::Database,
    embedded::roles,
    seal::{Anchors, Scope, SealKeys, Sealer, Trusted, read_anchors, verify},
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    command::callers,
    hospital::Hospital,
    load,
    report::{Goal, Item},
    rounds::{ROUNDS, Sides},
};

const PART: &str = "seal";
const CLIENTS: usize = 16;
const WARM_UP: Duration = Duration::from_millis(500);
const WINDOW: Duration = Duration::from_secs(3);
/// Far more often than the product does, so that what is written in a window is sealed in it.
const EVERY: Duration = Duration::from_millis(250);

/// Registers patients while a sealer follows, and while none does.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let anchors = hospital.data_dir().join("bench-anchors.ndjson");
    let db = Database::connect(&hospital.sealer_url(), 1)?;
    let keys = SealKeys::open(&hospital.data_dir().join("seal.key"))?;
    let public = keys.current()?.public();
    let to = Anchors { file: Some(anchors.clone()), url: None };
    let sealer = Arc::new(Sealer::new(db, keys, hospital.platform.app.clock.clone(), to));
    take_over(hospital, &sealer).await?;
    let app = &hospital.platform.app;
    let mut numbers = 900_000_000;
    let mut sides = Sides::default();
    let (mut rows, mut busy) = (0, Duration::ZERO);
    let (mut spent, mut sealing) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..ROUNDS {
        let without = load::run(callers(app, CLIENTS, &mut numbers), WARM_UP, WINDOW).await?;
        sealer.seal().await?;
        let before = sealed_rows(hospital).await?;
        let (all_before, sealer_before) = (cpu_of_all(hospital).await?, cpu_of(hospital, "healthcare_sealer").await?);
        let stop = CancellationToken::new();
        let following = tokio::spawn(follow(sealer.clone(), stop.clone()));
        let with = load::run(callers(app, CLIENTS, &mut numbers), WARM_UP, WINDOW).await?;
        stop.cancel();
        let followed = following.await??;
        busy += followed.elapsed;
        let by_server = cpu_of(hospital, "healthcare_sealer").await?.saturating_sub(sealer_before);
        sealing += followed.polled + by_server;
        spent += (cpu_of_all(hospital).await?.saturating_sub(all_before)).saturating_sub(followed.polled);
        rows += sealed_rows(hospital).await? - before;
        sides.add(with.per_second, without.per_second);
    }
    sealer.seal().await?;
    let client = roles::connect(&hospital.sealer_url()).await?;
    let begun = Instant::now();
    let scope =
        Scope { trusted: vec![Trusted::first(public)], anchors: read_anchors(&anchors)?, from: 1, ..Scope::default() };
    let verdict = verify(&client, &scope).await?;
    ensure!(verdict.findings.is_empty(), "{:?}", verdict.findings);
    let verified = (verdict.events + verdict.entries) as f64 / begun.elapsed().as_secs_f64();
    Ok(vec![
        Item::against(
            PART,
            "register a patient while all is sealed, 16 clients",
            "/s",
            &sides,
            Some(Goal::RatioAtLeast(0.95)),
        ),
        Item::figure(
            PART,
            "processor time of sealing, of that of registering",
            "%",
            100.0 * sealing.as_secs_f64() / spent.as_secs_f64(),
            Some(Goal::AtMost(5.0)),
        ),
        Item::figure(PART, "rows sealed a second of sealing", "/s", rows as f64 / busy.as_secs_f64(), None),
        Item::figure(PART, "rows verified a second", "/s", verified, None),
    ])
}

/// Ends the server's own sealer's session until the lock is ours.
async fn take_over(hospital: &Hospital, sealer: &Sealer) -> anyhow::Result<()> {
    let superuser = roles::connect(&hospital.superuser_url()).await?;
    for _ in 0..100 {
        superuser
            .batch_execute(
                "select pg_terminate_backend(pid, 1000) from pg_stat_activity where usename = 'healthcare_sealer'",
            )
            .await?;
        sealer.seal().await.ok();
        if sealer.leads().await {
            return Ok(());
        }
        sleep(Duration::from_millis(20)).await;
    }
    anyhow::bail!("the server's sealer does not give way")
}

/// What sealing took.
#[derive(Default)]
struct Followed {
    /// From the beginning to the end of each turn, waiting included.
    elapsed: Duration,
    /// On a processor of ours, at the most.
    polled: Duration,
}

/// Seals until stopped.
async fn follow(sealer: Arc<Sealer>, stop: CancellationToken) -> anyhow::Result<Followed> {
    let mut all = Followed::default();
    while !stop.is_cancelled() {
        let begun = Instant::now();
        let mut sealing = std::pin::pin!(sealer.seal());
        std::future::poll_fn(|cx| {
            let polled = Instant::now();
            let polling = sealing.as_mut().poll(cx);
            all.polled += polled.elapsed();
            polling
        })
        .await?;
        all.elapsed += begun.elapsed();
        sleep(EVERY).await;
    }
    Ok(all)
}

/// The processor time of this process and of the sessions that write for it.
async fn cpu_of_all(hospital: &Hospital) -> anyhow::Result<Duration> {
    let mut all = cpu_of(hospital, "healthcare_app").await?;
    for thread in std::fs::read_dir("/proc/self/task")? {
        all += cpu_at(&thread?.path());
    }
    Ok(all)
}

/// The processor time of the sessions of a role.
async fn cpu_of(hospital: &Hospital, role: &str) -> anyhow::Result<Duration> {
    let superuser = roles::connect(&hospital.superuser_url()).await?;
    let rows = superuser.query("select pid from pg_stat_activity where usename = $1", &[&role]).await?;
    let processes = rows.iter().map(|row| PathBuf::from(format!("/proc/{}", row.get::<_, i32>(0))));
    Ok(processes.map(|process| cpu_at(&process)).sum())
}

/// What a thread has spent on a processor; nothing of one that is gone.
fn cpu_at(thread: &Path) -> Duration {
    let said = std::fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
    Duration::from_nanos(said.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

async fn sealed_rows(hospital: &Hospital) -> anyhow::Result<i64> {
    let sql = "select coalesce(sum(events + entries), 0)::bigint from seal.block";
    Ok(hospital.owner.query_one(sql, &[]).await?.get(0))
}
