//! What the server costs when nothing happens, and how long it takes to start.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::ensure;
use healthcare_infrastructure::embedded::EmbeddedPostgres;

use crate::{
    hospital::{Server, directory},
    report::{Goal, Item},
    rounds::{ROUNDS, Sides, median},
};

const PART: &str = "footprint";
/// How long the server is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(3);

/// Starts a demonstration once, then again and again, in turns with PostgreSQL alone on the same data.
pub async fn measure() -> anyhow::Result<Vec<Item>> {
    let directory = directory()?;
    let mut first = Server::start(directory.path(), &["--demo"]).await?;
    let first_start = first.ready_after.as_secs_f64();
    first.process.stop();
    let mut starts = Sides::default();
    for _ in 0..ROUNDS {
        let alone = postgres_alone(directory.path()).await?;
        let mut server = Server::start(directory.path(), &["--demo"]).await?;
        server.process.stop();
        starts.add(server.ready_after.as_secs_f64(), alone);
    }
    let mut memory = vec![];
    for _ in 0..3 {
        let mut server = Server::start(directory.path(), &[]).await?;
        tokio::time::sleep(IDLE).await;
        memory.push((server.memory_mib("VmRSS")?, server.memory_mib("RssAnon")?));
        server.process.stop();
    }
    directory.close()?;
    let beyond = starts.ours() - starts.reference();
    let (resident, anonymous) = (median(memory.iter().map(|m| m.0)), median(memory.iter().map(|m| m.1)));
    let most = Some(Goal::AtMost(60.0));
    Ok(vec![
        Item::figure(PART, "idle server, resident memory (without PostgreSQL)", "MiB", resident, most),
        Item::figure(PART, "of that, not backed by the program's file", "MiB", anonymous, None),
        Item::figure(PART, "first start of a demonstration, to ready", "s", first_start, None),
        Item::against(PART, "second start, to ready, against PostgreSQL's own", "s", &starts, None),
        Item::figure(PART, "second start beyond PostgreSQL's own", "s", beyond, Some(Goal::AtMost(1.5))),
    ])
}

/// Seconds that PostgreSQL itself takes to start.
async fn postgres_alone(data_dir: &Path) -> anyhow::Result<f64> {
    ensure!(!data_dir.join("postgres/postmaster.pid").exists(), "a stopped server left PostgreSQL running");
    let begun = Instant::now();
    let postgres = EmbeddedPostgres::start(data_dir).await?;
    let took = begun.elapsed().as_secs_f64();
    postgres.stop().await?;
    Ok(took)
}
