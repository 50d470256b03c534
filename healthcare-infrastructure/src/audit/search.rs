//! Searching the trail. Every clause is one of ours, every value a parameter.

use std::collections::{BTreeSet, HashMap};

use healthcare_application::{
    Permission, Permit, StoreError,
    audit::{AuditFilter, AuditPaging, AuditSort, Entry, LogPage, Logged},
};
use healthcare_domain::id::PatientId;
use tokio_postgres::{Row, types::ToSql};
use uuid::Uuid;

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
    let (sql, params) = statement(filter, paging);
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| &**param as &(dyn ToSql + Sync)).collect();
    let client = db.get().await?;
    let prepared = client.prepare_cached(&sql).await.map_err(unavailable)?;
    let rows = client.query(&prepared, &params).await.map_err(unavailable)?;
    let names = names(&client, &rows, permit.permission()).await?;
    Ok(LogPage::of(rows.iter().map(|row| logged(row, &names)).collect::<Result<_, _>>()?, paging.limit))
}

/// What those are called now who did this: the person, and to who may read the trail or else the account. Nobody else is told
/// by what staff and devices sign in. A patient's account is as often as not called by the patient's name, which has no place
/// here.
async fn names(
    client: &deadpool_postgres::Object,
    rows: &[Row],
    shown: Permission,
) -> Result<HashMap<Uuid, String>, StoreError> {
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

type Params = Vec<Box<dyn ToSql + Sync + Send>>;

fn statement(filter: &AuditFilter, paging: &AuditPaging) -> (String, Params) {
    let AuditFilter { actor, patient, subject, action, outcome, from, to } = filter;
    let mut params: Params = vec![];
    let mut clauses: Vec<String> = vec![];
    // With whom was merged into them: who read of either read of the person.
    if let Some(patient) = *patient {
        params.push(Box::new(patient.0));
        clauses.push("patient = any(es.identities($1))".to_owned());
    }
    let mut clause = |text: &str, value: Box<dyn ToSql + Sync + Send>| {
        params.push(value);
        clauses.push(format!("{text} ${}", params.len()));
    };
    if let Some(actor) = *actor {
        clause("actor =", Box::new(actor));
    }
    if let Some(subject) = *subject {
        // With this the index of what is not about a patient holds all that is asked for.
        clause("patient is null and subject =", Box::new(subject));
    }
    if let Some(action) = action.clone() {
        clause("action =", Box::new(action));
    }
    if let Some(outcome) = *outcome {
        clause("outcome =", Box::new(outcome.as_str()));
    }
    if let Some(from) = *from {
        clause("at >=", Box::new(from));
    }
    if let Some(to) = *to {
        clause("at <", Box::new(to));
    }
    let (beyond, direction) = match paging.sort {
        AuditSort::Newest => ("<", "desc"),
        AuditSort::Oldest => (">", "asc"),
    };
    if let Some(after) = paging.after {
        params.push(Box::new(after.at));
        params.push(Box::new(after.seq));
        clauses.push(format!("(at, seq) {beyond} (${}, ${})", params.len() - 1, params.len()));
    }
    let filtered = if clauses.is_empty() { String::new() } else { format!("where {}", clauses.join(" and ")) };
    let limit = i64::from(paging.limit) + 1;
    params.push(Box::new(limit));
    let sql = format!(
        "select {COLUMNS} from audit.entry {filtered} order by at {direction}, seq {direction} limit ${}",
        params.len()
    );
    (sql, params)
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
