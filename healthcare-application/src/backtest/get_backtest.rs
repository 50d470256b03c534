//! One backtest, with the moments that the caller may look at.

use chrono::Duration;
use healthcare_domain::id::PatientId;
use uuid::Uuid;

use super::{
    Sample, ShownSample, Trial,
    model::{Backtest, BacktestState},
    timeline::{RUN_IN_DAYS, in_order},
};
use crate::{
    App, QueryError,
    access::{Call, Circle, Permission},
};

/// A backtest: where it stands, how far it is, what came of it. Of the moments that were picked, those of patients whose
/// chart the caller may read are judged anew and shown whole; of the others there is a pseudonym and a day.
///
/// # Errors
/// When the caller may not, there is no such backtest, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(backtest.id = %id))]
pub async fn get_backtest(app: &App, call: &Call, id: Uuid) -> Result<Backtest, QueryError> {
    let permit = app.authorise(call, Permission::ReadRuleMetrics, None).await?;
    let stored = app.read.backtest(&permit, id).await?.ok_or(QueryError::NotFound)?;
    let mut shown = stored.shown();
    let samples = stored.tally.as_ref().filter(|_| stored.state == BacktestState::Done).map(|tally| &tally.samples);
    let Some(samples) = samples.filter(|samples| !samples.is_empty()) else { return Ok(shown) };
    let circle = match call.actor.may(Permission::ReadChart) {
        true => Some(app.circle(call, Permission::ReadChart).await?),
        false => None,
    };
    // What was tried then may refer to knowledge that is gone: then the moments are shown without what was found.
    let trial = Trial::of(app, &stored.asked.request).ok();
    for sample in samples {
        let open = circle.as_ref().is_some_and(|circle: &Circle| circle.has(Some(sample.patient)));
        let mut one = closed(&stored.asked.request.salt, sample);
        if let (true, Some(trial)) = (open, &trial) {
            look(app, call, trial, sample, &mut one).await?;
        }
        shown.samples.push(one);
    }
    Ok(shown)
}

/// A moment as everybody may see it.
fn closed(salt: &Uuid, sample: &Sample) -> ShownSample {
    ShownSample {
        pseudonym: Uuid::new_v5(salt, sample.patient.0.as_bytes()),
        on: sample.at.date_naive(),
        trigger: sample.trigger.clone(),
        change: sample.change,
        followed: sample.followed,
        patient: None,
        at: None,
        finding: None,
        words: None,
    }
}

/// Judges the moment anew, under a permit for the patient.
async fn look(
    app: &App,
    call: &Call,
    trial: &Trial,
    sample: &Sample,
    into: &mut ShownSample,
) -> Result<(), QueryError> {
    let patient: PatientId = sample.patient;
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let mut events = app.store.history(&permit, patient, trial.to).await?;
    in_order(&mut events);
    let from = trial.from - Duration::days(RUN_IN_DAYS);
    let live = app.store.judged_live(&permit, (from, trial.to)).await?;
    let mut found = None;
    for book in std::iter::once(&trial.candidate).chain(&trial.baseline) {
        let simulated = trial.run(book, &events, &live)?;
        let is_it = |firing: &super::Firing| firing.at == sample.at && firing.finding.id == sample.finding;
        found = found.or_else(|| simulated.firings.into_iter().find(is_it));
    }
    into.patient = Some(patient);
    into.at = Some(sample.at);
    if let Some(firing) = found {
        into.words = Some(firing.finding.explanation.words());
        into.finding = Some(firing.finding);
    }
    Ok(())
}
