//! A plan, with what was measured last of what it aims at.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    code::LOINC,
    id::PlanId,
    plan::{Goal, GoalStatus, Plan},
    quantity::Quantity,
};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    chart::rows_known,
    entry::content_of,
    store::StoreError,
    transact::Loaded,
    view::{Kind, Of, Row, rows},
};

/// A plan with the progress of its goals.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanView {
    /// Its version, as in `ETag`.
    #[serde(skip)]
    pub version: i32,
    /// The plan.
    #[schema(value_type = Object)]
    pub plan: Box<RawValue>,
    /// Of each goal that has a measure what was measured last.
    pub progress: Vec<Measured>,
}

/// What was measured last of what a goal aims at.
#[derive(Debug, Serialize, ToSchema)]
pub struct Measured {
    /// The number of the goal.
    pub goal: u16,
    /// How much.
    pub value: Quantity,
    /// When.
    pub at: DateTime<Utc>,
    /// The observation that says so.
    pub observation: Uuid,
    /// Whether the target is reached by it; absent without a target, or where it has another unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<bool>,
}

/// A plan as it stands; with `as_of`, as it was known then, with what was known then of what it aims at.
///
/// # Errors
/// When the caller may not, there is no such plan (by then), or the record cannot be reached.
#[tracing::instrument(skip_all, fields(plan.id = %id))]
pub async fn get_plan(
    app: &App,
    call: &Call,
    id: PlanId,
    as_of: Option<DateTime<Utc>>,
) -> Result<PlanView, QueryError> {
    let sealed = app.load_as_of::<Plan>(id, as_of).await?;
    let whose = sealed.patient().or(call.actor.patient);
    let permit = app.authorise(call, Permission::ReadChart, whose).await?;
    let Loaded { state, version, holder: patient, .. } = sealed.open(&permit).await?;
    let goals: Vec<Goal> = match &state {
        Plan::Planned(planned) => planned.goals.clone(),
        Plan::Unwritten | Plan::Elsewhere(_) | Plan::StruckElsewhere(_) | Plan::EnteredInError(_) => vec![],
    };
    let of = Of { id: id.0, version, patient, at: app.clock.now() };
    let row = rows(&state.into(), of).pop().ok_or(QueryError::NotFound)?;
    let aimed: Vec<(&Goal, &str)> = goals
        .iter()
        .filter(|goal| matches!(goal.status, GoalStatus::Proposed | GoalStatus::Active))
        .filter_map(|goal| Some((goal, goal.content.measure.as_ref()?.code_in(LOINC)?)))
        .collect();
    let mut progress = vec![];
    if let Some(patient) = patient.filter(|_| !aimed.is_empty()) {
        let codes: Vec<String> = aimed.iter().map(|(_, code)| (*code).to_owned()).collect();
        let newest = match as_of {
            None => app.read.newest(&permit, patient, &codes).await?,
            Some(then) => rows_known(app, &permit, patient, then).await?.into_iter().filter(is_measured).collect(),
        };
        for (goal, code) in aimed {
            let of_code = newest.iter().filter(|row| row.code.as_deref() == Some(code));
            progress.extend(
                of_code
                    .max_by_key(|row| (row.at, row.id, row.item))
                    .map(|row| measured(goal, row))
                    .transpose()?
                    .flatten(),
            );
        }
    }
    let plan = RawValue::from_string(row.body).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    Ok(PlanView { version, plan, progress })
}

/// Whether a row is one that a goal may be measured by.
fn is_measured(row: &Row) -> bool {
    matches!(row.kind, Kind::Vital | Kind::Laboratory) && !row.struck
}

/// The number in a row of a vital sign or a result; none where it holds no number.
fn measured(goal: &Goal, row: &Row) -> Result<Option<Measured>, StoreError> {
    let body: Value = content_of(row)?;
    let sign = &body["measurement"];
    let quantity = if sign.is_object() { sign } else { &body["value"]["quantity"] };
    let amount = quantity["value"].as_str().and_then(|text| text.parse::<Decimal>().ok());
    let (Some(value), Some(unit)) = (amount, quantity["unit"].as_str()) else { return Ok(None) };
    let value = Quantity { value, unit: unit.to_owned() };
    let reached = goal.content.target.as_ref().and_then(|target| target.is_reached_by(&value));
    Ok(Some(Measured { goal: goal.number, value, at: row.at, observation: row.id, reached }))
}
