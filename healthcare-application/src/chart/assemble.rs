//! From rows to a chart. The chart of today and that of an earlier day are put together here alike.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
};

use chrono::{DateTime, Utc};
use healthcare_domain::allergy::{Allergy, Statement, Verification};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    read::Cursor,
    view::{Kind, Row},
};

/// How many entries a section shows beyond those that are active.
pub const NEWEST: usize = 20;

/// All that matters of a patient.
#[derive(Debug, Serialize, ToSchema)]
pub struct Chart {
    /// The day it shows, when an earlier one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<DateTime<Utc>>,
    /// Demographics.
    #[schema(value_type = Object)]
    pub patient: Box<RawValue>,
    /// Whether allergies were asked about at all.
    pub allergy_status: AllergyStatus,
    /// Allergies.
    pub allergies: Section,
    /// The problem list.
    pub problems: Section,
    /// Orders of medication.
    pub medications: Section,
    /// The latest value of each vital sign.
    pub latest_vitals: Section,
    /// Laboratory results.
    pub laboratory: Section,
    /// Visits and stays.
    pub encounters: Section,
    /// Procedures.
    pub procedures: Section,
    /// Immunisations.
    pub immunizations: Section,
    /// The health of the patient's relatives.
    pub family_history: Section,
    /// How the patient lives.
    pub social_history: Section,
    /// Care plans.
    pub plans: Section,
    /// Notes that were signed, in brief; each is read whole by its identity.
    pub notes: Section,
    /// Diagnostic reports.
    pub reports: Section,
    /// What was consented to, or refused.
    pub consents: Section,
    /// Open alerts.
    pub alerts: Section,
    /// Open suggestions.
    pub suggestions: Section,
    /// What came from other systems and is only kept, in brief: what it is, and of when. Nothing of it counts in a check.
    pub kept: Section,
    /// How much waits to be done.
    pub counts: Counts,
    /// The last visit.
    #[schema(value_type = Option<Object>)]
    pub last_encounter: Option<Box<RawValue>>,
}

/// A section of the chart: all that is active and the newest 20.
#[derive(Debug, Serialize, ToSchema)]
pub struct Section {
    /// The entries, newest first.
    #[schema(value_type = Vec<Object>)]
    pub items: Vec<Box<RawValue>>,
    /// The list that goes on from here, if there is more.
    pub next: Option<String>,
    /// Of the latest vital signs of an earlier day: what of devices is among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<DevicesTold>,
}

/// What a chart of an earlier day tells of devices. Their readings are kept one by one for a time; what they came to by the minute
/// does not tell when they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct DevicesTold {
    /// Whether the newest reading of each signal is among the values. Where it is not, devices may have measured something newer.
    pub told: bool,
    /// What was measured before is not told.
    pub readings_since: DateTime<Utc>,
}

/// What waits to be done.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    /// Orders that are running.
    pub pending_orders: usize,
    /// Results nobody has seen.
    pub unread_results: usize,
    /// Open alerts of high priority.
    pub critical_alerts: usize,
}

/// "No known allergies" is knowledge; "not asked" is a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AllergyStatus {
    /// Nobody has asked; or of food alone, or the like.
    Unknown,
    /// It was asked, and none to drugs is known.
    NoneKnown,
    /// There are some.
    Known,
}

/// Puts the chart together. `None` when the rows hold no patient, that is when there is none.
pub fn assemble(mut rows: Vec<Row>, as_of: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Chart> {
    rows.retain(|row| !row.struck);
    let shown_at = as_of.unwrap_or(now);
    rows.sort_by_key(|row| Reverse((row.at, row.id, row.item)));
    let mut kinds: BTreeMap<Kind, Vec<Row>> = BTreeMap::new();
    for row in rows {
        kinds.entry(row.kind).or_default().push(row);
    }
    let patient = kinds.remove(&Kind::Patient)?.into_iter().next()?;
    let of = |kind: Kind| kinds.get(&kind).map_or(&[][..], Vec::as_slice);
    let path = |list: &str| format!("/api/v1/patients/{}/{list}", patient.id);

    let active = |kind: Kind| of(kind).iter().filter(|row| row.active);
    let counts = Counts {
        pending_orders: active(Kind::Medication).count(),
        unread_results: active(Kind::Laboratory).count(),
        critical_alerts: active(Kind::Alert).filter(|row| has(row, "priority", "high")).count(),
    };
    Some(Chart {
        as_of,
        allergy_status: allergy_status(of(Kind::Allergy)),
        allergies: section(of(Kind::Allergy), &path("allergies")),
        problems: section(of(Kind::Problem), &path("problems")),
        medications: section(of(Kind::Medication), &path("medication-orders")),
        latest_vitals: latest(of(Kind::Vital), &path("vital-signs")),
        laboratory: section(of(Kind::Laboratory), &path("laboratory-results")),
        encounters: section(of(Kind::Encounter), &path("encounters")),
        procedures: section(of(Kind::Procedure), &path("procedures")),
        immunizations: section(of(Kind::Immunization), &path("immunizations")),
        family_history: section(of(Kind::FamilyHistory), &path("family-history")),
        social_history: section(of(Kind::SocialHistory), &path("social-history")),
        plans: section(of(Kind::Plan), &path("plans")),
        notes: section(of(Kind::Note), &path("notes")),
        reports: section(of(Kind::Report), &path("reports")),
        consents: section(of(Kind::Consent), &path("consents")),
        alerts: open(of(Kind::Alert), &path("alerts")),
        suggestions: awake(of(Kind::Suggestion), shown_at, &path("suggestions")),
        kept: kept(of(Kind::External), &path("external-records")),
        counts,
        last_encounter: of(Kind::Encounter).iter().find(|row| took_place(row)).map(raw),
        patient: raw(&patient),
    })
}

/// Everything active and the newest 20, newest first.
fn section(rows: &[Row], list: &str) -> Section {
    let shown = |(n, row): &(usize, &Row)| *n < NEWEST || row.active;
    let items = rows.iter().enumerate().filter(shown).map(|(_, row)| raw(row)).collect();
    // The list goes on behind the newest 20; older entries that are active are then met a second time there.
    let next = (rows.len() > NEWEST).then(|| format!("{list}?cursor={}", Cursor::of(&rows[NEWEST - 1])));
    Section { items, next, devices: None }
}

/// The newest 20 of what is kept whole, in brief.
fn kept(rows: &[Row], list: &str) -> Section {
    let items = rows.iter().take(NEWEST).map(brief).collect();
    let next = (rows.len() > NEWEST).then(|| format!("{list}?cursor={}", Cursor::of(&rows[NEWEST - 1])));
    Section { items, next, devices: None }
}

/// The type of a resource that is kept whole, and when it came about.
fn brief(row: &Row) -> Box<RawValue> {
    #[derive(serde::Deserialize)]
    struct Kept {
        content: Whole,
    }
    #[derive(serde::Deserialize)]
    struct Whole {
        resource_type: String,
    }
    let resource = serde_json::from_str::<Kept>(&row.body).ok().map(|kept| kept.content.resource_type);
    let brief = serde_json::json!({ "id": row.id, "resource_type": resource, "at": row.at });
    serde_json::value::to_raw_value(&brief).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// Only what is open; the rest is behind `next`.
fn open(rows: &[Row], list: &str) -> Section {
    let items = rows.iter().filter(|row| row.active).map(raw).collect();
    Section { items, next: rows.iter().any(|row| !row.active).then(|| list.to_owned()), devices: None }
}

/// Only what is open and not put off beyond the moment; the rest is behind `next`.
fn awake(rows: &[Row], at: DateTime<Utc>, list: &str) -> Section {
    let (shown, rest): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.active && !is_put_off(row, at));
    let items = shown.into_iter().map(raw).collect();
    Section { items, next: (!rest.is_empty()).then(|| list.to_owned()), devices: None }
}

/// The newest row of each code.
fn latest(rows: &[Row], list: &str) -> Section {
    let mut seen = HashSet::new();
    let items: Vec<_> = rows.iter().filter(|row| seen.insert(row.code.as_deref())).map(raw).collect();
    let next = (rows.len() > items.len()).then(|| list.to_owned());
    Section { items, next, devices: None }
}

/// As decision support takes them: what was refuted is no allergy, and a denial counts where it is of drugs.
fn allergy_status(rows: &[Row]) -> AllergyStatus {
    let active = rows.iter().filter(|row| row.active);
    let allergies: Vec<Allergy> = active.filter_map(|row| serde_json::from_str(&row.body).ok()).collect();
    let stands = |a: &Allergy| a.statement == Statement::Allergic && a.verification != Verification::Refuted;
    if allergies.iter().any(stands) {
        AllergyStatus::Known
    } else if allergies.iter().any(Allergy::denies_drug_allergies) {
        AllergyStatus::NoneKnown
    } else {
        AllergyStatus::Unknown
    }
}

/// Whether a visit began: one that is only planned, or was called off, is not the last.
fn took_place(row: &Row) -> bool {
    !has(row, "status", "planned") && !has(row, "status", "cancelled")
}

/// Whether a suggestion is put off beyond a moment.
pub(super) fn is_put_off(row: &Row, at: DateTime<Utc>) -> bool {
    #[derive(serde::Deserialize)]
    struct PutOff {
        #[serde(default)]
        snoozed_until: Option<DateTime<Utc>>,
    }
    serde_json::from_str::<PutOff>(&row.body).is_ok_and(|one| one.snoozed_until.is_some_and(|until| until > at))
}

/// Whether a top-level field of the view has the value.
fn has(row: &Row, field: &str, value: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(&row.body).is_ok_and(|body| body[field] == value)
}

fn raw(row: &Row) -> Box<RawValue> {
    // The body was written by serde_json; null stands for what could not have been.
    RawValue::from_string(row.body.clone()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
