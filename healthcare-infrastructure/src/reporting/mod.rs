//! The reporting tables, filled by an async consumer: pseudonymous, narrow, with UTC times and days at the site.

mod alert;
mod encounter;
mod identity;
mod medication_order;
mod patient;
mod pseudonym;

pub(crate) use pseudonym::hmac_sha256;
pub use pseudonym::{PseudonymKey, PseudonymKeyError};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use deadpool_postgres::{GenericClient, Transaction};
use healthcare_application::store::Recorded;
use healthcare_domain::DomainEvent;
use tokio_postgres::types::ToSql;

use crate::{
    database::Database,
    event_log::{ConsumeError, Consumer},
};

/// The schema the views read.
pub const SCHEMA: &str = "reporting_base";
/// The schema a rebuild fills.
pub(crate) const NEXT_SCHEMA: &str = "reporting_base_next";
/// The checkpoint of what the views read.
pub(crate) const NAME: &str = "reporting";
/// The checkpoint of a rebuild.
pub(crate) const NEXT_NAME: &str = "reporting.next";

/// Fills the reporting tables.
pub struct Reporting {
    key: PseudonymKey,
    zone: Tz,
    name: &'static str,
    schema: &'static str,
}

impl Reporting {
    /// Reporting under this key, with days as they are at the site.
    pub fn new(key: PseudonymKey, zone: Tz) -> Self {
        Self { key, zone, name: NAME, schema: SCHEMA }
    }

    /// The same, into the tables of a rebuild.
    pub(crate) fn next(key: PseudonymKey, zone: Tz) -> Self {
        Self { key, zone, name: NEXT_NAME, schema: NEXT_SCHEMA }
    }

    /// Makes sure that the tables were filled under this key and time zone, or are empty.
    pub(crate) async fn ensure_setting(&self, client: &impl GenericClient) -> Result<(), ConsumeError> {
        let (fingerprint, zone) = (self.key.fingerprint(), self.zone.name());
        let insert = format!(
            "insert into {}.setting (key_fingerprint, time_zone) values ($1, $2) on conflict do nothing",
            self.schema
        );
        client.execute(&insert, &[&fingerprint, &zone]).await?;
        let select = format!("select key_fingerprint = $1, time_zone = $2 from {}.setting", self.schema);
        let row = client.query_one(&select, &[&fingerprint, &zone]).await?;
        match (row.get::<_, bool>(0), row.get::<_, bool>(1)) {
            (true, true) => Ok(()),
            (false, _) => Err(other("the reporting tables were filled under another pseudonym key")),
            (true, false) => Err(other("the reporting tables were filled for another time zone")),
        }
    }

    /// Runs a statement on the tables. `{}` in it stands for their schema.
    async fn write(&self, tx: &Transaction<'_>, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<(), ConsumeError> {
        let statement = tx.prepare_cached(&sql.replace("{}", self.schema)).await?;
        tx.execute(&statement, params).await?;
        Ok(())
    }

    /// The day of a time, at the site.
    fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }
}

fn other(says: &str) -> ConsumeError {
    ConsumeError::Unavailable(format!("{says}; run: healthcare rebuild reporting").into())
}

/// A time as reports have it: UTC, without a zone.
fn utc(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc()
}

/// An enum as the text it serialises to.
fn text_of(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

#[async_trait]
impl Consumer for Reporting {
    fn name(&self) -> &'static str {
        self.name
    }

    fn wants(&self, event_type: &str) -> bool {
        ["patient.", "encounter.", "alert.", "pharmacy."].iter().any(|prefix| event_type.starts_with(prefix))
            && !event_type.starts_with("encounter.vitals.")
    }

    fn at_leisure(&self) -> bool {
        true
    }

    async fn ready(&self, db: &Database) -> Result<(), ConsumeError> {
        self.ensure_setting(&db.get().await?).await
    }

    async fn handle(&self, tx: &Transaction<'_>, event: &Recorded) -> Result<(), ConsumeError> {
        match &event.event {
            DomainEvent::Patient(what) => self.patient(tx, event, what).await,
            DomainEvent::Encounter(what) => {
                self.encounter(tx, event, what).await?;
                self.follow_merge(tx, event).await
            }
            DomainEvent::Alert(what) => {
                self.alert(tx, event, what).await?;
                self.follow_merge(tx, event).await
            }
            DomainEvent::MedicationOrder(what) => {
                self.medication_order(tx, event, what).await?;
                self.follow_merge(tx, event).await
            }
            DomainEvent::Identity(what) => self.identity(tx, event, what).await,
            // What rules come to is counted as it happens, findings before signing too, and reported from there.
            DomainEvent::Suggestion(_)
            | DomainEvent::Consent(_)
            | DomainEvent::Allergy(_)
            | DomainEvent::Problem(_)
            | DomainEvent::Ward(_)
            | DomainEvent::Bed(_)
            | DomainEvent::FamilyHistory(_)
            | DomainEvent::Vitals(_)
            | DomainEvent::Observation(_)
            | DomainEvent::Procedure(_)
            | DomainEvent::Immunization(_)
            | DomainEvent::Plan(_)
            | DomainEvent::Goal(_)
            | DomainEvent::Note(_)
            | DomainEvent::Template(_)
            | DomainEvent::Rule(_)
            | DomainEvent::Report(_)
            | DomainEvent::Practitioner(_)
            | DomainEvent::Organization(_)
            | DomainEvent::ExternalRecord(_)
            | DomainEvent::Device(_)
            | DomainEvent::ServiceAccount(_)
            | DomainEvent::CdsClient(_)
            | DomainEvent::CareTeam(_)
            | DomainEvent::BreakGlass(_)
            | DomainEvent::Account(_)
            | DomainEvent::Score(_)
            | DomainEvent::CalculatedScore(_)
            | DomainEvent::AlarmLimits(_)
            | DomainEvent::Resource(_)
            | DomainEvent::AppointmentType(_)
            | DomainEvent::Appointment(_)
            | DomainEvent::WaitlistEntry(_) => Ok(()),
        }
    }
}
