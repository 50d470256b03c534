//! The directory among a million patients, over HTTP with token, permission and audit.

mod fill;
mod finds;
mod generated;
mod kinds;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use self::{
    generated::PATIENTS,
    kinds::{Kind, Search, kinds},
};
use crate::{
    hospital::Hospital,
    http::{self, Connection},
    load::Window,
    report::{Goal, Item},
    rounds::{ROUNDS, median},
};

const PART: &str = "search";
/// Searches of a kind in a round, each for something else.
const SEARCHES: usize = 100;
/// The goal of the issue, in milliseconds.
const GOAL: f64 = 20.0;

/// Searches, one at a time.
pub async fn measure(hospital: &mut Hospital) -> anyhow::Result<Vec<Item>> {
    fill::fill(hospital).await?;
    let mut connection = hospital.server.connect().await?;
    let before = recorded(hospital).await?;
    let (mut items, mut asked) = (vec![], 0);
    for (kind, ask) in kinds() {
        // All of them, and the million before, take longer than a token lives.
        hospital.renew().await?;
        let mut rounds = vec![];
        // The first round warms up.
        for round in 0..=ROUNDS {
            let latencies = one_round(&mut connection, &hospital.token, (kind, ask), round).await?;
            asked += i64::try_from(latencies.len())?;
            if round > 0 {
                rounds.push(Window::of(latencies, Duration::from_secs(1)));
            }
        }
        let of = |share: f64| median(rounds.iter().map(|window| window.quantile_ms(share)));
        let name = |what: &str| format!("{kind} among {PATIENTS} patients, {what}");
        items.push(Item::figure(PART, name("p50"), "ms", of(0.5), None));
        items.push(Item::figure(PART, name("p95"), "ms", of(0.95), Some(Goal::AtMost(GOAL))));
    }
    // Else not what is shipped was measured.
    let entries = recorded(hospital).await? - before;
    ensure!(entries == asked, "{asked} searches left {entries} entries of the trail");
    Ok(items)
}

/// A round of one kind: how long each search took. Each has to find whom it looks for.
async fn one_round(
    connection: &mut Connection,
    token: &str,
    (kind, ask): Kind,
    round: usize,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = vec![];
    for n in 0..SEARCHES {
        let Search { query, finds } = ask(1 + n + SEARCHES * round);
        let request = http::get(&format!("/api/v1/patients?{query}"), Some(token));
        let asked = Instant::now();
        let answer = connection.exchange(&request).await?;
        latencies.push(asked.elapsed());
        ensure!(answer.status == 200, "{kind}: {}", answer.status);
        finds.check(&answer.body).with_context(|| format!("{kind}: {query}"))?;
    }
    Ok(latencies)
}

/// How many searches of the directory stand in the audit trail.
async fn recorded(hospital: &Hospital) -> anyhow::Result<i64> {
    // Beside it stands one of each patient who was shown.
    let sql = "select count(*) from audit.entry where action = 'read_directory' and patient is null";
    Ok(hospital.owner.query_one(sql, &[]).await?.get(0))
}
