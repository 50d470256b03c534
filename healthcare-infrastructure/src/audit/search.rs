//! Searching the trail. Every clause is one of ours, every value a parameter.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use deadpool_postgres::Object as Client;
use healthcare_application::{
    Permission, Permit, StoreError,
    audit::{AuditFilter, AuditPaging, AuditSort, Entry, LogPage, Logged},
};
use healthcare_domain::id::PatientId;
use tokio_postgres::{Row, types::ToSql};
use uuid::Uuid;

use super::stretch::{Stretch, Stretches};
use crate::database::{Database, unavailable};

const COLUMNS: &str = "seq, at, actor, role, session, address, purpose, action, resource, fields, patient, subject,
    outcome, reason, request, note";
/// Where the account stands in them.
const ACTOR: usize = 2;

/// A page of what a permit opens: all of it for who may read the trail, one patient's for that patient.
pub async fn search(
    db: &Database,
    permit: &Permit,
    filter: &AuditFilter,
    paging: &AuditPaging,
) -> Result<LogPage, StoreError> {
    let own = filter.patient.is_some() && permit.opens(filter.patient);
    if permit.permission() != Permission::ReadAudit && !own {
        return Err(StoreError::Foreign);
    }
    let client = db.get().await?;
    let wanted = usize::from(paging.limit) + 1;
    let rows = match (filter.actor, filter.patient) {
        (None, None) => run(&client, Asked::of(filter, paging), wanted).await?,
        _ => by_stretches(&client, filter, paging, wanted).await?,
    };
    let names = names(&client, &rows, permit.permission()).await?;
    Ok(LogPage::of(rows.iter().map(|row| logged(row, &names)).collect::<Result<_, _>>()?, paging.limit))
}

/// What those are called now who did this: the person, and to who may read the trail or else the account. Nobody else is told
/// by what staff and devices sign in. A patient's account is as often as not called by the patient's name, which has no place
/// here.
async fn names(client: &Client, rows: &[Row], shown: Permission) -> Result<HashMap<Uuid, String>, StoreError> {
    let actors: BTreeSet<Uuid> = rows.iter().map(|row| row.get(ACTOR)).collect();
    let actors: Vec<Uuid> = actors.into_iter().collect();
    let select = if shown == Permission::ReadAudit {
        "select id, coalesce(body::jsonb #>> '{profile,name}', body::jsonb ->> 'username')
         from read.entry where id = any($1) and item = 0 and kind = 'account' and code <> 'patient'"
    } else {
        "select id, body::jsonb #>> '{profile,name}'
         from read.entry where id = any($1) and item = 0 and kind = 'account' and code not in ('patient', 'device')"
    };
    let select = client.prepare_cached(select).await.map_err(unavailable)?;
    let found = client.query(&select, &[&actors]).await.map_err(unavailable)?;
    Ok(found.iter().filter_map(|row| Some((row.get(0), row.get::<_, Option<String>>(1)?))).collect())
}

/// Entries of an account or about a patient, of which no index knows the order: from where the page begins, stretch by stretch,
/// until there are enough. Each stretch is sorted by itself.
async fn by_stretches(
    client: &Client,
    filter: &AuditFilter,
    paging: &AuditPaging,
    wanted: usize,
) -> Result<Vec<Row>, StoreError> {
    let mut asked = Asked::of(filter, paging);
    if let Some(patient) = filter.patient {
        // With whom was merged into them: who read of either read of the person.
        let identities = client.query_one("select es.identities($1)", &[&patient.0]).await.map_err(unavailable)?;
        asked.clause("patient = any", identities.get::<_, Vec<Uuid>>(0));
    }
    let Some((oldest, newest)) = ends(client, filter, paging).await? else { return Ok(vec![]) };
    let mut rows = vec![];
    for stretch in Stretches::between(oldest, newest, paging.sort) {
        let missing = wanted - rows.len();
        rows.extend(run(client, asked.within(&stretch), missing).await?);
        if rows.len() >= wanted {
            break;
        }
    }
    Ok(rows)
}

/// When the oldest and the newest entry is of the times that are asked for.
async fn ends(
    client: &Client,
    filter: &AuditFilter,
    paging: &AuditPaging,
) -> Result<Option<(DateTime<Utc>, DateTime<Utc>)>, StoreError> {
    let AuditFilter { from, to, .. } = filter;
    let times = Asked::of(&AuditFilter { from: *from, to: *to, ..AuditFilter::default() }, paging);
    let sql = format!("select min(at), max(at) from audit.entry {}", times.filter());
    let row = client.query_one(&sql, &times.params()).await.map_err(unavailable)?;
    Ok(row.get::<_, Option<_>>(0).zip(row.get(1)))
}

/// Planned for its own parameters each time: some indexes hold only what is rare, and a stretch may be an hour or years.
async fn run(client: &Client, mut asked: Asked, limit: usize) -> Result<Vec<Row>, StoreError> {
    asked.params.push(Arc::new(i64::try_from(limit).unwrap_or(i64::MAX)));
    client.query(&asked.sql(), &asked.params()).await.map_err(unavailable)
}

/// What is asked for: clauses of ours, and their parameters.
#[derive(Clone)]
struct Asked {
    clauses: Vec<String>,
    params: Vec<Arc<dyn ToSql + Sync + Send>>,
    direction: &'static str,
    /// Whether what is found is sorted when all of it is found.
    sorted_at_last: bool,
}

impl Asked {
    /// All that is asked for but about whom: that is asked once who that is was looked up.
    fn of(filter: &AuditFilter, paging: &AuditPaging) -> Self {
        let AuditFilter { actor, patient: _, subject, action, outcome, from, to } = filter;
        let (beyond, direction) = match paging.sort {
            AuditSort::Newest => ("<", "desc"),
            AuditSort::Oldest => (">", "asc"),
        };
        let mut asked = Self { clauses: vec![], params: vec![], direction, sorted_at_last: false };
        if let Some(actor) = *actor {
            asked.clause("actor =", actor);
        }
        if let Some(subject) = *subject {
            // With this the index of what is not about a patient holds all that is asked for.
            asked.clause("patient is null and subject =", subject);
        }
        if let Some(action) = action.clone() {
            asked.clause("action =", action);
        }
        if let Some(outcome) = *outcome {
            asked.clause("outcome =", outcome.as_str());
        }
        if let Some(from) = *from {
            asked.clause("at >=", from);
        }
        if let Some(to) = *to {
            asked.clause("at <", to);
        }
        if let Some(after) = paging.after {
            // Said apart, too: the index of ranges knows of times, and not of pairs.
            asked.clause(&format!("at {beyond}="), after.at);
            asked.params.push(Arc::new(after.at));
            asked.params.push(Arc::new(after.seq));
            let last = asked.params.len();
            asked.clauses.push(format!("(at, seq) {beyond} (${}, ${last})", last - 1));
        }
        asked
    }

    fn clause(&mut self, text: &str, value: impl ToSql + Sync + Send + 'static) {
        self.params.push(Arc::new(value));
        self.clauses.push(format!("{text} (${})", self.params.len()));
    }

    /// The same within a stretch of time.
    fn within(&self, stretch: &Stretch) -> Self {
        let mut asked = Self { sorted_at_last: !stretch.first, ..self.clone() };
        if let Some(from) = stretch.from {
            asked.clause("at >=", from);
        }
        if let Some(until) = stretch.until {
            asked.clause("at <", until);
        }
        asked
    }

    fn filter(&self) -> String {
        if self.clauses.is_empty() { String::new() } else { format!("where {}", self.clauses.join(" and ")) }
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.params.iter().map(|param| &**param as &(dyn ToSql + Sync)).collect()
    }

    /// The statement; the limit is the last parameter.
    fn sql(&self) -> String {
        // Where a stretch is long the server would walk it in the order of time, hoping to meet enough soon. What it can find
        // by the index of whom it is to find so, and to sort then.
        let found = if self.sorted_at_last {
            format!("(select * from audit.entry {} offset 0) found", self.filter())
        } else {
            format!("audit.entry {}", self.filter())
        };
        let (way, limit) = (self.direction, self.params.len());
        format!("select {COLUMNS} from {found} order by at {way}, seq {way} limit ${limit}")
    }
}

fn logged(row: &Row, names: &HashMap<Uuid, String>) -> Result<Logged, StoreError> {
    let damaged = |_| StoreError::Damaged("the trail holds a word that is not one of ours".into());
    let entry = Entry {
        at: row.get(1),
        actor: row.get(ACTOR),
        role: row.get::<_, String>(3).into(),
        session: row.get(4),
        address: row.get(5),
        purpose: row.get::<_, String>(6).into(),
        action: row.get::<_, String>(7).into(),
        resource: row.get(8),
        fields: row.get::<_, &str>(9).parse().map_err(damaged)?,
        patient: row.get::<_, Option<Uuid>>(10).map(PatientId),
        subject: row.get(11),
        outcome: row.get::<_, &str>(12).parse().map_err(damaged)?,
        reason: row.get::<_, Option<String>>(13).map(Into::into),
        request: row.get(14),
        note: row.get(15),
    };
    let actor_name = names.get(&entry.actor).cloned();
    Ok(Logged { seq: row.get(0), entry, actor_name })
}
