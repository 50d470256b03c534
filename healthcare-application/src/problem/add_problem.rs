//! Puts a problem on the list.

use healthcare_domain::{
    id::{PatientId, ProblemId},
    problem::{Problem, ProblemError, ProblemRecord},
    signing::Override,
};
use healthcare_dss::Trigger;

use crate::{
    App, CommandError,
    access::{Call, Permission},
    decision::{Against, Signature, sign},
    store::Committed,
    transact::{Target, replay},
};

/// Put a problem on the list.
#[derive(Debug, Clone)]
pub struct AddProblem {
    /// Whose.
    pub patient: PatientId,
    /// What it is.
    pub problem: Problem,
    /// Why it is recorded against findings.
    pub overrides: Vec<Override>,
}

/// Adds a problem. A person is told what it brings up, such as a drug that it speaks against: what is critical waits for
/// an answer, which stays in the event. The answer is to recording it; the drug is suggested to be stopped all the same.
/// It is judged on the version of the safety row at which it is stored, so that no order slips past it.
///
/// # Errors
/// When the caller may not, there is no such patient, the visit is another patient's, it began before their birth or in the future, findings wait for an answer, an
/// override answers none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn add_problem(app: &App, call: &Call, cmd: AddProblem) -> Result<Committed, CommandError<ProblemError>> {
    if !cmd.overrides.is_empty() {
        app.ensure_strong(call, Permission::ChartProblem, Some(cmd.patient)).await?;
    }
    let permit = app.authorise(call, Permission::ChartProblem, Some(cmd.patient)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let (born, now) = (app.born(&permit, cmd.patient).await?, app.clock.now());
    app.ensure_encounter(cmd.patient, cmd.problem.encounter, "/encounter").await?;
    let target = Target::of(ProblemId(app.clock.new_id()), cmd.patient, now).through_safety();
    let (hook, against) = (Trigger::PROBLEM_CREATE, Against::Record);
    let signature = Signature { hook, against, overrides: &cmd.overrides };
    let decide = |record: &ProblemRecord| {
        cmd.problem.ensure_of_life(born, now)?;
        record.add(cmd.problem.clone())
    };
    sign(app, &permit, call, target, signature, decide).await
}
