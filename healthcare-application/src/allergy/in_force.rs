//! What comes into force together with what it speaks against: no allergy stands beside the denial of it.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState, EventSourced,
    allergy::{Allergy, AllergyError, AllergyEvent, AllergyRecord, Statement},
    id::{AllergyId, PatientId},
    text::Remark,
};
use healthcare_dss::Trigger;

use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    again::Again,
    decision::{Looked, tell},
    entry::content_of,
    store::{Change, Commit, Committed, Meta, Safety, StoreError},
    transact::{Loaded, Target, replay},
    view::{Kind, Row},
};

/// Why a denial is taken off when an allergy comes into force.
const NO_LONGER: &str = "an allergy of this kind was recorded";

/// Decides on an allergy that is on record, as [`store_in_force`] does.
///
/// # Errors
/// As [`store_in_force`], and when the caller may not.
pub(super) async fn transact_in_force(
    app: &App,
    call: &Call,
    id: AllergyId,
    decide: impl Fn(&AllergyRecord) -> Result<Vec<AllergyEvent>, AllergyError> + Send,
) -> Result<Committed, CommandError<AllergyError>> {
    let sealed = app.load::<AllergyRecord>(id).await?;
    let permit = app.authorise(call, Permission::ChartAllergy, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    let Some(patient) = loaded.holder.or(loaded.patient) else {
        permit.recorded().await?;
        return Err(CommandError::Refused(AllergyError::Unrecorded));
    };
    store_in_force(app, &permit, call, (id, patient), loaded, decide).await
}

/// Decides on an allergy and appends what was decided, through the safety row of the patient, so that no order it speaks
/// against slips past it. Where an allergy is in force afterwards, the statement that none is known is no longer so: it is
/// taken off in the same commit, and named in `removed`. Nor can it be said that none is known while one is on record.
///
/// # Errors
/// When the domain refuses, the version is stale, an allergy is on record that is denied, the patient was merged into another
/// one meanwhile, or the record cannot be reached.
pub(super) async fn store_in_force(
    app: &App,
    permit: &Permit,
    call: &Call,
    (id, patient): (AllergyId, PatientId),
    mut loaded: Loaded<AllergyRecord>,
    decide: impl Fn(&AllergyRecord) -> Result<Vec<AllergyEvent>, AllergyError> + Send,
) -> Result<Committed, CommandError<AllergyError>> {
    let mut again = Again::on(patient);
    loop {
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        if call.if_match.is_some_and(|seen| seen != loaded.version) {
            return Err(CommandError::Stale { current: loaded.version });
        }
        let facts = app.read.safety(permit, patient).await?;
        let (events, against) = match decided(&loaded.state, &facts.rows, id, &decide)? {
            Ok(both) => both,
            Err(why) => {
                permit.recorded().await?;
                return Err(CommandError::Refused(why));
            }
        };
        let version = loaded.version + i32::try_from(events.len()).unwrap_or(i32::MAX);
        let mut committed = Committed { id: id.0, version, extra: None, replayed: false };
        if events.is_empty() {
            return Ok(committed);
        }
        // What ends ends as the other begins.
        let now = app.clock.now();
        let whose = loaded.patient.unwrap_or(patient);
        let mut changes = vec![app.change::<AllergyRecord>(&Target::of(id, whose, now), &loaded, events)];
        for denial in &against {
            changes.extend(taken_off(app, permit, *denial, now).await?);
        }
        // An allergy is put on record whatever it speaks against: who is interrupted may go away, and it would be lost.
        let looked = match changes.first().filter(|change| loaded.version == 0 && speaks(change)) {
            Some(change) => {
                let told = tell(app, permit, call, (patient, &facts), (change, Trigger::ALLERGY_CREATE)).await;
                unless_it_failed(id, told)
            }
            None => Ok(None),
        };
        committed.extra = extra(&against, looked.as_ref());
        let looked = looked.ok().flatten();
        let commit = Commit {
            changes,
            meta: Meta::of(call),
            idempotency: call.idempotency.clone(),
            committed,
            safety: vec![Safety { patient, expected: Some(facts.version) }],
            evaluations: looked.into_iter().map(|looked| looked.record).collect(),
        };
        match app.store.append(permit, commit).await {
            Ok(committed) => return Ok(committed),
            Err(error) => again.after(app, error).await?,
        }
        if loaded.version > 0 {
            loaded = app.load::<AllergyRecord>(id).await?.open(permit).await?;
        }
    }
}

/// What was decided, and the denials that it takes off.
type Decided = Result<(Vec<AllergyEvent>, Vec<AllergyId>), AllergyError>;

/// Whether an allergy speaks against anything: that none is known does not.
fn speaks(change: &Change) -> bool {
    let AnyState::Allergy(AllergyRecord::Active(allergy)) = &change.state else { return false };
    allergy.statement == Statement::Allergic
}

/// That decision support could not look at an allergy.
#[derive(Debug, Clone, Copy)]
struct Unchecked;

/// What was said to an allergy. One that could not be looked at is put on record all the same: it must not be lost for
/// a rule or another entry that cannot be read. What went wrong is logged without what was read.
fn unless_it_failed(id: AllergyId, told: Result<Option<Looked>, StoreError>) -> Result<Option<Looked>, Unchecked> {
    told.map_err(|why| {
        // Its cause may quote the entry that cannot be read.
        tracing::error!(allergy.id = %id, error = %why, "an allergy is put on record unchecked");
        Unchecked
    })
}

/// What is answered beside the allergy: the denials it takes off, and what decision support says to a new one; `checked`
/// is false where it could not look.
fn extra(removed: &[AllergyId], looked: Result<&Option<Looked>, &Unchecked>) -> Option<serde_json::Value> {
    let mut extra = match looked {
        Ok(Some(looked)) => looked.told(),
        Ok(None) => serde_json::json!({}),
        Err(Unchecked) => serde_json::json!({ "checked": false }),
    };
    if !removed.is_empty() {
        extra["removed"] = serde_json::json!(removed);
    }
    extra.as_object().is_some_and(|fields| !fields.is_empty()).then_some(extra)
}

/// Decides, and looks at what else is on record.
fn decided(
    record: &AllergyRecord,
    rows: &[Row],
    id: AllergyId,
    decide: impl Fn(&AllergyRecord) -> Result<Vec<AllergyEvent>, AllergyError>,
) -> Result<Decided, StoreError> {
    let events = match decide(record) {
        Ok(events) => events,
        Err(why) => return Ok(Err(why)),
    };
    let mut after = record.clone();
    for event in &events {
        after.apply(event);
    }
    let AllergyRecord::Active(allergy) = &after else { return Ok(Ok((events, vec![]))) };
    let against = against(rows, id, allergy)?;
    Ok(match allergy.statement {
        Statement::NoneKnown if !against.is_empty() => Err(AllergyError::Contradicted),
        Statement::NoneKnown | Statement::Allergic => Ok((events, against)),
    })
}

/// What else is on record and cannot be so together with this.
fn against(rows: &[Row], id: AllergyId, allergy: &Allergy) -> Result<Vec<AllergyId>, StoreError> {
    let mut all = Vec::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Allergy && row.active && row.id != id.0) {
        if content_of::<Allergy>(row)?.contradicts(allergy) {
            all.push(AllergyId(row.id));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allergy_that_could_not_be_looked_at_says_so_and_is_no_error() {
        let id = AllergyId(uuid::Uuid::from_u128(1));
        let looked = unless_it_failed(id, Err(StoreError::Damaged("a row of another kind".into())));
        assert_eq!(extra(&[], looked.as_ref()), Some(serde_json::json!({ "checked": false })));
        assert_eq!(extra(&[id], looked.as_ref()), Some(serde_json::json!({ "checked": false, "removed": [id] })));
        let unasked = unless_it_failed(id, Ok(None));
        assert_eq!(extra(&[], unasked.as_ref()), None, "who is not asked is told nothing");
    }
}
