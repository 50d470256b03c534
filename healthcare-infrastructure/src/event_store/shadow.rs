//! Reading what rules in the shadow would have said.

use std::collections::HashSet;

use healthcare_application::{Permit, StoreError, access::Circle, store::ShadowSample};
use healthcare_domain::id::PatientId;
use uuid::Uuid;

use super::codec::{self, Codec};
use crate::database::{Database, Sight};

/// The latest firings of a version, of the circle's patients, each opened under its patient's key. What of a patient was
/// erased is passed over.
pub async fn samples(
    db: &Database,
    codec: &Codec,
    permit: &Permit,
    circle: &Circle,
    (rule, version): (&str, u32),
    limit: u16,
) -> Result<Vec<ShadowSample>, StoreError> {
    let ids = |patients: &HashSet<PatientId>| patients.iter().map(|patient| patient.0).collect::<Vec<Uuid>>();
    let (only, but) = match circle {
        Circle::Only(patients) => (Some(ids(patients)), vec![]),
        Circle::Except(patients) => (None, ids(patients)),
        Circle::Everybody => (None, vec![]),
    };
    let version = i32::try_from(version).unwrap_or(i32::MAX);
    let select = "select j.evaluation_id, j.patient_id, held.by, j.at, j.trigger, j.judgement
        from es.shadow_judgement j cross join lateral (select es.survivor_of(j.patient_id) as by) held
        where j.rule = $1 and j.rule_version = $2
            and ($3::uuid[] is null or held.by = any($3)) and held.by <> all($4::uuid[])
        order by j.at desc, j.evaluation_id limit $5";
    // The circle bounds the rows itself: a record may hold what was judged under another registration.
    let rows = db.read_as(&Sight::rules(), select, &[&rule, &version, &only, &but, &i64::from(limit)]).await?;
    permit.recorded_of(rows.iter().map(|row| PatientId(row.get(2)))).await?;
    let keys = codec.keys(rows.iter().map(|row| Some(PatientId(row.get(1))))).await?;
    let mut samples = Vec::with_capacity(rows.len());
    for row in &rows {
        let (evaluation, registration) = (row.get(0), PatientId(row.get(1)));
        if !keys.contains_key(&registration) {
            continue;
        }
        let place = codec::shadow_place(evaluation, rule, version);
        let plain = codec::open_bytes(&keys, Some(registration), &place, row.get(5))?;
        let judgement = serde_json::from_slice(&plain).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        let (patient, at, trigger) = (PatientId(row.get(2)), row.get(3), row.get(4));
        samples.push(ShadowSample { evaluation, patient, at, trigger, judgement });
    }
    Ok(samples)
}
