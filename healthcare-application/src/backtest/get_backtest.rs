//! One backtest, with the moments that the caller may look at.

use uuid::Uuid;

use super::model::{Backtest, BacktestState};
use crate::{
    App, QueryError,
    access::{Call, Circle, Permission, Permit},
};

/// A backtest: where it stands, how far it is, what came of it. Of the moments that were picked, those of patients whose
/// chart the caller may read are shown whole, as they were found; of the others there is a pseudonym and a day. One that
/// cannot be shown says so and why, beside the others.
///
/// # Errors
/// When the caller may not, there is no such backtest, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(backtest.id = %id))]
pub async fn get_backtest(app: &App, call: &Call, id: Uuid) -> Result<Backtest, QueryError> {
    let permit = app.authorise(call, Permission::ReadRuleMetrics, None).await?;
    let stored = app.read.backtest(&permit, id).await?.ok_or(QueryError::NotFound)?;
    let mut shown = stored.shown();
    if stored.state != BacktestState::Done {
        return Ok(shown);
    }
    let (permit, circle) = charts(app, call, permit).await?;
    let samples = app.store.backtest_samples(&permit, circle.as_ref(), id).await?;
    let is_open = |circle: &Circle, patient| circle.has(Some(patient));
    shown.samples = samples
        .into_iter()
        .map(|sample| {
            let open = circle.as_ref().is_some_and(|circle| is_open(circle, sample.patient));
            sample.shown(&stored.asked.request.salt, open)
        })
        .collect();
    Ok(shown)
}

/// By what a backtest is shown: what is shown of patients is read, and recorded, as their charts are; with the patients whose
/// charts the caller may read, where they read any.
pub(super) async fn charts(app: &App, call: &Call, permit: Permit) -> Result<(Permit, Option<Circle>), QueryError> {
    if !call.actor.may(Permission::ReadChart) {
        return Ok((permit, None));
    }
    let circle = app.circle(call, Permission::ReadChart).await?;
    Ok((app.authorise(call, Permission::ReadChart, None).await?, Some(circle)))
}

#[cfg(test)]
mod tests {
    use healthcare_domain::id::PatientId;

    use super::*;
    use crate::backtest::{Change, Followed, KeptSample, NotShown};

    fn kept(found: Result<Option<healthcare_dss::Finding>, NotShown>) -> KeptSample {
        KeptSample {
            patient: PatientId(Uuid::from_u128(2)),
            registration: PatientId(Uuid::from_u128(1)),
            at: "2026-03-04T05:06:07Z".parse().unwrap(),
            trigger: "lab.result.available".into(),
            change: Change::Added,
            followed: Followed::Nothing,
            found,
        }
    }

    #[test]
    fn who_may_not_look_sees_a_pseudonym_and_a_day() {
        let salt = Uuid::from_u128(9);
        let shown = kept(Err(NotShown::Damaged)).shown(&salt, false);
        let told = serde_json::to_value(&shown).unwrap();
        let fields: Vec<&String> = told.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["change", "followed", "on", "pseudonym", "trigger"], "{told:#}");
        assert_ne!(shown.pseudonym, Uuid::from_u128(1));
        assert_ne!(kept(Ok(None)).shown(&Uuid::from_u128(8), false).pseudonym, shown.pseudonym, "by backtest");
    }

    #[test]
    fn what_cannot_be_shown_says_why_to_who_may_look() {
        let told = serde_json::to_value(kept(Err(NotShown::Erased)).shown(&Uuid::nil(), true)).unwrap();
        assert_eq!((&told["not_shown"], &told["patient"]), (&"erased".into(), &Uuid::from_u128(2).to_string().into()));
        assert!(told.get("finding").is_none(), "{told:#}");
    }
}
