//! Moves a patient along their pathways.

use healthcare_domain::{
    id::PatientId,
    patient::{Advance, Cause, Patient, PatientError},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::{Committed, Meta, Recorded, StoreError},
    transact::{Target, transact},
};

/// Note that a patient reached the next stage.
#[derive(Debug, Clone)]
pub struct AdvancePathway {
    /// Who.
    pub patient: PatientId,
    /// On which pathway; the house's first where none is named.
    pub pathway: Option<String>,
    /// The stage reached.
    pub stage: String,
}

/// Advances a patient to the next stage of a pathway.
///
/// # Errors
/// When the caller may not, there is no such pathway or stage, the stage is not the next one, the patient is no longer in
/// care, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn advance_pathway(
    app: &App,
    call: &Call,
    cmd: AdvancePathway,
) -> Result<Committed, CommandError<PatientError>> {
    let now = app.clock.now();
    let permit = app.authorise(call, Permission::AdvancePathway, Some(cmd.patient)).await?;
    let target = Target::of(cmd.patient, cmd.patient, now);
    let (by, AdvancePathway { patient: _, pathway, stage }) = (call.actor.account, cmd);
    let advance = Advance { pathway, stage, by, at: now };
    let catalogue = &app.patients.pathways;
    transact(app, &permit, call, target, |patient: &Patient| patient.advance_pathway(catalogue, advance.clone())).await
}

/// Moves a patient on because of what happened. Doing it twice for the same event changes nothing. Answers how many steps
/// were taken.
///
/// # Errors
/// When the record cannot be reached or read.
#[tracing::instrument(skip_all, fields(event.id = %event.event_id()))]
pub async fn follow_pathways(app: &App, patient: PatientId, event: &Recorded) -> Result<usize, StoreError> {
    let call = Call::system(event.meta.request);
    let permit = app
        .authorise(&call, Permission::AdvancePathway, Some(patient))
        .await
        .map_err(|why| StoreError::Damaged(Box::new(why)))?;
    let cause = Cause { kind: event.event.kind().to_owned(), event: event.event_id() };
    let meta = Meta { causation: Some(event.event_id()), ..Meta::of(&call) };
    loop {
        let loaded = app.load::<Patient>(patient).await?.open(&permit).await?;
        let events = loaded.state.moved_by(&app.patients.pathways, &cause, event.occurred_at);
        let steps = events.len();
        if steps == 0 {
            return Ok(0);
        }
        let target = Target::of(patient, patient, event.occurred_at);
        let changes = vec![app.change::<Patient>(&target, &loaded, events)];
        let committed = Committed { id: patient.0, version: 0, extra: None, replayed: false };
        let commit = crate::store::Commit {
            changes,
            meta: meta.clone(),
            idempotency: None,
            committed,
            safety: vec![],
            evaluations: vec![],
        };
        match app.store.append(&permit, commit).await {
            Ok(_) => return Ok(steps),
            // Somebody wrote to the patient meanwhile: what they wrote is looked at.
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
}
