//! The chart to be printed: with the names of who wrote it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{AccountId, PatientId},
    scheduling::zone::Zone,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{Chart, get_chart::shown};
use crate::{
    App, QueryError,
    access::{Call, Permission, Permit},
    decision::ShownVia,
    store::StoreError,
    view::Kind,
};

/// A chart on paper.
#[derive(Debug)]
pub struct Summary {
    /// What it shows.
    pub chart: Chart,
    /// What the people of the house are called whom it names, by their accounts.
    pub names: HashMap<Uuid, String>,
    /// When it is made.
    pub at: DateTime<Utc>,
    /// The time zone of the site.
    pub zone: Zone,
}

/// The chart of a patient, to be printed. With `as_of`, as the hospital knew it then.
///
/// # Errors
/// When the caller may not, there is no such patient (by then), or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn get_summary(
    app: &App,
    call: &Call,
    patient: PatientId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Summary, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let chart = shown(app, &permit, patient, as_of).await?;
    if as_of.is_none() {
        app.shown_views(call, &chart.suggestions.items, ShownVia::Chart);
    }
    let mut names = HashMap::new();
    for account in accounts(&chart) {
        if let Some(name) = name_of(app, &permit, account).await? {
            names.insert(account.0, name);
        }
    }
    Ok(Summary { chart, names, at: app.clock.now(), zone: app.patients.zone })
}

/// The accounts that notes and plans name.
fn accounts(chart: &Chart) -> BTreeSet<AccountId> {
    fn gather(value: &serde_json::Value, into: &mut BTreeSet<AccountId>) {
        match value {
            serde_json::Value::Object(members) => {
                let account = members.get("account").and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
                into.extend(account.map(AccountId));
                members.values().for_each(|member| gather(member, into));
            }
            serde_json::Value::Array(all) => all.iter().for_each(|one| gather(one, into)),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_) => {}
        }
    }
    let mut all = BTreeSet::new();
    let items = chart.notes.items.iter().chain(&chart.plans.items);
    for value in items.filter_map(|item| serde_json::from_str(item.get()).ok()) {
        gather(&value, &mut all);
    }
    all
}

/// What somebody of the house is called: by their profile, else as they sign in.
async fn name_of(app: &App, permit: &Permit, account: AccountId) -> Result<Option<String>, StoreError> {
    #[derive(Deserialize)]
    struct Known {
        username: String,
        profile: Option<Profile>,
    }
    #[derive(Deserialize)]
    struct Profile {
        name: String,
    }
    let Some(sealed) = app.read.entry(Kind::Account, account.0).await? else { return Ok(None) };
    let row = sealed.open(permit).await?;
    let known: Known = serde_json::from_str(&row.body).map_err(|error| StoreError::Damaged(Box::new(error)))?;
    Ok(Some(known.profile.map_or(known.username, |profile| profile.name)))
}
