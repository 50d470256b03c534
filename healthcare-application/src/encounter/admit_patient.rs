//! Plans a visit or stay, or begins one.

use std::ops::ControlFlow;

use healthcare_domain::{
    encounter::{Admission, Encounter, Stage},
    id::{EncounterId, PatientId},
    signing::Override,
};

use super::placing::{VisitError, WantedPlace, store_stay};
use crate::{
    App,
    access::{Call, Permission},
    store::Committed,
    transact::{Loaded, Target},
};

/// How far a visit has come as it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// It is expected.
    Planned,
    /// The patient is there, at this stage.
    At(Stage),
}

/// Admit a patient.
#[derive(Debug, Clone)]
pub struct AdmitPatient {
    /// Who.
    pub patient: PatientId,
    /// As what, why. The place is said by `place`.
    pub admission: Admission,
    /// Where to.
    pub place: WantedPlace,
    /// How far it has come.
    pub beginning: Beginning,
    /// Why the stay begins against findings that nobody has answered.
    pub overrides: Vec<Override>,
}

/// Admits a patient under a new encounter, into a bed where one is named. Whoever begins a stay and may see the chart is
/// told what is critical and unanswered: it waits for a reason, which stays in the event.
///
/// # Errors
/// When the caller may not, there is no such patient, the time cannot be, there is no such ward or bed or it is not free, findings
/// wait for an answer, an override answers none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn admit_patient(app: &App, call: &Call, cmd: AdmitPatient) -> Result<Committed, VisitError> {
    let now = app.clock.now();
    if !cmd.overrides.is_empty() {
        app.ensure_strong(call, Permission::AdmitPatient, Some(cmd.patient)).await?;
    }
    let permit = app.authorise(call, Permission::AdmitPatient, Some(cmd.patient)).await?;
    app.ensure_patient(cmd.patient).await?;
    let admission = match cmd.place.resolve_for(app, call, &permit).await? {
        ControlFlow::Break(answer) => return Ok(answer),
        ControlFlow::Continue(Some(place)) => cmd.admission.at(place),
        ControlFlow::Continue(None) => cmd.admission,
    };
    let target = Target::of(EncounterId(app.clock.new_id()), cmd.patient, admission.started_at);
    let decide = |encounter: &Encounter| match cmd.beginning {
        Beginning::Planned => encounter.plan(admission.clone(), now),
        Beginning::At(stage) => encounter.begin(admission.clone(), stage, now),
    };
    store_stay(app, call, &permit, (target, Loaded::nothing()), &cmd.overrides, decide).await
}
