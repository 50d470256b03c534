//! `read.entry`: one row an entry of the record.

use healthcare_application::{
    store::Change,
    view::{Of, rows},
};

use super::{Statement, version_after};

const UPSERT: &str = "insert into read.entry as e
    (id, item, kind, patient_id, version, active, struck, at, code, body)
    select * from unnest($1::uuid[], $2::int2[], $3::text[], $4::uuid[], $5::int[], $6::bool[], $7::bool[],
                         $8::timestamptz[], $9::text[], $10::text[])
    on conflict (id, item) do update set
        kind = excluded.kind, patient_id = excluded.patient_id, version = excluded.version, active = excluded.active,
        struck = excluded.struck, at = excluded.at, code = excluded.code, body = excluded.body
    where e.version < excluded.version";

/// One upsert for the rows of all changes; none when there are no rows.
pub fn upsert(changes: &[&Change]) -> Option<Statement> {
    let mut all = Vec::new();
    for change in changes {
        let Some(last) = change.events.last() else { continue };
        let of = Of { id: change.id, version: version_after(change), patient: change.patient, at: last.occurred_at };
        all.extend(rows(&change.state, of));
    }
    if all.is_empty() {
        return None;
    }
    let (mut id, mut item, mut kind, mut patient, mut version) =
        (Vec::with_capacity(all.len()), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut active, mut struck, mut at, mut code, mut body) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in all {
        id.push(row.id);
        item.push(row.item);
        kind.push(row.kind.as_str());
        patient.push(row.patient.map(|p| p.0));
        version.push(row.version);
        active.push(row.active);
        struck.push(row.struck);
        at.push(row.at);
        code.push(row.code);
        body.push(row.body);
    }
    Some(
        Statement::new(UPSERT)
            .bind(id)
            .bind(item)
            .bind(kind)
            .bind(patient)
            .bind(version)
            .bind(active)
            .bind(struck)
            .bind(at)
            .bind(code)
            .bind(body),
    )
}
