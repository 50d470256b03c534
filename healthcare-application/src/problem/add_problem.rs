//! Puts a problem on the list.

use healthcare_domain::{
    id::{PatientId, ProblemId},
    problem::{Problem, ProblemError, ProblemRecord},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Put a problem on the list.
#[derive(Debug, Clone)]
pub struct AddProblem {
    /// Whose.
    pub patient: PatientId,
    /// What it is.
    pub problem: Problem,
}

/// Adds a problem.
///
/// # Errors
/// When the caller may not, there is no such patient, the visit is another patient's, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn add_problem(app: &App, call: &Call, cmd: AddProblem) -> Result<Committed, CommandError<ProblemError>> {
    let permit = app.authorise(call, Permission::ChartProblem, Some(cmd.patient)).await?;
    app.ensure_patient(cmd.patient).await?;
    app.ensure_encounter(cmd.patient, cmd.problem.encounter, "/encounter").await?;
    let target = Target::of(ProblemId(app.clock.new_id()), cmd.patient, app.clock.now()).through_safety();
    transact(app, &permit, call, target, |record: &ProblemRecord| record.add(cmd.problem.clone())).await
}
