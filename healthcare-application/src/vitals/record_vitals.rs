//! Charts a set of vital signs during a visit.

use healthcare_domain::{
    encounter::{Encounter, EncounterError},
    id::{EncounterId, PatientId, VitalsId},
    vitals::{Vitals, VitalsError, VitalsSet},
};
use healthcare_dss::EventRef;

use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    score::{Applies, Charted, charted, current_news2, of_vitals},
    store::{Committed, StoreError},
    transact::{Beside, Loaded, Target, replay, store_with},
};

/// Chart a set of vital signs.
#[derive(Debug, Clone)]
pub struct RecordVitals {
    /// During which visit.
    pub encounter: EncounterId,
    /// What was measured and seen.
    pub vitals: Vitals,
}

/// Why vital signs are not charted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum VitalsRefused {
    /// The visit is not open.
    #[error(transparent)]
    Encounter(#[from] EncounterError),
    /// The set cannot be true.
    #[error(transparent)]
    Vitals(#[from] VitalsError),
}

/// Records vital signs for the patient of an open encounter. Answers `news2` from this set and the newest of what it
/// leaves out, with missing and stale parameters marked.
///
/// # Errors
/// When the caller may not, the visit is not open, the set cannot be true, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %cmd.encounter))]
pub async fn record_vitals(
    app: &App,
    call: &Call,
    cmd: RecordVitals,
) -> Result<Committed, CommandError<VitalsRefused>> {
    let refused = |e: EncounterError| CommandError::Refused(e.into());
    let sealed = app.load::<Encounter>(cmd.encounter).await?;
    let permit = app.authorise(call, Permission::RecordVitals, sealed.patient()).await?;
    let encounter = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let admission = encounter.state.ensure_open().map_err(refused)?;
    if cmd.vitals.measured_at < admission.started_at {
        return Err(refused(EncounterError::BeforeAdmission(admission.started_at)));
    }
    let patient = encounter.patient.ok_or(CommandError::NoSuchPatient)?;
    let vitals = Vitals { encounter: Some(cmd.encounter), ..cmd.vitals };
    let nothing = Loaded::<VitalsSet>::nothing();
    let events = nothing.state.record(vitals.clone(), app.clock.now()).map_err(|e| CommandError::Refused(e.into()))?;
    let target = Target::of(VitalsId(app.clock.new_id()), patient, vitals.measured_at);
    let new = of_vitals(&vitals, EventRef { stream: target.id.0, version: 1 });
    let news2 = score_with(app, &permit, patient, new).await?;
    let beside = Beside { extra: Some(serde_json::json!({ "news2": news2 })), ..Beside::default() };
    Ok(store_with(app, &permit, call, target, &nothing, events, beside).await?)
}

/// NEWS2 now, from what is new and the newest of what was charted before.
async fn score_with(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    new: Vec<Charted>,
) -> Result<Option<healthcare_dss::score::news2::News2>, StoreError> {
    let rows = app.read.safety(permit, patient).await?.rows;
    let applies = Applies::of(&rows, app.reading())?;
    let mut signs = new;
    for row in &rows {
        signs.extend(charted(row)?);
    }
    Ok(current_news2(&signs, applies, app.clock.now()))
}
