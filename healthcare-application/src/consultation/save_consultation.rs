//! Note, diagnosis and prescription, all or none of them.

use healthcare_domain::{
    id::{EncounterId, MedicationOrderId, NoteId, PatientId, ProblemId},
    medication::{MedicationOrder, MedicationOrderError, Override, Prescription},
    note::{Note, NoteContent, NoteError},
    problem::{Problem, ProblemError, ProblemRecord},
};

use healthcare_dss::Trigger;
use serde_json::Value;

use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    again::Again,
    decision::{Against, Drafted, Interruption, check, interrupts, keep, lacks, rows_of},
    entry::get_entry,
    medication::judge_draft,
    note::{NewNote, asked, begun, decide_new},
    store::{Change, Commit, Committed, Meta, Safety, StoreError},
    transact::{Loaded, Target, replay},
    view::Kind,
};

/// What is prescribed, and why against findings.
#[derive(Debug, Clone)]
pub struct Prescribed {
    /// The order.
    pub prescription: Prescription,
    /// Answers to findings.
    pub overrides: Vec<Override>,
}

/// What is diagnosed, and why against findings.
#[derive(Debug, Clone)]
pub struct Diagnosed {
    /// The condition, for the problem list.
    pub problem: Problem,
    /// Answers to findings.
    pub overrides: Vec<Override>,
}

/// Save a consultation.
#[derive(Debug, Clone)]
pub struct SaveConsultation {
    /// The visit.
    pub encounter: EncounterId,
    /// The note.
    pub note: NewNote,
    /// The diagnosis.
    pub diagnosis: Option<Diagnosed>,
    /// The prescription.
    pub prescription: Option<Prescribed>,
}

/// What came of it.
#[derive(Debug)]
pub enum Saved {
    /// All of it is stored. `extra` names the entries, and holds the findings that did not interrupt.
    Saved(Committed),
    /// Nothing is: findings against the prescription wait for an answer.
    Interrupted(Interruption),
}

/// Why a consultation was not saved: which part, and why.
#[derive(Debug, thiserror::Error)]
pub enum ConsultationError {
    /// The note cannot be.
    #[error(transparent)]
    Note(CommandError<NoteError>),
    /// The diagnosis cannot be.
    #[error(transparent)]
    Diagnosis(CommandError<ProblemError>),
    /// The prescription cannot be.
    #[error(transparent)]
    Prescription(CommandError<MedicationOrderError>),
    /// There is no such visit.
    #[error("there is no such visit")]
    NoSuchEncounter,
}

impl<C: Into<CommandError<NoteError>>> From<C> for ConsultationError {
    fn from(error: C) -> Self {
        Self::Note(error.into())
    }
}

/// What is stored of one consultation, before the prescription is judged.
struct Parts {
    note: (NoteId, NoteContent, Change),
    diagnosis: Option<(ProblemId, Change, Vec<Override>)>,
    prescription: Option<(MedicationOrderId, Prescribed)>,
}

/// Saves the note (signed, unless it says otherwise), the diagnosis and the prescription of a visit in one transaction.
/// The prescription is judged as a single one is, on the facts with the new diagnosis among them; a critical finding that
/// is not overridden stops all of it. So does one that the diagnosis brings up.
///
/// # Errors
/// When the caller may not write, diagnose or prescribe, there is no such visit, a part cannot be, or the record cannot
/// be reached. Nothing is changed then.
#[tracing::instrument(skip_all, fields(encounter.id = %cmd.encounter))]
pub async fn save_consultation(app: &App, call: &Call, cmd: SaveConsultation) -> Result<Saved, ConsultationError> {
    let SaveConsultation { encounter, note, diagnosis, prescription } = cmd;
    let patient = whose(app, call, encounter).await?;
    let permit = permitted(app, call, patient, (diagnosis.as_ref(), prescription.as_ref())).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(Saved::Saved(answer));
    }
    let note = NewNote { encounter: Some(encounter), ..note };
    let parts = parts(app, &permit, call, patient, (note, diagnosis, prescription)).await?;
    let mut again = Again::on(patient);
    loop {
        match store(app, &permit, call, patient, &parts).await {
            Err(ConsultationError::Note(CommandError::Store(error))) => again.after::<NoteError>(app, error).await?,
            other => return other,
        }
    }
}

/// Whose visit it is.
async fn whose(app: &App, call: &Call, encounter: EncounterId) -> Result<PatientId, ConsultationError> {
    use crate::QueryError as Q;
    match get_entry(app, call, Permission::WriteNote, (Kind::Encounter, encounter.0), None).await {
        Ok(row) => row.patient.ok_or(ConsultationError::NoSuchEncounter),
        Err(Q::NotFound | Q::BadCursor | Q::NotKept(_)) => Err(ConsultationError::NoSuchEncounter),
        Err(Q::Denied(denied)) => Err(CommandError::Denied(denied).into()),
        Err(Q::Merged(survivor)) => Err(CommandError::Merged(survivor).into()),
        Err(Q::StepUp(missing)) => Err(CommandError::StepUp(missing).into()),
        Err(Q::Store(error)) => Err(error.into()),
    }
}

/// The permit for all of it, made out for the gravest: each part needs its own permission.
async fn permitted(
    app: &App,
    call: &Call,
    patient: PatientId,
    (diagnosed, prescribed): (Option<&Diagnosed>, Option<&Prescribed>),
) -> Result<Permit, ConsultationError> {
    let mut needed = vec![Permission::WriteNote];
    needed.extend(diagnosed.map(|_| Permission::ChartProblem));
    needed.extend(prescribed.map(|_| Permission::PrescribeMedication));
    if diagnosed.is_some_and(|one| !one.overrides.is_empty()) {
        app.ensure_strong(call, Permission::ChartProblem, Some(patient)).await?;
    }
    if prescribed.is_some_and(|one| !one.overrides.is_empty()) {
        app.ensure_strong(call, Permission::PrescribeMedication, Some(patient)).await?;
    }
    let mut permit = app.authorise(call, Permission::WriteNote, Some(patient)).await?;
    for permission in needed.into_iter().skip(1) {
        permit = app.authorise(call, permission, Some(patient)).await?;
    }
    Ok(permit)
}

/// The note and the diagnosis as they are to be stored, and the prescription as it is to be judged.
async fn parts(
    app: &App,
    permit: &Permit,
    call: &Call,
    patient: PatientId,
    (note, diagnosis, prescription): (NewNote, Option<Diagnosed>, Option<Prescribed>),
) -> Result<Parts, ConsultationError> {
    let now = app.clock.now();
    let encounter = note.encounter;
    asked(app, permit, &note.cosigners).await?;
    let (cosigners, sign) = (note.cosigners.clone(), note.sign);
    let content = begun(app, permit, patient, note).await?;
    let written = decide_new(&Note::Unwritten, &content, (&cosigners, sign), call, now);
    let written = written.map_err(|refusal| ConsultationError::Note(CommandError::Refused(refusal)))?;
    let id = NoteId(app.clock.new_id());
    let target = Target::of(id, patient, content.told_of_at);
    let note = (id, content, app.change::<Note>(&target, &Loaded::unwritten(), written));
    let diagnosis = match diagnosis {
        None => None,
        Some(Diagnosed { problem, overrides }) => {
            let problem = Problem { encounter, ..problem };
            let refused = |refusal| ConsultationError::Diagnosis(CommandError::Refused(refusal));
            let born = app.born(permit, patient).await.map_err(ConsultationError::Diagnosis)?;
            problem.ensure_of_life(born, now).map_err(refused)?;
            let events = ProblemRecord::default().add(problem).map_err(refused)?;
            let id = ProblemId(app.clock.new_id());
            let change = app.change::<ProblemRecord>(&Target::of(id, patient, now), &Loaded::unwritten(), events);
            Some((id, change, overrides))
        }
    };
    let prescription = match prescription {
        None => None,
        Some(Prescribed { prescription, overrides }) => {
            let possible = prescription.ensure_possible();
            possible.map_err(|why| ConsultationError::Prescription(CommandError::Refused(why)))?;
            let prescription = Prescription { encounter, ..prescription };
            Some((MedicationOrderId(app.clock.new_id()), Prescribed { prescription, overrides }))
        }
    };
    Ok(Parts { note, diagnosis, prescription })
}

/// Checks the diagnosis and judges the prescription as things stand now, and stores all of it while they stand so.
async fn store(
    app: &App,
    permit: &Permit,
    call: &Call,
    patient: PatientId,
    parts: &Parts,
) -> Result<Saved, ConsultationError> {
    let Parts { note: (note, _, written), diagnosis, prescription } = parts;
    let mut extra = serde_json::json!({ "note": note });
    let mut changes = vec![written.clone()];
    let (mut looked_at, mut evaluations) = (vec![], vec![]);
    if let Some((id, change, overrides)) = diagnosis {
        let mut change = change.clone();
        let (hook, against) = (Trigger::PROBLEM_CREATE, Against::Record);
        let drafted = Drafted { hook, against, change: &mut change, overrides };
        let looked = check::<ProblemError>(app, permit, call, patient, drafted).await;
        let looked = looked.map_err(ConsultationError::Diagnosis)?;
        if let Some(looked) = &looked {
            extra = looked.told();
            extra["note"] = serde_json::json!(note);
        }
        extra["problem"] = serde_json::json!(id);
        looked_at.push(looked.as_ref().and_then(|looked| looked.version));
        changes.push(change);
        evaluations.extend(looked.map(|looked| looked.record));
    }
    if let Some((order, Prescribed { prescription, overrides })) = prescription {
        let beside = diagnosis.as_ref().map(|(_, change, _)| rows_of(change)).unwrap_or_default();
        let judged = judge_draft::<MedicationOrderError>(app, permit, patient, *order, (prescription, &beside)).await;
        let judged = judged.map_err(ConsultationError::Prescription)?;
        looked_at.push(Some(judged.version));
        // Before anybody is asked: what was found of the diagnosis may no longer be all there is.
        safety(patient, &looked_at)?;
        let findings = judged.evaluation.findings();
        let ids: Vec<String> = findings.iter().map(|finding| finding.id.to_string()).collect();
        let events = MedicationOrder::Unordered.prescribe(prescription.clone(), overrides.clone(), &ids);
        let events = events.map_err(|why| ConsultationError::Prescription(CommandError::Refused(why)))?;
        if findings.iter().any(|finding| interrupts(finding, overrides)) {
            let findings = findings.into_iter().cloned().collect();
            let lacking = lacks(&judged.evaluation);
            let interruption = Interruption { evaluation: judged.record.id, findings, lacking };
            for record in evaluations.into_iter().chain([judged.record]) {
                keep(app, permit, call, record).await?;
            }
            return Ok(Saved::Interrupted(interruption));
        }
        extra["medication_order"] = serde_json::json!(order);
        add(&mut extra, "findings", findings.into_iter().map(|one| serde_json::json!(one)));
        add(&mut extra, "lacking", lacks(&judged.evaluation).into_iter().map(|one| serde_json::json!(one)));
        extra["evaluation"] = serde_json::json!(judged.record.id);
        let target = Target::of(*order, patient, prescription.authored_at);
        changes.push(app.change::<MedicationOrder>(&target, &Loaded::unwritten(), events));
        evaluations.push(judged.record);
    }
    let version = i32::try_from(written.events.len()).unwrap_or(i32::MAX);
    let committed = Committed { id: note.0, version, extra: Some(extra), replayed: false };
    let (meta, idempotency) = (Meta::of(call), call.idempotency.clone());
    let safety = safety(patient, &looked_at)?;
    let commit = Commit { changes, meta, idempotency, committed, safety, evaluations };
    Ok(Saved::Saved(app.store.append(permit, commit).await?))
}

/// The safety row as all parts stand on it: one that was not looked at stands on whatever the others do.
///
/// # Errors
/// [`StoreError::Conflict`] when something was stored between the looks at two parts: the first has not seen it, and all
/// of it is looked at again.
fn safety(patient: PatientId, looked_at: &[Option<i64>]) -> Result<Vec<Safety>, StoreError> {
    let mut versions = looked_at.iter().flatten();
    let expected = versions.next().copied();
    if versions.any(|version| Some(*version) != expected) {
        return Err(StoreError::Conflict);
    }
    Ok(if looked_at.is_empty() { vec![] } else { vec![Safety { patient, expected }] })
}

/// Adds to a list of the answer: what was told of the diagnosis stands before what was told of the order. Told of both,
/// it is told once.
fn add(extra: &mut Value, list: &str, told: impl Iterator<Item = Value>) {
    let mut all = extra[list].as_array().cloned().unwrap_or_default();
    for one in told {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    extra[list] = Value::Array(all);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each part stood on, and what the commit is held to.
    fn held_to(looked_at: &[Option<i64>]) -> Result<Vec<Option<i64>>, StoreError> {
        let patient = PatientId(uuid::Uuid::from_u128(1));
        safety(patient, looked_at).map(|rows| rows.into_iter().map(|row| row.expected).collect())
    }

    #[test]
    fn parts_that_were_looked_at_on_different_facts_are_looked_at_again() {
        assert!(matches!(held_to(&[Some(4), Some(5)]), Err(StoreError::Conflict)));
        assert_eq!(held_to(&[Some(5), Some(5)]).unwrap(), [Some(5)]);
    }

    #[test]
    fn a_part_that_nobody_was_asked_about_stands_on_what_the_other_does() {
        assert_eq!(held_to(&[None, Some(5)]).unwrap(), [Some(5)]);
        assert_eq!(held_to(&[None]).unwrap(), [None]);
        assert_eq!(held_to(&[Some(4)]).unwrap(), [Some(4)]);
        assert!(held_to(&[]).unwrap().is_empty());
    }
}
