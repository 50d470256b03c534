//! The diagnoses of a visit: listed, ranked anew, taken off. A condition that is new is put on record in the same commit.

use healthcare_domain::{
    code::{CodeableConcept, Coding},
    encounter::{DiagnosisUse, Encounter, EncounterError},
    id::{EncounterId, PatientId, ProblemId},
    problem::{Problem, ProblemError, ProblemRecord},
    signing::{Override, ensure_answers},
    text::Remark,
};
use healthcare_dss::Trigger;

use super::placing::{VisitError, decide_visit};
use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    again::Again,
    decision::{Against, Drafted, Looked, check},
    store::{Change, Commit, Committed, Meta, Safety},
    transact::{Loaded, Target, replay},
};

/// What is diagnosed.
#[derive(Debug, Clone)]
pub enum Diagnosed {
    /// A condition that is on record.
    Known(ProblemId),
    /// One that is not yet.
    New(Box<Problem>),
}

/// Diagnose during a visit.
#[derive(Debug, Clone)]
pub struct AddDiagnosis {
    /// During which.
    pub encounter: EncounterId,
    /// What.
    pub what: Diagnosed,
    /// For what it is listed.
    pub used: DiagnosisUse,
    /// In which place among those of its use; at the end if absent.
    pub rank: Option<u16>,
    /// Why a new one is recorded against findings.
    pub overrides: Vec<Override>,
}

/// Why nothing is diagnosed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DiagnosisRefused {
    /// By the visit.
    #[error(transparent)]
    Encounter(#[from] EncounterError),
    /// By the condition.
    #[error(transparent)]
    Problem(#[from] ProblemError),
}

type Refused = CommandError<DiagnosisRefused>;

fn refused(error: impl Into<DiagnosisRefused>) -> Refused {
    CommandError::Refused(error.into())
}

/// Lists a condition as a diagnosis of a visit. One that is new passes through the safety row, for drugs are
/// contraindicated by conditions; and it is checked as one that is put on the problem list. Answers `problem`, the
/// condition's identity.
///
/// # Errors
/// When the caller may not, the condition is another patient's or was struck out, it is listed for that use, there is no
/// such rank, the visit takes none, findings wait for an answer, an override answers none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %cmd.encounter))]
pub async fn add_diagnosis(app: &App, call: &Call, cmd: AddDiagnosis) -> Result<Committed, Refused> {
    let sealed = app.load::<Encounter>(cmd.encounter).await?;
    if !cmd.overrides.is_empty() {
        app.ensure_strong(call, Permission::ChartProblem, sealed.patient()).await?;
    }
    let permit = app.authorise(call, Permission::ChartProblem, sealed.patient()).await?;
    let mut visit = sealed.open(&permit).await?;
    let new = ProblemId(app.clock.new_id());
    let held = visit.holder.or(visit.patient).ok_or_else(|| refused(EncounterError::NotAdmitted))?;
    let mut again = Again::on(held);
    loop {
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        let patient = visit.holder.or(visit.patient).ok_or_else(|| refused(EncounterError::NotAdmitted))?;
        if let Some(seen) = call.if_match
            && seen != visit.version
        {
            return Err(CommandError::Stale { current: visit.version });
        }
        let (problem, code, mut recorded) = condition(app, &permit, (&cmd, patient), new).await?;
        let known = recorded.is_none();
        let listed = visit.state.list_diagnosis((problem, code), cmd.used, cmd.rank, known);
        let events = match listed {
            Ok(events) => events,
            Err(why) => {
                permit.recorded().await?;
                return Err(refused(why));
            }
        };
        let version = visit.version + i32::try_from(events.len()).unwrap_or(i32::MAX);
        let target = Target::of(cmd.encounter, patient, app.clock.now());
        let looked = match &mut recorded {
            Some(change) => {
                let (hook, against) = (Trigger::PROBLEM_CREATE, Against::Record);
                check(app, &permit, call, patient, Drafted { hook, against, change, overrides: &cmd.overrides }).await?
            }
            // It was checked when it was put on record.
            None => {
                ensure_answers(&cmd.overrides, &[]).map_err(|stray| CommandError::UnknownFinding(stray.0))?;
                None
            }
        };
        let expected = looked.as_ref().and_then(|looked| looked.version);
        let safety = if known { vec![] } else { vec![Safety { patient, expected }] };
        let mut changes = vec![app.change::<Encounter>(&target, &visit, events)];
        changes.extend(recorded);
        let mut extra = looked.as_ref().map_or_else(|| serde_json::json!({}), Looked::told);
        extra["problem"] = serde_json::json!(problem);
        let commit = Commit {
            changes,
            meta: Meta::of(call),
            idempotency: call.idempotency.clone(),
            committed: Committed { id: cmd.encounter.0, version, extra: Some(extra), replayed: false },
            safety,
            evaluations: looked.into_iter().map(|looked| looked.record).collect(),
        };
        match app.store.append(&permit, commit).await {
            Ok(committed) => return Ok(committed),
            Err(error) => again.after(app, error).await?,
        }
        visit = app.load::<Encounter>(cmd.encounter).await?.open(&permit).await?;
    }
}

/// Which condition it is, what it is, and the change that puts it on record where it is new.
async fn condition(
    app: &App,
    permit: &Permit,
    (cmd, patient): (&AddDiagnosis, PatientId),
    new: ProblemId,
) -> Result<(ProblemId, CodeableConcept, Option<Change>), Refused> {
    match &cmd.what {
        Diagnosed::Known(problem) => {
            let sealed = app.load::<ProblemRecord>(*problem).await?;
            if sealed.patient() != Some(patient) {
                return Err(CommandError::Foreign("/problem"));
            }
            let loaded = sealed.open(permit).await?;
            let code = loaded.state.amendable().map_err(refused)?.code.clone();
            Ok((*problem, code, None))
        }
        Diagnosed::New(problem) => {
            let category = "http://terminology.hl7.org/CodeSystem/condition-category";
            let diagnosis = Coding::new(category, "encounter-diagnosis", "Encounter Diagnosis");
            let mut problem = Problem { encounter: Some(cmd.encounter), ..(**problem).clone() };
            if !problem.is_encounter_diagnosis() {
                problem.categories.push(CodeableConcept::of(diagnosis));
            }
            let code = problem.code.clone();
            let nothing = Loaded::<ProblemRecord>::nothing();
            let born = app.born(permit, patient).await?;
            problem.ensure_of_life(born, app.clock.now()).map_err(refused)?;
            let events = nothing.state.add(problem).map_err(refused)?;
            let target = Target::of(new, patient, app.clock.now());
            Ok((new, code, Some(app.change::<ProblemRecord>(&target, &nothing, events))))
        }
    }
}

/// Gives a diagnosis another place among those of its use; the first is the principal one.
///
/// # Errors
/// When the caller may not, it is not listed, there is no such rank, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn rank_diagnosis(
    app: &App,
    call: &Call,
    id: EncounterId,
    (problem, used, rank): (ProblemId, DiagnosisUse, u16),
) -> Result<Committed, VisitError> {
    let decide = |visit: &Encounter| visit.rank_diagnosis(problem, used, rank);
    decide_visit(app, call, Permission::ChartProblem, (id, app.clock.now()), decide).await
}

/// Takes a condition off the diagnoses of a visit. It stays on the problem list until that is told otherwise.
///
/// # Errors
/// When the caller may not, it is not listed, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn remove_diagnosis(
    app: &App,
    call: &Call,
    id: EncounterId,
    (problem, used, reason): (ProblemId, DiagnosisUse, Remark),
) -> Result<Committed, VisitError> {
    let decide = |visit: &Encounter| visit.remove_diagnosis(problem, used, reason.clone());
    decide_visit(app, call, Permission::ChartProblem, (id, app.clock.now()), decide).await
}
