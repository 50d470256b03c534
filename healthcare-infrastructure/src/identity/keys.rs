//! Keys of an older release are made anew behind the requests, so that nobody is silently not found by what a newer one
//! looks for.

use std::time::{Duration, Instant};

use healthcare_application::StoreError;
use healthcare_domain::patient::matching::{KEY_EDITION, Traits, blocking_keys};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::database::{Database, unavailable};

/// It rests so many times as long as it worked: who registers somebody meanwhile comes first.
const RESTS: u32 = 3;
/// How long it waits while another process is at it, or after the database failed.
const AGAIN: Duration = Duration::from_secs(5);

/// How long who cannot do without the keys waits before it asks again whether another process is done.
const SOON: Duration = Duration::from_millis(200);

/// Whoever holds the row is at it.
const EDITION: &str = "select edition, reached from wf.match_key_edition for update skip locked";

/// So many patients are done at once.
const NEXT: &str = "
select p.id, e.body from (select id from read.patient where id > $1 order by id limit 200) p
left join read.entry e on e.id = p.id and e.item = 0 and e.kind = 'patient' order by p.id";

/// Nothing is taken away: somebody may be changed meanwhile, and a key too many costs one comparison. What is of no use any
/// more goes with their next change, or with `rebuild read`.
const ADD: &str = "insert into read.patient_match_key (patient_id, key)
    select * from unnest($1::uuid[], $2::bigint[]) k (p, key) order by 1, 2 on conflict do nothing";

/// How far it came.
enum Step {
    /// Everybody has the keys of this release.
    Done,
    /// So many patients were looked at, and there are more; so many keys they did not have.
    Went { patients: usize, new: u64 },
    /// Another process is at it.
    Elsewhere,
}

/// Makes the keys anew where they are of an older edition, until everybody has them or `stop`; answers how many were missing.
/// In a new house nobody lacks one, whatever edition it begins with: that is said to nobody.
pub async fn renew_keys(db: Database, stop: CancellationToken) -> u64 {
    let mut missing = 0;
    loop {
        let began = Instant::now();
        let rest = match step(&db).await {
            Ok(Step::Done) => {
                if missing > 0 {
                    tracing::info!(missing, "everybody is found by the keys of this release");
                }
                return missing;
            }
            Ok(Step::Went { patients: _, new }) => {
                if missing == 0 && new > 0 {
                    tracing::warn!(
                        "the keys by which duplicates are found are of an older release: they are made anew beside the \
                         requests, and until then some pairs are not found"
                    );
                }
                missing += new;
                began.elapsed() * RESTS
            }
            Ok(Step::Elsewhere) => AGAIN,
            Err(error) => {
                tracing::error!(error = %error, "the keys by which duplicates are found cannot be made anew; it is tried again");
                AGAIN
            }
        };
        tokio::select! {
            () = stop.cancelled() => return missing,
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// Makes the keys anew at once where they are of an older edition; answers of how many patients.
/// For who cannot do without: where another process is at it, this waits until everybody has theirs.
///
/// # Errors
/// When the record cannot be reached.
pub async fn refresh_keys(db: &Database) -> Result<usize, StoreError> {
    let mut all = 0;
    loop {
        match step(db).await? {
            Step::Done => return Ok(all),
            Step::Went { patients, new: _ } => all += patients,
            Step::Elsewhere => tokio::time::sleep(SOON).await,
        }
    }
}

async fn step(db: &Database) -> Result<Step, StoreError> {
    let mut client = db.get().await?;
    let tx = client.transaction().await.map_err(unavailable)?;
    let Some(row) = tx.query_opt(EDITION, &[]).await.map_err(unavailable)? else { return Ok(Step::Elsewhere) };
    let (edition, reached): (i32, Option<Uuid>) = (row.get(0), row.get(1));
    // One that is ahead belongs to a newer release beside this one.
    if edition >= KEY_EDITION {
        return Ok(Step::Done);
    }
    let rows = tx.query(NEXT, &[&reached.unwrap_or(Uuid::nil())]).await.map_err(unavailable)?;
    let (mut of, mut keys) = (vec![], vec![]);
    for row in &rows {
        let (id, Some(body)) = (row.get::<_, Uuid>(0), row.get::<_, Option<&str>>(1)) else { continue };
        // One that cannot be read keeps nobody else from being found.
        let Ok(person) = serde_json::from_str::<Traits>(body) else {
            tracing::error!(patient = %id, "who this patient is cannot be read: no keys are made of it, rebuild the views");
            continue;
        };
        for key in blocking_keys(&person) {
            of.push(id);
            keys.push(key);
        }
    }
    let new = tx.execute(ADD, &[&of, &keys]).await.map_err(unavailable)?;
    match rows.last() {
        Some(last) => {
            let reached: Uuid = last.get(0);
            tx.execute("update wf.match_key_edition set reached = $1", &[&reached]).await.map_err(unavailable)?;
        }
        None => {
            let done = "update wf.match_key_edition set edition = $1, reached = null";
            tx.execute(done, &[&KEY_EDITION]).await.map_err(unavailable)?;
        }
    }
    tx.commit().await.map_err(unavailable)?;
    Ok(if rows.is_empty() { Step::Done } else { Step::Went { patients: rows.len(), new } })
}
