//! Whether a draft may be signed: what was found waits for an answer, or has one.

use healthcare_domain::{
    id::PatientId,
    signing::{UnknownFinding, ensure_answers},
};
use healthcare_dss::Trigger;

use super::{
    Against, Drafted,
    asked::{is_asked, may_be_told},
    found::{Interruption, Looked, interrupts},
    look::look,
};
use crate::{
    App, CommandError,
    access::{Call, Permit},
    read::SafetyFacts,
    store::{Change, Commit, Committed, EvaluationRecord, Meta, StoreError},
};

/// Checks a draft before it is signed. Nothing where the caller is not asked. Every judgement is kept, also of what is
/// not signed; where it is signed, what was set aside is in its events, and the judgement is the caller's to store.
///
/// # Errors
/// When findings wait for an answer, an override answers none, there is no such patient, or the record cannot be reached.
pub(crate) async fn check<E>(
    app: &App,
    permit: &Permit,
    call: &Call,
    patient: PatientId,
    drafted: Drafted<'_>,
) -> Result<Option<Looked>, CommandError<E>> {
    let Drafted { hook, against, change, overrides } = drafted;
    let stray = |UnknownFinding(finding)| CommandError::<E>::UnknownFinding(finding);
    if !is_asked(app, permit, call, patient, against).await? {
        ensure_answers(overrides, &[]).map_err(stray)?;
        return Ok(None);
    }
    let read = app.read.safety(permit, patient).await?;
    if read.rows.is_empty() {
        permit.recorded().await?;
        return Err(CommandError::NoSuchPatient);
    }
    let looked = look(app, permit, patient, &read, (&*change, hook, against)).await?;
    if !may_be_told(app, permit, call, patient, (against, &looked)).await? {
        ensure_answers(overrides, &[]).map_err(stray)?;
        return Ok(None);
    }
    let ids: Vec<String> = looked.findings.iter().map(|finding| finding.id.to_string()).collect();
    if let Err(unknown) = ensure_answers(overrides, &ids) {
        // Which findings there are is told by which answers are refused.
        permit.recorded().await?;
        return Err(stray(unknown));
    }
    if looked.findings.iter().any(|finding| interrupts(finding, overrides)) {
        let Looked { record, findings, lacking, version: _ } = looked;
        let interruption = Interruption { evaluation: record.id, findings, lacking };
        keep(app, permit, call, record).await?;
        return Err(CommandError::Interrupted(Box::new(interruption)));
    }
    if !overrides.is_empty() {
        // The first event that is signed holds what was set aside.
        change.events.iter_mut().any(|new| new.event.set_aside(overrides));
    }
    Ok(Some(looked))
}

/// Looks at a draft and tells, without interrupting: for what has to be stored whatever there is to say. Nothing where
/// the caller is not asked.
///
/// # Errors
/// When the record cannot be reached.
pub(crate) async fn tell(
    app: &App,
    permit: &Permit,
    call: &Call,
    (patient, read): (PatientId, &SafetyFacts),
    (change, hook): (&Change, Trigger<'static>),
) -> Result<Option<Looked>, StoreError> {
    if !is_asked(app, permit, call, patient, Against::Record).await? {
        return Ok(None);
    }
    look(app, permit, patient, read, (change, hook, Against::Record)).await.map(Some)
}

/// Keeps a judgement without what was judged. It answers no key: the same command may come again with overrides.
///
/// # Errors
/// When the record cannot be reached.
pub(crate) async fn keep(app: &App, permit: &Permit, call: &Call, record: EvaluationRecord) -> Result<(), StoreError> {
    let commit = Commit {
        changes: vec![],
        meta: Meta::of(call),
        idempotency: None,
        committed: Committed { id: record.id, version: 0, extra: None, replayed: false },
        safety: vec![],
        evaluations: vec![record],
    };
    app.store.append(permit, commit).await.map(drop)
}
