//! Records an allergy, or that there is none.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    allergy::{Allergy, AllergyError, AllergyRecord, Statement},
    id::{AllergyId, PatientId},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    entry::content_of,
    store::{Change, Commit, Committed, Meta, Safety, StoreError},
    transact::{Loaded, Target, replay},
    view::{Kind, Row},
};

/// How often a decision is made again after somebody else was faster.
const ATTEMPTS: usize = 5;
/// Why a denial is taken off when an allergy is recorded.
const NO_LONGER: &str = "an allergy of this kind was recorded";

/// Record an allergy.
#[derive(Debug, Clone)]
pub struct AddAllergy {
    /// Whose.
    pub patient: PatientId,
    /// To what.
    pub allergy: Allergy,
}

/// Adds an allergy. It passes through the safety row, so that no order that it speaks against slips past it. That none was
/// known is no longer so: such a statement is taken off in the same commit, and named in `removed`. Nor can it be said
/// that none is known while one is on record.
///
/// # Errors
/// When the caller may not, there is no such patient, nothing is named, one is on record that is denied, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn add_allergy(app: &App, call: &Call, cmd: AddAllergy) -> Result<Committed, CommandError<AllergyError>> {
    let permit = app.authorise(call, Permission::ChartAllergy, Some(cmd.patient)).await?;
    app.ensure_patient(cmd.patient).await?;
    app.ensure_encounter(cmd.patient, cmd.allergy.encounter, "/encounter").await?;
    let id = AllergyId(app.clock.new_id());
    let mut attempt = 0;
    loop {
        attempt += 1;
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        let nothing = Loaded::<AllergyRecord>::nothing();
        let events = match nothing.state.add(cmd.allergy.clone()) {
            Ok(events) => events,
            Err(why) => {
                permit.recorded().await?;
                return Err(CommandError::Refused(why));
            }
        };
        let facts = app.read.safety(&permit, cmd.patient).await?;
        let against = against(&facts.rows, &cmd.allergy)?;
        if cmd.allergy.statement == Statement::NoneKnown && !against.is_empty() {
            permit.recorded().await?;
            return Err(CommandError::Refused(AllergyError::Contradicted));
        }
        // What ends ends as the other begins.
        let now = app.clock.now();
        let target = Target::of(id, cmd.patient, now);
        let mut changes = vec![app.change::<AllergyRecord>(&target, &nothing, events)];
        let removed: Vec<AllergyId> = against.iter().map(|row| AllergyId(row.id)).collect();
        for denial in &removed {
            changes.extend(taken_off(app, &permit, *denial, now).await?);
        }
        let extra = (!removed.is_empty()).then(|| serde_json::json!({ "removed": removed }));
        let commit = Commit {
            changes,
            meta: Meta::of(call),
            idempotency: call.idempotency.clone(),
            committed: Committed { id: id.0, version: 1, extra, replayed: false },
            safety: vec![Safety { patient: cmd.patient, expected: Some(facts.version) }],
            evaluations: vec![],
        };
        match app.store.append(&permit, commit).await {
            Err(StoreError::Conflict) if attempt < ATTEMPTS => {}
            other => return other.map_err(CommandError::Store),
        }
    }
}

/// What is on record and cannot be so together with this.
fn against<'a>(rows: &'a [Row], allergy: &Allergy) -> Result<Vec<&'a Row>, StoreError> {
    let mut all = Vec::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Allergy && row.active) {
        if content_of::<Allergy>(row)?.contradicts(allergy) {
            all.push(row);
        }
    }
    Ok(all)
}

/// The change that takes a denial off.
async fn taken_off(
    app: &App,
    permit: &Permit,
    denial: AllergyId,
    occurred_at: DateTime<Utc>,
) -> Result<Option<Change>, StoreError> {
    let loaded = app.load::<AllergyRecord>(denial).await?.open(permit).await?;
    let reason = Remark::try_from(NO_LONGER.to_owned()).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    // One that is no longer active need not be taken off.
    let Ok(events) = loaded.state.remove(reason) else { return Ok(None) };
    let target = Target { id: denial, patient: loaded.patient, occurred_at, touches_safety: true };
    Ok(Some(app.change::<AllergyRecord>(&target, &loaded, events)))
}
