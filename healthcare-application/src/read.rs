//! The port to the read models. What concerns a patient comes sealed, or asks for the permit at once.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use healthcare_domain::id::{AlertId, DeviceId, PatientId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::{Actor, Circle, Permit, Sealed},
    alert::AlertFilter,
    live::NotificationFilter,
    order::Direction,
    store::StoreError,
    telemetry::{Known, VitalsQuery, VitalsSeries},
    view::{Kind, Row},
};

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page {
    /// The entries, in the list's order.
    #[schema(value_type = Vec<Object>)]
    pub items: Vec<Box<RawValue>>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

impl Page {
    /// A page of rows of which one too many was asked for, each as `show` writes it.
    ///
    /// # Errors
    /// When a row is not what was once written, which only damage brings about.
    pub fn of(
        mut rows: Vec<Row>,
        limit: u16,
        show: impl Fn(&Row) -> serde_json::Result<Box<RawValue>>,
    ) -> Result<Self, StoreError> {
        let more = rows.len() > usize::from(limit);
        rows.truncate(usize::from(limit));
        let next_cursor = rows.last().filter(|_| more).map(|last| Cursor::of(last).to_string());
        let items = rows.iter().map(show).collect::<serde_json::Result<_>>();
        Ok(Self { items: items.map_err(|e| StoreError::Damaged(Box::new(e)))?, next_cursor })
    }
}

/// Which page of a list.
#[derive(Debug, Clone, Default)]
pub struct Paging {
    /// Behind this entry; from the start if absent.
    pub after: Option<Cursor>,
    /// At most this many, 1 to 200.
    pub limit: u16,
    /// Which way through the list.
    pub direction: Direction,
}

/// A place in a list that is sorted by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The time of the last entry seen.
    pub at: DateTime<Utc>,
    /// Its identity.
    pub id: Uuid,
    /// Its part.
    pub item: i16,
}

impl Cursor {
    /// The place of a row.
    pub fn of(row: &Row) -> Self {
        Self { at: row.at, id: row.id, item: row.item }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}.{}.{:x}", self.at.timestamp_micros(), self.id.simple(), self.item)
    }
}

/// The text is not a cursor of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not valid")]
pub struct NotACursor;

impl std::str::FromStr for Cursor {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let mut parts = text.split('.');
        let (Some(at), Some(id), Some(item), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(NotACursor);
        };
        let micros = i64::from_str_radix(at, 16).map_err(|_| NotACursor)?;
        Ok(Self {
            at: DateTime::from_timestamp_micros(micros).ok_or(NotACursor)?,
            id: id.parse().map_err(|_| NotACursor)?,
            item: i16::from_str_radix(item, 16).map_err(|_| NotACursor)?,
        })
    }
}

/// What to look patients up by; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct PatientSearch {
    /// The beginning of any part of any name; case and accents do not matter. Several words must all match.
    pub name: Option<String>,
    /// What a part of a name sounds like (Double Metaphone). Several words must all match.
    pub sounds_like: Option<String>,
    /// The exact date of birth.
    pub birth_date: Option<NaiveDate>,
    /// An identifier's value, or `system|value`.
    pub identifier: Option<String>,
    /// A telephone number, or the end of one: at least four digits.
    pub phone: Option<String>,
    /// Whether the record is in use; all but those entered in error, if absent.
    pub status: Option<String>,
    /// On which pathway.
    pub pathway: Option<String>,
    /// At which stage of it.
    pub stage: Option<String>,
    /// Of whom at all; everybody, if absent.
    pub within: Option<Circle>,
    /// In which order.
    pub sort: PatientSort,
    /// Behind this patient.
    pub after: Option<Uuid>,
    /// At most this many.
    pub limit: u16,
}

/// The order of the directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub enum PatientSort {
    /// Earliest registered first.
    #[default]
    #[serde(rename = "registered")]
    Registered,
    /// Latest registered first.
    #[serde(rename = "-registered")]
    LatestRegistered,
    /// By family name, then given names.
    #[serde(rename = "name")]
    Name,
}

/// Which entries of a patient to list.
#[derive(Debug, Clone)]
pub struct EntryFilter {
    /// The kind.
    pub kind: Kind,
    /// Only those that count now, or only those that do not.
    pub active: Option<bool>,
    /// Only those of this code.
    pub code: Option<String>,
    /// Only those that stand here: the status of the entry or of what it holds.
    pub status: Option<String>,
    /// Only those that are as sure as this.
    pub verification: Option<String>,
    /// Only those of this visit.
    pub encounter: Option<Uuid>,
    /// Only those of this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those of an earlier time.
    pub until: Option<DateTime<Utc>>,
    /// Of suggestions: only those that are put off at a moment, or only those that are not.
    pub put_off: Option<(bool, DateTime<Utc>)>,
}

impl EntryFilter {
    /// All of a kind, newest first.
    pub fn of(kind: Kind) -> Self {
        Self {
            kind,
            active: None,
            code: None,
            status: None,
            verification: None,
            encounter: None,
            from: None,
            until: None,
            put_off: None,
        }
    }
}

/// Which moments of a timeline to show.
#[derive(Debug, Clone, Default)]
pub struct TimelineFilter {
    /// Only these kinds; all if empty.
    pub kinds: Vec<Kind>,
    /// From this time on.
    pub from: Option<DateTime<Utc>>,
    /// Up to this time, and not at it.
    pub to: Option<DateTime<Utc>>,
}

/// What drug safety is judged on: the rows, and the version of the patient's safety row they were read at.
#[derive(Debug, Clone)]
pub struct SafetyFacts {
    /// The version to expect when the decision is stored.
    pub version: i64,
    /// The position in the log.
    pub position: i64,
    /// The snapshot of the database it was read in, as PostgreSQL writes it.
    pub snapshot: String,
    /// Demographics, active allergies (with statements of none), problems, medications, open suggestions and the newest
    /// 200 others, the newest values of each laboratory and vital code, and the vital signs of a day.
    pub rows: Vec<Row>,
}

/// The read models.
#[async_trait]
pub trait ReadModel:
    crate::scheduling::ScheduleModel
    + crate::ward::WardModel
    + crate::identity::IdentityModel
    + crate::note::NoteModel
    + crate::plan::PlanModel
    + crate::inbox::InboxModel
    + crate::device::DeviceModel
    + crate::backtest::BacktestModel
    + crate::governance::MetricsModel
    + crate::rule::RuleModel
{
    /// One entry by its identity.
    async fn entry(&self, kind: Kind, id: Uuid) -> Result<Option<Sealed<Row>>, StoreError>;

    /// The entries of a patient by time; those struck out are left out.
    async fn entries(
        &self,
        permit: &Permit,
        patient: PatientId,
        filter: &EntryFilter,
        page: &Paging,
    ) -> Result<Page, StoreError>;

    /// The entries of a patient of all kinds by time, one more than the page holds; those struck out are left out, a
    /// charted set stands there as one.
    async fn timeline(
        &self,
        permit: &Permit,
        patient: PatientId,
        filter: &TimelineFilter,
        page: &Paging,
    ) -> Result<Vec<Row>, StoreError>;

    /// Accounts of the filter, by when they were made.
    async fn accounts(&self, permit: &Permit, filter: &EntryFilter, page: &Paging) -> Result<Page, StoreError>;

    /// The directory: patients by name, birth date, identifier.
    async fn patients(&self, permit: &Permit, search: &PatientSearch) -> Result<Page, StoreError>;

    /// What a chart may show: demographics, all active rows, the newest 21 of each kind and the latest of each vital
    /// code. Empty when there is no such patient.
    async fn chart(&self, permit: &Permit, patient: PatientId) -> Result<Vec<Row>, StoreError>;

    /// Vital signs of the permit's patient over time, by devices and by hand.
    async fn vitals(&self, permit: &Permit, query: &VitalsQuery) -> Result<VitalsSeries, StoreError>;

    /// Vital signs of the permit's patient over time as they were known: what was charted, and each reading that had been
    /// received, of devices that were on the patient.
    async fn vitals_known(
        &self,
        permit: &Permit,
        query: &VitalsQuery,
        known: &Known,
    ) -> Result<VitalsSeries, StoreError>;

    /// The devices that were ever on the permit's patient.
    async fn devices_of(&self, permit: &Permit, patient: PatientId) -> Result<Vec<DeviceId>, StoreError>;

    /// Of each signal the newest reading that was known, as the chart has it.
    async fn latest_readings(&self, permit: &Permit, patient: PatientId, known: &Known)
    -> Result<Vec<Row>, StoreError>;

    /// Since when single readings of devices are kept.
    async fn readings_kept_since(&self) -> Result<DateTime<Utc>, StoreError>;

    /// What drug safety is judged on.
    async fn safety(&self, permit: &Permit, patient: PatientId) -> Result<SafetyFacts, StoreError>;

    /// The alert that is open for a patient and a rule; there is never more than one.
    async fn open_alert(&self, permit: &Permit, patient: PatientId, rule: &str) -> Result<Option<AlertId>, StoreError>;

    /// Alerts of the permit's patient, or of the circle's patients when the permit names none, by time.
    async fn alerts(
        &self,
        permit: &Permit,
        circle: &Circle,
        filter: &AlertFilter,
        page: &Paging,
    ) -> Result<Page, StoreError>;

    /// What was told to an actor about patients of their circle and is asked for, by position, behind one.
    async fn notifications(
        &self,
        permit: &Permit,
        circle: &Circle,
        to: &Actor,
        filter: &NotificationFilter,
        behind: (Option<i64>, Direction),
        limit: u16,
    ) -> Result<Page, StoreError>;
}
